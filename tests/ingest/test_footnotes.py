"""Footnotes: a number that is due, in small type or below a blank, with its call in the text above."""

import pytest
from split_samples import Printed, laid_out, paragraph, pdf_page, prose, text_page

from ingest.readers.source import Page
from ingest.structure.footnotes import called_in_text, footnotes, is_rule


def test_rules() -> None:
    assert is_rule("__________") and is_rule("– – – – – –") and not is_rule("–")


def notes(*pages: Page, taken: frozenset[int] = frozenset()) -> list[tuple[str, str]]:
    """Return number and text of each note."""
    lines, layout = laid_out(*pages)
    found = footnotes(lines, layout, taken)
    return [(note.number, " ".join(line.text for line in note.lines)) for note in found]


def page_with(*foot: Printed, number: int = 1, text: str = prose(1)) -> Page:
    return pdf_page(number, *paragraph(text, 760.0), *foot)


def small(text: str, y: float = 60.0) -> Printed:
    return Printed(text, y, 85, 85 + 4.0 * len(text), 8.0)


STARTS = {
    "number": ("1 See Law 12.", "1"),
    "slash": ("1/ See Law 12.", "1"),
    "bracket": ("[1] See Law 12.", "1"),
    "stop": ("1. See Law 12.", "1"),
    "asterisk": ("* See Law 12.", "*"),
    "letter": ("a See Law 12.", "a"),
}


@pytest.mark.parametrize("name", STARTS)
def test_a_small_line_below_all_text_is_a_note(name: str) -> None:
    text, number = STARTS[name]
    assert notes(page_with(small(text))) == [(number, text)]


NO_STARTS = {
    "decimal": "1.5 million arrived.",
    "range": "1–5 of them",
    "per cent": "1 % of them",
    "words": "See Law 12.",
    "not due": "9 See Law 12.",
    "letter out of order": "c See Law 12.",
}


@pytest.mark.parametrize("name", NO_STARTS)
def test_other_small_lines_are_none(name: str) -> None:
    assert notes(page_with(small(NO_STARTS[name]))) == []


def test_body_type_is_no_note() -> None:
    assert notes(page_with(Printed("1 See Law 12.", 60.0, 85, 150))) == []


def test_nothing_above_makes_no_note() -> None:
    assert notes(pdf_page(1, small("1 See Law 12.")), pdf_page(2, *paragraph(prose(2), 760.0))) == []


def test_notes_follow_one_another_and_run_on() -> None:
    foot = (small("1 See Law 12", 60.0), small("of 2019.", 50.0), small("2 See Law 13.", 40.0))
    assert notes(page_with(*foot)) == [("1", "1 See Law 12 of 2019."), ("2", "2 See Law 13.")]


def test_numbering_goes_on_over_pages_and_may_skip_two() -> None:
    pages = [page_with(small("1 One."), number=1), page_with(small("4 Four."), number=2, text=prose(2))]
    assert [number for number, _ in notes(*pages)] == ["1", "4"]
    pages[1] = page_with(small("5 Five."), number=2, text=prose(2))
    assert [number for number, _ in notes(*pages)] == ["1"]


def test_numbering_may_begin_again() -> None:
    pages = [page_with(small("1 One."), number=1), page_with(small("1 Again."), number=2, text=prose(2))]
    assert notes(*pages) == [("1", "1 One."), ("1", "1 Again.")]


def test_the_rest_of_a_note_below_a_rule_joins_the_one_before() -> None:
    rule = Printed("__________", 70.0, 85, 150, 8.0)
    pages = [
        page_with(small("1 See Law 12 and the"), number=1),
        page_with(rule, small("decree that followed it."), number=2, text=prose(2)),
    ]
    assert notes(*pages) == [("1", "1 See Law 12 and the decree that followed it.")]


def test_a_raised_number_on_a_line_of_its_own_opens_a_note() -> None:
    mark, text = Printed("1", 62.0, 85, 88, 5.0), Printed("See Law 12.", 60.0, 90, 150, 8.0)
    assert notes(page_with(mark, text)) == [("1", "1 See Law 12.")]


def test_a_call_in_the_text_bears_out_a_note_beside_other_text() -> None:
    lower = Printed("A column that reaches lower", 20.0, 85, 200)
    called = page_with(lower, small("1 See Law 12."), text=prose(1).replace(" in ", ".1 in ", 1))
    assert notes(called) == [("1", "1 See Law 12.")]
    assert notes(page_with(lower, small("1 See Law 12."))) == []


def test_lines_that_are_taken_are_no_notes() -> None:
    page = page_with(small("1 See Law 12."))
    last = laid_out(page)[0][0].lines[-1].index
    assert notes(page, taken=frozenset({last})) == []


TEXT = "Crime fell.1 It rose again\nin the north.\n\n1 See Law 12,\nart. 5.\n\nThe year after was dry."


def test_text_without_type_needs_a_blank_and_a_call() -> None:
    assert notes(text_page(1, TEXT)) == [("1", "1 See Law 12, art. 5.")]
    assert notes(text_page(1, TEXT.replace("fell.1", "fell."))) == []
    assert notes(text_page(1, TEXT.replace("\n\n1", "\n1"))) == []


CALLS = {
    "behind a stop": ("Crime fell.1 It rose.", "1"),
    "behind a word": ("Crime1 fell. It rose.", "1"),
    "behind a quote": ("He said “no”1 and left.", "1"),
}
NO_CALLS = {
    "apart": "In 1 case crime fell.",
    "figure": "It fell by 0.1 points.",
    "share": "Crime fell1 % in a year.",
    "twice": "Crime fell.1 It rose.1 It fell.",
    "longer number": "Crime fell.12 It rose.",
}


def calls(text: str) -> list[tuple[int, int, int]]:
    page = text_page(1, f"{text}\n\n1 See Law 12.")
    lines, _ = laid_out(page)
    note = [line for line in lines[0].lines if line.text.startswith("1 See")]
    return list(called_in_text([note], {1: page.text}))


@pytest.mark.parametrize("name", CALLS)
def test_call_in_text(name: str) -> None:
    text, number = CALLS[name]
    ((page, start, end),) = calls(text)
    assert (page, text[start:end]) == (1, number)


@pytest.mark.parametrize("name", NO_CALLS)
def test_no_call_in_text(name: str) -> None:
    assert calls(NO_CALLS[name]) == []


def test_pages_with_boxes_are_not_searched_for_calls() -> None:
    page = page_with(small("1 See Law 12."), text=prose(1).replace(" in ", ".1 in ", 1))
    note = [line for line in laid_out(page)[0][0].lines if line.text.startswith("1 See")]
    assert list(called_in_text([note], {1: page.text})) == []
