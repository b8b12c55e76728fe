"""pypdf: what a PDF says of itself, and the second reading of its text.

pypdf is pure Python: damage raises errors of every kind (58 of 5,329 mutants raised errors that are not
pypdf's own) and some pages take close to a second. So every call here is bounded in CPU time, and every
failure becomes a value.
"""

import gc
import io
import logging
import re
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import FrameType
from typing import Any

from ingest.readers.pdf import document_parts
from ingest.readers.source import OutlineEntry
from ingest.text.safe import storable

log = logging.getLogger(__name__)

# Reading structure took at most 0.8 s CPU on the 42 policy PDFs; loops must not eat the file's minute.
STRUCTURE_SECONDS = 10.0
MAX_VALUE = 1_000
MAX_OUTLINE = 20_000
# Operators that show text, or draw an image or form (ISO 32000-2, 9.4.3 and 8.8).
SHOWS = re.compile(rb"[\s)\]>](?:Tj|TJ|'|\"|Do)(?:\s|$)")
# What pypdf's reading of a page costs, in CPU seconds on one core of an AMD EPYC: fitted on 350 pages of 41
# policy PDFs, where half of the pages are within a fifth of it. The content is parsed byte by byte; each font's
# table of characters is unpacked again on each page (two Colombian laws: 65,556 codes a font, 0.6 s a page).
BYTE_EFFORT, CODE_EFFORT = 1.7e-6, 3e-6
# Text in forms is not in the page's own content: at least so much for each character found.
CHARACTER_EFFORT = 7e-6
# Above this pypdf gives a table up.
MAX_CODES = 100_000
# pypdf leaves the tables of a page's fonts in circles of references, which Python only clears after many more objects:
# a Colombian law of 41 pages came to 552 MB. So many mapped codes (some 15 MB) are cleared at once.
CODES_LEFT = 100_000
RANGES = re.compile(rb"beginbfrange(.*?)endbfrange", re.DOTALL)
RANGE = re.compile(rb"<([0-9A-Fa-f]{1,8})>\s*<([0-9A-Fa-f]{1,8})>\s*[<\[]")


class OutOfTime(BaseException):
    """The CPU time given to a piece of work has run out. Not an Exception: pypdf catches those."""


@contextmanager
def cpu_limit(seconds: float) -> Iterator[None]:
    """Raise OutOfTime in the block after `seconds` of this process's CPU time.

    Only the main thread of a system with interval timers can be interrupted; elsewhere the block runs
    on, and the child's own limits hold it.
    """
    if not hasattr(signal, "setitimer") or threading.current_thread() is not threading.main_thread():
        yield
        return

    def stop(_number: int, _frame: FrameType | None) -> None:
        raise OutOfTime

    before = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, max(seconds, 0.001))
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


@dataclass(frozen=True, slots=True)
class Structure:
    """What the catalogue of the file says. `labels` is () unless the root has /PageLabels."""

    info: dict[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    outline: tuple[OutlineEntry, ...] = ()


class SecondReader:
    """A PDF opened by pypdf: `problem` says why that failed, `locked` that a password is missing."""

    def __init__(self, data: bytes) -> None:
        import pypdf

        logging.getLogger("pypdf").setLevel(logging.CRITICAL)
        self.problem: str | None = None
        self.locked = False
        self.count = 0
        self._reader: Any = None
        self._codes: dict[int, int] = {}
        self._codes_left = 0
        try:
            with cpu_limit(STRUCTURE_SECONDS):
                reader = pypdf.PdfReader(io.BytesIO(data), strict=False)
                if reader.is_encrypted and not reader.decrypt(""):
                    self.locked, self.problem = True, "needs a password"
                    return
                self.count = len(reader.pages)
                self._reader = reader
        except OutOfTime:
            self.problem = "took too long to open"
        except Exception as error:  # damage raises anything; the message is the value
            self.problem = _short(error)

    def structure(self, *, with_pages: bool) -> Structure:
        """Return what the file says of itself; with `with_pages` also labels and outline."""
        if self._reader is None:
            return Structure()
        info: dict[str, str] = {}
        notes: list[str] = []
        labels: tuple[str, ...] = ()
        outline: list[OutlineEntry] = []
        try:
            with cpu_limit(STRUCTURE_SECONDS):
                self._read_info(info)
                notes += self._active_content()
                if with_pages and "/PageLabels" in self._reader.root_object:
                    labels = tuple(storable(str(label)) for label in self._reader.page_labels)
                if with_pages:
                    outline += self._outline(self._reader.outline, 1)
        except OutOfTime:
            notes.append("the file's own structure took too long to read")
        except Exception as error:
            notes.append(f"the file's own structure is damaged ({_short(error)})")
        return Structure(info, tuple(notes), labels, tuple(outline))

    def layers_off(self) -> frozenset[str]:
        """Return the names of the document's layers that are switched off."""
        try:
            with cpu_limit(STRUCTURE_SECONDS):
                return document_parts.layers_off(self._reader.root_object) if self._reader else frozenset()
        except (OutOfTime, Exception) as error:
            log.debug("layers not readable: %s", error)
            return frozenset()

    def has_form(self) -> bool:
        """Return whether the document has a form that may be filled in."""
        try:
            return self._reader is not None and "/AcroForm" in self._reader.root_object
        except Exception as error:
            log.debug("no catalogue: %s", error)
            return False

    def fields(self, index: int) -> tuple[document_parts.FormField, ...]:
        """Return the filled form fields of page `index` (from 0)."""
        if self._reader is None or index >= self.count:
            return ()
        try:
            with cpu_limit(STRUCTURE_SECONDS):
                return document_parts.filled_fields(self._reader.pages[index])
        except (OutOfTime, Exception) as error:
            log.debug("form fields of page %d not readable: %s", index + 1, error)
            return ()

    def text(self, index: int, seconds: float) -> str | None:
        """Return the text of page `index` (from 0), None when pypdf fails on it.

        Raises: OutOfTime after `seconds` of CPU time.
        """
        if self._reader is None or index >= self.count:
            return None
        try:
            with cpu_limit(seconds):
                return storable(self._reader.pages[index].extract_text() or "")
        except Exception as error:
            log.debug("pypdf failed on page %d: %s", index + 1, error)
            return None
        finally:
            self._clear_tables()

    def _clear_tables(self) -> None:
        """Give back the tables of the pages read so far, where they are large."""
        if self._codes_left >= CODES_LEFT:
            gc.collect()
            self._codes_left = 0

    def effort(self, index: int, characters: int) -> float:
        """Return the CPU seconds that reading page `index` should take, worked out from the file alone.

        `characters` is how many the first reader found. Unlike a clock it says the same in every run, so
        the same pages are checked on a busy machine.
        """
        size = codes = 0
        try:
            with cpu_limit(STRUCTURE_SECONDS):
                page = self._reader.pages[index]
                content = page.get_contents()
                size = len(content.get_data()) if content is not None else 0
                fonts = page.get("/Resources", {}).get_object().get("/Font", {}).get_object()
                codes = sum(self._codes_of(font.get_object()) for font in fonts.values())
                self._codes_left += codes
        except OutOfTime:
            return STRUCTURE_SECONDS
        except Exception as error:  # then reading the page fails too, and quickly
            log.debug("no effort for page %d: %s", index + 1, error)
        return max(BYTE_EFFORT * size, CHARACTER_EFFORT * characters) + CODE_EFFORT * codes

    def _codes_of(self, font: Any) -> int:
        """Return how many characters a font's table of ranges maps."""
        if id(font) not in self._codes:  # the reader keeps its objects, so the number is not used again
            table = font.get("/ToUnicode")
            found = RANGES.findall(table.get_object().get_data()) if table is not None else []
            spans = (int(high, 16) - int(low, 16) + 1 for part in found for low, high in RANGE.findall(part))
            self._codes[id(font)] = min(sum(max(span, 0) for span in spans), MAX_CODES)
        return self._codes[id(font)]

    def shows_something(self, index: int) -> bool:
        """Return whether the content of page `index` shows text or objects, or cannot be unpacked.

        Asked of pages on which no reader finds anything: True means that something was lost.
        """
        try:
            with cpu_limit(STRUCTURE_SECONDS):
                content = self._reader.pages[index].get_contents()
                return content is not None and bool(SHOWS.search(content.get_data()))
        except OutOfTime:
            return True
        except Exception as error:
            log.debug("content of page %d is damaged: %s", index + 1, error)
            return True

    def size(self, index: int) -> tuple[float, float]:
        """Return width and height of page `index` in points, (0, 0) where they cannot be read."""
        try:
            box = self._reader.pages[index].mediabox
            return float(box.width), float(box.height)
        except Exception as error:
            log.debug("no size for page %d: %s", index + 1, error)
            return 0.0, 0.0

    def _read_info(self, info: dict[str, str]) -> None:
        root = self._reader.root_object
        _put(info, "language", root.get("/Lang"))
        meta = self._reader.metadata or {}
        for key in ("title", "author", "subject", "keywords"):
            _put(info, key, meta.get(f"/{key.capitalize()}"))
        _put(info, "date", meta.get("/CreationDate"))
        if "/Metadata" in root:
            _read_xmp(self._reader, info)

    def _active_content(self) -> list[str]:
        root = self._reader.root_object
        names = root.get("/Names")
        names = names.get_object() if names is not None else {}
        found = set()
        if "/JavaScript" in names:
            found.add("JavaScript")
        action = root.get("/OpenAction")
        action = action.get_object() if action is not None else None
        if isinstance(action, dict) and action.get("/S") in ("/JavaScript", "/Launch"):
            found.add(str(action["/S"]).strip("/"))
        if "/AA" in root:
            found.add("automatic actions")
        return [f"contains {name}; not run" for name in sorted(found)] + document_parts.remarks(root)

    def _outline(self, items: Any, level: int) -> list[OutlineEntry]:
        entries: list[OutlineEntry] = []
        for item in items:
            if len(entries) >= MAX_OUTLINE:
                break
            if isinstance(item, list):
                entries += self._outline(item, level + 1)
                continue
            index = self._reader.get_destination_page_number(item)
            title = storable(" ".join(str(item.title or "").split()))
            page = index + 1 if index is not None and index >= 0 else None
            entries.append(OutlineEntry(title, level, page))
        return entries


def _read_xmp(reader: Any, info: dict[str, str]) -> None:
    """Fill gaps of `info` from the XMP packet; a broken packet only leaves the gaps."""
    try:
        xmp = reader.xmp_metadata
        if xmp is None:
            return
        titles = xmp.dc_title or {}
        _put(info, "title", titles.get("x-default") or next(iter(titles.values()), None))
        _put(info, "author", "; ".join(str(name) for name in xmp.dc_creator or ()))
        _put(info, "language", next(iter(xmp.dc_language or ()), None))
        subjects = xmp.dc_description or {}
        _put(info, "subject", subjects.get("x-default"))
    except Exception as error:
        log.debug("XMP not readable: %s", error)


def _put(info: dict[str, str], key: str, value: Any) -> None:
    """Keep the first non-blank value of a key, on one line, bounded in length."""
    if value is None or key in info:
        return
    text = storable(" ".join(str(value).split()))[:MAX_VALUE]
    if text:
        info[key] = text


def _short(error: BaseException) -> str:
    text = " ".join(str(error).split()) or type(error).__name__
    return storable(text[:120])
