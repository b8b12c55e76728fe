"""What stands in a brief's file, line by line, in each language of the page."""

import io
import json
import re
import zipfile
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import docx
import pytest
import rispy
from cited_samples import REPORT, a_document, a_passage, without_pages
from hypothesis import given, settings
from hypothesis import strategies as st

from app.checks.excerpts import read_excerpts
from app.checks.note_lookup import CalledNote
from app.exports.brief import Brief, Item, heading, sources
from app.exports.brief_copy import opened
from app.exports.brief_formats import FORMATS, csl, markdown, plain, ris, word
from app.exports.brief_formats import csv as as_csv
from app.exports.docx import grouped, write
from app.i18n import LANGUAGES, words
from ingest.metadata.metadata import Metadata

LANGUAGE = pytest.mark.parametrize("language", LANGUAGES)
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"

NOTED = Item(
    a_document(),
    a_passage("In 202427 it fell.", calls=((7, 9),)),
    "When did it fall?",
    "Ask the ministry.",
    (CalledNote("27", "Own count.", "en"),),
)
BARE = Item(a_document(Metadata(), number=2), without_pages("paragraph 4"), "Which clinics?")
BRIEF = Brief((NOTED, BARE))

MARKDOWN = {
    "en": """# Brief

## 1. Health for migrants

> In 2024²⁷ it fell.

UNDP (2022). Health for migrants, p. 7 (PDF page 9).

²⁷ Own count.

Note: Ask the ministry.

Asked: When did it fall?

## 2. paper-2.pdf

> Clinics open at seven.

\\[publisher unknown\\] (n.d.). paper-2.pdf, paragraph 4.

Asked: Which clinics?

## Sources

- \\[publisher unknown\\]. (n.d.). paper-2.pdf.
- UNDP. (2022). Health for migrants. https://example.org/report
""",
    "es": """# Dosier

## 1. Health for migrants

> In 2024²⁷ it fell.

UNDP (2022). Health for migrants, p. 7 (página 9 del PDF).

²⁷ Own count.

Nota: Ask the ministry.

Pregunta: When did it fall?

## 2. paper-2.pdf

> Clinics open at seven.

\\[institución desconocida\\] (s. f.). paper-2.pdf, párrafo 4.

Pregunta: Which clinics?

## Fuentes

- \\[institución desconocida\\]. (s. f.). paper-2.pdf.
- UNDP. (2022). Health for migrants. https://example.org/report
""",
    "pt": """# Dossiê

## 1. Health for migrants

> In 2024²⁷ it fell.

UNDP (2022). Health for migrants, p. 7 (página 9 do PDF).

²⁷ Own count.

Nota: Ask the ministry.

Pergunta: When did it fall?

## 2. paper-2.pdf

> Clinics open at seven.

\\[instituição desconhecida\\] (s.d.). paper-2.pdf, parágrafo 4.

Pergunta: Which clinics?

## Fontes

- \\[instituição desconhecida\\]. (s.d.). paper-2.pdf.
- UNDP. (2022). Health for migrants. https://example.org/report
""",
}


@LANGUAGE
def test_a_brief_in_markdown(language: str) -> None:
    shown, copy = shown_and_copied(markdown(BRIEF, words(language)))
    assert shown == MARKDOWN[language]
    assert opened("brief.md", copy)[1] == BRIEF


def shown_and_copied(made: bytes) -> tuple[str, bytes]:
    """Return what a reader of a Markdown file sees, and the comment of one line below it."""
    shown, copy = made.decode().rsplit("\n<!-- pincite-brief ", 1)
    assert copy.endswith(" -->\n") and copy.count("\n") == 1
    return shown, f"<!-- pincite-brief {copy}".encode()


def paragraphs(data: bytes) -> list[tuple[str, str]]:
    found = docx.Document(io.BytesIO(data)).paragraphs
    return [(one.style.name or "" if one.style else "", one.text) for one in found]


@LANGUAGE
def test_a_brief_in_word_says_the_same_as_in_markdown(language: str) -> None:
    """The citation stands in the footnote; all else is the Markdown file without its marks, in its order."""
    lines = MARKDOWN[language].replace("\\", "").splitlines()
    cited = {at + 2 for at, line in enumerate(lines) if line.startswith("> ")}
    kept = [line for at, line in enumerate(lines) if line and at not in cited]
    shown = [re.sub(r"^(#+|>|-) ", "", line) for line in kept]
    found = [text for _, text in paragraphs(word(BRIEF, words(language)))]
    excerpts = {"en": "Excerpts", "es": "Pasajes", "pt": "Trechos"}[language]
    assert found == [shown[0], excerpts, *shown[1:]]


def footnotes(data: bytes) -> dict[str, str]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        root = ElementTree.fromstring(archive.read("word/footnotes.xml"))
    return {
        str(note.get(f"{W}id")): "".join(part.text or "" for part in note.iter(f"{W}t")).strip()
        for note in root.iter(f"{W}footnote")
    }


@LANGUAGE
def test_footnotes_are_the_citations_of_the_markdown_file(language: str) -> None:
    lines = MARKDOWN[language].replace("\\", "").splitlines()
    cited = [lines[at + 2] for at, line in enumerate(lines) if line.startswith("> ")]
    assert footnotes(word(BRIEF, words(language))) == {"-1": "", "0": "", "1": cited[0], "2": cited[1]}


def test_a_word_file_says_nothing_about_who_wrote_it() -> None:
    made = docx.Document(io.BytesIO(word(BRIEF, words("es")))).core_properties
    assert (made.title, made.author, made.comments) == ("Dosier", "", "")


def test_an_empty_brief_has_its_headings() -> None:
    assert shown_and_copied(markdown(Brief(), words("en")))[0] == "# Brief\n\n## Sources\n\n"
    outline = [text for _, text in paragraphs(word(Brief(), words("pt")))]
    assert outline == ["Dossiê", "Trechos", "Fontes"]
    assert (ris(Brief(), words("en")), json.loads(csl(Brief(), words("en")))) == (b"", [])
    assert as_csv(Brief(), words("en")).count(b"\r\n") == 1


def test_formats_are_told_apart_by_name_and_suffix() -> None:
    assert len({one.name for one in FORMATS}) == len({one.suffix for one in FORMATS}) == len(FORMATS)
    assert all(re.fullmatch(r"[a-z]+/[\w.+-]+", one.mime) for one in FORMATS)


@pytest.mark.parametrize("suffix", ["docx", "md", "csv"])
def test_excerpts_are_read_back_with_their_pages(suffix: str, tmp_path: Path) -> None:
    path = tmp_path / f"brief.{suffix}"
    style = next(one for one in FORMATS if one.suffix == suffix)
    path.write_bytes(style.write(BRIEF, words("es")))
    found = read_excerpts(path)
    assert [one.texts[0] for one in found] == ["In 2024²⁷ it fell.", "Clinics open at seven."]
    assert [one.pages for one in found] == [(9, 9), None]
    named = [one.document or one.citation or "" for one in found]
    wanted = (a_document().id, a_document(number=2).id) if suffix == "csv" else (REPORT.title, "paper-2.pdf")
    assert all(name is not None and name in given for name, given in zip(wanted, named, strict=True))


def test_records_are_one_a_passage_with_ids_of_their_own() -> None:
    other = replace(NOTED, passage=a_passage("Another passage of it."))
    brief = Brief((NOTED, other, BARE))
    key = "undp202200000001"
    assert [item["id"] for item in json.loads(csl(brief, words("en")))] == [
        f"{key}-1",
        f"{key}-2",
        "anonnd00000002-3",
    ]
    assert [record["id"] for record in rispy.loads(ris(brief, words("en")).decode())] == [
        key,
        key,
        "anonnd00000002",
    ]


def test_a_document_quoted_twice_is_one_source() -> None:
    other = replace(NOTED, passage=a_passage("Another passage of it."))
    assert len(sources(Brief((NOTED, other)), words("en"))) == 1


def test_sources_are_in_alphabetical_order_whatever_their_case() -> None:
    named = [
        replace(BARE, document=a_document(Metadata(title="T", publisher=name), number=number))
        for number, name in enumerate(["beta", "Alpha", "Gamma"], 1)
    ]
    firsts = [line.partition(".")[0] for line in sources(Brief(tuple(named)), words("en"))]
    assert firsts == ["Alpha", "beta", "Gamma"]


def test_an_item_is_headed_by_its_title_or_file() -> None:
    assert (heading(NOTED), heading(BARE)) == ("Health for migrants", "paper-2.pdf")


def test_a_passage_that_is_not_there_cannot_be_moved() -> None:
    with pytest.raises(KeyError):
        BRIEF.move("f" * 32, 1)
    assert BRIEF.remove("f" * 32) == BRIEF and BRIEF.note("f" * 32, "x") == BRIEF


def test_moving_stops_at_the_ends() -> None:
    first, second = (item.passage.id for item in BRIEF.items)
    assert BRIEF.move(first, -1) == BRIEF == BRIEF.move(second, 5)
    swapped = BRIEF.move(first, 1)
    assert [item.passage.id for item in swapped.items] == [second, first]
    assert swapped.index_of(second) == 0


TEXTS = st.text(max_size=40)


@settings(max_examples=30)
@given(TEXTS, TEXTS, TEXTS, st.sampled_from(list(LANGUAGES)))
def test_any_text_makes_files_that_can_be_read(text: str, note: str, title: str, language: str) -> None:
    item = Item(a_document(replace(REPORT, title=title)), a_passage(f"x{text}"), question=text, note=note)
    t = words(language)
    assert len(footnotes(word(Brief((item,)), t))) == 3
    made: list[dict[str, Any]] = json.loads(csl(Brief((item,)), t))
    assert len(made) == 1
    assert ris(Brief((item,)), t).decode().count("ER  - ") == 1
    quoted = [line for line in markdown(Brief((item,)), t).decode().split("\n") if line.startswith(">")]
    assert quoted == [f"> {plain(item.passage.text)}"]


@given(TEXTS)
def test_no_mark_of_markdown_stands_without_a_backslash(text: str) -> None:
    made = plain(text)
    assert not re.search(r"(?<!\\)(?:\\\\)*[`*_\[\]<>!|#~$]", made)
    assert all(not (one.isspace() and other.isspace()) for one, other in pairwise(made))


GROUPS = {
    "document": ["Brief", "Excerpts", "Health for migrants", "Sources"],
    "question": ["Brief", "Excerpts", "Who pays?", "Sources"],
}


@pytest.mark.parametrize("headings", GROUPS)
def test_a_word_file_may_have_a_heading_for_several_quotations(headings: Any) -> None:
    other = replace(NOTED, passage=replace(NOTED.passage, id="f" * 32), question="Who pays?")
    brief = Brief((replace(NOTED, question="Who pays?"), other))
    made = write(brief, words("en"), "", headings)
    shown = [text for style, text in paragraphs(made) if style in {"Title", "Heading 1", "Heading 2"}]
    assert shown == GROUPS[headings]
    assert set(footnotes(made)) == {"-1", "0", "1", "2"}
    assert opened("brief.docx", made)[1] == brief


def test_quotations_of_one_document_come_together() -> None:
    other = replace(NOTED, passage=replace(NOTED.passage, id="f" * 32))
    found = grouped(Brief((NOTED, BARE, other)), "document")
    assert [len(items) for _, items in found] == [2, 1]
    assert [item for _, items in grouped(Brief((NOTED, BARE)), "excerpt") for item in items] == [NOTED, BARE]
