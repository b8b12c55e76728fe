import pytest

from index.query.filters import check_filters, facets, matches, normal, values_of, year_range
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


@pytest.mark.parametrize(
    ("given", "values"),
    [
        ("PAHO", ["PAHO"]),
        (2019, ["2019"]),
        ([2019, "2021.."], ["2019", "2021.."]),
        (("PER",), ["PER"]),
        ({"PER"}, ["PER"]),
        ([], []),
    ],
    ids=str,
)
def test_one_value_needs_no_list_and_a_year_may_be_a_number(given: object, values: list[str]) -> None:
    assert values_of("year", given) == values


@pytest.mark.parametrize("given", [None, True, 2019.0, {"from": 2019}, [None], [["PER"]], b"PER"], ids=str)
def test_what_is_no_value_is_refused_with_its_key(given: object) -> None:
    with pytest.raises(UsageError, match="filter 'year' must be a value or a list of values"):
        values_of("year", given)


def test_filters_of_a_program_are_those_of_the_command_line(library: Library) -> None:
    assert normal({"publisher": "PAHO", "year": 2022}) == {"publisher": ["PAHO"], "year": ["2022"]}
    assert normal(None) == {}
    assert names(library, **normal({"publisher": "PAHO"})) == ["paho-en.txt"]
    with pytest.raises(UsageError, match="unknown filter “yeer”"):
        normal({"yeer": 2022})
    with pytest.raises(UsageError, match="“soon” is no year"):
        normal({"year": ["2019", "soon"]})
