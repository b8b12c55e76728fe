"""What a reading child does with one order: it tells the hash, the pages and the end, whatever the file is."""

import errno
import hashlib
from pathlib import Path

import pytest
from pdf_samples import simple

from ingest.errors import UnreadableFile
from ingest.readers.limits import Limits
from ingest.sandbox import protocol, worker
from ingest.sandbox.protocol import Done, Event, Hashed, Progress

WORDS = "Clinics in Lima open early, and nurses see newcomers first.\n"


def serve(path: Path) -> list[Event]:
    """Return the events of reading one file."""
    events: list[Event] = []
    worker._serve(worker._Order(path, path.with_name("result"), Limits(), False), events.append)
    return events


def end(events: list[Event]) -> Done:
    last = events[-1]
    assert isinstance(last, Done)
    return last


def test_a_sound_file_is_hashed_counted_by_pages_and_left_in_the_result(tmp_path: Path) -> None:
    path = tmp_path / "paper.pdf"
    path.write_bytes(simple(2))
    events = serve(path)
    assert events[0] == Hashed(sha256=hashlib.sha256(path.read_bytes()).hexdigest())
    pages = [event for event in events if isinstance(event, Progress) and event.step == "page"]
    assert pages == [Progress(step="page", done=n, total=2) for n in (1, 2)]
    assert (end(events).reason, end(events).state, end(events).transient) == (None, "ready", False)
    assert end(events).cpu > 0
    source, split = protocol.load(tmp_path / "result")
    assert (len(source.pages), bool(split.passages)) == (2, True)
    assert all(page.lines == () for page in source.pages)


@pytest.mark.parametrize(
    ("data", "state", "expected"),
    [
        (b"", "empty", "file is empty"),
        (b"{\\rtf1 }", "failed", "an RTF file"),
        (b"\0\1\2\3", "failed", "binary data"),
    ],
)
def test_a_file_that_is_refused_ends_with_its_state_and_no_result(
    tmp_path: Path, data: bytes, state: str, expected: str
) -> None:
    (tmp_path / "paper.txt").write_bytes(data)
    done = end(serve(tmp_path / "paper.txt"))
    assert (done.state, done.transient, done.changed) == (state, False, False)
    assert expected in (done.reason or "")
    assert not (tmp_path / "result").exists()


def test_a_file_that_is_not_there_may_come_back(tmp_path: Path) -> None:
    (done,) = serve(tmp_path / "none.pdf")
    assert isinstance(done, Done)
    assert done.transient
    assert (done.reason or "").startswith("cannot be opened (No such file")


def changing(path: Path, change: object) -> list[Event]:
    """Return the events of reading a file that `change` is done to after it was hashed."""
    events: list[Event] = []

    def tell(event: Event) -> None:
        events.append(event)
        if isinstance(event, Hashed):
            change(path)  # type: ignore[operator]

    worker._serve(worker._Order(path, path.with_name("result"), Limits(), False), tell)
    return events


def test_a_file_that_is_another_one_at_the_end_is_told_as_changed(tmp_path: Path) -> None:
    path = tmp_path / "paper.txt"
    path.write_text(WORDS)
    done = end(changing(path, lambda path: path.write_text("Other words.\n")))
    assert done.changed and not done.transient
    assert "changed while it was being read" in (done.reason or "")


def test_a_file_that_vanished_meanwhile_is_tried_again(tmp_path: Path) -> None:
    path = tmp_path / "paper.txt"
    path.write_text(WORDS)
    done = end(changing(path, lambda path: path.unlink()))
    assert done.transient and not done.changed


FAULTS = {
    "a full disk": (OSError(errno.ENOSPC, "No space left on device"), True),
    "memory that is refused": (OSError(errno.ENOMEM, "Cannot allocate memory"), False),
    "an error of a library's own": (OSError("cannot identify image file"), False),
    "a defect": (KeyError("x" * 500), False),
}


@pytest.mark.parametrize("name", FAULTS)
def test_what_nobody_expected_is_one_line_and_only_the_machine_s_faults_are_transient(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    error, transient = FAULTS[name]

    def fail(*_args: object, **_options: object) -> None:
        raise error

    (tmp_path / "paper.txt").write_text(WORDS)
    monkeypatch.setattr("ingest.passages.split.split_source", fail)
    done = end(serve(tmp_path / "paper.txt"))
    assert (done.state, done.transient) == ("failed", transient)
    reason = done.reason or ""
    assert reason.startswith(f"could not be read ({type(error).__name__}: ")
    assert "\n" not in reason and len(reason) < 200


def test_memory_that_runs_out_is_the_file_s_own_fault(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_args: object, **_options: object) -> None:
        raise MemoryError

    (tmp_path / "paper.txt").write_text(WORDS)
    monkeypatch.setattr("ingest.passages.split.split_source", fail)
    done = end(serve(tmp_path / "paper.txt"))
    assert (done.state, done.transient) == ("failed", False)
    assert "too much memory" in (done.reason or "")


def test_the_reason_of_a_reader_is_handed_on_with_its_state(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_args: object, **_options: object) -> None:
        raise UnreadableFile("encrypted", "needs_password")

    (tmp_path / "paper.txt").write_text(WORDS)
    monkeypatch.setattr("ingest.readers.read.read_bytes", fail)
    done = end(serve(tmp_path / "paper.txt"))
    assert (done.reason, done.state) == ("encrypted", "needs_password")
