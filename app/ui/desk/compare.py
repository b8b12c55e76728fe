"""The Compare page: questions over many documents as a table of verbatim passages, each with its page."""

from __future__ import annotations

import hashlib
from functools import partial
from typing import TYPE_CHECKING, cast

import streamlit as st

from app.desk.table import MOST_COLUMNS, EvidenceTable, Question, Row, RowKind, evidence_table
from app.desk.table_files import FORMATS, empty_text, row_heading, row_name, write
from app.exports.escape import for_html, for_markdown
from app.i18n import Words
from app.service.engine import Engine, NoIndex, engine
from app.service.site import told
from app.ui import state, typed_text
from app.ui.ask.highlights import excerpt
from app.ui.desk import passage_html
from index.query.parser import MAX_CHARACTERS, clean_question
from ingest.errors import PinciteError

if TYPE_CHECKING:
    from index.search import Hit

_TABLE = "evidence_table"
SHOWN_WORDS = 60
"""Words of a passage that a cell shows; files hold all of it."""
_MIME = {
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".csv": "text/csv",
    ".json": "application/json",
}
_LABELS = {".xlsx": "Excel", ".docx": "Word", ".csv": "CSV", ".json": "JSON"}


def view() -> None:
    """Draw the Compare page."""
    t = state.words()
    st.html(f'<h1 class="page-title">{t("Compare documents")}</h1>')
    lead = t("Each cell is a passage of that row, word for word, with its page. Nothing is summed up.")
    st.html(f'<p class="lead">{lead}</p>')
    machine = engine()
    try:
        documents = passage_html.titles(machine.searcher().snapshot.documents)
    except NoIndex:
        message = t("There are no documents yet. Add PDFs on the Library page or to the corpus folder.")
        st.html(f'<p class="state" role="status">{message}</p>')
        return
    _form(t, machine, documents)
    table = cast("EvidenceTable | None", st.session_state.get(_TABLE))
    if table is not None:
        _result(t, table)


def _form(t: Words, machine: Engine, documents: dict[str, str]) -> None:
    kinds = {kind: row_heading(t, kind) for kind in RowKind}
    # No form: what is typed in one is known only when it is sent, and lost with a change of view.
    with st.container(key="table_form"):
        asked = st.text_area(
            t("Questions, one a line"),
            height=120,
            key=typed_text.seeded("table_questions"),
            persist_state="session",
            placeholder=t("For example: barriers to health care for migrants"),
        )
        by = st.selectbox(
            t("One row for each"),
            list(kinds),
            format_func=lambda kind: kinds.get(kind, kind),
            key=state.labelled("table_by", kinds),
            persist_state="session",
        )
        chosen = st.multiselect(
            t("Documents (none chosen: all)"),
            list(documents),
            format_func=lambda ident: documents.get(ident, ident),
            key=state.labelled("table_documents", documents),
            persist_state="session",
            placeholder=t("All documents"),
        )
        wanted = st.button(t("Lay out the table"), type="primary", icon=":material/table:")
    if wanted:
        _lay_out(t, machine, asked, by or RowKind.document, chosen)


def _lay_out(t: Words, machine: Engine, asked: str, by: RowKind, documents: list[str]) -> None:
    questions = questions_of(asked)
    if not questions:
        st.warning(t("Write at least one question."))
        return
    bar = st.progress(0.0, text=t("Looking for passages…"))
    try:
        with machine.turn() as searcher:
            st.session_state[_TABLE] = evidence_table(
                searcher,
                questions,
                by,
                filters={"document": documents} if documents else None,
                on_progress=lambda done, total: bar.progress(done / total, text=t("Looking for passages…")),
            )
    except PinciteError as error:
        st.session_state.pop(_TABLE, None)
        st.warning(for_markdown(told(error)))
    finally:
        bar.empty()


def questions_of(text: str) -> list[Question]:
    """Return the questions of some lines, each at most as long as a question may be."""
    lines = [clean_question(line[: 2 * MAX_CHARACTERS]) for line in text.splitlines()]
    asked = [line for line in dict.fromkeys(lines) if any(map(str.isalnum, line))][:MOST_COLUMNS]
    return [Question(id=f"q{number}", question=line, filters={}) for number, line in enumerate(asked, 1)]


def _result(t: Words, table: EvidenceTable) -> None:
    filled = t("{n} of {m} cells have a passage").format(
        n=table.filled, m=len(table.rows) * len(table.questions)
    )
    st.html(f'<p class="count" role="status">{filled}</p>')
    headings = _headings(t, table)
    orders = {"name": t("By name"), "filled": t("Most passages first")}
    order = st.selectbox(
        t("Order"),
        list(orders),
        format_func=lambda order: orders.get(order, order),
        key=state.labelled("table_order", orders),
        persist_state="session",
        width=240,
    )
    st.html(table_html(t, table, headings, by_filled=order == "filled"))
    with st.container(horizontal=True, gap="small", key="table_files"):
        for suffix in FORMATS:
            st.download_button(
                _LABELS[suffix],
                partial(write, table, suffix, t, headings),
                file_name=f"evidence-table{suffix}",
                mime=_MIME[suffix],
                key=f"table-{suffix}",
                icon=":material/download:",
                on_click="ignore",
            )


def _headings(t: Words, table: EvidenceTable) -> dict[str, str]:
    """Let people give the columns other headings; return those by the id of the question."""
    with st.expander(t("Headings of the columns")):
        return {
            one.id: st.text_input(
                for_markdown(one.question), key=heading_key(one.question), persist_state="session"
            )
            for one in table.questions
        }


def heading_key(question: str) -> str:
    """Return the key of the heading of a question, which has what was typed there last, at first the question."""
    digest = hashlib.sha256(question.encode("utf-8", "surrogatepass")).hexdigest()
    key = typed_text.seeded(f"heading-{digest[:16]}")
    st.session_state.setdefault(key, question)
    return key


def table_html(t: Words, table: EvidenceTable, headings: dict[str, str], *, by_filled: bool = False) -> str:
    """Return the table as HTML; a cell without a passage says so."""
    rows = list(table.rows)
    if by_filled:
        rows.sort(key=lambda row: -sum(cell.hit is not None for cell in row.cells))
    named = [headings.get(one.id) or one.question for one in table.questions]
    head = "".join(f'<th scope="col">{for_html(text)}</th>' for text in (row_heading(t, table.by), *named))
    body = "".join(_row(t, table, row) for row in rows)
    label = for_html(t("Evidence table"))
    return (
        f'<div class="evidence" role="region" aria-label="{label}" tabindex="0"><table>'
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def _row(t: Words, table: EvidenceTable, row: Row) -> str:
    cells = "".join(
        _cell(t, cell.hit) if cell.hit else f'<td class="empty">{empty_text(t)}</td>' for cell in row.cells
    )
    return f'<tr><th scope="row">{for_html(row_name(t, table.by, row.name))}</th>{cells}</tr>'


def _cell(t: Words, hit: Hit) -> str:
    passage = hit.passage.passage
    start, end = excerpt(passage.text, passage.sentences, hit.window, SHOWN_WORDS)
    text = passage.display_text
    shown = f"{'… ' if start else ''}{text[start:end]}{' …' if end < len(text) else ''}"
    meta = hit.document.metadata
    title = for_html(meta.title or hit.document.file)
    return (
        f'<td><blockquote lang="{for_html(passage.language or "")}">{for_html(shown)}</blockquote>'
        f"<span>{title}</span>, {passage_html.passage_link(t, hit)}</td>"
    )
