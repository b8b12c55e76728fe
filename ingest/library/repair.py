"""The command that repairs a library: with its own folder, and the corpus it was read from where that is still told."""

from __future__ import annotations

import json
import logging
import sqlite3
from contextlib import closing
from pathlib import Path
from shlex import quote

from ingest.errors import PinciteError
from ingest.library.place import CONNECT_SECONDS, OWN_DATABASE, database_url, for_driver, schema_of

log = logging.getLogger(__name__)

UNKNOWN = "CORPUS"
"""Stands for the folder of documents in a command where no database tells it."""


def ingest_command(folder: Path, *, rebuild: bool = False) -> str:
    """Return the `pincite ingest` that brings the library in `folder` up to date, or reads all of it anew."""
    corpus = corpus_of(folder)
    command = f"pincite ingest {quote(corpus) if corpus else UNKNOWN} --library {quote(str(folder))}"
    return f"{command} --rebuild" if rebuild else command


def corpus_of(folder: Path) -> str | None:
    """Return the corpus of the library in `folder`, None where its database, which may be damaged, does not tell it.

    It is read past `Library`, which refuses what is damaged.
    """
    try:
        server = database_url(folder)
    except PinciteError:
        return None
    if server is not None:
        return _corpus_on(server)
    path = folder / OWN_DATABASE
    if not path.is_file():
        return None
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as connection:
            found = connection.execute("SELECT value FROM settings WHERE key = 'corpus'").fetchone()
        return _fit_to_be_shown(found)
    except (sqlite3.Error, OSError, ValueError, TypeError) as error:
        log.debug("%s does not tell its corpus: %s", path, error)
        return None


def _corpus_on(server: str) -> str | None:
    try:
        import psycopg
        from psycopg import sql
    except ImportError:
        return None
    try:
        query = sql.SQL("SELECT value FROM {} WHERE key = 'corpus'").format(
            sql.Identifier(schema_of(server), "settings")
        )
        with psycopg.connect(
            for_driver(server).replace("+psycopg", "", 1), connect_timeout=CONNECT_SECONDS
        ) as connection:
            return _fit_to_be_shown(connection.execute(query).fetchone())
    except (psycopg.Error, ValueError, TypeError) as error:
        log.debug("the server does not tell the corpus: %s", error)
        return None


def _fit_to_be_shown(found: tuple[str] | None) -> str | None:
    corpus = json.loads(found[0]) if found else None
    return corpus if isinstance(corpus, str) and corpus.isprintable() else None
