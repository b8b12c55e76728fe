"""The title of a first page: what counts, what is passed over, and a list of real first pages judged by eye.

`labels/titles.json` holds file name → a few words of the title (None: the pages show none).
"""

import json
import unicodedata
from functools import cache
from pathlib import Path

import pytest
from split_samples import Printed, paragraph, pdf, pdf_page, prose

from ingest.library.records import from_reading
from ingest.metadata.first_page import is_date
from ingest.metadata.titles import usable_title
from ingest.passages.split import split_source
from ingest.readers.limits import Limits
from ingest.readers.read import read_source
from ingest.readers.source import Source

ROOT = Path(__file__).parents[2]
DATA = ROOT.parent / "shared" / "data"
TITLES: dict[str, str | None] = json.loads(
    (Path(__file__).parent / "labels" / "titles.json").read_text("utf-8")
)
# Of the titles that the pages show, found right; wrong ones are worse than none.
RIGHT = 0.9
WRONG = 0.05

needs_papers = pytest.mark.skipif(not DATA.is_dir(), reason="needs ../shared/data")

DATES = ["26 October 2001", "October 14, 1998", "13 de septiembre de 2023", "février 2024"]
NO_DATES = ["The 2030 Agenda", "Message of 28 July 2010", "May"]


def test_dates() -> None:
    assert [text for text in DATES if not is_date(text)] == []
    assert [text for text in NO_DATES if is_date(text)] == []


def title_of(*pages: list[Printed]) -> str | None:
    return split_source(pdf(*(pdf_page(at, *rows) for at, rows in enumerate(pages, 1))), "0" * 64).title


BODY = paragraph(prose(1), 400.0) + paragraph(prose(2), 340.0) + paragraph(prose(3), 280.0)
TOP = [
    Printed("United Nations A/56/509", 740.0, 124, 554, 14.0),
    Printed("General Assembly Distr.: General", 712.0, 124, 460, 18.0),
    Printed("26 October 2001", 693.0, 397, 468, 14.0),
    Printed("Committee on Conferences", 560.0, 60, 206, 13.0, True),
]


def test_the_letterhead_is_larger_than_the_title() -> None:
    title = [
        Printed("Outcome of the sessions of the Conference of the", 501.0, 124, 461, 13.0, True),
        Printed("Parties to the Framework Convention*", 486.0, 124, 419, 13.0, True),
    ]
    assert (
        title_of(TOP + title + BODY)
        == "Outcome of the sessions of the Conference of the Parties to the Framework Convention"
    )


def test_only_letterhead_gives_no_title() -> None:
    assert title_of(TOP + BODY) is None


def test_a_section_heading_is_no_title() -> None:
    assert title_of([Printed("Resumen ejecutivo", 700.0, 85, 200, 16.0, True), *BODY]) is None
    assert title_of([Printed("I. Introduction", 700.0, 85, 200, 16.0, True), *BODY]) is None


def test_lines_of_one_title_may_differ_in_size() -> None:
    cover = [
        Printed("Leadership forum", 412.0, 65, 445, 46.0, True),
        Printed("on climate change", 364.0, 65, 444, 38.0, True),
        Printed("22 September 2009", 79.0, 64, 369, 19.0, True),
    ]
    assert title_of(cover, BODY) == "Leadership forum on climate change"


def test_a_title_that_is_also_the_running_head_counts() -> None:
    def page(at: int) -> list[Printed]:
        head = Printed("Digital Rights of Migrants", 760.0, 180, 420, 15.0 if at == 1 else 9.0, True)
        return [head, *paragraph(prose(at), 700.0), *paragraph(prose(at + 9), 600.0)]

    assert title_of(*(page(at) for at in range(1, 6))) == "Digital Rights of Migrants"


def test_a_cover_without_text_leaves_the_title_to_the_next_page() -> None:
    cover = [Printed("MINISTERIO DE SALUD", 700.0, 85, 400, 24.0, True)]
    title = Printed("Migración y acceso a la salud", 700.0, 85, 400, 20.0, True)
    assert title_of(cover, [title, *BODY]) == "Migración y acceso a la salud"
    assert title_of([*cover, *BODY], [title, *BODY]) is None


@pytest.mark.parametrize(
    "line",
    ["Lima, Peru", "Santa Cruz, Bolivia", "Serie Documentos de Trabajo N.º 63", "Working Papers No. 12"],
)
def test_a_place_or_a_series_is_no_title(line: str) -> None:
    assert title_of([Printed(line, 700.0, 85, 400, 16.0), *BODY]) is None


@pytest.mark.parametrize(
    "line", ["Health, migration and work in Lima", "Working papers and how to read them"]
)
def test_a_comma_or_the_word_for_a_series_is_no_obstacle(line: str) -> None:
    assert title_of([Printed(line, 700.0, 85, 400, 16.0), *BODY]) == line


def test_the_call_of_a_note_behind_a_year_goes() -> None:
    head = Printed("Mensaje al Congreso, el 28 de julio de 20111", 740.0, 85, 480, 16.0, True)
    assert title_of([head, *BODY]) == "Mensaje al Congreso, el 28 de julio de 2011"


def folded(text: str) -> str:
    return " ".join(
        "".join(
            c for c in unicodedata.normalize("NFD", text.casefold()) if not unicodedata.combining(c)
        ).split()
    )


@cache
def found(name: str) -> str | None:
    path = next(
        path for part in ("policy-pdfs", "seeds") for path in (DATA / part).rglob("*") if path.name == name
    )
    source: Source = read_source(path, limits=Limits(second_reading=0.0), ocr=False)
    return usable_title(from_reading("0" * 64, source, split_source(source, "0" * 64)).guessed_title)


def judged(names: list[str]) -> tuple[int, list[str], list[str]]:
    """Return how many of these pages show a title, and the names with a missing and with a wrong one."""
    missing, wrong = [], []
    for name in names:
        words, title = TITLES[name], found(name)
        if title is None:
            missing += [name] if words else []
        elif words is None or not all(folded(word) in folded(title) for word in words.split()):
            wrong.append(name)
    return sum(TITLES[name] is not None for name in names), missing, wrong


def test_the_list_is_large_enough() -> None:
    assert len(TITLES) >= 40


@needs_papers
@pytest.mark.slow
@pytest.mark.timeout(900)
def test_titles_of_real_first_pages() -> None:
    shown, missing, wrong = judged(sorted(TITLES))
    assert len(wrong) <= WRONG * len(TITLES), wrong
    assert shown - len(missing) - len(wrong) >= RIGHT * shown, (missing, wrong)
