"""Watching calls once for each change that came to rest, and never for one still under way."""

import shutil
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from ingest.errors import ClusterAway, LibraryAway, LibraryBusy, SearchAway, StoreAway, UsageError
from ingest.library.library import Library
from ingest.pipeline import ingest_folder
from ingest.watch import stamps_in, watch_folder

STEP = 0.05


class Watched:
    """A watch in a thread; `calls` grows with each change."""

    def __init__(self, corpus: Path, errors: Any = ()) -> None:
        self.calls, self.errors = 0, list(errors)
        self.stop = threading.Event()
        self.thread = threading.Thread(
            target=watch_folder,
            args=(corpus,),
            kwargs={
                "on_change": self.changed,
                "interval": STEP,
                "stop": self.stop,
                "known": stamps_in(corpus),
            },
        )

    def changed(self) -> None:
        self.calls += 1
        if self.errors:
            raise self.errors.pop(0)

    def wait_for(self, calls: Any) -> None:
        until = time.monotonic() + 10
        while self.calls < calls and time.monotonic() < until:
            time.sleep(STEP / 5)
        time.sleep(STEP * 4)
        assert self.calls == calls

    def __enter__(self) -> Any:
        self.thread.start()
        return self

    def __exit__(self, *_: Any) -> None:
        self.stop.set()
        self.thread.join(10)
        assert not self.thread.is_alive()


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    folder = tmp_path / "corpus"
    folder.mkdir()
    (folder / "one.txt").write_text("one")
    return folder


def test_one_call_for_each_kind_of_change(corpus: Path) -> None:
    with Watched(corpus) as watched:
        watched.wait_for(0)
        (corpus / "two.txt").write_text("two")
        watched.wait_for(1)
        (corpus / "two.txt").write_text("two, changed")
        watched.wait_for(2)
        (corpus / "two.txt").rename(corpus / "three.txt")
        watched.wait_for(3)
        (corpus / "three.txt").unlink()
        watched.wait_for(4)
        (corpus / "catalogue.toml").write_text('["one.txt"]\nyear = 2020\n')
        watched.wait_for(5)
        (corpus / "one.toml").write_text("year = 2021\n")
        watched.wait_for(6)
        (corpus / "notes.part").write_text("ignored")
        watched.wait_for(6)


def test_a_file_that_keeps_growing_is_waited_for(corpus: Path) -> None:
    with Watched(corpus) as watched:
        path = corpus / "slow.txt"
        for _ in range(12):
            with path.open("a") as file:
                file.write("more\n")
            assert watched.calls == 0
            time.sleep(STEP * 0.7)
        watched.wait_for(1)


def test_a_folder_that_goes_away_for_a_while_is_no_change(corpus: Path, tmp_path: Path) -> None:
    with Watched(corpus) as watched:
        corpus.rename(tmp_path / "away")
        watched.wait_for(0)
        (tmp_path / "away").rename(corpus)
        watched.wait_for(0)
        shutil.copy(corpus / "one.txt", corpus / "two.txt")
        watched.wait_for(1)


def test_expected_errors_do_not_end_the_watch(corpus: Path) -> None:
    with Watched(corpus, [LibraryBusy("busy"), UsageError("broken")]) as watched:
        (corpus / "two.txt").write_text("two")
        watched.wait_for(2)  # busy is tried again by itself
        (corpus / "three.txt").write_text("three")
        watched.wait_for(3)  # a broken catalogue after the next change


@pytest.mark.parametrize("away", [LibraryAway, StoreAway, SearchAway, ClusterAway])
def test_what_another_machine_could_not_take_is_tried_until_it_is_back(
    corpus: Path, away: type[Exception], caplog: pytest.LogCaptureFixture
) -> None:
    with Watched(corpus, [away("gone"), away("gone"), away("gone")]) as watched:
        (corpus / "two.txt").write_text("two")
        watched.wait_for(4)
    assert [one.message for one in caplog.records if one.message == "gone"] == ["gone"], "told once"


def test_a_watched_folder_that_is_suddenly_empty_costs_no_library(
    corpus: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with Library.open(tmp_path / "library", create=True) as library:
        ingest_folder(corpus, library, settle=0.0)
        state = library.state()
        runs, known = [], stamps_in(corpus)
        (corpus / "one.txt").unlink()
        stop = threading.Event()

        def on_change() -> None:
            runs.append(1)
            stop.set()
            ingest_folder(corpus, library, settle=0.0)

        watch_folder(corpus, on_change=on_change, interval=STEP, stop=stop, known=known)
        assert runs == [1]
        assert library.state() == state
        assert "Is a drive missing?" in caplog.text
