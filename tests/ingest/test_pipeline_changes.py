"""The library follows the folder: added, changed, renamed, copied, removed, touched."""

import os
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from ingest.corpus.folder import stamp_of
from ingest.errors import LibraryBusy, PinciteError, UsageError
from ingest.library.library import Library, NewDocument, StoredPage
from ingest.library.records import Document
from ingest.metadata.metadata import Metadata
from ingest.pipeline import ingest_folder
from ingest.readers import version
from ingest.report import Event, IngestReport

ONE = "Clinics in Lima open early. Nurses see newcomers first.\n\nFees were dropped in 2019 for children.\n"
TWO = "Schools in Callao accept papers late. Teachers help parents with forms.\n"


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    folder = tmp_path / "corpus"
    folder.mkdir()
    (folder / "one.txt").write_text(ONE)
    (folder / "two.txt").write_text(TWO)
    return folder


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with Library.open(tmp_path / "library", create=True) as opened:
        yield opened


def stored_document(library: Library, key: str) -> Document:
    document = library.document(key)
    assert document is not None
    return document


def run(corpus: Path, library: Library, **options: Any) -> IngestReport:
    return ingest_folder(corpus, library, settle=0.01, **options)


def texts(library: Library) -> dict[str, list[str]]:
    by_id = {document.id: document.file for document in library.documents()}
    found: dict[str, list[str]] = {file: [] for file in by_id.values()}
    for stored in library.passages():
        found[by_id[stored.document_id]].append(stored.passage.text)
    return found


def test_a_folder_is_taken_up_and_a_second_run_has_nothing_to_do(corpus: Path, library: Library) -> None:
    report = run(corpus, library)
    assert (report.added, report.read, report.unchanged) == (("one.txt", "two.txt"), 2, 0)
    assert [document.state for document in library.documents()] == ["ready", "ready"]
    assert all(texts(library).values())
    state = library.state()
    again = run(corpus, library)
    assert again.nothing_to_do
    assert (again.read, again.unchanged) == (0, 2)
    assert library.state() == state


def test_a_dry_run_says_what_would_change_and_changes_nothing(corpus: Path, library: Library) -> None:
    report = run(corpus, library, dry_run=True)
    assert (report.added, report.read, report.dry_run) == (("one.txt", "two.txt"), 0, True)
    assert library.documents() == []
    run(corpus, library)
    (corpus / "one.txt").rename(corpus / "uno.txt")
    (corpus / "two.txt").unlink()
    (corpus / "three.txt").write_text("Three is new here today.\n")
    (corpus / "catalogue.toml").write_text('["uno.txt"]\nyear = 2020\n["one.txt"]\nyear = 2020\n')
    state = library.state()
    report = run(corpus, library, dry_run=True)
    assert report.added == ("three.txt",)
    assert report.renamed == (("one.txt", "uno.txt"),)
    assert report.removed == ("two.txt",)
    assert report.metadata_changed == ("one.txt",)
    assert library.state() == state


def test_a_rename_reads_nothing_and_keeps_every_id(corpus: Path, library: Library) -> None:
    run(corpus, library)
    ids = [stored.passage.id for stored in library.passages(stored_document(library, "one.txt").id)]
    (corpus / "deep").mkdir()
    (corpus / "one.txt").rename(corpus / "deep" / "uno.txt")
    report = run(corpus, library)
    assert (report.renamed, report.read) == ((("one.txt", "deep/uno.txt"),), 0)
    assert (report.added, report.removed) == ((), ())
    document = stored_document(library, "deep/uno.txt")
    assert [stored.passage.id for stored in library.passages(document.id)] == ids


def test_a_copy_is_known_as_a_duplicate_and_one_of_two_may_leave(corpus: Path, library: Library) -> None:
    run(corpus, library)
    shutil.copy(corpus / "one.txt", corpus / "zz copy.txt")
    report = run(corpus, library)
    assert (report.added, report.read) == (("zz copy.txt",), 0)
    assert report.duplicates == (("zz copy.txt", "one.txt"),)
    assert library.document("zz copy.txt") == library.document("one.txt")
    (corpus / "one.txt").unlink()
    assert run(corpus, library).removed == ("one.txt",)
    assert stored_document(library, "zz copy.txt").files == ("zz copy.txt",)


def test_two_new_files_with_one_content_are_read_once(corpus: Path, library: Library) -> None:
    (corpus / "three.txt").write_text(ONE)
    report = run(corpus, library)
    assert (len(report.added), report.read) == (3, 2)
    assert stored_document(library, "three.txt").files == ("one.txt", "three.txt")


def test_a_changed_file_replaces_its_passages_and_keeps_typed_values(corpus: Path, library: Library) -> None:
    run(corpus, library)
    library.set_override(stored_document(library, "one.txt").id, "publisher", "Typed")
    (corpus / "one.txt").write_text("All is different now in this file.\n")
    report = run(corpus, library)
    assert (report.changed, report.read) == (("one.txt",), 1)
    assert texts(library)["one.txt"] == ["All is different now in this file."]
    assert stored_document(library, "one.txt").metadata.publisher == "Typed"
    assert len(library.documents()) == 2


def test_a_removed_file_leaves_with_all_its_passages(corpus: Path, library: Library) -> None:
    run(corpus, library)
    (corpus / "two.txt").unlink()
    assert run(corpus, library).removed == ("two.txt",)
    assert list(texts(library)) == ["one.txt"]


def test_a_touched_file_is_hashed_and_not_read(corpus: Path, library: Library) -> None:
    run(corpus, library)
    os.utime(corpus / "one.txt", (1, 1))
    report = run(corpus, library)
    assert report.nothing_to_do
    assert report.read == 0


@pytest.mark.parametrize("turn", range(10))
def test_changed_content_with_the_same_size_and_time_is_found(
    corpus: Path, library: Library, turn: int
) -> None:
    path = corpus / "one.txt"
    stamp = 1_600_000_000_000_000_000 + turn
    os.utime(path, ns=(stamp, stamp))
    run(corpus, library)
    path.write_text(ONE.replace("2019", f"{3000 + turn}"))
    os.utime(path, ns=(stamp, stamp))
    assert run(corpus, library).changed == ("one.txt",)
    assert f"{3000 + turn}" in " ".join(texts(library)["one.txt"])


def test_a_stamp_that_rested_is_trusted_and_spares_hashing(
    corpus: Path, library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(corpus, library)
    rested = time.time() + 10  # as if ten seconds had gone by
    monkeypatch.setattr("ingest.corpus.corpus.time.time_ns", lambda: int(rested * 1e9))
    run(corpus, library)
    monkeypatch.setattr(
        "ingest.corpus.corpus.file_sha256", lambda path, **_: pytest.fail(f"{path} was hashed")
    )
    assert run(corpus, library).nothing_to_do


def test_a_time_and_a_number_beyond_the_database_cost_nothing(
    corpus: Path, library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    os.utime(corpus / "two.txt", (13_569_465_600, 13_569_465_600))  # the year 2400

    def beyond(path: str, facts: os.stat_result) -> Any:
        numbers = {name: getattr(facts, name) for name in ("st_size", "st_mtime_ns", "st_ctime_ns")}
        beyond_it: Any = SimpleNamespace(**numbers, st_ino=facts.st_ino | 2**63)
        return stamp_of(path, beyond_it)

    monkeypatch.setattr("ingest.corpus.folder.stamp_of", beyond)
    assert run(corpus, library).read == 2
    assert [document.state for document in library.documents()] == ["ready", "ready"]
    assert run(corpus, library).nothing_to_do
    (corpus / "one.txt").write_text(TWO + ONE)
    assert run(corpus, library).changed == ("one.txt",)


def test_failed_files_are_named_with_a_reason_and_not_tried_again(corpus: Path, library: Library) -> None:
    (corpus / "bad.pdf").write_bytes(b"%PDF-1.4\nnothing in it")
    (corpus / "none.pdf").write_bytes(b"")
    report = run(corpus, library)
    assert [(one.file, one.state) for one in report.unreadable] == [
        ("bad.pdf", "failed"),
        ("none.pdf", "empty"),
    ]
    assert all(one.reason for one in report.unreadable)
    again = run(corpus, library)
    assert (again.read, again.nothing_to_do) == (0, True)
    assert again.unreadable == report.unreadable


def test_a_newer_reader_reads_all_again_and_ids_stay(
    corpus: Path, library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(corpus, library)
    before = [stored.passage for stored in library.passages()]
    monkeypatch.setattr(version, "READER_VERSION", "next")
    report = run(corpus, library)
    assert (report.reread, report.read) == (("one.txt", "two.txt"), 2)
    assert [stored.passage for stored in library.passages()] == before
    assert run(corpus, library).nothing_to_do


def test_a_scan_is_read_again_once_there_is_a_program_that_reads_scans(
    corpus: Path, library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(corpus, library)
    one = stored_document(library, "one.txt")
    page = StoredPage(one.id, 1, "", flags=frozenset({"no_text"}))
    scan = NewDocument(one.sha256, "pdf", True, "no_text", "no text on 1 of 1 pages", (page,))
    library.put_document(scan, Metadata(), [], version.READER_VERSION)
    monkeypatch.setattr(version, "installed_languages", frozenset)
    assert run(corpus, library).reread == ()
    monkeypatch.setattr(version, "installed_languages", lambda: frozenset({"eng", "spa"}))
    assert run(corpus, library).reread == ("one.txt",)
    assert library.bases()[one.id].reading == f"{version.READER_VERSION}+eng+spa"
    assert run(corpus, library).nothing_to_do
    monkeypatch.setattr(version, "installed_languages", frozenset)
    assert run(corpus, library).nothing_to_do


def test_editions_are_grouped_newest_first_and_taken_apart_again(corpus: Path, library: Library) -> None:
    body = "".join(
        f"Sentence number {n} speaks of clinic {n * 7} and of nurse {n * 13}. " for n in range(150)
    )
    (corpus / "survey 2019.txt").write_text(body)
    (corpus / "survey 2021.txt").write_text(body + "One more sentence stands in the newer edition.")
    (corpus / "catalogue.toml").write_text(
        '["survey 2019.txt"]\nyear = 2019\n["survey 2021.txt"]\nyear = 2021\n'
    )
    run(corpus, library)
    old, new = (stored_document(library, f"survey {year}.txt") for year in (2019, 2021))
    assert old.group == new.group is not None
    assert (old.older_edition, new.older_edition) == (True, False)
    assert stored_document(library, "one.txt").group is None
    state = library.state()
    assert run(corpus, library).nothing_to_do
    assert library.state() == state
    (corpus / "survey 2021.txt").unlink()
    run(corpus, library)
    assert stored_document(library, "survey 2019.txt").group is None


def test_catalogue_and_sidecar_count_without_reading_again(corpus: Path, library: Library) -> None:
    run(corpus, library)
    (corpus / "catalogue.toml").write_text('["one.txt"]\npublisher = "UNDP"\nyear = 2022\n')
    (corpus / "two.toml").write_text('publisher = "IOM"\n')
    report = run(corpus, library)
    assert (report.metadata_changed, report.read) == (("one.txt", "two.txt"), 0)
    one, two = (stored_document(library, name).metadata for name in ("one.txt", "two.txt"))
    assert (one.publisher, one.year, one.sources["year"]) == ("UNDP", 2022, "catalogue")
    assert (two.publisher, two.sources["publisher"]) == ("IOM", "sidecar")
    (corpus / "catalogue.toml").unlink()
    run(corpus, library)
    assert stored_document(library, "one.txt").metadata.publisher is None


def test_entries_of_no_file_are_mentioned(corpus: Path, library: Library) -> None:
    (corpus / "catalogue.toml").write_text('["three.txt"]\nyear = 2022\n')
    assert "three.txt" in run(corpus, library).notices[0]


def test_a_broken_catalogue_stops_before_anything_is_lost(corpus: Path, library: Library) -> None:
    run(corpus, library)
    (corpus / "two.txt").unlink()
    (corpus / "catalogue.toml").write_text('["one.txt"]\nyear = soon\n')
    state = library.state()
    with pytest.raises(UsageError, match="line 2"):
        run(corpus, library)
    assert library.state() == state
    assert len(library.documents()) == 2


def test_a_missing_folder_is_wrong_usage_and_loses_nothing(
    corpus: Path, library: Library, tmp_path: Path
) -> None:
    run(corpus, library)
    with pytest.raises(UsageError, match="no such folder"):
        run(tmp_path / "elsewhere", library)
    assert len(library.documents()) == 2


def test_a_second_writer_is_refused_while_one_is_at_work(corpus: Path, library: Library) -> None:
    run(corpus, library)  # loads what is loaded at the first use, so that the time below is the refusal's own
    (corpus / "three.txt").write_text("A third text.")
    with Library.open(library.folder) as other, other.writing():
        started = time.monotonic()
        with pytest.raises(LibraryBusy, match=str(os.getpid())):
            run(corpus, library)
        assert time.monotonic() - started < 1.0


def test_a_library_inside_the_corpus_is_left_out(corpus: Path) -> None:
    with Library.open(corpus / "library", create=True) as inside:
        report = run(corpus, inside)
        assert (report.added, report.skipped) == (("one.txt", "two.txt"), {})


def test_events_count_files_pages_and_passages(corpus: Path, library: Library) -> None:
    events: list[Event] = []
    report = run(corpus, library, on_event=events.append)
    stages = [event.stage for event in events]
    assert stages[0] == "scan"
    assert stages[-1] == "done"
    files = [event for event in events if event.stage == "file"]
    assert [(event.done, event.total, event.file) for event in files] == [
        (1, 2, "one.txt"),
        (2, 2, "two.txt"),
    ]
    assert files[-1].passages == report.passages == library.counts()["passages"]
    assert files[-1].seconds_left == 0
    assert any(event.stage == "read" and event.page for event in events)


def test_a_file_that_changes_while_it_is_read_waits_for_the_next_run(corpus: Path, library: Library) -> None:
    path = corpus / "two.txt"

    def meddle(event: Event) -> None:
        if event.file == "one.txt":  # hashed already, and not read yet or just being read
            path.write_text("Something else was copied over it meanwhile.\n")

    first = run(corpus, library, on_event=meddle)
    assert list(first.waiting) == ["two.txt"]
    assert list(texts(library)) == ["one.txt"]
    run(corpus, library)
    assert texts(library)["two.txt"] == ["Something else was copied over it meanwhile."]


def test_an_empty_folder_costs_no_library_unless_asked(corpus: Path, library: Library) -> None:
    run(corpus, library)
    state = library.state()
    for path in corpus.iterdir():
        path.unlink()
    with pytest.raises(
        PinciteError, match=r"holds no documents, the library 2; nothing was changed\..*--allow-empty"
    ):
        run(corpus, library)
    assert library.state() == state
    assert run(corpus, library, dry_run=True).removed == ("one.txt", "two.txt")
    assert run(corpus, library, allow_empty=True).removed == ("one.txt", "two.txt")
    assert library.documents() == []
    assert run(corpus, library).nothing_to_do


def test_a_folder_with_one_file_left_loses_the_others(corpus: Path, library: Library) -> None:
    run(corpus, library)
    (corpus / "one.txt").unlink()
    assert run(corpus, library).removed == ("one.txt",)


def another_folder(tmp_path: Path, **texts_by_name: str) -> Path:
    folder = tmp_path / "papers"
    folder.mkdir()
    for name, text in texts_by_name.items():
        (folder / f"{name}.txt").write_text(text)
    return folder


def test_another_folder_costs_no_library_unless_asked(corpus: Path, library: Library, tmp_path: Path) -> None:
    run(corpus, library)
    state = library.state()
    # One file has the name of a document and another content: its content is not held either.
    other = another_folder(tmp_path, one="Ports in Ilo close at night.\n", ports="Ships wait in Matarani.\n")
    with pytest.raises(UsageError, match=r"--library DIR.*--allow-empty") as caught:
        run(other, library)
    said = str(caught.value)
    assert str(other) in said and str(corpus) in said and str(library.folder) in said
    assert "\n" not in said
    assert library.state() == state
    assert library.setting("corpus") == str(corpus.resolve())
    told = run(other, library, dry_run=True)
    assert (told.changed, told.added, told.removed) == (("one.txt",), ("ports.txt",), ("two.txt",))
    assert run(other, library, allow_empty=True).read == 2
    assert sorted(texts(library)) == ["one.txt", "ports.txt"]
    assert run(other, library).nothing_to_do


def test_a_moved_or_copied_folder_goes_on_with_its_library(
    corpus: Path, library: Library, tmp_path: Path
) -> None:
    run(corpus, library)
    copied = another_folder(tmp_path, renamed=TWO, new="Ports in Ilo close at night.\n")
    report = run(copied, library)
    assert (report.renamed, report.added, report.removed) == (
        (("two.txt", "renamed.txt"),),
        ("new.txt",),
        ("one.txt",),
    )
    moved = tmp_path / "moved"
    copied.rename(moved)
    assert run(moved, library).unchanged == 2


def test_another_folder_with_a_few_of_the_documents_costs_no_library_unless_asked(
    corpus: Path, library: Library, tmp_path: Path
) -> None:
    for name in ("three", "four", "five"):
        (corpus / f"{name}.txt").write_text(f"Paper {name} has words of its own.\n")
    run(corpus, library)
    state = library.state()
    (corpus / "two.txt").rename(corpus / "again.txt")
    other = another_folder(
        tmp_path, two=TWO, three="Paper three has words of its own.\n", new="Ports in Ilo.\n"
    )
    with pytest.raises(UsageError, match=r"holds only 2 of the 5 documents.*--library DIR.*--allow-empty"):
        run(other, library)
    assert library.state() == state
    assert len(run(other, library, dry_run=True).removed) == 3
    (other / "four.txt").write_text("Paper four has words of its own.\n")
    assert len(run(other, library).removed) == 2
    for path in (other / "three.txt", other / "four.txt"):
        path.unlink()
    assert len(run(other, library).removed) == 2  # the library is this folder's by now


def test_every_file_of_the_same_folder_may_be_another(corpus: Path, library: Library) -> None:
    run(corpus, library)
    for path in corpus.iterdir():
        path.unlink()
    (corpus / "three.txt").write_text("Ports in Ilo close at night.\n")
    assert run(corpus, library).removed == ("one.txt", "two.txt")


def test_pages_are_counted_only_where_there_are_some(corpus: Path, library: Library) -> None:
    assert run(corpus, library).pages == 0
    (corpus / "paged.txt").write_text("Ports in Ilo close at night.\n\fShips wait in Matarani for a week.\n")
    report = run(corpus, library)
    assert report.pages == 2 == sum(document.page_count for document in library.documents())
