"""Children: every file ends in one named state, the parent lives, good files are not touched by bad ones."""

import gc
import os
import random
import resource
import sys
import tempfile
import time
import zlib
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from pdf_samples import by_hand
from reportlab.lib.pagesizes import A5
from reportlab.pdfgen.canvas import Canvas

from ingest.errors import PinciteError
from ingest.readers.limits import Limits
from ingest.sandbox import protocol
from ingest.sandbox.pool import MOST_WAITS, Workers, _Job
from ingest.sandbox.process import ChildProcess
from ingest.sandbox.protocol import BadMessage, Event, Hashed, Progress
from ingest.sandbox.reader import Outcome

sys.path.insert(0, str(Path(__file__).parents[2]))

from bench.soak import mutate

SMALL = Limits(cpu=6, wall=60, memory=512 * 1024 * 1024)


def good_pdf(path: Path, words: str, pages: int = 2) -> Path:
    canvas = Canvas(str(path), pagesize=A5, invariant=True)
    for page in range(pages):
        for line in range(12):
            canvas.drawString(40, 500 - 14 * line, f"{words} on page {page + 1}, line {line + 1}.")
        canvas.showPage()
    canvas.save()
    return path


def packed(data: bytes) -> bytes:
    data = zlib.compress(data, 9)
    return b"<</Filter/FlateDecode/Length %d>>stream\n" % len(data) + data + b"\nendstream"


def bomb() -> bytes:
    """A kilobyte that unpacks to 2 GB (zeros packed twice)."""
    packer = zlib.compressobj(9)
    inner = b"".join(packer.compress(bytes(1 << 20)) for _ in range(2000)) + packer.flush()
    twice = zlib.compress(inner, 9)
    return by_hand(
        b"<</Filter[/FlateDecode/FlateDecode]/Length %d>>stream\n" % len(twice) + twice + b"\nendstream"
    )


BAD = {
    "empty": b"",
    "header": b"%PDF-1.7\n",
    "random": random.Random(1).randbytes(5000),
    "html": b"<html><body>",
    "zip": b"PK\x03\x04" + bytes(100),
    "page_loop": by_hand(b"<<>>").replace(b"/Kids[3 0 R]/Count 1", b"/Kids[2 0 R]/Count 1000000000"),
    "bomb": bomb(),
    "deep": by_hand(b"<</Length 100000>>stream\n" + b"[" * 100_000 + b"\nendstream"),
    "a_minute_of_text": by_hand(
        packed(b"BT /F1 9 Tf " + b"1 0 0 1 10 10 Tm (abcdefgh) Tj " * 1_500_000 + b"ET")
    ),
}
STATES = {"ready", "failed", "empty", "needs_password"}


@pytest.fixture(scope="module")
def goods(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    folder = tmp_path_factory.mktemp("good")
    return [good_pdf(folder / f"good{n}.pdf", f"Word{n} stays the same") for n in range(6)]


@pytest.fixture(scope="module")
def alone(goods: list[Path]) -> list[Outcome]:
    with Workers(1, SMALL) as workers:
        return list(workers.process(goods))


def test_good_files_are_read(goods: list[Path], alone: list[Outcome]) -> None:
    assert [outcome.path for outcome in alone] == goods
    for number, outcome in enumerate(alone):
        assert outcome.state == "ready"
        assert outcome.source is not None and outcome.split is not None
        assert len(outcome.source.pages) == 2
        assert f"Word{number} stays the same on page 2" in outcome.source.pages[1].text
        assert outcome.split.passages
        assert outcome.cpu > 0


def test_bad_files_get_a_state_and_leave_the_good_alone(
    goods: list[Path], alone: list[Outcome], tmp_path: Path
) -> None:
    bads = []
    for name, data in BAD.items():
        bads.append(tmp_path / f"{name}.pdf")
        bads[-1].write_bytes(data)
    mixed = [path for pair in zip(bads, goods * 2, strict=False) for path in pair]
    with Workers(2, SMALL) as workers:
        outcomes = list(workers.process(mixed))
    assert [outcome.path for outcome in outcomes] == mixed
    assert [o for o in outcomes if o.path in goods][: len(goods)] == alone
    for outcome in outcomes:
        assert outcome.state in STATES
        assert (outcome.source is None) == (outcome.reason is not None) == (outcome.split is None)
        assert "\n" not in (outcome.reason or "")
    states = {outcome.path.stem: outcome for outcome in outcomes}
    assert states["empty"].state == "empty"
    assert states["empty"].reason == "file is empty"
    assert not any(outcome.transient for outcome in outcomes)
    assert states["random"].state == "failed"


def test_a_child_that_dies_costs_one_file(goods: list[Path], tmp_path: Path) -> None:
    """The memory limit is real: the same file passes with more of it."""
    hungry = tmp_path / "hungry.pdf"
    hungry.write_bytes(by_hand(packed(b"q " * 40_000_000)))
    with Workers(1, Limits(memory=400 * 1024 * 1024, cpu=6, wall=60)) as workers:
        first, second, third = workers.process([goods[0], hungry, goods[1]])
    assert second.state == "failed"
    assert second.reason is not None and second.reason.startswith("could not be read safely")
    assert second.sha256 is not None
    assert not second.transient
    assert first.state == third.state == "ready"


def test_time_runs_out(goods: list[Path], tmp_path: Path) -> None:
    slow = tmp_path / "slow.pdf"
    slow.write_bytes(BAD["a_minute_of_text"])
    with Workers(1, Limits(cpu=1.0, wall=60, second_reading=0.2)) as workers:
        outcome, good = workers.process([slow, goods[0]])
    assert outcome.reason == "could not be read safely: it took too long"
    assert not outcome.transient
    assert good.state == "ready"
    with Workers(1, Limits(wall=1.0)) as workers:
        outcome, _ = workers.process([slow, goods[0]])
    assert outcome.reason == "could not be read safely: it took too long"
    assert outcome.transient


def test_a_slow_caller_does_not_make_files_late(goods: list[Path]) -> None:
    with Workers(1, Limits(wall=20)) as workers:
        outcomes = workers.process(goods[:3])
        first = next(outcomes)
        time.sleep(21)
        assert [o.state for o in (first, *outcomes)] == ["ready"] * 3


@pytest.mark.parametrize(
    ("event", "renewed"),
    [
        (Progress(step="page", done=1, total=30), True),
        (Progress(step="check", done=1, total=30), True),
        (Progress(step="ocr", done=1, total=30), True),
        (Hashed(sha256="a" * 64), False),
    ],
)
def test_a_file_that_gets_on_is_not_late(tmp_path: Path, event: Event, renewed: bool) -> None:
    job = _Job(0, tmp_path / "slow.pdf", tmp_path / "out", deadline=0.0)
    child: Any = SimpleNamespace(job=job, process=SimpleNamespace(stop=lambda: 0))
    with Workers(1, Limits(wall=3600)) as workers:
        workers._children.append(child)
        list(workers._take(child, event))
    assert (job.deadline > time.monotonic()) == renewed


def test_progress_is_told_page_by_page(goods: list[Path]) -> None:
    seen = []
    with Workers(1, SMALL, on_page=lambda *event: seen.append(event)) as workers:
        list(workers.process(goods[:1]))
    assert seen == [(goods[0], "page", 1, 2), (goods[0], "page", 2, 2)]


def test_a_file_that_changes_while_it_is_read(tmp_path: Path) -> None:
    path = good_pdf(tmp_path / "growing.pdf", "growing text", pages=40)

    def grow(*_event: Any) -> None:
        if path.stat().st_size < 10_000_000:
            with path.open("ab") as file:
                file.write(b"more")

    with Workers(1, SMALL, on_page=grow) as workers:
        (outcome,) = workers.process([path])
    assert outcome.reason is not None
    assert "changed while it was being read" in outcome.reason


def test_odd_file_names(goods: list[Path], tmp_path: Path) -> None:
    names = [b"\xff\xfe.pdf", "ñandú \u202e.pdf".encode(), b"a\nb.pdf", b"'; rm -rf.pdf"]
    paths = []
    for name in names:
        target = os.fsencode(tmp_path) + b"/" + name
        Path(os.fsdecode(target)).write_bytes(goods[0].read_bytes())
        paths.append(Path(os.fsdecode(target)))
    with Workers(1, SMALL) as workers:
        assert [(o.path, o.state) for o in workers.process(paths)] == [(path, "ready") for path in paths]


def test_nothing_is_left_behind(goods: list[Path]) -> None:
    with Workers(2, SMALL) as workers:
        assert workers._folder is not None
        folder = Path(workers._folder.name)
        for outcome in workers.process(goods):
            assert outcome.state == "ready"
            break
    assert not folder.exists()
    assert workers._children == []


def test_parent_memory_stays_flat(goods: list[Path]) -> None:
    with Workers(1, SMALL) as workers:
        for _ in workers.process(goods):
            pass
        gc.collect()
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        for _ in workers.process(goods * 5):
            pass
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 10_000  # kilobytes


# The soak is `python bench/soak.py --mutants 10000`.
MUTANTS = 300


def test_mutants(goods: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ingest.sandbox.pool.FILES_PER_CHILD", 150)
    origin = goods[0].read_bytes()
    paths = []
    for seed in range(MUTANTS):
        paths.append(tmp_path / f"{seed}.pdf")
        paths[-1].write_bytes(mutate(origin, random.Random(seed)))
    with Workers(2, SMALL) as workers:
        outcomes = list(workers.process(paths))
    assert [outcome.path for outcome in outcomes] == paths
    for outcome in outcomes:
        assert outcome.state in STATES
        assert (outcome.source is None) == (outcome.reason is not None)


def test_results_cut_off_are_refused(alone: list[Outcome], tmp_path: Path) -> None:
    import io

    out = io.BytesIO()
    source, split = alone[0].source, alone[0].split
    assert source is not None and split is not None
    protocol.write(out, source, split)
    lines = out.getvalue().splitlines(keepends=True)
    assert protocol.read(lines) == (source, split)
    for keep in range(len(lines)):
        with pytest.raises(BadMessage, match=r"cut off|not a reading"):
            protocol.read(lines[:keep])
    with pytest.raises(BadMessage, match=r"cut off|not a reading"):
        protocol.read([b'{"format": 1}'])


def test_without_room_for_temporary_files_is_one_plain_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "none"))
    with pytest.raises(PinciteError, match=r"temporary files can be made \(No such file.*TMPDIR"), Workers():
        pytest.fail("there is no place for results")


def test_a_child_that_cannot_be_started_is_one_plain_line_and_leaves_nothing(
    goods: list[Path], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr(sys, "executable", str(tmp_path / "none"))
    with pytest.raises(PinciteError, match=r"cannot be started \(No such file"), Workers() as workers:
        list(workers.process(goods))
    assert list(tmp_path.iterdir()) == []


# Name of the case -> CPU seconds used, whether the child could run, waits before, whether it waits again.
SILENT = {
    "no turn": (0.4, True, 0, True),
    "no turn, for long": (0.4, True, MOST_WAITS - 1, True),
    "no turn, for too long": (0.4, True, MOST_WAITS, False),
    "asleep": (0.4, False, 0, False),
    "in circles": (2.5, True, 0, False),
}


@pytest.mark.parametrize("case", SILENT)
def test_a_reader_without_a_turn_gets_its_time_again(tmp_path: Path, case: str) -> None:
    used, could_run, waits, waits_on = SILENT[case]
    job = _Job(
        0, tmp_path / "slow.pdf", tmp_path / "out", deadline=0.0, cpu_before=3, cpu_then=3, waits=waits
    )
    process = SimpleNamespace(
        stop=lambda: 0, cpu_seconds=lambda: 3 + used, waits_for_processor=lambda: could_run
    )
    child: Any = SimpleNamespace(job=job, process=process)
    with Workers(1, Limits(wall=8)) as workers:
        workers._children.append(child)
        late = list(workers._late())
    assert (job.deadline > time.monotonic(), late == []) == (waits_on, waits_on)
    assert (job.waits, job.cpu_then) == ((waits + 1, 3 + used) if waits_on else (waits, 3))


@pytest.mark.skipif(sys.platform != "linux", reason="told by /proc")
def test_whether_a_child_could_run_is_told() -> None:
    child = ChildProcess("tests.obedient_child", "x")
    try:
        child.send({"do": "echo", "text": "x"})
        child.line(4096)
        for _ in range(100):
            if not child.waits_for_processor():
                break
            time.sleep(0.02)
        assert not child.waits_for_processor()
        child.send({"do": "spin"})
        for _ in range(200):
            if child.waits_for_processor():
                break
            time.sleep(0.02)
        assert child.waits_for_processor()
    finally:
        child.stop()
    assert not child.waits_for_processor()
