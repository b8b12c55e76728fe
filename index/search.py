"""Asking the library: a question in, ranked passages with their places out."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.embedding.embedder import PROBE_COSINE, PROBES, Embedder, calibration_of
from index.embedding.lazy import LazyEmbedder
from index.embedding.loading import load_model
from index.query import constraints, filters
from index.query.parser import Query, clean_question, parse
from index.ranking import answerability, cross_encoder
from index.ranking.answerability import Verdict
from index.ranking.hits import Hit, SearchResult, arrange
from index.ranking.hybrid import MODES, Mode, Ranking, Retriever
from index.snapshot.paths import load_analyser, snapshot_folder
from index.snapshot.snapshot import Snapshot, read_current
from ingest.errors import ModelUnavailable, PinciteError, UsageError

__all__ = ["Hit", "SearchResult", "Searcher"]

log = logging.getLogger(__name__)

MAX_HITS = 100
POOL = 100
"""Passages ranked before demotion and the collapsing of near-duplicates."""

WORDS_ONLY = "Searching by words only: "


@dataclass(frozen=True, slots=True)
class _Asked:
    """A question after parsing: what to rank for, in which mode, within which rows."""

    query: Query
    mode: Mode
    vector: NDArray[np.float32] | None
    allowed: NDArray[np.bool_] | None
    notices: tuple[str, ...]
    removed: dict[str, int]


class Searcher:
    """One generation of the index, open for questions. Safe for several threads.

    It keeps its generation for as long as it lives; `is_current` tells whether a newer one is there.
    """

    def __init__(
        self,
        snapshot: Snapshot,
        folder: Path,
        embedder: Embedder | None,
        model: str | None,
        cache: Path | None = None,
    ) -> None:
        self.snapshot = snapshot
        self.folder = folder
        self._given = embedder
        self._model_name = model
        self._cache = cache
        made_with = snapshot.manifest.model or {"name": ""}
        self._embedder = LazyEmbedder(model or made_with["name"], self._matching)
        languages = [code or None for code in snapshot.manifest.languages]
        # Everything is opened now: a later publication may remove these files from the disk.
        self.retriever = Retriever(
            snapshot.postings,
            snapshot.dense,
            load_analyser(folder),
            languages,
            snapshot.row_languages,
            text_of=self._text,
            calibration=calibration_of(snapshot.manifest.model),
        )

    @classmethod
    def open(
        cls,
        folder: Path,
        *,
        model: str | None = None,
        cache: Path | None = None,
        embedder: Embedder | None = None,
    ) -> "Searcher":
        """Open the snapshot of the library in `folder`.

        The model is loaded when a question first needs it: `embedder` if given, else `model`, else the
        one the snapshot was built with, unpacked in `cache` if it is the embedded one.

        Raises:
            PinciteError: nothing has been ingested yet.
            LibraryDamaged: the snapshot does not match its hashes or its format.

        """
        return cls(Snapshot.open(snapshot_folder(folder)), folder, embedder, model, cache)

    def is_current(self) -> bool:
        """Tell whether this is still the newest generation; reads one small file."""
        try:
            return read_current(snapshot_folder(self.folder))[0] == self.snapshot.manifest.generation
        except PinciteError as error:
            log.info("cannot tell the newest generation: %s", error)
            return True

    def facets(self, filters_given: filters.Filters | None = None) -> dict[str, dict[str, int]]:
        """Return facet key → value → number of documents; each key obeys the filters of the others.

        Raises:
            UsageError: an unknown key or a wrong year.

        """
        chosen = dict(filters_given or {})
        filters.check_filters(chosen)
        return filters.facets(self.snapshot.documents, chosen)

    def search(
        self,
        question: str,
        *,
        k: int = 10,
        mode: str = "hybrid",
        filters: Mapping[str, Sequence[str]] | None = None,
        explain: bool = False,
        vector: NDArray[np.float32] | None = None,
        reranker: "cross_encoder.Reranker | None" = None,
    ) -> SearchResult:
        """Return the best passages for a question in the query language of `index.query.parser`.

        `k` is at most 100. `filters` are key → values (see `index.query.filters`), applied before the top k
        of both legs. `vector` is the question's unit vector, where the caller has it already. The mode
        of the result is the one that was possible: without a model, words alone, with a notice.

        Raises:
            UsageError: an unknown mode or filter key, a wrong year.

        """
        if mode not in MODES:
            raise UsageError(f"unknown mode “{mode}”; there are: {', '.join(MODES)}")
        asked = self._ask(clean_question(question), _as_mode(mode), filters or {}, vector)
        k = max(1, min(k, MAX_HITS))
        ranking = self.retriever.rank(
            asked.query.text, max(POOL, k), asked.mode, query=asked.vector, allowed=asked.allowed
        )
        judged = answerability.judge(ranking, self.retriever, asked.query.text, self._text)
        hits = arrange(ranking, judged, self.snapshot, k, explain=explain)
        if reranker is not None:
            hits = cross_encoder.reorder(hits, asked.query.text, reranker)
        details = self._explanation(asked, ranking, judged) if explain else None
        return SearchResult(
            question=question,
            mode=asked.mode,
            answerable=judged.answerable and bool(hits),
            confidence=judged.confidence if hits else 0.0,
            hits=hits,
            notices=asked.notices,
            explain=details,
        )

    def _text(self, row: int) -> str:
        return self.snapshot.passage(row).passage.shown

    def _ask(
        self,
        question: str,
        mode: Mode,
        given: Mapping[str, Sequence[str]],
        vector: NDArray[np.float32] | None,
    ) -> _Asked:
        query = parse(question)
        filters.check_filters(given)
        allowed, removed, notices = constraints.allowed_rows(query, given, self.retriever, self.snapshot)
        if mode != "lexical" and vector is None and query.text:
            try:
                vector = self._embedder.encode_query(query.text)
            except ModelUnavailable as error:
                notices = (*notices, WORDS_ONLY + str(error))
                mode = "lexical"
        elif mode != "lexical" and self.snapshot.dense is None:
            notices = (*notices, WORDS_ONLY + "the index was built without a model.")
            mode = "lexical"
        return _Asked(query, mode, vector, allowed, notices, removed)

    def _matching(self) -> Embedder:
        """Return the model whose vectors the snapshot holds.

        Raises:
            ModelUnavailable: there is none, it cannot be loaded, or it is another model.

        """
        made_with = self.snapshot.manifest.model
        if made_with is None:
            raise ModelUnavailable("the index was built without a model; run pincite ingest to add one.")
        embedder = self._given or load_model(self._model_name or made_with["name"], cache=self._cache)
        probes = np.array(made_with["probes"])
        same = embedder.fingerprint == made_with["fingerprint"] and embedder.dimension == probes.shape[1]
        if same:
            fresh = np.stack([embedder.encode_query(text) for text in PROBES])
            same = bool(np.all(np.sum(fresh * probes, axis=1) >= PROBE_COSINE))
        if not same:
            raise ModelUnavailable(
                f"the index holds vectors of another model ({made_with['name']}); "
                "run pincite ingest with the model you want."
            )
        return embedder

    def _explanation(self, asked: _Asked, ranking: Ranking, judged: Verdict) -> dict[str, Any]:
        return {
            "terms": {term.surface: list(term.forms) for term in ranking.terms},
            "known_share": round(ranking.known_share, 4),
            "dense_weight": round(ranking.weight, 4),
            "signals": {name: round(value, 4) for name, value in judged.signals.items()},
            "removed": asked.removed,
        }


def _as_mode(mode: str) -> Mode:
    return next(known for known in MODES if known == mode)
