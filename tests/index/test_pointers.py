"""Where in a document a question points."""

from dataclasses import replace

import pytest
from passage_list import passage

from index.analysis.analyser import Analyser
from index.query.parser import parse
from index.query.pointers import NOWHERE, pointers
from index.query.question import analyse
from ingest.passage import Passage


def at(page: int, label: str = "", section: tuple[str, ...] = (), text: str = "Some text.") -> Passage:
    labels = (label, label) if label else ()
    return replace(passage(text, section=section).passage, pages=(page, page), labels=labels)


@pytest.mark.parametrize(
    ("question", "pages"),
    [
        ("what stands on page 7", ("7",)),
        ("the table on p. 12", ("12",)),
        ("pp. 3 and others", ("3",)),
        ("el cuadro de la página 31", ("31",)),
        ("o quadro da pág. iv", ("iv",)),
        ("page by page", ()),
        ("paginate 7", ()),
        ("7 pages", ()),
        ("a step. 7 more", ()),
    ],
)
def test_pages(question: str, pages: tuple[str, ...]) -> None:
    assert pointers(question).pages == pages


@pytest.mark.parametrize(
    ("question", "parts"),
    [
        ("What does Annex II list?", ("ii",)),
        ("¿Qué dice el anexo 3?", ("3",)),
        ("o Apêndice B", ("b",)),
        ("the annexed territory", ()),
        ("annex of the report", ()),
    ],
)
def test_annexes(question: str, parts: tuple[str, ...]) -> None:
    assert pointers(question).parts == parts


@pytest.mark.parametrize(
    ("question", "front"),
    [
        ("What is the title of the report on UNEP?", True),
        ("Who wrote the paper on barriers?", True),
        ("¿Quién escribió el informe?", True),
        ("Quem elaborou o relatório?", True),
        ("What is the case number of the crash?", True),
        ("fecha del informe sobre migración", True),
        ("Who has the authority to decide?", False),
        ("entitled to care", False),
        ("What dates were set for the sessions?", False),
    ],
)
def test_first_pages(question: str, front: bool) -> None:
    assert pointers(question).front is front


def test_labels_numbers_and_headings_are_reached() -> None:
    seven, annex = pointers("page 7"), pointers("Annex II")
    assert seven.reaches(at(7)) and seven.reaches(at(11, "7")) and not seven.reaches(at(8, "6"))
    assert annex.reaches(at(9, section=("Report", "ANEXO II. Lista")))
    assert annex.reaches(at(9, text="Annex II – Membership of the Committee"))
    assert not annex.reaches(at(9, section=("Annex III",))) and not annex.reaches(at(9, text="see Annex II"))
    assert pointers("title of the report").reaches(at(1)) and not pointers("title of the report").reaches(
        at(2)
    )


def test_without_pages_nothing_is_reached_by_a_number() -> None:
    assert not pointers("page 1").reaches(replace(passage("Text.").passage, pages=(), labels=()))
    assert not NOWHERE and not pointers("barriers to health services")


def test_a_page_is_no_number_that_a_passage_must_hold() -> None:
    asked = analyse(parse("deaths in 2019 on page 7"), Analyser(), ["en"])
    assert [asked.terms[place].surface for place in asked.numbers] == ["2019"]
