"""What any `IndexWriter` must do. A second implementation joins by one more entry in `BACKENDS`."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from index_library import TEXTS, HashingEmbedder, put_text
from milvus_server import new_url

from index.search import Searcher
from index.snapshot.passage_files import BuildEvent
from index.snapshot.publish import IndexWriter, SnapshotWriter
from index.snapshot.search_place import search_at, search_url
from ingest.library.library import Library
from ingest.metadata.metadata import Metadata


@dataclass(frozen=True, slots=True, kw_only=True)
class Backend:
    """A writer for the library in a folder, and a searcher over what it wrote."""

    writer: Callable[[Path], IndexWriter]
    searcher: Callable[[Path], Searcher]


def on_milvus(folder: Path) -> IndexWriter:
    if search_url(folder) is None:
        search_at(folder, new_url())
    return SnapshotWriter(folder=folder)


def opened(folder: Path) -> Searcher:
    return Searcher.open(folder, embedder=HashingEmbedder())


BACKENDS = [
    pytest.param(
        Backend(writer=lambda folder: SnapshotWriter(folder=folder), searcher=opened), id="snapshot"
    ),
    pytest.param(Backend(writer=on_milvus, searcher=opened), id="Milvus", marks=pytest.mark.slow),
]


@pytest.fixture(params=BACKENDS)
def backend(request: pytest.FixtureRequest) -> Backend:
    found: Backend = request.param
    return found


@pytest.fixture
def filled(tmp_path: Path) -> Iterator[Library]:
    with Library.open(tmp_path / "library", create=True) as library:
        for name, (metadata, language, texts) in TEXTS.items():
            put_text(library, name, metadata, language, texts)
        yield library


def files(searcher: Searcher, question: str) -> list[str]:
    return [hit.document.file for hit in searcher.search(question).hits]


def test_what_was_published_is_found(backend: Backend, filled: Library) -> None:
    made = backend.writer(filled.folder).publish(filled, HashingEmbedder())
    assert (made.passages, made.documents) == (8, 3)
    assert made.vectors >= made.passages
    assert files(backend.searcher(filled.folder), "health workers in Lima")[0] == "paho-en.txt"


def test_an_unchanged_library_keeps_its_generation(backend: Backend, filled: Library) -> None:
    writer, embedder = backend.writer(filled.folder), HashingEmbedder()
    first = writer.publish(filled, embedder)
    embedder.encoded.clear()
    assert writer.publish(filled, embedder).generation == first.generation
    assert embedder.encoded == []


def test_only_what_came_is_embedded_and_told(backend: Backend, filled: Library) -> None:
    writer, embedder = backend.writer(filled.folder), HashingEmbedder()
    writer.publish(filled, embedder)
    embedder.encoded.clear()
    put_text(filled, "new.txt", Metadata(title="New"), "en", ["Oxygen is short in winter."])
    told: list[BuildEvent] = []
    writer.publish(filled, embedder, told.append)
    assert embedder.encoded == ["Oxygen is short in winter."]
    assert [(event.stage, event.done, event.total) for event in told] == [("count", 1, 1), ("embed", 1, 1)]
    assert files(backend.searcher(filled.folder), "oxygen")[0] == "new.txt"


def test_a_search_keeps_the_generation_it_opened(backend: Backend, filled: Library) -> None:
    writer = backend.writer(filled.folder)
    writer.publish(filled, HashingEmbedder())
    opened = backend.searcher(filled.folder)
    put_text(filled, "new.txt", Metadata(title="New"), "en", ["Oxygen is short in winter."])
    writer.publish(filled, HashingEmbedder())
    assert "new.txt" not in files(opened, "oxygen")
    assert not opened.is_current()


def test_without_an_embedder_there_are_words_only(backend: Backend, filled: Library) -> None:
    made = backend.writer(filled.folder).publish(filled, None)
    assert made.model is None
    assert made.vectors == 0
    assert backend.searcher(filled.folder).search("health").mode == "lexical"


def test_a_model_is_needed_until_its_vectors_are_there(backend: Backend, filled: Library) -> None:
    writer = backend.writer(filled.folder)
    assert not writer.needs_no_model(filled, None)
    writer.publish(filled, HashingEmbedder())
    assert not writer.needs_no_model(filled, None), "the vectors are another model's"
    assert not writer.needs_no_model(filled, "hashing"), "only the embedded model is known by its name"
