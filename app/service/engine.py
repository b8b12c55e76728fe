"""The open library and searcher of a served site, shared by all sessions and by `/api`.

A search runs on one snapshot from beginning to end. When a newer one is published the next search opens
it; the embedding model stays loaded. Opening happens once however many sessions wait for it.
"""

from __future__ import annotations

import gc
import logging
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from app.service import rehashing, suggestions
from app.service.following import Follower
from app.service.site import Site, current
from ingest.corpus.place import corpus_path
from ingest.errors import PinciteError
from ingest.library.place import OWN_DATABASE, database_url
from ingest.library.repair import ingest_command

if TYPE_CHECKING:
    from index.embedding.embedder import Embedder
    from index.embedding.lazy import LazyEmbedder
    from index.search import Searcher
    from ingest.library.library import Library

log = logging.getLogger(__name__)

# Two searches at a time fill two cores; the others wait. Fifty people asking at once is the most that
# the reliability list asks for; whoever comes on top is told that the server is busy.
SEARCHES_AT_ONCE = 2
SEARCHES_WAITING = 50
_MOST_WAIT = 10.0
WAIT_SECONDS = 60.0
SUGGESTIONS_WAIT = 2.0
M_ARENA_MAX = -8  # of glibc's malloc.h


class Busy(PinciteError):
    """More searches wait than are allowed to."""


class NoIndex(PinciteError):
    """There is no library or no snapshot to search yet."""


def _settled_model(name: str, cache: Path | None) -> Embedder:
    """Load a model and suit the process to many short questions.

    Where torch encodes, it does so with one thread: questions are short, and visitors come side by side. Median of
    20 questions on two busy cores: 0.025 s CPU and 0.08 s by the clock with one thread, 0.33 s and 1.1 s with two,
    which spin while they wait for each other.

    What is loaded by now stays, so the garbage collector need not look at it again.
    """
    from index.embedding.loading import load_model

    model = load_model(name, cache=cache)
    if "torch" in sys.modules:
        import torch

        torch.set_num_threads(1)
    gc.collect()
    gc.freeze()
    return model


class Engine:
    """Library, model and searcher of one site. All methods may be called from any thread."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self._lock = threading.RLock()
        self._searcher: Searcher | None = None
        self._searcher_key: str | None = None
        self._shared_titles: tuple[str, frozenset[str]] | None = None
        self._library: Library | None = None
        self._database: object = None
        self._models: dict[str, LazyEmbedder] = {}
        self._offered = suggestions.configured(site.settings.suggestions)
        self._offered_for: str | None = None
        self._running = threading.Semaphore(SEARCHES_AT_ONCE)
        self._places = threading.Semaphore(SEARCHES_AT_ONCE + SEARCHES_WAITING)
        self._counting = threading.Lock()
        self._waiting = 0
        self._follower = Follower(self.library)
        self._warming: threading.Thread | None = None
        self.watchers: list[Callable[[float], None]] = []

    def warm_up(self) -> None:
        """Begin to open the index in the background, so that the first visitor waits less."""
        self._warming = threading.Thread(target=self._warm, name="warm-up", daemon=True)
        self._warming.start()
        if database_url(self.site.library) is not None:
            threading.Thread(target=self._follower.keep_on, name="follower", daemon=True).start()
        threading.Thread(
            target=rehashing.keep_on, args=(self.check_files,), name="re-hash", daemon=True
        ).start()

    def wait_for_warm_up(self) -> None:
        """Wait until `warm_up` has loaded the model, ten seconds at most: a process that ends meanwhile crashes."""
        if self._warming is not None:
            self._warming.join(_MOST_WAIT)

    def library(self) -> Library:
        """Return the open library. Raises NoIndex where there is none yet."""
        from ingest.library.backend import exists
        from ingest.library.library import Library

        with self._lock:
            # Another one may have its name: it was restored or read anew, and the open one has another name now.
            which = self._library.identity() if self._library is not None else None
            if self._library is None or which is None or which != self._database:
                if not exists(self.site.library):
                    raise NoIndex(self.missing() or f"{self.site.library}: no library yet")
                self._library = Library.open(self.site.library)
                self._database = self._library.identity()
            return self._library

    def missing(self) -> str:
        """Return why nothing can be searched and the command that mends it, "" where something can be."""
        folder = self.site.library
        if database_url(folder) is None and not (folder / OWN_DATABASE).is_file():
            return f"{folder}: there is no library here yet. Make one with: {ingest_command(folder)}"
        if self.snapshot() is None:
            return f"{folder}: nothing has been indexed yet. Run: {ingest_command(folder)}"
        return ""

    def snapshot(self) -> str | None:
        """Return what names the published snapshot, None where there is none."""
        from index.snapshot.paths import CURRENT, snapshot_folder

        try:
            named = (snapshot_folder(self.site.library) / CURRENT).read_text(
                encoding="ascii", errors="replace"
            )
            return named.strip() or None
        except (FileNotFoundError, NotADirectoryError):
            return None

    @property
    def ready(self) -> bool:
        """Return whether the searcher of the published snapshot is open, so that a visitor need not wait."""
        return self._searcher is not None and self._searcher_key == self.snapshot()

    @property
    def opened(self) -> Searcher | None:
        """Return the searcher that is open, None before the first one is; it may be one publication behind."""
        return self._searcher

    @property
    def model_ready(self) -> bool:
        """Return whether a search would not have to wait for the embedding model."""
        return all(model.settled for model in self._models.values())

    def searcher(self) -> Searcher:
        """Return the searcher of the published snapshot, opened if need be.

        Raises NoIndex, LibraryDamaged.
        """
        from index.search import Searcher
        from index.snapshot import served
        from index.snapshot.paths import snapshot_folder

        key = self.snapshot()
        if key is None:
            raise NoIndex(self.missing())
        with self._lock:
            if self._searcher is None or self._searcher_key != key:
                snapshot = served.opened(snapshot_folder(self.site.library))
                made_with = snapshot.manifest.model
                model = self._shared_model(made_with["name"]) if made_with else None
                self._searcher = Searcher(snapshot, self.site.library, model, None)
                self._searcher_key = key
            return self._searcher

    def shared_titles(self) -> frozenset[str]:
        """Return the titles, as `wording.title_key` folds them, that several documents of the index bear."""
        from app.citations.wording import title_key

        searcher, key = self.searcher(), self._searcher_key or ""
        if self._shared_titles is None or self._shared_titles[0] != key:
            titles = Counter(title_key(document) for document in searcher.snapshot.documents)
            shared = frozenset(title for title, times in titles.items() if title and times > 1)
            self._shared_titles = (key, shared)
        return self._shared_titles[1]

    @contextmanager
    def turn(self, waits: Callable[[int], None] | None = None) -> Iterator[Searcher]:
        """Give the searcher for one search. Raises Busy when too many wait already.

        `waits` is told how many others wait already, where this one has to; each of `watchers` the seconds that a
        search took, the waiting for its turn included.
        """
        begun = time.perf_counter()
        if not self._places.acquire(blocking=False):
            raise Busy("too many searches at once; try again in a moment")
        try:
            searcher = self.searcher()
            if not self._running.acquire(blocking=False):
                self._wait(waits)
            try:
                yield searcher
            finally:
                self._running.release()
                for tell in self.watchers:
                    tell(time.perf_counter() - begun)
        finally:
            self._places.release()

    def _wait(self, waits: Callable[[int], None] | None) -> None:
        """Wait for a turn, behind those who wait already. Raises Busy."""
        with self._counting:
            before = self._waiting
            self._waiting += 1
        try:
            if waits is not None:
                waits(before)
            if not self._running.acquire(timeout=WAIT_SECONDS):
                raise Busy("too many searches at once; try again in a moment")
        finally:
            with self._counting:
                self._waiting -= 1

    def check_files(self, pause: Callable[[], None]) -> Path | None:
        """Read the open snapshot again, `pause` before each MB; return what is damaged, and let no search use it."""
        from index.snapshot.rehash import damaged_file
        from index.snapshot.served import ServedIndex
        from index.snapshot.snapshot import Snapshot

        opened = self._searcher
        files = opened.snapshot if opened is not None else None
        if isinstance(files, ServedIndex):
            files = files.files
        if not isinstance(files, Snapshot):
            return None
        path = damaged_file(files, pause)
        if path is None:
            return None
        log.error("%s is damaged; build it again with: pincite ingest", path)
        with self._lock:
            if self._searcher is opened:
                self._searcher = self._searcher_key = None
        return path

    def corpus(self) -> Path | None:
        """Return the folder of the documents: the one asked for, else the one last ingested."""
        if self.site.corpus is not None:
            return self.site.corpus.absolute()
        try:
            known = self.library().setting("corpus")
        except NoIndex:
            return None
        return corpus_path(known) if known else None

    def suggestions(self, language: str) -> tuple[str, ...]:
        """Return the questions to offer a reader of a language: those that this library answers.

        They are looked for once for each snapshot, which is waited for a moment; until then they are those of the
        configuration, or of the snapshot before.
        """
        key = self.snapshot()
        if key is not None and self._offered_for != key:
            self._offered_for = key
            seeker = threading.Thread(target=self._look_for_suggestions, name="suggestions", daemon=True)
            seeker.start()
            seeker.join(SUGGESTIONS_WAIT)
        return suggestions.chosen(self._offered, language)

    def _look_for_suggestions(self) -> None:
        try:
            self._offered = suggestions.for_library(self.searcher(), self.site.settings.suggestions)
        except PinciteError as error:
            log.warning("the index could not be opened: %s", error)

    def _shared_model(self, made_with: str) -> LazyEmbedder:
        from index.embedding.lazy import LazyEmbedder

        name, cache = self.site.settings.model or made_with, self.site.settings.cache
        if name not in self._models:
            self._models[name] = LazyEmbedder(name, lambda: _settled_model(name, cache))
        return self._models[name]

    def _warm(self) -> None:
        if database_url(self.site.library) is not None:
            self._follower.take_up_newest()
        try:
            self.searcher()
            self._offered_for = self.snapshot()
            self._look_for_suggestions()
        except NoIndex:
            log.info("nothing to open yet")
        except PinciteError as error:
            log.warning("the index could not be opened: %s", error)


class _Holder:
    engine: Engine | None = None
    lock = threading.Lock()


def spare_memory() -> None:
    """Keep freed memory in few places (glibc): by default each thread that searched holds on to some of its own.

    Fifty programs asking for half a minute made the server grow by 438 MB, and by 42 MB with two such places.
    """
    if sys.platform != "linux":
        return
    import ctypes

    try:
        ctypes.CDLL(None).mallopt(M_ARENA_MAX, SEARCHES_AT_ONCE)
    except (OSError, AttributeError):  # another C library
        log.info("the number of memory arenas cannot be bounded here")


def engine() -> Engine:
    """Return the engine of the installed site; another site gets another engine."""
    site = current()
    with _Holder.lock:
        if _Holder.engine is None or _Holder.engine.site != site:
            _Holder.engine = Engine(site)
        return _Holder.engine


def tell_what_is_missing() -> None:
    """Say on standard error why the installed site can search nothing yet, where that is so."""
    missing = engine().missing()
    if missing:
        sys.stderr.write(f"pincite: {missing}\n")
        sys.stderr.flush()
