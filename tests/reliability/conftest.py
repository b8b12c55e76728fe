"""How much the tests of this room try: their quick number, or what `make soak` asks for."""

import os
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

ASKED = "PINCITE_SOAK"


@pytest.fixture
def size() -> Callable[[int], int]:
    """Return how many to try: the given number, or that of PINCITE_SOAK."""
    return lambda quick: int(os.environ.get(ASKED, quick))


def pytest_collection_modifyitems(items: Iterable[pytest.Item]) -> None:
    """Give a row of the soak its own time: the limits of these tests are meant for their quick numbers."""
    for item in items if ASKED in os.environ else ():
        if Path(__file__).parent in item.path.parents:
            item.own_markers = [mark for mark in item.own_markers if mark.name != "timeout"]
