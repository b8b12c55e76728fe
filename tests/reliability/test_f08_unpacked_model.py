"""F8: the embedded model, once unpacked, is held against its hashes each time it is used."""

import hashlib
import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
import tiny_model

from index.embedding import bundled_e5, converted, unpacked
from index.embedding.embedder import DEFAULT_MODEL
from index.embedding.loading import load_model, runtime_of
from ingest.atomic_files import file_sha256


@pytest.fixture
def packed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A tiny packed file that passes for the installed one."""
    path = tiny_model.write_packed(tmp_path / bundled_e5.PACKED_FILE)
    monkeypatch.setattr(bundled_e5, "PACKED_SHA256", hashlib.sha256(path.read_bytes()).hexdigest())
    monkeypatch.setattr(bundled_e5, "packed_file", lambda: path)
    return path


@pytest.fixture
def model(packed: Path, tmp_path: Path) -> Path:
    return bundled_e5.unpack(tmp_path / "cache" / bundled_e5.FOLDER_NAME, packed)


def contents(folder: Path) -> dict[str, str]:
    return {
        str(path): file_sha256(path)
        for path in folder.rglob("*")
        if path.suffix != ".stat" and path.is_file()
    }


def flip(path: Path) -> None:
    """Change one byte and keep size and time of change."""
    before, content = path.stat(), bytearray(path.read_bytes())
    content[-2] ^= 1
    path.write_bytes(content)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


def swap(path: Path) -> None:
    """Put another file of the same size and time in its place."""
    fresh = path.with_name("fresh")
    fresh.write_bytes(path.read_bytes()[::-1])
    os.utime(fresh, ns=(path.stat().st_atime_ns, path.stat().st_mtime_ns))
    fresh.replace(path)


def add_settings(path: Path) -> None:
    path.with_name("another.json").write_text("{}")


def spoil(path: Path) -> None:
    path.write_bytes(b"\xff\xfe")


CHANGES: dict[str, tuple[str, Callable[[Path], None]]] = {
    "weights, one byte": ("model.safetensors", flip),
    "weights swapped": ("model.safetensors", swap),
    "tokenizer, one byte": ("tokenizer.json", flip),
    "tokenizer swapped": ("tokenizer.json", swap),
    "prompts gone": ("config_sentence_transformers.json", Path.unlink),
    "pooling cut off": ("1_Pooling/config.json", lambda path: os.truncate(path, 3)),
    "a file more": ("config.json", add_settings),
    "no hashes": (unpacked.SUMS, Path.unlink),
    "hashes are noise": (unpacked.SUMS, spoil),
    "hashes cut off": (unpacked.SUMS, lambda path: os.truncate(path, 90)),
}


@pytest.mark.parametrize(("name", "change"), CHANGES.values(), ids=CHANGES)
def test_what_was_touched_is_unpacked_anew(
    name: str, change: Callable[[Path], None], model: Path, packed: Path
) -> None:
    before = contents(model)
    assert unpacked.fault(model) == ""
    change(model / name)
    assert unpacked.fault(model) != ""
    assert not bundled_e5.is_sound(model)
    assert bundled_e5.unpack(model, packed) == model
    assert contents(model) == before
    assert [path.name for path in model.parent.iterdir()] == [model.name], "nothing is left beside it"


def test_a_search_uses_the_sound_one_again(model: Path) -> None:
    fingerprint = load_model(None, cache=model.parent).fingerprint
    vector = load_model(None, cache=model.parent).encode_query("the cab").copy()
    swap(model / "model.safetensors")
    found = load_model(None, cache=model.parent)
    assert found.fingerprint == fingerprint
    assert (found.encode_query("the cab") == vector).all()
    assert unpacked.fault(model) == ""


def test_a_swapped_model_is_not_taken_for_the_converted_one(model: Path) -> None:
    load_model(None, cache=model.parent)
    assert runtime_of(DEFAULT_MODEL, cache=model.parent) == "ctranslate2"
    swap(model / "model.safetensors")
    assert converted.known_place(model, model.parent) is None


def test_what_was_not_touched_is_not_read_again(model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[Path] = []

    def counted(path: Path) -> str:
        read.append(path)
        return file_sha256(path)

    monkeypatch.setattr(unpacked, "file_sha256", counted)
    assert unpacked.fault(model) == ""
    assert len(read) == len(contents(model)) - 1
    assert unpacked.fault(model) == ""
    assert len(read) == len(contents(model)) - 1
    os.utime(model / "config.json")
    assert unpacked.fault(model) == ""
    assert read[-1] == model / "config.json"
    assert len(read) == len(contents(model))


def test_where_nothing_can_be_noted_it_is_read_each_time(model: Path) -> None:
    (model / unpacked.CHECKED).mkdir()
    assert unpacked.fault(model) == ""
    flip(model / "tokenizer.json")
    assert "tokenizer.json is not as it was unpacked" in unpacked.fault(model)


def test_the_hashes_are_for_sha256sum_too(model: Path) -> None:
    done = subprocess.run(
        ["sha256sum", "--check", "--strict", "--quiet", unpacked.SUMS],
        cwd=model,
        capture_output=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (0, b"")
