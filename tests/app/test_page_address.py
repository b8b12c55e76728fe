"""The address of the page holds a search, and tolerates anything that is not one."""

from hypothesis import given, settings
from hypothesis import strategies as st

from app.ui.address import Address, query, read, too_long, write
from index.query.parser import MAX_CHARACTERS, clean_question

VALUES = st.text(st.characters(categories=["L", "N", "P"]), min_size=1, max_size=20)
ADDRESSES = st.builds(
    Address,
    question=st.text(max_size=60).map(clean_question),
    filters=st.dictionaries(
        st.sampled_from(["publisher", "type", "country", "doclang"]),
        st.lists(VALUES.map(clean_question).filter(bool), min_size=1, max_size=3, unique=True).map(tuple),
    ),
    years=st.none()
    | st.tuples(st.integers(1000, 9999), st.integers(1000, 9999)).map(lambda y: (min(y), max(y))),
    sort=st.sampled_from(["grouped", "relevance", "document", "newest"]),
    match=st.sampled_from(["best", "words"]),
    page=st.integers(1, 10),
    passage=st.none() | st.text("0123456789abcdef", min_size=32, max_size=32),
    language=st.none() | st.sampled_from(["en", "es", "pt"]),
)


@settings(deadline=None)  # the first call loads things
@given(ADDRESSES)
def test_what_is_written_is_read_again(address: Address) -> None:
    assert read(write(address)) == address


@settings(deadline=None)  # the first call loads things
@given(st.dictionaries(st.text(max_size=10), st.lists(st.text(max_size=30), max_size=4), max_size=8))
def test_any_parameters_give_an_address(params: dict[str, list[str]]) -> None:
    known = {"q", "year", "page", "passage", "sort", "match", "publisher"}
    address = read({**params, **{key: ["�' OR 1=1 --\x00"] for key in known}})
    assert read(write(address)) == address


def test_broken_values_are_left_out() -> None:
    told = read({"year": ["20x2"], "page": ["²"], "sort": ["best"], "passage": ["../../x"], "match": ["all"]})
    assert told == Address()
    assert read({"page": ["0"]}).page == 1
    assert read({"page": ["999"]}).page == 10
    assert read({"year": ["2022..2019"]}).years == (2019, 2022)
    assert read({"year": ["2020"]}).years == (2020, 2020)


def test_defaults_are_not_written() -> None:
    assert write(Address()) == {}
    assert write(Address(question="salud")) == {"q": ["salud"]}


def test_search_filters_are_those_of_the_search() -> None:
    address = Address(filters={"doclang": ("es",), "publisher": ("UNDP", "OIM")}, years=(2019, 2022))
    assert address.search_filters() == {
        "language": ["es"],
        "publisher": ["UNDP", "OIM"],
        "year": ["2019..2022"],
    }


@settings(deadline=None)  # the first call loads things
@given(st.text(max_size=2000))
def test_questions_are_bounded_and_clean(text: str) -> None:
    question = clean_question(text)
    assert len(question) <= MAX_CHARACTERS
    assert question.isprintable()
    assert clean_question(question) == question


def test_a_question_is_as_long_as_the_search_reads() -> None:
    whole, longer = "fee " * 250, "fee " * 250 + "x"
    assert read({"q": [longer]}).question == clean_question(longer) == clean_question(whole)
    assert not too_long(whole)
    assert too_long(longer)
    assert not too_long(" " * 5_000 + "fee")


def test_links_carry_any_question() -> None:
    assert query("¿Qué? & más", "es") == "q=%C2%BFQu%C3%A9%3F+%26+m%C3%A1s&lang=es"
