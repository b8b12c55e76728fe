"""Which reader read a document: whether what it gave still stands, or the file must be read again."""

from __future__ import annotations

from dataclasses import dataclass

from ingest.readers.pdf.ocr import installed_languages

# Raised by one whenever reading or splitting gives other pages or passages: all files are read again.
READER_VERSION = "18"


@dataclass(frozen=True, slots=True)
class ReaderVersion:
    """`number` of the reader, and the `languages` in which it could read scans (tesseract's codes).

    Stored as "6+eng+spa". A content that a transient fault kept from being read has no number: no reader's.
    """

    number: str = ""
    languages: frozenset[str] = frozenset()

    @classmethod
    def current(cls) -> ReaderVersion:
        """Return the version of this program on this machine."""
        return cls(READER_VERSION, installed_languages())

    @classmethod
    def parse(cls, stored: str) -> ReaderVersion:
        """Return the version that `str` wrote."""
        number, *languages = stored.split("+")
        return cls(number, frozenset(languages))

    def __str__(self) -> str:
        return "+".join([self.number, *sorted(self.languages)])

    @property
    def is_none(self) -> bool:
        """Whether no reader has read the document yet: the next run tries again."""
        return not self.number

    def is_outdated(self, *, scan: bool) -> bool:
        """Return whether this program would read otherwise: by another number, or a scan in more languages."""
        return self.number != READER_VERSION or (scan and not installed_languages() <= self.languages)


NOT_READ = ReaderVersion()
