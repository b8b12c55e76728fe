"""What is typed and not sent yet, as the server keeps it: the newest text of each place, and not too many."""

import json
from pathlib import Path

import pytest

from app.service.owner_folder import owner_of
from app.service.typed_texts import FILE, MOST_CHARACTERS, MOST_PLACES, TypedTexts
from ingest.errors import PinciteError, UsageError

TITLE = f"meta-title-{'a' * 32}"


@pytest.fixture
def texts(tmp_path: Path) -> TypedTexts:
    return TypedTexts(tmp_path, owner_of("key"))


def test_the_newest_text_of_each_place_is_kept(texts: TypedTexts, tmp_path: Path) -> None:
    texts.keep("draft_text", "In 2023 …")
    texts.keep(TITLE, "A title")
    texts.keep("draft_text", "In 2024 ñ 🧾\n")
    assert list(texts.texts().items()) == [(TITLE, "A title"), ("draft_text", "In 2024 ñ 🧾\n")]
    assert TypedTexts(tmp_path, owner_of("key")).texts() == texts.texts()
    assert TypedTexts(tmp_path, owner_of("another")).texts() == {}


def test_an_older_message_of_a_page_changes_nothing(texts: TypedTexts) -> None:
    texts.keep("draft_text", "whole", "p1", 7)
    texts.keep("draft_text", "who", "p1", 6)
    assert texts.texts() == {"draft_text": "whole"}
    texts.keep("draft_text", "another window", "p2", 1)
    assert texts.texts() == {"draft_text": "another window"}


def test_a_text_that_was_emptied_is_gone_and_stays_so(texts: TypedTexts) -> None:
    texts.keep("draft_text", "something", "p1", 1)
    texts.keep("draft_text", "", "p1", 3)
    texts.keep("draft_text", "something e", "p1", 2)
    assert texts.texts() == {}


def test_what_was_saved_is_forgotten(texts: TypedTexts) -> None:
    texts.forget([TITLE])
    texts.keep(TITLE, "A title")
    texts.keep("gold_quote", "A quote")
    texts.forget([TITLE, f"meta-year-{'a' * 32}"])
    assert texts.texts() == {"gold_quote": "A quote"}


def test_the_oldest_give_way(texts: TypedTexts) -> None:
    for number in range(MOST_PLACES + 2):
        texts.keep(f"meta-title-{number:032x}", str(number))
    assert list(texts.texts().values()) == [str(number) for number in range(2, MOST_PLACES + 2)]


@pytest.mark.parametrize(
    ("place", "text"),
    [
        ("draft", ""),
        ("meta-title-xyz", ""),
        ("../draft_text", ""),
        ("draft_text\n", ""),
        ("draft_text", "x" * (MOST_CHARACTERS + 1)),
    ],
)
def test_only_fields_of_the_page_have_a_place(texts: TypedTexts, place: str, text: str) -> None:
    with pytest.raises(UsageError):
        texts.keep(place, text)
    assert texts.texts() == {}


@pytest.mark.parametrize("content", [b"{", b"[]", json.dumps({"draft_text": 1}).encode()])
def test_a_file_that_is_damaged_is_named(texts: TypedTexts, tmp_path: Path, content: bytes) -> None:
    texts.keep("draft_text", "x")
    path = next(tmp_path.rglob(FILE))
    path.write_bytes(content)
    with pytest.raises(PinciteError, match=FILE):
        texts.texts()
