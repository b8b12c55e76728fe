"""What a library holds and what of its corpus is not searchable yet."""

import shutil
from pathlib import Path

import pytest

from app.checks.status import Unsearchable, document_counts, library_status, unsearchable
from app.service import ingest_jobs
from ingest.errors import PinciteError
from ingest.library.library import Library

STATES = {
    "nothing": (Unsearchable((), (), (), stale=False), False),
    "new": (Unsearchable(("a",), (), (), stale=False), True),
    "changed": (Unsearchable((), ("a",), (), stale=False), True),
    "removed": (Unsearchable((), (), ("a",), stale=False), True),
    "stale": (Unsearchable((), (), (), stale=True), True),
}


@pytest.mark.parametrize("case", STATES)
def test_anything_that_is_not_searchable_counts(case: str) -> None:
    found, wanted = STATES[case]
    assert found.any is wanted


@pytest.fixture
def moved(small_library: Path, small_corpus: Path, tmp_path: Path) -> tuple[Path, Path]:
    """A copy of the small corpus, and of its library, which knows of this copy."""
    corpus = shutil.copytree(small_corpus, tmp_path / "corpus")
    library = shutil.copytree(small_library, tmp_path / "library")
    with Library.open(library) as opened:
        opened.set_setting("corpus", str(corpus))
    return corpus, library


def test_a_library_that_is_up_to_date(moved: tuple[Path, Path]) -> None:
    corpus, library = moved
    found = library_status(library)
    assert found["corpus"] == str(corpus)
    assert found["not_searchable"] == {"new": (), "changed": (), "removed": (), "stale": False}
    assert found["snapshot"]["passages"] == found["passages"] <= found["snapshot"]["vectors"]
    assert found["coverage"] == {"share": 1.0, "worst": []}
    assert found["snapshot"]["model"] and found["ingest_running"] is False


def test_new_changed_and_removed_files_are_named(moved: tuple[Path, Path]) -> None:
    corpus, library = moved
    (corpus / "later.txt").write_text("A later paper.\n", encoding="utf-8")
    (corpus / "mental.txt").write_text("Another text.\n", encoding="utf-8")
    (corpus / "note.html").unlink()
    found = library_status(library)["not_searchable"]
    assert found == {
        "new": ("later.txt",),
        "changed": ("mental.txt",),
        "removed": ("note.html",),
        "stale": False,
    }
    assert ingest_jobs.unsearchable(library, corpus) == ["later.txt", "mental.txt"]


def test_a_corpus_that_is_gone_is_not_compared(moved: tuple[Path, Path]) -> None:
    corpus, library = moved
    shutil.rmtree(corpus)
    with Library.open(library) as opened:
        assert unsearchable(opened, opened.state()) == Unsearchable((), (), (), stale=False)
        assert unsearchable(opened, None).stale
    assert ingest_jobs.unsearchable(library, corpus) == []


def test_documents_are_counted_by_state_with_the_reasons(small_library: Path) -> None:
    with Library.open(small_library) as library:
        found = document_counts(library.documents())
    assert found["total"] == 4 and found["by_state"] == {"failed": 1, "ready": 3}
    assert [item["file"] for item in found["unreadable"]] == ["broken.pdf"]
    assert found["incomplete"] == [] and found["pages"] == 4
    assert found["unreadable"][0]["reason"]


def test_without_a_library_there_is_no_status(tmp_path: Path) -> None:
    with pytest.raises(PinciteError):
        library_status(tmp_path / "none")
    (tmp_path / "one.txt").write_text("One.\n", encoding="utf-8")
    assert ingest_jobs.unsearchable(tmp_path / "none", tmp_path) == ["one.txt"]
    assert ingest_jobs.unsearchable(tmp_path / "none", None) == []
