"""A backup: one ZIP file of all that people typed and all that was read; and a library made of it again.

    pincite-backup.json      what made it, and size and SHA-256 of every file
    library/library.db       the database, as it was at one moment
    library/…                what else lies in the library's folder: typed.jsonl, feedback, briefs, acronyms, glossary

The snapshot is left out: it is made of the database, without reading or embedding anything again. So are the papers.
An archive is not trusted: its names lead nowhere, and nothing is unpacked beyond the sizes that it states.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import shutil
import stat
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path, PurePosixPath
from shlex import quote
from typing import BinaryIO

import msgspec

from ingest.atomic_files import sync, whole_file
from ingest.errors import LibraryDamaged, PinciteError, UsageError
from ingest.library import server_archive
from ingest.library.aside import before
from ingest.library.full_disk import telling_of_a_full_disk
from ingest.library.library import Library
from ingest.library.lock import LOCK_FILE, WriterLock
from ingest.library.place import OWN_DATABASE as DATABASE_FILE
from ingest.library.place import POINTER, database_url
from ingest.library.typed_file import TYPED_FILE
from ingest.text.safe import printable

FORMAT = 1
MANIFEST = "pincite-backup.json"
INSIDE = "library/"
# What is made of the database, or belongs to a running process.
_LEFT_OUT = frozenset({"snapshot", LOCK_FILE, POINTER})
_BLOCK = 1 << 20
_LONGEST_MANIFEST = 64 << 20
_BROKEN_ZIP = (
    zipfile.BadZipFile,
    OSError,
    ValueError,
    EOFError,
    NotImplementedError,
    RuntimeError,
    zlib.error,
)

_BROKEN_ENTRY = tuple(kind for kind in _BROKEN_ZIP if kind is not OSError)


class Entry(msgspec.Struct, frozen=True):
    """A file of the archive: bytes and SHA-256."""

    size: int
    sha256: str


class Contents(msgspec.Struct, frozen=True, kw_only=True):
    """What a backup holds. `made` is an ISO time in UTC, `files` are names below the library's folder."""

    format: int
    pincite: str
    made: str
    documents: int
    typed: int
    files: dict[str, Entry]

    @property
    def size(self) -> int:
        """Bytes when unpacked."""
        return sum(entry.size for entry in self.files.values())


def back_up(folder: Path, out: Path) -> Contents:
    """Write the backup of the library in `folder` to the file `out`, whole or not at all.

    The database is copied by SQLite's online backup: whoever reads or writes goes on. Raises: LibraryDamaged when what
    was copied is not sound; PinciteError when it cannot be written, or there is no library.
    """
    if out.resolve().is_relative_to(folder.resolve()):
        raise UsageError(f"{out}: lies in the library itself. Name a file somewhere else.")
    with (
        telling_of_a_full_disk(out.parent),
        Library.open(folder) as library,
        tempfile.TemporaryDirectory(prefix=".pincite-", dir=_there(out.parent)) as beside,
    ):
        library.copy_database(Path(beside) / DATABASE_FILE)
        documents, typed = _sound(Path(beside))
        files = {DATABASE_FILE: Path(beside) / DATABASE_FILE, **dict(_others(folder))}
        if database_url(folder) is not None and typed:  # what people typed has a file beside SQLite alone
            files[TYPED_FILE] = _typed_file(Path(beside))
        with whole_file(out) as file:
            return _write(file, files, documents, typed)


def restore(archive: Path, folder: Path, *, replace: bool = False) -> tuple[Contents, Path | str | None]:
    """Make the library in `folder` of a backup; return what it holds, and where what was there before is now.

    Nothing is overwritten: what is there is refused or, with `replace`, kept under another name. Raises: UsageError for
    a file that is no backup; LibraryDamaged for one that is damaged; PinciteError; LibraryBusy.
    """
    if _holds_something(folder) and not replace:
        raise PinciteError(
            f"{folder}: there is something here already; nothing was changed. Name another --library, or add "
            "--replace, which keeps what is there under another name."
        )
    parent = _there(folder.absolute().parent, make=True)
    draft = parent / f".pincite-{secrets.token_hex(8)}.restore"
    try:
        with telling_of_a_full_disk(parent), _opened(archive) as (packed, contents):
            draft.mkdir()
            for name, entry in contents.files.items():
                _unpack(packed, name, entry, draft, archive)
            _sound(draft)
            _sync_all(draft)
            server = database_url(folder)
            return contents, _put(draft, folder) if server is None else server_archive.put(
                draft, folder, server
            )
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _there(folder: Path, *, make: bool = False) -> Path:
    try:
        if make:
            folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise PinciteError(f"{folder}: cannot be made ({error.strerror}).") from error
    if not folder.is_dir():
        raise PinciteError(f"{folder}: there is no such folder.")
    return folder


def _holds_something(folder: Path) -> bool:
    server = database_url(folder)
    if server is not None:
        return server_archive.holds_something(folder, server)
    return folder.exists() and (not folder.is_dir() or any(folder.iterdir()))


def _sound(folder: Path) -> tuple[int, int]:
    """Return how many documents the library has and for how many people typed something. Raises: LibraryDamaged."""
    with Library.open(folder) as library:
        library.checking = False
        wrong = [*library.check(), *library.altered()]
        if wrong:
            raise LibraryDamaged(
                f"the library is damaged ({'; '.join(wrong[:3])}). Nothing was written",
                f"pincite doctor --library {quote(str(folder))}",
            )
        return len(library.documents()), len(library.typed())


def _typed_file(copied: Path) -> Path:
    with Library.open(copied) as library:
        library.seal()
    return copied / TYPED_FILE


def _others(folder: Path) -> Iterator[tuple[str, Path]]:
    """Yield the ordinary files of a library's folder that are neither its database nor made of it."""
    for root, folders, names in os.walk(folder):
        at = Path(root).relative_to(folder)
        folders[:] = sorted(
            name for name in folders if not name.startswith(".") and str(at / name) not in _LEFT_OUT
        )
        for name in sorted(names):
            path = Path(root) / name
            if at == Path() and (name in _LEFT_OUT or name.startswith(DATABASE_FILE)):
                continue
            if not name.startswith(".") and stat.S_ISREG(path.lstat().st_mode):
                yield (at / name).as_posix(), path


def _write(file: BinaryIO, files: dict[str, Path], documents: int, typed: int) -> Contents:
    entries: dict[str, Entry] = {}
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as packed:
        for name, path in files.items():
            entries[name] = _pack(packed, name, path)
        contents = Contents(
            format=FORMAT,
            pincite=version("pincite"),
            made=datetime.now(UTC).isoformat("T", "seconds"),
            documents=documents,
            typed=typed,
            files=entries,
        )
        packed.writestr(MANIFEST, msgspec.json.format(msgspec.json.encode(contents)))
    return contents


def _pack(packed: zipfile.ZipFile, name: str, path: Path) -> Entry:
    digest, size = hashlib.sha256(), 0
    try:
        info = zipfile.ZipInfo(INSIDE + name)  # without times: the oldest that a ZIP can say is 1980
        info.compress_type = zipfile.ZIP_DEFLATED
        with path.open("rb") as source, packed.open(info, "w", force_zip64=True) as sink:
            while block := source.read(_BLOCK):
                digest.update(block)
                size += len(block)
                sink.write(block)
    except UnicodeEncodeError as error:
        raise PinciteError(
            f"{printable(str(path))}: has a name that no archive can hold. Rename it."
        ) from error
    return Entry(size, digest.hexdigest())


class _opened:  # noqa: N801  # used as a function in a `with`
    """An archive and what it says it holds. Raises: UsageError for a file that is no backup."""

    def __init__(self, archive: Path) -> None:
        self._archive = archive

    def __enter__(self) -> tuple[zipfile.ZipFile, Contents]:
        try:
            self._packed = zipfile.ZipFile(self._archive)
        except FileNotFoundError as error:
            raise UsageError(f"{self._archive}: no such file") from error
        except _BROKEN_ZIP as error:
            raise UsageError(f"{self._archive}: not a backup of pincite, or cut short") from error
        try:
            return self._packed, _contents(self._packed, self._archive)
        except BaseException:
            self._packed.close()
            raise

    def __exit__(self, *_: object) -> None:
        self._packed.close()


def _contents(packed: zipfile.ZipFile, archive: Path) -> Contents:
    try:
        if packed.getinfo(MANIFEST).file_size > _LONGEST_MANIFEST:
            raise ValueError("too long")
        raw = packed.read(MANIFEST)
        found = msgspec.json.decode(raw)
        newer = isinstance(found, dict) and isinstance(found.get("format"), int) and found["format"] > FORMAT
        if newer:
            raise PinciteError(f"{archive}: made by a newer pincite. Update pincite, and restore it then.")
        contents = msgspec.convert(found, Contents)
    except (KeyError, RecursionError, msgspec.MsgspecError, *_BROKEN_ZIP) as error:
        raise UsageError(f"{archive}: not a backup of pincite ({type(error).__name__})") from error
    for name, entry in contents.files.items():
        if not stays_below(name) or entry.size < 0:
            raise UsageError(f"{archive}: holds a name that no backup has ({printable(name)!r}).")
    if DATABASE_FILE not in contents.files:
        raise UsageError(f"{archive}: holds no {DATABASE_FILE}")
    return contents


def stays_below(name: str) -> bool:
    """Return whether a name stays below the folder that it is unpacked into, on every system."""
    path = PurePosixPath(name)
    return (
        0 < len(name) < 1_000
        and not path.is_absolute()
        and path.as_posix() == name
        and bool(path.parts)
        and all(part not in {"..", "."} and not part.startswith(".") for part in path.parts)
        and not any(character in name for character in '\\:\0*?"<>|')
    )


def _unpack(packed: zipfile.ZipFile, name: str, entry: Entry, draft: Path, archive: Path) -> None:
    target = draft / name
    target.parent.mkdir(parents=True, exist_ok=True)
    digest, left = hashlib.sha256(), entry.size
    try:
        with packed.open(INSIDE + name) as source, target.open("xb") as sink:
            while block := source.read(min(_BLOCK, left + 1)):
                left -= len(block)
                if left < 0:
                    break
                digest.update(block)
                sink.write(block)
    except (KeyError, *_BROKEN_ENTRY) as error:
        raise LibraryDamaged(
            f"{archive}: {name} is damaged. Nothing was restored; take another backup."
        ) from error
    except OSError as error:
        if error.errno is None:  # of the decompressor, not of the disk
            raise LibraryDamaged(f"{archive}: {name} is damaged. Nothing was restored.") from error
        raise
    if left or digest.hexdigest() != entry.sha256:
        raise LibraryDamaged(f"{archive}: {name} is damaged. Nothing was restored; take another backup.")


def _sync_all(folder: Path) -> None:
    for root, _, names in os.walk(folder):
        for name in names:
            sync(Path(root) / name)
        sync(Path(root))


def _put(draft: Path, folder: Path) -> Path | None:
    """Rename the draft to the library's folder; return where what was there is now."""
    folder = folder.absolute()
    aside = None
    if folder.exists() and not _holds_something(folder):
        folder.rmdir()
    if folder.exists():
        aside = folder.with_name(before(folder.name))
        with WriterLock(folder):
            folder.rename(aside)
    try:
        draft.rename(folder)
    except OSError as error:
        if aside is not None:
            aside.rename(folder)
        raise PinciteError(
            f"{folder}: cannot be put in place ({error.strerror}). Nothing was changed."
        ) from error
    sync(folder.parent)
    return aside


def copy_library(source: Path, target: Path) -> Contents:
    """Make a library in `target` with all that the one in `source` holds but its snapshot.

    Raises: PinciteError where there is something already, or the source is damaged.
    """
    if _holds_something(target):
        raise PinciteError(
            f"{target}: there is something here already; nothing was changed. Name another folder."
        )
    with (
        telling_of_a_full_disk(target.absolute().parent),
        tempfile.TemporaryDirectory(
            prefix=".pincite-", dir=_there(target.absolute().parent, make=True)
        ) as beside,
    ):
        contents = back_up(source, Path(beside) / "copy.zip")
        restore(Path(beside) / "copy.zip", target)
    return contents
