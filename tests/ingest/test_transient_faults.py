"""A fault of the machine is named like one of the file, and tried again; a fault of the file is final."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Self

import pytest
from reportlab.lib.pagesizes import A5
from reportlab.pdfgen.canvas import Canvas

from ingest.library.library import Library
from ingest.pipeline import ingest_folder
from ingest.readers import version
from ingest.readers.limits import Limits
from ingest.report import Event, IngestReport
from ingest.sandbox.pool import Workers, _death

PAGES = 40


def write_pdf(path: Path) -> Path:
    canvas = Canvas(str(path), pagesize=A5, invariant=True)
    for page in range(PAGES):
        for line in range(12):
            canvas.drawString(40, 500 - 14 * line, f"Clinics stay open on page {page + 1}, line {line + 1}.")
        canvas.showPage()
    canvas.save()
    return path


class FullDisk(Workers):
    """The result of the first file goes to a disk without room: the kernel's own ENOSPC."""

    def __enter__(self) -> Self:
        super().__enter__()
        assert self._folder is not None
        (self._folder / "0.jsonl").symlink_to("/dev/full")
        return self


class Killed(Workers):
    """The first child is killed at the first page, as the kernel does when memory is short."""

    signal = signal.SIGKILL

    def __init__(self, *args: Any, on_page: Any = None, **options: Any) -> None:
        super().__init__(*args, on_page=self._kill, **options)

    def _kill(self, *_event: Any) -> None:
        self._on_page = None
        os.kill(self._children[0].process.pid, self.signal)


class Crashed(Killed):
    signal = signal.SIGSEGV


class Silent(Workers):
    """Nothing is heard in time."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **{**options, "limits": Limits(wall=0.0)})


FAULTS: dict[str, tuple[type[Workers], str]] = {
    "full_disk": (FullDisk, "No space left on device"),
    "killed": (Killed, "the reader was stopped from outside"),
    "silent": (Silent, "it took too long"),
}


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with Library.open(tmp_path / "library", create=True) as opened:
        yield opened


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    folder = tmp_path / "corpus"
    folder.mkdir()
    write_pdf(folder / "one.pdf")
    return folder


def run(corpus: Path, library: Library, reader: type[Workers] = Workers) -> IngestReport:
    return ingest_folder(corpus, library, settle=0.01, open_reader=reader)


@pytest.mark.parametrize("fault", FAULTS)
def test_a_transient_fault_is_named_and_tried_again(corpus: Path, library: Library, fault: str) -> None:
    reader, reason = FAULTS[fault]
    for _ in range(2):
        report = run(corpus, library, reader)
        assert (report.read, report.failed) == (1, 1)
        assert [(one.file, one.state) for one in report.unreadable] == [("one.pdf", "failed")]
        assert reason in report.unreadable[0].reason
        assert report.unreadable[0].reason.endswith("the next run tries it again")
    report = run(corpus, library)
    assert (report.reread, report.unreadable, report.failed) == (("one.pdf",), (), 0)
    assert [document.state for document in library.documents()] == ["ready"]
    assert run(corpus, library).nothing_to_do


def test_a_crash_is_final(corpus: Path, library: Library) -> None:
    report = run(corpus, library, Crashed)
    assert report.unreadable[0].reason == "could not be read safely: the reader crashed"
    again = run(corpus, library)
    assert (again.read, again.unreadable) == (0, report.unreadable)


@pytest.mark.parametrize("code", [77, 78, -24, -11, -6, 1])
def test_own_limits_and_crashes_are_final(code: int) -> None:
    assert not _death(code).transient


def test_a_transient_fault_costs_no_older_reading(
    corpus: Path, library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(corpus, library)
    before = [stored.passage for stored in library.passages()]
    monkeypatch.setattr(version, "READER_VERSION", "next")
    report = run(corpus, library, Killed)
    assert report.unreadable == ()
    assert report.waiting["one.pdf"].endswith("what was read before is kept")
    assert [stored.passage for stored in library.passages()] == before
    assert run(corpus, library).reread == ("one.pdf",)
    assert run(corpus, library).nothing_to_do


def test_what_is_tried_again_comes_last(corpus: Path, library: Library) -> None:
    run(corpus, library, Killed)
    (corpus / "two.txt").write_text("Schools in Callao accept papers late.\n")
    events: list[Event] = []
    ingest_folder(corpus, library, settle=0.01, on_event=events.append)
    assert [event.file for event in events if event.stage == "file"] == ["two.txt", "one.pdf"]
