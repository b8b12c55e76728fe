"""References go out and come back without a lost field, and other people's parsers read them the same way."""

import json
import random
from dataclasses import replace
from typing import Any

import pytest
import rispy
from bibtexparser.entrypoint import parse_string
from cited_samples import a_document, a_passage

from app.citations import styles
from ingest.library.records import Document
from ingest.metadata.metadata import FIELDS, Metadata
from ingest.metadata.references.bibtex import plain, read_bibtex
from ingest.metadata.references.csl import read_csl
from ingest.metadata.references.ris import read_ris

TYPES = ("report", "journal article", "book", "chapter", "thesis", "law", "web page", "news")
FAMILIES = ("Ruiz", "de la Cruz", "van Beethoven", "Núñez Ñandú", "O'Neill", "Ōe", "García-Márquez", "Åström")
GIVEN = ("Ana", "B. C.", "José María", "Ursula", "Łukasz")
BODIES = ("World Health Organization", "Ministerio de Salud y Deportes", "Food and Health Board", "INEI")
WORDS = (
    "Health",
    "acceso",
    "à saúde",
    "100% of_it",
    "café & té",
    "{braces}",
    "§ 5",
    "#1",
    "migration",
    "Perú",
    "~",
)
TAGS = ("health", "law, order", "migración", "a & b", "100%")
COUNT = 200


def people(chance: random.Random) -> tuple[str, ...]:
    names = [
        f"{chance.choice(FAMILIES)}, {chance.choice(GIVEN)}"
        if chance.random() < 0.7
        else chance.choice(BODIES)
        for _ in range(chance.randint(1, 4))
    ]
    return tuple(dict.fromkeys(names))


def record(number: int) -> Metadata:
    """Return the metadata of one of the 200 records: every field is there in most of them."""
    chance = random.Random(number)
    year = chance.randint(1950, 2025)
    date = f"{year}-{chance.randint(1, 12):02d}" + (
        f"-{chance.randint(1, 28):02d}" if chance.random() < 0.7 else ""
    )

    def some(value: Any, empty: Any = None) -> Any:
        return value if chance.random() < 0.8 else empty

    return Metadata(
        title=f"{number} " + " ".join(chance.choices(WORDS, k=5)),
        publisher=chance.choice(BODIES),
        authors=people(chance),
        editors=some(people(chance), ()),
        year=year,
        date=some(date),
        type=TYPES[number % len(TYPES)],
        container=some(f"Journal of {chance.choice(WORDS)} {number}"),
        doi=some(f"10.{chance.randint(1000, 99999)}/s{number}_a(b)-c"),
        isbn=some("978-92-4-001234-5"),
        url=some(f"https://a.example/{number}_x~y?q=%20&z#é"),
        language=chance.choice(("es", "pt", "en")),
        tags=some(tuple(chance.sample(TAGS, chance.randint(1, 3))), ()),
    )


RECORDS = [record(number) for number in range(COUNT)]
DOCUMENTS = [a_document(one, number=number) for number, one in enumerate(RECORDS, 1)]
# A country has no place in any of the three formats.
CARRIED = [name for name in FIELDS if name != "countries"]


def bibtex(documents: list[Document]) -> list[dict[str, Any]]:
    text = "\n".join(styles.bibtex(document) for document in documents)
    return [dict(one.reference("x.bib").values) for one in read_bibtex(text, "x.bib")]


def ris(documents: list[Document]) -> list[dict[str, Any]]:
    text = "\n".join(styles.ris(document) for document in documents)
    return [dict(one.reference("x.ris").values) for one in read_ris(text, "x.ris")]


def csl(documents: list[Document]) -> list[dict[str, Any]]:
    return [dict(one.reference("x.json").values) for one in read_csl(styles.csl_text(documents), "x.json")]


@pytest.mark.parametrize("way", [bibtex, ris, csl])
def test_two_hundred_records_of_eight_types_lose_no_field(way: Any) -> None:
    found = way(DOCUMENTS)
    assert len(found) == COUNT and {one.type for one in RECORDS} == set(TYPES)
    for values, wanted in zip(found, RECORDS, strict=True):
        assert {name: values.get(name) or None for name in CARRIED} == {
            name: getattr(wanted, name) or None for name in CARRIED
        }


@pytest.mark.parametrize("way", [bibtex, ris, csl])
def test_what_is_not_known_is_not_made_up(way: Any) -> None:
    (found,) = way([a_document(Metadata(title="A title alone", type="report"))])
    assert found == {"title": "A title alone", "type": "report"}


def test_independent_parsers_agree_on_fields_and_page() -> None:
    passage = a_passage(pages=(9, 10), labels=("7", "8"))
    for document, wanted in zip(DOCUMENTS[:40], RECORDS, strict=False):
        entry = parse_string(styles.bibtex(document, passage)).entries[0].fields_dict
        (record_,) = rispy.loads(styles.ris(document, passage))
        item = json.loads(json.dumps(styles.csl_json(document, passage)))
        assert plain(entry["title"].value) == record_["title"] == item["title"] == wanted.title
        assert (
            entry["year"].value
            == record_["year"]
            == str(item["issued"]["date-parts"][0][0])
            == str(wanted.year)
        )
        assert entry["pages"].value == "7--8" and (record_["start_page"], record_["end_page"]) == ("7", "8")
        assert item["locator"] == "7–8"
        assert "PDF pages 9–10" in entry["note"].value and "PDF pages 9–10" in record_["notes"][0]
        if wanted.url:
            assert entry["url"].value == record_["urls"][0] == item["URL"] == wanted.url
        if wanted.doi:
            assert entry["doi"].value == record_["doi"] == item["DOI"] == wanted.doi


@pytest.mark.parametrize(
    ("editors", "author"), [((), ["Pan American Health Organization"]), (("García Márquez, Gabriel",), [])]
)
def test_the_publisher_stands_for_authors_only_where_nobody_edited(
    editors: tuple[str, ...], author: list[str]
) -> None:
    publisher = "Pan American Health Organization"
    meta = Metadata(
        title="Health in the region", publisher=publisher, editors=editors, type="book", year=2024
    )
    document = a_document(meta)
    (record_,) = rispy.loads(styles.ris(document))
    fields = parse_string(styles.bibtex(document)).entries[0].fields_dict
    assert record_.get("authors", []) == author
    assert [fields[name].value.strip("{}") for name in ("author",) if name in fields] == author
    assert [one["literal"] for one in styles.csl_json(document).get("author", [])] == author
    assert [line for line in styles.ris(document).splitlines() if line.startswith("ED")] == [
        f"ED  - {name}" for name in editors
    ]
    assert ("editor" in fields) == bool(editors)


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        ({"publisher": "PAHO", "authors": ("Rojas, Ana",)}, "paho"),
        ({"authors": ("Unión Europea",)}, "unioneuropea"),
        ({"authors": ("Rojas, Ana", "Ruiz, Eva")}, "rojas"),
        ({"editors": ("García Márquez, Gabriel",)}, "garciamarque"),
        ({}, "anon"),
    ],
)
def test_a_key_names_who_is_known(names: dict[str, Any], expected: str) -> None:
    document = a_document(Metadata(title="A title", year=2023, **names))
    assert styles.key(document) == f"{expected}2023{document.id[:8]}"


def test_organisations_and_particles_in_each_format() -> None:
    meta = replace(
        RECORDS[0], authors=("World Health Organization", "de la Cruz, Sor Juana", "Ruiz and Sons")
    )
    document = a_document(meta)
    authors = "{World Health Organization} and de la Cruz, Sor Juana and {Ruiz and Sons}"
    assert f"author = {{{authors}}}" in styles.bibtex(document)
    assert styles.csl_json(document)["author"] == [
        {"literal": "World Health Organization"},
        {"family": "de la Cruz", "given": "Sor Juana"},
        {"literal": "Ruiz and Sons"},
    ]
