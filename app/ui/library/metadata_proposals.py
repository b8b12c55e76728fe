"""Proposals of metadata, to accept one by one or many rows at once. None is used before a person accepts it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import streamlit as st

from app.exports.escape import for_html, visible
from app.i18n import Words, names
from app.service import ingest_jobs, metadata_proposals
from app.service.site import may_edit
from app.ui import visitor
from ingest.metadata.countries import country_name

if TYPE_CHECKING:
    from app.service.engine import Engine
    from ingest.library.records import Document
    from ingest.metadata.proposals import Proposal

_ACCEPTED = "proposals_accepted"
_TABLE = "proposals_table"
# Three pages of each document are read; the next ones are offered once these are settled.
_MOST = 200


def of_document(t: Words, machine: Engine, document: Document) -> None:
    """Draw what one document proposes, each with its source and a button to accept it."""
    library = machine.library()
    found = metadata_proposals.of_document(library, document, library.bases().get(document.id))
    if not found:
        return
    st.html(f'<h3 class="side">{t("The document itself shows")}</h3>')
    for one in found:
        with st.container(key=f"proposal-{one.field}", horizontal=True, vertical_alignment="center"):
            st.html(f'<p class="note">{_told(t, one)}</p>')
            st.button(
                t("Accept"),
                key=f"accept-{one.field}-{document.id}",
                icon=":material/check:",
                on_click=_accept,
                args=(machine, [(document.id, one)]),
            )


def table(t: Words, machine: Engine) -> None:
    """Draw the proposals of all documents as a table in which many are accepted at once."""
    if number := st.session_state.pop(_ACCEPTED, None):
        done = t.n("{n} value was accepted.", "{n} values were accepted.", number)
        st.html(f'<p class="state" role="status">{done}</p>')
    rows = _rows(machine)
    if not rows:
        return
    documents = len({document.id for document, _ in rows})
    label = t.n(
        "{n} document shows metadata that is missing here",
        "{n} documents show metadata that is missing here",
        documents,
    )
    with st.expander(label, icon=":material/fact_check:", key="proposals"):
        st.html(f'<p class="note">{t("Nothing of this is cited before you accept it.")}</p>')
        columns = (t("Accept"), t("Title"), t("Field"), t("Value"), t("Source"), t("Words"))
        edited: Any = st.data_editor(
            [dict(zip(columns, _cells(t, document, one), strict=True)) for document, one in rows],
            key=f"{_TABLE}-{hash(tuple((document.id, one.field) for document, one in rows))}",
            hide_index=True,
            disabled=list(columns[1:]),
        )
        chosen = [
            (document.id, one) for (document, one), line in zip(rows, edited, strict=True) if line[columns[0]]
        ]
        st.button(
            t("Accept the ticked ones ({n})").format(n=len(chosen)),
            key="accept-ticked",
            disabled=not chosen,
            on_click=_accept,
            args=(machine, chosen),
        )


def _rows(machine: Engine) -> list[tuple[Document, Proposal]]:
    library = machine.library()
    documents = [document for document in library.documents() if _lacking(document)]
    if not documents:
        return []
    return [
        (document, one)
        for document, found in metadata_proposals.of_library(library, documents[:_MOST])
        for one in found
    ]


def _lacking(document: Document) -> bool:
    meta = document.metadata
    return not (meta.publisher and meta.year and meta.type and meta.countries and meta.isbn)


def _cells(t: Words, document: Document, one: Proposal) -> tuple[object, ...]:
    title = visible(document.metadata.title or document.file)
    return (False, title, field_name(t, one.field), value_text(t, one), source_name(t, one.source), one.words)


def _told(t: Words, one: Proposal) -> str:
    text = t("{field}: {value} (from: {source}: “{words}”)").format(
        field=field_name(t, one.field),
        value=value_text(t, one),
        source=source_name(t, one.source),
        words=one.words,
    )
    return for_html(text)


def field_name(t: Words, field: str) -> str:
    """Return what a field that is proposed is called."""
    return {
        "publisher": t("Publisher"),
        "year": t("Year"),
        "type": t("Type"),
        "countries": t("Country"),
        "url": t("Web address of the source"),
        "isbn": t("ISBN"),
    }.get(field, field)


def value_text(t: Words, one: Proposal) -> str:
    """Return a proposed value as it is shown."""
    if one.field == "countries":
        return ", ".join(country_name(code, t.language) for code in one.value)
    return names.type_name(t, one.value) if one.field == "type" else visible(str(one.value))


def source_name(t: Words, source: str) -> str:
    """Return what the place is called that a proposal was read from."""
    return {
        "first page": t("first page"),
        "copyright line": t("copyright line"),
        "imprint": t("imprint"),
        "document symbol": t("document symbol"),
        "printed address": t("printed address"),
        "dateline": t("dateline"),
        "title": t("title"),
        "pdf info": t("the PDF itself"),
    }.get(source, source)


def _accept(machine: Engine, chosen: list[tuple[str, Proposal]]) -> None:
    if not may_edit(machine.site, visitor.person(machine.site)):
        return
    library = machine.library()
    for ident, one in chosen:
        library.set_override(ident, one.field, list(one.value) if isinstance(one.value, tuple) else one.value)
    st.session_state[_ACCEPTED] = len(chosen)
    if (corpus := machine.corpus()) is not None:
        ingest_jobs.start(corpus, machine.site)
