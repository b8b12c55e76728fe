"""Asking the library: a question in, ranked passages with their places out."""

import logging
import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from index.embedding.embedder import PROBE_COSINE, PROBES, Embedder, calibration_of
from index.embedding.lazy import LazyEmbedder
from index.embedding.loading import load_model
from index.notices import Notice, NoticeKind
from index.query import constraints, filters
from index.query.filters import Filters, GivenFilters, normal
from index.query.parser import clean_question, parse
from index.query.question import AnalysedQuestion
from index.query.spelling import Speller
from index.ranking import answerability, cross_encoder
from index.ranking.demotion import demoted
from index.ranking.evidence import Missing
from index.ranking.explanation import explanation
from index.ranking.full_names import spelling_out, with_names_as_windows
from index.ranking.hits import Hit, SearchResult, arrange
from index.ranking.hybrid import MODES, Mode, Retriever
from index.retrieval.base import LexicalIndex, PassageSource, Vector, VectorIndex
from index.retrieval.candidate_texts import CandidateTexts
from index.snapshot import served
from index.snapshot.paths import snapshot_folder, usable_analyser
from index.snapshot.shared import bring
from index.snapshot.snapshot import Manifest, read_current
from ingest.errors import ModelUnavailable, PinciteError, SearchAway, UsageError

__all__ = ["Hit", "SearchResult", "Searcher"]

log = logging.getLogger(__name__)

MAX_HITS = 100
POOL = 100
"""Passages ranked before demotion and the collapsing of near-duplicates."""


class OpenIndex(PassageSource, Protocol):
    """One generation of an index, open for reading; `Snapshot` is the one that ships."""

    @property
    def manifest(self) -> Manifest:
        """What the generation holds and what it was made from."""

    @property
    def lexical(self) -> LexicalIndex:
        """The words."""

    @property
    def vectors(self) -> VectorIndex | None:
        """The vectors, None where there are words only."""

    @property
    def language_steps(self) -> NDArray[np.float32] | None:
        """Where each language lies in the vectors (languages, dimension), None where nobody measured it yet."""


class Searcher:
    """One generation of the index, open for questions. Safe for several threads.

    It keeps its generation for as long as it lives; `is_current` tells whether a newer one is there.
    """

    def __init__(
        self,
        snapshot: OpenIndex,
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
        # Everything is opened now: a later publication may remove these files from the disk.
        analyser, faults = usable_analyser(folder)
        self._faults = tuple(Notice(NoticeKind.OWN_WORDS_BROKEN, {"reason": fault}) for fault in faults)
        self.retriever = Retriever(
            snapshot.lexical,
            snapshot.vectors,
            analyser,
            snapshot.languages,
            snapshot.row_languages,
            row_documents=snapshot.row_documents,
            calibration=calibration_of(snapshot.manifest.model),
            language_steps=snapshot.language_steps,
        )
        self._constraints = constraints.Constraints(
            lexical=snapshot.lexical, passages=snapshot, analyser=analyser
        )

    @classmethod
    def open(
        cls,
        folder: str | os.PathLike[str],
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
        folder = Path(folder)
        bring(folder)
        opened = served.opened(snapshot_folder(folder))
        try:
            return cls(opened, folder, embedder, model, cache)
        except FileNotFoundError:
            # Files are mapped one by one, and a writer may have collected this generation in between.
            if read_current(snapshot_folder(folder))[0] == opened.manifest.generation:
                raise
            return cls.open(folder, model=model, cache=cache, embedder=embedder)

    @property
    def embedder(self) -> Embedder:
        """The model of the snapshot's vectors, loaded when first used. Its use may raise ModelUnavailable."""
        return self._embedder

    def is_current(self) -> bool:
        """Return whether this is still the newest generation; reads one small file."""
        try:
            return read_current(snapshot_folder(self.folder))[0] == self.snapshot.manifest.generation
        except PinciteError as error:
            log.info("cannot tell the newest generation: %s", error)
            return True

    def facets(self, filters_given: GivenFilters | None = None) -> dict[str, dict[str, int]]:
        """Return facet key → value → number of documents; each key obeys the filters of the others.

        Raises:
            UsageError: an unknown key or a wrong year.

        """
        return filters.facets(self.snapshot.documents, normal(filters_given))

    def encode_ahead(self, questions: Sequence[str]) -> None:
        """Make the vectors of several questions together, where the model can: cheaper than one by one.

        At most 256 are kept. Without a model nothing is done; the searches themselves then say so.
        """
        texts = [parse(clean_question(question)).text for question in questions]
        try:
            self._embedder.encode_ahead([text for text in texts if text])
        except ModelUnavailable as error:
            log.info("no vectors ahead: %s", error)

    def search(
        self,
        question: str,
        *,
        k: int = 10,
        mode: str = "hybrid",
        filters: GivenFilters | None = None,
        explain: bool = False,
        vector: NDArray[np.float32] | None = None,
        reranker: "cross_encoder.Reranker | None" = None,
    ) -> SearchResult:
        """Return the best passages for a question in the query language of `index.query.parser`.

        `k` is at most 100. `filters` are key → a value or several, as `{"year": "2019..2022", "country": ["PER"]}`
        (keys: publisher, type, year, country, language, document), applied before the top k of both legs.
        `vector` is the question's unit vector, where the caller has it already. The mode of the result is the one
        that was possible: without a model, words alone, with a notice.

        Raises:
            UsageError: an unknown mode or filter key, a wrong year.

        """
        chosen, wanted = normal(filters), max(1, min(k, MAX_HITS))
        found = self._search(question, wanted, _checked(mode), chosen, vector, explain=explain)
        if reranker is None:
            return found
        text = parse(clean_question(question)).text
        return replace(found, hits=cross_encoder.reorder(found.hits, text, reranker))

    def _search(  # what `search` was asked, checked
        self,
        question: str,
        k: int,
        mode: Mode,
        given: Filters,
        vector: Vector | None,
        *,
        explain: bool,
    ) -> SearchResult:
        asked = self.retriever.analyse(parse(clean_question(question)))
        texts = CandidateTexts(self.snapshot)
        allowed, removed, notices = self._constraints.allowed_rows(asked, given, texts)
        mode, vector, missing = self._vector(asked.query.text, mode, vector)
        asked, suggestion = self._corrected(asked, texts) if mode != "lexical" else (asked, None)
        depth, kept = max(POOL, k), spelling_out(asked, self.retriever, texts, allowed)
        try:
            ranking = self.retriever.rank(
                asked, depth, mode, vector=vector, where=allowed, text_of=texts.text, kept=kept
            )
        except SearchAway as error:
            mode, missing = "lexical", (_words_only(str(error)),)
            ranking = self.retriever.rank(asked, depth, mode, where=allowed, text_of=texts.text, kept=kept)
        ranking = with_names_as_windows(demoted(ranking, texts, asked), asked, texts)
        judged = answerability.judge(ranking, self.retriever, asked, texts.text)
        hits = arrange(ranking, judged, texts, k, explain=explain)
        lacked = judged.missing if hits and not asked.amounts else ()
        return SearchResult(
            question=question,
            mode=mode,
            answerable=judged.answerable and bool(hits),
            confidence=judged.confidence if hits else 0.0,
            hits=hits,
            notices=(*notices, *missing, *map(absent, lacked), *self._faults),
            missing=lacked,
            suggestion=suggestion,
            explain=explanation(asked, ranking, judged, removed) if explain else None,
        )

    def _corrected(
        self, asked: AnalysedQuestion, texts: CandidateTexts
    ) -> tuple[AnalysedQuestion, str | None]:
        """Return the question with mistyped words corrected, and its text; see `Speller.corrected`."""
        speller = Speller(
            lexical=self.snapshot.lexical,
            analyser=self.retriever.analyser,
            texts=texts,
            pieces_of_words=self._embedder.pieces_of_words,
        )
        return speller.corrected(asked)

    def _vector(
        self, text: str, mode: Mode, vector: Vector | None
    ) -> tuple[Mode, Vector | None, tuple[Notice, ...]]:
        """Return the mode that is possible, the question's vector for it, and a notice where it is not all there."""
        if mode != "lexical" and vector is None and text:
            try:
                vector = self._embedder.encode_query(text)
            except ModelUnavailable as error:
                return "lexical", None, (_words_only(str(error)),)
        if mode != "lexical" and self.snapshot.vectors is None:
            return "lexical", vector, (_words_only("the index was built without a model."),)
        return mode, vector, () if mode == "lexical" else self._partial()

    def _partial(self) -> tuple[Notice, ...]:
        """Return a notice while some documents have no vectors yet."""
        manifest = self.snapshot.manifest
        if manifest.embedded == manifest.documents:
            return ()
        ready = {"ready": manifest.embedded, "documents": manifest.documents}
        return (Notice(NoticeKind.MEANING_PARTIAL, ready),)

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


_ABSENT = {
    "place": NoticeKind.PLACE_ABSENT,
    "disease": NoticeKind.DISEASE_ABSENT,
    "number": NoticeKind.NUMBER_ABSENT,
    "abbreviation": NoticeKind.ABBREVIATION_ABSENT,
    "figure": NoticeKind.FIGURE_ABSENT,
    "figure_apart": NoticeKind.FIGURE_APART,
    "event": NoticeKind.EVENT_ABSENT,
}


def absent(missing: Missing) -> Notice:
    """Return the notice of something that was asked for and that no hit holds."""
    return Notice(_ABSENT[missing.kind], {missing.kind: missing.what})


def _words_only(reason: str) -> Notice:
    return Notice(NoticeKind.WORDS_ONLY, {"reason": reason})


def _checked(mode: str) -> Mode:
    for known in MODES:
        if known == mode:
            return known
    raise UsageError(f"unknown mode “{mode}”; there are: {', '.join(MODES)}")
