"""`pincite doctor`: what is wrong with a library and its snapshot, and the command that repairs it.

Checked: the database by SQLite's own means; every document against its digest; every passage against the raw text
it was made from, its id, its sentences, its length and its pages; the share of every page that stands in
passages; the counts of every document; every file of the snapshot against its hash, and the snapshot against the
library; its words against rank-bm25; files of the corpus that are no longer what was read.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING

from app.i18n.plurals import counted
from ingest.corpus.place import corpus_path, is_store
from ingest.errors import LibraryAway, LibraryDamaged, PinciteError, SearchAway, StoreAway, UsageError
from ingest.library.library import Document, Library, StoredPage, StoredPassage
from ingest.library.place import OWN_DATABASE as DATABASE_FILE
from ingest.library.place import database_url
from ingest.library.repair import ingest_command
from ingest.library.typed_file import TYPED_FILE, readable_lines
from ingest.passages.invariants import violations
from ingest.text.safe import printable

log = logging.getLogger(__name__)

Tell = Callable[[str], None]

if TYPE_CHECKING:
    from index.snapshot.snapshot import Snapshot

# So many passages are named one by one; a damaged library may have thousands.
NAMED = 5
# A page of which less stands in passages has lost text, not a stray line of a figure: of the 42 policy PDFs one page
# in a hundred (docs/measurements.md, Splitting).
LEAST_COVERAGE = 0.95


@dataclass(frozen=True, slots=True)
class Finding:
    """Something wrong: `area` is "database", "passages", "pages", "documents", "snapshot", "search" or "corpus"."""

    area: str
    message: str
    repair: str

    def __str__(self) -> str:
        return f"{self.area}: {self.message}. Repair: {self.repair}"


def examine(folder: Path, tell: Callable[[str], None] = lambda line: None) -> list[Finding]:
    """Return what is wrong with the library in `folder` and its snapshot, [] when all is sound.

    `tell` is given a line on what was compared with what, where that is not everything.

    Raises: PinciteError when there is no library at all.
    """
    try:
        library = Library.open(folder)
    except LibraryDamaged as error:
        return [Finding("database", error.fault, _move_away(folder))]
    except PinciteError:
        raise
    except Exception as error:
        return [_unreadable(folder, error)]
    with library:
        library.checking = False  # what is damaged is named here, all of it
        findings: list[Finding] = []
        try:
            broken = library.check()
        except LibraryAway:
            raise
        except PinciteError as error:
            broken = [_fault(error)]
        if broken:
            shown = "; ".join(broken[:NAMED])
            return [Finding("database", f"damaged ({shown})", _move_away(folder))]
        for look in (_altered, _typed, _documents, _coverage, _snapshot, _corpus):
            try:
                findings += look(library, folder, tell)
            except LibraryAway:
                raise
            except Exception as error:
                log.debug("examining %s", folder, exc_info=True)
                return [*findings, _unreadable(folder, error)]
        return findings


def _unreadable(folder: Path, error: Exception) -> Finding:
    """Return the finding for what nobody foresaw: a damaged library can end anything that reads it."""
    what = _fault(error) if isinstance(error, PinciteError) else f"{type(error).__name__}: {error}"
    return Finding("database", f"damaged ({' '.join(what.split())[:200].rstrip('.')})", _move_away(folder))


def _fault(error: PinciteError) -> str:
    """Return what an error says without its own next step: a finding has one repair."""
    return error.fault if isinstance(error, LibraryDamaged) else str(error).rstrip(".")


def _altered(library: Library, folder: Path, tell: Tell) -> Iterator[Finding]:
    """Yield the documents that are not what was stored, by their digests."""
    library.state()
    wrong = library.altered()
    names = {record.document_id: printable(record.stamp.path) for record in library.files()}
    kinds: dict[str, list[str]] = {}
    for ident, what in wrong.items():
        kinds.setdefault(what, []).append(names.get(ident, ident))
    for what, where in kinds.items():
        more = f" and {len(where) - NAMED} more" if len(where) > NAMED else ""
        count = counted(len(where), "document")
        message = f"{count} whose {what} is not what was stored ({', '.join(where[:NAMED])}{more})"
        yield Finding("documents", message, _move_away(folder))


def _typed(library: Library, folder: Path, tell: Tell) -> Iterator[Finding]:
    """Yield where the plain file of what people typed says something else than the database."""
    if database_url(folder) is not None:  # what people typed stands in the database alone
        return
    kept, stored = readable_lines(folder), library.typed()
    lost = sorted(ident for ident in kept.keys() | stored.keys() if kept.get(ident) != stored.get(ident))
    if lost:
        count = counted(len(lost), "document")
        message = f"what people typed of {count} is not the same in {TYPED_FILE} and in the database"
        repair = f"look into {folder / TYPED_FILE}, and run {ingest_command(folder)}"
        yield Finding("documents", message, repair)


def _move_away(folder: Path) -> str:
    kept = DATABASE_FILE if database_url(folder) is None else "the schema"
    return (
        f"run {ingest_command(folder, rebuild=True)}, which reads all anew, keeps {kept} under another name "
        "(to rename it is all it does with it) and takes over what was typed in on the Library page"
    )


def _documents(library: Library, folder: Path, tell: Tell) -> Iterator[Finding]:
    wrong: dict[str, list[str]] = {}
    for document in library.documents():
        pages = library.pages(document.id)
        passages = list(library.passages(document.id))
        for what in _miscounted(document, pages, passages):
            wrong.setdefault(what, []).append(document.file)
        wrong_passages = violations(
            document.sha256,
            [stored.passage for stored in passages],
            {page.number: page.text for page in pages},
            {page.number: page.label for page in pages},
            paged=document.paged,
        )
        for what, passage in wrong_passages:
            wrong.setdefault(what, []).append(f"{document.file} {passage}")
    for what, where in wrong.items():
        more = f" and {len(where) - NAMED} more" if len(where) > NAMED else ""
        message = f"{len(where)} {what} ({', '.join(where[:NAMED])}{more})"
        repair = _move_away(folder)
        yield Finding("passages" if "passage" in what else "documents", message, repair)


def _miscounted(document: Document, pages: list[StoredPage], passages: list[StoredPassage]) -> Iterator[str]:
    if document.passage_count != len(passages):
        yield "documents whose passages are not all there: the passage count differs"
    if document.paged and [page.number for page in pages] != list(range(1, document.page_count + 1)):
        yield "documents whose pages are not all there"
    if [stored.position for stored in passages] != list(range(len(passages))):
        yield "documents whose passages are not in order"


def _coverage(library: Library, folder: Path, tell: Tell) -> Iterator[Finding]:
    """Yield the pages of which too little stands in passages."""
    names = {document.id: document.file for document in library.documents()}
    pages = library.coverage(below=LEAST_COVERAGE, most=None).worst
    if pages:
        where = [
            f"{names.get(page.document_id)} page {page.number}: {page.share:.0%}" for page in pages[:NAMED]
        ]
        more = f" and {len(pages) - NAMED} more" if len(pages) > NAMED else ""
        message = (
            f"{counted(len(pages), 'page')} whose text is not all in passages ({', '.join(where)}{more})"
        )
        yield Finding(
            "pages", message, f"read what is missing: pincite export uncovered --library {quote(str(folder))}"
        )


def _snapshot(library: Library, folder: Path, tell: Tell) -> Iterator[Finding]:
    from index.snapshot.paths import CURRENT, snapshot_folder
    from index.snapshot.shared import take_up
    from index.snapshot.snapshot import Snapshot, verify

    repair = ingest_command(folder)
    take_up(library)
    parent = snapshot_folder(folder)
    if not (parent / CURRENT).exists():
        yield Finding("snapshot", "there is none yet, so nothing can be searched", repair)
        return
    damage = verify(parent)
    for message in damage:
        yield Finding("snapshot", message.rstrip("."), repair)
    if damage:
        return
    try:
        snapshot = Snapshot.open(parent)
    except LibraryDamaged as error:
        yield Finding(
            "snapshot", error.fault, f"remove {parent} and run {repair}"
        )  # its files have their hashes
        return
    if snapshot.manifest.state != library.state():
        yield Finding("snapshot", "older than the library", repair)
        return
    indexed = Counter(snapshot.passage(row).passage.id for row in range(snapshot.manifest.passages))
    stored = Counter(passage.passage.id for passage in library.passages())
    if indexed != stored:
        orphans, missing = (indexed - stored).total(), (stored - indexed).total()
        message = f"{orphans} passages that the library does not have, {missing} of the library's missing"
        yield Finding("snapshot", message, repair)
        return
    yield from _server(snapshot, folder, repair)
    yield from _words(snapshot, folder, repair, tell)


def _server(snapshot: Snapshot, folder: Path, repair: str) -> Iterator[Finding]:
    """Yield what is wrong with the server that searches, where the library has one."""
    from index.snapshot.search_server import is_there, reach

    if snapshot.manifest.search is None:
        return
    try:
        reach(folder)
        if not is_there(folder, snapshot.manifest):
            url = snapshot.manifest.search["url"]
            yield Finding(
                "search", f"{url} lacks entities of the index, or is not where it is searched", repair
            )
    except SearchAway as error:
        yield Finding("search", str(error).rstrip("."), f"start it, and run {repair} if that does not help")


def _words(snapshot: Snapshot, folder: Path, repair: str, tell: Tell) -> Iterator[Finding]:
    from app.checks.rank_bm25_check import compare
    from index.snapshot.paths import usable_analyser

    analyser, broken = usable_analyser(folder)
    for fault in broken:
        yield Finding("words", fault.rstrip("."), f"correct that file and run {repair}")
    if broken:
        return
    if snapshot.manifest.analysis != analyser.version:
        tell(
            "Words not compared with rank-bm25: they were counted under other acronyms, until the next ingest."
        )
        return
    compared = compare(snapshot, analyser)
    tell(str(compared))
    # A snapshot whose files have their hashes was built wrong, and an ingest would take its words over.
    anew = f"remove {snapshot.folder.parent} and run {repair}"
    for fault in compared.faults:
        yield Finding("snapshot", fault, anew)


def _corpus(library: Library, folder: Path, tell: Tell) -> Iterator[Finding]:
    """Yield what differs from the files that were read; new files are not wrong, only not read yet."""
    from ingest.pipeline import ingest_folder

    corpus = library.setting("corpus")
    if corpus is None or not (is_store(corpus) or Path(corpus).is_dir()):
        return
    repair = ingest_command(folder)
    try:
        report = ingest_folder(corpus_path(corpus), library, dry_run=True, settle=0)
    except StoreAway as error:
        tell(f"corpus: not compared. {error}")
        return
    except UsageError as error:
        what = "correct that file" if not is_store(corpus) else repair
        yield Finding("corpus", str(error).rstrip("."), what)
        return
    except PinciteError as error:
        yield Finding("corpus", str(error).rstrip("."), repair)
        return
    for what, names in (("changed", report.changed), ("no longer there", report.removed)):
        if names:
            more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
            yield Finding(
                "corpus", f"{counted(len(names), 'file')} {what}: {', '.join(names[:NAMED])}{more}", repair
            )
