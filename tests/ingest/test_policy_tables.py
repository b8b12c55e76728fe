"""Tables of policy PDFs against cells read from their pages by eye: figures under their head, or no cells at all.

`labels/tables.json` holds document, page, half, and for each table a few cells as hashes of the words of row, head and
value; null for a page without a table. Pages were drawn at random among those with a passage typed as table: the half
"dev" was looked at while the rules were made, "test" was labelled before its tables were read. No text is copied.
"""

import hashlib
import json
import re
from collections import Counter
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import pytest

from app.exports.table_cells import TableObject, table_of
from ingest.passages.split import SplitResult, split_source
from ingest.readers.limits import Limits
from ingest.readers.read import read_source

PAPERS = Path(__file__).parents[3] / "shared" / "data" / "policy-pdfs"
needs_papers = pytest.mark.skipif(not PAPERS.is_dir(), reason="needs ../shared/data/policy-pdfs")
Probe = tuple[list[str], list[str], list[str]]
LABELS: list[tuple[str, int, str, list[Probe] | None]] = [
    tuple(entry)
    for entry in json.loads((Path(__file__).parent / "labels" / "tables.json").read_text("utf-8"))
]
LEAST = {"dev": 0.75, "test": 0.5}
_WORD = re.compile(r"[\w.,’´%$≥≤()/-]+")
_ENDS = ".,:;*†^/"


@cache
def paper(name: str) -> SplitResult:
    path = next(path for path in PAPERS.rglob("*.pdf") if path.name == name)
    source = read_source(path, limits=Limits(second_reading=0.0), ocr=False)
    return split_source(source, hashlib.sha256(path.read_bytes()).hexdigest())


def hashes(text: str) -> list[str]:
    """Return the words of a text as they are labelled."""
    words = (word.strip(_ENDS) for word in _WORD.findall(text.casefold()))
    return [hashlib.sha256(word.encode()).hexdigest()[:8] for word in words if word]


def answers(table: TableObject, probe: Probe) -> list[bool]:
    """Return, for each cell that a table has at the row and under the head of a probe, whether it holds its value."""
    row, head, value = map(set, probe)
    found = []
    for cells in table["rows"]:
        if not row <= set(hashes(" ".join(cells))):
            continue
        for name, cell in zip(table["columns"], cells, strict=True):
            if (head <= set(hashes(name)) if head else not name) and (cell or not value):
                found.append(value <= set(hashes(cell)) and bool(value or not cell))
    return found


def judged(tables: Sequence[TableObject], probes: Sequence[Probe] | None) -> str:
    """Return whether the tables of a page hold what its label says: "right", "wrong", "partly" or "no cells"."""
    if probes is None:
        return "wrong" if tables else "right"
    held = [[answer for table in tables for answer in answers(table, probe)] for probe in probes]
    if all(any(answer) for answer in held):
        return "right"
    if any(answer and not any(answer) for answer in held):
        return "wrong"
    return "partly" if any(map(any, held)) else "no cells"


def counted(half: str) -> tuple[Counter[str], Counter[str]]:
    """Return how the labelled tables of a half came out, and the pages without one."""
    there = {path.name for path in PAPERS.rglob("*.pdf")}
    found: tuple[Counter[str], Counter[str]] = Counter(), Counter()
    for name, page, drawn, probes in LABELS:
        if drawn == half and name in there:
            passages = [each for each in paper(name).passages if each.pages[:1] == (page,)]
            tables = [table for each in passages if (table := table_of(each, by_figures=False)) is not None]
            found[probes is None][judged(tables, probes)] += 1
    return found


@needs_papers
@pytest.mark.slow
@pytest.mark.parametrize("half", LEAST)
def test_tables_have_their_cells_and_no_figure_stands_under_a_wrong_head(half: str) -> None:
    tables, without = counted(half)
    assert (tables["wrong"], without["wrong"]) == (0, 0), (tables, without)
    assert tables["right"] >= LEAST[half] * tables.total(), tables


TABLE: TableObject = {
    "caption": None,
    "columns": ["Country", "Insured 2015", "Insured 2020", ""],
    "rows": [["Peru", "12", "34", "x"], ["Chile", "", "61", "y"]],
}
JUDGEMENTS = {
    "all of it": ([("peru", "2020 insured", "34"), ("chile", "2020", "61")], "right"),
    "a column without a head": ([("peru", "", "x")], "right"),
    "an empty cell": ([("chile", "2015", "")], "right"),
    "another value": ([("peru", "2020", "12")], "wrong"),
    "another row": ([("peru", "2020", "34"), ("brazil", "2020", "7")], "partly"),
    "nothing": ([("brazil", "2020", "7")], "no cells"),
}


@pytest.mark.parametrize("name", JUDGEMENTS)
def test_what_a_label_says_of_a_table(name: str) -> None:
    probes, judgement = JUDGEMENTS[name]
    assert (
        judged([TABLE], [(hashes(row), hashes(head), hashes(value)) for row, head, value in probes])
        == judgement
    )


def test_a_page_without_a_table_has_no_cells() -> None:
    assert (judged([], None), judged([TABLE], None)) == ("right", "wrong")
