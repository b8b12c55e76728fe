"""The slim language model answers as py3langid's own, in less memory, and gives way where it does not fit."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.text import language
from ingest.text.language import LANGUAGES, language_of
from ingest.text.language_model import load_identifier

ROOT = Path(__file__).parents[2]
# The library's own model alone takes 110 MB; Python, numpy and this one together 60 to 70.
MOST_MEGABYTES = 90
TEXTS = [
    "Only a small share of the population has access to health insurance.",
    "Solo una pequeña parte de la población tiene acceso a un seguro de salud.",
    "Apenas uma pequena parte da população tem acesso a um seguro de saúde.",
    "Seule une petite partie de la population a accès à une assurance maladie.",
    "Acceso a la salud / Acesso à saúde",
    "",
    "移民在获得医疗服务方面面临障碍",
]


@pytest.fixture(scope="module")
def whole() -> Any:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    identifier = LanguageIdentifier.from_model_file(MODEL_FILE)
    identifier.set_languages(list(LANGUAGES))
    return identifier


@pytest.fixture(scope="module")
def slim() -> Any:
    return load_identifier(LANGUAGES)


@pytest.mark.parametrize("text", TEXTS)
def test_same_answer_and_same_score(whole: Any, slim: Any, text: str) -> None:
    assert slim.classify(text) == whole.classify(text)
    assert slim.rank(text) == whole.rank(text)


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=400))
def test_same_answer_for_any_text(whole: Any, slim: Any, text: str) -> None:
    assert slim.classify(text) == whole.classify(text)


def test_a_model_laid_out_otherwise_is_loaded_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    def other(_: Any) -> None:
        raise KeyError("nextmove_row")

    monkeypatch.setattr(language, "load_identifier", other)
    language._identifier.cache_clear()
    try:
        assert language_of(TEXTS[1] * 3) == "es"
    finally:
        language._identifier.cache_clear()


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="peak memory is read from /proc")
def test_peak_memory() -> None:
    code = (
        "from ingest.text.language import language_of\n"
        f"for text in {TEXTS!r}: language_of(text * 4)\n"
        "print(open('/proc/self/status').read().partition('VmHWM:')[2].split()[0])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert int(done.stdout) < MOST_MEGABYTES * 1024
