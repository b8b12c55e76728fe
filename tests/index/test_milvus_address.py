"""Addresses of a search on Milvus: what is one, what is none, and what of it is shown."""

import sys
from pathlib import Path

import pytest

from index.retrieval.milvus import server
from index.retrieval.milvus.address import Address
from index.retrieval.milvus.server import MilvusServer
from index.snapshot import served
from index.snapshot.search_place import LOCAL, POINTER, search_at, search_url
from ingest.errors import PinciteError, SearchAway, UsageError

URL = "milvus://search.example:19531/papers"


def test_the_parts_of_an_address() -> None:
    found = Address.parse("milvus://ana:s%2Fcret@search.example:19531/papers?secure=true")
    assert (found.host, found.port, found.name) == ("search.example", 19531, "papers")
    assert (found.user, found.password, found.secure) == ("ana", "s/cret", True)
    assert found.uri == "https://search.example:19531"
    assert found.shown == URL, "neither user nor password are shown"


def test_the_port_is_that_of_milvus_where_none_is_written() -> None:
    assert Address.parse("milvus://[::1]/p_1").uri == "http://[::1]:19530"
    assert Address.parse("milvus://search.example/p_1").shown == "milvus://search.example:19530/p_1"


@pytest.mark.parametrize(
    "written",
    [
        "http://search.example/papers", "milvus://search.example", "milvus:///papers", "search.example/papers",
        "milvus://search.example:high/papers", "milvus://search.example/two words", "milvus://search.example/a/b",
        "milvus://search.example/1st", f"milvus://search.example/{'a' * 41}",
    ],
)  # fmt: skip
def test_what_is_no_address_is_refused_with_the_right_form(written: str) -> None:
    with pytest.raises(UsageError, match="milvus://HOST:19530/NAME"):
        Address.parse(written)


def test_a_library_remembers_where_it_is_searched(tmp_path: Path) -> None:
    folder = tmp_path / "library"
    assert search_url(folder) is None
    assert served.server_of(folder) is None
    search_at(folder, URL)
    assert search_url(folder) == URL
    assert (folder / POINTER).stat().st_mode & 0o777 == 0o600, "there may be a password in it"
    before = (folder / POINTER).stat().st_mtime_ns
    search_at(folder, URL)
    assert (folder / POINTER).stat().st_mtime_ns == before
    search_at(folder, LOCAL)
    assert search_url(folder) is None


def test_a_wrong_address_is_not_remembered(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="Milvus"):
        search_at(tmp_path, "redis://search.example/papers")
    assert search_url(tmp_path) is None


@pytest.mark.parametrize("content", ["url = 3", "no toml", ""])
def test_a_broken_pointer_is_told_with_its_file(tmp_path: Path, content: str) -> None:
    (tmp_path / POINTER).write_text(content)
    with pytest.raises(UsageError, match=POINTER):
        search_url(tmp_path)


def test_without_pymilvus_one_line_says_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pymilvus", None)
    server._exceptions.cache_clear()
    with pytest.raises(PinciteError) as told:
        MilvusServer(Address.parse(URL)).ask(lambda client, seconds: client)
    server._exceptions.cache_clear()
    assert 'pip install "pincite[milvus]"' in str(told.value)
    assert "\n" not in str(told.value)
    assert not isinstance(told.value, SearchAway), "it will not come back"


def test_a_server_that_is_not_there_is_told_at_once_and_left_alone_for_a_while() -> None:
    nobody = MilvusServer(Address.parse("milvus://127.0.0.1:1/papers"))
    asked: list[float] = []

    def ask(_: object, seconds: float) -> None:
        asked.append(seconds)

    for _ in range(2):
        with pytest.raises(SearchAway, match=r"^milvus://127\.0\.0\.1:1/papers: "):
            nobody.ask(ask)
    assert asked == []
    assert nobody._rests_until > 0
