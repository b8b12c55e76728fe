"""From files to a library: read them, find their structure, cut passages with exact places, keep them.

What others may use is named here; everything else may move. Each name is loaded when it is first asked for, so that
importing one module of the package stays cheap.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ingest.errors import LibraryBusy as LibraryBusy
    from ingest.errors import LibraryDamaged as LibraryDamaged
    from ingest.errors import PinciteError as PinciteError
    from ingest.errors import UnreadableFile as UnreadableFile
    from ingest.errors import UsageError as UsageError
    from ingest.library.library import Library as Library
    from ingest.library.records import Document as Document
    from ingest.passage import Passage as Passage
    from ingest.pipeline import ingest_folder as ingest_folder

_HOME = {
    "Document": "ingest.library.records",
    "Library": "ingest.library.library",
    "LibraryBusy": "ingest.errors",
    "LibraryDamaged": "ingest.errors",
    "Passage": "ingest.passage",
    "PinciteError": "ingest.errors",
    "UnreadableFile": "ingest.errors",
    "UsageError": "ingest.errors",
    "ingest_folder": "ingest.pipeline",
}

__all__ = [
    "Document",
    "Library",
    "LibraryBusy",
    "LibraryDamaged",
    "Passage",
    "PinciteError",
    "UnreadableFile",
    "UsageError",
    "ingest_folder",
]


def __getattr__(name: str) -> object:
    """Return a name of the public face, loaded now."""
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOME[name]), name)
