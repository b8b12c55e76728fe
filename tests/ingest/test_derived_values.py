"""What a library keeps beside its documents comes back by space and key, in any amount."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.library.derived import ROWS_AT_ONCE, chunks
from ingest.library.library import Library


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with Library.open(tmp_path / "library", create=True) as opened:
        yield opened


def test_values_come_back_by_space_and_key_and_missing_ones_are_left_out(library: Library) -> None:
    library.put_derived("e5", [("a", b"1"), ("b", b"2")])
    library.put_derived("other", [("a", b"3")])
    assert library.get_derived("e5", ["a", "b", "c"]) == {"a": b"1", "b": b"2"}
    assert library.get_derived("other", ["a", "b"]) == {"a": b"3"}
    assert library.get_derived("none", ["a"]) == {}
    assert library.get_derived("e5", []) == {}


def test_of_a_key_given_twice_the_last_value_holds(library: Library) -> None:
    library.put_derived("e5", [("a", b"1"), ("a", b"2")])
    assert library.get_derived("e5", ["a"]) == {"a": b"2"}
    library.put_derived("e5", [("a", b"3")])
    assert library.get_derived("e5", ["a"]) == {"a": b"3"}


def test_more_values_than_one_transaction_takes(library: Library) -> None:
    keys = [f"{at:05}" for at in range(2 * ROWS_AT_ONCE + 7)]
    library.put_derived("e5", ((key, key.encode()) for key in keys))
    assert library.derived_keys("e5") == set(keys)
    assert library.get_derived("e5", keys) == {key: key.encode() for key in keys}


def test_what_nobody_uses_is_dropped_and_counted(library: Library) -> None:
    library.put_derived("e5", [("a", b"1"), ("b", b"2"), ("c", b"3")])
    library.put_derived("other", [("a", b"4")])
    assert library.collect_derived("e5", ["b", "z"]) == 2
    assert library.derived_keys("e5") == {"b"}
    assert library.derived_keys("other") == {"a"}
    assert library.collect_derived("e5", ["b"]) == 0


def test_values_worked_out_do_not_change_the_state_of_the_library(library: Library) -> None:
    before = library.state()
    library.put_derived("e5", [("a", b"1")])
    library.set_setting("corpus", "/papers")
    library.collect_derived("e5", [])
    assert library.state() == before


@pytest.mark.parametrize("value", ["papers", 3, 2.5, True, ["a", "b"], {"name": "tiny", "size": 8}, ""])
def test_settings_are_any_json_value(library: Library, value: object) -> None:
    library.set_setting("key", value)
    assert library.setting("key") == value


def test_a_setting_is_replaced_and_forgotten(library: Library) -> None:
    assert library.setting("key") is None
    library.set_setting("key", 1)
    library.set_setting("key", 2)
    library.set_setting("other", 3)
    assert library.setting("key") == 2
    library.set_setting("key", None)
    assert (library.setting("key"), library.setting("other")) == (None, 3)


def test_what_was_kept_is_there_when_the_library_is_opened_again(tmp_path: Path) -> None:
    with Library.open(tmp_path, create=True) as first:
        first.put_derived("e5", [("a", b"1")])
        first.set_setting("corpus", "/papers")
    with Library.open(tmp_path) as second:
        assert second.get_derived("e5", ["a"]) == {"a": b"1"}
        assert second.setting("corpus") == "/papers"


@given(st.lists(st.integers(), max_size=30), st.integers(1, 10))
def test_chunks_hold_everything_in_order(items: list[int], size: int) -> None:
    found = list(chunks(items, size))
    assert [item for some in found for item in some] == items
    assert all(len(some) == size for some in found[:-1])
    assert all(0 < len(some) <= size for some in found)
