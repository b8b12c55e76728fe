"""How a library stands to its folder, each state driven by real files and real ingests, and what the page calls it."""

import os
import shutil
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from pdf_samples import picture, scan

from app.i18n import words
from app.service import ingest_jobs, standing
from app.service.engine import Engine
from app.service.site import Site
from app.ui.library.file_status import Event, rows
from ingest.corpus.place import corpus_path
from ingest.library.lock import WriterLock

HAVE_OCR = shutil.which("tesseract") is not None


def ingest(corpus: Path, library: Path, **environment: str) -> int:
    command = [sys.executable, "-m", "app.cli", "ingest", str(corpus), "--library", str(library)]
    return subprocess.run(
        [*command, "--progress", "none"], env={**os.environ, **environment}, check=False, timeout=300
    ).returncode


@pytest.fixture
def machine(small_corpus: Path, small_library: Path, tmp_path: Path) -> Engine:
    corpus = Path(shutil.copytree(small_corpus, tmp_path / "corpus"))
    return Engine(Site(Path(shutil.copytree(small_library, tmp_path / "library")), corpus))


def looked(machine: Engine) -> standing.Standing:
    """Look anew, however short ago the last look was."""
    with pytest.MonkeyPatch.context() as now:
        now.setattr(standing, "LOOK_EVERY", 0.0)
        now.setattr(standing, "COST_SHARE", 1e9)
        now.setattr(standing, "COST_SHARE_OF_CHANGES", 1e9)
        now.setattr(standing, "AT_ONCE", 60.0)
        return standing.standing(machine)


def called(machine: Engine, name: str) -> list[str]:
    """Return what the table of the page calls the file: one line, whatever its state."""
    found = looked(machine)
    event: Event | None = None if found.ingest is None else {}
    table = rows(machine.library(), words("en"), found.new, event, better=found.better, removed=found.removed)
    return [row.status for row in table if row.file == name]


def corpus_of(machine: Engine) -> Path:
    corpus = machine.corpus()
    assert corpus is not None
    return corpus


def test_nothing_is_behind_after_an_ingest(machine: Engine) -> None:
    assert looked(machine) == standing.Standing() and not looked(machine).behind
    assert called(machine, "broken.pdf") == ["Damaged"]


def test_a_new_a_changed_and_a_removed_file(machine: Engine) -> None:
    corpus = corpus_of(machine)
    (corpus / "later.txt").write_text("A later paper on clinics.\n", encoding="utf-8")
    (corpus / "mental.txt").write_text("Otro texto sobre clínicas.\n", encoding="utf-8")
    (corpus / "note.html").unlink()
    found = looked(machine)
    assert (found.new, found.better, found.removed) == (("later.txt", "mental.txt"), (), ("note.html",))
    assert called(machine, "later.txt") == ["Not read yet"]
    assert called(machine, "mental.txt") == ["Changed since it was read"]
    assert called(machine, "note.html") == ["No longer in the folder"]
    assert ingest(corpus, machine.site.library) == 3
    assert not looked(machine).behind
    assert called(machine, "note.html") == [] and called(machine, "later.txt") == ["Metadata missing"]


def test_a_duplicate_and_an_encrypted_file(machine: Engine) -> None:
    from pypdf import PdfWriter

    corpus = corpus_of(machine)
    shutil.copy(corpus / "clinics.pdf", corpus / "twin.pdf")
    with PdfWriter(clone_from=corpus / "clinics.pdf") as writer:
        writer.encrypt("secret", algorithm="AES-256")
        writer.write(corpus / "locked.pdf")
    assert ingest(corpus, machine.site.library) == 3
    assert called(machine, "twin.pdf") == ["Duplicate of Clinics in Lima"]
    assert called(machine, "locked.pdf") == ["Encrypted"]


def test_an_ingest_of_another_process_is_told_and_ends_being_told(machine: Engine) -> None:
    (corpus_of(machine) / "later.txt").write_text("A later paper on clinics.\n", encoding="utf-8")
    with WriterLock(machine.site.library):
        assert looked(machine).ingest == "another"
        assert called(machine, "later.txt") == ["Queued"]
    assert looked(machine).ingest is None
    assert called(machine, "later.txt") == ["Not read yet"]


def test_an_ingest_of_our_own_is_told(machine: Engine) -> None:
    (corpus_of(machine) / "later.txt").write_text("A later paper on clinics.\n", encoding="utf-8")
    job = ingest_jobs.start(corpus_of(machine), machine.site)
    assert looked(machine).ingest == "ours"
    assert job.process.wait(120) == 3
    assert not looked(machine).behind


@pytest.mark.skipif(not HAVE_OCR, reason="needs the program tesseract")
def test_a_scan_can_be_read_better_once_ocr_is_installed(
    machine: Engine, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    corpus, library = corpus_of(machine), machine.site.library
    (corpus / "scan.pdf").write_bytes(scan(picture()))
    programs = tmp_path / "programs"
    programs.mkdir()
    monkeypatch.setenv("PATH", str(programs))
    assert ingest(corpus, library) == 3
    assert called(machine, "scan.pdf") == ["No text layer"] and not looked(machine).behind
    (programs / "tesseract").symlink_to("/usr/bin/tesseract")
    assert looked(machine).better == ("scan.pdf",) and looked(machine).new == ()
    assert called(machine, "scan.pdf") == ["Can be read better"]
    assert ingest(corpus, library) == 3
    assert not looked(machine).behind and called(machine, "scan.pdf") == ["Metadata missing"]


def test_the_folder_is_looked_at_once_for_many_who_ask(
    machine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks: list[int] = []

    def inspected(*_: object) -> ingest_jobs.Unread:
        looks.append(1)
        return ingest_jobs.Unread(("a.pdf",))

    monkeypatch.setattr(ingest_jobs, "unread", inspected)
    standing.standing(machine)
    several = [threading.Thread(target=standing.standing, args=(machine,)) for _ in range(8)]
    for one in several:
        one.start()
    for one in several:
        one.join()
    assert len(looks) == 1
    monkeypatch.setattr(standing, "LOOK_EVERY", 0.0)
    monkeypatch.setattr(standing, "COST_SHARE", 1e9)
    standing.standing(machine)
    assert len(looks) == 2


def test_what_an_ingest_made_between_two_looks_is_another_state(machine: Engine) -> None:
    """Its lock and the files that waited for it were seen by no look: how the folder stands is as it was."""
    before = standing.shown_state(machine)
    (corpus_of(machine) / "bad.pdf").write_bytes(b"%PDF-1.7\nnothing\n")
    assert ingest(corpus_of(machine), machine.site.library) == 3
    looked(machine)
    after = standing.shown_state(machine)
    assert before[0] == after[0] == standing.Standing()
    assert before != after and after == standing.shown_state(machine)


def test_without_a_library_there_is_no_mark(tmp_path: Path) -> None:
    (tmp_path / "one.txt").write_text("One paper.\n", encoding="utf-8")
    nothing = Engine(Site(tmp_path / "none", tmp_path))
    assert standing.shown_state(nothing) == (standing.Standing(new=("one.txt",)), "")


def test_a_folder_that_lists_other_files_is_looked_at_again_at_once(
    machine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(standing, "LOOK_EVERY", 0.0)
    monkeypatch.setattr(standing, "COST_SHARE", 1e-9)
    looks: list[int] = []

    def inspected(*_: object) -> ingest_jobs.Unread:
        looks.append(1)
        return ingest_jobs.Unread()

    monkeypatch.setattr(ingest_jobs, "unread", inspected)
    standing._INSPECTIONS[machine.site.library, machine.corpus()] = standing._Inspection(listing=0.0)
    for expected, act in (
        (1, lambda: None),
        (2, lambda: None),  # the first look tells nothing of what a look costs
        (2, lambda: None),
        (3, lambda: (corpus_of(machine) / "late.txt").write_text("late")),
        (4, lambda: (corpus_of(machine) / "late.txt").write_text("later")),
        (5, (corpus_of(machine) / "late.txt").unlink),
    ):
        act()
        standing.standing(machine)
        standing._INSPECTIONS[machine.site.library, machine.corpus()].listing = 0.0
        assert len(looks) == expected


def test_a_store_is_listed_again_only_after_its_time_or_an_ingest(
    machine: Engine, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    store = Engine(Site(machine.site.library, corpus_path("s3://papers/un")))
    listings: list[Path | None] = []

    def listed(_: Path, corpus: Path | None) -> object:
        listings.append(corpus)
        return "as before"

    monkeypatch.setattr(ingest_jobs, "listed", listed)
    monkeypatch.setattr(ingest_jobs, "unread", lambda *_: ingest_jobs.Unread(("new.pdf",)))
    monkeypatch.setattr(standing, "LOOK_EVERY", 0.0)
    for _ in range(20):
        assert standing.standing(store).new == ("new.pdf",)
    assert listings == [store.corpus()], "once for each look of twenty seconds"
    with WriterLock(machine.site.library):
        standing.standing(store)
    assert len(listings) == 2, "an ingest begins"
    standing.standing(store)
    assert len(listings) == 3, "and ends"
    monkeypatch.setattr(standing, "LOOK_EVERY_OF_A_STORE", 0.0)
    monkeypatch.setattr(standing, "COST_SHARE", 1e9)
    standing.standing(store)
    assert len(listings) == 4


def test_what_a_folder_lists_is_told_without_opening_a_file(tmp_path: Path) -> None:
    paper = tmp_path / "one.txt"
    paper.write_text("One paper.\n", encoding="utf-8")
    first = ingest_jobs.listed(tmp_path / "library", tmp_path)
    assert first == ingest_jobs.listed(tmp_path / "library", tmp_path) is not None
    paper.write_text("Another paper.\n", encoding="utf-8")
    assert ingest_jobs.listed(tmp_path / "library", tmp_path) != first
    assert ingest_jobs.listed(tmp_path / "library", None) is None
    assert ingest_jobs.listed(tmp_path / "library", tmp_path / "gone") is None
