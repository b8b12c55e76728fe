"""The measured verdicts on sentences that nothing was tuned on, over the starter corpus; the sets are as planned."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from app.desk.check import VERDICTS, CheckedSentence, check_sentences
from app.desk.evidence import Evidence

ROOT = Path(__file__).parent.parent.parent
FILES = {name: ROOT / "evals" / "gold" / f"draft_{name}.jsonl" for name in ("development", "test")}


def rows(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in FILES[name].read_text(encoding="utf-8").splitlines()]


@pytest.mark.parametrize("name", FILES)
def test_four_kinds_in_three_languages_and_documents_that_there_are(name: str) -> None:
    mix = Counter((row["language"], row["verdict"]) for row in rows(name))
    assert set(mix) == {(language, verdict) for language in ("en", "es", "pt") for verdict in VERDICTS}
    assert sum(mix.values()) >= 80
    assert {row["file"] is None for row in rows(name) if row["verdict"] == "not_found"} == {True}
    named = {row["file"] for row in rows(name) if row["file"]}
    assert all((ROOT / "corpus" / file).is_file() for file in named)


def test_the_halves_share_no_document_and_no_sentence() -> None:
    development, test = rows("development"), rows("test")
    for key in ("file", "text", "id"):
        shared = {row[key] for row in development} & {row[key] for row in test}
        assert shared <= {None}


@pytest.fixture(scope="module")
def starter(starter_library: Path) -> Evidence:
    from index.search import Searcher

    return Evidence(Searcher.open(starter_library))


@pytest.mark.slow
def test_verdicts_on_the_test_half(starter: Evidence) -> None:
    pairs: list[tuple[str, CheckedSentence]] = []
    for language in ("en", "es", "pt"):
        part = [row for row in rows("test") if row["language"] == language]
        given = check_sentences(starter, [row["text"] for row in part], language)
        pairs += [(row["verdict"], sentence) for row, sentence in zip(part, given, strict=True)]
    met = Counter((gold, sentence.verdict) for gold, sentence in pairs)
    for verdict in VERDICTS:
        assert met[verdict, verdict] / sum(met[gold, verdict] for gold in VERDICTS) >= 0.85, verdict
    differ = [sentence for gold, sentence in pairs if gold == "numbers_differ"]
    assert sum(sentence.verdict == "numbers_differ" for sentence in differ) / len(differ) >= 0.9
    assert all(sentence.verdict == "verbatim" for gold, sentence in pairs if gold == "verbatim")
    assert all(sentence.hits for _, sentence in pairs)
