"""Lines that stand like headings and belong to what is above them: items, names and offices, ends of tables."""

import pytest
from split_samples import Printed, laid_out, paragraph, pdf_page, prose

from ingest.structure.heading_context import closes, names_over_offices
from ingest.structure.headings import heading_text
from ingest.structure.paragraphs import Paragraph, group


def plain(text: str, y: float, left: float = 85.0) -> Printed:
    return Printed(text, y, left, left + 5.0 * len(text))


def below_text(*printed: Printed) -> list[Paragraph]:
    """Return what stands below a paragraph of text."""
    page = pdf_page(2, *paragraph(prose(1), 780.0), *printed)
    (lines,), layout = laid_out(page)
    return group(lines.lines, layout, lambda line: page.text[line.start : line.end])[1:]


def over_offices(found: list[Paragraph]) -> list[str]:
    names = names_over_offices(found)
    return [each.text for each in found if each.first.index in names]


def test_an_item_that_a_colon_announces_belongs_to_it() -> None:
    found = below_text(plain("Liquidator:", 700.0), plain("1. EXAMPLE ANA", 670.0))
    assert closes(found[1], found[0], None)
    found = below_text(plain("It rained.", 700.0), plain("1. EXAMPLE ANA", 670.0))
    assert not closes(found[1], found[0], found[0])


HOLDERS = [
    "EL MINISTRO DE AGRICULTURA",
    "LA VICEMINISTRA DE SALUD",
    "O PRESIDENTE DA REPÚBLICA",
    "LE SECRÉTAIRE D'ETAT",
]
NO_HOLDERS = ["EL AGUA", "LA PRESIDENCIA", "EL Ministro de Agricultura", "LE DROIT"]


@pytest.mark.parametrize("text", HOLDERS)
def test_who_holds_an_office_heads_nothing_and_the_name_above_signs(text: str) -> None:
    found = below_text(plain("JUAN EXAMPLE SILVA RÍOS", 700.0, 200), plain(text, 670.0, 200))
    assert closes(found[1], None, None)
    assert over_offices(found) == ["JUAN EXAMPLE SILVA RÍOS"]


@pytest.mark.parametrize("text", NO_HOLDERS)
def test_other_capitals_may_head(text: str) -> None:
    found = below_text(plain("LEY NÚMERO TREINTA", 700.0, 200), plain(text, 670.0, 200))
    assert not closes(found[1], None, None)
    assert over_offices(found) == []


def test_the_number_of_a_law_over_an_office_does_not_sign() -> None:
    found = below_text(
        plain("DECRETO 902 DE 2017", 700.0, 200), plain("EL PRESIDENTE DE LA REPÚBLICA", 670.0, 200)
    )
    assert over_offices(found) == []


def test_a_name_in_capitals_under_an_office_signs() -> None:
    office = plain("EL SECRETARIO GENERAL DE LA CÁMARA,", 700.0, 200)
    found = below_text(office, plain("ANA EXAMPLE SILVA", 670.0, 200))
    assert closes(found[1], found[0], None)


def last_of_page(text: str, *, tabled: bool) -> bool:
    """Return whether the last line of a page closes what stands above it: a table, or text."""
    page = pdf_page(2, *paragraph(prose(1), 780.0), plain("Dec Mar Jun", 660.0), plain(text, 640.0))
    following = pdf_page(3, *paragraph(prose(2), 780.0))
    (sheet, other), layout = laid_out(page, following)
    lines = [*sheet.lines, *other.lines]
    kept = [line for line in lines if not (tabled and line.text == "Dec Mar Jun")]
    raw = {2: page.text, 3: following.text}
    found = group(kept, layout, lambda line: raw[line.page][line.start : line.end])
    at = next(at for at, each in enumerate(found) if each.text == text)
    return closes(found[at], found[at - 1], found[at + 1])


def test_the_last_line_of_a_page_under_a_table_or_chart_heads_nothing() -> None:
    assert last_of_page("Reporting Period", tabled=True)
    assert not last_of_page("Reporting Period", tabled=False)
    assert not last_of_page("4. Roads", tabled=True)


def test_the_symbol_of_a_paper_is_left_out_of_a_title() -> None:
    first, second = below_text(plain("A/AC.172/2025/2", 700.0), plain("A. Draft calendar of meetings", 640.0))
    both = Paragraph(lines=(*first.lines, *second.lines), text="", ends=False, item=False, cells=False)
    assert heading_text(both) == "A. Draft calendar of meetings"
    (years,) = below_text(plain("Roads 2015/2020", 700.0))
    assert heading_text(years) == "Roads 2015/2020"
