"""Whether a country that a question asks about is named nowhere near its first hits."""

from collections.abc import Callable

import numpy as np

from index.analysis.analyser import QuestionTerm
from index.analysis.places import names_of, names_place
from index.ranking.hybrid import Retriever
from index.ranking.term_weights import stands_within
from index.retrieval.base import Flags, Rows

DOCUMENTS = 3
"""Hits whose documents are looked into: a law need not name its country in every article."""


def named_nowhere(code: str, rows: Rows, retriever: Retriever, text_of: Callable[[int], str]) -> bool:
    """Return whether no hit names a country or its people, and no document of the first hits holds its name.

    `rows` are those of the hits, best first; names are looked for in four languages.
    """
    if names_place((text_of(int(row)) for row in rows), code):
        return False
    spans = np.concatenate([retriever.document_rows(int(row)) for row in rows[:DOCUMENTS]])
    for language, name in names_of(code).items():
        held: Flags = np.ones(len(spans), bool)
        for term in retriever.analyser.terms(name, language):
            held &= stands_within(QuestionTerm(surface=term, forms=(term,)), retriever.lexical, spans)
        if held.any():
            return False
    return True
