"""Which cells of an evidence table are filled, against the judged documents of a gold set.

    python -m bench.evidence_cells --library LIBRARY-OF-corpus/ [--gold FILE]

Rows are all documents, columns the answerable questions of each half. A cell is right when the gold set has evidence
for the question in the document; what nobody judged counts as wrong, so the precision is a lower bound.
"""

import argparse
import json
from pathlib import Path

from app.desk.table import Question, RowKind, evidence_table
from index.search import Searcher

GOLD = Path(__file__).parent.parent / "evals" / "gold" / "starter.jsonl"


def measure(searcher: Searcher, gold: Path, half: str) -> tuple[int, int, int]:
    """Return how many cells are filled, how many of them rightly, and how many should be."""
    lines = [json.loads(line) for line in gold.read_text(encoding="utf-8").splitlines()]
    rows = [row for row in lines if row["answerable"] and row["split"].startswith(half)]
    filled = right = wanted = 0
    for row in rows:
        judged = {one["doc"] for one in row["evidence"]}
        question = Question(id=row["id"], question=row["question"], filters={})
        table = evidence_table(searcher, [question], RowKind.document)
        shown = {hit.document.file for line in table.rows if (hit := line.cells[0].hit) is not None}
        filled, right, wanted = filled + len(shown), right + len(shown & judged), wanted + len(judged)
    return filled, right, wanted


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--library", type=Path, required=True)
    parser.add_argument("--gold", type=Path, default=GOLD)
    given = parser.parse_args()
    searcher = Searcher.open(given.library)
    for half in ("dev", "test"):
        filled, right, wanted = measure(searcher, given.gold, half)
        precision, recall = right / max(1, filled), right / max(1, wanted)
        print(f"{half}: {filled} cells filled, precision {precision:.2f}, recall {recall:.2f} of {wanted}")


if __name__ == "__main__":
    main()
