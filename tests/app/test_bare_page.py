"""The page before the page: what a browser gets for a log-in and for a busy server, whatever stands in its words."""

import re

import pytest

from app.service.site import LONGEST_NAME, is_name
from app.web.bare_page import Link, bare_page

HOSTILE = '<script>"&\u202e'


def body(**more: object) -> str:
    words = {"language": "es", "head": "Título", "text": "¿Qué?", "status": 503} | more
    return bytes(bare_page(**words).body).decode()  # type: ignore[arg-type]  # one table of arguments for all


def test_a_page_has_what_is_given_and_nothing_else() -> None:
    plain = body()
    assert '<html lang="es">' in plain and "<h1>Título</h1><p>¿Qué?</p></body>" in plain
    assert "<a href" not in plain and "http-equiv" not in plain
    whole = body(link=Link("Entrar", "/auth/login?provider=a.b"), again=15)
    assert '<a href="/auth/login?provider=a.b">Entrar</a>' in whole
    assert '<meta http-equiv="refresh" content="15">' in whole
    assert "color-scheme:light dark" in whole and "{" not in re.sub(r"<style>.*?</style>", "", whole)


@pytest.mark.parametrize(
    "place",
    [
        {"language": HOSTILE},
        {"head": HOSTILE},
        {"text": HOSTILE},
        {"link": Link(HOSTILE, "/")},
        {"link": Link("x", HOSTILE)},
        {"text": "{head} {0}"},
    ],
    ids=["language", "head", "text", "link", "address", "braces"],
)
def test_words_stay_words(place: dict[str, object]) -> None:
    made = body(**place)
    assert "<script" not in made and "\u202e" not in made
    assert made.count("<p>") == (2 if "link" in place else 1)


def test_it_is_not_kept_and_says_what_the_caller_adds() -> None:
    answer = bare_page("en", "a", "b", status=401, headers={"Retry-After": "15"})
    assert (answer.status_code, answer.headers["cache-control"]) == (401, "no-store")
    assert answer.headers["retry-after"] == "15"


@pytest.mark.parametrize(
    ("name", "is_one"),
    [
        ("Ana Rojas", True),
        ("ñ" * LONGEST_NAME, True),
        ("n" * (LONGEST_NAME + 1), False),
        ("", False),
        ("a\nb", False),
        ("a\u202eb", False),
        (None, False),
        (7, False),
        (["ana"], False),
    ],
)
def test_what_can_be_the_name_of_a_person(name: object, is_one: bool) -> None:
    assert is_name(name) is is_one
