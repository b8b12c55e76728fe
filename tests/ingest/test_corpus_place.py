"""How a store of documents is written, the folder of this machine for it, the copies in it; without any store."""

import os
import sys
import time
from pathlib import Path

import pytest

from app.cli import main
from app.settings import library_folder, load_settings
from ingest.corpus.client import Bucket
from ingest.corpus.copies import Copies, mark_of
from ingest.corpus.corpus import corpus_at
from ingest.corpus.folder import FileStamp
from ingest.corpus.place import corpus_name, corpus_path, parse, store_url
from ingest.errors import PinciteError, StoreAway, UsageError

GOOD = {
    "s3://papers": ("papers", "", None),
    "s3://papers/": ("papers", "", None),
    "s3://papers/un/2026/": ("papers", "un/2026", None),
    "s3://papers/a%20b?endpoint=https://minio.example:9000/": ("papers", "a b", "https://minio.example:9000"),
}
BAD = {
    "s3://": "no name of a bucket",
    "s3://Papers": "no name of a bucket",
    "s3://key:secret@papers/x": "a key has no place in the URL",
    "s3://papers?color=red": "?color= is not known",
    "s3://papers?endpoint=minio:9000": "an endpoint begins with https://",
    "s3://papers?cache_mb=1": "cache_mb is a number from 100",
}


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.mark.parametrize("written", GOOD)
def test_a_store_is_named_by_bucket_prefix_and_endpoint(written: str) -> None:
    place = parse(written)
    assert (place.bucket, place.prefix, place.endpoint) == GOOD[written]
    assert parse(place.url) == place


@pytest.mark.parametrize("written", BAD)
def test_what_names_no_store_is_told_without_secrets(written: str) -> None:
    with pytest.raises(UsageError) as told:
        parse(written)
    assert BAD[written] in str(told.value)
    assert "secret" not in str(told.value).replace("SECRET", "")


def test_the_folder_of_a_store_is_its_own_and_nobody_elses(tmp_path: Path) -> None:
    folder = corpus_path("s3://papers/un")
    assert store_url(folder) == corpus_name(folder) == "s3://papers/un"
    assert corpus_path("s3://papers/un") == folder != corpus_path("s3://papers/who")
    assert corpus_path("s3://papers/un?cache_mb=500") == folder
    assert store_url(folder) == "s3://papers/un?cache_mb=500"
    forged = tmp_path / "stores"
    forged.mkdir()
    (forged / "store").write_text("s3://somewhere/else")
    assert store_url(forged) is None
    assert corpus_path(forged) == forged


def test_the_settings_and_the_command_line_take_a_store(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    url = "s3://papers/un?endpoint=http://127.0.0.1:9"
    (tmp_path / "pincite.toml").write_text(f'corpus = "{url}"\n')
    monkeypatch.chdir(tmp_path)
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    settings = load_settings()
    assert settings.corpus is not None
    assert store_url(settings.corpus) == url
    assert library_folder(None, settings.corpus, settings) == tmp_path / "library"
    with pytest.raises(SystemExit) as ended:
        main(["ingest", "s3://papers?color=red"])
    assert ended.value.code == UsageError.exit_code
    (tmp_path / "pincite.toml").unlink()
    monkeypatch.setenv("PINCITE_CORPUS", url)
    assert load_settings().corpus == settings.corpus
    assert "?color= is not known" in capsys.readouterr().err


def test_a_store_that_nobody_answers_for_is_told_within_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    begun = time.monotonic()
    with pytest.raises(StoreAway, match="cannot be reached") as told:
        corpus_at(corpus_path("s3://papers?endpoint=http://127.0.0.1:9")).scan(quick=True)
    assert "\n" not in str(told.value)
    assert time.monotonic() - begun < 8


def test_the_missing_package_is_named_with_its_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "obstore", None)
    with pytest.raises(PinciteError) as told:
        Bucket(parse("s3://papers"))
    assert 'pip install "pincite[s3]"' in str(told.value)


def copied(copies: Copies, name: str, data: bytes) -> Path:
    with copies.adding(FileStamp(name, len(data), inode=7)) as addition:
        addition.write(data)
    assert addition.path is not None
    return addition.path


def test_a_copy_is_there_whole_or_not_at_all(tmp_path: Path) -> None:
    copies = Copies(tmp_path, 1_000)
    path = copied(copies, "a/paper.txt", b"words")
    assert path.suffix == ".txt"
    sha256 = path.name[:64]
    assert copies.of_content(sha256) == path
    assert copies.hashes() == {mark_of(FileStamp("a/paper.txt", 5, inode=7)): sha256}
    with pytest.raises(OSError, match="cut off"), copies.adding(FileStamp("b.txt", 5)) as addition:
        addition.write(b"wo")
        raise OSError("cut off")
    assert [one.name for one in (tmp_path / "copies").iterdir()] == [path.name]
    copies.forget(path)
    assert copies.of_content(sha256) is None


def test_copies_make_room_the_longest_unused_first_and_parts_of_the_killed_go(tmp_path: Path) -> None:
    copies = Copies(tmp_path, 1_000)
    paths = [copied(copies, f"{number}.txt", bytes([number]) * 300) for number in range(3)]
    abandoned, writing = tmp_path / "copies" / ".0.part", tmp_path / "copies" / ".1.part"
    for part in (abandoned, writing):
        part.write_bytes(b"x")
    long_ago = time.time() - 3_600
    for age, path in enumerate([*paths, abandoned]):
        os.utime(path, (long_ago + age, long_ago + age))
    assert copies.of_content(paths[0].name[:64]) == paths[0]
    newest = copied(Copies(tmp_path, 1_100), "3.txt", bytes([9]) * 300)
    assert {path for path in (*paths, newest) if path.exists()} == {paths[0], paths[2], newest}
    assert (abandoned.exists(), writing.exists()) == (False, True)
