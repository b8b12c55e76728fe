"""One file is not "1 files"."""

import pytest

from app.i18n.plurals import counted


@pytest.mark.parametrize(
    ("number", "told"), [(0, "0 files"), (1, "1 file"), (2, "2 files"), (1_000, "1000 files")]
)
def test_a_count_agrees_with_its_word(number: int, told: str) -> None:
    assert counted(number, "file") == told


def test_another_plural_is_given() -> None:
    assert counted(1, "body", "bodies") == "1 body"
    assert counted(3, "body", "bodies") == "3 bodies"
