"""The report of a run as Markdown: what the terminal prints and report.md holds."""

from collections.abc import Iterable, Sequence

from evals.measures.aggregate import HEAD_METRICS, TABLE_METRICS
from evals.reports.wording import (
    interval,
    name_of,
    number,
    p_value,
    pages,
    plural,
    rank,
    signed,
    worst,
)
from evals.results import RunReport, Summary


def markdown(report: RunReport) -> str:
    """Return the report of a run, short enough for a terminal."""
    summary = report.summary
    counts = summary.counts
    parts = [
        f"# Evaluation: {cell(summary.gold_file)}",
        f"{plural(counts['questions'], 'question')} ({counts['answerable']} answerable) in "
        f"{plural(counts['groups'], 'group')} over {plural(counts['documents'], 'document')}, "
        f"{plural(counts['passages'], 'passage')}; mode {summary.mode}; "
        f"model {cell(summary.model or 'none')}.",
        *(f"Note: {cell(notice)}" for notice in summary.notices),
        _modes(summary),
        _comparisons(summary),
        _slices(summary),
        _refusals(summary),
        _languages(summary),
        _worst(report),
        _latency(report),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def cell(text: str) -> str:
    """Return text that cannot be taken for Markdown or HTML markup."""
    for mark in "\\`*_[]<>|#!":
        text = text.replace(mark, "&lt;" if mark == "<" else "&gt;" if mark == ">" else f"\\{mark}")
    return " ".join(text.split())


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a Markdown table with aligned columns; cells must not hold markup."""
    lines = [list(head), *(list(row) for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(head))]
    drawn = [
        "| " + " | ".join(text.ljust(width) for text, width in zip(line, widths, strict=True)) + " |"
        for line in lines
    ]
    rule = "|" + "|".join("-" * (width + 2) for width in widths) + "|"
    return "\n".join([drawn[0], rule, *drawn[1:]])


def _modes(summary: Summary) -> str:
    parts = []
    for half, title in (("all", "All questions"), ("test", "Test half")):
        present = [name for name in TABLE_METRICS if name in summary.figures[summary.mode][half]]
        rows = [
            (name_of(metric), *(interval(summary.figures[mode][half][metric]) for mode in summary.modes))
            for metric in present
        ]
        if rows:
            parts.append(f"## {title}\n\n" + table(("figure [95 % interval]", *summary.modes), rows))
    return "\n\n".join(parts)


def _comparisons(summary: Summary) -> str:
    rows = [
        (
            f"{item.a} - {item.b}",
            name_of(item.metric),
            signed(item.difference.mean),
            f"{signed(item.difference.low)} to {signed(item.difference.high)}",
            p_value(item.p),
            p_value(item.p_holm),
        )
        for item in summary.comparisons
        if item.split == "test" and item.metric in ("ndcg@10", "page_hit@5")
    ]
    head = ("test half", "figure", "difference", "95 % interval", "p", "p (Holm)")
    return "## Differences\n\n" + table(head, rows) if rows else ""


def _slices(summary: Summary) -> str:
    parts = []
    for title, found in (("By type", summary.by_type), ("By language", summary.by_language)):
        rows = [
            (
                cell(name),
                str(figures["ndcg@10"].n),
                *(number(figures[metric].mean) for metric in HEAD_METRICS),
            )
            for name, figures in found.items()
        ]
        head = (title[3:], "questions", *map(name_of, HEAD_METRICS))
        parts.append(f"## {title}\n\n" + table(head, rows))
    return "\n\n".join(parts)


def _refusals(summary: Summary) -> str:
    if not summary.detectors:
        return ""
    rows = [
        (
            item.name,
            f"{number(item.auroc)} [{number(item.auroc_low)}, {number(item.auroc_high)}]",
            *(number(value) for value in (item.precision, item.recall, item.f1, item.false_alarms)),
            number(item.false_alarms_at_95_recall),
        )
        for item in summary.detectors
    ]
    head = ("decision by", "AUROC", "precision", "recall", "F1", "false alarms", "at 95 % recall")
    first = summary.detectors[0]
    title = f"Refusing, test half ({first.unanswerable} unanswerable, {first.answerable} answerable)"
    return f"## {title}\n\n" + table(head, rows)


def _languages(summary: Summary) -> str:
    rows = [
        (cell(item.language), str(item.groups), number(item.recall), number(item.english), number(item.ratio))
        for item in summary.language_ratios
    ]
    head = ("language", "groups", "Recall@10", "in English", "ratio")
    return "## The same question in another language\n\n" + table(head, rows) if rows else ""


def _worst(report: RunReport) -> str:
    mode = report.summary.mode
    lines = []
    for item in worst(report.questions, mode, 10):
        first = item.evidence[0]
        ranks = ", ".join(f"{name} {rank(value)}" for name, value in item.first_ranks.items())
        lines.append(
            f"- {number(item.scores[mode]['ndcg@10'])} {cell(item.id)} ({cell(item.lang)}, {cell(item.type)}): "
            f"{cell(item.question)} → {cell(first.doc)}, {pages(first.pages)}; rank: {ranks}"
        )
    return "## The worst questions\n\n" + "\n".join(lines) if lines else ""


def _latency(report: RunReport) -> str:
    if not report.timings:
        return ""
    found = "; ".join(
        f"{mode} {item.p50 * 1000:.0f} / {item.p95 * 1000:.0f} ms"
        for mode, item in report.timings.latency.items()
    )
    return f"Latency p50 / p95, one search at a time: {found}."
