"""Small Office files, e-books and mails made for tests."""

import io
import os
import stat
import zipfile
from collections.abc import Mapping, Sequence
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

CONTAINER = (
    '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>'
    '<rootfile full-path="OEBPS/book.opf"/></rootfiles></container>'
)


def archive(parts: Mapping[str, str | bytes]) -> bytes:
    """Return a ZIP archive of some parts."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as written:
        for name, content in parts.items():
            written.writestr(name, content)
    return out.getvalue()


def bomb(part: str) -> bytes:
    """Return an archive whose list of parts says that one unpacks to 4 GB."""
    data = archive({part: "x"})
    size = data.rfind(b"PK\x01\x02") + 24
    return data[:size] + b"\xfe\xff\xff\xff" + data[size + 4 :]


def changed(data: bytes, name: str, old: bytes, new: bytes) -> bytes:
    """Return a package with some bytes of one part replaced."""
    with zipfile.ZipFile(io.BytesIO(data)) as read:
        parts = {one: read.read(one) for one in read.namelist()}
    assert old in parts[name]
    return archive({one: body.replace(old, new) if one == name else body for one, body in parts.items()})


def workbook(
    sheets: Mapping[str, Sequence[Sequence[object]]], formats: Mapping[str, str] | None = None
) -> bytes:
    """Return an XLSX with sheets of rows; `formats` are number formats by cell of the first sheet."""
    import openpyxl

    book = openpyxl.Workbook()
    book.remove(book.active)
    book.properties.title = "Gasto en salud"
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
    for cell, number_format in (formats or {}).items():
        book.worksheets[0][cell].number_format = number_format
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def slides() -> tuple[Any, Any]:
    """Return an empty presentation and its layout of a title with bullets."""
    from pptx import Presentation

    presentation = Presentation()
    return presentation, presentation.slide_layouts[1]


def slide_bytes(presentation: Any) -> bytes:
    """Return a presentation as a file."""
    out = io.BytesIO()
    presentation.save(out)
    return out.getvalue()


def book(
    chapters: Mapping[str, str], *, spine: Sequence[str] = (), more: Mapping[str, str] | None = None
) -> bytes:
    """Return an EPUB of chapters by file name, in the order of `spine`; `more` are further parts by their path."""
    items = "".join(
        f'<item id="{name}" href="{name}" media-type="application/xhtml+xml"/>' for name in chapters
    )
    order = "".join(f'<itemref idref="{name}"/>' for name in spine or chapters)
    package = (
        '<package xmlns="http://www.idpf.org/2007/opf" xmlns:dc="http://purl.org/dc/elements/1.1/"><metadata>'
        "<dc:title>Health of migrants</dc:title><dc:creator>WHO</dc:creator><dc:language>en</dc:language></metadata>"
        f'<manifest>{items}<item id="toc" href="toc.ncx" media-type="application/x-dtbncx+xml"/></manifest>'
        f"<spine>{order}</spine></package>"
    )
    pages = {
        f"OEBPS/{name}": f'<html xmlns="http://www.w3.org/1999/xhtml"><body>{body}</body></html>'
        for name, body in chapters.items()
    }
    return archive(
        {"mimetype": "application/epub+zip", "META-INF/container.xml": CONTAINER, "OEBPS/book.opf": package}
        | pages
        | dict(more or {})
    )


def mail(plain: str = "", html: str = "", attachments: Sequence[str] = ()) -> bytes:
    """Return a mail with a plain text, an HTML text or both."""
    message = EmailMessage()
    message["From"] = "Ana Núñez <ana@example.org>"
    message["To"] = "minsa@example.org"
    message["Subject"] = "Vacunación en Tumbes"
    message["Date"] = "Mon, 02 Mar 2020 10:30:00 -0500"
    if plain:
        message.set_content(plain)
    if html and plain:
        message.add_alternative(html, subtype="html")
    elif html:
        message.set_content(html, subtype="html")
    for name in attachments:
        message.add_attachment(b"%PDF-1.4", maintype="application", subtype="pdf", filename=name)
    return message.as_bytes()


def container(stream: str) -> bytes:
    """Return an OLE container as far as its directory is concerned."""
    directory = b"".join(f"{name}\0".encode("utf-16-le").ljust(128, b"\0") for name in ("Root Entry", stream))
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".ljust(512, b"\0") + directory


def program(folder: Path, script: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Put a script called soffice first on the path; $OUT is the folder that it is told to write to."""
    file = folder / "soffice"
    file.write_text(f'#!/bin/sh\nOUT=$(echo "$*" | sed "s/.*--outdir \\([^ ]*\\).*/\\1/")\n{script}\n')
    file.chmod(file.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")


def libreoffice_making(made: bytes, suffix: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Put a program first on the path that makes one and the same new file of whatever old one it is given."""
    (folder / "made").write_bytes(made)
    program(folder, f'cp {folder}/made "$OUT/file{suffix}"', monkeypatch)
