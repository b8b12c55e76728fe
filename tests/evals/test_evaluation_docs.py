"""What docs/evaluation.md says is so: its example is sound, its commands and keys exist."""

import re
from pathlib import Path

import pytest

from evals.compare import read_gate
from evals.gold.check import check_gold
from evals.gold.questions import EVIDENCE_KEYS, OPTIONAL, REQUIRED
from evals.gold.reader import read_gold

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs" / "evaluation.md").read_text(encoding="utf-8")


def block(language: str) -> str:
    found = re.search(rf"```{language}\n(.*?)```", TEXT, re.DOTALL)
    assert found is not None
    return found[1]


@pytest.fixture
def example(tmp_path: Path) -> Path:
    path = tmp_path / "example.jsonl"
    path.write_text(block("json"), encoding="utf-8")
    return path


def test_the_example_is_a_sound_gold_file(example: Path) -> None:
    assert [question.id for question in read_gold(example).questions] == ["fee-en", "fee-es", "diabetes"]


@pytest.mark.slow
def test_the_example_fits_the_starter_corpus(example: Path, tmp_path: Path) -> None:
    from ingest.library.library import Library
    from ingest.pipeline import ingest_folder

    with Library.open(tmp_path / "library", create=True) as library:
        ingest_folder(ROOT / "corpus", library)
        assert check_gold(example, library).problems == ()


def test_every_key_of_the_format_is_explained() -> None:
    explained = set(re.findall(r"`(\w+)`", TEXT))
    assert not {*REQUIRED, *OPTIONAL, *EVIDENCE_KEYS} - {"note"} - explained


def test_the_gate_of_the_example_is_read(tmp_path: Path) -> None:
    (tmp_path / "gate.toml").write_text(block("toml"), encoding="utf-8")
    gate = read_gate(tmp_path / "gate.toml")
    assert gate.accepted_changes == ("fee-es",)
    assert gate.floors == {"fact": 0.70}


def test_every_command_exists() -> None:
    from typer.main import get_group

    from app.commands.evaluate import app

    known = set(get_group(app).commands)
    used = set(re.findall(r"pincite eval (\w+)", TEXT))
    assert used
    assert used <= known
