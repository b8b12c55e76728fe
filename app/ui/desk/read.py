"""The Read page: one document with its contents, a search inside, and the passages of each page beside its image."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, cast

import streamlit as st

from app.citations import wording
from app.citations.styles import PDF
from app.desk.reading import Entry, contents, on_page, quoted_from_page
from app.exports.escape import for_html, for_label, for_markdown, printed
from app.i18n import Words, names
from app.service.engine import Engine, NoIndex, engine
from app.service.file_links import Gone, document_path
from app.service.page_images import NoPageImage
from app.service.search import search
from app.service.site import told
from app.ui import brief, file_button, state
from app.ui.ask import source_pane
from app.ui.desk import beside, editions, passage_html, similar
from ingest.errors import PinciteError, UsageError
from ingest.library.records import StoredPassage
from ingest.readers.formats import drawable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ingest.library.records import Document, StoredPage

_KEPT = "read_passages"
_BESIDE = "read_passages_beside"
_QUOTED = "read_quoted"
FOUND_INSIDE = 12
MOST_UNPAGED = 60
"""Passages of a source without pages that are shown at once."""
MOST_STRETCHES = 10**6


def view() -> None:
    """Draw the Read page for the document that the address names."""
    t = state.words()
    machine = engine()
    try:
        document = machine.library().document(str(st.query_params.get("document", "")))
        documents = machine.library().documents()
    except NoIndex:
        document, documents = None, []
    if document is None or not document.passage_count:
        _choose(t, documents)
        return
    st.html(f'<h1 class="page-title">{for_html(document.metadata.title or document.file)}</h1>')
    _facts(t, document)
    passages = _passages(machine, document)
    number = state.number("n", document.page_count if document.paged else MOST_STRETCHES)
    other = beside.asked(machine) if document.paged else None
    _tools(t, machine, document, number)
    with st.sidebar:
        _contents(t, passages)
        _search_inside(t, machine, document)
    if document.paged:
        _page(t, machine, document, passages, number, other)
    else:
        _unpaged(t, document, passages, number)
    beside.choose(t, document, documents, other[0] if other else None)
    editions.draw(t, machine, document, documents)


def _passages(machine: Engine, document: Document, under: str = _KEPT) -> list[StoredPassage]:
    """Return the passages of a document, read once for as long as the session stays with it."""
    key = (document.id, document.written)
    kept = cast("tuple[object, list[StoredPassage]] | None", st.session_state.get(under))
    if kept is None or kept[0] != key:
        kept = (key, list(machine.library().passages(document.id)))
        st.session_state[under] = kept
    return kept[1]


def _choose(t: Words, documents: Sequence[Document]) -> None:
    """Let a person choose what to read, where the address names nothing that can be read."""
    st.html(f'<h1 class="page-title">{t("Read a document")}</h1>')
    readable = passage_html.titles([one for one in documents if one.passage_count])
    if not readable:
        st.html(f'<p class="state" role="status">{t("There is no document to read yet.")}</p>')
        return
    chosen = st.selectbox(
        t("Document"),
        list(readable),
        index=None,
        format_func=lambda ident: readable.get(ident, ident),
        placeholder=t("Choose a document"),
        key="read_choice",
    )
    if chosen:
        _go(document=chosen, n="1")
        st.rerun()


def _go(**parts: str) -> None:
    """Put parts into the address of the view."""
    for name, value in parts.items():
        st.query_params[name] = value


def _facts(t: Words, document: Document) -> None:
    meta = document.metadata
    parts = [meta.publisher or t("Publisher missing"), str(meta.year) if meta.year else t("year missing")]
    if document.paged:
        parts.append(t.n("{n} page", "{n} pages", document.page_count))
    st.html(f'<p class="note">{for_html(" · ".join(parts))}</p>')


def _tools(t: Words, machine: Engine, document: Document, number: int) -> None:
    with st.container(key="read_tools", horizontal=True, gap="small", vertical_alignment="bottom"):
        if document.paged:
            st.number_input(
                t("PDF page") if document.format == PDF else t("Page of the file"),
                1,
                document.page_count,
                key=state.seed("read_page", number),
                on_change=lambda: _go(n=str(st.session_state["read_page"])),
                width=140,
            )
            for label, icon, to in (
                (t("Previous"), ":material/chevron_left:", number - 1),
                (t("Next"), ":material/chevron_right:", number + 1),
            ):
                st.button(
                    label,
                    key=f"read-{icon}",
                    icon=icon,
                    disabled=not 1 <= to <= document.page_count,
                    on_click=_go,
                    kwargs={"n": str(to)},
                )
        file_button.draw(t, machine, document, number if document.paged else None)


def _contents(t: Words, passages: Sequence[StoredPassage]) -> None:
    """Draw the contents: choosing a heading or table goes to its page."""
    entries = contents(passages)
    if not entries:
        return
    places = {one.passage.id: at for at, one in enumerate(passages)}

    labels = state.told_apart(dict(enumerate(entry_label(t, entry) for entry in entries)))
    key = state.labelled(f"read_contents_{passages[0].document_id}", labels)

    def go() -> None:
        chosen = st.session_state[key]
        if chosen is not None:
            entry = entries[chosen]
            _go(n=str(entry.page or places[entry.passage_id] // MOST_UNPAGED + 1))

    st.selectbox(
        t("Contents"),
        list(labels),
        index=None,
        format_func=lambda at: labels.get(at, str(at)),
        placeholder=t("Go to a heading or table"),
        key=key,
        on_change=go,
    )


def entry_label(t: Words, entry: Entry) -> str:
    """Return what the contents call a heading or table: indented by its level, with its page."""
    page = f" ({entry.page})" if entry.page else ""
    table = f"{t('Table')}: " if entry.kind == "table" else ""
    return "\u2003" * (entry.level - 1) + for_label(table + entry.title[:90] + page)


def _search_inside(t: Words, machine: Engine, document: Document) -> None:
    asked = st.text_input(t("Search in this document"), key="read_search")
    if not asked.strip():
        return
    try:
        with machine.turn() as searcher:
            result = search(searcher, asked, k=FOUND_INSIDE, filters={"document": [document.id]}).result
    except PinciteError as error:
        st.warning(for_markdown(told(error)))
        return
    if not result.hits:
        st.html(
            f'<p class="state" role="status">{t("No passage matches. Try fewer or different words.")}</p>'
        )
    for hit in result.hits:
        passage = hit.passage.passage
        start, end = hit.window or (passage.start, len(passage.text))
        words = " ".join(passage.display_text[start:end].split()[:18])
        place = wording.pages_text(t, passage, document.metadata.title, document.format)
        to = passage.pages[0] if passage.pages else hit.passage.position // MOST_UNPAGED + 1
        st.button(
            for_markdown(f"{place}: {words} …"),
            key=f"inside-{passage.id}",
            type="tertiary",
            on_click=_go,
            kwargs={"n": str(to)},
        )


def _page(  # noqa: PLR0917  # the page, and the other one beside it
    t: Words,
    machine: Engine,
    document: Document,
    passages: Sequence[StoredPassage],
    number: int,
    other: tuple[Document, int] | None,
) -> None:
    page = machine.library().page(document.id, number)
    if page is None:
        return
    image, texts = st.columns(2, gap="large")
    with image:
        page_image(t, machine, document, page)
        _quote(t, document, page)
        if other is not None:
            _passages_of(t, machine, document, on_page(passages, number))
    with texts:
        if other is None:
            _passages_of(t, machine, document, on_page(passages, number))
            return
        found = machine.library().page(other[0].id, other[1])
        beside.head(t, *other, found.label if found is not None else None)
        if found is not None:
            page_image(t, machine, other[0], found, "beside_image")
        theirs = on_page(_passages(machine, other[0], _BESIDE), other[1])
        _passages_of(t, machine, other[0], theirs, "beside")


def _passages_of(
    t: Words, machine: Engine, document: Document, here: Sequence[StoredPassage], key: str = "reading"
) -> None:
    with st.container(key=key):
        if not here:
            st.html(f'<p class="state" role="status">{t("No passage stands on this page.")}</p>')
        for stored in here:
            _passage(t, machine, document, stored, key)


def page_image(
    t: Words, machine: Engine, document: Document, page: StoredPage, key: str = "read_image"
) -> None:
    """Draw a page as an image, or its text where it cannot be drawn."""
    place = wording.page_text(t, page.number, page.label, document.format)
    title = document.metadata.title or document.file
    if drawable(document.format):
        try:
            path = document_path(machine.corpus(), document)
            drawn = source_pane.page_images().page(path, document.sha256, page.number, page.text, ())
        except (Gone, NoPageImage):
            st.html(f'<p class="state" role="status">{t("The page image cannot be shown.")}</p>')
        else:
            with st.container(key=key):
                alt = t("{title}, {page}").format(title=title, page=place)
                st.image(drawn.png, width="stretch", alt=alt)
            return
    st.html(f'<div class="page-text">{for_html(printed(page.text))}</div>')


def _quote(t: Words, document: Document, page: StoredPage) -> None:
    """Let a person make words of the page a passage: they are looked for in the page's own text."""
    field = f"quoted-{page.number}"
    with st.expander(t("Quote words of this page")), st.container(key=f"page_words_{page.number}"):
        st.html(f'<p class="note">{t("Select words with the mouse; they go into the field below.")}</p>')
        st.html(f'<div class="page-text">{for_html(printed(page.text))}</div>')
        with st.form(f"quote-{page.number}", border=False):
            st.text_area(t("Words as they stand on the page"), height=90, key=field)
            # In a callback, so that the count of the brief above is drawn after it.
            st.form_submit_button(
                t("Add to brief"),
                icon=":material/bookmark_add:",
                on_click=_add_words,
                args=(t, document, page, field),
            )
        if (added := st.session_state.pop(_QUOTED, None)) is not None:
            (st.success if added[0] else st.warning)(added[1])


def _add_words(t: Words, document: Document, page: StoredPage, field: str) -> None:
    selected = str(st.session_state[field])
    if not selected.strip():
        return
    try:
        passage = quoted_from_page(document, page, selected)
    except UsageError:
        st.session_state[_QUOTED] = (False, t("These words do not stand on this page."))
        return
    brief.add(document, passage, document.metadata.title or document.file)
    place = wording.pages_text(t, passage, form=document.format)
    st.session_state[_QUOTED] = (True, t("Added to the brief: {place}").format(place=for_markdown(place)))
    st.session_state[field] = ""


def _unpaged(t: Words, document: Document, passages: Sequence[StoredPassage], number: int) -> None:
    """Draw a stretch of a source without pages."""
    stretches = max(1, -(-len(passages) // MOST_UNPAGED))
    part = min(number, stretches)
    with st.container(key="reading"):
        for stored in passages[MOST_UNPAGED * (part - 1) : MOST_UNPAGED * part]:
            _passage(t, engine(), document, stored)
    if stretches > 1:
        _turn(t, part, stretches, _go)


def _turn(t: Words, part: int, stretches: int, go: Callable[..., None]) -> None:
    with st.container(horizontal=True, gap="small"):
        for label, to in ((t("Previous"), part - 1), (t("Next"), part + 1)):
            st.button(label, disabled=not 1 <= to <= stretches, on_click=go, kwargs={"n": str(to)})


def _passage(
    t: Words, machine: Engine, document: Document, stored: StoredPassage, place: str = "reading"
) -> None:
    from index.ranking.hits import unranked

    hit = unranked(stored, document)
    passage = stored.passage
    kind = names.kind_name(t, passage.kind)
    badge = f'<p class="badges"><span class="badge kind">{for_html(kind)}</span></p>' if kind else ""
    with st.container(key=f"read-passage-{place}-{passage.id}", gap="small"):
        line = f'<div class="where">{passage_html.passage_link(t, hit)}</div>'
        st.html(f'<article class="card">{line}{passage_html.quotation(hit)}{badge}</article>')
        with st.container(key=f"actions-read-{place}-{passage.id}", horizontal=True, gap="small"):
            brief.add_button(t, hit, document.metadata.title or document.file, place=f"read-{place}-")
            similar.button(t, machine, stored, f"similar-{place}-{passage.id}")
