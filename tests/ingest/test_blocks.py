"""Blocks of the running text: their kind, the section they stand in, and runs of loose lines."""

import pytest
from split_samples import Printed, laid_out, paragraph, pdf_page, prose, text_page

from ingest.readers.source import Line, Page
from ingest.structure.blocks import Block, flow_blocks
from ingest.structure.headings import Outline
from ingest.structure.paragraphs import group


def blocks(*pages: Page) -> list[Block]:
    lines, layout = laid_out(*pages)
    raw = {page.number: page.text for page in pages}
    flow = [line for page in lines for line in page.lines]
    paragraphs = group(flow, layout, lambda line: raw[line.page][line.start : line.end])
    return flow_blocks(paragraphs, layout, Outline([]))[0]


def kinds(*pages: Page) -> list[tuple[str, str]]:
    return [(block.kind, " ".join(line.text for line in block.lines)) for block in blocks(*pages)]


ONE_LINE = {
    "caption": ("Figure 2. Offices by region", "caption"),
    "source of a figure": ("Source: Ministry of Health, 2022.", "caption"),
    "item": ("• offices in the north", "list"),
    "clause": ("b) supplies of food for all;", "list"),
    "sentence": ("It rained in the north of the country.", "body"),
    "numbered paragraph": (
        "14. Mandate of the Committee. In 1985, the Council set up the Committee as a subsidiary organ.",
        "body",
    ),
}


@pytest.mark.parametrize("name", ONE_LINE)
def test_kind_of_a_paragraph(name: str) -> None:
    text, kind = ONE_LINE[name]
    assert (kind, text) in kinds(text_page(1, f"{prose(1)}\n\n{text}\n\n{prose(2)}"))


def test_a_heading_names_the_section_of_what_follows() -> None:
    page = pdf_page(
        1,
        Printed("2. Health", 780.0, 85, 160, 14.0, True),
        *paragraph(prose(1), 750.0),
        Printed("2.1 Costs", 690.0, 85, 160, 12.0, True),
        *paragraph(prose(2), 670.0),
    )
    assert [(block.kind, block.section) for block in blocks(page)] == [
        ("heading", ()),
        ("body", ("2. Health",)),
        ("heading", ("2. Health",)),
        ("body", ("2. Health", "2.1 Costs")),
    ]


def test_a_section_begins_at_the_line_of_its_heading() -> None:
    page = pdf_page(1, Printed("2. Health", 780.0, 85, 160, 14.0, True), *paragraph(prose(1), 750.0))
    (lines,), layout = laid_out(page)
    paragraphs = group(lines.lines, layout, lambda line: page.text[line.start : line.end])
    _, starts = flow_blocks(paragraphs, layout, Outline([]))
    assert starts == [(0, ("2. Health",))]


def test_a_heading_that_heads_nothing_is_a_block_of_its_own() -> None:
    page = pdf_page(1, *paragraph(prose(1), 780.0), Printed("Closing words", 690.0, 85, 200, 14.0, True))
    assert kinds(page)[-1] == ("heading", "Closing words")


def test_of_two_headings_that_do_not_contain_each_other_the_second_heads_what_follows() -> None:
    page = pdf_page(
        1,
        Printed("First title", 780.0, 85, 200, 14.0, True),
        Printed("Second title", 740.0, 85, 200, 14.0, True),
        *paragraph(prose(1), 700.0),
    )
    found = blocks(page)
    assert [(block.kind, block.section) for block in found] == [
        ("heading", ()),
        ("heading", ()),
        ("body", ("Second title",)),
    ]


def test_letterhead_on_the_first_page_is_no_heading() -> None:
    page = pdf_page(
        1,
        Printed("General Assembly", 780.0, 85, 200, 18.0, True),
        Printed("Outcome of the sessions", 740.0, 85, 300, 14.0, True),
        *paragraph(prose(1), 700.0),
    )
    assert blocks(page)[-1].section == ("Outcome of the sessions",)


def test_below_a_reference_title_all_is_a_list_of_references() -> None:
    entries = [f"Author {n}, A. 201{n}. The title of a paper. Lima: Press." for n in range(3)]
    page = pdf_page(
        2,
        Printed("References", 780.0, 85, 160, 14.0, True),
        *(Printed(entry, 740.0 - 30 * at) for at, entry in enumerate(entries)),
        Printed("Annex", 600.0, 85, 160, 14.0, True),
        *paragraph(prose(1), 570.0),
    )
    before = pdf_page(1, *paragraph(prose(2), 780.0), *paragraph(prose(3), 600.0))
    below = ["heading", *["references"] * 3, "heading", "body"]
    assert [kind for kind, _ in kinds(before, page)] == ["body", "body", *below]


def test_a_bare_caption_takes_the_title_below_it() -> None:
    page = pdf_page(
        1,
        *paragraph(prose(1), 780.0),
        Printed("Figure I", 690.0, 85, 130),
        Printed("Offices by region", 660.0, 85, 200),
        *paragraph(prose(2), 600.0),
    )
    assert [kind for kind, _ in kinds(page)] == ["body", "caption", "caption", "body"]


def test_a_sentence_below_a_bare_caption_is_not_its_title() -> None:
    page = pdf_page(
        1, *paragraph(prose(1), 780.0), Printed("Figure I", 690.0, 85, 130), *paragraph(prose(2), 660.0)
    )
    assert [kind for kind, _ in kinds(page)] == ["body", "caption", "body"]


LOOSE = [f"office of region {n}" for n in range(4)]


def test_loose_lines_before_any_prose_are_headings_behind_it_a_list() -> None:
    lines = "\n\n\n".join(LOOSE)
    assert kinds(text_page(1, lines)) == [("heading", line) for line in LOOSE]
    found = blocks(text_page(1, f"{prose(1)}\n\n\n{lines}"))
    assert [(block.kind, block.loose) for block in found] == [("body", False)] + [("list", True)] * 4


def test_loose_lines_of_figures_are_a_table_a_page() -> None:
    cells = ["Enero", "12 13", "Febrero", "14 15"]
    pages = [
        pdf_page(n, *(Printed(f"{cell}", 500.0 - 40 * at, 85.0, 140.0) for at, cell in enumerate(cells)))
        for n in (1, 2)
    ]
    assert [(kind, text) for kind, text in kinds(*pages)] == [("table", " ".join(cells))] * 2


def test_numbered_rows_before_any_prose_are_a_table() -> None:
    rows = [
        Printed(f"{n} Lima, clinic of the north {n}{n:03d}", 790.0 - 20 * n, 85, 354) for n in range(1, 20)
    ]
    assert [block.kind for block in blocks(pdf_page(1, *rows))] == ["table"]


def test_a_register_of_names_is_a_table() -> None:
    names = [f"Ana Ruiz Soto{chr(97 + n)} Lima Peru" for n in range(9)]
    assert [kind for kind, _ in kinds(text_page(1, "\n\n\n".join([prose(1), *names])))] == ["body", "table"]


def test_markup_says_what_is_a_caption_and_a_heading() -> None:
    parts = (("h1", "Findings"), ("p", "Few people have insurance."), ("caption", "Costs of a visit"))
    text, lines = "", []
    for role, part in parts:
        lines.append(Line(len(text), len(text) + len(part), role=role))
        text += part + "\n"
    found = blocks(Page(1, text, tuple(lines)))
    assert [(block.kind, block.section) for block in found] == [
        ("heading", ()),
        ("body", ("Findings",)),
        ("caption", ("Findings",)),
    ]


def test_tables_and_contents_keep_their_lines() -> None:
    kept = {
        kind: Block(kind=kind, lines=(), section=()).by_line for kind in ("table", "contents", "body", "list")
    }
    assert kept == {"table": True, "contents": True, "body": False, "list": False}
