"""Diseases in questions and texts, by their names in four languages."""

import pytest

from index.analysis.diseases import diseases, names_disease

NAMED = {
    "How is malaria treated among migrants?": {"malaria": "malaria"},
    "¿Cómo se trata el paludismo?": {"malaria": "paludismo"},
    "Quantos têm hanseníase?": {"leprosy": "hanseníase"},
    "¿Cuántas personas con VIH o tuberculosis hay?": {"hiv": "VIH", "tuberculosis": "tuberculosis"},
    "Is the AIDS virus frequent?": {"hiv": "AIDS"},
    "A febre amarela voltou?": {"yellow_fever": "febre amarela"},
    "Vaccination contre la rougeole": {"measles": "rougeole"},
    "COVID-19 vaccines in Peru": {"covid": "COVID"},
    "¿Qué parte de los niños tiene anemia?": {"anaemia": "anemia"},
    "DIABETICS IN LIMA": {"diabetes": "DIABETICS"},
}
NONE = (
    "Which hearing aids does the State pay for?",
    "What does the policy say about depression in prices?",
    "Does anger, or rage, drive voters?",
    "The plan gripped readers.",
    "What did Congress propose in the first months of the pandemic?",
    "Por que a raiva decide eleições?",
    "tb or not tb",
    "",
    "2019",
)


@pytest.mark.parametrize("text", NAMED)
def test_diseases_are_told_in_the_words_of_the_question(text: str) -> None:
    assert diseases(text) == NAMED[text]


@pytest.mark.parametrize("text", NONE)
def test_other_words_are_no_diseases(text: str) -> None:
    assert diseases(text) == {}


TEXTS = {
    "Los casos de paludismo bajaron.": ("malaria", True),
    "Casos de malária caíram.": ("malaria", True),
    "Malaise is frequent.": ("malaria", False),
    "Antiretroviral treatment is free.": ("hiv", True),
    "El sida mata.": ("hiv", True),
    "The State aids the poor.": ("hiv", False),
    "During the pandemic clinics closed.": ("covid", True),
    "La grippe aviaire, H5N1": ("influenza", True),
    "Viruela del mono": ("smallpox", False),
    "Insulin is dear.": ("diabetes", True),
    "A raiva voltou.": ("rabies", True),
}


@pytest.mark.parametrize("text", TEXTS)
def test_a_text_names_a_disease_in_any_language(text: str) -> None:
    disease, named = TEXTS[text]
    assert names_disease(["Roads.", text], disease) is named


def test_nothing_is_named_without_texts() -> None:
    assert not names_disease([], "malaria")
