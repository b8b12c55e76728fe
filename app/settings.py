"""Where things are and how they are set: command flags over `pincite.toml` over the environment over defaults.

Only this layer reads the environment:

    PINCITE_LIBRARY   the library folder
    PINCITE_CONFIG    the configuration file (default: `pincite.toml` in the current folder, if there)
    PINCITE_CACHE     where the embedding model is unpacked (default: the user's cache folder)
"""

import os
import tomllib
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

from ingest.errors import UsageError

DEFAULT_CORPUS = Path("corpus")


@dataclass(frozen=True, slots=True)
class Settings:
    """The configuration file's keys with their defaults.

    `model` and `reranker` are hub names or folders, None for the embedded model and for none. `cache` is where the
    embedded model is unpacked. `upload` lets people add files on
    the Library page, `edit` lets them change metadata there (None: where they may upload, and where the page
    listens on this machine only). `upload_max_mb` limits one file. `suggestions` are the questions offered on
    the Ask page. `api_token` opens /api to other programs; without one it answers this machine only.
    """

    corpus: Path | None = None
    library: Path | None = None
    model: str | None = None
    reranker: str | None = None
    cache: Path | None = None
    workers: int | None = None
    host: str = "127.0.0.1"
    port: int = 8501
    upload: bool = False
    edit: bool | None = None
    upload_max_mb: int = 50
    suggestions: tuple[str, ...] = ()
    api_token: str | None = None


_PATHS = frozenset({"corpus", "library", "cache"})
_MODELS = frozenset({"model", "reranker"})
_RANGES = {"port": range(1, 65536), "workers": range(1, 65)}
_TYPES: dict[str, type] = {
    "corpus": str, "library": str, "cache": str, "model": str, "reranker": str, "workers": int, "host": str,
    "port": int, "upload": bool, "edit": bool, "upload_max_mb": int, "suggestions": list, "api_token": str,
}  # fmt: skip


def load_settings(config: Path | None = None) -> Settings:
    """Return the settings from the configuration file and the environment.

    Paths in the file are relative to the file, `~` is the home folder. Raises UsageError for an unknown key, a
    value of the wrong type or out of range, or a file that is not TOML, naming the file.
    """
    named = config or (Path(os.environ["PINCITE_CONFIG"]) if "PINCITE_CONFIG" in os.environ else None)
    path = named or Path("pincite.toml")
    settings = Settings()
    if path.is_file():
        settings = replace(settings, **_read(path))
    elif named is not None:
        raise UsageError(f"{named}: no such configuration file")
    if settings.library is None and os.environ.get("PINCITE_LIBRARY"):
        settings = replace(settings, library=_path(os.environ["PINCITE_LIBRARY"]))
    if settings.cache is None and os.environ.get("PINCITE_CACHE"):
        settings = replace(settings, cache=_path(os.environ["PINCITE_CACHE"]))
    return settings


def library_folder(flag: Path | None, corpus: Path | None = None, settings: Settings | None = None) -> Path:
    """Return the library to use: the flag, the configured one, else `library/` beside the corpus.

    Raises UsageError when it is a file.
    """
    settings = settings or load_settings()
    named = flag if flag is not None else settings.library
    if named is not None:
        if named.is_file():
            raise UsageError(f"{named}: a file, not the folder of a library")
        return named
    beside = corpus or settings.corpus or DEFAULT_CORPUS
    # A linked corpus has its library beside the link; only `..` has to be followed to know what is above it.
    whole = beside.resolve() if ".." in beside.parts else beside.absolute()
    return whole.parent / "library"


def folder_or_name(model: str, beside: Path) -> str:
    """Return the whole path of a model's folder, given from `beside`; a hub name as it is."""
    from index.embedding.embedder import DEFAULT_MODEL

    folder = _path(model, beside)
    is_folder = model.startswith((".", "~")) or (model != DEFAULT_MODEL and folder.is_dir())
    return str(folder.resolve()) if is_folder else model


def _path(written: str, beside: Path = Path()) -> Path:
    try:
        return beside / Path(written).expanduser()
    except RuntimeError as error:
        raise UsageError(f"{written}: there is no such home folder") from error


def _read(path: Path) -> dict[str, Any]:
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"{path}: not valid TOML ({error})") from error
    known = {field.name for field in fields(Settings)}
    values: dict[str, Any] = {}
    for key, value in raw.items():
        if key not in known:
            raise UsageError(f"{path}: unknown key {key!r}; known are {', '.join(sorted(known))}")
        wanted = _TYPES[key]
        if not isinstance(value, wanted) or (wanted is int and isinstance(value, bool)):
            raise UsageError(f"{path}: {key} must be of type {wanted.__name__}")
        if key in _RANGES and value not in _RANGES[key]:
            allowed = _RANGES[key]
            raise UsageError(f"{path}: {key} must be from {allowed[0]} to {allowed[-1]}")
        values[key] = value
    for key in _PATHS & values.keys():
        values[key] = _path(values[key], path.parent)
    for key in _MODELS & values.keys():
        values[key] = folder_or_name(values[key], path.parent)
    if "suggestions" in values:
        values["suggestions"] = tuple(str(one) for one in values["suggestions"])
    return values
