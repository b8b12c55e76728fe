"""F29: what fails is told with the right status, and names no folder of the server to those who come from outside."""

import logging
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from app.service import site
from app.service.site import Site, told
from app.settings import Settings
from app.web.api import application
from app.web.routes import search
from ingest.errors import LibraryBusy, LibraryDamaged, ModelUnavailable, NewerFormat, PinciteError, UsageError

OUTSIDE = Settings(public_url="https://papers.example", api_token="s3cret", model="/srv/models/e5")
TOKEN = {"Authorization": "Bearer s3cret"}


def at(folder: Path, settings: Settings = OUTSIDE) -> Site:
    return Site(folder / "library", folder / "corpus", settings)


def test_folders_are_named_by_their_last_names_where_others_come_in(tmp_path: Path) -> None:
    written = f"{tmp_path}/library/library.db is damaged. Run: pincite ingest {tmp_path}/corpus --rebuild"
    there = "library/library.db is damaged. Run: pincite ingest corpus --rebuild"
    assert told(written, at(tmp_path)) == there
    assert told(UsageError("/srv/models/e5: no weights"), at(tmp_path)) == "e5: no weights"
    assert str(Path.home()) not in told(f"{Path.home()}/x.toml: unknown key", at(tmp_path))


def test_on_this_machine_the_whole_path_is_told(tmp_path: Path) -> None:
    written = f"{tmp_path}/library is damaged"
    assert told(written, at(tmp_path, Settings())) == written
    assert told(written, Site(tmp_path / "library", host="0.0.0.0")) == "library is damaged"


def test_a_root_as_corpus_takes_nothing_away() -> None:
    assert told("/api/x: no such address", Site(Path("/"), Path("/"), OUTSIDE)) == "/api/x: no such address"


STATUS: dict[type[PinciteError], int] = {
    UsageError: 400, PinciteError: 400, LibraryDamaged: 503, NewerFormat: 503, LibraryBusy: 503, ModelUnavailable: 503,
}  # fmt: skip


@pytest.mark.parametrize("kind", STATUS)
def test_a_fault_of_the_server_is_no_fault_of_the_request(
    kind: type[PinciteError], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = failing(kind(f"{tmp_path}/library: something"), tmp_path, monkeypatch)
    assert answer.status_code == STATUS[kind]
    assert answer.json()["error"] == "library: something"
    assert ("retry-after" in answer.headers) == (STATUS[kind] == 503)


@pytest.mark.parametrize("kind", [OSError, RuntimeError, KeyError])
def test_what_nobody_thought_of_has_a_reference_and_nothing_else(
    kind: type[Exception], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR):
        answer = failing(kind(f"{tmp_path}/library: secret"), tmp_path, monkeypatch)
    assert answer.status_code == 500
    error = answer.json()["error"]
    assert error.startswith("something went wrong; reference ")
    assert any(error.rpartition(" ")[2] in line.getMessage() for line in caplog.records)
    assert str(tmp_path) not in answer.text and "Traceback" not in answer.text


def failing(error: Exception, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Return the answer of a site on which every search fails."""
    here, before = at(folder), site.current()
    monkeypatch.setattr(search, "engine", lambda: (_ for _ in ()).throw(error))
    site.install(here)
    try:
        client = TestClient(
            application(here), base_url="https://papers.example", raise_server_exceptions=False
        )
        return client.get("/api/search", params={"q": "insurance"}, headers=TOKEN)
    finally:
        site.install(before)
