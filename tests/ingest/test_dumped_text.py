"""Pages of text dumped from a PDF: found when marks and feet agree, none when they do not."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.readers.dumped_text import cut_dumped
from ingest.readers.read import read_source

SEEDS = Path(__file__).parents[3] / "shared/data/seeds"
FOOT = ["Office for Examples", "WORKING PAPERS", ""]


def page(number, *, mark=True, foot=False, rows=20, first="Text of the page"):
    lines = [f"{' ' if mark else ''}{first} {number} begins", *(f"line {n} of it" for n in range(rows - 1))]
    return lines + (["", *FOOT, str(number), ""] if foot else [])


def document(feet=(2, 4), count=6, shift=0, **page_options):
    lines = []
    for at in range(1, count + 1):
        lines += page(at + shift, mark=at - 1 not in feet, foot=at in feet, **page_options)
    return "\n".join(lines)


def starts(text):
    return [part.split()[:5] for part in cut_dumped(text)]


@given(st.sets(st.integers(1, 8), min_size=2, max_size=8), st.integers(0, 30), st.integers(8, 40))
def test_pages_are_found(feet, shift, rows):
    parts = cut_dumped(document(feet=feet, count=9, shift=shift, rows=rows))
    assert len(parts) == 9
    for number, part in enumerate(parts, 1 + shift):
        assert f"Text of the page {number} begins" in part
        assert part.count("begins") == 1


NO_PAGES = {
    "marks_only": document(feet=()),
    "one_foot": document(feet=(3,)),
    "numbers_do_not_count": document(feet=(2, 4)).replace("\n4\n", "\n5\n"),
    "numbers_fall": document(feet=(2, 4)).replace("\n4\n", "\n1\n"),
    "a_start_without_mark": document(feet=(2, 4)).replace(" Text of the page 6", "Text of the page 6"),
    "an_extra_mark": document(feet=(2, 5)).replace("page 4 begins\n", "page 4 begins\n "),
    "years_in_a_column": "\n".join(f"Value\n{year}\n" for year in range(2000, 2020, 3)),
    "list": "Head\n" + "\n".join(f"  • item {n}" for n in range(50)),
    "prose": "One line.\nAnother line.\n" * 40,
    "empty": "",
}


@pytest.mark.parametrize("case", NO_PAGES, ids=list(NO_PAGES))
def test_no_pages_when_the_marks_do_not_fit(case):
    assert cut_dumped(NO_PAGES[case]) == [NO_PAGES[case]]


def test_pieces_of_addresses_begin_no_page():
    text = document(feet=(2, 5))
    text = text.replace("line 3 of it", " https://example.org/a/b", 2).replace(
        "line 9 of it", " pment/a/b", 1
    )
    assert len(cut_dumped(text)) == 6


@given(st.lists(st.sampled_from(["", " a", "a b", "  x", " ", *FOOT, "1", "2", "3", " x y"]), max_size=60))
def test_parts_joined_give_the_text_back(lines):
    text = "\n".join(lines)
    assert "".join(cut_dumped(text)) == text


@pytest.mark.skipif(not SEEDS.exists(), reason="needs the seed documents beside the repository")
def test_the_seed_documents():
    counts = {path.name[:3]: len(read_source(path).pages) for path in SEEDS.iterdir()}
    assert counts == {"000": 1, "001": 1, "002": 20, "003": 1, "004": 1}
    source = read_source(next(SEEDS.glob("002*")))
    for number, label in ((5, "7"), (11, "13"), (17, "19")):
        assert source.pages[number - 1].text.split()[-1] == label
