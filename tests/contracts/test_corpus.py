"""What holds of every place that documents come from: a folder, a store. Add yours to `PLACES`."""

from collections.abc import Callable
from pathlib import Path

import pytest
from s3_server import KEY, shared_store

from ingest.atomic_files import file_sha256
from ingest.corpus.corpus import corpus_at
from ingest.corpus.place import corpus_path
from ingest.library.library import Library
from ingest.pipeline import ingest_folder

Put = Callable[[str, bytes | None], None]
PAPER = b"Clinics in Lima open early, and nurses see newcomers first.\n"
ODD = "sub/año #1 %41 [x]~'&+= 😀.txt"


def a_folder(tmp_path: Path) -> tuple[Path, Put]:
    folder = tmp_path / "documents"
    folder.mkdir()

    def put(name: str, data: bytes | None) -> None:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).unlink(missing_ok=True)
        if data is not None:
            (folder / name).write_bytes(data)

    return folder, put


def a_store(tmp_path: Path) -> tuple[Path, Put]:
    store = shared_store()
    bucket = store.bucket()
    store.put(bucket, "elsewhere/other.txt", PAPER)

    def put(name: str, data: bytes | None) -> None:
        if data is None:
            store.delete(bucket, f"papers/2026/{name}")
        else:
            store.put(bucket, f"papers/2026/{name}", data)

    return corpus_path(store.url(bucket, "papers/2026")), put


PLACES = {"a folder": a_folder, "an S3-compatible store": a_store}


@pytest.fixture(
    params=[pytest.param(name, marks=pytest.mark.slow if "S3" in name else ()) for name in PLACES]
)
def place(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> tuple[Path, Put]:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    for name, value in KEY.items():
        monkeypatch.setenv(name, value)
    return PLACES[request.param](tmp_path)


def test_documents_are_listed_by_name_and_what_is_none_is_told(place: tuple[Path, Put]) -> None:
    path, put = place
    for name in ("b.txt", "a.pdf", ODD, ".hidden.txt", "half.pdf.part"):
        put(name, PAPER)
    put("picture.xyz", b"no document")
    found = corpus_at(path).scan()
    assert [stamp.path for stamp in found.stamps] == ["a.pdf", "b.txt", ODD]
    assert {stamp.size for stamp in found.stamps} == {len(PAPER)}
    assert list(found.skipped) == ["picture.xyz"]
    assert "not a kind of file" in found.skipped["picture.xyz"]
    assert corpus_at(path).current("b.txt") == found.stamps[1]
    assert corpus_at(path).current("gone.txt") is None


def test_what_is_hashed_is_what_is_read(place: tuple[Path, Put]) -> None:
    path, put = place
    put(ODD, PAPER)
    put("other.txt", PAPER * 2)
    corpus = corpus_at(path)
    settled, changing = corpus.settled(corpus.scan().stamps, settle=0, longest=0)
    hashed = list(corpus.hashed(settled.values(), fetch=True))
    assert [stamp.path for stamp, _ in hashed] == ["other.txt", ODD]
    assert changing == []
    for stamp, sha256 in hashed:
        assert isinstance(sha256, str)
        assert file_sha256(corpus.local(stamp, sha256)) == sha256
    put("other.txt", None)
    (gone,) = [sha256 for stamp, sha256 in corpus.hashed([hashed[0][0]], fetch=True)]
    assert isinstance(gone, OSError | str)


def test_an_ingest_takes_up_what_came_changed_and_went(place: tuple[Path, Put], tmp_path: Path) -> None:
    path, put = place
    for name in ("a.txt", "b.txt", ODD):
        put(name, PAPER + name.encode())
    put("catalogue.toml", b'["a.txt"]\ntitle = "Clinics of Lima"\n')
    put("b.txt.toml", b'title = "Beside it"\n')
    put("damaged.pdf", b"%PDF-1.7\n")
    with Library.open(tmp_path / "library", create=True) as library:
        report = ingest_folder(path, library, settle=0)
        assert (report.read, [one.file for one in report.unreadable]) == (4, ["damaged.pdf"])
        titles = {document.path: document.metadata.title for document in library.documents()}
        assert (titles["a.txt"], titles["b.txt"]) == ("Clinics of Lima", "Beside it")
        assert library.setting("corpus") == corpus_at(path).name
        assert ingest_folder(path, library, settle=0).read == 0
        put("b.txt", PAPER + b"changed")
        put("a.txt", None)
        put("renamed.txt", PAPER + b"a.txt")
        put("new.txt", PAPER + b"new")
        put("b.txt.toml", None)
        before = ingest_folder(path, library, settle=0, dry_run=True)
        assert (before.changed, "new.txt" in before.added) == (("b.txt",), True)
        report = ingest_folder(path, library, settle=0)
        assert (report.added, report.changed) == (("new.txt",), ("b.txt",))
        assert report.renamed == (("a.txt", "renamed.txt"),)
        assert report.read == 2
        titles = {document.path: document.metadata.title for document in library.documents()}
        assert titles["b.txt"] != "Beside it"
        assert sorted(titles) == sorted(["renamed.txt", "b.txt", ODD, "new.txt", "damaged.pdf"])
