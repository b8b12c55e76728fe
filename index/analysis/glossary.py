"""Words that mean the same in the languages of the corpus: health, salud, saúde.

A question's word is also looked for as the words of the other languages, so that the words leg finds
passages in a language the question is not in. Passages are counted as they are: changing the glossary
changes the next search, and nothing has to be built again.
"""

import csv
import re
from collections.abc import Callable, Container, Iterator, Sequence
from pathlib import Path
from typing import Protocol

from ingest.errors import UsageError
from ingest.text.small_files import SETTINGS_BYTES, read_text

SHIPPED = Path(__file__).with_suffix(".csv")
LANGUAGE = re.compile("[a-z]{2}")
WORD = re.compile(r"[^\W\d_]+")


class _Reader(Protocol):
    """What `csv.reader` returns, whose type has no public name."""

    line_num: int

    def __iter__(self) -> Iterator[list[str]]: ...


Stem = Callable[[str, str], str]
"""(word, language) → its stem."""


class Glossary:
    """Rows of words with one meaning: language (ISO 639-1) → words."""

    def __init__(self, rows: Sequence[dict[str, tuple[str, ...]]], stem: Stem) -> None:
        """Index the rows by the stems of their words."""
        self._stem = stem
        self._rows = rows
        self._places: dict[tuple[str, str], list[int]] = {}
        for place, row in enumerate(rows):
            keys = {(language, stem(word, language)) for language, words in row.items() for word in words}
            for key in keys:
                self._places.setdefault(key, []).append(place)

    def others(
        self, word: str, spoken: Sequence[str], wanted: Container[str | None]
    ) -> Iterator[tuple[str, str]]:
        """Yield (stem, language) of the words of `wanted` languages that mean the same as `word`.

        `word` is taken as a word of the `spoken` languages, of any where they are not known.
        """
        for language in spoken or sorted({language for language, _ in self._places}):
            for place in self._places.get((language, self._stem(word, language)), ()):
                for other, words in self._rows[place].items():
                    if other != language and other in wanted:
                        yield from ((self._stem(same, other), other) for same in words)


def read_glossary(*files: Path) -> list[dict[str, tuple[str, ...]]]:
    """Return the rows of the given files, of the shipped one if none is given.

    A file is CSV, its header names languages, a cell holds words with blanks between them. A semicolon
    between cells, as spreadsheets write it where the comma is the decimal sign, is as good as a comma.

    Raises:
        UsageError: naming file and line, when it cannot be read or a cell holds something else.

    """
    return [row for path in files or (SHIPPED,) for row in _read(path)]


def _read(path: Path) -> Iterator[dict[str, tuple[str, ...]]]:
    lines = read_text(path, SETTINGS_BYTES).splitlines()
    header = lines[0] if lines else ""
    reader = csv.reader(lines, delimiter=";" if ";" in header else ",")
    languages = [cell.strip().lower() for cell in next(_rows(path, reader), [])]
    if len(languages) < 2 or not all(LANGUAGE.fullmatch(language) for language in languages):
        raise UsageError(f"{path}: line 1: must name two or more languages, for example: en,es,pt")
    for cells in _rows(path, reader):
        words = [tuple(cell.lower().split()) for cell in cells]
        wrong = next((word for some in words for word in some if not WORD.fullmatch(word)), None)
        if wrong is not None or len(words) > len(languages):
            what = f"“{wrong}” is not a word" if wrong is not None else "more cells than languages"
            raise UsageError(f"{path}: line {reader.line_num}: {what}")
        row = {language: some for language, some in zip(languages, words, strict=False) if some}
        if len(row) > 1:
            yield row


def _rows(path: Path, reader: "_Reader") -> Iterator[list[str]]:
    """Yield the rows; a field of more than 128 KiB is refused by the CSV reader itself."""
    try:
        yield from reader
    except csv.Error as error:
        raise UsageError(f"{path}: line {reader.line_num}: {error}") from error
