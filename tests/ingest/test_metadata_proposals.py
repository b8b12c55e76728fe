"""Proposals of metadata: what a first page shows is offered with its source; what it does not show is not."""

from dataclasses import fields

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.metadata import printed_dates, un_symbols
from ingest.metadata.countries import ALPHA3, countries_in, country_code, country_name
from ingest.metadata.metadata import Metadata
from ingest.metadata.proposals import Evidence, Proposal, propose


def proposed(
    first_page: str, *more: str, info: dict[str, str] | None = None, **known: object
) -> dict[str, Proposal]:
    """Return field -> proposal for a document whose first pages read so."""
    metadata = Metadata(**known)  # type: ignore[arg-type]
    found = propose(Evidence(pages=[first_page, *more], info=info or {}, metadata=metadata))
    assert len({one.field for one in found}) == len(found)
    return {one.field: one for one in found}


MASTHEAD = """\
United Nations A/99/123
General Assembly Distr.: General
7 March 2019
Original: English
A plan for clinics at the border
Report of the Secretary-General
"""


def test_a_masthead_gives_publisher_year_and_address() -> None:
    found = proposed(MASTHEAD, title="A plan for clinics at the border")
    assert (found["publisher"].value, found["publisher"].source) == ("United Nations", "document symbol")
    assert (found["year"].value, found["year"].words) == (2019, "7 March 2019")
    assert found["url"].value == "https://undocs.org/A/99/123"


def test_what_is_known_is_not_proposed() -> None:
    found = proposed(MASTHEAD, publisher="UN", year=2018, url="https://example.org/a")
    assert not found.keys() & {"publisher", "year", "url"}


@pytest.mark.parametrize(
    ("head", "symbol", "publisher", "year", "address"),
    [
        ("United Nations\nE/ICEF/2021/7", "E/ICEF/2021/7", "UNICEF", 2021, True),
        ("United Nations\nDP/2020/11", "DP/2020/11", "UNDP", 2020, True),
        ("UNITED S\nNATIONS\nS/1999/12/Add.2", "S/1999/12/Add.2", "United Nations", 1999, True),
        ("NATIONS UNIES\nE/ICEF/412 (Première partie)", "E/ICEF/412", "UNICEF", None, False),
        ("United Nations\nJIU/REP/2016/4", "JIU/REP/2016/4", "Joint Inspection Unit", 2016, False),
    ],
)
def test_symbols_are_read(head: str, symbol: str, publisher: str, year: int | None, address: bool) -> None:
    found = un_symbols.masthead(head.splitlines())
    assert found is not None
    assert (found.text, found.publisher, found.year, found.address is not None) == (
        symbol,
        publisher,
        year,
        address,
    )


@pytest.mark.parametrize(
    "head",
    ["A/B testing of clinics\nMinistry of Health", "United Nations\nand/or partners", "Ministry\nA/99/123"],
)
def test_what_is_no_symbol_is_not_read(head: str) -> None:
    assert un_symbols.masthead(head.splitlines()) is None


@pytest.mark.parametrize(
    ("lines", "year"),
    [
        ("© 2021, Ministry of Health", 2021),
        ("Copyright © Clínica del Norte 2016. All rights reserved.", 2016),
        ("Ministry of Health • Lima, 2014", 2014),
        ("Lima, Peru, 20 March 2022 (PAHO) – The clinic opened.", 2022),
        ("LUNES 12 DE MAYO DE 2008", 2008),
        ("clinics.gov FEBRUARY 2017", 2017),
        ("No. 12, 2023", 2023),
        ("3 de noviembre de 2011", 2011),
        ("12 janvier 2004", 2004),
    ],
)
def test_printed_years_are_proposed(lines: str, year: int) -> None:
    assert proposed(f"A plan for clinics\n{lines}\nThe text begins here and goes on.")["year"].value == year


@pytest.mark.parametrize(
    "text",
    [
        "For the quarter ended December 31, 2022",
        "The survey was carried out in March 2018 in three districts of the capital.",
        "Fiscal Year 2013",
        "Date & Time: 11/30/2007, 1200 CST",
        "May 2010\nJune 2011",
        "© 2009–2012 Ministry of Health",
        "Strategic plan 2022 – 2026",
    ],
)
def test_other_years_are_not(text: str) -> None:
    assert "year" not in proposed(f"A plan for clinics\n{text}\nThe text begins here and goes on.")


def test_the_date_of_the_file_is_no_year() -> None:
    assert proposed("A plan for clinics", info={"date": "D:20150505120000"}) == {}


@pytest.mark.parametrize(
    ("title", "kind", "year"),
    [
        ("LEY 30 DE 1988", "law", 1988),
        ("Decreto Ley 902 de 2017", "law", 2017),
        ("Lei nº 8.080 de 1990", "law", 1990),
        ("Annual report on clinics", "report", None),
        ("Informe sobre las clínicas", "report", None),
    ],
)
def test_titles_tell_the_kind(title: str, kind: str, year: int | None) -> None:
    found = proposed(f"{title}\nText.", title=title)
    assert found["type"].value == kind
    assert ("year" in found and found["year"].value) == (year or False)


def test_a_body_at_the_top_publishes_and_a_maker_of_files_does_not() -> None:
    page = "MINISTRY OF HEALTH\nA plan for clinics\n"
    assert proposed(page)["publisher"].value == "Ministry of Health"
    assert proposed("A plan\nfor clinics", info={"author": "Department of Print Systems Ltd"}) == {}
    assert proposed("Ministry OF HeaLth\nA plan")["publisher"].value == "Ministry of Health"
    assert "publisher" not in proposed("ANTE EL CONGRESO NACIONAL, EL 28 DE JULIO DE 2010\nTexto")


def test_a_doi_is_an_address_where_it_is_the_only_one() -> None:
    assert proposed("Clinics\ndoi: 10.1234/abc.5678.")["url"].value == "https://doi.org/10.1234/abc.5678"
    assert "url" not in proposed("Clinics\n10.1234/abc\n10.1234/def")


def test_the_printed_address_of_a_web_page() -> None:
    assert (
        proposed("https://example.org/a?b=1 1/21\nLEY 30 DE 1988")["url"].value == "https://example.org/a?b=1"
    )


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("Clinics in Peru", ["PER"]),
        ("Clínicas en el Perú y en Colombia", ["PER", "COL"]),
        ("Clinics for Venezuelan migrants", []),
        ("Clinics in New Mexico", []),
        ("Saúde nos Estados Unidos", ["USA"]),
        ("Georgia on my mind", []),
        ("Salud en República Dominicana", ["DOM"]),
    ],
)
def test_countries_in_titles(text: str, codes: list[str]) -> None:
    assert countries_in(text) == codes


def test_one_country_is_proposed_and_two_are_not() -> None:
    assert proposed("x", title="Clinics in Peru")["countries"].value == ("PER",)
    assert "countries" not in proposed("x", title="Clinics in Peru and Colombia")


@pytest.mark.parametrize("text", ["Perú", "peru", "PER", "per", "PE", "Pérou", " Peru "])
def test_a_country_by_any_name(text: str) -> None:
    assert country_code(text) == "PER"


@pytest.mark.parametrize("text", ["", "Atlantis", "XXX", "Peruvian"])
def test_no_country(text: str) -> None:
    assert country_code(text) is None


@pytest.mark.parametrize("code", sorted(set(ALPHA3.values())))
def test_every_name_leads_back(code: str) -> None:
    for language in ("en", "es", "pt"):
        assert country_code(country_name(code, language)) == code


def test_dates_beside_a_distribution_only() -> None:
    assert printed_dates.distributed(["A plan", "7 March 2019"]) is None
    assert printed_dates.at_end("Mensaje al Congreso, el 28 de julio de 1953") is not None
    assert printed_dates.at_end("The crisis of July 2019 in the city") is None


@given(
    st.text(max_size=300),
    st.text(max_size=80),
    st.dictionaries(st.sampled_from(["author", "date"]), st.text()),
)
def test_any_text_gives_proposals_that_metadata_can_hold(page: str, title: str, info: dict[str, str]) -> None:
    from ingest.metadata.metadata import checked

    names = {item.name for item in fields(Metadata)}
    for one in proposed(page, info=info, title=title).values():
        assert one.field in names and one.words == " ".join(one.words.split())
        checked(one.field, list(one.value) if isinstance(one.value, tuple) else one.value)


ISBNS = {
    "thirteen digits": ("ISBN 978-0-306-40615-7", "9780306406157"),
    "ten digits": ("ISBN: 0-306-40615-2", "0306406152"),
    "ten digits with X": ("ISBN-10 0-8044-2957-X", "080442957X"),
    "in small letters, with blanks": ("isbn 978 0 306 40615 7 (PDF)", "9780306406157"),
    "the same twice": ("ISBN 978-0-306-40615-7\nISBN 9780306406157", "9780306406157"),
}


@pytest.mark.parametrize("case", ISBNS)
def test_the_isbn_that_is_printed_is_proposed(case: str) -> None:
    printed, number = ISBNS[case]
    found = proposed("Clinics at the border\n", f"Published in Lima\n{printed}\n")
    assert (found["isbn"].value, found["isbn"].source) == (number, "imprint")
    assert Metadata(isbn=found["isbn"].value).isbn == number


@pytest.mark.parametrize(
    "printed",
    [
        "ISBN 978-0-306-40615-8", "ISBN 0-306-40615-3", "978-0-306-40615-7", "ISSN 0306-4061",
        "ISBN 978-0-306-40615-7 (print)\nISBN 0-8044-2957-X (online)",
    ],
)  # fmt: skip
def test_a_wrong_number_or_one_of_two_editions_is_not_proposed(printed: str) -> None:
    assert "isbn" not in proposed("Clinics at the border\n", f"Published in Lima\n{printed}\n")


def test_a_known_isbn_is_not_proposed() -> None:
    assert "isbn" not in proposed("x", "ISBN 978-0-306-40615-7", isbn="9780306406157")


KINDS = {
    "what it calls itself": (
        "Health at the border\nA. Flores\n",
        "The present report covers 2021.",
        "report",
    ),
    "what it calls itself, in Spanish": ("Salud\n", "El presente\ninforme abarca 2021.", "report"),
    "another's report": ("Salud\n", "A report of 2019 says so; see the previous report.", None),
    "a press text of its own": ("Lima, Peru, 4 May 2021 (WHO) – A clinic opened.", "", "press release"),
    "a press text of an agency": ("Lima, Peru, 4 May 2021 (Reuters) – A clinic opened.", "", None),
    "a portal's line": (
        "Health\n\nResearch output: Contribution to journal › Article › peer-review",
        "",
        "article",
    ),
    "a journal's own line": ("Health\nARTÍCULO ORIGINAL\n", "", "article"),
    "a sentence with the word": (
        "Health\nThis was said in an original article by A. Flores in 1999.\n",
        "",
        None,
    ),
}


@pytest.mark.parametrize("name", KINDS)
def test_kinds_are_read_where_a_paper_says_what_it_is(name: str) -> None:
    first, second, kind = KINDS[name]
    found = proposed(first, second)
    assert (found["type"].value if "type" in found else None) == kind
    if kind:
        assert found["type"].words


COUNTRIES = {
    "alone in the letterhead": ("REPÚBLICA DEL PERÚ\nPERÚ\nMINISTERIO DE SALUD", "Plan", ("PER",)),
    "a state alone": ("United States\nAgency of Clinics\n", "Plan", ("USA",)),
    "two letters, which may mean anything": ("IN\nClinics\n", "Plan", None),
    "an abbreviation with points": ("Clinics\n", "U.S. Department of Clinics strategy", ("USA",)),
    "the end of a sentence": ("Clinics\n", "Tell us. Department of Clinics", None),
    "far below": ("Clinics\n" * 6 + "Chile\n", "Plan", None),
}


@pytest.mark.parametrize("name", COUNTRIES)
def test_countries_are_read_from_letterhead_and_title(name: str) -> None:
    first, title, codes = COUNTRIES[name]
    found = proposed(first, title=title)
    assert (found["countries"].value if "countries" in found else None) == codes
