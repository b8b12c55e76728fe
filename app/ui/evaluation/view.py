"""The Evaluation page: one run, or two side by side, as figures with intervals and question by question."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st

from app.exports.escape import for_html, visible
from app.i18n import Words, names
from app.service.engine import engine
from app.service.evaluation_runs import find_runs, load
from app.service.site import told
from app.ui import address, state
from app.ui.evaluation import first_run, run_form
from ingest.errors import UsageError

if TYPE_CHECKING:
    from evals.results import Interval, QuestionResult, RunReport

METRICS = ("ndcg@10", "page_hit@5", "recall@20", "mrr@10")
_SHOWN_QUESTIONS = 500


def view() -> None:
    """Draw the Evaluation page."""
    t = state.words()
    st.html(f'<h1 class="page-title">{t("Evaluation")}</h1>')
    run_form.draw(t, engine())
    folders = find_runs(engine().site)
    if not folders:
        first_run.hint(t, engine())
        return
    first, second = _pick(t, folders)
    reports = [report for report in (_loaded(t, first), _loaded(t, second) if second else None) if report]
    if not reports:
        return
    _head(t, reports)
    st.html(_plots(t, reports))
    _table(t, reports)
    _downloads(t, reports[0])


def _pick(t: Words, folders: list[Path]) -> tuple[Path, Path | None]:
    with st.container(key="runs", horizontal=True, gap="medium"):
        names = state.told_apart({folder: _name(folder) for folder in folders})
        key = state.labelled("run", names)
        first = st.selectbox(t("Run"), folders, format_func=lambda one: names.get(one, str(one)), key=key)
        others: dict[Path | None, str] = {
            None: t("nothing"),
            **{folder: name for folder, name in names.items() if folder != first},
        }
        second = st.selectbox(
            t("Compare with"),
            list(others),
            format_func=lambda folder: others.get(folder, str(folder)),
            key=state.labelled("run2", others),
        )
    return first, second


def _name(folder: Path) -> str:
    return visible(folder.name)


def _loaded(t: Words, folder: Path) -> RunReport | None:
    try:
        return load(folder)
    except UsageError as error:
        st.html(f'<p class="state weak" role="status">{for_html(told(error))}</p>')
        return None


def _head(t: Words, reports: list[RunReport]) -> None:
    lines = []
    for number, report in enumerate(reports, start=1):
        summary = report.summary
        asked = t.n("{n} question", "{n} questions", len(report.questions))
        model = summary.model.partition(" ")[0] if summary.model else t("words only")
        lines.append(
            f'<li><span class="swatch s{number}"></span><b>{for_html(report.folder.name)}</b> · {asked} · '
            f"{for_html(Path(summary.gold_file).name)} · {for_html(summary.mode)} · {for_html(model)}</li>"
        )
    st.html(f'<ul class="runs">{"".join(lines)}</ul>')


def _plots(t: Words, reports: list[RunReport]) -> str:
    rows = [(name, [_figure(report, key) for report in reports]) for key, name in _metric_names(t)]
    rows.append((t("Right to refuse or answer"), [_abstention(report) for report in reports]))
    body = "".join(_plot_row(name, figures) for name, figures in rows)
    note = t("A dot is the mean over the questions, the line its 95 % interval, where one was computed.")
    return (
        f'<div class="plots" role="table" aria-label="{t("Figures")}">{body}</div><p class="note">{note}</p>'
    )


def _metric_names(t: Words) -> list[tuple[str, str]]:
    titles = ("nDCG@10", t("Right page among the first 5"), "Recall@20", "MRR@10")
    return list(zip(METRICS, titles, strict=True))


def _figure(report: RunReport, metric: str) -> tuple[float, float, float] | None:
    halves = report.summary.figures.get(report.summary.mode, {})
    found: Interval | None = halves.get("all", {}).get(metric)
    if found is None or math.isnan(found.mean):
        return None
    return found.mean, found.low, found.high


def _abstention(report: RunReport) -> tuple[float, float, float] | None:
    """Return the share of questions rightly answered or refused, with Wilson's 95 % interval (1927)."""
    n = len(report.questions)
    if not n:
        return None
    share = sum(q.refused != q.answerable for q in report.questions) / n
    z = 1.96
    middle = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    return share, middle - half, middle + half


def _plot_row(name: str, figures: list[tuple[float, float, float] | None]) -> str:
    lines = []
    for number, figure in enumerate(figures, start=1):
        if figure is None:
            lines.append('<div class="line"><span class="value">–</span></div>')
            continue
        mean, low, high = figure
        left, width = 100 * low, 100 * max(high - low, 0.0)
        lines.append(
            f'<div class="line"><span class="track">'
            f'<span class="span s{number}" style="left:{left:.1f}%;width:{width:.1f}%"></span>'
            f'<span class="dot s{number}" style="left:{100 * mean:.1f}%"></span></span>'
            f'<span class="value">{mean:.2f} <small>{low:.2f}–{high:.2f}</small></span></div>'
        )
    return (
        f'<div class="plot" role="row"><span class="name" role="rowheader">{for_html(name)}</span>'
        f'<div class="lines" role="cell">{"".join(lines)}</div></div>'
    )


def _worst_first(report: RunReport) -> list[QuestionResult]:
    mode = report.summary.mode

    def score(question: QuestionResult) -> float:
        if not question.answerable:
            return 1.0 if question.refused else 0.0
        return question.scores.get(mode, {}).get("ndcg@10", 0.0)

    return sorted(report.questions, key=lambda question: (score(question), question.id))


def _table(t: Words, reports: list[RunReport]) -> None:
    report = reports[0]
    mode = report.summary.mode
    other = {q.id: q for q in reports[1].questions} if len(reports) > 1 else {}
    st.html(f'<h2 class="side">{t("Question by question, worst first")}</h2>')
    rows = []
    for question in _worst_first(report)[:_SHOWN_QUESTIONS]:
        row = {
            t("Question"): visible(question.question),
            "nDCG@10": question.scores.get(mode, {}).get("ndcg@10"),
            t("Rank of the first right passage"): question.first_ranks.get(mode),
            t("Refused"): question.refused,
            t("Answer exists"): question.answerable,
            t("Language"): names.language_name(t, question.lang),
            t("Kind"): question.type,
        }
        if other:
            twin = other.get(question.id)
            row[t("nDCG@10 of the other run")] = (
                twin.scores.get(reports[1].summary.mode, {}).get("ndcg@10") if twin else None
            )
        row[t("Ask")] = "./?" + address.query(question.question, t.language)
        rows.append(row)
    st.dataframe(
        rows,
        hide_index=True,
        column_config={t("Ask"): st.column_config.LinkColumn(t("Ask"), display_text=t("Open"))},
        alt=t("Question by question, worst first"),
    )


def _downloads(t: Words, report: RunReport) -> None:
    from app.service.evaluation_runs import qrels

    with st.container(horizontal=True, gap="small"):
        run = report.folder / "run.trec"
        if run.is_file():
            st.download_button(
                t("Download the run"),
                run.read_bytes(),
                file_name="run.trec",
                mime="text/plain",
                on_click="ignore",
            )
        judged = qrels(report.folder)
        if judged:
            st.download_button(
                t("Download the judgements"),
                judged,
                file_name="qrels.trec",
                mime="text/plain",
                on_click="ignore",
            )
