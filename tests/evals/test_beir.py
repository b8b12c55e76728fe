"""BEIR folders are read as they are written; the shipped retrieval on one agrees with ir_measures on its run file."""

import json
from pathlib import Path
from typing import Any

import ir_measures
import pytest
from ir_measures import AP, R, nDCG

from evals.beir.dataset import BeirDocument, read_beir
from evals.beir.run import markdown, run_beir
from evals.measures.abstention import auroc
from index.ranking.answerability import Verdict, judge
from index.ranking.in_memory import retriever_over
from ingest.errors import UsageError
from ingest.text.language import language_of

DOCUMENTS = [
    BeirDocument("d 1", "Clinics", "In 2023 the clinics registered 4,812 visits by migrants."),
    BeirDocument("d2", "", "Most migrants came to the clinics for prenatal care and for vaccines."),
    BeirDocument("d3", "Salud", "El miedo a ser rechazadas aleja a muchas mujeres de los centros de salud."),
    BeirDocument("d4", "Law", "Decree 1466 opens an exception for pregnant women. It holds\u2028since 2021."),
]
QUERIES = {
    "q1": "How many visits were registered?",
    "q2": "prenatal care",
    "q3": "Decree 1466",
    "q9": "not graded",
}
QRELS = {"q1": {"d 1": 2, "d2": 1}, "q2": {"d2": 1}, "q3": {"d4": 1}}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "small"
    (folder / "qrels").mkdir(parents=True)
    corpus = [{"_id": item.id, "title": item.title, "text": item.text} for item in DOCUMENTS]
    asked = [{"_id": name, "text": text} for name, text in QUERIES.items()]
    for name, records in (("corpus.jsonl", corpus), ("queries.jsonl", asked)):
        lines = [json.dumps(record, ensure_ascii=False) + "\n" for record in records]
        (folder / name).write_text("".join(lines), encoding="utf-8")
    graded = [f"{query}\t{doc}\t{grade}\n" for query, found in QRELS.items() for doc, grade in found.items()]
    (folder / "qrels" / "test.tsv").write_text("query-id\tcorpus-id\tscore\n" + "".join(graded))
    return folder


def test_a_folder_comes_back(folder: Path) -> None:
    data = read_beir(folder)
    assert list(data.documents) == DOCUMENTS
    assert data.qrels == QRELS
    assert list(data.queries) == ["q1", "q2", "q3"]  # q9 has no grade


def test_figures_agree_with_ir_measures_over_the_written_run(
    folder: Path, tmp_path: Path, word_embedder: type[Any]
) -> None:
    report = run_beir(folder, tmp_path / "out", word_embedder())
    qrels = {
        q: {doc.replace(" ", "%20"): grade for doc, grade in found.items()} for q, found in QRELS.items()
    }
    for mode in ("hybrid", "lexical", "dense"):
        run = ir_measures.read_trec_run(str(tmp_path / "out" / f"run.{mode}.trec"))
        theirs = ir_measures.calc_aggregate([nDCG @ 10, AP, R @ 10], qrels, run)
        ours = report.figures[mode]
        assert ours["ndcg@10"].mean == pytest.approx(theirs[nDCG @ 10], abs=1e-9)
        assert ours["map"].mean == pytest.approx(theirs[AP], abs=1e-9)
        assert ours["recall@10"].mean == pytest.approx(theirs[R @ 10], abs=1e-9)


def test_words_find_what_they_should(folder: Path) -> None:
    report = run_beir(folder, None, None)
    assert report.modes == ("lexical",)
    assert report.figures["lexical"]["success@1"].mean == 1.0
    assert "first is right" in markdown(report)


def test_nothing_is_embedded_twice_and_the_same_run_comes_out(
    folder: Path, tmp_path: Path, word_embedder: type[Any]
) -> None:
    first, second = word_embedder(), word_embedder()
    run_beir(folder, tmp_path / "a", first, cache=tmp_path / "cache")
    run_beir(folder, tmp_path / "b", second, cache=tmp_path / "cache")
    assert first.encoded > 0
    assert second.encoded == 0
    for name in ("run.hybrid.trec", "run.dense.trec", "summary.json"):
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()


def test_unanswerable_questions_give_an_auroc(folder: Path) -> None:
    line = {"_id": "u1", "text": "What does the whale eat in winter?"}
    (folder / "queries.unanswerable.jsonl").write_text(json.dumps(line) + "\n")
    report = run_beir(folder, None, None)
    assert report.unanswerable == 1
    assert report.top_score_auroc["lexical"] == 1.0


def test_the_confidence_reported_is_the_one_the_search_shows(folder: Path, word_embedder: type[Any]) -> None:
    strange = {"u1": "What does the whale eat in winter?", "u2": "?!?!"}
    lines = [json.dumps({"_id": name, "text": text}) for name, text in strange.items()]
    (folder / "queries.unanswerable.jsonl").write_text("\n".join(lines))
    report, data, model = run_beir(folder, None, word_embedder()), read_beir(folder), word_embedder()
    texts = [document.text for document in data.documents]
    retriever = retriever_over(
        texts,
        [language_of(f"{document.title} {document.text}") for document in data.documents],
        model,
        headings=[document.title for document in data.documents],
    )

    def verdict(text: str) -> Verdict:
        asked = retriever.analyse(text)
        found = retriever.rank(asked, 100, vector=model.encode_query(text), text_of=texts.__getitem__)
        return judge(found, retriever, asked, texts.__getitem__)

    known = [verdict(text) for text in data.queries.values()]
    unknown = [verdict(text) for text in strange.values()]
    assert report.confidence_auroc == auroc([v.confidence for v in known], [v.confidence for v in unknown])
    assert report.refusals is not None
    assert report.refusals.refused == sum(not v.answerable for v in (*known, *unknown))
    assert "AUROC of the confidence" in markdown(report)


def corrupt(folder: Path, name: str, text: str) -> None:
    (folder / name).write_text(text, encoding="utf-8")


BROKEN = {
    "corpus is no JSON": ("corpus.jsonl", '{"_id": "d2"', "corpus.jsonl, line 1: is not JSON"),
    "document without text": ("corpus.jsonl", '{"_id": "d2"}\n', "line 1: has no text in 'text'"),
    "document twice": ("corpus.jsonl", '{"_id": "d2", "text": "a"}\n' * 2, "the same _id"),
    "document is a list": ("corpus.jsonl", "[]\n", "line 1: is not a JSON object"),
    "question twice": (
        "queries.jsonl",
        '{"_id": "q1", "text": "a"}\n' * 2,
        "line 2: question 'q1' stands twice",
    ),
    "question without id": ("queries.jsonl", '{"text": "a"}\n', "line 1: has no text in '_id'"),
    "grade in words": ("qrels/test.tsv", "q1\td2\thigh\n", "line 1: is not query-id"),
    "two columns": ("qrels/test.tsv", "query-id\tcorpus-id\tscore\nq1\td2\n", "line 2: is not query-id"),
    "unknown document": ("qrels/test.tsv", "q1\td77\t1\n", "'d77' is neither"),
    "no grade at all": ("qrels/test.tsv", "query-id\tcorpus-id\tscore\n", "grades no question"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_broken_folder(name: str, folder: Path) -> None:
    file, text, words = BROKEN[name]
    corrupt(folder, file, text)
    with pytest.raises(UsageError, match=words):
        read_beir(folder)


def test_a_folder_that_is_no_beir_folder(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="a BEIR folder holds"):
        read_beir(tmp_path)


def test_modes_that_do_not_exist(folder: Path) -> None:
    with pytest.raises(UsageError, match="give some of hybrid, lexical, dense"):
        run_beir(folder, None, None, modes=("sparse",))
