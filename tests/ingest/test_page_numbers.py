"""Which numbers in a margin are the page's: as printed where nothing else explains them, none otherwise."""

from dataclasses import replace

import pytest
from split_samples import Printed, paragraph, pdf, pdf_page, prose, text_page

from ingest.layout.line import lines_of_pages
from ingest.layout.number_words import counts_something_else, is_sentence
from ingest.layout.page_labels import page_labels
from ingest.layout.running_heads import running_heads
from ingest.readers.source import Page, Source

SENTENCE = "The office of {place} saw more people than in the year before, as the survey shows in"
PLACES = ("Lima", "Tumbes", "Tacna", "Puno", "Cusco", "Piura", "Loreto")


def page(number: int, *extra: Printed, top: float = 700.0) -> Page:
    """Return a page of prose with other lines."""
    head = [line for line in extra if line.y > top]
    foot = [line for line in extra if line.y <= top]
    return pdf_page(number, *head, *paragraph(prose(number), top), *foot)


def foot(text: str) -> Printed:
    return Printed(text, 40.0, 280, 310, 8)


def head(text: str, size: float = 8.0) -> Printed:
    return Printed(text, 800.0, 85, 300, size)


def labels(source: Source) -> list[str | None]:
    sheets = lines_of_pages(source)
    found, _ = page_labels(source, sheets, running_heads(sheets))
    return [label.text if label and label.source == "printed" else None for label in found]


def rows_out(source: Source) -> set[str]:
    """Return the texts of the rows that are heads, feet or numbers."""
    sheets = lines_of_pages(source)
    marked = running_heads(sheets)
    _, numbers = page_labels(source, sheets, marked)
    return {row.text for sheet in sheets for row in sheet.lines if row.index in marked | numbers}


AS_PRINTED = {
    "plain": "{n}",
    "dashes": "– {n} –",
    "brackets": "[{n}]",
    "page": "Page {n}",
    "página de": "Página {n} de 40",
    "word after": "{n} | P a g e",
    "of total": "{n}/40",
    "appendix": "A-{n}",
    "chapter": "II-{n}",
}


@pytest.mark.parametrize("name", AS_PRINTED)
def test_numbers_are_read_as_printed(name: str) -> None:
    found = labels(pdf(*[page(n, foot(AS_PRINTED[name].format(n=n + 2))) for n in range(1, 6)]))
    prefix = {"appendix": "A-", "chapter": "II-"}.get(name, "")
    assert found == [f"{prefix}{n}" for n in range(3, 8)]


def test_numbers_within_chapters() -> None:
    printed = ["1-1", "1-2", "1-3", "2-1", "2-2", "3-1"]
    assert labels(pdf(*[page(n, foot(text)) for n, text in enumerate(printed, 1)])) == printed


@pytest.mark.parametrize("printed", [["i", "ii", "iii", "iv"], ["1-1", "1-2", "1-3", "1-4"]])
def test_what_follows_front_matter_or_a_chapter_is_not_inferred(printed: list[str]) -> None:
    pages = [page(n, *([foot(printed[n - 1])] if n <= len(printed) else [])) for n in range(1, 7)]
    sheets = lines_of_pages(pdf(*pages))
    found, _ = page_labels(pdf(*pages), sheets, running_heads(sheets))
    assert [label and label.text for label in found] == [*printed, None, None]


def test_two_pages_on_a_sheet() -> None:
    pages = [
        page(n, Printed(str(2 * n + 2), 40.0, 140, 150, 8), Printed(str(2 * n + 3), 40.0, 440, 450, 8))
        for n in range(1, 5)
    ]
    assert labels(pdf(*pages)) == ["4–5", "6–7", "8–9", "10–11"]
    assert rows_out(pdf(*pages)) == {str(n) for n in range(4, 12)}


NOT_THE_PAGES = {
    "year": ("{year}", 8.0),
    "year with p.": ("{year}", 14.0),
    "date": ("{n} May 2020", 8.0),
    "date in Spanish": ("{n} de mayo de 2020", 8.0),
    "month first": ("May {n}", 8.0),
    "bulletin": ("Bulletin No. {n}", 8.0),
    "boletín": ("Boletín epidemiológico N.º {n}", 8.0),
    "of a year": ("{n}/2020", 8.0),
    "measure in large type": ("{n}", 30.0),
    "measure in the type of a title": ("{n}", 12.0),
    "share": ("{n} %", 8.0),
    "sentence": ("In all, {n} posts were closed in the week before the visit.", 10.0),
}


@pytest.mark.parametrize("name", NOT_THE_PAGES)
def test_what_is_no_page_number(name: str) -> None:
    text, size = NOT_THE_PAGES[name]
    lines = [text.format(n=n + 3, year=2014 + n) for n in range(1, 7)]
    silent = pdf(*[page(n, head(line, size)) for n, line in enumerate(lines, 1)])
    assert labels(silent) == [None] * 6
    numbered = pdf(*[page(n, head(line, size), foot(str(n + 20))) for n, line in enumerate(lines, 1)])
    assert labels(numbered) == [str(n) for n in range(21, 27)]


def raised(source: Page, number: str) -> Page:
    """Return the page with the number that opens one of its lines marked as a call."""
    lines = [
        replace(line, calls=((line.start, line.start + len(number)),))
        if source.text[line.start :].startswith(f"{number} ") or source.text[line.start : line.end] == number
        else line
        for line in source.lines
    ]
    return replace(source, lines=tuple(lines))


@pytest.mark.parametrize(
    "text", ["Interview with the director of {place}.", "Law No. 2{n}4, art. {n}.", "Ibid."]
)
@pytest.mark.parametrize("is_raised", [True, False])
def test_note_numbers_are_no_page_numbers(text: str, is_raised: bool) -> None:
    pages = []
    for n in range(1, 6):
        note = f"{n + 3} " + text.format(place=PLACES[n], n=n * n + 2)
        made = page(n, Printed(note, 90.0, 85, 300, 8), foot(str(n + 20)))
        pages.append(raised(made, str(n + 3)) if is_raised else made)
    assert labels(pdf(*pages)) == ["21", "22", "23", "24", "25"]
    assert rows_out(pdf(*pages)) == {"21", "22", "23", "24", "25"}
    bare = [
        pdf_page(
            n,
            *paragraph(prose(n), 700.0),
            Printed(f"{n + 3} " + text.format(place=PLACES[n], n=n * n), 90.0, 85, 300, 8),
        )
        for n in range(1, 6)
    ]
    assert labels(pdf(*bare)) == [None] * 5


@pytest.mark.parametrize("point", [".", "", ")"])
def test_paragraph_numbers_that_open_pages_stay_text(point: str) -> None:
    lines = [f"{n + 11}{point} {SENTENCE.format(place=PLACES[n])}" for n in range(1, 6)]
    pages = [page(n, Printed(line, 712.0, size=10), foot(str(n + 2))) for n, line in enumerate(lines, 1)]
    assert labels(pdf(*pages)) == ["3", "4", "5", "6", "7"]
    assert rows_out(pdf(*pages)) == {"3", "4", "5", "6", "7"}


def test_of_two_numbers_the_outer_one_holds() -> None:
    pages = [page(n, Printed(str(n + 50), 60.0, 280, 310, 8), foot(str(n))) for n in range(1, 6)]
    assert labels(pdf(*pages)) == ["1", "2", "3", "4", "5"]
    assert rows_out(pdf(*pages)) == {str(n) for n in (*range(1, 6), *range(51, 56))}


def test_two_numbers_at_head_and_foot_are_none() -> None:
    assert labels(pdf(*[page(n, head(str(n + 50)), foot(str(n))) for n in range(1, 6)])) == [None] * 5


def test_a_few_numbers_in_a_long_paper_are_no_numbering() -> None:
    pages = [page(n, *([foot(str(n + 30))] if n in (11, 12, 13) else [])) for n in range(1, 25)]
    assert labels(pdf(*pages)) == [None] * 24


def test_lines_that_differ_in_figures_stay_text() -> None:
    lines = [f"This facility has {n * 7 % 23} beds and {n + 1} physicians." for n in range(1, 6)]
    assert rows_out(pdf(*[page(n, head(line, 10.0)) for n, line in enumerate(lines, 1)])) == set()


def test_a_foot_with_unique_words_stays_text() -> None:
    feet = ["doi:10.1016/j.jmh.2021.100044 1", *[f"Journal of Migration {n}" for n in range(2, 7)]]
    pages = [page(n, Printed(text, 40.0, 85, 500, 8)) for n, text in enumerate(feet, 1)]
    assert rows_out(pdf(*pages)) == set(feet[1:])
    assert labels(pdf(*pages))[1:] == ["2", "3", "4", "5", "6"]


def test_heads_of_chapters_of_two_pages_go_where_other_heads_stand() -> None:
    heads = [
        "Annual report",
        "Access",
        "Annual report",
        "Access",
        "Annual report",
        "Outlook",
        "Annual report",
        "Outlook",
    ]
    pages = [page(n, head(text), foot(str(n))) for n, text in enumerate(heads, 1)]
    assert rows_out(pdf(*pages)) >= {"Annual report", "Access", "Outlook"}


def test_captions_and_annexes_at_the_head_stay_text() -> None:
    heads = ["Annex I", "Annex II", "Annex III", "Table 6.01", "Table 6.02", "Table 7.01"]
    assert rows_out(pdf(*[page(n, head(text, 10.0)) for n, text in enumerate(heads, 1)])) == set()


def test_the_last_word_of_a_paragraph_above_a_foot_stays_text() -> None:
    pages = [
        text_page(n, f"{prose(n)}\nwith other words in line {n}\nbefore.\n\n- {n + 6} -") for n in range(1, 6)
    ]
    source = pdf(*pages)
    assert labels(source) == ["7", "8", "9", "10", "11"]
    assert "before." not in rows_out(source)


COUNTED = {
    "number sign": ("Boletín N.º ", ""),
    "month after": ("", " de mayo de 2020"),
    "month before": ("June ", ""),
    "article": ("artículo ", ""),
    "law of a year": ("", " of 2016"),
    "range": ("del ", " al 18 de mayo"),
}


@pytest.mark.parametrize("name", COUNTED)
def test_words_that_count_something_else(name: str) -> None:
    assert counts_something_else(*COUNTED[name])


@pytest.mark.parametrize(
    "words", [("Annual report | ", ""), ("", " | individual funding requests"), ("25-01322 ", "")]
)
def test_words_beside_page_numbers(words: tuple[str, str]) -> None:
    assert not counts_something_else(*words)


@pytest.mark.parametrize("text", ["Ibid., p. 33", "In all, 3 posts were closed.", "See Annex 2;"])
def test_sentences(text: str) -> None:
    assert is_sentence(text)


@pytest.mark.parametrize("text", ["Annual report 2020", "Example Holdings Inc.", "A/HRC/41/38", "Página:"])
def test_no_sentences(text: str) -> None:
    assert not is_sentence(text)
