"""Notes and entries that only name a source, told by their form, and what looks like one and says something."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.structure.reference_forms import is_bibliographic, is_source_entry

NAME_A_SOURCE = {
    "a_section": "12 UNDP (2022), section 3.2.",
    "a_section_es": "3 PNUD (2022), sección 3.1.",
    "a_section_pt": "[4] PNUD (2022), seção 3.1.",
    "the_same": "71 Ibid.",
    "the_same_with_a_page": "6 Ibid., p. 33.",
    "the_same_es": "9. Ibídem, pág. 12.",
    "a_symbol": "7 CRPD/C/2/Rev.1.",
    "several_symbols": "See A/78/1, A/78/2/Add.1 and A/79/3.",
    "a_link": "5 See https://example.org/data/2024.",
    "a_link_es": "2 Disponible en: www.ejemplo.gob.pe/salud",
    "a_title_in_quotation_marks": "3 OIM, «¿Cómo se registran las personas?», 4 de mayo de 2021.",
    "a_title_that_holds_a_verb": '2 Y. Pérez, "Who is counted when nobody counts", Journal of Counting 12(3), 2021.',
    "a_publisher_and_place": "4 Ministry of Rivers, State of the Rivers 2024 (Lima, 2024).",
    "a_short_title": "8 FAO, The State of Rivers and Lakes.",
    "authors_and_year": "Pérez, A., & Silva, B. (2019). How rivers are counted. Journal of Rivers, 12(3), 45-67.",
    "a_journal_by_volume": "Pérez-Silva A, Ruiz R. Rivers in towns. Rev Peru Rios. 2019;36(4):583-91.",
    "two_sources": "1 UNDP (2022), sections 5 and 6; World Bank, press release of 2 March 2021.",
    "a_source_that_cites": "3 PNUD (2022), sección 2, según el Banco Mundial (2019).",
}

SAY_SOMETHING = {
    "a_figure": "2 The figures cover foreigners and leave out those who returned in 2019.",
    "a_source_and_a_remark": "2 UNDP (2022), section 2.1. The figures leave out those who returned.",
    "a_remark_es": "4 PNUD (2022), sección 3.1. El decreto es del 2 de marzo.",
    "what_a_law_says": "8 Decree No. 12-2017 to approve the rules for permits (3 January 2017).",
    "a_law_and_its_date": "8 Supreme Decree No. 12-2017, 3 January 2017.",
    "a_declaration": "b On 2 January 2018, Ecuador made a declaration under article 76.",
    "a_definition": "1 References to the region shall be understood in the sense of resolution 12 (1999).",
    "the_same_in_words": "2 The same article, citing a report of the Ministry (2019).",
    "an_interview": "3 Interview with the director of the office of Tumbes, May 2012.",
    "a_survey": "3 National Household Survey 2019, table 14",
    "a_press_release": "4 OPS, nota de prensa del 2 de marzo de 2023.",
    "an_example": "21 For example, the coordinators need to work together with the offices (2023).",
    "a_list_of_countries": "3 Bangladesh, China, Czechia, France and Germany",
    "a_remark_without_a_place": "18 Senior managers and internal staff.",
    "one_word": "a Accession.",
    "nothing": "",
    "a_number": "3",
}


@pytest.mark.parametrize("case", NAME_A_SOURCE)
def test_a_note_that_only_names_a_source_is_bibliographic(case: str) -> None:
    assert is_bibliographic(NAME_A_SOURCE[case])


@pytest.mark.parametrize("case", SAY_SOMETHING)
def test_a_note_that_says_something_is_not(case: str) -> None:
    assert not is_bibliographic(SAY_SOMETHING[case])


LISTED = {
    "a_body_and_a_year": "2. UNDP (2022), section 6, citing Example Centre (2020).",
    "authors": "Pérez, A., & Silva, B. (2019). How rivers are counted. Journal of Rivers, 12(3), 45-67.",
    "the_same": "Ibid., p. 4.",
}
NOT_LISTED = {
    "a_row_of_dates": "Second 1 October 2017 Twenty-eighth (2018):",
    "a_link": "www.example.org",
    "a_place_and_date": "Lima, 2 de marzo de 2019.",
    "a_title_alone": "“Rivers in towns”",
    "a_symbol": "A/78/1",
}


@pytest.mark.parametrize("case", LISTED)
def test_an_entry_of_a_list_of_sources_is_told_by_its_form(case: str) -> None:
    assert is_source_entry(LISTED[case])


@pytest.mark.parametrize("case", NOT_LISTED)
def test_a_line_that_text_has_as_well_is_no_entry(case: str) -> None:
    assert not is_source_entry(NOT_LISTED[case])


@given(st.text(max_size=400))
def test_any_text_is_judged_and_an_entry_is_bibliographic(text: str) -> None:
    assert is_bibliographic(text) in (True, False)
    assert not is_source_entry(text) or is_bibliographic(text)


@given(st.sampled_from(sorted(NAME_A_SOURCE)), st.integers(1, 999))
def test_its_number_does_not_matter(case: str, number: int) -> None:
    bare = NAME_A_SOURCE[case].lstrip("0123456789[]. ")
    assert is_bibliographic(f"{number} {bare}") == is_bibliographic(bare)
