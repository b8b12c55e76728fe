"""A reading that is not what it says is not stored: neither half nor in part, and the ingest goes on."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from ingest.library.library import Library
from ingest.passage import Passage, passage_id
from ingest.passages.invariants import (
    BACK_A_PAGE,
    NOT_VERBATIM,
    SENTENCES_ASTRAY,
    WRONG_ID,
    WRONG_PAGES,
    violations,
)
from ingest.passages.split import SplitResult, split_source
from ingest.pipeline import ingest_folder
from ingest.readers.read import read_source
from ingest.readers.source import Source
from ingest.sandbox.reader import Outcome


@pytest.fixture(scope="module")
def reading(tmp_path_factory: pytest.TempPathFactory) -> Any:
    path = tmp_path_factory.mktemp("paper") / "paper.txt"
    path.write_text("First page tells of clinics in Lima.\fSecond page tells of schools in Callao.\n")
    source = read_source(path)
    return source, split_source(source, "a" * 64)


def wrong(reading: Any, passages: Sequence[Passage]) -> set[str]:
    source, split = reading
    texts = {page.number: page.text for page in source.pages}
    labels = {item.page.number: item.label.text if item.label else None for item in split.pages}
    return {what for what, _ in violations("a" * 64, passages, texts, labels, paged=source.paged)}


def test_what_the_splitter_makes_is_sound(reading: Any) -> None:
    assert reading[1].passages
    assert wrong(reading, reading[1].passages) == set()


FAULTS: dict[str, tuple[Callable[[Passage], Passage], set[str]]] = {
    "altered text": (lambda p: replace(p, text=p.text.replace("i", "e", 1)), {NOT_VERBATIM, WRONG_ID}),
    "other id": (lambda p: replace(p, id="f" * 32), {WRONG_ID}),
    "no text": (lambda p: replace(p, text="", id=passage_id("a" * 64, "", 0), sentences=()), {NOT_VERBATIM}),
    "no spans": (lambda p: replace(p, spans=()), {NOT_VERBATIM, WRONG_PAGES}),
    "span of another page": (lambda p: replace(p, spans=((7, 0, 5),)), {NOT_VERBATIM, WRONG_PAGES}),
    "span outside": (lambda p: replace(p, spans=((1, 0, 9999),)), {NOT_VERBATIM}),
    "span backwards": (lambda p: replace(p, spans=((1, 9, 3),)), {NOT_VERBATIM}),
    "back a page": (lambda p: replace(p, spans=((2, 0, 0), *p.spans)), {BACK_A_PAGE}),
    "wrong pages": (lambda p: replace(p, pages=(1, 2)), {WRONG_PAGES}),
    "wrong label": (lambda p: replace(p, labels=("77", "77")), {WRONG_PAGES}),
    "sentences": (lambda p: replace(p, sentences=((9, 3),)), {SENTENCES_ASTRAY}),
    "sentence outside": (lambda p: replace(p, sentences=((0, 999),)), {SENTENCES_ASTRAY}),
}


@pytest.mark.parametrize("name", FAULTS)
def test_each_fault_is_named(reading: Any, name: str) -> None:
    change, expected = FAULTS[name]
    first, *rest = reading[1].passages
    assert wrong(reading, [change(first), *rest]) == expected


class Taken:
    """A reader that was taken over: it hands over what `change` makes of a reading."""

    def __init__(self, change: Any) -> None:
        self.change = change

    def __call__(self, count: int, **_: Any) -> Any:
        return self

    def __enter__(self) -> Any:
        return self

    def __exit__(self, *_: Any) -> None:
        pass

    def process(self, paths: list[Path]) -> Iterator[Any]:
        import hashlib

        for path in paths:
            sha = hashlib.sha256(Path(path).read_bytes()).hexdigest()
            source = read_source(path)
            split = split_source(source, sha)
            if path.name == "bad.txt":
                source, split = self.change(source, split)
            yield Outcome(path=path, sha256=sha, source=source, split=split)


def twice_the_page(source: Source, split: SplitResult) -> tuple[Source, SplitResult]:
    return source, replace(split, pages=(split.pages[0], *split.pages))


TAKEOVERS: dict[str, Callable[[Any, Any], tuple[Any, Any]]] = {
    "invented text": lambda source, split: (
        source,
        replace(split, passages=(replace(split.passages[0], text="Invented."),)),
    ),
    "id of another": lambda source, split: (
        source,
        replace(split, passages=(replace(split.passages[0], id="0" * 32),)),
    ),
    "the same passage twice": lambda source, split: (source, replace(split, passages=split.passages * 2)),
    "the same page twice": twice_the_page,
    "a number for a language": lambda source, split: (source, replace(split, language=object())),
}


@pytest.mark.parametrize("name", TAKEOVERS)
def test_a_child_taken_over_cannot_store_what_does_not_stand_in_the_file(tmp_path: Path, name: str) -> None:
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    (corpus / "bad.txt").write_text("Bad paper tells of clinics in Lima.\n")
    (corpus / "good.txt").write_text("Good paper tells of schools in Callao.\n")
    with Library.open(tmp_path / "library", create=True) as library:
        report = ingest_folder(corpus, library, settle=0.01, open_reader=Taken(TAKEOVERS[name]))
        assert [(one.file, one.state) for one in report.unreadable] == [("bad.txt", "failed")]
        assert "read safely" in report.unreadable[0].reason
        assert [stored.passage.text for stored in library.passages()] == [
            "Good paper tells of schools in Callao."
        ]
        assert library.check() == []
