"""Running heads, feet and printed numbers: what goes out of the text and what labels a page gets."""

import pytest
from split_samples import Printed, paragraph, pdf, pdf_page, prose, text_page

from ingest.layout.line import lines_of_pages
from ingest.layout.page_labels import page_labels
from ingest.layout.running_heads import line_key, running_heads
from ingest.passage import PageLabel
from ingest.readers.source import Page, Source
from ingest.text.numerals import roman_value, to_roman


def report(number: int, head: str | None, foot: str | None, extra: tuple[Printed, ...] = ()) -> Page:
    printed = [Printed(head, 800.0, 85, 300, 8)] if head else []
    printed += paragraph(prose(number), 700.0)
    printed += extra
    printed += [Printed(foot, 40.0, 280, 310, 8)] if foot else []
    return pdf_page(number, *printed)


def out(source: Source) -> set[str]:
    sheets = lines_of_pages(source)
    marked = running_heads(sheets)
    return {row.text for sheet in sheets for row in sheet.lines if row.index in marked}


def labels(source: Source) -> list[str]:
    sheets = lines_of_pages(source)
    found, _ = page_labels(source, sheets, running_heads(sheets))
    marks = {"printed": "", "inferred": "?", "pagelabels": "L"}
    return [label.text + marks[label.source] if label else "-" for label in found]


def test_head_on_every_page_goes() -> None:
    assert out(pdf(*[report(n, "POLICY DOCUMENTS SERIES", None) for n in range(1, 5)])) == {
        "POLICY DOCUMENTS SERIES"
    }


def test_heads_of_left_and_right_pages_go() -> None:
    source = pdf(*[report(n, "UNDP 2022" if n % 2 else "Migration in Peru", None) for n in range(1, 9)])
    assert out(source) == {"UNDP 2022", "Migration in Peru"}


def test_head_with_changing_number_goes() -> None:
    source = pdf(*[report(n, f"Chapter 3 | {n + 40}", None) for n in range(1, 6)])
    assert len(out(source)) == 5


def test_first_line_of_text_stays() -> None:
    assert out(pdf(*[report(n, None, None) for n in range(1, 6)])) == set()


def test_a_line_on_two_pages_of_many_stays() -> None:
    pages = [report(n, "Contents" if n < 3 else None, None) for n in range(1, 9)]
    assert out(pdf(*pages)) == set()


def test_two_pages_with_one_head_lose_it() -> None:
    assert out(pdf(report(1, "After PAHO (2024)", None), report(2, "After PAHO (2024)", None))) == {
        "After PAHO (2024)"
    }


def test_table_header_repeated_under_the_head_stays() -> None:
    pages = []
    for n in range(1, 6):
        rows = [Printed("A/80/48", 800.0, 85, 150, 8), Printed("State Party Signed", 740.0, 85, 400, 9)]
        rows += [Printed(f"Country {n}{i} 3 May 20{i:02d}", 729.0 - 11 * i, 85, 400, 9) for i in range(12)]
        pages.append(pdf_page(n, *rows))
    assert out(pdf(*pages)) == {"A/80/48"}


KEYS = {
    "numbers": ("Page 7 of 20", "Page 12 of 20"),
    "roman": ("Annex iv", "Annex ix"),
    "punctuation": ("UNDP – 2022 –", "UNDP 2022"),
}


@pytest.mark.parametrize("name", KEYS)
def test_keys_fold_numbers(name: str) -> None:
    assert line_key(KEYS[name][0]) == line_key(KEYS[name][1])


def test_numbers_that_differ_from_the_page_index() -> None:
    assert labels(pdf(*[report(n, None, str(n + 6)) for n in range(1, 5)])) == ["7", "8", "9", "10"]


def test_number_with_total_and_with_word() -> None:
    assert labels(pdf(*[report(n, None, f"{n}/126 24-23730") for n in range(1, 5)])) == ["1", "2", "3", "4"]
    assert labels(pdf(*[report(n, None, f"Página {n + 1}") for n in range(1, 5)])) == ["2", "3", "4", "5"]


def test_page_without_number_between_two_is_inferred() -> None:
    pages = [report(n, None, None if n == 3 else str(n + 10)) for n in range(1, 6)]
    assert labels(pdf(*pages)) == ["11", "12", "13?", "14", "15"]


def test_too_few_numbers_are_no_numbering() -> None:
    assert labels(pdf(*[report(n, None, "5" if n == 2 else None) for n in range(1, 6)])) == ["-"] * 5


def test_numbers_that_do_not_count_with_the_pages_are_none() -> None:
    assert labels(pdf(*[report(n, None, str(n * n + 3)) for n in range(1, 7)])) == ["-"] * 6


def test_roman_front_matter_then_arabic() -> None:
    feet = ["i", "ii", "iii", "iv", "1", "2", "3", "4"]
    assert labels(pdf(*[report(n, None, foot) for n, foot in enumerate(feet, 1)])) == feet


def test_one_roman_page_before_arabic_ones() -> None:
    feet = [None, None, "GE.25-05162 iii", None, "GE.25-05162 1", "GE.25-05162 2", "GE.25-05162 3"]
    found = labels(pdf(*[report(n, None, foot) for n, foot in enumerate(feet, 1)]))
    assert found[2] == "iii"
    assert found[4:] == ["1", "2", "3"]


def test_table_figures_at_the_foot_are_no_page_numbers() -> None:
    figures = ["20", "41", "7", "12", "3"]
    pages = [report(n, None, None, (Printed(value, 300.0, 200, 220),)) for n, value in enumerate(figures, 1)]
    assert labels(pdf(*pages)) == ["-"] * 5


def own_label(page: Page, label: str) -> Page:
    return Page(page.number, page.text, page.lines, page.width, page.height, label)


def test_the_files_labels_stand_where_the_paper_agrees_or_is_silent() -> None:
    silent = [own_label(report(n, None, None), f"A-{n}") for n in range(1, 4)]
    assert labels(pdf(*silent)) == ["A-1L", "A-2L", "A-3L"]
    agreeing = [own_label(report(n, None, str(n + 2)), str(n + 2)) for n in range(1, 5)]
    assert labels(pdf(*agreeing)) == ["3L", "4L", "5L", "6L"]


def test_the_paper_wins_over_labels_that_contradict_it() -> None:
    pages = [own_label(report(n, None, str(n + 50)), str(n)) for n in range(1, 5)]
    assert labels(pdf(*pages)) == ["51", "52", "53", "54"]


def test_feet_in_text_without_boxes() -> None:
    pages = [text_page(n, "\n".join(f"{prose(n * 12 + k)}" for k in range(12))) for n in range(1, 5)]
    pages = [text_page(p.number, f"{p.text}\n\nUNDP\nPOLICY SERIES\n\n{p.number + 2}") for p in pages]
    assert labels(pdf(*pages)) == ["3", "4", "5", "6"]


def test_source_without_pages_has_no_labels() -> None:
    source = Source("txt", False, (text_page(1, "One line.\n2\n3"),))
    assert page_labels(source, lines_of_pages(source), set()) == ((None,), set())


@pytest.mark.parametrize("value", range(1, 90))
def test_roman_round_trip(value: int) -> None:
    assert roman_value(to_roman(value)) == value


@pytest.mark.parametrize("text", ["", "iiii", "vx", "a", "iix", "civil", "il"])
def test_not_roman(text: str) -> None:
    assert roman_value(text) is None


def test_label_type_is_frozen() -> None:
    assert PageLabel("7", "printed") == PageLabel("7", "printed")
