"""The corpus folder: what lies in it, and which of it is taken up.

Nothing outside the folder is ever opened: links are not followed, and what is not an ordinary file is
named with its reason. Names are kept as the disk has them and shown with what cannot be seen escaped.
"""

from __future__ import annotations

import os
import stat
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from ingest.errors import UsageError
from ingest.readers.formats import SUFFIXES

# A file with the ending of no format is read only when it begins as a PDF does; sources and data that speak of
# PDFs further on do not.
PDF_START, BEFORE_IT = b"%PDF-", b"\xef\xbb\xbf \t\r\n\0"
# Made by browsers, editors and systems for themselves: passed over without a word.
IGNORED_ENDINGS = (".part", ".crdownload", ".download", ".partial", ".tmp", ".toml", "~")
IGNORED_NAMES = frozenset({"thumbs.db", "desktop.ini"})
# No library of papers is deeper; a folder tree that is, is a mistake or a trick.
MAX_DEPTH = 40

# A change within this time of another may leave the same time stamp: FAT counts in 2 seconds.
COARSEST_CLOCK_NS = 2_000_000_000
# What a database holds. Some network and FUSE file systems number their files beyond, and a time after 2262 is.
LARGEST = 2**63 - 1
# Windows keeps no time of the last change of a file's facts, so a stamp proves nothing there.
STAMPS_PROVE = os.name != "nt"


@dataclass(frozen=True, slots=True)
class FileStamp:
    """A name in the corpus folder and what the disk said of it when its content was hashed.

    `path` is relative to the corpus, with `/`, and as the disk has it (undecodable bytes are lone
    surrogates); `ingest.text.safe.printable` makes it fit to be seen.
    """

    path: str
    size: int = 0
    mtime_ns: int = 0
    ctime_ns: int = 0
    inode: int = 0


Hashed = tuple[FileStamp, str | OSError | None]
"""The stamp to remember of a document, and its SHA-256; OSError where it cannot be had, None where it was not asked."""


@dataclass(frozen=True, slots=True)
class Scan:
    """What lies in a corpus folder: files to take up in byte order of their paths, and path -> reason.

    `unseen` are files and folders ("x/") that could not be looked at: nothing is known of them.
    """

    stamps: tuple[FileStamp, ...]
    skipped: dict[str, str]
    unseen: tuple[str, ...] = ()


def scan(corpus: Path, *, leave_out: Path | None = None) -> Scan:
    """Return what lies in `corpus` and below it, without the folder `leave_out` (a library inside it).

    Raises: UsageError when it is not a folder or cannot be listed.
    """
    if not corpus.is_dir():
        raise UsageError(f"{corpus}: there is no such folder. Name the folder with your documents.")
    corpus, apart = corpus.resolve(), leave_out and leave_out.resolve()
    walk = _Walk()
    while walk.waiting:
        folder, depth = walk.waiting.pop()
        try:
            with os.scandir(corpus / folder) as entries:
                for entry in entries:
                    if apart is None or Path(entry.path) != apart:
                        walk.sort_in(entry, f"{folder}{entry.name}", depth)
        except OSError as error:
            if not folder:
                raise UsageError(f"{corpus}: cannot be listed ({error.strerror}).") from error
            walk.skipped[folder] = f"the folder cannot be listed ({error.strerror})"
            walk.unseen.append(folder)
    stamps = sorted(walk.stamps, key=lambda stamp: os.fsencode(stamp.path))
    return Scan(tuple(stamps), dict(sorted(walk.skipped.items())), tuple(sorted(walk.unseen)))


class _Walk:
    """What a scan has found so far; `waiting` are folders to look into, with their depth."""

    def __init__(self) -> None:
        self.stamps: list[FileStamp] = []
        self.skipped: dict[str, str] = {}
        self.unseen: list[str] = []
        self.waiting: list[tuple[str, int]] = [("", 0)]

    def sort_in(self, entry: os.DirEntry[str], path: str, depth: int) -> None:
        """Sort one entry of a folder into files, reasons and further folders."""
        name = entry.name.lower()
        if ignored(name):
            return
        if entry.is_symlink():
            self.skipped[path] = "a link; put the file itself here"
            return
        try:
            facts = entry.stat(follow_symlinks=False)
        except OSError as error:
            self.skipped[path] = f"cannot be looked at ({error.strerror})"
            self.unseen.append(path)
            return
        if stat.S_ISDIR(facts.st_mode):
            reason = _folder_refused(name, depth)
            if reason:
                self.skipped[path] = reason
            else:
                self.waiting.append((f"{path}/", depth + 1))
        elif not stat.S_ISREG(facts.st_mode):
            self.skipped[path] = "not an ordinary file"
        elif Path(name).suffix in SUFFIXES or _begins_like_pdf(Path(entry.path)):
            # Not `facts`: on Windows a scan does not say which file of the disk it is.
            self.stamps.append(stamp_of(path, os.lstat(entry.path) if os.name == "nt" else facts))
        else:
            self.skipped[path] = f"not a kind of file that is read ({Path(name).suffix or 'no ending'})"


def ignored(name: str) -> bool:
    """Return whether a file or folder of this name, in small letters, is passed over without a word."""
    return name.startswith((".", "~$")) or name.endswith(IGNORED_ENDINGS) or name in IGNORED_NAMES


def name_refused(path: str) -> str | None:
    """Return why nothing with this name is taken up from a store, None where it is."""
    if os.name == "nt" and any(sign in path for sign in '\\:*?"<>|'):
        return "a name that this system does not have"
    return f"more than {MAX_DEPTH} folders deep" if path.count("/") > MAX_DEPTH else None


def _folder_refused(name: str, depth: int) -> str | None:
    if Path(name).suffix in SUFFIXES:
        return "a folder with the name of a file"
    return f"more than {MAX_DEPTH} folders deep" if depth >= MAX_DEPTH else None


def _begins_like_pdf(path: Path) -> bool:
    """Return whether the file can be opened and begins like a PDF."""
    try:
        with path.open("rb", buffering=0) as file:
            return file.read(64).lstrip(BEFORE_IT).startswith(PDF_START)
    except OSError:
        return False


def stamp_of(path: str, facts: os.stat_result) -> FileStamp:
    """Return the stamp of a file from what the disk says of it, in numbers of 64 bits with sign."""
    mtime, ctime = (max(-LARGEST, min(LARGEST, moment)) for moment in (facts.st_mtime_ns, facts.st_ctime_ns))
    return FileStamp(path, facts.st_size, mtime, ctime, facts.st_ino & LARGEST)


def current_stamp(corpus: Path, path: str) -> FileStamp | None:
    """Return the stamp that a file has now, None when it is gone or no ordinary file any more."""
    try:
        facts = os.lstat(corpus / path)
    except OSError:
        return None
    return stamp_of(path, facts) if stat.S_ISREG(facts.st_mode) else None


def provable(stamp: FileStamp, now_ns: int) -> FileStamp:
    """Return the stamp to remember with a hash made at `now_ns`.

    A file that changed just before it was hashed may change again without any of its times moving on;
    its stamp is kept with a time that no file has, so that it will be hashed again.
    """
    fresh = max(stamp.mtime_ns, stamp.ctime_ns) > now_ns - COARSEST_CLOCK_NS
    return replace(stamp, ctime_ns=-1) if fresh or not STAMPS_PROVE else stamp


def wait_until_stable(
    corpus: Path,
    stamps: Iterable[FileStamp],
    *,
    settle: float,
    longest: float,
    sleep: Callable[[float], None] = time.sleep,
) -> tuple[dict[str, FileStamp], list[str]]:
    """Wait for files that are being copied; return stamps by path, and the paths still changing.

    Files last changed less than `settle` seconds ago are looked at again after `settle` until two looks
    agree, for `longest` seconds at most. Files that vanish meanwhile are in neither.
    """
    now = time.time_ns()
    sure: dict[str, FileStamp] = {}
    unsure: dict[str, FileStamp] = {}
    for stamp in stamps:
        recent = abs(now - stamp.mtime_ns) < settle * 1e9
        (unsure if recent else sure)[stamp.path] = stamp
    waited = 0.0
    while unsure and waited < longest:
        sleep(settle)
        waited += settle
        for path, before in list(unsure.items()):
            after = current_stamp(corpus, path)
            if after is None:
                del unsure[path]
            elif after == before:
                sure[path] = unsure.pop(path)
            else:
                unsure[path] = after
    return sure, sorted(unsure)
