"""Pooling, judging, thumbs and diagnosis over a real run."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from evals.diagnose import diagnose, markdown
from evals.gold.check import check_gold
from evals.gold.reader import read_gold
from evals.judging.judge import judge_file
from evals.judging.pool import pool, read_pool, write_pool
from evals.judging.suggest_quote import suggest_quote
from evals.results import load_run
from evals.run import run_gold
from index.search import Searcher
from ingest.errors import UsageError
from ingest.library.library import Library


@pytest.fixture
def gold(gold_file: Callable[..., Path], gold_question: Callable[..., dict[str, object]]) -> Path:
    return gold_file(
        gold_question(1, question="How many visits by migrants were registered in 2023?"),
        gold_question(
            2, question="What does the whale eat?", answerable=False, evidence=[], type="unanswerable"
        ),
    )


@pytest.fixture
def runs(gold: Path, library: Library, searcher: Searcher, tmp_path: Path) -> list[Path]:
    folders = [tmp_path / "words", tmp_path / "meaning"]
    for folder, mode in zip(folders, ("lexical", "dense"), strict=True):
        run_gold(gold, library, searcher, folder, modes=(mode,))
    return folders


class Person:
    """Answers from a list, and keeps what was shown."""

    def __init__(self, *answers: str) -> None:
        self.answers = list(answers)
        self.shown: list[str] = []

    def ask(self, text: str) -> str:
        return self.answers.pop(0) if self.answers else "q"

    def show(self, text: str) -> None:
        self.shown.append(text)


def test_a_pool_holds_what_nobody_judged_once(runs: list[Path], tmp_path: Path) -> None:
    items = pool(runs, depth=5)
    keys = [(item.id, item.passage_id) for item in items]
    assert len(set(keys)) == len(keys)
    qrels = {tuple(line.split()[::2]) for line in (runs[0] / "qrels.trec").read_text().splitlines()}
    assert not {key for key in keys if key in qrels}
    assert {item.runs for item in items} == {1, 2}
    assert all(1 <= item.best_rank <= 5 for item in items)
    write_pool(items, tmp_path / "pool.jsonl")
    assert read_pool(tmp_path / "pool.jsonl") == items


def test_runs_over_other_gold_are_not_pooled(runs: list[Path], tmp_path: Path) -> None:
    shutil.copytree(runs[0], tmp_path / "third")
    summary = tmp_path / "third" / "summary.json"
    summary.write_text(summary.read_text().replace(load_run(runs[0]).summary.gold_hash, "0" * 64))
    with pytest.raises(UsageError, match="another gold set"):
        pool([*runs, tmp_path / "third"])
    with pytest.raises(UsageError, match="no run to pool"):
        pool([])


def test_judgements_become_gold_that_passes_the_check(
    runs: list[Path], library: Library, tmp_path: Path
) -> None:
    write_pool(pool(runs), tmp_path / "pool.jsonl")
    person = Person("2", "", "1", "no such words here", "", "0", "s", "x", "0", "q")
    out = tmp_path / "judged.jsonl"
    report = judge_file(tmp_path / "pool.jsonl", library, out, person.ask, person.show)
    assert report.judged == 4
    (question,) = read_gold(out).questions
    assert sorted(item.grade for item in question.evidence) == [1, 2]
    assert len(question.rejected) == 2
    assert check_gold(out, library).ok
    assert any("do not stand exactly once" in text for text in person.shown)
    assert str(out) in str(report)


def test_judging_adds_to_an_existing_gold_file_and_saves_at_once(
    runs: list[Path], gold: Path, library: Library, tmp_path: Path
) -> None:
    write_pool(pool(runs), tmp_path / "pool.jsonl")

    def stop_after_one(text: str, answers: list[str] = ["2", ""]) -> str:  # noqa: B006 the list is the person's memory
        if not answers:
            raise KeyboardInterrupt
        return answers.pop(0)

    with pytest.raises(KeyboardInterrupt):
        judge_file(tmp_path / "pool.jsonl", library, gold, stop_after_one, lambda text: None)
    questions = {item.id: item for item in read_gold(gold).questions}
    assert len(questions["q1"].evidence) == 2
    assert not questions["q2"].answerable


def test_an_unanswerable_question_with_an_answer_changes_sides(
    runs: list[Path], gold: Path, library: Library, tmp_path: Path
) -> None:
    items = [item for item in pool(runs) if item.id == "q2"]
    write_pool(items[:1], tmp_path / "pool.jsonl")
    judge_file(tmp_path / "pool.jsonl", library, gold, Person("2", "").ask, lambda text: None)
    question = {item.id: item for item in read_gold(gold).questions}["q2"]
    assert question.answerable
    assert question.type == "natural"


def thumb(library: Library, question: str, start: str, useful: bool) -> str:
    stored = next(item for item in library.passages() if item.passage.text.startswith(start))
    return json.dumps({
        "time": "2024-01-01T00:00:00+00:00", "question": question, "filters": {}, "mode": "hybrid",
        "passage_id": stored.passage.id, "document": stored.document_id, "pages": [1, 1], "rank": 1,
        "index": "gen-1", "useful": useful,
    })  # fmt: skip


def test_thumbs_become_candidates(library: Library, tmp_path: Path) -> None:
    lines = [
        thumb(library, "¿Qué aleja a las mujeres de los centros de salud?", "El miedo", True),
        thumb(library, "¿Qué aleja a las mujeres de los centros de salud?", "La línea", False),
        thumb(library, "How long do people wait?", "Waiting", True),
        thumb(library, "How long do people wait?", "Waiting", False),
        thumb(library, "Who pays?", "opened", False),
    ]
    source, out = tmp_path / "feedback.jsonl", tmp_path / "candidates.jsonl"
    source.write_text("\n".join(lines) + "\n", encoding="utf-8")
    report = judge_file(source, library, out, lambda text: "q", print)
    (question,) = read_gold(out).questions
    assert question.lang == "es"
    assert question.evidence[0].quote.startswith("El miedo")
    assert question.evidence[0].page == 1
    assert len(question.rejected) == 1
    assert check_gold(out, library).ok
    assert len(report.left_out) == 2
    judge_file(source, library, out, lambda text: "q", print)  # the same thumbs again change nothing
    assert read_gold(out).questions == (question,)


BROKEN = {
    "no JSON": ("{", "line 1: is not JSON"),
    "a list": ("[]", "line 1: is not a JSON object"),
    "a thumb without passage": ('{"useful": true, "question": "a"}', "line 1: is not a thumb"),
    "no pool": ('{"id": "q1"}', "line 1: is not a passage of a pool"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_broken_sources(name: str, library: Library, tmp_path: Path) -> None:
    text, words = BROKEN[name]
    (tmp_path / "source.jsonl").write_text(text)
    with pytest.raises(UsageError, match=words):
        judge_file(tmp_path / "source.jsonl", library, tmp_path / "out.jsonl", lambda text: "q", print)


def test_the_proposed_quote_is_nearest_to_the_question_and_unique(library: Library) -> None:
    stored = next(item for item in library.passages() if item.passage.text.startswith("In 2023"))
    always = suggest_quote(stored.passage, "registered visits", lambda words: True)
    assert always is not None and "registered 4,812 visits" in always
    assert suggest_quote(stored.passage, "registered visits", lambda words: False) is None


def test_diagnosis_of_a_gold_question(gold: Path, library: Library, searcher: Searcher) -> None:
    found = diagnose("q1", library, searcher, gold_path=gold)
    assert found.gold_id == "q1"
    assert set(found.top) == {"hybrid", "lexical", "dense"}
    (evidence,) = found.evidence
    assert evidence.ranks["lexical"] == 1
    assert "registered" in evidence.found_words
    assert {term.surface for term in found.terms} >= {"visits", "migrants", "2023"}
    text = markdown(found)
    assert "registered 4,812 visits by migrants" in text
    assert "**right**" in text


def test_diagnosis_tells_when_no_word_is_shared(
    gold_file: Callable[..., Path],
    gold_question: Callable[..., dict[str, object]],
    library: Library,
    searcher: Searcher,
) -> None:
    evidence = [{"doc": "salud.pdf", "quote": "La línea atendió 920 llamadas"}]
    path = gold_file(gold_question(1, question="Telephone support, volume?", evidence=evidence))
    (placed,) = diagnose("q1", library, searcher, gold_path=path).evidence
    assert placed.found_words == ()
    assert any("shares no word" in reason for reason in placed.reasons)


def test_diagnosis_of_words_without_gold_and_of_an_unknown_id(
    gold: Path, library: Library, searcher: Searcher
) -> None:
    found = diagnose("measles vaccine at the border", library, searcher)
    assert found.evidence == ()
    assert "note.html" in markdown(found)
    with pytest.raises(UsageError, match="no question with the id 'q99'"):
        diagnose("q99", library, searcher, gold_path=gold)
