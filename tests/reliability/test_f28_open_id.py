"""F28: people who log in with OpenID Connect: claims become roles, and nobody comes in beside the log-in."""

import http.cookiejar
import json
import re
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import oidc_provider
import pytest
from drawn_pages import draw, html
from running_service import running
from starlette.requests import HTTPConnection
from starlette.testclient import TestClient
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect
from websockets.typing import Origin, Subprotocol

from app.service import log_in
from app.service.log_in import logged_in, person_of
from app.service.site import Person, Site, may_edit, may_upload
from app.settings import Settings, load_settings
from app.web.people import person
from app.web.security import Guard
from ingest.errors import UsageError

SECRET = "s" * 40
SETTINGS = Settings(
    oidc_issuer="https://login.example", oidc_client_id="pincite", oidc_client_secret="x", oidc_cookie_secret=SECRET,
    oidc_editors=("editors",), oidc_readers=("readers",), public_url="https://papers.example", upload=True,
)  # fmt: skip
SITE = Site(Path("library"), settings=SETTINGS)
ANA = {"email": "ana@x.example", "groups": ["editors", "staff"]}

ROLES: dict[str, tuple[dict[str, Any], tuple[str, bool, bool] | None]] = {
    "an editor reads too": (ANA, ("ana@x.example", True, True)),
    "a reader": ({"email": "bob", "groups": ["readers"]}, ("bob", False, True)),
    "one group as text": ({"email": "bob", "groups": "readers"}, ("bob", False, True)),
    "another group": ({"email": "eve", "groups": ["guests"]}, ("eve", False, False)),
    "no group": ({"email": "eve"}, ("eve", False, False)),
    "groups that are none": ({"email": "eve", "groups": {"editors": 1}}, ("eve", False, False)),
    "numbers among groups": ({"email": "eve", "groups": [7, None]}, ("eve", False, False)),
    "no mail": ({"sub": "0815", "groups": ["readers"]}, ("0815", False, True)),
    "no name at all": ({"groups": ["editors"]}, None),
    "a name that is none": ({"email": "a\nb", "groups": ["editors"]}, None),
    "a long name": ({"email": "a" * 201}, None),
    "a name that is a list": ({"email": ["ana"]}, None),
}


@pytest.mark.parametrize("case", ROLES)
def test_roles_by_claim(case: str) -> None:
    claims, wanted = ROLES[case]
    found = person_of(claims, SETTINGS)
    assert (found and (str(found), found.editor, found.reader)) == wanted
    assert may_edit(SITE, found) == may_upload(SITE, found) == bool(wanted and wanted[1])


def test_a_claim_inside_another_and_editors_by_name() -> None:
    inside = Settings(oidc_role_claim="realm_access.roles", oidc_editors=("w",), editors=("ana",))
    assert person_of({"sub": "x", "realm_access": {"roles": ["w"]}}, inside) == "x"
    found = person_of({"sub": "x", "realm_access": {"roles": ["w"]}}, inside)
    assert found is not None and found.editor
    named = person_of({"email": "ana"}, inside)
    assert named is not None and named.editor
    assert may_edit(SITE, Person("ana", editor=True))
    assert not may_edit(SITE, "ana"), "a name alone says nothing here"


def cookie(claims: dict[str, Any], secret: str = SECRET, name: str = "_streamlit_user") -> dict[str, str]:
    from streamlit.web.server.starlette.starlette_app_utils import create_signed_value

    made = create_signed_value(secret, name, json.dumps(claims))
    return {"_streamlit_user": made.decode() if isinstance(made, bytes) else made}


FRESH: dict[str, Any] = {"is_logged_in": True, "origin": "https://papers.example", "iat": 1_000_000}
COOKIES: dict[str, tuple[Callable[[], dict[str, str]], bool]] = {
    "right": (lambda: cookie(FRESH | ANA), True),
    "another secret": (lambda: cookie(FRESH | ANA, "t" * 40), False),
    "another cookie's value": (lambda: cookie(FRESH | ANA, name="_streamlit_xsrf"), False),
    "another site": (lambda: cookie(FRESH | ANA | {"origin": "https://other.example"}), False),
    "logged out": (lambda: cookie(FRESH | ANA | {"is_logged_in": False}), False),
    "no time": (lambda: cookie({**FRESH, **ANA, "iat": None}), False),
    "too old": (lambda: cookie(FRESH | ANA | {"iat": 1_000_000 - 12 * 3600 - 9}), False),
    "a list": (lambda: cookie([1]), False),  # type: ignore[arg-type]
    "nothing": (dict, False),
    "garbage": (lambda: {"_streamlit_user": "\xff;x"}, False),
}


@pytest.mark.parametrize("case", COOKIES)
def test_only_a_cookie_of_this_site_names_anybody(case: str) -> None:
    make, known = COOKIES[case]
    assert (logged_in(make(), SITE, now=1_000_005.0) is not None) == known


def test_an_hour_too_long_is_too_long() -> None:
    made = cookie(FRESH | ANA)
    assert logged_in(made, SITE, now=1_000_000 + 12 * 3600) == "ana@x.example"
    assert logged_in(made, SITE, now=1_000_000 + 12 * 3600 + 1) is None


WRONG = {
    'oidc_issuer = "http://login.example"\noidc_client_id = "a"\noidc_client_secret = "b"': "begins with https",
    'oidc_issuer = "https://login.example"': "needs oidc_client_id",
    'oidc_cookie_secret = "short"': "at least 32 characters",
    "oidc_hours = 0": "from 1 to 720",
    'user_header = "X"\noidc_issuer = "https://l.example"\noidc_client_id = "a"\noidc_client_secret = "b"': "not both",
}  # fmt: skip


@pytest.mark.parametrize("written", WRONG)
def test_wrong_settings_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, written: str) -> None:
    (tmp_path / "pincite.toml").write_text(written)
    monkeypatch.setenv("PINCITE_CONFIG", str(tmp_path / "pincite.toml"))
    with pytest.raises(UsageError, match=WRONG[written]) as caught:
        load_settings()
    assert "pincite.toml" in str(caught.value)


# Before the page ----------------------------------------------------------------------------------


async def inside(scope: Any, receive: Any, send: Any) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"inside"})


@pytest.fixture
def guarded() -> TestClient:
    return TestClient(Guard(inside, SITE), base_url="https://papers.example")


def signed_in(client: TestClient, **claims: Any) -> TestClient:
    client.cookies.update(cookie(FRESH | claims | {"iat": time.time()}))
    return client


def test_nobody_sees_anything_but_the_log_in(guarded: TestClient) -> None:
    page = guarded.get("/", headers={"accept": "text/html", "accept-language": "pt"})
    assert page.status_code == 401
    assert re.search(r'href="/auth/login\?provider=[\w.-]+"', page.text)
    assert 'lang="pt"' in page.text and "inside" not in page.text
    for path in (
        "/library",
        "/static/x.js",
        "/media/a.png",
        "/files/a/b",
        "/_stcore/health",
        "/page/note",
        "/apix",
    ):
        answer = guarded.get(path)
        assert (answer.status_code, answer.json()) == (401, {"error": "log in first"}), path
    for path in ("/api/search", "/healthz", "/readyz", "/auth/login", "/auth/logout", "/oauth2callback"):
        assert guarded.get(path).text == "inside", path


def test_who_may_not_read_is_told_who_he_is(guarded: TestClient) -> None:
    answer = signed_in(guarded, email="<eve>", groups=["guests"]).get("/", headers={"accept": "text/html"})
    assert answer.status_code == 403
    assert "&lt;eve&gt;" in answer.text and 'href="/auth/logout"' in answer.text
    assert guarded.get("/library").json() == {"error": "<eve> may not read here"}


def test_who_may_read_comes_in(guarded: TestClient) -> None:
    signed_in(guarded, email="bob", groups=["readers"])
    assert guarded.get("/").text == "inside"
    raw = [(b"cookie", "; ".join(f"{k}={v}" for k, v in guarded.cookies.items()).encode())]
    assert person(HTTPConnection({"type": "http", "headers": raw}), SITE) == "bob"
    assert guarded.get("/", headers={"origin": "https://evil.example"}).status_code == 403


def test_the_api_lets_nobody_in_beside_the_log_in(small_library: Path) -> None:
    from app.service import site
    from app.web.api import application

    before, here = site.current(), Site(small_library, settings=SETTINGS)
    site.install(here)
    try:
        client = TestClient(application(here), base_url="http://127.0.0.1", client=("127.0.0.1", 9))
        assert client.get("/api/documents").status_code == 401, "not even this machine, where a proxy runs"
        signed_in(client, email="eve", groups=[])
        assert client.get("/api/documents").status_code == 403
        signed_in(client, email="bob", groups=["readers"])
        assert client.get("/api/documents").status_code == 200
        assert client.post("/api/ingest").status_code == 403
    finally:
        site.install(before)


# The whole way, over HTTP ------------------------------------------------------------------------


class Browser:
    """What a browser keeps and follows: cookies and redirects."""

    def __init__(self, site: str) -> None:
        self.site = site
        self.jar = http.cookiejar.CookieJar()
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.jar))

    def get(self, path: str, **headers: str) -> tuple[int, str, str]:
        asked = urllib.request.Request(self.site + path, headers={"Accept": "text/html", **headers})
        try:
            with self.opener.open(asked, timeout=30) as answer:
                return answer.status, answer.url, answer.read().decode("utf-8", "replace")
        except urllib.error.HTTPError as error:
            return error.code, error.url or "", error.read().decode("utf-8", "replace")

    def log_in(self) -> tuple[int, str, str]:
        page = self.get("/")[2]
        link = re.search(r'href="(/auth/login[^"]*)"', page)
        assert link is not None, page
        return self.get(link[1])

    def socket(self, origin: str) -> int:
        sent = "; ".join(f"{one.name}={one.value}" for one in self.jar)
        try:
            with connect(
                f"ws{self.site.removeprefix('http')}/_stcore/stream",
                subprotocols=[Subprotocol("streamlit")],
                origin=Origin(origin),
                additional_headers={"Cookie": sent},
            ):
                return 101
        except InvalidStatus as error:
            return error.response.status_code


def test_a_page_that_is_open_for_longer_than_a_log_in_shows_the_way_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def page() -> None:
        from app.ui import shell

        shell.run()

    monkeypatch.setattr(log_in, "log_in_address", lambda: "/auth/login?provider=x&y")
    shown = html(draw(SITE, page))
    assert 'href="./auth/login?provider=x&amp;y"' in shown
    assert "Log in to search" in shown
    assert 'class="page-title"' not in shown


@pytest.fixture(scope="module")
def provider() -> Iterator[oidc_provider.Provider]:
    found = oidc_provider.Provider()
    server = oidc_provider.start(found)
    yield found
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def served(
    provider: oidc_provider.Provider, small_library: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    config = (
        f'oidc_issuer = "{provider.issuer}"\noidc_client_id = "{oidc_provider.CLIENT}"\n'
        f'oidc_client_secret = "{oidc_provider.SECRET}"\noidc_editors = ["editors"]\noidc_readers = ["readers"]\n'
    )
    with running("serve", small_library, tmp_path_factory.mktemp("oidc"), config, path="/healthz") as site:
        yield site


@pytest.mark.slow
def test_two_people_log_in_and_have_their_rights(served: str, provider: oidc_provider.Provider) -> None:
    provider.spoil = ""
    for claims, edits in ((ANA, 202), ({"email": "bob", "groups": ["readers"]}, 403)):
        browser = Browser(served)
        assert browser.socket(served) == 403, "nobody has a session before the log-in"
        provider.claims = claims
        status, address, page = browser.log_in()
        assert (status, address.rstrip("/")) == (200, served), page[:500]
        assert browser.socket(served) == 101
        assert browser.socket("https://evil.example") == 403
        assert browser.get("/api/documents")[0] == 200
        asked = urllib.request.Request(f"{served}/api/ingest", b"", method="POST")
        try:
            with browser.opener.open(asked, timeout=30) as answer:
                assert answer.status == edits
        except urllib.error.HTTPError as error:
            assert error.code == edits
        browser.get("/auth/logout")
        assert browser.get("/")[0] == 401 and browser.socket(served) == 403


@pytest.mark.slow
def test_a_guest_is_known_and_sees_nothing(served: str, provider: oidc_provider.Provider) -> None:
    provider.claims, provider.spoil = {"email": "eve", "groups": ["guests"]}, ""
    browser = Browser(served)
    status, _, page = browser.log_in()
    assert status == 403 and "eve" in page
    assert browser.socket(served) == 403


@pytest.mark.slow
@pytest.mark.parametrize("wrong", ["issuer", "audience", "old", "nonce", "signature", "unsigned"])
def test_a_wrong_token_lets_nobody_in(served: str, provider: oidc_provider.Provider, wrong: str) -> None:
    provider.claims, provider.spoil = ANA, wrong
    browser = Browser(served)
    assert browser.log_in()[0] == 401
    assert browser.socket(served) == 403 and browser.get("/api/documents")[0] == 401


@pytest.mark.slow
def test_a_log_in_that_somebody_else_began_is_not_taken(
    served: str, provider: oidc_provider.Provider
) -> None:
    provider.claims, provider.spoil = ANA, ""
    provider.codes["stolen"] = ""
    browser = Browser(served)
    assert browser.get("/oauth2callback?code=stolen&state=other")[0] == 401
    assert browser.get("/auth/login?provider=forged")[0] == 401
    assert browser.socket(served) == 403


def test_streamlit_is_told_where_people_log_in() -> None:
    told = log_in.streamlit_secrets(SITE)
    assert told is not None
    assert told["auth"]["redirect_uri"] == "https://papers.example/oauth2callback"
    assert told["auth"]["server_metadata_url"] == "https://login.example/.well-known/openid-configuration"
    assert log_in.streamlit_secrets(Site(Path("library"))) is None
    assert len(log_in.cookie_secret(Settings())) >= 32
