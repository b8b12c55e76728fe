"""An ingest on a Ray cluster whose driver, workers and nodes are killed: nothing is lost, nothing there twice."""

import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
import tiny_model
from pdf_samples import simple
from ray_nodes import Nodes, kill_workers, shared_nodes

from ingest.library.library import Library

pytestmark = pytest.mark.slow

PAPERS = 36
DOCUMENTS = PAPERS + 2
UNREADABLE = 3
SECONDS = 150


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Papers, one of them cut off, and one content under two names."""
    place = tmp_path_factory.mktemp("on-ray")
    tiny_model.write_folder(place)
    folder = place / "corpus"
    folder.mkdir()
    for number in range(PAPERS):
        said = [f"Clinic {number} reports {row * 7} visits, and {row} nurses stay." for row in range(60)]
        (folder / f"{number:02}.txt").write_text("\n".join(said))
    (folder / "05.pdf").write_bytes(simple(2))
    (folder / "10-again.txt").write_bytes((folder / "10.txt").read_bytes())
    (folder / "05-cut.pdf").write_bytes((folder / "05.pdf").read_bytes()[:900])
    return folder


class Run:
    """`pincite ingest --progress json` in a process of its own."""

    def __init__(self, corpus: Path, library: Path, on: str | None, environment: dict[str, str]) -> None:
        model, cache = corpus.parent / "model", corpus.parent / "cache"
        words = ["--model", str(model), *(["--on", on] if on is not None else [])]
        command = [sys.executable, "-m", "app.cli", "ingest", str(corpus), "--library", str(library)]
        self.process = subprocess.Popen(
            [*command, "--progress", "json", "--workers", "3", "--priority", "normal", *words],
            stdout=subprocess.PIPE,
            text=True,
            env={**environment, "PINCITE_CACHE": str(cache)},
        )

    def events(self) -> Iterator[dict[str, object]]:
        assert self.process.stdout is not None
        with self.process.stdout as lines:
            for line in lines:
                yield json.loads(line)

    def finish(self, at_file: int | None = None, do: Callable[[], object] | None = None) -> dict[str, object]:
        """Run to the end, do something when so many files are done, and return the report."""
        report: dict[str, object] = {}
        for event in self.events():
            if do is not None and event["stage"] == "file" and event["done"] == at_file:
                do()
            if event["stage"] == "report":
                report = event
        assert self.process.wait(SECONDS) == UNREADABLE
        return report


@pytest.fixture(scope="module")
def here(corpus: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The library that this machine alone makes of the corpus."""
    folder = tmp_path_factory.mktemp("here") / "library"
    Run(corpus, folder, None, dict(os.environ)).finish()
    return folder


@pytest.fixture(scope="module")
def nodes() -> Nodes:
    return shared_nodes()


def told(library: Path, what: str) -> bytes:
    return subprocess.run(
        [sys.executable, "-m", "app.cli", "export", what, "--library", str(library)],
        check=True,
        capture_output=True,
    ).stdout


def vectors(library: Path) -> list[tuple[str, str, bytes]]:
    with closing(sqlite3.connect(library / "library.db")) as database:
        found = database.execute("SELECT space, key, value FROM derived WHERE space LIKE 'vectors:%'")
        return sorted(found)


def same(library: Path, here: Path) -> None:
    for what in ("passages", "pages", "uncovered"):
        assert told(library, what) == told(here, what)
    with Library.open(library) as one, Library.open(here) as other:
        hashes = [document.sha256 for document in one.documents()]
        assert len(hashes) == len(set(hashes)) == DOCUMENTS
        assert hashes == [document.sha256 for document in other.documents()]
        assert [(file.stamp.path, file.document_id) for file in one.files()] == [
            (file.stamp.path, file.document_id) for file in other.files()
        ]


@pytest.mark.parametrize("through", ["a node of the cluster", "the client server"])
def test_a_cluster_makes_the_library_that_one_machine_makes(
    corpus: Path, here: Path, nodes: Nodes, tmp_path: Path, through: str
) -> None:
    on = "ray" if through == "a node of the cluster" else nodes.client_address
    report = Run(corpus, tmp_path / "library", on, nodes.environment()).finish()
    assert [one["file"] for one in report["unreadable"]] == ["05-cut.pdf"]  # type: ignore[attr-defined]
    same(tmp_path / "library", here)
    assert vectors(tmp_path / "library") == vectors(here) != []


def test_a_killed_driver_is_started_again_and_reads_only_the_rest(
    corpus: Path, here: Path, nodes: Nodes, tmp_path: Path
) -> None:
    library = tmp_path / "library"
    run = Run(corpus, library, "ray", nodes.environment())
    for event in run.events():
        if event["stage"] == "file" and event["done"] == 7:
            run.process.kill()
            break
    run.process.wait()
    with Library.open(library) as opened:
        kept = {document.sha256 for document in opened.documents()}
    assert 7 <= len(kept) < DOCUMENTS
    report = Run(corpus, library, "ray", nodes.environment()).finish()
    assert report["read"] == DOCUMENTS - len(kept)
    same(library, here)


def test_a_killed_worker_and_a_killed_node_cost_nothing(
    corpus: Path, here: Path, nodes: Nodes, tmp_path: Path
) -> None:
    killed: list[int] = []
    # Named by the settings: that workers of the cluster can be killed shows that they read.
    run = Run(corpus, tmp_path / "worker", None, {**nodes.environment(), "PINCITE_RAY": "ray"})
    run.finish(4, lambda: killed.append(kill_workers("read_document", 2)))
    assert sum(killed) >= 1
    same(tmp_path / "worker", here)
    run = Run(corpus, tmp_path / "node", "ray", nodes.environment())
    try:
        report = run.finish(4, nodes.kill_node)
    finally:
        nodes.add_node()
    assert report["read"] == DOCUMENTS
    same(tmp_path / "node", here)


def test_no_cluster_is_one_line_and_nothing_is_read(corpus: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "app.cli", "ingest", str(corpus), "--library", str(tmp_path / "library")]
    for on in ("ray://127.0.0.1:9", "ray"):
        environment = {**os.environ, "RAY_ADDRESS": "127.0.0.1:9"}
        done = subprocess.run(
            [*command, "--on", on],
            check=False,
            capture_output=True,
            text=True,
            env=environment,
            timeout=SECONDS,
        )
        assert done.returncode == 1, done.stderr
        assert "cannot be joined" in done.stderr
        assert "leave --on out" in done.stderr
        assert "Traceback" not in done.stderr
    assert not (tmp_path / "library").exists()
