"""The comparison of two runs for people: Markdown for the terminal, one HTML page for the eye."""

from pathlib import Path

from evals.compare import CompareReport, MetricChange, QuestionChange
from evals.reports.html_template import Table, render
from evals.reports.plots import Point, Row, forest, waterfall
from evals.reports.run_markdown import cell, table
from evals.reports.wording import leg_ranks, name_of, number, p_value, rank, signed
from ingest.errors import PinciteError

_HEAD = ("figure", "base", "new", "difference", "95 % interval", "p", "p (Holm)")
# The differences axis: wide enough for what is worth seeing, and the same in every comparison.
_AXIS = 0.2


def compare_markdown(report: CompareReport, shown: int = 20) -> str:
    """Return the comparison for a terminal: the gate, the figures, the questions that changed most."""
    parts = ["# Comparison", _gate_markdown(report)]
    parts += [f"Note: {cell(notice)}" for notice in report.notices]
    parts.append(table(_HEAD, [_row(item) for item in report.metrics]))
    lines = [
        f"- {signed(item.difference)} {cell(item.new.id)}: "
        f"rank {rank(item.base_rank)} → {rank(item.new_rank)} "
        f"({leg_ranks(item)}) {cell(item.new.question)}"
        for item in _extremes(report, shown)
    ]
    parts.append("## Questions that changed most\n\n" + "\n".join(lines) if lines else "No question changed.")
    return "\n\n".join(parts) + "\n"


def compare_html(report: CompareReport) -> str:
    """Return the comparison as a self-contained page; everything from gold and corpus is escaped."""
    differences = [item.difference for item in report.changes]
    return render(
        "comparison.html.jinja",
        title="Two runs compared",
        report=report,
        mode=report.new.summary.mode,
        metrics=Table(_HEAD, [_row(item) for item in report.metrics]),
        plots=[
            forest("New − base, with 95 % intervals", "Differences", _rows(report), -_AXIS, _AXIS),
            waterfall("nDCG@10 of each question that changed, new − base", "Change by question", differences),
        ],
    )


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
