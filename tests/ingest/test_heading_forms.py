"""Lines that stand like headings and are rows, fields or entries; the number and title of an article."""

import pytest

from ingest.structure.heading_forms import article_title, is_entry

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
    "fields": "Location: Madill, OK Accident Number: DFW08CA044 Aircraft: Cessna 152",
}
HEADINGS = {
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
