"""Folders of models: found or fetched, refused where they would run code, and told apart by a fingerprint."""

import hashlib
import json
import logging
import os
from pathlib import Path
from typing import Any

from ingest.atomic_files import file_sha256
from ingest.errors import ModelUnavailable

log = logging.getLogger(__name__)

ENCODING_VERSION = 1
HUB_SECONDS = 5.0
PICKLE_SUFFIXES = frozenset({".bin", ".pt", ".pth", ".pkl", ".pickle", ".ckpt", ".joblib", ".npy", ".npz"})
# A vocabulary has megabytes and settings of nobody; what asks for code is some hundred bytes.
LARGEST_SETTINGS = 1 << 20
DEEPEST_SETTINGS = 50


def named_folder(name: str) -> Path | None:
    """Return the sound folder that a model's name leads to, None for a name of the hub; nothing is loaded.

    Raises: ModelUnavailable when there is no such folder, or it is refused (see `check_folder`).
    """
    folder = Path(name).expanduser()
    if folder.is_dir():
        check_folder(folder)
        return folder
    if folder.is_absolute() or name.startswith((".", "~")):
        raise ModelUnavailable(f"there is no model folder {name}")
    return None


FETCHED = ["*.json", "*.txt", "*.model", "*.safetensors"]
"""Only weights in safetensors are fetched."""


def local_folder(name: str) -> Path | None:
    """Return the folder of a model that is on this machine, None for one that is not or that is refused."""
    try:
        return named_folder(name) or _fetched(name)
    except ModelUnavailable as error:
        log.info("%s", error)
        return None


def resolve(name: str) -> Path:
    """Return the local folder of a model, fetched from the hub where the name is no folder.

    Only weights in safetensors are fetched. Raises ModelUnavailable, within seconds where the hub is out of reach.
    """
    folder = named_folder(name) or _fetched(name)
    if folder is not None:
        return folder
    log.info("model %s is not in the local cache", name)
    from huggingface_hub import constants, snapshot_download
    from huggingface_hub.errors import HfHubHTTPError, LocalEntryNotFoundError

    _reach(constants.ENDPOINT, name)
    try:
        return Path(snapshot_download(name, allow_patterns=FETCHED, etag_timeout=HUB_SECONDS))
    except (HfHubHTTPError, LocalEntryNotFoundError, OSError) as error:
        first = str(error).strip().split("\n")[0]
        raise ModelUnavailable(f"model {name} could not be fetched: {first}; give a local folder") from error


def _fetched(name: str) -> Path | None:
    """Return the folder in the hub's cache, None where the model was not fetched."""
    quiet()
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HFValidationError, LocalEntryNotFoundError

    try:
        return Path(snapshot_download(name, allow_patterns=FETCHED, local_files_only=True))
    except HFValidationError as error:
        raise ModelUnavailable(f"“{name}” is neither a folder nor a model name") from error
    except LocalEntryNotFoundError:
        return None


def _reach(endpoint: str, name: str) -> None:
    """Fail within seconds where the hub cannot be reached; its own client retries for over a minute."""
    import socket
    import urllib.parse
    import urllib.request

    proxy = urllib.request.getproxies().get("https")
    place = urllib.parse.urlsplit(proxy or endpoint)
    try:
        socket.create_connection((place.hostname or "", place.port or 443), HUB_SECONDS).close()
    except OSError as error:
        raise ModelUnavailable(
            f"model {name} is not on this machine and the hub cannot be reached ({error}); "
            "give a local folder, or leave it out"
        ) from error


def quiet() -> None:
    """Keep the libraries of models from telling their makers, and from warning about forks."""
    os.environ["TOKENIZERS_PARALLELISM"] = "false"
    os.environ["HF_HUB_DISABLE_TELEMETRY"] = "1"


def check_folder(folder: Path) -> None:
    """Refuse a model folder that would run code or unpickle.

    Raises:
        ModelUnavailable: the folder names foreign classes anywhere, or holds a pickle anywhere.

    """
    modules = folder / "modules.json"
    if (
        not modules.is_file()
        and not (folder / "config.json").is_file()
        and not any(folder.rglob("*.safetensors"))
    ):
        raise ModelUnavailable(
            f"the folder {folder} holds no model: no config.json or modules.json, and it holds no .safetensors weights"
        )
    if modules.is_file():
        for module in _json(modules):
            kind = module.get("type", "") if isinstance(module, dict) else ""
            if not str(kind).startswith("sentence_transformers."):
                raise ModelUnavailable(f"the model folder {folder} asks for foreign code ({kind}); refused")
    for config in folder.rglob("*.json"):
        if config.stat().st_size <= LARGEST_SETTINGS and _asks_for_code(_json(config)):
            raise ModelUnavailable(f"the model folder {folder} asks for foreign code (auto_map); refused")
    for file in folder.rglob("*"):
        if file.is_file() and (file.suffix.lower() in PICKLE_SUFFIXES or _begins_as_pickle(file)):
            raise ModelUnavailable(
                f"the model folder {folder} has its weights in {file.name}, which can run code; "
                "remove that file, or convert it to safetensors"
            )
    if not any(folder.rglob("*.safetensors")):
        raise ModelUnavailable(f"the model folder {folder} holds no .safetensors weights")


def _asks_for_code(content: object, depth: int = 0) -> bool:
    """Return whether `auto_map`, which names classes of the folder's own, stands anywhere in a JSON value."""
    if depth > DEEPEST_SETTINGS:
        return True
    if isinstance(content, dict):
        return bool(content.get("auto_map")) or any(
            _asks_for_code(one, depth + 1) for one in content.values()
        )
    return isinstance(content, list) and any(_asks_for_code(one, depth + 1) for one in content)


def _begins_as_pickle(file: Path) -> bool:
    """Return whether a file is a pickle (protocol 2 and later), or an archive as torch writes them, by its content."""
    with file.open("rb") as opened:
        start = opened.read(4)
    return (
        start[:1] == b"\x80" and start[1:2] in b"\x02\x03\x04\x05" and start[1:2] != b""
    ) or start == b"PK\x03\x04"


def _json(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise ModelUnavailable(f"{path} cannot be read: {error}") from error


def content_of(folder: Path) -> list[Path]:
    """Return the files of a model folder that decide on its vectors: weights, tokenizer, settings; sorted."""
    return [
        path
        for path in sorted(folder.rglob("*"))
        if path.is_file() and (path.suffix in {".safetensors", ".json", ".model"} or path.name == "vocab.txt")
    ]


def fingerprint(folder: Path, dimension: int, prompts: dict[str, str]) -> str:
    """Return 32 hex digits that stand for weights, tokenizer, settings and prompts of a model folder."""
    digest = hashlib.sha256(
        f"{ENCODING_VERSION}\n{dimension}\n{json.dumps(prompts, sort_keys=True)}\n".encode()
    )
    _take_in(folder, digest)
    return digest.hexdigest()[:32]


def content_hash(folder: Path) -> str:
    """Return 64 hex digits that stand for weights, tokenizer and settings of a model folder; reads them all."""
    digest = hashlib.sha256()
    _take_in(folder, digest)
    return digest.hexdigest()


def _take_in(folder: Path, digest: "hashlib._Hash") -> None:
    for path in content_of(folder):
        digest.update(f"{path.relative_to(folder).as_posix()} {file_sha256(path)}\n".encode())


def is_e5(folder: Path, name: str) -> bool:
    """Return whether a model is of the E5 family, by its name or its folder's: it wants prompts then."""
    words = f"{name} {folder.name}".lower()
    return "e5-" in words and "instruct" not in words
