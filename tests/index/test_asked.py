"""Which kind of answer a question asks for, in four languages."""

import pytest

from index.query.asked import kinds_asked

CASES = {
    "How many volunteers served in Peru?": {"number"},
    "¿Cuántas escuelas había en 1953?": {"number"},
    "Quantos deslocados há no Haiti?": {"number"},
    "Combien d'enfants meurent chaque année ?": {"number"},
    "What share of staff is satisfied?": {"share"},
    "¿Qué porcentaje de peruanos emigra?": {"share"},
    "Que proporção dos Estados tomou medidas?": {"share"},
    "How much did donors pay into the fund?": {"number", "money"},
    "¿Cuánto dinero se reservó?": {"number", "money"},
    "Quanto custa a obra?": {"number", "money"},
    "What did the session in Bonn cost?": {"money"},
    "¿Cuál fue el costo del puente?": {"money"},
    "When did Chad ratify the convention?": {"date"},
    "¿Cuándo se adhirió Colombia?": {"date"},
    "Até quando os alunos deveriam falar inglês?": {"date"},
    "Which source reports it?": {"reference"},
    "¿Quién escribió el artículo sobre salud mental?": {"reference"},
    "Quem escreveu o artigo?": {"reference"},
    "Which decree replaced the permit?": {"reference"},
    "¿Qué ley permite la afiliación?": {"reference"},
    "What does FETP stand for?": {"abbreviation"},
    "¿Qué significa SIS?": {"abbreviation"},
}
PLAIN = (
    "What does Legislative Decree No. 1466 allow?",
    "O que a Lei n.º 13.445 garante ao migrante?",
    "Quais são as barreiras de acesso à saúde das mulheres migrantes?",
    "Did salaries fall?",
    "resolution 75/131",
    "",
)


@pytest.mark.parametrize("question", CASES)
def test_a_question_says_what_it_asks_for(question: str) -> None:
    assert kinds_asked(question) == CASES[question]


@pytest.mark.parametrize("question", PLAIN)
def test_plain_questions_ask_for_nothing_in_particular(question: str) -> None:
    assert kinds_asked(question) == frozenset()


def test_accents_and_case_do_not_matter() -> None:
    assert kinds_asked("CUANTOS NINOS") == kinds_asked("¿Cuántos niños?") == {"number"}
    assert kinds_asked("How much of his time did he travel?") == {"number"}
