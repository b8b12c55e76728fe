"""`pincite mcp`: the tools of `app.web.mcp_tools` over the Model Context Protocol, on stdio or HTTP."""

from __future__ import annotations

import functools
import sys
import threading
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any

import mcp_types
from mcp.server.mcpserver import MCPServer
from mcp.server.mcpserver.exceptions import ResourceNotFoundError, ToolError
from mcp.server.transport_security import TransportSecuritySettings
from mcp_types import ToolAnnotations
from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from app.service.engine import NoIndex, engine
from app.service.site import Site, install, told
from app.settings import Settings
from app.web import mcp_tools
from ingest.errors import PinciteError

INSTRUCTIONS = (
    "A library of policy papers. Search it before you answer; answer from what it says and cite every claim with its "
    "page. " + mcp_tools.QUOTE_EXACTLY
)
# The model is loaded after the first messages have been answered, not beside them.
WARM_UP_SECONDS = 1.0


class LibraryServer(MCPServer[Any]):
    """The tools, and the documents of the library as resources."""

    async def list_resources(self) -> list[mcp_types.Resource]:
        """Return a resource for each document that has text."""
        try:
            documents = engine().library().documents()
        except NoIndex:
            return []
        return [
            mcp_types.Resource(
                uri=f"pincite://documents/{document.id}",
                name=document.file,
                title=document.metadata.title,
                mime_type="text/plain",
            )
            for document in documents
            if document.passage_count
        ]


def server_of(site: Site) -> LibraryServer:
    """Return the server of a site, which becomes the site of the process."""
    install(site)
    server = LibraryServer(
        "pincite",
        title="pincite",
        instructions=INSTRUCTIONS,
        version=version("pincite"),
        log_level="CRITICAL",
    )
    for tool in mcp_tools.TOOLS:
        reads = ToolAnnotations(
            read_only_hint=True, destructive_hint=False, idempotent_hint=True, open_world_hint=False
        )
        server.add_tool(_told(tool, ToolError), annotations=reads)
    server.resource(
        "pincite://documents/{ident}", mime_type="text/plain", title="A document, page after page"
    )(_told(mcp_tools.document_text, ResourceNotFoundError))
    server.resource("pincite://documents/{ident}/pages/{number}", mime_type="text/plain", title="A page")(
        _told(mcp_tools.page_text, ResourceNotFoundError)
    )
    return server


def run(library: Path, settings: Settings, address: tuple[str, int] | None = None) -> None:
    """Serve until the client goes away (stdio), or with `address` (host, port) over HTTP until stopped."""
    host, port = address or (settings.host, settings.port)
    site = Site(library.absolute(), settings.corpus, settings, host, port)
    server = server_of(site)
    timer = threading.Timer(WARM_UP_SECONDS, engine().warm_up)
    timer.daemon = True
    timer.start()
    if address is None:
        server.run("stdio")
        return
    import uvicorn

    from app.web.server import claim, shown_host

    claim(host, port)
    sys.stdout.write(f"pincite: http://{shown_host(host)}:{port}/mcp  (stop with Ctrl-C)\n")
    sys.stdout.flush()
    uvicorn.run(http_application(server, site), host=host, port=port, log_level="error", access_log=False)


def http_application(server: LibraryServer, site: Site) -> ASGIApp:
    """Return the server as an ASGI application that lets in whom `/api` lets in. Sessions are not kept."""
    from app.web.security import Guard

    # Host names and origins are looked at by `Guard` and `_Callers`, by the same rules as those of `/api`.
    inner = server.streamable_http_app(
        json_response=True,
        stateless_http=True,
        transport_security=TransportSecuritySettings(enable_dns_rebinding_protection=False),
    )
    return Guard(_Callers(inner, site), site)


class _Callers:
    """ASGI middleware: refuses whom `/api` refuses."""

    def __init__(self, app: ASGIApp, site: Site) -> None:
        from app.web.access import api_callers, same_site
        from app.web.limits import within_allowance

        self.app = app
        self.checks = (same_site(site), api_callers(site), within_allowance(site))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or answer why not."""
        if scope["type"] == "http":
            from app.web.access import Refused
            from app.web.routes.answers import problem

            try:
                for check in self.checks:
                    await check(Request(scope))
            except Refused as refused:
                await problem(refused.status, str(refused))(scope, receive, send)
                return
        await self.app(scope, receive, send)


def _told(tool: Callable[..., Any], fault: type[Exception]) -> Callable[..., Any]:
    """Return a function whose expected errors reach the assistant as one line."""

    @functools.wraps(tool)
    def call(*args: Any, **kwargs: Any) -> Any:
        try:
            return tool(*args, **kwargs)
        except PinciteError as error:
            raise fault(told(error)) from error

    return call
