"""Whether the corpus is newer than the index: told, with a button that brings the index up to date."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from app.exports.escape import for_html, visible
from app.i18n import Words
from app.service import ingest_jobs
from app.service.engine import Engine
from app.service.site import Site, may_edit
from app.service.standing import Standing, standing
from app.ui import visitor
from ingest.corpus.place import store_url

# Seconds between two looks of an open page: what it says is true within five.
_LOOK_EVERY = 3.0


def notice(t: Words, machine: Engine) -> None:
    """Draw what of the folder an ingest would take up, with a button that begins it, or that one runs; kept true."""
    st.fragment(_notice, run_every=_LOOK_EVERY)(t, machine)


def _notice(t: Words, machine: Engine) -> None:
    found = standing(machine)
    corpus = machine.corpus()
    if found.ingest is not None:
        _at_work(t, found)
    elif found.behind and corpus is not None:
        with st.container(key="fresh", horizontal=True, vertical_alignment="center"):
            st.html(f'<p class="note" role="status">{" ".join(_behind(t, found))}</p>')
            label = t("Read them now") if found.new or found.better else t("Take them out now")
            st.button(label, key="ingest_now", on_click=_start, args=(corpus, machine.site))


def _behind(t: Words, found: Standing) -> list[str]:
    told = []
    if number := len(found.new):
        told.append(
            t.n("{n} new file is not searchable yet.", "{n} new files are not searchable yet.", number)
        )
    if number := len(found.better):
        told.append(
            t.n("{n} document can be read better now.", "{n} documents can be read better now.", number)
        )
    if number := len(found.removed):
        told.append(
            t.n(
                "{n} document is no longer in the folder and can still be found.",
                "{n} documents are no longer in the folder and can still be found.",
                number,
            )
        )
    return told


def no_documents(t: Words, machine: Engine) -> str:
    """Return, as HTML, where to put documents: the folder is named to those who may change the library."""
    corpus = machine.corpus()
    message = t("There are no documents yet. Add PDFs on the Library page or to the corpus folder.")
    if corpus is not None and may_edit(machine.site, visitor.person(machine.site)):
        message = t("There are no documents yet. Put PDF, Word, HTML or text files into {folder}.").format(
            folder=visible(store_url(corpus) or str(corpus))
        )
    return f'<p class="state" role="status">{for_html(message)}</p>'


def rebuild(t: Words, machine: Engine) -> None:
    """Draw the button that builds an index again which cannot be opened, or that this is being done."""
    corpus = machine.corpus()
    found = standing(machine)
    if found.ingest is not None:
        _at_work(t, found)
    elif corpus is not None:
        label = t("Build the index again")
        st.button(label, key="rebuild", on_click=_start, args=(corpus, machine.site), type="primary")


def _at_work(t: Words, found: Standing) -> None:
    """Say what a running ingest does: it reads files, or only takes changed metadata into the index."""
    if found.ingest == "another":
        done = t("Documents are being read by another process; what is new can be searched as it comes.")
    elif found.new or found.better:
        done = t("New documents are being read.")
    else:
        done = t("The index is being brought up to date.")
    st.html(f'<p class="state notice" role="status">{done}</p>')


def _start(corpus: Path, site: Site) -> None:
    ingest_jobs.start(corpus, site)
