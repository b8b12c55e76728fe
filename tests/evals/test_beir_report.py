"""The figures of a BEIR folder as Markdown, the modes it is asked in, and the names in its run files."""

import math
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evals.beir.dataset import BeirDocument, BeirSet, read_beir_qrels
from evals.beir.run import METRICS, BeirReport, _encoded, _modes, _report, markdown
from evals.measures.abstention import Refusals
from evals.measures.metrics import trec_order
from evals.results import Interval
from evals.trec import read_run, write_run
from index.embedding.embedder import Embedder
from ingest.errors import UsageError

EVEN = Interval(0.5, 0.4, 0.6, 10, 10)


def report(**changes: object) -> BeirReport:
    fields: dict[str, object] = {
        "name": "small", "documents": 4, "questions": 10, "unanswerable": 0, "model": "words",
        "modes": ("hybrid", "lexical"), "figures": {m: dict.fromkeys(METRICS, EVEN) for m in ("hybrid", "lexical")},
        "better_leg": "lexical", "difference": Interval(0.1, 0.05, 0.15, 10, 10), "p": 0.01, "p_holm": 0.01,
        "top_score_auroc": {"hybrid": math.nan, "lexical": math.nan}, "confidence_auroc": math.nan, "refusals": None,
    }  # fmt: skip
    return BeirReport(**(fields | changes))  # type: ignore[arg-type]  # every field is given above


def test_markdown_has_a_row_a_metric_and_the_difference() -> None:
    text = markdown(report())
    assert text.startswith("# small: 4 documents, 10 questions")
    assert text.count("0.500 [0.400, 0.600]") == 2 * len(METRICS)
    assert "hybrid - lexical: nDCG@10 +0.100 (+0.050 to +0.150), p 0.0100, Holm 0.0100" in text
    assert "AUROC" not in text


def test_refusals_are_told_where_there_are_unanswerable_questions() -> None:
    refusals = Refusals(precision=0.75, recall=0.5, f1=0.6, false_alarms=0.1, refused=4)
    auroc = {"hybrid": 0.8, "lexical": 0.7}
    text = markdown(report(unanswerable=6, refusals=refusals, top_score_auroc=auroc, confidence_auroc=0.9))
    assert "Refusing 6 unanswerable questions: precision 0.750, recall 0.500, F1 0.600" in text
    assert "of the answerable 0.100 refused" in text
    rows = [line for line in text.splitlines() if "AUROC" in line]
    assert ["0.800" in rows[0], "0.700" in rows[0], "0.900" in rows[1]] == [True] * 3


def test_one_mode_alone_is_compared_with_nothing() -> None:
    text = markdown(report(modes=("lexical",), difference=None, p=None, p_holm=None, better_leg=None))
    assert "Holm" not in text


@pytest.mark.parametrize("modes", [(), ("sparse",), ("hybrid", "hybrid"), ("hybrid", "sparse")])
def test_modes_that_do_not_exist(modes: tuple[str, ...]) -> None:
    with pytest.raises(UsageError, match="give some of hybrid, lexical, dense, each once"):
        _modes(modes, None)


def test_modes_keep_their_order_and_without_a_model_only_words_rank(
    word_embedder: type[Embedder],
) -> None:
    assert _modes(("dense", "hybrid"), word_embedder()) == ("dense", "hybrid")
    assert _modes(("dense", "hybrid"), None) == ("lexical",)


def test_the_leg_that_is_compared_is_the_better_one() -> None:
    documents = tuple(BeirDocument(name, "", name) for name in ("d1", "d2"))
    queries = {f"q{number}": "?" for number in range(6)}
    data = BeirSet("small", documents, queries, {name: {"d1": 1} for name in queries}, {})
    right, wrong = [("d1", 2.0), ("d2", 1.0)], [("d2", 2.0), ("d1", 1.0)]
    rankings = {
        "hybrid": dict.fromkeys(queries, right),
        "lexical": dict.fromkeys(queries, wrong),
        "dense": dict.fromkeys(queries, right),
    }
    found = _report(data, rankings, {}, ("hybrid", "lexical", "dense"), None)
    assert (found.better_leg, found.p, found.model) == ("dense", 1.0, None)
    assert found.figures["lexical"]["success@1"].mean == 0.0
    assert found.figures["lexical"]["mrr@10"].mean == 0.5
    assert math.isnan(found.confidence_auroc)
    assert found.refusals is None


NAMES = st.text(st.characters(blacklist_categories=["Cs"]), min_size=1, max_size=12)


@given(st.dictionaries(NAMES, st.lists(NAMES, min_size=1, max_size=4, unique=True), max_size=4))
def test_any_names_can_stand_in_a_run_file(rankings: dict[str, list[str]]) -> None:
    import tempfile
    from urllib.parse import unquote

    scored = {name: [(doc, 1.0) for doc in docs] for name, docs in rankings.items()}
    with tempfile.TemporaryDirectory() as folder:
        write_run(Path(folder) / "run", _encoded(scored))
        back = read_run(Path(folder) / "run") if scored else {}
    assert {
        unquote(name): [unquote(doc) for doc in trec_order(run)] for name, run in back.items()
    } == rankings


QRELS = {
    "a head line": ("query-id\tcorpus-id\tscore\nq1\td1\t2\n", {"q1": {"d1": 2}}),
    "no head line": ("q1\td1\t1\nq1\td2\t0\n", {"q1": {"d1": 1, "d2": 0}}),
    "blank lines and Windows": ("q1\td1\t1\r\n\r\nq2\td1\t1.0\r\n", {"q1": {"d1": 1}, "q2": {"d1": 1}}),
}


@pytest.mark.parametrize("name", QRELS)
def test_qrels_of_beir(name: str, tmp_path: Path) -> None:
    text, wanted = QRELS[name]
    (tmp_path / "test.tsv").write_bytes(text.encode())
    assert read_beir_qrels(tmp_path / "test.tsv") == wanted
