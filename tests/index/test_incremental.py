"""A generation made out of the one before is the one a build from nothing gives."""

import random
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from index_library import HashingEmbedder, put_text

from index.analysis.analyser import term_counts
from index.retrieval.bm25 import compile_postings
from index.snapshot import checked, commit, passage_files, snapshot, vector_files
from index.snapshot.paths import snapshot_folder
from index.snapshot.postings_merge import merge_postings
from index.snapshot.publish import publish
from index.snapshot.snapshot import Snapshot
from ingest.atomic_files import full_stat
from ingest.library.library import FileStamp, Library
from ingest.library.records import StoredPassage
from ingest.metadata.metadata import Metadata

WORDS = st.sampled_from(["a", "b", "c", "d", "e", "ñ", "salud", "zona"])
COUNTS = st.lists(st.lists(WORDS, max_size=6).map(term_counts), max_size=12)


@settings(deadline=None)
@given(COUNTS, COUNTS, st.randoms(use_true_random=False))
def test_merged_words_equal_compiled_ones(
    old: list[dict[str, int]], came: list[dict[str, int]], rng: random.Random
) -> None:
    stays = [rng.random() < 0.7 for _ in old]
    rows = sorted(rng.sample(range(sum(stays) + len(came)), len(came)))
    free = iter(sorted(set(range(sum(stays) + len(came))) - set(rows)))
    moved = np.array([next(free) if stay else -1 for stay in stays], np.int32)
    after = dict(zip(rows, came, strict=True)) | {
        int(row): counts for row, counts in zip(moved, old, strict=True) if row >= 0
    }
    found = merge_postings(compile_postings(old), moved, np.array(rows, np.int32), came)
    expected = compile_postings(after[row] for row in range(len(after)))
    for name, array in expected.arrays().items():
        assert found.arrays()[name].dtype == array.dtype, name
        assert found.arrays()[name].tolist() == array.tolist(), name
    assert (found.average_idf, found.average_length) == (expected.average_idf, expected.average_length)


@given(
    st.lists(st.none() | st.integers(0, 30), max_size=12, unique_by=lambda x: object() if x is None else x)
)
def test_as_many_places_as_can_ascend_are_kept(firsts: list[int | None]) -> None:
    places = [None if first is None else (first, first + 1) for first in firsts]
    kept = passage_files._ascending(places)
    assert all(one in (None, place) for one, place in zip(kept, places, strict=True))
    values = [place[0] for place in kept if place is not None]
    assert values == sorted(values)
    given_values = [first for first in firsts if first is not None]
    longest = [0] * len(given_values)
    for i, value in enumerate(given_values):
        longest[i] = 1 + max((longest[j] for j in range(i) if given_values[j] < value), default=0)
    assert len(values) == max(longest, default=0)


def files(folder: Path) -> dict[str, bytes]:
    """The files of the current generation and its base that do not hold its name or times."""
    opened = Snapshot.open(snapshot_folder(folder))
    skip = {snapshot.MANIFEST, checked.CHECKED}
    paths = [*opened.folder.iterdir(), *(opened.base_folder.iterdir() if opened.manifest.base else ())]
    return {path.name: path.read_bytes() for path in paths if path.name not in skip}


def assert_same_as_from_nothing(library: Library, embedder: HashingEmbedder | None, fresh: Path) -> None:
    publish(library, library.folder, embedder)
    manifest = publish(library, fresh, embedder)
    own = Snapshot.open(snapshot_folder(library.folder)).manifest
    assert own.numbers == manifest.numbers
    assert (own.languages, own.passages, own.vectors) == (
        manifest.languages,
        manifest.passages,
        manifest.vectors,
    )
    assert files(library.folder) == files(fresh)


def text(rng: random.Random) -> str:
    words = ["oxygen", "salud", "migrantes", "norma", "saúde", "water", "beds", "law", "ley", "tests"]
    return " ".join(
        " ".join(rng.choices(words, k=rng.randint(2, 7))).capitalize() + "." for _ in range(rng.randint(1, 6))
    )


@pytest.mark.parametrize("seed", range(4))
def test_any_sequence_of_changes_gives_what_a_build_from_nothing_gives(
    library: Library, embedder: HashingEmbedder, tmp_path: Path, seed: int
) -> None:
    rng = random.Random(seed)
    names: list[str] = []
    for step in range(6):
        for _ in range(rng.randint(1, 3)):
            kind = rng.choice(["put", "put", "remove", "rename"])
            if kind == "put" or not names:
                name = f"{rng.choice('anz')}{rng.randint(0, 99)}-{step}.txt"
                language = rng.choice(["en", "es", "fr"])
                put_text(
                    library,
                    name,
                    Metadata(title=name),
                    language,
                    [text(rng) for _ in range(rng.randint(1, 5))],
                )
                names.append(name)
                continue
            name = names.pop(rng.randrange(len(names)))
            document = library.document(name)
            if kind == "remove" or document is None:
                library.put_files([], gone=[name])
            else:
                library.put_metadata({document.id: Metadata(title="Renamed")})
                rename(library, name, f"{rng.choice('anz')}r{step}-{name}")
        assert_same_as_from_nothing(library, embedder, tmp_path / f"fresh{step}")


def rename(library: Library, old: str, new: str) -> None:
    (record,) = [record for record in library.files() if record.stamp.path == old]
    library.put_files([type(record)(FileStamp(new), record.document_id)], gone=[old])


def test_other_passages_of_the_same_document_are_taken(
    library: Library, published: Path, embedder: HashingEmbedder, tmp_path: Path
) -> None:
    """A document read anew, by a better reader say, keeps its id and has other passages."""
    from dataclasses import replace

    from ingest.library.library import NewDocument

    document = library.documents()[0]
    stored = [one.passage for one in library.passages(document.id)]
    new = NewDocument(
        document.sha256,
        document.format,
        document.paged,
        "ready",
        None,
        tuple(library.pages(document.id)),
        tuple(replace(passage, kind="footnote", section=("Annex",)) for passage in stored),
        document.language,
    )
    library.put_document(new, document.metadata, [FileStamp(document.path)])
    assert_same_as_from_nothing(library, embedder, tmp_path / "fresh")
    assert Snapshot.open(snapshot_folder(published)).passage(0).passage.kind == "footnote"


def test_another_model_and_other_acronyms_take_over_only_what_fits(
    library: Library, published: Path, tmp_path: Path
) -> None:
    assert_same_as_from_nothing(library, HashingEmbedder("other"), tmp_path / "model")
    assert_same_as_from_nothing(library, None, tmp_path / "words")
    assert_same_as_from_nothing(library, HashingEmbedder(), tmp_path / "again")
    for folder in (library.folder, tmp_path / "acronyms"):
        folder.mkdir(exist_ok=True)
        (folder / "acronyms.toml").write_text(
            '[sjm]\nacronyms = ["SJM"]\nnames = ["Servicio Jesuita a Migrantes"]\n'
        )
    assert_same_as_from_nothing(library, HashingEmbedder(), tmp_path / "acronyms")


def test_an_unchanged_document_is_not_read_again(
    library: Library, published: Path, embedder: HashingEmbedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[str | None] = []
    real = Library.passages

    def passages(self: Library, document_id: str | None = None) -> Iterator[StoredPassage]:
        read.append(document_id)
        return real(self, document_id)

    monkeypatch.setattr(Library, "passages", passages)
    put_text(library, "new.txt", Metadata(title="N"), "en", ["A text on oxygen."])
    publish(library, library.folder, embedder)
    document = library.document("new.txt")
    assert document is not None
    assert read == [document.id]


def test_damage_without_a_trace_is_not_copied(
    library: Library, published: Path, embedder: HashingEmbedder, tmp_path: Path
) -> None:
    """Bytes that changed while size and times did not are found before anything is taken over."""
    parent = snapshot_folder(published)
    current = parent / snapshot.read_current(parent)[0]
    path = current / "counts.npy"
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(bytes(content))
    stamps = {
        p.name: full_stat(p) for p in current.iterdir() if p.name not in {"manifest.json", "checked.json"}
    }
    checked.remember(current, stamps)
    put_text(library, "new.txt", Metadata(title="N"), "en", ["A text on oxygen."])
    assert_same_as_from_nothing(library, embedder, tmp_path / "fresh")


def test_damage_of_the_base_is_not_copied(
    library: Library, published: Path, embedder: HashingEmbedder, tmp_path: Path
) -> None:
    opened = Snapshot.open(snapshot_folder(published))
    path = opened.base_folder / snapshot.VECTORS
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(bytes(content))
    stamps = {name: full_stat(opened.folder / name) for name in opened.manifest.files}
    checked.remember(opened.folder, stamps)
    put_text(library, "new.txt", Metadata(title="N"), "en", ["A text on oxygen."])
    assert_same_as_from_nothing(library, embedder, tmp_path / "fresh")


@pytest.mark.parametrize("limit", [0, 10**6], ids=["approximate", "exact"])
def test_a_large_base_is_kept_until_a_quarter_changed(
    library: Library, embedder: HashingEmbedder, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, limit: int
) -> None:
    """With the limits turned down: answers and scores equal those of a build from nothing."""
    monkeypatch.setattr(vector_files, "FLAT_MAX", limit)
    monkeypatch.setattr(vector_files, "BASE_MIN", 100)
    rng = random.Random(5)
    for part in range(5):
        texts = [f"{text(rng)} {i}" for i in range(80)]
        put_text(library, f"base{part}.txt", Metadata(title="B"), "en", texts)
    bases = [publish(library, library.folder, embedder).base]
    for step in range(4):
        put_text(
            library, f"{rng.choice('az')}{step}.txt", Metadata(title="N"), "en", [text(rng) for _ in range(9)]
        )
        if step == 2:
            library.put_files([], gone=["base1.txt", "a0.txt", "z0.txt"])
        bases.append(publish(library, library.folder, embedder).base)
        same_answers(library, embedder, tmp_path / f"fresh{step}", exact=limit > 0)
    assert bases[0] == bases[1] == bases[2] == bases[3] == bases[4]
    put_text(library, "more.txt", Metadata(title="M"), "en", [f"{text(rng)} {i}" for i in range(200)])
    assert publish(library, library.folder, embedder).base != bases[0]
    same_answers(library, embedder, tmp_path / "fresh", exact=limit > 0)
    parent = snapshot_folder(library.folder)
    publish(library, library.folder, HashingEmbedder("other"))
    kept = {Snapshot.open(parent).manifest.base, bases[0]}
    assert snapshot.verify(parent) == []
    assert {path.name for path in parent.glob("base-*")} >= kept - {bases[0]}
    assert len(list(parent.glob("base-*"))) <= commit.KEPT


def same_answers(library: Library, embedder: HashingEmbedder, fresh: Path, *, exact: bool) -> None:
    publish(library, fresh, embedder)
    one, other = Snapshot.open(snapshot_folder(library.folder)), Snapshot.open(snapshot_folder(fresh))
    assert one.manifest.passages == other.manifest.passages
    assert one.vectors is not None and other.vectors is not None
    assert one.vectors.mean is not None and other.vectors.mean is not None
    np.testing.assert_allclose(one.vectors.mean, other.vectors.mean, atol=1e-6)
    rows = np.arange(one.manifest.passages, dtype=np.int32)
    for question in ("oxygen and beds", "salud", "law tests water"):
        query = embedder.encode_query(question)
        left, right = one.vectors.scores(query, rows), other.vectors.scores(query, rows)
        np.testing.assert_allclose(left[0], right[0], atol=1e-6)
        np.testing.assert_allclose(left[1], right[1], atol=1e-6)
        found, wanted = one.vectors.candidates(query, 10), other.vectors.candidates(query, 10)
        if exact:
            np.testing.assert_allclose(found[1], wanted[1], atol=1e-6)
        else:
            true = np.sort(other.vectors.scores(query, rows)[0])[::-1][:10]
            assert np.sum(found[1] >= true[-1] - 1e-6) >= 9


def test_from_nothing_to_something_and_back(
    library: Library, embedder: HashingEmbedder, tmp_path: Path
) -> None:
    names = [document.path for document in library.documents()]
    library.put_files([], gone=names)
    assert_same_as_from_nothing(library, embedder, tmp_path / "empty")
    put_text(library, "one.txt", Metadata(title="N"), "en", ["A text on oxygen.", "And another. With more."])
    assert_same_as_from_nothing(library, embedder, tmp_path / "one")
    library.put_files([], gone=["one.txt"])
    assert_same_as_from_nothing(library, embedder, tmp_path / "again")
