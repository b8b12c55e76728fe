"""The glossary: words of one meaning in several languages."""

from pathlib import Path

import pytest

from index.analysis.analyser import Analyser
from index.analysis.glossary import read_glossary
from index.analysis.stopwords import STOPWORDS
from index.search import Searcher
from index.snapshot.paths import USER_GLOSSARY, load_analyser
from ingest.errors import UsageError

LANGUAGES = ["en", "es", "pt"]


def forms(analyser: Analyser, question: str, languages: list[str] = LANGUAGES) -> set[str]:
    return {form for term in analyser.question(question, languages) for form in term.forms}


@pytest.mark.parametrize(
    ("question", "form"),
    [
        ("¿Qué dice sobre la salud?", "health"),
        ("O que diz sobre a saúde?", "health"),
        ("What about health?", "salud"),
        ("los trabajadores", "worker"),
        ("saude", "salud"),
        ("seguros", "insur"),
    ],
)
def test_a_word_is_looked_for_in_the_other_languages(question: str, form: str) -> None:
    assert form in forms(Analyser(), question)


def test_only_languages_of_the_passages_are_looked_for() -> None:
    assert "health" not in forms(Analyser(), "la salud", ["es"])
    assert "saud" not in forms(Analyser(), "la salud", ["es", "en"])


def test_a_word_without_a_row_stays_alone() -> None:
    assert forms(Analyser(), "Huancavelica", ["en"]) == {"huancavelica"}


def test_words_alone_find_a_passage_in_another_language(published: Path) -> None:
    found = Searcher.open(published).search("trabajadores de la salud", mode="lexical")
    assert any(hit.passage.passage.language == "en" for hit in found.hits)


def test_leaving_a_word_out_leaves_its_translations_in(published: Path) -> None:
    found = Searcher.open(published).search("migrants -trabajadores", mode="lexical", k=100)
    assert any("workers" in hit.passage.passage.text for hit in found.hits)


def test_shipped_rows_name_three_languages_and_no_function_word() -> None:
    rows = read_glossary()
    assert len(rows) > 300
    for row in rows:
        assert set(row) == set(LANGUAGES)
        for language, words in row.items():
            assert not STOPWORDS[language].intersection(words)


def test_own_rows_add_to_the_shipped_ones(published: Path) -> None:
    (published / USER_GLOSSARY).write_bytes("﻿es;fr\r\nquincha;torchis\r\n".encode())
    found = forms(load_analyser(published), "casas de quincha y salud", ["es", "fr", "en"])
    assert {"torch", "health"} <= found


@pytest.mark.parametrize(
    ("content", "line"),
    [
        ("", 1),
        ("en\nhealth\n", 1),
        ("English,Spanish\nhealth,salud\n", 1),
        ("en,es\nhealth care,salud\nhealth,seguro-social\n", 3),
        ("en,es\nhealth,salud,saúde\n", 2),
        ("en,es\n,\nhealth,4\n", 3),
    ],
)
def test_a_broken_glossary_names_file_and_line(tmp_path: Path, content: str, line: int) -> None:
    path = tmp_path / "glossary.csv"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(UsageError, match=rf"glossary\.csv: line {line}: "):
        read_glossary(path)


def test_a_glossary_that_is_no_text_names_the_file(tmp_path: Path) -> None:
    path = tmp_path / "glossary.csv"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(UsageError, match=r"glossary\.csv"):
        read_glossary(path)
