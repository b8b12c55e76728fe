"""Draw papers whose printed page labels are known, and check how they are read.

    python tools/draw_papers.py check [--count 1000] [--first 0]     # draws, reads, prints what is wrong
    python tools/draw_papers.py titles [--count 300] [--first 0]     # draws first pages, prints wrong titles
    python tools/draw_papers.py draw FOLDER [--count 20]             # writes NNNN.pdf and labels.json

A paper is made from its seed: style, place and start of its page numbers, roman front matter, chapters, two
pages on a sheet, running heads and feet, notes whose numbers rise by one a page, and lines that look like page
numbers (years, dates, bulletins, measures, numbered paragraphs, forms). `check` exits with 1 if a label is wrong.
"""

import argparse
import json
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tools")]

from paper_drawing.check import Outcome, check, check_title  # noqa: E402 — found through the line above
from paper_drawing.draw import draw_paper  # noqa: E402
from paper_drawing.plan import plan  # noqa: E402

COVERED = 0.995
"""Share of the text that stands in passages, or as the section over one, below which a paper is shown."""


def coverage(outcome: Outcome) -> float:
    """Return the share of the text that stands in passages or as the section over one."""
    return (outcome.covered + outcome.titles) / max(1, outcome.characters)


def describe(outcome: Outcome) -> str:
    """Return the paper's traits in one line."""
    paper = outcome.paper
    head = "head" if paper.head else "no head"
    head += " changing" if paper.head and paper.changing_head else ""
    head += " with number" if paper.in_head else ""
    return (
        f"{paper.style}, {'top' if paper.at_head else 'foot'} {paper.place}, labels {paper.labels[0]}…"
        f"{paper.labels[-1]} of {len(paper.labels)}, {head}, decoy {paper.decoy} from {paper.decoy_first}, "
        f"notes {paper.notes} from {paper.first_note}, columns {paper.columns}"
    )


def summed(outcomes: Sequence[Outcome]) -> Counter[str]:
    """Return the sums of what came out of several papers."""
    total = Counter[str]()
    for outcome in outcomes:
        total["wrong"] += bool(outcome.wrong)
        total["kept"] += len(outcome.kept)
        for name in ("printed", "right", "inferred", "characters", "covered", "titles"):
            total[name] += getattr(outcome, name)
    return total


def run_check(first: int, count: int, *, lines: int = 6) -> int:
    """Check papers, print what is wrong and the totals; return 1 if a label is wrong."""
    outcomes = [check(seed) for seed in range(first, first + count)]
    for outcome in outcomes:
        if outcome.wrong or coverage(outcome) < COVERED:
            print(f"seed {outcome.paper.seed}: {describe(outcome)}")
            for words in outcome.wrong[:lines]:
                print(f"  WRONG {words}")
            if coverage(outcome) < COVERED:
                print(f"  coverage {coverage(outcome):.3f}: {outcome.lost[:lines]}")
    total = summed(outcomes)
    recall = total["right"] / max(1, total["printed"])
    share = total["covered"] / max(1, total["characters"])
    print(
        f"{count} papers: {total['wrong']} with a wrong label; {total['right']} of {total['printed']} printed labels "
        f"found ({recall:.3f}), {total['inferred']} labels inferred; {total['covered']} of {total['characters']} "
        f"characters of text in passages ({share:.4f}), {total['titles']} more as sections; "
        f"{total['kept']} heads, feet and numbers in passages"
    )
    return int(total["wrong"] > 0)


def run_titles(first: int, count: int) -> int:
    """Check the titles of first pages, print the wrong ones and the totals; return 1 if one is wrong."""
    total = Counter[str]()
    for seed in range(first, first + count):
        cover, title, verdict = check_title(seed)
        total[verdict] += 1
        if verdict == "wrong":
            print(f"seed {seed}, {cover.setting}, {sorted(cover.extras)}: {title!r}, shown {cover.title!r}")
    print(
        f"{count} first pages: {total['right']} right, {total['unknown']} said to be unknown, {total['wrong']} wrong"
    )
    return int(total["wrong"] > 0)


def run_draw(folder: Path, first: int, count: int) -> int:
    """Write papers and their labels."""
    folder.mkdir(parents=True, exist_ok=True)
    labels = {}
    for seed in range(first, first + count):
        paper = plan(seed)
        (folder / f"{seed:04d}.pdf").write_bytes(draw_paper(paper).data)
        labels[f"{seed:04d}.pdf"] = paper.labels
    (folder / "labels.json").write_text(json.dumps(labels, ensure_ascii=False, indent=1), encoding="utf-8")
    return 0


def main() -> int:
    """Run the command."""
    parser = argparse.ArgumentParser(
        description="Draw papers with known page labels and check how they are read."
    )
    parser.add_argument("what", choices=("check", "titles", "draw"))
    parser.add_argument("folder", nargs="?", type=Path)
    parser.add_argument("--count", type=int, default=50)
    parser.add_argument("--first", type=int, default=0, help="seed of the first paper")
    given = parser.parse_args()
    if given.what == "check":
        return run_check(given.first, given.count)
    if given.what == "titles":
        return run_titles(given.first, given.count)
    if given.folder is None:
        parser.error("draw needs a folder")
    return run_draw(given.folder, given.first, given.count)


if __name__ == "__main__":
    sys.exit(main())
