"""The briefs of a visitor beside the open one: choose, name, duplicate, delete with undo, open an exported file."""

from __future__ import annotations

import re
import unicodedata
from typing import cast

import streamlit as st

from app.exports import brief_copy
from app.exports.escape import for_html, for_label, visible
from app.i18n import Words
from app.service.briefs import LONGEST_NAME, Kept
from app.service.site import told
from app.ui import file_button, kept_brief, state
from ingest.errors import PinciteError

_DELETED = "brief_deleted"
_PROBLEM = "brief_problem"
_TURN = "brief_open_turn"
_SAVED_AGAIN = re.compile(r" ?\(\d+\)$")
"""What browsers put behind the name of a file that they save a second time."""


def draw(t: Words) -> None:
    """Draw the choice of briefs and what can be done with the open one."""
    kept = kept_brief.kept()
    names = state.told_apart({one.id: for_label(one.name) for one in kept_brief.briefs().listed()})
    if kept is not None and kept.id in names:
        with st.container(key="briefs", horizontal=True, gap="small", vertical_alignment="bottom"):
            key = state.seed(state.labelled("brief_choice", names), kept.id)
            st.selectbox(
                t("Open brief"),
                list(names),
                format_func=lambda ident: names.get(ident, ident),
                key=key,
                on_change=_choose,
                args=(key,),
                width=300,
            )
            _manage(t, kept)
    _deleted(t)
    if problem := st.session_state.pop(_PROBLEM, None):
        st.html(f'<p class="state weak" role="status">{for_html(problem)}</p>')


def open_again(t: Words) -> None:
    """Draw where an exported brief is opened again."""
    with st.expander(t("Open an exported brief"), icon=":material/upload_file:"):
        key = f"brief-file-{int(st.session_state.get(_TURN, 0))}"
        limit = t("Word, Markdown or JSON, at most {n} MB").format(n=brief_copy.LARGEST // 2**20)
        with st.container(key="brief_file"):
            file_button.words_for_upload("brief_file", t("Choose a file"), limit)
            st.file_uploader(
                t("A Word, Markdown or JSON file exported from this page"),
                type=["docx", "md", "json"],
                key=key,
                on_change=_open_file,
                args=(key,),
            )


def file_name(name: str) -> str:
    """Return the name of a brief's exports without their ending: ASCII, "brief" where nothing of it is."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().casefold()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-") or "brief"


def _manage(t: Words, kept: Kept) -> None:
    with st.popover(t("Manage briefs"), icon=":material/more_horiz:", key="manage"):
        st.text_input(
            t("Name of this brief"),
            key=state.seed("brief_name", kept.name),
            max_chars=LONGEST_NAME,
            on_change=_rename,
            args=(kept.id,),
        )
        for label, key, icon, act in (
            (t("New brief"), "new", ":material/add:", _new),
            (t("Duplicate"), "duplicate", ":material/content_copy:", _duplicate),
            (t("Delete this brief"), "delete", ":material/delete:", _delete),
        ):
            st.button(label, key=f"brief-{key}", icon=icon, type="tertiary", on_click=act, width="stretch")


def _deleted(t: Words) -> None:
    found = cast("tuple[str, str] | None", st.session_state.get(_DELETED))
    if found is None:
        return
    with st.container(key="undo_brief", horizontal=True, vertical_alignment="center"):
        text = t("Deleted: {what}").format(what=found[1])
        st.html(f'<p class="note" role="status">{for_html(text)}</p>')
        st.button(t("Undo"), key="undo-delete", icon=":material/undo:", on_click=_undelete, args=(found[0],))


def _choose(key: str) -> None:
    kept_brief.open_brief(st.session_state[key])


def _rename(ident: str) -> None:
    name = st.session_state["brief_name"]
    if name.strip():
        kept_brief.change(lambda store, _: store.rename(ident, name))


def _new() -> None:
    t = state.words()
    taken = {one.name for one in kept_brief.briefs().listed()}
    number = next(n for n in range(1, len(taken) + 2) if t("Brief {n}").format(n=n) not in taken)
    _make(t("Brief {n}").format(n=number))


def _duplicate() -> None:
    kept = kept_brief.kept()
    if kept is not None:
        _make(state.words()("Copy of {name}").format(name=kept.name), kept)


def _make(name: str, like: Kept | None = None) -> None:
    try:
        kept_brief.made(kept_brief.briefs().create(name, like.brief if like else None))
    except PinciteError as error:
        st.session_state[_PROBLEM] = told(error)


def _delete() -> None:
    kept = kept_brief.kept()
    if kept is None:
        return
    kept_brief.briefs().delete(kept.id)
    st.session_state[_DELETED] = (kept.id, kept.name)
    kept_brief.load()


def _undelete(ident: str) -> None:
    st.session_state.pop(_DELETED, None)
    kept_brief.made(kept_brief.briefs().restore(ident))


def _open_file(key: str) -> None:
    """Make a brief of an exported file, and give the page an empty uploader again."""
    file = st.session_state.get(key)
    st.session_state[_TURN] = int(st.session_state.get(_TURN, 0)) + 1
    if file is None:
        return
    try:
        name, brief = brief_copy.opened(file.name, file.getvalue())
        kept_brief.made(kept_brief.briefs().create(opened_name(file.name, name), brief))
    except PinciteError as error:
        st.session_state[_PROBLEM] = told(error)


def opened_name(file: str, name: str) -> str:
    """Return the name of a brief out of a file: as it was exported, unless the file was given another name."""
    stem = _SAVED_AGAIN.sub("", file.rpartition(".")[0])
    return visible(name if file_name(name) == stem else stem)
