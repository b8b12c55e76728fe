"""The second reading gives back what it took: tables of characters of pages already read."""

import io

import pypdf
import pytest
from pdf_samples import simple
from pypdf.generic import DecodedStreamObject, DictionaryObject, NameObject

from ingest.readers.pdf import pypdf_reader
from ingest.readers.pdf.pypdf_reader import SecondReader

TABLE = b"1 beginbfrange <0000> <EA5F> <0000> endbfrange"


def mapped(pages: int) -> bytes:
    """Return pages whose fonts map 60,000 characters each."""
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(simple(pages)))
    stream = DecodedStreamObject()
    stream.set_data(TABLE)
    for page in writer.pages:
        resources = page["/Resources"].get_object()
        assert isinstance(resources, DictionaryObject)
        fonts = resources["/Font"].get_object()
        assert isinstance(fonts, DictionaryObject)
        for font in fonts.values():
            font.get_object()[NameObject("/ToUnicode")] = stream
    buffer = io.BytesIO()
    writer.write(buffer)
    return buffer.getvalue()


def clearings(data: bytes, pages: int, monkeypatch: pytest.MonkeyPatch) -> int:
    """Return how often Python was asked to clear what nothing refers to any more."""
    cleared: list[int] = []
    monkeypatch.setattr("gc.collect", lambda: cleared.append(1))
    reader = SecondReader(data)
    for index in range(pages):
        reader.effort(index, 100)
        assert reader.text(index, 60.0)
    return len(cleared)


def test_large_tables_of_pages_already_read_are_given_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pypdf_reader, "CODES_LEFT", 50_000)
    assert clearings(mapped(2), 2, monkeypatch) == 2


def test_small_tables_are_left_to_python(monkeypatch: pytest.MonkeyPatch) -> None:
    assert clearings(simple(3), 3, monkeypatch) == 0


def test_tables_are_counted_until_they_are_cleared(monkeypatch: pytest.MonkeyPatch) -> None:
    fonts = SecondReader(mapped(1))
    fonts.effort(0, 100)
    monkeypatch.setattr(pypdf_reader, "CODES_LEFT", 2 * fonts._codes_left)
    assert clearings(mapped(2), 2, monkeypatch) == 1
