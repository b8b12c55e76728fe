"""Section titles of passages against headings judged by eye on pages of the policy PDFs.

`labels/headings.json` holds document, page, sample, the hashes of its lines that are headings, and of those that one
may take for headings or not (subtitles, letterhead). Samples 1 and 2 were looked at while the rules were made; the
pages of sample 3 were drawn afterwards. `labels/titles_in_force.json` holds the hashes of titles that passages stood
under, drawn at random and looked at on their pages: right ones, wrong ones. Sample 4 was looked at while the rules were
made, sample 5 drawn afterwards and looked at for the next rules, sample 6 drawn after those: titles of pages that no
earlier sample held, and of the pages of sample 3. No text is copied: lines and titles are found again by their hashes.
"""

import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from ingest.layout.line import LayoutLine, lines_of_pages
from ingest.passages.split import SplitResult, split_source
from ingest.readers.limits import Limits
from ingest.readers.read import read_source
from ingest.readers.source import Source
from ingest.text.folding import fold

PAPERS = Path(__file__).parents[3] / "shared" / "data" / "policy-pdfs"
needs_papers = pytest.mark.skipif(not PAPERS.is_dir(), reason="needs ../shared/data/policy-pdfs")
Label = tuple[str, int, int, list[str], list[str]]
LABELS: list[Label] = [
    tuple(entry)
    for entry in json.loads((Path(__file__).parent / "labels" / "headings.json").read_text("utf-8"))
]
DRAWN: list[Label] = [
    tuple(entry)
    for entry in json.loads((Path(__file__).parent / "labels" / "titles_in_force.json").read_text("utf-8"))
]
LEAST = {1: 0.95, 2: 0.94, 3: 0.87}
# Of the titles of samples 4 to 6: right of those that passages still stand under, and of the right ones, still there.
RIGHT = {4: 0.94, 5: 0.955, 6: 0.95}
KEPT = 0.98
_ARTICLE = re.compile(r"art(?:ículo|icle|igo|ikel)?\.?\s*\d", re.IGNORECASE)


@cache
def paper(name: str) -> tuple[Source, SplitResult]:
    path = next(path for path in PAPERS.rglob("*.pdf") if path.name == name)
    source = read_source(path, limits=Limits(second_reading=0.0), ocr=False)
    return source, split_source(source, hashlib.sha256(path.read_bytes()).hexdigest())


def hash_of(line: LayoutLine) -> str:
    return hash_of_text(line.text)


def hash_of_text(text: str) -> str:
    return hashlib.sha256(fold(text).encode("utf-8", "surrogatepass")).hexdigest()[:12]


def titles_begun_on(result: SplitResult, page: int) -> Iterator[str]:
    """Yield the titles that passages of a page are the first to stand under."""
    known: set[str] = set()
    for passage in result.passages:
        if passage.kind == "heading" or not passage.pages:
            continue
        fresh = [title for title in passage.section if title not in known]
        known.update(fresh)
        if passage.pages[0] == page:
            yield from fresh


def lines_of_title(title: str, lines: tuple[LayoutLine, ...]) -> list[LayoutLine]:
    """Return the lines of a page that say a title, one below the other; none where the page does not say it."""
    said = fold(title)
    for first in range(len(lines)):
        text = ""
        for last in range(first, min(first + 6, len(lines))):
            text += fold(lines[last].text)
            if text.startswith(said):
                return list(lines[first : last + 1])
            if not said.startswith(text):
                break
    return []


def judged(sample: int) -> Counter[str]:
    """Return how many titles are right, wrong or neither on the pages of a sample."""
    found: Counter[str] = Counter()
    there = {path.name for path in PAPERS.rglob("*.pdf")}
    for name, page, drawn, right, allowed in LABELS:
        if drawn != sample or name not in there:
            continue
        source, result = paper(name)
        lines = lines_of_pages(source)[page - 1].lines
        for title in titles_begun_on(result, page):
            hashes = [hash_of(line) for line in lines_of_title(title, lines)]
            if not hashes:
                continue
            headed = [each for each in hashes if each in right]
            if not headed and any(each in allowed for each in hashes):
                found["neither"] += 1
            else:
                whole = all(each in right or each in allowed for each in hashes)
                found["right" if whole or _ARTICLE.match(title) else "wrong"] += 1
    return found


def test_the_labels_are_many() -> None:
    assert len({name for name, *_ in LABELS}) >= 25
    assert sum(len(right) for _, _, _, right, _ in LABELS) >= 400


def test_a_title_is_found_on_its_lines() -> None:
    texts = ("It rained.", "2. Health in", "the north", "It fell.")
    lines = tuple(LayoutLine(index=at, page=1, start=0, end=1, text=text) for at, text in enumerate(texts))
    assert [line.index for line in lines_of_title("2. Health in the north", lines)] == [1, 2]
    assert lines_of_title("3. Roads", lines) == []


@needs_papers
@pytest.mark.slow
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("sample", LEAST)
def test_titles_are_headings_of_their_page(sample: int) -> None:
    found = judged(sample)
    assert found["right"] + found["wrong"] >= 100
    assert found["right"] >= LEAST[sample] * (found["right"] + found["wrong"]), dict(found)


def in_force(sample: int) -> Counter[str]:
    """Return how many right and wrong titles of a sample passages stand under, and how many right ones are lost."""
    found: Counter[str] = Counter()
    there = {path.name for path in PAPERS.rglob("*.pdf")}
    for name, _, drawn, right, wrong in DRAWN:
        if drawn != sample or name not in there:
            continue
        given = {hash_of_text(title) for passage in paper(name)[1].passages for title in passage.section}
        found["right"] += sum(each in given for each in right)
        found["lost"] += sum(each not in given for each in right)
        found["wrong"] += sum(each in given for each in wrong)
    return found


def test_the_drawn_titles_are_many() -> None:
    for sample in RIGHT:
        assert sum(len(right) + len(wrong) for _, _, drawn, right, wrong in DRAWN if drawn == sample) >= 400
    assert len({name for name, *_ in DRAWN}) >= 25


@needs_papers
@pytest.mark.slow
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("sample", RIGHT)
def test_titles_in_force_were_seen_on_their_pages(sample: int) -> None:
    found = in_force(sample)
    assert found["right"] >= RIGHT[sample] * (found["right"] + found["wrong"]), dict(found)
    assert found["right"] >= KEPT * (found["right"] + found["lost"]), dict(found)
