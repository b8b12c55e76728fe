"""The button that opens the file of a document, or says that it is gone; the words of fields that take a file."""

import streamlit as st

from app.exports.escape import for_html
from app.i18n import Words
from app.service.engine import Engine
from app.service.file_links import Away, Changed, Gone, document_path, link
from ingest.library.records import Document
from ingest.readers.formats import drawable


def draw(t: Words, machine: Engine, document: Document, page: int | None = None) -> None:
    """Draw a link to the file on this server, opening at `page` (physical, from 1)."""
    try:
        document_path(machine.corpus(), document)
    except Changed:
        message = t("The file has changed since it was read, and is not shown until it is read again.")
        st.html(f'<p class="note" role="status">{message}</p>')
        return
    except Away:
        message = t("The file cannot be fetched now; try again in a moment.")
        st.html(f'<p class="note" role="status">{message}</p>')
        return
    except Gone:
        st.html(f'<p class="note" role="status">{t("The file is no longer in the corpus folder.")}</p>')
        return
    label = t("Open PDF") if drawable(document.format) else t("Download the file")
    st.link_button(label, link(document.id, page), icon=":material/open_in_new:")


def words_for_upload(key: str, choose: str, limit: str) -> None:
    """Give the file field in the container `key` its words: of its own Streamlit has English ones only.

    page.css shows both, page.js makes `choose` the accessible name of the button.
    """
    st.html(
        f'<style>.st-key-{key} {{ --choose: "{for_html(choose)}"; --limit: "{for_html(limit)}"; }}</style>'
        f'<p hidden class="file-words" data-field="{key}" data-choose="{for_html(choose)}"></p>'
    )
