"""What gets out of use has a name of its own, as long as the longest name may be."""

import re

import pytest

from ingest.library.aside import before, stamp
from ingest.library.place import schema_of
from ingest.library.postgres import LONGEST_NAME

LONGEST_SCHEMA = "a" * 40


def test_a_stamp_is_the_second_and_four_random_digits() -> None:
    assert re.fullmatch(r"\d{8}-\d{6}-[0-9a-f]{4}", stamp())
    assert re.fullmatch(r"\d{8}_\d{6}_[0-9a-f]{4}", stamp("_"))
    assert len({stamp() for _ in range(20)}) > 10, "no two in one second are alike"


@pytest.mark.parametrize("name", ["library.db", "ñandú", ""])
def test_a_name_that_fits_stays_whole(name: str) -> None:
    assert re.fullmatch(rf"{re.escape(name)}\.before-\d{{8}}-\d{{6}}-[0-9a-f]{{4}}", before(name))


def test_the_longest_schema_keeps_the_digits_that_tell_its_names_apart() -> None:
    assert schema_of(f"postgresql://h/d?schema={LONGEST_SCHEMA}") == LONGEST_SCHEMA
    names = {before(LONGEST_SCHEMA, "_", "_", LONGEST_NAME) for _ in range(20)}
    assert len(names) > 10
    for name in names:
        assert len(name) == LONGEST_NAME
        assert re.fullmatch(r"a+_before_\d{8}_\d{6}_[0-9a-f]{4}", name)
