"""From the library to a published snapshot: is it up to date, what is taken over, write, switch."""

from __future__ import annotations

import logging
import shutil
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np

from index.analysis.analyser import Analyser
from index.embedding.embedder import DEFAULT_MODEL, Embedder
from index.snapshot import commit, search_server, shared, snapshot
from index.snapshot.generation import keep_counts, write
from index.snapshot.pace import MEANING_SECONDS, WORDS_SECONDS, Pace
from index.snapshot.passage_files import BuildEvent, OnEvent
from index.snapshot.paths import load_analyser, snapshot_folder
from index.snapshot.snapshot import Manifest, Snapshot
from index.snapshot.unembedded import embed_documents, unembedded
from index.snapshot.vector_files import Meaning
from ingest.errors import LibraryDamaged, NewerFormat, SearchAway

if TYPE_CHECKING:
    from ingest.library.library import Library
    from ingest.library.records import Document

__all__ = ["BuildEvent", "IndexWriter", "OnEvent", "SnapshotWriter", "needs_no_model", "publish"]

log = logging.getLogger(__name__)

MUCH = 100
"""Passages to be embedded from which on a generation of words comes first: half a minute on a small machine."""


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
    """Writes the snapshot of the library in `folder`, a generation of files after the other.

    `pace` says when the next one is due while an ingest runs.
    """

    folder: Path
    pace: Pace = field(default_factory=Pace)

    def publish_words_if_due(self, library: Library, on_event: OnEvent | None = None) -> None:
        """Make what was read so far searchable by its words, if that is due; documents with vectors keep them."""
        if self.pace.due(WORDS_SECONDS):
            try:
                with library.writing():
                    self._publish_words(library, _published(on_event or _nobody))
            except SearchAway as error:  # the reading goes on; who publishes in the end tells it
                log.warning("%s", error)

    def publish(
        self, library: Library, embedder: Embedder | None, on_event: OnEvent | None = None
    ) -> Manifest:
        """Bring the snapshot up to date and return its manifest.

        What belongs to documents that did not change is copied from the generation before, whose hashes are
        checked first. Where much is to be embedded, a generation of its words comes before, and while it lasts one now
        and then, in which the documents embedded so far have their vectors.

        Raises:
            LibraryBusy: another process writes.
            NewerFormat: the snapshot is that of a newer version, and is left alone.
            SearchAway: the library is searched by a server, which does not answer.

        """
        tell = on_event or _nobody
        parent = snapshot_folder(self.folder)
        with library.writing():
            parent.mkdir(parents=True, exist_ok=True)
            analyser = load_analyser(self.folder)
            shared.take_up_or_forget(library)
            current = _current(parent)
            if current is not None and self._up_to_date(current.manifest, library, analyser, embedder):
                shared.share_current(library, parent)
                return current.manifest
            if embedder is not None and _much_is_new(current, library, embedder):
                self._embed_as_it_goes(library, embedder, tell)
            meaning = Meaning.of(embedder) if embedder is not None else None
            return self._publish_generation(library, meaning, tell)

    def _publish_words(self, library: Library, tell: OnEvent) -> None:
        """Publish a generation in which the vectors are those of the one before."""
        parent = snapshot_folder(self.folder)
        parent.mkdir(parents=True, exist_ok=True)
        shared.take_up_or_forget(library)
        current = _current(parent)
        model = current.manifest.model if current is not None else None
        # Counting has to be done once in any case; only what comes after it is the cost of publishing.
        analyser = load_analyser(self.folder)
        keep_counts(library, _not_counted(current, library, analyser), analyser, tell)
        self._publish_now(library, Meaning(model=model) if model is not None else None, tell)

    def _publish_now(self, library: Library, meaning: Meaning | None, tell: OnEvent) -> None:
        """Publish what there is so far, and tell so."""
        manifest = self._publish_generation(library, meaning, tell)
        tell(BuildEvent("published", manifest.embedded, manifest.documents))

    def _embed_as_it_goes(self, library: Library, embedder: Embedder, tell: OnEvent) -> None:
        """Embed all that has no vectors into the library; publish what is there whenever that is due.

        While an index serves with the vectors of another model, it keeps them until all the new ones are there.
        """
        parent = snapshot_folder(self.folder)
        self._publish_words(library, tell)
        opened = Snapshot.open(parent)
        model = opened.manifest.model
        replaces = model is not None and model["fingerprint"] != embedder.fingerprint
        waiting = unembedded(opened, embedder.fingerprint)
        done: set[str] = set()
        for idents in embed_documents(opened, waiting, embedder, library, tell):
            done |= idents
            if not replaces and len(done) < len(waiting) and self.pace.due(MEANING_SECONDS):
                self._publish_now(library, Meaning.of(embedder, done), tell)

    def _publish_generation(self, library: Library, meaning: Meaning | None, tell: OnEvent) -> Manifest:
        parent = snapshot_folder(self.folder)
        with self.pace.publishing(), shared.exclusively(library, parent):
            before = _to_take_over(_current(parent), library)
            analyser = load_analyser(self.folder)
            commit.collect(parent)
            draft = parent / f".draft-{commit.next_generation(parent)}"
            draft.mkdir()
            try:
                manifest = write(library, draft, before, analyser, meaning, tell)
                manifest = search_server.put(self.folder, draft, manifest, before)
                manifest = commit.publish_folder(draft, parent, manifest, shared.sharing(library))
            except BaseException:
                shutil.rmtree(draft, ignore_errors=True)
                commit.collect(parent)
                raise
            commit.collect(parent)
            search_server.settle(self.folder, manifest, before)
        return manifest

    def _up_to_date(
        self, manifest: Manifest, library: Library, analyser: Analyser, embedder: Embedder | None
    ) -> bool:
        model = manifest.model["fingerprint"] if manifest.model else None
        wanted = embedder.fingerprint if embedder else None
        complete = model is None or manifest.embedded == manifest.documents
        found = (manifest.state, manifest.analysis, model)
        same = complete and found == (library.state(), analyser.version, wanted)
        return same and search_server.is_there(self.folder, manifest)

    def needs_no_model(self, library: Library, name: str | None) -> bool:
        """Return whether, without loading it, the snapshot is up to date for the embedded model (None or its name).

        The embedded model is checked by hash when it is unpacked, so its name is enough; a folder of the same
        name may hold another model, which only loading tells.
        """
        try:
            shared.take_up(library)
        except LibraryDamaged as error:
            log.info("%s", error)  # publishing mends it
            return False
        opened = _current(snapshot_folder(self.folder))
        current = opened.manifest if opened else None
        if current is None or current.model is None or name not in (None, DEFAULT_MODEL):
            return False
        if current.embedded < current.documents or not shared.is_shared(
            library, snapshot_folder(self.folder)
        ):
            return False
        if not search_server.is_there(self.folder, current):
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


def _published(tell: OnEvent) -> OnEvent:
    """Return what passes on nothing but that a generation was published: the reading is told meanwhile."""

    def heard(event: BuildEvent) -> None:
        if event.stage == "published":
            tell(event)

    return heard


def _not_counted(current: Snapshot | None, library: Library, analyser: Analyser) -> list[Document]:
    """Return the documents whose words a generation cannot take over from the current one."""
    counted = current is not None and current.manifest.analysis == analyser.version
    known = {one.written for one in current.documents} if current is not None and counted else set()
    return [one for one in library.documents() if one.passage_count and one.written not in known]


def _nobody(_: BuildEvent) -> None:
    """Hear an event that nobody asked for."""


def _current(parent: Path) -> Snapshot | None:
    try:
        return Snapshot.open(parent)
    except NewerFormat:
        raise
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


def _much_is_new(current: Snapshot | None, library: Library, embedder: Embedder) -> bool:
    """Return whether embedding what is new takes so long that its words should be published before."""
    if current is None:
        return True
    model = current.manifest.model
    if model is None or model["fingerprint"] != embedder.fingerprint:
        return True
    there = np.bincount(current.row_documents, current.embedded, len(current.document_ends))
    known = {
        document.written
        for document, embedded in zip(current.documents, there.tolist(), strict=True)
        if embedded
    }
    new = sum(one.passage_count for one in library.documents() if one.written not in known)
    return new > MUCH
