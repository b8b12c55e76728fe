import pytest

from index.query.filters import check_filters, facets, matches, year_range
from ingest.errors import UsageError
from ingest.library.library import Library


def names(library: Library, **filters: list[str]) -> list[str]:
    return [document.file for document in library.documents() if matches(document, filters)]


CASES: dict[str, tuple[dict[str, list[str]], list[str]]] = {
    "year": ({"year": ["2019"]}, ["ley-es.txt"]),
    "years_inclusive": ({"year": ["2019..2022"]}, ["ley-es.txt", "paho-en.txt"]),
    "open_years": ({"year": ["2023.."]}, ["sus-pt.txt"]),
    "or_within_a_key": ({"publisher": ["PAHO", "MS"]}, ["paho-en.txt", "sus-pt.txt"]),
    "and_between_keys": ({"publisher": ["PAHO", "MS"], "country": ["bra"]}, ["sus-pt.txt"]),
    "accents_and_case": ({"type": ["RÉPORT"]}, ["paho-en.txt", "sus-pt.txt"]),
    "file": ({"document": ["ley-es.txt"]}, ["ley-es.txt"]),
    "none": ({"country": ["ARG"]}, []),
    "no_values_no_filter": ({"country": []}, ["ley-es.txt", "paho-en.txt", "sus-pt.txt"]),
}


@pytest.mark.parametrize("case", CASES)
def test_matches(library: Library, case: str) -> None:
    filters, expected = CASES[case]
    assert names(library, **filters) == expected


def test_document_by_id(library: Library) -> None:
    document = library.documents()[1]
    assert names(library, document=[document.id]) == [document.file]


@pytest.mark.parametrize("wrong", ["soon", "", "..", "20", "2019-2020", "2019..x", "19999"])
def test_wrong_years(wrong: str) -> None:
    with pytest.raises(UsageError):
        year_range(wrong)


def test_unknown_key_names_the_known_ones() -> None:
    with pytest.raises(UsageError, match="publisher"):
        check_filters({"colour": ["red"]})


def test_facets_obey_the_other_filters(library: Library) -> None:
    found = facets(library.documents(), {"country": ["PER"]})
    assert found["country"] == {"PER": 2, "BRA": 1}
    assert found["publisher"] == {"MINSA": 1, "PAHO": 1}
    assert list(found["year"]) == ["2022", "2019"]


@pytest.mark.parametrize("wrong", ["2022..2018", "2001..2000", "9999..0001"])
def test_a_range_that_ends_before_it_begins_is_refused(wrong: str) -> None:
    first, last = wrong.split("..")
    with pytest.raises(UsageError, match=f"no range of years; write {last}..{first}"):
        check_filters({"year": [wrong]})
    check_filters({"year": [f"{last}..{first}", f"{first}..{first}"]})
