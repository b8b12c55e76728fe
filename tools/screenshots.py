"""Take the pictures in docs/screenshots/ of the page with the starter corpus: `python tools/screenshots.py`.

Ingests corpus/ into a temporary library, serves it, and photographs every page, wide and narrow, light and
dark. Needs Chromium (`apt-get install chromium`); `--run FOLDER` names an evaluation run to show; without
one a run by words alone is made.
"""

import argparse
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
SHOTS = ROOT / "docs" / "screenshots"
CHROMIUM = "/usr/bin/chromium"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-dev-shm-usage",
]
QUESTION = "/?q=%C2%BFQu%C3%A9+barreras+enfrentan+los+migrantes+para+acceder+a+los+servicios+de+salud%3F"


@dataclass(frozen=True)
class Shot:
    """One picture: where, how wide, in which colours, and which keys or buttons are pressed first."""

    name: str
    path: str
    width: int = 1440
    scheme: str = "light"
    keys: str = ""
    buttons: tuple[str, ...] = ()


SHOTLIST = (
    Shot("ask", "/"),
    Shot("results", "/?q=Which+barriers+keep+migrants+from+health+insurance%3F"),
    Shot("source", "/?q=How+do+Venezuelans+get+health+insurance+in+Colombia%3F", keys="1"),
    Shot(
        "source-dark", "/?q=How+do+Venezuelans+get+health+insurance+in+Colombia%3F", scheme="dark", keys="1"
    ),
    Shot("spanish", QUESTION + "&lang=es"),
    Shot("cite", "/?q=How+do+Venezuelans+get+health+insurance+in+Colombia%3F", buttons=("Cite",)),
    Shot("library", "/library"),
    Shot("evaluation", "/evaluation"),
    Shot("help", "/help"),
    Shot("compare", "/compare"),
    Shot("check", "/check"),
    Shot("ask-dark", "/", scheme="dark"),
    Shot("results-dark", "/?q=Which+barriers+keep+migrants+from+health+insurance%3F", scheme="dark"),
    Shot("library-dark", "/library", scheme="dark"),
    Shot("evaluation-dark", "/evaluation", scheme="dark"),
    Shot("help-dark", "/help", scheme="dark"),
    Shot("middle-results", QUESTION + "&lang=es", 1024),
    Shot("narrow-ask", "/", 390),
    Shot("narrow-library", "/library?lang=pt", 390),
    Shot("narrow-results-dark", QUESTION + "&lang=es", 390, "dark"),
    Shot("narrow-source", "/?q=How+do+Venezuelans+get+health+insurance+in+Colombia%3F", 390, keys="1"),
)


def main() -> None:
    """Build the library, serve it, take the pictures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--run", type=Path, help="folder of an evaluation run")
    parser.add_argument("--library", type=Path, help="library of corpus/, to be brought up to date and used")
    parser.add_argument("--only", nargs="*", default=(), metavar="NAME", help="take these pictures alone")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        library = Path(folder) / "library"
        if given.library is not None:
            shutil.copytree(given.library, library, ignore=shutil.ignore_patterns("runs", "feedback.jsonl"))
        pincite("ingest", str(ROOT / "corpus"), "--library", str(library))
        if given.run is not None:
            shutil.copytree(given.run, library / "runs" / given.run.name)
        else:
            gold, out = ROOT / "evals" / "gold" / "starter.jsonl", library / "runs" / "words-only"
            pincite(
                "eval", "run", str(gold), "--library", str(library), "--out", str(out), "--mode", "lexical"
            )
        port = free_port()
        server = subprocess.Popen(
            [sys.executable, "-m", "app.cli", "serve", "--library", str(library), "--port", str(port)],
            cwd=ROOT,
        )
        try:
            wait(f"http://127.0.0.1:{port}/_stcore/health")
            SHOTS.mkdir(parents=True, exist_ok=True)
            photograph(f"http://127.0.0.1:{port}", given.only)
        finally:
            server.terminate()
            server.wait(20)


def pincite(*words: str) -> None:
    """Run the command line; files that cannot be read (3) are no failure."""
    code = subprocess.run([sys.executable, "-m", "app.cli", *words], cwd=ROOT, check=False).returncode
    if code not in {0, 3}:
        sys.exit(code)


def free_port() -> int:
    """Return a port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait(url: str) -> None:
    """Wait until the server answers, at most a minute."""
    for _ in range(120):
        try:
            with urllib.request.urlopen(url, timeout=2):
                return
        except OSError:
            time.sleep(0.5)
    sys.exit("the server did not start")


def photograph(base: str, only: Sequence[str] = ()) -> None:
    """Take every picture of the list, or the named ones, and the brief, which needs something in it."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=os.environ.get("CHROMIUM", CHROMIUM), args=FLAGS)
        for shot in (one for one in SHOTLIST if not only or one.name in only):
            page = visitor(browser, shot.width, shot.scheme)
            open_page(page, base + shot.path)
            if "q=" in shot.path:
                page.wait_for_selector(
                    "article.card", timeout=120_000
                )  # the model loads at the first question
                settle(page)
            for key in shot.keys:
                page.keyboard.press(key)
                page.wait_for_selector(".st-key-pane img")
                settle(page)
            for name in shot.buttons:
                page.get_by_role("button", name=name, exact=True).first.click()
                settle(page)
            save(page, shot.name)
        for name, scheme in (("brief", "light"), ("brief-dark", "dark")):
            if only and name not in only:
                continue
            page = visitor(browser, 1440, scheme)
            open_page(page, base + QUESTION)
            for _ in range(2):
                page.get_by_role("button", name="Add to brief", exact=True).first.click()
                settle(page)
            page.get_by_role("link", name="Brief (2)").click()
            settle(page)
            save(page, name)
        browser.close()


def visitor(browser: Any, width: int, scheme: str) -> Any:
    """Return a fresh page of this width and colour scheme."""
    height = 900 if width > 500 else 844
    context = browser.new_context(
        viewport={"width": width, "height": height}, color_scheme=scheme, locale="en-US"
    )
    return context.new_page()


def open_page(page: Any, address: str) -> None:
    """Open an address and wait until it is drawn."""
    page.goto(address)
    settle(page)


def settle(page: Any) -> None:
    """Wait until the script has run and the pictures are there."""
    page.wait_for_timeout(600)
    page.wait_for_selector("[data-testid=stApp][data-test-script-state=notRunning]", timeout=60_000)
    page.wait_for_function(
        "() => !document.querySelector('[data-testid=stSkeleton]') && [...document.images].every(i => i.complete)"
        " && [...document.querySelectorAll('[data-testid=stDataFrame]')]"
        "    .every(e => !e.offsetParent || e.querySelector('canvas'))"
    )
    page.wait_for_timeout(400)


def save(page: Any, name: str) -> None:
    """Write the picture with at most 256 colours, which keeps the repository small."""
    import io

    from PIL import Image

    with Image.open(io.BytesIO(page.screenshot())) as image:
        image.convert("RGB").quantize(256).save(SHOTS / f"{name}.png", optimize=True)
    page.context.close()
    print(f"docs/screenshots/{name}.png")


if __name__ == "__main__":
    main()
