"""What holds of every source of metadata; a further one is one more entry of `SOURCES`."""

from dataclasses import fields

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.metadata.catalogue import Catalogue
from ingest.metadata.metadata import FIELDS, Metadata, checked
from ingest.metadata.sources import (
    CatalogueSource,
    FileInfoSource,
    FileNameSource,
    FirstPageSource,
    SidecarSource,
    Source,
    Subject,
    TextSource,
    resolve,
    sources_of,
)

ENTRY: dict[str, object] = {"publisher": "UNDP", "year": 2022}
SIDECAR: dict[str, object] = {"publisher": "IOM", "type": "report"}
CATALOGUE = Catalogue({"a-survey-of-schools.pdf": ENTRY}, {"a-survey-of-schools.pdf": ENTRY})
SUBJECT = Subject(
    paths=["a-survey-of-schools.pdf"],
    guessed_title="Migration and health",
    info={"title": "Annual survey"},
    language="en",
)

# Each source, and what it knows of `SUBJECT`.
SOURCES: dict[str, tuple[Source, dict[str, object]]] = {
    "catalogue": (CatalogueSource(CATALOGUE), ENTRY),
    "sidecar": (SidecarSource({"a-survey-of-schools.pdf": SIDECAR}), SIDECAR),
    "first page": (FirstPageSource(), {"title": "Migration and health"}),
    "pdf info": (FileInfoSource(), {"title": "Annual survey"}),
    "text": (TextSource(), {"language": "en"}),
    "file name": (FileNameSource(), {"title": "a survey of schools"}),
}


def test_those_of_a_corpus_are_these_in_the_order_in_which_they_are_believed() -> None:
    assert [source.name for source in sources_of(CATALOGUE, {})] == list(SOURCES)


@pytest.mark.parametrize("name", SOURCES)
def test_it_gives_values_as_metadata_holds_them(name: str) -> None:
    source, known = SOURCES[name]
    found = {
        field: value for field, value in source.values(SUBJECT, "a-survey-of-schools.pdf").items() if value
    }
    assert found == known
    assert set(found) <= set(FIELDS) == {one.name for one in fields(Metadata)} - {"sources"}
    assert all(checked(field, value) == value for field, value in found.items())


@pytest.mark.parametrize("name", SOURCES)
def test_alone_it_is_named_with_each_value(name: str) -> None:
    source, known = SOURCES[name]
    metadata = resolve(SUBJECT, [source])
    assert {field: getattr(metadata, field) for field in known} == known
    assert metadata.sources == dict.fromkeys(known, name)


@pytest.mark.parametrize("name", SOURCES)
def test_only_what_a_person_wrote_describes_a_name(name: str) -> None:
    source, _ = SOURCES[name]
    assert source.describes("a-survey-of-schools.pdf") == (name in {"catalogue", "sidecar"})
    assert not source.describes("other.pdf")


@pytest.mark.parametrize("name", [name for name in SOURCES if name != "file name"])
def test_where_nothing_is_known_nothing_is_said(name: str) -> None:
    source, _ = SOURCES[name]
    assert not any(source.values(Subject(paths=["other.pdf"]), "other.pdf").values())


@given(order=st.permutations(list(SOURCES)))
def test_the_first_that_knows_a_field_counts_whatever_the_order(order: list[str]) -> None:
    metadata = resolve(SUBJECT, [SOURCES[name][0] for name in order])
    for field in FIELDS:
        knowing = [name for name in order if field in SOURCES[name][1]]
        assert metadata.sources.get(field) == (knowing[0] if knowing else None)
        assert bool(getattr(metadata, field)) == bool(knowing)


def test_a_further_source_takes_its_place_in_the_list() -> None:
    class Archive:
        name = "archive"

        def describes(self, path: str) -> bool:
            return path.startswith("a")

        def values(self, subject: Subject, path: str) -> dict[str, object]:
            return {"publisher": "Archive of the Americas", "colour": "red"}

    metadata = resolve(SUBJECT, [Archive(), *(source for source, _ in SOURCES.values())])
    assert (metadata.publisher, metadata.year, metadata.sources["publisher"]) == (
        "Archive of the Americas",
        2022,
        "archive",
    )
