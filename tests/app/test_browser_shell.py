"""What the browser gets beside Streamlit's page: a key in a cookie, our script, a place to send a last note to."""

import json
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import HTTPConnection, Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Route
from starlette.testclient import TestClient

from app.exports.brief import Brief, Item
from app.service.briefs import Briefs
from app.service.owner_folder import owner_of
from app.service.site import Site
from app.service.typed_texts import TypedTexts
from app.ui import visitor
from app.web import browser
from ingest.library.library import Library

PAGE = "<html><head><title>x</title></head><body>ñ</body></html>"
HTML = {"accept": "text/html"}


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return Site(tmp_path)


@pytest.fixture
def client(site: Site) -> TestClient:
    async def page(_: Request) -> Response:
        return HTMLResponse(PAGE)

    async def other(_: Request) -> Response:
        return PlainTextResponse(PAGE)

    async def known(_: Request) -> Response:
        return Response(status_code=304)

    routes = [Route("/", page), Route("/x", other), Route("/known", known), *browser.routes(site)]
    app = Starlette(routes=routes, middleware=[Middleware(browser.Shell)])
    return TestClient(app, base_url="http://127.0.0.1:8501")


def test_the_page_and_its_middleware_mean_the_same_cookie() -> None:
    assert visitor.COOKIE == browser.COOKIE


def test_the_script_is_added_and_the_length_is_right(client: TestClient) -> None:
    answer = client.get("/", headers=HTML)
    assert answer.text == PAGE.replace("</head>", '<script src="./page/page.js" defer></script></head>')
    assert int(answer.headers["content-length"]) == len(answer.content)
    assert client.get("/x", headers=HTML).text == PAGE
    script = client.get("/page/page.js")
    assert script.headers["content-type"].startswith("text/javascript") and "pagehide" in script.text


def test_a_browser_gets_one_key_that_scripts_cannot_read(client: TestClient) -> None:
    given = client.get("/", headers=HTML).headers["set-cookie"]
    assert {"HttpOnly", "SameSite=Lax", "Path=/"} <= set(given.split("; "))
    assert "Secure" not in given
    assert "set-cookie" not in client.get("/", headers=HTML).headers
    client.cookies.clear()
    assert client.get("/known", headers=HTML).headers["set-cookie"] != given
    client.cookies.clear()
    assert "set-cookie" not in client.get("/page/page.js").headers


@pytest.mark.parametrize(
    "cookie", ["", "pincite_key=short", "pincite_key=" + "a" * 200, "a b=c;;=", "pincite_key=" + "é" * 43]
)
def test_a_broken_key_is_no_key(cookie: str) -> None:
    scope = {"type": "http", "headers": [(b"cookie", cookie.encode())]}
    assert browser.key_of(HTTPConnection(scope)) is None


@pytest.fixture
def item(small_library: Path) -> Item:
    with Library.open(small_library) as library:
        document = library.document("clinics.pdf")
        assert document is not None
        return Item(document, next(iter(library.passages(document.id))).passage, "why?")


def test_the_last_keystrokes_of_a_page_are_kept(client: TestClient, site: Site, item: Item) -> None:
    client.get("/", headers=HTML)
    store = Briefs(site.library, owner_of(client.cookies[browser.COOKIE]))
    made = store.create("Mine", Brief((item,)))
    sent = {"brief": made.id, "passage": item.passage.id, "base": "", "text": "the last words"}
    assert client.post("/page/note", content=json.dumps(sent)).status_code == 200
    assert store.get(made.id).brief.items[0].note == "the last words"  # type: ignore[union-attr]
    refused = {
        "another site": client.post(
            "/page/note", content=json.dumps(sent), headers={"origin": "https://evil.example"}
        ),
        "another brief": client.post("/page/note", content=json.dumps({**sent, "brief": "0" * 12})),
        "not JSON": client.post("/page/note", content=b"{"),
        "deep": client.post("/page/note", content=b"[" * 60_000),
        "not texts": client.post("/page/note", content=json.dumps({**sent, "text": 1})),
        "too long": client.post("/page/note", content=json.dumps({**sent, "text": "x" * 100_000})),
    }
    codes = {name: answer.status_code for name, answer in refused.items()}
    assert codes == {
        "another site": 403, "another brief": 404, "not JSON": 400, "deep": 400, "not texts": 400, "too long": 413,
    }  # fmt: skip
    client.cookies.clear()
    assert client.post("/page/note", content=json.dumps(sent)).status_code == 403


def test_what_a_field_sent_before_is_the_base_of_a_note(client: TestClient, site: Site, item: Item) -> None:
    client.get("/", headers=HTML)
    store = Briefs(site.library, owner_of(client.cookies[browser.COOKIE]))
    made = store.create("Mine", Brief((item,)))
    store.note(made.id, item.passage.id, "", "hel")
    sent = {"brief": made.id, "passage": item.passage.id, "base": "", "text": "hello", "told": "hel"}
    assert client.post("/page/note", content=json.dumps(sent)).status_code == 200
    assert store.get(made.id).brief.items[0].note == "hello"  # type: ignore[union-attr]


def test_what_is_typed_elsewhere_is_kept_for_the_browser(client: TestClient, site: Site) -> None:
    sent = {"place": "draft_text", "text": "Ñandú", "page": "p", "turn": 1}
    assert client.post("/page/typed", content=json.dumps(sent)).status_code == 403, "no key yet"
    client.get("/", headers=HTML)
    assert client.post("/page/typed", content=json.dumps(sent)).status_code == 200
    kept = TypedTexts(site.library, owner_of(client.cookies[browser.COOKIE]))
    assert kept.texts() == {"draft_text": "Ñandú"}
    refused = {
        "no place": {**sent, "place": "elsewhere"},
        "no text": {**sent, "text": None},
        "no turn": {**sent, "turn": "1"},
        "a list": [sent],
        "too long": {**sent, "text": "x" * 2_000_000},
    }
    codes = {
        name: client.post("/page/typed", content=json.dumps(body)).status_code
        for name, body in refused.items()
    }
    assert codes == {"no place": 400, "no text": 400, "no turn": 400, "a list": 400, "too long": 413}
    assert kept.texts() == {"draft_text": "Ñandú"}
    evil = client.post("/page/typed", content=json.dumps(sent), headers={"origin": "https://evil.example"})
    assert evil.status_code == 403
