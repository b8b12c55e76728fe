"""Blocks of whole pages: what stands outside the running text is claimed once, the rest flows around it."""

from dataclasses import replace

from split_samples import Printed, laid_out, paragraph, pdf_page, prose, text_page

from ingest.readers.source import OutlineEntry, Page
from ingest.structure.assemble import Claims, Table, assemble_blocks, claims_of, inside_tables
from ingest.structure.blocks import Block


def claims(*pages: Page, margins: frozenset[int] = frozenset()) -> Claims:
    lines, layout = laid_out(*pages)
    return claims_of(lines, layout, margins)


def blocks(
    *pages: Page, margins: frozenset[int] = frozenset(), outline: tuple[OutlineEntry, ...] = ()
) -> list[Block]:
    lines, layout = laid_out(*pages)
    return assemble_blocks(lines, layout, outline, margins, {page.number: page.text for page in pages})


def small(text: str, y: float) -> Printed:
    return Printed(text, y, 85, 85 + 4.0 * len(text), 8.0)


CALLED = prose(1).replace(" in ", ".1 in ", 1)
TABLE = ("Table 1. Offices", "Region 2021 2022", "North 12 31", "South 8 9", "East 4 6")
NOTE = "1 See Law 12 of 2019."


def page_with(*table: str, note: str = NOTE) -> Page:
    lines = [small(text, 600.0 - 11 * at) for at, text in enumerate(table)]
    return pdf_page(1, *paragraph(CALLED, 780.0), *lines, *paragraph(prose(2), 400.0), small(note, 60.0))


def test_nothing_is_claimed_of_prose() -> None:
    found = claims(pdf_page(1, *paragraph(prose(1), 780.0)))
    assert found == Claims(margins=frozenset())
    assert found.taken() == frozenset()


def test_tables_and_notes_are_claimed_apart() -> None:
    found = claims(page_with(*TABLE))
    assert [" ".join(line.text for line in table.lines) for table in found.tables] == [" ".join(TABLE)]
    assert [(table.head, table.closed) for table in found.tables] == [(2, False)]
    assert [note.number for note in found.notes] == ["1"]
    assert found.taken() == {line.index for line in found.floats()}
    assert len(found.taken()) == len(TABLE) + 1


def test_a_table_closed_by_its_source_holds_no_note() -> None:
    numbered = ("Table 1. Measures", "No. Measure", "1 Coordinate them", "2 Reduce 1 2", "Source: Ministry.")
    found = claims(page_with(*numbered, note="9 It rained."))
    assert [table.closed for table in found.tables] == [True]
    assert found.notes == ()


def test_an_open_table_does_not_swallow_the_notes_below_it() -> None:
    lines = [small(text, 600.0 - 11 * at) for at, text in enumerate(TABLE)]
    page = pdf_page(1, *paragraph(CALLED, 780.0), *lines, small(NOTE, 60.0))
    found = claims(page)
    assert [note.lines[0].text for note in found.notes] == [NOTE]
    assert found.tables[0].lines[-1].text == TABLE[-1]


def test_margins_are_neither_tables_nor_notes() -> None:
    page = page_with(*TABLE)
    every = frozenset(line.index for line in laid_out(page)[0][0].lines)
    found = claims(page, margins=every)
    assert found == Claims(margins=every)
    assert blocks(page, margins=every) == []


def test_contents_are_claimed_before_tables() -> None:
    entries = [f"{n}. Chapter {n} ........ {n * 3}" for n in range(1, 6)]
    found = claims(text_page(1, "\n".join(["Contents", *entries])))
    assert found.contents == frozenset(range(1, 6)) and found.tables == ()


def test_blocks_come_in_reading_order_with_kind_and_section() -> None:
    title = Printed("2. Health", 800.0, 85, 160, 14.0, True)
    page = page_with(*TABLE)
    lines = pdf_page(1, title, *paragraph(CALLED, 780.0)).lines
    assert len(lines) == len(paragraph(CALLED, 780.0)) + 1
    assert [block.kind for block in blocks(page)] == ["body", "table", "body", "footnote"]


def test_floats_take_the_section_they_stand_in() -> None:
    page = pdf_page(
        1,
        Printed("2. Health", 800.0, 85, 160, 14.0, True),
        *paragraph(prose(1), 770.0),
        *(small(text, 600.0 - 11 * at) for at, text in enumerate((*TABLE, "Source: Ministry."))),
        Printed("3. Schools", 500.0, 85, 160, 14.0, True),
        *paragraph(prose(2), 470.0),
    )
    found = {block.kind: block for block in blocks(page)}
    assert found["table"].section == ("2. Health",) and found["table"].head == 2
    assert found["body"].section == ("3. Schools",)


def test_a_heading_is_a_block_whether_it_heads_something_or_not() -> None:
    page = pdf_page(1, Printed("2. Health", 800.0, 85, 160, 14.0, True), *paragraph(prose(1), 770.0))
    assert [block.kind for block in blocks(page)] == ["heading", "body"]
    alone = pdf_page(1, *paragraph(prose(1), 770.0), Printed("2. Health", 600.0, 85, 160, 14.0, True))
    assert [block.kind for block in blocks(alone)] == ["body", "heading"]


def test_contents_stand_in_the_section_of_their_title() -> None:
    entries = [f"{n}. Chapter {n} ........ {n * 3}" for n in range(1, 6)]
    untitled = blocks(text_page(1, "\n".join(entries)))
    assert [(block.kind, block.section) for block in untitled] == [("contents", ())]
    titled = blocks(text_page(1, "\n".join(["Contents", *entries])))
    assert [block.section for block in titled if block.kind == "contents"] == [("Contents",)]


def test_drawn_rules_are_left_out() -> None:
    page = pdf_page(1, *paragraph(prose(1), 780.0), Printed("__________", 700.0, 85, 150))
    assert all("_" not in line.text for block in blocks(page) for line in block.lines)


def test_a_bookmark_makes_a_section() -> None:
    page = pdf_page(
        1, *paragraph(prose(1), 780.0), Printed("Methods", 690.0, 85, 130), *paragraph(prose(2), 678.0)
    )
    assert blocks(page, outline=(OutlineEntry("Methods", 1, 1),))[-1].section == ("Methods",)


def test_no_line_stands_in_two_blocks() -> None:
    indices = [line.index for block in blocks(page_with(*TABLE)) for line in block.lines]
    assert len(indices) == len(set(indices))


def chart(*beside: Printed) -> Page:
    """Return a page with the axis of a chart, the title above it drawn after what stands `beside` the axis."""
    axis = [Printed(str(60 - 10 * at), 500 - 18.0 * at, 118, 131) for at in range(7)]
    title = (
        Printed("People who were vaccinated", 545, 110, 460, 14.0),
        Printed("(Goal is 80%)", 530, 249, 367, 14.0),
        Printed("Percent", 440, 103, 111, 11.0),
    )
    return pdf_page(1, *paragraph(prose(1), 760), *beside, *title, *axis, *paragraph(prose(2), 300))


def headings_of(page: Page) -> list[str]:
    return [block.lines[0].text for block in blocks(page) if block.kind == "heading"]


def test_a_legend_inside_a_chart_is_no_heading() -> None:
    assert headings_of(chart(Printed("Actual Value", 510, 236, 297, 12.0))) == []


def test_a_line_above_a_chart_may_be_a_heading() -> None:
    assert headings_of(chart(Printed("Results of the Year", 600, 85, 297, 14.0))) == ["Results of the Year"]


def test_running_text_beside_figures_makes_their_box_none() -> None:
    beside = [Printed("Actual Value", 510, 236, 297, 12.0), *paragraph(prose(3), 480, width=40, left=236)]
    narrow = [replace(line, right=min(line.right, 440)) for line in beside]
    lines = [line for page in laid_out(chart(*narrow))[0] for line in page.lines]
    parts = tuple(line for line in lines if line.text[0].isdigit() or "People" in line.text)
    table = Table(lines=parts, head=0, closed=False)
    assert not inside_tables(lines, [table])
    bare = [line for line in lines if len(line.text.split()) < 3]
    found = inside_tables(bare, [table])
    assert "Actual Value" in [line.text for line in bare if line.index in found]
