"""The brief in a real browser: nothing typed or collected is lost, whatever is done to the page."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect
from restarted_server import RestartedServer

from app.exports.brief_copy import opened
from app.service.briefs import Briefs
from app.service.owner_folder import owner_of

pytestmark = [pytest.mark.browser, pytest.mark.timeout(900)]

NOTHING = "0-811c9dc5"  # the fingerprint of an empty note


@pytest.fixture(scope="module")
def own(
    small_library: Path, small_corpus: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, Path, Path]:
    """A library, a corpus and a folder for the server's settings, for servers that tests stop and start."""
    folder = tmp_path_factory.mktemp("kept")
    corpus = shutil.copytree(small_corpus, folder / "corpus")
    return shutil.copytree(small_library, folder / "library"), corpus, folder


@pytest.fixture(scope="module")
def server(own: tuple[Path, Path, Path], start_server: Callable[..., Any]) -> RestartedServer:
    return RestartedServer(start_server, own)


@pytest.fixture
def reader(chromium: Any, server: RestartedServer, new_visit: Callable[..., Any]) -> Iterator[Any]:
    visitor = new_visit(chromium, server.now)
    yield visitor
    assert visitor.faults == []


def collect(visit: Any, question: str = "consultations", number: int = 1) -> None:
    visit.open(f"/?q={question}")
    for _ in range(number):
        visit.click("Add to brief")


def brief(visit: Any) -> None:
    visit.open("/brief")


def note(visit: Any, nth: int = 0) -> Any:
    return visit.page.get_by_role("textbox", name="Note").nth(nth)


def exported(visit: Any, name: str = "JSON") -> list[tuple[str, str]]:
    """Return passage and note of every item in an export that is asked for at once."""
    with visit.page.expect_download() as download:
        visit.page.get_by_role("button", name=name, exact=True).click()
    path = Path(download.value.path())
    return [
        (item.passage.id, item.note)
        for item in opened(download.value.suggested_filename, path.read_bytes())[1].items
    ]


@pytest.mark.parametrize("name", ["Word", "Markdown", "JSON"])
def test_a_note_just_typed_is_in_the_file(reader: Any, name: str) -> None:
    collect(reader)
    brief(reader)
    note(reader).press_sequentially(f"typed just before {name}")
    assert exported(reader, name)[0][1] == f"typed just before {name}"


LEAVING = {
    "F5": lambda visit: visit.page.reload(),
    "a typed address": lambda visit: visit.page.goto(f"{visit.base}/help"),
    "a link": lambda visit: visit.page.get_by_role("link", name="Help").click(),
    "Back": lambda visit: visit.page.go_back(),
}


@pytest.mark.parametrize("way", LEAVING)
def test_leaving_the_page_keeps_the_last_keystrokes(reader: Any, way: str) -> None:
    collect(reader)
    brief(reader)
    note(reader).press_sequentially(f"left by {way}")
    LEAVING[way](reader)
    reader.page.wait_for_timeout(800)
    brief(reader)
    assert note(reader).input_value() == f"left by {way}"


def test_a_restart_of_the_server_and_reading_again_keep_it(
    reader: Any, own: tuple[Path, Path, Path], server: RestartedServer, run_pincite: Any
) -> None:
    collect(reader, number=2)
    brief(reader)
    note(reader).press_sequentially("before the restart")
    reader.page.get_by_text("Saved", exact=True).wait_for()
    (own[1] / "more.txt").write_text("One more text about clinics.\n", encoding="utf-8")
    assert run_pincite("ingest", str(own[1]), "--library", str(own[0]), "--progress", "none").returncode in {
        0,
        3,
    }
    server.restart()
    reader.base = server.now.url
    reader.faults.clear()
    brief(reader)
    assert reader.page.locator("article.card").count() == 2
    assert note(reader).input_value() == "before the restart"
    reader.faults.clear()


def test_a_window_open_through_a_restart_takes_nothing_back(
    reader: Any, own: tuple[Path, Path, Path], server: RestartedServer
) -> None:
    """What another window wrote is newer than the fields with which an open window comes back to a new server.

    What was typed into a note the moment before is taken over by the field that replaces its own.
    """
    collect(reader, number=2)
    brief(reader)
    key = next(one["value"] for one in reader.page.context.cookies() if one["name"] == "pincite_key")
    briefs = Briefs(own[0], owner_of(key))
    kept = briefs.current()
    assert kept is not None
    first, second = [item.passage.id for item in kept.brief.items]
    notes = [reader.page.locator(f".st-key-item-{ident}") for ident in (first, second)]
    notes[1].locator("textarea").press_sequentially("typed just before")
    with reader.page.expect_event("websocket"):
        server.restart(
            at_its_address=True, meanwhile=lambda: briefs.note(kept.id, first, "", "from elsewhere")
        )
    reader.faults.clear()  # the connection that broke
    expect(notes[0].locator(".kept")).not_to_have_attribute("data-print", NOTHING)
    reader.settle()
    notes[0].locator("textarea").press("Control+End")
    notes[0].locator("textarea").press_sequentially(" and here")
    for note in notes:
        note.get_by_text("Saved", exact=True).wait_for()
    assert exported(reader) == [(first, "from elsewhere and here"), (second, "typed just before")]


def test_briefs_have_names_and_deleting_is_undone(reader: Any) -> None:
    page = reader.page
    collect(reader, number=2)
    brief(reader)
    reader.click("Manage briefs")
    page.get_by_label("Name of this brief").fill("Clinics")
    page.get_by_label("Name of this brief").press("Enter")
    reader.settle()
    page.get_by_role("button", name="Duplicate").click()
    reader.settle()
    page.keyboard.press("Escape")
    assert page.get_by_role("combobox", name="Open brief").input_value() == "Copy of Clinics"
    reader.click("Remove")
    assert page.locator("article.card").count() == 1
    reader.click("Undo")
    assert page.locator("article.card").count() == 2
    reader.click("Manage briefs")
    page.get_by_role("button", name="Delete this brief").click()
    reader.settle()
    assert page.get_by_role("combobox", name="Open brief").input_value() == "Clinics"
    reader.click("Undo")
    assert page.get_by_role("combobox", name="Open brief").input_value() == "Copy of Clinics"
    page.reload()
    reader.settle()
    assert page.get_by_role("combobox", name="Open brief").input_value() == "Copy of Clinics"


def test_a_brief_renamed_keeps_what_is_typed_next(reader: Any) -> None:
    page = reader.page
    collect(reader)
    brief(reader)
    for name in ("Nota de política – año 1", "Dosier de ñandúes"):
        reader.click("Manage briefs")
        page.get_by_label("Name of this brief").fill(name)
        page.get_by_label("Name of this brief").press("Enter")
        reader.settle()
        page.keyboard.press("Escape")
        assert page.get_by_role("combobox", name="Open brief").input_value() == name
    note(reader).press_sequentially("typed after the renaming")
    note(reader).press("Tab")
    page.get_by_text("Saved", exact=True).wait_for()
    reader.settle()
    assert page.get_by_role("combobox", name="Open brief").input_value() == name
    brief(reader)
    assert note(reader).input_value() == "typed after the renaming"
    assert page.get_by_text("Something went wrong").count() == 0


def test_an_export_is_opened_again(reader: Any, tmp_path: Path) -> None:
    collect(reader)
    brief(reader)
    note(reader).press_sequentially("from a file")
    with reader.page.expect_download() as download:
        reader.page.get_by_role("button", name="Word", exact=True).click()
    download.value.save_as(tmp_path / "clinics.docx")
    reader.page.get_by_text("Open an exported brief").click()
    reader.page.locator("input[type=file]").set_input_files(str(tmp_path / "clinics.docx"))
    reader.page.wait_for_function(
        "() => [...document.querySelectorAll('.st-key-briefs input')].some((box) => box.value === 'clinics')"
    )
    reader.settle()
    assert note(reader).input_value() == "from a file"


def test_two_windows_keep_both(reader: Any) -> None:
    """The second window may have the text of the first one already when typing begins: then it goes on after it."""
    collect(reader)
    other = type(reader)(reader.page.context.new_page(), reader.base)
    brief(reader)
    brief(other)
    note(reader).press_sequentially("from the first window")
    reader.page.get_by_text("Saved", exact=True).wait_for()
    note(other).press_sequentially("from the second window")
    other.page.get_by_text("This brief was changed in another window.").wait_for()
    holds(other, "from the first window", "from the second window")
    shown = note(other).input_value()
    assert [shown.count(text) for text in ("from the first window", "from the second window")] == [1, 1]
    brief(reader)
    assert note(reader).input_value() == note(other).input_value()


def test_typing_goes_on_while_another_window_changes_the_note(reader: Any) -> None:
    """The other window's text comes into the field between two keystrokes: none is lost."""
    collect(reader)
    other = type(reader)(reader.page.context.new_page(), reader.base)
    brief(reader)
    brief(other)
    note(other).press_sequentially("from the")
    for turn in range(40):
        if turn == 5:
            note(reader).press_sequentially("elsewhere")
        other.page.keyboard.type(" x")
        other.page.wait_for_timeout(150)
    holds(other, "elsewhere", "from the")
    brief(reader)
    text = note(reader).input_value()
    assert text == note(other).input_value()
    assert "elsewhere" in text
    assert "from the" + " x" * 40 in text


def holds(visit: Any, *texts: str) -> None:
    """Wait until the note shows all the texts and is saved."""
    visit.page.wait_for_function(
        "texts => texts.every(text => document.querySelector('textarea').value.includes(text))",
        arg=list(texts),
    )
    visit.page.get_by_text("Saved", exact=True).wait_for()
