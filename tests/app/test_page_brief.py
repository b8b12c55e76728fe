"""The brief and its exports: verbatim text, neutralised cells, footnotes, round trips."""

import csv
import io
import json
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.exports.brief import MAX_ITEMS, MAX_NOTE, Brief, Item
from app.exports.brief_formats import FORMATS, Format, csl, plain, ris, word
from app.exports.brief_formats import csv as as_csv
from app.i18n import words
from ingest.library.library import Library
from ingest.library.records import Document
from ingest.passage import Passage

T = words("en")
CELLS = [
    prefix + rest
    for prefix in ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "＠")
    for rest in ("1+1", "cmd|' /C calc'!A0", 'HYPERLINK("http://evil.example","x")', "SUM(A1:A9)*2")
]


@pytest.fixture(scope="module")
def items(small_library: Path) -> list[Item]:
    with Library.open(small_library) as library:
        return [
            Item(document, stored.passage, f"question {number}?")
            for document in library.documents()
            for number, stored in enumerate(library.passages(document.id))
        ]


@pytest.fixture
def brief(items: list[Item]) -> Brief:
    return Brief(tuple(items))


def ids(brief: Brief) -> list[str]:
    return [item.passage.id for item in brief.items]


def test_a_passage_is_in_it_once(items: list[Item]) -> None:
    twice = Brief().add(items[0]).add(items[0])
    assert len(twice) == 1 and items[0].passage.id in twice


def test_it_is_bounded(items: list[Item]) -> None:
    full = Brief(
        tuple(replace(items[0], passage=replace(items[0].passage, id=str(n))) for n in range(MAX_ITEMS))
    )
    assert len(full.add(items[0])) == MAX_ITEMS


@settings(deadline=None)
@given(data=st.data())
def test_moving_keeps_every_item_and_undo_restores(items: list[Item], data: st.DataObject) -> None:
    brief = Brief(tuple(items))
    one = data.draw(st.sampled_from(items))
    moved = brief.move(one.passage.id, data.draw(st.integers(-20, 20)))
    assert sorted(ids(moved)) == sorted(ids(brief))
    here = moved.index_of(one.passage.id)
    assert moved.remove(one.passage.id).insert(here, one) == moved


def test_notes_are_kept_and_cut(brief: Brief) -> None:
    noted = brief.note(brief.items[0].passage.id, "x" * 5_000)
    assert len(noted.items[0].note) == MAX_NOTE
    assert noted.items[1].note == ""


@pytest.mark.parametrize("style", FORMATS, ids=[style.name for style in FORMATS])
@pytest.mark.parametrize("language", ["en", "es", "pt"])
def test_every_format_is_written_in_every_language(brief: Brief, style: object, language: str) -> None:
    made = style.write(brief, words(language))  # type: ignore[attr-defined]
    assert len(made) > 100


@pytest.mark.parametrize("name", [style.name for style in FORMATS])
def test_exports_verify(brief: Brief, name: str, small_library: Path, tmp_path: Path) -> None:
    from app.checks.verify import verify_file

    style = next(style for style in FORMATS if style.name == name)
    path = tmp_path / f"brief.{style.suffix}"
    path.write_bytes(style.write(brief, T))
    with Library.open(small_library) as library:
        report = verify_file(path, library)
    assert report.counts["found"] == len(brief)
    assert report.all_found


CITED = {
    "es": "Ministry of Health (2023). Clinics in Lima, página 2 del PDF.",
    "pt": "Ministry of Health (2023). Clinics in Lima, página 2 do PDF.",
}
UNKNOWN = {"es": "[institución desconocida] (s. f.)", "pt": "[instituição desconhecida] (s.d.)"}


@pytest.mark.parametrize("language", CITED)
@pytest.mark.parametrize("name", ["word", "markdown", "csv"])
def test_exports_cite_in_the_language_of_the_page_and_verify(
    brief: Brief, name: str, language: str, small_library: Path, tmp_path: Path
) -> None:
    from app.checks.verify import verify_file

    style = next(style for style in FORMATS if style.name == name)
    path = tmp_path / f"brief.{style.suffix}"
    path.write_bytes(style.write(brief, words(language)))
    with Library.open(small_library) as library:
        assert verify_file(path, library).counts == {"found": len(brief), "not_found": 0, "misattributed": 0}
    data = path.read_bytes()
    if name == "word":
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            data = archive.read("word/footnotes.xml")
    shown = data.decode("utf-8").replace("\\", "")
    assert CITED[language] in shown and UNKNOWN[language] in shown
    assert "unknown" not in shown and "PDF page" not in shown and "paragraph " not in shown


@pytest.mark.parametrize("style", FORMATS, ids=[style.name for style in FORMATS])
def test_one_altered_letter_is_noticed(
    brief: Brief, style: Format, small_library: Path, tmp_path: Path
) -> None:
    from app.checks.verify import verify_file

    item = brief.items[0]
    altered = replace(item, passage=replace(item.passage, text=item.passage.text.replace("e", "a", 1)))
    path = tmp_path / f"brief.{style.suffix}"
    path.write_bytes(style.write(Brief((altered,)), T))
    with Library.open(small_library) as library:
        assert not verify_file(path, library).all_found


def hostile(cell: str, item: Item) -> Item:
    document: Document = replace(
        item.document, metadata=replace(item.document.metadata, title=cell, publisher=cell, url=cell)
    )
    passage: Passage = replace(item.passage, text=cell, section=(cell,))
    return Item(document, passage, question=cell, note=cell)


@pytest.mark.parametrize("cell", CELLS)
def test_forty_formula_cells_are_text_when_read_again(cell: str, items: list[Item]) -> None:
    data = as_csv(Brief((hostile(cell, items[0]),)), T).decode("utf-8")
    assert data.startswith("\ufeff")
    rows = list(csv.reader(io.StringIO(data.removeprefix("\ufeff"), newline="")))
    assert len(rows) == 2 and len(rows[0]) == len(rows[1])
    for value in rows[1]:
        assert not value.startswith(("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "＠"))
    assert rows[1][rows[0].index("note")].startswith("'")


def test_word_holds_quotations_and_footnotes(brief: Brief) -> None:
    import docx

    data = word(brief.note(brief.items[0].passage.id, "my note"), T)
    document = docx.Document(io.BytesIO(data))
    quotes = [p.text for p in document.paragraphs if p.style is not None and p.style.name == "Quote"]
    assert quotes == [item.passage.text for item in brief.items]
    assert any("my note" in p.text for p in document.paragraphs)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        notes = archive.read("word/footnotes.xml").decode("utf-8")
        assert "footnotes.xml" in archive.read("[Content_Types].xml").decode("utf-8")
    assert notes.count("<w:footnoteRef/>") == len(brief)
    assert "Ministry of Health (2023)" in notes
    outline = [
        (p.style.name, p.text)
        for p in document.paragraphs
        if p.style is not None and p.style.name is not None and p.style.name.startswith(("Title", "Head"))
    ]
    assert outline[:2] == [("Title", "Brief"), ("Heading 1", "Excerpts")]
    assert [text.partition(".")[0] for style, text in outline if style == "Heading 2"] == [
        str(number) for number in range(1, len(brief) + 1)
    ]
    assert outline[-1] == ("Heading 1", "Sources")


def test_word_takes_any_text(items: list[Item]) -> None:
    import docx

    odd = hostile("a\x00b\x0b\ud800<w:p>&\ufffe\u202e", items[0])
    document = docx.Document(io.BytesIO(word(Brief((odd,)), T)))
    assert any("<w:p>&" in p.text for p in document.paragraphs)


def test_ris_and_csl_hold_excerpt_and_note_once(brief: Brief) -> None:
    noted = brief.note(brief.items[0].passage.id, "my own note")
    for made in (ris(noted, T).decode(), csl(noted, T).decode()):
        assert made.count("my own note") == 1
        assert made.count(" ".join(brief.items[0].passage.display_text.split())[:40]) == 1


def test_ris_and_csl_have_one_entry_a_passage(brief: Brief) -> None:
    assert ris(brief, T).decode().count("ER  - ") == len(brief)
    entries = json.loads(csl(brief, T))
    assert len({entry["id"] for entry in entries}) == len(brief)


@pytest.mark.parametrize("text", ["![x](http://e.example/a.png)", "<img src=x>", "*a* _b_ `c`", "a\n# b"])
def test_markdown_shows_text_literally(text: str) -> None:
    import re

    made = plain(text)
    assert "\n" not in made
    assert not re.search(r"(?<!\\)[*_`<\[\]]", made)
