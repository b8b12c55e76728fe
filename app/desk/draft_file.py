"""A draft read into its paragraphs: Word, Markdown or plain text.

Only words count here: what is set in tables, text boxes, headers and notes of a Word file is not looked at.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from zipfile import BadZipFile

from ingest.errors import UsageError
from ingest.readers.text import decode
from ingest.text.sentences import split_sentences

SUFFIXES = (".docx", ".md", ".markdown", ".txt")
LARGEST = 20_000_000
"""Bytes of a draft; a larger file is a book or no draft."""
_FENCE = re.compile(r"^\s*(?:```|~~~)")
_HEADING = re.compile(r"^#{1,6}\s+(.*?)\s*#*$")
_ITEM = re.compile(r"^\s*(?:[-*+•]|\d{1,3}[.)])\s+(.*)$")
_RULE = re.compile(r"^\s*(?:[-*_]\s*){3,}$|^\s*\|?[\s:|-]+\|[\s:|-]*$")
_MARKUP = (
    (re.compile(r"!\[[^\]]*\]\([^)]*\)"), ""),
    (re.compile(r"\[([^\]]+)\]\([^)]*\)"), r"\1"),
    (re.compile(r"\[\^[^\]]+\]:?"), ""),
    (re.compile(r"(?<!\w)(\*\*\*|\*\*|\*|___|__|_)(?=\S)(.+?)(?<=\S)\1(?!\w)"), r"\2"),
    (re.compile(r"`([^`]+)`"), r"\1"),
    (re.compile(r"<[^<>\n]+>"), ""),
    (re.compile(r"\\([!-/:-@\[-`{-~])"), r"\1"),
)
Kind = Literal["heading", "text", "item"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Paragraph:
    """A paragraph of a draft without markup; `level` is that of a heading, else 0."""

    kind: Kind
    text: str
    level: int = 0

    @property
    def sentences(self) -> tuple[str, ...]:
        """The sentences to be checked, in order; a heading states nothing."""
        if self.kind == "heading":
            return ()
        return tuple(self.text[start:end] for start, end in split_sentences(self.text))


def read_draft(path: Path) -> tuple[Paragraph, ...]:
    """Return the paragraphs of a file. Raises UsageError naming it where it cannot be read or has no words."""
    try:
        if path.stat().st_size > LARGEST:
            raise UsageError(f"{path}: larger than {LARGEST // 1_000_000} MB; give one chapter at a time.")
        data = path.read_bytes()
    except OSError as error:
        raise UsageError(f"{path}: cannot be read ({error.strerror}).") from error
    return parse_draft(data, path.name, str(path))


def parse_draft(data: bytes, name: str, where: str | None = None) -> tuple[Paragraph, ...]:
    """Return the paragraphs of a file's bytes, by the ending of its name. Raises UsageError, beginning with `where`."""
    where = where or name
    suffix = Path(name).suffix.lower()
    if suffix not in SUFFIXES:
        raise UsageError(f"{where}: a draft is a Word file (.docx), Markdown (.md) or plain text (.txt).")
    if suffix == ".docx":
        found = tuple(_word(data, where))
    else:
        text = decode(data)
        found = tuple(_markdown(text) if suffix != ".txt" else _plain(text))
    if not any(paragraph.sentences for paragraph in found):
        raise UsageError(f"{where}: there is no sentence to check.")
    return found


def parse_text(text: str) -> tuple[Paragraph, ...]:
    """Return the paragraphs of a pasted text, which may have Markdown in it."""
    return tuple(_markdown(text))


def sentences(paragraphs: Sequence[Paragraph]) -> list[str]:
    """Return the sentences of a draft in order."""
    return [sentence for paragraph in paragraphs for sentence in paragraph.sentences]


def _word(data: bytes, where: str) -> Iterator[Paragraph]:
    import docx
    from docx.opc.exceptions import PackageNotFoundError

    try:
        document = docx.Document(io.BytesIO(data))
    except (PackageNotFoundError, BadZipFile, KeyError, ValueError, OSError) as error:
        raise UsageError(f"{where}: not a readable Word file ({error}).") from error
    for paragraph in document.paragraphs:
        text = " ".join(paragraph.text.split())
        if text:
            style = (paragraph.style.name if paragraph.style is not None else "") or ""
            yield _styled(text, style)


def _styled(text: str, style: str) -> Paragraph:
    """Return a paragraph by the name of its style: python-docx gives built-in ones their English names."""
    if style == "Title" or style.startswith("Heading"):
        last = style.rpartition(" ")[2]
        return Paragraph(kind="heading", text=text, level=int(last) if last.isdigit() else 1)
    return Paragraph(kind="item" if style.startswith("List") else "text", text=text)


def _plain(text: str) -> Iterator[Paragraph]:
    """Yield the paragraphs between blank lines; a line that ends no sentence and stands alone is a heading."""
    for block in re.split(r"\n\s*\n|\f", text.replace("\r\n", "\n").replace("\r", "\n")):
        for lines in _runs(block.split("\n")):
            joined = " ".join(" ".join(lines).split())
            if joined:
                alone = len(lines) == 1 and not joined.endswith((".", "!", "?", "…", "”", "»", '"', ":", ";"))
                kind: Kind = "heading" if alone and len(joined) <= 80 else "text"
                yield Paragraph(kind=kind, text=joined, level=1 if kind == "heading" else 0)


def _runs(lines: Sequence[str]) -> Iterator[list[str]]:
    """Yield the lines that belong together: an item of a list begins a run of its own."""
    run: list[str] = []
    for line in lines:
        if _ITEM.match(line) and run:
            yield run
            run = []
        run.append(line)
    yield run


def _markdown(text: str) -> Iterator[Paragraph]:
    fenced = False
    run: list[str] = []
    kind: Kind = "text"
    for line in [*text.replace("\r\n", "\n").replace("\r", "\n").split("\n"), ""]:
        fence = _FENCE.match(line) is not None
        fenced ^= fence
        if fenced and not fence:
            continue
        bare = "" if fence else re.sub(r"^\s*(?:>\s?)+", "", line)
        heading, item = _HEADING.match(bare.strip()), _ITEM.match(bare)
        if not bare.strip() or heading or item or _RULE.match(bare):
            yield from _joined(run, kind)
            run, kind = [], "text"
            if heading:
                level = len(bare.strip()) - len(bare.strip().lstrip("#"))
                yield Paragraph(kind="heading", text=_bare(heading[1]), level=level)
            elif item and not _RULE.match(bare):
                run, kind = [item[1]], "item"
        else:
            run.append(bare)


def _joined(lines: Sequence[str], kind: Kind) -> Iterator[Paragraph]:
    text = _bare(" ".join(lines))
    if text:
        yield Paragraph(kind=kind, text=text)


def _bare(text: str) -> str:
    for pattern, plain in _MARKUP:
        text = pattern.sub(plain, text)
    return " ".join(text.split())
