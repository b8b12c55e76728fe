"""The start of the Ask page: what came since the last visit, saved searches with what is new, the last questions."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, cast
from urllib.parse import urljoin

import streamlit as st

from app.exports.escape import for_html, for_label, for_markdown
from app.exports.quotable import api_words
from app.i18n import Words
from app.i18n import names as i18n_names
from app.service.engine import Engine, engine
from app.service.saved_searches import Asked, Kept, Saved, Searches, new_passages
from app.service.search import MAX_HITS
from app.service.site import is_loopback, told
from app.ui import state, visitor
from app.ui.address import Address, of_search, read_address
from app.ui.desk import passage_html
from ingest.errors import PinciteError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from index.search import Hit, Searcher
    from ingest.library.records import Document

log = logging.getLogger(__name__)

_BEFORE = "documents_of_last_visit"
_OPENED = "saved_search_opened"
_REMOVED = "saved_search_removed"
_NEWS = "saved_search_news"
_PROBLEM = "saved_search_problem"
SHOWN_QUESTIONS = 8
SHOWN_DOCUMENTS = 20
SHOWN_PASSAGES = 5


def searches() -> Searches | None:
    """Return what this visitor asked and saved, None where they could not be found again."""
    return Searches(engine().site.library, visitor.owner()) if visitor.lasting() else None


def asked_of(here: Address) -> Asked:
    """Return the search of an address."""
    filters = {key: tuple(values) for key, values in here.search_filters().items()}
    return Asked(question=here.question, filters=filters, mode=here.mode)


def record(here: Address) -> None:
    """Keep a question that was typed or chosen here among the last ones; one of a link is not kept."""
    store = searches()
    if store is None or not state.just_asked():
        return
    try:
        store.record(asked_of(here))
    except PinciteError as error:
        log.warning("the question was not kept: %s", error)


def start(t: Words, machine: Engine, searcher: Searcher) -> None:
    """Draw all that belongs to this visitor, where a page shows no search."""
    store = searches()
    if store is None:
        return
    try:
        _since_last_visit(t, store, searcher.snapshot.documents)
        kept = store.kept()
        _removed(t)
        _saved(t, machine, kept, searcher)
        _recent(t, kept)
    except PinciteError as error:
        st.html(f'<p class="state weak" role="status">{for_html(told(error))}</p>')


def news(t: Words, searcher: Searcher, here: Address) -> None:
    """Draw the passages that are new in a saved search that was just opened, above its results."""
    opened = cast("tuple[str, frozenset[str]] | None", st.session_state.get(_OPENED))
    asked = asked_of(here)
    if opened is None or opened[0] != asked.id:
        return
    try:
        hits = _new(searcher, asked, opened[1])
    except PinciteError as error:
        log.warning("what is new was not looked for: %s", error)
        return
    if not hits:
        return
    with st.container(key="news"), st.expander(_count(t, hits), expanded=True, icon=":material/fiber_new:"):
        st.html("".join(_passage(t, hit, here.question) for hit in hits[:SHOWN_PASSAGES]))
        if len(hits) > SHOWN_PASSAGES:
            st.html(f'<p class="note">{t("The first {n} are shown.").format(n=SHOWN_PASSAGES)}</p>')


def save_button(t: Words, here: Address) -> None:
    """Draw the button that saves the search shown, or removes it from the saved ones."""
    store = searches()
    if store is None:
        return
    if problem := st.session_state.pop(_PROBLEM, None):
        st.html(f'<p class="state weak" role="status">{for_html(problem)}</p>')
    asked = asked_of(here)
    try:
        there = any(one.asked.id == asked.id for one in store.saved())
    except PinciteError as error:
        log.warning("%s", error)
        return
    st.button(
        t("Saved search") if there else t("Save this search"),
        key="save_search",
        icon=":material/bookmark:" if there else ":material/bookmark_border:",
        help=t("Remove from the saved searches") if there else None,
        type="tertiary",
        on_click=_unsave if there else _save,
        args=(asked,),
    )


def _since_last_visit(t: Words, store: Searches, documents: Sequence[Document]) -> None:
    if _BEFORE not in st.session_state:
        st.session_state[_BEFORE] = store.visit(one.id for one in documents)
    before = cast("frozenset[str] | None", st.session_state[_BEFORE])
    fresh = [] if before is None else [one for one in documents if one.id not in before and one.passage_count]
    if not fresh:
        return
    count = t.n(
        "{n} document is new since your last visit", "{n} documents are new since your last visit", len(fresh)
    )
    with st.container(key="new_documents"), st.expander(count, icon=":material/fiber_new:"):
        named = passage_html.titles(fresh)
        links = "".join(
            f'<li><a href="{for_html(read_address(t.language, ident))}" target="_self">{for_html(title)}</a></li>'
            for ident, title in list(named.items())[:SHOWN_DOCUMENTS]
        )
        more = len(fresh) - SHOWN_DOCUMENTS
        rest = t.n("and {n} more", "and {n} more", more) if more > 0 else ""
        st.html(f'<ul class="fresh">{links}</ul><p class="note">{for_html(rest)}</p>')


def _saved(t: Words, machine: Engine, kept: Kept, searcher: Searcher) -> None:
    if not kept.saved:
        return
    with st.container(key="saved_searches", gap="small"):
        st.html(f'<h2 class="side">{t("Saved searches")}</h2>')
        for saved in kept.saved:
            known = kept.known_of(saved)
            hits = _new(searcher, saved.asked, known)
            with st.container(
                key=f"saved-{saved.asked.id}", horizontal=True, gap="small", vertical_alignment="center"
            ):
                st.button(
                    for_markdown(saved.asked.question),
                    key=f"open-{saved.asked.id}",
                    icon=":material/bookmark:",
                    on_click=_open,
                    args=(saved, known),
                )
                parts = [f'<span class="badge new">{for_html(_count(t, hits))}</span>'] if hits else []
                parts += [for_html(text) for text in filter_texts(t, saved.asked)]
                st.html(f'<p class="note">{" · ".join(parts)}</p>')
                _more(t, machine, saved, known)


def _more(t: Words, machine: Engine, saved: Saved, known: frozenset[str]) -> None:
    """Draw what else can be done with a saved search: follow it with a reader of feeds, remove it."""
    with st.popover(t("More"), icon=":material/more_horiz:", key=f"more-{saved.asked.id}"):
        site = machine.site
        if site.settings.api_token or is_loopback(site.host):
            st.html(f'<p class="note">{t("Address of an Atom feed, for a reader of feeds")}</p>')
            here = urljoin(st.context.url or "", "/")
            st.code(feed_address(site.settings.public_url or here, saved.asked), language=None)
            if site.settings.api_token:
                st.html(f'<p class="note">{t("The reader sends the token of /api as a password.")}</p>')
        st.button(
            t("Remove"),
            key=f"remove-{saved.asked.id}",
            icon=":material/delete:",
            type="tertiary",
            on_click=_remove,
            args=(saved, known),
        )


def _recent(t: Words, kept: Kept) -> None:
    if not kept.recent:
        return
    with st.container(key="last_questions", gap="small"):
        st.html(f'<h2 class="side">{t("Your last questions")}</h2>')
        for number, one in enumerate(kept.recent[:SHOWN_QUESTIONS]):
            st.button(
                for_markdown(" · ".join((one.asked.question, *filter_texts(t, one.asked)))),
                key=f"again-{number}",
                icon=":material/history:",
                type="tertiary",
                on_click=_ask_again,
                args=(one.asked,),
            )
        st.button(
            t("Forget these questions"), key="forget_questions", on_click=_forget, icon=":material/close:"
        )


def _removed(t: Words) -> None:
    removed = cast("tuple[Saved, frozenset[str]] | None", st.session_state.get(_REMOVED))
    if removed is None:
        return
    with st.container(key="undo_search", horizontal=True, vertical_alignment="center"):
        text = t("Removed: {what}").format(what=removed[0].asked.question)
        st.html(f'<p class="note" role="status">{for_html(text)}</p>')
        st.button(t("Undo"), key="undo-remove-search", icon=":material/undo:", on_click=_put_back)


def filter_texts(t: Words, asked: Asked) -> list[str]:
    """Return the filters of a search in words, and that it looks for words alone."""
    shown: dict[str, Callable[[str], str]] = {
        "type": lambda value: i18n_names.type_name(t, value),
        "country": lambda value: i18n_names.country_name(t, value),
        "language": lambda value: i18n_names.language_name(t, value),
        "year": lambda value: value.replace("..", "–"),
    }
    texts = [
        ", ".join(for_label(shown.get(key, str)(value)) for value in values)
        for key, values in asked.filters.items()
    ]
    return [*texts, t("Words only")] if asked.mode == "lexical" else texts


def feed_address(site: str, asked: Asked) -> str:
    """Return the address of the feed of a search on a site."""
    return f"{site.rstrip('/')}/api/feed?{api_words(asked.question, asked.filters, asked.mode)}"


def _count(t: Words, hits: Sequence[Hit]) -> str:
    count = t.n("{n} new passage", "{n} new passages", len(hits))
    documents = len({hit.document.id for hit in hits})
    among = t.n("in {n} document", "in {n} documents", documents)
    return f"{'≥ ' if len(hits) >= MAX_HITS else ''}{count} {among}"


def _passage(t: Words, hit: Hit, question: str) -> str:
    """Return a new passage as HTML, its page as a link that opens it among the results of its search."""
    source = passage_html.source_line(t, hit, question)
    return f'<article class="card">{source}{passage_html.quotation(hit, hit.window)}</article>'


def _new(searcher: Searcher, asked: Asked, known: frozenset[str]) -> tuple[Hit, ...]:
    """Return what is new in a search, looked for once a session and index."""
    key = (searcher.snapshot.manifest.generation, asked.id, hash(known))
    found = cast("dict[tuple[str, str, int], tuple[Hit, ...]]", st.session_state.setdefault(_NEWS, {}))
    if key not in found:
        for old in [known for known in found if known[0] != key[0]]:
            del found[old]
        with engine().turn():
            found[key] = new_passages(searcher, asked, known)
    return found[key]


def _documents() -> list[str]:
    return [one.id for one in engine().searcher().snapshot.documents]


def _change(act: Callable[[Searches], None]) -> bool:
    """Change what is saved; where it cannot be stored, keep what to tell, and return False."""
    store = searches()
    if store is None:
        return False
    try:
        act(store)
    except PinciteError as error:
        st.session_state[_PROBLEM] = told(error)
        return False
    return True


def _save(asked: Asked) -> None:
    _change(lambda store: store.save(asked, _documents()))


def _unsave(asked: Asked) -> None:
    _change(lambda store: store.remove(asked.id))


def _remove(saved: Saved, known: frozenset[str]) -> None:
    if _change(lambda store: store.remove(saved.asked.id)):
        st.session_state[_REMOVED] = (saved, known)


def _put_back() -> None:
    saved, known = cast("tuple[Saved, frozenset[str]]", st.session_state.pop(_REMOVED))
    _change(lambda store: store.save(saved.asked, known))


def _open(saved: Saved, known: frozenset[str]) -> None:
    """Ask a saved search again; what is new in it is shown above the results, and known from now on."""
    st.session_state[_OPENED] = (saved.asked.id, known)
    _change(lambda store: store.opened(saved.asked.id, _documents()))
    _ask_again(saved.asked)


def _ask_again(asked: Asked) -> None:
    to = of_search(asked.question, asked.filters, asked.mode)
    state.change(question=to.question, filters=to.filters, years=to.years, match=to.match)


def _forget() -> None:
    _change(lambda store: store.forget_recent())
