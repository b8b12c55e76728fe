"""Vectors kept between runs over BEIR folders, in one SQLite file, by model and text."""

import hashlib
import sqlite3
from collections.abc import Iterable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from index.embedding.embedder import Embedder
from ingest.errors import PinciteError

CACHE_FILE = "vectors.sqlite"
# SQLite's limit of values in a statement is 32,766; a thousand are enough to be quick.
_AT_ONCE = 1_000


class VectorCache:
    """A store of derived values as `index.embedding.cache.Store` wants it. A context manager that closes it."""

    def __init__(self, folder: Path) -> None:
        connection = None
        try:
            folder.mkdir(parents=True, exist_ok=True)
            connection = sqlite3.connect(folder / CACHE_FILE)
            connection.execute(
                "CREATE TABLE IF NOT EXISTS derived "
                "(space TEXT, key TEXT, value BLOB, PRIMARY KEY (space, key)) WITHOUT ROWID"
            )
        except (OSError, sqlite3.Error) as error:
            if connection is not None:
                connection.close()
            raise PinciteError(
                f"{folder / CACHE_FILE}: cannot be used ({error}); delete it or choose another --out"
            ) from error
        self._connection = connection

    def __enter__(self) -> "VectorCache":
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()

    def get_derived(self, space: str, keys: Iterable[str]) -> dict[str, bytes]:
        """Return the values of the keys that are known."""
        wanted = list(keys)
        found: dict[str, bytes] = {}
        for start in range(0, len(wanted), _AT_ONCE):
            part = wanted[start : start + _AT_ONCE]
            marks = ",".join("?" * len(part))
            query = f"SELECT key, value FROM derived WHERE space = ? AND key IN ({marks})"  # noqa: S608 only "?" marks
            found.update(self._connection.execute(query, (space, *part)).fetchall())
        return found

    def put_derived(self, space: str, items: Iterable[tuple[str, bytes]]) -> None:
        """Keep values; a key that is known gets the new one."""
        with self._connection:
            self._connection.executemany(
                "INSERT OR REPLACE INTO derived VALUES (?, ?, ?)", [(space, *item) for item in items]
            )

    def query_vector(self, embedder: Embedder, text: str) -> NDArray[np.float32]:
        """Return a question's vector, encoded once."""
        space = f"queries:{embedder.fingerprint}"
        key = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
        kept = self.get_derived(space, [key]).get(key)
        if kept is not None:
            return np.frombuffer(kept, dtype="<f4")
        vector = np.asarray(embedder.encode_query(text), dtype="<f4")
        self.put_derived(space, [(key, vector.tobytes())])
        return vector
