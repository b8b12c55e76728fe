"""`pincite mcp`: the tools of `app.web.mcp_tools` over the Model Context Protocol, on stdio or HTTP."""

from __future__ import annotations

import functools
import inspect
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
from pydantic import ValidationError
from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from app.service.engine import NoIndex, engine, tell_what_is_missing
from app.service.site import Site, install, told
from app.settings import Settings
from app.web import mcp_tools
from app.web.faults import plain_faults
from ingest.errors import PinciteError

INSTRUCTIONS = (
    "A library of policy papers. Search it before you answer; answer from what it says and cite every claim with its "
    "page. " + mcp_tools.QUOTE_EXACTLY
)
# Tool -> the arguments it takes.
_TAKEN = {tool.__name__: tuple(inspect.signature(tool).parameters) for tool in mcp_tools.TOOLS}
# The index and the model are loaded once the first messages have been answered, not beside them.
WARM_UP_SECONDS = 0.5


class LibraryServer(MCPServer[Any]):
    """The tools, and the documents of the library as resources. `on_listed` is called when tools were first listed."""

    on_listed: Callable[[], None] | None = None

    async def list_tools(self) -> list[mcp_types.Tool]:
        """Return the tools: what every assistant asks first."""
        begin, self.on_listed = self.on_listed, None
        if begin is not None:
            begin()
        return await super().list_tools()

    async def call_tool(self, name: str, arguments: dict[str, Any], context: Any = None) -> Any:
        """Call a tool. Raises ToolError, of one line where arguments do not fit or none has such a name."""
        taken = _TAKEN.get(name, tuple(arguments))
        for argument in arguments:
            # The framework passes over it, and an assistant would believe in a filter that never held.
            if argument not in taken:
                raise ToolError(f"{name} takes no {argument!r}; it takes {', '.join(taken)}")
        try:
            return await super().call_tool(name, arguments, context)
        except ToolError as error:
            if isinstance(error.__cause__, ValidationError):
                raise ToolError(f"{name}: {plain_faults(error.__cause__)}") from error
            raise

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
    tell_what_is_missing()
    server.on_listed = _warm_up_soon
    if address is None:
        server.run("stdio")
        return
    from app.web.server import claim, run_until_stopped, shown_host

    claim(host, port, "mcp --http")
    sys.stdout.write(f"pincite: http://{shown_host(host)}:{port}/mcp  (stop with Ctrl-C)\n")
    sys.stdout.flush()
    run_until_stopped(http_application(server, site), host, port, settings.connections)


def _warm_up_soon() -> None:
    timer = threading.Timer(WARM_UP_SECONDS, engine().warm_up)
    timer.daemon = True
    timer.start()


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
            from app.web.problems import problem

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
