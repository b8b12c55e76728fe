"""The policy paper that came as text dumped from a PDF: pages, labels, notes, sections, sentences."""

import hashlib
import re
from functools import lru_cache
from pathlib import Path

import pytest

from ingest.layout.line_ends import ends_sentence
from ingest.passages.split import SplitResult, split_source
from ingest.readers.read import read_source
from ingest.readers.source import Source
from ingest.text.folding import fold

SEEDS = Path(__file__).parents[2].parent / "shared" / "data" / "seeds"
PAPER = next(SEEDS.glob("002_*.txt"), None)
pytestmark = pytest.mark.skipif(PAPER is None, reason="needs ../shared/data/seeds")


@lru_cache(maxsize=1)
def split() -> tuple[Source, SplitResult]:
    assert PAPER is not None
    source = read_source(PAPER)
    return source, split_source(source, hashlib.sha256(PAPER.read_bytes()).hexdigest())


def test_twenty_pages_and_the_printed_numbers() -> None:
    source, result = split()
    assert len(source.pages) == 20
    printed = {
        number: label for number, label in ((item.page.number, item.label) for item in result.pages) if label
    }
    assert [label.text for label in printed.values() if label.source == "printed"] == ["7", "13", "19"]
    for number, label in printed.items():
        assert label.text == str(number + 2)


def test_footnotes_are_passages_on_their_page() -> None:
    _, result = split()
    notes = [passage for passage in result.passages if passage.kind == "footnote"]
    numbers = [int(match.group()) for note in notes if (match := re.match(r"\d+", note.text))]
    assert len(set(numbers)) >= 20
    assert numbers == sorted(numbers)
    assert all(note.pages[0] == note.pages[1] for note in notes)


def test_the_programme_passage_spans_the_page_break() -> None:
    _, result = split()
    found = [p for p in result.passages if "Emprende Segur@" in p.text and p.kind == "body"]
    assert any(p.pages[1] == p.pages[0] + 1 for p in found)


def test_no_running_foot_inside_a_passage() -> None:
    _, result = split()
    assert not [p for p in result.passages if "POLICY DOCUMENTS SERIES" in p.text]


def test_section_paths_follow_the_headings() -> None:
    _, result = split()
    paths = list(dict.fromkeys(p.section for p in result.passages if p.section))
    tops = list(dict.fromkeys(path[0][:2] for path in paths))
    assert tops == ["Ab", "1.", "2.", "3.", "4.", "5.", "6.", "An"]
    second = [path[1][:4] for path in paths if len(path) > 1 and path[0].startswith(("2.", "3."))]
    assert second == ["2.1.", "2.2.", "2.3.", "2.4.", "3.1.", "3.2.", "3.3."]


def test_no_sentence_is_broken() -> None:
    _, result = split()
    body = [p for p in result.passages if p.kind == "body"]
    broken = [p.text[:60] for p in body if p.text[:1].islower() or not ends_sentence(p.text)]
    broken = [text for text in broken if not re.match(r"\(?[ivx]+[.)]", text)]
    assert len(broken) <= 0.01 * len(body), broken


def test_verbatim() -> None:
    source, result = split()
    for passage in result.passages:
        raw = "".join(source.pages[page - 1].text[start:end] for page, start, end in passage.spans)
        assert fold(passage.text) == fold(raw)
