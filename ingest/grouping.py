"""Keeps the groups of editions up to date, comparing only when something changed."""

from __future__ import annotations

from ingest.editions import SKETCH_SPACE, Candidate, Sketch, grouped, sketch_of
from ingest.library.library import READABLE, Document, Library

# The state of the library when its documents were last compared.
_COMPARED = "editions compared at"


def update_groups(library: Library) -> int:
    """Group editions and translations among all documents; return how many documents are in groups now.

    The sketch of a document is made once and kept; nothing is done for a library that did not change.
    """
    documents = library.documents()
    if library.setting(_COMPARED) != library.state():
        comparable = [doc for doc in documents if doc.state in READABLE and doc.passage_count]
        sketches = _sketches(library, comparable)
        found = grouped(
            [
                Candidate(
                    id=doc.id,
                    title=doc.metadata.title or doc.file,
                    year=doc.metadata.year,
                    language=doc.metadata.language or doc.language,
                    sketch=sketches[doc.id],
                )
                for doc in comparable
            ]
        )
        if found != {doc.id: (doc.group, doc.older_edition) for doc in documents if doc.group}:
            library.put_groups(found)
        library.collect_derived(SKETCH_SPACE, sketches)
        library.set_setting(_COMPARED, library.state())
        return len(found)
    return sum(doc.group is not None for doc in documents)


def _sketches(library: Library, documents: list[Document]) -> dict[str, Sketch]:
    kept = library.get_derived(SKETCH_SPACE, [document.id for document in documents])
    made: dict[str, Sketch] = {}
    for document in documents:
        if document.id not in kept:
            texts = (stored.passage.text for stored in library.passages(document.id))
            made[document.id] = sketch_of(texts)
    library.put_derived(SKETCH_SPACE, ((ident, sketch.to_bytes()) for ident, sketch in made.items()))
    return {ident: Sketch.from_bytes(data) for ident, data in kept.items()} | made
