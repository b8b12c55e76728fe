"""Where the database of a library is: URLs of servers, and the file in the folder that names one."""

from pathlib import Path

import pytest

from ingest.errors import UsageError
from ingest.library.backend import backend_at, exists
from ingest.library.place import (
    POINTER,
    database_name,
    database_url,
    for_driver,
    is_server,
    point_at,
    schema_of,
    server_url,
    without_password,
)
from ingest.library.sqlite import SqliteBackend

URL = "postgresql+psycopg://ana:se%2Fcret@db.example:5433/papers?schema=health&sslmode=require"


@pytest.mark.parametrize("scheme", ["postgresql", "postgres", "postgresql+psycopg"])
def test_the_kinds_of_url_become_one(scheme: str) -> None:
    assert server_url(f"{scheme}://ana@db/papers") == "postgresql+psycopg://ana@db/papers"


@pytest.mark.parametrize(
    ("wrong", "told"),
    {
        "mysql://ana@db/papers": "kept in a folder or in PostgreSQL",
        "sqlite:///library.db": "kept in a folder or in PostgreSQL",
        "postgresql+asyncpg://ana@db/papers": "kept in a folder or in PostgreSQL",
        "postgresql://ana:secret@db": "names no database",
        "postgresql://ana:secret@db/": "names no database",
        "postgresql://db/papers?schema=Health": "a name of small letters",
        'postgresql://db/papers?schema=x";drop': "a name of small letters",
        "postgresql://db/papers?schema=9": "a name of small letters",
    }.items(),
)
def test_other_urls_are_refused_without_showing_the_password(wrong: str, told: str) -> None:
    with pytest.raises(UsageError, match=told) as caught:
        server_url(wrong)
    assert "secret" not in str(caught.value)


def test_the_parts_of_a_url() -> None:
    assert schema_of(URL) == "health"
    assert schema_of("postgresql://db/papers") == "pincite"
    assert database_name(URL) == "papers"
    assert for_driver(URL) == "postgresql+psycopg://ana:se%2Fcret@db.example:5433/papers?sslmode=require"
    assert without_password(URL) == "postgresql://ana@db.example:5433/papers (schema health)"
    assert without_password("postgresql://db/papers") == "postgresql://db/papers"


@pytest.mark.parametrize("folder", ["library", "/srv/a:b", "C:\\papers", "~/library", "a//b"])
def test_a_folder_is_no_server(folder: str) -> None:
    assert not is_server(folder)
    assert is_server(URL)


def test_a_folder_names_its_server_to_its_owner_alone(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "folder"
    assert database_url(folder) is None
    point_at(folder, URL)
    assert database_url(folder) == URL
    assert (folder / POINTER).stat().st_mode & 0o077 == 0
    assert [path.name for path in folder.iterdir()] == [POINTER]
    awkward = URL.replace("se%2Fcret", 'q"u\\ote')
    point_at(folder, awkward)
    assert database_url(folder) == awkward, "another password of the same library"
    before = (folder / POINTER).stat().st_mtime_ns
    point_at(folder, awkward)
    assert (folder / POINTER).stat().st_mtime_ns == before


def test_a_folder_belongs_to_one_library(tmp_path: Path) -> None:
    point_at(tmp_path, URL)
    with pytest.raises(UsageError, match=r"belongs to the library postgresql://ana@db.*library_folder"):
        point_at(tmp_path, URL.replace("health", "other"))
    assert database_url(tmp_path) == URL
    own = tmp_path / "own"
    own.mkdir()
    (own / "library.db").touch()
    with pytest.raises(UsageError, match="pincite library copy"):
        point_at(own, URL)
    assert database_url(own) is None


@pytest.mark.parametrize("content", [b"url = 3", b"", b"url = ", b"\xff\xfe", b'url = "mysql://db/x"'])
def test_a_broken_file_is_named(tmp_path: Path, content: bytes) -> None:
    (tmp_path / POINTER).write_bytes(content)
    with pytest.raises(UsageError):
        database_url(tmp_path)


def test_a_folder_without_one_has_its_own_database(tmp_path: Path) -> None:
    assert isinstance(backend_at(tmp_path), SqliteBackend)
    assert not exists(tmp_path)
    (tmp_path / "library.db").touch()
    assert exists(tmp_path)
