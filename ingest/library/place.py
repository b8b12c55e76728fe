"""Where the database of a library is: in its folder, or on a server that `database.toml` in the folder names.

Light to import: whoever only searches asks this, and needs no database.
"""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from shlex import quote
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit, urlunsplit

from ingest.atomic_files import whole_file
from ingest.errors import PinciteError, UsageError

POINTER = "database.toml"
"""In a library's folder: `url`, the database server that holds it. Readable by its owner only, for the password."""
OWN_DATABASE = "library.db"
"""The database of a library that has no server."""
SCHEMA = "pincite"
"""The schema of a database that holds the library where the URL names no other one (`?schema=`)."""
CONNECT_SECONDS = 3
"""So long a server may take to answer a first time; a page that asks it waits as long."""
_DRIVER = "postgresql+psycopg"
_KINDS = frozenset({"postgresql", "postgres", _DRIVER})
_SCHEMA = re.compile("[a-z_][a-z0-9_]{0,39}")


def is_server(written: str) -> bool:
    """Return whether what was written names a database server and not a folder."""
    return "://" in written


def server_url(written: str) -> str:
    """Return the URL of a database server in the one form that all that follows understands.

    Raises: UsageError for another kind of database than PostgreSQL, and where no database or no sound schema is named.
    """
    parts = urlsplit(written)
    if parts.scheme not in _KINDS:
        raise UsageError(
            f"{parts.scheme}://: libraries are kept in a folder or in PostgreSQL. "
            "Name a folder, or postgresql+psycopg://USER@HOST/DATABASE"
        )
    where = without_password(written)
    if not parts.path.strip("/"):
        raise UsageError(f"{where}: names no database. Write postgresql+psycopg://USER@HOST/DATABASE")
    options = dict(parse_qsl(parts.query))
    if not _SCHEMA.fullmatch(options.get("schema", SCHEMA)):
        raise UsageError(f"{where}: a schema has a name of small letters, digits and _")
    return urlunsplit((_DRIVER, parts.netloc, parts.path, parts.query, ""))


def schema_of(url: str) -> str:
    """Return the schema that holds the library."""
    return dict(parse_qsl(urlsplit(url).query)).get("schema", SCHEMA)


def for_driver(url: str) -> str:
    """Return the URL without what the driver does not know."""
    parts = urlsplit(url)
    options = [(key, value) for key, value in parse_qsl(parts.query) if key != "schema"]
    return urlunsplit(parts._replace(query=urlencode(options)))


def without_password(url: str) -> str:
    """Return the URL as messages show it, without driver and password."""
    parts = urlsplit(url)
    user, at, host = parts.netloc.rpartition("@")
    shown = urlunsplit(("postgresql", user.partition(":")[0] + at + host, parts.path, "", ""))
    schema = schema_of(url)
    return shown if schema == SCHEMA else f"{shown} (schema {schema})"


def database_name(url: str) -> str:
    """Return the name of the database on its server."""
    return unquote(urlsplit(url).path.strip("/"))


def database_url(folder: Path) -> str | None:
    """Return the database server of the library in `folder`, None where the database is in the folder.

    Raises: UsageError where the file that names it is broken.
    """
    found = url_in(folder / POINTER, "Name the library by its URL again.")
    return server_url(found) if found is not None else None


def url_in(path: Path, way_out: str) -> str | None:
    """Return the `url` that a small TOML file of a library's folder names, None where there is no such file.

    Raises: UsageError where it is broken, which ends with `way_out`, the next step.
    """
    try:
        found = tomllib.loads(path.read_text(encoding="utf-8")).get("url")
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (OSError, ValueError) as error:
        raise UsageError(f"{path}: cannot be read ({error}). {way_out}") from error
    if not isinstance(found, str):
        raise UsageError(f"{path}: names no `url`. {way_out}")
    return found


def point_at(folder: Path, url: str) -> None:
    """Make `folder` the one in which this machine keeps what a library on a server needs beside its database.

    Raises: UsageError where the folder has a library of its own, or that of another server; PinciteError where it
    cannot be written.
    """
    if (folder / OWN_DATABASE).exists():
        raise UsageError(
            f"{folder}: holds a library of its own. Bring it to the server with: pincite library copy "
            f"{quote(str(folder))} URL; or name another folder with library_folder in pincite.toml"
        )
    there = database_url(folder)
    if there == url:
        return
    if there is not None and without_password(there) != without_password(url):
        raise UsageError(
            f"{folder}: belongs to the library {without_password(there)}. Name another folder with library_folder "
            "in pincite.toml"
        )
    path = folder / POINTER
    escaped = url.replace("\\", "\\\\").replace('"', '\\"')
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with whole_file(path) as file:
            Path(file.name).chmod(0o600)  # before the password is in it
            file.write(f'url = "{escaped}"\n'.encode())
    except OSError as error:
        raise PinciteError(
            f"{folder}: cannot be made or written ({error.strerror}). Name another one with library_folder in "
            "pincite.toml"
        ) from error
