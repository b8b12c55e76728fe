"""Options that several commands share."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from app.service.search import MAX_HITS, Mode
from app.settings import load_settings, server_folder
from ingest.corpus.place import corpus_path, is_store
from ingest.library.place import is_server


class BatchFormat(StrEnum):
    """What `batch` writes."""

    jsonl = "jsonl"
    trec = "trec"
    xlsx = "xlsx"


class Language(StrEnum):
    """A language of the interface, for what is written beside the passages."""

    en = "en"
    es = "es"
    pt = "pt"


def folder_given(written: str) -> Path:
    """Return a folder named on the command line; an empty name, as of an unset variable, is not the current one."""
    if not written.strip():
        raise typer.BadParameter("the name of a folder is empty")
    return Path(written)


def corpus_given(written: str) -> Path:
    """Return the corpus named on the command line: a folder, or this machine's folder for a store of documents."""
    return corpus_path(written) if is_store(written) else folder_given(written)


def library_given(written: str) -> Path:
    """Return the folder of a library named on the command line; for a database URL, this machine's folder for it."""
    if not is_server(written):
        return folder_given(written)
    return server_folder(written, load_settings())


LibraryOption = Annotated[
    Path | None,
    typer.Option(
        "--library",
        parser=library_given,
        metavar="DIR",
        help="Library folder, or postgresql+psycopg://… (default: $PINCITE_LIBRARY, else library/).",
    ),
]
ModeOption = Annotated[Mode, typer.Option(help="Both legs, words only, or meaning only.")]
HitsOption = Annotated[int, typer.Option("-k", min=1, max=MAX_HITS, help="How many passages.")]
RerankerOption = Annotated[
    str | None,
    typer.Option(
        "--reranker", help="A cross-encoder (hub name or folder) that re-orders the passages found."
    ),
]
ModelOption = Annotated[
    str | None,
    typer.Option("--model", help="Embedding model: a hub name or a folder (default: the embedded one)."),
]
