"""The results on the page as a file: CSV, JSON lines or RIS."""

from __future__ import annotations

import streamlit as st

from app.citations.wording import citation_words
from app.exports import tables
from app.i18n import Words
from app.ui.address import Address
from app.ui.ask.results import Listing


def menu(t: Words, shown: Listing, here: Address) -> None:
    """Draw the download menu. Files are made when one is asked for, not before."""
    hits, question, words = shown.hits, here.question, citation_words(t)
    makers = (
        ("CSV", "csv", "text/csv", lambda: tables.hits_csv(hits, question, words)),
        ("JSON Lines", "jsonl", "application/jsonl", lambda: tables.hits_jsonl(hits)),
        ("RIS", "ris", "application/x-research-info-systems", lambda: tables.hits_ris(hits, words)),
    )
    with st.popover(t("Download"), icon=":material/download:", key="download"):
        for label, suffix, mime, make in makers:
            st.download_button(
                label,
                data=make,
                file_name=f"results.{suffix}",
                mime=mime,
                key=f"download-{suffix}",
                on_click="ignore",
                width="stretch",
                type="tertiary",
            )
