"""Questions over the starter corpus that once found the wrong thing first, or were wrongly refused or passed."""

from pathlib import Path

import pytest

from index.indexed_text import only_names_a_source
from index.search import Searcher, SearchResult

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]


@pytest.fixture(scope="module")
def searcher(starter_library: Path) -> Searcher:
    return Searcher.open(starter_library)


def first(result: SearchResult) -> tuple[str, str]:
    """Return file and text of the first hit."""
    hit = result.hits[0]
    return hit.document.file, hit.passage.passage.text


@pytest.mark.parametrize(
    "question",
    [
        "Quais são as barreiras de acesso à saúde das mulheres migrantes?",
        "¿Qué barreras enfrentan las mujeres migrantes en los servicios de salud?",
        "What keeps migrant women from health services?",
        "Quantas mulheres migrantes foram entrevistadas em Lima?",
        "Como a pandemia afetou os migrantes?",
    ],
)
def test_no_bare_reference_is_first(question: str, searcher: Searcher) -> None:
    hits = searcher.search(question).hits
    assert not only_names_a_source(hits[0].passage.passage)
    assert sum(only_names_a_source(hit.passage.passage) for hit in hits[:3]) <= 1


@pytest.mark.parametrize(
    ("question", "file"),
    [
        ("Convém criar um plano de saúde só para migrantes?", "oim-barreiras-e-boas-praticas.pdf"),
        ("Quem contou pedidos de transplante negados a migrantes?", "ms-2025-operacao-acolhida.pdf"),
        ("¿Dónde buscan anticonceptivos las mujeres venezolanas?", "rpmesp-2021-mujeres-salud-sexual.pdf"),
    ],
)
def test_what_stands_in_the_own_language_comes_first(question: str, file: str, searcher: Searcher) -> None:
    assert first(searcher.search(question))[0] == file


@pytest.mark.parametrize(
    ("question", "figure"),
    [
        ("How high is the weekly fine that the court in Ceará set?", "10 mil reais"),
        ("¿Cuántas personas venezolanas cruzaban a diario por Tumbes a fines de 2022?", "950"),
        ("Que percentual do orçamento do SIS custaria a lei de 2024?", "0,63 %"),
        ("1.351 personas capacitadas", "1,351"),
    ],
)
def test_a_question_for_a_figure_finds_it(question: str, figure: str, searcher: Searcher) -> None:
    assert figure in first(searcher.search(question))[1]


@pytest.mark.parametrize(
    ("question", "kind", "what"),
    [
        ("Does the PAHO-KOICA project work in Ecuador?", "place", "Ecuador"),
        ("What do Haitians say about the clinics?", "place", "Haitians"),
        ("How many Venezuelan doctors work in Ecuador?", "place", "Ecuador"),
        ("How is malaria treated among migrants in Peru?", "disease", "malaria"),
        ("Quantos migrantes venezolanos têm hanseníase no Peru?", "disease", "hanseníase"),
        ("How many asylum requests did Peru receive in 2009?", "number", "2009"),
        ("Why did KOICA withdraw its grant from the project?", "event", "withdraw"),
        ("¿Por qué el Perú eliminó el SIS?", "event", "eliminó"),
        ("Por que a OPAS abandonou o projeto com a KOICA?", "event", "abandonou"),
    ],
)
def test_what_no_first_passage_holds_is_said(question: str, kind: str, what: str, searcher: Searcher) -> None:
    assert (kind, what) in [(one.kind, one.what) for one in searcher.search(question).missing]


@pytest.mark.parametrize(
    "question",
    [
        "Why did Peru abolish the SIS in 2021?",
        "¿Por qué expulsó el Perú a los médicos venezolanos?",
        "What do Haitians say about the clinics?",
        "What is the boiling point of ethanol?",
        "¿Cuánto cuesta el permiso temporal en Costa Rica?",
        "How many Venezuelan migrants in Peru have malaria?",
        "¿Cómo se trata el dengue en migrantes venezolanos?",
        "How many nurses work in the health post of Pacaraima?",
        "Quantos ônibus levam venezuelanos de Pacaraima a Boa Vista?",
    ],
)
def test_what_the_corpus_does_not_say_is_refused(question: str, searcher: Searcher) -> None:
    assert not searcher.search(question).answerable


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("Emergency Decree 037-2020", "037-2020"),
        ("D. Leg. 1466", "1466"),
        ("resolución 5797", "5797"),
        ("Resolution 281-2019-Migraciones", "281-2019"),
        ("IOM project MA.0339", "MA.0339"),
        ("What does CEBAF stand for?", "Centros Binacionales de Atención en Frontera"),
        ("O que significa PTRIG?", "Ponto de Triagem"),
        ("What does ENPOVE stand for?", "Encuesta Dirigida a la Población Venezolana"),
        ("¿Qué significa la sigla ENPOVE?", "Encuesta Dirigida a la Población Venezolana"),
        ("O que significa ENPOVE?", "Encuesta Dirigida a la Población Venezolana"),
        ("what does sis stand for", "Seguro Integral de Salud"),
        ("¿Qué significa la sigla ILO?", "International Labour Organization"),
        ('"no money (64.5 percent)"', "no money (64.5 percent)"),
    ],
)
def test_an_identifier_that_is_found_is_an_answer(question: str, words: str, searcher: Searcher) -> None:
    result = searcher.search(question)
    assert words in first(result)[1] and result.answerable


def test_a_phrase_in_a_question_is_soft_and_alone_it_is_strict(searcher: Searcher) -> None:
    asked = searcher.search('Who wrote about "reproductive governance" in Lima clinics?')
    assert "R. Irons" in first(asked)[1]
    assert [notice.kind for notice in asked.notices] == ["phrase_absent"]
    assert not searcher.search('"reproductive governance"').hits


def test_a_phrase_that_is_only_a_heading_is_found(searcher: Searcher) -> None:
    asked = searcher.search('Who pays for what stands under "Money, partners, places"?')
    assert {hit.passage.passage.section[-1] for hit in asked.hits} == {"Money, partners, places"}
    assert any("US$3.4 million" in hit.text for hit in asked.hits) and not asked.notices
    assert "037-2020" in first(searcher.search('"Foreign health workers"'))[1]


@pytest.mark.parametrize("question", ["268.939 pedidos de refúgio", "268,939 requests for refuge"])
def test_thousands_are_found_in_both_traditions(question: str, searcher: Searcher) -> None:
    files = {hit.document.file for hit in searcher.search(question).hits[:3]}
    assert files >= {"undp-2022-regulatory-framework.pdf", "pnud-2022-venezuelanos-no-peru.pdf"}


def test_no_figure_for_what_is_asked_about_is_said(searcher: Searcher) -> None:
    refused = searcher.search("¿Qué porcentaje de los farmacéuticos habla quechua?")
    assert not refused.answerable
    assert [notice.kind for notice in refused.notices] == ["figure_apart"]


def test_a_page_that_is_named_comes_up(searcher: Searcher) -> None:
    plain, pointed = (
        [hit.passage.passage.pages[:1] for hit in searcher.search(question).hits[:3]]
        for question in ("what the documents do not recommend", "what the documents do not recommend, page 3")
    )
    assert pointed.count((3,)) > plain.count((3,))


def test_a_mistyped_word_is_offered(searcher: Searcher) -> None:
    found = searcher.search("discrimnation against venezulean women")
    assert found.suggestion == "discrimination against Venezuelan women"
    assert searcher.search("discrimination against Venezuelan women").suggestion is None


def test_ten_hits_are_ten_places(searcher: Searcher) -> None:
    hits = searcher.search("¿Cuántos venezolanos viven en Lima?").hits
    assert len({hit.passage.passage.text for hit in hits}) == len(hits) == 10
