"""Page images with the passage marked: drawn by `ingest.sandbox.page_images` in its child process, kept bounded."""

from __future__ import annotations

import io
import threading
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from cachetools import LRUCache

from app.service.file_content import content_hash
from ingest.errors import PinciteError, UnreadableFile
from ingest.sandbox.page_image_protocol import CHANGED
from ingest.sandbox.page_images import page_image, span_boxes

# Twice the width of the pane keeps letters sharp on a dense screen.
LONGEST_PX = 1800
# A row of a marked line holds hundreds of pixels in the colour of the mark; a coloured figure may hold a few.
_MARKED_PIXELS = 20
# About 200 pages at 300 kB each, the size of an ordinary page of text at this resolution.
CACHE_BYTES = 64_000_000


class NoPageImage(PinciteError):
    """The page cannot be drawn, or the file is not the one that was read."""


@dataclass(frozen=True, slots=True)
class PageImage:
    """A PNG of the page, cropped to its text, with `marked` rectangles of the passage drawn in.

    `width` and `height` are pixels; `top` is the share of the height above the first mark, 0 without one.
    """

    png: bytes
    marked: int
    width: int
    height: int
    top: float


class PageImages:
    """Page images by content, page and spans, the last ones kept. Usable from several threads."""

    def __init__(self, capacity: int = CACHE_BYTES) -> None:
        """Keep images of at most `capacity` bytes together."""
        self._lock = threading.Lock()
        self._kept: LRUCache[tuple[object, ...], PageImage] = LRUCache(capacity, lambda image: len(image.png))

    @property
    def size(self) -> int:
        """Bytes of the images kept."""
        return int(self._kept.currsize)

    def page(
        self, path: Path, sha256: str, number: int, text: str, spans: tuple[tuple[int, int], ...]
    ) -> PageImage:
        """Return page `number` (from 1) of the file with `spans` of its stored `text` marked.

        Raises NoPageImage when the file is gone, has changed since it was read, or cannot be drawn.
        """
        key = (sha256, number, spans)
        with self._lock:
            known = self._kept.get(key)
        if known is not None:
            return known
        image = _draw(path, sha256, number, text, spans)
        with self._lock, suppress(ValueError):  # larger than all that may be kept
            self._kept[key] = image
        return image


def _draw(path: Path, sha256: str, number: int, text: str, spans: tuple[tuple[int, int], ...]) -> PageImage:
    try:
        if content_hash(path) != sha256:
            raise NoPageImage(CHANGED)
        boxes = span_boxes(path, number, text, spans, sha256=sha256) if spans else []
        png = page_image(path, number, max_px=LONGEST_PX, crop=True, highlight=boxes, sha256=sha256)
        return _measured(png, len(boxes))
    except UnreadableFile as error:
        raise NoPageImage(error.reason) from error
    except OSError as error:
        raise NoPageImage(f"the file cannot be read ({error.strerror})") from error


def _measured(png: bytes, marked: int) -> PageImage:
    """Return the image with its size and where its marks begin: the first row that holds their colour."""
    import numpy as np
    from PIL import Image

    from ingest.sandbox.page_image_worker import HIGHLIGHT

    with Image.open(io.BytesIO(png)) as image:
        width, height = image.size
        top = 0.0
        if marked:
            rows = (np.asarray(image.convert("RGB")) == np.array(HIGHLIGHT)).all(axis=2).sum(axis=1)
            top = float(np.argmax(rows > _MARKED_PIXELS)) / height
    return PageImage(png, marked, width, height, top)
