"""The Check page: a draft pasted or uploaded, each sentence with its verdict and the passage that it rests on."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import streamlit as st

from app.desk.check import VERDICTS, CheckedSentence
from app.desk.check_draft import CheckedDraft, check_draft
from app.desk.check_files import ACCEPTED, difference_text, draft_dict, verdict_text, word_file
from app.desk.draft_file import LARGEST, Paragraph, parse_draft, parse_text
from app.exports.escape import for_html, for_markdown
from app.i18n import Words
from app.service.engine import Busy, Engine, engine
from app.service.site import told
from app.ui import brief, file_button, state, typed_text
from app.ui.desk import passage_html
from ingest.errors import ModelUnavailable, PinciteError, UsageError
from ingest.text.jsonl import json_line

if TYPE_CHECKING:
    from collections.abc import Sequence

_CHECKED = "checked_draft"
_ACCEPTED = "accepted_sentences"
PAGE_SIZE = 20
MOST_CHARACTERS = 200_000
"""Of a pasted draft: about 80 pages."""


def view() -> None:
    """Draw the Check page."""
    t = state.words()
    st.html(f'<h1 class="page-title">{t("Check a draft")}</h1>')
    lead = t(
        "Each sentence is held against the documents here. You see the passage, never a judgement of true or false."
    )
    st.html(f'<p class="lead">{lead}</p>')
    _form(t)
    draft = cast("CheckedDraft | None", st.session_state.get(_CHECKED))
    if draft is not None:
        _result(t, draft)


def _form(t: Words) -> None:
    # No form: what is typed in one is known only when it is sent, and lost with a change of view.
    with st.container(key="draft_form"):
        pasted = st.text_area(
            t("Paste your draft"),
            height=180,
            max_chars=MOST_CHARACTERS,
            key=typed_text.seeded("draft_text"),
            persist_state="session",
        )
        with st.container(key="draft_file"):
            limit = t("Word, Markdown or text, at most {n} MB").format(n=LARGEST // 1_000_000)
            file_button.words_for_upload("draft_file", t("Choose a file"), limit)
            file = st.file_uploader(
                t("or choose a Word, Markdown or text file"), type=["docx", "md", "txt"], key="draft_upload"
            )
        wanted = st.button(t("Check the draft"), type="primary", icon=":material/fact_check:")
    if not wanted:
        return
    try:
        paragraphs = _paragraphs(t, pasted, file.name if file else None, file.getvalue() if file else b"")
        st.session_state[_CHECKED] = _checked(t, engine(), paragraphs)
    except (ModelUnavailable, Busy, PinciteError) as error:
        st.session_state.pop(_CHECKED, None)
        st.warning(for_markdown(told(error)))
        return
    draft = cast("CheckedDraft", st.session_state[_CHECKED])
    st.session_state[_ACCEPTED] = {
        number for number, one in enumerate(draft.sentences) if one.verdict in ACCEPTED
    }
    st.session_state["draft_page"] = 1


def _paragraphs(t: Words, pasted: str, name: str | None, data: bytes) -> Sequence[Paragraph]:
    """Return the draft's paragraphs; a file goes before pasted text. Raises UsageError in the visitor's language."""
    if name is not None:
        if len(data) > LARGEST:
            raise UsageError(t("The file is too large."))
        return parse_draft(data, name)
    paragraphs = parse_text(pasted)
    if not any(one.sentences for one in paragraphs):
        raise UsageError(t("There is no sentence to check yet. Paste a text or choose a file."))
    return paragraphs


def _checked(t: Words, machine: Engine, paragraphs: Sequence[Paragraph]) -> CheckedDraft:
    from app.desk.evidence import Evidence

    bar = st.progress(0.0, text=t("Checking the sentences…"))
    try:
        with machine.turn() as searcher:
            return check_draft(
                Evidence(searcher),
                paragraphs,
                lambda done, total: bar.progress(done / total, text=t("Checking the sentences…")),
            )
    finally:
        bar.empty()


def _result(t: Words, draft: CheckedDraft) -> None:
    counts = draft.counts
    total = t.n("{n} sentence", "{n} sentences", len(draft.sentences))
    st.html(f'<h2 class="side" role="status">{total}</h2>')
    labels = {one: f"{verdict_text(t, one)} ({counts[one]})" for one in VERDICTS if counts[one]}
    chosen = st.pills(
        t("Show"),
        list(labels),
        selection_mode="multi",
        format_func=lambda verdict: labels.get(verdict, verdict),
        key=state.labelled("draft_verdicts", labels),
        persist_state="session",
    )
    _downloads(t, draft)
    listed = [
        (number, one) for number, one in enumerate(draft.sentences) if not chosen or one.verdict in chosen
    ]
    pages = max(1, -(-len(listed) // PAGE_SIZE))
    page = min(int(st.session_state.get("draft_page", 1)), pages)
    with st.container(key="checked"):
        for number, sentence in listed[PAGE_SIZE * (page - 1) : PAGE_SIZE * page]:
            _sentence(t, number, sentence)
    if pages > 1:
        st.number_input(t("Page {n} of {m}").format(n=page, m=pages), 1, pages, key="draft_page")


def _downloads(t: Words, draft: CheckedDraft) -> None:
    accepted = cast("set[int]", st.session_state.get(_ACCEPTED, set()))
    with st.container(horizontal=True, gap="small", key="draft_files"):
        st.download_button(
            t("Word with footnotes"),
            lambda: word_file(draft, t, accepted),
            file_name="checked-draft.docx",
            icon=":material/download:",
            on_click="ignore",
        )
        st.download_button(
            "JSON",
            lambda: json_line(draft_dict(draft)),
            file_name="checked-draft.json",
            icon=":material/download:",
            on_click="ignore",
        )


def _sentence(t: Words, number: int, sentence: CheckedSentence) -> None:
    with st.container(key=f"sentence-{number}", gap="small"):
        st.html(sentence_html(t, number, sentence))
        if not sentence.hits or sentence.verdict == "not_found":
            return
        with st.container(
            key=f"sentence-tools-{number}", horizontal=True, gap="small", vertical_alignment="center"
        ):
            st.checkbox(
                t("Footnote in Word"),
                value=number in st.session_state.get(_ACCEPTED, set()),
                key=f"accept-{number}",
                on_change=_accept,
                args=(number,),
            )
            brief.add_button(t, sentence.hits[0], sentence.text, place=f"check-{number}-")


def _accept(number: int) -> None:
    accepted = cast("set[int]", st.session_state.setdefault(_ACCEPTED, set()))
    if st.session_state.get(f"accept-{number}"):
        accepted.add(number)
    else:
        accepted.discard(number)


def sentence_html(t: Words, number: int, sentence: CheckedSentence) -> str:
    """Return a checked sentence as HTML: verdict, the draft's words, what differs, the passage with its page."""
    name = t("Sentence {n}").format(n=number + 1)
    differences = "".join(
        f'<p class="difference">{for_html(difference_text(t, one))}</p>' for one in sentence.differences
    )
    found = ""
    if sentence.hits and sentence.verdict != "not_found":
        first = sentence.hits[0]
        found = passage_html.quotation(first, sentence.place) + passage_html.source_line(t, first)
    return (
        f'<article class="card verdict {sentence.verdict}" aria-label="{for_html(name)}">'
        f'<p class="badges"><span class="badge {sentence.verdict}">{verdict_text(t, sentence.verdict)}</span></p>'
        f'<p class="draft">{for_html(sentence.text)}</p>{differences}{found}</article>'
    )
