"""F7: a disk that decays changes bytes and no time. What was found right once is not trusted blindly for ever."""

import json
import os
import random
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from index_library import TEXTS, HashingEmbedder, put_text

from app.exports.schema import result_dict
from app.service import rehashing
from app.service.engine import Engine
from app.service.site import Site
from index.search import Searcher
from index.snapshot import bounds, checked
from index.snapshot.paths import snapshot_folder
from index.snapshot.publish import publish
from index.snapshot.rehash import damaged_file
from index.snapshot.snapshot import Snapshot
from ingest.atomic_files import full_stat
from ingest.errors import LibraryDamaged, PinciteError
from ingest.library.library import Library

QUESTIONS = ("migrants health", "OPS vacunación", "SUS pessoas abrigo")
OTHER_VALUES = {"passages.jsonl", "documents.jsonl", "vectors.npy", "tail.npy", "impacts.npy", "letters.npy"}
"""Files whose numbers and letters can be others and fit all the same: only their hashes tell."""
OTHER_VALUES |= {
    "vector_sum.npy",
    "base_sum.npy",
    "language_steps.npy",
    "vector_spans.npy",
    "row_languages.npy",
}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("rot") / "library"
    with Library.open(folder, create=True) as opened:
        for name, (metadata, language, texts) in TEXTS.items():
            put_text(opened, name, metadata, language, texts)
        publish(opened, folder, HashingEmbedder())
    return folder


@pytest.fixture
def folder(made: Path, tmp_path: Path) -> Path:
    copy = Path(shutil.copytree(made, tmp_path / "library"))
    Snapshot.open(snapshot_folder(copy))
    return copy


def files_of(folder: Path) -> list[Path]:
    opened = Snapshot.open(snapshot_folder(folder))
    return [opened.folder / name for name in opened.manifest.files]


def rot(path: Path, content: bytes) -> None:
    """Change a file's content as a disk does: whoever looks at sizes and times finds what was there before."""
    generation = next(path.parent.parent.glob("gen-*"))
    stamps = checked.known(generation)
    path.write_bytes(content)
    name = path.name if path.parent == generation else f"../{path.parent.name}/{path.name}"
    checked.remember(generation, {**stamps, name: full_stat(path)})


def answers(folder: Path) -> list[str]:
    searcher = Searcher.open(folder, embedder=HashingEmbedder())
    return [json.dumps(result_dict(searcher.search(question))) for question in QUESTIONS]


ARRAYS: dict[str, tuple[str, Callable[[Any], Any]]] = {
    "ends run backwards": ("passage_ends", lambda a: a[::-1]),
    "an end behind the file": ("passage_ends", lambda a: a + 1),
    "a document's end is lost": ("document_ends", lambda a: a * 0),
    "a passage of no document": ("row_documents", lambda a: a + 100),
    "a sum of vectors larger than they are": ("vector_sum", lambda a: a * 1e30),
    "a sum of vectors that is no number": ("vector_sum", lambda a: a * float("nan")),
    "a negative document": ("row_documents", lambda a: a - 1),
    "a language nobody knows": ("row_languages", lambda a: a + 50),
    "more vectors than there are": ("vector_counts", lambda a: a + 1),
    "spans begin elsewhere": ("span_firsts", lambda a: a + 1),
    "a span that ends before it begins": ("vector_spans", lambda a: a[:, ::-1] + [1, 0]),
    "terms end behind the letters": ("ends", lambda a: a * 2),
    "postings begin behind the rows": ("starts", lambda a: a * 2),
    "rows that do not exist": ("rows", lambda a: a + 1_000_000),
    "rows in disorder": ("rows", lambda a: a[::-1]),
    "rows of another passage": ("rows", lambda a: np.where(a == 0, 0, a - 1)),
    "words counted otherwise": ("counts", lambda a: a + 1),
    "lengths of others": ("lengths", lambda a: a[::-1]),
    "weights without number": ("impacts", lambda a: a * np.float32("nan")),
    "vectors from nowhere": ("vector_firsts", lambda a: a + 1000),
    "vectors of another passage": ("vector_owners", lambda a: a[::-1]),
    "a sum of another dimension": ("vector_sum", lambda a: a[:-1]),
    "one number less": ("counts", lambda a: a[:-1]),
    "numbers of another kind": ("rows", lambda a: a.astype("<f4")),
    "another shape": ("lengths", lambda a: a[:, None]),
}


@pytest.mark.parametrize("case", ARRAYS)
def test_an_array_that_does_not_fit_is_damage_and_is_mended(case: str, folder: Path) -> None:
    name, change = ARRAYS[case]
    right = answers(folder)
    path = next(path for path in files_of(folder) if path.name == f"{name}.npy")
    array = np.load(path)
    changed = change(array)
    fresh = path.with_name("fresh.npy")
    np.save(fresh, changed if "kind" in case else changed.astype(array.dtype))
    content = fresh.read_bytes()
    fresh.unlink()
    rot(path, content)
    with pytest.raises(LibraryDamaged, match=r"is damaged: .* pincite ingest"):
        Searcher.open(folder)
    with Library.open(folder) as opened:
        publish(opened, folder, HashingEmbedder())
    assert answers(folder) == right


def decay(path: Path, rng: random.Random) -> bytes:
    content = bytearray(path.read_bytes())
    for _ in range(rng.randint(1, 3)):
        content[rng.randrange(len(content))] ^= 1 << rng.randrange(8)
    return bytes(content)


def tried(folder: Path, right: list[str], path: Path, content: bytes) -> str:
    """Return what became of the questions after a file has rotted: refused, right, other. Anything else raises."""
    before = path.read_bytes()
    rot(path, content)
    try:
        found = answers(folder)
    except PinciteError as error:
        assert "pincite ingest" in str(error)
        return "refused"
    finally:
        rot(path, before)
    assert found == right or path.name in OTHER_VALUES, path.name
    return "right" if found == right else "other"


def mutants(folder: Path, count: int) -> dict[str, int]:
    rng, right, found = random.Random(5), answers(folder), {"refused": 0, "right": 0, "other": 0}
    files = [path for path in files_of(folder) if path.stat().st_size]
    for number in range(count):
        path = files[number % len(files)]
        found[tried(folder, right, path, decay(path, rng))] += 1
    return found


def test_rot_never_ends_in_an_exception_nor_in_another_passage(folder: Path) -> None:
    assert mutants(folder, 200)["refused"] > 80


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_a_thousand_rotten_files(folder: Path, record_property: Callable[[str, object], None]) -> None:
    count = int(os.environ.get("PINCITE_SOAK", "1000"))
    found = mutants(folder, count)
    told = (
        f"{found['refused']} refused, {found['right']} right, {found['other']} with another weight or vector"
    )
    record_property("soak", f"{count} files, {told}")
    assert found["refused"] > 0.4 * count


def test_what_fits_and_is_wrong_is_found_by_reading_it_again(folder: Path) -> None:
    opened = Snapshot.open(snapshot_folder(folder))
    pauses: list[int] = []
    assert damaged_file(opened, lambda: pauses.append(1)) is None
    assert len(pauses) >= len(opened.manifest.files)
    for path in files_of(folder):
        before = path.read_bytes()
        rot(path, before[:-1] + bytes([before[-1] ^ 1]))
        assert damaged_file(opened, lambda: None) == path
        assert checked.known(opened.folder) == {}
        with pytest.raises(LibraryDamaged, match=path.name):
            Snapshot.open(snapshot_folder(folder))
        rot(path, before)
    assert damaged_file(opened, lambda: None) is None


def test_a_generation_that_was_replaced_is_no_damage(folder: Path) -> None:
    opened = Snapshot.open(snapshot_folder(folder))
    shutil.rmtree(opened.folder)
    assert damaged_file(opened, lambda: None) is None


def test_a_served_site_stops_using_what_has_rotted(folder: Path) -> None:
    machine = Engine(Site(folder))
    assert machine.check_files(lambda: None) is None
    assert machine.searcher().search("nurses", mode="lexical").hits
    assert machine.check_files(lambda: None) is None
    path = next(path for path in files_of(folder) if path.name == "passages.jsonl")
    rot(path, path.read_bytes().replace(b"Nurses", b"Nursed"))
    assert machine.searcher().search("nurses", mode="lexical").hits
    assert machine.check_files(lambda: None) == path
    with pytest.raises(LibraryDamaged, match="pincite ingest"), machine.turn():
        pass
    with Library.open(folder) as opened:
        publish(opened, folder, HashingEmbedder())
    found = machine.searcher().search("nurses", mode="lexical").hits
    assert "Nurses learn" in found[0].passage.passage.display_text


def test_the_thread_goes_on_after_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[float] = []

    class Enough(BaseException):
        pass

    def sleep(seconds: float) -> None:
        calls.append(seconds)
        if len(calls) > 3:
            raise Enough

    def check(pause: object) -> Path | None:
        raise OSError("the disk is away")

    monkeypatch.setattr(time, "sleep", sleep)
    with pytest.raises(Enough):
        rehashing.keep_on(check)
    assert calls == [rehashing.FIRST_SECONDS, *[rehashing.EVERY_SECONDS] * 3]


def test_postings_beyond_the_limit_are_only_counted(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = next(path for path in files_of(folder) if path.name == "rows.npy")
    content = path.read_bytes()
    rot(path, content[:-4] + b"\xff\xff\xff\x7f")
    with pytest.raises(LibraryDamaged):
        Snapshot.open(snapshot_folder(folder))
    rot(path, content[:-4] + b"\xff\xff\xff\x7f")
    monkeypatch.setattr(bounds, "LARGEST", 3)
    assert Snapshot.open(snapshot_folder(folder)).manifest.passages == 8
