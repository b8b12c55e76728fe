"""Reference files as other programs write them: each has its own ways with names, dates, files and TeX."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.errors import UsageError
from ingest.metadata.metadata import checked
from ingest.metadata.references.bibtex import plain, read_bibtex
from ingest.metadata.references.csl import read_csl
from ingest.metadata.references.match import MOST_REMARKS, References, remarks
from ingest.metadata.references.reference import KINDS, Reference, personal_name
from ingest.metadata.references.ris import read_ris
from ingest.metadata.sources import Subject, resolve


def bibtex(text: str) -> dict[str, Any]:
    (entry,) = read_bibtex(text, "x.bib")
    return dict(entry.reference("x.bib").values)


def ris(*lines: str) -> dict[str, Any]:
    (entry,) = read_ris("\n".join([*lines, "ER  - ", ""]), "x.ris")
    return dict(entry.reference("x.ris").values)


def csl(**item: Any) -> dict[str, Any]:
    (entry,) = read_csl(json.dumps([item]), "x.json")
    return dict(entry.reference("x.json").values)


BIBTEX: dict[str, tuple[str, dict[str, Any]]] = {
    "zotero, biblatex": (
        "@online{a, title = {On {{WHO}}}, date = {2020-11}, langid = {spanish}, urldate = {2021-01-02}}",
        {"title": "On WHO", "year": 2020, "date": "2020-11", "type": "web page", "language": "spanish"},
    ),
    "jabref": (
        "@InCollection{a, title = {T}, booktitle = {A book}, editor = {Paz, B. and Sol, C.}, "
        "publisher = {Ed.}, month = feb, year = 1999}",
        {
            "title": "T",
            "container": "A book",
            "editors": ("Paz, B.", "Sol, C."),
            "publisher": "Ed.",
            "year": 1999,
            "date": "1999-02",
            "type": "chapter",
        },
    ),
    "a thesis": (
        '@phdthesis{a, title = "T", school = "UNAM", year = 2001}',
        {"title": "T", "publisher": "UNAM", "year": 2001, "type": "thesis"},
    ),
    "a number as month": (
        "@report{a, title={T}, institution={I}, year={2010}, month={12}, day={01}}",
        {"title": "T", "publisher": "I", "year": 2010, "date": "2010-12-01", "type": "report"},
    ),
    "a month that is none": (
        "@book{a, title={T}, year={2010}, month={spring}}",
        {"title": "T", "year": 2010, "type": "book"},
    ),
    "an unknown kind": ("@unheard{a, title={T}}", {"title": "T"}),
    "strings and joins": (
        '@string{who = "World Health"} @report{a, title = {T}, institution = who # " Organization"}',
        {"title": "T", "publisher": "World Health Organization", "type": "report"},
    ),
    "a comment and a preamble": (
        '@comment{nothing} @preamble{"x"} @book{a, title={T}}',
        {"title": "T", "type": "book"},
    ),
}


@pytest.mark.parametrize("case", BIBTEX)
def test_bibtex_of_other_programs(case: str) -> None:
    text, wanted = BIBTEX[case]
    assert bibtex(text) == wanted


TEX = {
    r"Per{\'u} y Espa\~{n}a": "Perú y España",
    r"{\O}st{\aa}s, \v{S}koda, \c{c}a, na{\"\i}ve": "Østås, Škoda, ça, naïve",
    r"A \& B, 5\,\%": "A & B, 5\u202f%",
    r"``quoted'' -- a --- b": "“quoted” – a — b",
    "{The {Lancet}}": "The Lancet",
    "broken {brace": "broken brace",
    "": "",
}


@pytest.mark.parametrize("tex", TEX)
def test_tex_is_taken_for_what_it_sets(tex: str) -> None:
    assert "".join(plain(tex).split()) == "".join(TEX[tex].split())


def test_a_repeated_key_costs_its_entry_and_not_the_file() -> None:
    text = "@book{a, title={One}} @book{a, title={Two}} @book{b, title={Three}}"
    assert [one.fields["title"] for one in read_bibtex(text, "x.bib")] == ["One", "Three"]


RIS: dict[str, tuple[tuple[str, ...], dict[str, Any]]] = {
    "endnote": (
        ("TY  - JOUR", "A1  - Ruiz, A.", "T1  - T", "JF  - The Lancet", "Y1  - 2019/03//", "A2  - Paz, B."),
        {
            "title": "T",
            "authors": ("Ruiz, A.",),
            "editors": ("Paz, B.",),
            "container": "The Lancet",
            "year": 2019,
            "date": "2019-03",
            "type": "journal article",
        },
    ),
    "a date before its year": (
        ("TY  - RPRT", "TI  - T", "PY  - 2018", "DA  - 2018/12/24/"),
        {"title": "T", "year": 2018, "date": "2018-12-24", "type": "report"},
    ),
    "a law": (("TY  - STAT", "TI  - Ley 1"), {"title": "Ley 1", "type": "law"}),
    "an address that is none": (
        ("TY  - ELEC", "TI  - T", "UR  - see page 3"),
        {"title": "T", "type": "web page"},
    ),
}


@pytest.mark.parametrize("case", RIS)
def test_ris_of_other_programs(case: str) -> None:
    lines, wanted = RIS[case]
    assert ris(*lines) == wanted


CSL: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "dates as texts": (
        {"type": "report", "title": "T", "issued": {"date-parts": [["2020", "4", "7"]]}},
        {"title": "T", "year": 2020, "date": "2020-04-07", "type": "report"},
    ),
    "a date written out": (
        {"type": "report", "title": "T", "issued": {"raw": "2020-04"}},
        {"title": "T", "year": 2020, "date": "2020-04", "type": "report"},
    ),
    "a dropping particle and a suffix": (
        {
            "type": "book",
            "title": "T",
            "author": [{"family": "Humboldt", "given": "A.", "dropping-particle": "von", "suffix": "Jr."}],
        },
        {"title": "T", "authors": ("von Humboldt, Jr., A.",), "type": "book"},
    ),
    "nonsense beside": (
        {"type": "book", "title": "T", "author": "Ruiz", "issued": 2020, "URL": 5, "ISBN": "x"},
        {"title": "T", "type": "book"},
    ),
}


@pytest.mark.parametrize("case", CSL)
def test_csl_of_other_programs(case: str) -> None:
    item, wanted = CSL[case]
    assert csl(**item) == wanted


def test_attachments_of_csl() -> None:
    item = {"type": "book", "title": "T", "attachments": [{"path": "files/1/a.pdf"}, "b.pdf", {}]}
    (entry,) = read_csl(json.dumps({"items": [item]}), "x.json")
    assert entry.reference("x.json").attachments == ("files/1/a.pdf", "b.pdf")


@given(st.text(max_size=200))
def test_no_text_breaks_a_reader_in_another_way_than_by_its_name(text: str) -> None:
    for reader in (read_bibtex, read_ris, read_csl):
        try:
            for entry in reader(text, "file"):
                entry.reference("file")
        except UsageError as fault:
            assert str(fault).startswith("file, line ")


@given(
    st.dictionaries(
        st.sampled_from(["type", "title", "author", "issued", "DOI", "keyword"]), st.none() | st.text()
    )
)
def test_every_value_that_is_kept_is_one_of_its_field(item: dict[str, Any]) -> None:
    try:
        found = csl(**item)
    except UsageError:
        return
    assert all(checked(name, value) == value for name, value in found.items())


def test_names() -> None:
    assert personal_name("Ruiz", "Ana") == "Ruiz, Ana" and personal_name("WHO") == "WHO"
    assert personal_name("King", "Martin", "Jr.") == "King, Jr., Martin"
    assert {"report", "law", "thesis", "web page"} <= set(KINDS.values())


def test_only_so_many_contradictions_are_told() -> None:
    entries = [
        Reference(
            file="x.bib", entry=f"e{n}", values={"year": 2000 + n, "title": f"T{n}"}, attachments=("a.pdf",)
        )
        for n in range(30)
    ]
    subject = Subject(paths=["a.pdf"])
    told = remarks(References.of(entries), [(subject, resolve(subject, []))])
    assert len(told) == MOST_REMARKS + 1
    assert told[-1].startswith("references: ") and told[-1].endswith("more values contradict each other")
