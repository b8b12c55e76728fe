"""A brief as a Word file: quotations with their sources in footnotes."""

from __future__ import annotations

import io
from typing import Any, Literal

from app.citations import styles
from app.citations.wording import citation_words
from app.exports import brief_copy
from app.exports.brief import Brief, Item, heading, sources
from app.exports.escape import for_xml
from app.exports.word_footnotes import add_reference, attach
from app.i18n import Words

_CUSTOM_XML_TYPE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/customXml"


Headings = Literal["excerpt", "document", "question"]
"""What has a heading of its own: each quotation, or the document or the question that several come from."""


def write(brief: Brief, t: Words, name: str = "", headings: Headings = "excerpt") -> bytes:
    """Return the .docx bytes: quotations with footnote, called notes, note and question, then the sources.

    The outline: the title, under it "Excerpts" with one heading for each thing that `headings` names, and "Sources".
    Quotations of one document or question come together, in the order in which the brief first has one of them.
    """
    import docx

    document = docx.Document()
    title = for_xml(name or t("Brief"))
    document.core_properties.title = title
    document.core_properties.author = ""
    document.core_properties.comments = ""
    document.add_heading(title, level=0)
    document.add_heading(t("Excerpts"), level=1)
    notes: list[str] = []
    for title_of_group, items in grouped(brief, headings):
        if title_of_group:
            document.add_heading(for_xml(title_of_group), level=2)
        for item in items:
            own = "" if title_of_group else f"{len(notes) + 1}. {heading(item)}"
            notes.append(_item(document, t, len(notes) + 1, item, own))
    document.add_heading(t("Sources"), level=1)
    for line in sources(brief, t):
        document.add_paragraph(for_xml(line), style="List Bullet")
    attach(document, notes)
    _attach_copy(document, brief_copy.as_xml(name or t("Brief"), brief))
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def grouped(brief: Brief, headings: Headings) -> list[tuple[str, list[Item]]]:
    """Return (heading, items) in order; one group without a heading where each item has its own."""
    if headings == "excerpt":
        return [("", list(brief.items))]
    groups: dict[str, list[Item]] = {}
    for item in brief.items:
        groups.setdefault(heading(item) if headings == "document" else item.question, []).append(item)
    return list(groups.items())


def _item(document: Any, t: Words, number: int, item: Item, own: str) -> str:
    """Write one item, under a heading of its `own` if it has one, and return the text of its footnote."""
    if own:
        document.add_heading(for_xml(own), level=2)
    quotation = document.add_paragraph(for_xml(item.passage.display_text), style="Quote")
    add_reference(quotation, number)
    for note in item.called:
        document.add_paragraph(for_xml(f"{note.mark} {note.text}"))
    if item.note:
        document.add_paragraph(for_xml(f"{t('Note')}: {item.note}"))
    asked = document.add_paragraph()
    asked.add_run(for_xml(t("Asked: {question}").format(question=item.question))).italic = True
    return styles.citation(item.document, item.passage, citation_words(t))


def _attach_copy(document: Any, xml: bytes) -> None:
    from docx.opc.packuri import PackURI
    from docx.opc.part import Part

    part = Part(PackURI("/customXml/item2.xml"), "application/xml", xml, document.part.package)
    document.part.relate_to(part, _CUSTOM_XML_TYPE)
