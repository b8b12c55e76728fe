"""The package of a Word document: bounded before it is unpacked, and Strict names made those of the other form."""

import io
import zipfile

import pytest

from ingest.errors import UnreadableFile
from ingest.readers import docx_package
from ingest.readers.docx_package import check_archive, short_reason, transitional

STRICT_RELS = b'<Relationship Type="http://purl.oclc.org/ooxml/officeDocument/relationships/officeDocument"/>'
STRICT_MAIN = b'<w:document xmlns:w="http://purl.oclc.org/ooxml/wordprocessingml/main"/>'


def package(**parts: bytes) -> bytes:
    """Return a package; "__" in the name of a part stands for "/", "RELS" for the main relationships."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr({"RELS": "_rels/.rels"}.get(name, name.replace("__", "/")), content)
    return out.getvalue()


def parts_of(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_an_ordinary_package_is_let_through() -> None:
    check_archive(package(RELS=b"<a/>", word__document=b"words"))


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04" + bytes(60), b"<html>"])
def test_what_is_no_archive_is_damaged(data: bytes) -> None:
    with pytest.raises(UnreadableFile, match="damaged archive"):
        check_archive(data)


def test_an_archive_that_unpacks_to_too_much_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(docx_package, "MAX_UNPACKED", 1024 * 1024)
    check_archive(package(word=bytes(1024 * 1024)))
    with pytest.raises(UnreadableFile, match="more than 1 MB"):
        check_archive(package(word=bytes(1024 * 1024 + 1)))


def test_an_archive_of_too_many_parts_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(docx_package, "MAX_PARTS", 2)
    with pytest.raises(UnreadableFile, match="not read"):
        check_archive(package(a=b"", b=b"", c=b""))


def test_an_encrypted_part_needs_a_password() -> None:
    data = bytearray(package(word=b"words"))
    entry = data.index(b"PK\x01\x02")
    data[entry + 8] |= 1
    with pytest.raises(UnreadableFile) as refused:
        check_archive(bytes(data))
    assert refused.value.state == "needs_password"


def test_strict_names_become_transitional_and_other_parts_stay() -> None:
    found = parts_of(
        transitional(
            package(RELS=STRICT_RELS, **{"word__document.xml": STRICT_MAIN, "picture.png": STRICT_MAIN})
        )
    )
    assert (
        b"schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" in found["_rels/.rels"]
    )
    assert b"schemas.openxmlformats.org/wordprocessingml/2006/main" in found["word/document.xml"]
    assert found["picture.png"] == STRICT_MAIN


def test_a_package_that_is_not_strict_is_given_back_as_it_is() -> None:
    for data in (package(RELS=b"<a/>", word__document=STRICT_MAIN), package(word=b"no relationships")):
        assert transitional(data) == data


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (ValueError("two\nlines  of it"), "two lines of it"),
        (ValueError(""), "ValueError"),
        (ValueError("x" * 300), "x" * 100),
    ],
)
def test_reasons_are_one_short_line(error: Exception, told: str) -> None:
    assert short_reason(error) == told
