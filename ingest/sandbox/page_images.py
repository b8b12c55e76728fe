"""Pictures of pages, and the rectangles of spans on them.

pdfium is not thread-safe, and a page can be built to crash or stall whoever draws it. So one child process
draws for all threads, one request at a time, with limits on memory and time; if it dies, that request
fails and the next one starts another.
"""

import atexit
import json
import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ingest.errors import UnreadableFile
from ingest.readers.source import Box

# A page of 200,000 points is drawn in as many pixels as any other.
MAX_PX = 2_000
CPU_SECONDS = 20.0
WALL_SECONDS = 30.0

_ROOT = Path(__file__).resolve().parents[2]
_START = (
    "import sys; sys.path.insert(0, sys.argv[1]); "
    "from ingest.sandbox.page_image_worker import main; main(sys.argv[2])"
)


class Renderer:
    """One drawing child, started on first use. Safe to call from many threads."""

    def __init__(self, cpu: float = CPU_SECONDS, wall: float = WALL_SECONDS) -> None:
        self._cpu, self._wall = cpu, wall
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None

    def page_image(
        self,
        path: Path,
        page_number: int,
        *,
        max_px: int = MAX_PX,
        scale: float | None = None,
        crop: bool = False,
        highlight: Sequence[Box] = (),
    ) -> bytes:
        """Return the page (counted from 1) as PNG bytes.

        `scale` is pixels a point (100 dpi: 100 / 72); without it the longer side has `max_px` pixels,
        which no side ever exceeds. `crop` cuts to the text with a margin; `highlight` are boxes in points.
        Raises: UnreadableFile when the page cannot be drawn.
        """
        order = {
            "task": "image", "path": str(path), "page": page_number, "max_px": min(max_px, MAX_PX),
            "scale": scale, "crop": crop, "highlight": list(highlight),
        }  # fmt: skip
        _, body = self._ask(order)
        return body

    def span_boxes(
        self, path: Path, page_number: int, page_text: str, spans: Sequence[tuple[int, int]]
    ) -> list[Box]:
        """Return the rectangles of spans of `page_text` in points from the lower left, one or more a line.

        Empty where the stored text is not what the page now gives (OCR, another file): better no mark
        than a wrong one. Raises: UnreadableFile when the page cannot be opened.
        """
        order = {
            "task": "boxes", "path": str(path), "page": page_number, "text": page_text, "spans": list(spans)
        }  # fmt: skip
        head, _ = self._ask(order)
        return [(box[0], box[1], box[2], box[3]) for box in head.get("boxes", [])]

    def close(self) -> None:
        """End the child."""
        with self._lock:
            self._end()

    def _ask(self, order: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
        with self._lock:
            process = self._running()
            alarm = threading.Timer(self._wall, process.kill)
            alarm.start()
            try:
                head, body = self._exchange(process, order)
            except (OSError, ValueError) as error:
                self._end()
                raise UnreadableFile(f"page {order['page']} could not be drawn safely") from error
            finally:
                alarm.cancel()
        if "error" in head:
            raise UnreadableFile(str(head["error"]))
        return head, body

    @staticmethod
    def _exchange(process: subprocess.Popen[bytes], order: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
        """Send an order and return its answer. Raises: OSError, ValueError when the child died."""
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(json.dumps(order).encode() + b"\n")
        process.stdin.flush()
        head = json.loads(process.stdout.readline())
        body = process.stdout.read(head["size"])
        if len(body) != head["size"]:
            raise ValueError("answer cut off")
        return head, body

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is None or self._process.poll() is not None:
            self._end()
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-c", _START, str(_ROOT), str(self._cpu)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
            )
        return self._process

    def _end(self) -> None:
        if self._process is None:
            return
        self._process.kill()
        self._process.wait()
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                _close(stream)
        self._process = None


def _close(stream: Any) -> None:
    """Close a pipe whose other end may be gone, with bytes still waiting in it."""
    try:
        stream.close()
    except BrokenPipeError:
        return


_shared = Renderer()
atexit.register(_shared.close)
page_image = _shared.page_image
span_boxes = _shared.span_boxes
