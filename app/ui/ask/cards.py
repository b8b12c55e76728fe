"""One result as a card: the facts as HTML, the controls as widgets."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from app.checks.note_lookup import CalledNote, notes_of
from app.citations import wording
from app.citations.styles import citation
from app.exports.escape import for_html
from app.exports.quotable import headings_before
from app.i18n import Words, names
from app.ui import brief, state
from app.ui.ask import cite, feedback
from app.ui.ask.highlights import QuestionWords, excerpt, parts_html, question_words, with_figures
from app.ui.ask.table_html import passage_html

if TYPE_CHECKING:
    from collections.abc import Container, Iterable

    from app.service.engine import Engine
    from index.search import Hit
    from ingest.library.records import Document

SHORTCUTS = 9
"""Results whose page a digit key opens."""
MAX_NOTE = 300
"""Characters of a called note; the page image shows all of it."""


def card(
    t: Words, machine: Engine, hit: Hit, question: str, *, selected: bool, grouped: bool = False
) -> None:
    """Draw the card of a hit: `selected` shows all of it, `grouped` leaves out the document's name."""
    passage = hit.passage.passage
    retriever = machine.searcher().retriever
    facts = card_html(
        t,
        hit,
        question_words(question, retriever.analyser, retriever.languages),
        whole=selected,
        grouped=grouped,
        notes=notes_of(machine.library(), hit.document.id, passage) if selected else (),
        shared=machine.shared_titles(),
    )
    with st.container(key=f"card-{passage.id}", gap="small"):
        st.html(facts)
        with st.container(
            key=f"actions-{passage.id}", horizontal=True, gap="small", vertical_alignment="center"
        ):
            _show_button(t, hit, passage.id, selected)
            brief.add_button(t, hit, question)
            if st.button(
                t("Cite"), key=f"cite-{passage.id}", type="tertiary", icon=":material/format_quote:"
            ):
                cite.dialog(t, hit)
            feedback.thumbs(t, hit, question)


def _show_button(t: Words, hit: Hit, passage_id: str, selected: bool) -> None:
    paged = bool(hit.passage.passage.pages)
    show, hide = (t("Show page"), t("Hide page")) if paged else (t("Show text"), t("Hide text"))
    st.button(
        hide if selected else show,
        key=f"show-{passage_id}",
        type="secondary",
        icon=":material/find_in_page:",
        shortcut=str(hit.rank) if 1 <= hit.rank <= SHORTCUTS else None,
        on_click=_toggle,
        args=(passage_id, selected),
    )


def _toggle(passage_id: str, selected: bool) -> None:
    state.change(passage=None if selected else passage_id)
    st.session_state.pop("pane_page", None)


def card_html(
    t: Words,
    hit: Hit,
    sought: QuestionWords,
    *,
    whole: bool,
    grouped: bool = False,
    notes: Iterable[CalledNote] = (),
    shared: Container[str] = (),
) -> str:
    """Return the facts of a card as HTML: rank, publisher, title, year, page, section, excerpt, notes, badges.

    A document whose title is among those `shared` by several is named by its file as well.
    """
    name = t("Result {n}").format(n=hit.rank) if hit.rank else t("Linked passage")
    return (
        f'<article class="card{" selected" if whole else ""}" aria-label="{for_html(name)}">'
        + _heading(t, hit, shared, grouped=grouped)
        + _quotation(hit, sought, whole=whole)
        + "".join(_note(note) for note in notes)
        + _badges(t, hit)
        + _copy(t, hit, whole=whole)
        + _twins(t, hit, shared)
        + "</article>"
    )


def _heading(t: Words, hit: Hit, shared: Container[str], *, grouped: bool) -> str:
    """Return rank, publisher, title, year, file and place; under a document's heading only rank and place."""
    document, passage = hit.document, hit.passage.passage
    meta = document.metadata
    rank = f'<span class="rank">{hit.rank or "→"}</span>'
    section = wording.section_text(passage, meta.title)
    place = (
        f'<span class="page">{for_html(wording.pages_text(t, passage, meta.title, document.format))}</span>'
    )
    place += f'<span class="section">{for_html(section)}</span>' if section else ""
    if grouped:
        return f'<div class="where">{rank}{place}</div>'
    publisher = f'<span class="publisher">{for_html(meta.publisher)}</span>' if meta.publisher else ""
    title = for_html(wording.shown_title(meta.title or document.file))
    year = f'<span class="year">{meta.year}</span>' if meta.year else ""
    file = f'<span class="file">{for_html(document.file)}</span>' if _shares(document, shared) else ""
    return (
        f'<div class="eyebrow">{rank}{publisher}</div>'
        f'<h3 class="title">{title}</h3>'
        f'<div class="where">{year}{file}{place}</div>'
    )


def _quotation(hit: Hit, sought: QuestionWords, *, whole: bool) -> str:
    """Return the words of the passage, all or an excerpt, with those that the question looks for marked."""
    passage = hit.passage.passage
    text = passage.display_text
    marks = sought.places(text, passage.language)
    if passage.cells:
        body = passage_html(passage, marks, hit.window)
    else:
        part = (0, len(text)) if whole else excerpt(passage.text, passage.sentences, hit.window)
        parts = with_figures(text, passage.sentences, part, marks, sought.figures)
        body = parts_html(text, parts, marks, hit.window)
    return f'<blockquote lang="{for_html(passage.language or "")}">{body}</blockquote>'


def _note(note: CalledNote) -> str:
    """Return a called note as HTML, cut at a word; the ellipsis stands outside the quoted words."""
    shown = shorten(note.text, MAX_NOTE)
    cut = '<span class="cut"> …</span>' if shown != note.text else ""
    words = f"{for_html(note.mark)} {for_html(shown)}"
    return f'<p class="called" lang="{for_html(note.language or "")}">{words}{cut}</p>'


def shorten(text: str, limit: int) -> str:
    """Return the beginning of the text up to a blank, at most `limit` characters; all of it if it fits."""
    if len(text) <= limit:
        return text
    return text[: limit + 1].rpartition(" ")[0].rstrip() or text[:limit]


def _badges(t: Words, hit: Hit) -> str:
    passage = hit.passage.passage
    badges = [("language", names.language_name(t, passage.language))] if passage.language else []
    if hit.weak:
        badges.append(("weak", t("Weak match")))
    if passage.ocr:
        badges.append(("ocr", t("Read by OCR")))
    if not passage.readers_agree:
        badges.append(("ocr", t("Check against the page image")))
    if kind := names.kind_name(t, passage.kind):
        badges.append(("kind", kind))
    if hit.document.older_edition:
        badges.append(("weak", t("Older edition")))
    meta = hit.document.metadata
    badges += [("missing", t("Publisher missing"))] if not meta.publisher else []
    badges += [("missing", t("year missing"))] if not meta.year else []
    return (
        '<p class="badges">'
        + "".join(f'<span class="badge {c}">{for_html(x)}</span>' for c, x in badges)
        + "</p>"
    )


def _copy(t: Words, hit: Hit, *, whole: bool) -> str:
    """Return the button with which `page.js` copies the words that the card shows, with their source.

    Headings above the words are no part of the quotation: they would run into its first sentence.
    """
    passage = hit.passage.passage
    start = 0 if whole else excerpt(passage.text, passage.sentences, hit.window)[0]
    source = citation(hit.document, passage, wording.citation_words(t))
    return (
        f'<p class="copying"><button type="button" class="copy" data-done="{for_html(t("Copied"))}" '
        f'data-headings="{len(headings_before(passage, start))}" '
        f'data-source="{for_html(source)}">{for_html(t("Copy quote and source"))}</button></p>'
    )


def _twins(t: Words, hit: Hit, shared: Container[str]) -> str:
    """Return where else the same words stand; near-duplicates are folded into one card, never hidden."""
    if not hit.also_in:
        return ""
    places = [
        f"{_name(document, shared)}, {wording.pages_text(t, stored.passage, document.metadata.title, document.format)}"
        for document, stored in hit.also_in
    ]
    line = t("The same words also stand in: {places}").format(places="; ".join(places))
    return f'<p class="note">{for_html(line)}</p>'


def _shares(document: Document, shared: Container[str]) -> bool:
    return wording.title_key(document) in shared


def _name(document: Document, shared: Container[str]) -> str:
    title = document.metadata.title or document.file
    return f"{title} ({document.file})" if _shares(document, shared) else title
