"""F33: the library on a PostgreSQL server, by the commands: moved there and back, two machines, a restart."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest
from postgres_server import PostgresServer

from app.cli import main
from index.snapshot.paths import snapshot_folder
from index.snapshot.snapshot import read_current
from ingest.errors import LibraryAway, LibraryBusy
from ingest.library.library import Library
from ingest.library.writer import busy, write_lock

pytestmark = pytest.mark.slow

CHILD = (sys.executable, "-c", "from app.cli import main; main()")
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    """Run a command of pincite in this process: (exit code, standard output, standard error)."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))

    def command(*words: str) -> tuple[int, str, str]:
        capfd.readouterr()
        with pytest.raises(SystemExit) as stop:
            main([str(word) for word in words])
        out, err = capfd.readouterr()
        return int(stop.value.code or 0), out, err

    return command


def machine(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    """Go on as another machine: it knows the same URL and has a folder of its own."""
    monkeypatch.setenv("PINCITE_LIBRARY_FOLDER", str(folder))


def exported(run: Run, library: str | Path) -> list[str]:
    """Return all that can be exported of a library, as text."""
    parts = []
    for what in ("passages", "pages", "documents", "uncovered"):
        code, out, err = run("export", what, "--library", library)
        assert code == 0, err
        parts.append(out)
    parts.append(run("export", "documents", "--format", "ris", "--library", library)[1])
    return parts


def test_a_library_moves_to_the_server_and_back_and_exports_stay_the_same(
    run: Run, small_corpus: Path, small_library: Path, schema_url: str, tmp_path: Path
) -> None:
    typed, back = tmp_path / "typed", tmp_path / "back"
    assert run("library", "copy", small_library, typed)[0] == 0
    with Library.open(typed) as library, library.writing():
        document = library.document("clinics.pdf")
        assert document is not None
        library.set_override(document.id, "title", "Clínicas — «Lima» \u2028")
    before = exported(run, typed)
    assert "Clínicas" in before[2]

    code, _, err = run("library", "copy", typed, schema_url)
    assert code == 0, err
    assert "1 with values that people typed" in err
    assert exported(run, schema_url) == before
    code, _, err = run("library", "copy", typed, schema_url)
    assert code == 1 and "something here already" in err
    assert run("library", "copy", schema_url, back)[0] == 0
    assert exported(run, back) == before
    assert run("doctor", "--library", back)[1].count("none yet") == 1, "a copy has no snapshot yet"

    code, _, err = run("ingest", small_corpus, "--library", schema_url, "--progress", "none")
    assert code == 3 and "4 files unchanged" in err, "nothing is read again"
    assert exported(run, schema_url) == before
    code, out, err = run("doctor", "--library", schema_url)
    assert (code, out.strip().splitlines()[-1]) == (0, "All sound."), out + err
    found = json.loads(run("search", "consultations", "--json", "--library", schema_url)[1])
    local = json.loads(run("search", "consultations", "--json", "--library", small_library)[1])
    assert [hit["passage_id"] for hit in found["hits"]] == [hit["passage_id"] for hit in local["hits"]]
    assert found["hits"][0]["document"]["title"].startswith("Clínicas")


def test_all_commands_work_by_the_url_in_the_settings(
    run: Run, small_corpus: Path, schema_url: str, tmp_path: Path
) -> None:
    (tmp_path / "pincite.toml").write_text(
        f'library = "{schema_url}"\nlibrary_folder = "here"\ncorpus = "{small_corpus}"\n'
    )
    assert run("search", "anything")[0] == 1
    assert run("ingest", "--dry-run", "--progress", "none")[0] == 0
    assert run("status")[0] == 1, "a dry run makes no library"
    assert run("ingest", "--progress", "none")[0] == 3
    facts = json.loads(run("status", "--json")[1])
    assert facts["library"] == str(tmp_path / "here")
    assert facts["database"].startswith("postgresql://pincite@127.0.0.1")
    assert "s3cret" not in json.dumps(facts)
    assert facts["documents"]["total"] == 4
    assert facts["not_searchable"] == {"new": [], "changed": [], "removed": [], "stale": False}
    assert "Database  postgresql://pincite@" in run("status")[1]
    out = tmp_path / "answer.json"
    out.write_text(run("search", "measles vaccine", "--json")[1])
    assert run("verify", out)[0] == 0
    assert run("backup", "b.zip")[0] == 0
    assert run("restore", "b.zip")[0] == 1
    code, _, err = run("restore", "b.zip", "--replace")
    assert code == 0 and "_before_" in err, err
    assert run("doctor")[0] == 0
    assert run("restore", "b.zip", "--library", "local")[0] == 0
    assert run("doctor", "--library", "local")[0] == 0
    assert exported(run, "local") == exported(run, schema_url)


def test_all_is_read_anew_into_an_empty_schema_and_what_was_typed_stays(
    run: Run, small_corpus: Path, schema_url: str, postgres: PostgresServer, tmp_path: Path
) -> None:
    assert run("ingest", small_corpus, "--library", schema_url, "--progress", "none")[0] == 3
    folder = Path(json.loads(run("status", "--json", "--library", schema_url)[1])["library"])
    with Library.open(folder) as library:
        ident = library.documents()[1].id
        library.set_override(ident, "year", 1999)
        state = library.state()
    code, _, err = run("ingest", small_corpus, "--library", schema_url, "--rebuild", "--progress", "none")
    assert code == 3 and "kept as schema" in err, err
    with Library.open(folder) as library:
        assert library.overrides(ident) == {"year": 1999}
        assert library.state().split(":")[0] != state.split(":")[0]
    assert not (folder / "typed.jsonl").exists()
    assert run("doctor", "--library", schema_url)[0] == 0


def test_another_machine_takes_up_each_generation_and_answers_while_the_server_is_away(
    run: Run,
    schema_url: str,
    *,
    postgres: PostgresServer,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    corpus, one, two = tmp_path / "corpus", tmp_path / "one", tmp_path / "two"
    corpus.mkdir()
    (corpus / "a.txt").write_text("Waiting times fell to nine days in the clinics of Lima.")
    monkeypatch.setenv("PINCITE_LIBRARY", schema_url)
    machine(monkeypatch, one)
    assert run("ingest", corpus, "--progress", "none")[0] == 0
    machine(monkeypatch, two)
    assert "a.txt" in run("search", "waiting times", "--json")[1]
    assert read_current(snapshot_folder(one)) == read_current(snapshot_folder(two))

    (corpus / "b.txt").write_text("Oxygen is short in winter at the border posts.")
    assert run("ingest", corpus, "--progress", "none")[0] == 0, "the other machine goes on with the ingest"
    machine(monkeypatch, one)
    assert "b.txt" in run("search", "oxygen", "--json")[1]
    assert read_current(snapshot_folder(one)) == read_current(snapshot_folder(two))
    assert run("doctor")[0] == 0

    postgres.stop()
    try:
        begun = time.monotonic()
        code, out, err = run("search", "oxygen", "--json")
        assert (code, "b.txt" in out) == (0, True), err
        assert "cannot be reached" in caplog.text and "the index that this machine has" in caplog.text
        for words in (
            ["status"],
            ["ingest", str(corpus), "--progress", "none"],
            ["doctor"],
            ["export", "pages"],
        ):
            code, _, err = run(*words)
            assert code == 1 and "cannot be reached" in err and len(err.strip().splitlines()) == 1, err
        assert time.monotonic() - begun < 15
        machine(monkeypatch, tmp_path / "three")
        code, _, err = run("search", "oxygen")
        assert code == 1 and "cannot be reached" in err
    finally:
        postgres.start()
    assert "b.txt" in run("search", "oxygen", "--json")[1], "a new machine, once the server is back"


def test_two_writers_on_two_machines(
    run: Run, schema_url: str, small_corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    monkeypatch.setenv("PINCITE_LIBRARY", schema_url)
    machine(monkeypatch, one)
    assert run("ingest", small_corpus, "--progress", "none")[0] == 3
    machine(monkeypatch, two)
    assert run("status")[0] == 0
    with write_lock(one):
        assert busy(one) and busy(two)
        assert json.loads(run("status", "--json")[1])["ingest_running"]
        code, _, err = run("ingest", small_corpus, "--progress", "none")
        assert code == LibraryBusy.exit_code
        assert f"process {os.getpid()}" in err, "the holder is named"
        machine(monkeypatch, one)
        assert run("ingest", small_corpus, "--progress", "none")[0] == LibraryBusy.exit_code
    assert not busy(one)
    assert run("ingest", small_corpus, "--progress", "none")[0] == 3


def test_who_lost_the_lock_can_no_longer_write(
    run: Run, schema_url: str, small_corpus: Path, postgres: PostgresServer
) -> None:
    assert run("ingest", small_corpus, "--library", schema_url, "--progress", "none")[0] == 3
    folder = Path(json.loads(run("status", "--json", "--library", schema_url)[1])["library"])
    with Library.open(folder) as library:
        with library.writing():
            with psycopg.connect(postgres.dsn(), autocommit=True) as other:
                other.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND granted"
                )
            for _ in range(2):
                with pytest.raises(LibraryAway):
                    library.set_setting("note", "lost")
            assert library.setting("note") is None, "others still read"
        with library.writing():
            library.set_setting("note", "kept")
        assert library.setting("note") == "kept"


def ingest_in_a_child(corpus: Path, url: str, folder: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [*CHILD, "ingest", str(corpus), "--library", url, "--progress", "json", "--workers", "1"],
        env={**os.environ, "PINCITE_LIBRARY_FOLDER": str(folder)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.mark.parametrize("mode", ["fast", "immediate"])
def test_a_restart_of_the_server_during_an_ingest_and_during_questions_loses_nothing(
    run: Run, schema_url: str, postgres: PostgresServer, tmp_path: Path, mode: str
) -> None:
    corpus, folder = tmp_path / "corpus", tmp_path / "there"
    corpus.mkdir()
    for number in range(50):
        text = (
            f"Paper {number} on clinics. "
            + f"Ward {number} has {number} beds and nurses for each of them. " * 4
        )
        (corpus / f"p{number:02}.txt").write_text(text)
    child = ingest_in_a_child(corpus, schema_url, folder)
    assert child.stdout is not None
    acknowledged: list[str] = []
    for line in child.stdout:
        event = json.loads(line)
        if event.get("stage") == "file":
            acknowledged.append(event["file"])
        if len(acknowledged) == 10:
            break
    reader: list[object] = []

    def ask(library: Library) -> None:
        while len(reader) < 10_000 and child.poll() is None:
            try:
                reader.append(len(library.documents()))
            except LibraryAway as error:
                reader.append(error)
            time.sleep(0.01)

    asked = Library.open(folder)
    asking = threading.Thread(target=ask, args=(asked,))
    asking.start()
    postgres.restart(mode)
    rest, err = child.communicate(timeout=60)
    asking.join(20)
    assert reader and all(isinstance(one, int | LibraryAway) for one in reader)
    assert len(asked.documents()) >= 10, "the same reader goes on"
    asked.close()
    for line in rest.splitlines():
        event = json.loads(line)
        if event.get("stage") == "file":
            acknowledged.append(event["file"])
    assert child.returncode == 1, err
    assert "run the same command again" in err.strip().splitlines()[-1], err
    assert "Traceback" not in err

    with Library.open(folder) as library:
        kept = {document.file for document in library.documents()}
        assert set(acknowledged) <= kept
        assert library.check() == [] and library.altered() == {}
    code, _, err = run("ingest", corpus, "--library", folder, "--progress", "none")
    assert code == 0, err
    with Library.open(folder) as library:
        documents = library.documents()
        assert [document.file for document in documents] == sorted(path.name for path in corpus.iterdir())
        assert len({document.id for document in documents}) == 50
    assert run("doctor", "--library", folder)[0] == 0
