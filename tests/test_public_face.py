"""What others may import of the packages, pinned: a move inside breaks nobody."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

import ingest

ROOT = Path(__file__).parent.parent

INGEST = [
    "Document",
    "Library",
    "LibraryBusy",
    "LibraryDamaged",
    "Passage",
    "PinciteError",
    "UnreadableFile",
    "UsageError",
    "ingest_folder",
]
HEAVY = ("sqlalchemy", "pypdf", "pypdfium2", "numpy", "msgspec")


def loaded_after(code: str) -> list[str]:
    """Return which of `HEAVY` a fresh process has loaded after running this."""
    code = f"import sys\n{code}\nprint(' '.join(name for name in {HEAVY} if name in sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    return done.stdout.split()


def test_the_face_of_ingest_is_this() -> None:
    assert ingest.__all__ == INGEST
    for name in INGEST:
        assert getattr(ingest, name).__name__ == name


def test_each_name_is_the_one_that_its_module_has() -> None:
    from ingest.errors import PinciteError
    from ingest.library.library import Library
    from ingest.passage import Passage
    from ingest.pipeline import ingest_folder

    assert (ingest.PinciteError, ingest.Library) == (PinciteError, Library)
    assert (ingest.Passage, ingest.ingest_folder) == (Passage, ingest_folder)


def test_what_is_not_there_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'Librarian'"):
        getattr(ingest, "Librarian")  # noqa: B009  # a literal attribute would not pass the type checker


@pytest.mark.parametrize("code", ["import ingest", "import ingest.errors", "from ingest import PinciteError"])
def test_the_face_loads_nothing_that_nobody_asked_for(code: str) -> None:
    assert loaded_after(code) == []


def test_a_name_loads_what_it_needs() -> None:
    assert "sqlalchemy" in loaded_after("from ingest import Library")


def test_nobody_inside_the_packages_goes_through_the_face() -> None:
    through = re.compile(
        r"^\s*(?:from ingest import (?!errors\b)[A-Z]|from ingest import ingest_folder|import ingest$)", re.M
    )
    packages = [path for name in ("app", "evals", "index", "ingest") for path in (ROOT / name).rglob("*.py")]
    assert [str(path) for path in packages if through.search(path.read_text(encoding="utf-8"))] == []


def test_a_folder_is_ingested_and_read_by_the_face_alone(tmp_path: Path) -> None:
    (tmp_path / "corpus").mkdir()
    (tmp_path / "corpus" / "paper.txt").write_text(
        "Clinics in Lima open early, and nurses see newcomers first.\n"
    )
    with ingest.Library.open(tmp_path / "library", create=True) as library:
        report = ingest.ingest_folder(tmp_path / "corpus", library, settle=0.01)
        document: ingest.Document | None = library.document("paper.txt")
        passage: ingest.Passage = next(library.passages()).passage
    assert report.added == ("paper.txt",)
    assert document is not None and document.state == "ready"
    assert passage.text.startswith("Clinics in Lima")
    with pytest.raises(ingest.PinciteError):
        ingest.Library.open(tmp_path / "none")
