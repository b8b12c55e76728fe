"""Inline Markdown (`**strong**`, `*emphasis*`, `[^1]`) into the markup of each output format."""

import re
from html import escape

from starter_build.source import CALL

STRONG = re.compile(r"\*\*(.+?)\*\*")
EMPHASIS = re.compile(r"\*(.+?)\*")


def to_reportlab(text: str) -> str:
    """Paragraph markup of reportlab; a note call becomes a raised figure."""
    return _marked(escape(text, quote=False), "b", "i", r'<super size="6.2" rise="3.6">\1</super>')


def to_html(text: str) -> str:
    """HTML; a note call links to its note."""
    return _marked(escape(text, quote=False), "strong", "em", r'<sup><a href="#note-\1">\1</a></sup>')


def to_plain(text: str) -> str:
    """Text without marks; a note call becomes a number in brackets."""
    return CALL.sub(r" [\1]", EMPHASIS.sub(r"\1", STRONG.sub(r"\1", text)))


def runs(text: str) -> list[tuple[str, str]]:
    """Split into (style, text) with style "", "strong", "em" or "call", in order and without loss."""
    pieces = re.split(r"(\*\*.+?\*\*|\*.+?\*|\[\^\d+\])", text)
    return [_run(piece) for piece in pieces if piece]


def _run(piece: str) -> tuple[str, str]:
    for style, pattern in (("strong", STRONG), ("em", EMPHASIS), ("call", CALL)):
        match = pattern.fullmatch(piece)
        if match:
            return style, match[1]
    return "", piece


def _marked(text: str, strong: str, emphasis: str, call: str) -> str:
    text = STRONG.sub(rf"<{strong}>\1</{strong}>", text)
    text = EMPHASIS.sub(rf"<{emphasis}>\1</{emphasis}>", text)
    return CALL.sub(call, text)
