"""How right the verdicts on a draft are, per verdict, and how long a draft of 40 pages takes.

    python -m bench.draft_check --library LIBRARY [--gold evals/gold/draft_test.jsonl] [--draft FILE] [--pages 40]

The sentences of a gold file are written for the starter corpus, so LIBRARY is one made from it. A line has `text`,
`language`, `verdict` and `file`, the document that has it. Every passage shown is looked for with `verify`.
`--pages` checks a draft of so many pages that is drawn from the library's own sentences (`bench.drawn_draft`). A draft
is checked `REPEATED` times, each time with nothing kept of the time before, and the least is told.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from app.checks.verify import verify_file
from app.desk.check import VERDICTS, CheckedSentence, check_sentences, figures_kept
from app.desk.check_draft import check_draft
from app.desk.check_files import sentence_dict
from app.desk.draft_file import read_draft
from app.desk.evidence import Evidence
from bench.drawn_draft import WORDS_A_PAGE, drawn_draft
from index.search import Searcher
from ingest.library.library import Library
from ingest.text.jsonl import json_line

GOLD = Path(__file__).parent.parent / "evals" / "gold"
REPEATED = 3


def read(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def checked(
    evidence: Evidence, rows: Sequence[dict[str, Any]]
) -> list[tuple[dict[str, Any], CheckedSentence]]:
    """Check the sentences of each language together, as in a draft of one language."""
    found = []
    for language in dict.fromkeys(row["language"] for row in rows):
        part = [row for row in rows if row["language"] == language]
        found += list(
            zip(part, check_sentences(evidence, [row["text"] for row in part], language), strict=True)
        )
    return found


def scores(pairs: Sequence[tuple[dict[str, Any], CheckedSentence]]) -> dict[str, dict[str, float]]:
    """Return precision and recall of each verdict."""
    met = Counter((row["verdict"], sentence.verdict) for row, sentence in pairs)
    return {
        verdict: {
            "precision": met[verdict, verdict] / max(1, sum(met[gold, verdict] for gold in VERDICTS)),
            "recall": met[verdict, verdict] / max(1, sum(met[verdict, given] for given in VERDICTS)),
        }
        for verdict in VERDICTS
    }


def all_shown_are_found(sentences: Sequence[CheckedSentence], library: Path) -> bool:
    """Return whether `verify` finds every passage shown."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "checked.json"
        path.write_bytes(json_line({"sentences": [sentence_dict(one) for one in sentences]}))
        return verify_file(path, Library.open(library)).all_found


def report(evidence: Evidence, library: Path, gold: Path) -> None:
    pairs = checked(evidence, read(gold))
    print(f"{gold.name}: {len(pairs)} sentences")
    for verdict, score in scores(pairs).items():
        print(f"  {verdict:15} precision {score['precision']:.2f}  recall {score['recall']:.2f}")
    shown = [sentence for _, sentence in pairs]
    print(f"  every passage shown is found: {all_shown_are_found(shown, library)}")
    for row, sentence in pairs:
        if row["verdict"] != sentence.verdict:
            print(f"  {row['id']}: {row['verdict']} taken for {sentence.verdict}: {row['text']}")


def timed(library: Path, draft: Path) -> None:
    """Tell how long a draft takes."""
    paragraphs = read_draft(draft)
    words = sum(len(paragraph.text.split()) for paragraph in paragraphs)
    searcher = Searcher.open(library)
    check_draft(Evidence(searcher), paragraphs[:1])  # the model is loaded
    times = []
    for _ in range(REPEATED):
        figures_kept.cache_clear()
        wall, cpu = time.perf_counter(), time.process_time()
        done = check_draft(Evidence(searcher), paragraphs)
        times.append((time.perf_counter() - wall, time.process_time() - cpu))
    pages = words / WORDS_A_PAGE
    print(f"{draft.name}: {len(done.sentences)} sentences, {pages:.0f} pages of {WORDS_A_PAGE} words")
    for name, seconds in zip(("by the clock", "of CPU"), map(min, zip(*times, strict=True)), strict=True):
        print(f"  {seconds:.0f} s {name}, {seconds * 40 / pages:.0f} s for 40 pages")
    print(f"  {done.counts}")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--library", type=Path, required=True)
    parser.add_argument(
        "--gold", type=Path, nargs="*", default=[GOLD / "draft_development.jsonl", GOLD / "draft_test.jsonl"]
    )
    parser.add_argument("--draft", type=Path)
    parser.add_argument("--pages", type=int, help="also check a draft of so many pages")
    given = parser.parse_args()
    evidence = Evidence(Searcher.open(given.library))
    for gold in given.gold:
        report(evidence, given.library, gold)
    if given.draft:
        timed(given.library, given.draft)
    if given.pages:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "drawn.md"
            path.write_text(drawn_draft(given.library, given.pages), encoding="utf-8")
            timed(given.library, path)
    return 0


if __name__ == "__main__":
    sys.exit(main())
