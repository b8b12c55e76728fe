"""What serves a model: CTranslate2 where it can and agrees, sentence-transformers otherwise."""

import hashlib
import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import tiny_model

from index.embedding import bundled_e5, converted, loading
from index.embedding.compiled_model import BATCH_PIECES, CompiledModel, _batches
from index.embedding.convert import convert_apart, least_cosine
from index.embedding.converted import CONVERSION, Conversion, why_not
from index.embedding.embedder import PROBE_COSINE
from index.embedding.loading import load_model, runtime_of
from index.embedding.sentence_model import SentenceModel


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model folder, and beside it `cache` with its conversion."""
    place = tmp_path_factory.mktemp("tiny")
    packed = tiny_model.write_packed(place / "packed.bin")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bundled_e5, "PACKED_SHA256", hashlib.sha256(packed.read_bytes()).hexdigest())
        folder = bundled_e5.unpack(place / "model", packed)
    load_model(str(folder), cache=place / "cache")
    return folder


@pytest.fixture
def folder(sound: Path, tmp_path: Path) -> Path:
    """A copy of both that a test may spoil."""
    shutil.copytree(sound.parent / "cache", tmp_path / "cache")
    return Path(shutil.copytree(sound, tmp_path / "model"))


def conversion_of(folder: Path) -> Path:
    return next((folder.parent / "cache").glob("ctranslate2-*"))


def served(folder: Path) -> type:
    return type(load_model(str(folder), cache=folder.parent / "cache"))


def test_both_ways_have_one_fingerprint_one_profile_and_like_vectors(sound: Path) -> None:
    fast, reference = load_model(str(sound), cache=sound.parent / "cache"), SentenceModel(sound, str(sound))
    assert isinstance(fast, CompiledModel)
    assert (fast.fingerprint, fast.dimension) == (reference.fingerprint, reference.dimension)
    assert fast.profile == reference.profile
    assert least_cosine(reference, fast) >= PROBE_COSINE


def test_a_copied_folder_is_known_by_its_content_and_then_by_its_place(folder: Path) -> None:
    cache = folder.parent / "cache"
    assert runtime_of(str(folder), cache=cache) == "sentence-transformers", "not met yet"
    assert served(folder) is CompiledModel
    assert len(list(cache.iterdir())) == 1, "nothing was converted anew"
    assert runtime_of(str(folder), cache=cache) == "ctranslate2"


def test_other_content_is_another_conversion(folder: Path) -> None:
    before = converted.place(folder, "tiny", folder.parent / "cache")
    prompts = folder / "config_sentence_transformers.json"
    prompts.write_text(json.dumps({"prompts": {"query": "ask: ", "document": ""}}))
    assert converted.place(folder, "tiny", folder.parent / "cache") != before


@pytest.mark.parametrize("name", ["model.bin", "config.json", "vocabulary.json", "tokenizer.json"])
def test_a_converted_file_that_changed_is_not_used(name: str, folder: Path) -> None:
    file = conversion_of(folder) / name
    file.write_bytes(file.read_bytes() + b" ")
    assert served(folder) is SentenceModel


def test_a_file_that_is_gone_or_a_record_cut_short_is_not_used(folder: Path) -> None:
    (conversion_of(folder) / "model.bin").unlink()
    assert served(folder) is SentenceModel
    (conversion_of(folder) / CONVERSION).write_text('{"fingerprint": ')
    assert served(folder) is SentenceModel


def test_vectors_that_differ_are_refused_once_and_for_all(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = conversion_of(folder)
    known = Conversion.read(place)
    assert known is not None
    replace(known, files={}, agreement=0.9, refused="its vectors differ").write(place)
    monkeypatch.setattr("index.embedding.convert.convert_apart", None)
    assert served(folder) is SentenceModel
    assert runtime_of(str(folder), cache=folder.parent / "cache") == "sentence-transformers"


def test_without_the_wheel_sentence_transformers_serves(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loading, "find_spec", lambda name: None)
    assert served(folder) is SentenceModel
    assert runtime_of(str(folder), cache=folder.parent / "cache") == "sentence-transformers"


def test_a_cache_that_cannot_be_written_is_no_fault(folder: Path) -> None:
    (folder.parent / "file").write_text("in the way")
    model = load_model(str(folder), cache=folder.parent / "file")
    assert isinstance(model, SentenceModel)


def test_a_model_that_cannot_be_converted_leaves_nothing_half(folder: Path) -> None:
    (folder / "model.safetensors").write_bytes(b"no weights")
    convert_apart(folder, "tiny", folder.parent / "cache" / "ctranslate2-new")
    assert [path.name for path in (folder.parent / "cache").iterdir()] == [conversion_of(folder).name]


def change(name: str, **values: object) -> Callable[[Path], None]:
    """Return what sets values in a JSON file of a folder."""

    def spoil(folder: Path) -> None:
        path = folder / name
        path.write_text(json.dumps({**json.loads(path.read_text()), **values}))

    return spoil


def dense_layer(folder: Path) -> None:
    modules = json.loads((folder / "modules.json").read_text())
    modules.append({"idx": 3, "name": "3", "path": "3_Dense", "type": "sentence_transformers.models.Dense"})
    (folder / "modules.json").write_text(json.dumps(modules))


NOT_RUN: dict[str, tuple[Callable[[Path], None], str]] = {
    "decoder": (change("config.json", model_type="qwen3"), "qwen3 is not a known encoder"),
    "relative": (change("config.json", position_embedding_type="relative_key"), "positions are relative"),
    "first_piece": (
        change("1_Pooling/config.json", pooling_mode_mean_tokens=False, pooling_mode_cls_token=True),
        "does not take the mean",
    ),
    "two_means": (change("1_Pooling/config.json", pooling_mode_max_tokens=True), "does not take the mean"),
    "prompt_left_out": (change("1_Pooling/config.json", include_prompt=False), "leaves the prompt out"),
    "dense": (dense_layer, "made of Transformer, Pooling, Normalize, Dense"),
    "no_tokenizer": (lambda folder: (folder / "tokenizer.json").unlink(), "no tokenizer.json"),
    "no_modules": (lambda folder: (folder / "modules.json").unlink(), "settings are of another kind"),
}


@pytest.mark.parametrize("spoil,reason", NOT_RUN.values(), ids=NOT_RUN)
def test_what_it_cannot_run_is_not_tried(spoil: Callable[[Path], None], reason: str, folder: Path) -> None:
    assert why_not(folder) == ""
    spoil(folder)
    assert reason in why_not(folder)


def test_batches_hold_like_lengths_within_the_bound() -> None:
    pieces = [[0] * n for n in (600, 512, 300, 200, 170, 170, 170, 5, 5)]
    batches = _batches(range(len(pieces)), pieces)
    assert batches == [[0], [1], [2], [3, 4], [5, 6, 7], [8]]
    assert all(len(rows) == 1 or len(rows) * len(pieces[rows[0]]) <= BATCH_PIECES for rows in batches)
    assert _batches([], []) == []


def test_searching_by_meaning_imports_no_torch(sound: Path) -> None:
    heavy = ("torch", "transformers", "sentence_transformers", "huggingface_hub")
    code = (
        "import sys; from pathlib import Path; from index.embedding.loading import load_model; "
        "model = load_model(sys.argv[1], cache=Path(sys.argv[2])); model.encode_query('the cab'); "
        f"print(type(model).__name__, [name for name in {heavy} if name in sys.modules])"
    )
    command = [sys.executable, "-c", code, str(sound), str(sound.parent / "cache")]
    found = subprocess.run(command, capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "CompiledModel []"


def test_the_prompt_and_the_cut_are_those_of_the_folder(sound: Path) -> None:
    model = load_model(str(sound), cache=sound.parent / "cache")
    assert isinstance(model, CompiledModel)
    assert len(model._pieces(["cab " * 2000])[0]) == model.profile.budget == 512
    assert model.encode_query("the cab") @ model.encode_documents(["the cab"])[0] < 0.9999
    assert np.isclose(np.linalg.norm(model.encode_query("the cab")), 1)
