"""What programs can do over `/api` beside searching: read, cite, verify, follow an ingest, ask in batches."""

import io
import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from starlette.applications import Starlette
from starlette.testclient import TestClient

from app.service import ingest_jobs, site
from app.service.site import Site
from app.settings import Settings
from app.web.api import application, routes
from app.web.limits import Allowance, TooMany

LOCAL = ("127.0.0.1", 50_000)
AWAY = ("10.0.0.9", 1)


def client(served: Site, peer: tuple[str, int] = LOCAL) -> TestClient:
    site.install(served)
    return TestClient(Starlette(routes=routes(served)), base_url="http://127.0.0.1:8501", client=peer)


@pytest.fixture
def api(small_library: Path, small_corpus: Path) -> TestClient:
    return client(Site(small_library, small_corpus))


@pytest.fixture
def hit(api: TestClient) -> dict[str, Any]:
    return dict(api.get("/api/search", params={"q": "SIS policy", "mode": "lexical"}).json()["hits"][0])


def test_a_question_can_be_posted(api: TestClient) -> None:
    words = {"question": "SIS policy", "mode": "lexical", "k": 3, "filters": {"year": ["2020..2023"]}}
    found = api.post("/api/search", json=words).json()
    params = {"q": "SIS policy", "mode": "lexical", "k": "3", "filter": "year=2020..2023"}
    assert found == api.get("/api/search", params=params).json() and found["hits"]
    explained = api.post("/api/search", json={**words, "explain": True}).json()
    assert "explain" in explained and "explain" in explained["hits"][0]


BAD_POSTS = {
    "no question": {},
    "empty": {"question": " "},
    "a key too many": {"question": "x", "colour": 1},
    "k a text": {"question": "x", "k": "3"},
    "a wrong year": {"question": "x", "filters": {"year": ["soon"]}},
    "an unknown filter": {"question": "x", "filters": {"colour": ["red"]}},
}


@pytest.mark.parametrize("words", BAD_POSTS.values(), ids=BAD_POSTS)
def test_a_wrong_object_is_a_problem(api: TestClient, words: dict[str, Any]) -> None:
    answer = api.post("/api/search", json=words)
    assert (answer.status_code, answer.headers["content-type"]) == (400, "application/problem+json")


def test_every_path_is_there_under_its_version(api: TestClient) -> None:
    assert api.get("/api/v1/documents").json() == api.get("/api/documents").json()
    assert api.get("/api/v1/unknown").status_code == 404


def test_documents_part_by_part(api: TestClient) -> None:
    whole = api.get("/api/documents").json()
    answer = api.get("/api/documents", params={"limit": 3})
    assert answer.headers["x-total-count"] == "4"
    next_part = answer.headers["link"].partition(">")[0].removeprefix("<")
    rest = api.get(next_part)
    assert [*answer.json(), *rest.json()] == whole and "link" not in rest.headers
    chosen = api.get("/api/documents", params={"filter": "publisher=Ministry of Health"})
    assert [one["file"] for one in chosen.json()] == ["clinics.pdf"]
    assert chosen.headers["x-total-count"] == "1"


def test_facets_count_what_choosing_would_give(api: TestClient) -> None:
    found = api.get("/api/facets").json()
    assert found["publisher"] == {"Ministry of Health": 1} and found["year"] == {"2023": 1}
    assert api.get("/api/facets", params={"filter": "year=1999"}).json()["publisher"] == {}


def test_an_answer_is_not_sent_twice(api: TestClient, hit: dict[str, Any]) -> None:
    for path in ("/api/documents", f"/api/passages/{hit['passage_id']}", "/api/openapi.json"):
        one = api.get(path)
        again = api.get(path, headers={"If-None-Match": f'"other", W/{one.headers["etag"]}'})
        assert (again.status_code, again.content) == (304, b""), path
        assert again.headers["etag"] == one.headers["etag"]
        assert "no-store" not in one.headers["cache-control"]
        assert api.get(path, headers={"If-None-Match": '"other"'}).status_code == 200


def test_pages_and_passages_of_a_document(api: TestClient, hit: dict[str, Any]) -> None:
    base = f"/api/documents/{hit['document']['id']}"
    pages = api.get(f"{base}/pages").json()
    assert [page["page"] for page in pages] == [1, 2]
    assert pages[1] == api.get(f"{base}/pages/2").json()
    assert api.get(f"{base}/pages", params={"first": 2, "limit": 1}).json() == pages[1:]
    passages = api.get(f"{base}/passages").json()
    on_two = api.get(f"{base}/passages", params={"page": 2}).json()
    assert hit["passage_id"] in {one["passage_id"] for one in on_two}
    assert {one["passage_id"] for one in on_two} < {one["passage_id"] for one in passages}


def test_a_passage_knows_its_neighbours_and_its_link(api: TestClient, hit: dict[str, Any]) -> None:
    found = api.get(f"/api/passages/{hit['passage_id']}").json()
    assert found["text"] == hit["text"] and found["citation"] == hit["citation"]
    assert found["permalink"] == f"http://127.0.0.1:8501/?passage={hit['passage_id']}"
    before = api.get(f"/api/passages/{found['previous']}").json()
    assert before["next"] == hit["passage_id"]
    assert api.get(f"/api/passages/{'0' * 32}").status_code == 404


def test_the_link_of_a_site_with_a_name_of_its_own(small_library: Path, hit: dict[str, Any]) -> None:
    named = client(Site(small_library, settings=Settings(public_url="https://papers.example/pincite/")))
    found = named.get(f"/api/passages/{hit['passage_id']}").json()
    assert found["permalink"] == f"https://papers.example/pincite/?passage={hit['passage_id']}"
    alone = client(Site(small_library, page=False))
    path = f"/api/passages/{hit['passage_id']}"
    assert alone.get(path).json()["permalink"] == f"http://127.0.0.1:8501{path}"


@pytest.mark.parametrize("form", ["text", "apa", "chicago", "bibtex", "ris", "csl-json"])
def test_a_citation_in_each_format_names_the_page(api: TestClient, hit: dict[str, Any], form: str) -> None:
    params = {"format": form}
    answer = api.get(f"/api/passages/{hit['passage_id']}/citation", params=params)
    assert "Clinics in Lima" in answer.text and "2" in answer.text and answer.headers["etag"]
    whole = api.get(f"/api/documents/{hit['document']['id']}/citation", params=params).text
    assert "Clinics in Lima" in whole and "PDF page" not in whole


def test_a_citation_in_spanish(api: TestClient, hit: dict[str, Any]) -> None:
    spanish = api.get(f"/api/passages/{hit['passage_id']}/citation", params={"language": "es"}).text
    assert "página 2 del PDF" in spanish
    assert api.get("/api/passages/x/citation", params={"format": "mla"}).status_code == 400


def test_quotations_are_verified_in_order(api: TestClient, hit: dict[str, Any]) -> None:
    true, own = hit["text"][:60], hit["document"]["id"]
    given = [
        {"text": true, "document": own, "pages": [2]},
        {"text": true.replace("SIS", "EPS").replace("31", "13")},
        {"text": true, "document": own, "pages": [1]},
        hit,
    ]
    found = api.post("/api/verify", json={"excerpts": given}).json()
    assert [one["status"] for one in found["checks"]] == ["found", "not_found", "misattributed", "found"]
    assert found["counts"] == {"found": 2, "not_found": 1, "misattributed": 1}
    assert api.post("/api/verify", json={"excerpts": []}).status_code == 400


def test_the_image_of_a_page_shows_the_passage(api: TestClient, hit: dict[str, Any]) -> None:
    path = f"/api/documents/{hit['document']['id']}/pages/2/image"
    plain, marked = api.get(path), api.get(path, params={"passage": hit["passage_id"]})
    assert plain.headers["content-type"] == marked.headers["content-type"] == "image/png"
    assert (plain.headers["x-marked"], int(marked.headers["x-marked"]) > 0) == ("0", True)
    assert marked.content != plain.content
    with Image.open(io.BytesIO(marked.content)) as image:
        assert image.width > 500
    assert api.get(path, params={"passage": "0" * 32}).status_code == 404
    note = next(one for one in api.get("/api/documents").json() if one["file"] == "note.html")
    assert api.get(f"/api/documents/{note['id']}/pages/1/image").status_code == 404


def batch(api: TestClient, *lines: str, **params: str) -> Any:
    return api.post(
        "/api/batch",
        content="\n".join(lines),
        params={"mode": "lexical", **params},
        headers={"Content-Type": "application/x-ndjson"},
    )


def test_a_batch_keeps_its_order_and_tells_of_bad_lines_in_their_place(api: TestClient) -> None:
    asked = [f'{{"id": "q{n}", "question": "clinic consultations {n}"}}' for n in range(40)]
    asked[7] = '{"id": "q7"}'
    asked[20] = "no json"
    found = [json.loads(line) for line in batch(api, *asked).text.splitlines()]
    assert [one["id"] for one in found] == [f"q{n}" if n != 20 else None for n in range(40)]
    assert found[7] == {"id": "q7", "line": 8, "error": 'line 8: expected an object with "id" and "question"'}
    assert found[20]["line"] == 21 and "is not JSON" in found[20]["error"]
    alone = api.get("/api/search", params={"q": "clinic consultations 3", "mode": "lexical"}).json()
    assert found[3] == {"id": "q3", **alone}


def test_a_batch_as_a_run(api: TestClient) -> None:
    answer = batch(api, '{"id": "a", "question": "clinic OR policy OR SIS OR Lima"}', format="trec", k="2")
    lines = [line.split() for line in answer.text.splitlines()]
    assert [(fields[0], fields[3], fields[5]) for fields in lines] == [
        ("a", "1", "pincite-lexical"),
        ("a", "2", "pincite-lexical"),
    ]
    assert batch(api, '{"id": "a b", "question": "SIS"}', format="trec").status_code == 400
    assert batch(api, "{}", format="trec").status_code == 400


def test_a_batch_has_limits(api: TestClient) -> None:
    assert batch(api, "").status_code == 400
    many = "\n".join(f'{{"id": {n}, "question": "x"}}' for n in range(5_001))
    assert "at most 5000" in batch(api, many).json()["error"]
    large = batch(api, "x" * 5_000_001)
    assert (large.status_code, large.headers["content-type"]) == (413, "application/problem+json")
    assert api.post("/api/search", content=b" " * 1_000_001).status_code == 413


def test_health_asks_for_no_token_and_status_does(small_library: Path, small_corpus: Path) -> None:
    guarded = client(Site(small_library, small_corpus, Settings(api_token="s3cret"), "0.0.0.0"), AWAY)
    assert guarded.get("/api/health").json()["status"] == "ok"
    refused = guarded.get("/api/status")
    assert (refused.status_code, refused.headers["www-authenticate"]) == (401, "Bearer")
    told = guarded.get("/api/status", headers={"Authorization": "Bearer s3cret"}).json()
    assert told["documents"]["total"] == 4


ROLES = {
    "none": ("", 401, 401),
    "wrong": ("Bearer t3rcse", 401, 401),
    "forged": ("Bearer s3cret, Bearer edit", 401, 401),
    "of another scheme": ("Basic s3cret", 401, 401),
    "reads": ("Bearer s3cret", 200, 403),
    "edits": ("Bearer 3dit", 200, 202),
}


@pytest.mark.parametrize("case", ROLES)
def test_who_reads_and_who_edits(case: str, tmp_path: Path, small_library: Path, small_corpus: Path) -> None:
    sent, reading, editing = ROLES[case]
    library = shutil.copytree(small_library, tmp_path / "library")
    settings = Settings(api_token="s3cret", edit_token="3dit")
    guarded = client(Site(library, small_corpus, settings, "0.0.0.0"), AWAY)
    headers = {"Authorization": sent}
    assert guarded.get("/api/documents", headers=headers).status_code == reading
    assert guarded.post("/api/ingest", headers=headers).status_code == editing
    if job := ingest_jobs.last(library):
        job.process.wait(120)


def test_without_an_edit_token_nobody_edits_from_elsewhere(small_library: Path, small_corpus: Path) -> None:
    guarded = client(Site(small_library, small_corpus, Settings(api_token="s3cret"), "0.0.0.0"), AWAY)
    refused = guarded.post("/api/ingest", headers={"Authorization": "Bearer s3cret"})
    assert (refused.status_code, "edit_token" in refused.json()["error"]) == (403, True)
    closed = client(Site(small_library, small_corpus, Settings(edit=False)))
    assert closed.post("/api/ingest").status_code == 403


def test_an_ingest_is_followed_to_its_end(tmp_path: Path, small_corpus: Path) -> None:
    corpus = shutil.copytree(small_corpus, tmp_path / "corpus")
    api = client(Site(tmp_path / "library", corpus))
    assert api.get("/api/ingest").json()["state"] == "none"
    assert api.get("/api/ingest/events").text == (
        'event: end\ndata: {"state": "none", "code": null, "message": "", "event": null}\n\n'
    )
    begun = api.post("/api/ingest")
    assert (begun.status_code, begun.json()["state"]) == (202, "running")
    answer = api.get("/api/ingest/events")
    assert answer.headers["content-type"].startswith("text/event-stream")
    events = [block.split("\n") for block in answer.text.strip().split("\n\n") if block.startswith("event")]
    stages = [json.loads(lines[1].removeprefix("data: ")).get("stage") for lines in events[:-1]]
    assert "read" in stages and stages[-1] == "report"
    assert events[-1][0] == "event: end" and '"state": "done", "code": 3' in events[-1][1]
    assert api.get("/api/ingest").json()["code"] == 3


def test_no_folder_no_ingest(tmp_path: Path) -> None:
    assert client(Site(tmp_path / "library")).post("/api/ingest").status_code == 409


def test_callers_from_elsewhere_are_counted(small_library: Path, small_corpus: Path) -> None:
    settings = Settings(api_token="s3cret", requests_per_minute=3)
    guarded = client(Site(small_library, small_corpus, settings, "0.0.0.0"), AWAY)
    headers = {"Authorization": "Bearer s3cret"}
    codes = [guarded.get("/api/facets", headers=headers).status_code for _ in range(4)]
    assert codes == [200, 200, 200, 429]
    refused = guarded.get("/api/facets", headers=headers)
    assert 0 < int(refused.headers["retry-after"]) <= 60
    own = client(Site(small_library, small_corpus, Settings(requests_per_minute=1)))
    assert {own.get("/api/facets").status_code for _ in range(5)} == {200}


def test_an_allowance_begins_anew_after_a_minute() -> None:
    now = [0.0]
    allowance = Allowance(2, clock=lambda: now[0])
    for caller in ("a", "a", "b"):
        allowance.take(caller)
    now[0] = 59.0
    with pytest.raises(TooMany) as refused:
        allowance.take("a")
    assert refused.value.retry_after == 1
    now[0] = 61.0
    allowance.take("a")
    Allowance(0).take("a")


def test_the_reference_names_every_operation_and_no_other_host(api: TestClient) -> None:
    page = api.get("/api/docs")
    assert page.headers["content-type"].startswith("text/html")
    description = api.get("/api/openapi.json").json()
    for path in description["paths"]:
        assert path in page.text, path
    assert "http://" not in page.text and "https://" not in page.text and "<script" not in page.text


def test_a_token_is_told_of_where_one_is_asked_for(small_library: Path) -> None:
    described = application(Site(small_library, settings=Settings(api_token="s3cret"))).state.description()
    assert described["paths"]["/api/search"]["get"]["security"] == [{"token": []}]
    assert "security" not in described["paths"]["/api/health"]["get"]
    assert "securitySchemes" not in application(Site(small_library)).state.description()["components"]


@pytest.mark.parametrize("key", ["publisher", "year", "language", "country", "type", "document"])
def test_a_filter_by_its_bare_name_is_refused_not_passed_over(api: TestClient, key: str) -> None:
    answer = api.get("/api/search", params={"q": "SIS policy", "mode": "lexical", key: "2019"})
    assert answer.status_code == 400
    assert answer.json()["detail"] == f"{key}: say filter={key}=VALUE, or no filter would hold"


def test_a_filter_that_no_document_has_is_told(api: TestClient) -> None:
    asked = {"q": "SIS policy", "mode": "lexical", "filter": "publisher=Nobody"}
    found = api.get("/api/search", params=asked).json()
    posted = api.post(
        "/api/search",
        json={"question": "SIS policy", "mode": "lexical", "filters": {"publisher": "Nobody"}},
    ).json()
    for answer in (found, posted):
        assert answer["hits"] == []
        assert any("Nobody" in notice for notice in answer["notices"])


def test_a_single_value_of_a_filter_needs_no_list(api: TestClient) -> None:
    words = {"question": "SIS policy", "mode": "lexical"}
    listed = api.post("/api/search", json={**words, "filters": {"year": ["2020..2023"]}}).json()
    assert api.post("/api/search", json={**words, "filters": {"year": "2020..2023"}}).json() == listed
    numbers: tuple[object, ...] = (2023, [2023], ["2023"])
    alike = [api.post("/api/search", json={**words, "filters": {"year": year}}).json() for year in numbers]
    assert alike[0] == alike[1] == alike[2] and "hits" in alike[0]
    for wrong in (True, 20.23, {"a": 1}, [[2023]], None):
        assert api.post("/api/search", json={**words, "filters": {"year": wrong}}).status_code == 400
