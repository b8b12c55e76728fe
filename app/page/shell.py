"""The frame of every page: configuration, style, navigation, language and what happens on a crash."""

from functools import cache
from pathlib import Path

import streamlit as st

from app import i18n
from app.page import state
from app.page.crash import reference

STATIC = Path(__file__).parent.parent / "static"


def run() -> None:
    """Draw the page that the address asks for."""
    st.set_page_config(
        page_title="pincite", page_icon=str(STATIC / "icon.png"), layout="wide", initial_sidebar_state="auto"
    )
    # Dialogs and menus stand outside the element on which Streamlit sets the colour scheme.
    scheme = {"light": "light", "dark": "dark"}.get(st.context.theme.type or "", "light dark")
    st.html(f"<style>:root {{ color-scheme: {scheme}; }}\n{_style()}</style>")
    state.read_address()
    t = state.words()
    page = st.navigation(_pages(t), position="top")
    st.logo(str(STATIC / "logo.png"), size="medium")
    _language(t)
    try:
        page.run()
    except Exception as error:
        st.error(t("Something went wrong. Reference: {reference}.").format(reference=reference(error)))
    state.write_address(search=page.url_path == "")


def _pages(t: i18n.Words) -> "list[st.Page]":
    from app.page import ask, brief, evaluation, guide, library

    count = brief.count()
    briefing = f"{t('Brief')} ({count})" if count else t("Brief")
    return [
        st.Page(ask.view, title=t("Ask"), url_path="ask", default=True),
        st.Page(brief.view, title=briefing, url_path="brief"),
        st.Page(library.view, title=t("Library"), url_path="library"),
        st.Page(evaluation.view, title=t("Evaluation"), url_path="evaluation"),
        st.Page(guide.view, title=t("Help"), url_path="help"),
    ]


def _language(t: i18n.Words) -> None:
    """Draw the choice of interface language, which the style puts at the right end of the top bar."""
    with st.container(key="language"):
        st.segmented_control(
            t("Interface language"),
            list(i18n.LANGUAGES),
            format_func=str.upper,
            selection_mode="single",
            required=True,
            key=state.seed("interface_language", t.language),
            on_change=_set_language,
            label_visibility="collapsed",
        )


def _set_language() -> None:
    state.change(language=st.session_state["interface_language"])


@cache
def _style() -> str:
    return (STATIC / "page.css").read_text(encoding="utf-8")
