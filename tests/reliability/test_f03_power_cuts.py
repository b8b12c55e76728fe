"""Power cuts: whatever part of what was not yet synced is missing, the library opens with all acknowledged.

SQLite syncs its journal before a commit is acknowledged, and the database before the journal is used
again. So a power cut can lose any part of the journal behind the last acknowledged commit, or any pages
of the database that a checkpoint was writing while the journal was still whole.
"""

import os
import random
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from library_papers import put_papers

from ingest.library.library import Library

PAGE = 4096
PAPERS = 12


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The database before and after a checkpoint, the journal, and its size after each commit."""
    place = tmp_path_factory.mktemp("recorded")
    with Library.open(place / "library", create=True) as library:
        keep = sqlite3.connect(library.folder / "library.db")  # the last to leave would check-point
        keep.execute("SELECT * FROM meta").fetchall()
        keep.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        before = (library.folder / "library.db").read_bytes()
        sizes = []
        for number in range(PAPERS):
            put_papers(library, [number], passages=5)
            sizes.append((library.folder / "library.db-wal").stat().st_size)
        journal = (library.folder / "library.db-wal").read_bytes()
        assert (library.folder / "library.db").read_bytes() == before, "a checkpoint came too early"
        keep.execute("PRAGMA wal_checkpoint(FULL)")
        after = (library.folder / "library.db").read_bytes()
        keep.close()
    return before, after, journal, sizes


def papers_after(folder: Path, database: bytes, journal: bytes) -> int:
    """Open what a power cut left, check it, and return how many papers it holds."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    (folder / "library.db").write_bytes(database)
    (folder / "library.db-wal").write_bytes(journal)
    with Library.open(folder) as library:
        assert library.check() == []
        documents = library.documents()
        assert [document.file for document in documents] == [f"{n:05}.pdf" for n in range(len(documents))]
        assert all(len(list(library.passages(document.id))) == 5 for document in documents)
        put_papers(library, [99], passages=1)
        return len(documents)


def cut_journals(journal: bytes, sizes: list[int], chance: random.Random, count: int) -> Iterator[Any]:
    """Yield (journal, papers that were acknowledged): cut anywhere, then holes in what was not synced."""
    for _ in range(count):
        end = chance.randrange(len(journal) + 1)
        acknowledged = sum(size <= end for size in sizes)
        synced = sizes[acknowledged - 1] if acknowledged else 0
        cut = bytearray(journal[:end])
        for at in range(synced, end, 512):
            if chance.random() < 0.3:
                cut[at : at + 512] = bytes(len(cut[at : at + 512]))
        yield bytes(cut), acknowledged


FULL = int(os.environ.get("PINCITE_SOAK", "500"))


@pytest.mark.parametrize(
    "count", [60, pytest.param(FULL, marks=[pytest.mark.slow, pytest.mark.timeout(900)])]
)
def test_a_cut_or_holed_journal_keeps_every_acknowledged_paper(
    recorded: Any, tmp_path: Path, count: int, record_property: Callable[[str, object], None]
) -> None:
    record_property("soak", f"{count} cut journals, all open, 0 acknowledged lost")
    before, _, journal, sizes = recorded
    for cut, acknowledged in cut_journals(journal, sizes, random.Random(count), count):
        assert papers_after(tmp_path / "library", before, cut) >= acknowledged


@pytest.mark.parametrize(
    "count", [30, pytest.param(FULL // 2, marks=[pytest.mark.slow, pytest.mark.timeout(900)])]
)
def test_a_checkpoint_cut_short_loses_nothing(
    recorded: Any, tmp_path: Path, count: int, record_property: Callable[[str, object], None]
) -> None:
    record_property("soak", f"{count} checkpoints cut short, all open, 0 lost")
    before, after, journal, _ = recorded
    chance = random.Random(count)
    for _ in range(count):
        mixed = bytearray(before.ljust(len(after) if chance.random() < 0.5 else len(before), b"\0"))
        for at in range(0, len(after), PAGE):
            if chance.random() < 0.5:
                mixed[at : at + PAGE] = after[at : at + PAGE]
        assert papers_after(tmp_path / "library", bytes(mixed), journal) == PAPERS
