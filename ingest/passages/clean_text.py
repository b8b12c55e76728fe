"""The clean text of a block: its lines joined, hyphens at their ends gone or kept, every character mapped."""

import re
from collections.abc import Mapping
from dataclasses import replace

from ingest.layout.line import LayoutLine
from ingest.passages.hyphens import SOFT, Vocabulary, is_suspended
from ingest.passages.offset_map import Builder, MappedText
from ingest.structure.blocks import Block

HYPHEN_ENDS = SOFT + "-‐‑"
# Times the type of its text from which a letter alone is an initial: the first of a chapter is two to four lines high.
INITIAL = 1.8
_SOFT = re.compile("[\u0002\ufffe]")


def map_block(block: Block, raw: Mapping[int, str], vocabulary: Vocabulary) -> MappedText:
    """Return the clean text of a block with its map."""
    builder = Builder(raw)
    parts: list[tuple[int, int]] = []
    for at, line in enumerate(block.lines):
        following = block.lines[at + 1] if at + 1 < len(block.lines) else None
        if block.by_line and at:
            builder.blank(" " if line.same_line else "\n")
        elif at and not _glued(block.lines[at - 1], line, raw, vocabulary):
            builder.blank()
        begin = len(builder)
        _copy_line(builder, line, following if not block.by_line else None, raw, vocabulary)
        parts.append((begin, len(builder)))
    mapped = builder.build()
    return replace(mapped, parts=tuple(parts)) if block.places else mapped


def _glued(above: LayoutLine, line: LayoutLine, raw: Mapping[int, str], vocabulary: Vocabulary) -> bool:
    """Return whether `line` goes on without a blank: after a hyphen, an initial, or a fragment that it touches."""
    if raw[above.page][above.end - 1] in HYPHEN_ENDS:
        left, right = raw[above.page][above.start : above.end], raw[line.page][line.start : line.end]
        return not is_suspended(left[-40:], right[:40])
    if _is_initial(above, line, raw):
        return vocabulary.joins_initial(
            raw[above.page][above.start : above.end], raw[line.page][line.start : line.end]
        )
    if not line.same_line or above.box is None or line.box is None or line.page != above.page:
        return False
    between = raw[line.page][above.end : line.start]
    # A line that begins far to the left of the other's end is the next line, whatever their heights say.
    return " " not in between and abs(line.left - above.right) < 0.15 * (line.size or 10.0)


def _is_initial(above: LayoutLine, line: LayoutLine, raw: Mapping[int, str]) -> bool:
    """Return whether `above` is one letter as high as several lines, with `line` beside its top."""
    if above.end - above.start != 1 or not above.size or not line.size or above.size < INITIAL * line.size:
        return False
    if above.box is None or line.box is None or above.page != line.page:
        return False
    beside = line.left >= above.right - 1 and line.box[1] > above.box[1] and line.box[1] < above.box[3]
    return beside and raw[above.page][above.start].isalpha()


def _copy_line(
    builder: Builder,
    line: LayoutLine,
    following: LayoutLine | None,
    raw: Mapping[int, str],
    vocabulary: Vocabulary,
) -> None:
    """Copy one line; hyphens inside it (merged lines) and at its end go or stay by the vocabulary."""
    text = raw[line.page]
    position = line.start
    for at in _soft_hyphens(text, line):
        builder.copy(line.page, position, at)
        left, right = text[max(line.start, at - 40) : at + 1], text[at + 1 : at + 40].lstrip()
        if vocabulary.keeps_hyphen(left, right):
            builder.keep(line.page, at, "-")
        if is_suspended(left, right):
            builder.blank()
        position = at + 1
        while position < line.end and text[position].isspace():
            position += 1
    last = line.end - 1
    if following is None or text[last] not in HYPHEN_ENDS or last < position:
        builder.copy(line.page, position, line.end)
        return
    builder.copy(line.page, position, last)
    after = raw[following.page][following.start : following.start + 40]
    if vocabulary.keeps_hyphen(text[max(line.start, last - 40) : line.end], after):
        builder.keep(line.page, last, "-")


def _soft_hyphens(text: str, line: LayoutLine) -> list[int]:
    """Return where hyphens that the typesetter put in stand inside a line, its last character left out."""
    start, end = line.start, line.end - 1
    if text.find("\u0002", start, end) < 0 and text.find("\ufffe", start, end) < 0:
        return []
    return [match.start() for match in _SOFT.finditer(text, start, end)]
