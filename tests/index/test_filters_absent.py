"""What is said of a filter value that no document has."""

import pytest
from index_library import put_text

from app.i18n import words
from app.i18n.notices import sentence
from index.query.filters import MOST_NAMED, Filters, unknown_values
from ingest.library.library import Library
from ingest.library.records import Document
from ingest.metadata.metadata import Metadata


@pytest.fixture(scope="module")
def documents(tmp_path_factory: pytest.TempPathFactory) -> list[Document]:
    with Library.open(tmp_path_factory.mktemp("library"), create=True) as library:
        for number in range(12):
            publisher = "UNDP (digest)" if number == 7 else f"Office {number % 11:02}"
            metadata = Metadata(title=f"Paper {number}", publisher=publisher, year=2010 + number)
            put_text(library, f"paper-{number}.pdf", metadata, "en", [f"Text of paper {number} on clinics."])
        return library.documents()


def remarks(documents: list[Document], filters: Filters) -> tuple[str, ...]:
    return tuple(sentence(words("en"), notice) for notice in unknown_values(documents, filters))


def test_values_that_hold_the_one_asked_for_come_first(documents: list[Document]) -> None:
    (said,) = remarks(documents, {"publisher": ["undp"]})
    assert said.startswith(
        "no document has publisher “undp”; there are: UNDP (digest), Office 00, Office 01,"
    )


def test_at_most_ten_are_named_and_the_rest_counted(documents: list[Document]) -> None:
    (said,) = remarks(documents, {"document": ["none.pdf"]})
    assert said.startswith("no document is called “none.pdf”; there are: ")
    assert said.count(".pdf") == 1 + MOST_NAMED
    assert said.endswith(" and 2 more")


def test_years_are_named_newest_first_and_a_range_is_taken_as_one(documents: list[Document]) -> None:
    (said,) = remarks(documents, {"year": ["1990..1999", "2020"]})
    assert said.startswith("no document is of “1990..1999”; there are: 2021, 2020, 2019,")


def test_a_key_that_no_document_has_at_all(documents: list[Document]) -> None:
    assert remarks(documents, {"country": ["PER"]}) == (
        "no document has country “PER”; none has any country",
    )


def test_values_that_are_there_in_another_spelling_are_not_remarked_on(documents: list[Document]) -> None:
    assert (
        remarks(documents, {"publisher": ["office 03"], "year": ["..2012"], "document": ["paper-3.pdf"]})
        == ()
    )
