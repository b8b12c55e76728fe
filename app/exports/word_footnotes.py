"""Footnotes in a Word file: python-docx writes the text, the footnotes part is written beside it.

python-docx (1.2) has no footnotes; the part, its relationship and the two separators follow ECMA-376 part 1,
17.11 (footnotes and endnotes).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from xml.sax.saxutils import escape

from app.exports.escape import for_xml

_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_FOOTNOTES_TYPE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/footnotes"
_FOOTNOTES_MIME = "application/vnd.openxmlformats-officedocument.wordprocessingml.footnotes+xml"
_SEPARATORS = (
    '<w:footnote w:type="separator" w:id="-1"><w:p><w:r><w:separator/></w:r></w:p></w:footnote>'
    '<w:footnote w:type="continuationSeparator" w:id="0"><w:p><w:r><w:continuationSeparator/></w:r></w:p>'
    "</w:footnote>"
)
_SUPERSCRIPT = '<w:rPr><w:vertAlign w:val="superscript"/></w:rPr>'


def add_reference(paragraph: Any, number: int) -> None:
    """Put the call of footnote `number` (from 1) at the end of a paragraph as it is now."""
    from docx.oxml import parse_xml

    reference = f'<w:r xmlns:w="{_W}">{_SUPERSCRIPT}<w:footnoteReference w:id="{number}"/></w:r>'
    paragraph._p.append(parse_xml(reference))


def attach(document: Any, notes: Sequence[str]) -> None:
    """Give a document the footnotes that were called, in the order of their numbers."""
    from docx.opc.packuri import PackURI
    from docx.opc.part import Part

    body = "".join(_footnote(number, text) for number, text in enumerate(notes, start=1))
    xml = (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
        f'<w:footnotes xmlns:w="{_W}">{_SEPARATORS}{body}</w:footnotes>'
    )
    name = PackURI("/word/footnotes.xml")
    part = Part(name, _FOOTNOTES_MIME, xml.encode("utf-8"), document.part.package)
    document.part.relate_to(part, _FOOTNOTES_TYPE)


def _footnote(number: int, text: str) -> str:
    return (
        f'<w:footnote w:id="{number}"><w:p><w:r>{_SUPERSCRIPT}<w:footnoteRef/></w:r>'
        f'<w:r><w:t xml:space="preserve"> {escape(for_xml(text))}</w:t></w:r></w:p></w:footnote>'
    )
