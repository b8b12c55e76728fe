"""What numbers count: money by its sign or name, people, times and distances in three languages."""

import pytest

from app.desk.figures import figures

UNITS = {
    "S/ 14 million": "money",
    "US$1.3 million": "money",
    "1,3 millones de dólares": "money",
    "20 mil reais": "money",
    "300 €": "money",
    "14 days": "days",
    "5 working days": "days",
    "a 12-year plan": "years",
    "12 años de edad": "years",
    "três meses": "months",
    "a 300 km de Lima": "distance",
    "7.000 personas": "people",
    "4,812 consultations": "",
    "14 de ellas": "",
}


@pytest.mark.parametrize(("text", "unit"), UNITS.items())
def test_unit_of_a_number(text: str, unit: str) -> None:
    (figure,) = figures(text)
    assert figure.unit == unit


@pytest.mark.parametrize("text", ["58 percent of people", "in 2021 people came", "seven in ten people"])
def test_shares_and_years_have_none(text: str) -> None:
    assert {figure.unit for figure in figures(text)} == {""}
