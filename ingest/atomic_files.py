"""Files that are on the disk whole or not at all, the hash of what is in one, and stamps that tell it is untouched."""

import contextlib
import hashlib
import json
import logging
import os
import secrets
import stat
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from ingest.errors import PinciteError

log = logging.getLogger(__name__)

# The devices that a process calls its own output by; a link to the file it is led into, if it is.
_OUTPUTS = (Path("/dev"), Path("/dev/fd"))


def sync(path: Path) -> None:
    """Bring a file or folder to the disk. Windows has no syncing of folders and needs none."""
    if path.is_dir() and os.name == "nt":
        return
    descriptor = os.open(path, os.O_RDWR if os.name == "nt" else os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def file_sha256(path: Path, *, follow_links: bool = True) -> str:
    """Return the SHA-256 of a file's bytes, 64 hex digits. Only an ordinary file is read, never a device or a pipe.

    Raises: OSError when it cannot be read; without `follow_links` also when it is a link.
    """
    flags = os.O_RDONLY
    for name in ("O_NONBLOCK", "O_CLOEXEC", "O_BINARY", *(() if follow_links else ("O_NOFOLLOW",))):
        flags |= getattr(os, name, 0)
    with os.fdopen(os.open(path, flags), "rb", buffering=0) as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise OSError("not an ordinary file")
        return hashlib.file_digest(file, "sha256").hexdigest()


def full_stat(path: Path) -> list[int]:
    """Return size, times (ns) and inode of a file: while they stay, nobody changed it. Raises OSError."""
    found = path.stat()
    return [found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino]


def known_stamps(record: Path) -> dict[str, list[int]]:
    """Return the `full_stat` by name with which files were found right last, {} where that is not known."""
    try:
        content = json.loads(record.read_bytes())
    except (OSError, ValueError, RecursionError):
        return {}  # not there or damaged: everything is hashed again
    return content if isinstance(content, dict) else {}


def remember_stamps(record: Path, stamps: Mapping[str, list[int]]) -> None:
    """Remember which files were found right; where that cannot be written, they are hashed each time."""
    fresh = record.with_name(f".{record.name}.{os.getpid()}")
    try:
        fresh.write_text(json.dumps(stamps), encoding="ascii")
        fresh.replace(record)
    except OSError as error:
        log.info("%s: what was found right is not remembered: %s", record, error)
        with contextlib.suppress(OSError):
            fresh.unlink(missing_ok=True)


@contextmanager
def whole_file(out: Path) -> Iterator[BinaryIO]:
    """Give a file to write, which takes the place of `out` at the end of the block unless that raises.

    A link stays: what it leads to is replaced. A pipe or a device is written to as it is. Raises: PinciteError
    when the file cannot be written, at the beginning of the block where that can be known.
    """
    try:
        if _is_stream(out):
            with out.open("wb") as file:
                yield file
            return
        target = out.resolve()
        # Not made of the target's name, which may be as long as names can be.
        draft = target.with_name(f".pincite-{secrets.token_hex(8)}.draft")
        try:
            with draft.open("xb") as file:
                yield file
            sync(draft)
            draft.replace(target)
        finally:
            draft.unlink(missing_ok=True)
    except BrokenPipeError:  # whoever reads our output has left
        raise
    except OSError as error:
        raise PinciteError(
            f"{out}: cannot be written ({error.strerror or error}). Nothing was changed."
        ) from error


def _is_stream(out: Path) -> bool:
    """Return whether there is something at `out` that cannot be replaced; a folder fails when it is opened."""
    try:
        return out.parent in _OUTPUTS or not stat.S_ISREG(out.stat().st_mode)
    except FileNotFoundError:
        return False
