"""A small library of our own making: three documents with pages, one without, passages set by hand."""

import hashlib
import json
import shutil
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from index.embedding.embedder import ModelProfile
from index.search import Searcher
from ingest.library.library import FileStamp, Library, NewDocument, StoredPage, document_id
from ingest.metadata.metadata import Metadata
from ingest.passage import Kind, Passage, passage_id

HEAD = "Health on the move 2023\n"
CLINICS = (
    HEAD + "In 2023 the clinics of Lima registered 4,812 visits by migrants. Most came for prenatal care.\n"
    "The insurance policy of the state covers those who hold a permit, and the nurses\n"
    "1 Ministry register, read in May.\n",
    HEAD + "explain at the counter how to apply for it. The “green card” is free of charge.\n"
    "Waiting times fell to nine days after the sec-\nond shift opened in the north of the city.\n",
)
SPANISH = (
    "El miedo a ser rechazadas aleja a muchas mujeres de los centros de salud.\n"
    "La línea atendió 920 llamadas.\n"
    "Figura 2. Llamadas por mes.",
)
NOTE = ("Measles vaccine is offered at the border post every weekday. No document is asked for.",)
TWIN = ("Measles vaccine is offered at the airport every Sunday.",)


def sha256(seed: str) -> str:
    return hashlib.sha256(seed.encode()).hexdigest()


def passage(
    sha: str, pages: tuple[str, ...], *pieces: tuple[int, str], paged: bool = True, kind: Kind = "body"
) -> Passage:
    """Make a passage of pieces (page number, text as it stands there)."""
    spans = []
    for number, piece in pieces:
        start = pages[number - 1].index(piece)
        spans.append((number, start, start + len(piece)))
    text = " ".join(piece.replace("-\n", "").replace("\n", " ") for _, piece in pieces)
    numbers = [number for number, _ in pieces]
    return Passage(
        id=passage_id(sha, text, 0), text=text, kind=kind, language="en", section=(), spans=tuple(spans),
        pages=(min(numbers), max(numbers)) if paged else (), labels=(), label_source=None,
        locator=None if paged else "paragraph 1", sentences=((0, len(text)),), tokens=len(text.split()),
    )  # fmt: skip


def put(library: Library, name: str, pages: tuple[str, ...], pieces: list[Any], paged: bool = True) -> None:
    sha = sha256(name)
    stored = tuple(StoredPage(document_id(sha), number, text) for number, text in enumerate(pages, 1))
    passages = tuple(
        passage(sha, pages, *item[0], paged=paged, kind=item[1]) if isinstance(item[0], list) else
        passage(sha, pages, *item, paged=paged)
        for item in pieces
    )  # fmt: skip
    new = NewDocument(sha, "pdf" if paged else "html", paged, "ready", None, stored, passages, "en")
    library.put_document(new, Metadata(title=name), [FileStamp(name, 1, 2, 3, 4)])


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The library made once, with its snapshot; tests get copies."""
    from index.snapshot.publish import publish

    folder = tmp_path_factory.mktemp("evals") / "library"
    with Library.open(folder, create=True) as opened:
        put(opened, "clinics.pdf", CLINICS, [
            ((1, "In 2023 the clinics of Lima registered 4,812 visits by migrants. Most came for prenatal "
                 "care."),),
            ((1, "The insurance policy of the state covers those who hold a permit, and the nurses"),
             (2, "explain at the counter how to apply for it. The “green card” is free of charge."),),
            ([(1, "1 Ministry register, read in May.")], "footnote"),
            ((2, "Waiting times fell to nine days after the sec-\nond shift"),),
            ((2, "opened in the north of the city."),),
        ])  # fmt: skip
        put(opened, "folder/salud.pdf", SPANISH, [
            ((1, "El miedo a ser rechazadas aleja a muchas mujeres de los centros de salud."),),
            ((1, "La línea atendió 920 llamadas."),),
        ])  # fmt: skip
        put(opened, "note.html", NOTE, [((1, NOTE[0]),)], paged=False)
        put(opened, "other/note.html", TWIN, [((1, TWIN[0]),)], paged=False)
        publish(opened, folder, WordEmbedder())
    return folder


@pytest.fixture
def library(built: Path, tmp_path: Path) -> Iterator[Library]:
    shutil.copytree(built, tmp_path / "library")
    with Library.open(tmp_path / "library") as opened:
        yield opened


def question(number: int = 1, **changes: object) -> dict[str, object]:
    """Return a sound gold question over this library, with changes; None removes a key."""
    record: dict[str, object] = {
        "id": f"q{number}", "group": f"g{number}", "lang": "en", "type": "natural",
        "question": f"How many visits by migrants were registered, number {number}?", "answerable": True,
        "evidence": [
            {"doc": "clinics.pdf", "quote": "registered 4,812 visits by migrants", "page": 1, "grade": 2}
        ],
    }  # fmt: skip
    record.update(changes)
    return {key: value for key, value in record.items() if value is not None}


@pytest.fixture
def gold_file(tmp_path: Path) -> Callable[..., Path]:
    """Return a writer of gold files: records (or raw lines) -> path."""

    def write(*records: dict[str, object] | str) -> Path:
        lines = [item if isinstance(item, str) else json.dumps(item) for item in records]
        path = tmp_path / "gold.jsonl"
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return path

    return write


@pytest.fixture
def gold_question() -> Callable[..., dict[str, object]]:
    return question


class WordEmbedder:
    """A small real embedder: the sum of fixed random vectors of the words."""

    name = "words"
    fingerprint = "words-1"
    dimension = 64
    profile = ModelProfile(prompts={}, budget=512, calibration=None)

    def __init__(self) -> None:
        self.encoded = 0

    def _vector(self, text: str) -> np.ndarray:
        total = np.full(self.dimension, 1e-3)
        for word in text.lower().split():
            seed = int.from_bytes(hashlib.sha256(word.encode()).digest()[:8], "big")
            total += np.random.default_rng(seed).normal(size=self.dimension)
        return np.asarray(total / np.linalg.norm(total), dtype=np.float32)

    def encode_documents(
        self, texts: Sequence[str], on_batch: Callable[[int], None] | None = None
    ) -> np.ndarray:
        self.encoded += len(texts)
        return np.stack([self._vector(text) for text in texts])

    def encode_query(self, text: str) -> np.ndarray:
        self.encoded += 1
        return self._vector(text)


@pytest.fixture
def word_embedder() -> type[WordEmbedder]:
    return WordEmbedder


@pytest.fixture
def searcher(library: Library) -> Searcher:
    """The small library, opened for questions with the embedder it was published with."""
    from index.search import Searcher

    return Searcher.open(library.folder, embedder=WordEmbedder())
