"""What PostgreSQL answers where the machine or the network is at fault, as pincite's own errors."""

from __future__ import annotations

from shlex import quote

from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError

from ingest.errors import LibraryAway, LibraryBusy, LibraryDamaged, PinciteError

_LOCKED = frozenset({"55P03", "40P01"})
_DAMAGED = frozenset({"XX001", "XX002"})
_GOING_AWAY = frozenset({"57P01", "57P02", "57P03", "57P05", "25P03"})
# SQLSTATE -> what to tell, with the next step.
_TOLD = {
    "53100": "the disk of the server is full. Nothing stored so far is lost; free some space there and run the same "
    "command again.",
    "53200": "the server has no memory left. Nothing stored so far is lost; run the same command again.",
    "53300": "the server has too many connections. Try again later, or raise its max_connections.",
    "25006": "the server only lets read (a standby?). Name the primary server.",
    "42501": "this user may not do that. Let the owner of the database run: GRANT CREATE ON DATABASE … TO …",
    "57014": "the server stopped what was asked, for it took too long. Try again, or raise its statement_timeout.",
}
# Where a connection is not made there is no SQLSTATE, only words.
_REFUSED = ("authentication failed", "no pg_hba.conf entry", "no password supplied", "role ")


def translated(error: DBAPIError, where: str, folder: str) -> PinciteError | None:
    """Return what to tell of an error of PostgreSQL's by its SQLSTATE; None for a defect of the program.

    `where` is the library as messages call it, `folder` the one that a command repairs it by.
    """
    code = getattr(error.orig, "sqlstate", None)
    if code in _LOCKED:
        return LibraryBusy(f"{where}: another process is writing to this library. Try again later.")
    if code in _DAMAGED:
        return LibraryDamaged(
            f"{where}: the database is damaged ({_line(error)})", f"pincite doctor --library {quote(folder)}"
        )
    if code in _TOLD:
        return PinciteError(f"{where}: {_TOLD[code]}")
    if (code is not None and code.startswith(("08", "58"))) or code in _GOING_AWAY:
        return away(where, _line(error))
    if code is None and isinstance(error, OperationalError | InterfaceError):
        return _not_connected(where, _line(error))
    return None


def away(where: str, reason: str) -> LibraryAway:
    """Return what to tell where the server cannot be reached, or went away in the middle."""
    return LibraryAway(
        f"{where}: the database cannot be reached ({reason}). Nothing stored so far is lost; once the server runs, "
        "run the same command again."
    )


def _not_connected(where: str, line: str) -> PinciteError:
    if any(words in line for words in _REFUSED):
        return PinciteError(
            f"{where}: the server refused the log-in ({line}). Correct user and password in the URL, or put the "
            "password into ~/.pgpass."
        )
    if "database" in line and "does not exist" in line:
        return PinciteError(f"{where}: {line}. Make it on the server with: createdb NAME")
    return away(where, line)


def _line(error: DBAPIError) -> str:
    """Return the telling line of an error: the last one that the server sent, without its rank."""
    lines = [line.strip() for line in str(error.orig).splitlines() if line.strip()]
    told = [line for line in lines if "FATAL:" in line] or lines[:1] or [type(error.orig).__name__]
    return told[-1].partition("FATAL:")[2].strip() or told[-1].rstrip(".")
