"""From the library to a published snapshot: is it up to date, what is taken over, write, switch."""

from __future__ import annotations

import logging
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from index.analysis.analyser import Analyser
from index.embedding.embedder import DEFAULT_MODEL, Embedder
from index.snapshot import commit, snapshot
from index.snapshot.generation import write
from index.snapshot.passage_files import BuildEvent, OnEvent
from index.snapshot.paths import load_analyser, snapshot_folder
from index.snapshot.snapshot import Manifest, Snapshot

if TYPE_CHECKING:
    from ingest.library.library import Library

__all__ = ["BuildEvent", "IndexWriter", "OnEvent", "SnapshotWriter", "needs_no_model", "publish"]

log = logging.getLogger(__name__)


class IndexWriter(Protocol):
    """Brings the index of one library up to date, so that searches opened from then on find what it holds now."""

    def publish(
        self, library: Library, embedder: Embedder | None, on_event: OnEvent | None = None
    ) -> Manifest:
        """Bring the index up to date and return what it holds; an unchanged library keeps its generation.

        Nothing is counted or embedded twice: both are kept in the library under the hash of their text. Without an
        embedder the index holds words only. A search sees the generation before or the new one, never a mixture.

        Raises:
            LibraryBusy: another process writes.

        """

    def needs_no_model(self, library: Library, name: str | None) -> bool:
        """Return whether the index is, as far as that shows without loading it, up to date for a model.

        `name` is the model's, None for the embedded one.
        """


@dataclass(frozen=True, slots=True, kw_only=True)
class SnapshotWriter:
    """Writes the snapshot of the library in `folder`, a generation of files after the other."""

    folder: Path

    def publish(
        self, library: Library, embedder: Embedder | None, on_event: OnEvent | None = None
    ) -> Manifest:
        """Bring the snapshot up to date and return its manifest.

        What belongs to documents that did not change is copied from the generation before, whose hashes are
        checked first. Where there is no generation yet, one of words alone is published before the embedding begins: a
        first corpus of thousands of pages takes long to embed and seconds to count, and can be searched meanwhile.

        Raises:
            LibraryBusy: another process writes.

        """
        tell = on_event or (lambda event: None)
        parent = snapshot_folder(self.folder)
        with library.writing():
            parent.mkdir(parents=True, exist_ok=True)
            analyser = load_analyser(self.folder)
            current = _current(parent)
            if current is not None and _up_to_date(current.manifest, library, analyser, embedder):
                return current.manifest
            before = _to_take_over(current, library)
            if current is None and embedder is not None:
                _publish_generation(library, parent, None, analyser, None, tell)
                before = _current(parent)
            return _publish_generation(library, parent, before, analyser, embedder, tell)

    def needs_no_model(self, library: Library, name: str | None) -> bool:
        """Return whether, without loading it, the snapshot is up to date for the embedded model (None or its name).

        The embedded model is checked by hash when it is unpacked, so its name is enough; a folder of the same
        name may hold another model, which only loading tells.
        """
        opened = _current(snapshot_folder(self.folder))
        current = opened.manifest if opened else None
        if current is None or current.model is None or name not in (None, DEFAULT_MODEL):
            return False
        analysis = load_analyser(self.folder).version
        wanted = (library.state(), analysis, DEFAULT_MODEL)
        return (current.state, current.analysis, current.model["name"]) == wanted


def publish(
    library: Library, folder: Path, embedder: Embedder | None, on_event: OnEvent | None = None
) -> Manifest:
    """Bring the snapshot of the library in `folder` up to date; see `SnapshotWriter.publish`."""
    return SnapshotWriter(folder=folder).publish(library, embedder, on_event)


def needs_no_model(library: Library, folder: Path, name: str | None) -> bool:
    """Return whether the snapshot in `folder` needs no model loaded; see `SnapshotWriter.needs_no_model`."""
    return SnapshotWriter(folder=folder).needs_no_model(library, name)


def _publish_generation(  # noqa: PLR0917  # what `publish` found, passed on
    library: Library,
    parent: Path,
    before: Snapshot | None,
    analyser: Analyser,
    embedder: Embedder | None,
    tell: OnEvent,
) -> Manifest:
    commit.collect(parent)
    draft = parent / f".draft-{commit.next_generation(parent)}"
    draft.mkdir()
    try:
        manifest = write(library, draft, before, analyser, embedder, tell)
        manifest = commit.publish_folder(draft, parent, manifest)
    except BaseException:
        shutil.rmtree(draft, ignore_errors=True)
        commit.collect(parent)
        raise
    commit.collect(parent)
    return manifest


def _current(parent: Path) -> Snapshot | None:
    try:
        return Snapshot.open(parent)
    except Exception as error:  # missing, damaged, of another format: in every case it is built anew
        log.info("building a new snapshot: %s", error)
        return None


def _to_take_over(current: Snapshot | None, library: Library) -> Snapshot | None:
    """Return the generation to copy from: one of this library whose own files are right now.

    Opening trusts files whose times did not change; what is copied into a new generation gets new hashes,
    so damage that the disk itself did must not get that far. A base keeps its hash, and is checked where it is
    copied.
    """
    if current is None or current.manifest.state.split(":")[0] != library.state().split(":")[0]:
        return None
    if not snapshot.own_files_sound(current):
        log.warning("%s is damaged; building a new snapshot", current.folder)
        return None
    return current


def _up_to_date(manifest: Manifest, library: Library, analyser: Analyser, embedder: Embedder | None) -> bool:
    model = manifest.model["fingerprint"] if manifest.model else None
    wanted = embedder.fingerprint if embedder else None
    return (manifest.state, manifest.analysis, model) == (library.state(), analyser.version, wanted)
