"""A child is started, told, heard and ended, and holds itself to its limits."""

import sys
import time
from collections.abc import Iterator

import pytest

from ingest.readers.limits import MIB
from ingest.sandbox import process as module
from ingest.sandbox.own_limits import EXIT_CPU
from ingest.sandbox.process import ChildProcess

linux = pytest.mark.skipif(sys.platform != "linux", reason="the limit of the address space is Linux's")


@pytest.fixture
def child() -> Iterator[ChildProcess]:
    one = ChildProcess("tests.obedient_child", "good day,")
    yield one
    one.stop()


def ended(child: ChildProcess) -> bool:
    until = time.monotonic() + 10
    while child.alive and time.monotonic() < until:
        time.sleep(0.01)
    return not child.alive


@pytest.mark.parametrize("text", ["plain", "ñ \u202e", "two\nlines", "\udcff as in a name of bytes", "a\0b"])
def test_orders_come_whole_whatever_is_in_them(child: ChildProcess, text: str) -> None:
    child.send({"do": "echo", "text": text})
    assert child.line(4096) == f"good day, {text!r}\n".encode()


def test_what_a_library_prints_is_no_answer(child: ChildProcess) -> None:
    child.send({"do": "echo", "text": "first"})
    assert child.line(4096).startswith(b"good day")


def test_an_answer_is_read_with_a_limit(child: ChildProcess) -> None:
    child.send({"do": "bytes", "count": 100_000})
    assert child.line(10) == b"x" * 10
    assert child.read(90) == b"x" * 90


def test_a_child_that_ended_answers_nothing_and_says_how(child: ChildProcess) -> None:
    child.send({"do": "leave", "code": 7})
    assert child.line(4096) == b""
    assert child.exit_code() == 7
    assert not child.alive
    with pytest.raises(OSError, match=r"[Bb]roken|Invalid"):
        child.send({"do": "echo", "text": "x" * 1_000_000})


def test_a_child_that_only_closed_its_output_is_ended_after_a_while(
    child: ChildProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "PATIENCE", 0.2)
    child.send({"do": "close"})
    assert child.line(4096) == b""
    assert child.exit_code() == -9


def test_a_killed_child_is_heard_no_more_and_stopping_twice_is_no_fault(child: ChildProcess) -> None:
    assert child.alive and child.pid > 0
    child.kill()
    assert child.line(4096) == b""
    assert child.stop() == child.stop() == -9
    assert ended(child)


def test_a_child_that_cannot_be_started_is_an_error_of_the_system(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/none/python")
    with pytest.raises(FileNotFoundError):
        ChildProcess("tests.obedient_child")


@linux
def test_memory_above_the_limit_is_refused(child: ChildProcess) -> None:
    limits = {"memory": 700 * MIB}
    child.send({"do": "grow", "count": 800 * MIB, "limits": limits})
    assert child.line(4096) == b"refused\n"
    child.send({"do": "grow", "count": MIB, "limits": limits})
    assert child.line(4096) == b"%d\n" % MIB


def test_cpu_time_above_the_limit_ends_the_child_with_a_code_that_says_so(child: ChildProcess) -> None:
    child.send({"do": "burn", "limits": {"cpu": 0.3}})
    assert child.line(4096) == b""
    assert child.exit_code() == EXIT_CPU


def test_peak_memory_grows_and_never_shrinks(child: ChildProcess) -> None:
    child.send({"do": "peak"})
    before = int(child.line(4096))
    child.send({"do": "grow", "count": 64 * MIB, "limits": {}})
    child.line(4096)
    child.send({"do": "peak"})
    assert int(child.line(4096)) - before > 32 * MIB
