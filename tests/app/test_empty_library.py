"""A library without a passage is asked: nothing is found, nothing breaks."""

import json
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from app.cli import main
from app.service import site
from app.service.engine import Engine
from app.service.site import Site
from app.web.api import routes

MODES = ("hybrid", "lexical", "dense")


def call(*words: str) -> int:
    with pytest.raises(SystemExit) as stop:
        main(list(words))
    return int(stop.value.code or 0)


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The library of a corpus whose one file holds no text."""
    corpus = tmp_path_factory.mktemp("empty") / "corpus"
    corpus.mkdir()
    (corpus / "blank.txt").write_text(" \n", encoding="utf-8")
    assert call("ingest", str(corpus), "--progress", "none") == 3
    return corpus.parent / "library"


@pytest.mark.parametrize("mode", MODES)
def test_search_finds_nothing(empty: Path, capsys: pytest.CaptureFixture[str], mode: str) -> None:
    capsys.readouterr()
    words = ("search", "health of migrants", "--mode", mode, "--library", str(empty), "--json", "--explain")
    assert call(*words) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["hits"], found["answerable"], found["confidence"], found["mode"]) == ([], False, 0.0, mode)


@pytest.mark.parametrize("mode", MODES)
def test_batch_finds_nothing(empty: Path, tmp_path: Path, mode: str) -> None:
    asked, out = tmp_path / "asked.jsonl", tmp_path / "out.jsonl"
    asked.write_text('{"id": "1", "question": "health"}\n', encoding="utf-8")
    assert call("batch", str(asked), "--out", str(out), "--mode", mode, "--library", str(empty)) == 0
    assert json.loads(out.read_text(encoding="utf-8"))["hits"] == []


def test_the_page_and_its_api_find_nothing(empty: Path) -> None:
    served = Site(empty)
    site.install(served)
    api = TestClient(
        Starlette(routes=routes(served)), base_url="http://127.0.0.1:8501", client=("127.0.0.1", 50_000)
    )
    for mode in MODES:
        answer = api.get("/api/search", params={"q": "health", "mode": mode})
        assert (answer.status_code, answer.json()["hits"]) == (200, [])
    machine = Engine(served)
    machine._warm()
    assert machine.suggestions("en") == ()


def test_an_evaluation_has_no_figures(empty: Path, tmp_path: Path) -> None:
    gold = tmp_path / "gold.jsonl"
    question = {"id": "q1", "group": "g1", "lang": "en", "type": "natural", "question": "What of health?"}
    gold.write_text(json.dumps(question | {"answerable": False, "evidence": []}) + "\n", encoding="utf-8")
    words = ("--library", str(empty))
    assert call("eval", "run", str(gold), "--out", str(tmp_path / "run"), *words) == 0
    assert call("eval", "diagnose", "What of health?", *words) == 0
