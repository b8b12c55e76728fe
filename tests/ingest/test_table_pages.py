"""Tables from the drawn page to the stored passage: pieces of lines, rows of text, cells, heads that come again."""

from collections.abc import Sequence

import pytest
from pdf_samples import new, read
from reportlab.pdfgen.canvas import Canvas
from split_samples import prose

from app.exports.table_cells import table_of
from ingest.passage import Passage
from ingest.passages.split import split_source
from ingest.readers.pdf.line_pieces import may_be_apart
from ingest.readers.source import Source
from ingest.text.folding import fold

SHA = "0" * 64
HEAD = ("Country", "2015", "2020")
ROWS = [("Peru", "12", "34"), ("Chile", "40", "61"), ("Brazil", "1 200", "1 300"), ("Total", "52", "95")]


def drawn(
    rows: Sequence[Sequence[str]], *, by_column: bool = False, above: str = "Table 1. Members"
) -> Source:
    """A page with a caption and rows at 120 points from each other; `by_column` draws one column after the other."""
    buffer, canvas = new()
    canvas.setFont("Helvetica", 10)
    canvas.drawString(50, 540, above)
    cells = [(at, row, cell) for row, texts in enumerate(rows) for at, cell in enumerate(texts)]
    for at, row, cell in sorted(cells) if by_column else cells:
        _put(canvas, at, 515 - 14 * row, cell)
    canvas.showPage()
    canvas.save()
    return read(buffer.getvalue())


def _put(canvas: Canvas, column: int, height: float, text: str) -> None:
    if column:
        canvas.drawRightString(110 + 120 * column, height, text)
    else:
        canvas.drawString(50, height, text)


def tables(source: Source) -> list[Passage]:
    return [passage for passage in split_source(source, SHA).passages if passage.kind == "table"]


@pytest.mark.parametrize("by_column", [False, True])
def test_rows_keep_their_figures_however_the_page_draws_them(by_column: bool) -> None:
    source = drawn([HEAD, *ROWS], by_column=by_column)
    (table,) = tables(source)
    assert table.text.split("\n") == ["Table 1. Members", *(" ".join(row) for row in (HEAD, *ROWS))]
    assert table_of(table) == {
        "caption": "Table 1. Members",
        "columns": list(HEAD),
        "rows": [list(row) for row in ROWS],
    }


@pytest.mark.parametrize("by_column", [False, True])
def test_the_text_of_a_table_is_that_of_its_spans(by_column: bool) -> None:
    source = drawn([HEAD, *ROWS], by_column=by_column)
    (table,) = tables(source)
    assert fold(table.text) == fold("".join(source.pages[0].text[start:end] for _, start, end in table.spans))
    for start, end, row, first, _ in table.cells:
        assert table.text[start:end] == ([HEAD, *ROWS][row + 1][first])


def test_a_long_table_says_its_heads_in_every_part() -> None:
    rows = [(f"The northern region, part {at}", str(at), str(7 * at)) for at in range(1, 34)]
    parts = tables(drawn([HEAD, *rows]))
    assert len(parts) > 1
    for part in parts:
        found = table_of(part)
        assert found is not None
        assert (found["caption"], found["columns"]) == ("Table 1. Members", list(HEAD))
    shown = [row for part in parts for row in (table_of(part) or {"rows": []})["rows"]]
    assert shown == [list(row) for row in rows]


def test_prose_has_no_cells() -> None:
    buffer, canvas = new()
    text = canvas.beginText(50, 500)
    text.setFont("Helvetica", 10, leading=14)
    for seed in range(8):
        text.textLine(prose(seed)[:70])
    canvas.drawText(text)
    canvas.showPage()
    canvas.save()
    source = read(buffer.getvalue())
    assert not any(line.pieces for line in source.pages[0].lines)
    assert not any(passage.cells for passage in split_source(source, SHA).passages)


def test_pieces_are_parts_of_the_stored_text_with_their_places() -> None:
    page = drawn([HEAD, *ROWS]).pages[0]
    pieces = [
        (page.text[start:end], round(left), round(right))
        for line in page.lines
        for start, end, left, right in line.pieces
    ]
    assert [text for text, *_ in pieces] == [cell for row in (HEAD, *ROWS) for cell in row]
    assert all(right == pytest.approx(230, abs=2) for text, _, right in pieces if text in ("12", "40", "52"))


WIDTHS = {
    "set apart": (("Lima 12 34", 300.0), True),
    "figures behind a label": (("Members of all the boards 12 34", 150.0), True),
    "running text": (("of the members of all the boards in Lima", 180.0), False),
    "one word": (("Lima", 300.0), False),
    "one figure at its end": (("of the members in 2015", 100.0), False),
}


@pytest.mark.parametrize("name", WIDTHS)
def test_which_lines_are_looked_at(name: str) -> None:
    (text, width), apart = WIDTHS[name]
    assert may_be_apart(text, width, 10.0) is apart
