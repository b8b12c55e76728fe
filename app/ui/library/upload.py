"""Adding files, and taking one document out or laying a newer file in its place."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st

from app.exports.escape import for_html, visible
from app.i18n import Words
from app.service import document_files, ingest_jobs, uploads
from app.service.document_files import TakenOut
from app.service.engine import Engine, NoIndex
from app.service.site import may_upload, told
from app.ui import file_button, state, visitor
from ingest.corpus.place import store_url
from ingest.errors import PinciteError

if TYPE_CHECKING:
    from ingest.library.records import Document

UPLOADS = "uploads"
"""What became of the files sent last; forgotten when another page is opened."""
_TURN = "upload_turn"
_TAKEN = "document_taken_out"
_PROBLEM = "document_problem"


def allowed(machine: Engine) -> Path | None:
    """Return the folder that this visitor may change, None where he may not or it is not known."""
    corpus = machine.corpus()
    if corpus is None or store_url(corpus) is not None:  # a store is filled with its own tools
        return None
    return corpus if may_upload(machine.site, visitor.person(machine.site)) else None


def draw(t: Words, machine: Engine) -> None:
    """Draw the field that takes files, what became of those sent last, and the undoing of a removal."""
    settings, corpus = machine.site.settings, allowed(machine)
    if corpus is None:
        note = t(
            "Put files into the corpus folder to add them. Uploading here is off (upload in pincite.toml)."
        )
        folder = machine.corpus()
        if folder is not None and store_url(folder) is not None:
            note = t("The documents lie in a store. Put files into the store to add them.")
        st.html(f'<p class="note">{note}</p>')
        return
    key = f"uploader-{int(st.session_state.get(_TURN, 0))}"
    limit = t("PDF, Word, HTML, text and others, at most {n} MB each").format(n=settings.upload_max_mb)
    with st.container(key="upload"):
        file_button.words_for_upload("upload", t("Choose files"), limit)
        st.file_uploader(
            t("Add documents"),
            type=list(uploads.KINDS),
            accept_multiple_files=True,
            max_upload_size=settings.upload_max_mb,
            key=key,
            on_change=_store,
            args=(key, machine, corpus),
        )
    for done in st.session_state.get(UPLOADS, ()):
        kind = "" if done.outcome == "stored" else " weak"
        message = for_html(uploads.message(t, done, settings.upload_max_mb, settings.upload_daily_mb))
        st.html(f'<p class="state{kind}" role="status">{message}</p>')
    _undo(t, machine)


def of_document(t: Words, machine: Engine, document: Document) -> None:
    """Draw what takes a document out of the library, and what lays a newer file in its place."""
    corpus = allowed(machine)
    if corpus is None:
        return
    with st.expander(t("Remove or replace this document"), icon=":material/folder_delete:"):
        kept = t("The file is moved to {folder}; nothing is destroyed.").format(
            folder=machine.site.library.name + "/" + document_files.REMOVED
        )
        st.html(f'<p class="note">{for_html(kept)}</p>')
        st.button(
            t("Remove from the library"),
            key=f"remove-document-{document.id}",
            icon=":material/delete:",
            on_click=_take_out,
            args=(machine, corpus, document.id),
        )
        key = f"replace-{document.id}-{int(st.session_state.get(_TURN, 0))}"
        with st.container(key="replacement"):
            ending = Path(document.file).suffix.lower().lstrip(".")
            limit = t("the newer file, also a {kind}").format(kind=ending.upper())
            file_button.words_for_upload("replacement", t("Choose a file"), limit)
            st.file_uploader(
                t("Replace by a newer file"),
                type=[ending],
                key=key,
                on_change=_replace,
                args=(key, machine, corpus, document.id),
            )


def _undo(t: Words, machine: Engine) -> None:
    if problem := st.session_state.pop(_PROBLEM, None):
        st.html(f'<p class="state weak" role="alert">{for_html(problem)}</p>')
    taken: TakenOut | None = st.session_state.get(_TAKEN)
    if taken is None:
        return
    with st.container(key="undo_document", horizontal=True, vertical_alignment="center"):
        text = t("Taken out: {what}").format(what=taken.title)
        st.html(f'<p class="note" role="status">{for_html(text)}</p>')
        st.button(t("Undo"), key="undo-document", icon=":material/undo:", on_click=_put_back, args=(machine,))


def _store(key: str, machine: Engine, corpus: Path) -> None:
    """Store what was sent, begin to read it, and give the page an empty uploader again."""
    files = st.session_state.get(key) or []
    if allowed(machine) is None:
        return
    known, settings = _known(machine), machine.site.settings
    limits = {"max_mb": settings.upload_max_mb, "daily_mb": settings.upload_daily_mb}
    done = [uploads.store(corpus, file.name, file.getvalue(), known=known, **limits) for file in files]
    st.session_state[UPLOADS] = done
    st.session_state[_TURN] = int(st.session_state.get(_TURN, 0)) + 1
    if any(one.outcome == "stored" for one in done):
        ingest_jobs.start(corpus, machine.site)


def _known(machine: Engine) -> dict[str, str]:
    try:
        documents = machine.library().documents()
    except NoIndex:
        return {}
    return {document.sha256: document.metadata.title or document.file for document in documents}


def _take_out(machine: Engine, corpus: Path, ident: str) -> None:
    document = machine.library().document(ident)
    if allowed(machine) is None or document is None:
        return
    title = visible(document.metadata.title or document.file)
    try:
        st.session_state[_TAKEN] = document_files.take_out(
            corpus, machine.site.library, title, document.files
        )
    except PinciteError as error:
        st.session_state[_PROBLEM] = told(error)
        return
    ingest_jobs.start(corpus, machine.site)


def _replace(key: str, machine: Engine, corpus: Path, ident: str) -> None:
    """Lay the sent file in the place of the document's, if it is of the same kind."""
    file, document = st.session_state.get(key), machine.library().document(ident)
    st.session_state[_TURN] = int(st.session_state.get(_TURN, 0)) + 1
    if allowed(machine) is None or document is None or file is None:
        return
    settings, data = machine.site.settings, file.getvalue()
    title = visible(document.metadata.title or document.file)
    ending = uploads.ending_of(file.name, data)
    if ending != Path(document.file).suffix.lower():
        refused = uploads.Upload(
            file.name, "not_pdf" if document.file.lower().endswith(".pdf") else "not_read"
        )
        st.session_state[UPLOADS] = [refused]
        return
    if len(data) > settings.upload_max_mb * uploads.MIB:
        st.session_state[UPLOADS] = [uploads.Upload(file.name, "too_large")]
        return
    try:
        taken = document_files.replace(corpus, machine.site.library, title, document.file, data)
    except PinciteError as error:
        st.session_state[_PROBLEM] = told(error)
        return
    st.session_state[UPLOADS], st.session_state[_TAKEN] = [uploads.Upload(file.name, "stored")], taken
    ingest_jobs.start(corpus, machine.site)


def _put_back(machine: Engine) -> None:
    taken: TakenOut | None = st.session_state.pop(_TAKEN, None)
    corpus = allowed(machine)
    if taken is None or corpus is None:
        return
    if not document_files.undo(taken):
        t = state.words()
        st.session_state[_PROBLEM] = t("{what}: another file has its name now.").format(what=taken.title)
    ingest_jobs.start(corpus, machine.site)
