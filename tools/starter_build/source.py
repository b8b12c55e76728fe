"""The Markdown sources of the starter corpus: a small, strict subset, parsed into blocks.

A source is TOML between `+++` lines and then blocks separated by blank lines. Anything the subset
does not know is an error with the file and the line, so that a typing slip never ends up as text.
"""

import re
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

BlockKind = Literal[
    "heading", "paragraph", "bullets", "numbers", "table", "source", "box", "page", "main", "contents", "scan"
]

FENCE = "+++"
HEADING = re.compile(r"^(#{1,3}) (.+)$")
NOTE = re.compile(r"^\[\^(\d+)\]: (.+)$", re.DOTALL)
CALL = re.compile(r"\[\^(\d+)\]")
NUMBERED = re.compile(r"^\d+\. ")
COMMANDS: dict[str, BlockKind] = {"\\newpage": "page", "\\mainmatter": "main", "\\contents": "contents"}


class SourceError(Exception):
    """A source of the starter corpus breaks the rules of the subset; the message names the file."""


@dataclass(frozen=True, slots=True)
class Block:
    """One block. `text` is inline Markdown; `items` holds list items, box paragraphs or table rows.

    `level` is 1–3 for headings. For a table `text` is the caption and each item is one row, cells
    separated by a tab, the first row being the head. For a scan, `items` holds the lines of the sheet.
    """

    kind: BlockKind
    text: str = ""
    level: int = 0
    items: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Document:
    """A parsed source: its catalogue entry (`meta`), its blocks in order, and its notes by number."""

    path: Path
    meta: dict[str, Any]
    blocks: tuple[Block, ...]
    notes: dict[int, str] = field(default_factory=dict)

    @property
    def file(self) -> str:
        """Name of the file this document is built into."""
        return str(self.meta["file"])

    @property
    def language(self) -> str:
        """ISO 639-1 code."""
        return str(self.meta["language"])


def load(path: Path) -> Document:
    """Parse one source. Raises SourceError naming the file when a block or a note is not understood."""
    head, body = _split_head(path)
    blocks: list[Block] = []
    notes: dict[int, str] = {}
    for chunk in _chunks(body):
        note = NOTE.match(chunk)
        if note:
            notes[int(note[1])] = _joined(note[2])
            continue
        blocks.append(_block(chunk, path))
    document = Document(path=path, meta=head, blocks=tuple(blocks), notes=notes)
    _check_notes(document)
    return document


def _split_head(path: Path) -> tuple[dict[str, Any], str]:
    parts = path.read_text(encoding="utf-8").split(f"{FENCE}\n", 2)
    if len(parts) != 3 or parts[0].strip():
        raise SourceError(f"{path.name}: expected TOML between two lines of {FENCE}")
    return tomllib.loads(parts[1]), parts[2]


def _chunks(body: str) -> list[str]:
    """Blocks in order; blank lines end a block except inside a sheet (`::: scan` … `:::`)."""
    parts = re.split(r"^(::: scan\n.*?^:::$)", body, flags=re.DOTALL | re.MULTILINE)
    chunks = [
        chunk
        for part in parts
        for chunk in ([part] if part.startswith("::: scan") else re.split(r"\n[ \t]*\n", part))
    ]
    return [chunk.strip("\n") for chunk in chunks if chunk.strip()]


def _joined(text: str) -> str:
    return " ".join(line.strip() for line in text.splitlines())


def _items(chunk: str, mark: re.Pattern[str]) -> tuple[str, ...]:
    """Join continuation lines to the item they belong to; the mark itself is removed."""
    items: list[str] = []
    for line in chunk.splitlines():
        if mark.match(line):
            items.append(mark.sub("", line, count=1).strip())
        else:
            items[-1] += " " + line.strip()
    return tuple(items)


def _block(chunk: str, path: Path) -> Block:
    first = chunk.splitlines()[0]
    if first in COMMANDS:
        return Block(COMMANDS[first])
    if first.startswith("\\"):
        raise SourceError(f"{path.name}: unknown command {first!r}")
    if first.startswith("Table: "):
        return _table(chunk, path)
    heading = HEADING.match(first)
    if heading:
        if "\n" in chunk:
            raise SourceError(f"{path.name}: a heading stands alone: {first!r}")
        return Block("heading", heading[2], level=len(heading[1]))
    return _prose(chunk, first)


def _prose(chunk: str, first: str) -> Block:
    """A list, a box, a sheet, the source of a table, or a paragraph, by the mark of the first line."""
    block = Block("paragraph", _joined(chunk))
    if first.startswith("::: scan"):
        block = Block("scan", items=tuple(line.rstrip() for line in chunk.splitlines()[1:-1]))
    elif first.startswith("- "):
        block = Block("bullets", items=_items(chunk, re.compile("^- ")))
    elif NUMBERED.match(first):
        block = Block("numbers", items=_items(chunk, NUMBERED))
    elif first.startswith("> "):
        block = Block("box", items=tuple(line.removeprefix(">").strip() for line in chunk.splitlines()))
    elif first.startswith("Source: "):
        block = Block("source", _joined(chunk).removeprefix("Source: "))
    return block


def _table(chunk: str, path: Path) -> Block:
    lines = chunk.splitlines()
    rows = [[cell.strip() for cell in line.strip().strip("|").split("|")] for line in lines[1:]]
    if len(rows) < 2 or len({len(row) for row in rows}) != 1:
        raise SourceError(f"{path.name}: a table needs rows of one length: {lines[0]!r}")
    return Block("table", lines[0].removeprefix("Table: "), items=tuple("\t".join(row) for row in rows))


def _check_notes(document: Document) -> None:
    texts = [text for block in document.blocks for text in (block.text, *block.items)]
    called = [int(number) for text in texts for number in CALL.findall(text)]
    if called != sorted(set(called)) or set(called) != set(document.notes):
        raise SourceError(
            f"{document.path.name}: notes must be called once each, in order; "
            f"called {called}, defined {sorted(document.notes)}"
        )
