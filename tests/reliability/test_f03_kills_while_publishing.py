"""Kills while an ingest embeds and publishes as it goes: nothing is lost, and nothing kept is made again."""

import os
import random
import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from forked_runs import ForkedRuns, forked_runs
from index_library import HashingEmbedder, put_text

from index.embedding.cache import vector_space
from index.search import Searcher
from index.snapshot import snapshot
from index.snapshot.paths import CURRENT, snapshot_folder
from index.snapshot.publish import publish
from index.snapshot.snapshot import Snapshot
from ingest.library.library import Library
from ingest.metadata.metadata import Metadata

KILLS = int(os.environ.get("PINCITE_SOAK", "30"))
DOCUMENTS, PASSAGES = 40, 12
IMPORTS = """
import time
from pathlib import Path
from index_library import HashingEmbedder
from index.embedding import cache
from index.embedding.cache import text_key
from index.snapshot import pace, publish, unembedded
from ingest.library.library import Library

cache.CHUNK = unembedded.CHUNK = 16
publish.MEANING_SECONDS, pace.MOST_COST = 0.05, 0.5

class Slow(HashingEmbedder):
    def encode_documents(self, texts, on_batch=None):
        with (Path(sys.argv[1]) / "encoded").open("a") as file:
            file.writelines(text_key(text) + "\\n" for text in texts)
        time.sleep(0.002 * len(texts))
        return super().encode_documents(texts, on_batch)
"""
# Publishes after every few documents; each text takes a while, and its key is written down before it is encoded.
INGEST = """
with Library.open(Path(sys.argv[1])) as library:
    publish.publish(library, library.folder, Slow())
"""
ENDED = {0, -signal.SIGKILL}


def encoded(folder: Path) -> list[str]:
    path = folder / "encoded"
    return path.read_text(encoding="ascii").splitlines() if path.exists() else []


def run_and_kill(runs: ForkedRuns, folder: Path, rng: random.Random) -> bool:
    """Ingest in a process of its own and kill it at some moment; return whether it was quicker than the kill.

    The moment is told by what was done, not by the clock: on a busy machine the clock runs away.
    """
    before, texts, seconds = (
        len(encoded(folder)),
        rng.randrange(DOCUMENTS * PASSAGES // 4),
        rng.uniform(0.0, 0.4),
    )
    runs.start()
    while (spent := runs.spent()) is not None:
        if len(encoded(folder)) - before >= texts if texts % 2 else spent >= seconds:
            break
        time.sleep(0.002)
    time.sleep(rng.uniform(0.0, 0.01))
    code, _ = runs.kill()
    assert code in ENDED, code
    return code == 0


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="kill -9")
@pytest.mark.timeout(1800)
def test_kills_lose_nothing_and_nothing_is_embedded_twice(
    tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    rng, folder = random.Random(13), tmp_path / "library"
    embedder = HashingEmbedder()
    partial = finished = 0
    with (
        Library.open(folder, create=True) as library,
        forked_runs(IMPORTS, INGEST, folder) as runs,
    ):
        for number in range(DOCUMENTS):
            put_some(library, number)
        ready = 0
        for kill in range(KILLS):
            kept = library.derived_keys(vector_space(embedder))
            already = len(encoded(folder))
            finished += run_and_kill(runs, folder, rng)
            again = kept.intersection(encoded(folder)[already:])
            assert not again, f"kill {kill}: {len(again)} texts whose vectors were kept were embedded again"
            if (snapshot_folder(folder) / CURRENT).exists():
                assert snapshot.verify(snapshot_folder(folder)) == []
                manifest = Snapshot.open(snapshot_folder(folder)).manifest
                assert manifest.documents == DOCUMENTS
                assert manifest.embedded >= ready, "meaning that was ready is ready still"
                ready = manifest.embedded
                partial += 0 < ready < DOCUMENTS
                asked = kill % DOCUMENTS
                hits = Searcher.open(folder, embedder=embedder).search(f"clinic{asked} oxygen").hits
                assert hits[0].document.file == f"{asked:02}.txt"
            if ready == DOCUMENTS:
                # Done before all kills were made: more to do.
                library.collect_derived(vector_space(embedder), [])
                (folder / "encoded").unlink()
                remove_snapshot(folder)
                ready = 0
        manifest = publish(library, folder, embedder)
        assert manifest.embedded == manifest.documents == DOCUMENTS
        fresh = publish(library, tmp_path / "fresh", embedder)
        assert (manifest.vectors, manifest.numbers) == (fresh.vectors, fresh.numbers)
        one, other = (Snapshot.open(snapshot_folder(at)).vectors for at in (folder, tmp_path / "fresh"))
        assert one is not None
        assert other is not None
        assert one.base.tobytes() == other.base.tobytes()
    record_property("soak", f"{KILLS} kills, {partial} with half of it embedded, 0 lost, 0 embedded twice")
    assert partial >= KILLS // 6, "the kills came too early or too late to show anything"


def put_some(library: Library, number: int) -> None:
    texts = [
        f"In clinic{number} oxygen lasts {n} days. Bed {n * number} of clinic{number} is free since {n} weeks."
        for n in range(PASSAGES)
    ]
    put_text(library, f"{number:02}.txt", Metadata(title=f"Clinic {number}"), "en", texts)


def remove_snapshot(folder: Path) -> None:
    import shutil

    shutil.rmtree(snapshot_folder(folder))
