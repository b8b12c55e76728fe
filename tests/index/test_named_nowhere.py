"""Countries that neither the hits nor their documents name."""

import numpy as np
import pytest

from index.analysis.places import names_of
from index.ranking.in_memory import retriever_over
from index.ranking.named_nowhere import named_nowhere

TEXTS = [
    "Ley General de Salud del Perú.",
    "Artículo 4. La atención es gratuita.",
    "The permit costs ten dollars.",
    "Visitors from Costa Rica pay nothing.",
]
RETRIEVER = retriever_over(TEXTS, ["es", "es", "en", "en"])
RETRIEVER.row_documents = np.array([0, 0, 1, 2], np.int32)


@pytest.mark.parametrize(
    ("code", "rows", "nowhere"),
    [
        ("PE", [0], False),
        ("PE", [1], False),  # its document names the country
        ("PE", [2], True),
        ("PE", [2, 1], False),
        ("CR", [3], False),
        ("CR", [2, 1], True),
        ("BO", [0, 1, 2, 3], True),
    ],
)
def test_a_country_is_looked_for_in_hits_and_in_their_documents(
    code: str, rows: list[int], nowhere: bool
) -> None:
    found = named_nowhere(code, np.array(rows, np.int32), RETRIEVER, TEXTS.__getitem__)
    assert found is nowhere


def test_only_documents_of_the_first_hits_are_looked_into() -> None:
    many = retriever_over([*TEXTS, "Roads.", "Rails."], ["es", "es", "en", "en", "en", "en"])
    many.row_documents = np.array([0, 0, 1, 2, 3, 4], np.int32)
    texts = [*TEXTS, "Roads.", "Rails."]
    assert named_nowhere("PE", np.array([2, 4, 5, 1], np.int32), many, texts.__getitem__)
    assert not named_nowhere("PE", np.array([2, 4, 1, 5], np.int32), many, texts.__getitem__)


def test_a_country_has_its_name_in_four_languages() -> None:
    assert names_of("DE") == {"en": "Germany", "es": "Alemania", "pt": "Alemanha", "fr": "Allemagne"}
    assert names_of("??") == {}
