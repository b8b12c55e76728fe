"""What a page of a library costs in bytes, and what so many pages would: the table of docs/scale.md.

    python bench/sizing.py LIBRARY                      a library in a folder, with its snapshot
    python bench/sizing.py LIBRARY --url URL            and copied into an empty schema of a PostgreSQL

Sizes are those of the files, and of the tables of PostgreSQL with their indexes. What is printed for 10 and 100
million pages is the cost of a page times their number.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from index.snapshot.paths import snapshot_folder
from index.snapshot.snapshot import Snapshot
from ingest.library.archive import copy_library
from ingest.library.backend import server_backend
from ingest.library.library import Library
from ingest.library.place import OWN_DATABASE, point_at, schema_of, server_url

PAGES = (10_000_000, 100_000_000)


def on_disk(folder: Path) -> dict[str, float]:
    """Return the bytes of a library in its folder by part, and how many passages and vectors it has."""
    snapshot = Snapshot.open(snapshot_folder(folder))
    files = snapshot.manifest.files
    vectors = sum(size for name, (size, _) in files.items() if name.startswith("../") or name == "tail.npy")
    texts = sum(size for name, (size, _) in files.items() if name.endswith(".jsonl"))
    return {
        "passages": snapshot.manifest.passages,
        "vectors": snapshot.manifest.vectors,
        "database in a folder, bytes": (folder / OWN_DATABASE).stat().st_size,
        "snapshot: vectors, bytes": vectors,
        "snapshot: texts, bytes": texts,
        "snapshot: words and places, bytes": sum(size for size, _ in files.values()) - vectors - texts,
    }


def on_server(folder: Path, url: str) -> dict[str, float]:
    """Copy the library into an empty schema; return the bytes of its tables, and the seconds of the copy."""
    from sqlalchemy import text

    with tempfile.TemporaryDirectory() as scratch:
        place = Path(scratch) / "here"
        point_at(place, server_url(url))
        begun = time.perf_counter()
        copy_library(folder, place)
        seconds = time.perf_counter() - begun
        backend = server_backend(place, server_url(url))
        with backend.connect() as connection:
            size = connection.execute(
                text(
                    "SELECT sum(pg_total_relation_size(oid)) FROM pg_class WHERE relkind = 'r' "
                    "AND relnamespace = to_regnamespace(:schema)"
                ),
                {"schema": schema_of(url)},
            ).scalar_one()
        backend.close()
    return {"database on PostgreSQL, bytes": float(size), "copied in, seconds": seconds}


def main() -> None:
    """Print the table."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("library", type=Path)
    options.add_argument("--url", help="an empty schema of a PostgreSQL")
    given = options.parse_args()
    with Library.open(given.library) as library:
        pages = sum(document.page_count for document in library.documents())
    found = on_disk(given.library) | (on_server(given.library, given.url) if given.url else {})
    print(f"{pages:,} pages\n")
    print("| | whole | a page | " + " | ".join(f"{count:,} pages" for count in PAGES) + " |")
    print("|---|---|---|" + "---|" * len(PAGES))
    for name, value in found.items():
        per_page = value / pages
        more = " | ".join(f"{per_page * count:.3g}" for count in PAGES)
        print(f"| {name} | {value:,.0f} | {per_page:,.3g} | {more} |")


if __name__ == "__main__":
    main()
