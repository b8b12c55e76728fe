"""Publishing while an ingest goes on: words first, then document by document, nothing lost and nothing made twice."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from index_library import HashingEmbedder, put_text

from index.notices import NoticeKind
from index.search import Searcher
from index.snapshot import publish as publishing
from index.snapshot import unembedded
from index.snapshot.pace import MEANING_SECONDS, WORDS_SECONDS, Pace
from index.snapshot.passage_files import BuildEvent
from index.snapshot.paths import snapshot_folder
from index.snapshot.publish import SnapshotWriter, publish
from index.snapshot.snapshot import Snapshot
from index.snapshot.vector_files import Meaning
from ingest.library.library import Library
from ingest.metadata.metadata import Metadata

ANIMALS = ["vicuña", "tapir", "condor", "caiman", "ocelot", "puma", "sloth", "toucan"]


class Clock:
    """Stands still until it is moved."""

    def __init__(self) -> None:
        self.now = 50.0

    def __call__(self) -> float:
        return self.now


class SlowEmbedder(HashingEmbedder):
    """Takes a second a text by the clock, and calls `after` when that is done."""

    def __init__(self, clock: Clock, salt: str = "") -> None:
        super().__init__(salt)
        self.clock = clock
        self.after: Callable[[], None] = lambda: None

    def encode_documents(
        self, texts: Sequence[str], on_batch: Callable[[int], None] | None = None
    ) -> np.ndarray:
        self.clock.now += len(texts)
        self.after()
        return super().encode_documents(texts, on_batch)


@pytest.fixture(autouse=True)
def every_document_for_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unembedded, "CHUNK", 1)
    monkeypatch.setattr(publishing, "MUCH", 20)


@pytest.fixture
def zoo(library: Library) -> Library:
    """Eight more documents of twenty passages of a text each: twenty seconds of embedding."""
    for number, animal in enumerate(ANIMALS):
        put_zoo(library, number, animal)
    return library


def put_zoo(library: Library, number: int, animal: str) -> None:
    texts = [f"The {animal} lives on plain number {n} with {n + number} others." for n in range(20)]
    put_text(library, f"{number}-{animal}.txt", Metadata(title=animal.title()), "en", texts)


def opened(library: Library) -> Snapshot:
    return Snapshot.open(snapshot_folder(library.folder))


def first_file(searcher: Searcher, question: str) -> str:
    return searcher.search(question).hits[0].document.file


def test_words_come_first_and_meaning_follows_once_a_minute(zoo: Library) -> None:
    clock = Clock()
    embedder = SlowEmbedder(clock)
    told: list[tuple[float, BuildEvent]] = []
    began = clock.now
    writer = SnapshotWriter(folder=zoo.folder, pace=Pace(clock))
    made = writer.publish(zoo, embedder, lambda event: told.append((clock.now - began, event)))
    published = [(now, event.done, event.total) for now, event in told if event.stage == "published"]
    texts = int(opened(zoo).vector_counts.sum())
    assert [*published[0]] == [0, 0, 11]
    assert 2 <= len(published) <= 3
    assert all(now >= MEANING_SECONDS * n for n, (now, _, _) in enumerate(published))
    assert [done for _, done, _ in published] == sorted(done for _, done, _ in published)
    assert 0 < published[-1][1] < 11
    assert (made.embedded, made.documents) == (11, 11)
    assert len(embedder.encoded) == len(set(embedder.encoded)) == texts


def test_what_comes_of_it_is_what_a_build_in_one_go_gives(zoo: Library, tmp_path: Path) -> None:
    clock = Clock()
    SnapshotWriter(folder=zoo.folder, pace=Pace(clock)).publish(zoo, SlowEmbedder(clock))
    publish(zoo, tmp_path / "fresh", HashingEmbedder())
    one, other = opened(zoo), Snapshot.open(snapshot_folder(tmp_path / "fresh"))
    assert one.vectors is not None
    assert other.vectors is not None
    assert one.vectors.base.tolist() == other.vectors.base.tolist()
    for name in ("vector_firsts", "vector_owners", "vector_counts", "vector_sum", "base_sum", "impacts"):
        assert one.array(name).tolist() == other.array(name).tolist(), name


def test_a_search_meanwhile_finds_all_by_words_and_some_by_meaning(zoo: Library) -> None:
    clock = Clock()
    seen: list[tuple[str, dict[NoticeKind, Any]]] = []
    embedder = SlowEmbedder(clock)

    def ask() -> None:
        searcher = Searcher.open(zoo.folder, embedder=HashingEmbedder())
        result = searcher.search("toucan plain")
        assert result.hits[0].document.file == "7-toucan.txt"
        seen.append((result.mode, {notice.kind: notice.values for notice in result.notices}))

    embedder.after = ask
    SnapshotWriter(folder=zoo.folder, pace=Pace(clock)).publish(zoo, embedder)
    assert seen[0][0] == "lexical"
    mode, notices = seen[-1]
    assert mode == "hybrid"
    assert notices[NoticeKind.MEANING_PARTIAL]["documents"] == 11
    result = Searcher.open(zoo.folder, embedder=HashingEmbedder()).search("toucan plain")
    assert (result.mode, result.notices) == ("hybrid", ())


class Killed(BaseException):
    """Ends the process, as far as a test can."""


@pytest.mark.parametrize("at", range(1, 12, 2))
def test_after_a_kill_only_the_rest_is_embedded(zoo: Library, at: int) -> None:
    clock, calls = Clock(), []
    embedder = SlowEmbedder(clock)

    def die() -> None:
        calls.append(1)
        if len(calls) == at:
            raise Killed

    embedder.after = die
    with pytest.raises(Killed):
        SnapshotWriter(folder=zoo.folder, pace=Pace(clock)).publish(zoo, embedder)
    before = opened(zoo)
    again = SlowEmbedder(clock)
    made = SnapshotWriter(folder=zoo.folder, pace=Pace(clock)).publish(zoo, again)
    assert before.manifest.documents == made.documents == made.embedded == 11
    assert not set(embedder.encoded) & set(again.encoded)
    assert len(embedder.encoded) + len(again.encoded) == made.vectors


def test_what_was_read_is_searchable_before_the_reading_ends(library: Library, published: Path) -> None:
    clock = Clock()
    told: list[BuildEvent] = []
    writer = SnapshotWriter(folder=library.folder, pace=Pace(clock))
    put_zoo(library, 3, "caiman")
    writer.publish_words_if_due(library, told.append)
    assert told == []
    clock.now += WORDS_SECONDS
    writer.publish_words_if_due(library, told.append)
    assert told[-1] == BuildEvent("published", 3, 4)
    writer.publish_words_if_due(library, told.append)
    assert told[-1] == BuildEvent("published", 3, 4), "and not again at once"
    searcher = Searcher.open(library.folder, embedder=HashingEmbedder())
    assert first_file(searcher, "caiman") == "3-caiman.txt"
    assert first_file(searcher, "health workers in Lima") == "paho-en.txt"
    assert searcher.search("caiman").mode == "hybrid", "documents keep their vectors meanwhile"
    assert opened(library).embedded.sum() == 8


def test_reading_into_an_empty_library_publishes_words_alone(library: Library) -> None:
    clock = Clock()
    writer = SnapshotWriter(folder=library.folder, pace=Pace(clock))
    clock.now += WORDS_SECONDS
    writer.publish_words_if_due(library)
    manifest = opened(library).manifest
    assert (manifest.model, manifest.embedded, manifest.documents) == (None, 0, 3)
    assert not writer.needs_no_model(library, None)


def test_another_model_serves_when_all_of_its_vectors_are_there(zoo: Library) -> None:
    publish(zoo, zoo.folder, HashingEmbedder())
    clock, models = Clock(), []
    other = SlowEmbedder(clock, "other")
    other.after = lambda: models.append(opened(zoo).manifest.model)
    made = SnapshotWriter(folder=zoo.folder, pace=Pace(clock)).publish(zoo, other)
    assert {model and model["fingerprint"] for model in models} == {HashingEmbedder().fingerprint}
    assert made.model is not None
    assert made.model["fingerprint"] == other.fingerprint
    assert made.embedded == made.documents


def test_a_generation_with_some_vectors_is_not_up_to_date(zoo: Library) -> None:
    embedder = HashingEmbedder()
    writer = SnapshotWriter(folder=zoo.folder)
    some = {document.id for document in zoo.documents()[:4]}
    snapshot_folder(zoo.folder).mkdir()
    made = writer._publish_generation(zoo, Meaning.of(embedder, some), lambda _: None)
    assert (made.embedded, made.state) == (4, zoo.state())
    waiting = unembedded.unembedded(opened(zoo), embedder.fingerprint)
    assert {one.ident for one in waiting} == {document.id for document in zoo.documents()} - some
    assert sum(one.texts for one in waiting) + made.vectors == int(opened(zoo).vector_counts.sum())
    assert all(one.characters > 20 * one.texts for one in waiting)
    assert writer.publish(zoo, embedder).embedded == 11
    assert unembedded.unembedded(opened(zoo), embedder.fingerprint) == []
    assert len(unembedded.unembedded(opened(zoo), "another model")) == 11


def test_a_document_that_left_takes_its_vectors_along(zoo: Library) -> None:
    embedder = HashingEmbedder()
    writer = SnapshotWriter(folder=zoo.folder)
    some = {document.id for document in zoo.documents()[:6]}
    snapshot_folder(zoo.folder).mkdir()
    writer._publish_generation(zoo, Meaning.of(embedder, some), lambda _: None)
    gone = zoo.documents()[2]
    zoo.put_files([], gone=[gone.file])
    clock = Clock()
    clock.now += WORDS_SECONDS
    made = writer._publish_generation(zoo, Meaning(model=opened(zoo).manifest.model or {}), lambda _: None)
    assert (made.embedded, made.documents) == (5, 10)
    searcher = Searcher.open(zoo.folder, embedder=embedder)
    assert gone.file not in [hit.document.file for hit in searcher.search("lives on plain", k=100).hits]
