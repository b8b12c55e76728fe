"""Word, Excel and PowerPoint files up to 2003: read through LibreOffice where it is, else named for what they are."""

import os
import time
from pathlib import Path

import docx
import pytest
from office_samples import container, program

from ingest.errors import UnreadableFile
from ingest.readers.limits import Limits
from ingest.readers.old_office import installed_program
from ingest.readers.read import read_bytes

needs_sh = pytest.mark.skipif(os.name == "nt", reason="the stand-in for LibreOffice is a shell script")


OLD = {
    "a.doc": ("WordDocument", "an old Word file (.doc): save it as DOCX or PDF"),
    "a.xls": ("Workbook", "an old Excel file (.xls): save it as XLSX"),
    "b.xls": ("Book", "an old Excel file (.xls): save it as XLSX"),
    "a.ppt": ("PowerPoint Document", "an old PowerPoint file (.ppt): save it as PPTX or PDF"),
}


@pytest.mark.parametrize("name", OLD)
def test_without_libreoffice_an_old_file_is_named(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    stream, reason = OLD[name]
    monkeypatch.setenv("PATH", "")
    with pytest.raises(UnreadableFile) as caught:
        read_bytes(container(stream), name)
    assert caught.value.reason == reason


@needs_sh
def test_what_libreoffice_makes_is_read_as_the_old_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    document = docx.Document()
    document.add_paragraph("It rained.")
    document.save(str(tmp_path / "made.docx"))
    program(tmp_path, f'cp {tmp_path}/made.docx "$OUT/file.docx"', monkeypatch)
    source = read_bytes(container("WordDocument"), "a.doc")
    assert (source.format, source.pages[0].text) == ("doc", "It rained.")


@needs_sh
def test_macros_and_links_are_switched_off(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program(tmp_path, f'cp "$OUT/profile/user/registrymodifications.xcu" {tmp_path}/seen', monkeypatch)
    with pytest.raises(UnreadableFile, match="LibreOffice cannot read it"):
        read_bytes(container("WordDocument"), "a.doc")
    seen = (tmp_path / "seen").read_text()
    assert "DisableMacrosExecution" in seen
    assert "BlockUntrustedRefererLinks" in seen


@needs_sh
def test_a_program_that_hangs_is_ended_with_its_children(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program(tmp_path, f"sleep 60 & echo $! > {tmp_path}/pid; wait", monkeypatch)
    with pytest.raises(UnreadableFile, match="takes too long"):
        read_bytes(container("WordDocument"), "a.doc", limits=Limits(wall=2))
    child = int((tmp_path / "pid").read_text())
    for _ in range(50):
        if not Path(f"/proc/{child}").exists() or "Z" in Path(f"/proc/{child}/stat").read_text().split()[2]:
            break
        time.sleep(0.1)
    else:
        pytest.fail("the child of the program still runs")


@pytest.mark.skipif(installed_program() is None, reason="LibreOffice is not installed")
def test_libreoffice_that_gives_nothing_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UnreadableFile):
        read_bytes(container("WordDocument"), "a.doc")


def test_a_word_file_without_properties_has_no_made_up_title() -> None:
    from office_samples import archive

    parts = {
        "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.'
        'wordprocessingml.document.main+xml"/></Types>',
        "_rels/.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        '<Relationship Id="r" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/'
        'officeDocument" Target="word/document.xml"/></Relationships>',
        "word/document.xml": '<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">'
        "<w:body><w:p><w:r><w:t>It rained.</w:t></w:r></w:p></w:body></w:document>",
    }
    source = read_bytes(archive(parts), "a.docx")
    assert (source.pages[0].text, source.info) == ("It rained.", {})
