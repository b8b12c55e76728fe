"""The error tree of pincite. Each message names the file and the next step.

PinciteError                 exit 1: one line, no traceback
├── UsageError               exit 2: a wrong option value or a broken input file (file and line named)
├── UnreadableFile           one source file could not be read; the others go on (exit 3)
├── LibraryBusy              exit 75: another ingest holds the library
├── LibraryAway              the server that holds the library's database cannot be reached
├── StoreAway                the store that holds the documents cannot be reached
├── SearchAway               the server that searches cannot be reached, or has not what the index needs
├── ClusterAway              the cluster that reads and embeds cannot be joined, or went away
├── LibraryDamaged           database or snapshot fails its checks; names the repair command
│   └── NewerFormat          written by a newer version; never overwritten
└── ModelUnavailable         the embedding model cannot be loaded; search falls back to words
"""

from typing import Literal

Unread = Literal["failed", "empty", "needs_password"]
"""States of a document that could not be read."""


class PinciteError(Exception):
    """Root of all expected errors; `exit_code` is what the command line returns."""

    exit_code = 1


class UsageError(PinciteError):
    """The command was used wrongly, or an input file is broken at a named line."""

    exit_code = 2


class UnreadableFile(PinciteError):
    """A source file cannot be read. `reason` is a short phrase for people, without the file name.

    `state` is the document state that the file ends in (see `ingest.library.library.STATES`). `transient` says that
    the machine is at fault and not the file, so that it is worth another try.
    """

    exit_code = 3

    def __init__(self, reason: str, state: Unread = "failed", *, transient: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.state = state
        self.transient = transient


class LibraryBusy(PinciteError):
    """Another process is writing to this library."""

    exit_code = 75


class LibraryAway(PinciteError):
    """The server that holds the library's database cannot be reached now. Nothing that was stored is lost."""


class StoreAway(PinciteError):
    """The store that holds the documents cannot be reached now. Nothing that was stored is lost."""


class SearchAway(PinciteError):
    """The server of the search does not answer, or lacks what the index counts on. Nothing that was stored is lost."""


class ClusterAway(PinciteError):
    """The cluster that is to read and embed cannot be joined, or went away. Nothing that was stored is lost."""


class LibraryDamaged(PinciteError):
    """The database or the snapshot does not match its own checksums or version.

    `fault` says what is wrong, without a stop; `repair` is the command for it, None where the fault says what to do.
    """

    def __init__(self, fault: str, repair: str | None = None) -> None:
        super().__init__(f"{fault}. Run: {repair}" if repair else fault)
        self.fault = fault.removesuffix(".")
        self.repair = repair


class NewerFormat(LibraryDamaged):
    """Database or snapshot were written by a newer version: nothing is wrong with them, and nothing is overwritten."""


class ModelUnavailable(PinciteError):
    """The embedding model cannot be loaded on this machine."""
