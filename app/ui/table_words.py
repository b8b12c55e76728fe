"""The words on the buttons and in the menus of tables, which Streamlit has in English only."""

from __future__ import annotations

import streamlit as st

from app.exports.escape import for_html
from app.i18n import Words
from ingest.text.jsonl import json_line


def draw(t: Words) -> None:
    """Give the page its words for tables; `static/table_words.js` puts them where Streamlit's stand."""
    if t.language == "en":
        return
    told = json_line(table_words(t)).decode("utf-8").strip()
    st.html(f'<p hidden class="table-words" data-words="{for_html(told)}"></p>')


def table_words(t: Words) -> dict[str, str]:
    """Return Streamlit's words -> those of the page's language."""
    return {
        "Show/hide columns": t("Show/hide columns"),
        "Download as CSV": t("Download as CSV"),
        "Search": t("Search"),
        "Type to search": t("Type to search"),
        "Fullscreen": t("Fullscreen"),
        "Close fullscreen": t("Close fullscreen"),
        "Select all": t("Select all"),
        "Sort ascending": t("Sort ascending"),
        "Sort descending": t("Sort descending"),
        "Format": t("Number format"),
        "Autosize": t("Fit the width"),
        "Pin column": t("Pin the column"),
        "Unpin column": t("Unpin the column"),
        "Hide column": t("Hide the column"),
        "Statistics": t("Statistics"),
        "Automatic": t("Automatic"),
        "Localized": t("As is usual here"),
        "Plain": t("Plain"),
        "Compact": t("Short"),
        "Dollar": t("Dollar"),
        "Euro": t("Euro"),
        "Yen": t("Yen"),
        "Percent": t("Percent"),
        "Scientific": t("Scientific"),
        "Accounting": t("As in accounts"),
        "Duration": t("Duration"),
    }
