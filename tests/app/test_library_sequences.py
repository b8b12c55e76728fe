"""The Library page while an ingest changes it: what is typed stays with its document, what is saved lies on it."""

import os
import random
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from ingest.library.library import Library

pytestmark = [pytest.mark.browser, pytest.mark.timeout(900)]
SEQUENCES = int(os.environ.get("PINCITE_LIBRARY_SEQUENCES", "1"))
STEPS = int(os.environ.get("PINCITE_LIBRARY_STEPS", "4"))
DOCUMENTS = 5
BUSY = 75
FIELDS = {"publisher": "Publisher", "url": "Web address of the source", "authors": "Authors"}


@pytest.fixture(scope="module")
def place(
    tmp_path_factory: pytest.TempPathFactory, run_pincite: Callable[..., Any]
) -> tuple[Path, Path, Path]:
    """A library of some texts, its corpus, and a folder for the server's settings."""
    folder = tmp_path_factory.mktemp("changing")
    corpus, library = folder / "corpus", folder / "library"
    corpus.mkdir()
    for number in range(DOCUMENTS):
        (corpus / f"m{number}.txt").write_text(f"Clinic {number} opens at seven.\n", encoding="utf-8")
    assert run_pincite("ingest", str(corpus), "--library", str(library), "--progress", "none").returncode == 0
    return library, corpus, folder


@pytest.fixture(scope="module")
def server(place: tuple[Path, Path, Path], start_server: Callable[..., Any]) -> Any:
    return start_server(*place, "edit = true\n")


@pytest.fixture
def changing(place: tuple[Path, Path, Path], run_pincite: Callable[..., Any]) -> Iterator[None]:
    """Files come and go, and are read, as long as the test lasts."""
    library, corpus, _ = place
    stop = threading.Event()
    codes: list[int] = []

    def work() -> None:
        turn = 0
        while not stop.wait(0.5):
            # Names before and behind those of the table: rows move in both directions.
            name = corpus / f"{'ax'[turn % 2]}{turn % 7}.txt"
            if name.exists():
                name.unlink()
            else:
                name.write_text(f"Text {turn} comes and goes.\n", encoding="utf-8")
            while True:
                done = run_pincite("ingest", str(corpus), "--library", str(library), "--progress", "none")
                if done.returncode != BUSY:  # what a save began
                    break
            codes.append(done.returncode)
            turn += 1

    worker = threading.Thread(target=work)
    worker.start()
    yield
    stop.set()
    worker.join()
    assert codes and set(codes) <= {0, 3}, "the table was changed by ingests"


@pytest.fixture
def visit_on_a_phone(chromium: Any, server: Any, new_visit: Callable[..., Any]) -> Any:
    """A visitor whose window shows cards, which can be chosen by name."""
    return new_visit(chromium, server, 390)


def choose(visit: Any, name: str) -> None:
    card = visit.page.locator("[class*=st-key-document-card-]", has=visit.page.get_by_text(name, exact=True))
    card.get_by_role("button").first.click()
    visit.page.locator("h2.detail", has_text=name).wait_for()
    visit.settle()


def field(visit: Any, label: str) -> Any:
    return visit.page.locator("[class*=st-key-metadata-]").get_by_label(label).first


@pytest.mark.parametrize("seed", range(SEQUENCES))
def test_what_is_typed_and_saved_stays_with_its_document(
    visit_on_a_phone: Any, place: tuple[Path, Path, Path], changing: None, seed: int
) -> None:
    """Documents are chosen, fields typed into and saved in any order, against a model of what must be there."""
    dice, visit = random.Random(seed), visit_on_a_phone
    visit.open("/library")
    names = [f"m{number}.txt" for number in range(DOCUMENTS)]
    typed: dict[tuple[str, str], str] = {}
    saved: dict[tuple[str, str], str] = {}
    for step in range(STEPS):
        name = dice.choice(names)
        choose(visit, name)
        for key, label in dice.sample(sorted(FIELDS.items()), 2):
            shown = field(visit, label).input_value()
            assert shown == typed.get((name, key), saved.get((name, key), shown)), (name, key)
            value = f"https://example.org/s{seed}/{step}" if key == "url" else f"Office s{seed} {step} {key}"
            field(visit, label).fill("")
            field(visit, label).press_sequentially(value, delay=5)
            typed[name, key] = value
        if dice.random() < 0.6:
            visit.page.get_by_role("button", name="Save", exact=True).click()
            visit.page.get_by_text("Saved for “").wait_for()
            visit.settle()
            saved |= {at: text for at, text in typed.items() if at[0] == name}
            typed = {at: text for at, text in typed.items() if at[0] != name}
        else:
            visit.page.wait_for_timeout(800)  # as long as a pause in typing
    for (name, key), value in typed.items():
        choose(visit, name)
        assert field(visit, FIELDS[key]).input_value() == value, (name, key)
    assert visit.faults == []
    held = stored(place[0])
    assert {at: held[at] for at in saved} == saved
    assert not [at for at in held if f"s{seed}" in held[at] and at not in saved]


def stored(library: Path) -> dict[tuple[str, str], str]:
    """Return the typed values that the library holds, by file and field."""
    with Library.open(library) as opened:
        found = {}
        for document in opened.documents():
            meta = document.metadata
            for key in FIELDS:
                value = getattr(meta, key)
                if meta.sources.get(key) == "edited":
                    found[document.file, key] = "\n".join(value) if isinstance(value, tuple) else str(value)
    return found
