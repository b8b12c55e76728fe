"""A brief as a Word file: quotations with their sources in footnotes."""

from __future__ import annotations

import io
from typing import Any

from app.citations import styles
from app.citations.wording import citation_words
from app.exports import brief_copy
from app.exports.brief import Brief, Item, heading, sources
from app.exports.word_footnotes import add_reference, attach, clean
from app.i18n import Words

_CUSTOM_XML_TYPE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/customXml"


def write(brief: Brief, t: Words, name: str = "") -> bytes:
    """Return the .docx bytes: quotations with footnote, called notes, note and question, then the sources.

    The outline: the title, under it "Excerpts" with one heading a quotation, and "Sources".
    """
    import docx

    document = docx.Document()
    title = clean(name or t("Brief"))
    document.core_properties.title = title
    document.core_properties.author = ""
    document.core_properties.comments = ""
    document.add_heading(title, level=0)
    document.add_heading(t("Excerpts"), level=1)
    notes = [_item(document, t, number, item) for number, item in enumerate(brief.items, start=1)]
    document.add_heading(t("Sources"), level=1)
    for line in sources(brief, t):
        document.add_paragraph(clean(line), style="List Bullet")
    attach(document, notes)
    _attach_copy(document, brief_copy.as_xml(name or t("Brief"), brief))
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def _item(document: Any, t: Words, number: int, item: Item) -> str:
    """Write one item and return the text of its footnote, whose number is the item's."""
    document.add_heading(clean(f"{number}. {heading(item)}"), level=2)
    quotation = document.add_paragraph(clean(item.passage.display_text), style="Quote")
    add_reference(quotation, number)
    for note in item.called:
        document.add_paragraph(clean(f"{note.mark} {note.text}"))
    if item.note:
        document.add_paragraph(clean(f"{t('Note')}: {item.note}"))
    asked = document.add_paragraph()
    asked.add_run(clean(t("Asked: {question}").format(question=item.question))).italic = True
    return styles.citation(item.document, item.passage, citation_words(t))


def _attach_copy(document: Any, xml: bytes) -> None:
    from docx.opc.packuri import PackURI
    from docx.opc.part import Part

    part = Part(PackURI("/customXml/item2.xml"), "application/xml", xml, document.part.package)
    document.part.relate_to(part, _CUSTOM_XML_TYPE)
