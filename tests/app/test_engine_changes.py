"""A served library that changes under the engine: opened again when published, titles and questions of its own."""

import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from index_library import TEXTS, put_text

from app.service import engine as engines
from app.service import site as sites
from app.service.engine import Busy, Engine, NoIndex, engine
from app.service.site import Site, may_edit
from app.settings import Settings
from index.snapshot.publish import publish
from ingest.errors import LibraryDamaged
from ingest.library.library import Library
from ingest.metadata.metadata import Metadata


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with Library.open(tmp_path / "library", create=True) as opened:
        for name, (metadata, language, texts) in TEXTS.items():
            put_text(opened, name, metadata, language, texts)
        yield opened


@pytest.fixture
def machine(library: Library) -> Engine:
    """An engine over a library of words only: no model is loaded."""
    publish(library, library.folder, None)
    return Engine(Site(library.folder))


def files(machine: Engine) -> set[str]:
    return {document.file for document in machine.searcher().snapshot.documents}


def test_a_new_generation_is_opened_by_the_next_search(machine: Engine, library: Library) -> None:
    before = machine.searcher()
    ready = [machine.ready]
    put_text(library, "new.txt", Metadata(title="New"), "en", ["Oxygen is short in the clinic."])
    assert machine.searcher() is before
    publish(library, library.folder, None)
    ready.append(machine.ready)
    assert machine.searcher() is not before
    assert [*ready, machine.ready] == [True, False, True]
    assert "new.txt" in files(machine)


def test_a_search_keeps_the_generation_that_it_began_with(machine: Engine, library: Library) -> None:
    with machine.turn() as searcher:
        put_text(library, "new.txt", Metadata(title="New"), "en", ["Oxygen is short in the clinic."])
        publish(library, library.folder, None)
        assert searcher.search("oxygen", mode="lexical").hits == ()
    with machine.turn() as searcher:
        assert [hit.document.file for hit in searcher.search("oxygen", mode="lexical").hits] == ["new.txt"]


def test_before_anything_is_indexed_there_is_nothing_to_search(library: Library) -> None:
    machine = Engine(Site(library.folder))
    assert len(machine.library().documents()) == len(TEXTS)
    assert machine.snapshot() is None and not machine.ready
    with pytest.raises(NoIndex, match="nothing has been indexed yet"):
        machine.searcher()
    with pytest.raises(NoIndex), machine.turn():
        pass
    publish(library, library.folder, None)
    assert files(machine) == set(TEXTS)


def test_a_turn_that_failed_leaves_its_place(machine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "_places", threading.Semaphore(1))
    monkeypatch.setattr(machine, "_running", threading.Semaphore(1))
    for _ in range(3):
        with pytest.raises(RuntimeError), machine.turn():
            raise RuntimeError("the search failed")
    with machine.turn() as searcher:
        assert searcher.search("nurses", mode="lexical").hits
        with pytest.raises(Busy), machine.turn():
            pass


def test_who_waits_is_told_how_many_wait_already(machine: Engine) -> None:
    told: list[int] = []
    with machine.turn(told.append), machine.turn(told.append):
        assert told == [], "two search at a time"
        waiting = []
        for number in range(4):
            waiting.append(threading.Thread(target=wait_for_turn, args=(machine, told)))
            waiting[-1].start()
            until = time.monotonic() + 10
            while len(told) <= number and time.monotonic() < until:
                time.sleep(0.001)
    for thread in waiting:
        thread.join()
    assert told == [0, 1, 2, 3]
    with machine.turn(told.append):
        assert len(told) == 4, "nobody waits any more"


def wait_for_turn(machine: Engine, told: list[int]) -> None:
    with machine.turn(told.append):
        pass


def test_who_is_told_may_give_up_and_leaves_the_queue(machine: Engine) -> None:
    def leave(_: int) -> None:
        raise KeyboardInterrupt

    told: list[int] = []
    with machine.turn(), machine.turn():
        for _ in range(3):
            with pytest.raises(KeyboardInterrupt), machine.turn(leave):
                pass
        waiting = threading.Thread(target=wait_for_turn, args=(machine, told))
        waiting.start()
        while not told:
            time.sleep(0.001)
    waiting.join()
    assert told == [0]


def test_who_waits_too_long_is_told(machine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engines, "WAIT_SECONDS", 0.05)
    monkeypatch.setattr(machine, "_running", threading.Semaphore(0))
    with pytest.raises(Busy, match="too many searches at once"), machine.turn():
        pass


def test_a_damaged_index_is_told_and_opened_when_mended(machine: Engine, library: Library) -> None:
    current = library.folder / "snapshot" / "CURRENT"
    good = current.read_text()
    current.write_text("nothing of the sort\n")
    with pytest.raises(LibraryDamaged):
        machine.searcher()
    current.write_text(good)
    assert files(machine) == set(TEXTS)


def test_titles_that_several_documents_bear(machine: Engine, library: Library) -> None:
    assert machine.shared_titles() == frozenset()
    put_text(library, "twin.txt", Metadata(title="NORMAS "), "es", ["Otra edición de las normas."])
    put_text(library, "a.txt", Metadata(), "en", ["No title here."])
    put_text(library, "b.txt", Metadata(), "en", ["None here either."])
    publish(library, library.folder, None)
    assert machine.shared_titles() == frozenset({"normas"})


EDITABLE = {
    "this machine": (Site(Path("x")), True),
    "open to others": (Site(Path("x"), host="0.0.0.0"), False),
    "open to others, with upload": (Site(Path("x"), settings=Settings(upload=True), host="0.0.0.0"), True),
    "open to others, as configured": (Site(Path("x"), settings=Settings(edit=True), host="0.0.0.0"), True),
    "this machine, as configured": (Site(Path("x"), settings=Settings(edit=False)), False),
    "with upload, as configured": (Site(Path("x"), settings=Settings(upload=True, edit=False)), False),
}


@pytest.mark.parametrize("case", EDITABLE)
def test_who_may_change_metadata(case: str) -> None:
    site, editable = EDITABLE[case]
    assert may_edit(site) is editable


def test_the_corpus_is_the_one_asked_for_else_the_one_last_ingested(library: Library, tmp_path: Path) -> None:
    assert Engine(Site(tmp_path / "nowhere")).corpus() is None
    assert Engine(Site(library.folder)).corpus() is None
    library.set_setting("corpus", str(tmp_path / "papers"))
    assert Engine(Site(library.folder)).corpus() == tmp_path / "papers"
    asked = Engine(Site(library.folder, Path("elsewhere"))).corpus()
    assert asked is not None and asked.is_absolute() and asked.name == "elsewhere"


def test_a_library_without_headings_is_offered_no_questions_of_the_starter_corpus(machine: Engine) -> None:
    assert machine.suggestions("en") == ()


def test_own_questions_replace_the_offered_ones(library: Library) -> None:
    own = ("Who trains health workers in Lima?", "zzzz qqqq xxxx")
    machine = Engine(Site(library.folder, settings=Settings(suggestions=own)))
    assert machine.suggestions("en") == own  # nothing is published that they could be tried on
    publish(library, library.folder, None)
    assert machine.suggestions("en") == own[:1]


def test_an_index_that_cannot_be_opened_stops_no_server(
    machine: Engine, library: Library, caplog: pytest.LogCaptureFixture
) -> None:
    (library.folder / "snapshot" / "CURRENT").write_text("nothing of the sort\n")
    machine._warm()
    assert "the index could not be opened" in caplog.text
    assert machine.suggestions("en") == ()


def test_without_a_model_nobody_waits_for_one(machine: Engine) -> None:
    assert machine.model_ready
    machine.searcher()
    assert machine.model_ready


@pytest.fixture
def installed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever a test installs is gone after it."""
    monkeypatch.setattr(sites._Holder, "site", sites._Holder.site)
    monkeypatch.setattr(engines._Holder, "engine", engines._Holder.engine)


@pytest.mark.usefixtures("installed")
def test_a_site_has_one_engine_and_another_site_another(tmp_path: Path) -> None:
    site = Site(tmp_path / "one")
    sites.install(site)
    assert sites.current() is site
    first = engine()
    assert engine() is first and first.site is site
    sites.install(replace(site))
    assert engine() is first
    sites.install(replace(site, port=8502))
    assert engine() is not first


@pytest.mark.usefixtures("installed")
def test_without_an_installed_site_the_environment_tells(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sites._Holder, "site", None)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PINCITE_LIBRARY", str(tmp_path / "papers"))
    assert sites.current().library == tmp_path / "papers"
    assert sites.current() is sites.current()
