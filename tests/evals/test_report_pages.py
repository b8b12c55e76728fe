"""Reports as pages and as Markdown: every section, nothing unescaped, nothing fetched."""

from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest
from eval_results import question_result, run_report
from hypothesis import given, settings
from hypothesis import strategies as st
from jinja2 import UndefinedError

from evals.compare import CompareReport, MetricChange, QuestionChange
from evals.reports.comparison import compare_html, compare_markdown, write_comparison
from evals.reports.html_template import Table, hits_above, render
from evals.reports.run_html import run_html
from evals.reports.run_markdown import cell, markdown, table
from evals.reports.write import write_reports
from evals.results import Interval, Latency, QuestionResult, RunReport, Timings
from ingest.errors import PinciteError

VOID = {"meta", "br", "link", "img"}
EVIL = "<script>alert(1)</script><img src=x onerror=\"a\" alt='b'> & {{ 7 * 7 }} {% raw %}"


class Page(HTMLParser):
    """The elements of a page, checked to be closed in order, and its text."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.text: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.open: list[str] = []
        self.feed(source)
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "style" not in self.open:
            self.text.append(data)

    @property
    def words(self) -> str:
        return " ".join(" ".join(self.text).split())


def questions() -> list[QuestionResult]:
    modes = ("hybrid", "lexical", "dense")
    found = []
    for number in range(16):
        found.append(
            question_result(
                f"q{number}",
                group=f"g{number // 2}",
                lang=("en", "es")[number % 2],
                kind=("fact", "natural")[number // 2 % 2],
                split=("dev", "test")[number // 8],
                modes=modes,
                rank=number % 5 + 1,
                ndcg_10=1 / (number % 5 + 1),
            )
        )
    for number in range(4):
        found.append(
            question_result(
                f"u{number}",
                split=("dev", "test")[number % 2],
                answerable=False,
                confidence=0.1,
                refused=True,
                modes=modes,
                kind="unanswerable",
            )
        )
    return found


@pytest.fixture
def full() -> RunReport:
    """A run with every section."""
    latency = {"hybrid": Latency(0.0123, 0.0456, 20)}
    timings = Timings("2026-11-27T10:00:00+00:00", 12.4, latency)
    modes = ("hybrid", "lexical", "dense")
    return run_report(questions(), modes=modes, timings=timings, notices=("one leg was slow",))


SECTIONS = (
    "The ways of searching, side by side",
    "Are the differences real?",
    "By type and by language",
    "Knowing when there is no answer",
    "The same question in another language",
    "The worst questions",
    "Every question",
    "About this run",
    "What the figures mean",
)


def test_a_full_run_has_every_section_in_order(full: RunReport) -> None:
    words = Page(run_html(full)).words
    places = [words.index(title) for title in SECTIONS]
    assert places == sorted(places)
    for text in ("Evaluation: gold.jsonl", "Note: one leg was slow", "p50 12 ms, p95 46 ms", "20 questions"):
        assert text in words
    assert all(item.question in words for item in full.questions)


def test_sections_without_content_are_left_out() -> None:
    report = run_report([question_result("a", rank=1), question_result("b", rank=1)])
    words = Page(run_html(report)).words
    assert "Are the differences real?" not in words
    assert "Knowing when there is no answer" not in words
    assert "The same question in another language" not in words
    assert "latency" not in words
    assert "Every question is answered perfectly." in words


def test_a_page_fetches_nothing_and_runs_nothing(full: RunReport) -> None:
    page = Page(run_html(full))
    assert {"script", "img", "link", "iframe"} & set(page.tags) == set()
    assert not {"src", "href", "onload", "onclick"} & {name for name, _ in page.attributes}
    policy = dict(page.attributes)["content"] or ""
    assert "default-src 'none'" in " ".join(
        value or "" for name, value in page.attributes if name == "content"
    )
    assert policy


def test_markup_and_template_marks_in_every_text_are_shown_as_they_are(full: RunReport) -> None:
    first = full.questions[1]
    evil = replace(
        first, id=EVIL, question=EVIL, type=EVIL, lang=EVIL,
        scores={mode: dict.fromkeys(scores, 0.0) for mode, scores in first.scores.items()},
        first_ranks=dict.fromkeys(first.first_ranks, None),
        evidence=tuple(replace(item, doc=EVIL, quote=EVIL) for item in first.evidence),
        top=tuple(replace(item, file=EVIL, excerpt=EVIL) for item in first.top),
    )  # fmt: skip
    summary = replace(full.summary, gold_file=EVIL, notices=(EVIL,), model=EVIL)
    report = replace(full, summary=summary, questions=(evil, *full.questions[1:]))
    page = Page(run_html(report))
    assert {"script", "img"} & set(page.tags) == set()
    assert page.words.count(" ".join(EVIL.split())) >= 10
    assert "49" not in page.words.split()
    text = markdown(report)
    assert "<script" not in text
    assert "<img" not in text


@settings(max_examples=30, deadline=None)
@given(st.text(max_size=40))
def test_any_text_comes_through_a_page_unchanged(text: str) -> None:
    shown = "".join(character for character in text if character.isprintable())
    row = Table((shown,), [(shown,)])
    report = run_report([question_result("a", ndcg_10=0.1)])
    page = run_html(replace(report, summary=replace(report.summary, notices=(shown,), model=shown)))
    assert " ".join(f"Note: {shown}".split()) in Page(page).words
    assert row.wrapped == ()


def test_a_name_that_a_template_does_not_get_is_an_error() -> None:
    with pytest.raises(UndefinedError, match="report"):
        render("comparison.html.jinja", title="nothing else")


ABOVE = {"first": (1, 0), "third": (3, 2), "seventh": (7, 3), "lost": (None, 3)}


@pytest.mark.parametrize("name", ABOVE)
def test_hits_above_the_first_right_one(name: str) -> None:
    rank, count = ABOVE[name]
    assert len(hits_above(question_result("a", rank=rank), "hybrid")) == count


def test_markdown_cells_hold_no_markup() -> None:
    assert cell("a|b <i> *c*\n_d_ `e`") == "a\\|b &lt;i&gt; \\*c\\* \\_d\\_ \\`e\\`"


def test_markdown_tables_are_aligned() -> None:
    lines = table(("figure", "x"), [("nDCG@10", "0.5"), ("é", "1")]).split("\n")
    assert len({len(line) for line in lines}) == 1
    assert lines[1] == "|---------|-----|"


def test_markdown_of_a_full_run_has_its_sections(full: RunReport) -> None:
    text = markdown(full)
    for title in (
        "All questions",
        "Test half",
        "Differences",
        "By type",
        "By language",
        "Refusing, test half",
        "The same question in another language",
        "The worst questions",
    ):
        assert f"## {title}" in text
    assert "Note: one leg was slow" in text
    assert "hybrid 12 / 46 ms" in text


def test_reports_are_written_beside_the_run(full: RunReport, tmp_path: Path) -> None:
    write_reports(replace(full, folder=tmp_path))
    assert (tmp_path / "report.html").read_text("utf-8") == run_html(full)
    assert (tmp_path / "report.md").read_text("utf-8") == markdown(full)


def comparison(full: RunReport, *, broken: tuple[str, ...] = (), size: int = 30) -> CompareReport:
    """Two runs in which `size` questions changed, half for the worse."""
    changes = []
    for number in range(size):
        old = question_result(f"c{number}", rank=1)
        new = question_result(f"c{number}", rank=number + 2)
        difference = -0.5 + number / size
        changes.append(
            QuestionChange(base=old, new=new, base_rank=1, new_rank=number + 2, difference=difference)
        )
    metric = MetricChange(
        metric="ndcg@10", base=0.5, new=0.4, difference=Interval(-0.1, -0.2, 0.0, 30, 30), p=0.03, p_holm=0.06
    )
    return CompareReport(
        base=full,
        new=full,
        metrics=(metric,),
        changes=tuple(changes),
        broken=broken,
        notices=("other model",),
    )


def test_a_comparison_shows_gate_figures_and_each_change(full: RunReport) -> None:
    page = Page(compare_html(comparison(full)))
    assert "The gate holds." in page.words
    assert "Note: other model" in page.words
    assert "30 questions changed" in page.words
    assert page.tags.count("article") == 30
    assert "−0.100" in page.words
    assert "0.0600" in page.words


def test_a_broken_gate_gives_its_reasons(full: RunReport) -> None:
    report = comparison(full, broken=("type <b>: falls", "page hit@5 loses 2"))
    words = Page(compare_html(report)).words
    assert "The gate is broken: type <b>: falls page hit@5 loses 2" in words
    text = compare_markdown(report)
    assert "The gate is BROKEN:\n\n- type &lt;b&gt;: falls\n- page hit@5 loses 2" in text


def test_the_terminal_shows_the_largest_losses_and_gains(full: RunReport) -> None:
    text = compare_markdown(comparison(full), shown=4)
    assert [f"c{number}:" in text for number in (0, 1, 2, 27, 28, 29)] == [
        True,
        True,
        False,
        False,
        True,
        True,
    ]
    assert "No question changed." in compare_markdown(comparison(full, size=0))


def test_a_comparison_is_written_or_the_fault_named(full: RunReport, tmp_path: Path) -> None:
    write_comparison(comparison(full), tmp_path / "deep" / "compare.html")
    assert (tmp_path / "deep" / "compare.html").read_text("utf-8").startswith("<!doctype html>")
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(PinciteError, match="cannot be written"):
        write_comparison(comparison(full), tmp_path / "file" / "compare.html")
