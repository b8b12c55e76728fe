"""The report of one run as a self-contained HTML page: what stands in each section of `run.html.jinja`."""

from collections.abc import Sequence

from evals.measures.aggregate import HEAD_METRICS, scored
from evals.reports.html_template import Table, render
from evals.reports.plots import Plot, Point, Row, forest, histogram, strip
from evals.reports.wording import (
    MEANINGS,
    RANK_LABELS,
    interval,
    name_of,
    number,
    p_value,
    plural,
    rank,
    rank_counts,
    signed,
    worst,
)
from evals.results import Figures, QuestionResult, RunReport, Summary

_TYPE_COLUMNS = ("ndcg@10", "page_hit@5", "recall@10", "mrr@10")
_HALVES = {"all": "all", "dev": "development", "test": "test"}


def run_html(report: RunReport) -> str:
    """Return the page of a run; everything from gold and corpus is escaped."""
    summary = report.summary
    figures = summary.figures[summary.mode]["all"]
    return render(
        "run.html.jinja",
        title=f"Evaluation: {summary.gold_file}",
        subtitle=_subtitle(summary),
        summary=summary,
        head_figures=[(name_of(metric), figures[metric]) for metric in HEAD_METRICS if metric in figures],
        mode_plots=_mode_plots(report),
        mode_table=_mode_table(summary),
        comparisons=_comparisons(summary),
        slice_plots=[_slice_plot("type", summary.by_type), _slice_plot("language", summary.by_language)],
        slice_tables=[_slice_table("type", summary.by_type), _slice_table("language", summary.by_language)],
        confidence_plot=_confidence_plot(report.questions),
        refusals=_refusals(summary),
        languages=_languages(summary),
        worst=worst(report.questions, summary.mode),
        questions=_all_questions(report),
        facts=_facts(report),
        meanings=list(MEANINGS.items()),
    )


def _subtitle(summary: Summary) -> str:
    counts = summary.counts
    return (
        f"{plural(counts['questions'], 'question')} in {plural(counts['groups'], 'group')}, "
        f"{counts['answerable']} answerable · {plural(counts['documents'], 'document')}, "
        f"{plural(counts['passages'], 'passage')} · mode {summary.mode}"
    )


def _mode_plots(report: RunReport) -> list[Plot]:
    modes = report.summary.modes
    rows = [
        Row(
            name_of(metric),
            tuple(
                Point(index, found.mean, found.low, found.high)
                for index, mode in enumerate(modes, start=1)
                if (found := report.summary.figures[mode]["all"].get(metric))
            ),
        )
        for metric in HEAD_METRICS
    ]
    ranks = [rank_counts(item.first_ranks[mode] for item in scored(report.questions, mode)) for mode in modes]
    title = "Rank of the first right passage"
    return [
        forest("Figures with 95 % intervals", "Head figures by mode", rows),
        histogram(f"{title} (questions)", title, RANK_LABELS, ranks),
    ]


def _mode_table(summary: Summary) -> Table:
    figures = summary.figures
    rows = [
        (name_of(metric), *(interval(figures[mode]["all"][metric]) for mode in summary.modes))
        for metric in figures[summary.mode]["all"]
    ]
    return Table(("all questions", *summary.modes), rows)


def _comparisons(summary: Summary) -> Table:
    rows = [
        (
            f"{item.a} − {item.b}",
            _HALVES[item.split],
            name_of(item.metric),
            signed(item.difference.mean),
            f"{signed(item.difference.low)} to {signed(item.difference.high)}",
            p_value(item.p),
            p_value(item.p_holm),
            str(item.difference.n),
        )
        for item in summary.comparisons
        if item.metric in ("ndcg@10", "page_hit@5")
    ]
    head = ("compared", "half", "figure", "difference", "95 % interval", "p", "p (Holm)", "questions")
    return Table(head, rows)


def _slice_plot(caption: str, slices: dict[str, Figures]) -> Plot:
    rows = []
    for name, figures in slices.items():
        found = figures["ndcg@10"]
        rows.append(Row(f"{name} ({found.n})", (Point(1, found.mean, found.low, found.high),)))
    return forest(f"nDCG@10 by {caption} (questions)", f"nDCG@10 by {caption}", rows)


def _slice_table(caption: str, slices: dict[str, Figures]) -> Table:
    rows = [
        (name, str(figures["ndcg@10"].n), *(interval(figures[metric]) for metric in _TYPE_COLUMNS))
        for name, figures in slices.items()
    ]
    return Table((caption, "questions", *map(name_of, _TYPE_COLUMNS)), rows)


def _confidence_plot(questions: Sequence[QuestionResult]) -> Plot:
    sides = [
        ("answerable", [item.confidence for item in questions if item.answerable]),
        ("unanswerable", [item.confidence for item in questions if not item.answerable]),
    ]
    return strip("Confidence of all questions", "Confidence", sides)


def _refusals(summary: Summary) -> Table:
    head = (
        "decision by", "AUROC", "precision", "recall", "F1", "false alarms", "at 95 % recall", "threshold",
    )  # fmt: skip
    rows = [
        (
            item.name,
            f"{number(item.auroc)} [{number(item.auroc_low)}, {number(item.auroc_high)}]",
            *(number(value) for value in (item.precision, item.recall, item.f1, item.false_alarms)),
            number(item.false_alarms_at_95_recall),
            "its own" if item.threshold is None else number(item.threshold, 4),
        )
        for item in summary.detectors
    ]
    return Table(head, rows)


def _languages(summary: Summary) -> Table:
    rows = [
        (item.language, str(item.groups), number(item.recall), number(item.english), number(item.ratio))
        for item in summary.language_ratios
    ]
    return Table(("language", "groups", "Recall@10", "same groups in English", "ratio"), rows)


def _all_questions(report: RunReport) -> Table:
    summary = report.summary
    rows = [_question_row(item, summary.mode, summary.modes) for item in report.questions]
    head = (
        "id", "question", "type", "lang", "half", "nDCG@10", "page hit@5", *summary.modes, "confidence",
    )  # fmt: skip
    return Table(head, rows, wrapped=(1,))


def _question_row(item: QuestionResult, mode: str, modes: Sequence[str]) -> tuple[str, ...]:
    scores = item.scores.get(mode)
    figures = (number(scores["ndcg@10"]), number(scores["page_hit@5"], 0)) if scores else ("–", "–")
    ranks = tuple(rank(item.first_ranks.get(name)) if scores else "–" for name in modes)
    refused = " (refused)" if item.refused else ""
    return (
        item.id,
        item.question,
        item.kind or item.type,
        item.lang,
        item.split,
        *figures,
        *ranks,
        number(item.confidence, 2) + refused,
    )


def _facts(report: RunReport) -> list[tuple[str, str]]:
    summary = report.summary
    facts = [
        ("gold", f"{summary.gold_file}, {summary.gold_hash[:16]}"),
        ("corpus", summary.corpus_hash[:16]),
        ("embedding model", summary.model or "none: words only"),
        ("settings", ", ".join(f"{key} {value}" for key, value in summary.settings.items())),
        ("versions", ", ".join(f"{key} {value}" for key, value in summary.versions.items())),
    ]
    if report.timings:
        facts.append(("made", f"{report.timings.started}, {report.timings.seconds:.0f} s"))
        facts += [
            (
                f"latency, {mode}",
                f"p50 {item.p50 * 1000:.0f} ms, p95 {item.p95 * 1000:.0f} ms (one at a time)",
            )
            for mode, item in report.timings.latency.items()
        ]
    return facts
