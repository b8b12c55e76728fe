"""The frame of every page: configuration, style, navigation, language and what happens on a crash."""

import re
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

import streamlit as st

from app import i18n
from app.exports.escape import for_html
from app.service import log_in
from app.service.site import current
from app.ui import kept_brief, state, table_words, visitor
from app.ui.crash import told

_NAME = re.compile(r"[\w-]{1,60}", re.ASCII)
STATIC = Path(__file__).parent / "static"
OWN_ADDRESS = frozenset({"read"})
"""Pages whose address holds what they show, and no search."""


def run() -> None:
    """Draw the page that the address asks for."""
    state.read_address(search=_asked() not in OWN_ADDRESS)
    asked = state.address().question if _asked() in {"", "ask"} else ""
    st.set_page_config(
        page_title=f"{asked} – pincite" if asked else "pincite",
        page_icon=str(STATIC / "icon.png"),
        layout="wide",
        initial_sidebar_state="auto",
    )
    # Dialogs and menus stand outside the element on which Streamlit sets the colour scheme.
    scheme = {"light": "light", "dark": "dark"}.get(st.context.theme.type or "", "light dark")
    st.html(f"<style>:root {{ color-scheme: {scheme}; }}\n{_style()}</style>")
    t = state.words()
    _stop_after_log_in(t)
    kept_brief.load()
    page = st.navigation(_pages(t), position="top")
    if page.url_path != "library":
        from app.ui.library.upload import UPLOADS

        st.session_state.pop(UPLOADS, None)  # told once
    st.logo(str(STATIC / "logo.png"), size="medium")
    _language(t)
    table_words.draw(t)
    try:
        page.run()
    except Exception as error:
        st.error(told(t, error))
    if page.url_path not in OWN_ADDRESS:
        state.write_address(search=page.url_path == "")


def _stop_after_log_in(t: i18n.Words) -> None:
    """Draw nothing but the way to log in again in a page that is open for longer than a log-in holds."""
    site = current()
    if log_in.needed(site) and visitor.person(site) is None:
        text, link = t("Log in to search and read the documents of this library."), t("Log in")
        st.html(
            f'<p class="lead">{text} <a href=".{for_html(log_in.log_in_address())}" target="_self">{link}</a></p>'
        )
        st.stop()


def _pages(t: i18n.Words) -> "list[st.Page]":
    from app.ui import brief, help
    from app.ui.ask.view import view as ask
    from app.ui.desk.check import view as check
    from app.ui.desk.compare import view as compare
    from app.ui.desk.read import view as read
    from app.ui.evaluation.view import view as evaluation
    from app.ui.library.view import view as library

    count = brief.count()
    briefing = f"{t('Brief')} ({count})" if count else t("Brief")
    pages = [
        st.Page(ask, title=t("Ask"), url_path="ask", default=True),
        st.Page(read, title=t("Read"), url_path="read"),
        st.Page(compare, title=t("Compare"), url_path="compare"),
        st.Page(check, title=t("Check"), url_path="check"),
        st.Page(brief.view, title=briefing, url_path="brief"),
        st.Page(library, title=t("Library"), url_path="library"),
        st.Page(evaluation, title=t("Evaluation"), url_path="evaluation"),
        st.Page(help.view, title=t("Help"), url_path="help"),
    ]
    asked = _asked()
    if _NAME.fullmatch(asked) and asked not in {page.url_path for page in pages}:
        # Without a page of this name Streamlit shows the first one, under a message in English.
        pages.append(st.Page(_unknown, title=t("No such page"), url_path=asked, visibility="hidden"))
    return pages


def _asked() -> str:
    """Return the name of the page that the browser's address asks for, "" for the first one."""
    return urlsplit(st.context.url or "").path.strip("/")


def _unknown() -> None:
    """Draw the page for an address that names none of ours."""
    t = state.words()
    message = t("The address names a page that is not here.")
    back = f'<a href="./?lang={t.language}" target="_self">{t("Ask the policy papers")}</a>'
    st.html(f'<h1 class="page-title">{t("No such page")}</h1><p class="lead">{message} {back}</p>')


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
    return "\n".join((STATIC / name).read_text(encoding="utf-8") for name in ("page.css", "desk.css"))
