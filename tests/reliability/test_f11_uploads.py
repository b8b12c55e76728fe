"""Uploads: checked on the server, named by us, never over anything, never outside the folder."""

import errno
import hashlib
import os
from pathlib import Path

import pytest

from app.i18n import words
from app.service import uploads
from app.service.uploads import safe_name, store

PDF = b"%PDF-1.7\n%%EOF\n"
NAMES = [
    "a.pdf", "../../etc/passwd.pdf", "..\\..\\x.pdf", "/absolute/x.pdf", "C:\\x.pdf", "x.pdf/", ".hidden.pdf",
    "con.pdf", "a" * 400 + ".pdf", "\x00nul.pdf", "new\nline.pdf", "\u202efdp.exe", "ñandú.pdf", "名前.pdf",
    "x.pdf\x00.exe", "~$lock.pdf", "x.part", "x.crdownload", "-rf.pdf", "=cmd.pdf", "$(id).pdf", "`id`.pdf",
    "a b.pdf", "a;b.pdf", "a|b.pdf", "%2e%2e%2f.pdf", "..", ".", "", " ", "catalogue.toml", "a.pdf.toml", "CURRENT",
    "x.html", "<img>.pdf", "'q'.pdf", '"q".pdf', "a:b.pdf", "nul", "\udcff.pdf",
]  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_forty_names_stay_inside(name: str, tmp_path: Path) -> None:
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    (corpus / "catalogue.toml").write_text("# mine")
    done = store(corpus, name, PDF, max_mb=1, known={})
    assert done.outcome == "stored"
    stored = [path for path in tmp_path.rglob("*") if path.is_file() and path.name != "catalogue.toml"]
    assert stored == [done.path]
    assert done.path is not None and done.path.parent == corpus and done.path.suffix == ".pdf"
    assert done.path.read_bytes() == PDF
    assert (corpus / "catalogue.toml").read_text() == "# mine"


def test_there_are_forty_names() -> None:
    assert len(NAMES) == 40


def test_names_are_plain_and_bounded() -> None:
    for name in NAMES:
        made = safe_name(name, "ab" * 32)
        assert made.isprintable() and len(made) <= 80 and not made.startswith((".", "~", "-", " "))
        assert not set(made) & set('<>:"/\\|?*$`;%=\0')
    assert safe_name("Política Migratoria (2022).pdf", "ab" * 32) == "Política Migratoria (2022)-abababab.pdf"


KINDS = {
    "Informe final.docx": "docx",
    "Nota.html": "html",
    "Lista de aldeas.txt": "txt",
    "LEAME.MD": "md",
}


def content_of(kind: str) -> bytes:
    if kind == "docx":
        import io

        import docx

        document, out = docx.Document(), io.BytesIO()
        document.add_paragraph("Clinics open at seven.")
        document.save(out)
        return out.getvalue()
    return b"<html><body><p>Clinics</p></body></html>" if kind == "html" else "Clínicas.\n".encode()


@pytest.mark.parametrize("name", KINDS)
def test_other_kinds_keep_their_names_and_endings(name: str, tmp_path: Path) -> None:
    data = content_of(KINDS[name])
    done = store(tmp_path, name, data, max_mb=1, known={})
    assert done.outcome == "stored" and done.path is not None
    assert done.path.name.startswith(name.rpartition(".")[0]) and done.path.suffix == f".{KINDS[name]}"
    assert store(tmp_path, f"copy of {name}", data, max_mb=1, known={}).outcome == "duplicate"


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("photo.jpg", b"\xff\xd8\xff\xe0\x00\x10JFIF"), ("letter.docx", b"PK\x03\x04 not a package"),
        ("notes.txt", bytes(range(256)) * 8), ("program.exe", b"MZ\x90\x00"), ("clinics", b"plain words"),
    ],
)  # fmt: skip
def test_what_is_not_read_is_refused(name: str, data: bytes, tmp_path: Path) -> None:
    assert store(tmp_path, name, data, max_mb=1, known={}).outcome == "not_read"
    assert list(tmp_path.iterdir()) == []


def test_refused_files(tmp_path: Path) -> None:
    assert store(tmp_path, "x.pdf", b"hello", max_mb=1, known={}).outcome == "not_pdf"
    assert store(tmp_path, "x.pdf", PDF + b"0" * (1 << 20), max_mb=1, known={}).outcome == "too_large"
    sha = hashlib.sha256(PDF).hexdigest()
    twin = store(tmp_path, "x.pdf", PDF, max_mb=1, known={sha: "Old title"})
    assert (twin.outcome, twin.twin) == ("duplicate", "Old title")
    assert list(tmp_path.iterdir()) == []


def test_an_existing_file_is_never_replaced(tmp_path: Path) -> None:
    first = store(tmp_path, "x.pdf", PDF, max_mb=1, known={})
    assert first.path is not None
    first.path.write_bytes(b"somebody's")
    assert store(tmp_path, "x.pdf", PDF, max_mb=1, known={}).outcome == "duplicate"
    assert first.path.read_bytes() == b"somebody's"


def test_a_full_disk_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    done = store(tmp_path, "x.pdf", PDF, max_mb=1, known={})
    assert done.outcome == "disk_full"
    assert list(tmp_path.iterdir()) == []
    assert uploads.message(words("en"), done, 50) == "Could not save x.pdf: the disk is full."


def test_a_folder_without_links_takes_files_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def none(*_: object) -> None:
        raise OSError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(os, "link", none)
    done = store(tmp_path, "x.pdf", PDF, max_mb=1, known={})
    assert done.outcome == "stored"
    assert done.path is not None
    assert [path.read_bytes() for path in tmp_path.iterdir()] == [PDF]
    assert store(tmp_path, "x.pdf", PDF, max_mb=1, known={}).outcome == "duplicate"
    monkeypatch.setattr(Path, "exists", lambda _: False)  # somebody is quicker
    done.path.write_bytes(b"somebody's")
    assert store(tmp_path, "x.pdf", PDF, max_mb=1, known={}).outcome == "failed"
    assert [path.read_bytes() for path in tmp_path.iterdir()] == [b"somebody's"]


MESSAGES = {
    "not_pdf": "x.pdf: not a PDF file.",
    "too_large": "x.pdf: larger than 50 MB.",
    "duplicate": "x.pdf: already in the library as Twin.",
}


@pytest.mark.parametrize("outcome", MESSAGES)
def test_messages_are_those_of_the_specification(outcome: str) -> None:
    done = uploads.Upload("x.pdf", outcome, twin="Twin")  # type: ignore[arg-type]
    assert uploads.message(words("en"), done, 50) == MESSAGES[outcome]
