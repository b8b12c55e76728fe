"""A served site takes up what other machines publish, and goes on where the library's database is away."""

import json
import logging
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from postgres_server import PostgresServer
from running_service import running

from app import i18n
from app.cli import main
from app.service.following import Follower
from app.ui import crash
from index.snapshot import shared
from ingest.errors import LibraryAway, LibraryDamaged
from ingest.library.library import Library
from ingest.library.place import point_at


@pytest.fixture
def opened(tmp_path: Path) -> Library:
    return Library.open(tmp_path, create=True)


def test_what_fails_is_told_once_and_that_it_is_over(
    opened: Library, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    answers: list[object] = [True, LibraryAway("away."), LibraryAway("away."), LibraryDamaged("bad."), False]

    def take_up(_: Library) -> object:
        answer = answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    monkeypatch.setattr(shared, "take_up", take_up)
    follower = Follower(lambda: opened)
    assert [follower.take_up_newest() for _ in range(5)] == [True, False, False, False, False]
    assert [(record.levelname, record.message.split()[0]) for record in caplog.records] == [
        ("WARNING", "away."),
        ("ERROR", "bad."),
        ("WARNING", "the"),
    ]
    opened.close()


def test_the_thread_outlives_what_nobody_foresaw(
    opened: Library, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    looks: list[int] = []

    def sleep(_: float) -> None:
        looks.append(1)
        if len(looks) == 3:
            raise KeyboardInterrupt

    monkeypatch.setattr("app.service.following.time.sleep", sleep)
    monkeypatch.setattr(Follower, "take_up_newest", lambda self: 1 / 0)
    with pytest.raises(KeyboardInterrupt):
        Follower(lambda: opened).keep_on()
    assert caplog.text.count("could not be looked at") == 2
    opened.close()


@pytest.mark.parametrize("language", ["en", "es", "pt"])
def test_the_page_says_what_is_away_and_keeps_other_faults_to_the_log(language: str) -> None:
    words = i18n.words(language)
    told = crash.told(words, LibraryAway("postgresql://host: away"))
    assert "host" not in told
    assert told == words(
        "The database of the library cannot be reached. Questions are still answered; try again in a moment."
    )
    assert len(crash.told(words, ValueError("secret")).split(":")[-1].strip(" .")) == 8


def get(address: str) -> tuple[int, Any]:
    try:
        with urllib.request.urlopen(address, timeout=10) as answer:
            return answer.status, json.loads(answer.read())
    except urllib.error.HTTPError as error:
        return error.code, json.loads(error.read())


def until(what: Callable[[], bool], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < deadline, "not within the time"
        time.sleep(0.2)


@pytest.mark.slow
def test_two_servers_of_one_library(schema_url: str, postgres: PostgresServer, tmp_path: Path) -> None:
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    (corpus / "a.txt").write_text("Waiting times fell to nine days in the clinics of Lima.")
    folders = [tmp_path / name for name in ("writer", "one", "two")]
    for folder in folders:
        point_at(folder, schema_url)

    def ingest() -> None:
        with pytest.raises(SystemExit) as stop:
            main(["ingest", str(corpus), "--library", str(folders[0]), "--progress", "none"])
        assert stop.value.code == 0

    def found(address: str, file: str) -> bool:
        status, answer = get(f"{address}/api/search?q=oxygen+clinics&mode=lexical")
        return status == 200 and file in {hit["document"]["file"] for hit in answer["hits"]}

    ingest()
    configs = [tmp_path / name for name in ("c1", "c2")]
    for config in configs:
        config.mkdir()
    with (
        running("api", folders[1], configs[0], "", path="/readyz") as one,
        running("api", folders[2], configs[1], "", path="/readyz") as two,
    ):
        until(lambda: found(one, "a.txt") and found(two, "a.txt"))
        (corpus / "b.txt").write_text("Oxygen is short in winter at the border posts.")
        ingest()
        until(lambda: found(one, "b.txt") and found(two, "b.txt"))
        postgres.stop()
        try:
            assert found(one, "b.txt") and found(two, "b.txt"), "what the machines have answers on"
            status, fault = get(f"{one}/api/documents")
            assert status == 503 and "cannot be reached" in fault["error"]
            assert "s3cret" not in json.dumps(fault)
        finally:
            postgres.start()
        until(lambda: get(f"{one}/api/documents")[0] == 200)
    logs = "".join((config / "api.log").read_text() for config in configs)
    assert "Traceback" not in logs and "oxygen" not in logs
