"""A document taken out of its folder, put back, and replaced: nothing is destroyed, nothing outside is touched."""

from pathlib import Path

import pytest

from app.service.document_files import REMOVED, put_back, replace, take_out, undo, within
from ingest.errors import PinciteError, UsageError


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    folder = tmp_path / "corpus"
    (folder / "law").mkdir(parents=True)
    (folder / "a.pdf").write_bytes(b"first")
    (folder / "law" / "b.pdf").write_bytes(b"first")
    return folder


def names(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def test_all_copies_of_a_document_are_taken_out_and_come_back(corpus: Path, tmp_path: Path) -> None:
    taken = take_out(corpus, tmp_path / "library", "Paper", ["a.pdf", "law/b.pdf"])
    assert names(corpus) == []
    kept = list((tmp_path / "library" / REMOVED).rglob("*.pdf"))
    assert sorted(path.name for path in kept) == ["a.pdf", "b.pdf"]
    assert put_back(taken)
    assert names(corpus) == ["a.pdf", "law/b.pdf"] and (corpus / "a.pdf").read_bytes() == b"first"


def test_a_name_that_was_taken_meanwhile_is_not_overwritten(corpus: Path, tmp_path: Path) -> None:
    taken = take_out(corpus, tmp_path / "library", "Paper", ["a.pdf"])
    (corpus / "a.pdf").write_bytes(b"somebody's")
    assert not put_back(taken)
    assert (corpus / "a.pdf").read_bytes() == b"somebody's"
    assert taken.moved[0][1].read_bytes() == b"first"


def test_a_replacement_has_the_name_and_the_old_file_is_kept(corpus: Path, tmp_path: Path) -> None:
    taken = replace(corpus, tmp_path / "library", "Paper", "a.pdf", b"second")
    assert names(corpus) == ["a.pdf", "law/b.pdf"] and (corpus / "a.pdf").read_bytes() == b"second"
    assert undo(taken)
    assert (corpus / "a.pdf").read_bytes() == b"first"
    assert b"second" in [
        path.read_bytes() for path in (tmp_path / "library" / REMOVED).rglob("*.replacement")
    ]


def test_a_file_that_is_gone_is_told(corpus: Path, tmp_path: Path) -> None:
    (corpus / "a.pdf").unlink()
    with pytest.raises(PinciteError, match="no longer in the folder"):
        take_out(corpus, tmp_path / "library", "Paper", ["a.pdf"])


@pytest.mark.parametrize("name", ["../outside.pdf", "law/../../outside.pdf"])
def test_files_outside_the_folder_are_not_touched(corpus: Path, tmp_path: Path, name: str) -> None:
    (tmp_path / "outside.pdf").write_bytes(b"mine")
    with pytest.raises(UsageError, match="not a file of the folder"):
        take_out(corpus, tmp_path / "library", "Paper", [name])
    assert (tmp_path / "outside.pdf").read_bytes() == b"mine"


def test_links_are_not_followed(corpus: Path, tmp_path: Path) -> None:
    (tmp_path / "outside.pdf").write_bytes(b"mine")
    (corpus / "link.pdf").symlink_to(tmp_path / "outside.pdf")
    with pytest.raises(UsageError, match="not a file of the folder"):
        within(corpus, "link.pdf")


def test_what_cannot_be_written_leaves_everything(
    corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> None:
        raise OSError(28, "No space left on device", "a.pdf")

    monkeypatch.setattr(Path, "replace", fails)
    with pytest.raises(PinciteError, match="cannot be replaced: No space left"):
        replace(corpus, tmp_path / "library", "Paper", "a.pdf", b"second")
    assert names(corpus) == ["a.pdf", "law/b.pdf"] and (corpus / "a.pdf").read_bytes() == b"first"
