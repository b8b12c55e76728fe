"""The state of every file of the library in the words people see."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from app.exports.escape import visible
from app.i18n import Words
from ingest.text.safe import printable

if TYPE_CHECKING:
    from ingest.library.library import Document, Library

Event = Mapping[str, Any]
"""A progress event of `pincite ingest --progress json`."""


@dataclass(frozen=True, slots=True)
class Row:
    """A file of the corpus: `file` as shown, its status in words, whether that wants a person.

    `document` is None for a file that has not been read yet.
    """

    file: str
    document: Document | None
    status: str
    wanting: bool


def rows(
    library: Library,
    t: Words,
    waiting: Sequence[str] = (),
    event: Event | None = None,
    *,
    better: Container[str] = (),
    removed: Container[str] = (),
) -> list[Row]:
    """Return one row a file: those still `waiting`, then documents, each followed by its duplicates.

    `event` is the newest progress event of a running ingest, None where none runs. Documents of `better` can be read
    better than they were, those of `removed` are no longer in the folder.
    """
    documents = library.documents()
    held = {printable(document.file) for document in documents}
    late = [name for name in waiting if name not in held]
    found = [Row(name, None, waiting_status(name, event, t), wanting=False) for name in late]
    for document in documents:
        shown = printable(document.file)
        text, wanting = status(document, t)
        if shown in removed:
            text, wanting = t("No longer in the folder"), True
        elif shown in better:
            text, wanting = (
                (t("Can be read better"), True) if event is None else (t("Being read again"), False)
            )
        elif shown in waiting:
            text, wanting = t("Changed since it was read"), event is None
        found.append(Row(document.file, document, text, wanting))
        first = visible(document.metadata.title or document.file)
        for twin in document.files[1:]:
            found.append(Row(twin, document, t("Duplicate of {title}").format(title=first), wanting=False))
    return found


def waiting_status(name: str, event: Event | None, t: Words) -> str:
    """Return the status of a file that is not in the library yet."""
    if event is None:
        return t("Not read yet")
    if event.get("stage") == "read" and event.get("file") == name:
        return t("Reading {page} of {pages}").format(page=event.get("page"), pages=event.get("pages"))
    return t("Queued")


def status(document: Document, t: Words) -> tuple[str, bool]:
    """Return the status of a document in words and whether a person should look at it."""
    if document.state == "partial":
        text = t("Partly read ({n} of {total} pages have no text)")
        return text.format(n=document.pages_without_text, total=document.page_count), True
    if document.state == "ready":
        meta = document.metadata
        complete = bool(meta.title and meta.year and (meta.publisher or meta.authors))
        return (t("Ready"), False) if complete else (t("Metadata missing"), True)
    texts = {
        "no_text": t("No text layer"),
        "needs_password": t("Encrypted"),
        "empty": t("Empty"),
        "failed": t("Damaged"),
    }
    return texts.get(document.state, visible(document.state)), True


def advice(document: Document, t: Words) -> str | None:
    """Return what to do about a document that could not be read wholly, None where nothing is to be done."""
    name = visible(document.file)
    texts = {
        "no_text": t("{name}: no text layer (scan). Run OCR first."),
        "needs_password": t("{name}: password protected. Remove the password and try again."),
        "empty": t("{name}: there is nothing in this file."),
        "failed": t("{name}: the file is damaged and could not be read."),
        "partial": t("{name}: some pages have no text. Look them up in the document itself."),
    }
    text = texts.get(document.state)
    return text.format(name=name) if text else None


def attention(row: Row) -> bool:
    """Return whether a person should look at this row."""
    return row.wanting
