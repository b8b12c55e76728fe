"""A search on Milvus whose server is killed, hangs, or is filled under its readers: no answer is mixed."""

import os
import random
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from index_library import HashingEmbedder, put_text
from milvus_server import MilvusLite

from index.notices import NoticeKind
from index.retrieval.milvus import server as server_module
from index.search import Searcher
from index.snapshot.paths import snapshot_folder
from index.snapshot.publish import SnapshotWriter
from index.snapshot.search_place import search_at
from index.snapshot.snapshot import Snapshot
from ingest.errors import LibraryBusy
from ingest.library.library import Library
from ingest.metadata.metadata import Metadata

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
DOCUMENTS, PASSAGES = 12, 25
SIGNS, TURNS, READERS, PAUSE = 6, 20, 8, 0.5
INGEST = """
import sys
from pathlib import Path
from index_library import HashingEmbedder
from index.retrieval.milvus import collection, server
from index.snapshot.publish import publish
from ingest.errors import LibraryBusy, SearchAway
from ingest.library.library import Library

collection.BATCH = 5
server.WRITE_SECONDS = 1.0
with Library.open(Path(sys.argv[1])) as library:
    print("ready", flush=True)
    try:
        publish(library, library.folder, HashingEmbedder())
    except (SearchAway, LibraryBusy) as error:
        print(error)
        sys.exit(error.exit_code)
"""


def fill(library: Library, documents: int = DOCUMENTS) -> None:
    for number in range(documents):
        texts = [f"Clinic {number}-{place} reports on oxygen {number * place}." for place in range(PASSAGES)]
        put_text(library, f"{number:02}.txt", Metadata(title=str(number)), "en", texts)


def ingest(folder: Path) -> subprocess.Popen[str]:
    paths = os.pathsep.join([str(ROOT), str(ROOT / "tests"), os.environ.get("PYTHONPATH", "")])
    return subprocess.Popen(
        [sys.executable, "-c", INGEST, str(folder)],
        env={**os.environ, "PYTHONPATH": paths},
        stdout=subprocess.PIPE,
        text=True,
    )


def found_by(searcher: Searcher, question: str) -> tuple[str, list[str]]:
    found = searcher.search(question, k=100)
    return found.mode, [hit.passage.passage.id for hit in found.hits]


def same_as_here(folder: Path) -> None:
    """Hold a search on the server against one over the files of the same generation."""
    embedder = HashingEmbedder()
    there = Searcher.open(folder, embedder=embedder)
    here = Searcher(Snapshot.open(snapshot_folder(folder)), folder, embedder, None)
    for question in ("clinic 3-7", "oxygen", "reports of clinic 11-24"):
        mode, passages = found_by(there, question)
        assert mode == "hybrid"
        assert passages == found_by(here, question)[1]
        assert len(passages) == len(set(passages)), "no passage twice"


def test_a_kill_of_the_server_in_an_ingest_loses_nothing_and_doubles_nothing(
    milvus: MilvusLite, tmp_path: Path
) -> None:
    folder, rng = tmp_path / "library", random.Random(34)
    with Library.open(folder, create=True) as library:
        fill(library)
        search_at(folder, milvus.url("killed"))
        for _ in range(2):
            child = ingest(folder)
            assert child.stdout is not None and child.stdout.readline() == "ready\n"
            time.sleep(rng.uniform(0.5, 2.5))
            milvus.kill()
            told = child.communicate(timeout=60)[0]
            assert child.returncode == 0 or (child.returncode == 1 and "pincite ingest" in told), told
            assert told.count("\n") <= 1, "one line"
            assert len(library.documents()) == DOCUMENTS
            milvus.start()
        made = SnapshotWriter(folder=folder).publish(library, HashingEmbedder())
    assert (made.documents, made.passages) == (DOCUMENTS, DOCUMENTS * PASSAGES)
    same_as_here(folder)


def test_a_kill_of_an_ingest_leaves_an_index_that_answers_and_the_next_run_completes(
    milvus: MilvusLite, tmp_path: Path
) -> None:
    folder, rng = tmp_path / "library", random.Random(35)
    with Library.open(folder, create=True) as library:
        fill(library, 2)
        search_at(folder, milvus.url("ended"))
        SnapshotWriter(folder=folder).publish(library, HashingEmbedder())
        fill(library)
        for _ in range(3):
            child = ingest(folder)
            assert child.stdout is not None and child.stdout.readline() == "ready\n"
            time.sleep(rng.uniform(0.1, 1.5))
            child.kill()
            child.communicate()
            assert found_by(Searcher.open(folder, embedder=HashingEmbedder()), "clinic 1-3")[1]
        SnapshotWriter(folder=folder).publish(library, HashingEmbedder())
    same_as_here(folder)


def test_a_second_writer_stops_and_says_so(milvus: MilvusLite, tmp_path: Path) -> None:
    folder = tmp_path / "library"
    with Library.open(folder, create=True) as library:
        fill(library, 2)
        search_at(folder, milvus.url("writers"))
        with library.writing():
            child = ingest(folder)
            assert "another ingest is running" in child.communicate(timeout=60)[0]
            assert child.returncode == LibraryBusy.exit_code
            SnapshotWriter(folder=folder).publish(library, HashingEmbedder())
    same_as_here(folder)


def test_questions_while_the_server_is_killed_hangs_and_comes_back(
    milvus: MilvusLite, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "library"
    with Library.open(folder, create=True) as library:
        fill(library, 4)
        search_at(folder, milvus.url("questions"))
        SnapshotWriter(folder=folder).publish(library, HashingEmbedder())
    monkeypatch.setattr(server_module, "REST_SECONDS", 0.5)
    searcher = Searcher.open(folder, embedder=HashingEmbedder())
    assert found_by(searcher, "clinic 3-7")[0] == "hybrid"

    def words_answer(longest: float) -> None:
        begun = time.monotonic()
        found = searcher.search("clinic 2-11")
        assert time.monotonic() - begun < longest
        assert found.mode == "lexical" and found.hits
        assert [notice.kind for notice in found.notices] == [NoticeKind.WORDS_ONLY]
        assert "milvus://127.0.0.1:" in str(found.notices[0].values["reason"])

    def comes_back() -> None:
        end = time.monotonic() + 30
        while found_by(searcher, "clinic 1-5")[0] != "hybrid":
            assert time.monotonic() < end
            time.sleep(0.2)

    milvus.kill()
    words_answer(3.0)
    words_answer(1.0)
    milvus.start()
    comes_back()
    milvus.hang()
    words_answer(3.0)
    words_answer(1.0)
    milvus.go_on()
    comes_back()
    same_as_here(folder)


def put_turn(library: Library, turn: int) -> None:
    for sign in range(SIGNS):
        text = [f"The clinics of turn {turn} have sign {sign}, and beds for {sign + 3} people."]
        put_text(library, f"sign-{sign}.txt", Metadata(title=f"turn {turn}"), "en", text)


def test_eight_readers_see_no_mixed_answer_while_aliases_switch_twenty_times(
    milvus: MilvusLite, tmp_path: Path
) -> None:
    folder, embedder = tmp_path / "library", HashingEmbedder()
    ended, mixed, modes = threading.Event(), [], []

    def read() -> None:
        searcher = Searcher.open(folder, embedder=embedder)
        while not ended.is_set():
            found = searcher.search("clinics of turn sign beds")
            turns = {hit.document.metadata.title for hit in found.hits}
            modes.append(found.mode)
            if len(turns) != 1 or len(found.hits) != SIGNS:
                mixed.append((turns, len(found.hits)))
            time.sleep(PAUSE)
            if not searcher.is_current():
                searcher = Searcher.open(folder, embedder=embedder)

    with Library.open(folder, create=True) as library:
        put_turn(library, 0)
        search_at(folder, milvus.url("readers"))
        writer = SnapshotWriter(folder=folder)
        versions = {int((writer.publish(library, embedder).search or {})["version"])}
        readers = [threading.Thread(target=read) for _ in range(READERS)]
        for reader in readers:
            reader.start()
        for turn in range(1, TURNS + 1):
            put_turn(library, turn)
            versions.add(int((writer.publish(library, embedder).search or {})["version"]))
        ended.set()
        for reader in readers:
            reader.join()
    assert mixed == []
    assert len(versions) == TURNS + 1, "each time all was replaced, so each was a version with its aliases"
    assert modes.count("hybrid") > len(modes) / 2
