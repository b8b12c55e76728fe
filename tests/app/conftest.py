"""A served page and a real browser for the tests marked `browser`."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

REPOSITORY = Path(__file__).parent.parent.parent
CHROMIUM = "/usr/bin/chromium"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
]
SECONDS = 240  # a busy machine is no fault of the page


@dataclass
class Served:
    """A running `pincite serve`."""

    url: str
    library: Path
    corpus: Path
    process: "subprocess.Popen[bytes]"
    log: Path


def pincite(*words: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    """Run the command line in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "app.cli", *words],
        cwd=REPOSITORY,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def free_port() -> int:
    """Return a port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def serve(library: Path, corpus: Path, folder: Path, config: str = "", port: int | None = None) -> Served:
    """Start the server, at a given port if one is, and wait until it answers."""
    port = port or free_port()
    settings = folder / "pincite.toml"
    settings.write_text(f'corpus = "{corpus}"\n{config}', encoding="utf-8")
    log = folder / "server.log"
    with log.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "app.cli", "serve", "--library", str(library), "--port", str(port)],
            cwd=REPOSITORY,
            env={**os.environ, "PINCITE_CONFIG": str(settings)},
            stdout=out,
            stderr=subprocess.STDOUT,
        )
    url = f"http://127.0.0.1:{port}"
    for _ in range(SECONDS * 5):
        try:
            with urllib.request.urlopen(f"{url}/_stcore/health", timeout=2):
                return Served(url, library, corpus, process, log)
        except OSError:
            if process.poll() is not None:
                break
            time.sleep(0.2)
    process.kill()
    raise AssertionError(f"the server did not start: {log.read_text()}")


def stop(served: Served) -> None:
    """End the server and everything it started."""
    served.process.terminate()
    try:
        served.process.wait(10)
    except subprocess.TimeoutExpired:
        served.process.kill()
        served.process.wait()


@pytest.fixture(scope="session")
def served(
    small_corpus: Path, small_library: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Served]:
    """The small corpus served, with upload allowed; tests may add to this copy of it."""
    folder = tmp_path_factory.mktemp("served")
    corpus = shutil.copytree(small_corpus, folder / "corpus")
    library = folder / "library"
    assert pincite("ingest", str(corpus), "--library", str(library), "--progress", "none").returncode == 3
    running = serve(library, corpus, folder, "upload = true\nupload_max_mb = 1\n")
    yield running
    stop(running)


@pytest.fixture(scope="session")
def run_pincite() -> Callable[..., "subprocess.CompletedProcess[str]"]:
    """The command line, in a process of its own."""
    return pincite


@pytest.fixture(scope="module")
def start_server() -> Iterator[Callable[..., Served]]:
    """Start servers for the tests of one module; all are stopped after them."""
    running: list[Served] = []

    def start(library: Path, corpus: Path, folder: Path, config: str = "", port: int | None = None) -> Served:
        running.append(serve(library, corpus, folder, config, port))
        return running[-1]

    yield start
    for one in running:
        stop(one)


@pytest.fixture
def new_visit() -> Iterator[Callable[..., "Visit"]]:
    """Open visitors by hand; they are closed after the test."""
    visitors: list[Visit] = []

    def open_one(*words: Any) -> Visit:
        visitors.append(visitor_of(*words))
        return visitors[-1]

    yield open_one
    for visitor in visitors:
        visitor.page.context.close()


@pytest.fixture(scope="session")
def starter_library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The starter corpus, ingested once for the slow tests of a run."""
    from app.cli import main

    library = tmp_path_factory.mktemp("starter") / "library"
    with pytest.raises(SystemExit) as stop:
        main(["ingest", str(REPOSITORY / "corpus"), "--library", str(library), "--progress", "none"])
    assert stop.value.code in (0, None)
    return library


@pytest.fixture(scope="session")
def make_pdf() -> Callable[[Path, str], None]:
    """Write a PDF of one page."""

    def write(path: Path, text: str) -> None:
        from reportlab.pdfgen.canvas import Canvas

        canvas = Canvas(str(path), invariant=1)
        canvas.drawString(72, 760, text)
        canvas.showPage()
        canvas.save()

    return write


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """Debian's Chromium; without it the test is skipped, in CI it fails."""
    if not Path(CHROMIUM).exists():
        if os.environ.get("CI"):
            pytest.fail("no Chromium: apt-get install chromium")
        pytest.skip("no Chromium here: apt-get install chromium")
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=30_000)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@dataclass
class Visit:
    """A page in the browser, with everything that must not happen noted down."""

    page: Any
    base: str
    faults: list[str] = field(default_factory=list)

    def open(self, path: str = "/") -> None:
        """Open an address of the server and wait for it to be drawn."""
        self.page.goto(self.base + path)
        self.settle()

    def settle(self) -> None:
        """Wait until the script has run and nothing is left to be drawn."""
        self.page.wait_for_selector("[data-testid=stApp][data-test-script-state=notRunning]", timeout=60_000)
        self.page.wait_for_function(
            "() => !document.querySelector('[data-testid=stSkeleton]')"
            " && document.querySelector('[data-testid=stApp][data-test-script-state=notRunning]')"
        )
        self.page.wait_for_timeout(150)

    def ask(self, question: str) -> None:
        """Type a question and wait for the results."""
        box = self.page.get_by_role("searchbox")
        box.fill(question)
        box.press("Enter")
        self.page.wait_for_selector("article.card, .state", timeout=120_000)  # the model may still be loading
        self.settle()

    def press(self, key: str) -> None:
        """Press a shortcut with nothing focused."""
        self.page.evaluate("document.activeElement.blur()")
        self.page.keyboard.press(key)
        self.page.wait_for_timeout(400)
        self.settle()

    def click(self, name: str, nth: int = 0) -> None:
        """Press the nth button of this name."""
        self.page.get_by_role("button", name=name, exact=True).nth(nth).click()
        self.page.wait_for_timeout(400)
        self.settle()


@pytest.fixture
def visit(chromium: Any, served: Served, request: pytest.FixtureRequest) -> Iterator[Visit]:
    """A fresh visitor (parameters: width, colour scheme); page errors and foreign requests fail the test."""
    width, scheme = getattr(request, "param", (1440, "light"))
    visitor = visitor_of(chromium, served, width, scheme)
    yield visitor
    visitor.page.context.close()
    assert visitor.faults == []


def visitor_of(chromium: Any, served: Served, width: int = 1440, scheme: str = "light") -> Visit:
    """Return a visitor that writes down page errors, dialogs and requests to another host."""
    context = chromium.new_context(
        viewport={"width": width, "height": 900}, color_scheme=scheme, locale="en-US", accept_downloads=True
    )
    page = context.new_page()
    page.set_default_timeout(90_000)  # a busy machine is no fault of the page
    visitor = Visit(page, served.url)
    own = (served.url, served.url.replace("http", "ws", 1), "data:", "blob:")

    def on_request(request: Any) -> None:
        if not request.url.startswith(own):
            visitor.faults.append(f"request to {request.url}")

    def on_dialog(dialog: Any) -> None:
        visitor.faults.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    context.on("request", on_request)
    page.on("pageerror", lambda error: visitor.faults.append(f"page error: {error}"))
    page.on("dialog", on_dialog)
    return visitor
