"""What an excerpt claims of its place is held against the library, and a wrong claim is told in words."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from index_library import put_text

from app.checks.document_texts import DocumentTexts
from app.checks.excerpts import Excerpt, read_excerpts
from app.checks.verify import Check, verify_excerpts
from ingest.library.library import FileStamp, Library, NewDocument, StoredPage, document_id
from ingest.metadata.metadata import Metadata

# The printed number of each page; the second page has none.
PAGES = {
    1: ("Clinics open at seven. Nurses come at six.", "iii"),
    2: ("Fees were dropped in 2019.", None),
    3: ("The poorest came back within a year. Clinics open at seven.", "2-1"),
}
SHA = "d" * 64


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    with Library.open(tmp_path_factory.mktemp("claims") / "library", create=True) as opened:
        pages = tuple(
            StoredPage(document_id(SHA), number, text, label, "printed" if label else None)
            for number, (text, label) in PAGES.items()
        )
        new = NewDocument(SHA, "pdf", True, "ready", None, pages, (), "en")
        opened.put_document(
            new, Metadata(title="Clinics."), [FileStamp("clinics.pdf"), FileStamp("twin.pdf")]
        )
        put_text(opened, "lima.txt", Metadata(title="Clinics in Lima"), "en", ["Lima has eighty clinics."])
        put_text(opened, "nameless.txt", Metadata(), "en", ["Nobody gave this a title."])
        yield opened


def check(library: Library, excerpt: Excerpt) -> Check:
    """Return the finding of one excerpt; one that is found is a finding without a message."""
    report = verify_excerpts([excerpt], library)
    assert sum(report.counts.values()) == 1
    return report.findings[0] if report.findings else Check(excerpt.where, "found", "")


def claim(text: str, **claims: object) -> Excerpt:
    return Excerpt(where="line 1", texts=(text,), **claims)  # type: ignore[arg-type]


LATER = "The poorest came back"
# Name of the case -> the excerpt, the status, a part of the message.
CLAIMS: dict[str, tuple[Excerpt, str, str]] = {
    "nothing claimed": (claim(LATER), "found", ""),
    "by the id": (claim(LATER, document=document_id(SHA)), "found", ""),
    "by the hash": (claim(LATER, document=SHA), "found", ""),
    "by the second of its names": (claim(LATER, document="twin.pdf"), "found", ""),
    "by its page": (claim(LATER, document="clinics.pdf", pages=(3, 3)), "found", ""),
    "another page": (
        claim(LATER, document="clinics.pdf", pages=(1, 1)),
        "misattributed",
        "it stands in clinics.pdf, PDF page 3, not in clinics.pdf, PDF page 1",
    ),
    "pages of which the text fills one": (
        claim(LATER, document="clinics.pdf", pages=(2, 3)),
        "misattributed",
        "not in clinics.pdf, PDF page 2–3",
    ),
    "a page that the document does not have": (
        claim(LATER, document="clinics.pdf", pages=(9, 9)),
        "misattributed",
        "it stands in clinics.pdf, PDF page 3",
    ),
    "another document": (
        claim(LATER, document="lima.txt"),
        "misattributed",
        "it stands in clinics.pdf, PDF page 3, not in lima.txt",
    ),
    "a document that nobody has": (
        claim(LATER, document="none.pdf"),
        "misattributed",
        "not in none.pdf",
    ),
    "words that nobody wrote": (
        claim("Nobody wrote this.", document="clinics.pdf", pages=(1, 1)),
        "not_found",
        "no page of the library has it, not in clinics.pdf, PDF page 1",
    ),
    "words that nobody wrote, of no document": (
        claim("Nobody wrote this."),
        "not_found",
        "no page of the library has it",
    ),
    "no words": (claim(" \u00ad\n"), "not_found", "the excerpt is empty"),
    "words over a page's end": (
        claim("in 2019. The poorest came", document="clinics.pdf", pages=(2, 3)),
        "found",
        "",
    ),
    "the printed number": (
        claim(LATER, document="clinics.pdf", pages=(3, 3), labels=("2-1", "2-1")),
        "found",
        "",
    ),
    "the printed number of a table": (
        claim(LATER, document="clinics.pdf", pages=(3, 3), labels="2-1"),
        "found",
        "",
    ),
    "another printed number": (
        claim(LATER, document="clinics.pdf", pages=(3, 3), labels=("3", "3")),
        "misattributed",
        "the printed page is 2-1, not 3",
    ),
    "a printed number where none is printed": (
        claim("Fees were dropped", document="clinics.pdf", pages=(2, 2), labels=("2", "2")),
        "misattributed",
        "the printed page is none, not 2",
    ),
    "no pages of a document that has them": (
        claim(LATER, document="clinics.pdf", pages=()),
        "misattributed",
        "the source has pages, and none is given",
    ),
    "a label of a page range that has none on its second page": (
        claim("come at six. Fees were", document="clinics.pdf", pages=(1, 2), labels=("iii", "iv")),
        "misattributed",
        "the printed page is iii–none, not iii–iv",
    ),
    "cited by a title": (claim(LATER, citation="WHO (2020). Clinics, PDF page 3."), "found", ""),
    "cited by a title that begins another": (
        claim("Lima has eighty clinics.", citation="WHO (2020). Clinics in Lima, p. 1."),
        "found",
        "",
    ),
    "cited by the longer title, standing under the shorter": (
        claim(LATER, citation="WHO (2020). Clinics in Lima."),
        "misattributed",
        "it stands in clinics.pdf, PDF page 3, not in WHO (2020). Clinics in Lima.",
    ),
    "cited by the name of a file without a title": (
        claim("Nobody gave this a title.", citation="[publisher unknown] (n.d.). nameless.txt, p. 1."),
        "found",
        "",
    ),
    "cited by a title that nobody has": (
        claim(LATER, citation="WHO (2020). Schools."),
        "misattributed",
        "not in WHO (2020). Schools.",
    ),
}


@pytest.mark.parametrize("case", CLAIMS)
def test_claims(library: Library, case: str) -> None:
    excerpt, status, message = CLAIMS[case]
    found = check(library, excerpt)
    assert found.status == status
    assert message in found.message


def test_what_stands_twice_is_found_at_the_first_place(library: Library) -> None:
    texts = DocumentTexts(library)
    twice = check(library, claim("Clinics open at seven.", document="lima.txt"))
    assert "it stands in clinics.pdf, PDF page 1," in twice.message
    assert [document.file for document in texts.documents] == sorted(d.file for d in texts.documents)


def test_a_reading_without_its_apostrophe_counts(library: Library) -> None:
    both = Excerpt("line 2", ("'Fees were dropped", "Fees were dropped"), "clinics.pdf", pages=(2, 2))
    assert check(library, both).status == "found"
    assert check(library, replace(both, texts=("'Fees were dropped",))).status == "not_found"


def test_findings_stand_in_the_order_of_the_excerpts_and_are_counted(library: Library) -> None:
    excerpts = [
        replace(claim("Nobody wrote this."), where="first"),
        replace(claim(LATER), where="second"),
        replace(claim(LATER, document="lima.txt"), where="third"),
    ]
    report = verify_excerpts(excerpts, library)
    assert [finding.where for finding in report.findings] == ["first", "third"]
    assert report.counts == {"found": 1, "not_found": 1, "misattributed": 1}
    assert not report.all_found


def test_nothing_to_check_is_all_found(library: Library) -> None:
    report = verify_excerpts([], library)
    assert report.all_found and sum(report.counts.values()) == 0


@settings(max_examples=60)
@given(st.data())
def test_any_cut_of_a_page_is_found_on_it(library: Library, data: st.DataObject) -> None:
    number = data.draw(st.sampled_from(list(PAGES)))
    text = PAGES[number][0]
    start = data.draw(st.integers(0, len(text) - 2))
    end = data.draw(st.integers(start + 1, len(text)))
    excerpt = claim(text[start:end], document="clinics.pdf", pages=(number, number))
    assert check(library, excerpt).status == ("found" if text[start:end].strip() else "not_found")


FILES = {
    "a search": (
        "search.json",
        json.dumps({"question": "q", "hits": [{"text": "a", "pages": [1, 2]}, {"text": "b"}]}),
        [("hit 1", "a", (1, 2)), ("hit 2", "b", None)],
    ),
    "a batch": (
        "batch.jsonl",
        '{"id": "x", "hits": [{"text": "a"}]}\n\n{"id": "y", "hits": [{"text": "b", "pages": []}]}\n',
        [("line 1, hit 1", "a", None), ("line 3, hit 1", "b", ())],
    ),
    "a list of results": (
        "results.json",
        '[{"hits": [{"text": "a"}]}, {"hits": []}, {"hits": [{"text": "b"}]}]',
        [("entry 1, hit 1", "a", None), ("entry 3, hit 1", "b", None)],
    ),
    "one record": ("one.json", '{"text": "a", "page": 4}', [("the record", "a", (4, 4))]),
    "exported passages": (
        "passages.jsonl",
        '{"text": "a", "pages": [3, 3]}\n{"text": "b", "pages": [4, 5]}\n',
        [("line 1", "a", (3, 3)), ("line 2", "b", (4, 5))],
    ),
    "a table": (
        "table.csv",
        '\ufefftext,pages\na,3-4\n"b\nb",7\nc,\n',
        [("line 2", "a", (3, 4)), ("line 4", "b\nb", (7, 7)), ("line 5", "c", None)],
    ),
    "a table of pages": (
        "pages.csv",
        "file,page,text\nx.pdf,3,a\nx.pdf,4,\nx.pdf,5,'\n",
        [("line 2", "a", (3, 3))],
    ),
    "block quotes": (
        "brief.md",
        "> a\n> \\*b\\*\n\nUNDP (2022). T, PDF page 3.\n\ntext\n\n> c\n",
        [("line 1", "a *b*", (3, 3)), ("line 8", "c", None)],
    ),
}


@pytest.mark.parametrize("case", FILES)
def test_excerpts_of_a_file_say_where_they_stand(case: str, tmp_path: Path) -> None:
    name, content, wanted = FILES[case]
    (tmp_path / name).write_text(content, encoding="utf-8")
    found = read_excerpts(tmp_path / name)
    assert [(one.where, one.texts[0], one.pages) for one in found] == wanted


def test_labels_of_a_table_are_one_text_and_of_json_a_pair(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("text,pages,labels\na,3,'-1\n")
    (tmp_path / "t.json").write_text('{"text": "a", "pages": [3, 3], "labels": [1, 2]}')
    assert [one.labels for one in read_excerpts(tmp_path / "t.csv")] == ["-1"]
    assert [one.labels for one in read_excerpts(tmp_path / "t.json")] == [("1", "2")]


DOCUMENTS = {
    '{"text": "a", "document": "x.pdf"}': "x.pdf",
    '{"text": "a", "document": {"id": "1f", "file": "x.pdf"}}': "1f",
    '{"text": "a", "document": {"file": "x.pdf"}}': "x.pdf",
    '{"text": "a", "document": {"id": ""}}': None,
    '{"text": "a", "document": null}': None,
    '{"text": "a"}': None,
}


@pytest.mark.parametrize("record", DOCUMENTS)
def test_a_record_names_its_document_by_id_or_file(record: str, tmp_path: Path) -> None:
    (tmp_path / "r.json").write_text(record)
    (found,) = read_excerpts(tmp_path / "r.json")
    assert found.document == DOCUMENTS[record]
