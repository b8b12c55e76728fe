"""Figures of a running service for Prometheus: searches, how long they take, the age of the index, a running ingest.

No question, name or address is among them.
"""

from __future__ import annotations

import threading
import time
from importlib.metadata import version

from prometheus_client import CollectorRegistry, Gauge, Histogram, Info
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest

from app.service import ingest_jobs
from app.service.engine import Engine, engine

CONTENT_TYPE = CONTENT_TYPE_LATEST
# Seconds. A warm search takes some hundredths of one, the first one loads the model.
BUCKETS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)


class Metrics:
    """The figures of one engine. Safe for several threads; what the library holds is looked up when it is asked for."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.registry = CollectorRegistry()
        self._seconds = Histogram(
            "pincite_search_seconds",
            "Time of a search, waiting for its turn included.",
            buckets=BUCKETS,
            registry=self.registry,
        )
        self._documents = self._gauge("pincite_documents", "Documents in the index.")
        self._passages = self._gauge("pincite_passages", "Passages in the index.")
        self._vectors = self._gauge("pincite_vectors", "Vectors in the index; 0: it answers by words only.")
        self._age = self._gauge("pincite_index_age_seconds", "Time since an index was published last.")
        self._ready = self._gauge("pincite_index_ready", "1 where the published index is open.")
        self._ingest = self._gauge("pincite_ingest_running", "1 while an ingest writes to the library.")
        engine.watchers.append(self._seconds.observe)
        Info("pincite_build", "The version that runs.", registry=self.registry).info(
            {"version": version("pincite")}
        )

    def _gauge(self, name: str, documentation: str) -> Gauge:
        return Gauge(name, documentation, registry=self.registry)

    def text(self) -> bytes:
        """Return all figures in Prometheus' text format, of type CONTENT_TYPE."""
        from index.snapshot.paths import CURRENT, snapshot_folder

        self._ingest.set(ingest_jobs.at_work(self.engine.site.library))
        self._ready.set(self.engine.ready)
        searcher = self.engine.opened
        if searcher is not None:
            manifest = searcher.snapshot.manifest
            self._documents.set(manifest.documents)
            self._passages.set(manifest.passages)
            self._vectors.set(manifest.vectors)
            published = (snapshot_folder(self.engine.site.library) / CURRENT).stat().st_mtime
            self._age.set(max(0.0, time.time() - published))
        return generate_latest(self.registry)


class _Holder:
    metrics: Metrics | None = None
    lock = threading.Lock()


def metrics() -> Metrics:
    """Return the figures of the installed site's engine, which counts from the first call on."""
    current = engine()
    with _Holder.lock:
        if _Holder.metrics is None or _Holder.metrics.engine is not current:
            _Holder.metrics = Metrics(current)
        return _Holder.metrics
