"""The Evaluation page before the first run: how to make one for this library."""

from __future__ import annotations

import json
import shlex
from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st

from app.exports.escape import for_html, visible
from app.i18n import Words
from app.service.engine import Engine, NoIndex
from app.service.evaluation_jobs import OWN_GOLD
from app.service.evaluation_runs import starter_questions

if TYPE_CHECKING:
    from ingest.library.library import Document


def hint(t: Words, machine: Engine) -> None:
    """Draw how to make a first run: with the questions that come along where they fit, else with own ones."""
    none = t("No run yet. A run asks questions whose answers are known and counts how often they are found.")
    st.html(f'<p class="state" role="status">{none}</p>')
    documents = _documents(machine)
    library = machine.site.library
    with st.expander(t("From the command line"), icon=":material/terminal:"):
        ready = starter_questions({name for document in documents for name in document.files})
        if ready is not None:
            _step(t("This library holds the starter corpus, and questions for it come along:"))
            _commands(_run(ready, library))
        example = json.dumps(_example(documents), ensure_ascii=False)
        _step(t("Write questions for your documents into a file {file}, one a line:").format(file=OWN_GOLD))
        st.code(example, language=None, wrap_lines=True)
        _step(t("Check them against this library, then make the run:"))
        _commands(
            f"pincite eval check {OWN_GOLD} --library {_word(library)}",
            _run(Path(OWN_GOLD), library),
        )
        how = t("docs/evaluation.md describes how to write good questions in an afternoon.")
        st.html(f'<p class="note">{how}</p>')


def _run(questions: Path, library: Path) -> str:
    out = library.parent / "runs" / "first"
    return f"pincite eval run {_word(questions)} --library {_word(library)} --out {_word(out)}"


def _word(path: Path) -> str:
    """Return a path as one word of a command, short where it lies in the folder the server runs in."""
    here = Path.cwd()
    return shlex.quote(visible(str(path.relative_to(here) if path.is_relative_to(here) else path)))


def _example(documents: list[Document]) -> dict[str, object]:
    name = next((document.file for document in documents if document.passage_count), "paper.pdf")
    return {
        "id": "q1",
        "group": "q1",
        "lang": "en",
        "type": "fact",
        "question": "…?",
        "answerable": True,
        "evidence": [{"doc": visible(name), "quote": "…"}],
    }


def _documents(machine: Engine) -> list[Document]:
    try:
        return machine.library().documents()
    except NoIndex:
        return []


def _step(text: str) -> None:
    st.html(f'<p class="lead">{for_html(text)}</p>')


def _commands(*lines: str) -> None:
    st.code("\n".join(lines), language=None, wrap_lines=True)
