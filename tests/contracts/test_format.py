"""What holds of every format that is read; a further one is checked as soon as it stands in `FORMATS`."""

from io import BytesIO
from pathlib import Path

import pytest
from docx import Document as WordDocument
from office_samples import book, container, libreoffice_making, mail, slide_bytes, slides, workbook
from pdf_samples import simple

from ingest.corpus.folder import scan
from ingest.errors import UnreadableFile
from ingest.readers.formats import FORMATS, SUFFIXES, Evidence, Format, Hooks, drawable, format_named
from ingest.readers.limits import Limits
from ingest.readers.read import detect_format, read_bytes

WORDS = "Clinics in Lima open early, and nurses see newcomers first."


def word_file() -> bytes:
    document = WordDocument()
    document.add_paragraph(WORDS)
    out = BytesIO()
    document.save(out)
    return out.getvalue()


def slide_file() -> bytes:
    presentation, layout = slides()
    slide = presentation.slides.add_slide(layout)
    slide.shapes.title.text, slide.placeholders[1].text = "Clinics", WORDS
    return slide_bytes(presentation)


# A sound file of each format; a new format brings one.
SAMPLES = {
    "pdf": simple(1),
    "docx": word_file(),
    "xlsx": workbook({"Clinics": [["Place", "Opens"], ["Lima", WORDS]]}),
    "pptx": slide_file(),
    "epub": book({"one.xhtml": f"<p>{WORDS}</p>"}),
    "rtf": b"{\\rtf1\\ansi " + WORDS.encode() + b"\\par}",
    "doc": container("WordDocument"),
    "xls": container("Workbook"),
    "ppt": container("PowerPoint Document"),
    "eml": mail(f"{WORDS}\n"),
    "html": f"<html><body><p>{WORDS}</p></body></html>".encode(),
    "md": f"# Clinics\n\n{WORDS}\n".encode(),
    "txt": f"{WORDS}\n".encode(),
}

# Formats that LibreOffice turns into others.
CONVERTED = {"doc": "docx", "xls": "xlsx", "ppt": "pptx"}

every_format = pytest.mark.parametrize("kind", FORMATS, ids=[one.name for one in FORMATS])


def test_each_format_has_a_sample_and_a_name_of_its_own() -> None:
    assert sorted(SAMPLES) == sorted({one.name for one in FORMATS})
    assert len(SUFFIXES) == sum(len(one.suffixes) for one in FORMATS)


@every_format
def test_it_is_found_by_name_and_its_sample_is_told_to_be_it(kind: Format) -> None:
    assert format_named(kind.name) is kind
    for suffix in kind.suffixes:
        assert suffix == suffix.lower() and suffix.startswith(".")
        assert detect_format(SAMPLES[kind.name], f"A PAPER{suffix.upper()}") is kind


@every_format
def test_what_it_says_of_itself_fits_what_it_reads(
    kind: Format, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if kind.name in CONVERTED:
        new = CONVERTED[kind.name]
        libreoffice_making(SAMPLES[new], f".{new}", tmp_path, monkeypatch)
    pages: list[tuple[int, int]] = []
    source = kind.read(
        SAMPLES[kind.name], Limits(), Hooks(on_page=lambda done, total: pages.append((done, total)))
    )
    assert source.format == kind.name
    assert source.paged == (kind.unit == "page")
    assert source == read_bytes(SAMPLES[kind.name], f"paper{kind.suffixes[0]}")
    assert pages[-1] == (len(source.pages), len(source.pages))
    for page in source.pages:
        assert all(0 <= line.start <= line.end <= len(page.text) for line in page.lines)


@every_format
def test_only_fixed_pages_can_be_drawn(kind: Format) -> None:
    assert drawable(kind.name) == kind.drawable
    assert kind.unit == "page" or not kind.drawable
    assert "/" in kind.mime


@every_format
def test_what_only_bears_its_name_is_refused_or_read_as_something_else(kind: Format) -> None:
    """Two bytes with a NUL are no file of any kind: the reader says so in one line, whatever the name."""
    with pytest.raises(UnreadableFile) as caught:
        read_bytes(b"\x00\x01", f"paper{kind.suffixes[0]}")
    assert caught.value.reason and "\n" not in caught.value.reason


@every_format
def test_the_corpus_folder_takes_its_files_up(kind: Format, tmp_path: Path) -> None:
    (tmp_path / f"paper{kind.suffixes[-1]}").write_bytes(SAMPLES[kind.name])
    assert [stamp.path for stamp in scan(tmp_path).stamps] == [f"paper{kind.suffixes[-1]}"]


def test_content_goes_before_the_name() -> None:
    assert detect_format(SAMPLES["html"], "paper.txt").name == "html"
    assert detect_format(SAMPLES["pdf"], "paper.docx").name == "pdf"
    assert [one.sniff(SAMPLES["txt"], "x").name for one in FORMATS] == [
        *["NONE"] * (len(FORMATS) - 1),
        Evidence.NAME.name,
    ]


def test_what_is_not_known_is_no_format_and_cannot_be_drawn() -> None:
    assert format_named("") is None
    assert not drawable("")
    assert not drawable("odt")
