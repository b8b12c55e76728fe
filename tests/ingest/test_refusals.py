"""Files that are not read say what they are and what to do: cut short, locked, of an old kind."""

import io
import zipfile

import pytest

from ingest.errors import UnreadableFile
from ingest.readers.office_package import package_kind
from ingest.readers.ole_container import container_kind
from ingest.readers.read import detect_format, read_bytes


def word_file() -> bytes:
    import docx

    document = docx.Document()
    for number in range(200):
        document.add_paragraph(f"Paragraph {number} says that it rained.")
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def archive(**parts: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as written:
        for name, content in parts.items():
            written.writestr(name.replace("__", "/").replace("_dot_", "."), content)
    return out.getvalue()


def container(*streams: str) -> bytes:
    """Return an OLE container as far as its directory is concerned."""
    entries = ["Root Entry", *streams]
    directory = b"".join(f"{name}\0".encode("utf-16-le").ljust(128, b"\0") for name in entries)
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".ljust(512, b"\0") + bytes(512) + directory


WORD = word_file()
REFUSED = {
    "first 1,000 bytes": (WORD[:1000], "a.docx", "cut short", "failed"),
    "first 1,000 bytes under another name": (WORD[:1000], "a.bin", "cut short", "failed"),
    "first half": (WORD[: len(WORD) // 2], "a.docx", "damaged", "failed"),
    "without its central directory": (WORD[: WORD.rfind(b"PK\x01\x02")], "a.docx", "damaged", "failed"),
    "first 4 bytes": (WORD[:4], "a.docx", "cut short", "failed"),
    "no main part": (archive(docProps__app_dot_xml="x"), "a.docx", "main part", "failed"),
    "other archive": (archive(a_dot_txt="x"), "a.zip", "a ZIP archive, not a document: unpack it", "failed"),
    "OpenDocument": (archive(mimetype="x", content_dot_xml="x"), "a.odt", "OpenDocument", "failed"),
    "locked": (
        container("EncryptionInfo", "EncryptedPackage"),
        "a.docx",
        "needs a password",
        "needs_password",
    ),
    "locked workbook": (container("EncryptedPackage"), "a.xlsx", "needs a password", "needs_password"),
    "Outlook": (container("__properties_version1.0"), "a.msg", "an Outlook message (.msg)", "failed"),
    "other container": (container("Contents"), "a.pub", "an old Office file", "failed"),
    "container of zeros": (container()[:8], "a", "an old Office file", "failed"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_the_reason_says_what_it_is(name: str) -> None:
    data, called, reason, state = REFUSED[name]
    with pytest.raises(UnreadableFile) as caught:
        read_bytes(data, called)
    assert reason in caught.value.reason
    assert caught.value.state == state


CONTAINERS = {
    "a Word file": (container("WordDocument", "1Table"), "doc"),
    "a workbook in a Word file": (container("WordDocument", "ObjectPool", "Workbook"), "doc"),
    "a Word file in a workbook": (container("Workbook", "WordDocument"), "xls"),
    "slides": (container("PowerPoint Document"), "ppt"),
    "a name within a text": (container() + b"x" + "WordDocument\0".encode("utf-16-le"), ""),
    "no container": (b"WordDocument", ""),
}


@pytest.mark.parametrize("name", CONTAINERS)
def test_old_files_are_told_by_their_streams(name: str) -> None:
    data, kind = CONTAINERS[name]
    assert container_kind(data) == kind


PACKAGES = {
    "Word": (WORD, "docx"),
    "Word cut": (WORD[: len(WORD) // 2], "docx"),
    "a Word file in slides": (
        archive(ppt__presentation_dot_xml="x", ppt__embeddings__a_dot_docx="word/"),
        "pptx",
    ),
    "text that names a part": (archive(a_dot_txt="word/document.xml"), ""),
    "headers without end": (b"PK\x03\x04" * 100_000, ""),
    "a name longer than the file": (b"PK\x03\x04" + b"\xff" * 40, ""),
}


@pytest.mark.parametrize("name", PACKAGES)
def test_packages_are_told_by_their_parts(name: str) -> None:
    data, kind = PACKAGES[name]
    assert package_kind(data) == kind


def test_a_word_file_is_one_whatever_it_is_called() -> None:
    assert detect_format(WORD, "a.zip").name == "docx"
