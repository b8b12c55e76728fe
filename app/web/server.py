"""`pincite serve`: the page, `/api` and the PDF files from one process; `pincite api`: without the page."""

from __future__ import annotations

import errno
import logging
import os
import shutil
import socket
import sys
from asyncio import to_thread
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from app.citations import csl
from app.service import log_in
from app.service.engine import spare_memory, tell_what_is_missing
from app.service.site import Site, install
from app.settings import Settings, load_settings
from app.ui import theme
from app.web import log_lines, request_log
from ingest.errors import PinciteError

if TYPE_CHECKING:
    from starlette.middleware import Middleware
    from starlette.types import ASGIApp

log = logging.getLogger(__name__)
_ANY = frozenset({"0.0.0.0", "::"})  # noqa: S104 - compared with, not bound to
STOP_SECONDS = 10
"""So long a stopped service goes on with what it was asked before; it takes nothing new from the first moment on."""
MAIN_SCRIPT = Path(__file__).parents[1] / "ui" / "main.py"


def serve(library: Path, host: str = "127.0.0.1", port: int = 8501, corpus: Path | None = None) -> None:
    """Serve the library's page until stopped.

    `corpus` is the folder of the documents; without it, the one the library was last filled from.
    Prints the address. Raises PinciteError when the port is taken or the address is not this machine's.
    """
    settings = load_settings()
    for style in settings.styles:
        csl.check(style)
    claim(host, port)
    _tell_no_proxy()
    site = Site(library.absolute(), corpus or settings.corpus, settings, host, port)
    install(site)
    spare_memory()
    import streamlit as st

    from app.service.engine import engine
    from app.service.metrics import metrics
    from app.ui.crash import on_script_error
    from app.web import browser, connections
    from app.web.api import routes

    @asynccontextmanager
    async def lifespan(_: object) -> AsyncIterator[None]:
        metrics()
        engine().warm_up()
        _begin(settings, f"pincite: http://{shown_host(host)}:{port}  (stop with Ctrl-C)\n")
        yield
        await to_thread(engine().wait_for_warm_up)

    connections.limit(settings.connections)
    page = st.App(
        MAIN_SCRIPT,
        lifespan=lifespan,
        routes=[*routes(site), *browser.routes(site)],
        middleware=_around(site),
        secrets=log_in.streamlit_secrets(site),
        on_script_error=on_script_error,
    )
    page.run(config=options(site))


def _around(site: Site) -> list[Middleware]:
    """Return what every request to the page comes through, outermost first."""
    from starlette.middleware import Middleware

    from app.web import api, browser
    from app.web.page_sessions import PageSessions
    from app.web.request_log import RequestLog
    from app.web.security import Guard

    return [
        *([Middleware(RequestLog, paths=api.paths())] if site.settings.log == "json" else []),
        Middleware(Guard, site=site),
        Middleware(PageSessions, most=site.settings.sessions),
        Middleware(browser.Shell),
    ]


def serve_api(library: Path, host: str = "127.0.0.1", port: int = 8501, corpus: Path | None = None) -> None:
    """Serve the library's `/api` without the page until stopped. As `serve`, but light: nothing is drawn."""
    settings = load_settings()
    claim(host, port, "api")
    site = Site(library.absolute(), corpus or settings.corpus, settings, host, port, page=False)
    install(site)
    spare_memory()
    from app.service.engine import engine
    from app.service.metrics import metrics
    from app.web.api import application, bounded, paths
    from app.web.security import Guard

    @asynccontextmanager
    async def lifespan(_: object) -> AsyncIterator[None]:
        metrics()
        engine().warm_up()
        address = f"http://{shown_host(host)}:{port}/api"
        _begin(settings, f"pincite: {address}/search  described at {address}/docs  (stop with Ctrl-C)\n")
        yield
        await to_thread(engine().wait_for_warm_up)

    guarded = Guard(bounded(application(site, lifespan)), site)
    logged = request_log.RequestLog(guarded, paths()) if settings.log == "json" else guarded
    run_until_stopped(logged, host, port, settings.connections)


def run_until_stopped(service: ASGIApp, host: str, port: int, most: int) -> None:
    """Serve an application to so many connections. Ends with KeyboardInterrupt where it was stopped."""
    import uvicorn

    from app.web import connections

    _tell_no_proxy()
    connections.limit(most)
    config = uvicorn.Config(
        service,
        host=host,
        port=port,
        log_level="error",
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=STOP_SECONDS,
    )
    # Not `uvicorn.run`: it keeps to itself that it was stopped.
    uvicorn.Server(config).run()


def _begin(settings: Settings, line: str) -> None:
    """Say that the site is there, and keep what it logs from then on within bounds, as lines or as JSON."""
    if settings.log == "json":
        request_log.write_json()
    log_lines.limit()
    sys.stdout.write(line)
    sys.stdout.flush()
    tell_what_is_missing()


def _tell_no_proxy() -> None:
    """Let the server leave the addresses of callers as they are: which proxies are believed is ours to say."""
    os.environ["FORWARDED_ALLOW_IPS"] = ""


def options(site: Site) -> dict[str, Any]:
    """Return Streamlit's configuration for this site (dotted name -> value)."""
    settings: Settings = site.settings
    return {
        "server.address": site.host,
        "server.port": site.port,
        "server.headless": True,
        "server.showEmailPrompt": False,
        "server.fileWatcherType": "none",
        "server.runOnSave": False,
        "server.enableStaticServing": False,
        "server.enableXsrfProtection": True,
        "server.enableCORS": True,
        "server.maxUploadSize": settings.upload_max_mb,
        "browser.gatherUsageStats": False,
        "browser.serverAddress": urlsplit(settings.public_url or "").hostname or shown_host(site.host),
        "client.showErrorDetails": "none",
        "client.showErrorLinks": False,
        "client.toolbarMode": "minimal",
        "runner.magicEnabled": False,
        # Looking through all objects after each run was a fifth of the work with ten people, and two fifths with fifty.
        "runner.postScriptGC": False,
        "logger.level": "error",
        "logger.hideWelcomeMessage": True,
        **theme.options(),
    }


def shown_host(host: str) -> str:
    """Return the address to be printed for a host to listen on."""
    return "127.0.0.1" if host in _ANY else f"[{host}]" if ":" in host else host


def _as_called() -> str:
    """Return how to call pincite again from here: `make run` leaves no `pincite` on the PATH."""
    called = Path(sys.argv[0])
    on_path = shutil.which("pincite")
    if called.name != "pincite" or (on_path and called.exists() and Path(on_path).samefile(called)):
        return "pincite"
    return str(called)


def claim(host: str, port: int, command: str = "serve") -> None:
    """Try the port and let it go, so that a taken one is told before anything is loaded."""
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, port))
    except socket.gaierror as error:
        raise PinciteError(f"cannot listen on {host}: unknown address") from error
    except OSError as error:
        if error.errno in {errno.EADDRINUSE, errno.EACCES}:
            raise PinciteError(
                f"port {port} is taken or not allowed on {host}. "
                f"Choose another: {_as_called()} {command} --port {port + 1}"
            ) from error
        raise PinciteError(f"cannot listen on {host}:{port}: {error.strerror}") from error
