"""Where a library is searched: on its own machine, or on a Milvus server that `search.toml` in its folder names.

Light to import: every command that opens a library asks this.
"""

from __future__ import annotations

from pathlib import Path

from ingest.atomic_files import whole_file
from ingest.errors import PinciteError
from ingest.library.place import url_in

POINTER = "search.toml"
"""In a library's folder: `url`, the server that searches. Readable by its owner only, for the password."""
LOCAL = "local"
"""What is written instead of a URL for the way back to a search on this machine."""


def search_url(folder: Path) -> str | None:
    """Return the server that searches the library in `folder`, None where that is this machine.

    Raises: UsageError where the file that names it is broken.
    """
    return url_in(folder / POINTER, "Remove it, and run pincite ingest.")


def search_at(folder: Path, url: str) -> None:
    """Let the library in `folder` be searched by the server at `url`, or with "local" by this machine.

    It comes into force with the next `pincite ingest`. Raises: UsageError for a URL that is none; PinciteError where
    the folder cannot be written.
    """
    path = folder / POINTER
    try:
        if url == LOCAL:
            path.unlink(missing_ok=True)
            return
        if search_url(folder) == url:
            return
        from index.retrieval.milvus.address import Address

        Address.parse(url)
        escaped = url.replace("\\", "\\\\").replace('"', '\\"')
        folder.mkdir(parents=True, exist_ok=True)
        with whole_file(path) as file:
            Path(file.name).chmod(0o600)  # before the password is in it
            file.write(f'url = "{escaped}"\n'.encode())
    except OSError as error:
        raise PinciteError(f"{folder}: cannot be made or written ({error.strerror}).") from error
