"""A retriever over texts in memory, as shipped: what experiments and benchmarks rank with."""

from collections.abc import Callable, Sequence

import numpy as np

from index.analysis.analyser import Analyser
from index.embedding.cache import Store, embed
from index.embedding.embedder import Embedder
from index.indexed_text import Span, embedded_spans, passage_term_counts, with_heading
from index.ranking.hybrid import Retriever
from index.retrieval.bm25 import compile_postings
from index.retrieval.dense import DenseIndex
from ingest.text.sentences import split_sentences


def retriever_over(
    texts: Sequence[str],
    languages: Sequence[str | None],
    embedder: Embedder | None = None,
    store: Store | None = None,
    *,
    headings: Sequence[str] | None = None,
    sentences: Sequence[Sequence[Span]] | None = None,
    analyser: Analyser | None = None,
    on_done: Callable[[int, int], None] | None = None,
) -> Retriever:
    """Return a retriever over texts, with the shipped analysis, windows and fusion.

    `headings` (titles or heading paths) are a field of their own; `sentences` are found where they
    are not given. Without an embedder there is no dense leg.
    """
    analyser = analyser or Analyser()
    heads = headings or [""] * len(texts)
    counts = (
        passage_term_counts(analyser, text, language, heading)
        for text, language, heading in zip(texts, languages, heads, strict=True)
    )
    vectors = None
    if embedder is not None:
        known = sentences or [split_sentences(text) for text in texts]
        spans = [embedded_spans(text, found) for text, found in zip(texts, known, strict=True)]
        vectors = _vector_index(texts, heads, spans, embedder, store, on_done)
    present = sorted(set(languages), key=str)
    numbers = np.array([present.index(language) for language in languages], np.int8)
    calibration = embedder.profile.calibration if embedder is not None else None
    return Retriever(compile_postings(counts), vectors, analyser, present, numbers, calibration=calibration)


def _vector_index(  # noqa: PLR0917  # parallel columns of the passages, then where vectors come from
    texts: Sequence[str],
    headings: Sequence[str],
    spans: Sequence[Sequence[Span]],
    embedder: Embedder,
    store: Store | None = None,
    on_done: Callable[[int, int], None] | None = None,
) -> DenseIndex:
    """Return the vectors over the given spans of each text."""
    pieces = [
        with_heading(heading, text[start:end])
        for text, heading, some in zip(texts, headings, spans, strict=True)
        for start, end in some
    ]
    vectors = embed(pieces, embedder, store, on_done)
    counts = np.array([len(some) for some in spans], np.int64)
    places = np.array([span for some in spans for span in some], np.int32).reshape(-1, 2)
    return DenseIndex.over(vectors, counts, places)
