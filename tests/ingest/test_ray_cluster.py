"""How a Ray cluster is named and joined, and what a node does with a document; without any cluster."""

import hashlib
import sys
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from pdf_samples import simple

from app.cli import main
from ingest.errors import PinciteError, UsageError
from ingest.readers.limits import Limits
from ingest.readers.version import ReaderVersion
from ingest.sandbox import protocol, ray_cluster
from ingest.sandbox.pool import Workers
from ingest.sandbox.ray_cluster import Cluster, address_of, joined
from ingest.sandbox.ray_task import Board, Order, read_document, reads_alike

ADDRESSES = {
    "ray": True,
    "ray://head:10001": True,
    "ray://10.0.0.7:10001": True,
    "ray://[fd00::2]:10001": True,
    "": False,
    "Ray": False,
    "spark": False,
    "ray://": False,
    "ray://head": False,
    "ray://head:0": False,
    "ray://head:70000": False,
    "ray://head:10001/path": False,
    "ray://user@head:10001": False,
    "http://head:10001": False,
}


@pytest.mark.parametrize("written", ADDRESSES)
def test_a_cluster_is_named_in_two_ways(written: str) -> None:
    if ADDRESSES[written]:
        assert address_of(written) == written
    else:
        with pytest.raises(UsageError, match="names no Ray cluster"):
            address_of(written)


def test_another_word_after_on_is_wrong_usage(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "corpus").mkdir()
    with pytest.raises(SystemExit) as ended:
        main(["ingest", str(tmp_path / "corpus"), "--library", str(tmp_path / "library"), "--on", "spark"])
    assert ended.value.code == UsageError.exit_code
    assert "'spark' names no Ray cluster" in capsys.readouterr().err
    assert not (tmp_path / "library").exists()


def test_the_missing_package_is_named_with_its_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(PinciteError) as told, joined("ray"):
        pass
    assert 'pip install "pincite[ray]"' in str(told.value)
    assert "\n" not in str(told.value)


def test_a_client_server_that_does_not_answer_is_told_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ray_cluster, "package", lambda: SimpleNamespace(is_initialized=lambda: False))
    with pytest.raises(PinciteError, match=r"ray://127\.0\.0\.1:9 cannot be joined .*Nothing was read"):
        joined("ray://127.0.0.1:9").__enter__()


def test_neither_does_it_wait_for_a_cluster_that_is_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ray_cluster, "package", lambda: SimpleNamespace(is_initialized=lambda: False))
    monkeypatch.setenv("RAY_ADDRESS", "127.0.0.1:9")
    with pytest.raises(PinciteError, match=r"the Ray cluster 127\.0\.0\.1:9 cannot be joined"):
        joined("ray").__enter__()


def test_nor_for_the_one_whose_address_was_left_on_this_machine(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    pytest.importorskip("ray")
    (tmp_path / "ray").mkdir()
    (tmp_path / "ray" / "ray_current_cluster").write_text("127.0.0.1:9")
    monkeypatch.delenv("RAY_ADDRESS", raising=False)
    monkeypatch.setenv("RAY_TMPDIR", str(tmp_path))
    begun = time.monotonic()
    with pytest.raises(PinciteError, match=r"the Ray cluster 127\.0\.0\.1:9 cannot be joined"):
        joined("ray").__enter__()
    assert time.monotonic() - begun < 20


def test_a_cluster_has_the_cores_of_its_nodes() -> None:
    nodes: list[dict[str, Any]] = [
        {"Alive": True, "Resources": {"CPU": 4.0, "GPU": 1.0}},
        {"Alive": True, "Resources": {}},
        {"Alive": False, "Resources": {"CPU": 64.0}},
    ]
    ray = SimpleNamespace(is_initialized=lambda: True, nodes=lambda: nodes)
    assert ray_cluster._described(ray) == Cluster(ray, (4, 0), 1)
    assert Cluster(ray, (4, 0), 1).cores == 4
    assert Cluster(ray, (), 0).cores == 1


def test_what_ray_raises_becomes_one_line() -> None:
    class RayError(Exception):
        pass

    cluster = Cluster(SimpleNamespace(exceptions=SimpleNamespace(RayError=RayError)), (1,), 0)
    for fault in (RayError("the head\nis gone"), ConnectionError("refused")):
        with pytest.raises(PinciteError, match="went away") as told, cluster.telling_of_loss():
            raise fault
        assert "\n" not in str(told.value)


def test_readers_are_alike_by_number_and_languages() -> None:
    assert reads_alike("13+eng+spa", "13+spa+eng")
    assert not reads_alike("13+eng", "13+eng+spa")
    assert not reads_alike("12+eng", "13+eng")


def test_the_board_gives_each_page_once() -> None:
    board = Board()
    board.tell([(0, "page", 1, 2), (1, "ocr", 1, 1)])
    board.tell([(0, "page", 2, 2)])
    assert board.taken() == [(0, "page", 1, 2), (1, "ocr", 1, 1), (0, "page", 2, 2)]
    assert board.taken() == []


def order(version: str | None = None) -> Order:
    return Order(0, "paper.pdf", Limits(), False, version or str(ReaderVersion.current()))


def test_a_node_reads_what_this_machine_reads(tmp_path: Path) -> None:
    data = simple(2)
    (tmp_path / "paper.pdf").write_bytes(data)
    with Workers(1, ocr=False) as workers:
        (here,) = workers.process([tmp_path / "paper.pdf"])
    read = read_document(order(), np.frombuffer(data, np.uint8), None)
    assert read.sha256 == hashlib.sha256(data).hexdigest()
    assert read.done is not None
    assert read.done.reason is None
    source, split = protocol.read(read.result.splitlines(keepends=True))
    assert (source, split) == (here.source, here.split)


def test_a_damaged_document_comes_back_with_its_reason() -> None:
    read = read_document(order(), np.frombuffer(b"%PDF-1.7\n", np.uint8), None)
    assert read.done is not None
    assert read.done.state == "failed"
    assert read.result == b""


def test_a_node_with_another_reader_reads_nothing() -> None:
    read = read_document(order("1+eng"), np.frombuffer(simple(1), np.uint8), None)
    assert (read.done, read.result) == (None, b"")
    assert read.version == str(ReaderVersion.current())
