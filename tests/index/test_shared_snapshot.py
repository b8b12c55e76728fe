"""A snapshot for several machines, over a real PostgreSQL: offered, fetched, taken up; never half, never damaged."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from index_library import TEXTS, HashingEmbedder, put_text
from sqlalchemy import delete, func, select, update

from index.search import Searcher
from index.snapshot import commit, shared, vector_files
from index.snapshot.paths import CURRENT, snapshot_folder
from index.snapshot.publish import SnapshotWriter
from index.snapshot.snapshot import MANIFEST, Snapshot, read_current, verify
from ingest.errors import LibraryDamaged
from ingest.library.advisory_lock import AdvisoryLock
from ingest.library.backend import backend_at
from ingest.library.library import Library
from ingest.library.lock import WriterLock
from ingest.library.place import point_at
from ingest.library.shared_files import SharedFiles, parts, sets, tables
from ingest.metadata.metadata import Metadata

pytestmark = pytest.mark.slow

Machine = Callable[[str], Library]


@pytest.fixture
def machine(schema_url: str, tmp_path: Path, request: pytest.FixtureRequest) -> Machine:
    """Open the one library as a machine of this name, which has a folder of its own."""

    def opened(name: str) -> Library:
        point_at(tmp_path / name, schema_url)
        library = Library.open(tmp_path / name, create=True)
        request.addfinalizer(library.close)
        return library

    return opened


def filled(library: Library) -> Library:
    for name, (metadata, language, texts) in TEXTS.items():
        put_text(library, name, metadata, language, texts)
    return library


def publish(library: Library) -> str:
    return SnapshotWriter(folder=library.folder).publish(library, HashingEmbedder()).generation


def current(library: Library) -> tuple[str, str]:
    return read_current(snapshot_folder(library.folder))


def add(library: Library, name: str) -> None:
    put_text(library, name, Metadata(title=name), "en", [f"Oxygen is short in winter, says {name}."])


def test_what_one_machine_publishes_another_one_takes_up(machine: Machine) -> None:
    one, two = filled(machine("one")), machine("two")
    assert not shared.take_up(two)
    publish(one)
    assert shared.take_up(two)
    assert not shared.take_up(two)
    assert current(one) == current(two)
    assert verify(snapshot_folder(two.folder)) == []
    found = Searcher.open(two.folder, embedder=HashingEmbedder()).search("health workers in Lima")
    assert found.hits[0].document.file == "paho-en.txt"


def test_a_second_machine_goes_on_from_the_generation_of_the_first(machine: Machine) -> None:
    one, two = filled(machine("one")), machine("two")
    first = publish(one)
    add(two, "new.txt")
    embedder = HashingEmbedder()
    made = SnapshotWriter(folder=two.folder).publish(two, embedder)
    assert made.generation > first
    assert embedder.encoded == ["Oxygen is short in winter, says new.txt."]
    assert shared.take_up(one)
    assert publish(one) == made.generation, "up to date"


def test_what_is_here_already_is_not_fetched(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vector_files, "BASE_MIN", 1)
    monkeypatch.setattr(vector_files, "BASE_CHANGE", 1.0)
    one, two = filled(machine("one")), machine("two")
    publish(one)
    shared.take_up(two)
    fetched: list[str] = []
    files = two.shared_files()
    assert files is not None
    read = type(files).read

    def reading(self: SharedFiles, sha256: str) -> Iterator[bytes]:
        fetched.append(sha256)
        return read(self, sha256)

    monkeypatch.setattr(type(files), "read", reading)
    add(one, "new.txt")
    publish(one)
    assert shared.take_up(two)
    manifest = Snapshot.open(snapshot_folder(two.folder)).manifest
    bases = {sha for name, (_, sha) in manifest.files.items() if name.startswith("../")}
    assert bases and fetched
    assert not bases & set(fetched)
    assert verify(snapshot_folder(two.folder)) == []


def test_a_base_that_was_damaged_here_is_fetched_again(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(vector_files, "BASE_MIN", 1)
    monkeypatch.setattr(vector_files, "BASE_CHANGE", 1.0)
    one, two = filled(machine("one")), machine("two")
    publish(one)
    shared.take_up(two)
    base = Snapshot.open(snapshot_folder(two.folder)).base_folder / "vectors.npy"
    content = bytearray(base.read_bytes())
    content[-1] ^= 1
    base.write_bytes(content)
    add(one, "new.txt")
    publish(one)
    assert shared.take_up(two)
    assert verify(snapshot_folder(two.folder)) == []


def test_a_file_damaged_in_the_database_never_becomes_current(machine: Machine, tmp_path: Path) -> None:
    one, two = filled(machine("one")), machine("two")
    publish(one)
    shared.take_up(two)
    before = current(two)
    add(one, "new.txt")
    publish(one)
    backend = backend_at(one.folder)
    with backend.connect(write=True) as connection:
        connection.execute(update(parts).values(data=b"wrong"))
    with pytest.raises(LibraryDamaged, match="snapshot in the database is damaged"):
        shared.take_up(two)
    assert current(two) == before
    assert not list(snapshot_folder(two.folder).glob(".draft-*"))
    assert verify(snapshot_folder(two.folder)) == []
    backend.close()


def test_a_generation_that_could_not_be_offered_is_not_current_here(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = filled(machine("one"))
    publish(one)
    before = current(one)
    add(one, "new.txt")
    files = one.shared_files()
    assert files is not None
    with monkeypatch.context() as broken:
        broken.setattr(type(files), "put", lambda *_: (_ for _ in ()).throw(OSError("the line is cut")))
        with pytest.raises(OSError, match="cut"):
            publish(one)
    assert current(one) == before
    publish(one)
    two = machine("two")
    assert shared.take_up(two)
    assert current(one) == current(two)


def test_a_generation_that_only_this_machine_has_is_offered_with_the_next_ingest(machine: Machine) -> None:
    one = filled(machine("one"))
    publish(one)
    backend = backend_at(one.folder)
    with backend.connect(write=True) as connection:
        for table in reversed(tables.sorted_tables):
            connection.execute(table.delete())
    assert not shared.is_shared(one, snapshot_folder(one.folder))
    writer = SnapshotWriter(folder=one.folder)
    assert not writer.needs_no_model(one, None)
    publish(one)
    assert shared.is_shared(one, snapshot_folder(one.folder))
    assert shared.take_up(machine("two"))
    backend.close()


def test_while_another_process_fetches_nobody_waits(machine: Machine) -> None:
    one, two = filled(machine("one")), machine("two")
    publish(one)
    parent = snapshot_folder(two.folder)
    parent.mkdir()
    with WriterLock(parent):
        assert not shared.take_up(two)
    assert shared.take_up(two)


@pytest.mark.parametrize(
    "names",
    [["../../x"], ["/etc/x"], ["../x"], ["a/b"], [".."], ["../base-1/.."], ["manifest.json"], ["../other/x"]],
)
def test_a_manifest_leads_nowhere(names: list[str]) -> None:
    manifest = json.dumps({"files": {name: [1, "0" * 64] for name in names}}).encode()
    with pytest.raises(LibraryDamaged):
        shared._files(manifest)
    for broken in (b"", b"[]", b'{"files": 3}', b'{"files": {"a": 1}}'):
        with pytest.raises(LibraryDamaged):
            shared._files(broken)
    assert shared._files(b'{"files": {"../base-1/v": [1, "a"], "b": [2, "c"]}}')["b"] == (2, "c")


def test_a_library_in_its_folder_shares_nothing(tmp_path: Path) -> None:
    with Library.open(tmp_path, create=True) as library:
        assert library.shared_files() is None
        assert shared.sharing(library) is None
        assert not shared.take_up(library)
        assert shared.is_shared(library, tmp_path)
        shared.share_current(library, tmp_path)
        with shared.exclusively(library, tmp_path / "not there"):
            pass
    shared.bring(tmp_path)
    assert not snapshot_folder(tmp_path).exists()


def test_the_lock_here_is_let_go_where_the_one_there_is_not_given(tmp_path: Path) -> None:
    told: list[str] = []

    def refuse(_: float) -> None:
        raise LibraryDamaged("no")

    lock = AdvisoryLock(tmp_path, refuse, lambda: told.append("let go"))
    with pytest.raises(LibraryDamaged), lock:
        pytest.fail("not given")
    assert not lock.held and not told
    free = AdvisoryLock(tmp_path, lambda _: told.append("hold"), lambda: told.append("let go"))
    with free, free:
        assert free.held
    assert told == ["hold", "let go"]


def test_a_switch_names_the_generation(tmp_path: Path) -> None:
    commit.switch(tmp_path, "gen-00000007", "a" * 64)
    assert read_current(tmp_path) == ("gen-00000007", "a" * 64)
    assert [path.name for path in tmp_path.iterdir()] == [CURRENT]
    assert MANIFEST == "manifest.json"


DAMAGES: dict[str, Callable[[], Any]] = {
    "parts of files": lambda: update(parts).values(data=b"wrong"),
    "the manifest": lambda: update(sets).values(manifest=b"{}"),
    "a name that leads elsewhere": lambda: update(sets).values(name="../../elsewhere"),
    "a file less": lambda: delete(parts),
}


@pytest.mark.parametrize("case", DAMAGES)
@pytest.mark.parametrize("publisher", ["the first", "a new one"])
def test_what_is_damaged_in_the_database_is_offered_anew_by_the_next_publication(
    machine: Machine, case: str, publisher: str
) -> None:
    one, two = filled(machine("one")), machine("two")
    publish(one)
    backend = backend_at(one.folder)
    with backend.connect(write=True) as connection:
        connection.execute(DAMAGES[case]())
    backend.close()
    with pytest.raises(LibraryDamaged, match=r"Run pincite ingest again"):
        shared.take_up(two)
    next_one = two if publisher == "a new one" else one
    add(next_one, "new.txt")
    publish(next_one)
    others = one if next_one is two else machine("three")
    assert shared.take_up(others)
    assert current(others) == current(next_one)
    assert verify(snapshot_folder(others.folder)) == []
    found = Searcher.open(others.folder, embedder=HashingEmbedder()).search("oxygen is short")
    assert found.hits[0].document.file == "new.txt"


def test_an_unchanged_library_mends_it_too(machine: Machine) -> None:
    one, two = filled(machine("one")), machine("two")
    first = publish(one)
    files = one.shared_files()
    assert files is not None
    files.forget()
    assert files.current() is None
    assert publish(one) == first, "nothing is made anew, only offered"
    assert shared.take_up(two)
    assert current(one) == current(two)


def test_a_file_of_the_right_size_and_other_bytes_is_taken_out_by_who_finds_it(machine: Machine) -> None:
    one, two = filled(machine("one")), machine("two")
    first = publish(one)
    _, sha256 = Snapshot.open(snapshot_folder(one.folder)).manifest.files["passages.jsonl"]
    backend = backend_at(one.folder)
    with backend.connect(write=True) as connection:
        length = connection.execute(
            select(func.octet_length(parts.c.data)).where(parts.c.sha256 == sha256)
        ).scalar_one()
        connection.execute(update(parts).where(parts.c.sha256 == sha256).values(data=bytes(length)))
    backend.close()
    assert publish(one) == first, "who has it does not read it again"
    for _ in range(2):
        with pytest.raises(LibraryDamaged, match=r"passages\.jsonl .* Run pincite ingest again"):
            shared.take_up(two)
    assert publish(one) == first
    assert shared.take_up(two)
    assert verify(snapshot_folder(two.folder)) == []
