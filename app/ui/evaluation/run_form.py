"""Making a run from the page: which questions, how far it is, and adding a question of one's own."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from app.exports.escape import for_html, visible
from app.i18n import LANGUAGES, Words
from app.service import evaluation_jobs
from app.service.engine import Engine, NoIndex
from app.service.evaluation_jobs import OWN_GOLD, EvaluationJob
from app.service.site import may_edit, told
from app.ui import state, typed_text, visitor
from ingest.errors import PinciteError

_LOOK_EVERY = 1.0
_ADDED = "gold_added"


def draw(t: Words, machine: Engine) -> None:
    """Draw the run that is at work, and what begins one, for whoever may change the library."""
    job = evaluation_jobs.last(machine.site.library)
    if job is not None and job.running:
        st.fragment(_watch, run_every=_LOOK_EVERY)(t, job)
        return
    if job is not None and job.fault:
        st.html(f'<p class="state weak" role="alert">{for_html(told(job.fault))}</p>')
    if not may_edit(machine.site, visitor.person(machine.site)):
        return
    try:
        files = evaluation_jobs.gold_files(machine)
        documents = [document.file for document in machine.library().documents() if document.passage_count]
    except NoIndex:
        return
    for gold in files:
        st.button(
            _label(t, gold),
            key=f"run-{gold.stem}",
            type="primary",
            icon=":material/play_arrow:",
            on_click=_start,
            args=(machine, gold),
        )
    _add(t, machine, documents)


def _start(machine: Engine, gold: Path) -> None:
    if may_edit(machine.site, visitor.person(machine.site)):
        evaluation_jobs.start(machine, gold)


def _label(t: Words, gold: Path) -> str:
    with gold.open(encoding="utf-8") as lines:
        number = sum(1 for line in lines if line.strip() and '"question"' in line)
    own = t.n("Ask your {n} question", "Ask your {n} questions", number)
    shipped = t.n("Ask the {n} question that comes along", "Ask the {n} questions that come along", number)
    return own if gold.name == OWN_GOLD else shipped


def _watch(t: Words, job: EvaluationJob) -> None:
    """Show how far the run is; when it is done, draw the whole page again."""
    if not job.running:
        st.rerun()
    text = t("Asking: {done} of {total} questions").format(done=job.done, total=job.total or "…")
    st.progress(job.done / job.total if job.total else 0.0, text=text)


def _add(t: Words, machine: Engine, documents: list[str]) -> None:
    """Draw the form for a question with the words that answer it."""
    if (said := st.session_state.pop(_ADDED, None)) is not None:
        kind, role = ("", "status") if said[0] else (" weak", "alert")
        st.html(f'<p class="state{kind}" role="{role}">{for_html(said[1])}</p>')
    nothing = t("no document: it should be refused")
    with st.expander(t("Add a question whose answer you know"), icon=":material/add:"):
        st.text_input(
            t("Question"), key=typed_text.seeded("gold_question"), max_chars=500, persist_state="session"
        )
        st.selectbox(
            t("The document that answers it"),
            [None, *documents],
            format_func=lambda name: nothing if name is None else visible(name),
            key=f"gold_document_{t.language}",
        )
        st.text_area(
            t("Its words that answer, copied exactly"),
            key=typed_text.seeded("gold_quote"),
            height=80,
            max_chars=2_000,
            persist_state="session",
        )
        st.button(
            t("Add the question"), key="gold_add", icon=":material/add:", on_click=_keep, args=(machine,)
        )


def _keep(machine: Engine) -> None:
    if not may_edit(machine.site, visitor.person(machine.site)):
        return
    t = state.words()
    question, quote = st.session_state["gold_question"], st.session_state["gold_quote"]
    document = st.session_state[f"gold_document_{t.language}"]
    if not question.strip() or (document is not None and not quote.strip()):
        st.session_state[_ADDED] = (
            False,
            t("A question needs words, and an answer its words in the document."),
        )
        return
    language = t.language if t.language in LANGUAGES else "en"
    try:
        number = evaluation_jobs.add_question(machine, question, document, quote, language)
    except PinciteError as error:
        st.session_state[_ADDED] = (False, told(error))
        return
    st.session_state[_ADDED] = (True, t.n("Kept: {n} question.", "Kept: {n} questions.", number))
    st.session_state["gold_question"] = st.session_state["gold_quote"] = ""
    typed_text.forget({"gold_question", "gold_quote"})
