"""The report of one run as a self-contained HTML page. All text from gold and corpus is escaped."""

from collections.abc import Sequence
from html import escape

from evals.measures.aggregate import HEAD_METRICS, scored
from evals.reports.html_page import definitions, figure, page, paragraph, table
from evals.reports.plots import Point, Row, forest, histogram, legend, strip
from evals.reports.wording import (
    MEANINGS,
    RANK_LABELS,
    interval,
    name_of,
    number,
    p_value,
    pages,
    plural,
    rank,
    rank_counts,
    signed,
    worst,
)
from evals.results import Figures, QuestionResult, RunReport, Summary

_TYPE_COLUMNS = ("ndcg@10", "page_hit@5", "recall@10", "mrr@10")


def run_html(report: RunReport) -> str:
    """Return the page of a run."""
    summary = report.summary
    title = f"Evaluation: {summary.gold_file}"
    parts = [
        f"<h1>{escape(title)}</h1>",
        paragraph(_subtitle(summary), "soft"),
        *(paragraph(f"Note: {notice}", "bad") for notice in summary.notices),
        _head(summary),
        _modes(report),
        _comparisons(summary),
        _slices(summary),
        _refusals(report),
        _languages(summary),
        _worst(report),
        _all_questions(report),
        _about(report),
    ]
    return page(title, [part for part in parts if part])


def _subtitle(summary: Summary) -> str:
    counts = summary.counts
    return (
        f"{plural(counts['questions'], 'question')} in {plural(counts['groups'], 'group')}, "
        f"{counts['answerable']} answerable · {plural(counts['documents'], 'document')}, "
        f"{plural(counts['passages'], 'passage')} · mode {summary.mode}"
    )


def _head(summary: Summary) -> str:
    figures = summary.figures[summary.mode]["all"]
    cards = [
        f'<div class="card">{escape(name_of(metric))}<b>{number(figures[metric].mean)}</b>'
        f'<span class="soft">{number(figures[metric].low)} – {number(figures[metric].high)}</span></div>'
        for metric in HEAD_METRICS
        if metric in figures
    ]
    return f'<div class="head">{"".join(cards)}</div>' + paragraph(
        "Means over all answerable questions with their 95 % intervals.", "soft"
    )


def _modes(report: RunReport) -> str:
    summary = report.summary
    rows = [
        Row(
            name_of(metric),
            tuple(
                Point(index, found.mean, found.low, found.high)
                for index, mode in enumerate(summary.modes, start=1)
                if (found := summary.figures[mode]["all"].get(metric))
            ),
        )
        for metric in HEAD_METRICS
    ]
    ranks = [
        rank_counts(item.first_ranks[mode] for item in scored(report.questions, mode))
        for mode in summary.modes
    ]
    drawn = figure("Figures with 95 % intervals", forest("Head figures by mode", rows))
    drawn += figure(
        "Rank of the first right passage (questions)",
        histogram("Rank of the first right passage", RANK_LABELS, ranks),
    )
    metrics = list(summary.figures[summary.mode]["all"])
    cells = [
        (name_of(metric), *(interval(summary.figures[mode]["all"][metric]) for mode in summary.modes))
        for metric in metrics
    ]
    return (
        f'<h2>The ways of searching, side by side</h2>{legend(summary.modes)}<div class="plots">{drawn}</div>'
        + table(("all questions", *summary.modes), cells)
    )


def _comparisons(summary: Summary) -> str:
    if not summary.comparisons:
        return ""
    halves = {"all": "all", "dev": "development", "test": "test"}
    rows = [
        (
            f"{item.a} − {item.b}",
            halves[item.split],
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
    return "<h2>Are the differences real?</h2>" + table(head, rows)


def _slices(summary: Summary) -> str:
    parts = ["<h2>By type and by language</h2>"]
    drawn = ""
    for caption, found in (("type", summary.by_type), ("language", summary.by_language)):
        rows = [
            Row(f"{name} ({figures['ndcg@10'].n})", (_point(figures),)) for name, figures in found.items()
        ]
        drawn += figure(f"nDCG@10 by {caption} (questions)", forest(f"nDCG@10 by {caption}", rows))
    parts.append(f'<div class="plots">{drawn}</div>')
    for caption, found in (("type", summary.by_type), ("language", summary.by_language)):
        rows_text = [
            (name, str(figures["ndcg@10"].n), *(interval(figures[metric]) for metric in _TYPE_COLUMNS))
            for name, figures in found.items()
        ]
        parts.append(table((caption, "questions", *map(name_of, _TYPE_COLUMNS)), rows_text))
    return "".join(parts)


def _point(figures: Figures) -> Point:
    found = figures["ndcg@10"]
    return Point(1, found.mean, found.low, found.high)


def _refusals(report: RunReport) -> str:
    if not report.summary.detectors:
        return ""
    rows = [
        (
            item.name,
            f"{number(item.auroc)} [{number(item.auroc_low)}, {number(item.auroc_high)}]",
            *(number(value) for value in (item.precision, item.recall, item.f1, item.false_alarms)),
            number(item.false_alarms_at_95_recall),
            "its own" if item.threshold is None else number(item.threshold, 4),
        )
        for item in report.summary.detectors
    ]
    sides = [
        ("answerable", [item.confidence for item in report.questions if item.answerable]),
        ("unanswerable", [item.confidence for item in report.questions if not item.answerable]),
    ]
    first = report.summary.detectors[0]
    head = (
        "decision by",
        "AUROC",
        "precision",
        "recall",
        "F1",
        "false alarms",
        "at 95 % recall",
        "threshold",
    )
    return (
        "<h2>Knowing when there is no answer</h2>"
        + paragraph(
            f"Test half: {first.unanswerable} unanswerable and {first.answerable} answerable questions. "
            "Thresholds were fitted on the development half.",
            "soft",
        )
        + f'<div class="plots">{figure("Confidence of all questions", strip("Confidence", sides))}</div>'
        + table(head, rows)
    )


def _languages(summary: Summary) -> str:
    if not summary.language_ratios:
        return ""
    rows = [
        (item.language, str(item.groups), number(item.recall), number(item.english), number(item.ratio))
        for item in summary.language_ratios
    ]
    head = ("language", "groups", "Recall@10", "same groups in English", "ratio")
    return "<h2>The same question in another language</h2>" + table(head, rows)


def _worst(report: RunReport) -> str:
    mode = report.summary.mode
    found = worst(report.questions, mode)
    if not found:
        return "<h2>The worst questions</h2>" + paragraph("Every question is answered perfectly.")
    return "<h2>The worst questions</h2>" + "".join(question_card(item, mode) for item in found)


def question_card(item: QuestionResult, mode: str) -> str:
    """Return a question with its evidence, its rank in each mode and what stands above it."""
    badges = "".join(f'<span class="badge">{escape(text)}</span>' for text in (item.id, item.type, item.lang))
    figure_text = f"nDCG@10 {number(item.scores[mode]['ndcg@10'])}" if mode in item.scores else "unanswerable"
    quotes = "".join(
        f"<blockquote>{escape(found.quote)}<br><span class='soft'>{escape(found.doc)}, "
        f"{escape(pages(found.pages))} · rank: "
        + escape(", ".join(f"{name} {rank(value)}" for name, value in found.ranks.items()))
        + "</span></blockquote>"
        for found in item.evidence
    )
    return (
        f"<article><h3>{escape(item.question)}</h3>{badges}<span class='badge'>{escape(figure_text)}</span>"
        f"{quotes}{above(item, mode)}</article>"
    )


def above(item: QuestionResult, mode: str) -> str:
    """Return the hits that stand above the first right one (three at most), as a numbered list."""
    first = item.first_ranks.get(mode)
    hits = item.top[: min((first or 4) - 1, 3)]
    if not hits:
        return ""
    lines = "".join(
        f"<li>{escape(hit.excerpt)} "
        f"<span class='soft'>{escape(hit.file)}, {escape(pages(hit.pages))}</span></li>"
        for hit in hits
    )
    return f'<p class="soft">What stands above it:</p><ol class="above">{lines}</ol>'


def _all_questions(report: RunReport) -> str:
    mode = report.summary.mode
    rows = [_question_row(item, mode, report.summary.modes) for item in report.questions]
    head = (
        "id",
        "question",
        "type",
        "lang",
        "half",
        "nDCG@10",
        "page hit@5",
        *report.summary.modes,
        "confidence",
    )
    inside = table(head, rows, long=(1,))
    return f"<h2>Every question</h2><details><summary>{len(rows)} questions</summary>{inside}</details>"


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


def _about(report: RunReport) -> str:
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
    return f"<h2>About this run</h2>{definitions(facts)}<h2>What the figures mean</h2>" + definitions(
        MEANINGS.items()
    )
