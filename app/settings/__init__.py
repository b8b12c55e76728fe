"""Where things are and how they are set: command flags over `pincite.toml` over the environment over defaults.

Only this layer reads the environment, where each key stands as PINCITE_ and its name in capitals:

    PINCITE_LIBRARY   the library folder
    PINCITE_CACHE     where the embedding model is unpacked (default: the user's cache folder)
    PINCITE_CONFIG    the configuration file (default: `pincite.toml` in the current folder, if there)

Light to import: what reads and checks the keys is loaded when settings are asked for.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.settings.paths import folder_or_name as folder_or_name
from ingest.corpus.place import store_url
from ingest.errors import UsageError

if TYPE_CHECKING:
    from app.settings.model import Settings as Settings

DEFAULT_CORPUS = Path("corpus")
CONFIGURATION_FILE = Path("pincite.toml")


def __getattr__(name: str) -> Any:
    """Load the type of the settings where it is asked for."""
    if name == "Settings":
        from app.settings.model import Settings

        return Settings
    raise AttributeError(name)


def load_settings(config: Path | None = None) -> Settings:
    """Return the settings from the configuration file and the environment.

    Paths in the file are relative to the file, `~` is the home folder. Raises UsageError for an unknown key, a
    value of the wrong type or out of range, or a file that is not TOML, naming the file.
    """
    from app.settings.model import configured

    named = config or (Path(os.environ["PINCITE_CONFIG"]) if "PINCITE_CONFIG" in os.environ else None)
    path = named or CONFIGURATION_FILE
    if named is not None and not path.is_file():
        raise UsageError(f"{named}: no such configuration file")
    return configured(path)


def library_folder(flag: Path | None, corpus: Path | None = None, settings: Settings | None = None) -> Path:
    """Return the library to use: the flag, the configured one, else `library/` beside the corpus.

    Of a library on a database server it is the folder of this machine. The configured one is searched from then on
    where the settings say. Raises UsageError when it is a file.
    """
    settings = settings or load_settings()
    named = flag if flag is not None else settings.library
    folder = server_folder(named, settings) if isinstance(named, str) else _folder(named, corpus, settings)
    if settings.search is not None and (flag is None or flag == settings.library):
        from index.snapshot.search_place import search_at

        search_at(folder, settings.search)
    return folder


def _folder(named: Path | None, corpus: Path | None, settings: Settings) -> Path:
    if named is not None:
        if named.is_file():
            raise UsageError(f"{named}: a file, not the folder of a library")
        return named
    beside = corpus or settings.corpus or DEFAULT_CORPUS
    if store_url(beside) is not None:
        beside = DEFAULT_CORPUS
    # A linked corpus has its library beside the link; only `..` has to be followed to know what is above it.
    whole = beside.resolve() if ".." in beside.parts else beside.absolute()
    return whole.parent / "library"


def server_folder(written: str, settings: Settings) -> Path:
    """Return the folder in which this machine keeps what a library on a database server has beside its database.

    It names the server from then on. Raises UsageError for a URL that is none, and for a folder of another library.
    """
    import hashlib

    import platformdirs

    from ingest.library.place import database_name, point_at, server_url, without_password

    url = server_url(written)
    folder = settings.library_folder if settings.library in (None, written) else None
    if folder is None:
        mark = hashlib.sha256(without_password(url).encode()).hexdigest()[:8]
        folder = platformdirs.user_data_path("pincite", appauthor=False) / f"{database_name(url)}-{mark}"
    point_at(folder.absolute(), url)
    return folder.absolute()
