"""Model folders from elsewhere: what would run code or unpickle is refused before anything is loaded."""

import hashlib
import json
import pickle
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tiny_model

from index.embedding import bundled_e5
from index.embedding.loading import load_model
from index.embedding.model_folder import check_folder
from index.embedding.sentence_model import SentenceModel
from index.ranking.cross_encoder import CrossEncoderReranker
from ingest.errors import ModelUnavailable


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A sound sentence-transformers folder with random weights."""
    place = tmp_path_factory.mktemp("tiny")
    packed = tiny_model.write_packed(place / "packed.bin")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bundled_e5, "PACKED_SHA256", hashlib.sha256(packed.read_bytes()).hexdigest())
        return bundled_e5.unpack(place / "model", packed)


@pytest.fixture
def folder(sound: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(sound, tmp_path / "model"))


@pytest.fixture(scope="module")
def cross_encoder(sound: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A sound cross-encoder folder with random weights, made by transformers itself."""
    import torch
    from transformers import BertConfig, BertForSequenceClassification

    torch.manual_seed(3)
    target = tmp_path_factory.mktemp("cross") / "encoder"
    config = BertConfig(
        vocab_size=len(tiny_model.PIECES), hidden_size=32, num_hidden_layers=1, num_attention_heads=2,
        intermediate_size=64, max_position_embeddings=512, pad_token_id=1,
    )  # fmt: skip
    config.num_labels = 1
    BertForSequenceClassification(config).save_pretrained(str(target), safe_serialization=True)
    for name in ("tokenizer.json", "tokenizer_config.json"):
        shutil.copy(sound / name, target / name)
    return target


class Bomb:
    """Unpickled, it leaves a mark."""

    def __init__(self, mark: Path) -> None:
        self.mark = mark

    def __reduce__(self) -> tuple[Any, ...]:
        return (Path.write_text, (self.mark, "ran"))


def change(path: Path, **values: object) -> None:
    """Add values to a JSON object in a file."""
    path.write_text(json.dumps({**json.loads(path.read_text()), **values}))


def only_pickle(folder: Path) -> None:
    (folder / "model.safetensors").unlink()
    (folder / "pytorch_model.bin").write_bytes(pickle.dumps(Bomb(folder / "mark")))


def pickle_in_a_part(folder: Path) -> None:
    part = folder / "2_Dense"
    part.mkdir()
    (part / "pytorch_model.bin").write_bytes(pickle.dumps(Bomb(folder / "mark")))


def code_of_its_own(folder: Path) -> None:
    (folder / "evil.py").write_text(f"open({str(folder / 'mark')!r}, 'w').write('ran')\nclass Evil: pass\n")
    change(folder / "config.json", auto_map={"AutoModel": "evil.Evil", "AutoConfig": "evil.Evil"})


def module_of_its_own(folder: Path) -> None:
    (folder / "evil.py").write_text(f"open({str(folder / 'mark')!r}, 'w').write('ran')\nclass Evil: pass\n")
    modules = json.loads((folder / "modules.json").read_text())
    modules[0]["type"] = "evil.Evil"
    (folder / "modules.json").write_text(json.dumps(modules))


def broken_json(folder: Path) -> None:
    (folder / "modules.json").write_text("{")


def no_weights(folder: Path) -> None:
    (folder / "model.safetensors").unlink()


def cut_weights(folder: Path) -> None:
    path = folder / "model.safetensors"
    path.write_bytes(path.read_bytes()[:1000])


def no_tokenizer(folder: Path) -> None:
    (folder / "tokenizer.json").unlink()


def no_config(folder: Path) -> None:
    (folder / "config.json").unlink()


REFUSED: dict[str, tuple[Callable[[Path], None], str]] = {
    "only_pickle": (only_pickle, "weights in pytorch_model.bin, which can run code"),
    "pickle_in_a_part": (pickle_in_a_part, "weights in pytorch_model.bin, which can run code"),
    "code_of_its_own": (code_of_its_own, r"asks for foreign code \(auto_map\)"),
    "module_of_its_own": (module_of_its_own, r"asks for foreign code \(evil.Evil\)"),
    "broken_json": (broken_json, "modules.json cannot be read"),
    "no_weights": (no_weights, "holds no .safetensors weights"),
    "cut_weights": (cut_weights, "cannot be loaded"),
    "no_tokenizer": (no_tokenizer, "cannot be loaded"),
    "no_config": (no_config, "cannot be loaded"),
}


@pytest.mark.parametrize("spoil,message", REFUSED.values(), ids=REFUSED)
def test_a_bad_folder_is_one_plain_line_and_runs_nothing(
    spoil: Callable[[Path], None], message: str, folder: Path
) -> None:
    spoil(folder)
    with pytest.raises(ModelUnavailable, match=message) as caught:
        load_model(str(folder), cache=folder.parent / "cache")
    assert "\n" not in str(caught.value)
    assert not (folder / "mark").exists()


def test_the_sound_folder_loads_by_its_name(folder: Path) -> None:
    model = load_model(str(folder), cache=folder.parent / "cache")
    assert model.dimension == tiny_model.HIDDEN
    assert np.isclose(np.linalg.norm(model.encode_query("the cab")), 1)


def test_a_pickle_beside_safetensors_is_refused_and_never_opened(folder: Path) -> None:
    (folder / "pytorch_model.bin").write_bytes(pickle.dumps(Bomb(folder / "mark")))
    with pytest.raises(ModelUnavailable, match=r"pytorch_model\.bin, which can run code; remove that file"):
        load_model(str(folder), cache=folder.parent / "cache")
    assert not (folder / "mark").exists()


HIDDEN: dict[str, Callable[[Path], object]] = {
    "a pickle under another name": lambda folder: (folder / "x.dat").write_bytes(
        pickle.dumps(Bomb(folder / "mark"))
    ),
    "torch's archive": lambda folder: (folder / "extra.model").write_bytes(b"PK\x03\x04" + bytes(60)),
    "a name in capitals": lambda folder: (folder / "X.PKL").write_bytes(b"x"),
    "training arguments": lambda folder: (folder / "training_args.bin").write_bytes(b"x"),
    "an array of objects": lambda folder: (folder / "x.npy").write_bytes(b"x"),
    "code asked for by the tokenizer": lambda folder: change(
        folder / "tokenizer_config.json", auto_map={"AutoTokenizer": ["evil.Evil", None]}
    ),
    "code asked for deep inside": lambda folder: (folder / "more.json").write_text(
        '{"a": [{"auto_map": {"x": "y"}}]}'
    ),
    "settings without end": lambda folder: (folder / "more.json").write_text('{"a":' * 200 + "1" + "}" * 200),
}


@pytest.mark.parametrize("name", HIDDEN)
def test_what_can_run_code_is_refused_wherever_it_hides(name: str, folder: Path) -> None:
    HIDDEN[name](folder)
    with pytest.raises(ModelUnavailable):
        load_model(str(folder), cache=folder.parent / "cache")
    assert not (folder / "mark").exists()


def test_the_fingerprint_follows_weights_tokenizer_and_settings(sound: Path, folder: Path) -> None:
    first = SentenceModel(sound, "tiny").fingerprint
    assert SentenceModel(folder, "another name").fingerprint == first
    change(folder / "config_sentence_transformers.json", prompts={"query": "ask: ", "document": ""})
    assert SentenceModel(folder, "tiny").fingerprint != first


MISSING = {
    "folder": ("./no-such-model", "there is no model folder ./no-such-model"),
    "absolute": ("/no/such/model", "there is no model folder /no/such/model"),
    "no_name": ("a b/c?d", "is neither a folder nor a model name"),
}


@pytest.mark.parametrize("name,message", MISSING.values(), ids=MISSING)
def test_a_model_that_is_not_there(name: str, message: str) -> None:
    with pytest.raises(ModelUnavailable, match=message):
        load_model(name)


def test_a_real_cross_encoder_scores_pairs(cross_encoder: Path) -> None:
    reranker = CrossEncoderReranker(str(cross_encoder))
    scores = reranker.score("the cab", ["a cab", "bad cafe", "a cab"])
    assert len(scores) == 3
    assert scores[0] == pytest.approx(scores[2], abs=1e-6) != scores[1]
    assert all(np.isfinite(scores))


@pytest.mark.parametrize("spoil", [only_pickle, code_of_its_own, cut_weights, no_config])
def test_a_bad_cross_encoder_is_refused_and_runs_nothing(
    spoil: Callable[[Path], None], cross_encoder: Path, tmp_path: Path
) -> None:
    folder = Path(shutil.copytree(cross_encoder, tmp_path / "encoder"))
    spoil(folder)
    with pytest.raises(ModelUnavailable) as caught:
        CrossEncoderReranker(str(folder))
    assert "\n" not in str(caught.value)
    assert not (folder / "mark").exists()


@pytest.fixture
def hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The hub's local cache, with nothing in it; the hub itself is an address where nobody listens."""
    from huggingface_hub import constants

    for name in ("https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "hub"))
    monkeypatch.setattr(constants, "ENDPOINT", "http://127.0.0.1:9")
    return tmp_path / "hub"


def in_the_cache(hub: Path, source: Path) -> Path:
    """Put a folder into the hub's cache as `some/encoder`, as a download would."""
    stored, commit = hub / "models--some--encoder", "0" * 40
    (stored / "refs").mkdir(parents=True)
    (stored / "refs" / "main").write_text(commit)
    return Path(shutil.copytree(source, stored / "snapshots" / commit))


def test_a_cross_encoder_by_name_comes_from_the_cache(hub: Path, cross_encoder: Path) -> None:
    in_the_cache(hub, cross_encoder)
    assert len(CrossEncoderReranker("some/encoder").score("the cab", ["a cab"])) == 1


@pytest.mark.parametrize("spoil", [only_pickle, code_of_its_own])
def test_a_bad_cross_encoder_by_name_is_refused_and_runs_nothing(
    spoil: Callable[[Path], None], hub: Path, cross_encoder: Path
) -> None:
    folder = in_the_cache(hub, cross_encoder)
    spoil(folder)
    with pytest.raises(ModelUnavailable):
        CrossEncoderReranker("some/encoder")
    assert not (folder / "mark").exists()


def test_a_cross_encoder_out_of_reach_is_told_in_seconds(hub: Path) -> None:
    started = time.monotonic()
    with pytest.raises(ModelUnavailable, match="the hub cannot be reached"):
        CrossEncoderReranker("some/encoder")
    assert time.monotonic() - started < 10


def test_a_folder_with_an_office_file_and_no_model_is_called_so(tmp_path: Path) -> None:
    (tmp_path / "table.xlsx").write_bytes(b"PK\x03\x04" + bytes(60))
    with pytest.raises(ModelUnavailable, match="holds no model") as told:
        check_folder(tmp_path)
    assert "remove" not in str(told.value)
