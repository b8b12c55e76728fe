"""Documents that say the same are grouped, others are not, however alike they look."""

import random

import pytest

from ingest.editions import (
    Candidate,
    Sketch,
    bare_title,
    containment,
    grouped,
    resemblance,
    same_numbers,
    sketch_of,
)

WORDS = [f"word{n}" for n in range(3000)]


def text(seed: int, words: int = 3000) -> list[str]:
    chance = random.Random(seed)
    return [chance.choice(WORDS) for _ in range(words)]


def document(
    ident: str, words: list[str], title: str = "A title", year: int | None = None, language: str = "en"
) -> Candidate:
    parts = [" ".join(words[at : at + 120]) for at in range(0, len(words), 120)]
    return Candidate(ident, title, year, language, sketch_of(parts))


def figures(seed: int, count: int = 60) -> list[str]:
    chance = random.Random(seed)
    return [f"{chance.randint(1, 900)},{chance.randint(100, 999)}" for _ in range(count)]


def with_figures(words: list[str], numbers: list[str]) -> list[str]:
    step = len(words) // len(numbers)
    return [
        part for at, number in enumerate(numbers) for part in (*words[at * step : (at + 1) * step], number)
    ]


def test_a_sketch_comes_back_from_bytes() -> None:
    sketch = document("a", with_figures(text(1), figures(1))).sketch
    assert Sketch.from_bytes(sketch.to_bytes()) == sketch
    empty = sketch_of([])
    assert Sketch.from_bytes(empty.to_bytes()) == empty
    assert resemblance(empty, empty) == containment(empty, empty) == same_numbers(empty, empty) == 0


@pytest.mark.parametrize("share", [0.0, 0.2, 0.5, 0.8, 1.0])
def test_estimates_come_near_the_exact_values(share: float) -> None:
    one, other = text(1), text(2)
    mixed = one[: int(len(one) * share)] + other[int(len(one) * share) :]

    def shingles(words: list[str]) -> set[tuple[str, ...]]:
        return {tuple(words[at : at + 8]) for at in range(len(words) - 7)}

    left, right = shingles(one), shingles(mixed)
    exact = len(left & right) / len(left | right)
    sketches = document("a", one).sketch, document("b", mixed).sketch
    assert resemblance(*sketches) == pytest.approx(exact, abs=0.08)  # three standard errors
    assert containment(*sketches) == pytest.approx(len(left & right) / len(left), abs=0.12)


def test_a_near_duplicate_is_grouped_whatever_its_title() -> None:
    one = text(1)
    corrected = [*one[:1000], "erratum", *one[1001:]]
    found = grouped(
        [document("a", one, "Report"), document("b", corrected, "Other name"), document("c", text(2))]
    )
    assert found == {"a": ("a", False), "b": ("a", False)}


def test_editions_with_the_same_title_are_grouped_newest_first() -> None:
    old, new = text(1), text(1)[:2000] + text(2)[:1000]
    found = grouped(
        [
            document("a", old, "Health survey 2019", 2019),
            document("b", new, "Health Survey 2021, 2nd edition", 2021),
            document("c", text(3), "Health survey 2023", 2023),
        ]
    )
    assert found == {"a": ("a", True), "b": ("a", False)}


def test_the_same_overlap_under_different_titles_is_no_edition() -> None:
    new = text(1)[:1200] + text(2)[:1800]
    assert grouped([document("a", text(1), "Health survey"), document("b", new, "Education survey")]) == {}


def test_a_translation_has_the_numbers_of_its_original() -> None:
    numbers = figures(1)
    spanish = [number.replace(",", ".") for number in numbers]
    english = document("a", with_figures(text(1), numbers), "Health", 2020, "en")
    translated = document("b", with_figures(text(2), spanish), "Salud", 2020, "es")
    other = document("c", with_figures(text(3), figures(3)), "Educación", 2020, "es")
    assert grouped([english, translated, other]) == {"a": ("a", False), "b": ("a", False)}


def test_no_translation_without_enough_numbers_or_of_another_length() -> None:
    few = figures(1, 10)
    assert (
        grouped(
            [
                document("a", with_figures(text(1), few)),
                document("b", with_figures(text(2), few), language="es"),
            ]
        )
        == {}
    )
    numbers = figures(1)
    long = document("b", with_figures(text(2, 9000), numbers), language="es")
    assert grouped([document("a", with_figures(text(1), numbers)), long]) == {}


def test_years_alone_are_no_numbers_in_common() -> None:
    years = [str(1950 + n) for n in range(60)]
    one, other = with_figures(text(1), years), with_figures(text(2), years)
    assert grouped([document("a", one), document("b", other, language="es")]) == {}


def test_an_older_translation_is_not_older_than_another_language() -> None:
    numbers = figures(1)
    old = document("a", with_figures(text(1), numbers), "Health", 2018, "en")
    new = document("b", with_figures(text(2), numbers), "Salud", 2020, "es")
    assert grouped([old, new]) == {"a": ("a", False), "b": ("a", False)}


TITLES = {
    "Health survey 2019": "health survey",
    "HEALTH SURVEY, 2nd edition": "health survey",
    "Encuesta de salud (versión final)": "encuesta de salud",
    "2021": "",
}


@pytest.mark.parametrize("title", TITLES)
def test_titles_without_years_and_editions(title: str) -> None:
    assert bare_title(title) == TITLES[title]


def test_many_documents_are_compared_in_little_time() -> None:
    import time

    many = [document(f"{n:04}", text(n, 600), language="en") for n in range(400)]
    started = time.process_time()
    assert grouped(many) == {}
    assert time.process_time() - started < 5
