"""Reading scanned pages with the program tesseract, where it is installed.

The page is drawn at 200 dpi and piped to `tesseract … tsv`; words come back with boxes and become lines
in reading order. Not used: rapidocr, which dropped whole lines.
"""

import logging
import shutil
import subprocess
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from cachetools import TTLCache, cached

from ingest.readers.child_processes import END_WITH_US
from ingest.readers.source import Box, Line, Page
from ingest.text.language import language_of
from ingest.text.safe import storable

log = logging.getLogger(__name__)

DPI = 200
# A3 at 200 dpi has 3,307 pixels; larger pages are drawn smaller.
MAX_SIDE = 4_000
# Wall time; a page takes 1 to 4 s of CPU. Under the wall limit of a child, which every page renews.
PAGE_SECONDS = 110.0
# Under this confidence (0 to 100) tesseract's words are specks and lines, not letters.
MIN_CONFIDENCE = 25.0
LANGUAGES = {"en": "eng", "es": "spa", "pt": "por", "fr": "fra"}
# Language detection is unsure below; the same figure as for passages.
ENOUGH_TEXT = 120

_COLUMNS = 12


@dataclass(frozen=True, slots=True)
class Picture:
    """A grey picture, one byte a pixel, rows from the top; `scale` is pixels a point."""

    width: int
    height: int
    pixels: bytes
    scale: float


@dataclass(frozen=True, slots=True)
class _Word:
    key: tuple[str, str, str]
    text: str
    box: tuple[int, int, int, int]


LOOK_AGAIN = 60.0
"""Seconds until a program that goes on asks tesseract again: languages are installed while a page is served."""


@cached(TTLCache(maxsize=2, ttl=LOOK_AGAIN), key=lambda: shutil.which("tesseract"), lock=threading.Lock())
def installed_languages() -> frozenset[str]:
    """Return the language data of the installed tesseract; empty where there is no tesseract."""
    program = shutil.which("tesseract")
    if program is None:
        return frozenset()
    try:
        run = subprocess.run([program, "--list-langs"], capture_output=True, timeout=20, check=True)
    except (OSError, subprocess.SubprocessError) as error:
        log.warning("tesseract does not run (%s): scanned pages are not read", error)
        return frozenset()
    return frozenset(name.strip() for name in run.stdout.decode("utf-8", "replace").splitlines()[1:]) - {""}


def known_language(texts: Sequence[str], declared: str | None = None) -> str | None:
    """Return tesseract's name of the language of `texts`, else of the `declared` one ("es-PE").

    None when neither tells, or the data of that language is not installed.
    """
    sample = " ".join(texts)
    found = language_of(sample) if len(sample) >= ENOUGH_TEXT else None
    for code in (found, (declared or "")[:2].lower()):
        if code in LANGUAGES and LANGUAGES[code] in installed_languages():
            return LANGUAGES[code]
    return None


def read_picture(
    picture: Picture, texts: Sequence[str], declared: str | None = None
) -> tuple[str, tuple[Line, ...]] | None:
    """Return text and lines of a picture that stands among pages with `texts`; None when it cannot be read.

    Where the language is not known all of LANGUAGES are looked for at once: 3.4 s of CPU where one takes
    2.6. Not used: a first reading to learn the language and a second one in it (5.3 s, no fewer errors).
    """
    every = "+".join(name for name in LANGUAGES.values() if name in installed_languages())
    language = known_language(texts, declared) or every
    return recognise(picture, language) if language else None


def recognise(picture: Picture, language: str) -> tuple[str, tuple[Line, ...]] | None:
    """Return the text of a picture and its lines with boxes, in points; None when tesseract fails."""
    mode = "1" if "osd" in installed_languages() else "3"
    header = b"P5 %d %d 255\n" % (picture.width, picture.height)
    dpi = str(max(70, round(picture.scale * 72)))
    command = ["tesseract", "stdin", "stdout", "-l", language, "--psm", mode, "--dpi", dpi, "tsv"]
    try:
        run = subprocess.run(
            command,
            input=header + picture.pixels,
            capture_output=True,
            timeout=PAGE_SECONDS,
            check=True,
            preexec_fn=END_WITH_US,  # the reader is a process of one purpose
        )
    except (OSError, subprocess.SubprocessError) as error:
        log.warning("tesseract failed on a page: %s", type(error).__name__)
        return None
    return layout(run.stdout.decode("utf-8", "replace"), picture)


def layout(tsv: str, picture: Picture) -> tuple[str, tuple[Line, ...]]:
    """Turn tesseract's TSV into page text and lines; boxes from pixels to points from the lower left."""
    parts: list[str] = []
    lines: list[Line] = []
    start = 0
    for _, group in groupby(_words(tsv), key=lambda word: word.key):
        words = list(group)
        text = " ".join(word.text for word in words)
        lines.append(Line(start, start + len(text), _box(words, picture)))
        parts.append(text)
        start += len(text) + 1
    return "\n".join(parts), tuple(lines)


def _words(tsv: str) -> list[_Word]:
    words = []
    for row in tsv.splitlines()[1:]:
        cells = row.split("\t")
        if len(cells) != _COLUMNS or cells[0] != "5" or not cells[11].strip():
            continue
        if float(cells[10]) >= MIN_CONFIDENCE:
            left, top, width, height = (int(cell) for cell in cells[6:10])
            key = (cells[2], cells[3], cells[4])
            words.append(_Word(key, storable(cells[11].strip()), (left, top, left + width, top + height)))
    return words


def _box(words: list[_Word], picture: Picture) -> Box:
    left = min(word.box[0] for word in words) / picture.scale
    top = (picture.height - min(word.box[1] for word in words)) / picture.scale
    right = max(word.box[2] for word in words) / picture.scale
    bottom = (picture.height - max(word.box[3] for word in words)) / picture.scale
    return (round(left, 2), round(bottom, 2), round(right, 2), round(top, 2))


def neighbours(pages: Sequence[Page], index: int, reach: int = 5) -> list[str]:
    """Return the texts of the pages around `index`, nearest first."""
    order = sorted(range(len(pages)), key=lambda other: abs(other - index))
    return [pages[other].text for other in order[: 2 * reach + 1] if pages[other].text.strip()]
