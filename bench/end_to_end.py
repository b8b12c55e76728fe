"""The whole way, from a folder of PDFs to answers: pincite, LlamaIndex and txtai with one embedding model, in turn.

    python -m bench.end_to_end FOLDER --peers VENV_OR_TARGET/site-packages [--gold evals/gold/policy.jsonl]

Each system runs in a process of its own with `--jobs` threads, reads every PDF of the folder, embeds it and answers
the questions: those of the development half of `--gold` whose documents lie in the folder, or three. The peers
(bench/requirements.txt) read with pypdf, as their own PDF readers do, and get the model in float32 through
sentence-transformers. CPU is that of the process and its children, after it was started; memory is that of the
largest of them. A hit is a question of whose first five results one is on a page of the evidence; each result has one
page, that of a passage over two pages being the page of its best sentences. A system that is not installed is named.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
QUESTIONS = (
    "What did the Secretary-General recommend?",
    "¿Qué se hizo en educación y salud?",
    "How many countries received support in 2024?",
)
FIRST = 5
"""Results that are looked at."""
EARLY = 60
"""Seconds after which somebody wants to ask already."""

Place = tuple[str, int]
"""File name and page, from 1."""
Ask = Callable[[str], list[Place]]
Tell = Callable[[int], None]
"""Told each time how many documents can be searched."""


def pincite(folder: Path, scratch: Path, jobs: int, tell: Tell) -> Ask:
    """Ingest into a new library, as the command does; ask it."""
    from app.checks.note_lookup import page_at, texts_of
    from app.commands.ingest import bring_up_to_date
    from app.commands.progress import Progress
    from app.settings import Settings
    from index.search import Hit, Searcher
    from ingest.library.library import Library

    with published(scratch / "library", tell):
        bring_up_to_date(folder, scratch / "library", Settings(), progress=Progress.none, jobs=jobs)
    searcher, library = Searcher.open(scratch / "library"), Library.open(scratch / "library")

    def place(hit: Hit) -> Place:
        start = (hit.window or (0, 0))[0]
        page = page_at(hit.passage.passage, start, texts_of(library, hit.document.id))
        return Path(hit.document.file).name, page

    return lambda question: [place(hit) for hit in searcher.search(question, k=FIRST).hits]


@contextmanager
def published(library: Path, tell: Tell) -> Iterator[None]:
    """Tell after each generation how many documents it holds, while the library is filled."""
    from index.snapshot.paths import CURRENT, snapshot_folder
    from index.snapshot.snapshot import MANIFEST

    done = threading.Event()

    def read_generations() -> None:
        last = ""
        while not done.wait(0.5):
            # None is published yet, or the next one took its place between the two reads.
            with suppress(FileNotFoundError):
                now = (snapshot_folder(library) / CURRENT).read_text("utf-8")
                if now != last:
                    manifest = snapshot_folder(library) / now.split()[0] / MANIFEST
                    tell(json.loads(manifest.read_text("utf-8"))["documents"])
                    last = now

    watcher = threading.Thread(target=read_generations)
    watcher.start()
    try:
        yield
    finally:
        done.set()
        watcher.join()


def llama_index(folder: Path, scratch: Path, jobs: int, tell: Tell) -> Ask:
    """Read pages, split into sentences, embed, search by faiss and BM25, fuse by reciprocal rank."""
    import faiss
    import torch
    from llama_index.core import Settings, SimpleDirectoryReader, StorageContext, VectorStoreIndex
    from llama_index.core.node_parser import SentenceSplitter
    from llama_index.core.retrievers import QueryFusionRetriever
    from llama_index.embeddings.huggingface import HuggingFaceEmbedding
    from llama_index.readers.file import PDFReader
    from llama_index.retrievers.bm25 import BM25Retriever
    from llama_index.vector_stores.faiss import FaissVectorStore

    torch.set_num_threads(jobs)
    Settings.llm = None
    model = HuggingFaceEmbedding(
        model_name=str(unpacked()), query_instruction="query: ", text_instruction="passage: "
    )
    pages = SimpleDirectoryReader(
        str(folder), recursive=True, required_exts=[".pdf"], file_extractor={".pdf": PDFReader()}
    ).load_data()
    number = 0
    for before, page in zip([None, *pages], pages, strict=False):  # its labels are those printed
        new = before is None or before.metadata["file_path"] != page.metadata["file_path"]
        number = 1 if new else number + 1
        page.metadata["page"] = number
        page.excluded_embed_metadata_keys.append("page")
    nodes = SentenceSplitter(chunk_size=256, chunk_overlap=32).get_nodes_from_documents(pages)
    store = StorageContext.from_defaults(vector_store=FaissVectorStore(faiss.IndexFlatIP(384)))
    index = VectorStoreIndex(nodes, storage_context=store, embed_model=model)
    legs = [
        index.as_retriever(similarity_top_k=FIRST),
        BM25Retriever.from_defaults(nodes=nodes, similarity_top_k=FIRST),
    ]
    fused = QueryFusionRetriever(legs, similarity_top_k=FIRST, num_queries=1, mode="reciprocal_rerank")
    return lambda question: [
        (found.metadata["file_name"], found.metadata["page"]) for found in fused.retrieve(question)
    ]


def txtai(folder: Path, scratch: Path, jobs: int, tell: Tell) -> Ask:
    """Embed each page and search by both legs; its Textractor needs a download, so pypdf reads the pages."""
    import torch
    from txtai import Embeddings

    torch.set_num_threads(jobs)
    index = Embeddings(
        path=str(unpacked()),
        method="sentence-transformers",
        hybrid=True,
        content=True,
        instructions={"query": "query: ", "data": "passage: "},
    )
    index.index((f"{name}\t{number}", text) for name, number, text in pypdf_pages(folder))

    def places(question: str) -> list[Place]:
        names = [found["id"].split("\t") for found in index.search(question, FIRST)]
        return [(name, int(number)) for name, number in names]

    return places


def pypdf_pages(folder: Path) -> Iterator[tuple[str, int, str]]:
    """Yield file name, page and text of all PDFs that pypdf reads; name the others on standard error."""
    from pypdf import PdfReader

    for path in sorted(folder.rglob("*.pdf")):
        try:
            for number, page in enumerate(PdfReader(path).pages, 1):
                yield path.name, number, page.extract_text()
        except Exception as error:
            sys.stderr.write(f"{path.name}: {error}\n")


SYSTEMS = {"pincite": pincite, "llama_index": llama_index, "txtai": txtai}


def unpacked() -> Path:
    """Return the folder of the embedded model."""
    from index.embedding import bundled_e5
    from index.embedding.loading import default_cache, load_model

    folder = default_cache() / bundled_e5.FOLDER_NAME
    if not bundled_e5.is_unpacked(folder):
        load_model()
    return folder


def spent() -> float:
    """Return the CPU seconds of this process and its children."""
    return sum(
        used.ru_utime + used.ru_stime
        for used in map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    )


def asked(gold: Path | None, folder: Path) -> list[tuple[str, set[Place]]]:
    """Return the questions with the places of their evidence, none where nobody knows them."""
    if gold is None:
        return [(question, set()) for question in QUESTIONS]
    from evals.gold.reader import read_gold

    there = {path.name for path in folder.rglob("*.pdf")}
    known = read_gold(gold)
    return [
        (question.question, {(one.doc, one.page) for one in question.evidence if one.page})
        for question in known.questions
        if question.answerable
        and known.split_of(question) == "dev"
        and {one.doc for one in question.evidence} <= there
    ]


def hits(found: Sequence[list[Place]], wanted: Sequence[set[Place]]) -> float:
    """Return the share of questions of which one of the places found is wanted."""
    return sum(bool(places & set(some)) for some, places in zip(found, wanted, strict=True)) / len(wanted)


def run(system: str, folder: Path, scratch: Path, jobs: int, gold: Path | None) -> None:
    """Go the whole way with one system, in this process; print the figures as JSON."""
    questions = asked(gold, folder)
    began, cpu = time.monotonic(), spent()
    searchable: list[tuple[float, float, int]] = []

    def tell(documents: int) -> None:
        searchable.append((time.monotonic() - began, spent() - cpu, documents))

    ask = SYSTEMS[system](folder, scratch, jobs, tell)
    built, built_cpu = time.monotonic() - began, spent() - cpu
    found = [ask(questions[0][0])]
    first = spent() - cpu - built_cpu
    found += [ask(question) for question, _ in questions[1:]]
    memory = max(
        resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    figures = {
        "seconds": built,
        "cpu": built_cpu,
        "first": first,
        "memory": memory / 1024,
        "early": max((documents for after, _, documents in searchable if after <= EARLY), default=0),
        "searchable": searchable,
        "hits": hits(found, [places for _, places in questions]),
        "questions": len(questions),
    }
    sys.stdout.write("\n" + json.dumps(figures) + "\n")


def apart(system: str, given: argparse.Namespace) -> dict[str, Any] | str:
    """Go the whole way in a process of its own; return the figures, or why there are none."""
    import tempfile

    with tempfile.TemporaryDirectory(prefix="end-to-end-") as scratch:
        words = [
            sys.executable,
            "-m",
            "bench.end_to_end",
            str(given.folder.resolve()),
            "--jobs",
            str(given.jobs),
            *(["--gold", str(given.gold.resolve())] if given.gold else []),
        ]
        path = [str(ROOT), *([str(given.peers)] if given.peers and system != "pincite" else [])]
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path), "HF_HUB_OFFLINE": "1"}
        done = subprocess.run(
            [*words, "--system", system, "--scratch", scratch],
            cwd=ROOT,
            check=False,
            capture_output=True,
            text=True,
            env=environment,
        )
    lines = done.stdout.strip().splitlines() or [""]
    if done.returncode or not lines[-1].startswith("{"):
        return (done.stderr.strip().splitlines() or ["no output"])[-1]
    sys.stderr.write(done.stderr)  # files that a system could not read
    found: dict[str, Any] = json.loads(lines[-1])
    return found


def main() -> None:
    """Print a table of all systems, or run one."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--peers", type=Path, help="site-packages with the peers")
    parser.add_argument("--gold", type=Path, help="questions with the pages of their answers")
    parser.add_argument("--system", choices=SYSTEMS, help="only this one, in this process")
    parser.add_argument("--scratch", type=Path, help="where that one keeps what it builds")
    given = parser.parse_args()
    if given.system:
        run(given.system, given.folder, given.scratch, given.jobs, given.gold)
        return
    pages = pages_of(given.folder)
    print(f"{pages} pages\n\n{HEAD}\n|{'---|' * HEAD.count(' | ')}---|")
    for system in SYSTEMS:
        found = apart(system, given)
        print(f"| {system} | {found if isinstance(found, str) else row(found, pages)} |", flush=True)


def pages_of(folder: Path) -> int:
    """Return how many pages the PDFs of a folder have, by the quicker of the two readers."""
    import pypdfium2

    return sum(len(pypdfium2.PdfDocument(path)) for path in folder.rglob("*.pdf"))


HEAD = (
    "| | CPU s | pages a CPU second | by the clock, s | first answer, CPU s | memory, MB | "
    f"documents searchable after {EARLY} s | all searchable by words after CPU s | page hit@{FIRST} |"
)


def row(found: dict[str, Any], pages: int) -> str:
    """Return the cells of one system."""
    last = max((documents for _, _, documents in found["searchable"]), default=0)
    words = next((cpu for _, cpu, documents in found["searchable"] if documents == last), found["cpu"])
    cells = (
        f"{found['cpu']:.1f}",
        f"{pages / found['cpu']:.2f}",
        f"{found['seconds']:.0f}",
        f"{found['first']:.2f}",
        f"{found['memory']:.0f}",
        f"{found['early']}",
        f"{words:.1f}",
        f"{found['hits']:.3f} of {found['questions']}",
    )
    return " | ".join(cells)


if __name__ == "__main__":
    main()
