"""The Help page."""

from __future__ import annotations

import streamlit as st

from app.exports.escape import for_html
from app.i18n import Words
from app.service import log_in
from app.service.site import current
from app.ui import state, visitor


def view() -> None:
    """Draw the Help page."""
    t = state.words()
    st.html(f'<h1 class="page-title">{t("Help")}</h1>')
    if (who := visitor.person(current())) is not None and log_in.needed(current()):
        told = t("You are logged in as {name}.").format(name=for_html(who))
        st.html(f'<p class="note">{told} <a href=".{log_in.LOG_OUT}" target="_self">{t("Log out")}</a></p>')
    parts = "".join(f"<section><h2>{title}</h2>{body}</section>" for title, body in _sections(t))
    st.html(f'<div class="guide">{parts}</div>')


def _sections(t: Words) -> list[tuple[str, str]]:
    return [
        (t("What it does"), _list(_does(t))),
        (t("What it does not do"), _list(_does_not(t))),
        (t("Asking"), _list(_asking(t))),
        (t("How pages are counted"), _list(_pages(t))),
        (t("How to cite"), _list(_citing(t))),
        (t("Keys"), _keys(t)),
        (t("Privacy"), _list(_privacy(t))),
    ]


def _list(lines: list[str]) -> str:
    return "<ul>" + "".join(f"<li>{line}</li>" for line in lines) + "</ul>"


def _does(t: Words) -> list[str]:
    return [
        t("It searches the documents of this library and shows the passages that answer your question."),
        t("Every passage is quoted word for word from the document, with its source and page."),
        t("You may ask in English, Spanish or Portuguese; passages stay in their own language."),
        t("It searches by meaning and by words together; “Words only” leaves meaning out."),
    ]


def _does_not(t: Words) -> list[str]:
    return [
        t("It does not write answers, summaries or translations."),
        t("It knows nothing outside the documents of the library."),
        t("A weak match is marked: the answer may not be in the library. Read the page first."),
    ]


def _asking(t: Words) -> list[str]:
    return [
        t("Write a whole question, or a few words."),
        t("On a card, yellow marks words of the question; the sentences nearest to it are tinted."),
        t("“…” in quotation marks finds exactly these words in this order."),
        t("-word leaves out passages with that word; OR between two words finds either."),
        t("Filters narrow the search; the numbers beside them count documents."),
        t("The address of the page holds your search: copy it to share the same results."),
        t(
            "“Save this search” keeps a search; the first page tells which passages came since you last opened it."
        ),
        t("What you typed and did not send or save yet is still there after F5 or when you come back."),
    ]


def _pages(t: Words) -> list[str]:
    return [
        t("“p. 7 (PDF page 9)” is the page printed as 7, the ninth page of the file."),
        t("Where no number is printed, only the page of the file is given. A number is never made up."),
        t("“inferred” means that the number was worked out from the pages before and after it."),
        t("Web pages and Word files have no pages: their section and paragraph are given instead."),
        t(
            "Text files without page breaks have no pages either: their lines are given, counted from the first."
        ),
    ]


def _citing(t: Words) -> list[str]:
    return [
        t("“Cite” under a passage gives APA, Chicago and BibTeX to copy, RIS and CSL-JSON to download."),
        t("“Add to brief” collects passages; the Brief page exports them, to Word with footnotes for one."),
        t("Check a citation before publishing: authors and years come from the catalogue or the file."),
    ]


def _keys(t: Words) -> str:
    keys = [
        ("Enter", t("search; the focus moves to the results")),
        ("1 … 9", t("show or hide the page of result 1 to 9")),
        ("Esc", t("leave the box, close the page or a dialog; it never clears a question")),
        ("/", t("go back to the box")),
        ("Tab", t("go to the next control")),
    ]
    rows = "".join(f"<tr><th scope='row'><kbd>{key}</kbd></th><td>{what}</td></tr>" for key, what in keys)
    return f"<table>{rows}</table>"


def _privacy(t: Words) -> list[str]:
    return [
        t("Nothing leaves this server: no question, no document, no statistics."),
        t("A thumb stores question and passage on this server, without a name."),
        t(
            "Briefs, saved searches and your last questions are kept on this server under a key in a cookie of this "
            "browser, without a name. “Forget these questions” drops the questions."
        ),
    ]
