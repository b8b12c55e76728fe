"""What an ingest says in lines for people: what was done, what waits, what could not be read."""

import io
import json
from dataclasses import replace

import pytest
from rich.console import Console

from app.commands.progress import PLAIN_SECONDS, PlainLines, Progress, Reporter, report_lines
from index.snapshot.passage_files import BuildEvent
from ingest.report import Event, IngestReport, Unreadable

NOTHING = IngestReport(
    added=(), changed=(), renamed=(), removed=(), reread=(), unchanged=4, duplicates=(),
    metadata_changed=(), unreadable=(), without_text=(), waiting={}, skipped={}, notices=(), dry_run=False,
)  # fmt: skip
BROKEN = Unreadable("b.pdf", "failed", "no page tree")
SCAN = Unreadable("c.pdf", "no_text", "no text on 3 of 3 pages")
READ = "2 files read: 10 pages, 30 passages; 4 unchanged."


def done(**changes: object) -> IngestReport:
    return replace(NOTHING, read=2, pages=10, passages=30, **changes)  # type: ignore[arg-type]


# Name of the case -> the report and its lines.
LINES: dict[str, tuple[IngestReport, list[str]]] = {
    "nothing": (NOTHING, ["Nothing to do: 4 files unchanged."]),
    "added": (done(added=("a.pdf", "b.pdf")), ["2 added: a.pdf, b.pdf", READ]),
    "changed": (done(changed=("a.pdf",)), ["1 changed: a.pdf", READ]),
    "removed": (done(removed=("a.pdf",)), ["1 removed: a.pdf", READ]),
    "read again": (
        done(reread=("a.pdf",)),
        ["1 read again (a newer reader, or another try): a.pdf", READ],
    ),
    "described anew": (done(metadata_changed=("a.pdf",)), ["1 described anew: a.pdf", READ]),
    "renamed": (done(renamed=(("a.pdf", "b.pdf"),)), ["1 renamed: a.pdf → b.pdf", READ]),
    "a dry run": (
        replace(done(added=("a.pdf",), renamed=(("c.pdf", "d.pdf"),)), dry_run=True),
        ["1 would be added: a.pdf", "1 would be renamed: c.pdf → d.pdf"],
    ),
    "a dry run of nothing": (replace(NOTHING, dry_run=True), ["Nothing to do: 4 files unchanged."]),
    "waiting": (
        replace(NOTHING, waiting={"z.pdf": "still being copied", "a.pdf": "not open to us"}),
        [
            "Nothing to do: 4 files unchanged.",
            "waits for the next run: a.pdf: not open to us",
            "waits for the next run: z.pdf: still being copied",
        ],
    ),
    "left out": (
        replace(NOTHING, skipped={"a.exe": "not a document"}),
        ["Nothing to do: 4 files unchanged.", "left out: a.exe: not a document"],
    ),
    "not readable": (
        done(added=("b.pdf",), unreadable=(BROKEN,)),
        ["1 added: b.pdf", READ, "not readable: b.pdf: no page tree"],
    ),
    "one of two not readable": (
        done(added=("a.pdf", "b.pdf"), unreadable=(BROKEN,), failed=1),
        [
            "2 added: a.pdf, b.pdf",
            "1 file read: 10 pages, 30 passages; 1 could not be read; 4 unchanged.",
            "not readable: b.pdf: no page tree",
        ],
    ),
    "one of each": (
        replace(done(added=("a.pdf",)), read=1, pages=1, passages=1, unchanged=1),
        ["1 added: a.pdf", "1 file read: 1 page, 1 passage; 1 unchanged."],
    ),
    "incomplete": (
        done(added=("c.pdf",), without_text=(SCAN,), unreadable=(BROKEN,)),
        [
            "1 added: c.pdf",
            READ,
            "incomplete: c.pdf: no text on 3 of 3 pages",
            "not readable: b.pdf: no page tree",
        ],
    ),
    "notices come first": (
        done(added=("a.pdf",), notices=("the catalogue names x.pdf, which is not there",)),
        ["the catalogue names x.pdf, which is not there", "1 added: a.pdf", READ],
    ),
}


@pytest.mark.parametrize("case", LINES)
def test_the_lines_of_a_report(case: str) -> None:
    report, lines = LINES[case]
    assert list(report_lines(report)) == lines


def test_many_files_are_counted_and_only_some_are_named() -> None:
    names = tuple(f"{number:03}.pdf" for number in range(100))
    (first, *_) = report_lines(done(added=names))
    assert first.startswith("100 added: 000.pdf, 001.pdf")
    assert "099.pdf" not in first and first.count(".pdf") < 30


class Log:
    """Plain lines under a clock that is moved by hand."""

    def __init__(self) -> None:
        self.now = 0.0
        self.lines: list[str] = []
        self.plain = PlainLines(self.lines.append, clock=lambda: self.now)

    def tell(self, event: object, after: float = 0.0) -> None:
        self.now += after
        self.plain.event(event)


def test_a_file_that_is_being_read_is_named_with_its_page() -> None:
    log = Log()
    log.tell(Event("read", done=1, total=3, file="a.pdf", page=4, pages=9, seconds_left=125.0))
    assert log.lines[0].startswith("Reading: 1 of 3 files; a.pdf, page 4 of 9; ")
    assert log.lines[0].endswith(" left")


def test_the_end_of_reading_tells_no_time_left() -> None:
    log = Log()
    log.tell(Event("file", done=3, total=3, file="a.pdf", seconds_left=0.0))
    assert log.lines == ["Reading: 3 of 3 files"]


def test_embedding_is_estimated_from_what_was_done_in_this_run() -> None:
    log = Log()
    log.tell(BuildEvent("embed", 100, 400))
    log.tell(BuildEvent("embed", 200, 400), after=PLAIN_SECONDS)
    assert log.lines[0] == "Embedding: 100 of 400 pieces of text"
    assert log.lines[1].startswith("Embedding: 200 of 400 pieces of text; ") and "left" in log.lines[1]


QUIET = {
    "a stage nobody waits for": Event("scan", done=1, total=3),
    "words counted": BuildEvent("count", 1, 3),
    "nothing to do": Event("read", done=0, total=0),
}


@pytest.mark.parametrize("case", QUIET)
def test_some_events_are_no_line(case: str) -> None:
    log = Log()
    log.tell(QUIET[case])
    assert log.lines == []


def test_between_two_lines_time_passes() -> None:
    log = Log()
    log.tell(Event("read", done=0, total=9, file="a.pdf"))
    log.tell(Event("read", done=1, total=9, file="b.pdf"), after=PLAIN_SECONDS - 0.1)
    assert len(log.lines) == 1
    log.tell(Event("read", done=2, total=9, file="c.pdf"), after=0.2)
    assert len(log.lines) == 2
    log.tell(BuildEvent("embed", 0, 4))
    assert len(log.lines) == 3


def reporter(progress: Progress) -> tuple[Reporter, io.StringIO]:
    made, shown = Reporter(progress), io.StringIO()
    made.console = Console(file=shown, width=200, highlight=False)
    return made, shown


def test_people_get_the_lines_and_what_it_cost() -> None:
    made, shown = reporter(Progress.auto)
    made.say("Loading …")
    made.finish(done(added=("[b]a[/b].pdf",)), 12.34)
    lines = shown.getvalue().splitlines()
    assert lines[:3] == ["Loading …", "1 added: [b]a[/b].pdf", READ]
    assert lines[3].startswith("12.3 s")


def test_a_dry_run_tells_no_cost() -> None:
    made, shown = reporter(Progress.auto)
    made.finish(replace(NOTHING, dry_run=True), 1.0)
    assert shown.getvalue() == "Nothing to do: 4 files unchanged.\n"


def test_without_progress_only_the_report_is_left() -> None:
    made, shown = reporter(Progress.none)
    made.say("Loading …")
    made.loading_model()
    made.event(Event("read", done=0, total=9, file="a.pdf"))
    made.finish(done(added=("a.pdf",)), 1.0)
    assert shown.getvalue().splitlines() == ["1 added: a.pdf", READ]


def test_programs_get_one_object_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    made, shown = reporter(Progress.json)
    made.say("for people")
    made.loading_model()
    made.event(Event("read", done=1, total=9, file="a\n.pdf"))
    made.event(BuildEvent("embed", 1, 2))
    made.finish(done(added=("a.pdf",), unreadable=(BROKEN,)), 1.236)
    written = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [one["stage"] for one in written] == ["model", "read", "embed", "report"]
    assert written[1]["file"] == "a\n.pdf"
    report = written[3]
    assert (report["seconds"], report["added"], report["read"]) == (1.24, ["a.pdf"], 2)
    assert report["unreadable"] == [{"file": "b.pdf", "state": "failed", "reason": "no page tree"}]
    assert shown.getvalue() == ""
