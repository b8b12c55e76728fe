"""Notices are values; in English they read as they always did."""

from dataclasses import FrozenInstanceError

import pytest

from app.i18n import words
from app.i18n.notices import sentence
from index.notices import Notice, NoticeKind, Value

K = NoticeKind
SENTENCES: dict[str, tuple[NoticeKind, dict[str, Value], str]] = {
    "no vectors": (
        K.WORDS_ONLY,
        {"reason": "the index was built without a model."},
        "Searching by words only: the index was built without a model.",
    ),
    "no passage with the sum": (K.AMOUNT_ABSENT, {"amount": "$100"}, "No passage holds the amount $100."),
    "own words that cannot be read": (
        K.OWN_WORDS_BROKEN,
        {"reason": "acronyms.toml: no list."},
        "Not used in this search: acronyms.toml: no list.",
    ),
    "an ingest that goes on": (
        K.MEANING_PARTIAL,
        {"ready": 3, "documents": 5},
        "Meaning is ready for 3 of 5 documents; the others are found by their words.",
    ),
    "a phrase that is nowhere": (
        K.PHRASE_ABSENT,
        {"phrase": "free care"},
        "No passage holds “free care” word by word; searched for its words.",
    ),
    "a country that no hit names": (
        K.PLACE_ABSENT,
        {"place": "Ecuador"},
        "None of the passages found names Ecuador.",
    ),
    "a disease that no hit names": (
        K.DISEASE_ABSENT,
        {"disease": "dengue"},
        "None of the passages found names dengue.",
    ),
    "a year that no hit holds": (
        K.NUMBER_ABSENT,
        {"number": "1999"},
        "None of the passages found holds the number 1999.",
    ),
    "an abbreviation that no hit spells out": (
        K.ABBREVIATION_ABSENT,
        {"abbreviation": "OECD"},
        "None of the passages found spells out OECD.",
    ),
    "no figure in any hit": (
        K.FIGURE_ABSENT,
        {"figure": "share"},
        "None of the passages found holds a share or a percentage.",
    ),
    "figures beside other things": (
        K.FIGURE_APART,
        {"figure_apart": "number"},
        "No sentence of the first passages holds such a figure for what was asked about.",
    ),
    "an event that no first hit tells of": (
        K.EVENT_ABSENT,
        {"event": "abolish"},
        "The first passages do not say that this happened: “abolish”.",
    ),
    "a country nobody has": (
        K.UNKNOWN_FILTER_VALUE,
        {"key": "country", "value": "ARG", "known": ("PER", "BRA"), "more": 0},
        "no document has country “ARG”; there are: PER, BRA",
    ),
    "a language, and many others": (
        K.UNKNOWN_FILTER_VALUE,
        {"key": "language", "value": "qu", "known": ("en", "es"), "more": 3},
        "no document is in “qu”; there are: en, es and 3 more",
    ),
    "a file": (
        K.UNKNOWN_FILTER_VALUE,
        {"key": "document", "value": "x.pdf", "known": ("a.pdf",), "more": 0},
        "no document is called “x.pdf”; there are: a.pdf",
    ),
    "a key that nobody has": (
        K.UNKNOWN_FILTER_VALUE,
        {"key": "year", "value": "2001", "known": (), "more": 0},
        "no document is of “2001”; none has any year",
    ),
}


@pytest.mark.parametrize("case", SENTENCES)
def test_a_notice_in_english(case: str) -> None:
    kind, values, english = SENTENCES[case]
    assert sentence(words("en"), Notice(kind, values)) == english


def test_every_kind_has_a_sentence() -> None:
    assert {kind for kind, _, _ in SENTENCES.values()} == set(NoticeKind)


def test_a_notice_for_logs_is_its_kind_and_values() -> None:
    assert str(Notice(K.AMOUNT_ABSENT, {"amount": "$100"})) == "amount_absent: $100"


def test_a_notice_does_not_change() -> None:
    notice = Notice(K.AMOUNT_ABSENT, {"amount": "$100"})
    with pytest.raises(FrozenInstanceError):
        notice.kind = K.WORDS_ONLY  # type: ignore[misc]
