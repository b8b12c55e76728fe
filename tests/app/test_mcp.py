"""The MCP server, driven by the official client: over stdio as an assistant starts it, and over HTTP."""

import asyncio
import os
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from mcp import Client
from mcp.client.stdio import StdioServerParameters, stdio_client
from mcp.client.streamable_http import streamable_http_client
from running_service import REPOSITORY, running

from app.service.site import Site
from app.settings import Settings
from app.web import mcp_tools
from app.web.mcp_server import server_of

NAMES = ["search_passages", "get_passage", "read_pages", "list_documents", "cite", "verify_quote"]


def ask(library: Path, talk: Callable[[Client], Awaitable[None]], **settings: Any) -> None:
    """Talk to a server in this process."""

    async def main() -> None:
        async with Client(server_of(Site(library, settings=Settings(**settings)))) as client:
            await talk(client)

    asyncio.run(main())


async def called(client: Client, tool: str, **arguments: Any) -> dict[str, Any]:
    answer = await client.call_tool(tool, arguments)
    assert not answer.is_error, answer.content
    assert isinstance(answer.structured_content, dict)
    return answer.structured_content


def test_an_assistant_searches_reads_cites_and_catches_a_misquote(small_library: Path) -> None:
    """Over stdio, in a process of its own, with `pincite mcp` itself."""

    async def main() -> None:
        words = ["-m", "app.cli", "mcp", "--library", str(small_library)]
        environment = {**os.environ, "PYTHONPATH": str(REPOSITORY)}
        started = StdioServerParameters(command=sys.executable, args=words, env=environment)
        async with Client(stdio_client(started)) as client:
            assert [tool.name for tool in (await client.list_tools()).tools] == NAMES
            found = await called(client, "search_passages", question="Who has a SIS policy?", k=3)
            hit = found["hits"][0]
            assert "31 percent" in hit["text"] and hit["pages"] == [2, 2]
            assert "verify_quote" in found["instruction"]
            read = await called(client, "read_pages", document=hit["document"]["id"], first=2)
            quote = "only 31 percent of the people interviewed had a SIS policy"
            assert quote in " ".join(read["pages"][0]["text"].split())
            cited = await called(client, "cite", passage_id=hit["passage_id"])
            assert cited["citation"] == hit["citation"] and "PDF page 2" in cited["citation"]
            true = await called(client, "verify_quote", quote=quote, document="clinics.pdf", page=2)
            assert true["status"] == "found"
            false = await called(client, "verify_quote", quote=quote.replace("31", "41"))
            assert false["status"] == "not_found" and "Do not use it" in false["instruction"]
            elsewhere = await called(client, "verify_quote", quote=quote, document="clinics.pdf", page=1)
            assert elsewhere["status"] == "misattributed" and "page 2" in elsewhere["message"]

    asyncio.run(main())


def test_every_tool_only_reads(small_library: Path) -> None:
    async def talk(client: Client) -> None:
        for tool in (await client.list_tools()).tools:
            assert tool.annotations is not None and tool.annotations.read_only_hint, tool.name
            assert tool.description and tool.input_schema["properties"], tool.name

    ask(small_library, talk)


def test_documents_are_listed_filtered_and_read_as_resources(small_library: Path) -> None:
    async def talk(client: Client) -> None:
        listed = await called(client, "list_documents", filters=["publisher=Ministry of Health"])
        assert (listed["total"], listed["documents"][0]["file"]) == (1, "clinics.pdf")
        assert (await called(client, "list_documents", limit=2))["total"] == 4
        resources = (await client.list_resources()).resources
        assert {one.name for one in resources} == {"clinics.pdf", "mental.txt", "note.html"}
        clinics = next(one for one in resources if one.name == "clinics.pdf")
        whole: Any = (await client.read_resource(clinics.uri)).contents[0]
        assert "--- page 2 ---" in whole.text and "31 percent" in whole.text
        page: Any = (await client.read_resource(f"{clinics.uri}/pages/2")).contents[0]
        assert page.text.startswith("Insurance coverage")

    ask(small_library, talk)


def test_a_passage_has_neighbours_and_a_link_to_the_page(small_library: Path) -> None:
    async def talk(client: Client) -> None:
        found = await called(
            client, "search_passages", question="SIS policy", mode="lexical", filters=["year=2023"]
        )
        hit = found["hits"][0]
        assert hit["permalink"] == f"https://p.example/?q=SIS+policy&passage={hit['passage_id']}"
        passage = await called(client, "get_passage", passage_id=hit["passage_id"])
        assert passage["text"] == hit["text"] and passage["instruction"]
        before = await called(client, "get_passage", passage_id=passage["previous"])
        assert before["next"] == hit["passage_id"]
        spanish = await called(client, "cite", passage_id=hit["passage_id"], language="es", format="apa")
        assert "página 2 del PDF" in spanish["citation"]
        whole = await called(client, "cite", document="clinics.pdf", format="ris")
        assert whole["citation"].startswith("TY  - RPRT")

    ask(small_library, talk, public_url="https://p.example")


FAULTS: dict[str, tuple[str, dict[str, Any], str]] = {
    "no document": (
        "read_pages",
        {"document": "x.pdf"},
        "there is no document 'x.pdf'; list_documents names them",
    ),
    "no page": ("read_pages", {"document": "clinics.pdf", "first": 9}, "has no page 9; its pages are 1 to 2"),
    "no passage": ("get_passage", {"passage_id": "x"}, "there is no passage 'x'"),
    "nothing to cite": ("cite", {}, "name a passage_id or a document"),
    "an empty question": ("search_passages", {"question": "  "}, "question is empty"),
    "a wrong filter": ("search_passages", {"question": "x", "filters": ["colour=red"]}, "unknown filter"),
    "too many": ("search_passages", {"question": "x", "k": 500}, "search_passages: k must be at most 50"),
    "two wrong": (
        "cite",
        {"format": "word", "language": "fr"},
        "cite: format must be 'text', 'apa', 'chicago', 'bibtex', 'ris' or 'csl-json'; "
        "language must be 'en', 'es' or 'pt'",
    ),
    "nothing asked": ("search_passages", {}, "search_passages: question is missing"),
    "a filter of another name": (
        "search_passages",
        {"question": "x", "filter": ["year=2023"]},
        "search_passages takes no 'filter'; it takes question, k, mode, filters",
    ),
    "no such tool": ("delete_everything", {}, "delete_everything"),
}


@pytest.mark.parametrize("case", FAULTS)
def test_a_fault_is_told_in_a_line(case: str, small_library: Path) -> None:
    tool, arguments, message = FAULTS[case]

    async def talk(client: Client) -> None:
        answer = await client.call_tool(tool, arguments)
        assert answer.is_error
        told: Any = answer.content[0]
        assert message in told.text and "\n" not in told.text
        assert "Traceback" not in told.text and "validation error" not in told.text

    ask(small_library, talk)


def test_without_a_library_it_starts_and_says_so(tmp_path: Path) -> None:
    async def talk(client: Client) -> None:
        assert (await client.list_resources()).resources == []
        answer = await client.call_tool("list_documents", {})
        assert answer.is_error and "there is no library here yet. Make one with" in str(answer.content)

    ask(tmp_path / "none", talk)


def test_over_http_with_and_without_the_token(small_library: Path, tmp_path: Path) -> None:
    import httpx2

    async def main(url: str) -> None:
        for sent in ({}, {"Authorization": "Bearer forged"}):
            refused = httpx2.post(
                f"{url}/mcp", json={"jsonrpc": "2.0", "id": 1, "method": "tools/list"}, headers=sent
            )
            assert refused.status_code == 401
        foreign = httpx2.post(f"{url}/mcp", json={}, headers={"Host": "evil.example"})
        assert foreign.status_code == 403
        own = httpx2.AsyncClient(headers={"Authorization": "Bearer s3cret"}, timeout=60)
        async with own, Client(streamable_http_client(f"{url}/mcp", http_client=own)) as client:
            found = await called(client, "search_passages", question="SIS policy", mode="lexical")
            assert "31 percent" in found["hits"][0]["text"]

    config = 'api_token = "s3cret"\n'
    with running("mcp", small_library, tmp_path, config, "--http", path="/mcp") as url:
        asyncio.run(main(url))


def test_the_tools_are_those_of_the_contract() -> None:
    assert [tool.__name__ for tool in mcp_tools.TOOLS] == NAMES


def test_no_model_is_loaded_before_a_question(small_library: Path) -> None:
    """Start-up costs what the imports cost: no vectors, no index, no page."""
    import subprocess

    code = (
        "import sys\nfrom pathlib import Path\nfrom app.service.site import Site\n"
        f"from app.web.mcp_server import server_of\nserver_of(Site(Path({str(small_library)!r})))\n"
        "heavy = 'torch ctranslate2 faiss streamlit fastapi pandas sqlalchemy numpy'.split()\n"
        "print([name for name in heavy if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=REPOSITORY, capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.strip() == "[]"


def test_the_bench_of_the_start_tells_working_from_waiting(
    small_library: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(str(REPOSITORY))  # bench is no package
    monkeypatch.chdir(REPOSITORY)
    from bench import mcp_start

    begun = mcp_start.start(small_library)
    assert begun.tools == len(NAMES)
    assert begun.cpu > 0 and 0 <= begun.queued < begun.seconds
    assert mcp_start.queued(2**30) == 0, "no such process, or nobody who counts"
    assert (mcp_start.queued(os.getpid()) > 0) == Path("/proc/self/schedstat").is_file()
