"""The Ask page: question, filters, ranked cards, the page of the selected one."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import streamlit as st

from app.exports.escape import for_html, for_markdown
from app.i18n import Words
from app.i18n.notices import sentence
from app.service import ingest_jobs
from app.service.engine import Busy, Engine, NoIndex, engine
from app.service.search import search
from app.service.site import told
from app.ui import freshness, state
from app.ui.address import SORTS, Address
from app.ui.ask import cards, download, filters, history, source_pane
from app.ui.ask.results import PAGE_SIZE, Listing, groups, listing, years
from index.notices import Notice, NoticeKind
from index.query.parser import MAX_CHARACTERS
from ingest.errors import PinciteError

if TYPE_CHECKING:
    from streamlit.delta_generator import DeltaGenerator

    from index.search import Hit, Searcher, SearchResult

_RESULT = "result"
# Characters that the search box shows, on a phone of 390 px and on a wide screen.
IN_NARROW_BOX = 32
IN_BOX = 75
TOLD_FROM = 5
"""Questions that wait already from which on a person is told of them; fewer are answered within a blink or two."""


def view() -> None:
    """Draw the Ask page for the session's search."""
    t = state.words()
    here = state.address()
    machine = engine()
    if not here.question:
        promise = t("You get the passages that answer it, with source and page, never a made-up answer.")
        title = t("Ask the policy papers")
        st.html(f'<header class="hero"><h1>{title}</h1><p class="promise">{promise}</p></header>')
    else:
        st.html(f'<h1 class="sr-only">{for_html(here.question)}</h1>')
    _box(t)
    if state.question_cut():
        cut = t("The question was too long. Only its first {n} characters were used.").format(
            n=MAX_CHARACTERS
        )
        st.html(f'<p class="state weak" role="status">{cut}</p>')
    searcher = _opened(t, machine)
    if searcher is None:
        return
    facets = searcher.facets(here.search_filters() or None)
    filters.sidebar(t, facets)
    above_results = st.container()
    if here.question:
        filters.active(t)
        result = _result(t, machine, here)
        if result is not None:
            history.record(here)
            history.news(t, searcher, here)
            _results(t, machine, here, result)
    else:
        _linked_alone(t, machine)
        _suggestions(t)
        history.start(t, machine, searcher)
    with above_results:  # last, because looking at a large folder takes a moment
        freshness.notice(t, machine)


def _box(t: Words) -> None:
    with st.container(key="ask"):
        st.text_input(
            t("Ask a question"),
            type="search",
            key=state.seed("question_box", state.address().question),
            placeholder=t("For example: barriers to health care for migrants"),
            on_change=_ask,
        )
        _whole(state.address().question)


def _whole(question: str) -> None:
    """Show a question that the box cuts: on a phone, and a very long one everywhere."""
    if len(question) > IN_NARROW_BOX:
        kind = "" if len(question) > IN_BOX else " narrow"
        st.html(f'<p class="note whole{kind}" aria-hidden="true">{for_html(question)}</p>')


def _ask() -> None:
    state.ask(st.session_state["question_box"] or "")


def _suggestions(t: Words) -> None:
    offered = engine().suggestions(t.language)
    if not offered:
        return
    with st.container(key="suggestions"):
        st.html(f'<h2 class="side">{t("Try one of these")}</h2>')
        for number, question in enumerate(offered):
            st.button(
                for_markdown(question),
                key=f"suggestion-{number}",
                icon=":material/north_east:",
                icon_position="right",
                on_click=state.ask,
                args=(question,),
                width="stretch",
            )


def _opened(t: Words, machine: Engine) -> Searcher | None:
    """Return the searcher, telling meanwhile what is loaded, or say why there is none."""
    slot = st.empty()
    try:
        if not machine.ready and machine.snapshot() is not None:
            slot.html(f'<p class="state loading" role="status">{t("Loading the document index…")}</p>')
        searcher = machine.searcher()
    except NoIndex:
        slot.html(freshness.no_documents(t, machine))
        return None
    except PinciteError as error:
        with slot.container():
            st.error(for_markdown(told(error)))
            freshness.rebuild(t, machine)
        return None
    slot.empty()
    return searcher


def _result(t: Words, machine: Engine, here: Address) -> SearchResult | None:
    """Return the search's result, kept for the session as long as question, filters and index stay."""
    wanted = PAGE_SIZE * here.page + 1
    key = (machine.snapshot(), here.question, here.mode, repr(here.search_filters()), wanted)
    kept = st.session_state.get(_RESULT)
    if kept and kept[0] == key:
        return cast("SearchResult", kept[1])
    slot = st.empty()
    documents = len(machine.searcher().snapshot.documents)
    waiting = "" if machine.model_ready else t("The language model is being loaded; it takes a moment once.")
    with slot.container(key="searching"):
        line = st.empty()
        line.html(f'<p role="status">{t("Searching {n} documents…").format(n=documents)} {waiting}</p>')
        for _ in range(3):
            st.skeleton(height=140)
    try:
        with machine.turn(lambda before: _tell_of_queue(t, line, before)) as searcher:
            result = search(
                searcher, here.question, k=wanted, mode=here.mode, filters=here.search_filters()
            ).result
    except Busy:
        slot.warning(t("The server is busy. Try again in a moment."))
        return None
    except PinciteError as error:
        slot.warning(for_markdown(told(error)))
        return None
    slot.empty()
    st.session_state[_RESULT] = (key, result)
    return result


def _tell_of_queue(t: Words, line: DeltaGenerator, before: int) -> None:
    """Say that other people's questions come first, where they are many."""
    if before >= TOLD_FROM:
        text = t.n(
            "Many people are asking at the moment. {n} question comes before yours.",
            "Many people are asking at the moment. {n} questions come before yours.",
            before,
        )
        line.html(f'<p role="status">{text}</p>')


def _results(t: Words, machine: Engine, here: Address, result: SearchResult) -> None:
    if result.suggestion:
        st.button(
            for_markdown(t("Searched also for: {question}").format(question=result.suggestion)),
            key="meant",
            type="tertiary",
            icon=":material/spellcheck:",
            on_click=state.ask,
            args=(result.suggestion,),
        )
    for notice in result.notices:
        text = _notice(t, machine, notice)
        st.html(f'<p class="state notice" role="status">{for_html(text)}</p>')
    shown = listing(result, here)
    if not shown.hits:
        _no_hit(t, here)
        return
    if not result.answerable:
        message = (
            t("pincite is not sure that these passages answer the question. Read the first ones.")
            if result.doubtful
            else t("These passages are only loosely related. The corpus may not answer this question.")
        )
        st.html(f'<p class="state weak" role="status">{message}</p>')
    _bar(t, here, shown)
    if here.sort == "grouped":
        _years(t, shown)
    _legend(t)
    with st.container(key="results"):
        linked = source_pane.linked(t, machine, shown.hits)
        if linked is not None:
            _card(t, machine, here, linked)
        if here.sort == "grouped":
            _groups(t, machine, here, shown)
        else:
            _cards(t, machine, here, shown)
    _turn_page(t, here, shown)


def _cards(t: Words, machine: Engine, here: Address, shown: Listing) -> None:
    group = None
    for hit in shown.hits:
        _card(t, machine, here, hit, grouped=shown.grouped and hit.document.id == group)
        group = hit.document.id


def _groups(t: Words, machine: Engine, here: Address, shown: Listing) -> None:
    """Draw each document once, its best passage open and the others folded, unless one of them is selected."""
    for first, *others in groups(shown.hits):
        _card(t, machine, here, first)
        if others:
            count = t.n("{n} more passage", "{n} more passages", len(others))
            selected = any(hit.passage.passage.id == here.passage for hit in others)
            with st.expander(count, expanded=selected):
                for hit in others:
                    _card(t, machine, here, hit, grouped=True)


def _card(t: Words, machine: Engine, here: Address, hit: Hit, *, grouped: bool = False) -> None:
    """Draw a card, and the source pane where it is the selected one."""
    chosen = hit.passage.passage.id == state.address().passage
    cards.card(t, machine, hit, here.question, selected=chosen, grouped=grouped)
    if chosen:
        source_pane.draw(t, machine, hit)


def _legend(t: Words) -> None:
    """Say what yellow and tint on the cards mean."""
    yellow = f"<mark>{t('yellow:')}</mark> {t('words of the question')}"
    tint = f'<span class="best">{t("tinted:")}</span> {t("the sentences nearest to the question")}'
    st.html(f'<p class="note legend">{yellow} · {tint}</p>')


def _years(t: Words, shown: Listing) -> None:
    """Tell how many of the passages shown are of each year."""
    counts: dict[int | str, int] = dict(years(shown.hits).items())
    if counts and (unknown := len(shown.hits) - sum(counts.values())):
        counts[t("no year")] = unknown
    counted = ", ".join(f"{year}: {count}" for year, count in counts.items())
    if counted:
        st.html(f'<p class="note">{t("Passages by year: {years}").format(years=counted)}</p>')


def _notice(t: Words, machine: Engine, notice: Notice) -> str:
    """Return a notice of the search in the interface language, without the reason for a search by words alone."""
    return _words_only(t, machine) if notice.kind is NoticeKind.WORDS_ONLY else sentence(t, notice)


def _words_only(t: Words, machine: Engine) -> str:
    """Say why there is no search by meaning: it is still being prepared, or it is off."""
    if machine.searcher().snapshot.manifest.model is None and ingest_jobs.at_work(machine.site.library):
        return t("Search by meaning is still being prepared. Until it is ready, results use words only.")
    return t("Meaning-based search is off; results use words only.")


def _linked_alone(t: Words, machine: Engine) -> None:
    """Draw the passage of a link that names no question."""
    linked = source_pane.linked(t, machine, ())
    if linked is not None:
        with st.container(key="results"):
            cards.card(t, machine, linked, "", selected=True)
            source_pane.draw(t, machine, linked)


def _bar(t: Words, here: Address, shown: Listing) -> None:
    # A box keeps the words it was drawn with: one for each language.
    sort_key, match_key = f"sort_box_{t.language}", f"match_box_{t.language}"
    with st.container(key="result_bar", horizontal=True, vertical_alignment="bottom", gap="small"):
        count = t.n("{n} passage", "{n} passages", len(shown.hits))
        among = t.n("in {n} document", "in {n} documents", shown.documents)
        st.html(f'<p class="count" role="status">{count} {among}</p>')
        st.selectbox(
            t("Order"),
            list(SORTS),
            format_func={
                "relevance": t("Most relevant first"),
                "grouped": t("Grouped by document"),
                "document": t("By document and page"),
                "newest": t("Newest first"),
            }.__getitem__,
            key=state.seed(sort_key, here.sort),
            on_change=lambda: state.change(sort=st.session_state[sort_key], page=1),
            width=200,
        )
        st.selectbox(
            t("Search by"),
            ["best", "words"],
            format_func={"best": t("Meaning and words"), "words": t("Words only")}.__getitem__,
            key=state.seed(match_key, here.match),
            on_change=lambda: state.change(match=st.session_state[match_key]),
            width=200,
        )
        download.menu(t, shown, here)
        history.save_button(t, here)


def _no_hit(t: Words, here: Address) -> None:
    filtered = bool(here.filters or here.years)
    message = (
        t("No passage matches. Try fewer or different words, or clear the filters.")
        if filtered
        else t("No passage matches. Try fewer or different words.")
    )
    st.html(f'<p class="state" role="status">{message}</p>')
    _suggestions(t)


def _turn_page(t: Words, here: Address, shown: Listing) -> None:
    if here.page == 1 and not shown.more:
        return
    with st.container(key="turn_page", horizontal=True, horizontal_alignment="center"):
        for label, step, usable in (
            (t("Previous results"), -1, here.page > 1),
            (t("More results"), 1, shown.more),
        ):
            st.button(
                label,
                key=f"turn-{step}",
                disabled=not usable,
                on_click=state.change,
                kwargs={"page": here.page + step, "passage": None},
            )
