"""Lines that stand like headings and are rows, fields or entries; the number and title of an article."""

import pytest

from ingest.structure.heading_forms import article_title, is_cut_off, is_entry, is_noise, is_statement

ENTRIES = {
    "a row of shares": "hiring veterans n/a n/a 91% 83% 100% 80% Met",
    "a total": "Total $ 39,626",
    "dates and sums": "November 29, 2022 February 16, 2023 March 9, 2023 $ 0.68 $ 5,064",
    "empty cells": "Sao Tome and Principe - -",
    "a numbered row": "12 Lima district clinic 7,293",
    "a date of payment": "Voorlopige datum van staking van betaling: 06/05/2025",
    "a reference number": "Référence : 20240179",
    "the mark of a page": "Page 2 of 6",
    "the mark of a page between rules": "--- Página 3 ---",
    "a link": "Afecta la vigencia de: [Mostrar]",
    "a remark to a form": "(*) Strike out what does not apply",
    "the number of a person": "Silva Juan, with the register number 72081017130",
    "a price": "″Example of the north″(2) Wine S 40,86",
    "a name": "A.-C. EXAMPLE",
    "an exhibit": "101.PRE Taxonomy of the presentation",
    "an address": "SILVA JUAN AVENUE DES LACS 349 BTE 17 1050 EXAMPLE",
    "a remark in parentheses": "(Percentages)",
    "a day in parentheses": "(Mayo 29)",
    "who wrote it": "Prepared by Ana Example",
    "who wrote it, in Spanish": "Elaborado por la oficina del norte",
    "a signature": "/S/ EXAMPLE & SONS LLP",
    "how many pages": "54 pages/bladzijden",
    "a note to a table": "(a) Refer to Note 5 – Roads for further information on the value of our roads.",
    "a note to a table, in Spanish": "b) Véase la nota 3.",
    "fields": "Location: Madill, OK Accident Number: DFW08CA044 Aircraft: Cessna 152",
}
HEADINGS = {
    "a country in parentheses": "Example Foundation (Peru)",
    "what is prepared": "Prepared meals by region",
    "an item that tells to see": "(a) See the patient first",
    "a letter and a reference": "(b) Reference to other papers",
    "a number of pages in words": "Pages of history",
    "numbered": "2.3 Barriers to health care",
    "a year at the end": "Migration policy in Peru, 2015–2020",
    "an agenda": "The 2030 Agenda",
    "a session": "Fifty-eighth session",
    "with a colon": "Strategy 3.03: Develop partnerships to access and analyze data",
    "a country and years": "Costa Rica: 2015",
    "dashes between titles": "Comité médico-technique. — Démission. — Nomination",
    "periods compared": "Six Months Ended December 31, 2022 Compared with Six Months Ended December 31, 2021",
    "a decision": "Decision 39/4",
    "pages in a title": "Page numbers of 6 reports",
    "a plan of years": "Plan 12 of 2022 Peru",
    "a share in words": "Poverty fell to 12% of all households in the districts of the north",
}
ARTICLES = {
    "text": ("Art. 7. This decree comes into force on the day of its publication.", "Art. 7"),
    "title alone": ("Artículo 5. Derechos", "Artículo 5. Derechos"),
    "title and text": (
        "ARTÍCULO 58. Asuntos a tratar. A través del procedimiento único se adelantarán los siguientes asuntos:",
        "ARTÍCULO 58. Asuntos a tratar",
    ),
    "announcing": ("Artículo 10. El artículo 29 de la Ley 135 de 1961, quedará así:", "Artículo 10"),
    "other text": (
        "2. The article of the law that holds here says so.",
        "2. The article of the law that holds here says so.",
    ),
}


@pytest.mark.parametrize("name", ENTRIES)
def test_entries(name: str) -> None:
    assert is_entry(ENTRIES[name])


@pytest.mark.parametrize("name", HEADINGS)
def test_headings_are_no_entries(name: str) -> None:
    assert not is_entry(HEADINGS[name])


@pytest.mark.parametrize("name", ARTICLES)
def test_articles_are_named_without_their_text(name: str) -> None:
    text, title = ARTICLES[name]
    assert article_title(text) == title


STATEMENTS = {
    "a verb": "1.2 The programme, renamed the system of rivers, should be redefined to take account of goals.",
    "the future of a law": "PARÁGRAFO. El presente artículo no se aplicará a los territorios de los pueblos",
    "speech behind a colon": "Proposition de décision : « L’assemblée approuve les comptes annuels. »",
    "an open quotation": "« Le décret du 7 juin 2001 relatif aux avantages",
    "a note": "11/ R. S. Name, Discours devant le Conseil",
}
TITLES = {
    "short, with a verb": "What is done in Peru",
    "a question": "What will be done for the people who live in the north of the country?",
    "what it answers": "Leaving nobody behind: how the States can help migrants to reach the clinics",
    "an article": "Artículo 10. El artículo 29 de la Ley 135 de 1961, que es la norma, quedará así:",
    "long, without a verb": "Outcome of the fourth session of the Conference of the Parties to the Convention",
    "quoted": "Report on “Women 2000: gender equality and peace”",
}


@pytest.mark.parametrize("case", STATEMENTS)
def test_a_line_that_says_something_is_a_statement(case: str) -> None:
    assert is_statement(STATEMENTS[case])


@pytest.mark.parametrize("case", TITLES)
def test_a_title_is_no_statement(case: str) -> None:
    assert not is_statement(TITLES[case])


CUT_OFF = {
    "a small word": "Roads, rivers and",
    "in Spanish": "De la propiedad de las tierras del",
    "in French": "Avis de la cour pour",
    "in Dutch": "De periode van",
    "an open bracket": "Falling (more than 5",
}
WHOLE = {
    "a word that is small elsewhere": "Clinics that people opt in",
    "an answer": "Yes or no",
    "a capital": "Annex A",
    "a bracket that closes": "Falling (more than 5)",
    "a letter with a bracket": "a) Roads",
    "one word": "Roads",
}


@pytest.mark.parametrize("case", CUT_OFF)
def test_a_line_that_ends_with_a_small_word_is_cut_off(case: str) -> None:
    assert is_cut_off(CUT_OFF[case])


@pytest.mark.parametrize("case", WHOLE)
def test_a_whole_title_is_not_cut_off(case: str) -> None:
    assert not is_cut_off(WHOLE[case])


def test_scraps_of_letters_are_noise() -> None:
    assert is_noise("CO -3 MO CO OO")
    assert is_noise("C C O <D PU-~")


@pytest.mark.parametrize(
    "text", ["M E S S A G E", "P A R T II", "UN EU", "AI in Peru", "1 2 3 4 12 13", "R & D I I"]
)
def test_letters_apart_and_short_words_are_no_noise(text: str) -> None:
    assert not is_noise(text)
