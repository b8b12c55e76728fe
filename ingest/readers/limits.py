"""What reading one file may cost. A file above a limit is refused with its reason, never cut silently."""

from dataclasses import dataclass

MIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """Ceilings for one file: `memory`, `file` and `text` in bytes/characters, times in seconds.

    `memory`, `cpu` and `wall` are held by the child process (`ingest.sandbox.pool`); the others by the
    readers themselves. `second_reading` is the effort that pypdf may spend on comparing one document,
    estimated from the file (`SecondReader.effort`): some 250 pages of the UN's reports, 30 of a law that
    pdfium reads in 4 ms a page and pypdf in 0.6 s. `ocr` is the time tesseract
    may spend on one document, some 1,500 pages. `wall` is how long a child may say nothing: a page that
    is read, checked or recognised renews it.
    """

    memory: int = 1024 * MIB
    cpu: float = 60.0
    wall: float = 120.0
    pages: int = 5_000
    text: int = 20_000_000
    file: int = 512 * MIB
    second_reading: float = 20.0
    ocr: float = 3_600.0
