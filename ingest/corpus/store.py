"""`StoreCorpus`: documents in an S3-compatible store, of which this machine keeps copies while it needs them.

What people wrote about the documents (catalogue, sidecars, files of references) lies in the folder itself, as in a
folder of documents; documents lie in `copies`.
"""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from itertools import islice
from pathlib import Path, PurePosixPath

from ingest.atomic_files import whole_file
from ingest.corpus.client import Bucket, Object
from ingest.corpus.copies import Copies, mark_of
from ingest.corpus.folder import LARGEST, FileStamp, Hashed, Scan, ignored, name_refused
from ingest.corpus.place import POINTER, parse
from ingest.errors import PinciteError
from ingest.metadata.references.read import LARGEST as LARGEST_NOTE
from ingest.metadata.references.read import SUFFIXES as REFERENCES
from ingest.readers.formats import SUFFIXES

NOTES = "notes.json"
"""In the folder: name -> mark of the objects whose bytes lie beside it."""
AT_ONCE, TOGETHER = 8, 256
MIB = 1024 * 1024
_OURS = frozenset({NOTES, POINTER, "copies"})

log = logging.getLogger(__name__)


class StoreCorpus:
    """The documents below a prefix of a bucket; an object is known by its name, size and ETag."""

    def __init__(self, folder: Path, url: str) -> None:
        """`folder` is that of this machine for the store at `url`."""
        self.folder, self.name = folder, url
        self._place = parse(url)
        self.copies = Copies(folder, self._place.cache_mb * MIB)

    @cached_property
    def patient(self) -> Bucket:
        """The bucket as an ingest asks it: again and again for half a minute."""
        return Bucket(self._place)

    @cached_property
    def quick(self) -> Bucket:
        """The bucket as a page asks it, for which somebody waits."""
        return Bucket(self._place, quick=True)

    def scan(self, *, leave_out: Path | None = None, quick: bool = False) -> Scan:
        """As `Corpus.scan`; of objects that are no documents nothing but the name is looked at."""
        stamps: list[FileStamp] = []
        skipped: dict[str, str] = {}
        notes: list[Object] = []
        bucket = self.quick if quick else self.patient
        for found in bucket.list():
            if _is_note(found):
                notes.append(found)
            path = PurePosixPath(found.key)
            if any(ignored(part.lower()) for part in path.parts) or (not found.size and not path.suffix):
                continue  # the last is how a folder is written in a store
            reason = name_refused(found.key)
            if reason is not None:
                skipped[found.key] = reason
            elif path.suffix.lower() in SUFFIXES:
                stamps.append(_stamp(found))
            else:
                skipped[found.key] = f"not a kind of file that is read ({path.suffix or 'no ending'})"
        self._take_notes(notes, bucket)
        stamps.sort(key=lambda stamp: stamp.path.encode())
        return Scan(tuple(stamps), dict(sorted(skipped.items())))

    def current(self, path: str) -> FileStamp | None:
        """As `Corpus.current`."""
        try:
            return _stamp(self.patient.head(path))
        except OSError:
            return None

    def settled(
        self, stamps: Iterable[FileStamp], *, settle: float, longest: float
    ) -> tuple[dict[str, FileStamp], list[str]]:
        """As `Corpus.settled`: an object is there whole or not at all."""
        return {stamp.path: stamp for stamp in stamps}, []

    def hashed(self, stamps: Iterable[FileStamp], *, fetch: bool) -> Iterator[Hashed]:
        """As `Corpus.hashed`: what was not copied yet is, some at a time."""
        known = self.copies.hashes()

        def of(stamp: FileStamp) -> Hashed:
            found = known.get(mark_of(stamp))
            if found is not None or not fetch:
                return stamp, found
            try:
                return stamp, self._fetched(stamp, self.patient)[1]
            except OSError as error:
                return stamp, error

        waiting = iter(stamps)
        with ThreadPoolExecutor(AT_ONCE, "fetch") as several:
            while some := list(islice(waiting, TOGETHER)):
                yield from several.map(of, some)

    def local(self, stamp: FileStamp, sha256: str) -> Path:
        """As `Corpus.local`: a copy, fetched again where it had to make room."""
        copy = self.copies.of_content(sha256)
        if copy is not None:
            return copy
        try:
            return self._fetched(stamp, self.patient)[0]
        except OSError as error:
            log.info("%s: %s", stamp.path, error)
            return self.folder / "copies" / f"{sha256}-gone"

    def fetched_now(self, path: str) -> tuple[Path, str]:
        """Return a copy of what has this name now, and its hash, in the time that a person waits.

        Raises: OSError where it is not there; StoreAway.
        """
        stamp = _stamp(self.quick.head(path))
        return self._fetched(stamp, self.quick)

    def _fetched(self, stamp: FileStamp, bucket: Bucket) -> tuple[Path, str]:
        with self.copies.adding(stamp) as addition:
            bucket.read(stamp.path, addition.write, expect=lambda found: _stamp(found) == stamp)
        assert addition.path is not None
        return addition.path, addition.sha256

    def _take_notes(self, notes: list[Object], bucket: Bucket) -> None:
        """Let the folder hold what people wrote about the documents, as it is in the store now."""
        record = self.folder / NOTES
        try:
            before = json.loads(record.read_bytes())
        except (OSError, ValueError):
            before = {}
        now = {note.key: mark_of(_stamp(note)) for note in notes}
        if now == before:
            return
        for key in before.keys() - now.keys():
            (self.folder / key).unlink(missing_ok=True)
        for key, mark in list(now.items()):
            try:
                if before.get(key) != mark:
                    self._take_note(key, bucket)
            except (OSError, PinciteError) as error:
                log.warning("%s/%s: not taken up: %s", self.name, key, error)
                del now[key]
        with whole_file(record) as file:
            file.write(json.dumps(now).encode())

    def _take_note(self, key: str, bucket: Bucket) -> None:
        path = self.folder / key
        path.parent.mkdir(parents=True, exist_ok=True)
        with whole_file(path) as file:
            bucket.read(key, file.write, expect=lambda found: found.size <= LARGEST_NOTE)


def _is_note(found: Object) -> bool:
    path = PurePosixPath(found.key)
    ours = path.parts[0] in _OURS or name_refused(found.key) is not None
    return not ours and path.suffix.lower() in {".toml", *REFERENCES} and found.size <= LARGEST_NOTE


def _stamp(found: Object) -> FileStamp:
    """Return the stamp of an object: an ETag in the place of the inode, for it is another one for other content."""
    written = found.etag or f"{found.modified}"
    mark = int.from_bytes(hashlib.sha256(written.encode()).digest()[:8], "big") & LARGEST
    return FileStamp(found.key, found.size, inode=mark)
