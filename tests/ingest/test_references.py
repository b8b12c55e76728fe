"""References of others: read from three formats, matched with files, told where they contradict each other."""

import json
from pathlib import Path
from typing import Any

import pytest
from reportlab.pdfgen.canvas import Canvas

from ingest.errors import UsageError
from ingest.library.library import Library
from ingest.metadata.metadata import Metadata
from ingest.metadata.references.bibtex import attachments_of, plain, read_bibtex
from ingest.metadata.references.csl import is_csl, read_csl
from ingest.metadata.references.match import References, ReferenceSource, printed_dois, title_key
from ingest.metadata.references.read import read_references, reference_files
from ingest.metadata.references.reference import Entry, Reference, iso_date, tags_of
from ingest.metadata.references.ris import read_ris
from ingest.metadata.sources import Subject
from ingest.pipeline import ingest_folder
from ingest.report import IngestReport

BIBTEX = r"""
@article{ruiz2021,
  author = {Ruiz, Ana and {World Health Organization} and Ursula von der Leyen and King, Jr., Martin},
  title = {The {Health} of migrants: caf\'e \& t\'e, 100\% r\~{a}},
  journal = {The Lancet}, publisher = {Elsevier}, year = 2021, month = may, day = 3,
  doi = {https://doi.org/10.1016/s0140_6736(21)1}, url = {https://a.example/c\_d~e?x=%20f},
  keywords = {health, migration}, langid = {en},
  file = {Full Text PDF:files/12/ruiz.pdf:application/pdf;Shot:files/13/page.html:text/html},
}
@techreport{iom, title = {Barriers}, institution = {IOM}, year = {soon},
  editor = {Paz, Bea}, isbn = {978-92-4-001234-5}}
"""
RIS = """TY  - RPRT
ID  - un22
AU  - Ruiz, Ana
AU  - Foro Social
ED  - Paz, Bea
TI  - Migrants in the region
T2  - Policy papers
PB  - UNDP
DA  - 2022/05/03/
DO  - 10.1000/182
SN  - 9789240012345
LA  - es
KW  - health
KW  - law, order
UR  - https://undp.example/a
L1  - files/7/undp.pdf
ER  -
""".replace("ER  -", "ER  - ")
CSL = [
    {
        "id": "x1",
        "type": "chapter",
        "title": "A chapter",
        "author": [
            {"family": "Beethoven", "given": "Ludwig", "non-dropping-particle": "van"},
            {"literal": "Board of Health"},
        ],
        "container-title": "A book",
        "issued": {"date-parts": [[2019, 7]]},
        "DOI": "10.1000/183",
        "keyword": "a, b",
    }
]


def values(entries: Any) -> dict[str, dict[str, Any]]:
    return {one.name: dict(one.reference("refs").values) for one in entries}


def test_bibtex_is_read_with_its_names_dates_and_tex() -> None:
    found = values(read_bibtex(BIBTEX, "refs.bib"))
    assert found["ruiz2021"] == {
        "title": "The Health of migrants: café & té, 100% rã",
        "publisher": "Elsevier",
        "container": "The Lancet",
        "authors": ("Ruiz, Ana", "World Health Organization", "von der Leyen, Ursula", "King, Jr., Martin"),
        "year": 2021,
        "date": "2021-05-03",
        "type": "journal article",
        "doi": "10.1016/s0140_6736(21)1",
        "url": "https://a.example/c_d~e?x=%20f",
        "language": "en",
        "tags": ("health", "migration"),
    }
    assert found["iom"] == {
        "title": "Barriers",
        "publisher": "IOM",
        "editors": ("Paz, Bea",),
        "type": "report",
        "isbn": "978-92-4-001234-5",
    }


def test_ris_is_read() -> None:
    (entry,) = read_ris(RIS, "refs.ris")
    assert entry.attachments == ["files/7/undp.pdf"]
    assert entry.reference("refs.ris").values == {
        "title": "Migrants in the region",
        "publisher": "UNDP",
        "container": "Policy papers",
        "authors": ("Ruiz, Ana", "Foro Social"),
        "editors": ("Paz, Bea",),
        "year": 2022,
        "date": "2022-05-03",
        "type": "report",
        "doi": "10.1000/182",
        "isbn": "9789240012345",
        "language": "es",
        "tags": ("health", "law, order"),
        "url": "https://undp.example/a",
    }


def test_csl_json_is_read() -> None:
    assert values(read_csl(json.dumps(CSL), "refs.json"))["x1"] == {
        "title": "A chapter",
        "container": "A book",
        "authors": ("van Beethoven, Ludwig", "Board of Health"),
        "year": 2019,
        "date": "2019-07",
        "type": "chapter",
        "doi": "10.1000/183",
        "tags": ("a", "b"),
    }


BROKEN = {
    "refs.bib": ("@article{a, title = {x}\n@@@{", "not BibTeX"),
    "refs.ris": ("no tag at all\n", "not RIS"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_file_is_named_with_its_line(name: str, tmp_path: Path) -> None:
    text, message = BROKEN[name]
    (tmp_path / name).write_text(text, encoding="utf-8")
    with pytest.raises(UsageError, match=message) as fault:
        read_references(tmp_path, [name])
    assert str(fault.value).startswith(f"{tmp_path / name}, line ")


def test_only_json_that_is_csl_is_a_reference_file(tmp_path: Path) -> None:
    (tmp_path / "refs.json").write_text(json.dumps(CSL), encoding="utf-8")
    (tmp_path / "data.json").write_text('[{"type": "point"}]', encoding="utf-8")
    (tmp_path / "odd.json").write_text("{", encoding="utf-8")
    names = ["refs.json", "data.json", "odd.json", "a.BIB", "b.ris", "c.csv"]
    assert reference_files(tmp_path, names) == ["refs.json", "a.BIB", "b.ris"]
    assert not is_csl([]) and not is_csl({"type": "book"})
    with pytest.raises(UsageError, match="not CSL-JSON"):
        list(read_csl("[1]", "x.json"))


ATTACHED = {
    "Full Text:files/12/a b.pdf:application/pdf": ["files/12/a b.pdf"],
    "files/12/a.pdf": ["files/12/a.pdf"],
    "a.pdf:files/1/a.pdf:application/pdf;b:files/2/b.html:text/html": ["a.pdf", "files/2/b.html"],
    ":files/3/c\\:d.pdf:PDF": ["files/3/c:d.pdf"],
    "": [],
}


@pytest.mark.parametrize("field", ATTACHED)
def test_attachments_of_bibtex(field: str) -> None:
    assert attachments_of(field) == ATTACHED[field]


DATES = {
    "2022": "2022",
    "2022/5/3/": "2022-05-03",
    "2022-05": "2022-05",
    "2022-00": "2022",
    "May 2022": None,
    "": None,
}


@pytest.mark.parametrize("text", DATES)
def test_dates(text: str) -> None:
    assert iso_date(text) == DATES[text]


def test_values_that_do_not_fit_are_left_out_and_named() -> None:
    entry = Entry("a", {"title": "T", "url": "ftp://x", "doi": "none", "date": None})
    found = entry.reference("refs.bib")
    assert (found.values, found.unfit) == ({"title": "T"}, ("url", "doi"))
    assert str(found) == "refs.bib, entry a"


def test_tags_and_tex_and_dois() -> None:
    assert tags_of("a, b;c;") == ["a, b", "c"] and tags_of("a, b") == ["a", "b"] and tags_of("") == []
    assert plain(r"{\textbackslash}x{\_}y \textasciitilde{} {\'a}") == "\\x_y ~ á"
    assert printed_dois(["see 10.1000/182. and doi:10.1000/182,", "10.1/x"]) == ["10.1000/182"]
    assert (
        title_key("Émigrés: a Survey of Schools") == "emigresasurveyofschools" and title_key("Report") == ""
    )


def references(*entries: Reference) -> References:
    return References.of(entries)


def one(entry: str, *attachments: str, file: str = "refs.bib", **fields: Any) -> Reference:
    return Reference(file=file, entry=entry, values=fields, attachments=attachments)


def test_a_file_is_found_by_attachment_before_name_before_doi_before_title() -> None:
    title = "A survey of schools in the north"
    by_path = one("p", "files/1/Full Text.pdf", file="zotero/refs.bib", year=2001)
    other = one("q", "files/2/Full Text.pdf", file="zotero/refs.bib", year=2002)
    by_name = one("paper", year=2003)
    by_doi = one("d", doi="10.1000/ABC", year=2004)
    by_title = one("t", title=title.upper(), year=2005)
    source = ReferenceSource(references(by_path, other, by_name, by_doi, by_title))

    def year(path: str, **facts: Any) -> Any:
        return source.values(Subject(paths=[path], **facts), path).get("year")

    assert year("zotero/files/1/Full Text.pdf", guessed_title=title) == 2001
    assert year("zotero/files/2/Full Text.pdf") == 2002
    assert year("elsewhere/Full Text.pdf") is None
    assert year("x/PAPER.pdf", guessed_title=title, dois=["10.1000/abc"]) == 2003
    assert year("y.pdf", guessed_title=title, dois=["10.1000/abc"]) == 2004
    assert year("y.pdf", info={"doi": "doi:10.1000/abc"}) == 2004
    assert year("y.pdf", guessed_title="a survey of schools in the North") == 2005
    assert year("a-survey-of-schools-in-the-north.pdf") == 2005
    assert year("y.pdf", guessed_title="A survey") is None
    assert source.describes("x/paper.pdf") and not source.describes("y.pdf")


def pdf(path: Path, *lines: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    canvas = Canvas(str(path), invariant=1)
    for row, line in enumerate(lines):
        canvas.drawString(72, 760 - 20 * row, line)
    canvas.showPage()
    canvas.save()


def ingested(folder: Path) -> tuple[IngestReport, dict[str, Metadata]]:
    with Library.open(folder / "library", create=True) as library:
        report = ingest_folder(folder / "corpus", library, settle=0.01)
        return report, {document.file: document.metadata for document in library.documents()}


def test_a_zotero_export_with_twenty_attachments_describes_all_twenty(tmp_path: Path) -> None:
    corpus = tmp_path / "corpus"
    entries = []
    for number in range(20):
        # Zotero gives each attachment a folder of its own; several bear the same name.
        name = "Full Text PDF.pdf" if number % 2 else f"Ruiz {number} - Café.pdf"
        pdf(corpus / "export" / "files" / str(number) / name, f"Page of paper number {number} on clinics.")
        fields = {
            "title": f"Paper {number}",
            "author": "Ruiz, Ana",
            "date": f"20{number + 1:02d}-03-04",
            "institution": f"Caf{{\\'e}} {number}",
            "file": f"PDF:files/{number}/{name}:application/pdf",
        }
        lines = ", ".join(f"{key} = {{{value}}}" for key, value in fields.items())
        entries.append(f"@report{{r{number}, {lines}}}")
    (corpus / "export" / "export.bib").write_text("\n".join(entries), encoding="utf-8")
    report, found = ingested(tmp_path)
    assert len(found) == 20 and report.skipped == {} and report.notices == ()
    for name, metadata in found.items():
        number = int(name.split("/")[2])
        assert (metadata.title, metadata.publisher) == (f"Paper {number}", f"Café {number}")
        assert metadata.date == f"20{number + 1:02d}-03-04" and metadata.authors == ("Ruiz, Ana",)
        assert set(metadata.sources.values()) - {"text"} == {"references"}


def test_catalogue_and_typed_values_stay_above_and_contradictions_are_told(tmp_path: Path) -> None:
    corpus = tmp_path / "corpus"
    pdf(corpus / "a.pdf", "Clinics of Lima, doi:10.1000/182.", "Nurses see newcomers first.")
    (corpus / "catalogue.toml").write_text('["a.pdf"]\nyear = 2020\n', encoding="utf-8")
    (corpus / "refs.ris").write_text(RIS, encoding="utf-8")
    (corpus / "more.json").write_text(json.dumps(CSL), encoding="utf-8")
    report, found = ingested(tmp_path)
    metadata = found["a.pdf"]
    assert (metadata.year, metadata.sources["year"]) == (2020, "catalogue")
    assert (metadata.publisher, metadata.sources["publisher"]) == ("UNDP", "references")
    assert report.notices == (
        "a.pdf: year is 2020 (catalogue); refs.ris, entry un22 has 2022",
        "more.json: 1 of 1 entries describe no file of this folder",
    )
    with Library.open(tmp_path / "library") as library:
        library.set_override("a.pdf", "publisher", "Ministry")
    report, found = ingested(tmp_path)
    assert (found["a.pdf"].publisher, found["a.pdf"].sources["publisher"]) == ("Ministry", "edited")


def test_what_leaves_the_reference_file_leaves_the_library(tmp_path: Path) -> None:
    pdf(tmp_path / "corpus" / "undp.pdf", "Clinics of Lima.")
    (tmp_path / "corpus" / "refs.ris").write_text(RIS, encoding="utf-8")
    assert ingested(tmp_path)[1]["undp.pdf"].publisher == "UNDP"
    (tmp_path / "corpus" / "refs.ris").write_text(RIS.replace("PB  - UNDP", "PB  - IOM"), encoding="utf-8")
    report, found = ingested(tmp_path)
    assert found["undp.pdf"].publisher == "IOM" and report.metadata_changed
    (tmp_path / "corpus" / "refs.ris").unlink()
    assert ingested(tmp_path)[1]["undp.pdf"].publisher is None


def test_two_entries_for_one_file_are_told(tmp_path: Path) -> None:
    pdf(tmp_path / "corpus" / "files" / "7" / "undp.pdf", "Clinics of Lima.")
    twice = RIS + RIS.replace("un22", "un23").replace("2022/05/03/", "2021")
    (tmp_path / "corpus" / "refs.ris").write_text(twice, encoding="utf-8")
    report, found = ingested(tmp_path)
    assert found["files/7/undp.pdf"].year == 2022
    assert any(
        "year is 2022 (refs.ris, entry un22); refs.ris, entry un23 has 2021" in one for one in report.notices
    )
