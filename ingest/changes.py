"""The folder against the library: what was added, changed, renamed, removed, and what must be read.

Always a comparison of everything with everything, never of events; decided by content hash. Times and
sizes only spare hashing a file of which the disk can prove that nobody touched it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from ingest.corpus.corpus import corpus_at
from ingest.corpus.folder import FileStamp, Scan
from ingest.corpus.place import corpus_name
from ingest.errors import PinciteError, UsageError
from ingest.library.library import Library
from ingest.library.records import READABLE, FileRecord, document_id
from ingest.readers.limits import MIB, Limits
from ingest.readers.version import ReaderVersion

# A file changed less than this ago may still be being copied: it is looked at again after as long.
SETTLE_SECONDS = 0.5
# After this the files that still change are left for the next run.
LONGEST_WAIT_SECONDS = 5.0
STILL_CHANGING = "still being written; the next run takes it up"


@dataclass(slots=True)
class Plan:
    """What to do; all paths are relative to the corpus.

    `read` maps a content hash to the names it has now: contents that the library lacks, or that were read
    by an older reader. `names` can be recorded without reading, `gone` are to be forgotten. `replaces` maps a content
    hash to the document that had its name before. `kept` are files that cannot be opened now, with the reason.
    """

    added: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    renamed: list[tuple[str, str]] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    kept: dict[str, str] = field(default_factory=dict)
    read: dict[str, list[FileStamp]] = field(default_factory=dict)
    reread: list[str] = field(default_factory=list)
    names: list[FileRecord] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)
    replaces: dict[str, str] = field(default_factory=dict)

    def leaving(self, files: Mapping[str, FileRecord]) -> set[str]:
        """Return the documents of these files that no name is left for."""
        named = {record.stamp.path: record.document_id for record in self.names}
        read = {stamp.path: document_id(sha256) for sha256, stamps in self.read.items() for stamp in stamps}
        gone = set(self.gone)
        before = {path: record.document_id for path, record in files.items()}
        after = {path: ident for path, ident in before.items() if path not in gone} | named | read
        return {ident for ident in before.values() if ident is not None} - set(after.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class LibraryState:
    """What the library holds: its files by path and the ids of its documents.

    `readable` were read; `outdated` are to be read again; of these `unread` are those that a transient fault kept
    from being read.
    """

    files: Mapping[str, FileRecord]
    documents: frozenset[str]
    readable: frozenset[str]
    outdated: frozenset[str]
    unread: frozenset[str]

    @classmethod
    def of(cls, library: Library) -> LibraryState:
        """Return the state of a library, as this program sees it."""
        documents = library.documents()
        scans = {document.id for document in documents if document.pages_without_text}
        read_by = {ident: ReaderVersion.parse(basis.reading) for ident, basis in library.bases().items()}
        return cls(
            files={record.stamp.path: record for record in library.files()},
            documents=frozenset(read_by),
            outdated=frozenset(
                ident for ident, version in read_by.items() if version.is_outdated(scan=ident in scans)
            ),
            readable=frozenset(document.id for document in documents if document.state in READABLE),
            unread=frozenset(ident for ident, version in read_by.items() if version.is_none),
        )


def compare_folder(
    corpus: Path, scan: Scan, state: LibraryState, *, settle: float, fetch: bool = True
) -> tuple[Plan, dict[str, str]]:
    """Return the plan, and path -> reason of what must wait for the next run.

    Waits for files changed less than `settle` seconds ago. What cannot be looked at now stays as it is. Without
    `fetch` nothing is brought from a store for it, and renames there are not told from what came and went.
    """
    stable, changing = corpus_at(corpus).settled(scan.stamps, settle=settle, longest=LONGEST_WAIT_SECONDS)
    waiting = dict.fromkeys(changing, STILL_CHANGING)
    leave = frozenset(path for path in state.files if path in waiting or _is_unseen(path, scan))
    stamps = [stable[stamp.path] for stamp in scan.stamps if stamp.path in stable]
    plan = compare(corpus, stamps, state, leave=leave, fetch=fetch)
    # One that hangs must not keep the others waiting in every run.
    plan.read = dict(sorted(plan.read.items(), key=lambda work: document_id(work[0]) in state.unread))
    return plan, waiting | plan.kept


def _is_unseen(path: str, scan: Scan) -> bool:
    """Return whether the scan could not look at this file or at a folder above it."""
    return any(path.startswith(place) if place.endswith("/") else path == place for place in scan.unseen)


def refuse_to_empty(corpus: Path, scan: Scan, plan: Plan) -> None:
    """Raise PinciteError where the folder holds no file at all and the library would lose its own."""
    if plan.removed and not scan.stamps:
        raise PinciteError(
            f"{corpus_name(corpus)}: the folder holds no documents, the library {len(plan.removed)}; nothing was "
            "changed. Is a drive missing? Put the documents back, or empty the library with --allow-empty."
        )


def refuse_another_folder(corpus: Path, library: Library, state: LibraryState, plan: Plan) -> None:
    """Raise UsageError where the folder is not the one of the last ingest and most documents would leave."""
    last, held = library.setting("corpus"), len(state.documents)
    name = corpus_name(corpus)
    if last is None or last == name:
        return
    stay = held - len(plan.leaving(state.files))
    if 2 * stay >= held:
        return
    raise UsageError(
        f"{name}: this folder holds {f'only {stay}' if stay else 'none'} of the {held} documents "
        f"of the library {library.folder}, which was filled from {last}; nothing was changed. "
        "Give this folder a library of its own with --library DIR, or let the other documents leave with "
        "--allow-empty."
    )


def compare(
    corpus: Path,
    stamps: Iterable[FileStamp],
    state: LibraryState,
    *,
    leave: frozenset[str] = frozenset(),
    fetch: bool = True,
) -> Plan:
    """Return the plan that makes the library equal to the folder, whose files are `stamps`.

    `leave` are paths of which nothing can be said now: they stay as they are.
    """
    plan = Plan()
    there: set[str] = set()
    unhashed: list[FileStamp] = []
    for stamp in stamps:
        there.add(stamp.path)
        record = state.files.get(stamp.path)
        same = record is not None and record.stamp == stamp and record.document_id is not None
        if same and record is not None and record.document_id not in state.outdated:
            plan.unchanged.append(stamp.path)
            continue
        if stamp.size > Limits().file:
            _too_large(plan, stamp, record)
            continue
        unhashed.append(stamp)
    fresh: list[tuple[FileStamp, str]] = []
    for stamp, sha256 in corpus_at(corpus).hashed(unhashed, fetch=fetch):
        record = state.files.get(stamp.path)
        if isinstance(sha256, OSError):
            _unhashable(plan, stamp, record, sha256.strerror or str(sha256))
        elif sha256 is None:
            _unfetched(plan, stamp, record)
        else:
            fresh.append((stamp, sha256))
    plan.gone = [path for path in state.files if path not in there and path not in leave]
    _place(plan, fresh, state)
    renamed = {old for old, _ in plan.renamed}
    plan.removed = [path for path in plan.gone if path not in renamed]
    return plan


def _too_large(plan: Plan, stamp: FileStamp, record: FileRecord | None) -> None:
    """Name a file that would be refused for its size, without reading all of it first to know its hash."""
    if record is None:
        plan.added.append(stamp.path)
    elif record.document_id is not None:
        plan.changed.append(stamp.path)
    plan.names.append(FileRecord(stamp, None, f"larger than {Limits().file // MIB} MB: split the file"))


def _unhashable(plan: Plan, stamp: FileStamp, record: FileRecord | None, why: str) -> None:
    """Let a file that cannot be opened keep the content it had, if it had one."""
    if record is not None and record.document_id is not None:
        plan.unchanged.append(stamp.path)
        plan.kept[stamp.path] = f"cannot be opened now ({why}); what was read before is kept"
        return
    if record is None:
        plan.added.append(stamp.path)
    plan.names.append(FileRecord(stamp, None, f"cannot be opened ({why})"))


def _unfetched(plan: Plan, stamp: FileStamp, record: FileRecord | None) -> None:
    """Sort in a document of a store of which nothing is known but its stamp."""
    if record is None or record.document_id is None:
        plan.added.append(stamp.path)
    elif record.stamp == stamp:
        plan.reread.append(stamp.path)
    else:
        plan.changed.append(stamp.path)


def _place(plan: Plan, fresh: list[tuple[FileStamp, str]], state: LibraryState) -> None:
    """Sort hashed files into added, changed, renamed, to be read again and only touched."""
    free: dict[str, list[str]] = {}
    for path in plan.gone:
        ident = state.files[path].document_id
        if ident is not None:
            free.setdefault(ident, []).append(path)
    for stamp, sha256 in fresh:
        ident = document_id(sha256)
        record = state.files.get(stamp.path)
        if record is None and free.get(ident):
            plan.renamed.append((free[ident].pop(0), stamp.path))
        elif record is None or record.document_id is None:
            plan.added.append(stamp.path)
        elif record.document_id != ident:
            plan.changed.append(stamp.path)
            plan.replaces[sha256] = record.document_id
        elif ident in state.outdated:
            plan.reread.append(stamp.path)
        else:
            plan.unchanged.append(stamp.path)
        if ident not in state.documents or ident in state.outdated:
            plan.read.setdefault(sha256, []).append(stamp)
        else:
            plan.names.append(FileRecord(stamp, ident))
