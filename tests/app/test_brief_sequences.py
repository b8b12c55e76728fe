"""Random sequences of acts on a brief, over a real server and two windows of a real browser: nothing is lost."""

import os
import random
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import TimeoutError as PlaywrightTimeout
from restarted_server import RestartedServer

from app.exports.brief_copy import opened

pytestmark = [pytest.mark.browser, pytest.mark.timeout(14_400)]
FIRST, SEQUENCES = (
    int(os.environ.get(name, number)) for name, number in (("PINCITE_FIRST", 0), ("PINCITE_SOAK", 2))
)
STEPS = 10
QUESTIONS = ("consultations", "measles vaccine", "línea telefónica", "insurance coverage")
FILES = {"Word": ".docx", "Markdown": ".md", "JSON": ".json"}
MOST_SECONDS = 60  # within which a page shows what it has exported, on a machine that does other work
SEEN_ELSEWHERE = 4_000  # ms within which a window shows what another one did


@pytest.fixture(scope="module")
def server(
    small_library: Path,
    small_corpus: Path,
    tmp_path_factory: pytest.TempPathFactory,
    start_server: Callable[..., Any],
) -> RestartedServer:
    folder = tmp_path_factory.mktemp("sequences")
    corpus = shutil.copytree(small_corpus, folder / "corpus")
    return RestartedServer(start_server, (shutil.copytree(small_library, folder / "library"), corpus, folder))


@dataclass
class Model:
    """What the brief must hold: passages, and the words typed into the note of each."""

    items: list[str] = field(default_factory=list)
    words: dict[str, set[str]] = field(default_factory=dict)


@dataclass
class Sequence:
    """One sequence of acts in two windows, and what must be there after them."""

    dice: random.Random
    server: RestartedServer
    windows: list[Any]
    model: Model = field(default_factory=Model)
    done: list[str] = field(default_factory=list)

    def note(self, visit: Any, passage: str) -> Any:
        return visit.page.locator(f".st-key-item-{passage} textarea")

    def collect(self, visit: Any) -> None:
        """Add the first result of a question that is not in the brief yet."""
        visit.open(f"/?q={self.dice.choice(QUESTIONS)}")
        buttons = visit.page.get_by_role("button", name="Add to brief", exact=True)
        if buttons.count():
            place = buttons.first.locator("xpath=ancestor::*[contains(@class, 'st-key-brief-')][1]")
            passage = str(place.get_attribute("class")).split("st-key-brief-")[1].split()[0]
            visit.click("Add to brief")
            assert passage not in self.model.items
            self.model.items.append(passage)
            self.model.words[passage] = set()
        visit.open("/brief")

    def type(self, visit: Any) -> None:
        """Type a word at the end of a note, and do not wait."""
        passage = self.dice.choice(self.model.items)
        word = f"w{len(self.done)}"
        # While the page is drawn again the field that goes may still stand before the new one.
        self.note(visit, passage).last.press("Control+End")
        self.note(visit, passage).last.press_sequentially(f" {word}", delay=self.dice.choice((0, 40, 120)))
        self.model.words[passage].add(word)

    def remove(self, visit: Any) -> None:
        """Take an item out, and mostly put it back at once.

        What was typed into its note in the other window a moment ago brings it back by itself.
        """
        passage = self.dice.choice(self.model.items)
        visit.page.locator(f".st-key-remove-{passage} button").click()
        self.note(visit, passage).wait_for(state="detached")
        if len(self.model.items) > 2 and self.dice.random() < 0.3:
            visit.page.wait_for_timeout(SEEN_ELSEWHERE)
            if not self.note(visit, passage).count():
                self.model.items.remove(passage)
        else:
            undo = visit.page.locator(".st-key-undo-remove button")
            until = time.monotonic() + MOST_SECONDS
            while not self.note(visit, passage).count() and not _clicked(undo):
                assert time.monotonic() < until, "it cannot be put back"
            self.note(visit, passage).first.wait_for()
            visit.settle()

    def move(self, visit: Any) -> None:
        """Move an item down by one."""
        if len(self.model.items) < 2:
            return
        down = visit.page.get_by_role("button", name="Down", exact=True)
        at = down.nth(self.dice.randrange(len(self.model.items) - 1))
        # A click waits for the button that it found, which another window's move may have made the last one for good.
        until = time.monotonic() + MOST_SECONDS
        while not _clicked(at):
            assert time.monotonic() < until, "no item can be moved"

    def reload(self, visit: Any) -> None:
        visit.page.reload()
        visit.settle()

    def address(self, visit: Any) -> None:
        """Type another address over it, and come back."""
        visit.open("/help")
        visit.open("/brief")

    def export(self, visit: Any) -> None:
        """The file holds what the page shows, and all that was typed in any window a moment ago."""
        visit.page.wait_for_timeout(SEEN_ELSEWHERE)
        self.check(visit)

    def restart(self, visit: Any) -> None:
        """The server stops and starts again under both windows."""
        connected: list[Any] = []

        def on_connection(socket: Any) -> None:
            connected.append(socket)

        for window in self.windows:
            window.page.once("websocket", on_connection)
        self.server.restart(at_its_address=True)
        for window in self.windows:
            while len(connected) < len(self.windows):
                window.page.wait_for_timeout(100)
            window.settle()
            window.faults.clear()  # the connection that broke

    def check(self, visit: Any) -> None:
        name = self.dice.choice(sorted(FILES))
        with visit.page.expect_download() as download:
            visit.page.get_by_role("button", name=name, exact=True).click()
        items = opened(f"brief{FILES[name]}", Path(download.value.path()).read_bytes())[1].items
        held = [(item.passage.id, set(item.note.split())) for item in items]
        assert {ident for ident, _ in held} == set(self.model.items), "no item is lost"
        for ident, words in held:
            assert self.model.words[ident] <= words, "no keystroke is lost"
        until = time.monotonic() + MOST_SECONDS
        while (shown := self.shown(visit)) != held and time.monotonic() < until:
            visit.page.wait_for_timeout(250)
        assert shown == held, "what is seen is what is exported, in its order"

    def shown(self, visit: Any) -> list[tuple[str, set[str]]]:
        """Return the passages that a page shows, in their order, and the words in the note of each."""
        items = visit.page.evaluate(
            """() => [...document.querySelectorAll("[class*='st-key-item-']")].map((item) => [
                [...item.classList].find((name) => name.startsWith("st-key-item-")).slice("st-key-item-".length),
                item.querySelector("textarea")?.value ?? ""])"""
        )
        return [(passage, set(note.split())) for passage, note in items]


def _clicked(button: Any) -> bool:
    try:
        button.click(timeout=3_000)
    except PlaywrightTimeout:
        return False
    return True


ACTS = ("type",) * 5 + ("collect", "remove", "move", "reload", "address", "export", "restart")


@pytest.mark.parametrize("seed", range(FIRST, FIRST + SEQUENCES))
def test_no_keystroke_and_no_item_is_lost(
    chromium: Any, server: RestartedServer, new_visit: Callable[..., Any], seed: int
) -> None:
    """Edits, reloads, second windows, restarts and exports in any order, against a model of what must be there."""
    first = new_visit(chromium, server.now)
    tried = Sequence(
        random.Random(seed), server, [first, type(first)(first.page.context.new_page(), first.base)]
    )
    for visit in tried.windows:
        tried.collect(visit)
    for _ in range(STEPS):
        act = tried.dice.choice(ACTS)
        tried.done.append(act)
        getattr(tried, act)(tried.dice.choice(tried.windows))
    for window in tried.windows:
        window.page.goto("about:blank")
    first.page.wait_for_timeout(500)
    first.open("/brief")
    tried.check(first)
    assert first.faults == [], tried.done
