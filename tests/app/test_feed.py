"""A search as an Atom feed: it validates, leads back to passages, and tells what came last first."""

import base64
import json
import re
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import pytest
from cited_samples import a_document, a_passage
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from starlette.applications import Starlette
from starlette.testclient import TestClient

from app.checks.verify import verify_file
from app.cli import main
from app.exports.feed import MIME, NEVER, atom
from app.exports.quotable import permalink, search_link
from app.service import site
from app.service.search import came, moment, only, search
from app.service.site import Site
from app.settings import Settings
from app.ui import address
from app.web.api import routes
from index.ranking.hits import Hit, unranked
from index.search import Searcher
from ingest.errors import UsageError
from ingest.library.library import Library
from ingest.library.records import StoredPassage

RULES = etree.RelaxNG(etree.parse(str(Path(__file__).with_name("atom.rng"))))
A = "{http://www.w3.org/2005/Atom}"
BASE = "http://127.0.0.1:8501"


def client(served: Site, peer: str = "127.0.0.1") -> TestClient:
    site.install(served)
    return TestClient(Starlette(routes=routes(served)), base_url=BASE, client=(peer, 50_000))


@pytest.fixture
def api(small_library: Path, small_corpus: Path) -> TestClient:
    return client(Site(small_library, small_corpus))


def validated(content: bytes) -> etree._Element:
    """Return the feed, which must keep the rules of RFC 4287."""
    feed = etree.fromstring(content)
    RULES.assertValid(feed)
    ids = [str(one.text) for one in feed.iter(f"{A}id")]
    assert len(ids) == len(set(ids))
    kinds = [str(link.get("rel")) for link in feed.findall(f"{A}link")]
    assert kinds.count("self") == 1
    assert all(len(entry.findall(f"{A}link[@rel='alternate']")) == 1 for entry in feed.findall(f"{A}entry"))
    return feed


def hits(texts: Iterable[str], added: Iterable[str]) -> list[Hit]:
    found = []
    for number, (text, moment_) in enumerate(zip(texts, added, strict=True)):
        passage = replace(a_passage(text or "-"), id=f"{number:032x}")
        document = replace(a_document(), added=moment_)
        found.append(unranked(StoredPassage(passage, document.id, 0), document))
    return found


def written(found: list[Hit], question: str = "oxygen?") -> bytes:
    return atom(
        found,
        question=question,
        own=f"{BASE}/api/feed?q=oxygen",
        page=f"{BASE}/?q=oxygen",
        link_to=lambda ident: permalink(BASE, ident),
    )


def test_a_feed_of_the_api_validates_and_its_passages_are_verbatim(
    api: TestClient, small_library: Path, tmp_path: Path
) -> None:
    answer = api.get("/api/feed", params={"q": "Who has a SIS policy?", "filter": "country=PER"})
    assert (answer.status_code, answer.headers["content-type"]) == (200, MIME)
    feed = validated(answer.content)
    entries = feed.findall(f"{A}entry")
    assert entries and feed.findtext(f"{A}title") == "Who has a SIS policy?"
    own = feed.find(f"{A}link[@rel='self']")
    assert own is not None and api.get(str(own.get("href"))).content == answer.content
    lines = [
        {"text": entry.findtext(f"{A}content"), "document": {"id": "clinics.pdf"}, "pages": [2, 2]}
        for entry in entries
        if "31 percent" in str(entry.findtext(f"{A}content"))
    ]
    file = tmp_path / "export.jsonl"
    file.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    assert lines and verify_file(file, Library.open(small_library)).all_found


def test_an_entry_leads_to_its_passage_and_the_feed_to_its_search(api: TestClient) -> None:
    feed = validated(api.get("/api/feed", params={"q": "SIS policy", "filter": "language=en"}).content)
    links = [str(one.get("href")) for one in feed.iter(f"{A}link") if one.get("rel") == "alternate"]
    assert links[0] == f"{BASE}/?q=SIS+policy&doclang=en"
    passage = re.search(r"passage=([0-9a-f]{32})", links[1])
    assert passage is not None and api.get(f"/api/passages/{passage[1]}").status_code == 200


def test_without_a_page_the_links_lead_into_the_api(small_library: Path, small_corpus: Path) -> None:
    alone = client(Site(small_library, small_corpus, page=False))
    feed = validated(alone.get("/api/feed", params={"q": "SIS policy", "filter": "country=PER"}).content)
    links = [str(one.get("href")) for one in feed.iter(f"{A}link") if one.get("rel") == "alternate"]
    assert alone.get(links[0]).json()["hits"] and alone.get(links[1]).status_code == 200


def test_a_reader_that_has_it_already_gets_nothing(api: TestClient) -> None:
    first = api.get("/api/feed", params={"q": "SIS policy"})
    again = api.get("/api/feed", params={"q": "SIS policy"}, headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_what_answers_nothing_is_an_empty_feed(api: TestClient) -> None:
    feed = validated(api.get("/api/feed", params={"q": "SIS", "filter": "country=JPN"}).content)
    assert feed.findall(f"{A}entry") == [] and feed.findtext(f"{A}updated") == NEVER


@pytest.mark.parametrize(
    "params", [{}, {"q": " "}, {"q": "x", "filter": "colour=red"}, {"q": "x", "mode": "magic"}]
)
def test_a_wrong_feed_is_a_problem(api: TestClient, params: dict[str, str]) -> None:
    assert api.get("/api/feed", params=params).status_code == 400


def test_a_feed_asks_for_the_token_which_readers_send_as_a_password(
    small_library: Path, small_corpus: Path
) -> None:
    away = client(Site(small_library, small_corpus, Settings(api_token="öffne")), "10.0.0.9")

    def status(header: str | None) -> int:
        headers = {b"Authorization": header.encode()} if header else {}
        return away.get("/api/feed", params={"q": "SIS policy"}, headers=headers).status_code

    def basic(words: bytes) -> str:
        return "Basic " + base64.b64encode(words).decode()

    assert status(None) == 401
    assert status(basic("anna:öffne".encode())) == 200
    assert [
        status(basic(b"anna:other")),
        status(basic(b"\xff:\xff")),
        status("Basic !"),
        status("öffne"),
    ] == [401] * 4


def test_the_newest_document_says_when_the_feed_was_changed() -> None:
    times = ["2026-05-02T00:00:00+00:00", "2026-05-01T00:00:00+00:00"]
    feed = validated(written(hits(["a", "b"], times)))
    assert feed.findtext(f"{A}updated") == times[0]


@settings(max_examples=40, deadline=None)
@given(st.lists(st.text(max_size=80), max_size=4), st.text(min_size=1, max_size=80))
def test_any_words_make_a_valid_feed(texts: list[str], question: str) -> None:
    validated(written(hits(texts, ["2026-05-02T00:00:00+00:00"] * len(texts)), question))


def test_the_address_of_a_search_opens_the_same_search() -> None:
    filters = {"language": ["es"], "country": ["PER", "COL"], "year": ["2019..2020"]}
    words = dict[str, list[str]]()
    for name, value in [
        part.split("=") for part in search_link(BASE, "salud", filters).partition("?")[2].split("&")
    ]:
        words.setdefault(name, []).append(value)
    assert address.read(words).search_filters() == filters


def test_since_keeps_what_came_from_then_on(small_library: Path) -> None:
    searcher = Searcher.open(small_library)
    added = came(searcher.snapshot.documents[0])
    for since, there in ((added, True), (moment("2099-01-01", "x"), False)):
        found = search(searcher, "insurance policy", mode="lexical", since=since)
        assert bool(found.result.hits) == there and found.unknown_values == ()
    both = search(searcher, "insurance", mode="lexical", since=added, filters={"document": ["note.html"]})
    assert {hit.document.file for hit in both.result.hits} <= {"note.html"}


def test_a_moment_is_a_date_or_a_time() -> None:
    assert moment("2026-05-31", "x").isoformat() == "2026-05-31T00:00:00+00:00"
    assert moment("2026-05-31T14:00-05:00", "x") == moment("2026-05-31T19:00", "x")
    with pytest.raises(UsageError, match="--since soon: write a date"):
        moment("soon", "--since")


def test_only_lets_nothing_pass_where_nothing_may() -> None:
    assert only([], None) == {"document": ["-"]}
    assert only([a_document()], {"country": ["JPN"]}) == {"document": ["-"]}


@pytest.mark.parametrize(
    ("date", "code", "hits"), [("2020-01-01", 0, True), ("2099-01-01", 0, False), ("soon", 2, False)]
)
def test_the_command_line_keeps_to_what_came_since(
    small_library: Path, capsys: pytest.CaptureFixture[str], date: str, code: int, hits: bool
) -> None:
    words = ["search", "SIS policy", "--mode", "lexical", "--json", "--library", str(small_library)]
    with pytest.raises(SystemExit) as stop:
        main([*words, "--since", date])
    out = capsys.readouterr()
    assert stop.value.code == code
    assert bool(json.loads(out.out)["hits"]) == hits if code == 0 else "--since soon: write a date" in out.err
