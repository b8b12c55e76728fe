"""Every operation of the described API, asked what its description allows and forbids, by a real `pincite api`."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, cast

import httpx2
import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from running_service import running
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.parameters import ParameterLocation
from schemathesis.specs.openapi.checks import negative_data_rejection, positive_data_acceptance

from app.service.site import Site
from app.settings import Settings
from app.web.api import application

TOKEN, EDIT_TOKEN = "s3cret-to-read", "s3cret-to-edit"
BEARER = {"Authorization": f"Bearer {TOKEN}"}
NO_WORD = ("is empty", 'object with "id" and "question" a line')
ASKED = settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck), database=None)


@schemathesis.serializer("application/x-ndjson")
def lines(ctx: Any, value: Any) -> bytes:
    return value if isinstance(value, bytes) else str(value).encode("utf-8", "replace")


@pytest.fixture(scope="module")
def address(
    small_corpus: Path, small_library: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("api")
    library = shutil.copytree(small_library, folder / "library")
    config = f'corpus = "{small_corpus}"\napi_token = "{TOKEN}"\nedit_token = "{EDIT_TOKEN}"\nrequests_per_minute = 0\n'
    with running("api", library, folder, config, path="/api/health") as url:
        yield url


SITE = Site(Path("library"), settings=Settings(api_token=TOKEN))
SCHEMA = schemathesis.openapi.from_dict(application(SITE).state.description())
OPERATIONS: dict[str, Any] = {
    operation.label: operation
    for result in SCHEMA.get_all_operations()
    if (operation := cast(Any, result).ok())
}


def asked(operation: Any, modes: list[GenerationMode], check: Callable[[Any], None]) -> None:
    """Hold what becomes of requests that the description allows (positive) or forbids (negative)."""
    found = [operation.as_strategy(generation_mode=mode) for mode in modes]

    @given(case=st.one_of(found))
    @ASKED
    def hold(case: Any) -> None:
        check(case)

    hold()


@pytest.mark.parametrize("label", OPERATIONS)
def test_with_a_token_that_reads(label: str, address: str) -> None:
    def check(case: Any) -> None:
        answer = case.call(base_url=address, headers=BEARER)
        # What no pattern can tell: that there is a word in a question, that a range of years ends after it begins.
        detail = answer.json()["detail"] if answer.status_code == 400 else ""
        untold = detail.endswith(NO_WORD) or detail.startswith("line ") or "is no range of years" in detail
        excluded = [positive_data_acceptance] if untold else []
        # A case may be forbidden for want of the token alone, which is sent all the same.
        header = case.meta.components.get(ParameterLocation.HEADER)
        if header and header.mode.is_negative:
            excluded.append(negative_data_rejection)
        case.validate_response(answer, excluded_checks=excluded or None)

    # Any text is a batch: a line that holds no question is told of in its place.
    forbidden = [] if label == "POST /api/batch" else [GenerationMode.NEGATIVE]
    asked(OPERATIONS[label], [GenerationMode.POSITIVE, *forbidden], check)


@pytest.fixture(scope="module")
def there(address: str) -> dict[str, dict[str, Any]]:
    """Path -> names of a document, a passage and a page that there are: made-up ones only ever give 404."""
    asked_for = {"q": "Who has a SIS policy?", "mode": "lexical", "filter": "document=clinics.pdf"}
    hit = httpx2.get(f"{address}/api/search", params=asked_for, headers=BEARER).json()["hits"][0]
    document, passage = {"id": hit["document"]["id"]}, {"id": hit["passage_id"]}
    return {
        path: passage
        if "/passages/" in path
        else {**document, "n": hit["pages"][0]}
        if "{n}" in path
        else document
        for path in (label.partition(" ")[2] for label in OPERATIONS)
        if "{id}" in path
    }


@pytest.mark.parametrize("label", [label for label in OPERATIONS if "{id}" in label])
def test_what_there_is_is_told_as_described(label: str, address: str, there: dict[str, Any]) -> None:
    seen = set()

    def check(case: Any) -> None:
        case.path_parameters = there[case.path]
        answer = case.call(base_url=address, headers=BEARER)
        case.validate_response(answer)
        seen.add(answer.status_code)

    asked(OPERATIONS[label], [GenerationMode.POSITIVE], check)
    assert 200 in seen, seen


@pytest.mark.parametrize("form", ["text", "apa", "chicago", "bibtex", "ris", "csl-json"])
@pytest.mark.parametrize("path", ["/api/passages/{id}/citation", "/api/documents/{id}/citation"])
def test_every_form_of_a_citation_is_as_described(
    form: str, path: str, address: str, there: dict[str, Any]
) -> None:
    case = OPERATIONS[f"GET {path}"].Case(path_parameters=there[path], query={"format": form})
    answer = case.call(base_url=address, headers=BEARER)
    assert answer.status_code == 200
    case.validate_response(answer)


@pytest.mark.parametrize("label", OPERATIONS)
def test_with_a_forged_token_or_none_nothing_is_told(label: str, address: str, there: dict[str, Any]) -> None:
    def check(case: Any) -> None:
        case.path_parameters = there.get(case.path, case.path_parameters)
        for sent in ({"Authorization": "Bearer forged"}, {}):
            answer = case.call(base_url=address, headers=sent)
            case.validate_response(answer, checks=[not_a_server_error])
            allowed = {200} if case.path.endswith("/health") else {401}
            assert answer.status_code in allowed, answer.status_code
            assert "hits" not in answer.text and "clinics" not in answer.text

    asked(OPERATIONS[label], [GenerationMode.POSITIVE], check)
