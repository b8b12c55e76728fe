"""What a generation leaves on a Milvus server: numbers that stay, versions, and aliases."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from index_library import TEXTS, HashingEmbedder, put_text
from milvus_server import MilvusLite

from app.checks.doctor import examine
from app.checks.status import library_status
from index.retrieval.milvus import collection
from index.retrieval.milvus.address import Address
from index.retrieval.milvus.server import MilvusServer, server_at
from index.search import Searcher
from index.snapshot import served
from index.snapshot.paths import snapshot_folder
from index.snapshot.publish import SnapshotWriter
from index.snapshot.search_place import LOCAL, search_at, search_url
from index.snapshot.snapshot import Manifest, Snapshot
from ingest.errors import UsageError
from ingest.library.library import Library
from ingest.metadata.metadata import Metadata

pytestmark = pytest.mark.slow

NEW = "Oxygen is short in winter."
OTHERS = "A line about ministries, number"


@pytest.fixture
def library(tmp_path: Path, milvus_url: str) -> Iterator[Library]:
    search_at(tmp_path / "library", milvus_url)
    with Library.open(tmp_path / "library", create=True) as opened:
        for name, (metadata, language, texts) in TEXTS.items():
            put_text(opened, name, metadata, language, texts)
        yield opened


def publish(library: Library, salt: str = "") -> Manifest:
    return SnapshotWriter(folder=library.folder).publish(library, HashingEmbedder(salt))


def add(library: Library, name: str, texts: list[str]) -> None:
    put_text(library, name, Metadata(title=name), "en", texts)


def server_of(library: Library) -> MilvusServer:
    return server_at(Address.parse(search_url(library.folder) or ""))


def ids(library: Library, kind: str) -> list[int]:
    """Return the numbers that the alias of words or windows leads to, ascending, each as often as it is there."""
    server = server_of(library)
    chosen = {"filter": "id >= 0", "output_fields": ["id"], "limit": 1_000}
    found = server.write(lambda client, _: client.query(f"{server.address.name}_{kind}", **chosen))
    return sorted(one["id"] for one in found)


def collections(library: Library) -> list[str]:
    server = server_of(library)
    there = server.write(lambda client, _: client.list_collections())
    return sorted(one for one in there if one.startswith(server.address.name))


def files(library: Library, question: str) -> list[str]:
    searcher = Searcher.open(library.folder, embedder=HashingEmbedder())
    found = searcher.search(question)
    assert found.mode == "hybrid"
    return [hit.document.file for hit in found.hits]


def entity_ids(library: Library) -> list[int]:
    opened = Snapshot.open(snapshot_folder(library.folder))
    return [int(one) for one in opened.array(served.ENTITY_IDS)]


def test_what_is_published_is_on_the_server_once(library: Library) -> None:
    made = publish(library)
    assert made.search is not None
    assert (made.search["words"], made.search["windows"]) == (made.passages, made.vectors)
    assert ids(library, "words") == sorted(entity_ids(library))
    assert len(set(ids(library, "windows"))) == len(ids(library, "windows")) == made.vectors


def test_what_came_is_added_and_the_rest_keeps_its_numbers(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(library)
    before = entity_ids(library)
    put: list[int] = []
    fill = collection.fill

    def noting(server: MilvusServer, name: str, entities: Any) -> int:
        put.append(fill(server, name, entities))
        return put[-1]

    monkeypatch.setattr(collection, "fill", noting)
    add(library, "new.txt", [NEW])
    made = publish(library)
    assert made.search is not None and made.search["version"] == 1
    assert put == [1, 1], "one passage, one window"
    assert set(before) < set(entity_ids(library))
    assert files(library, "oxygen")[0] == "new.txt"


def test_what_left_stays_for_the_readers_of_the_generation_before_and_goes_with_the_next(
    library: Library,
) -> None:
    add(library, "new.txt", [NEW])
    publish(library)
    old = Searcher.open(library.folder, embedder=HashingEmbedder())
    full = ids(library, "windows")
    library.put_files([], gone=["new.txt"])
    publish(library)
    assert ids(library, "windows") == full
    assert old.search("oxygen").hits[0].document.file == "new.txt"
    assert "new.txt" not in files(library, "oxygen")
    add(library, "newer.txt", ["Masks are there in plenty."])
    publish(library)
    opened = Snapshot.open(snapshot_folder(library.folder))
    assert len(ids(library, "words")) == opened.manifest.passages
    assert len(ids(library, "windows")) == opened.manifest.vectors
    assert "new.txt" not in files(library, "oxygen")


def test_a_document_that_was_replaced_is_there_once(library: Library) -> None:
    add(library, "new.txt", [NEW])
    publish(library)
    add(library, "new.txt", ["Oxygen is there in plenty, says a newer edition."])
    publish(library)
    found = Searcher.open(library.folder, embedder=HashingEmbedder()).search("oxygen").hits
    assert [hit.passage.passage.text for hit in found if hit.document.file == "new.txt"] == [
        "Oxygen is there in plenty, says a newer edition."
    ]


def test_a_new_version_is_made_beside_the_old_one_and_the_aliases_follow(library: Library) -> None:
    publish(library)
    old = Searcher.open(library.folder, embedder=HashingEmbedder())
    made = publish(library, salt="another model")
    assert made.search is not None and made.search["version"] == 2
    assert len(collections(library)) == 4, "the one before is kept for its readers"
    assert old.search("health workers").mode == "hybrid"
    newest = publish(library)
    assert newest.search is not None and newest.search["version"] == 3
    assert {one.rsplit("_", 2)[1] for one in collections(library)} == {"2", "3"}
    assert ids(library, "words") == sorted(entity_ids(library))
    assert old.search("health workers").mode == "lexical", (
        "words from this machine, once its collections are gone"
    )


def leave_most(library: Library) -> None:
    library.put_files([], gone=["paho-en.txt", "ley-es.txt"])


def grow_longer(library: Library) -> None:
    add(library, "long.txt", [" ".join(f"{OTHERS} {n}" for n in range(60))])


@pytest.mark.parametrize("change", [leave_most, grow_longer])
def test_the_version_changes_where_much_left_or_lengths_moved(
    library: Library, change: Callable[[Library], None]
) -> None:
    publish(library)
    change(library)
    made = publish(library)
    assert made.search is not None and made.search["version"] == 2
    assert made.search["length"] == made.numbers["length"]
    assert ids(library, "windows") and len(ids(library, "words")) == made.passages


def test_what_the_server_lost_is_made_anew_by_the_next_run(library: Library) -> None:
    made = publish(library)
    assert publish(library).generation == made.generation
    name = f"{collections(library)[0].rsplit('_', 1)[0]}_windows"
    server_of(library).write(lambda client, _: client.delete(name, filter="id >= 0"))
    told = Searcher.open(library.folder, embedder=HashingEmbedder()).search("health workers")
    assert told.hits, "words answer"
    again = publish(library)
    assert again.generation != made.generation
    assert len(ids(library, "windows")) == made.vectors
    assert files(library, "health workers in Lima")[0] == "paho-en.txt"


def test_doctor_looks_at_the_server(library: Library, milvus: MilvusLite) -> None:
    publish(library)
    assert [one for one in examine(library.folder) if one.area == "search"] == []
    assert library_status(library.folder)["snapshot"]["search"] == search_url(library.folder)
    name = f"{collections(library)[0].rsplit('_', 1)[0]}_words"
    collection.drop(server_of(library), name)
    (lacking,) = [one for one in examine(library.folder) if one.area == "search"]
    assert "lacks entities" in lacking.message and "pincite ingest" in lacking.repair
    milvus.kill()
    (away,) = [one for one in examine(library.folder) if one.area == "search"]
    assert away.message.startswith("milvus://127.0.0.1:")


def test_what_an_ended_run_left_is_nowhere_twice(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    publish(library)
    add(library, "new.txt", [NEW])

    def ended(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("index.snapshot.commit.publish_folder", ended)
        with pytest.raises(KeyboardInterrupt):
            publish(library)
    assert "new.txt" not in files(library, "oxygen")
    made = publish(library)
    assert files(library, "oxygen")[0] == "new.txt"
    assert len(ids(library, "windows")) == len(set(ids(library, "windows"))) == made.vectors


def test_another_library_does_not_get_in_under_the_same_name(library: Library, tmp_path: Path) -> None:
    publish(library)
    url = search_url(library.folder)
    with Library.open(tmp_path / "other", create=True) as other:
        add(other, "new.txt", [NEW])
        search_at(other.folder, str(url))
        with pytest.raises(UsageError, match="another library is searched under this name"):
            publish(other)
    assert files(library, "health workers in Lima")[0] == "paho-en.txt"


def test_the_way_back_to_this_machine(library: Library) -> None:
    publish(library)
    search_at(library.folder, LOCAL)
    assert isinstance(served.opened(snapshot_folder(library.folder)), served.ServedIndex), (
        "until the next ingest"
    )
    assert publish(library).search is None
    assert isinstance(served.opened(snapshot_folder(library.folder)), Snapshot)


def test_a_served_index_is_its_files_but_for_the_two_legs(library: Library) -> None:
    publish(library)
    opened = served.opened(snapshot_folder(library.folder))
    assert isinstance(opened, served.ServedIndex)
    assert [one.file for one in opened.documents] == [one.file for one in opened.files.documents]
    assert list(opened.languages) == ["en", "es", "pt"]
    assert opened.document_of(0).file == opened.documents[0].file
    assert (
        opened.rows_where({"country": ["BRA"]}).tolist()
        == opened.files.rows_where({"country": ["BRA"]}).tolist()
    )
    assert opened.vectors is not None and opened.files.vectors is not None
    wanted = np.arange(opened.manifest.passages, dtype=np.int32)
    question = HashingEmbedder().encode_query("health workers in Lima")
    here, there = opened.files.vectors.scores(question, wanted), opened.vectors.scores(question, wanted)
    np.testing.assert_allclose(here[0], there[0], atol=1e-6)
    assert here[1].tolist() == there[1].tolist()


def test_filters_are_put_to_the_server(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    publish(library)
    chosen: list[str] = []
    search = MilvusServer.search

    def noting(self: MilvusServer, *asked: Any) -> Any:
        chosen.append(asked[4])
        return search(self, *asked)

    monkeypatch.setattr(MilvusServer, "search", noting)
    searcher = Searcher.open(library.folder, embedder=HashingEmbedder())
    found = searcher.search("migrantes health", filters={"country": ["BRA"]})
    assert {hit.document.file for hit in found.hits} == {"sus-pt.txt"}
    assert chosen and all(one.startswith("passage in [") for one in chosen)
