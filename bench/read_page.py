"""How long a long document takes to open in the reading view: by the clock, and of the server's CPU.

    python -m bench.read_page [--pages 300] [--times 9]

A document of so many pages is drawn, read by words alone and served. Each visitor is a session of its own that speaks
Streamlit's protocol over its web socket, as a browser does: it opens the view at some page, waits until all of it has
come, and fetches the image of the page. What a browser then needs to paint it is not counted.
"""

import argparse
import asyncio
import os
import random
import re
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

import psutil

from bench.page_load import ROOT, page_socket, run_of, wait

_WORDS = "clinic border permit insurance nurse district queue vaccine record shelter budget teacher"
WORDS = _WORDS.split()  # a list of twelve lines says no more
LINES_A_PAGE = 40
PARTS = 10
"""Pages of a chapter: the contents of 300 pages have 30 headings."""
IMAGE = re.compile(rb"/media/[0-9a-f]+\.png")


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """An opening of a page: seconds by the clock until all is there, CPU seconds of the server."""

    wall: float
    cpu: float


def draw_document(path: Path, pages: int) -> None:
    """Draw a PDF of so many pages of prose, each with a few paragraphs, a chapter every `PARTS` pages."""
    from reportlab.lib.pagesizes import A4
    from reportlab.pdfgen.canvas import Canvas

    pick = random.Random(pages)
    canvas = Canvas(str(path), pagesize=A4, invariant=1)
    for page in range(pages):
        if page % PARTS == 0:
            canvas.setFont("Helvetica-Bold", 16)
            canvas.drawString(
                72, 790, f"{page // PARTS + 1}. On the {pick.choice(WORDS)} and the {pick.choice(WORDS)}"
            )
        canvas.setFont("Helvetica", 10)
        for line in range(LINES_A_PAGE):
            words = " ".join(pick.choices(WORDS, k=10))
            canvas.drawString(
                72, 760 - 17 * line, f"{words.capitalize()} of page {page + 1}, line {line + 1}."
            )
        canvas.showPage()
    canvas.save()


async def opened(address: str, server: psutil.Process, document: str, number: int) -> Opened:
    """Open a page of a document as a new visitor."""
    from streamlit.proto.BackMsg_pb2 import BackMsg

    before, started = server.cpu_times(), time.perf_counter()
    async with page_socket(address) as stream:
        wish = BackMsg()
        wish.rerun_script.query_string = urlencode({"document": document, "n": number, "lang": "en"})
        wish.rerun_script.page_name = "read"
        await stream.send(wish.SerializeToString())
        come = b"".join([data async for data in run_of(stream)])
        image = IMAGE.search(come)
        if image is None or f"of page {number}, line".encode() not in come:
            raise RuntimeError(f"page {number} did not come")
        with urllib.request.urlopen(f"http://{address}{image[0].decode()}", timeout=60) as answer:
            answer.read()
    wall, after = time.perf_counter() - started, server.cpu_times()
    return Opened(wall=wall, cpu=after.user + after.system - before.user - before.system)


def serve(library: Path, corpus: Path, folder: Path) -> tuple["subprocess.Popen[bytes]", str]:
    """Start a server of a library; return it and its host and port."""
    settings = folder / "pincite.toml"
    settings.write_text(f'corpus = "{corpus}"\n', encoding="utf-8")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "app.cli", "serve", "--library", str(library), "--port", str(port)]
    server = subprocess.Popen(command, cwd=ROOT, env={**os.environ, "PINCITE_CONFIG": str(settings)})
    wait(f"http://127.0.0.1:{port}/_stcore/health")
    return server, f"127.0.0.1:{port}"


def made(folder: Path, pages: int) -> tuple[Path, Path, str]:
    """Return a library of one drawn document, its corpus, and the document's id."""
    from index.snapshot.publish import publish
    from ingest.library.library import Library
    from ingest.pipeline import ingest_folder

    corpus, library = folder / "corpus", folder / "library"
    corpus.mkdir()
    draw_document(corpus / "long.pdf", pages)
    with Library.open(library, create=True) as opened_:
        ingest_folder(corpus, opened_, settle=0.0)
        publish(opened_, library, None)
        (document,) = opened_.documents()
    return library, corpus, document.id


def measure(drawn: tuple[Path, Path, str], folder: Path, pages: int, times: int) -> list[Opened]:
    """Return so many openings at pages all over a document that was `made`, after one that warms the server."""
    library, corpus, document = drawn
    server, address = serve(library, corpus, folder)
    try:
        process = psutil.Process(server.pid)
        numbers = [1, *(1 + at * (pages - 1) // max(1, times - 1) for at in range(times))]
        found = [asyncio.run(opened(address, process, document, number)) for number in numbers]
    finally:
        server.terminate()
        server.wait(20)
    return found[1:]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--pages", type=int, default=300)
    parser.add_argument("--times", type=int, default=9)
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        drawn = made(Path(folder), wanted.pages)
        found = measure(drawn, Path(folder), wanted.pages, wanted.times)
    for name, seconds in (
        ("by the clock", [one.wall for one in found]),
        ("of the server's CPU", [one.cpu for one in found]),
    ):
        print(f"{min(seconds):.2f} s least, {statistics.median(seconds):.2f} s in the middle, {name}")
    print(f"{wanted.pages} pages; load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")


if __name__ == "__main__":
    main()
