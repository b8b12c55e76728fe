"""Fits index/answerability.json and reports on the questions it has not seen.

    python -m bench.answerability --data ../shared/data/benchmarks --cache FOLDER [--write]

Answerable questions: CLAP-NQ and XQuAD in four language pairs. Unanswerable ones: CLAP-NQ's own, and
XQuAD questions whose paragraph is taken out of the corpus (its neighbours from the same article stay).
Half of the questions, by the hash of their id, are fitted; every figure is from the other half.
"""

import argparse
import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from evals.beir import read_beir
from evals.vector_cache import VectorCache
from index.answerability import MODEL_FILE, signals, situation
from index.model import load_model
from index.retrieval import Retriever

SETS = ("clapnq", "xquad-en-en", "xquad-es-es", "xquad-es-en", "xquad-en-es")
SITUATIONS = ("hybrid", "across", "words")
# CLAP-NQ is real questions of real users. At 3 it did no better than its top cosine alone (.883 | .886).
CLAPNQ_WEIGHT = 10.0
INVERSE_PENALTY = 0.3
PER_SET = 900
# A hit is weak below the confidence that nine in ten first hits of answerable questions reach.
WEAK_QUANTILE = 0.1
DENSE_ONLY = {"cosine", "gap", "agreement"}


@dataclass(frozen=True)
class Example:
    """A question with its signals; `fitted` questions are seen by the fit."""

    source: str
    situation: str
    fitted: bool
    answerable: bool
    signals: dict[str, float]


def examples(folder: Path, store: VectorCache, embedder) -> list[Example]:
    """Return the examples of one BEIR folder, for both legs and for words alone."""
    data = read_beir(folder)
    language = "es" if folder.name.endswith("-es") else "en"
    texts = [document.text for document in data.documents]
    titles = [document.title for document in data.documents]
    retriever = Retriever.build(texts, [language] * len(texts), embedder, store, headings=titles)
    rows = {document.id: row for row, document in enumerate(data.documents)}
    asked: list[tuple[str, str, bool, list[int]]] = [(i, text, True, []) for i, text in data.queries.items()]
    if data.unanswerable:
        asked += [(i, text, False, []) for i, text in data.unanswerable.items()]
    else:
        asked += [(i, text, False, [rows[d] for d in data.qrels[i]]) for i, text in data.queries.items()]
    asked.sort(key=lambda item: hashlib.sha256(f"{item[0]}{item[2]}".encode()).digest())
    found = []
    for ident, text, answerable, removed in asked[:PER_SET]:
        allowed = None
        if removed:
            allowed = np.ones(len(texts), bool)
            allowed[removed] = False
        fitted = hashlib.sha256(ident.encode()).digest()[0] % 2 == 0
        query = store.query_vector(embedder, text)
        for mode in ("hybrid", "lexical"):
            ranking = retriever.rank(text, 100, mode, query=query, allowed=allowed)
            if len(ranking.rows):
                seen = signals(ranking, retriever, text, texts[int(ranking.rows[0])], 0)
                kind = situation(ranking, retriever)
                found.append(Example(folder.name, kind, fitted, answerable, seen))
    return found


def fit(given: list[Example]) -> dict[str, object]:
    """Return the part of the model file for one situation, with figures on the unfitted half."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.metrics import roc_auc_score

    names = [n for n in given[0].signals if given[0].situation != "words" or n not in DENSE_ONLY]
    x = np.array([[e.signals[n] for n in names] for e in given])
    y = np.array([e.answerable for e in given])
    seen = np.array([e.fitted for e in given])
    sets = np.array([e.source for e in given])
    weight = np.where(sets == "clapnq", CLAPNQ_WEIGHT, 1.0)
    mean, spread = x[seen].mean(0), x[seen].std(0) + 1e-9
    model = LogisticRegression(C=INVERSE_PENALTY, max_iter=5000)
    model.fit((x[seen] - mean) / spread, y[seen], weight[seen])
    slopes = model.coef_[0] / spread
    intercept = float(model.intercept_[0] - (slopes * mean).sum())
    chance = 1 / (1 + np.exp(-(x @ slopes + intercept)))
    threshold = best_threshold(chance[seen], y[seen])
    top = x[:, names.index("cosine" if "cosine" in names else "strength")]
    tested = {}
    for name in dict.fromkeys(sets):
        part = ~seen & (sets == name)
        if part.sum() > 20 and 0 < y[part].mean() < 1:
            said, true = chance[part] >= threshold, y[part]
            tested[name] = {
                "questions": int(part.sum()),
                "auroc": round(float(roc_auc_score(true, chance[part])), 3),
                "auroc_top_score_alone": round(float(roc_auc_score(true, top[part])), 3),
                "right_at_threshold": round(float((said == true).mean()), 3),
            }
    return {
        "intercept": round(intercept, 4),
        "weights": {n: round(float(v), 4) for n, v in zip(names, slopes, strict=True)},
        "threshold": round(threshold, 3),
        "weak_below": round(float(np.quantile(chance[seen & y], WEAK_QUANTILE)), 3),
        "fitted_on": int(seen.sum()),
        "tested": tested,
    }


def best_threshold(chance: np.ndarray, answerable: np.ndarray) -> float:
    """Return the confidence at which the mean of both error rates is least."""
    steps = np.arange(0.1, 0.91, 0.01)
    missed = [(chance[answerable] < step).mean() + (chance[~answerable] >= step).mean() for step in steps]
    return float(steps[int(np.argmin(missed))])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--cache", type=Path, required=True)
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    embedder = load_model()
    found: list[Example] = []
    with VectorCache(options.cache) as store:
        for name in SETS:
            found += examples(options.data / name, store, embedder)
    note = "Written by bench/answerability.py; figures are from questions that were not fitted."
    model = {"note": note} | {kind: fit([e for e in found if e.situation == kind]) for kind in SITUATIONS}
    print(json.dumps(model, indent=1))
    if options.write:
        MODEL_FILE.write_text(json.dumps(model, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
