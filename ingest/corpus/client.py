"""A bucket of an S3-compatible store: listing, reading, writing, with time limits, and every fault in one line."""

from __future__ import annotations

import errno
import os
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from ingest.corpus.place import Place
from ingest.errors import PinciteError, StoreAway, UsageError

INSTALL = 'pip install "pincite[s3]"'
CONNECT_SECONDS = 3
# A request of an ingest may take so long, and is tried again so often.
PATIENT_SECONDS, RETRIES, RETRY_SECONDS = 30, 4, 30
# Somebody waits for the page: a request may take so long, and a whole document so long.
QUICK_SECONDS, QUICK_DOCUMENT_SECONDS = 5, 15
# A document is read in parts of this size, so that the limit on a request says nothing of its length.
PART_BYTES = 8 * 1024 * 1024
GONE = "no longer in the store"
MOVED = "changed in the store meanwhile"
_CODE = re.compile(r"<Code>(\w+)</Code>")
_KEYS = "Look at AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_REGION"


@dataclass(frozen=True, slots=True)
class Object:
    """What the store says of an object; `etag` is another one for another content, `modified` in seconds."""

    key: str
    size: int
    etag: str
    modified: float


class Bucket:
    """The objects of a place below its prefix. Usable from several threads."""

    def __init__(self, place: Place, *, quick: bool = False) -> None:
        """Connect to nothing yet. `quick` for what somebody waits for. Raises: PinciteError without the package."""
        try:
            import obstore
            from obstore.store import S3Store
        except ImportError as error:
            raise PinciteError(f"s3:// needs the package obstore. Install it with: {INSTALL}") from error
        self._lib, self._quick = obstore, quick
        self._where = f"s3://{place.bucket}"
        seconds = QUICK_SECONDS if quick else PATIENT_SECONDS
        endpoint = (
            place.endpoint or os.environ.get("AWS_ENDPOINT_URL_S3") or os.environ.get("AWS_ENDPOINT_URL")
        )
        config: dict[str, Any] = {"endpoint": endpoint, "region": place.region, "prefix": place.prefix}
        try:
            self._store = S3Store(
                place.bucket,
                client_options={
                    "allow_http": endpoint is not None and endpoint.startswith("http://"),
                    "connect_timeout": timedelta(seconds=CONNECT_SECONDS),
                    "timeout": timedelta(seconds=seconds),
                },
                retry_config={
                    "max_retries": 0 if quick else RETRIES,
                    "retry_timeout": timedelta(seconds=RETRY_SECONDS),
                },
                **{key: value for key, value in config.items() if value},
            )
        except (obstore.exceptions.BaseError, ValueError) as error:
            raise UsageError(f"{self._where}: {_first_line(error)}. {_KEYS}") from error

    def list(self) -> Iterator[Object]:
        """Yield all objects. Raises: StoreAway; UsageError for a missing bucket, or one that may not be listed."""
        with self._telling(whole=True):
            for some in self._store.list(chunk_size=1000):
                for one in some:
                    yield _object(one)

    def head(self, key: str) -> Object:
        """Return what the store says of an object. Raises: OSError where it is not there; StoreAway."""
        with self._telling():
            return _object(self._store.head(key))

    def read(self, key: str, take: Callable[[bytes], object], *, expect: Callable[[Object], bool]) -> Object:
        """Give the bytes of an object to `take`, part by part.

        Raises: OSError where it is not there, may not be read, or where `expect` says it is another one; StoreAway.
        """
        until = time.monotonic() + QUICK_DOCUMENT_SECONDS
        found = self.head(key)
        if not expect(found):
            raise OSError(errno.ESTALE, MOVED)
        for start in range(0, found.size, PART_BYTES):
            if self._quick and time.monotonic() > until:
                raise StoreAway(
                    f"{self._where}: does not give {key!r} within {QUICK_DOCUMENT_SECONDS} seconds."
                )
            end = min(start + PART_BYTES, found.size)
            with self._telling():
                part = self._store.get(key, options={"range": (start, end), "if_match": found.etag})
                take(bytes(part.bytes()))
        return found

    def write(self, key: str, data: bytes, *, over: bool = False) -> None:
        """Store an object. Raises: FileExistsError, unless `over`; OSError where it may not be written; StoreAway."""
        with self._telling():
            self._store.put(key, data, mode="overwrite" if over else "create")

    def delete(self, key: str) -> None:
        """Remove an object. Raises: OSError where that is not allowed; StoreAway."""
        with self._telling():
            self._store.delete(key)

    @contextmanager
    def _telling(self, *, whole: bool = False) -> Iterator[None]:
        """Turn the errors of the package into ours; with `whole` what is asked of is the bucket."""
        faults = self._lib.exceptions
        try:
            yield
        except faults.AlreadyExistsError as error:
            raise FileExistsError(errno.EEXIST, "another object has its name") from error
        except faults.PreconditionError as error:
            raise OSError(errno.ESTALE, MOVED) from error
        except faults.InvalidPathError as error:
            raise UsageError(f"{self._where}: {_first_line(error)}. Rename that object") from error
        except (faults.BaseError, FileNotFoundError, PermissionError) as error:
            raise self._fault(error, whole) from error

    def _fault(self, error: Exception, whole: bool) -> Exception:
        message = str(error)
        code = found[1] if (found := _CODE.search(message)) else ""
        if code == "NoSuchBucket":
            return UsageError(f"{self._where}: there is no such bucket. Look at its name and the endpoint")
        refused = "403 Forbidden" in message or "401 Unauthorized" in message
        if refused and (whole or code in {"InvalidAccessKeyId", "SignatureDoesNotMatch", "ExpiredToken"}):
            return UsageError(f"{self._where}: no access ({code or 'refused'}). {_KEYS}")
        if refused:
            return PermissionError(errno.EACCES, "the store gives no access to it")
        if isinstance(error, FileNotFoundError) and not whole:
            return FileNotFoundError(errno.ENOENT, GONE)
        if "301 Moved" in message or "redirect" in message:
            return UsageError(
                f"{self._where}: lies in another region. Write it as ?region=, or in AWS_REGION"
            )
        return StoreAway(f"{self._where}: the store cannot be reached ({_reason(message)}). Try again later.")


def _object(found: Any) -> Object:
    etag = found["e_tag"] or ""
    return Object(found["path"], found["size"], etag, found["last_modified"].timestamp())


def _first_line(error: Exception) -> str:
    return str(error).strip().split("\n")[0][:200].rstrip(".")


def _reason(message: str) -> str:
    """Return the end of the first line, where the cause stands, without the address and the retries."""
    line = message.strip().split("\n")[0]
    for mark in ("status code: ", "HTTP error: "):
        if mark in line:
            return line.rpartition(mark)[2].split(": <")[0][:120].strip()
    return line[-120:].strip()
