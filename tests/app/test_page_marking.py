"""What a card shows of a passage, and which words are marked."""

import html
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.ui.ask.highlights import (
    MAX_WORDS,
    Span,
    excerpt,
    marked_html,
    parts_html,
    question_words,
    with_figures,
)
from index.analysis.analyser import Analyser
from index.snapshot.paths import USER_ACRONYMS, USER_GLOSSARY, load_analyser

TEXT = "Los migrantes sin seguro enfrentan barreras. El seguro cubre 1,300 soles. La OPS lo dijo en 2021."
MARKED = {
    "stem": ("barrera", ["barreras"]),
    "accent": ("séguro", ["seguro", "seguro"]),
    "number": ("1300", ["1,300"]),
    "acronym": ("PAHO", ["OPS"]),
    "several": ("¿Qué barreras tienen los migrantes?", ["migrantes", "barreras"]),
}


def marks(text: str, question: str, language: str | None, analyser: Analyser | None = None) -> list[Span]:
    return question_words(question, analyser or Analyser(), ["en", "es", "pt"]).places(text, language)


@pytest.mark.parametrize(("question", "words"), MARKED.values(), ids=MARKED)
def test_words_of_the_question_are_marked(question: str, words: list[str]) -> None:
    assert [TEXT[a:b] for a, b in marks(TEXT, question, "es")] == words


def test_function_words_are_not_marked() -> None:
    assert marks(TEXT, "¿Qué es lo que los migrantes?", "es") == [(4, 13)]
    assert marks(TEXT, "", "es") == []


NOT_MARKED = {
    "a filter": ("seguro country:PER", "El seguro cuesta 10 per cápita en el país.", ["seguro"]),
    "a word left out": ("seguro -barreras", TEXT, ["seguro", "seguro"]),
    "an operator": ("seguro OR soles", "Seguro or soles.", ["Seguro", "soles"]),
}


@pytest.mark.parametrize("case", NOT_MARKED)
def test_what_is_not_looked_for_is_not_marked(case: str) -> None:
    question, text, words = NOT_MARKED[case]
    assert [text[a:b] for a, b in marks(text, question, "es")] == words


def test_the_library_s_own_glossary_and_acronyms_are_marked(tmp_path: Path) -> None:
    text = "Las jefas de hogar van al comedor popular. El MIMP lo sabe."
    assert marks(text, "canteens of the ministry of women", "es") == []
    (tmp_path / USER_GLOSSARY).write_text("en,es\ncanteen,comedor\n", encoding="utf-8")
    group = '[mimp]\nacronyms = ["MIMP"]\nnames = ["Ministry of Women"]\n'
    (tmp_path / USER_ACRONYMS).write_text(group, encoding="utf-8")
    found = marks(text, "canteens of the ministry of women", "es", load_analyser(tmp_path))
    assert [text[a:b] for a, b in found] == ["comedor", "MIMP"]


def sentences(count: int, words: int) -> tuple[str, tuple[tuple[int, int], ...]]:
    text, spans = "", []
    for number in range(count):
        sentence = " ".join(f"w{number}x{i}" for i in range(words)) + "."
        start = len(text) + bool(text)
        text = f"{text} {sentence}".strip()
        spans.append((start, start + len(sentence)))
    return text, tuple(spans)


def test_a_short_text_is_shown_whole() -> None:
    text, spans = sentences(4, 10)
    assert excerpt(text, spans, spans[2]) == (0, len(text))


def test_an_excerpt_is_whole_sentences_around_the_window() -> None:
    text, spans = sentences(20, 20)
    start, end = excerpt(text, spans, (spans[9][0], spans[10][1]))
    assert start <= spans[9][0] and end >= spans[10][1]
    assert start in {a for a, _ in spans} and end in {b for _, b in spans}
    assert MAX_WORDS - 20 < len(text[start:end].split()) <= MAX_WORDS


def test_a_sentence_longer_than_the_limit_is_cut_at_a_word() -> None:
    text, spans = sentences(1, 400)
    start, end = excerpt(text, spans, None)
    assert len(text[start:end].split()) == MAX_WORDS
    assert text[end] == " "


@settings(deadline=None)  # the first call loads things
@given(st.text(max_size=200), st.data())
def test_marked_html_quotes_the_shown_text_verbatim(text: str, data: st.DataObject) -> None:
    place = st.integers(0, len(text))
    start, end = sorted((data.draw(place), data.draw(place)))

    def span() -> tuple[int, int]:
        one, other = data.draw(place), data.draw(place)
        return min(one, other), max(one, other)

    marks = sorted(span() for _ in range(3))
    window = span()
    made = marked_html(text, (start, end), marks, window)
    made = re.sub(r'<span class="cut">.*?</span>', "", made)
    plain = re.sub(r"<[^>]*>", "", made)
    from app.exports.escape import for_html

    assert html.unescape(plain) == html.unescape(for_html(text[start:end]))


def test_ellipses_stand_outside_the_quotation() -> None:
    made = marked_html("one two three", (4, 7), [(4, 7)])
    assert made == '<span class="cut">… </span><mark>two</mark><span class="cut"> …</span>'


SENTENCES = (
    "The survey was long. Nobody was left out of it at all. It counted 4,200 people in camps. Then it ended."
)


def spans_of(text: str) -> list[Span]:
    found, start = [], 0
    for piece in text.split(". "):
        found.append((start, min(start + len(piece) + 1, len(text))))
        start += len(piece) + 2
    return found


def test_a_cut_card_shows_the_sentence_with_the_figure() -> None:
    first, *_, third, _last = spans_of(SENTENCES)
    parts = with_figures(SENTENCES, spans_of(SENTENCES), first, [], frozenset({"number"}))
    assert parts == [first, third]
    made = parts_html(SENTENCES, parts, [])
    assert made == (
        'The survey was long.<span class="cut"> … </span>It counted 4,200 people in camps.<span class="cut"> …</span>'
    )


def test_the_sentence_with_most_words_of_the_question_is_taken() -> None:
    text = "It begins. Of 12 wells all were dry. Then 30 clinics were open. It ends."
    spans, clinics = spans_of(text), text.index("clinics")
    parts = with_figures(text, spans, spans[0], [(clinics, clinics + 7)], frozenset({"number"}))
    assert parts == [spans[0], spans[2]]


@pytest.mark.parametrize(
    ("shown", "figures"),
    [
        ((0, len(SENTENCES)), {"number"}),
        ((0, 20), set()),
        (spans_of(SENTENCES)[2], {"number"}),
        ((0, 20), {"money"}),
    ],
)
def test_nothing_is_added_where_no_figure_is_asked_for_or_it_is_shown(shown: Span, figures: set[str]) -> None:
    assert with_figures(SENTENCES, spans_of(SENTENCES), shown, [], frozenset(figures)) == [shown]
