"""PowerPoint slides to Source: a slide is a page, its title a heading, its paragraphs and table rows lines."""

import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from ingest.errors import UnreadableFile
from ingest.readers.limits import Limits
from ingest.readers.line_writer import CELL_GAP, LineWriter
from ingest.readers.office_package import check_archive, core_info, short_reason, transitional
from ingest.readers.source import Page, Source

_A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
# PP_PLACEHOLDER: what stands on every slide (date, slide number, footer, header), titles, and texts with bullets.
_ON_EVERY_SLIDE = frozenset({13, 14, 15, 16})
_TITLES = frozenset({1, 3, 5})
_BULLETED = frozenset({2, 7})
MAX_GROUPS = 50


def read_pptx(data: bytes, limits: Limits, *, on_page: Callable[[int, int], None] | None = None) -> Source:
    """Read a presentation as a Source whose pages are the slides, numbered as PowerPoint counts them.

    Hidden slides keep their number and show nothing; speaker notes stand on no slide. Both are told in the notes.
    Raises: UnreadableFile when it is damaged, locked, too large unpacked, or without text.
    """
    check_archive(data)
    try:
        from pptx import Presentation

        presentation = Presentation(io.BytesIO(transitional(data)))
        slides = list(presentation.slides)
        if len(slides) > limits.pages:
            raise UnreadableFile(
                f"has {len(slides):,} slides; at most {limits.pages:,} are read: split the file"
            )
        left_out = _LeftOut()
        pages = []
        for number, slide in enumerate(slides, 1):
            pages.append(_page(slide, number, left_out))
            if on_page:
                on_page(number, len(slides))
        info = core_info(presentation.core_properties, data)
    except (UnreadableFile, MemoryError, RecursionError):
        raise
    except Exception as error:
        raise UnreadableFile(f"damaged PowerPoint file ({short_reason(error)})") from error
    if not any(page.text for page in pages):
        raise UnreadableFile("holds no text", "empty")
    if sum(len(page.text) for page in pages) > limits.text:
        raise UnreadableFile(f"has more than {limits.text:,} characters of text: split the file")
    return Source("pptx", True, tuple(pages), info=info, notes=tuple(left_out.notes()))


@dataclass(slots=True)
class _LeftOut:
    """What is on or behind the slides and is not read: numbers of slides."""

    hidden: list[int] = field(default_factory=list)
    spoken: list[int] = field(default_factory=list)
    drawn: list[int] = field(default_factory=list)

    def notes(self) -> Iterator[str]:
        """Yield a remark a kind."""
        for what, numbers in (
            ("hidden slides, not read", self.hidden),
            ("speaker notes, not read, of slides", self.spoken),
            ("charts and diagrams, not read, on slides", self.drawn),
        ):
            if numbers:
                more = ", …" if len(numbers) > 20 else ""
                yield f"{what}: {', '.join(str(number) for number in numbers[:20])}{more}"


def _page(slide: Any, number: int, left_out: _LeftOut) -> Page:
    if slide._element.get("show") == "0":
        left_out.hidden.append(number)
        return Page(number, "", (), flags=frozenset({"hidden_text"}))
    if slide.has_notes_slide and slide.notes_slide.notes_text_frame is not None:
        left_out.spoken += [number] if slide.notes_slide.notes_text_frame.text.strip() else []
    writer = LineWriter()
    shapes = [shape for shape in _shapes(slide.shapes, 0) if _placeholder(shape) not in _ON_EVERY_SLIDE]
    for shape in sorted(shapes, key=_place):
        _write(shape, writer, left_out, number)
    return Page(number, "\n".join(writer.parts), tuple(writer.lines), flags=_flags(writer, shapes))


def _flags(writer: LineWriter, shapes: list[Any]) -> frozenset[str]:
    return frozenset() if writer.parts else frozenset({"no_text" if shapes else "blank"})


def _shapes(shapes: Any, depth: int) -> Iterator[Any]:
    """Yield the shapes, those of groups as if they stood by themselves."""
    if depth > MAX_GROUPS:
        raise UnreadableFile("nested too deeply to be read")
    for shape in shapes:
        if hasattr(shape, "shapes"):
            yield from _shapes(shape.shapes, depth + 1)
        else:
            yield shape


def _place(shape: Any) -> tuple[bool, int, int]:
    """Return where a shape comes in reading order: titles first, then from the top and the left."""
    return _placeholder(shape) not in _TITLES, shape.top or 0, shape.left or 0


def _placeholder(shape: Any) -> int:
    """Return the number of the kind of placeholder, 0 for other shapes."""
    return int(shape.placeholder_format.type or 0) if shape.is_placeholder else 0


def _write(shape: Any, writer: LineWriter, left_out: _LeftOut, number: int) -> None:
    if shape.has_text_frame:
        kind = _placeholder(shape)
        for paragraph in shape.text_frame.paragraphs:
            role = "h1" if kind in _TITLES else "li" if kind in _BULLETED or paragraph.level else "p"
            _say(paragraph, writer)
            writer.end_line(role)
    elif getattr(shape, "has_table", False):
        for place, row in enumerate(shape.table.rows):
            for at, cell in enumerate(row.cells):
                writer.say(CELL_GAP if at else "")
                for paragraph in cell.text_frame.paragraphs:
                    _say(paragraph, writer)
                    writer.say(" ")
            writer.end_line("td" if place or not shape.table.first_row else "th")
    elif shape._element.tag.endswith("}graphicFrame"):
        left_out.drawn.append(number)


def _say(paragraph: Any, writer: LineWriter) -> None:
    """Add the runs of a paragraph; raised ones as calls of notes or exponents."""
    for node in paragraph._p.iterchildren(f"{_A}r", f"{_A}fld", f"{_A}br"):
        text = (
            "".join(part.text or "" for part in node.iterchildren(f"{_A}t")) if node.tag != f"{_A}br" else " "
        )
        properties = node.find(f"{_A}rPr")
        baseline = (properties.get("baseline") or "0") if properties is not None else "0"
        if baseline[:1].isdigit() and baseline.strip("0%."):
            writer.raised(text)
        elif baseline.startswith("-"):
            writer.lowered(text)
        else:
            writer.say(text)
