"""`pincite serve`, `api`, `mcp` and `watch`: what runs until it is stopped."""

from typing import Annotated

import typer

from app.commands.computing import JobsOption, OnOption, WorkersOption
from app.commands.ingest import CorpusArgument, Priority, PriorityOption, ProgressOption, corpus_folder
from app.commands.options import LibraryOption, ModelOption
from app.commands.output import tell
from app.commands.progress import Progress
from app.settings import library_folder, load_settings
from ingest.corpus.place import corpus_name, store_url
from ingest.errors import UsageError


def register(app: typer.Typer) -> None:
    """Add the commands of this module to the command line."""
    app.command()(serve)
    app.command()(api)
    app.command()(mcp)
    app.command()(watch)


HostOption = Annotated[
    str | None, typer.Option(help="Address to listen on (default 127.0.0.1: this machine only).")
]
PortOption = Annotated[int | None, typer.Option(min=1, max=65535, help="Port (default 8501).")]


OpenOption = Annotated[
    bool, typer.Option("--open", help="Let whoever reaches this machine search and read, without any log-in.")
]


def serve(
    library: LibraryOption = None, host: HostOption = None, port: PortOption = None, open: OpenOption = False
) -> None:
    """Serve the web page, and the REST service under /api."""
    from app.web.server import serve as start

    settings = load_settings()
    address = host or settings.host
    _say_who_may_ask(
        address,
        open=open or settings.open,
        closed=settings.user_header is not None or settings.oidc_issuer is not None,
        how="user_header or oidc_issuer",
    )
    start(library_folder(library, settings=settings), host=address, port=port or settings.port)


def api(
    library: LibraryOption = None, host: HostOption = None, port: PortOption = None, open: OpenOption = False
) -> None:
    """Serve the REST service alone, without the page."""
    from app.web.server import serve_api

    settings = load_settings()
    address = host or settings.host
    _say_who_may_ask(address, open=open or settings.open, closed=bool(settings.api_token), how="api_token")
    serve_api(library_folder(library, settings=settings), host=address, port=port or settings.port)


def _say_who_may_ask(host: str, *, open: bool, closed: bool, how: str) -> None:
    """Tell that others may ask, where they may; refuse to let them in by mistake.

    Raises: UsageError for an address that other machines reach, without a log-in (`closed`) and without `--open`.
    """
    from app.service.site import is_loopback

    if is_loopback(host) or closed:
        return
    if not open:
        raise UsageError(
            f"{host}: other machines can reach this address, and nobody is asked who they are. "
            f"Set {how} in pincite.toml (see docs/page.md), or add --open to let everybody in"
        )
    tell(f"Whoever reaches {host} can search and read all documents (--open).")


def mcp(
    library: LibraryOption = None,
    http: Annotated[
        bool,
        typer.Option("--http", help="Serve MCP over HTTP, at /mcp, instead of standard input and output."),
    ] = False,
    host: HostOption = None,
    port: PortOption = None,
) -> None:
    """Let an assistant search, read and cite the library (Model Context Protocol), without changing anything."""
    from app.web.mcp_server import run

    settings = load_settings()
    folder = library_folder(library, settings=settings)
    run(folder, settings, address=(host or settings.host, port or settings.port) if http else None)


def watch(
    context: typer.Context,
    corpus: CorpusArgument = None,
    library: LibraryOption = None,
    interval: Annotated[float, typer.Option(min=0.2, help="Seconds between two looks at the folder.")] = 2.0,
    model: ModelOption = None,
    on: OnOption = None,
    workers: WorkersOption = None,
    jobs: JobsOption = None,
    priority: PriorityOption = Priority.low,
    progress: ProgressOption = Progress.auto,
) -> None:
    """Ingest as files come and go, until stopped with Ctrl-C."""
    from app.commands.ingest import bring_up_to_date, give_way, going_on_with
    from ingest.watch import stamps_in, watch_folder

    settings = load_settings()
    folder = corpus_folder(corpus, settings)
    target = library_folder(library, folder, settings)

    def ingest(_: object = None) -> None:
        bring_up_to_date(
            folder, target, settings, progress=progress, workers=workers, jobs=jobs, model=model, on=on
        )

    give_way(context, priority)
    tell(f"Watching {corpus_name(folder) if store_url(folder) else folder}. Stop with Ctrl-C.")
    before = stamps_in(folder)
    with going_on_with("pincite watch"):
        ingest()
        watch_folder(folder, on_change=ingest, interval=interval, known=before)
