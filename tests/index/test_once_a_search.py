"""A search tokenises its question once and decodes no row twice, whatever the question asks for."""

from collections import Counter
from pathlib import Path

import pytest
from index_library import HashingEmbedder

from index.analysis.analyser import Analyser
from index.analysis.numbers import Token
from index.search import Searcher
from index.snapshot.paths import snapshot_folder
from index.snapshot.snapshot import Snapshot
from ingest.library.records import Document, StoredPassage


class CountingSnapshot(Snapshot):
    """A snapshot that remembers what was decoded."""

    rows: list[int]
    numbers: list[int]

    def passage(self, row: int) -> StoredPassage:
        self.rows.append(row)
        return super().passage(row)

    def document(self, number: int) -> Document:
        self.numbers.append(number)
        return super().document(number)


@pytest.fixture
def snapshot(published: Path) -> CountingSnapshot:
    opened = CountingSnapshot.open(snapshot_folder(published))
    assert isinstance(opened, CountingSnapshot)
    opened.rows, opened.numbers = [], []
    return opened


@pytest.fixture
def searcher(snapshot: CountingSnapshot, published: Path) -> Searcher:
    return Searcher(snapshot, published, HashingEmbedder(), None)


@pytest.fixture
def tokenised(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """How often each text is tokenised."""
    counts: Counter[str] = Counter()
    plain = Analyser.tokens

    def counted(self: Analyser, text: str) -> list[Token]:
        counts[text] += 1
        return plain(self, text)

    monkeypatch.setattr(Analyser, "tokens", counted)
    return counts


# Question → the words that are ranked for.
QUESTIONS = {
    "plain": ("Who trains health workers in Lima?", "Who trains health workers in Lima?"),
    "phrase": ('"health workers"', "health workers"),
    "phrase and words": ('migrants "health workers" -clinics', "migrants health workers"),
    "either": ('"os migrantes" OR "los migrantes"', "os migrantes los migrantes"),
    "amount": ("What costs $100?", "What costs $100?"),
}


@pytest.mark.parametrize("mode", ["hybrid", "lexical", "dense"])
@pytest.mark.parametrize("case", QUESTIONS)
def test_the_question_is_tokenised_once(
    searcher: Searcher, tokenised: Counter[str], case: str, mode: str
) -> None:
    question, text = QUESTIONS[case]
    assert searcher.search(question, mode=mode, k=100).hits
    assert tokenised[text] == 1


@pytest.mark.parametrize("mode", ["hybrid", "lexical", "dense"])
@pytest.mark.parametrize("case", QUESTIONS)
def test_no_row_and_no_document_is_decoded_twice(
    searcher: Searcher, snapshot: CountingSnapshot, case: str, mode: str
) -> None:
    found = searcher.search(QUESTIONS[case][0], mode=mode, k=100, explain=True).hits
    assert len(snapshot.rows) == len(set(snapshot.rows)) >= len(found)
    assert len(snapshot.numbers) == len(set(snapshot.numbers)) > 0


def test_each_search_decodes_for_itself(searcher: Searcher, snapshot: CountingSnapshot) -> None:
    searcher.search("health workers")
    once = len(snapshot.rows)
    searcher.search("health workers")
    assert len(snapshot.rows) == 2 * once
