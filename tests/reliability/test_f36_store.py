"""A store of documents that is away, refuses, changes, and an ingest from it that is killed: told, and nothing lost."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from pdf_samples import simple
from s3_server import KEY, Store, shared_store

from app.checks.status import library_status
from app.service.file_links import Away, Changed, Gone, document_path
from app.service.page_images import PageImages
from ingest.corpus.corpus import corpus_at
from ingest.corpus.place import corpus_path
from ingest.errors import StoreAway, UsageError
from ingest.library.library import Library
from ingest.pipeline import ingest_folder

pytestmark = pytest.mark.slow

MANY = 200
SECONDS = 8.0
READ = """
import sys
from ingest.corpus.place import corpus_path
from ingest.library.library import Library
from ingest.pipeline import ingest_folder
from pathlib import Path
with Library.open(Path(sys.argv[2]), create=True) as library:
    print(ingest_folder(corpus_path(sys.argv[1]), library, settle=0).read)
"""


@pytest.fixture(autouse=True)
def environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    for name, value in KEY.items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def store() -> Iterator[Store]:
    store = shared_store()
    yield store
    store.go_on()


def test_an_ingest_killed_while_it_fetches_goes_on_and_has_each_document_once(
    store: Store, tmp_path: Path
) -> None:
    bucket = store.bucket()
    for number in range(MANY):
        store.put(bucket, f"{number:03}.txt", f"Clinic {number} sees {number * 7} newcomers.\n".encode())
    library = tmp_path / "library"
    command = [sys.executable, "-c", READ, store.url(bucket), str(library)]
    copies = corpus_path(store.url(bucket)) / "copies"
    with subprocess.Popen(command) as process:
        while process.poll() is None and len(list(copies.glob("*-*"))) < 20:
            time.sleep(0.01)
        process.kill()
    kept = {path: path.stat().st_ino for path in copies.glob("*-*")}
    assert 20 <= len(kept) < MANY
    done = subprocess.run(command, check=True, capture_output=True, text=True, env=dict(os.environ))
    assert int(done.stdout) == MANY
    assert {path: path.stat().st_ino for path in kept} == kept, "what was fetched is not fetched again"
    with Library.open(library) as opened:
        assert sorted(one.path for one in opened.documents()) == [f"{n:03}.txt" for n in range(MANY)]
    assert not list(copies.glob(".*")) or all(path.stat().st_size == 0 for path in copies.glob(".*"))


def filled(store: Store, folder: Path) -> tuple[str, Path]:
    bucket = store.bucket()
    store.put(bucket, "paper.pdf", simple(2))
    path = corpus_path(store.url(bucket))
    with Library.open(folder, create=True) as library:
        assert ingest_folder(path, library, settle=0).read == 1
    return bucket, path


def emptied(path: Path) -> None:
    for copy in (path / "copies").iterdir():
        copy.unlink()


def test_another_machine_fetches_what_a_page_image_is_drawn_from(store: Store, tmp_path: Path) -> None:
    bucket, path = filled(store, tmp_path / "library")
    with Library.open(tmp_path / "library") as library:
        (document,) = library.documents()
        page = library.page(document.id, 1)
    assert page is not None
    emptied(path)
    file = document_path(path, document)
    assert PageImages().page(file, document.sha256, 1, page.text, ()).png.startswith(b"\x89PNG")
    file.write_bytes(b"damaged")
    assert document_path(path, document).read_bytes() == simple(2), "a damaged copy is fetched again"
    emptied(path)
    store.put(bucket, "paper.pdf", simple(3))
    with pytest.raises(Changed):
        document_path(path, document)
    store.delete(bucket, "paper.pdf")
    with pytest.raises(Gone, match="no longer"):
        document_path(path, document)


def test_a_store_that_hangs_is_told_within_seconds_and_copies_are_still_shown(
    store: Store, tmp_path: Path
) -> None:
    _, path = filled(store, tmp_path / "library")
    with Library.open(tmp_path / "library") as library:
        (document,) = library.documents()
    store.hang()
    assert document_path(path, document).read_bytes() == simple(2)
    emptied(path)
    begun = time.monotonic()
    with pytest.raises(Away, match="cannot be fetched now"):
        document_path(path, document)
    assert time.monotonic() - begun < SECONDS
    status = library_status(tmp_path / "library")
    assert "cannot be reached" in status["not_searchable"]["away"]
    assert status["documents"]["total"] == 1
    assert json.dumps(status)
    store.go_on()
    assert document_path(path, document).read_bytes() == simple(2)
    assert "away" not in library_status(tmp_path / "library")["not_searchable"]


def test_a_missing_bucket_and_wrong_keys_are_one_line_and_nothing_leaves(
    store: Store, tmp_path: Path
) -> None:
    _, path = filled(store, tmp_path / "library")
    with pytest.raises(UsageError, match="there is no such bucket"):
        corpus_at(corpus_path(store.url("no-such-bucket"))).scan()
    store.want_keys(wanted=True)
    try:
        with (
            Library.open(tmp_path / "library") as library,
            pytest.raises(UsageError, match=r"no access.*AWS_ACCESS_KEY_ID") as told,
        ):
            ingest_folder(path, library, settle=0)
    finally:
        store.want_keys(wanted=False)
    assert "\n" not in str(told.value)
    with Library.open(tmp_path / "library") as library:
        assert len(library.documents()) == 1
        assert ingest_folder(path, library, settle=0).read == 0


def test_a_name_that_no_folder_could_have_is_named(store: Store) -> None:
    bucket = store.bucket()
    store.put(bucket, "un//paper.txt", b"words")
    with pytest.raises(UsageError, match=r"un//paper\.txt.*Rename that object") as told:
        corpus_at(corpus_path(store.url(bucket))).scan()
    assert not isinstance(told.value, StoreAway)
