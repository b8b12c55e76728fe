"""Which model a name stands for (the embedded default, a folder, a name of the hub), and what serves it."""

import logging
from importlib.util import find_spec
from pathlib import Path
from typing import Literal

from index.embedding import converted
from index.embedding.embedder import DEFAULT_MODEL, HUB_DEFAULT, Embedder
from index.embedding.model_folder import check_folder, local_folder, resolve
from ingest.errors import ModelUnavailable

log = logging.getLogger(__name__)

Runtime = Literal["ctranslate2", "sentence-transformers"]


def load_model(
    name: str | None = None, *, cache: Path | None = None, cores: int | None = None, gpu: bool = False
) -> Embedder:
    """Return the model: the embedded default for None, else a local folder or a hub name.

    `cache` is the folder for the unpacked default and for what is converted (the user's cache folder otherwise),
    `cores` how many it may use at once (None: all).
    With `gpu` sentence-transformers serves it in float32 on the graphics card that this process sees. Without,
    CTranslate2 serves the models that it can run and that agree with sentence-transformers, which serves the
    others. The first loading of a model on a machine converts it, which takes some 20 s.

    Raises:
        ModelUnavailable: in one line, what is missing and the next step.

    """
    place = cache or default_cache()
    wanted = name or DEFAULT_MODEL
    if wanted != DEFAULT_MODEL:
        return _served(resolve(wanted), wanted, place, cores, gpu)
    from index.embedding import bundled_e5

    unpacked = place / bundled_e5.FOLDER_NAME
    if not bundled_e5.is_sound(unpacked):
        try:
            packed = bundled_e5.packed_file()
        except ModelUnavailable:
            log.info("no embedded model in this installation; trying %s", HUB_DEFAULT)
            return _served(resolve(HUB_DEFAULT), wanted, place, cores, gpu)
        bundled_e5.unpack(unpacked, packed)
    return _served(unpacked, wanted, place, cores, gpu)


def runtime_of(name: str, *, cache: Path | None = None) -> Runtime:
    """Return what serves a model as things stand; nothing is loaded, fetched or converted."""
    from index.embedding import bundled_e5

    place = cache or default_cache()
    unpacked = place / bundled_e5.FOLDER_NAME
    if name == DEFAULT_MODEL and bundled_e5.is_unpacked(unpacked):
        folder: Path | None = unpacked
    else:
        folder = local_folder(HUB_DEFAULT if name == DEFAULT_MODEL else name)
    known = converted.known_place(folder, place) if folder is not None else None
    conversion = converted.Conversion.read(known) if known is not None else None
    if conversion is None or conversion.refused or find_spec("ctranslate2") is None:
        return "sentence-transformers"
    return "ctranslate2"


def default_cache() -> Path:
    """Return the user's cache folder for models."""
    import platformdirs

    return platformdirs.user_cache_path("pincite", appauthor=False) / "models"


def _served(folder: Path, name: str, cache: Path, cores: int | None, gpu: bool) -> Embedder:
    check_folder(folder)
    if gpu:
        from index.embedding.sentence_model import SentenceModel

        return SentenceModel(folder, name, device="cuda")
    model = _compiled(folder, name, cache, cores)
    if model is not None:
        return model
    from index.embedding.sentence_model import SentenceModel

    if cores is not None:
        import torch

        torch.set_num_threads(cores)
    return SentenceModel(folder, name)


def _compiled(folder: Path, name: str, cache: Path, cores: int | None) -> Embedder | None:
    """Return the model served by CTranslate2, converted if need be, None where it cannot be."""
    reason = "" if find_spec("ctranslate2") else "CTranslate2 is not installed"
    reason = reason or converted.why_not(folder)
    if reason:
        log.info("sentence-transformers serves %s: %s", name, reason)
        return None
    from index.embedding.compiled_model import CompiledModel

    place = converted.place(folder, name, cache)
    if not place.is_dir():
        from index.embedding.convert import convert_apart

        convert_apart(folder, name, place)
    elif converted.known_place(folder, cache) is None:
        converted.remember(place, folder)
    conversion = converted.sound(place)
    if conversion is None:
        return None
    try:
        return CompiledModel(place, conversion, name, cores=cores)
    except ModelUnavailable as error:
        log.warning("%s", error)
        return None
