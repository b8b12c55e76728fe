"""Where an ingest reads and embeds: here, or on the cluster that `--on` names."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from types import SimpleNamespace

import pytest

from app.cli import main
from app.commands import computing
from app.commands import ingest as ingest_command
from app.commands.computing import AskedModel, Place
from app.commands.progress import Progress, Reporter
from index.embedding import loading
from ingest.errors import ClusterAway, UsageError
from ingest.sandbox import ray_cluster
from ingest.sandbox.pool import Workers
from ingest.sandbox.ray_cluster import Cluster
from ingest.sandbox.ray_pool import RayWorkers


@pytest.fixture
def cluster(monkeypatch: pytest.MonkeyPatch) -> Cluster:
    """A cluster of two nodes, which is joined without any Ray; it prints, as Ray does."""
    made = Cluster(SimpleNamespace(), (4, 2), 1)

    @contextmanager
    def joined(address: str) -> Iterator[Cluster]:
        assert address == "ray"
        print("(raylet) A worker died")
        yield made

    monkeypatch.setattr(ray_cluster, "joined", joined)
    return made


def test_without_a_name_this_machine_does_it() -> None:
    with computing.computing(None, 3) as place:
        assert place == Place(3)
        assert place.open_reader is Workers
        said: list[str] = []
        place.tell(said.append)
        assert said == []


def test_the_word_for_this_machine_goes_before_the_settings(cluster: Cluster) -> None:
    with computing.computing(ray_cluster.LOCAL, 3) as place:
        assert place == Place(3)


RAN_ON = {
    "the settings name it": ("ray://head:10001", None, False, "ray://head:10001"),
    "the option goes first": ("ray://head:10001", "ray", False, "ray"),
    "here all the same": ("ray://head:10001", "local", False, "local"),
    "a dry run reads nothing": ("ray://head:10001", None, True, None),
    "neither": (None, None, False, None),
}


@pytest.mark.parametrize("case", RAN_ON)
@pytest.mark.parametrize("command", ["ingest", "watch"])
def test_the_cluster_of_the_settings_and_that_of_the_option(
    case: str, command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written, on, dry, expected = RAN_ON[case]
    if command == "watch" and dry:
        return
    (tmp_path / "corpus").mkdir()
    monkeypatch.chdir(tmp_path)
    if written:
        Path("pincite.toml").write_text(f'ray = "{written}"\n', encoding="utf-8")
    asked: list[str | None] = []

    def computing_there(where: str | None, _: int | None) -> None:
        asked.append(where)
        raise ClusterAway("asked")

    monkeypatch.setattr(ingest_command, "computing", computing_there)
    words = [command, "corpus", "--library", "library", *(["--on", on] if on else [])]
    with pytest.raises(SystemExit):
        main([*words, *(["--dry-run"] if dry else [])])
    assert asked == [expected]


def test_on_a_cluster_a_file_a_core_is_read_at_a_time(cluster: Cluster) -> None:
    with computing.computing("ray", None) as place:
        assert place.workers == 6
        assert isinstance(place.open_reader, partial)
        assert (place.open_reader.func, place.open_reader.args) == (RayWorkers, (cluster,))
    with computing.computing("ray", 2) as place:
        assert place.workers == 2


def test_it_is_told_which_machines_work(cluster: Cluster) -> None:
    said: list[str] = []
    Place(6, cluster).tell(said.append)
    assert said == ["Reading and embedding on Ray: 2 nodes, 6 cores, 1 GPU."]


def test_what_ray_prints_goes_to_the_log_and_not_between_the_json(
    cluster: Cluster, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    reporter = Reporter(Progress.json)
    with caplog.at_level(logging.INFO), computing.computing("ray", None):
        reporter.loading_model()
    assert capsys.readouterr().out == '{"stage": "model", "done": 0, "total": 0}\n'
    assert "(raylet) A worker died" in caplog.text


def test_another_name_is_wrong_usage() -> None:
    with pytest.raises(UsageError, match="'dask' names no Ray cluster"):
        computing.computing("dask", None).__enter__()


def test_a_model_is_loaded_here_once(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[dict[str, object]] = []

    def load(name: str | None, **how: object) -> object:
        asked.append({"name": name, **how})
        return object()

    monkeypatch.setattr(loading, "load_model", load)
    computing._loaded_here.cache_clear()
    wanted = AskedModel("some", Path("cache"), 2, Place())
    assert wanted.load() is wanted.load()
    assert asked == [{"name": "some", "cache": Path("cache"), "cores": 2}]
    computing._loaded_here.cache_clear()
