"""From the library to a published snapshot: count, embed what is missing, write, switch."""

import hashlib
import json
import logging
import shutil
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

import numpy as np

from index import codec, snapshot
from index.acronyms import SHIPPED, Acronyms
from index.analysis import Analyser
from index.dense import FLAT_MAX, coarse_index, flat_index, save_index
from index.lexical import Postings, compile_bags
from index.model import DEFAULT_MODEL, PROBES, Embedder
from index.retrieval import passage_bag
from index.snapshot import Manifest
from index.vectors import embed
from index.windows import embedded_spans, with_heading
from ingest.library import Document, Library, StoredPassage
from ingest.passage import Kind, Passage

log = logging.getLogger(__name__)

SNAPSHOT = "snapshot"
USER_ACRONYMS = "acronyms.toml"
"""In the library folder: groups that add to the shipped ones or replace them."""
HEADING_LEVELS = 2
KINDS: tuple[Kind, ...] = get_args(Kind)
"""Kinds of passages in the order their numbers have in the snapshot."""


@dataclass(frozen=True, slots=True)
class BuildEvent:
    """Progress: `stage` is "count", "embed" or "write"; `done` of `total`."""

    stage: str
    done: int
    total: int


OnEvent = Callable[[BuildEvent], None]


def snapshot_folder(library_folder: Path) -> Path:
    """Return where a library keeps its snapshot."""
    return library_folder / SNAPSHOT


def load_analyser(library_folder: Path) -> Analyser:
    """Return the analysis with the shipped acronyms and the library's own."""
    own = library_folder / USER_ACRONYMS
    return Analyser(Acronyms.load(SHIPPED, own) if own.is_file() else Acronyms.load())


def heading_of(passage: Passage) -> str:
    """Return the lowest headings a passage stands under, for both legs."""
    return " › ".join(passage.section[-HEADING_LEVELS:])


def publish(
    library: Library, folder: Path, embedder: Embedder | None, on_event: OnEvent | None = None
) -> Manifest:
    """Bring the snapshot of the library in `folder` up to date and return its manifest.

    Nothing is counted or embedded twice: both are kept in the library under the hash of their text.
    Without an embedder the snapshot holds words only. An unchanged library keeps its generation. Where
    there is no generation yet, one of words alone is published before the embedding begins: a first corpus
    of thousands of pages takes long to embed and seconds to count, and can be searched meanwhile.

    Raises:
        LibraryBusy: another process writes.

    """
    tell = on_event or (lambda event: None)
    parent = snapshot_folder(folder)
    with library.writing():
        parent.mkdir(parents=True, exist_ok=True)
        analyser = load_analyser(folder)
        current = _current(parent)
        if current is not None and _up_to_date(current, library, analyser, embedder):
            return current
        if current is None and embedder is not None:
            _publish_generation(library, parent, analyser, None, tell)
        return _publish_generation(library, parent, analyser, embedder, tell)


def needs_no_model(library: Library, folder: Path, name: str | None) -> bool:
    """Tell, without loading it, that the snapshot is up to date for the embedded model (None or its name).

    The embedded model is checked by hash when it is unpacked, so its name is enough; a folder of the same
    name may hold another model, which only loading tells.
    """
    current = _current(snapshot_folder(folder))
    if current is None or current.model is None or name not in (None, DEFAULT_MODEL):
        return False
    analysis = load_analyser(folder).version
    wanted = (library.state(), analysis, DEFAULT_MODEL)
    return (current.state, current.analysis, current.model["name"]) == wanted


def _publish_generation(
    library: Library, parent: Path, analyser: Analyser, embedder: Embedder | None, tell: OnEvent
) -> Manifest:
    snapshot.collect(parent)
    draft = parent / f".draft-{snapshot.next_generation(parent)}"
    draft.mkdir()
    try:
        manifest = _write(library, draft, analyser, embedder, tell)
        manifest = snapshot.publish_folder(draft, parent, manifest)
    except BaseException:
        shutil.rmtree(draft, ignore_errors=True)
        raise
    snapshot.collect(parent)
    return manifest


def _current(parent: Path) -> Manifest | None:
    try:
        return snapshot.Snapshot.open(parent).manifest
    except Exception as error:  # missing, damaged, of another format: in every case it is built anew
        log.info("building a new snapshot: %s", error)
        return None


def _up_to_date(manifest: Manifest, library: Library, analyser: Analyser, embedder: Embedder | None) -> bool:
    model = manifest.model["fingerprint"] if manifest.model else None
    wanted = embedder.fingerprint if embedder else None
    return (manifest.state, manifest.analysis, model) == (library.state(), analyser.version, wanted)


def _write(
    library: Library, draft: Path, analyser: Analyser, embedder: Embedder | None, tell: OnEvent
) -> Manifest:
    state = library.state()
    documents = [document for document in library.documents() if document.passage_count]
    passages = _write_passages(library, documents, draft)
    postings = _write_postings(library, passages, draft, analyser, tell)
    numbers = {"length": postings.average_length, "idf": postings.average_idf}
    vectors = _write_vectors(library, passages, draft, embedder, tell, numbers) if embedder else 0
    languages = Counter(passage.language or "" for passage in passages)
    order = {language: number for number, language in enumerate(sorted(languages))}
    places = np.array([order[passage.language or ""] for passage in passages], np.int8)
    np.save(draft / "row_languages.npy", places)
    np.save(draft / "row_kinds.npy", np.array([KINDS.index(passage.kind) for passage in passages], np.int8))
    return Manifest(
        generation=draft.name.removeprefix(".draft-"),
        format=snapshot.FORMAT,
        state=state,
        analysis=analyser.version,
        passages=len(passages),
        documents=len(documents),
        vectors=vectors,
        languages=dict(sorted(languages.items())),
        numbers=numbers,
        model=_describe(embedder) if embedder else None,
    )


def _describe(embedder: Embedder) -> dict[str, Any]:
    probes = [[round(float(value), 5) for value in embedder.encode_query(text)] for text in PROBES]
    return {
        "name": embedder.name,
        "fingerprint": embedder.fingerprint,
        "dimension": embedder.dimension,
        "probes": probes,
    }


def _write_passages(library: Library, documents: Sequence[Document], draft: Path) -> list[Passage]:
    """Write documents and passages; return the passages in row order."""
    (draft / "documents.json").write_bytes(
        b"[" + b",".join(codec.encode(document).rstrip() for document in documents) + b"]\n"
    )
    numbers = {document.id: number for number, document in enumerate(documents)}
    passages: list[Passage] = []
    owners: list[int] = []
    ends: list[int] = []
    end = 0
    with (draft / "passages.jsonl").open("wb") as file:
        for stored in _in_order(library, numbers):
            end += file.write(codec.encode(stored))
            ends.append(end)
            owners.append(numbers[stored.document_id])
            passages.append(stored.passage)
    np.save(draft / "passage_ends.npy", np.array(ends, np.int64))
    np.save(draft / "row_documents.npy", np.array(owners, np.int32))
    return passages


def _in_order(library: Library, wanted: dict[str, int]) -> Iterable[StoredPassage]:
    return (stored for stored in library.passages() if stored.document_id in wanted)


def _write_postings(
    library: Library, passages: Sequence[Passage], draft: Path, analyser: Analyser, tell: OnEvent
) -> Postings:
    """Write the lexical leg from stored counts, counting only passages that have none."""
    space = f"counts:{analyser.version}"
    keys = [_count_key(passage) for passage in passages]
    known = library.get_derived(space, set(keys))
    fresh: dict[str, bytes] = {}
    for done, (key, passage) in enumerate(zip(keys, passages, strict=True)):
        if key not in known:
            counts = passage_bag(analyser, passage.text, passage.language, heading_of(passage))
            known[key] = fresh[key] = json.dumps(counts, separators=(",", ":")).encode("ascii")
            tell(BuildEvent("count", done + 1, len(passages)))
    library.put_derived(space, fresh.items())
    postings = compile_bags(json.loads(known[key]) for key in keys)
    for name, array in postings.arrays().items():
        np.save(draft / f"{name}.npy", array)
    return postings


def _count_key(passage: Passage) -> str:
    content = json.dumps([passage.language, heading_of(passage), passage.text])
    return hashlib.sha256(content.encode("ascii")).hexdigest()


def _write_vectors(  # noqa: PLR0917  # the draft's state, passed on by its one caller
    library: Library,
    passages: Sequence[Passage],
    draft: Path,
    embedder: Embedder,
    tell: OnEvent,
    numbers: dict[str, float],
) -> int:
    """Write the vector leg, embedding only texts without a stored vector; return how many vectors.

    A large collection gets a coarse index as well; how it is read and its recall go into `numbers`.
    """
    spans = [embedded_spans(passage.text, passage.sentences) for passage in passages]
    texts = [
        with_heading(heading_of(passage), passage.text[start:end])
        for passage, some in zip(passages, spans, strict=True)
        for start, end in some
    ]
    vectors = embed(texts, embedder, library, lambda done, total: tell(BuildEvent("embed", done, total)))
    save_index(flat_index(vectors), draft / "vectors.faiss")
    np.save(draft / "vector_mean.npy", vectors.mean(axis=0) if len(vectors) else vectors.sum(axis=0))
    if len(vectors) > FLAT_MAX:
        coarse, probes, recall = coarse_index(vectors)
        save_index(coarse, draft / "coarse.faiss")
        numbers |= {"probes": probes, "recall": round(recall, 4)}
    np.save(draft / "vector_counts.npy", np.array([len(some) for some in spans], np.int64))
    flat = [span for some in spans for span in some]
    np.save(draft / "vector_spans.npy", np.array(flat, np.int32).reshape(-1, 2))
    return len(vectors)
