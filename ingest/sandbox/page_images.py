"""Pictures of pages, and the rectangles of spans on them.

pdfium is not thread-safe, and a page can be built to crash or stall whoever draws it. So one child process
draws for all threads, one request at a time, with limits on memory and time; if it dies, that request
fails and the next one starts another.
"""

import atexit
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path

from ingest.errors import UnreadableFile
from ingest.readers.source import Box
from ingest.sandbox.page_image_protocol import MAX_ANSWER, Answer, answer_of
from ingest.sandbox.process import ChildProcess

# A page of 200,000 points is drawn in as many pixels as any other.
MAX_PX = 2_000
CPU_SECONDS = 20.0
WALL_SECONDS = 30.0


class Renderer:
    """One drawing child, started on first use. Safe to call from many threads."""

    def __init__(self, cpu: float = CPU_SECONDS, wall: float = WALL_SECONDS) -> None:
        self._cpu, self._wall = cpu, wall
        self._lock = threading.Lock()
        self._process: ChildProcess | None = None

    def page_image(
        self,
        path: Path,
        page_number: int,
        *,
        max_px: int = MAX_PX,
        scale: float | None = None,
        crop: bool = False,
        highlight: Sequence[Box] = (),
        sha256: str | None = None,
    ) -> bytes:
        """Return the page (counted from 1) as PNG bytes.

        `scale` is pixels a point (100 dpi: 100 / 72); without it the longer side has `max_px` pixels,
        which no side ever exceeds. `crop` cuts to the text with a margin; `highlight` are boxes in points.
        With `sha256` only a file of this content is drawn. Raises: UnreadableFile when the page cannot be drawn.
        """
        order = {
            "task": "image", "path": str(path), "page": page_number, "max_px": min(max_px, MAX_PX),
            "scale": scale, "crop": crop, "highlight": list(highlight), "sha256": sha256,
        }  # fmt: skip
        _, body = self._ask(order)
        return body

    def span_boxes(
        self,
        path: Path,
        page_number: int,
        page_text: str,
        spans: Sequence[tuple[int, int]],
        *,
        sha256: str | None = None,
    ) -> list[Box]:
        """Return the rectangles of spans of `page_text` in points from the lower left, one or more a line.

        Empty where the stored text is not what the page now gives (OCR, another file): better no mark
        than a wrong one.
        With `sha256` only a file of this content is looked at. Raises: UnreadableFile when the page cannot be opened.
        """
        order = {
            "task": "boxes", "path": str(path), "page": page_number, "text": page_text, "spans": list(spans),
            "sha256": sha256,
        }  # fmt: skip
        answer, _ = self._ask(order)
        return list(answer.boxes)

    def close(self) -> None:
        """End the child."""
        with self._lock:
            self._end()

    def _ask(self, order: Mapping[str, object]) -> tuple[Answer, bytes]:
        with self._lock:
            process = self._running()
            alarm = threading.Timer(self._wall, process.kill)
            alarm.start()
            try:
                process.send(order)
                answer = answer_of(process.line(MAX_ANSWER))
                body = process.read(answer.size)
                if len(body) != answer.size:
                    raise ValueError("answer cut off")
            except (OSError, ValueError) as error:
                self._end()
                raise UnreadableFile(f"page {order['page']} could not be drawn safely") from error
            finally:
                alarm.cancel()
        if answer.error is not None:
            raise UnreadableFile(answer.error)
        return answer, body

    def _running(self) -> ChildProcess:
        if self._process is None or not self._process.alive:
            self._end()
            self._process = ChildProcess("ingest.sandbox.page_image_worker", str(self._cpu))
        return self._process

    def _end(self) -> None:
        if self._process is not None:
            self._process.stop()
            self._process = None


_shared = Renderer()
atexit.register(_shared.close)
page_image = _shared.page_image
span_boxes = _shared.span_boxes
