"""Numbers that Word makes, against what Word shows for the same lists."""

from typing import Any

import pytest
from docx.oxml import parse_xml

from ingest.readers.docx_numbering import Numbering
from ingest.text.numerals import numeral, to_roman

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def part(name: str, inside: str) -> Any:
    """Return the root of a part whose elements need no prefix."""
    return parse_xml(f'<w:{name} xmlns:w="{W}">{inside}</w:{name}>')


def level(depth: int, text: str, style: str = "decimal", *, start: int = 1, more: str = "") -> str:
    return (
        f'<w:lvl w:ilvl="{depth}"><w:start w:val="{start}"/><w:numFmt w:val="{style}"/>{more}'
        f'<w:lvlText w:val="{text}"/></w:lvl>'
    )


def lists(*levels: str, more: str = "") -> Any:
    """Return the numbering part of one abstract list, which the list "1" uses."""
    return part(
        "numbering",
        f'<w:abstractNum w:abstractNumId="0">{"".join(levels)}</w:abstractNum>'
        f'<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>{more}',
    )


def item(depth: int = 0, ident: str = "1") -> Any:
    return part("p", f'<w:pPr><w:numPr><w:ilvl w:val="{depth}"/><w:numId w:val="{ident}"/></w:numPr></w:pPr>')


def numbers(numbering: Numbering, *items: Any, style: str = "") -> list[str]:
    return [numbering.next(one, style) for one in items]


def test_a_list_counts_on_over_other_paragraphs() -> None:
    numbering = Numbering(lists(level(0, "%1.")), None)
    assert numbers(numbering, item(), part("p", ""), item()) == ["1.", "", "2."]


def test_levels_hold_those_above_and_begin_anew_below_a_new_one() -> None:
    numbering = Numbering(lists(level(0, "%1."), level(1, "%1.%2"), level(2, "(%3)", "lowerLetter")), None)
    asked = [item(0), item(1), item(2), item(2), item(1), item(2), item(0), item(1)]
    assert numbers(numbering, *asked) == ["1.", "1.1", "(a)", "(b)", "1.2", "(a)", "2.", "2.1"]


def test_a_level_that_nothing_restarts_counts_on() -> None:
    numbering = Numbering(lists(level(0, "%1."), level(1, "§%2", more='<w:lvlRestart w:val="0"/>')), None)
    assert numbers(numbering, item(0), item(1), item(0), item(1)) == ["1.", "§1", "2.", "§2"]


def test_a_deeper_level_used_first_takes_the_start_of_those_above() -> None:
    numbering = Numbering(lists(level(0, "%1.", start=4), level(1, "%1.%2")), None)
    assert numbers(numbering, item(1), item(1)) == ["4.1", "4.2"]


def test_the_articles_of_a_law() -> None:
    numbering = Numbering(lists(level(0, "Artículo %1.-"), level(1, "%1.%2.", "decimal")), None)
    assert numbers(numbering, item(0), item(1), item(0)) == ["Artículo 1.-", "1.1.", "Artículo 2.-"]


def test_roman_chapters_are_figures_below_where_a_level_says_so() -> None:
    numbering = Numbering(
        lists(level(0, "Capítulo %1", "upperRoman"), level(1, "%1.%2", more="<w:isLgl/>")), None
    )
    assert numbers(numbering, item(0), item(0), item(1)) == ["Capítulo I", "Capítulo II", "2.1"]


def test_a_list_of_its_own_start_begins_there_once() -> None:
    again = (
        '<w:num w:numId="2"><w:abstractNumId w:val="0"/><w:lvlOverride w:ilvl="0"><w:startOverride w:val="7"/>'
        "</w:lvlOverride></w:num>"
    )
    numbering = Numbering(lists(level(0, "%1)"), more=again), None)
    assert numbers(numbering, item(), item(ident="2"), item(ident="2"), item()) == ["1)", "7)", "8)", "9)"]


def test_a_style_names_the_list_and_its_base_as_well() -> None:
    styles = part(
        "styles",
        '<w:style w:styleId="Para"><w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr></w:style>'
        '<w:style w:styleId="Own"><w:basedOn w:val="Para"/></w:style>'
        '<w:style w:styleId="Round"><w:basedOn w:val="Round"/></w:style>',
    )
    numbering = Numbering(lists(level(0, "%1.")), styles)
    plain = part("p", "")
    assert [numbering.next(plain, style) for style in ("Para", "Own", "Round", "None")] == [
        "1.",
        "2.",
        "",
        "",
    ]


def test_the_list_zero_takes_a_paragraph_out_of_the_list_of_its_style() -> None:
    styles = part(
        "styles",
        '<w:style w:styleId="Para"><w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr></w:style>',
    )
    numbering = Numbering(lists(level(0, "%1.")), styles)
    assert numbers(numbering, item(ident="0"), part("p", ""), style="Para") == ["", "1."]


NO_NUMBER = {"bullet": level(0, "•", "bullet"), "none": level(0, "", "none")}


@pytest.mark.parametrize("case", NO_NUMBER)
def test_marks_and_unnumbered_levels_are_no_numbers(case: str) -> None:
    assert numbers(Numbering(lists(NO_NUMBER[case]), None), item()) == [""]


HOSTILE = {
    "huge_start": level(0, "%1.", start=10**15),
    "negative_start": level(0, "%1.", start=-5),
}


@pytest.mark.parametrize("case", HOSTILE)
def test_absurd_starts_are_one(case: str) -> None:
    assert numbers(Numbering(lists(HOSTILE[case]), None), item()) == ["1."]


NUMERALS = {
    (4, "upperRoman"): "IV", (27, "lowerLetter"): "aa", (3, "decimalZero"): "03", (2, "ordinal"): "2.º",
    (5, "bullet"): "", (6, "hindiCounting"): "6", (0, "lowerLetter"): "0",
}  # fmt: skip


@pytest.mark.parametrize("case", NUMERALS)
def test_number_formats(case: tuple[int, str]) -> None:
    assert numeral(*case) == NUMERALS[case]


@pytest.mark.parametrize(("value", "text"), [(1_994, "mcmxciv"), (89, "lxxxix"), (0, "0"), (5_000, "5000")])
def test_roman_numerals(value: int, text: str) -> None:
    assert to_roman(value) == text
