"""The state of a search in the address of the page: a link opens the same search and passage again.

Only raw values stand in it (`publisher=UNDP`), never labels, so that a link keeps working in another
interface language. Reading tolerates anything: what is not understood is left out.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlencode

from index.query.parser import MAX_CHARACTERS, clean_question, one_line

SORTS = ("grouped", "relevance", "document", "newest")
MATCHES = ("best", "words")
FILTERS = {"publisher": "publisher", "type": "type", "country": "country", "doclang": "language"}
"""Parameter in the address -> filter key of the search."""

# Filter values longer than this are no publisher's name; the cap keeps a hostile link small.
_MAX_VALUE = 200
_MAX_VALUES = 50
_ID = re.compile(r"[0-9a-f]{32}")
_YEARS = re.compile(r"(\d{4})(?:\.\.(\d{4}))?")
_MAX_PAGE = 10


@dataclass(frozen=True, slots=True)
class Address:
    """One search as the address tells it. `years` is inclusive; `page` counts result pages from 1."""

    question: str = ""
    filters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    years: tuple[int, int] | None = None
    sort: str = SORTS[0]
    match: str = "best"
    page: int = 1
    passage: str | None = None
    language: str | None = None

    def search_filters(self) -> dict[str, list[str]]:
        """Return the filters under the keys and in the form that the search takes."""
        found = {FILTERS[name]: list(values) for name, values in self.filters.items() if values}
        if self.years:
            found["year"] = [f"{self.years[0]}..{self.years[1]}"]
        return found

    @property
    def mode(self) -> str:
        """The search mode behind `match`."""
        return "lexical" if self.match == "words" else "hybrid"


def too_long(text: str) -> bool:
    """Return whether `clean_question` cuts this question."""
    return len(one_line(text)) > MAX_CHARACTERS


def read(params: Mapping[str, Sequence[str]]) -> Address:
    """Return the address that query parameters (name -> values) describe."""

    def one(name: str) -> str:
        values = params.get(name) or ("",)
        return values[-1]

    filters = {name: values for name in FILTERS if (values := _values(params.get(name, ())))}
    page = one("page")
    return Address(
        question=clean_question(one("q")),
        filters=filters,
        years=_years(one("year")),
        sort=one("sort") if one("sort") in SORTS else SORTS[0],
        match=one("match") if one("match") in MATCHES else MATCHES[0],
        page=min(max(int(page), 1), _MAX_PAGE) if page.isascii() and page.isdigit() and len(page) < 4 else 1,
        passage=one("passage") if _ID.fullmatch(one("passage")) else None,
        language=one("lang")[:5] or None,
    )


def of_search(question: str, filters: Mapping[str, Sequence[str]], mode: str) -> Address:
    """Return the address of a search that is given as searches take it; see `Address.search_filters`."""
    years = [found for value in filters.get("year", ()) if (found := _years(value))]
    return Address(
        question=question,
        filters={name: tuple(filters[key]) for name, key in FILTERS.items() if filters.get(key)},
        years=years[0] if years else None,
        match="words" if mode == "lexical" else MATCHES[0],
    )


def write(address: Address) -> dict[str, list[str]]:
    """Return the query parameters of an address; defaults are left out. `read(write(a)) == a`."""
    params: dict[str, list[str]] = {}
    if address.question:
        params["q"] = [address.question]
    for name in FILTERS:
        if address.filters.get(name):
            params[name] = list(address.filters[name])
    if address.years:
        low, high = address.years
        params["year"] = [str(low) if low == high else f"{low}..{high}"]
    if address.sort != SORTS[0]:
        params["sort"] = [address.sort]
    if address.match != MATCHES[0]:
        params["match"] = [address.match]
    if address.page > 1:
        params["page"] = [str(address.page)]
    if address.passage:
        params["passage"] = [address.passage]
    if address.language:
        params["lang"] = [address.language]
    return params


def _values(raw: Sequence[str]) -> tuple[str, ...]:
    cleaned = (clean_question(value)[:_MAX_VALUE] for value in raw[:_MAX_VALUES])
    return tuple(dict.fromkeys(value for value in cleaned if value))


def _years(raw: str) -> tuple[int, int] | None:
    match = _YEARS.fullmatch(raw) if raw.isascii() else None
    if match is None:
        return None
    low, high = int(match[1]), int(match[2] or match[1])
    return (low, high) if low <= high else (high, low)


def read_address(
    language: str, document: str, page: int | None = None, beside: tuple[str, int] | None = None
) -> str:
    """Return the address of a document in the reading view, at a page (physical, from 1), with another page beside."""
    words = {"document": document, **({"n": page} if page else {})}
    words |= {"with": beside[0], "m": beside[1]} if beside else {}
    return "./read?" + urlencode({**words, "lang": language})


def query(question: str, language: str | None = None) -> str:
    """Return the query string of a link that asks a question."""
    return urlencode(write(Address(question=clean_question(question), language=language)), doseq=True)
