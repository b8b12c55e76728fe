"""A snapshot for several machines: who publishes leaves it in the library's database, the others fetch it from there.

A generation is offered before it becomes current where it was made, and becomes current elsewhere once all its files
have their hashes. Files that a machine has already, the vectors of a base above all, are not fetched again.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import re
import shutil
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from index.snapshot import checked, commit
from index.snapshot.paths import CURRENT, snapshot_folder
from index.snapshot.snapshot import MANIFEST, read_current
from ingest.atomic_files import file_sha256, full_stat, sync
from ingest.errors import LibraryAway, LibraryBusy, LibraryDamaged, PinciteError
from ingest.library.lock import WriterLock
from ingest.library.place import database_url

if TYPE_CHECKING:
    from ingest.library.library import Library
    from ingest.library.shared_files import SharedFiles

log = logging.getLogger(__name__)
_GENERATION = re.compile(r"gen-[0-9]+")

Files = dict[str, tuple[int, str]]
"""Name, as the manifest has it -> size and SHA-256."""

DAMAGED = "the manifest of the snapshot in the database is damaged"
REPAIR = "Run pincite ingest again"
PUBLISH_WAIT = 600.0
"""Seconds that a publication waits for one that is being fetched into the same folder."""


def exclusively(library: Library, parent: Path) -> AbstractContextManager[object]:
    """Keep those who fetch into this folder away, where the library has several machines."""
    return WriterLock(parent, wait=PUBLISH_WAIT) if library.shared_files() is not None else nullcontext()


def sharing(library: Library) -> commit.Share | None:
    """Return what offers a generation to the other machines, None where there are none."""
    shared = library.shared_files()
    if shared is None:
        return None

    def share(folder: Path, manifest: bytes) -> None:
        shared.put(folder.name, hashlib.sha256(manifest).hexdigest(), manifest, _paths(folder, manifest))

    return share


def is_shared(library: Library, parent: Path) -> bool:
    """Return whether the current generation of this machine is the one that the others get, with all its files."""
    shared, here = library.shared_files(), _here(parent)
    if shared is None or here is None:
        return shared is None
    folder = parent / here[0]
    return shared.current() == here and shared.holds(_paths(folder, (folder / MANIFEST).read_bytes()))


def share_current(library: Library, parent: Path) -> None:
    """Offer the current generation, where the others do not have it."""
    share, here = sharing(library), _here(parent)
    if share is not None and here is not None and not is_shared(library, parent):
        share(parent / here[0], (parent / here[0] / MANIFEST).read_bytes())


def bring(folder: Path) -> None:
    """Bring the newest snapshot of the library in `folder` to this machine, where another one may have published it.

    Where the database is away or what it holds is damaged, what is here goes on to answer. Raises: LibraryAway or
    LibraryDamaged where nothing is here.
    """
    if database_url(folder) is None:
        return
    from ingest.library.library import Library

    try:
        with Library.open(folder) as library:
            take_up(library)
    except (LibraryAway, LibraryDamaged) as error:
        if not (snapshot_folder(folder) / CURRENT).exists():
            raise
        log.warning("%s Answers come from the index that this machine has.", error)


def take_up(library: Library) -> bool:
    """Make the newest generation that another machine has published current here; return whether there was one.

    Raises: LibraryAway; LibraryDamaged where a file is not what its hash says.
    """
    shared, parent = library.shared_files(), snapshot_folder(library.folder)
    if shared is None:
        return False
    newest = shared.current()
    if newest is None or newest == _here(parent):
        return False
    parent.mkdir(parents=True, exist_ok=True)
    try:
        with WriterLock(parent):
            return _fetch(shared, parent)
    except LibraryBusy:
        log.info("another process brings a generation into %s", parent)
        return False


def take_up_or_forget(library: Library) -> bool:
    """As `take_up`, for who is about to publish and holds the long lock.

    What is damaged in the database is removed from it: the next generation is offered whole, and mends it.
    """
    try:
        return take_up(library)
    except LibraryDamaged as error:
        log.warning("%s. The index is offered to the other machines anew.", error)
        shared = library.shared_files()
        if shared is not None:
            shared.forget()
        return False


def _fetch(shared: SharedFiles, parent: Path) -> bool:
    newest = shared.current_set()
    if newest is None or (newest.name, newest.digest) == _here(parent):
        return False
    if not _GENERATION.fullmatch(newest.name):  # it becomes a folder
        raise LibraryDamaged(f"{DAMAGED} ({newest.name!r}). {REPAIR}")
    target, draft = parent / newest.name, parent / f".draft-{newest.name}"
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir()
    try:
        files = _files(newest.manifest)
        _fetch_bases(shared, parent, files)
        known = _known(parent)
        for name, (_, sha256) in files.items():
            if not name.startswith("../"):
                _put(shared, sha256, draft / name, known)
        (draft / MANIFEST).write_bytes(newest.manifest)
        sync(draft / MANIFEST)
        sync(draft)
        shutil.rmtree(target, ignore_errors=True)
        draft.rename(target)
    except BaseException:
        for half in parent.glob(".draft-*"):
            shutil.rmtree(half, ignore_errors=True)
        raise
    sync(parent)
    checked.remember(target, {name: full_stat(target / name) for name in files})
    commit.switch(parent, newest.name, newest.digest)
    commit.collect(parent)
    return True


def _fetch_bases(shared: SharedFiles, parent: Path, files: Files) -> None:
    """Fetch the folders of vectors that generations share, unless they are here."""
    known = {path: sha256 for sha256, path in _known(parent).items()}
    bases = {PurePosixPath(name).parts[1] for name in files if name.startswith("../")}
    for base in bases:
        wanted = {
            PurePosixPath(name).name: sha256
            for name, (_, sha256) in files.items()
            if name.startswith(f"../{base}/")
        }
        folder, draft = parent / base, parent / f".draft-{base}"
        if all(_is(folder / name, sha256, known) for name, sha256 in wanted.items()):
            continue
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir()
        for name, sha256 in wanted.items():
            _put(shared, sha256, draft / name, {})
        sync(draft)
        shutil.rmtree(folder, ignore_errors=True)
        draft.rename(folder)


def _is(path: Path, sha256: str, known: dict[Path, str]) -> bool:
    path = Path(os.path.normpath(path))
    if path in known:
        return known[path] == sha256
    return path.is_file() and file_sha256(path) == sha256


def _put(shared: SharedFiles, sha256: str, path: Path, known: dict[str, Path]) -> None:
    """Make a file out of one that is here under another name, else out of the database."""
    if sha256 in known:
        try:
            os.link(known[sha256], path)
        except OSError:
            shutil.copyfile(known[sha256], path)
        else:
            return
    else:
        with path.open("wb") as file:
            file.writelines(shared.read(sha256))
    if file_sha256(path) != sha256:
        _drop(shared, sha256)
        raise LibraryDamaged(f"{path.name} of the snapshot in the database is damaged. {REPAIR}")
    sync(path)


def _drop(shared: SharedFiles, sha256: str) -> None:
    """Take a damaged file out of the database, so that who publishes next sends it again, also an unchanged one."""
    try:
        shared.drop(sha256)
    except PinciteError as error:  # this user may only read, or somebody writes
        log.info("the damaged file stays in the database: %s", error)


def _known(parent: Path) -> dict[str, Path]:
    """Return the files of the current generation that nobody touched since they were found right, by SHA-256."""
    here = _here(parent)
    if here is None:
        return {}
    folder = parent / here[0]
    try:
        files = _files((folder / MANIFEST).read_bytes())
        stamps = checked.known(folder)
        return {
            sha256: Path(os.path.normpath(folder / name))
            for name, (_, sha256) in files.items()
            if stamps.get(name) == full_stat(folder / name)
        }
    except (OSError, LibraryDamaged):
        return {}


def _paths(folder: Path, manifest: bytes) -> dict[str, Path]:
    """Return the files of a generation by SHA-256."""
    return {sha256: folder / name for name, (_, sha256) in _files(manifest).items()}


def _here(parent: Path) -> tuple[str, str] | None:
    """Return name and digest of the current generation of this machine, None where none can be opened."""
    try:
        return read_current(parent)
    except PinciteError:
        return None


def _files(manifest: bytes) -> Files:
    """Return the files that a manifest names. Raises: LibraryDamaged where a name leads out of the snapshot."""
    try:
        files = {
            str(name): (int(size), str(sha)) for name, (size, sha) in json.loads(manifest)["files"].items()
        }
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise LibraryDamaged(f"{DAMAGED}. {REPAIR}") from error
    for name in files:
        parts = PurePosixPath(name).parts
        own = len(parts) == 1 and parts[0] not in {"..", MANIFEST}
        base = len(parts) == 3 and parts[0] == ".." and parts[1].startswith("base-") and parts[2] != ".."
        if not own and not base:
            raise LibraryDamaged(f"{DAMAGED} ({name!r}). {REPAIR}")
    return files
