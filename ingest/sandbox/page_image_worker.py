"""The child process that draws pages: one request a line on stdin; a JSON line, then bytes, on stdout.

Started and restarted by `ingest.sandbox.page_images`, which holds the clock. Keeps the last few documents open.
"""

import hashlib
import json
import sys
from collections import OrderedDict
from pathlib import Path
from typing import Any, BinaryIO

from ingest.errors import UnreadableFile
from ingest.readers.limits import MIB, Limits
from ingest.readers.pdf.bitmap import Pixels, draw, fitting_scale, png
from ingest.readers.pdf.pdfium import OpenPage, PdfiumDocument, PdfiumError
from ingest.readers.pdf.span_boxes import boxes_of, text_box
from ingest.readers.read import load
from ingest.readers.source import Box
from ingest.sandbox.own_limits import claim_stdout, limit_cpu, limit_memory
from ingest.sandbox.page_image_protocol import CHANGED, Answer, line_of

KEEP_DOCUMENTS = 3
KEEP_BYTES = 128 * MIB
# Text under a highlight stays black: each channel is multiplied by these shares (a pale yellow).
HIGHLIGHT = (255, 228, 110)


def main(cpu: str) -> None:
    """Serve requests until stdin ends; `cpu` is the CPU time one request may take, in seconds."""
    limits = Limits(cpu=float(cpu))
    out = claim_stdout()
    limit_memory(limits)
    documents = Documents(limits)
    for request in sys.stdin:
        limit_cpu(limits)
        _answer(out, documents, json.loads(request))


def _answer(out: BinaryIO, documents: "Documents", order: dict[str, Any]) -> None:
    body = b""
    try:
        document = documents.open(Path(order["path"]), order.get("sha256"))
        with document.page(order["page"] - 1) as page:
            if order["task"] == "boxes":
                answer = Answer(boxes=tuple(boxes_of(page, order["text"], order["spans"])))
            else:
                body = picture(page, order)
                answer = Answer(size=len(body))
    except UnreadableFile as error:
        answer = Answer(error=error.reason)
    except PdfiumError:
        answer = Answer(error=f"page {order['page']} cannot be drawn")
    except MemoryError:
        answer = Answer(error="the page needs too much memory")
    out.write(line_of(answer) + body)
    out.flush()


def picture(page: OpenPage, order: dict[str, Any]) -> bytes:
    """Return the PNG that the order asks for: `scale` or `max_px`, `crop`, `highlight` boxes."""
    crop = text_box(page) if order["crop"] else None
    frame: Box = crop or (0.0, 0.0, page.width, page.height)
    width, height = frame[2] - frame[0], frame[3] - frame[1]
    wanted = order["scale"] or order["max_px"] / max(width, height, 1e-6)
    pixels = draw(page, fitting_scale(width, height, wanted, order["max_px"]), crop=crop)
    return png(highlighted(pixels, frame, [tuple(box) for box in order["highlight"]]))


def highlighted(pixels: Pixels, frame: Box, boxes: list[Any]) -> Pixels:
    """Colour the boxes (points, as displayed) of a picture that shows `frame` of its page."""
    if not boxes:
        return pixels
    import numpy as np

    rows = np.frombuffer(pixels.data, np.uint8).reshape(pixels.height, pixels.width, 3).copy()
    colour = np.array(HIGHLIGHT, np.uint16)
    marked = np.zeros((pixels.height, pixels.width), bool)
    for left, bottom, right, top in boxes:
        x0, x1 = ((side - frame[0]) * pixels.scale for side in (left - 1, right + 1))
        y0, y1 = ((frame[3] - side) * pixels.scale for side in (top + 1, bottom - 1))
        marked[max(0, int(y0)) : max(0, round(y1)), max(0, int(x0)) : max(0, round(x1))] = True
    rows[marked] = (rows[marked].astype(np.uint16) * colour // 255).astype(np.uint8)
    return Pixels(pixels.width, pixels.height, 3, rows.tobytes(), pixels.scale)


class Documents:
    """The documents opened last, the one used longest ago closed first."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._open: OrderedDict[tuple[object, ...], tuple[PdfiumDocument, int]] = OrderedDict()

    def open(self, path: Path, sha256: str | None = None) -> PdfiumDocument:
        """Return the document, with `sha256` of this content alone. Raises: UnreadableFile, PdfiumError."""
        key = (sha256,) if sha256 else _facts(path)
        if key not in self._open:
            data = load(path, self._limits)
            if sha256 and hashlib.sha256(data).hexdigest() != sha256:
                raise UnreadableFile(CHANGED)
            self._open[key] = (PdfiumDocument(data), len(data))
        self._open.move_to_end(key)
        while len(self._open) > 1 and (
            len(self._open) > KEEP_DOCUMENTS or sum(size for _, size in self._open.values()) > KEEP_BYTES
        ):
            _, (oldest, _) = self._open.popitem(last=False)
            oldest.close()
        return self._open[key][0]


def _facts(path: Path) -> tuple[object, ...]:
    try:
        facts = path.stat()
    except OSError as error:
        raise UnreadableFile(f"cannot be opened ({error.strerror})") from error
    return (str(path), facts.st_dev, facts.st_ino, facts.st_size, facts.st_mtime_ns, facts.st_ctime_ns)
