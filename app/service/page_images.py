"""Page images with the passage marked: drawn by `ingest.sandbox.page_images` in its child process, kept bounded."""

from __future__ import annotations

import io
import threading
from collections import OrderedDict
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from ingest.atomic_files import file_sha256
from ingest.errors import PinciteError, UnreadableFile
from ingest.sandbox.page_images import page_image, span_boxes

# Twice the width of the pane keeps letters sharp on a dense screen.
LONGEST_PX = 1800
# A row of a marked line holds hundreds of pixels in the colour of the mark; a coloured figure may hold a few.
_MARKED_PIXELS = 20
# About 200 pages at 300 kB each, the size of an ordinary page of text at this resolution.
CACHE_BYTES = 64_000_000


class NoPicture(PinciteError):
    """The page cannot be drawn, or the file is not the one that was read."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A PNG of the page, cropped to its text, with `marked` rectangles of the passage drawn in.

    `width` and `height` are pixels; `top` is the share of the height above the first mark, 0 without one.
    """

    png: bytes
    marked: int
    width: int
    height: int
    top: float


class Pictures:
    """Page images by content, page and spans. Usable from several threads."""

    def __init__(self, capacity: int = CACHE_BYTES) -> None:
        self._capacity = capacity
        self._lock = threading.Lock()
        self._kept: OrderedDict[tuple[object, ...], Picture] = OrderedDict()
        self.size = 0

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
        picture = _draw(path, sha256, number, text, spans)
        with self._lock:
            if key not in self._kept:
                self._kept[key] = picture
                self.size += len(picture.png)
            while self.size > self._capacity and len(self._kept) > 1:
                self.size -= len(self._kept.popitem(last=False)[1].png)
        return picture


def _draw(path: Path, sha256: str, number: int, text: str, spans: tuple[tuple[int, int], ...]) -> Picture:
    try:
        found = path.stat()
        if _hash(path, found.st_size, found.st_mtime_ns) != sha256:
            raise NoPicture("the file has changed since it was read")
        boxes = span_boxes(path, number, text, spans) if spans else []
        png = page_image(path, number, max_px=LONGEST_PX, crop=True, highlight=boxes)
        return _picture(png, len(boxes))
    except UnreadableFile as error:
        raise NoPicture(error.reason) from error
    except OSError as error:
        raise NoPicture(f"the file cannot be read ({error.strerror})") from error


def _picture(png: bytes, marked: int) -> Picture:
    """Return the picture with its size and where its marks begin: the first row that holds their colour."""
    import numpy as np
    from PIL import Image

    from ingest.sandbox.page_image_worker import HIGHLIGHT

    with Image.open(io.BytesIO(png)) as image:
        width, height = image.size
        top = 0.0
        if marked:
            rows = (np.asarray(image.convert("RGB")) == np.array(HIGHLIGHT)).all(axis=2).sum(axis=1)
            top = float(np.argmax(rows > _MARKED_PIXELS)) / height
    return Picture(png, marked, width, height, top)


@lru_cache(maxsize=256)
def _hash(path: Path, _size: int, _mtime_ns: int) -> str:
    return file_sha256(path)
