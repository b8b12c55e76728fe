"""Scoring the shipped retrieval on a BEIR folder: the same analysis, windows and fusion, in memory."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import numpy as np
from numpy.typing import NDArray

from evals.beir.dataset import BeirSet, read_beir
from evals.beir.vector_cache import VectorCache
from evals.measures.abstention import Refusals, auroc, refusals
from evals.measures.metrics import ranking_metrics
from evals.measures.significance import bootstrap, holm, randomisation_p
from evals.reports.run_markdown import table
from evals.reports.wording import interval, name_of, number, p_value, signed
from evals.results import Interval, write_json
from evals.trec import write_run
from index.embedding.embedder import Embedder
from index.ranking import answerability
from index.ranking.hybrid import MODES, Mode, Retriever
from index.ranking.in_memory import retriever_over
from ingest.errors import UsageError
from ingest.text.language import language_of

DEPTH = 100
METRICS = ("ndcg@10", "success@1", "recall@10", "recall@20", "mrr@10", "map")
CACHE_FOLDER = "cache"


@dataclass(frozen=True, slots=True)
class BeirReport:
    """The figures of one folder. `better_leg`: of the other modes the one with the best nDCG@10.

    `top_score_auroc`: by mode, how well the top score alone tells questions with an answer from those
    without, nan where the folder has none. `confidence_auroc` is the same for the confidence that the search
    shows in the first mode, and `refusals` how good its decision is; None where the folder has none.
    """

    name: str
    documents: int
    questions: int
    unanswerable: int
    model: str | None
    modes: tuple[str, ...]
    figures: dict[str, dict[str, Interval]]
    better_leg: str | None
    difference: Interval | None
    p: float | None
    p_holm: float | None
    top_score_auroc: dict[str, float]
    confidence_auroc: float
    refusals: Refusals | None


def run_beir(
    folder: Path,
    out: Path | None,
    embedder: Embedder | None,
    *,
    modes: Sequence[str] = MODES,
    cache: Path | None = None,
    on_progress: Callable[[int, int], None] | None = None,
) -> BeirReport:
    """Score a BEIR folder; the first of `modes` is compared with the others.

    With `out` writes summary.json and a TREC run a mode (ids percent-encoded where they hold blanks).
    Vectors are kept in `cache` (default: `out`/cache) and reused. Without an embedder only words rank.
    `on_progress` gets (texts embedded, texts to embed). Raises UsageError for a broken folder.
    """
    asked = _modes(modes, embedder)
    data = read_beir(folder)
    kept = cache or (out / CACHE_FOLDER if out else None)
    if kept is None:
        retriever, query_vector = _retriever(data, embedder, None, on_progress)
        rankings, verdicts = _rank_all(data, retriever, asked, query_vector)
    else:
        with VectorCache(kept) as store:
            retriever, query_vector = _retriever(data, embedder, store, on_progress)
            rankings, verdicts = _rank_all(data, retriever, asked, query_vector)
    report = _report(data, rankings, verdicts, asked, embedder)
    if out is not None:
        out.mkdir(parents=True, exist_ok=True)
        write_json(out / "summary.json", report)
        for mode in asked:
            shown = {query: rankings[mode][query] for query in data.queries}
            write_run(out / f"run.{mode}.trec", _encoded(shown))
    return report


def markdown(report: BeirReport) -> str:
    """Return the figures as a Markdown table."""
    rows = [
        (name_of(metric), *(interval(report.figures[mode][metric]) for mode in report.modes))
        for metric in METRICS
    ]
    if report.unanswerable:
        rows.append(("AUROC of the top score", *(number(report.top_score_auroc[m]) for m in report.modes)))
        rows.append(
            ("AUROC of the confidence", number(report.confidence_auroc), *[""] * (len(report.modes) - 1))
        )
    lines = [
        f"# {report.name}: {report.documents} documents, {report.questions} questions",
        table(("figure [95 % interval]", *report.modes), rows),
    ]
    if report.refusals is not None:
        refused = report.refusals
        lines.append(
            f"Refusing {report.unanswerable} unanswerable questions: precision {number(refused.precision)}, recall "
            f"{number(refused.recall)}, F1 {number(refused.f1)}; "
            f"of the answerable {number(refused.false_alarms)} refused"
        )
    if report.difference is not None and report.p is not None and report.p_holm is not None:
        found = report.difference
        lines.append(
            f"{report.modes[0]} - {report.better_leg}: nDCG@10 {signed(found.mean)} "
            f"({signed(found.low)} to {signed(found.high)}), p {p_value(report.p)}, "
            f"Holm {p_value(report.p_holm)}"
        )
    return "\n\n".join(lines) + "\n"


Rankings = dict[str, dict[str, list[tuple[str, float]]]]
"""Mode -> question -> (document, score), best first."""
Verdicts = dict[str, tuple[float, bool]]
"""Question -> (confidence, answerable) as the search shows them in the first mode."""
QueryVector = Callable[[str], NDArray[np.float32] | None]


def _modes(modes: Sequence[str], embedder: Embedder | None) -> tuple[Mode, ...]:
    wanted = tuple(mode for mode in MODES for asked in modes if asked == mode)
    if not modes or len(wanted) != len(modes) or len(set(modes)) != len(modes):
        raise UsageError(f"modes {', '.join(modes) or '(none)'}: give some of {', '.join(MODES)}, each once")
    if embedder is None:
        return ("lexical",)
    return tuple(mode for asked in modes for mode in MODES if asked == mode)


def _retriever(
    data: BeirSet,
    embedder: Embedder | None,
    store: VectorCache | None,
    on_progress: Callable[[int, int], None] | None,
) -> tuple[Retriever, QueryVector]:
    texts = [document.text for document in data.documents]
    retriever = retriever_over(
        texts,
        [language_of(f"{document.title} {document.text}") for document in data.documents],
        embedder,
        store,
        headings=[document.title for document in data.documents],
        on_done=on_progress,
    )

    def query_vector(text: str) -> NDArray[np.float32] | None:
        if embedder is None:
            return None
        return store.query_vector(embedder, text) if store else embedder.encode_query(text)

    return retriever, query_vector


def _rank_all(
    data: BeirSet, retriever: Retriever, modes: Sequence[Mode], query_vector: QueryVector
) -> tuple[Rankings, Verdicts]:
    rankings: Rankings = {mode: {} for mode in modes}
    verdicts: Verdicts = {}
    texts = [document.text for document in data.documents]
    for name, text in (*data.queries.items(), *data.unanswerable.items()):
        asked, vector = retriever.analyse(text), query_vector(text)
        for mode in modes:
            found = retriever.rank(asked, DEPTH, mode, vector=vector, text_of=texts.__getitem__)
            rankings[mode][name] = [
                (data.documents[row].id, float(score))
                for row, score in zip(found.rows, found.scores, strict=True)
                if data.documents[row].id != name  # a question that is itself a document never finds itself
            ]
            if mode == modes[0] and data.unanswerable:
                judged = answerability.judge(found, retriever, asked, texts.__getitem__)
                verdicts[name] = (judged.confidence, judged.answerable)
    return rankings, verdicts


def _report(
    data: BeirSet, rankings: Rankings, verdicts: Verdicts, modes: Sequence[str], embedder: Embedder | None
) -> BeirReport:
    names = list(data.queries)
    scores = {
        mode: [ranking_metrics([doc for doc, _ in rankings[mode][name]], data.qrels[name]) for name in names]
        for mode in modes
    }
    figures = {
        mode: {metric: bootstrap([item[metric] for item in found], names) for metric in METRICS}
        for mode, found in scores.items()
    }
    others = {
        other: [a["ndcg@10"] - b["ndcg@10"] for a, b in zip(scores[modes[0]], scores[other], strict=True)]
        for other in modes[1:]
    }
    best = max(others, key=lambda mode: figures[mode]["ndcg@10"].mean, default=None)
    p_values = {other: randomisation_p(differences, names) for other, differences in others.items()}
    return BeirReport(
        name=data.name,
        documents=len(data.documents),
        questions=len(names),
        unanswerable=len(data.unanswerable),
        model=embedder.name if embedder else None,
        modes=tuple(modes),
        figures=figures,
        better_leg=best,
        difference=bootstrap(others[best], names) if best else None,
        p=p_values[best] if best else None,
        p_holm=holm(p_values)[best] if best else None,
        top_score_auroc={mode: _top_auroc(data, rankings[mode]) for mode in modes},
        confidence_auroc=auroc(
            *([verdicts[q][0] for q in asked] for asked in (data.queries, data.unanswerable))
        )
        if verdicts
        else math.nan,
        refusals=_refusals(data, verdicts) if verdicts else None,
    )


def _refusals(data: BeirSet, verdicts: Verdicts) -> Refusals:
    asked = [*data.queries, *data.unanswerable]
    return refusals([not verdicts[name][1] for name in asked], [name in data.queries for name in asked])


def _top_auroc(data: BeirSet, rankings: dict[str, list[tuple[str, float]]]) -> float:
    def tops(names: dict[str, str]) -> list[float]:
        return [rankings[name][0][1] if rankings[name] else -np.inf for name in names]

    return auroc(tops(data.queries), tops(data.unanswerable))


def _encoded(rankings: dict[str, list[tuple[str, float]]]) -> dict[str, list[tuple[str, float]]]:
    return {
        quote(name, safe="|:/+,;()'"): [(quote(doc, safe="|:/+,;()'"), score) for doc, score in ranking]
        for name, ranking in rankings.items()
    }
