"""How much the tests of this room try: their quick number, or what `make soak` asks for."""

import os
from collections.abc import Callable

import pytest


@pytest.fixture
def size() -> Callable[[int], int]:
    """Return how many to try: the given number, or that of PINCITE_SOAK."""
    return lambda quick: int(os.environ.get("PINCITE_SOAK", quick))
