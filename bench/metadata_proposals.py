"""How right proposals of metadata are: precision and coverage a field, against what a person read.

    python -m bench.metadata_proposals LIBRARY TRUTH.toml

TRUTH.toml has a table a file with what the document prints (`year = "2025"`, `publisher = "UNDP|PNUD"`: either is
right); a field that is not there is not printed. `url` and `type` count where proposed, and where they are given.
"""

import argparse
import tomllib
from collections import Counter
from pathlib import Path

from app.service.metadata_proposals import of_library
from ingest.library.library import Library

FIELDS = ("publisher", "year", "type", "countries", "url")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("library", type=Path)
    parser.add_argument("truth", type=Path)
    words = parser.parse_args()
    truth = tomllib.loads(words.truth.read_text(encoding="utf-8"))
    made: Counter[str] = Counter()
    right: Counter[str] = Counter()
    printed: Counter[str] = Counter()
    covered: Counter[str] = Counter()
    with Library.open(words.library) as library:
        found = {document.file: proposals for document, proposals in of_library(library)}
        names = [document.file for document in library.documents()]
    for name in names:
        expected = truth.get(name, {})
        proposed = {one.field: one for one in found.get(name, [])}
        for field in FIELDS:
            wanted = [text.casefold() for text in expected.get(field, "").split("|") if text]
            printed[field] += bool(wanted)
            if field in proposed:
                value = proposed[field].value
                shown = (" ".join(value) if isinstance(value, tuple) else str(value)).casefold()
                made[field] += 1
                right[field] += shown in wanted
                covered[field] += bool(wanted)
                if shown not in wanted:
                    print(f"wrong: {name}: {field} = {value!r} ({proposed[field].source})")
    for field in (*FIELDS, "all"):
        one = FIELDS if field == "all" else (field,)
        sums = [sum(counter[name] for name in one) for counter in (right, made, covered, printed)]
        print(
            f"{field:10} right {sums[0]:3} of {sums[1]:3} made; made for {sums[2]:3} of {sums[3]:3} printed"
        )


if __name__ == "__main__":
    main()
