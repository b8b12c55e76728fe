"""/api answers this machine, or whoever has the token; file links are signed."""

import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from httpx2 import QueryParams, Response
from starlette.applications import Starlette
from starlette.testclient import TestClient

from app.service import file_links, site
from app.service.site import Site
from app.settings import Settings
from app.web.api import routes

LOCAL = ("127.0.0.1", 50_000)


def client(served: Site, peer: tuple[str, int] = LOCAL, base: str = "http://127.0.0.1:8501") -> TestClient:
    site.install(served)
    return TestClient(Starlette(routes=routes(served)), base_url=base, client=peer)


@pytest.fixture
def own(small_library: Path, small_corpus: Path) -> Site:
    return Site(small_library, small_corpus)


@pytest.fixture
def api(own: Site) -> TestClient:
    return client(own)


def is_problem(answer: Response) -> bool:
    """Return whether an answer is a problem as RFC 9457 has it, with its line under two names."""
    told = answer.json()
    return (
        answer.headers["content-type"] == "application/problem+json"
        and set(told) == {"type", "title", "status", "detail", "error"}
        and told["status"] == answer.status_code
        and told["detail"] == told["error"]
        and "\n" not in told["detail"]
    )


def first(api: TestClient) -> dict[str, Any]:
    found = api.get("/api/search", params={"q": "SIS policy", "mode": "lexical"}).json()
    return dict(found["hits"][0])


def test_search_answers_with_the_search_object(api: TestClient) -> None:
    answer = api.get("/api/search", params={"q": "SIS policy", "mode": "lexical", "k": 2})
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    found = answer.json()
    assert set(found) >= {"question", "mode", "answerable", "confidence", "hits"}
    assert found["question"] == "SIS policy" and len(found["hits"]) <= 2
    assert "31 percent" in found["hits"][0]["text"]


def test_pages_give_the_raw_text_that_spans_index(api: TestClient) -> None:
    hit = first(api)
    page, start, end = hit["spans"][0]
    stored = api.get(f"/api/documents/{hit['document']['id']}/pages/{page}").json()
    assert stored["page"] == page
    assert stored["text"][start:end].split()[0] == hit["text"].split()[0]


def test_filters_are_those_of_the_command_line(api: TestClient) -> None:
    params = QueryParams(
        [("q", "health"), ("mode", "lexical"), ("filter", "language=es"), ("filter", "publisher=nobody")]
    )
    assert api.get("/api/search", params=params).json()["hits"] == []


def test_documents_and_files(api: TestClient, small_corpus: Path) -> None:
    documents = api.get("/api/documents").json()
    assert {d["file"] for d in documents} == {"clinics.pdf", "mental.txt", "note.html", "broken.pdf"}
    ident = {d["file"]: d["id"] for d in documents}
    pdf = api.get(f"/api/documents/{ident['clinics.pdf']}/file")
    assert pdf.content == (small_corpus / "clinics.pdf").read_bytes()
    assert pdf.headers["content-type"] == "application/pdf"
    assert pdf.headers["content-disposition"].startswith("inline")
    page = api.get(f"/api/documents/{ident['note.html']}/file")
    assert page.headers["content-type"] == "application/octet-stream"
    assert page.headers["content-disposition"].startswith("attachment")
    assert page.headers["x-content-type-options"] == "nosniff"


BAD = {
    "empty": {"q": ""},
    "control": {"q": "\x00\x1b"},
    "long": {"q": "x" * 1_001},
    "k_padded": {"q": "x", "k": "000001" + "0" * 5_000},
    "k_shifted": {"q": "x", "k": "000001000000"},
    "year_long": {"q": "x", "filter": "year=" + "2" * 5_000},
    "k": {"q": "x", "k": "0"},
    "k_large": {"q": "x", "k": "101"},
    "k_word": {"q": "x", "k": "ten"},
    "k_digit": {"q": "x", "k": "²"},
    "mode": {"q": "x", "mode": "magic"},
    "filter": {"q": "x", "mode": "lexical", "filter": "publisher"},
    "filter_key": {"q": "x", "mode": "lexical", "filter": "colour=red"},
    "year": {"q": "x", "mode": "lexical", "filter": "year=soon"},
}


@pytest.mark.parametrize("params", BAD.values(), ids=BAD)
def test_bad_requests_get_one_line(api: TestClient, params: dict[str, str]) -> None:
    answer = api.get("/api/search", params=params)
    assert answer.status_code == 400
    assert is_problem(answer)


def test_unknown_things_are_not_found(api: TestClient) -> None:
    assert api.get(f"/api/documents/{'0' * 32}").status_code == 404
    pages = f"/api/documents/{first(api)['document']['id']}/pages"
    for number in ("999", "0", "-1", "one", "9" * 30, "1" * 5_000):
        assert api.get(f"{pages}/{number}").status_code == 404
    assert api.get("/api/documents/..%2f..%2fetc%2fpasswd/file").status_code == 404


@pytest.mark.parametrize("path", ["", "/", "/serch", "/documents/", "/documents/a/b", "/search/x?q=y"])
def test_unknown_addresses_are_not_found(api: TestClient, path: str) -> None:
    answer = api.get(f"/api{path}", follow_redirects=False)
    assert answer.status_code == 404
    assert is_problem(answer)


def test_other_sites_and_forged_hosts_are_refused(own: Site, api: TestClient) -> None:
    for headers in (
        {"Origin": "http://evil.example"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Host": "evil.example"},
        {"Host": "127.0.0.1.evil.example:8501"},
    ):
        assert api.get("/api/documents", headers=headers).status_code == 403, headers
    assert api.get("/api/documents", headers={"Sec-Fetch-Site": "same-origin"}).status_code == 200


def test_without_a_token_only_this_machine_is_answered(own: Site) -> None:
    assert client(own, ("10.0.0.9", 1)).get("/api/documents").status_code == 403
    opened = Site(own.library, own.corpus, host="0.0.0.0")
    assert client(opened).get("/api/documents").status_code == 403
    forged = client(opened, ("10.0.0.9", 1)).get("/api/documents", headers={"X-Forwarded-For": "127.0.0.1"})
    assert forged.status_code == 403


def test_a_token_opens_it(own: Site) -> None:
    secret = Site(own.library, own.corpus, Settings(api_token="s3cret"), host="0.0.0.0")
    api = client(secret, ("10.0.0.9", 1))
    assert api.get("/api/documents").status_code == 401
    assert api.get("/api/documents", headers={"Authorization": "Bearer wrong"}).status_code == 401
    assert api.get("/api/documents", headers={"Authorization": "Bearer s3cret"}).status_code == 200


def status_of(port: int, path: str, host: str) -> int:
    """Ask a running server for a path, or with `/_stcore/stream` for a WebSocket, under a host name."""
    lines = [f"GET {path} HTTP/1.1", f"Host: {host}:{port}", f"Origin: http://{host}:{port}"]
    if path == "/_stcore/stream":
        lines += ["Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13"]
        lines += ["Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="]
    with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
        connection.sendall("\r\n".join([*lines, "", ""]).encode())
        return int(connection.recv(4_096).split()[1])


def test_no_part_of_the_page_answers_to_a_foreign_name(
    small_library: Path, small_corpus: Path, tmp_path: Path, start_server: Callable[..., Any]
) -> None:
    port = int(start_server(small_library, small_corpus, tmp_path).url.rpartition(":")[2])
    open_paths = ("/", "/_stcore/health", "/_stcore/host-config", "/api/documents", "/any/page")
    for path in open_paths:
        for host in ("127.0.0.1", "localhost", "LOCALHOST"):
            assert status_of(port, path, host) == 200, (path, host)
        for host in ("evil.example", "127.0.0.1.evil.example", "e_vil.example", "a@b", "[::1", "0.0.0.0", ""):
            assert status_of(port, path, host) in {400, 403}, (path, host)
    assert status_of(port, "/_stcore/stream", "127.0.0.1") == 101
    assert status_of(port, "/_stcore/stream", "evil.example") == 403
    assert status_of(port, "/api/unknown", "localhost") == 404


def test_a_server_for_other_machines_answers_to_any_name(own: Site) -> None:
    assert site.answers_to(Site(own.library, host="0.0.0.0"), "papers.example")
    assert site.answers_to(Site(own.library, host="192.168.1.5"), "127.0.0.1")
    assert not site.answers_to(own, "papers.example")


def test_file_links_need_their_signature(api: TestClient) -> None:
    ident = first(api)["document"]["id"]
    assert api.get(file_links.link(ident)).status_code == 200
    assert api.get(f"/files/{'0' * 32}/{ident}").status_code == 403
    assert file_links.link(ident, 9).endswith(f"{ident}#page=9")


def test_links_in_the_corpus_are_not_followed(own: Site, tmp_path: Path) -> None:
    outside = tmp_path / "outside.pdf"
    outside.write_bytes(b"%PDF-1.7 secret")
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    (corpus / "clinics.pdf").symlink_to(outside)
    moved = client(Site(own.library, corpus))
    ident = first(client(own))["document"]["id"]
    site.install(Site(own.library, corpus))
    answer = moved.get(f"/api/documents/{ident}/file")
    assert answer.status_code == 404
    assert is_problem(answer)
    assert answer.json()["error"] == "The file is no longer in the corpus folder."


def test_no_library_is_not_found(tmp_path: Path) -> None:
    answer = client(Site(tmp_path / "none")).get("/api/search", params={"q": "x"})
    assert answer.status_code == 404


def test_the_api_describes_itself(api: TestClient) -> None:
    found = api.get("/api/openapi.json").json()
    assert set(found["paths"]) == {
        "/api/health",
        "/api/feed",
        "/api/search",
        "/api/batch",
        "/api/documents",
        "/api/facets",
        "/api/documents/{id}",
        "/api/documents/{id}/citation",
        "/api/documents/{id}/pages",
        "/api/documents/{id}/pages/{n}",
        "/api/documents/{id}/pages/{n}/image",
        "/api/documents/{id}/passages",
        "/api/documents/{id}/file",
        "/api/passages/{id}",
        "/api/passages/{id}/citation",
        "/api/verify",
        "/api/status",
        "/api/ingest",
        "/api/ingest/events",
    }
    assert found["openapi"].startswith("3.1")
    names = {parameter["name"] for parameter in found["paths"]["/api/search"]["get"]["parameters"]}
    assert names == {"q", "k", "mode", "filter", "since"}
    assert "SearchObject" in found["components"]["schemas"]


def test_the_search_object_is_the_one_described(api: TestClient) -> None:
    from pydantic import TypeAdapter

    from app.exports.schema import DocumentFacts, PageAnswer, SearchObject

    found = api.get("/api/search", params={"q": "SIS policy costs $7", "mode": "hybrid"}).json()
    TypeAdapter(SearchObject).validate_python(found, strict=True, extra="forbid")
    documents = api.get("/api/documents").json()
    TypeAdapter(list[DocumentFacts]).validate_python(documents, strict=True, extra="forbid")
    page = api.get(f"/api/documents/{found['hits'][0]['document']['id']}/pages/1").json()
    TypeAdapter(PageAnswer).validate_python(page, strict=True, extra="forbid")


@pytest.mark.parametrize("path", ["/docs", "/redoc", "/openapi.json", "/api/redoc"])
def test_no_page_of_documentation_of_others_is_served(api: TestClient, path: str) -> None:
    assert api.get(path).status_code == 404


def test_the_description_is_guarded_like_the_rest(own: Site) -> None:
    assert client(own, ("10.0.0.9", 1)).get("/api/openapi.json").status_code == 403


def test_head_and_other_methods(api: TestClient) -> None:
    head = api.head("/api/documents")
    assert (head.status_code, head.text) == (200, "")
    assert api.post("/api/documents").status_code == 405


FAULTS = {
    "k": ({"q": "x", "k": "0"}, "k must be a number from 1 to 100"),
    "mode": ({"q": "x", "mode": "magic"}, "mode must be one of hybrid, lexical, dense"),
    "empty": ({"q": " "}, "q is empty"),
    "long": ({"q": "x" * 1_001}, "q is longer than 1000 characters"),
    "filter": ({"q": "x", "filter": "year"}, "filter year: expected KEY=VALUE with a key of publisher"),
}


@pytest.mark.parametrize("case", FAULTS)
def test_a_fault_is_told_in_plain_words(api: TestClient, case: str) -> None:
    params, message = FAULTS[case]
    assert api.get("/api/search", params=params).json()["error"].startswith(message)
