"""Proposals of metadata for the documents of a library, for the Library page and the command line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from ingest.library.records import READABLE
from ingest.metadata.proposals import FIRST_PAGES, Evidence, Proposal, propose

if TYPE_CHECKING:
    from ingest.library.library import Library
    from ingest.library.records import Basis, Document


def of_document(library: Library, document: Document, basis: Basis | None) -> list[Proposal]:
    """Return what the document's first pages and its file propose for fields that are unknown.

    `basis` is the document's of `Library.bases()`. What could not be read proposes nothing.
    """
    if document.state not in READABLE:
        return []
    pages = [library.page(document.id, number) for number in range(1, FIRST_PAGES + 1)]
    texts = [page.text for page in pages if page is not None]
    return propose(Evidence(pages=texts, info=basis.info if basis else {}, metadata=document.metadata))


def of_library(
    library: Library, documents: Iterable[Document] | None = None
) -> Iterator[tuple[Document, list[Proposal]]]:
    """Yield the documents that something is proposed for, each with its proposals, in the library's order."""
    bases: Mapping[str, Basis] = library.bases()
    for document in library.documents() if documents is None else documents:
        found = of_document(library, document, bases.get(document.id))
        if found:
            yield document, found
