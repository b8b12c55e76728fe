"""What the splitter makes of three papers of the starter corpus, as text that a person can read and compare.

    python tests/golden_passages.py            print what has changed; 1 if anything has
    python tests/golden_passages.py --renew    write the files under tests/ingest/golden again

One block a passage: its kind and place, its section, then one line a sentence, long ones wrapped. Ids and
counts stand in none of them, so that a change shows where it happens and nowhere else.
"""

import argparse
import difflib
import sys
import textwrap
from pathlib import Path

from ingest.passage import Passage
from ingest.passages.split import split_source
from ingest.readers.limits import Limits
from ingest.readers.read import read_source

ROOT = Path(__file__).resolve().parent.parent
GOLDEN = Path(__file__).resolve().parent / "ingest" / "golden"
RENEW = "python tests/golden_passages.py --renew"
PAPERS = (
    "undp-2022-six-recommendations.pdf",
    "immobility-2020-country-profile-peru.txt",
    "iom-barriers-and-good-practices.html",
)
WIDTH = 110


def passages_of(paper: str) -> str:
    """Return the passages of a paper of the starter corpus as readable text."""
    source = read_source(ROOT / "corpus" / paper, limits=Limits(second_reading=0.0), ocr=False)
    return "\n".join(map(block_of, split_source(source, "0" * 64).passages))


def block_of(passage: Passage) -> str:
    """Return one passage: "body, page 3 (label 1, printed)", its section, its headings and sentences."""
    head = f"## {passage.kind}, {_place(passage)}{', cut' if passage.cut else ''}"
    lines = [head, *([f"in {' › '.join(passage.section)}"] if passage.section else [])]
    text = passage.display_text
    lines += [f"# {heading}" for heading in text[: passage.start].splitlines()]
    for start, end in passage.sentences:
        lines += textwrap.wrap(
            text[start:end],
            WIDTH,
            initial_indent="  ",
            subsequent_indent="    ",
            break_long_words=False,
            break_on_hyphens=False,
        )
    return "\n".join(lines) + "\n"


def _place(passage: Passage) -> str:
    if passage.locator is not None:
        return passage.locator
    pages = "–".join(map(str, dict.fromkeys(passage.pages)))
    labels = "–".join(dict.fromkeys(passage.labels))
    return f"page {pages} (label {labels}, {passage.label_source})" if labels else f"page {pages}"


def golden_file(paper: str) -> Path:
    """Return where the passages of a paper are kept."""
    return GOLDEN / f"{paper}.passages.txt"


def kept_of(paper: str) -> str:
    """Return what is kept of a paper, "" where nothing is yet."""
    file = golden_file(paper)
    return file.read_text(encoding="utf-8") if file.exists() else ""


def difference(paper: str, kept: str, now: str) -> str:
    """Return what has changed as a unified diff; "" if nothing has."""
    names = (f"kept/{golden_file(paper).name}", f"now/{golden_file(paper).name}")
    return "\n".join(difflib.unified_diff(kept.splitlines(), now.splitlines(), *names, lineterm=""))


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--renew", action="store_true", help="write the golden files again")
    renew, changed = parser.parse_args().renew, False
    for paper in PAPERS:
        now = passages_of(paper)
        change = difference(paper, kept_of(paper), now)
        if change:
            changed = True
            print(change)
        if change and renew:
            GOLDEN.mkdir(exist_ok=True)
            golden_file(paper).write_text(now, encoding="utf-8", newline="\n")
    return 1 if changed and not renew else 0


if __name__ == "__main__":
    sys.exit(main())
