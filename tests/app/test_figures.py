"""The figures of sentences: both traditions of thousands, words, percentages, shares, years, dates, numbers of laws."""

from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.desk import figures as module
from app.desk.figures import LOOKED_BACK, figures, without_figures

# text -> (kind, value) of each figure, in order
READ = {
    "About 1.3 million arrived.": [("count", 1_300_000)],
    "Unos 1,3 millones llegaron.": [("count", 1_300_000)],
    "O aporte é de 7.392.000 euros.": [("count", 7_392_000)],
    "El aporte es de 7 392 000 euros.": [("count", 7_392_000)],
    "They counted 268,939 requests.": [("count", 268_939)],
    "Foram 268.939 pedidos.": [("count", 268_939)],
    "The fee was 41.90 soles.": [("count", "41.90")],
    "Custou dois mil milhões de reais.": [("count", 2_000_000_000)],
    "Only 2.9 percent had it.": [("percent", "2.9")],
    "Solo el 2,9 % lo logró.": [("percent", "2.9")],
    "Apenas 2,9% conseguiram.": [("percent", "2.9")],
    "Seventy percent were not registered.": [("percent", 70)],
    "Costaría el uno por ciento del total.": [("percent", 1)],
    "It rose by 3.5 percentage points.": [("points", "3.5")],
    "Seven out of ten had none.": [("share", 70)],
    "Siete de cada diez no lo tenían.": [("share", 70)],
    "Um em cada quatro trabalhava.": [("share", 25)],
    "Two thirds of them ate less.": [("share", "66.67")],
    "Una quinta parte de la flota.": [("share", 20)],
    "La mitad de los países.": [("share", 50)],
    "Half of the countries.": [("share", 50)],
    "In 2022 it grew.": [("year", 2022)],
    "The policy of 2017–2025.": [("year", 2017), ("year", 2025)],
    "The years 2016-19.": [("year", 2016), ("year", 2019)],
    "On 20 March 2024 it began.": [("date", 320), ("year", 2024)],
    "El 20 de marzo de 2024 empezó.": [("date", 320), ("year", 2024)],
    "March 20, 2024 was the day.": [("date", 320), ("year", 2024)],
    "Women of 14 to 24 years.": [("count", 14), ("count", 24)],
    "1. Se estudió a 2144 personas.": [("count", 2144)],
    "Three and a half points more.": [("points", "3.5")],
}
CODES = {
    "Emergency Decree No. 037-2020 allowed it.": ["037-2020"],
    "El Decreto Legislativo N.º 1164 manda.": ["1164"],
    "Bill 5185/2020-CR was filed.": ["5185-2020-CR"],
}
NONE = {
    "name": "COVID-19 came.",
    "ordinal": "The 5th of them.",
    "list number": "3. Registrar el uso.",
    "third country": "A third country stood by.",
    "article": "One could say so; un día cualquiera.",
    "shelter": "O alojamento BV-8 fica ali.",
}


def read(text: str, language: str | None = None) -> list[tuple[str, Decimal]]:
    return [(one.kind, one.values[0]) for one in figures(text, language) if one.values]


@pytest.mark.parametrize(("text", "expected"), READ.items(), ids=READ)
def test_kind_and_value(text: str, expected: list[tuple[str, str | int]]) -> None:
    wanted = [(kind, round(Decimal(value), 2)) for kind, value in expected]
    assert [(kind, round(value, 2)) for kind, value in read(text)] == wanted


@pytest.mark.parametrize(("text", "codes"), CODES.items(), ids=CODES)
def test_numbers_of_laws(text: str, codes: list[str]) -> None:
    assert [one.code for one in figures(text)] == codes


@pytest.mark.parametrize("text", NONE.values(), ids=NONE)
def test_no_figure(text: str) -> None:
    assert figures(text) == ()


def test_of_the_is_no_two_in_portuguese() -> None:
    assert read("28% dos países", "pt") == [("percent", Decimal(28))]
    assert read("dos países", "es") == [("count", Decimal(2))]


def test_a_scale_leaves_both_readings_of_three_digits() -> None:
    (figure,) = figures("The grant is 7.392 million euros.")
    assert Decimal(7_392_000) in figure.values


def test_rounding_is_noted() -> None:
    (almost,) = figures("almost 269,000 requests")
    (exact,) = figures("the 269,000 requests")
    assert almost.about
    assert almost.step == 1000
    assert not exact.about
    assert exact.step == 1


def test_a_sentence_without_its_figures() -> None:
    assert without_figures("In 2021, 71 percent meant to stay.") == "In , meant to stay."


@given(st.text(alphabet="0123456789 .,%-–/deymil", max_size=60))
def test_figures_stand_in_order_and_apart(text: str) -> None:
    found = figures(text)
    assert all(
        0 <= one.start < one.end <= len(text) and text[one.start : one.end] == one.text for one in found
    )
    assert all(one.end <= other.start for one, other in pairwise(found))


@given(
    st.lists(
        st.sampled_from(
            ["resolución No.", "more than a", "casi", "12", "3,5 %", "de la", "one", "half of the"]
        )
    )
)
def test_what_stands_far_before_a_figure_says_nothing_of_it(parts: list[str]) -> None:
    text = " ".join(parts)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "LOOKED_BACK", len(text) + 1)
        all_of_it = figures(text)
    assert figures(text) == all_of_it


@pytest.mark.parametrize("blanks", [1, 40])
def test_a_mark_of_rounding_reaches_over_blanks(blanks: int) -> None:
    (figure,) = figures("x" * LOOKED_BACK + " almost" + " " * blanks + "900 people")
    assert figure.about
