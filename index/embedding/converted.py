"""A model converted for CTranslate2, kept in the cache: where it lies, and whether it may be used.

    CACHE/ctranslate2-HASH/     HASH stands for weights, tokenizer and settings of the model's folder
        conversion.json         the `Conversion`: profile, SHA-256 of the other files, or why there are none
        model.bin, config.json, vocabulary.json, tokenizer.json
        sources/STAMP           an empty file for each folder with this content that was met: its path, sizes,
                                times and inodes, so that 465 MB need not be read to know it again

What is not here is served by sentence-transformers.
"""

import hashlib
import json
import logging
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from index.embedding.embedder import ModelProfile, calibration_for
from index.embedding.model_folder import content_hash, content_of, is_e5
from ingest.atomic_files import file_sha256, full_stat

log = logging.getLogger(__name__)

VERSION = 1
"""Goes into HASH: raise it when models have to be converted anew."""
CONVERSION = "conversion.json"
SOURCES = "sources"
MODEL_TYPES = frozenset({"bert", "roberta", "xlm-roberta", "camembert", "distilbert"})
"""Encoders that CTranslate2 4.8 converts."""
MODULES = ("Transformer", "Pooling", "Normalize")


@dataclass(frozen=True, slots=True)
class Conversion:
    """What is known of a converted model.

    `files` is name → SHA-256, empty where the model was not converted; `refused` says why, "" where it was.
    `agreement` is the least cosine to sentence-transformers in float32 on `index.embedding.convert.TEXTS`.
    """

    fingerprint: str
    dimension: int
    prompts: Mapping[str, str]
    budget: int
    agreement: float
    files: Mapping[str, str]
    refused: str = ""

    def profile(self, name: str) -> ModelProfile:
        """Return the profile of the model under the name it is asked for."""
        return ModelProfile(prompts=dict(self.prompts), budget=self.budget, calibration=calibration_for(name))

    def write(self, folder: Path) -> None:
        """Write it into the folder of a converted model."""
        content = json.dumps(asdict(self), indent=1, ensure_ascii=False)
        (folder / CONVERSION).write_text(content + "\n", encoding="utf-8")

    @classmethod
    def read(cls, folder: Path) -> "Conversion | None":
        """Return what stands in a folder, None where nothing readable does."""
        try:
            return cls(**json.loads((folder / CONVERSION).read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError, RecursionError) as error:
            log.info("%s holds no converted model: %s", folder, error)
            return None


def why_not(folder: Path) -> str:
    """Return why CTranslate2 cannot run the model of a sound folder, "" where it should be tried."""
    try:
        config, modules, pooling, prompts = _settings(folder)
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError, StopIteration) as error:
        return f"its settings are of another kind ({type(error).__name__}: {error})"
    kinds = tuple(str(module["type"]).rpartition(".")[2] for module in modules)
    modes = [key for key, value in pooling.items() if key.startswith("pooling_mode_") and value is True]
    mean = (pooling.get("pooling_mode") or modes) in ("mean", ["mean"], ["pooling_mode_mean_tokens"])
    faults = {
        f"the architecture {config.get('model_type')} is not a known encoder": (
            config.get("model_type") not in MODEL_TYPES
        ),
        "its positions are relative": config.get("position_embedding_type", "absolute") != "absolute",
        f"it is made of {', '.join(kinds)}": kinds not in (MODULES, MODULES[:2]),
        "it does not take the mean of its pieces": not mean,
        "its mean leaves the prompt out": pooling.get("include_prompt") is False,
        "it has a default prompt": bool(prompts.get("default_prompt_name")),
        "its weights lie elsewhere": not any(folder.glob("*.safetensors")),
        "it has no tokenizer.json": not (folder / "tokenizer.json").is_file(),
    }
    return next((fault for fault, there in faults.items() if there), "")


def _settings(folder: Path) -> tuple[dict[str, Any], list[dict[str, Any]], dict[str, Any], dict[str, Any]]:
    """Return config.json, modules.json, the pooling's config.json, and the file of the prompts if there is one."""

    def content(name: str) -> Any:
        return json.loads((folder / name).read_text(encoding="utf-8"))

    modules = content("modules.json")
    pooling = next(module["path"] for module in modules if module["type"].endswith(".Pooling"))
    own = "config_sentence_transformers.json"
    prompts = content(own) if (folder / own).is_file() else {}
    return content("config.json"), modules, content(f"{pooling}/config.json"), prompts


def place(source: Path, name: str, cache: Path) -> Path:
    """Return the folder in the cache for the model in `source`; its files are read unless they are known."""
    return known_place(source, cache) or cache / f"ctranslate2-{_identity(source, name)}"


def known_place(source: Path, cache: Path) -> Path | None:
    """Return the folder in the cache if the model in `source` was met before; none of its files is read."""
    found = next(iter(sorted(cache.glob(f"ctranslate2-*/{SOURCES}/{stamp(source)}"))), None)
    return found.parent.parent if found is not None else None


def _identity(source: Path, name: str) -> str:
    # Models of the E5 family get their prompts by their name where their settings have none.
    told = f"{VERSION} {is_e5(source, name)} {content_hash(source)}"
    return hashlib.sha256(told.encode()).hexdigest()[:16]


def stamp(source: Path) -> str:
    """Return hex digits that stand for a folder as it lies there: its path, and its files' sizes, times and inodes."""
    digest = hashlib.sha256(str(source.resolve()).encode())
    for path in content_of(source):
        digest.update(f"{path.relative_to(source).as_posix()} {full_stat(path)}\n".encode())
    return digest.hexdigest()[:32]


def remember(folder: Path, source: Path) -> None:
    """Note that `folder` is the conversion of `source`, so that it is known next time without reading it."""
    try:
        (folder / SOURCES).mkdir(exist_ok=True)
        (folder / SOURCES / stamp(source)).touch()
    except OSError as error:
        log.info("%s cannot be noted in the cache: %s", source, error)


def sound(folder: Path) -> Conversion | None:
    """Return the conversion in a folder if it was made and every file of it is as it was then."""
    conversion = Conversion.read(folder)
    if conversion is None or conversion.refused:
        return None
    for name, expected in conversion.files.items():
        if not re.fullmatch(r"[\w.]+", name) or sha256_of(folder / name) != expected:
            log.warning(
                "%s is not as it was converted; delete the folder to convert the model anew", folder / name
            )
            return None
    return conversion


def sha256_of(path: Path) -> str:
    """Return the hex SHA-256 of a file, "" for one that cannot be read."""
    try:
        return file_sha256(path)
    except OSError:
        return ""
