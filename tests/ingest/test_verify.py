"""Excerpts are found where they stand, and nowhere else; every alteration shows."""

import csv
import io
import json
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.checks.excerpts import Excerpt, cited_pages, read_excerpts
from app.checks.verify import verify_excerpts, verify_file
from ingest.errors import UsageError
from ingest.library.library import FileStamp, Library, NewDocument, StoredPage, document_id
from ingest.metadata.metadata import Metadata
from ingest.passage import Passage, passage_id

SIGNS = (
    "Growth was -7.4 percent (\u22122 before), with a socio-economic gap of 10-20 percent. "
    "Re-sign the long-\nterm plan, COVID-\x0219 and the new\u00adcomers of 2019-\n20 \ufffe included."
)
SHA3 = "c" * 64
FIRST = "Clinics in Lima open at seven. Many people come early, and nurses see the elder-\nly first."
NOTE = "12 Ministry of Health, own count."
SECOND = "RUNNING HEAD\nFees were dropped in 2019. The poorest came back within a year of that."
OTHER = "Schools take children of any status. Papers can follow later in the year."
SHA, SHA2 = "a" * 64, "b" * 64


def make(sha: str, pages: list[str], spans, labels=("7", "8")) -> NewDocument:
    text = " ".join("".join(pages[n - 1][start:end] for n, start, end in spans).split()).replace("- ", "")
    edges = (spans[0][0], spans[-1][0])
    passage = Passage(
        id=passage_id(sha, text, 0),
        text=text,
        kind="body",
        language="en",
        section=(),
        spans=spans,
        pages=edges,
        labels=tuple(labels[n - 1] for n in edges),
        label_source="printed",
        locator=None,
        sentences=((0, len(text)),),
        tokens=9,
    )
    stored = tuple(
        StoredPage(document_id(sha), n, page, labels[n - 1], "printed") for n, page in enumerate(pages, 1)
    )
    return NewDocument(sha, "pdf", True, "ready", None, stored, (passage,), "en")


@pytest.fixture(scope="module")
def library(tmp_path_factory):
    start = FIRST.index("Many")
    across = ((1, start, len(FIRST)), (2, SECOND.index("Fees"), SECOND.index(" The poorest")))
    with Library.open(tmp_path_factory.mktemp("library"), create=True) as opened:
        one = make(SHA, [f"{FIRST}\n{NOTE}", SECOND], across)
        two = make(SHA2, [OTHER, "An empty page follows this one."], ((1, 0, len(OTHER)),), ("1", "2"))
        opened.put_document(one, Metadata(title="Clinics"), [FileStamp("one.pdf")])
        opened.put_document(two, Metadata(title="Schools"), [FileStamp("sub/two.pdf")])
        three = make(SHA3, [SIGNS, "-3 here."], ((1, 0, len(SIGNS)),), ("1", "2"))
        opened.put_document(three, Metadata(title="Signs"), [FileStamp("three.pdf")])
        yield opened


def passage_of(library, sha=SHA):
    return next(library.passages(document_id(sha))).passage


def hit(library, **changes) -> dict:
    passage = passage_of(library)
    return {
        "text": passage.text,
        "document": {"id": document_id(SHA), "file": "one.pdf"},
        "pages": [1, 2],
        "labels": ["7", "8"],
        "spans": [list(span) for span in passage.spans],
        **changes,
    }


def status(library, record, tmp_path) -> str:
    path = tmp_path / "result.json"
    path.write_text(json.dumps({"question": "q", "hits": [record]}))
    report = verify_file(path, library)
    assert sum(report.counts.values()) == 1
    assert report.all_found == (report.counts["found"] == 1)
    return next(name for name, count in report.counts.items() if count)


FOUND = {
    "as_stored": {},
    "without_spans": {"spans": None},
    "by_file_name": {"document": {"file": "one.pdf"}, "spans": None},
    "without_document": {"document": None, "spans": None, "pages": None, "labels": None},
    "one_page_of_it": {
        "text": "Many people come early",
        "pages": [1, 1],
        "labels": ["7", "7"],
        "spans": None,
    },
    "other_blanks": {"text": "Many  people\ncome early", "pages": [1, 1], "labels": [], "spans": None},
    "of_the_raw_page": {"text": NOTE, "pages": [1, 1], "labels": None, "spans": None},
}
NOT_FOUND = {
    "one_letter": {"text": "Many people come eerly", "pages": [1, 1], "spans": None},
    "a_number": {"text": "Fees were dropped in 2018.", "pages": [2, 2], "spans": None},
    "case": {"text": "many people come early", "pages": [1, 1], "spans": None},
    "comma": {"text": "Many people come early and nurses", "pages": [1, 1], "spans": None},
    "empty": {"text": " ", "spans": None},
    "two_places_glued": {"text": "Clinics in Lima open at seven. Fees were dropped", "spans": None},
    "invented": {"text": "Nothing of the sort was said.", "spans": None},
}
MISATTRIBUTED = {
    "other_document": {"document": {"id": document_id(SHA2)}, "pages": [1, 1]},
    "unknown_document": {"document": {"id": "f" * 32}},
    "other_page": {"text": "Many people come early", "pages": [2, 2], "labels": [], "spans": None},
    "first_page_only": {"pages": [1, 1]},
    "a_page_too_many": {"text": "Fees were dropped in 2019.", "pages": [1, 2], "spans": None},
    "no_pages_of_a_source_that_has_them": {"pages": [], "labels": []},
    "printed_page": {"labels": ["8", "9"]},
    "printed_as_physical": {"labels": ["1", "2"]},
    "spans_of_other_words": {"spans": [[1, 0, 10]], "text": NOTE, "pages": [1, 1], "labels": None},
    "spans_on_another_page": {"spans": [[2, 0, 10]], "text": NOTE, "pages": [1, 1], "labels": None},
    "spans_before_the_page": {"spans": [[1, -9, 10]], "text": NOTE, "pages": [1, 1], "labels": None},
    "spans_past_the_page": {"spans": [[1, 0, 9_999]], "text": NOTE, "pages": [1, 1], "labels": None},
    "spans_of_no_page": {"spans": [[0, 0, 10]], "text": NOTE, "pages": [1, 1], "labels": None},
}


@pytest.mark.parametrize("name", FOUND)
def test_found(library, tmp_path, name):
    assert status(library, hit(library, **FOUND[name]), tmp_path) == "found"


@pytest.mark.parametrize("name", NOT_FOUND)
def test_not_found(library, tmp_path, name):
    assert status(library, hit(library, **NOT_FOUND[name]), tmp_path) == "not_found"


@pytest.mark.parametrize("name", MISATTRIBUTED)
def test_misattributed(library, tmp_path, name):
    assert status(library, hit(library, **MISATTRIBUTED[name]), tmp_path) == "misattributed"


HYPHENS_KEPT = (
    "Growth was -7.4 percent",
    "Growth was \u22127.4 percent (-2 before)",
    "-7.4 percent",
    "socio-economic gap",
    "socio\u2011economic gap",
    "economic gap of 10-20 percent",
    "20 percent",
    "Re-sign the long-term plan",
    "Re-sign the longterm plan",
    "Re-sign the long-\nterm plan",
    "COVID-19 and the newcomers of 2019-20 included",
    "COVID19 and the new\u00adcomers of 201920",
    "the new-comers",
    "-3 here",
    SIGNS,
)
HYPHENS_CHANGED = (
    "Growth was 7.4 percent",
    "7.4 percent",
    "2 before",
    "(2 before)",
    "Growth was -7.4 percent (2 before)",
    "socio economic gap",
    "socioeconomic gap",
    "gap of -10-20 percent",
    "gap of 1020 percent",
    "gap of 10 20 percent",
    "gap of 10 -20 percent",
    "-20 percent",
    "Resign the long-term plan",
    "Re\u00adsign the long-term plan",
    "Growth-was",
    "with-\na socio-economic gap",
    "3 here",
)


@pytest.mark.parametrize("text", HYPHENS_KEPT)
def test_hyphens_at_line_ends_fold_and_others_are_those_of_the_page(library, text):
    report = verify_excerpts([Excerpt("x", (text,), document_id(SHA3)), Excerpt("y", (text,))], library)
    assert report.counts["found"] == 2


@pytest.mark.parametrize("text", HYPHENS_CHANGED)
def test_a_hyphen_more_or_less_is_not_found(library, text):
    spans = ((1, 0, len(SIGNS)),)
    claims = [Excerpt("x", (text,), document_id(SHA3), pages=(1, 1), spans=spans), Excerpt("y", (text,))]
    assert verify_excerpts(claims, library).counts["not_found"] == 2


def test_a_page_break_takes_no_sign_away(library):
    both = SIGNS + " -3 here."
    report = verify_excerpts([Excerpt("x", (both,), document_id(SHA3), pages=(1, 2))], library)
    assert report.all_found
    bare = Excerpt("x", (SIGNS + " 3 here.",), document_id(SHA3), pages=(1, 2))
    assert verify_excerpts([bare], library).counts["not_found"] == 1


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_any_altered_letter_is_noticed(library, data):
    passage = passage_of(library)
    at = data.draw(st.integers(0, len(passage.text) - 1).filter(lambda n: passage.text[n].isalnum()))
    other = data.draw(st.characters(categories=["Lu", "Ll", "Nd"], codec="ascii"))
    text = passage.text[:at] + other + passage.text[at + 1 :]
    excerpt = Excerpt("x", (text,), document_id(SHA), pages=(1, 2), spans=passage.spans)
    report = verify_excerpts([excerpt], library)
    assert report.counts["found"] == (1 if text == passage.text else 0)


def test_a_passage_over_two_pages_is_found_though_its_text_also_stands_on_one(tmp_path):
    text = "The text stands here twice, once over two pages and once on one."
    first, second = text[:30], text[30:] + "\n" + text
    with Library.open(tmp_path / "library", create=True) as library:
        new = make(SHA, [first, second], ((1, 0, 30), (2, 0, len(text) - 30)))
        library.put_document(new, Metadata(title="Twice"), [FileStamp("one.pdf")])
        claim = {"document": {"file": "one.pdf"}, "text": text}
        assert status(library, claim | {"pages": [1, 2]}, tmp_path) == "found"
        assert status(library, claim | {"pages": [2, 2]}, tmp_path) == "found"
        assert status(library, claim | {"pages": [1, 1]}, tmp_path) == "misattributed"


def test_pages_of_a_source_without_pages_are_misattributed(tmp_path):
    with Library.open(tmp_path / "library", create=True) as library:
        new = make(SHA, [OTHER], ((1, 0, len(OTHER)),))
        unpaged = replace(new.passages[0], pages=(), labels=(), label_source=None, locator="line 1")
        library.put_document(replace(new, paged=False, passages=(unpaged,)), Metadata(), [FileStamp("a.txt")])
        claim = {"document": {"file": "a.txt"}, "text": OTHER, "spans": [[1, 0, len(OTHER)]]}
        assert status(library, claim | {"pages": []}, tmp_path) == "found"
        assert status(library, claim | {"page": 1}, tmp_path) == "found"
        assert status(library, claim | {"pages": [3, 3]}, tmp_path) == "misattributed"
        assert status(library, claim | {"pages": [], "labels": []}, tmp_path) == "found"
        assert status(library, claim | {"pages": [], "labels": ["7", "8"]}, tmp_path) == "misattributed"
        assert status(library, claim | {"pages": [], "spans": [[1, 1, 9]]}, tmp_path) == "misattributed"


def test_a_batch_names_the_line_and_the_hit(library, tmp_path):
    good, bad = hit(library), hit(library, text="Invented words.")
    path = tmp_path / "batch.jsonl"
    path.write_text(
        "\n".join(json.dumps({"id": n, "hits": hits}) for n, hits in enumerate([[good], [good, bad], []]))
    )
    report = verify_file(path, library)
    assert report.counts == {"found": 2, "not_found": 1, "misattributed": 0}
    (finding,) = report.findings
    assert (finding.where, finding.status) == ("line 2, hit 2", "not_found")
    assert str(finding).startswith("line 2, hit 2: not_found: ")


def test_exported_records_and_pages(library, tmp_path):
    path = tmp_path / "passages.jsonl"
    path.write_text(json.dumps(hit(library)) + "\n\n" + json.dumps(hit(library, text="x")) + "\n")
    assert verify_file(path, library).counts["found"] == 1
    path.write_text(json.dumps({"document": {"id": document_id(SHA)}, "page": 2, "text": SECOND}))
    assert verify_file(path, library).counts["found"] == 1
    path.write_text(json.dumps({"document": {"id": document_id(SHA)}, "page": 2, "text": " -\u00ad"}))
    assert verify_file(path, library).counts == {"found": 0, "not_found": 0, "misattributed": 0}
    path.write_text(json.dumps({"document": {"id": document_id(SHA)}, "page": 1, "text": SECOND}))
    assert verify_file(path, library).counts["misattributed"] == 1


def test_csv_with_a_neutralised_formula(library, tmp_path):
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["text", "pages", "labels", "file"])
    writer.writerow(["'Many people come early", "1", "7", "one.pdf"])
    writer.writerow(["Many people come early", "2", "8", "one.pdf"])
    path = tmp_path / "table.csv"
    path.write_text("\ufeff" + out.getvalue())
    assert verify_file(path, library).counts == {"found": 1, "not_found": 0, "misattributed": 1}


def test_markdown_quotes_with_their_citation(library, tmp_path):
    path = tmp_path / "brief.md"
    path.write_text(
        "# Brief\n\n## 1. Clinics\n\n> Many people come early, and nurses see the elderly first\\.\n\n"
        "WHO (2020). Clinics, p. 7 (PDF page 1).\n\nNote: mine\n\n"
        "> Many people come early\n\nWHO (2020). Clinics, p. 8 (PDF page 2).\n\n"
        "> Many people come late\n\nWHO (2020). Clinics, p. 7 (PDF page 1).\n"
    )
    report = verify_file(path, library)
    assert report.counts == {"found": 1, "not_found": 1, "misattributed": 1}
    assert [finding.where for finding in report.findings] == ["line 11", "line 15"]


def test_word_quotations_with_their_footnote(library, tmp_path):
    import zipfile

    ns = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'

    def quote(text, note):
        return (
            f'<w:p><w:pPr><w:pStyle w:val="Quote"/></w:pPr><w:r><w:t>{text}</w:t></w:r>'
            f'<w:r><w:footnoteReference w:id="{note}"/></w:r></w:p>'
        )

    path = tmp_path / "brief.docx"
    with zipfile.ZipFile(path, "w") as archive:
        body = (
            "<w:p><w:r><w:t>Heading</w:t></w:r></w:p>"
            + quote("Many people come early", 1)
            + quote("Papers can", 2)
        )
        archive.writestr("word/document.xml", f"<w:document {ns}><w:body>{body}</w:body></w:document>")
        notes = "".join(
            f'<w:footnote w:id="{n}"><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:footnote>'
            for n, text in ((1, "WHO. Clinics, p. 7 (PDF page 1)."), (2, "WHO. Clinics, PDF page 1."))
        )
        archive.writestr("word/footnotes.xml", f"<w:footnotes {ns}>{notes}</w:footnotes>")
    assert verify_file(path, library).counts == {"found": 1, "not_found": 0, "misattributed": 1}


def test_a_word_file_that_quotes_nothing_is_no_brief(library, tmp_path):
    import zipfile

    ns = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    path = tmp_path / "letter.docx"
    with zipfile.ZipFile(path, "w") as archive:
        body = "<w:p><w:r><w:t>Many people come early</w:t></w:r></w:p>"
        archive.writestr("word/document.xml", f"<w:document {ns}><w:body>{body}</w:body></w:document>")
    with pytest.raises(UsageError, match=r"letter\.docx: no excerpt here"):
        verify_file(path, library)


CITED = {
    "UNDP (2022). T, pp. 7–8 (PDF pages 9–10).": (9, 10),
    "UNDP (2022). T, p. 7 (PDF page 9).": (9, 9),
    "UNDP (2022). T, PDF page 9.": (9, 9),
    "UNDP (2022). T, p. 9.": (9, 9),
    "UNDP (2022). T, pp. 9–10.": (9, 10),
    "UNDP (2022). T, p. 7 (inferred; PDF page 9).": (9, 9),
    "PNUD (2022). T, pp. 7–8 (páginas 9–10 del PDF).": (9, 10),
    "PNUD (2022). T, p. 7 (inferida; página 9 do PDF).": (9, 9),
    "PNUD (2022). La página 3 de todo, página 9 del PDF.": (9, 9),
    "UNDP (2022). T, section 2, paragraph 4.": None,
    "UNDP (2022). T.": None,
}


@pytest.mark.parametrize("line", CITED)
def test_pages_of_a_citation_line(line):
    assert cited_pages(line) == CITED[line]


BROKEN = {
    "half.jsonl": (b'{"hits": []}\n{"hits": [\n', "line 2"),
    "numbers.json": (b"[1, 2]", "entry 1"),
    "no_text.jsonl": (b'{"hits": [{"pages": [1, 1]}]}', "hit 1"),
    "bad_pages.json": (b'{"text": "x", "pages": "nine"}', "pages"),
    "bad_spans.json": (b'{"text": "x", "spans": [[1]]}', "spans"),
    "deep.json": (b"[" * 200_000, "nested"),
    "deep.jsonl": (b'{"hits": []}\n' + b"[" * 200_000, "line 2"),
    "endless.json": (b'{"text": "x", "pages": [1e999, 1]}', "out of range"),
    "digits.csv": (b"text,pages\nx," + b"1" * 5_000, "line 2"),
    "binary.json": (b"{}\n\xff\xfe", "line 2"),
    "table.csv": (b"a,b\n1,2\n", "column called text"),
    "zip.docx": (b"PK\x03\x04 broken", "Word"),
    "README.md": (b"# pincite\n\nNo line of this is quoted.\n", "no excerpt here"),
    "nothing.md": (b"", "no excerpt here"),
    "nothing.jsonl": (b"\n", "no excerpt here"),
    "none.json": (b"[]", "no excerpt here"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_broken_files_are_named_with_their_place(library, tmp_path, name):
    data, said = BROKEN[name]
    (tmp_path / name).write_bytes(data)
    with pytest.raises(UsageError, match=said) as caught:
        verify_file(tmp_path / name, library)
    assert name in str(caught.value)


EMPTY_HANDED = {
    "search.json": '{"question": "x", "hits": []}',
    "batch.jsonl": '{"id": "a", "question": "x", "hits": []}\n{"id": "b", "question": "y", "hits": []}\n',
    "pages.jsonl": '{"document": "a", "page": 1, "text": " "}\n',
    "passages.csv": "text,pages\n",
    "pages.csv": "document_id,page,text\na,1,'-\na,2,\n",
}


@pytest.mark.parametrize("name", EMPTY_HANDED)
def test_a_result_without_hits_holds_nothing_wrong(library, tmp_path, name):
    (tmp_path / name).write_text(EMPTY_HANDED[name])
    report = verify_file(tmp_path / name, library)
    assert report.all_found
    assert sum(report.counts.values()) == 0


def test_a_missing_file_is_wrong_usage(library, tmp_path):
    with pytest.raises(UsageError, match="cannot be read"):
        read_excerpts(tmp_path / "none.json")
