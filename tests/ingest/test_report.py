"""What an ingest tells: events that count up, and a report of the library as it is at the end."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from ingest.changes import Plan
from ingest.corpus.folder import FileStamp, Scan
from ingest.library.library import FileRecord, Library, NewDocument, StoredPage
from ingest.metadata.metadata import Metadata
from ingest.report import Event, IngestReport, Progress, Record, Unreadable

WORK = [FileStamp("a.pdf", 100), FileStamp("b\x1b.pdf", 300)]


def progress() -> tuple[Progress, list[Event]]:
    events: list[Event] = []
    return Progress(WORK, events.append), events


def record(**changes: object) -> Record:
    values: dict[str, object] = {
        "started": time.monotonic(),
        "scan": Scan((), {}),
        "plan": Plan(),
        "waiting": {},
        "notices": [],
        "progress": Progress([], lambda _: None),
    }
    return Record(**{**values, **changes})  # type: ignore[arg-type]


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with Library.open(tmp_path, create=True) as opened:
        yield opened


def put(library: Library, name: str, state: str = "ready", reason: str | None = None, *more: str) -> str:
    page = StoredPage(name * 32, 1, "Words." if state == "ready" else "")
    new = NewDocument(name * 64, "pdf", True, state, reason, (page,))
    stamps = [FileStamp(f"{name}.pdf"), *map(FileStamp, more)]
    library.put_document(new, Metadata(), stamps, "6")
    return new.id


def test_pages_are_told_while_nothing_is_finished_and_nothing_can_be_said_of_the_time() -> None:
    one, events = progress()
    one.page("a.pdf", "page", 1, 10)
    one.page("a.pdf", "ocr", 2, 10)
    assert [(e.stage, e.file, e.page, e.pages, e.ocr) for e in events] == [
        ("read", "a.pdf", 1, 10, False),
        ("read", "a.pdf", 2, 10, True),
    ]
    assert [(e.done, e.total, e.seconds_left) for e in events] == [(0, 2, None)] * 2


def test_files_are_counted_with_what_was_stored_of_them_and_names_are_fit_to_be_seen() -> None:
    one, events = progress()
    one.file(WORK[0], "ready", None, 10, 25)
    one.file(WORK[1], "failed", "it is damaged")
    assert [(e.stage, e.file, e.state, e.reason) for e in events] == [
        ("file", "a.pdf", "ready", None),
        ("file", r"b\x1b.pdf", "failed", "it is damaged"),
    ]
    assert [(e.done, e.all_pages, e.passages) for e in events] == [(1, 10, 25), (2, 10, 25)]
    assert one.totals == (2, 10, 25)


def test_the_time_left_goes_by_bytes_and_ends_at_none() -> None:
    one, events = progress()
    one._started -= 10.0
    one.file(WORK[0], "ready", None)
    one.file(WORK[1], "ready", None)
    first, last = (event.seconds_left for event in events)
    assert first == pytest.approx(30.0, abs=1.0)  # three quarters of the bytes are left after ten seconds
    assert last == 0.0


def test_a_report_lists_what_the_plan_says_in_byte_order_and_as_shown(library: Library) -> None:
    plan = Plan(
        added=["z.txt", "\udcff.txt", "a.txt"],
        changed=["c\n.txt"],
        renamed=[("old\x07.txt", "new.txt")],
        removed=["gone.txt"],
        reread=["again.txt"],
        unchanged=["same.txt", "other.txt"],
    )
    report = record(plan=plan, notices=["a note"]).report(library, dry_run=True)
    assert report.added == ("a.txt", "z.txt", r"\xff.txt")
    assert report.changed == (r"c\x0a.txt",)
    assert report.renamed == ((r"old\x07.txt", "new.txt"),)
    assert (report.removed, report.reread, report.unchanged) == (("gone.txt",), ("again.txt",), 2)
    assert (report.notices, report.dry_run) == (("a note",), True)
    assert not report.nothing_to_do


def test_a_report_tells_of_the_whole_library_who_could_not_be_read(library: Library) -> None:
    put(library, "a")
    put(library, "b", "failed", "the reader crashed", "b copy.pdf")
    put(library, "c", "no_text", "no text on 1 of 1 pages")
    library.put_files([FileRecord(FileStamp("d.pdf"), None, "cannot be opened (Permission denied)")])
    report = record().report(library, dry_run=False)
    assert report.unreadable == (
        Unreadable("b copy.pdf", "failed", "the reader crashed"),
        Unreadable("b.pdf", "failed", "the reader crashed"),
        Unreadable("d.pdf", "failed", "cannot be opened (Permission denied)"),
    )
    assert report.without_text == (Unreadable("c.pdf", "no_text", "no text on 1 of 1 pages"),)
    assert report.duplicates == (("b.pdf", "b copy.pdf"),)
    assert report.nothing_to_do


def test_what_waits_and_what_is_passed_over_is_named_with_its_reason(library: Library) -> None:
    ident = put(library, "a")
    one = record(
        scan=Scan((), {"link\x1b": "a link; put the file itself here"}),
        waiting={"b.txt": "still being written", "a\x1b.txt": "cannot be opened now"},
        metadata_changed=[ident],
        read=1,
        cpu=1.239,
        peak=5,
    )
    report = one.report(library, dry_run=False)
    assert list(report.waiting) == [r"a\x1b.txt", "b.txt"]
    assert report.skipped == {r"link\x1b": "a link; put the file itself here"}
    assert report.metadata_changed == ("a.pdf",)
    assert (report.read, report.cpu_seconds, report.peak_memory) == (1, 1.24, 5)
    assert 0.0 <= report.seconds < 10.0


def test_the_last_event_counts_what_the_report_counts(library: Library) -> None:
    report: IngestReport = record(read=3).report(library, dry_run=False)
    last = report.last_event
    assert (last.stage, last.done, last.total, last.seconds_left) == ("done", 3, 3, 0.0)
    assert (last.all_pages, last.passages) == (report.pages, report.passages)
