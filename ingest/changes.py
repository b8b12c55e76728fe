"""The folder against the library: what was added, changed, renamed, removed, and what must be read.

Always a comparison of everything with everything, never of events; decided by content hash. Times and
sizes only spare hashing a file of which the disk can prove that nobody touched it.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from ingest.corpus_folder import FileStamp, provable, sha256_of
from ingest.library.records import FileRecord, document_id


@dataclass(slots=True)
class Plan:
    """What to do; all paths are relative to the corpus.

    `read` maps a content hash to the names it has now: contents that the library lacks, or that were read
    by an older reader. `names` can be recorded without reading. `shas` has every hash made now.
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


@dataclass(frozen=True, slots=True)
class Holdings:
    """What the library holds: its files by path, the ids of its documents, and those to be read again.

    `leave` are paths of which nothing can be said now: they stay as they are.
    """

    files: Mapping[str, FileRecord]
    documents: frozenset[str]
    outdated: frozenset[str] = frozenset()
    leave: frozenset[str] = frozenset()


def compare(corpus: Path, stamps: Iterable[FileStamp], holdings: Holdings) -> Plan:
    """Return the plan that makes the library equal to the folder, whose files are `stamps`."""
    plan = Plan()
    there: set[str] = set()
    fresh: list[tuple[FileStamp, str]] = []
    for stamp in stamps:
        there.add(stamp.path)
        record = holdings.files.get(stamp.path)
        same = record is not None and record.stamp == stamp and record.document_id is not None
        if same and record is not None and record.document_id not in holdings.outdated:
            plan.unchanged.append(stamp.path)
            continue
        hashed_at = time.time_ns()
        try:
            sha256 = sha256_of(corpus / stamp.path)
        except OSError as error:
            _unhashable(plan, stamp, record, error.strerror or str(error))
            continue
        fresh.append((provable(stamp, hashed_at), sha256))
    plan.gone = [path for path in holdings.files if path not in there and path not in holdings.leave]
    _place(plan, fresh, holdings)
    renamed = {old for old, _ in plan.renamed}
    plan.removed = [path for path in plan.gone if path not in renamed]
    return plan


def _unhashable(plan: Plan, stamp: FileStamp, record: FileRecord | None, why: str) -> None:
    """Let a file that cannot be opened keep the content it had, if it had one."""
    if record is not None and record.document_id is not None:
        plan.unchanged.append(stamp.path)
        plan.kept[stamp.path] = f"cannot be opened now ({why}); what was read before is kept"
        return
    if record is None:
        plan.added.append(stamp.path)
    plan.names.append(FileRecord(stamp, None, f"cannot be opened ({why})"))


def _place(plan: Plan, fresh: list[tuple[FileStamp, str]], holdings: Holdings) -> None:
    """Sort hashed files into added, changed, renamed, to be read again and only touched."""
    free: dict[str, list[str]] = {}
    for path in plan.gone:
        ident = holdings.files[path].document_id
        if ident is not None:
            free.setdefault(ident, []).append(path)
    for stamp, sha256 in fresh:
        ident = document_id(sha256)
        record = holdings.files.get(stamp.path)
        if record is None and free.get(ident):
            plan.renamed.append((free[ident].pop(0), stamp.path))
        elif record is None or record.document_id is None:
            plan.added.append(stamp.path)
        elif record.document_id != ident:
            plan.changed.append(stamp.path)
            plan.replaces[sha256] = record.document_id
        elif ident in holdings.outdated:
            plan.reread.append(stamp.path)
        else:
            plan.unchanged.append(stamp.path)
        if ident not in holdings.documents or ident in holdings.outdated:
            plan.read.setdefault(sha256, []).append(stamp)
        else:
            plan.names.append(FileRecord(stamp, ident))
