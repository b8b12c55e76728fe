"""How a store of documents is written, and the folder in which this machine keeps copies of some of them.

`s3://BUCKET/PREFIX?endpoint=https://…&region=…&cache_mb=…`. Everywhere else a corpus is a path; that of a store is the
folder of this machine for it. Light to import: settings and every command that is given a corpus ask this.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit

from ingest.atomic_files import whole_file
from ingest.errors import PinciteError, UsageError

KIND = "s3://"
POINTER = "store"
"""In such a folder: the URL of its store."""
CACHE_MB = 20_000
"""Most megabytes of copies that are kept where the URL names no other number."""
LEAST_MB = 100
_OPTIONS = frozenset({"endpoint", "region", "cache_mb"})
_BUCKET = re.compile("[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
_HOW = "Write s3://BUCKET/PREFIX, with ?endpoint=https://HOST for a store that is not Amazon's"


@dataclass(frozen=True, slots=True)
class Place:
    """A bucket, the prefix of the documents in it ("" for all), and where it is reached (None: the environment)."""

    bucket: str
    prefix: str
    endpoint: str | None
    region: str | None
    cache_mb: int

    @property
    def url(self) -> str:
        """The URL in its one form, in which a library remembers it."""
        options = {"endpoint": self.endpoint, "region": self.region}
        words = {key: value for key, value in options.items() if value}
        if self.cache_mb != CACHE_MB:
            words["cache_mb"] = str(self.cache_mb)
        query = f"?{urlencode(words, safe=':/')}" if words else ""
        return f"{KIND}{self.bucket}/{quote(self.prefix)}{query}"


def is_store(written: str) -> bool:
    """Return whether what was written names a store and not a folder."""
    return written.startswith(KIND)


def parse(written: str) -> Place:
    """Return the store that a URL names. Raises: UsageError, without what may be a secret in it."""
    parts = urlsplit(written)
    bucket, options = parts.netloc, dict(parse_qsl(parts.query))
    if "@" in bucket:
        raise UsageError(
            "s3://: a key has no place in the URL. Put it into AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"
        )
    unknown = sorted(options.keys() - _OPTIONS)
    endpoint, megabytes = options.get("endpoint"), options.get("cache_mb", str(CACHE_MB))
    fault = (
        f"{bucket!r} is no name of a bucket" if not _BUCKET.fullmatch(bucket)
        else f"?{unknown[0]}= is not known" if unknown
        else "an endpoint begins with https:// or http://"
        if endpoint is not None and not re.fullmatch(r"https?://[^\s/@]+/?", endpoint)
        else f"cache_mb is a number from {LEAST_MB}"
        if not re.fullmatch("[0-9]{1,9}", megabytes) or int(megabytes) < LEAST_MB
        else None
    )  # fmt: skip
    if fault is not None:
        raise UsageError(f"{KIND}{bucket}: {fault}. {_HOW}")
    prefix = unquote(parts.path).strip("/")
    return Place(bucket, prefix, endpoint and endpoint.rstrip("/"), options.get("region"), int(megabytes))


def folders() -> Path:
    """Return where the folders of stores lie; no folder elsewhere is taken for one, whatever lies in it."""
    import platformdirs

    return platformdirs.user_cache_path("pincite", appauthor=False) / "stores"


def corpus_path(written: str | Path) -> Path:
    """Return the path of a corpus: a folder as it is, for a store the folder of this machine, made where it is not.

    Raises: UsageError for a URL that is none; PinciteError where the folder cannot be written.
    """
    if not is_store(str(written)):
        return Path(written)
    place = parse(str(written))
    name = re.sub("[^a-z0-9]+", "-", f"{place.bucket}-{place.prefix}".lower())[:60].strip("-")
    mark = hashlib.sha256(f"{place.endpoint} {place.bucket} {place.prefix}".encode()).hexdigest()[:8]
    folder = folders() / f"{name}-{mark}"
    if store_url(folder) != place.url:
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            with whole_file(folder / POINTER) as file:
                file.write(f"{place.url}\n".encode())
        except OSError as error:
            raise PinciteError(f"{folder}: cannot be made or written ({error.strerror}).") from error
    return folder


def store_url(folder: Path) -> str | None:
    """Return the URL of the store whose folder this is, None for a folder of documents."""
    if folder.parent.name != "stores" or folder.parent.resolve() != folders().resolve():
        return None
    try:
        return (folder / POINTER).read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        return None


def corpus_name(corpus: Path) -> str:
    """Return what people call a corpus and a library remembers: the whole path of a folder, or a store's URL."""
    return store_url(corpus) or str(corpus.resolve())
