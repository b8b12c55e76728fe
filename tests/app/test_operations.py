"""What supervisors, proxies and Prometheus ask a service: alive, ready, figures."""

from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families
from starlette.applications import Starlette
from starlette.testclient import TestClient

from app.service import site
from app.service.engine import Engine, engine
from app.service.metrics import Metrics, metrics
from app.service.site import Site
from app.settings import Settings
from app.web.api import routes

LOCAL = ("127.0.0.1", 50_000)
AWAY = ("10.0.0.9", 1)


def client(served: Site, peer: tuple[str, int] = LOCAL) -> TestClient:
    site.install(served)
    metrics()  # as the server does when it starts
    return TestClient(Starlette(routes=routes(served)), base_url="http://127.0.0.1:8501", client=peer)


@pytest.fixture
def served(small_library: Path, small_corpus: Path, monkeypatch: pytest.MonkeyPatch) -> TestClient:
    monkeypatch.setattr("app.service.engine._Holder.engine", None)  # as in a process that has just begun
    return client(Site(small_library, small_corpus))


def figures(text: str) -> dict[str, float]:
    return {
        sample.name: sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
        if not {"le", "version"} & set(sample.labels)
    }


def test_a_service_that_runs_is_alive_whatever_it_holds(served: TestClient, tmp_path: Path) -> None:
    assert served.get("/healthz").text == "ok\n"
    empty = client(Site(tmp_path))
    assert empty.get("/healthz").status_code == 200


def test_a_service_is_ready_once_its_index_is_open(served: TestClient) -> None:
    before = served.get("/readyz")
    assert before.status_code == 503 and before.headers["retry-after"] == "5"
    assert "not open" in before.text
    engine().searcher()
    assert (served.get("/readyz").status_code, served.head("/readyz").status_code) == (200, 200)


def test_a_service_without_an_index_says_so(tmp_path: Path) -> None:
    answer = client(Site(tmp_path)).get("/readyz")
    assert (answer.status_code, answer.text) == (503, "nothing has been indexed yet\n")


def test_probes_need_no_token_and_figures_do(small_library: Path) -> None:
    guarded = client(Site(small_library, settings=Settings(api_token="secret"), host="0.0.0.0"), AWAY)
    assert guarded.get("/healthz").status_code == 200
    assert guarded.get("/readyz").status_code == 503
    assert guarded.get("/metrics").status_code == 401
    assert guarded.get("/metrics", headers={"Authorization": "Bearer secret"}).status_code == 200


def test_another_site_may_not_probe(served: TestClient) -> None:
    for path in ("/healthz", "/readyz", "/metrics"):
        assert served.get(path, headers={"Host": "evil.example"}).status_code == 403


def test_searches_are_counted_and_timed(served: TestClient) -> None:
    assert figures(served.get("/metrics").text)["pincite_search_seconds_count"] == 0
    for _ in range(3):
        assert served.get("/api/search", params={"q": "SIS policy", "mode": "lexical"}).status_code == 200
    found = figures(served.get("/metrics").text)
    assert found["pincite_search_seconds_count"] == 3
    assert 0 < found["pincite_search_seconds_sum"] < 60


def test_a_search_that_fails_is_timed_too(served: TestClient) -> None:
    counted = Metrics(engine())
    with pytest.raises(ZeroDivisionError), engine().turn():
        raise ZeroDivisionError
    assert figures(counted.text().decode())["pincite_search_seconds_count"] == 1


def test_figures_of_the_index(served: TestClient) -> None:
    before = figures(served.get("/metrics").text)
    assert (before["pincite_index_ready"], before["pincite_passages"]) == (0, 0)
    manifest = engine().searcher().snapshot.manifest
    found = figures(served.get("/metrics").text)
    assert found["pincite_index_ready"] == 1
    assert found["pincite_documents"] == manifest.documents > 0
    assert found["pincite_passages"] == manifest.passages > 0
    assert found["pincite_vectors"] == manifest.vectors
    assert found["pincite_index_age_seconds"] > 0
    assert found["pincite_ingest_running"] == 0


def test_a_running_ingest_shows(served: TestClient, small_library: Path) -> None:
    from ingest.library.lock import WriterLock

    with WriterLock(small_library):
        assert figures(served.get("/metrics").text)["pincite_ingest_running"] == 1
    assert figures(served.get("/metrics").text)["pincite_ingest_running"] == 0


def test_no_question_is_told(served: TestClient) -> None:
    served.get("/api/search", params={"q": "amparo confidencial", "mode": "lexical"})
    assert "amparo" not in served.get("/metrics").text


def test_each_engine_has_its_own_figures(small_library: Path, tmp_path: Path) -> None:
    site.install(Site(small_library))
    first = metrics()
    assert metrics() is first
    site.install(Site(tmp_path))
    assert metrics() is not first
    assert isinstance(metrics().engine, Engine)
