"""Page images with the passage marked, drawn in a child process that may die without harm.

A PDF is drawn by native code from bytes nobody vouches for: a crash or a hang costs the child, which is
started again for the next page. Images are kept, bounded, by content and spans.
"""

from __future__ import annotations

import json
import logging
import os
import selectors
import subprocess
import sys
import threading
from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path

from ingest.errors import PinciteError

log = logging.getLogger(__name__)

# A page of the worst ordinary document drew in 1.4 s here; a page that takes ten times that is hostile.
SECONDS = 15.0
CACHE_BYTES = 64_000_000
MAX_ANSWER = 40_000_000
_PACKAGE_ROOT = Path(__file__).parent.parent


class NoPicture(PinciteError):
    """The page cannot be drawn."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A PNG of the page, cropped to its text, with `marked` rectangles of the passage drawn in."""

    png: bytes
    marked: int


class Pictures:
    """Draws one page at a time and remembers what it drew. Usable from several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._child: subprocess.Popen[bytes] | None = None
        self._kept: OrderedDict[tuple[object, ...], Picture] = OrderedDict()
        self._size = 0

    def page(
        self, path: Path, sha256: str, number: int, text: str, spans: tuple[tuple[int, int], ...]
    ) -> Picture:
        """Return page `number` (from 1) of the file with `spans` of its stored `text` marked.

        Raises NoPicture when the file is gone, has changed since it was read, or cannot be drawn.
        """
        key = (sha256, number, spans)
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
            picture = self._draw(path, sha256, number, text, spans)
            self._kept[key] = picture
            self._size += len(picture.png)
            while self._size > CACHE_BYTES and len(self._kept) > 1:
                self._size -= len(self._kept.popitem(last=False)[1].png)
            return picture

    def close(self) -> None:
        """Stop the child."""
        with self._lock:
            self._stop()

    def _draw(
        self, path: Path, sha256: str, number: int, text: str, spans: tuple[tuple[int, int], ...]
    ) -> Picture:
        wish = {
            "path": os.fsencode(path).hex(),
            "sha256": sha256,
            "page": number,
            "text": text,
            "spans": spans,
        }
        try:
            head = json.loads(self._ask(json.dumps(wish).encode()))
            if "error" in head:
                raise NoPicture(head["error"])
            png = self._read(int(head["bytes"]))
        except (OSError, EOFError, ValueError, TimeoutError) as error:
            self._stop()
            raise NoPicture(f"page {number} cannot be drawn ({type(error).__name__})") from error
        return Picture(png, int(head["marked"]))

    def _ask(self, line: bytes) -> bytes:
        if self._child is None or self._child.poll() is not None:
            self._child = _start()
        assert self._child.stdin is not None
        self._child.stdin.write(line + b"\n")
        self._child.stdin.flush()
        return self._read(None)

    def _read(self, size: int | None) -> bytes:
        """Return `size` bytes of the child's answer, or one line for None, within the time allowed."""
        assert self._child is not None and self._child.stdout is not None
        if size is not None and not 0 <= size <= MAX_ANSWER:
            raise ValueError("answer too large")
        with selectors.DefaultSelector() as ready:
            ready.register(self._child.stdout, selectors.EVENT_READ)
            found = bytearray()
            while size is None or len(found) < size:
                if not ready.select(SECONDS):
                    raise TimeoutError
                piece = os.read(self._child.stdout.fileno(), 1 if size is None else size - len(found))
                if not piece:
                    raise EOFError
                if size is None and piece == b"\n":
                    break
                found += piece
        return bytes(found)

    def _stop(self) -> None:
        if self._child is not None:
            self._child.kill()
            self._child.communicate()
            self._child = None


def _start() -> subprocess.Popen[bytes]:
    where = os.pathsep.join(filter(None, [str(_PACKAGE_ROOT), os.environ.get("PYTHONPATH", "")]))
    return subprocess.Popen(
        [sys.executable, "-m", "app.picture_worker"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": where},
    )
