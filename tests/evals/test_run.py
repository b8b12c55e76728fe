"""A whole run over a real library, snapshot and search: files, repetition, reports, the gate."""

import html
import json
import os
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import ir_measures
import numpy as np
import pytest
from ir_measures import AP, nDCG

from app.service.evaluation_runs import find_runs
from app.service.site import Site
from evals.compare import compare_runs
from evals.gold.check import sound_gold
from evals.reports.comparison import compare_html, compare_markdown, write_comparison
from evals.reports.run_html import run_html
from evals.reports.run_markdown import markdown
from evals.results import QuestionResult, RunReport, load_run
from evals.run import run_folder, run_gold
from evals.trec import write_qrels
from index.search import Searcher
from ingest.errors import PinciteError, UsageError
from ingest.library.library import Library

QUESTIONS = {
    "visits": (
        "How many visits by migrants were registered in 2023?",
        "clinics.pdf",
        "registered 4,812 visits",
    ),
    "permit": (
        "Who is covered by the insurance policy of the state?",
        "clinics.pdf",
        "covers those who hold a permit",
    ),
    "waiting": ("How many days are the waiting times?", "clinics.pdf", "Waiting times fell to nine days"),
    "fear": (
        "¿Qué aleja a las mujeres de los centros de salud?",
        "salud.pdf",
        "El miedo a ser rechazadas aleja",
    ),
    "calls": ("¿Cuántas llamadas atendió la línea?", "salud.pdf", "La línea atendió 920 llamadas"),
    "vaccine": (
        "Where is measles vaccine offered every Sunday?",
        "other/note.html",
        "vaccine is offered at the airport",
    ),
    "document": ("Is a document asked for at the border post?", "note.html", "No document is asked for"),
    "city": ("Where did the second shift open?", "clinics.pdf", "opened in the north of the city"),
}
UNANSWERABLE = (
    "What does a whale eat?",
    "When was the port of Callao dredged?",
    "Quem pintou o teto da igreja?",
)


@pytest.fixture
def gold(gold_file: Callable[..., Path], gold_question: Callable[..., dict[str, object]]) -> Path:
    records = [
        gold_question(
            number,
            id=name,
            group=name,
            question=text,
            type="fact" if number % 2 else "natural",
            lang="es" if text.startswith("¿") else "en",
            evidence=[{"doc": doc, "quote": quote}],
            split="dev" if number % 2 else "test",
        )
        for number, (name, (text, doc, quote)) in enumerate(QUESTIONS.items(), 1)
    ]
    records += [
        gold_question(
            number,
            id=f"none{number}",
            group=f"none{number}",
            question=text,
            type="unanswerable",
            answerable=False,
            evidence=[],
            split="dev" if number % 2 else "test",
        )
        for number, text in enumerate(UNANSWERABLE, 20)
    ]
    return gold_file(*records)


@pytest.fixture
def run(gold: Path, library: Library, searcher: Searcher, tmp_path: Path) -> RunReport:
    return run_gold(gold, library, searcher, tmp_path / "base")


def test_a_run_finds_most_and_writes_everything(run: RunReport) -> None:
    names = {path.name for path in run.folder.iterdir()}
    assert names == {
        "summary.json", "per_question.jsonl", "run.trec", "qrels.trec", "timings.json", "report.html", "report.md",
    }  # fmt: skip
    figures = run.summary.figures["hybrid"]["all"]
    assert figures["ndcg@10"].n == len(QUESTIONS)
    assert figures["ndcg@10"].mean > 0.7
    assert figures["page_hit@5"].mean > 0.8
    assert run.summary.counts["questions"] == len(QUESTIONS) + len(UNANSWERABLE)
    assert set(run.summary.by_type) == {"fact", "natural"}
    assert {item.name for item in run.summary.detectors} >= {
        "shipped decision",
        "confidence",
        "top score, dense",
    }


def test_the_same_run_twice_is_byte_identical(
    run: RunReport, gold: Path, library: Library, searcher: Searcher, word_embedder: type[Any]
) -> None:
    again = run_gold(gold, library, searcher, run.folder.with_name("again"))
    for name in ("summary.json", "per_question.jsonl", "run.trec", "qrels.trec"):
        assert (run.folder / name).read_bytes() == (again.folder / name).read_bytes(), name
    reopened = Searcher.open(library.folder, embedder=word_embedder())
    third = run_gold(gold, library, reopened, run.folder.with_name("third"))
    assert (run.folder / "run.trec").read_bytes() == (third.folder / "run.trec").read_bytes()


def test_ir_measures_says_the_same_of_the_run_file(
    run: RunReport, gold: Path, library: Library, tmp_path: Path
) -> None:
    linked = sound_gold(gold, library)
    qrels = {item.question.id: item.grades for item in linked.questions if item.question.answerable}
    write_qrels(tmp_path / "qrels", qrels)
    assert (tmp_path / "qrels").read_bytes() == (run.folder / "qrels.trec").read_bytes()
    theirs = ir_measures.calc_aggregate(
        [nDCG @ 10, AP],
        ir_measures.read_trec_qrels(str(tmp_path / "qrels")),
        ir_measures.read_trec_run(str(run.folder / "run.trec")),
    )
    figures = run.summary.figures["hybrid"]["all"]
    assert figures["ndcg@10"].mean == pytest.approx(theirs[nDCG @ 10], abs=1e-9)
    assert figures["map"].mean == pytest.approx(theirs[AP], abs=1e-9)


def test_a_run_is_read_back_as_it_was_written(run: RunReport, tmp_path: Path) -> None:
    from evals.results import write_json, write_lines

    back = load_run(run.folder)
    assert back.summary.gold_hash == run.summary.gold_hash
    assert [item.id for item in back.questions] == [item.id for item in run.questions]
    write_json(tmp_path / "summary.json", back.summary)
    write_lines(tmp_path / "per_question.jsonl", back.questions)
    for name in ("summary.json", "per_question.jsonl"):
        assert (tmp_path / name).read_bytes() == (run.folder / name).read_bytes()


def test_runs_are_found_newest_first(
    run: RunReport,
    gold: Path,
    library: Library,
    searcher: Searcher,
    tmp_path: Path,
    *,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    runs = tmp_path / "runs"
    shutil.copytree(run.folder, runs / "first")
    later = run_gold(gold, library, searcher, tmp_path / "out" / "later", modes=("lexical",)).folder
    shutil.copytree(run.folder, runs / "half")
    (runs / "half" / "per_question.jsonl").unlink()
    os.utime(runs / "first" / "summary.json", (1, 1))
    assert find_runs(Site(tmp_path / "library")) == [later, runs / "first"]
    monkeypatch.chdir("/")
    assert find_runs(Site(tmp_path / "elsewhere" / "library")) == []


def test_one_mode_alone(gold: Path, library: Library, searcher: Searcher, tmp_path: Path) -> None:
    report = run_gold(gold, library, searcher, tmp_path / "words", modes=("lexical",))
    assert report.summary.modes == ("lexical",)
    assert report.summary.comparisons == ()
    assert set(report.questions[0].first_ranks) == {"lexical"}


def test_modes_and_depths_that_do_not_exist(
    gold: Path, library: Library, searcher: Searcher, tmp_path: Path
) -> None:
    for modes in ((), ("sparse",), ("hybrid", "hybrid")):
        with pytest.raises(UsageError, match="give some of"):
            run_gold(gold, library, searcher, tmp_path / "out", modes=modes)
    for depth in (10, 1000):
        with pytest.raises(UsageError, match="depth"):
            run_gold(gold, library, searcher, tmp_path / "out", depth=depth)


def test_a_library_of_words_says_that_meaning_is_not_there(
    gold: Path, library: Library, tmp_path: Path
) -> None:
    from index.snapshot.publish import publish

    publish(library, library.folder, None)
    with pytest.raises(PinciteError, match="mode hybrid is not available"):
        run_folder(gold, library.folder, tmp_path / "out")
    report = run_folder(gold, library.folder, tmp_path / "out", modes=("lexical",))
    assert report.summary.model is None


def test_a_folder_that_cannot_be_written(
    gold: Path, library: Library, searcher: Searcher, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(PinciteError, match="cannot be written"):
        run_gold(gold, library, searcher, tmp_path / "file" / "out", modes=("lexical",))


def test_reports_hold_the_figures_and_fetch_nothing(run: RunReport) -> None:
    page = run_html(run)
    assert "How many visits by migrants" in page
    assert f"{run.summary.figures['hybrid']['all']['ndcg@10'].mean:.3f}" in page
    assert "http" not in page.replace("http-equiv", "")
    assert "<script" not in page
    assert page.count("<svg") == page.count("</svg>") >= 5
    assert "| nDCG@10" in markdown(run)


def test_markup_in_questions_and_texts_is_shown_literally(run: RunReport) -> None:
    evil = "<img src=x onerror=alert(1)><script>alert(1)</script>"
    first = run.questions[0]
    worst = replace(
        first, id=evil, question=evil, type=evil,
        scores={mode: dict.fromkeys(scores, 0.0) for mode, scores in first.scores.items()},
        evidence=tuple(replace(item, quote=evil, doc=evil) for item in first.evidence),
        top=tuple(replace(item, excerpt=evil, file=evil) for item in first.top),
        first_ranks=dict.fromkeys(first.first_ranks, None),
    )  # fmt: skip
    summary = replace(
        run.summary, gold_file=evil, notices=(evil,), by_type={evil: run.summary.by_type["fact"]}
    )
    page = run_html(replace(run, summary=summary, questions=(worst, *run.questions[1:])))
    assert evil not in page
    assert html.escape(evil) in page
    assert "<script" not in page
    assert "<img" not in page
    assert "<script" not in markdown(replace(run, summary=summary, questions=(worst,)))


def broken_searcher(library: Library, word_embedder: type[Any]) -> Searcher:
    """The search with one leg broken: whatever is asked, the dense leg looks for the opposite."""
    from index.embedding.embedder import PROBES

    class Opposite(word_embedder):  # type: ignore[misc]  # the fixture gives the class
        def encode_query(self, text: str) -> np.ndarray:
            vector: np.ndarray = super().encode_query(text)
            return vector if text in PROBES else -vector  # the probes must not give the fault away

    return Searcher.open(library.folder, embedder=Opposite())


def test_the_gate_holds_for_the_same_run(
    run: RunReport, gold: Path, library: Library, searcher: Searcher, tmp_path: Path
) -> None:
    again = run_gold(gold, library, searcher, tmp_path / "again")
    report = compare_runs(run.folder, again.folder)
    assert (report.exit_code, report.broken, report.changes) == (0, (), ())
    assert "The gate holds" in compare_markdown(report)


def test_a_broken_leg_breaks_the_gate_and_names_the_questions(
    gold: Path, library: Library, searcher: Searcher, word_embedder: type[Any], tmp_path: Path
) -> None:
    base = run_gold(gold, library, searcher, tmp_path / "dense", modes=("dense", "lexical"))
    broken = broken_searcher(library, word_embedder)
    new = run_gold(gold, library, broken, tmp_path / "broken", modes=("dense", "lexical"))
    report = compare_runs(base.folder, new.folder)
    assert report.exit_code == 1
    assert any(reason.startswith("nDCG@10 falls") for reason in report.broken)
    lost = [item for item in report.changes if item.difference < 0]
    assert lost
    text = compare_markdown(report)
    assert all(item.new.id in text for item in lost)
    write_comparison(report, tmp_path / "compare.html")
    assert "gate is broken" in (tmp_path / "compare.html").read_text(encoding="utf-8")
    assert all(html.escape(item.new.question) in compare_html(report) for item in lost)


def edited(run: RunReport, tmp_path: Path, change: Callable[..., Any], name: str = "edited") -> Path:
    """A copy of a run in which `change` has had its way with the questions."""
    from evals.results import write_json, write_lines

    folder = tmp_path / name
    folder.mkdir()
    write_lines(folder / "per_question.jsonl", [change(item) for item in run.questions])
    write_json(folder / "summary.json", run.summary)
    return folder


def fallen(item: QuestionResult, rank: int, **scores: Any) -> QuestionResult:
    ranks = {**item.first_ranks, "hybrid": rank}
    return replace(
        item, first_ranks=ranks, scores={**item.scores, "hybrid": {**item.scores["hybrid"], **scores}}
    )


def test_one_question_that_leaves_the_first_ten_breaks_the_gate_unless_accepted(
    run: RunReport, tmp_path: Path
) -> None:
    name = next(item.id for item in run.questions if item.answerable and item.first_ranks["hybrid"] == 1)
    new = edited(run, tmp_path, lambda item: fallen(item, 11) if item.id == name else item)
    report = compare_runs(run.folder, new)
    assert report.exit_code == 1
    assert [
        reason for reason in report.broken if f"question {name} stood first and is now at rank 11" in reason
    ]
    assert compare_runs(run.folder, new, accept=[name]).exit_code == 0
    (run.folder / "gate.toml").write_text(f'accepted_changes = ["{name}"]\n')
    assert compare_runs(run.folder, new).exit_code == 0
    tenth = edited(run, tmp_path, lambda item: fallen(item, 10) if item.id == name else item, "tenth")
    (run.folder / "gate.toml").unlink()
    assert compare_runs(run.folder, tenth).exit_code == 0


def test_two_lost_pages_break_the_gate_and_one_does_not(run: RunReport, tmp_path: Path) -> None:
    hit = [item.id for item in run.questions if item.answerable and item.scores["hybrid"]["page_hit@5"]]

    def lose(count: int) -> Callable[..., Any]:
        return lambda item: (
            fallen(item, item.first_ranks["hybrid"], **{"page_hit@5": 0.0})
            if item.id in hit[:count]
            else item
        )

    assert compare_runs(run.folder, edited(run, tmp_path, lose(1), "one")).exit_code == 0
    report = compare_runs(run.folder, edited(run, tmp_path, lose(2), "two"))
    assert report.exit_code == 1
    assert f"page hit@5 loses 2 questions (no longer hit: {hit[0]}, {hit[1]})" in report.broken


def test_a_type_under_its_floor_breaks_the_gate(run: RunReport, tmp_path: Path) -> None:
    (run.folder / "gate.toml").write_text("[floors]\nfact = 0.9\nnatural = 0.1\n")
    facts = [item.id for item in run.questions if item.type == "fact"]
    drop = edited(
        run, tmp_path, lambda item: fallen(item, 2, **{"ndcg@10": 0.5}) if item.id in facts[:1] else item
    )
    values = [0.5, *(item.scores["hybrid"]["ndcg@10"] for item in run.questions if item.id in facts[1:])]
    mean = sum(values) / len(values)
    assert f"type fact: nDCG@10 {mean:.3f} is under its floor 0.900" in compare_runs(run.folder, drop).broken
    assert compare_runs(run.folder, run.folder).broken == ()


GATES = {
    "no TOML": ("accepted_changes = [", "is not TOML"),
    "unknown key": ("accepted = []", "unknown key 'accepted'"),
    "numbers for ids": ("accepted_changes = [1]", "not a list of question ids"),
    "floor of 3": ("[floors]\nfact = 3", "a number from 0 to 1"),
    "unknown question": ('accepted_changes = ["q99"]', "question 'q99' is not in this gold set"),
    "unknown type": ("[floors]\nfacts = 0.5", "type 'facts' is not in this gold set"),
}


@pytest.mark.parametrize("name", GATES)
def test_a_broken_gate_is_no_gate(name: str, run: RunReport) -> None:
    text, words = GATES[name]
    (run.folder / "gate.toml").write_text(text)
    with pytest.raises(UsageError, match=words):
        compare_runs(run.folder, run.folder)


@pytest.mark.parametrize("key", ["gold_hash", "corpus_hash"])
def test_other_gold_or_corpus_is_refused(key: str, run: RunReport, tmp_path: Path) -> None:
    folder = edited(run, tmp_path, lambda item: item)
    record = json.loads((folder / "summary.json").read_text())
    record[key] = "0" * 64
    (folder / "summary.json").write_text(json.dumps(record))
    with pytest.raises(UsageError, match=f"the {key.split('_', maxsplit=1)[0]} is not that of"):
        compare_runs(run.folder, folder)


DAMAGE = {
    "no summary": ("summary.json", None, "make one with"),
    "summary cut off": ("summary.json", '{"format": 1', "is not the summary"),
    "summary of another format": ("summary.json", '{"format": 99}', "has run format 99"),
    "summary is a list": ("summary.json", "[]", "is not the summary"),
    "question cut off": ("per_question.jsonl", "{", "line 1: is not a question result"),
    "question without ranks": ("per_question.jsonl", '{"id": "a"}', "line 1: is not a question result"),
}


@pytest.mark.parametrize("name", DAMAGE)
def test_a_damaged_run_is_named(name: str, run: RunReport) -> None:
    file, text, words = DAMAGE[name]
    if text is None:
        (run.folder / file).unlink()
    else:
        (run.folder / file).write_text(text)
    with pytest.raises(UsageError, match=words):
        load_run(run.folder)


@pytest.mark.parametrize("strange", ["\u2028", "\u2029", "\u0085"])
def test_a_run_with_line_separators_in_its_texts_is_read_back(run: RunReport, strange: str) -> None:
    from evals.results import write_lines

    changed = tuple(replace(item, question=f"one{strange}two") for item in run.questions)
    write_lines(run.folder / "per_question.jsonl", changed)
    back = load_run(run.folder)
    assert [item.question for item in back.questions] == [item.question for item in changed]
    (run.folder / "per_question.jsonl").write_text("\n\n", encoding="utf-8")
    with pytest.raises(UsageError, match="holds 0 question results, the summary counts 11"):
        load_run(run.folder)
