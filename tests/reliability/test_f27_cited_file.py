"""F27: under a citation stands the file that was read, or nothing."""

import os
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from app.service import file_links, site
from app.service.engine import engine
from app.service.file_content import content_hash
from app.service.page_images import NoPageImage, PageImages
from app.service.site import Site
from app.web.api import application
from ingest.atomic_files import file_sha256
from ingest.errors import UnreadableFile
from ingest.sandbox.page_images import Renderer

OLD = 1_600_000_000


@pytest.fixture
def served(small_library: Path, small_corpus: Path, tmp_path: Path) -> Iterator[tuple[TestClient, Path, str]]:
    """A site over a copy of the small corpus, its PDF as it was read, and the PDF's id."""
    corpus = tmp_path / "corpus"
    shutil.copytree(small_corpus, corpus)
    os.utime(corpus / "clinics.pdf", (OLD, OLD))
    here = Site(small_library, corpus)
    before = site.current()
    site.install(here)
    found = engine().library().document("clinics.pdf")
    assert found is not None
    client = TestClient(application(here), base_url="http://127.0.0.1", client=("127.0.0.1", 9))
    yield client, corpus / "clinics.pdf", found.id
    site.install(before)


def other(data: bytes, number: int) -> bytes:
    """Return other content of the same length."""
    at = 20 + number * 7
    return data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]


SWAPS = ("in_place", "replaced", "replaced_and_dated", "cut", "grown", "link", "gone")


def swap(path: Path, how: str, number: int) -> None:
    data, facts = path.read_bytes(), path.stat()
    if how == "in_place":
        with path.open("r+b") as file:
            file.write(other(data, number))
        os.utime(path, ns=(facts.st_atime_ns, facts.st_mtime_ns))
    elif how.startswith("replaced"):
        beside = path.with_name("beside")
        beside.write_bytes(other(data, number))
        beside.replace(path)
        if how == "replaced_and_dated":
            os.utime(path, ns=(facts.st_atime_ns, facts.st_mtime_ns))
    elif how == "cut":
        path.write_bytes(data[:-1])
    elif how == "grown":
        path.write_bytes(data + b"\n")
    else:
        path.unlink()
        if how == "link":
            beside = path.with_name("beside.pdf")
            beside.write_bytes(other(data, number))
            path.symlink_to(beside.name)


@pytest.mark.parametrize("how", SWAPS)
def test_40_swapped_files_are_not_given_out(served: tuple[TestClient, Path, str], how: str) -> None:
    api, path, ident = served
    data = path.read_bytes()
    document = engine().library().document(ident)
    assert document is not None
    for number in range(6):
        path.unlink(missing_ok=True)
        path.write_bytes(data)
        os.utime(path, (OLD, OLD))
        for address in (f"/api/documents/{ident}/file", file_links.link(ident)):
            assert api.get(address).content == data
        swap(path, how, number)
        for address in (f"/api/documents/{ident}/file", file_links.link(ident)):
            answer = api.get(address)
            assert answer.status_code == (404 if how in {"gone", "link"} else 409)
            assert "PDF" not in answer.text
        with pytest.raises(NoPageImage):
            PageImages().page(path, document.sha256, 1, "", ())


def test_the_message_names_the_next_step(served: tuple[TestClient, Path, str]) -> None:
    api, path, ident = served
    swap(path, "in_place", 1)
    answer = api.get(f"/api/documents/{ident}/file")
    message = "The file has changed since it was read. Run pincite ingest to read it again."
    assert answer.json()["error"] == message


def test_another_name_with_the_same_content_is_given_out(
    served: tuple[TestClient, Path, str], tmp_path: Path
) -> None:
    _, path, ident = served
    document = engine().library().document(ident)
    assert document is not None
    twin = path.with_name("twin.pdf")
    shutil.copy(path, twin)
    swap(path, "replaced", 2)
    from dataclasses import replace

    both = replace(document, files=("clinics.pdf", "twin.pdf"))
    assert file_links.document_path(path.parent, both) == twin


def test_the_drawing_child_draws_no_other_content(small_corpus: Path, tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    shutil.copy(small_corpus / "clinics.pdf", path)
    right = content_hash(path)
    drawer = Renderer()
    try:
        first = drawer.page_image(path, 1, max_px=200, sha256=right)
        swap(path, "replaced_and_dated", 3)
        assert drawer.page_image(path, 1, max_px=200, sha256=right) == first, (
            "the content it holds is the cited one"
        )
        with pytest.raises(UnreadableFile, match="changed since it was read"):
            drawer.page_image(path, 1, max_px=200, sha256="0" * 64)
    finally:
        drawer.close()


def test_a_hash_is_read_once_and_again_after_any_change(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from app.service import file_content

    read: list[Path] = []

    def counted(path: Path, *, follow_links: bool = True) -> str:
        read.append(path)
        return file_sha256(path, follow_links=follow_links)

    monkeypatch.setattr(file_content, "file_sha256", counted)
    path = tmp_path / "a.pdf"
    path.write_bytes(b"%PDF-1.7 one")
    first = content_hash(path)
    content_hash(path)
    assert len(read) == 2, "what changed just now is not remembered"
    later = time.time_ns() + 10_000_000_000
    monkeypatch.setattr(time, "time_ns", lambda: later)
    content_hash(path)
    content_hash(path)
    assert len(read) == 3
    facts = path.stat()
    path.write_bytes(b"%PDF-1.7 two")
    os.utime(path, ns=(facts.st_atime_ns, facts.st_mtime_ns))
    assert content_hash(path) != first
