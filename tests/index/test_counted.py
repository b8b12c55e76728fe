"""What a question wants counted, and whether a sentence has a figure beside it."""

import pytest
from index_library import HashingEmbedder

from index.query.counted import counted_words
from index.ranking.evidence import Evidence
from index.ranking.in_memory import retriever_over

WORDS = frozenset({
    "asylum", "requests", "peru", "receive", "nurses", "work", "pharmacies", "sell", "solicitudes", "refugio", "acepto",
    "mujeres", "perdio", "economia", "funcionarios", "migrant", "women", "speak", "vivian", "albergues", "wells", "dug",
})  # fmt: skip
COUNTED = {
    "How many asylum requests did Peru receive?": ("asylum", "requests"),
    "How many nurses work in Peru?": ("nurses", "work"),
    "How many people in Peru sell pharmacies?": ("peru", "sell", "pharmacies"),
    "What share of migrant women speak?": ("migrant", "women", "speak"),
    "What is the number of wells?": (),
    "Which number of wells was dug?": ("wells",),
    "¿Cuántas solicitudes de refugio aceptó el Perú?": ("solicitudes",),
    "¿Cuántas personas vivían en albergues?": ("vivian",),
    "¿Qué porcentaje de las mujeres trabaja?": ("mujeres",),
    "Quantos funcionários tem a escola?": ("funcionarios",),
    "Combien de wells ?": ("wells",),
    "¿Cuánto perdió la economía?": (),  # a sum, nothing that is counted
    "How much did the economy lose?": (),
    "Who counted the nurses?": (),
    "How many?": (),
    "": (),
}


@pytest.mark.parametrize("question", COUNTED)
def test_the_words_behind_how_many_are_taken(question: str) -> None:
    assert counted_words(question, WORDS) == COUNTED[question]


TEXTS = [
    "The district has 14 clinics. Nurses work there at night.",
    "In the district 41 nurses were trained. Roads are mended.",
    "El distrito tiene 14 clínicas. Hay enfermeras.",
]
EMBEDDER = HashingEmbedder()


def evidence(question: str, *rows: int) -> Evidence:
    """Return the evidence of a ranking over some of the texts, in the order of their rows."""
    texts = [TEXTS[row] for row in rows]
    languages = ["es" if row == 2 else "en" for row in rows]
    retriever = retriever_over(texts, languages, EMBEDDER)
    asked = retriever.analyse(question)
    found = retriever.rank(asked, vector=EMBEDDER.encode_query(question), text_of=texts.__getitem__)
    return Evidence.of(found, retriever, asked, texts.__getitem__)


@pytest.mark.parametrize(
    ("question", "rows", "lacked"),
    [
        ("How many nurses work in the district?", (0,), 1),  # the figure stands in another sentence
        ("How many nurses work in the district?", (1,), 0),
        ("How many nurses work in the district?", (0, 1), 0),  # one of the first hits has it
        ("How many clinics has the district?", (0,), 0),
        ("How many nurses work in the district?", (2,), 0),  # in another language nothing can be told
        ("How many nurses work in the district?", (0, 2), 1),
        ("Where do the nurses work?", (0,), 0),
        ("How much do the nurses cost?", (0,), 0),
    ],
)
def test_a_figure_beside_what_is_counted(question: str, rows: tuple[int, ...], lacked: int) -> None:
    assert evidence(question, *rows).signals(0)["figure_uncounted"] == lacked


def test_it_is_a_reason_only_where_every_first_hit_could_be_read() -> None:
    question = "How many nurses work in the district?"
    assert [one.kind for one in evidence(question, 0).missing(refused=True)] == ["figure_apart"]
    assert evidence(question, 0).missing(refused=False) == ()
    assert evidence(question, 0, 2).missing(refused=True) == ()
    assert evidence(question, 1).missing(refused=True) == ()
