"""Which requests are answered at all: by name of the host, by site, by caller."""

import asyncio
import errno
import socket
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from app.service.site import Site, answers_to, is_loopback
from app.settings import Settings
from app.web import server
from app.web.access import Refused, api_callers, same_site
from app.web.security import HEADERS, Guard, host_name
from ingest.errors import PinciteError

HERE = Site(Path("library"))
OPEN = Site(Path("library"), settings=Settings(api_token="s3cret"), host="0.0.0.0")
LOOPBACK = {
    "127.0.0.1": True,
    "127.8.8.8": True,
    "::1": True,
    "localhost": True,
    "0.0.0.0": False,
    "x.org": False,
}


def request(peer: str = "127.0.0.1", **headers: str) -> Request:
    raw = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return Request({"type": "http", "method": "GET", "path": "/", "headers": raw, "client": (peer, 1)})


@pytest.mark.parametrize("host", LOOPBACK)
def test_addresses_of_this_machine(host: str) -> None:
    assert is_loopback(host) is LOOPBACK[host]
    assert answers_to(HERE, host) is LOOPBACK[host]
    assert answers_to(OPEN, host)


HOSTS = {
    "127.0.0.1:8501": "127.0.0.1",
    "[::1]:8501": "::1",
    "LOCALHOST": "localhost",
    "evil.example:80": "evil.example",
    "[::1": "",
    "": "",
}


@pytest.mark.parametrize("written", HOSTS)
def test_the_host_is_the_one_that_was_written(written: str) -> None:
    assert host_name(request(host=written)) == HOSTS[written]


SITES = {
    "no browser": ({"host": "127.0.0.1:8501"}, None),
    "own page": ({"host": "127.0.0.1:8501", "origin": "http://127.0.0.1:8501"}, None),
    "typed address": ({"host": "localhost", "sec_fetch_site": "none"}, None),
    "another port": ({"host": "127.0.0.1:8501", "origin": "http://127.0.0.1:80"}, "another site"),
    "another site": ({"host": "127.0.0.1", "sec_fetch_site": "cross-site"}, "another site"),
    "a null origin": ({"host": "127.0.0.1", "origin": "null"}, "another site"),
    "a foreign name": ({"host": "evil.example"}, "unknown host name"),
}


@pytest.mark.parametrize("case", SITES)
def test_requests_of_other_sites_are_refused(case: str) -> None:
    headers, refusal = SITES[case]
    check = same_site(HERE)(request(**headers))
    if refusal is None:
        asyncio.run(check)
        return
    with pytest.raises(Refused, match=refusal) as refused:
        asyncio.run(check)
    assert refused.value.status == 403


CALLERS = {
    "this machine": (HERE, "127.0.0.1", {}, None),
    "this machine, written as IPv6": (HERE, "::ffff:127.0.0.1", {}, None),
    "another machine": (HERE, "10.0.0.9", {}, 403),
    "no address": (HERE, "testclient", {}, 403),
    "the token": (OPEN, "10.0.0.9", {"authorization": "Bearer s3cret"}, None),
    "no token": (OPEN, "127.0.0.1", {}, 401),
    "another token": (OPEN, "10.0.0.9", {"authorization": "Bearer secret"}, 401),
    "another scheme": (OPEN, "10.0.0.9", {"authorization": "Basic s3cret"}, 401),
}


@pytest.mark.parametrize("case", CALLERS)
def test_callers(case: str) -> None:
    site, peer, headers, status = CALLERS[case]
    check = api_callers(site)(request(peer, **headers))
    if status is None:
        asyncio.run(check)
        return
    with pytest.raises(Refused) as refused:
        asyncio.run(check)
    assert refused.value.status == status


def guarded(site: Site) -> TestClient:
    def page(_: Request) -> PlainTextResponse:
        return PlainTextResponse("page", headers={"Referrer-Policy": "same-origin"})

    app = Starlette(routes=[Route("/", page)], middleware=[Middleware(Guard, site=site)])
    return TestClient(app, base_url="http://127.0.0.1:8501")


def test_every_answer_has_the_headers_that_it_does_not_set_itself() -> None:
    answer = guarded(HERE).get("/")
    assert answer.text == "page"
    wanted = {**HEADERS, "referrer-policy": "same-origin"}
    assert {name: answer.headers[name] for name in HEADERS} == wanted


def test_a_foreign_name_is_refused_with_the_headers_too() -> None:
    answer = guarded(HERE).get("/", headers={"Host": "evil.example"})
    assert (answer.status_code, answer.json()["error"]) == (403, "unknown host name")
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["detail"] == "unknown host name" and answer.json()["status"] == 403
    assert answer.headers["content-security-policy"] == HEADERS["content-security-policy"]


def test_no_other_host_is_named_in_the_policy() -> None:
    assert "http" not in HEADERS["content-security-policy"]


def test_a_taken_port_is_told_with_the_next_one() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(PinciteError, match=f"port {port} is taken .*serve --port {port + 1}") as fault:
            server.serve(Path("library"), port=port)
    assert isinstance(fault.value.__cause__, OSError) and fault.value.__cause__.errno == errno.EADDRINUSE


def test_an_address_of_another_machine_is_told() -> None:
    with pytest.raises(PinciteError, match=r"cannot listen on 192\.0\.2\.1"):
        server.serve(Path("library"), host="192.0.2.1", port=0)
