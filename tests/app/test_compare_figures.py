"""Which figures of a statement a passage has, which it has otherwise, and which it has not."""

import pytest

from app.desk.compare_figures import compare
from app.desk.figures import figures

SAME = {
    "both traditions": ("1,3 millones", "1.3 million people"),
    "words": ("treinta y cinco mil estudiantes", "35,000 students"),
    "share and percentage": ("seven in ten", "70 percent"),
    "a rounded share": ("almost a third of them", "32.4 percent"),
    "a rounded percentage": ("58 % de ellos", "58,1 % de ellos"),
    "a rounded count": ("almost 269,000 requests", "268,939 requests"),
    "under a bound": ("menos del uno por ciento", "el 0,63 %"),
    "law": ("Decreto de Urgencia 037-2020", "Emergency Decree No. 037-2020"),
    "date": ("el 20 de marzo", "on 20 March"),
    "year read as a count": ("2000 personas", "2,000 people"),
}
OTHER = {
    "digits swapped": ("351,000 people", "531,000 people"),
    "ten times": ("34 million dollars", "3.4 million dollars"),
    "year": ("in 2021", "in 2022"),
    "share": ("one in two", "15 percent"),
    "not quite a million": ("about one million", "1.3 million"),
    "count in full": ("200 cases", "217 cases"),
    "law": ("Decree 1165", "Decree 1164"),
    "a finer figure than the passage has": ("57.2 percent", "57 percent"),
}


@pytest.mark.parametrize(("own", "theirs"), SAME.values(), ids=SAME)
def test_the_same_figure(own: str, theirs: str) -> None:
    assert compare(figures(own), figures(theirs)).agrees


@pytest.mark.parametrize(("own", "theirs"), OTHER.values(), ids=OTHER)
def test_another_figure(own: str, theirs: str) -> None:
    compared = compare(figures(own), figures(theirs))
    assert len(compared.differing) == 1
    assert compared.missing == ()


def test_a_figure_that_is_found_is_no_counterpart_of_another() -> None:
    compared = compare(figures("180 countries and 69 cities"), figures("100 countries and 69 cities"))
    assert [(one.text, other.text) for one, other in compared.differing] == [("180", "100")]


def test_the_nearest_figure_is_the_counterpart() -> None:
    compared = compare(figures("1.4 million came"), figures("150,000 stayed, 1.3 million came"))
    assert [other.text for _, other in compared.differing] == ["1.3 million"]


def test_what_counts_another_thing_is_no_counterpart() -> None:
    compared = compare(figures("twelve clinics"), figures("700,000 inhabitants"))
    assert compared.differing == ()
    assert [one.text for one in compared.missing] == ["twelve"]


def test_a_year_may_stand_elsewhere_in_the_passage_a_count_in_its_heading_only() -> None:
    own = figures("In 2018, 57 percent in five regions")
    unit = figures("57 percent")
    assert compare(own, unit, above=figures("five regions"), beside=figures("of 2018")).agrees
    assert not compare(own, unit, beside=figures("of 2018, five regions")).agrees


OTHER_THINGS = {
    "people and money": ("1.4 million people came", "1.3 million dollars were spent"),
    "days and clinics": ("nine days of leave", "eight clinics"),
    "months and years": ("cada 12 meses", "cada 10 años"),
    "money and a distance": ("S/ 300 al mes", "a 280 km de Lima"),
}


@pytest.mark.parametrize(("own", "theirs"), OTHER_THINGS.values(), ids=OTHER_THINGS)
def test_figures_of_other_things_are_no_counterparts(own: str, theirs: str) -> None:
    compared = compare(figures(own), figures(theirs))
    assert compared.differing == () and len(compared.missing) == 1


def test_the_figure_of_the_same_thing_is_preferred_to_a_nearer_one() -> None:
    theirs = figures("1.5 million were counted, and 1.1 million people came")
    compared = compare(figures("1.4 million people came"), theirs)
    assert [other.text for _, other in compared.differing] == ["1.1 million"]


def test_a_table_may_leave_out_that_it_counts_money() -> None:
    assert len(compare(figures("US$ 1.4 million"), figures("1.3 million")).differing) == 1
