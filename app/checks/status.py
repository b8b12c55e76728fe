"""What the library holds and what of the corpus is not yet searchable: for `pincite status` and the page."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ingest.corpus.place import corpus_path, is_store
from ingest.errors import PinciteError
from ingest.library.library import READABLE, Document, Library
from ingest.pipeline import ingest_folder

if TYPE_CHECKING:
    from index.snapshot.snapshot import Manifest


@dataclass(frozen=True, slots=True)
class Unsearchable:
    """What `pincite ingest` would change. `stale` is True when the snapshot is older than the library.

    `away` says why a store of documents could not be asked.
    """

    new: tuple[str, ...]
    changed: tuple[str, ...]
    removed: tuple[str, ...]
    stale: bool
    away: str | None = None

    @property
    def any(self) -> bool:
        """Return whether something is not searchable as it stands in the corpus folder."""
        return bool(self.new or self.changed or self.removed or self.stale)


def unsearchable(library: Library, snapshot_state: str | None) -> Unsearchable:
    """Compare corpus, library and snapshot by content, a store by its ETags; nothing is read or written."""
    stale = snapshot_state != library.state()
    corpus = library.setting("corpus")
    if corpus is None or not (is_store(corpus) or Path(corpus).is_dir()):
        return Unsearchable((), (), (), stale)
    try:
        report = ingest_folder(corpus_path(corpus), library, dry_run=True, settle=0)
    except PinciteError as error:
        if not is_store(corpus):
            raise
        return Unsearchable((), (), (), stale, str(error))
    return Unsearchable(report.added, report.changed, report.removed, stale)


def document_counts(documents: list[Document]) -> dict[str, Any]:
    """Return totals, documents by state, and those that are not wholly readable with their reasons."""
    by_state: dict[str, int] = {}
    for document in documents:
        by_state[document.state] = by_state.get(document.state, 0) + 1
    told = [
        {"file": document.file, "state": document.state, "reason": document.reason}
        for document in documents
        if document.state != "ready"
    ]
    return {
        "total": len(documents),
        "by_state": by_state,
        "unreadable": [item for item in told if item["state"] not in READABLE],
        "incomplete": [item for item in told if item["state"] in READABLE],
        "pages": sum(document.page_count for document in documents),
        "pages_without_text": sum(document.pages_without_text for document in documents),
    }


def _snapshot_facts(manifest: "Manifest") -> dict[str, Any]:
    return {
        "generation": manifest.generation,
        "passages": manifest.passages,
        "vectors": manifest.vectors,
        "model": manifest.model["name"] if manifest.model else None,
        "documents": manifest.documents,
        "documents_with_meaning": manifest.embedded,
        "search": manifest.search["url"] if manifest.search else None,
    }


def coverage(library: Library, documents: list[Document]) -> dict[str, Any]:
    """Return the share of the text that stands in passages (null where unknown), and the least covered pages."""
    names = {document.id: document.file for document in documents}
    found = library.coverage()
    return {
        "share": None if found.share is None else round(found.share, 4),
        "worst": [
            {"file": names.get(page.document_id, ""), "page": page.number, "coverage": page.share}
            for page in found.worst
        ],
    }


def library_status(folder: Path, cache: Path | None = None) -> dict[str, Any]:
    """Return what `pincite status --json` prints. Raises PinciteError where there is no library.

    `cache` is the folder of unpacked and converted models, the user's cache folder for None.
    """
    from index.embedding.loading import runtime_of
    from index.snapshot.paths import snapshot_folder
    from index.snapshot.shared import take_up
    from index.snapshot.snapshot import Snapshot
    from ingest.library.writer import busy

    with Library.open(folder) as library:
        take_up(library)
        try:
            manifest = Snapshot.open(snapshot_folder(folder)).manifest
        except PinciteError:
            manifest = None
        waiting = unsearchable(library, manifest.state if manifest else None)
        documents = library.documents()
        return {
            "library": str(folder),
            **({} if library.where == str(folder) else {"database": library.where}),
            "corpus": library.setting("corpus"),
            "documents": document_counts(documents),
            "ingest_running": busy(folder),
            "passages": sum(document.passage_count for document in documents),
            "coverage": coverage(library, documents),
            "snapshot": _snapshot_facts(manifest) if manifest else None,
            "runtime": runtime_of(manifest.model["name"], cache=cache)
            if manifest and manifest.model
            else None,
            "not_searchable": {
                "new": waiting.new,
                "changed": waiting.changed,
                "removed": waiting.removed,
                "stale": waiting.stale,
                **({} if waiting.away is None else {"away": waiting.away}),
            },
        }
