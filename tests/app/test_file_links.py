"""Files are given out from inside the corpus only, by links of this server only."""

import os
from dataclasses import replace
from pathlib import Path

import pytest

from app.service.file_links import Gone, document_path, link, signature, signed
from ingest.library.library import Library
from ingest.library.records import Document


@pytest.fixture(scope="module")
def document(small_library: Path) -> Document:
    with Library.open(small_library) as library:
        found = library.document("clinics.pdf")
        assert found is not None
        return found


def named(document: Document, *names: str) -> Document:
    return replace(document, path=names[0], files=names)


def test_the_first_of_a_document_s_files_that_is_there(document: Document, small_corpus: Path) -> None:
    assert document_path(small_corpus, document) == small_corpus / "clinics.pdf"
    moved = named(document, "moved.pdf", "clinics.pdf")
    assert document_path(small_corpus, moved) == small_corpus / "clinics.pdf"


OUTSIDE = {
    "gone": "gone.pdf",
    "above": "../outside.pdf",
    "up and down": "inner/../../outside.pdf",
    "absolute": "/etc/hostname",
    "a folder": "inner",
    "a link": "link.pdf",
    "in a linked folder": "linked/outside.pdf",
    "a pipe": "pipe",
}


@pytest.mark.parametrize("case", OUTSIDE)
def test_nothing_else_is_given_out(document: Document, tmp_path: Path, case: str) -> None:
    corpus, elsewhere = tmp_path / "corpus", tmp_path / "elsewhere"
    for folder in (corpus / "inner", elsewhere):
        folder.mkdir(parents=True)
    for path in (tmp_path / "outside.pdf", elsewhere / "outside.pdf"):
        path.write_bytes(b"secret")
    (corpus / "link.pdf").symlink_to(tmp_path / "outside.pdf")
    (corpus / "linked").symlink_to(elsewhere, target_is_directory=True)
    os.mkfifo(corpus / "pipe")
    with pytest.raises(Gone):
        document_path(corpus, named(document, OUTSIDE[case]))


def test_without_a_corpus_every_file_is_gone(document: Document) -> None:
    with pytest.raises(Gone, match="no longer in the corpus folder"):
        document_path(None, document)


def test_links_are_signed_for_one_document() -> None:
    ident = "a" * 32
    assert link(ident) == f"/files/{signature(ident)}/{ident}"
    assert link(ident, 7).endswith(f"/{ident}#page=7")
    assert signed(ident, signature(ident))
    for forged in ("", "0" * 32, signature("b" * 32), signature(ident)[:-1]):
        assert not signed(ident, forged)
