"""The comparison of two runs for people: Markdown for the terminal, one HTML page for the eye."""

from html import escape
from pathlib import Path

from evals.compare import CompareReport, MetricChange, QuestionChange
from evals.reports.html_page import figure, page, paragraph, table
from evals.reports.plots import Point, Row, forest, legend, waterfall
from evals.reports.run_html import above
from evals.reports.run_markdown import cell
from evals.reports.run_markdown import table as md_table
from evals.reports.wording import name_of, number, p_value, pages, plural, rank, signed
from ingest.errors import PinciteError

_HEAD = ("figure", "base", "new", "difference", "95 % interval", "p", "p (Holm)")
# The differences axis: wide enough for what is worth seeing, and the same in every comparison.
_AXIS = 0.2


def compare_markdown(report: CompareReport, shown: int = 20) -> str:
    """Return the comparison for a terminal: the gate, the figures, the questions that changed most."""
    parts = ["# Comparison", _gate_markdown(report)]
    parts += [f"Note: {cell(notice)}" for notice in report.notices]
    parts.append(md_table(_HEAD, [_row(item) for item in report.metrics]))
    lines = [
        f"- {signed(item.difference)} {cell(item.new.id)}: "
        f"rank {rank(item.base_rank)} → {rank(item.new_rank)} "
        f"({_legs(item)}) {cell(item.new.question)}"
        for item in _extremes(report, shown)
    ]
    parts.append("## Questions that changed most\n\n" + "\n".join(lines) if lines else "No question changed.")
    return "\n\n".join(parts) + "\n"


def compare_html(report: CompareReport) -> str:
    """Return the comparison as a self-contained page; everything from gold and corpus is escaped."""
    modes = [report.base.summary.mode, report.new.summary.mode]
    drawn = figure("New − base, with 95 % intervals", forest("Differences", _rows(report), -_AXIS, _AXIS))
    drawn += figure(
        "nDCG@10 of each question that changed, new − base",
        waterfall("Change by question", [item.difference for item in report.changes]),
    )
    parts = [
        "<h1>Two runs compared</h1>",
        paragraph(f"Base: {report.base.folder} ({modes[0]})", "soft"),
        paragraph(f"New: {report.new.folder} ({modes[1]})", "soft"),
        _gate_html(report),
        *(paragraph(f"Note: {notice}", "soft") for notice in report.notices),
        f'<div class="plots">{drawn}</div>',
        table(_HEAD, [_row(item) for item in report.metrics]),
        f"<h2>{plural(len(report.changes), 'question')} changed</h2>",
        legend(["gain", "loss"]),
        *(_card(item, modes[1]) for item in report.changes),
    ]
    return page("Two runs compared", parts)


def write_comparison(report: CompareReport, path: Path) -> None:
    """Write the HTML page of a comparison."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(compare_html(report), encoding="utf-8", newline="\n")
    except OSError as error:
        raise PinciteError(f"{path}: cannot be written ({error.strerror or error})") from error


def _gate_markdown(report: CompareReport) -> str:
    if not report.broken:
        return "The gate holds."
    return "The gate is BROKEN:\n\n" + "\n".join(f"- {cell(reason)}" for reason in report.broken)


def _gate_html(report: CompareReport) -> str:
    if not report.broken:
        return '<p class="good">The gate holds.</p>'
    reasons = "".join(f"<li>{escape(reason)}</li>" for reason in report.broken)
    return f'<p class="bad">The gate is broken:</p><ul>{reasons}</ul>'


def _row(item: MetricChange) -> tuple[str, ...]:
    low, high = signed(item.difference.low), signed(item.difference.high)
    return (
        name_of(item.metric),
        number(item.base),
        number(item.new),
        signed(item.difference.mean),
        f"{low} to {high}",
        p_value(item.p),
        p_value(item.p_holm),
    )


def _rows(report: CompareReport) -> list[Row]:
    return [
        Row(
            name_of(item.metric),
            (Point(1, item.difference.mean, item.difference.low, item.difference.high),),
        )
        for item in report.metrics
    ]


def _extremes(report: CompareReport, shown: int) -> list[QuestionChange]:
    """Return the largest losses, then the largest gains: `changes` is sorted from loss to gain."""
    if len(report.changes) <= shown:
        return list(report.changes)
    return [*report.changes[: shown // 2], *report.changes[-(shown - shown // 2) :]]


def _legs(item: QuestionChange) -> str:
    """Return the rank of the first right passage in each mode, before and after."""
    return ", ".join(
        f"{mode} {rank(item.base.first_ranks.get(mode))} → {rank(value)}"
        for mode, value in item.new.first_ranks.items()
    )


def _card(item: QuestionChange, mode: str) -> str:
    css = "bad" if item.difference < 0 else "good"
    badges = "".join(
        f'<span class="badge">{escape(text)}</span>' for text in (item.new.id, item.new.type, item.new.lang)
    )
    quotes = "".join(
        f"<blockquote>{escape(found.quote)}<br><span class='soft'>{escape(found.doc)}, "
        f"{escape(pages(found.pages))}</span></blockquote>"
        for found in item.new.evidence
    )
    return (
        f"<article><h3>{escape(item.new.question)}</h3>{badges}"
        f'<p><span class="{css}">{escape(signed(item.difference))}</span> nDCG@10 · rank '
        f"{escape(rank(item.base_rank))} → {escape(rank(item.new_rank))} "
        f'<span class="soft">({escape(_legs(item))})</span></p>{quotes}{above(item.new, mode)}</article>'
    )
