"""The page that a citation names is compared with the page on which its words stand."""

import csv
import io
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from cited_samples import a_document, a_passage

from app.checks.cited_place import CitedPlace, cited_place, wrong_place
from app.checks.excerpts import Excerpt
from app.checks.verify import verify_excerpts, verify_file
from app.citations.styles import Quoted, apa, chicago, citation, csl_json, ris
from app.citations.wording import citation_words
from app.i18n import words
from ingest.library.library import FileStamp, Library, NewDocument, StoredPage, document_id
from ingest.metadata.metadata import Metadata

SHA = "e" * 64
TITLE = "Clinics of the north, p. 3 (PDF page 4)"
TEXT = "Fees were dropped in 2019."
OWN = f"WHO (2020). {TITLE}, p. 2-1 (PDF page 2)."


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    with Library.open(tmp_path_factory.mktemp("cited") / "library", create=True) as opened:
        texts = {1: ("Clinics open at seven.", None), 2: (TEXT, "2-1"), 3: ("Nurses come at six.", None)}
        pages = tuple(
            StoredPage(document_id(SHA), number, text, label, "printed" if label else None)
            for number, (text, label) in texts.items()
        )
        new = NewDocument(SHA, "pdf", True, "ready", None, pages, (), "en")
        opened.put_document(new, Metadata(title=TITLE), [FileStamp("clinics.pdf")])
        text = (StoredPage(document_id("f" * 64), 1, "Lima has eighty clinics.", None, None),)
        unpaged = NewDocument("f" * 64, "html", False, "ready", None, text, (), "en")
        opened.put_document(unpaged, Metadata(title="Clinics in Lima"), [FileStamp("lima.html")])
        yield opened


STYLES = (citation, apa, chicago)
PASSAGES = {
    "printed and physical": (a_passage(), CitedPlace("7", (9, 9))),
    "over a page's end": (a_passage(pages=(9, 10), labels=("7", "8")), CitedPlace("7–8", (9, 10))),
    "both agree": (a_passage(labels=("9", "9")), CitedPlace("9", None)),
    "none printed": (a_passage(labels=()), CitedPlace(None, (9, 9))),
    "inferred": (a_passage(source="inferred"), CitedPlace("7", (9, 9))),
    "of a chapter": (a_passage(labels=("2-15", "2-15")), CitedPlace("2-15", (9, 9))),
    "roman": (a_passage(labels=("iii", "iii")), CitedPlace("iii", (9, 9))),
}


@pytest.mark.parametrize("language", ["en", "es", "pt"])
@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("case", PASSAGES)
def test_so_are_those_of_a_text_file(case: str, style: Callable[..., str], language: str) -> None:
    passage, wanted = PASSAGES[case]
    line = style(replace(a_document(), format="text"), passage, citation_words(words(language)))
    assert "PDF" not in line
    assert cited_place(line) == wanted


@pytest.mark.parametrize("language", ["en", "es", "pt"])
@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("case", PASSAGES)
def test_every_style_in_every_language_is_read(case: str, style: object, language: str) -> None:
    passage, wanted = PASSAGES[case]
    document = a_document()
    line = style(document, passage, citation_words(words(language)))  # type: ignore[operator]
    assert cited_place(line, document.metadata.title or "") == wanted
    assert cited_place(line) == wanted
    whole = style(document, None, citation_words(words(language)))  # type: ignore[operator]
    assert cited_place(whole) == CitedPlace()


WRONG = [
    "p. 44.",
    "p. 44 (PDF page 45).",
    "PDF page 44.",
    "Made-up title, p. 99 (PDF page 99).",
    OWN.replace("PDF page 2)", "PDF page 3)"),
    OWN.replace("p. 2-1", "p. 2-2"),
    OWN.replace("p. 2-1 (PDF page 2)", "p. 2"),
    OWN.replace("p. 2-1 (PDF page 2)", "pp. 2-1–2-2 (PDF pages 2–3)"),
    f"WHO. (2020). {TITLE} (p. 3 [PDF page 2]). https://example.org/r",
    f"WHO, {TITLE} (2020), 3 (PDF page 2), https://example.org/r.",
    f"WHO, {TITLE} (2020), 3, https://example.org/r.",
    f"OMS (2020). {TITLE}, p. 2-1 (página 3 del PDF).",
]
RIGHT = [
    OWN,
    "",
    "No page here.",
    f"WHO (2020). {TITLE}.",
    "Made-up title, p. 2-1.",
    "PDF page 2",
    f"WHO. (2020). {TITLE} (p. 2-1 [PDF page 2]). https://example.org/r",
    f"WHO, {TITLE} (2020), 2-1 (PDF page 2), https://example.org/p.9",
    f"OMS (2020). {TITLE}, p. 2-1 (página 2 do PDF).",
]


def status(path: Path, library: Library) -> str:
    (check,) = verify_file(path, library).checks
    return check.status


@pytest.mark.parametrize("line", [*WRONG, *RIGHT])
def test_a_citation_of_a_hit_names_its_page(line: str, library: Library, tmp_path: Path) -> None:
    wanted = "misattributed" if line in WRONG else "found"
    hit = {"text": TEXT, "document": {"id": document_id(SHA)}, "pages": [2, 2], "labels": ["2-1", "2-1"]}
    path = tmp_path / "found.json"
    path.write_text(json.dumps({"question": "q", "hits": [hit | {"citation": line}]}))
    assert status(path, library) == wanted
    cells = io.StringIO()
    table = csv.writer(cells)
    table.writerows([["text", "citation", "pages", "file"], [TEXT, line, "2", "clinics.pdf"]])
    (tmp_path / "found.csv").write_text(cells.getvalue())
    assert status(tmp_path / "found.csv", library) == wanted


def test_pages_of_a_source_without_any_are_wrong(library: Library) -> None:
    claimed = Excerpt("line 1", ("Lima has eighty clinics.",), "lima.html", pages=())
    for line, wanted in (("WHO. Clinics in Lima, PDF page 7.", "misattributed"), ("WHO, line 1.", "found")):
        (check,) = verify_excerpts([replace(claimed, cited=line)], library).checks
        assert check.status == wanted


def test_an_unnumbered_page_is_cited_by_its_place_in_the_file() -> None:
    assert wrong_place(CitedPlace("3"), (3, 3), [None, None]) == ""
    assert "the printed page is none" in wrong_place(CitedPlace("3", (3, 3)), (3, 3), [None, None])
    assert "PDF page 4, not 3" in wrong_place(CitedPlace(None, (4, 4)), (3, 3), [None, None])


CHANGES = {
    "as written": (("", ""), "found"),
    "SP": (("SP  - 2-1", "SP  - 44"), "misattributed"),
    "N1": (("(PDF page 2)", "(PDF page 9)"), "misattributed"),
    "C3": (("C3  - 2-2", "C3  - 9-9"), "misattributed"),
    "a person's note": (("N1  - mine", "N1  - see p. 99 (PDF page 99)."), "found"),
}


@pytest.mark.parametrize("case", CHANGES)
def test_references_name_their_pages(case: str, library: Library, tmp_path: Path) -> None:
    (before, after), wanted = CHANGES[case]
    document = library.document("clinics.pdf")
    assert document is not None
    passage = a_passage(pages=(2, 2), labels=("2-1", "2-1"))
    record = ris(document, passage, quoted=Quoted(TEXT, "mine"))
    assert before in record
    (tmp_path / "r.ris").write_text(record.replace(before, after) if before else record)
    assert status(tmp_path / "r.ris", library) == wanted
    item = csl_json(document, passage, quoted=Quoted(TEXT, "mine"))
    for key, value in {"locator": "44", "note": "p. 44"}.items():
        (tmp_path / "r.json").write_text(json.dumps([item]))
        assert status(tmp_path / "r.json", library) == "found"
        (tmp_path / "r.json").write_text(json.dumps([item | {key: value}]))
        assert status(tmp_path / "r.json", library) == "misattributed"


ANYWHERE = {
    "its page": ((2, 2), "found", "clinics.pdf"),
    "another page": ((1, 1), "misattributed", "it stands in clinics.pdf, PDF page 2, not on PDF page 1"),
    "no page": (None, "found", "clinics.pdf, PDF page 2"),
}


@pytest.mark.parametrize("case", ANYWHERE)
def test_a_page_without_a_document_counts(case: str, library: Library) -> None:
    pages, wanted, message = ANYWHERE[case]
    (check,) = verify_excerpts([Excerpt("a", (TEXT,), pages=pages)], library).checks
    assert (check.status, check.message) == (wanted, message)
    (check,) = verify_excerpts([Excerpt("a", ("Nobody wrote this.",), pages=pages)], library).checks
    assert check.status == "not_found"


def test_what_stands_in_two_documents_is_right_on_the_page_of_either(tmp_path: Path) -> None:
    with Library.open(tmp_path / "library", create=True) as library:
        for sha, at in ((SHA, 1), ("f" * 64, 2)):
            pages = tuple(
                StoredPage(document_id(sha), number, TEXT if number == at else "Other.", None, None)
                for number in (1, 2)
            )
            new = NewDocument(sha, "pdf", True, "ready", None, pages, (), "en")
            library.put_document(new, Metadata(title=sha), [FileStamp(f"{sha[0]}.pdf")])
        for page, wanted in ((1, "e.pdf"), (2, "f.pdf")):
            (check,) = verify_excerpts([Excerpt("a", (TEXT,), pages=(page, page))], library).checks
            assert (check.status, check.message) == ("found", wanted)
