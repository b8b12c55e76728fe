"""Snapshots on the disk: damage is noticed, kills lose nothing, left-overs go."""

import contextlib
import errno
import json
import os
import random
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from index_library import HashingEmbedder, put_text

from app.exports.schema import result_dict
from index.search import Searcher
from index.snapshot import checked, commit, snapshot
from index.snapshot.paths import snapshot_folder
from index.snapshot.publish import publish
from index.snapshot.snapshot import Snapshot, verify
from ingest.errors import LibraryDamaged, PinciteError
from ingest.library.library import Library
from ingest.metadata.metadata import Metadata


def generation(folder: Path) -> tuple[Path, Path]:
    parent = snapshot_folder(folder)
    return parent, parent / snapshot.read_current(parent)[0]


def test_a_thousand_mutants_give_no_wrong_answer(
    published: Path,
    embedder: HashingEmbedder,
    tmp_path: Path,
    record_property: Callable[[str, object], None],
) -> None:
    rng = random.Random(11)
    right = json.dumps(result_dict(Searcher.open(published, embedder=embedder).search("migrants health")))
    parent, current = generation(published)
    places = [*current.iterdir(), *parent.glob("base-*/*"), parent / "CURRENT"]
    files = sorted(path for path in places if path.stat().st_size)
    refused = 0
    for number in range(1000):
        path = files[number % len(files)]
        content = path.read_bytes()
        broken = bytearray(content)
        how = rng.randrange(3)
        if how == 0:
            broken[rng.randrange(len(broken))] ^= 1 << rng.randrange(8)
        elif how == 1:
            del broken[rng.randrange(len(broken)) :]
        else:
            broken += b"\x00"
        path.write_bytes(bytes(broken))
        try:
            found = Searcher.open(published, embedder=embedder).search("migrants health")
            assert json.dumps(result_dict(found)) == right, path.name
        except PinciteError as error:
            assert "pincite ingest" in str(error) or "newer version" in str(error)
            refused += 1
        path.write_bytes(content)
    record_property("soak", f"1,000 damages, {refused} refused, 0 other answers")
    assert refused > 800
    assert (
        json.dumps(result_dict(Searcher.open(published, embedder=embedder).search("migrants health")))
        == right
    )


def test_each_file_missing_is_named(published: Path) -> None:
    parent, current = generation(published)
    for path in sorted([*current.iterdir(), *parent.glob("base-*/*")]):
        if path.name == checked.CHECKED:
            continue
        path.rename(path.with_suffix(".away"))
        with pytest.raises(LibraryDamaged, match=path.name):
            Snapshot.open(snapshot_folder(published))
        path.with_suffix(".away").rename(path)
    assert verify(snapshot_folder(published)) == []


def test_verify_hashes_again_whatever_the_times_say(published: Path) -> None:
    parent, current = generation(published)
    path = current / "counts.npy"
    before, content = path.stat(), bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(bytes(content))
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert "counts.npy" in verify(parent)[0]


@pytest.mark.parametrize(("shift", "words"), [(1, "newer version"), (-1, "pincite ingest")])
def test_other_formats(published: Path, shift: int, words: str) -> None:
    import hashlib

    parent, current = generation(published)
    content = json.loads((current / "manifest.json").read_bytes())
    content["format"] += shift
    payload = json.dumps(content).encode()
    (current / "manifest.json").write_bytes(payload)
    (parent / "CURRENT").write_text(f"{current.name} {hashlib.sha256(payload).hexdigest()}\n")
    with pytest.raises(LibraryDamaged, match=words):
        Snapshot.open(parent)


def test_a_damaged_snapshot_is_built_again(
    library: Library, published: Path, embedder: HashingEmbedder
) -> None:
    parent, current = generation(published)
    encoded = len(embedder.encoded)
    (current / "rows.npy").write_bytes(b"")
    publish(library, library.folder, embedder)
    assert verify(parent) == []
    assert len(embedder.encoded) == encoded
    shutil.rmtree(parent)
    publish(library, library.folder, embedder)
    assert len(embedder.encoded) == encoded


class Killed(BaseException):
    """Stands for the end of the process."""


@pytest.mark.parametrize("call", range(1, 40, 3))
def test_a_kill_at_any_step_leaves_old_or_new(
    library: Library, published: Path, embedder: HashingEmbedder, monkeypatch: pytest.MonkeyPatch, call: int
) -> None:
    old = Snapshot.open(snapshot_folder(published)).manifest
    put_text(library, "new.txt", Metadata(title="N"), "en", ["A text on oxygen."])
    steps = 0
    real = os.fsync

    def fsync(descriptor: int) -> None:
        nonlocal steps
        steps += 1
        if steps == call:
            raise Killed
        real(descriptor)

    monkeypatch.setattr(os, "fsync", fsync)
    with contextlib.suppress(Killed):
        publish(library, library.folder, embedder)
    monkeypatch.undo()
    found = Snapshot.open(snapshot_folder(published)).manifest
    assert found.passages in (old.passages, old.passages + 1)
    publish(library, library.folder, embedder)
    assert Snapshot.open(snapshot_folder(published)).manifest.passages == old.passages + 1


def break_after_the_rename(patch: pytest.MonkeyPatch, step: int, how: BaseException) -> None:
    """Raise at the given write, replacement or sync after the generation has its name.

    Steps: 1 sync the parent, 2 and 3 checked.json, 4 to 6 the pointer, 7 sync the parent. After a kill nothing
    is tidied up.
    """
    steps, renamed = 0, False
    rename, collect = Path.rename, commit.collect

    def count() -> None:
        nonlocal steps
        steps += renamed
        if steps == step:
            raise how

    def counted(real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any, **named: Any) -> Any:
            count()
            return real(*arguments, **named)

        return call

    def renaming(path: Path, target: Path) -> Path:
        nonlocal renamed
        renamed = True
        return rename(path, target)

    def collecting(parent: Path) -> None:
        if steps < step or not isinstance(how, Killed):
            collect(parent)

    patch.setattr(Path, "rename", renaming)
    patch.setattr(commit, "collect", collecting)
    for owner, name in ((os, "fsync"), (Path, "write_text"), (Path, "replace")):
        patch.setattr(owner, name, counted(getattr(owner, name)))


@pytest.mark.parametrize("how", [OSError(errno.ENOSPC, "No space left on device"), Killed()])
@pytest.mark.parametrize("step", range(1, 8))
def test_failures_in_a_row_cost_no_library(
    library: Library, published: Path, embedder: HashingEmbedder, how: BaseException, step: int
) -> None:
    parent = snapshot_folder(published)
    put_text(library, "first.txt", Metadata(title="N"), "en", ["A first text on oxygen."])
    publish(library, library.folder, embedder)
    passages = Snapshot.open(parent).manifest.passages
    for number in range(3):
        put_text(library, f"{number}.txt", Metadata(title="N"), "en", [f"Text {number} on oxygen."])
        with pytest.MonkeyPatch.context() as patch, contextlib.suppress(OSError, Killed):
            break_after_the_rename(patch, step, how)
            publish(library, library.folder, embedder)
        assert verify(parent) == []
        assert Snapshot.open(parent).manifest.passages in (passages, passages + number + 1)
    put_text(library, "last.txt", Metadata(title="N"), "en", ["A last text on oxygen."])
    publish(library, library.folder, embedder)
    assert Snapshot.open(parent).manifest.passages == passages + 4
    assert len(list(parent.glob("gen-*"))) == len(list(parent.glob("base-*"))) == 2


def test_a_left_over_generation_goes_and_the_one_before_the_current_stays(
    library: Library, published: Path, embedder: HashingEmbedder
) -> None:
    parent, current = generation(published)
    put_text(library, "new.txt", Metadata(title="N"), "en", ["A text on oxygen."])
    publish(library, library.folder, embedder)
    newest = generation(published)[1]
    shutil.copytree(newest, parent / "gen-00000007")
    shutil.copytree(newest, parent / "gen-00000008")
    commit.collect(parent)
    assert sorted(path.name for path in parent.glob("gen-*")) == [current.name, newest.name]


def test_a_full_disk_keeps_nothing_from_being_opened(
    published: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    parent, current = generation(published)
    (current / checked.CHECKED).unlink()

    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "write_text", full)
    assert Snapshot.open(parent).manifest.generation == current.name
    assert not (current / checked.CHECKED).exists()


def test_an_unchanged_library_keeps_its_generation(
    library: Library, published: Path, embedder: HashingEmbedder
) -> None:
    first = Snapshot.open(snapshot_folder(published)).manifest
    assert publish(library, library.folder, embedder) == first


def test_two_generations_are_kept_and_drafts_go(
    library: Library, published: Path, embedder: HashingEmbedder
) -> None:
    parent = snapshot_folder(published)
    (parent / ".draft-gen-00000099").mkdir()
    for i in range(4):
        put_text(library, f"{i}.txt", Metadata(title="N"), "en", [f"Text {i} on oxygen."])
        publish(library, library.folder, embedder)
    names = sorted(path.name for path in parent.iterdir())
    assert names == ["CURRENT", "base-00000005", "base-00000006", "gen-00000005", "gen-00000006"]


def test_passages_come_back_as_they_were(library: Library, published: Path) -> None:
    opened = Snapshot.open(snapshot_folder(published))
    stored = list(library.passages())
    assert [opened.passage(row).passage for row in range(len(stored))] == [one.passage for one in stored]
    assert opened.documents == library.documents()


class Stopped(RuntimeError):
    """What a kill in the middle of embedding looks like from inside."""


def test_a_first_corpus_is_searchable_by_words_before_it_is_embedded(
    library: Library, embedder: HashingEmbedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(*_: object) -> None:
        raise Stopped

    monkeypatch.setattr(embedder, "encode_documents", stop)
    with pytest.raises(Stopped):
        publish(library, library.folder, embedder)
    result = Searcher.open(library.folder).search("migrants health")
    assert result.mode == "lexical"
    assert result.hits
    assert result.notices
    monkeypatch.undo()
    publish(library, library.folder, embedder)
    assert Searcher.open(library.folder, embedder=embedder).search("migrants health").mode == "hybrid"
