"""A brief as a Word file: python-docx for the text, the footnotes part written beside it.

python-docx (1.2) has no footnotes; the part, its relationship and the two separators follow ECMA-376 part 1,
17.11 (footnotes and endnotes).
"""

from __future__ import annotations

import io
from typing import Any
from xml.sax.saxutils import escape

from app.citations import styles
from app.citations.wording import citation_words
from app.exports import brief_copy
from app.exports.brief import Brief, Item, heading, sources
from app.exports.escape import visible
from app.i18n import Words

_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_FOOTNOTES_TYPE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/footnotes"
_FOOTNOTES_MIME = "application/vnd.openxmlformats-officedocument.wordprocessingml.footnotes+xml"
_CUSTOM_XML_TYPE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/customXml"
_SEPARATORS = (
    '<w:footnote w:type="separator" w:id="-1"><w:p><w:r><w:separator/></w:r></w:p></w:footnote>'
    '<w:footnote w:type="continuationSeparator" w:id="0"><w:p><w:r><w:continuationSeparator/></w:r></w:p>'
    "</w:footnote>"
)
_SUPERSCRIPT = '<w:rPr><w:vertAlign w:val="superscript"/></w:rPr>'


def write(brief: Brief, t: Words) -> bytes:
    """Return the .docx bytes: quotations with footnote, called notes, note and question, then the sources.

    The outline: the title, under it "Excerpts" with one heading a quotation, and "Sources".
    """
    import docx

    document = docx.Document()
    document.core_properties.title = t("Brief")
    document.core_properties.author = ""
    document.core_properties.comments = ""
    document.add_heading(t("Brief"), level=0)
    document.add_heading(t("Excerpts"), level=1)
    notes = [_item(document, t, number, item) for number, item in enumerate(brief.items, start=1)]
    document.add_heading(t("Sources"), level=1)
    for line in sources(brief, t):
        document.add_paragraph(_clean(line), style="List Bullet")
    _attach(document, notes)
    _attach_copy(document, brief_copy.as_xml(t("Brief"), brief))
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def _item(document: Any, t: Words, number: int, item: Item) -> str:
    """Write one item and return the text of its footnote, whose number is the item's."""
    from docx.oxml import parse_xml

    document.add_heading(_clean(f"{number}. {heading(item)}"), level=2)
    quotation = document.add_paragraph(_clean(item.passage.display_text), style="Quote")
    reference = f'<w:r xmlns:w="{_W}">{_SUPERSCRIPT}<w:footnoteReference w:id="{number}"/></w:r>'
    quotation._p.append(parse_xml(reference))
    for note in item.called:
        document.add_paragraph(_clean(f"{note.mark} {note.text}"))
    if item.note:
        document.add_paragraph(_clean(f"{t('Note')}: {item.note}"))
    asked = document.add_paragraph()
    asked.add_run(_clean(t("Asked: {question}").format(question=item.question))).italic = True
    return styles.citation(item.document, item.passage, citation_words(t))


def _attach(document: Any, notes: list[str]) -> None:
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


def _attach_copy(document: Any, xml: bytes) -> None:
    from docx.opc.packuri import PackURI
    from docx.opc.part import Part

    part = Part(PackURI("/customXml/item2.xml"), "application/xml", xml, document.part.package)
    document.part.relate_to(part, _CUSTOM_XML_TYPE)


def _footnote(number: int, text: str) -> str:
    return (
        f'<w:footnote w:id="{number}"><w:p><w:r>{_SUPERSCRIPT}<w:footnoteRef/></w:r>'
        f'<w:r><w:t xml:space="preserve"> {escape(_clean(text))}</w:t></w:r></w:p></w:footnote>'
    )


def _clean(text: str) -> str:
    """Return the text without what XML 1.0 cannot hold; `visible` has replaced controls and surrogates."""
    return "".join(c for c in visible(text) if c not in "\ufffe\uffff")
