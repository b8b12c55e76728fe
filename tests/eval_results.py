"""Made-up results of questions and runs, for the tests of figures and reports."""

from collections.abc import Sequence
from pathlib import Path

from evals.measures.aggregate import (
    HALVES,
    TABLE_METRICS,
    compare_modes,
    detectors,
    figures,
    language_ratios,
    scored,
    tables_by,
)
from evals.results import EvidenceResult, QuestionResult, RunReport, ShownHit, Summary, Timings

METRICS = (*TABLE_METRICS, "evidence@300", "evidence@600", "evidence@1200", "judged@10", "duplicates@10")
"""The names of all metrics a question has figures in."""


def question_result(
    name: str = "q1",
    *,
    group: str | None = None,
    lang: str = "en",
    kind: str = "natural",
    split: str = "dev",
    answerable: bool = True,
    confidence: float = 0.5,
    refused: bool = False,
    modes: Sequence[str] = ("hybrid",),
    rank: int | None = 1,
    top_score: float | None = 0.7,
    **scores: float,
) -> QuestionResult:
    """Return a result in which every figure is 1.0 but those in `scores` ("ndcg_10" stands for "ndcg@10")."""
    given = {key.replace("_10", "@10").replace("_5", "@5"): value for key, value in scores.items()}
    return QuestionResult(
        id=name,
        group=group or name,
        lang=lang,
        type=kind,
        split=split,
        question=f"What does {name} ask?",
        answerable=answerable,
        kind=None,
        confidence=confidence,
        refused=refused,
        scores={mode: dict.fromkeys(METRICS, 1.0) | given for mode in modes} if answerable else {},
        top_scores=dict.fromkeys(modes, top_score),
        first_ranks=dict.fromkeys(modes, rank if answerable else None),
        evidence=(EvidenceResult("a.pdf", f"quote of {name}", (3, 4), 2, dict.fromkeys(modes, rank)),)
        if answerable
        else (),
        top=tuple(
            ShownHit(f"p{place}", f"{place}.pdf", (place,), 0, f"excerpt {place}") for place in (1, 2, 3)
        ),
    )


def run_report(
    questions: Sequence[QuestionResult],
    folder: Path = Path("runs/made"),
    *,
    modes: tuple[str, ...] = ("hybrid",),
    timings: Timings | None = None,
    notices: tuple[str, ...] = (),
) -> RunReport:
    """Return the report of these results, with the figures that a run would have worked out."""
    mode = modes[0]
    summary = Summary(
        gold_file="gold.jsonl",
        gold_hash="a" * 64,
        corpus_hash="b" * 64,
        model="words words-1",
        mode=mode,
        modes=modes,
        settings={"depth": 100},
        versions={"pincite": "1"},
        counts={
            "questions": len(questions),
            "answerable": sum(item.answerable for item in questions),
            "groups": len({item.group for item in questions}),
            "documents": 2,
            "passages": 9,
        },
        figures={
            name: {half: figures(scored(questions, name, half), name) for half in HALVES} for name in modes
        },
        by_type=tables_by(questions, mode, lambda item: item.type),
        by_language=tables_by(questions, mode, lambda item: item.lang),
        comparisons=tuple(compare_modes(questions, mode, modes[1:])),
        detectors=detectors(questions, modes),
        language_ratios=language_ratios(questions, mode),
        notices=notices,
    )
    return RunReport(folder, summary, tuple(questions), timings)
