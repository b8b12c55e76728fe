"""The library gives back what it was given, keeps it through faults, and refuses what is not its own."""

import errno
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.errors import LibraryBusy, LibraryDamaged, PinciteError, UsageError
from ingest.library.full_disk import telling_of_a_full_disk
from ingest.library.library import Basis, FileRecord, FileStamp, Library, NewDocument, StoredPage, document_id
from ingest.library.records import Document
from ingest.library.sqlite import SqliteBackend
from ingest.metadata.metadata import Metadata
from ingest.passage import Passage, passage_id

META = Metadata(title="A title", year=2020, countries=("PER",), sources={"title": "catalogue"})


def make_passage(sha: str, text: str, number: int = 1, start: int = 0) -> Passage:
    return Passage(
        id=passage_id(sha, text, 0),
        text=text,
        kind="body",
        language="en",
        section=("1. One", "1.1 Two"),
        spans=((number, start, start + len(text)),),
        pages=(number, number),
        labels=("iv",),
        label_source="printed",
        locator=None,
        sentences=((0, len(text)),),
        tokens=7,
    )


def make_document(seed: str, texts: tuple[str, ...] = ("First text.", "Second text.")) -> NewDocument:
    sha = (seed.encode().hex() * 64)[:64]
    pages = tuple(
        StoredPage(document_id(sha), n, text, "iv", "printed", frozenset({"ocr"}), 595.0, 842.0)
        for n, text in enumerate(texts, 1)
    )
    passages = tuple(make_passage(sha, text, n) for n, text in enumerate(texts, 1))
    return NewDocument(sha, "pdf", True, "ready", None, pages, passages, "en", "Guess", {"title": "Info"})


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with Library.open(tmp_path / "library", create=True) as opened:
        yield opened


def stored_document(library: Library, key: str) -> Document:
    document = library.document(key)
    assert document is not None
    return document


def put(
    library: Library, seed: str, *paths: str, texts: Any = ("First text.", "Second text.")
) -> NewDocument:
    new = make_document(seed, texts)
    library.put_document(new, META, [FileStamp(path, 1, 2, 3, 4) for path in paths], "r1")
    return new


def test_a_document_comes_back_as_it_was_put(library: Library) -> None:
    new = put(library, "a", "b.pdf", "a.pdf")
    (document,) = library.documents()
    assert (document.id, document.sha256) == (new.sha256[:32], new.sha256)
    assert (document.file, document.files) == ("a.pdf", ("a.pdf", "b.pdf"))
    assert document.metadata == META
    assert (document.page_count, document.passage_count, document.state) == (2, 2, "ready")
    assert tuple(library.pages(new.id)) == new.pages
    assert [stored.passage for stored in library.passages(new.id)] == list(new.passages)
    assert library.bases() == {new.id: Basis("Guess", {"title": "Info"}, "en", META, "r1")}


def test_a_document_is_found_by_id_hash_and_any_of_its_names(library: Library) -> None:
    new = put(library, "a", "x/b.pdf", "a.pdf")
    for key in (new.id, new.sha256, "x/b.pdf", "a.pdf"):
        assert stored_document(library, key).id == new.id, key
    for key in ("", "c.pdf", new.id[:20], new.id + "0", "f" * 32):
        assert library.document(key) is None, key


def test_passages_know_their_neighbours_and_order(library: Library) -> None:
    new = put(library, "a", "a.pdf", texts=("One.", "Two.", "Three."))
    other = put(library, "b", "0.pdf")
    one, two, three = [passage.id for passage in new.passages]
    in_order = list(library.passages())
    assert [stored.document_id for stored in in_order] == [other.id] * 2 + [new.id] * 3
    middle = library.passage(two)
    assert middle is not None
    assert (middle.position, middle.previous, middle.next) == (1, one, three)
    assert middle == in_order[3]
    assert in_order[2].previous is None
    assert in_order[4].next is None
    assert [library.passage(one), library.passage(three)] == [in_order[2], in_order[4]]
    assert list(library.passages_by_id([three, "unknown", one, three])) == [three, one]


@settings(max_examples=25, deadline=None)
@given(text=st.text(st.characters(), min_size=1))
def test_page_and_passage_text_come_back_exactly(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    text = text + "\ud800\x00\u202e\r\n"  # lone surrogate, NUL, direction mark
    with Library.open(tmp_path_factory.mktemp("library"), create=True) as library:
        new = put(library, "a", "a.pdf", texts=(text,))
        page = library.page(new.id, 1)
        assert page is not None and page.text == text
        (stored,) = library.passages()
        assert stored.passage.text == text


def test_a_document_replaced_keeps_no_old_pages_or_passages(library: Library) -> None:
    new = put(library, "a", "a.pdf", texts=("One.", "Two.", "Three."))
    added = library.documents()[0].added
    shorter = replace(make_document("a", ("Other.",)))
    library.put_document(shorter, META, [], "r2")
    assert [page.text for page in library.pages(new.id)] == ["Other."]
    assert [stored.passage.text for stored in library.passages()] == ["Other."]
    (document,) = library.documents()
    assert (document.file, document.added) == ("a.pdf", added)
    assert library.bases()[new.id].reading == "r2"


def test_a_name_taken_by_another_content_takes_the_nameless_content_away(library: Library) -> None:
    old = put(library, "a", "a.pdf")
    new = put(library, "b", "a.pdf")
    assert [document.id for document in library.documents()] == [new.id]
    assert library.pages(old.id) == []
    assert list(library.passages(old.id)) == []


def test_a_rename_keeps_the_content_and_a_removal_drops_it(library: Library) -> None:
    new = put(library, "a", "a.pdf")
    library.put_files([FileRecord(FileStamp("b.pdf"), new.id)], gone=["a.pdf"])
    assert stored_document(library, "b.pdf").id == new.id
    assert library.document("a.pdf") is None
    library.put_files([], gone=["b.pdf"])
    assert library.documents() == []
    assert library.counts()["passages"] == 0


def test_odd_names_are_found_by_disk_name_and_by_shown_name(library: Library) -> None:
    put(library, "a", "caf\udce9\x1b[2J\u202efdp.pdf")
    (document,) = library.documents()
    assert document.file == r"caf\xe9\x1b[2J\u202efdp.pdf"
    assert document.path == "caf\udce9\x1b[2J\u202efdp.pdf"
    assert library.document(document.file) == library.document(document.path) == document


def test_state_changes_with_documents_and_only_with_them(library: Library) -> None:
    states = [library.state()]

    def changed() -> bool:
        states.append(library.state())
        return states[-1] != states[-2]

    new = put(library, "a", "a.pdf")
    assert changed()
    library.put_metadata({new.id: replace(META, year=2021)})
    assert changed()
    library.set_override(new.id, "title", "Typed")
    assert changed()
    library.put_groups({new.id: ("g", True)})
    assert changed()
    library.put_files([], gone=["a.pdf"])
    assert changed()
    library.put_derived("vectors", [("k", b"v")])
    library.set_setting("corpus", "/somewhere")
    library.put_skipped({"link.pdf": "a link"})
    assert not changed()
    assert len(set(states[:-1])) == 6


def test_typed_values_go_first_survive_a_re_ingest_and_can_be_taken_back(library: Library) -> None:
    new = put(library, "a", "a.pdf")
    library.set_override(new.id, "title", "Typed")
    library.set_override(new.id, "countries", ["COL", "ECU"])
    library.put_document(new, META, [], "r2")
    metadata = stored_document(library, new.id).metadata
    assert (metadata.title, metadata.countries, metadata.year) == ("Typed", ("COL", "ECU"), 2020)
    assert (metadata.sources["title"], metadata.sources["countries"]) == ("edited", "edited")
    library.set_override(new.id, "title", None)
    assert stored_document(library, new.id).metadata.title == "A title"
    assert library.overrides(new.id) == {"countries": ["COL", "ECU"]}


def test_typed_values_refuse_unknown_fields_and_documents(library: Library) -> None:
    new = put(library, "a", "a.pdf")
    with pytest.raises(UsageError, match="colour"):
        library.set_override(new.id, "colour", "red")
    with pytest.raises(KeyError):
        library.set_override("f" * 32, "title", "x")


def test_derived_values_are_kept_by_space_and_collected(library: Library) -> None:
    items = [(f"k{n}", bytes([n % 256])) for n in range(2500)]
    library.put_derived("one", items)
    library.put_derived("one", [("k1", b"new")])
    library.put_derived("two", [("k1", b"two")])
    assert library.get_derived("one", ["k1", "k2", "missing"]) == {"k1": b"new", "k2": b"\x02"}
    assert len(library.get_derived("one", (key for key, _ in items))) == 2500
    assert library.collect_derived("one", ["k1", "k7"]) == 2498
    assert library.derived_keys("one") == {"k1", "k7"}
    assert library.get_derived("two", ["k1"]) == {"k1": b"two"}


def test_settings_are_remembered(tmp_path: Path) -> None:
    with Library.open(tmp_path, create=True) as library:
        assert library.setting("corpus") is None
        library.set_setting("corpus", "a\udce9")
    with Library.open(tmp_path) as library:
        assert library.setting("corpus") == "a\udce9"
        library.set_setting("corpus", None)
        assert library.setting("corpus") is None


def test_a_reader_keeps_one_state_while_a_writer_commits(library: Library) -> None:
    put(library, "a", "a.pdf", texts=("One.", "Two."))
    reader = library.passages()
    first = next(reader)
    writer = threading.Thread(target=put, args=(library, "b", "0.pdf"))
    writer.start()
    writer.join(10)
    assert not writer.is_alive(), "a reader held the writer up"
    assert [first.passage.text] + [stored.passage.text for stored in reader] == ["One.", "Two."]
    assert len(list(library.passages())) == 4


def test_opening_where_there_is_no_library_names_the_next_step(tmp_path: Path) -> None:
    with pytest.raises(PinciteError, match="pincite ingest"):
        Library.open(tmp_path / "none")
    assert not (tmp_path / "none").exists()


def test_many_may_make_and_open_a_library_at_once(tmp_path: Path) -> None:
    from concurrent.futures import ThreadPoolExecutor
    from threading import Barrier

    together = Barrier(8, timeout=20)

    def open_it(n: int) -> Any:
        together.wait()
        with Library.open(tmp_path / f"library {n // 8}", create=True) as library:
            return library.state()

    with ThreadPoolExecutor(8) as pool:
        states = list(pool.map(open_it, range(8 * 40)))
    assert len(set(states)) == 40


def test_a_newer_library_is_refused_and_an_unknown_older_one_too(tmp_path: Path) -> None:
    Library.open(tmp_path, create=True).close()
    for number, said in ((99, "newer pincite"), (0, "too old")):
        with closing(sqlite3.connect(tmp_path / "library.db")) as connection, connection:
            connection.execute("UPDATE meta SET value = ? WHERE key = 'format'", (str(number),))
        connection.close()
        with pytest.raises(LibraryDamaged, match=said):
            Library.open(tmp_path)


def test_an_older_library_is_brought_up_to_date(tmp_path: Path) -> None:
    """A library of format 1, without what came later, opens, keeps its documents and takes new ones."""
    with Library.open(tmp_path, create=True) as library:
        put(library, "a", "a.pdf")
    with closing(sqlite3.connect(tmp_path / "library.db")) as connection, connection:
        connection.execute("ALTER TABLE documents DROP COLUMN written")
        connection.execute("ALTER TABLE passages DROP COLUMN calls")
        connection.execute("ALTER TABLE passages DROP COLUMN cells")
        connection.execute("ALTER TABLE pages DROP COLUMN coverage")
        connection.execute("ALTER TABLE pages DROP COLUMN gaps")
        connection.execute("UPDATE meta SET value = '1' WHERE key = 'format'")
    connection.close()
    with Library.open(tmp_path) as library:
        put(library, "b", "b.pdf")
        old, new = library.documents()
    assert (old.file, old.written, new.file) == ("a.pdf", "", "b.pdf")
    assert new.written
    with Library.open(tmp_path) as library:
        stored = [each.passage for each in library.passages(old.id)]
        assert [(passage.calls, passage.cells) for passage in stored] == [((), ()), ((), ())]
        assert [(page.coverage, page.gaps) for page in library.pages(old.id)] == [(None, ()), (None, ())]


def test_the_mark_changes_whenever_passages_are_written(library: Library) -> None:
    put(library, "a", "a.pdf")
    (first,) = library.documents()
    library.put_metadata({first.id: replace(META, title="Other")})
    assert library.documents()[0].written == first.written
    put(library, "a", "a.pdf", texts=("Other text.", "Second text."))
    assert library.documents()[0].written != first.written


def test_files_that_are_no_library_are_refused_and_left_alone(tmp_path: Path) -> None:
    junk = tmp_path / "library.db"
    junk.write_bytes(b"not a database at all, but long enough to be looked at" * 40)
    with pytest.raises(LibraryDamaged):
        Library.open(tmp_path, create=True)
    assert junk.read_bytes().startswith(b"not a database")
    junk.unlink()
    other = sqlite3.connect(junk)
    other.execute("CREATE TABLE cookies (a)")
    other.close()
    for create in (False, True):
        with pytest.raises(LibraryDamaged, match="not a library"):
            Library.open(tmp_path, create=create)
    other = sqlite3.connect(junk)
    assert other.execute("SELECT name FROM sqlite_master").fetchall() == [("cookies",)]
    other.close()


def test_a_folder_that_cannot_be_made_is_one_clear_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(PinciteError, match="cannot be made"):
        Library.open(tmp_path / "file" / "library", create=True)


def test_a_full_disk_is_a_clear_error_and_loses_nothing(library: Library) -> None:
    put(library, "a", "a.pdf")
    before = library.state()
    assert isinstance(library._backend, SqliteBackend)
    with library._backend.engine.connect() as connection:  # a real limit, as a full disk would set
        used = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        connection.exec_driver_sql(f"PRAGMA max_page_count = {used + 2}")
    with pytest.raises(PinciteError, match="disk is full"):
        put(library, "b", "b.pdf", texts=tuple(f"{n} " * 5000 for n in range(20)))
    assert library.state() == before
    assert [document.file for document in library.documents()] == ["a.pdf"]
    assert library.check() == []


def test_two_writers_of_one_library_exclude_each_other(tmp_path: Path) -> None:
    with (
        Library.open(tmp_path, create=True) as one,
        Library.open(tmp_path) as two,
        one.writing(),
    ):
        with one.writing():
            pass  # nested use by the holder
        with pytest.raises(LibraryBusy, match=r"process \d+"), two.writing():
            pass
    with Library.open(tmp_path) as two, two.writing():
        assert two.writing().held


def test_check_is_empty_for_a_sound_library_and_names_a_broken_key(library: Library) -> None:
    new = put(library, "a", "a.pdf")
    assert library.check() == []
    connection = sqlite3.connect(library.folder / "library.db")
    connection.execute("DELETE FROM documents WHERE id = ?", (new.id,))  # keys are off by default here
    connection.commit()
    connection.close()
    assert any("passages" in line for line in library.check())


def written_by_another_process(folder: Path, *, killed: bool) -> None:
    """Change a setting in a process that ends with its journal merged, or is killed before."""
    code = (
        "import os, sys; from pathlib import Path; from ingest.library.library import Library\n"
        "library = Library.open(Path(sys.argv[1])); library.set_setting('seen', 'new')\n"
    )
    subprocess.run(
        [sys.executable, "-c", code + ("os._exit(0)" if killed else "library.close()"), str(folder)],
        check=True,
        cwd=Path(__file__).resolve().parents[2],
    )


@pytest.mark.skipif(os.name == "nt", reason="links need a right of their own on Windows")
def test_a_library_beside_which_nothing_can_be_written_is_read_and_looked_at_afresh_each_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Library.open(tmp_path, create=True) as library:
        new = put(library, "a", "a.pdf")
        library.set_setting("seen", "old")
    in_the_way = (
        tmp_path / "library.db-shm"
    )  # SQLite keeps readers and writers apart with a file of this name
    in_the_way.symlink_to("no/where")
    with Library.open(tmp_path) as library:
        assert [document.id for document in library.documents()] == [new.id]
        assert library.setting("seen") == "old"
        assert library.check() == []
        with pytest.raises(PinciteError, match="cannot be written to"):
            library.set_setting("seen", "mine")
        with monkeypatch.context() as full:  # SQLite cannot make its files on a full disk either
            full.setattr(shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(10**9, 10**9, 5 * 1024))
            with pytest.raises(PinciteError, match=r"the disk is full \(0.0 MiB free\)"):
                library.set_setting("seen", "mine")
        in_the_way.unlink()
        written_by_another_process(tmp_path, killed=False)
        assert library.setting("seen") == "new"
        library.set_setting("seen", "mine")
        assert library.setting("seen") == "mine"


@pytest.mark.skipif(os.name == "nt", reason="links need a right of their own on Windows")
def test_what_is_only_in_the_journal_is_not_passed_over_where_nothing_can_be_written(tmp_path: Path) -> None:
    with Library.open(tmp_path, create=True) as library:
        library.set_setting("seen", "old")
    written_by_another_process(tmp_path, killed=True)
    in_the_way = tmp_path / "library.db-shm"
    in_the_way.unlink()
    in_the_way.symlink_to("no/where")
    with pytest.raises(PinciteError, match=r"the last ingest was stopped.*library\.db-wal.*copy"):
        Library.open(tmp_path)
    in_the_way.unlink()
    with Library.open(tmp_path) as library:
        assert library.setting("seen") == "new"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a device that is always full")
@pytest.mark.parametrize("by_numpy", [True, False])
def test_a_full_disk_is_told_whoever_meets_it_and_other_failures_are_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, by_numpy: Any
) -> None:
    def write() -> None:
        with telling_of_a_full_disk(tmp_path), Path("/dev/full").open("wb", buffering=0) as full:
            numpy.zeros(9**6).tofile(full) if by_numpy else os.write(full.fileno(), b"x")

    room = shutil.disk_usage(tmp_path)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: room._replace(free=5 * 1024))
    with pytest.raises(PinciteError, match=r"the disk is full \(0.0 MiB free\)"):
        write()
    monkeypatch.setattr(shutil, "disk_usage", lambda _: room._replace(free=10**9))
    # numpy does not say why it could not write
    with pytest.raises(PinciteError, match="the disk failed while" if by_numpy else "the disk is full"):
        write()
    with (
        pytest.raises(PinciteError, match=r"the disk failed while reading or writing \(Input/output error\)"),
        telling_of_a_full_disk(tmp_path),
    ):
        raise OSError(errno.EIO, os.strerror(errno.EIO))
    with pytest.raises(FileNotFoundError), telling_of_a_full_disk(tmp_path):
        (tmp_path / "none").read_bytes()


def test_a_draft_that_is_gone_does_not_hide_the_full_disk(tmp_path: Path) -> None:
    full = OSError(errno.ENOSPC, "No space left on device", str(tmp_path / "gone" / "draft" / "x.npy"))
    told = rf"^{re.escape(str(tmp_path))}: the disk is full \(.* MiB free\)"
    with pytest.raises(PinciteError, match=told), telling_of_a_full_disk(tmp_path):
        raise full
