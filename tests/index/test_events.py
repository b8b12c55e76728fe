"""Events that a question takes for granted, and texts that tell of them."""

import pytest

from index.analysis.events import event_asked

# Question → the word that says so, and a text that tells of the event in another language or with another word.
TAKEN = {
    "Why did the council abolish the fee?": ("abolish", "La tasa fue suprimida en mayo."),
    "¿Por qué cerró la clínica del puerto?": ("cerró", "The port clinic was shut after the flood."),
    "Quando a escola foi fechada?": ("fechada", "La escuela cerró sus puertas en marzo."),
    "Who repealed the water act?": ("repealed", "La ley de aguas quedó derogada."),
    "¿Quién prohibió las bolsas?": ("prohibió", "Plastic bags have been banned since June."),
    "Por que a empresa vendeu a mina?": ("vendeu", "The mine was sold to a rival."),
    "Pourquoi le pays a-t-il quitté l'accord?": ("quitté", "The country withdrew from the treaty."),
    "Which minister nationalised the railway?": ("nationalised", "El ferrocarril fue expropiado."),
    "When were the ferries resumed?": ("resumed", "As balsas foram retomadas em julho."),
}


@pytest.mark.parametrize("question", TAKEN)
def test_an_event_is_found_with_its_word_and_told_in_other_words(question: str) -> None:
    word, text = TAKEN[question]
    event = event_asked(question)
    assert event is not None and event.word == word
    assert event.told_in(["The harbour is deep.", text])
    assert not event.told_in(["The harbour is deep and the water is clean."])


@pytest.mark.parametrize(
    "question",
    [
        "What keeps migrants from using health services?",
        "barriers to care in closed settlements",  # asks for no reason, time or author
        "Did the clinic close?",  # takes nothing for granted
        "¿Cuál es otro término para los rotores?",  # a word that only looks like an ending
        "Who is left out despite the exceptions?",
        "Which team had a successful (exitosa) season?",
        "Why do women turn to pharmacies?",
        "",
    ],
)
def test_other_questions_take_no_event_for_granted(question: str) -> None:
    assert event_asked(question) is None


def test_nothing_tells_of_an_event_without_texts() -> None:
    event = event_asked("Why did it close?")
    assert event is not None and not event.told_in([])
