"""The language of a text: of long ones its own, of short ones that of the document."""

import pytest

from ingest.text.language import MIN_CHARACTERS, language_of

LANGUAGES = {
    "en": "Only a small share of the population has access to health insurance, because a foreigner's card is asked for "  # noqa: E501
    "and care is expensive for people without papers.",
    "es": "Solo una pequeña parte de la población tiene acceso a un seguro de salud, porque se exige el carné de "
    "extranjería y la atención es cara para las personas sin documentos.",
    "pt": "Apenas uma pequena parte da população tem acesso a um seguro de saúde, porque se exige a carteira de "
    "estrangeiro e o atendimento é caro para as pessoas sem documentos.",
    "fr": "Seule une petite partie de la population a accès à une assurance maladie, car une carte d'étranger est "
    "exigée et les soins sont chers pour les personnes sans papiers.",
    "nl": "Slechts een klein deel van de bevolking heeft een ziekteverzekering, omdat een vreemdelingenkaart wordt "
    "gevraagd en zorg duur is voor mensen zonder papieren.",
    "ru": "Лишь небольшая часть населения имеет медицинскую страховку, поскольку требуется карта иностранца, а "
    "лечение людей без документов обходится дорого.",
}


@pytest.mark.parametrize("code", LANGUAGES)
def test_language(code: str) -> None:
    assert language_of(LANGUAGES[code]) == code


def test_short_texts_take_the_language_of_the_document() -> None:
    assert language_of("Table 2", "es") == "es"
    assert language_of("12 13 14 " * 40) is None


def test_letters_are_counted_not_characters() -> None:
    text = LANGUAGES["es"]
    short = text[: text.index("tiene") + 5]
    assert sum(map(str.isalpha, short)) < MIN_CHARACTERS
    assert language_of(short) is None and language_of(short + " " * 200) is None
    assert language_of("") is None
