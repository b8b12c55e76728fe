"""Is the corpus newer than the index? Tell it, and offer to bring the index up to date."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from app.exports.escape import for_html, visible
from app.i18n import Words
from app.service import ingest_jobs
from app.service.engine import Engine
from app.service.site import Site, may_edit
from app.ui import visitor

# Looking at a folder of 4,000 files takes about 60 ms; twice a minute is often enough.
_LOOK_EVERY = 30


@st.cache_data(ttl=_LOOK_EVERY, max_entries=4, show_spinner=False, refresh_mode="background")
def _waiting(library: str, corpus: str | None, snapshot: str | None) -> list[str]:
    return ingest_jobs.unsearchable(Path(library), Path(corpus) if corpus else None)


def waiting(machine: Engine) -> list[str]:
    """Return the names of the corpus files that cannot be searched yet, as of half a minute ago."""
    corpus = machine.corpus()
    return _waiting(str(machine.site.library), str(corpus) if corpus else None, machine.snapshot())


def notice(t: Words, machine: Engine) -> None:
    """Draw how many files are not searchable yet, with a button that ingests them, or that they are read."""
    corpus = machine.corpus()
    number = len(waiting(machine))
    if ingest_jobs.running(machine.site.library) is not None:
        _at_work(t, number)
        return
    if not number or corpus is None:
        return
    with st.container(key="fresh", horizontal=True, vertical_alignment="center"):
        message = t.n("{n} new file is not searchable yet.", "{n} new files are not searchable yet.", number)
        st.html(f'<p class="note" role="status">{message}</p>')
        st.button(t("Read them now"), key="ingest_now", on_click=_start, args=(corpus, machine.site))


def no_documents(t: Words, machine: Engine) -> str:
    """Return, as HTML, where to put documents: the folder is named to those who may change the library."""
    corpus = machine.corpus()
    message = t("There are no documents yet. Add PDFs on the Library page or to the corpus folder.")
    if corpus is not None and may_edit(machine.site, visitor.person(machine.site)):
        message = t("There are no documents yet. Put PDF, Word, HTML or text files into {folder}.").format(
            folder=visible(str(corpus))
        )
    return f'<p class="state" role="status">{for_html(message)}</p>'


def rebuild(t: Words, machine: Engine) -> None:
    """Draw the button that builds an index again which cannot be opened, or that this is being done."""
    corpus = machine.corpus()
    if ingest_jobs.running(machine.site.library) is not None:
        _at_work(t, len(waiting(machine)))
    elif corpus is not None:
        label = t("Build the index again")
        st.button(label, key="rebuild", on_click=_start, args=(corpus, machine.site), type="primary")


def forget() -> None:
    """Look at the corpus again the next time: files came, or an ingest begins."""
    _waiting.clear()


def _at_work(t: Words, number: int) -> None:
    """Say what a running ingest does: it reads files that are new, or only takes changed metadata into the index."""
    done = t("New documents are being read.") if number else t("The index is being brought up to date.")
    st.html(f'<p class="state notice" role="status">{done}</p>')


def _start(corpus: Path, site: Site) -> None:
    ingest_jobs.start(corpus, site)
