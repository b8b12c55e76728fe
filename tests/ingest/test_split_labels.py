"""Printed page labels against a list made by looking at page images, not at this program's output."""

import hashlib
import json
from functools import cache
from pathlib import Path

import pytest

from ingest.passages.split import SplitResult, split_source
from ingest.readers.limits import Limits
from ingest.readers.read import read_source

ROOT = Path(__file__).parents[2]
PAPERS = ROOT.parent / "shared" / "data" / "policy-pdfs"
LABELS: dict[str, dict[str, str]] = json.loads(
    (Path(__file__).parent / "labels" / "pages.json").read_text(encoding="utf-8")
)

needs_papers = pytest.mark.skipif(not PAPERS.is_dir(), reason="needs ../shared/data/policy-pdfs")


@cache
def split_paper(name: str) -> SplitResult:
    path = next(path for path in PAPERS.rglob("*.pdf") if path.name == name)
    return split_source(
        read_source(path, limits=Limits(second_reading=0.0), ocr=False),
        hashlib.sha256(path.read_bytes()).hexdigest(),
    )


def test_the_list_is_large_enough() -> None:
    assert sum(map(len, LABELS.values())) >= 150
    assert len(LABELS) >= 15


@needs_papers
@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_printed_labels_are_right_or_marked() -> None:
    printed = right = 0
    wrong_unmarked = []
    for name, pages in LABELS.items():
        found = [item.label for item in split_paper(name).pages]
        for number, expected in pages.items():
            label = found[int(number) - 1]
            printed += bool(expected)
            right += bool(expected) and label is not None and label.text == expected
            if expected and label is not None and label.text != expected and label.source != "inferred":
                wrong_unmarked.append((name, number, label))
            if not expected and label is not None and label.source == "printed":
                wrong_unmarked.append((name, number, label))
    assert printed >= 140
    assert right >= 0.95 * printed, f"{right} of {printed}"
    assert not wrong_unmarked
