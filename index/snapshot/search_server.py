"""What publishing does on the server that searches a library, where it has one."""

from __future__ import annotations

from pathlib import Path

from index.snapshot import milvus_writer
from index.snapshot.served import server_of
from index.snapshot.snapshot import Manifest, Snapshot


def put(folder: Path, draft: Path, manifest: Manifest, before: Snapshot | None) -> Manifest:
    """Bring a written generation to the server of the library in `folder`, where it has one; return its manifest."""
    server = server_of(folder)
    if server is None:
        return manifest
    return milvus_writer.put(server, draft, manifest, before)


def settle(folder: Path, manifest: Manifest, before: Snapshot | None) -> None:
    """Let the server's aliases follow a generation that has become current, where the library has a server."""
    server = server_of(folder)
    if server is not None and manifest.search is not None:
        milvus_writer.settle(server, manifest, before.manifest if before is not None else None)


def reach(folder: Path) -> None:
    """Raise SearchAway, within some seconds, where the server of the library in `folder` does not answer."""
    server = server_of(folder)
    if server is not None:
        server.ask(lambda client, seconds: client.list_collections(timeout=seconds))


def is_there(folder: Path, manifest: Manifest) -> bool:
    """Return whether a generation is where the library in `folder` is to be searched. May raise SearchAway."""
    server = server_of(folder)
    if server is None or manifest.search is None:
        return server is None and manifest.search is None
    return manifest.search["url"] == server.address.shown and milvus_writer.is_there(server, manifest.search)
