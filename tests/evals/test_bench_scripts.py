"""The scripts of bench/: each starts and explains itself, and what they compute is right on small cases."""

import argparse
import io
import json
import random
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))  # bench is no package

from bench import (  # noqa: E402
    answerability,
    end_to_end,
    ingest_stages,
    language_balance,
    milvus_windows,
    page_load,
    peers,
    report,
    soak,
)
from bench import corpus as texts_of  # noqa: E402
from bench.section import DOCUMENT, write_section  # noqa: E402
from evals.beir.dataset import BeirDocument, BeirSet  # noqa: E402
from evals.beir.vector_cache import VectorCache  # noqa: E402
from evals.gold.check import sound_gold  # noqa: E402
from evals.gold.questions import Gold, Question  # noqa: E402
from index.embedding.embedder import Embedder  # noqa: E402
from ingest.library.library import Library  # noqa: E402
from ingest.readers.limits import Limits  # noqa: E402
from ingest.sandbox.pool import Workers  # noqa: E402

LIBRARIES = {"corpus", "drawn_draft", "fuzz_targets", "peers", "report", "section", "soak_rows"}
SCRIPTS = sorted(path.stem for path in (ROOT / "bench").glob("*.py") if path.stem not in LIBRARIES)


def run(*command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *command], cwd=ROOT, capture_output=True, text=True, check=False, timeout=120
    )


@pytest.mark.parametrize("name", SCRIPTS)
def test_a_script_starts_and_explains_itself(name: str) -> None:
    done = run("-m", f"bench.{name}", "--help")
    assert done.returncode == 0, done.stderr
    assert "usage:" in done.stdout
    assert "--" in done.stdout


def test_windows_between_real_ones_are_like_both_and_have_the_norm_1() -> None:
    real = np.eye(3, dtype=np.float32)
    made = milvus_windows.between(real, 50, seed=1)
    np.testing.assert_allclose(np.linalg.norm(made, axis=1), 1, atol=1e-6)
    assert made.tolist() == milvus_windows.between(real, 50, seed=1).tolist()
    assert (made >= 0).all()
    assert milvus_windows.recall(np.array([3, 1, 2]), np.array([1, 9])) == 0.5


def test_libraries_of_the_scripts_are_all_named() -> None:
    assert {path.stem for path in (ROOT / "bench").glob("*.py")} == {*SCRIPTS, *LIBRARIES}


def test_a_section_is_put_between_its_marks_and_nothing_else_changes(tmp_path: Path) -> None:
    document = tmp_path / "measurements.md"
    document.write_text("# M\n\nbefore\n\n<!-- a -->\nold\n<!-- a -->\nafter\n", encoding="utf-8")
    write_section("a", "A", "new\ntable", document)
    assert document.read_text("utf-8") == "# M\n\nbefore\n\n<!-- a -->\nnew\ntable\n<!-- a -->\nafter\n"
    write_section("a", "A", "new\ntable", document)
    assert document.read_text("utf-8").count("new\ntable") == 1


def test_a_new_section_goes_to_the_end_under_its_title(tmp_path: Path) -> None:
    document = tmp_path / "measurements.md"
    document.write_text("# M\n", encoding="utf-8")
    write_section("b", "B: `make b`", "table", document)
    assert document.read_text("utf-8") == "# M\n\n### B: `make b`\n\n<!-- b -->\ntable\n<!-- b -->\n"


def test_the_document_has_the_marks_of_every_script_that_writes_into_it() -> None:
    text = DOCUMENT.read_text(encoding="utf-8")
    for script in ("ingest", "index", "publish", "encode", "first-answer"):
        assert text.count(f"<!-- bench-{script} -->") == 2, script


@pytest.fixture(scope="module")
def made() -> texts_of.Corpus:
    return texts_of.made_up()


def test_made_up_passages_are_the_same_in_every_process(made: texts_of.Corpus, tmp_path: Path) -> None:
    again = texts_of.made_up()
    assert made.questions == again.questions
    np.testing.assert_array_equal(made.passages(20), again.passages(20))


def test_fewer_passages_are_the_beginning_of_more(made: texts_of.Corpus) -> None:
    np.testing.assert_array_equal(made.passages(5), made.passages(50)[:5])


def test_a_passage_has_the_words_of_its_sentences(made: texts_of.Corpus) -> None:
    passage = made.passages(1)[0]
    assert len(passage) == texts_of.SENTENCES
    assert made.words(passage) == made.text(passage).split()
    assert len(made.words(passage)) == texts_of.WORDS
    assert [len(terms) for terms in made.asked(3)] == [texts_of.QUESTION_TERMS] * 3


def test_a_corpus_is_read_back_as_it_was_prepared(tmp_path: Path) -> None:
    folder = tmp_path / "texts" / "small"
    folder.mkdir(parents=True)
    sentence = "The clinics of northern Lima registered many thousand visits by pregnant migrants in winter."
    documents = [{"_id": str(number), "text": f"{sentence} Report {number} says so."} for number in range(3)]
    queries = [
        {"_id": "q", "text": "How many visits by pregnant migrants did clinics of northern Lima register?"}
    ]
    for name, records in (
        ("corpus.jsonl", documents),
        ("queries.jsonl", [*queries, {"_id": "s", "text": "Why?"}]),
    ):
        (folder / name).write_text("".join(json.dumps(record) + "\n" for record in records), encoding="utf-8")
    texts_of.prepare(tmp_path / "texts", tmp_path / "corpus.json")
    back = texts_of.read(tmp_path / "corpus.json")
    assert back.sentences == [sentence, *(f"Report {number} says so." for number in range(3))]
    assert len(back.starts) == len(back.sentences) + 1
    terms = [back.names[term] for term in back.terms_of(np.array([0], np.int32))[0]]
    assert {"clinic", "northern", "visit"} <= set(terms)
    assert all(len(terms) == texts_of.QUESTION_TERMS for _, terms in back.questions)


def test_spread_keeps_the_real_vectors_and_puts_unit_vectors_between_them() -> None:
    rng = np.random.default_rng(0)
    real = rng.normal(size=(600, 16)).astype(np.float32)
    real /= np.linalg.norm(real, axis=1, keepdims=True)
    found = texts_of.spread(real, 1_000)
    assert found.shape == (1_000, 16)
    np.testing.assert_allclose(found[:600], real, atol=1e-6)
    np.testing.assert_allclose(np.linalg.norm(found, axis=1), 1, atol=1e-5)
    np.testing.assert_array_equal(texts_of.spread(real, 10), real[:10])


def test_pincite_and_rank_bm25_agree_as_the_report_judges_it(made: texts_of.Corpus) -> None:
    passages = [made.words(passage) for passage in made.passages(300)]
    own, peer = peers.pincite(passages), peers.rank_bm25(passages)
    for words in made.asked(20):
        rows, scores = own(words)
        other, theirs = peer(words)
        assert report._same(rows.tolist(), scores.tolist(), other.tolist(), theirs.tolist())


SAME = {
    "equal lists": ([3, 1], [2.0, 1.0], [3, 1], [2.0, 1.0]),
    "the last score is shared by others": ([3, 1], [2.0, 1.0], [3, 7], [2.0, 1.0]),
    "the peer fills up with passages of no word": ([3], [2.0], [3, 8], [2.0, 0.0]),
    "nothing found": ([], [], [1], [0.0]),
}
DIFFERENT = {
    "another first": ([3, 1], [2.0, 1.0], [1, 3], [2.0, 1.0]),
    "another score": ([3, 1], [2.0, 1.0], [3, 1], [2.0, 1.1]),
    "something that we miss": ([3], [2.0], [3, 8], [2.0, 0.5]),
}


@pytest.mark.parametrize("name", SAME)
def test_lists_that_agree(name: str) -> None:
    assert report._same(*SAME[name])


@pytest.mark.parametrize("name", DIFFERENT)
def test_lists_that_do_not(name: str) -> None:
    assert not report._same(*DIFFERENT[name])


def test_the_report_of_the_index_names_sizes_targets_and_what_is_missing() -> None:
    row = {"build": 1.0, "p50": 0.5, "p95": 0.75, "tops": [[[1], [1.0]]]}
    peer = {"build": 2.0, "p50": 100.0, "p95": 150.0, "tops": [[[1], [1.0]]]}
    scan = {
        "vectors": 1000, "read": 20.0, "scan": 18.0, "exact10": 3.0, "faiss": 4.0, "same": 79, "asked": 80,
        "coarse": 0.5, "recall": 0.96, "probes": 8,
    }  # fmt: skip
    found: report.Found = {
        "lexical": {"pincite|20000": row, "rank_bm25|20000": peer, "tantivy|20000": None},
        "scan": {"|1000": dict(scan)},
        "hybrid": {"pincite|20000": {"build": 15.0, "p50": 5.0, "p95": 7.0}, "txtai hybrid|20000": None},
    }
    text = report.document(found, argparse.Namespace(texts=None, vectors=None))
    assert "| 20,000 | pincite | 1.0 | 0.50 | 0.75 | 1.00 |" in text
    assert "200 × rank_bm25 (target 200), the same top ten on 1 of 1" in text
    assert "left out: tantivy, txtai hybrid." in text
    assert "| 1,000 | 20.0 | 18.0 | 90% | 3.0 | 4.0 | 79 of 80 | 0.50 | 6 × | 0.960 | 8 |" in text
    assert "| pincite | 15.0 | 5.00 | 7.00 |" in text


def test_mutants_are_the_same_for_a_seed_and_never_empty() -> None:
    data = b"%PDF-1.4 some content that is long enough to be damaged in many places"
    first = [soak.mutate(data, random.Random(seed)) for seed in range(50)]
    assert first == [soak.mutate(data, random.Random(seed)) for seed in range(50)]
    assert all(first)
    assert sum(mutant != data for mutant in first) > 45


def test_good_files_of_the_soak_test_are_read_the_same_twice(tmp_path: Path) -> None:
    paths = soak.originals(tmp_path)
    with Workers(1, Limits(), ocr=False) as workers:
        one, other = list(workers.process(paths[:2])), list(workers.process(paths[:2]))
    assert [outcome.state for outcome in one] == ["ready", "ready"]
    assert [soak.difference(a, b) for a, b in zip(one, other, strict=True)] == ["", ""]
    assert "sha256" in soak.difference(one[0], other[1])


PERCENTILES = {
    "of none": ([], 0.95, float("nan")),
    "of one": ([3.0], 0.95, 3.0),
    "middle": ([3.0, 1.0, 2.0], 0.5, 2.0),
    "highest": ([1.0, 2.0, 3.0, 4.0], 0.95, 4.0),
}


@pytest.mark.parametrize("name", PERCENTILES)
def test_percentiles_of_page_loads(name: str) -> None:
    values, share, wanted = PERCENTILES[name]
    assert page_load.percentile(values, share) == pytest.approx(wanted, nan_ok=True)


def beir(name: str, queries: dict[str, str], unanswerable: dict[str, str] | None = None) -> BeirSet:
    documents = tuple(BeirDocument(f"d{number}", "", f"text {number}") for number in range(len(queries)))
    qrels = {query: {f"d{place}": 1} for place, query in enumerate(queries)}
    return BeirSet(name, documents, queries, qrels, unanswerable or {})


def test_questions_of_a_collection_are_asked_with_and_without_their_paragraph() -> None:
    asked = list(answerability.questions_of(beir("xquad-en-en", {"q1": "one?", "q2": "two?"})))
    assert sorted((item.kind, item.without) for item in asked) == [
        ("own", ()), ("own", ()), ("without", (0,)), ("without", (1,)),
    ]  # fmt: skip
    given = list(answerability.questions_of(beir("clapnq", {"q1": "one?"}, {"u1": "none?"})))
    assert [(item.kind, item.text) for item in given] == [("own", "one?"), ("without", "none?")]


def test_strangers_come_from_other_collections_only() -> None:
    sets = {name: beir(name, {f"{name}-q": f"asked of {name}"}) for name in answerability.STRANGERS}
    question = Question("g", "g", "en", "fact", "of the gold set", answerable=True)
    gold = Gold("gold", (question,), "hash")
    asked = [item.text for item in answerability.strangers("xquad-es-es", sets, gold)]
    assert asked == ["asked of clapnq", "asked of covidqa-150w", "of the gold set"]
    assert all(item.kind == "stranger" for item in answerability.strangers("clapnq", sets, gold))
    assert "of the gold set" not in [item.text for item in answerability.strangers("starter", sets, gold)]


def test_some_questions_are_always_the_same_ones() -> None:
    questions = {str(number): f"question {number}" for number in range(50)}
    first = answerability.some(questions, 5)
    assert first == answerability.some(dict(reversed(questions.items())), 5)
    assert len(first) == 5


def examples(count: int) -> list[answerability.Example]:
    """Questions whose cosine tells answerable ones apart, nearly always."""
    rng = np.random.default_rng(1)
    found = []
    for number in range(count):
        own = number % 2 == 0
        cosine = float(rng.normal(0.8 if own else 0.4, 0.1))
        signals = dict.fromkeys(answerability.USED["hybrid"], 0.0) | {"cosine": cosine}
        asked = answerability.Asked("starter", "own" if own else "without", str(number), number % 4 < 2)
        found.append(answerability.Example(asked, "hybrid", signals, cosine, float(rng.uniform(5, 6))))
    return found


def test_a_fit_finds_the_signal_and_tests_it_on_the_other_half() -> None:
    part = answerability.fit("hybrid", examples(200))
    weights, tested = part["weights"], part["tested"]
    assert isinstance(weights, dict)
    assert isinstance(tested, dict)
    assert weights["cosine"] > 5
    assert all(abs(value) < 1e-6 for name, value in weights.items() if name != "cosine")
    figures = tested["starter"]["without"]
    assert figures["answerable"] == figures["unanswerable"] == 50
    assert figures["auroc"] == figures["auroc_top_cosine"] > 0.95
    assert abs(figures["auroc_top_bm25"] - 0.5) < 0.15
    assert figures["false_alarms"] < 0.1
    assert part["fitted_on"] == 100


def test_only_the_source_with_both_kinds_is_tested() -> None:
    given = [example for example in examples(40) if example.asked.kind == "own"]
    chance = np.ones(len(given))
    assert answerability.tested("starter", given, chance) == {}


def test_reading_is_measured_on_a_folder_of_ones_own(tmp_path: Path) -> None:
    from bench import ingest

    (sound, *_) = soak.originals(tmp_path)
    times = ingest.measure(sound.read_bytes(), sound.name)
    assert times is not None
    assert times.pages == 1
    assert min(times.plain, times.read, times.split, times.checked) >= 0
    assert ingest.measure(io.BytesIO(b"no PDF").getvalue(), "none.pdf") is None


@pytest.mark.slow
def test_publishing_is_measured_on_a_small_library(tmp_path: Path) -> None:
    done = run("bench/publish.py", "--passages", "600", "--folder", str(tmp_path / "library"))
    assert done.returncode == 0, done.stderr
    steps = dict(line.split(" ", 1) for line in done.stdout.splitlines())
    assert list(steps) == ["build", "rebuild", "add"]
    assert "'passages': 900" in steps["add"]


@pytest.mark.slow
def test_words_of_the_index_are_measured_at_a_small_size() -> None:
    done = run("bench/index.py", "--sizes", "300", "--only", "lexical", "--questions", "5")
    assert done.returncode == 0, done.stderr
    assert "| 300 | pincite |" in done.stdout
    assert "the same top ten on 5 of 5" in done.stdout


def spanish_folder(folder: Path) -> Path:
    """Write a BEIR folder of Spanish paragraphs."""
    (folder / "qrels").mkdir(parents=True)
    text = "El hospital de Tacna atiende a todos. La espera dura nueve días. Nadie pide un documento."
    (folder / "corpus.jsonl").write_text(
        json.dumps({"_id": "d1", "title": "Tacna", "text": text}) + "\n", "utf-8"
    )
    (folder / "queries.jsonl").write_text(json.dumps({"_id": "q1", "text": "¿Quién espera?"}) + "\n", "utf-8")
    (folder / "qrels" / "test.tsv").write_text("query-id\tcorpus-id\tscore\nq1\td1\t1\n")
    return folder


def test_spanish_passages_are_windows_with_their_heading(tmp_path: Path) -> None:
    found = language_balance.spanish(spanish_folder(tmp_path / "xquad-es-es"))
    assert len(found) == language_balance.ADDED
    assert {heading for heading, _ in found} == {"Tacna"}
    assert all(text.endswith(".") for _, text in found)


def test_recall_by_language_with_passages_added(
    library: Library,
    gold_file: Callable[..., Path],
    gold_question: Callable[..., dict[str, object]],
    word_embedder: Callable[[], Embedder],
    tmp_path: Path,
) -> None:
    evidence = [{"doc": "salud.pdf", "quote": "La línea atendió 920 llamadas"}]
    spanish = gold_question(2, lang="es", question="¿Cuántas llamadas atendió la línea?", evidence=evidence)
    gold = sound_gold(gold_file(gold_question(1), spanish), library)
    stored = list(library.passages())
    with VectorCache(tmp_path / "cache") as store:
        before = language_balance.recall(gold, stored, [], word_embedder(), store)
        added = [("", "La línea atendió 920 llamadas de migrantes.")] * 20
        after = language_balance.recall(gold, stored, added, word_embedder(), store)
    assert before == {"en": 1.0, "es": 1.0}
    assert after["en"] == 1.0


def test_a_hit_of_the_whole_way_is_a_page_of_the_evidence() -> None:
    found = [[("a.pdf", 3), ("b.pdf", 1)], [("a.pdf", 2)], []]
    wanted = [{("b.pdf", 1)}, {("a.pdf", 3)}, {("c.pdf", 1)}]
    assert end_to_end.hits(found, wanted) == pytest.approx(1 / 3)


def test_only_development_questions_about_documents_that_are_there_are_asked(tmp_path: Path) -> None:
    gold = ROOT / "evals" / "gold" / "starter.jsonl"
    assert end_to_end.asked(gold, tmp_path) == []
    everywhere = end_to_end.asked(gold, ROOT / "corpus")
    assert everywhere
    assert all(places and {name for name, _ in places} <= names() for _, places in everywhere if places)
    assert [places for _, places in end_to_end.asked(None, tmp_path)] == [set()] * 3


def names() -> set[str]:
    return {path.name for path in (ROOT / "corpus").rglob("*.pdf")}


def test_what_a_generation_holds_is_told_once_it_is_published(tmp_path: Path) -> None:
    told: list[int] = []
    with end_to_end.published(tmp_path, told.append):
        assert told == []
        (tmp_path / "snapshot" / "gen-1").mkdir(parents=True)
        (tmp_path / "snapshot" / "gen-1" / "manifest.json").write_text('{"documents": 7}', encoding="utf-8")
        (tmp_path / "snapshot" / "CURRENT").write_text("gen-1 0", encoding="utf-8")
        until = time.monotonic() + 10
        while not told and time.monotonic() < until:
            time.sleep(0.05)
    assert told == [7]


def test_a_row_of_the_whole_way_says_when_all_words_could_be_searched() -> None:
    found = {
        "cpu": 10.0,
        "seconds": 20.0,
        "first": 0.5,
        "memory": 100.4,
        "early": 3,
        "searchable": [(1.0, 2.0, 1), (5.0, 6.0, 4), (9.0, 9.5, 4)],
        "hits": 0.5,
        "questions": 8,
    }
    assert end_to_end.row(found, 50) == "10.0 | 5.00 | 20 | 0.50 | 100 | 3 | 6.0 | 0.500 of 8"
    assert "| 10.0 |" in end_to_end.row(found | {"searchable": []}, 50)


def test_stages_are_shown_by_their_length() -> None:
    lines = ingest_stages.table({"reading": 1.0, "network": 3.0}).splitlines()
    assert lines[2:] == ["| network | 3.0 | 75% |", "| reading | 1.0 | 25% |"]


def test_a_stage_counts_the_time_of_all_its_calls() -> None:
    stages: ingest_stages.Stages = {}
    work = ingest_stages.timed(stages, "adding", sum)
    assert work(range(200_000)) == work(range(200_000))
    assert 0 < stages["adding"] < 5
