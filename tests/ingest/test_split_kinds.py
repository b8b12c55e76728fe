"""Passage kinds against a list of lines judged by eye: file, page, hash of the folded line, kind.

No text is copied: a line is found again by its hash. "a|b" accepts either kind; a heading counts as right
in a passage of any kind.
"""

import hashlib
import json
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

from ingest.passage import Passage
from ingest.passages.split import SplitResult, split_source
from ingest.readers.limits import Limits
from ingest.readers.read import read_source
from ingest.readers.source import Page, Source
from ingest.text.folding import fold

ROOT = Path(__file__).parents[2]
PAPERS = ROOT.parent / "shared" / "data" / "policy-pdfs"
LINES: list[tuple[str, int, str, str]] = [
    tuple(entry) for entry in json.loads((Path(__file__).parent / "labels" / "kinds.json").read_text("utf-8"))
]
WANTED = {"contents": 0.95, "references": 0.95, "footnote": 0.9, "table": 0.9}

needs_papers = pytest.mark.skipif(not PAPERS.is_dir(), reason="needs ../shared/data/policy-pdfs")


@cache
def paper(name: str) -> tuple[Source, SplitResult]:
    path = next(path for path in PAPERS.rglob("*.pdf") if path.name == name)
    source = read_source(path, limits=Limits(second_reading=0.0), ocr=False)
    return source, split_source(source, hashlib.sha256(path.read_bytes()).hexdigest())


def offset_of(page: Page, line_hash: str) -> int:
    for line in page.lines:
        text = page.text[line.start : line.end]
        if hashlib.sha256(fold(text).encode("utf-8", "surrogatepass")).hexdigest()[:16] == line_hash:
            return line.start + len(text) - len(text.lstrip())
    raise AssertionError(f"page {page.number} has no line {line_hash}")


def passage_at(result: SplitResult, page: int, offset: int) -> Passage | None:
    for passage in result.passages:
        if any(number == page and start <= offset < end for number, start, end in passage.spans):
            return passage
    return None


def test_the_list_is_large_enough() -> None:
    assert len(LINES) >= 300
    assert set(WANTED) <= {kind for _, _, _, kind in LINES}


@needs_papers
@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_kinds_are_right() -> None:
    total: Counter[str] = Counter()
    right: Counter[str] = Counter()
    seen = set()
    for name, number, line_hash, kind in LINES:
        source, result = paper(name)
        passage = passage_at(result, number, offset_of(source.pages[number - 1], line_hash))
        total[kind] += 1
        if passage is None:
            continue
        seen.add((name, passage.id))
        # A heading stands in the passage that it heads, whatever kind that is.
        right[kind] += kind == "heading" or passage.kind in kind.split("|")
    assert len(seen) >= 300
    for kind, share in WANTED.items():
        assert right[kind] >= share * total[kind], f"{kind}: {right[kind]} of {total[kind]}"
    assert right["body"] >= 0.97 * total["body"]
    assert right["heading"] == total["heading"]
