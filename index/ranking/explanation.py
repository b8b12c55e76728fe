"""All that ranking and judgement took into account for a question, for `--explain` and `pincite eval diagnose`."""

from collections.abc import Mapping
from typing import Any

from index.analysis.diseases import diseases
from index.analysis.events import event_asked
from index.analysis.places import places
from index.query.question import AnalysedQuestion
from index.ranking.answerability import Verdict
from index.ranking.hybrid import Ranking

SIGNALS = {
    "cosine": "cosine of question and first hit",
    "cosine_margin": "best cosine less the mean of the best fifty",
    "other_language": "first hit in another language",
    "term_coverage": "share of the question's weight in the first hit",
    "window_coverage": "share of it in its best sentences",
    "bm25": "square root of the best BM25 score",
    "known_share": "share of it that the corpus has words for",
    "number_coverage": "share of the question's numbers in the first hit",
    "name_coverage": "share of its names in the first hit",
    "number_document": "share of its numbers in the document",
    "name_document": "share of its names in the document",
    "place_lacked": "share of the countries asked about that the first hit lacks",
    "figure_lacked": "no figure of the kind asked for in the first hit",
    "figure_alone": "no sentence with the figure and a word of the question",
    "figure_uncounted": "no sentence of the first hits with the figure and a word of what is to be counted",
    "event_untold": "the event taken for granted, or the disease asked about, is not told in the first hits",
}
"""What the signals of the judgement are, in words."""


def explanation(
    question: AnalysedQuestion, ranking: Ranking, judged: Verdict, removed: Mapping[str, int]
) -> dict[str, Any]:
    """Return the explanation as JSON content: the words looked for, what is asked for, weights and signals.

    `removed` are the passages that each constraint took out.
    """
    event = event_asked(question.query.text)
    points = question.points
    return {
        "terms": {term.surface: list(term.forms) for term in ranking.terms},
        "other_spellings": {term.surface: list(term.near) for term in ranking.terms if term.near},
        "languages": list(question.spoken),
        "asked_for": sorted(question.asks),
        "countries": list(places(question.query.text).values()),
        "diseases": list(diseases(question.query.text).values()),
        "abbreviation": question.abbreviation,
        "event": event.word if event else None,
        "points_to": {"pages": list(points.pages), "parts": list(points.parts), "first_page": points.front},
        "identifier": question.is_identifier,
        "known_share": round(ranking.weights.known_share, 4),
        "dense_weight": round(ranking.dense_weight, 4),
        "signals": {name: round(value, 4) for name, value in judged.signals.items()},
        "filtered_out": dict(removed),
    }
