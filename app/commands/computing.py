"""Where an ingest reads files and embeds texts: on this machine, or on a Ray cluster."""

import io
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from app.i18n.plurals import counted

if TYPE_CHECKING:
    from index.embedding.embedder import Embedder
    from ingest.sandbox.ray_cluster import Cluster
    from ingest.sandbox.reader import OpenReader

WorkersOption = Annotated[
    int | None, typer.Option("--workers", min=1, max=64, help="Reading processes (default: as --jobs).")
]
JobsOption = Annotated[
    int | None,
    typer.Option("--jobs", "-j", min=1, max=64, help="Cores to read and embed with (default: all)."),
]
OnOption = Annotated[
    str | None,
    typer.Option(
        "--on",
        metavar="ray[://HOST:PORT]|local",
        help="Read and embed on a Ray cluster, or here (default: as the settings say).",
    ),
]

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Place:
    """`workers` files at a time are read there, None for as many as the settings say; `cluster` is None for here."""

    workers: int | None = None
    cluster: "Cluster | None" = None

    @property
    def open_reader(self) -> "OpenReader":
        """Return what reads files there."""
        if self.cluster is None:
            from ingest.sandbox.pool import Workers

            return Workers
        from ingest.sandbox.ray_pool import reader_on

        return reader_on(self.cluster)

    def load_model(self, name: str | None, cache: Path | None, cores: int | None) -> "Embedder":
        """Return the model, loaded there; on a cluster it ends with the run. Raises: ModelUnavailable; PinciteError."""
        if self.cluster is None:
            return _loaded_here(name, cache, cores)
        from index.embedding.ray_model import RayEmbedder

        return RayEmbedder(self.cluster, name, cache=cache, cores=cores)

    def tell(self, say: Callable[[str], None]) -> None:
        """Say which machines work, where it is not this one alone."""
        if self.cluster is not None:
            nodes, cores = counted(len(self.cluster.nodes), "node"), counted(self.cluster.cores, "core")
            say(f"Reading and embedding on Ray: {nodes}, {cores}, {self.cluster.gpus} GPU.")


@dataclass(frozen=True, slots=True)
class AskedModel:
    """Which model is wanted, by name, where models are unpacked, how many cores it may use (None: all), and where."""

    name: str | None
    cache: Path | None
    cores: int | None
    place: Place

    def load(self) -> "Embedder":
        """Return the model. Raises: ModelUnavailable; PinciteError."""
        return self.place.load_model(self.name, self.cache, self.cores)


@contextmanager
def computing(on: str | None, workers: int | None) -> Iterator[Place]:
    """Give the place that `on` names, with `workers` files at a time, or one a core of the cluster.

    None and "local" are this machine.

    Raises: UsageError for a name that is none; PinciteError where the package is missing, or no cluster answers.
    """
    from ingest.sandbox.ray_cluster import LOCAL, joined

    if on in (None, LOCAL):
        yield Place(workers)
        return

    # Ray prints its remarks on lost workers to the standard output, which is that of the command.
    with redirect_stdout(_ToLog()), joined(on) as cluster:
        yield Place(workers or cluster.cores, cluster)


class _ToLog(io.TextIOBase):
    """Takes lines for the log."""

    def write(self, text: str) -> int:
        if text.strip():
            log.info("%s", text.strip())
        return len(text)


@lru_cache(maxsize=1)
def _loaded_here(name: str | None, cache: Path | None, cores: int | None) -> "Embedder":
    """Load a model once in a process: `watch` ingests again and again."""
    from index.embedding.loading import load_model

    return load_model(name, cache=cache, cores=cores)
