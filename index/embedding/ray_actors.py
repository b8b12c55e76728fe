"""Actors that hold an embedding model on the nodes of a Ray cluster: started, asked, replaced when they are lost."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from index.embedding.embedder import PROBE_COSINE, PROBES, Embedder, ModelProfile
from ingest.errors import ModelUnavailable, PinciteError
from ingest.sandbox.ray_cluster import GO_ON, Cluster

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Vectors = NDArray[np.float32]

CORES = 4
"""The cores of an actor, where its node has so many: each holds the model once, some 300 MB."""
SENT = 2
"""Calls given to an actor at once: the next lies there when one is done."""
TICK = 0.25
START_SECONDS = 300.0
"""How long nobody may be there: a node unpacks and converts the model first, half a minute on a slow one."""
MOST_LOST = 8
"""So many actors may be lost in a run, and as many more as there were; then something is wrong with the nodes."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What an actor says of its model; `probes` are the vectors of `index.embedding.embedder.PROBES`."""

    name: str
    fingerprint: str
    dimension: int
    profile: ModelProfile
    probes: Vectors


@dataclass(frozen=True, slots=True)
class Share:
    """What one actor gets of the cluster."""

    cores: int
    gpus: int = 0


def shares(cluster: Cluster, most: int | None = None) -> list[Share]:
    """Return the actors that fit: one a GPU, without any one for `CORES` cores, at most `most` cores in all."""
    if cluster.gpus:
        return [Share(1, 1)] * cluster.gpus
    found = []
    left = most or cluster.cores
    for cores in cluster.nodes:
        each = min(CORES, cores)
        for _ in range(cores // each if each else 0):
            if left > 0:
                found.append(Share(min(each, left)))
                left -= each
    return found or [Share(1)]


class ModelActor:
    """One model on one node. An actor; the model is loaded by the first call."""

    def __init__(self, name: str | None, cache: Path | None, share: Share) -> None:
        self._asked = (name, cache, share)
        self._loaded: Embedder | None = None

    @property
    def _model(self) -> Any:
        if self._loaded is None:
            from index.embedding.loading import load_model

            name, cache, share = self._asked
            self._loaded = load_model(name, cache=cache, cores=share.cores, gpu=_has_gpu(share))
        return self._loaded

    def facts(self) -> Facts:
        """Load the model and say what it is. Raises: ModelUnavailable."""
        import numpy as np

        model = self._model
        probes = np.stack([model.encode_query(text) for text in PROBES])
        return Facts(model.name, model.fingerprint, model.dimension, model.profile, probes)

    def batches(self, texts: Sequence[str]) -> list[list[int]]:
        """Return the batches into which the model parts texts."""
        found: list[list[int]] = self._model.batches(texts)
        return found

    def documents(self, texts: Sequence[str]) -> Vectors:
        """Return the vectors of passages."""
        vectors: Vectors = self._model.encode_documents(texts)
        return vectors

    def query(self, text: str) -> Vectors:
        """Return the vector of a question."""
        vector: Vectors = self._model.encode_query(text)
        return vector


def _has_gpu(share: Share) -> bool:
    """Return whether the GPU that was promised can be computed with."""
    if not share.gpus:
        return False
    import torch

    return bool(torch.cuda.is_available())


class ModelActors:
    """The actors of one model; a lost one is replaced, and what it was asked is asked of another."""

    def __init__(
        self, cluster: Cluster, name: str | None, *, cache: Path | None = None, cores: int | None = None
    ) -> None:
        """Start them and wait for the first. Raises: ModelUnavailable; PinciteError where none comes to be."""
        self._cluster, self._ray = cluster, cluster.ray
        self._asked = (name, cache)
        self._there: dict[Any, Share] = {}
        self._starting: dict[Any, tuple[Any, Share]] = {}
        self._lost = 0
        planned = shares(cluster, cores)
        self._most_lost = MOST_LOST + len(planned)
        for share in planned:
            self._start(share)
        self._facts: Facts | None = None
        self.facts = self._first()

    @property
    def count(self) -> int:
        """How many there are, those on their way included."""
        return len(self._there) + len(self._starting)

    def run(self, method: str, arguments: Sequence[Any]) -> Iterator[tuple[int, Any]]:
        """Yield the number of each argument with what `method` gave for it, as they come.

        Raises: ModelUnavailable; PinciteError where the cluster is gone, or loses one actor after the other.
        """
        waiting = deque(range(len(arguments)))
        busy: dict[Any, tuple[int, Any]] = {}
        while waiting or busy:
            for actor in self._there:
                given = sum(other is actor for _, other in busy.values())
                for number in [waiting.popleft() for _ in range(min(SENT - given, len(waiting)))]:
                    busy[getattr(actor, method).remote(arguments[number])] = (number, actor)
            for promise in self._ready(busy):
                number, actor = busy.pop(promise)
                try:
                    found = self._got(promise)
                except _ActorLost:
                    self._replace(actor)
                    waiting.appendleft(number)
                else:
                    yield number, found

    def close(self) -> None:
        """End them all."""
        for actor in [*self._there, *(actor for actor, _ in self._starting.values())]:
            with suppress(self._ray.exceptions.RayError, ConnectionError):
                self._ray.kill(actor)
        self._there.clear()
        self._starting.clear()

    def _first(self) -> Facts:
        self._await_one()
        assert self._facts is not None
        return self._facts

    def _await_one(self) -> None:
        end = time.monotonic() + START_SECONDS
        while not self._there:
            self._ready({})
            if time.monotonic() > end:
                raise PinciteError(
                    f"no node of the Ray cluster came to hold the model within {START_SECONDS:.0f} s. {GO_ON}"
                )

    def _start(self, share: Share) -> None:
        made = self._ray.remote(
            num_cpus=share.cores, num_gpus=share.gpus, max_restarts=0, scheduling_strategy="SPREAD"
        )(ModelActor)
        actor = made.remote(*self._asked, share)
        self._starting[actor.facts.remote()] = (actor, share)

    def _ready(self, busy: dict[Any, Any]) -> list[Any]:
        """Wait a moment; return the promises of `busy` that are kept, and take in actors that are there."""
        if not busy and not self._starting:
            self._await_one()
            return []
        with self._cluster.telling_of_loss():
            done, _ = self._ray.wait([*busy, *self._starting], num_returns=1, timeout=TICK)
        for promise in done:
            if promise in self._starting:
                self._arrived(*self._starting.pop(promise), promise)
        return [promise for promise in done if promise in busy]

    def _arrived(self, actor: Any, share: Share, promise: Any) -> None:
        try:
            facts: Facts = self._got(promise)
        except _ActorLost:
            self._there[actor] = share
            self._replace(actor)
            return
        if self._facts is None:
            self._facts = facts
        elif not same(facts, self._facts):
            raise PinciteError(
                f"the nodes of the Ray cluster hold different models under the name {facts.name}: install the same "
                f"pincite and the same models on each. {GO_ON}"
            )
        self._there[actor] = share

    def _replace(self, actor: Any) -> None:
        share = self._there.pop(actor, None)
        if share is None:
            return
        self._lost += 1
        if self._lost > self._most_lost:
            raise PinciteError(
                f"the Ray cluster lost {self._lost} processes that hold the model; see the memory of its nodes. {GO_ON}"
            )
        self._start(share)

    def _got(self, promise: Any) -> Any:
        """Return what an actor gave. Raises: _ActorLost; ModelUnavailable; PinciteError."""
        try:
            return self._ray.get(promise)
        except ModelUnavailable as error:
            raise ModelUnavailable(str(getattr(error, "cause", error))) from error
        except self._ray.exceptions.RayTaskError as error:
            said = " ".join(str(error.cause).split())[:200]
            raise PinciteError(f"a node of the Ray cluster could not embed ({said}). {GO_ON}") from error
        except self._ray.exceptions.RayError as error:
            raise _ActorLost from error


class _ActorLost(Exception):
    """The process of an actor, or its node, ended."""


def same(one: Facts, other: Facts) -> bool:
    """Return whether two nodes hold the same model and compute it alike."""
    if (one.fingerprint, one.dimension) != (other.fingerprint, other.dimension):
        return False
    return bool((one.probes * other.probes).sum(axis=1).min() >= PROBE_COSINE)
