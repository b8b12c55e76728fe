"""`pincite doctor`: what is wrong with a library and its snapshot, and the command that repairs it.

Checked: the database by SQLite's own means; every passage against the raw text it was made from, its id,
its sentences, its length and its pages; the counts of every document; every file of the snapshot against
its hash, and the snapshot against the library; files of the corpus that are no longer what was read.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ingest.errors import LibraryDamaged, PinciteError, UsageError
from ingest.fold import fold
from ingest.library import Document, Library, StoredPage, StoredPassage
from ingest.passage import passage_id

# Word pieces of the longest passage. The embedding models of this size read 512; passages are packed to
# about 220 by an estimate, and 256 leaves room for its error (design of the passages).
MOST_TOKENS = 256
# So many passages are named one by one; a damaged library may have thousands.
NAMED = 5


@dataclass(frozen=True, slots=True)
class Finding:
    """Something wrong: `area` is "database", "passages", "documents", "snapshot" or "corpus"."""

    area: str
    message: str
    repair: str

    def __str__(self) -> str:
        return f"{self.area}: {self.message}. Repair: {self.repair}"


def examine(folder: Path) -> list[Finding]:
    """Return what is wrong with the library in `folder` and its snapshot, [] when all is sound.

    Raises: PinciteError when there is no library at all.
    """
    try:
        library = Library.open(folder)
    except LibraryDamaged as error:
        return [Finding("database", str(error).rstrip("."), _move_away(folder))]
    with library:
        try:
            broken = library.check()
        except LibraryDamaged as error:
            broken = [str(error)]
        if broken:
            shown = "; ".join(broken[:NAMED])
            return [Finding("database", f"damaged ({shown})", _move_away(folder))]
        findings = list(_documents(library, folder))
        findings += _snapshot(library, folder)
        findings += _corpus(library, folder)
        return findings


def _move_away(folder: Path) -> str:
    return f"rename {folder / 'library.db'} and run pincite ingest CORPUS --library {folder}"


def _documents(library: Library, folder: Path) -> Iterator[Finding]:
    repair = f"rename {folder / 'library.db'} and run pincite ingest CORPUS --library {folder}"
    wrong: dict[str, list[str]] = {}
    for document in library.documents():
        pages = library.pages(document.id)
        passages = list(library.passages(document.id))
        for what in _miscounted(document, pages, passages):
            wrong.setdefault(what, []).append(document.file)
        for what, passage in wrong_passages(document, pages, passages):
            wrong.setdefault(what, []).append(f"{document.file} {passage}")
    for what, where in wrong.items():
        more = f" and {len(where) - NAMED} more" if len(where) > NAMED else ""
        message = f"{len(where)} {what} ({', '.join(where[:NAMED])}{more})"
        yield Finding("passages" if "passage" in what else "documents", message, repair)


def _miscounted(document: Document, pages: list[StoredPage], passages: list[StoredPassage]) -> Iterator[str]:
    if document.passage_count != len(passages):
        yield "documents whose passages are not all there: the passage count differs"
    if document.paged and [page.number for page in pages] != list(range(1, document.page_count + 1)):
        yield "documents whose pages are not all there"
    if [stored.position for stored in passages] != list(range(len(passages))):
        yield "documents whose passages are not in order"


def wrong_passages(
    document: Document, pages: list[StoredPage], passages: list[StoredPassage]
) -> Iterator[tuple[str, str]]:
    """Yield (what is wrong, passage id) for the passages of one document."""
    raw = {page.number: page.text for page in pages}
    labels = {page.number: page.label for page in pages}
    times: Counter[str] = Counter()
    for stored in passages:
        passage = stored.passage
        if passage.id != passage_id(document.sha256, passage.text, times[passage.text]):
            yield "passages whose id is not that of their text", passage.id
        times[passage.text] += 1
        if not _verbatim(stored, raw):
            yield "passages that are not verbatim", passage.id
        if passage.tokens > MOST_TOKENS:
            yield f"passages over the budget of {MOST_TOKENS} word pieces", passage.id
        if not _sentences_fit(stored):
            yield "passages whose sentences are out of order", passage.id
        if [page for page, _, _ in passage.spans] != sorted(page for page, _, _ in passage.spans):
            yield "passages whose parts go back a page", passage.id
        elif not _pages_fit(stored, document, labels):
            yield "passages whose pages are not those of their text", passage.id


def _verbatim(stored: StoredPassage, raw: dict[int, str]) -> bool:
    spans = stored.passage.spans
    if not spans or not stored.passage.text:
        return False
    if any(page not in raw or not 0 <= start <= end <= len(raw[page]) for page, start, end in spans):
        return False
    return fold(stored.passage.text) == fold("".join(raw[page][start:end] for page, start, end in spans))


def _sentences_fit(stored: StoredPassage) -> bool:
    edges = [offset for sentence in stored.passage.sentences for offset in sentence]
    return edges == sorted(edges) and all(0 <= offset <= len(stored.passage.text) for offset in edges)


def _pages_fit(stored: StoredPassage, document: Document, labels: dict[int, str | None]) -> bool:
    passage = stored.passage
    if not document.paged:
        return passage.pages == () and bool(passage.locator)
    if not passage.spans or passage.pages != (passage.spans[0][0], passage.spans[-1][0]):
        return False
    return not passage.labels or list(passage.labels) == [labels.get(page) for page in passage.pages]


def _snapshot(library: Library, folder: Path) -> Iterator[Finding]:
    from index.build import snapshot_folder
    from index.snapshot import CURRENT, Snapshot, verify

    repair = f"pincite ingest CORPUS --library {folder}"
    parent = snapshot_folder(folder)
    if not (parent / CURRENT).exists():
        yield Finding("snapshot", "there is none yet, so nothing can be searched", repair)
        return
    damage = verify(parent)
    for message in damage:
        yield Finding("snapshot", message.rstrip("."), repair)
    if damage:
        return
    snapshot = Snapshot.open(parent)
    if snapshot.manifest.state != library.state():
        yield Finding("snapshot", "older than the library", repair)
        return
    indexed = Counter(snapshot.passage(row).passage.id for row in range(snapshot.manifest.passages))
    stored = Counter(passage.passage.id for passage in library.passages())
    if indexed != stored:
        orphans, missing = (indexed - stored).total(), (stored - indexed).total()
        message = f"{orphans} passages that the library does not have, {missing} of the library's missing"
        yield Finding("snapshot", message, repair)


def _corpus(library: Library, folder: Path) -> Iterator[Finding]:
    """Yield what differs from the files that were read; new files are not wrong, only not read yet."""
    from ingest.pipeline import ingest_folder

    corpus = library.setting("corpus")
    if corpus is None or not Path(corpus).is_dir():
        return
    repair = f"pincite ingest {corpus} --library {folder}"
    try:
        report = ingest_folder(Path(corpus), library, dry_run=True, settle=0)
    except UsageError as error:
        yield Finding("corpus", str(error).rstrip("."), "correct that file")
        return
    except PinciteError as error:
        yield Finding("corpus", str(error).rstrip("."), repair)
        return
    for what, names in (("changed", report.changed), ("no longer there", report.removed)):
        if names:
            more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
            yield Finding("corpus", f"{len(names)} files {what}: {', '.join(names[:NAMED])}{more}", repair)
