"""F30: what a killed process has started ends with it, SIGTERM stops as Ctrl-C does, and nothing is left in /tmp."""

import os
import random
import select
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import psutil
import pytest

from ingest.readers.child_processes import started, sweep, temporary_folder
from ingest.sandbox.process import ChildProcess

ROOT = Path(__file__).resolve().parents[2]
linux = pytest.mark.skipif(sys.platform != "linux", reason="the kernel tells of a parent's end on Linux")
QUICK, SOAK = 4, int(os.environ.get("PINCITE_SOAK", "50"))

# A reader that turns round in C without ever letting another thread look: its parent is what it must end with.
BUSY_PARENT = """
import sys, threading, time
from pathlib import Path
from ingest.sandbox.process import ChildProcess
made = []
def make():  # in a thread that ends, as those of the page do
    made.append(ChildProcess("tests.obedient_child", "x"))
one = threading.Thread(target=make); one.start(); one.join()
made[0].send({"do": "spin"})
print(made[0].pid, flush=True)
time.sleep(60)
"""


class Watched:
    """Processes whose end the kernel tells (pidfd): when this process hears of it does not count, only when it was."""

    def __init__(self, pids: Iterable[int]) -> None:
        self.pids = list(pids)
        self.files = [os.pidfd_open(pid) for pid in self.pids] if sys.platform == "linux" else []

    def gone(self, within: float = 1.0) -> bool:
        """Return whether all end within so many seconds from now."""
        until = time.monotonic() + within
        for file in self.files:
            waits = select.poll()  # unlike select it takes files of any number
            waits.register(file, select.POLLIN)
            if not waits.poll(1_000 * max(0.0, until - time.monotonic())):
                return False
        while not self.files and any(map(psutil.pid_exists, self.pids)) and time.monotonic() < until:
            time.sleep(0.01)
        return bool(self.files) or not any(map(psutil.pid_exists, self.pids))

    def close(self) -> None:
        for file in self.files:
            os.close(file)


def gone(pid: int, within: float = 1.0) -> bool:
    """Return whether a process ends within so many seconds from now."""
    try:
        one = Watched([pid])
    except ProcessLookupError:
        return True
    try:
        return one.gone(within)
    finally:
        one.close()


def busy() -> float:
    """Return how many processes wait for each core, at least 1: what a program does takes so much longer."""
    return max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))


def run(code: str, *arguments: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-c", code, *arguments], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )


@linux
def test_a_busy_child_ends_with_its_parent_at_once() -> None:
    parent = run(BUSY_PARENT)
    assert parent.stdout is not None
    child = int(parent.stdout.readline())
    time.sleep(0.2)
    assert not gone(child, 0.1), "a thread that ended took its process with it"
    parent.kill()
    parent.wait()
    parent.stdout.close()
    assert gone(child)


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    folder = tmp_path / "corpus"
    folder.mkdir()
    for number in range(40):
        (folder / f"{number}.txt").write_text(
            f"Paper {number} tells of a clinic. It opens at eight.\n" * 3_000
        )
    return folder


@pytest.fixture
def own_tmp(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    folder = tmp_path / "tmp"
    folder.mkdir()
    monkeypatch.setenv("TMPDIR", str(folder))
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    yield folder


def ingest(corpus: Path, library: Path) -> "subprocess.Popen[str]":
    command = [sys.executable, "-m", "app.cli", "ingest", str(corpus), "--library", str(library)]
    command += ["--progress", "json", "--workers", "2"]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def wait_for_children(process: "subprocess.Popen[str]", count: int = 1) -> list[int]:
    until = time.monotonic() + 30 * busy()
    while time.monotonic() < until:
        found = [child.pid for child in psutil.Process(process.pid).children(recursive=True)]
        if len(found) >= count:
            return found
        time.sleep(0.01)
    raise AssertionError("the ingest has started no reader")


def end(process: "subprocess.Popen[str]", number: int) -> str:
    process.send_signal(number)
    _, said = process.communicate(timeout=30 * busy())
    return said


def kills(corpus: Path, library: Path, own_tmp: Path, count: int) -> None:
    """Kill an ingest at some moment, again and again."""
    chance = random.Random(30)
    for _ in range(count):
        process = ingest(corpus, library)
        children = wait_for_children(process)
        time.sleep(chance.random() * 0.5)
        watched = Watched(child for child in children if psutil.pid_exists(child))
        end(process, signal.SIGKILL)
        assert watched.gone()
        watched.close()
    assert list(own_tmp.glob("pincite-*")), "no ingest was killed while it had a temporary folder"
    with temporary_folder() as folder:
        assert [one for one in own_tmp.glob("pincite-*") if one != folder] == []
    assert list(own_tmp.iterdir()) == []


@linux
def test_nothing_is_left_after_kills(corpus: Path, tmp_path: Path, own_tmp: Path) -> None:
    kills(corpus, tmp_path / "library", own_tmp, QUICK)


@linux
@pytest.mark.slow
@pytest.mark.timeout(3_600)
def test_nothing_is_left_after_50_kills(
    corpus: Path, tmp_path: Path, own_tmp: Path, record_property: Callable[[str, object], None]
) -> None:
    kills(corpus, tmp_path / "library", own_tmp, SOAK)
    record_property("soak", f"{SOAK} kills, all children gone within 1 s, 0 folders left")


def test_sigterm_stops_as_ctrl_c_does(corpus: Path, tmp_path: Path, own_tmp: Path) -> None:
    process = ingest(corpus, tmp_path / "library")
    children = wait_for_children(process)
    said = end(process, signal.SIGTERM)
    assert process.returncode == 130
    assert "run pincite ingest again to go on" in " ".join(said.split())
    assert all(gone(child) for child in children)
    assert list(own_tmp.iterdir()) == [], "it cleans up after itself"


# Folders -----------------------------------------------------------------------------------------


def test_only_folders_whose_processes_ended_are_removed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    code = (
        "import time\nfrom ingest.readers.child_processes import temporary_folder\n"
        "with temporary_folder() as f:\n    print(f, flush=True); time.sleep(60)"
    )
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    living, dead = run(code), run(code)
    assert living.stdout is not None
    assert dead.stdout is not None
    try:
        held, left = Path(living.stdout.readline().strip()), Path(dead.stdout.readline().strip())
        dead.kill()
        dead.wait()
        for folder in (held, left):
            assert folder.is_dir()
        somebody_elses = left.parent / "pincite-notes"
        assert sweep(left.parent) >= 1
        assert held.is_dir()
        assert not left.exists()
        somebody_elses.mkdir(exist_ok=True)
        (somebody_elses / "mine.txt").write_text("kept")
        sweep(left.parent)
        assert (somebody_elses / "mine.txt").exists(), "a folder that no process of ours held is left alone"
        (somebody_elses / "mine.txt").unlink()
        somebody_elses.rmdir()
    finally:
        living.kill()
        for process in (living, dead):
            process.wait()
            assert process.stdout is not None
            process.stdout.close()


def test_all_processes_are_started_by_one_thread() -> None:
    import threading

    names: list[str] = []
    look: Callable[[], None] = lambda: names.append(threading.current_thread().name)  # noqa: E731
    for _ in range(3):
        started(look)
    assert len(set(names)) == 1
    assert names[0] != threading.current_thread().name


def test_who_is_interrupted_while_that_thread_begins_ends_all_the_same() -> None:
    code = (
        "import threading\nfrom ingest.readers.child_processes import started\nbegin = threading.Thread.start\n"
        "def interrupted(thread):\n    begin(thread)\n    raise KeyboardInterrupt\n"
        "threading.Thread.start = interrupted\ntry:\n    started(int)\n"
        "except KeyboardInterrupt:\n    print('stopped', flush=True)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False, timeout=100
    )
    assert (done.returncode, done.stdout) == (0, "stopped\n")


def test_what_fails_in_that_thread_fails_for_who_asked() -> None:
    def fails() -> None:
        raise PermissionError("no process for you")

    with pytest.raises(PermissionError, match="no process for you"):
        started(fails)
    assert started(lambda: 7) == 7


def test_a_child_whose_parent_is_another_ends_itself() -> None:
    from ingest.readers import child_processes

    begin = "from ingest.readers.child_processes import end_with_parent"
    code = f"{begin}; end_with_parent({os.getpid() + 1_000_000}); print('on')"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (1, "")
    assert child_processes.END_WITH_US is None or callable(child_processes.END_WITH_US)


def test_without_the_kernel_a_thread_looks() -> None:
    code = (
        "import os, sys, time\nfrom ingest.readers import child_processes\nchild_processes._libc = None\n"
        "child_processes.end_with_parent(os.getppid())\nprint(os.getpid(), flush=True)\ntime.sleep(30)"
    )
    parent = run(f"import subprocess, sys\nsubprocess.run([sys.executable, '-c', {code!r}])")
    assert parent.stdout is not None
    child = int(parent.stdout.readline())
    parent.kill()
    parent.wait()
    parent.stdout.close()
    assert gone(child, 3)


def test_a_child_still_starts_hears_and_ends() -> None:
    child = ChildProcess("tests.obedient_child", "good day,")
    child.send({"do": "echo", "text": "x"})
    assert child.line(4096) == b"good day, 'x'\n"
    assert child.stop() < 0
