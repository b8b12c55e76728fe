"""Questions that name something, and those that name nothing."""

import pytest

from index.analysis.analyser import Analyser
from index.query.content import has_content
from index.query.parser import parse

ANALYSER = Analyser()
WITH_CONTENT = ("health", "WHO", "12 %", "what is the SUS", '"to be or not"', "Ley 1350", "健康")
WITHOUT = ("?", "", "...", "the", "what is the", "¿qué?", "de la que", "o que é", "and", "🙂", "- -")


@pytest.mark.parametrize("question", WITH_CONTENT)
def test_a_question_names_something(question: str) -> None:
    assert has_content(parse(question), ANALYSER)


@pytest.mark.parametrize("question", WITHOUT)
def test_a_question_names_nothing(question: str) -> None:
    assert not has_content(parse(question), ANALYSER)
