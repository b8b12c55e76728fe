"""Kinds of lines: captions, items, reference titles, letterheads, names of bodies."""

import pytest

from ingest.layout.line_kinds import (
    counter_before,
    follows_item,
    follows_row,
    is_bare_caption,
    is_bullet,
    is_caption,
    is_enumerated,
    is_item,
    is_letterhead,
    is_numbered_paragraph,
    is_organisation,
    is_reference_title,
    is_row,
    is_source_note,
    is_table_caption,
)

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
    "84.A trust is able to begin",
]
NOT_ITEMS = [
    "Health",
    "2022 saw 1.3 million arrivals.",
    "1.3 million arrivals",
    "3.a lower part",
    "-40 degrees",
    "–––––",
    "a lower number",
]


@pytest.mark.parametrize("text", ITEMS)
def test_item(text: str) -> None:
    assert is_item(text)


@pytest.mark.parametrize("text", NOT_ITEMS)
def test_not_item(text: str) -> None:
    assert not is_item(text)


def test_numbered_rows_end_with_a_figure() -> None:
    assert all(
        map(is_row, ("12 Lima district clinic 7,293", "3. Puno 804", "4 Tacna, posts 12.5", "9 Cusco 4%"))
    )
    assert not any(map(is_row, ("Lima district clinic 7,293", "3 Puno 8", "2022 was a year", "12 400")))
    assert follows_row("3 Lima 804", "4 Puno 1,200")
    assert not follows_row("3 Lima 804", "5 Puno 1,200") and not follows_row("3 Lima", "4 Puno 1,200")


def test_numbered_paragraphs_of_reports_are_prose() -> None:
    long = "14. Mandate of the Committee. In 1985, the Council set up the Committee as a subsidiary organ of its own."
    assert is_numbered_paragraph(long)
    assert is_numbered_paragraph(long.replace("14. ", "14."))
    assert not is_numbered_paragraph("3. Guarantee supplies of food.")


COUNTING = [("2. One", "3. Two"), ("83.Requests", "84.A trust"), ("(a) One", "(b) Two"), ("c) Uno", "d) Dos")]
COUNTING += [
    ("(i) One", "(ii) Two"),
    ("III. Three", "IV. Four"),
    ("viii) Ocho", "ix) Nueve"),
    ("A. One", "B. Two"),
]
NOT_COUNTING = [("2. One", "4. Two"), ("(a) One", "b) Two"), ("Two", "3. Three"), ("2. One", "(3) Two")]
NOT_COUNTING += [("(i) One", "(iii) Three"), ("IV. Four", "v. Five"), ("4. Four", "V. Five")]


@pytest.mark.parametrize("pair", COUNTING)
def test_items_count_on(pair: tuple[str, str]) -> None:
    assert follows_item(*pair)


@pytest.mark.parametrize("pair", NOT_COUNTING)
def test_items_do_not_count_on(pair: tuple[str, str]) -> None:
    assert not follows_item(*pair)


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


def test_a_caption_is_short() -> None:
    assert is_caption("Table 2. " + "x" * 290) and not is_caption("Table 2. " + "x" * 292)


SOURCE_NOTES = [
    "Source: INEI.",
    "Fuentes: INEI y MINSA.",
    "Fonte: IBGE",
    "Nota 1: Sin datos.",
    "(*) Note: Data to July.",
]
NOT_SOURCE_NOTES = ["Sources of income differ.", "Noted: the report.", "La fuente: un río", "Notes"]


@pytest.mark.parametrize("text", SOURCE_NOTES)
def test_source_note(text: str) -> None:
    assert is_source_note(text)


@pytest.mark.parametrize("text", NOT_SOURCE_NOTES)
def test_not_source_note(text: str) -> None:
    assert not is_source_note(text)


BULLETS = ["• health", "▪ salud", "o  Health", "\uf0b7 health", "- El Gerente"]
NOT_BULLETS = ["—— rule", "-5 degrees", "o lado", "health • schools", "•"]


@pytest.mark.parametrize("text", BULLETS)
def test_bullet(text: str) -> None:
    assert is_bullet(text)


@pytest.mark.parametrize("text", NOT_BULLETS)
def test_not_bullet(text: str) -> None:
    assert not is_bullet(text)


ENUMERATED = ["(a) the law", "ii. Labour", "12. Costs", "3) Schools", "(xii) last", "a. first"]
NOT_ENUMERATED = ["(abc) the law", "IV. Results", "2015. It rained", "(a)", "3)Schools", "e.g. this"]


@pytest.mark.parametrize("text", ENUMERATED)
def test_enumerated(text: str) -> None:
    assert is_enumerated(text)


@pytest.mark.parametrize("text", NOT_ENUMERATED)
def test_not_enumerated(text: str) -> None:
    assert not is_enumerated(text)


COUNTERS_BEFORE = {
    "figure": ("(4) choice", "(3)"),
    "letter": ("c) third", "b)"),
    "stop": ("12. twelfth", "11."),
    "first figure": ("1. first", None),
    "first letter": ("a) first", None),
    "no counter": ("Lima has grown", None),
}


@pytest.mark.parametrize("name", COUNTERS_BEFORE)
def test_the_counter_before(name: str) -> None:
    text, before = COUNTERS_BEFORE[name]
    assert counter_before(text) == before


LETTERHEADS = {
    "symbol": "A/79/740-S/2025/45",
    "symbol and a few words": "United Nations A/79/740",
    "distribution": "Distr.: General",
    "language": "Original: English",
    "address": "www.who.int",
    "no letter": "*2501322*",
    "copyright": "© OIM 2022",
}
NOT_LETTERHEADS = {
    "years with a call": "2015–2022*",
    "title": "Outcome of the sessions of the Conference",
    "year alone": "2025",
    "range of years": "2019–2022",
    "symbol in a sentence": "The report A/79/740 was issued on time in all languages",
    "and or": "Access and/or use of health services",
}


@pytest.mark.parametrize("name", LETTERHEADS)
def test_letterhead(name: str) -> None:
    assert is_letterhead(LETTERHEADS[name])


@pytest.mark.parametrize("name", NOT_LETTERHEADS)
def test_not_letterhead(name: str) -> None:
    assert not is_letterhead(NOT_LETTERHEADS[name])


ORGANISATIONS = {
    "one": "General Assembly",
    "two": "General Assembly Economic and Social Council",
    "long": "Executive Board of the United Nations Development Programme, the United Nations Population Fund and the "
    "United Nations Office for Project Services",
    "es": "Ministerio de Salud del Perú",
    "pt": "Organização Internacional para as Migrações",
    "fr": "CONSEIL ECONOMIQUE ET SOCIAL",
    "company": "MICROSOFT CORPORATION",
    "a paper's word in its name": "National Institute of Statistics",
}
NO_ORGANISATIONS = {
    "its paper": "Statistics of the National Institute of Health",
    "no body": "Lima",
    "lower case": "the general assembly",
    "nothing": "",
    "figures": "12 34",
    "report of one": "Report of the Committee on the Rights of Persons with Disabilities",
    "small words": "Review of management and administration in the United Nations Environment Programme",
    "law": "Ley del Congreso de la República",
    "topic": "Conflict-related sexual violence",
    "es": "Proyectos de cooperación en salud con el Ministerio",
}


@pytest.mark.parametrize("name", ORGANISATIONS)
def test_organisation(name: str) -> None:
    assert is_organisation(ORGANISATIONS[name])


@pytest.mark.parametrize("name", NO_ORGANISATIONS)
def test_no_organisation(name: str) -> None:
    assert not is_organisation(NO_ORGANISATIONS[name])


def test_a_name_of_many_words_is_none() -> None:
    assert is_organisation("Council " * 26) and not is_organisation("Council " * 27)
