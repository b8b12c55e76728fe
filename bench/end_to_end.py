"""The whole way, from a folder of PDFs to answers: pincite, LlamaIndex and txtai with one embedding model, in turn.

    python -m bench.end_to_end FOLDER --peers VENV_OR_TARGET/site-packages

Each system runs in a process of its own with `--jobs` threads, reads every PDF of the folder, embeds it and answers
three questions. The peers (bench/requirements.txt) read with pypdf, as their own PDF readers do, and get the model in
float32 through sentence-transformers. CPU is that of the process and its children, after it was started; memory is the
largest of both. A system that is not installed is named.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).parents[1]
QUESTIONS = (
    "What did the Secretary-General recommend?",
    "¿Qué se hizo en educación y salud?",
    "How many countries received support in 2024?",
)
Ask = Callable[[str], object]


def pincite(folder: Path, scratch: Path, jobs: int) -> Ask:
    """Ingest into a new library, as the command does; ask it."""
    from app.commands.ingest import bring_up_to_date
    from app.commands.progress import Progress
    from app.settings import Settings
    from index.search import Searcher

    bring_up_to_date(folder, scratch / "library", Settings(), progress=Progress.none, jobs=jobs)
    searcher = Searcher.open(scratch / "library")
    return lambda question: searcher.search(question, k=5).hits


def llama_index(folder: Path, scratch: Path, jobs: int) -> Ask:
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
    nodes = SentenceSplitter(chunk_size=256, chunk_overlap=32).get_nodes_from_documents(pages)
    store = StorageContext.from_defaults(vector_store=FaissVectorStore(faiss.IndexFlatIP(384)))
    index = VectorStoreIndex(nodes, storage_context=store, embed_model=model)
    legs = [
        index.as_retriever(similarity_top_k=5),
        BM25Retriever.from_defaults(nodes=nodes, similarity_top_k=5),
    ]
    fused = QueryFusionRetriever(legs, similarity_top_k=5, num_queries=1, mode="reciprocal_rerank")
    return lambda question: fused.retrieve(question)  # noqa: PLW0108  # typed by its use


def txtai(folder: Path, scratch: Path, jobs: int) -> Ask:
    """Embed each page and search by both legs; its Textractor needs a download, so pypdf reads the pages."""
    import torch
    from pypdf import PdfReader
    from txtai import Embeddings

    torch.set_num_threads(jobs)
    index = Embeddings(
        path=str(unpacked()),
        method="sentence-transformers",
        hybrid=True,
        content=True,
        instructions={"query": "query: ", "data": "passage: "},
    )
    index.index(
        (f"{path.name} {number}", page.extract_text())
        for path in sorted(folder.rglob("*.pdf"))
        for number, page in enumerate(PdfReader(path).pages, 1)
    )
    return lambda question: index.search(question, 5)


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


def run(system: str, folder: Path, scratch: Path, jobs: int) -> None:
    """Go the whole way with one system, in this process; print the figures as JSON."""
    began, cpu = time.monotonic(), spent()
    ask = SYSTEMS[system](folder, scratch, jobs)
    built, built_cpu = time.monotonic() - began, spent() - cpu
    ask(QUESTIONS[0])
    first = spent() - cpu - built_cpu
    for question in QUESTIONS[1:]:
        ask(question)
    memory = max(
        resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    figures = {"seconds": built, "cpu": built_cpu, "first": first, "memory": memory / 1024}
    sys.stdout.write("\n" + json.dumps(figures) + "\n")


def apart(system: str, given: argparse.Namespace) -> dict[str, float] | str:
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
    found: dict[str, float] = json.loads(lines[-1])
    return found


def main() -> None:
    """Print a table of all systems, or run one."""
    from pypdf import PdfReader

    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--peers", type=Path, help="site-packages with the peers")
    parser.add_argument("--system", choices=SYSTEMS)
    parser.add_argument("--scratch", type=Path)
    given = parser.parse_args()
    if given.system:
        run(given.system, given.folder, given.scratch, given.jobs)
        return
    pages = sum(len(PdfReader(path).pages) for path in given.folder.rglob("*.pdf"))
    print(
        f"{pages} pages\n\n| | CPU s | pages a CPU second | by the clock, s | first answer, CPU s | memory, MB |"
    )
    print("|---|---|---|---|---|---|")
    for system in SYSTEMS:
        found = apart(system, given)
        if isinstance(found, str):
            print(f"| {system} | {found} | | | | |", flush=True)
            continue
        print(
            f"| {system} | {found['cpu']:.1f} | {pages / found['cpu']:.2f} | {found['seconds']:.0f} | "
            f"{found['first']:.2f} | {found['memory']:.0f} |",
            flush=True,
        )


if __name__ == "__main__":
    main()
