"""What one line is: captions, items, contents, references, figures, note rules, hyphens, languages."""

import pytest

from ingest.layout.line_ends import continues, ends_sentence
from ingest.layout.line_kinds import (
    follows_item,
    is_bare_caption,
    is_caption,
    is_item,
    is_numbered_paragraph,
    is_reference_title,
    is_source_note,
    is_table_caption,
)
from ingest.passages.hyphens import Vocabulary
from ingest.passages.token_estimate import estimate_tokens
from ingest.structure.contents import has_leader, is_contents_title
from ingest.structure.footnotes import is_rule
from ingest.structure.headings import is_titled, numbering
from ingest.structure.tables import is_figures
from ingest.text.language import language_of

CAPTIONS = {
    "en": "Table 2. Number of applications submitted in Peru, 2015–2022",
    "es": "Cuadro 3: Población migrante por región",
    "es_number_sign": "Gráfico N.º 4 Evolución de los permisos",
    "pt": "Tabela 1 – Atendimentos por mês",
    "fr": "Tableau 2. Réponses des États",
    "roman": "Figure XII",
    "letter": "Table A.1 Data sources",
}
NOT_CAPTIONS = {
    "sentence_en": "Table 2 shows that requests fell in every year.",
    "sentence_es": "Cuadro 3 muestra la evolución de los permisos.",
    "lower_case": "table 1 and figure 2",
    "title of contents": "Table of contents",
}


@pytest.mark.parametrize("name", CAPTIONS)
def test_caption(name: str) -> None:
    assert is_caption(CAPTIONS[name])


@pytest.mark.parametrize("name", NOT_CAPTIONS)
def test_not_caption(name: str) -> None:
    assert not is_caption(NOT_CAPTIONS[name])


def test_kinds_of_captions() -> None:
    assert is_bare_caption("Figure I") and not is_bare_caption("Figure I Deaths")
    assert is_table_caption("Cuadro 1. Personal") and not is_table_caption("Figure 1. Staff")
    assert is_source_note("Fuente: INEI, 2022.") and is_source_note("Note: Data to July.")
    assert not is_source_note("Sources of income differ.")


ITEMS = [
    "• health",
    "– salud",
    "(a) the law",
    "iv. Labour",
    "3) Schools",
    "- El Gerente General",
    "ñ) Lo demás",
]
NOT_ITEMS = ["Health", "2022 saw 1.3 million arrivals.", "-40 degrees", "–––––", "a lower number"]


@pytest.mark.parametrize("text", ITEMS)
def test_item(text: str) -> None:
    assert is_item(text)


@pytest.mark.parametrize("text", NOT_ITEMS)
def test_not_item(text: str) -> None:
    assert not is_item(text)


def test_numbered_paragraphs_of_reports_are_prose() -> None:
    long = "14. Mandate of the Committee. In 1985, the Council set up the Committee as a subsidiary organ of its own."
    assert is_numbered_paragraph(long)
    assert not is_numbered_paragraph("3. Guarantee supplies of food.")


COUNTING = [("2. One", "3. Two"), ("(a) One", "(b) Two"), ("c) Uno", "d) Dos")]
NOT_COUNTING = [("2. One", "4. Two"), ("(a) One", "b) Two"), ("Two", "3. Three"), ("2. One", "(3) Two")]


@pytest.mark.parametrize("pair", COUNTING)
def test_items_count_on(pair: tuple[str, str]) -> None:
    assert follows_item(*pair)


@pytest.mark.parametrize("pair", NOT_COUNTING)
def test_items_do_not_count_on(pair: tuple[str, str]) -> None:
    assert not follows_item(*pair)


LEADERS = [
    "1. Access ........ 4",
    "Message . . . . . . . . 1",
    "Annex ...................... iv",
    "Salud……………… 12",
]
NOT_LEADERS = ["and so on ...", "He said… and left.", "Name: ________", "0.5 1.5 2.5 3.5"]


@pytest.mark.parametrize("text", LEADERS)
def test_leader(text: str) -> None:
    assert has_leader(text)


@pytest.mark.parametrize("text", NOT_LEADERS)
def test_no_leader(text: str) -> None:
    assert not has_leader(text)


@pytest.mark.parametrize(
    "text", ["Contents", "Índice", "Tabla de contenido", "Sumário", "T a b l e o f C o n t e n t s"]
)
def test_contents_title(text: str) -> None:
    assert is_contents_title(text)


def test_not_contents_title() -> None:
    assert not is_contents_title(
        "The contents of the parcel were never checked by anyone at the border post."
    )


@pytest.mark.parametrize(
    "text", ["References", "7. Referencias bibliográficas", "Bibliografía", "REFERÊNCIAS", "Works cited"]
)
def test_reference_title(text: str) -> None:
    assert is_reference_title(text)


@pytest.mark.parametrize(
    "text", ["Terms of reference", "References to migrants in the press", "Referencia de pacientes"]
)
def test_not_reference_title(text: str) -> None:
    assert not is_reference_title(text)


FIGURES = [
    "Women 52 51",
    "2015 2016 2017",
    "Cash and equivalents $ 15,646 $ 13,931",
    "n/a 75% 87% 80% Met",
    "40",
]
NOT_FIGURES = ["In 2015 the number rose to 40.", "Results of the year 2015", "Law No. 12 of 2019", "Met"]


@pytest.mark.parametrize("text", FIGURES)
def test_figures(text: str) -> None:
    assert is_figures(text)


@pytest.mark.parametrize("text", NOT_FIGURES)
def test_not_figures(text: str) -> None:
    assert not is_figures(text)


ENDED = [
    "It rained.",
    "in 2012).5",
    "“No.”",
    "¿Por qué?",
    "it did.14",
    "injuries. c",
    "the following:",
    "da COVID-19.3",
    "ended.12, 13",
]
NOT_ENDED = ["It rained", "stood at 97.5", "in 2015", "the State of", "v. 2", "Spain (7.3"]


@pytest.mark.parametrize("text", ENDED)
def test_sentence_has_ended(text: str) -> None:
    assert ends_sentence(text)


@pytest.mark.parametrize("text", NOT_ENDED)
def test_sentence_has_not_ended(text: str) -> None:
    assert not ends_sentence(text)


def test_lines_that_can_only_go_on() -> None:
    assert continues("of the law") and continues(") and others")
    assert not continues("Lima has grown") and not continues("2015 was dry")


def test_numbering_and_titles() -> None:
    assert numbering("2.3 Health") == ("decimal", 2)
    assert numbering("IV. Results") == ("roman", 1)
    assert numbering("Artículo 5. Objeto") == ("word", 2)
    assert numbering("CAPÍTULO II") == ("word", 1)
    assert numbering("Health") == ("plain", 1)
    assert is_titled("ii) Mitigate discrimination") and not is_titled("of the law")


def test_rules() -> None:
    assert is_rule("__________") and is_rule("– – – – – –") and not is_rule("–")


KEPT = {
    "document_writes_it": (["the socio-economic inclusion"], "socio-", "economic"),
    "number": ([], "2017-", "2025"),
    "name": ([], "Guinea-", "Bissau"),
    "prefix": ([], "non-", "exclusion"),
    "first part a word of its own": (["the ozone layer; ozone- depleting"], "ozone-", "depleting"),
}
DROPPED = {
    "document_writes_it_joined": (["about migration"], "migra-", "tion"),
    "set_by_the_reader": ([], "crimi\u0002", "nal"),
    "unknown_word": ([], "institu-", "ciones"),
    "parts only of this word": (["a political xeno- fobia that grows"], "xeno-", "fobia"),
}


@pytest.mark.parametrize("name", KEPT)
def test_hyphen_stays(name: str) -> None:
    texts, left, right = KEPT[name]
    assert Vocabulary(texts).keeps_hyphen(left, right)


@pytest.mark.parametrize("name", DROPPED)
def test_hyphen_goes(name: str) -> None:
    texts, left, right = DROPPED[name]
    assert not Vocabulary(texts).keeps_hyphen(left, right)


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


def test_pieces_grow_with_the_text() -> None:
    assert estimate_tokens("") <= 1
    assert 8 <= estimate_tokens("Peru has tried to respond to the recent waves.") <= 16
    assert estimate_tokens(". " * 50) >= 80
    assert estimate_tokens("https://www.un.org/development/desa/pd/content/stock") >= 12
