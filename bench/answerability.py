"""Fits index/ranking/answerability.json and reports on the questions it has not seen.

    python -m bench.answerability --data ../shared/data/benchmarks --cache FOLDER
        --library LIBRARY-OF-corpus/ --reports LIBRARY-OF-THE-REPORTS [--write]

Answerable questions: the starter set, the one over long reports, CLAP-NQ, COVID-QA, and XQuAD in four
language pairs. Unanswerable ones: those of the first three; XQuAD questions whose paragraph is taken out of
the corpus (its neighbours from the same article stay); and questions of one collection asked of another.
Half of the questions is fitted: the development half of the two gold sets, else by the hash of the id.
Figures under "tested" are from the other half, those under "left_out" from a model that was fitted on the
other sources alone. Answerable and unanswerable questions of a source weigh the same, so .5 is as likely as
not.
"""

import argparse
import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from evals.beir.dataset import BeirSet, read_beir
from evals.beir.vector_cache import VectorCache
from evals.gold.questions import Gold
from evals.gold.reader import read_gold
from evals.measures.abstention import auroc, refusals
from index.embedding.embedder import Embedder
from index.embedding.loading import load_model
from index.ranking.answerability import MODEL_FILE, situation
from index.ranking.demotion import demoted
from index.ranking.evidence import Evidence
from index.ranking.hybrid import Retriever
from index.ranking.in_memory import retriever_over
from index.retrieval.base import PassageSource
from index.retrieval.candidate_texts import CandidateTexts
from index.search import Searcher
from ingest.text.language import language_of

SETS = ("clapnq", "xquad-en-en", "xquad-es-es", "xquad-es-en", "xquad-en-es", "covidqa-150w")
STRANGERS = ("clapnq", "xquad-en-en", "xquad-es-es", "covidqa-150w")
ASKED_FOR = (
    "number_coverage",
    "name_coverage",
    "number_document",
    "name_document",
    "place_lacked",
    "figure_lacked",
    "figure_alone",
    "event_untold",
)
USED = {
    "hybrid": ("cosine", "other_language", "term_coverage", "figure_uncounted", *ASKED_FOR),
    "words": ("term_coverage", "window_coverage", "bm25", "known_share", *ASKED_FOR),
}
# How much a source counts. Two of them are made of policy papers.
WEIGHTS = {"starter": 3.0, "policy": 3.0, "clapnq": 2.0}
INVERSE_PENALTY = 1.0
THRESHOLD = 0.5
PER_SET, PER_STRANGER = 150, 25
# A hit is weak below the confidence that nine in ten first hits of answerable questions reach, and never where
# it answers the question.
WEAK_QUANTILE = 0.1


@dataclass(frozen=True)
class Asked:
    """A question put to a collection. `kind`: own (answerable), without (unanswerable), stranger."""

    source: str
    kind: str
    text: str
    fitted: bool
    without: tuple[int, ...] = ()


@dataclass(frozen=True)
class Example:
    """A question with its signals and the two single scores."""

    asked: Asked
    situation: str
    signals: dict[str, float]
    cosine: float
    bm25: float


def in_first_half(ident: str) -> bool:
    return hashlib.sha256(ident.encode()).digest()[0] % 2 == 0


def some(questions: dict[str, str], count: int) -> list[tuple[str, str]]:
    """Return `count` questions, always the same, in no particular order."""
    return sorted(questions.items(), key=lambda item: hashlib.sha256(item[0].encode()).digest())[:count]


def questions_of(data: BeirSet) -> Iterator[Asked]:
    """Yield the folder's own questions, and those it cannot answer."""
    rows = {document.id: row for row, document in enumerate(data.documents)}
    for ident, text in some(data.queries, PER_SET):
        yield Asked(data.name, "own", text, in_first_half(ident))
        if data.name.startswith("xquad"):
            removed = tuple(rows[document] for document in data.qrels[ident])
            yield Asked(data.name, "without", text, in_first_half(ident), removed)
    for ident, text in data.unanswerable.items():
        yield Asked(data.name, "without", text, in_first_half(ident))


def strangers(name: str, sets: dict[str, BeirSet], gold: Gold) -> Iterator[Asked]:
    """Yield questions of the other collections."""
    for other in STRANGERS:
        if other.split("-")[0] != name.split("-", maxsplit=1)[0]:
            for ident, text in some(sets[other].queries, PER_STRANGER):
                yield Asked(name, "stranger", text, in_first_half(ident))
    if name not in {"starter", "policy", "covidqa-150w"}:
        for question in gold.questions:
            if question.answerable:
                yield Asked(name, "stranger", question.question, gold.split_of(question) == "dev")


def examine(
    asked: Asked,
    retriever: Retriever,
    text_of: Callable[[int], str],
    vector: np.ndarray,
    passages: PassageSource | None = None,
) -> Iterator[Example]:
    """Yield the example of a question for both legs and for words alone; of a library, in the order that is shown."""
    allowed = None
    if asked.without:
        allowed = np.ones(retriever.lexical.passages, bool)
        allowed[list(asked.without)] = False
    for mode in ("hybrid", "lexical"):
        question = retriever.analyse(asked.text)
        found = retriever.rank(question, 100, mode, vector=vector, where=allowed, text_of=text_of)
        if len(found.rows) and passages is not None:
            found = demoted(found, CandidateTexts(passages), question)
        if len(found.rows):
            seen = Evidence.of(found, retriever, question, text_of).signals(0)
            cosine, bm25 = float(found.dense_scores.max()), float(found.lexical_scores.max())
            yield Example(asked, situation(found, retriever.calibration), seen, cosine, bm25)


def of_library(
    name: str, folder: Path, gold: Gold, sets: dict[str, BeirSet], made: tuple[Embedder, VectorCache]
) -> Iterator[Example]:
    """Yield the examples of a gold set over a library, and of strangers asked of it."""
    embedder, store = made
    searcher = Searcher.open(folder, embedder=embedder)
    own = [
        Asked(name, "own" if q.answerable else "without", q.question, gold.split_of(q) == "dev")
        for q in gold.questions
    ]
    for item in (*own, *strangers(name, sets, gold)):
        vector = store.query_vector(embedder, item.text)
        texts = CandidateTexts(searcher.snapshot)
        yield from examine(item, searcher.retriever, texts.text, vector, searcher.snapshot)


def fit(part: str, given: list[Example]) -> dict[str, object]:
    """Return the part of the model file for one situation, with figures on the unfitted half and on sets left out."""
    seen = np.array([e.asked.fitted for e in given])
    slopes, intercept, chance = fitted(part, given, seen)
    y = np.array([e.asked.kind == "own" for e in given])
    sources = np.array([e.asked.source for e in given])
    own = seen & y & (sources == "starter")
    return {
        "intercept": round(intercept, 4),
        "weights": {name: round(float(value), 4) for name, value in zip(USED[part], slopes, strict=True)},
        "threshold": THRESHOLD,
        "weak_below": round(min(THRESHOLD, float(np.quantile(chance[own], WEAK_QUANTILE))), 3),
        "fitted_on": int(seen.sum()),
        "left_out": {
            source: tested(source, given, fitted(part, given, sources != source)[2], every=True)
            for source in dict.fromkeys(sources.tolist())
            if (sources != source).any()
        },
        "tested": {source: tested(source, given, chance) for source in dict.fromkeys(sources.tolist())},
    }


def fitted(part: str, given: list[Example], seen: np.ndarray) -> tuple[np.ndarray, float, np.ndarray]:
    """Return slopes and intercept fitted on the examples that are seen, and the chance of every example."""
    from sklearn.linear_model import LogisticRegression

    x = np.array([[e.signals[name] for name in USED[part]] for e in given])
    y = np.array([e.asked.kind == "own" for e in given])
    sources = np.array([e.asked.source for e in given])
    weight = np.zeros(len(given))
    for source in set(sources):
        for side in (y, ~y):
            some_of = seen & side & (sources == source)
            weight[some_of] = WEIGHTS.get(source, 1.0) / max(1, some_of.sum())
    mean = np.average(x[seen], axis=0, weights=weight[seen])
    spread = np.sqrt(np.average((x[seen] - mean) ** 2, axis=0, weights=weight[seen])) + 1e-9
    model = LogisticRegression(C=INVERSE_PENALTY, max_iter=5000)
    model.fit((x[seen] - mean) / spread, y[seen], weight[seen])
    slopes = model.coef_[0] / spread
    intercept = float(model.intercept_[0] - (slopes * mean).sum())
    chance = 1 / (1 + np.exp(-(x @ slopes + intercept)))
    return slopes, intercept, chance


def tested(
    source: str, given: list[Example], chance: np.ndarray, *, every: bool = False
) -> dict[str, dict[str, float]]:
    """Return the figures of a source on the unfitted half, or on `every` question, against those without an answer."""
    found: dict[str, dict[str, float]] = {}
    for kind in ("without", "stranger"):
        of_half = [e.asked.source == source and (every or not e.asked.fitted) for e in given]
        kept = [i for i, e in enumerate(given) if of_half[i] and e.asked.kind in {"own", kind}]
        true = [given[i].asked.kind == "own" for i in kept]
        if all(true):
            continue
        scores = {
            "auroc": [float(chance[i]) for i in kept],
            "auroc_top_cosine": [given[i].cosine for i in kept],
            "auroc_top_bm25": [given[i].bm25 for i in kept],
        }
        refused = refusals([score < THRESHOLD for score in scores["auroc"]], true)
        found[kind] = {"answerable": sum(true), "unanswerable": len(true) - sum(true)}
        for name, values in scores.items():
            sides = [[v for v, t in zip(values, true, strict=True) if t is side] for side in (True, False)]
            found[kind][name] = round(auroc(*sides), 3)
        found[kind] |= {
            "precision": round(refused.precision, 3),
            "recall": round(refused.recall, 3),
            "f1": round(refused.f1, 3),
            "false_alarms": round(refused.false_alarms, 3),
        }
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--cache", type=Path, required=True)
    parser.add_argument("--library", type=Path, required=True)
    parser.add_argument("--gold", type=Path, default=Path("evals/gold/starter.jsonl"))
    parser.add_argument(
        "--reports", type=Path, help="a library of the reports that --reports-gold asks about"
    )
    parser.add_argument("--reports-gold", type=Path, default=Path("evals/gold/policy.jsonl"))
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    embedder = load_model()
    golds = {"starter": read_gold(options.gold), "policy": read_gold(options.reports_gold)}
    folders = {"starter": options.library, "policy": options.reports}
    sets = {name: read_beir(options.data / name) for name in SETS}
    found: list[Example] = []
    with VectorCache(options.cache) as store:
        for name, folder in folders.items():
            if folder is not None:
                found += of_library(name, folder, golds[name], sets, (embedder, store))
        for name, data in sets.items():
            texts = [document.text for document in data.documents]
            titles = [document.title for document in data.documents]
            languages = [language_of(f"{title} {text}") for title, text in zip(titles, texts, strict=True)]
            retriever = retriever_over(texts, languages, embedder, store, headings=titles)
            for item in (*questions_of(data), *strangers(name, sets, golds["starter"])):
                vector = store.query_vector(embedder, item.text)
                found += examine(item, retriever, texts.__getitem__, vector)
    note = (
        "Written by bench/answerability.py; index/ranking/evidence.py says what the signals are. Figures are from "
        "questions that were not fitted, under left_out from a model fitted without that source; 'without' are a "
        "source's own unanswerable questions, 'stranger' are questions of other collections; positive class of "
        "precision and recall is the refusal."
    )
    model: dict[str, object] = {"note": note, "calibration": embedder.profile.calibration}
    model |= {part: fit(part, [e for e in found if e.situation == part]) for part in USED}
    print(json.dumps(model, indent=1))
    if options.write:
        MODEL_FILE.write_text(json.dumps(model, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
