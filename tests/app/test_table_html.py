"""A table's passage on the page: its words in their order, in cells; others as they were."""

import re
from dataclasses import replace

from passage_list import passage

from app.ui.ask.highlights import marked_html
from app.ui.ask.table_html import passage_html
from ingest.passage import Passage

TEXT = "Table 2\nInsured\nCountry 2015 2020\nPeru 12\nChile 40 61\nSource: <own>."
CELLS = (
    (8, 15, -2, 1, 2),
    (16, 23, -1, 0, 0),
    (24, 28, -1, 1, 1),
    (29, 33, -1, 2, 2),
    (34, 38, 0, 0, 0),
    (39, 41, 0, 1, 1),
    (42, 47, 1, 0, 0),
    (48, 50, 1, 1, 1),
    (51, 53, 1, 2, 2),
)


def table() -> Passage:
    return replace(passage(TEXT).passage, kind="table", cells=CELLS, sentences=((0, len(TEXT)),))


def test_heads_rows_and_what_stands_around_them() -> None:
    html = passage_html(table(), [])
    assert html.startswith(
        'Table 2<div class="cells"><table><thead><tr><td></td><th scope="col" colspan="2">Insured</th>'
    )
    assert '<tr><th scope="row">Peru</th><td>12</td><td></td></tr>' in html
    assert html.endswith("</tbody></table></div>Source: &lt;own&gt;.")


def test_the_words_of_the_table_are_those_of_the_passage_in_its_order() -> None:
    words = re.sub(r"<[^>]*>", " ", passage_html(table(), [(34, 38)])).split()
    assert words == TEXT.replace("<own>", "&lt;own&gt;").split()


def test_words_are_marked_in_their_cell() -> None:
    assert '<th scope="row"><mark>Chile</mark></th>' in passage_html(table(), [(42, 47)])


def test_a_passage_without_cells_is_text() -> None:
    plain = replace(table(), cells=())
    assert passage_html(plain, [(42, 47)]) == marked_html(TEXT, (0, len(TEXT)), [(42, 47)])
