"""F6: readers beside a writer see one state each, the old one or the new one, and never a mix."""

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from index_library import HashingEmbedder, put_text

from index.search import Searcher
from index.snapshot.publish import publish
from ingest.library.library import Library
from ingest.metadata.metadata import Metadata

READERS, COMMITS, SIGNS = 8, 30, 4
ROOT = Path(__file__).parents[2]
# The same number stands in every document of a state: a mix of two states would hold two of them.
READER = """
import sys, time
from pathlib import Path
from index_library import HashingEmbedder
from index.search import Searcher
from ingest.library.library import Library

folder, until, seen, read = Path(sys.argv[1]), time.time() + float(sys.argv[2]), set(), 0
while time.time() < until:
    with Library.open(folder) as library:
        documents = library.documents()
        for document in documents:
            passages = list(library.passages(document.id))
            if len(passages) != document.passage_count:  # replaced between the two reads, or half stored
                assert document.id not in {one.id for one in library.documents()}, "half a document"
                continue
            turns = [document.metadata.title.split()[-1], passages[0].passage.text.split()[-1]]
            assert turns[0] == turns[1], turns
    hits = Searcher.open(folder, embedder=HashingEmbedder()).search("clinics of turn", k=20).hits
    turns = {hit.passage.passage.text.split()[-1] for hit in hits}
    assert len(turns) == 1 and len(hits) == 4, f"a mix of {sorted(turns)}"
    seen |= turns
    read += 1
print(read, len(seen))
"""


def put_turn(library: Library, turn: int) -> None:
    for sign in range(SIGNS):
        texts = [f"The clinics of sign {sign} open in turn {turn}"]
        put_text(library, f"{sign}.txt", Metadata(title=f"Sign {sign} of turn {turn}"), "en", texts)


def test_no_reader_sees_half_of_a_commit(
    tmp_path: Path, size: Callable[[int], int], record_property: Callable[[str, object], None]
) -> None:
    folder, seconds, embedder = tmp_path / "library", size(3), HashingEmbedder()
    readers, commits = (READERS, COMMITS) if seconds > 10 else (2, 4)
    with Library.open(folder, create=True) as library:
        put_turn(library, 0)
        publish(library, folder, embedder)
        words = [sys.executable, "-c", READER, str(folder), str(seconds)]
        reading = [
            subprocess.Popen(words, cwd=ROOT, env=with_tests(), stdout=subprocess.PIPE, text=True)
            for _ in range(readers)
        ]
        for turn in range(1, commits + 1):
            put_turn(library, turn)
            publish(library, folder, embedder)
            time.sleep(0.8 * seconds / commits)
        told = [process.communicate(timeout=seconds + 120)[0].split() for process in reading]
    assert [process.returncode for process in reading] == [0] * readers
    reads, states = sum(int(read) for read, _ in told), max(int(seen) for _, seen in told)
    record_property(
        "soak",
        f"{readers} readers, {seconds} s, {commits} commits: {reads:,} reads of library and index, 0 mixed, "
        f"{states} states seen by one",
    )
    assert reads >= readers and (seconds < 10 or states > 2)
    assert len(Searcher.open(folder, embedder=embedder).search("clinics of turn").hits) == SIGNS


def with_tests() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "tests")])}
