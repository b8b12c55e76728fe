"""Passages without a vector beside passages that have one: while an ingest embeds, most of a library may have none.

Such a passage is only found by its words. With no say in the dense leg it would stand behind whatever has a vector.
So it gets the nearness that belongs to its place: as far in front among those with a vector as its words put it
among all that were found by words (scores are compared through their distributions as in Fernández, Vallet and
Castells, Probabilistic Score Normalization for Rank Aggregation, ECIR 2006).

Starter set, a random half of the documents without vectors, three times: reciprocal rank of the first evidence and
share within the first five, for questions about documents with vectors (with all of them embedded .86, .97) | without
(by words alone .77, .88): mean nearness of the ten passages with the most similar words .89, .97 | .54, .68; scale of
the words laid over that of the cosines .89, .97 | .73, .79; by place .86, .95 | .81, .88.
"""

import numpy as np

from index.retrieval.base import Flags, Scores


def expected_nearness(words: Scores, nearness: Scores, without: Flags, listed: Flags) -> Scores:
    """Return the nearness (cosines) of candidates, those `without` a vector given the one of their place by words.

    `words` are BM25 scores. `listed` flags candidates that the lexical leg found; others stand among the candidates for
    being near.
    """
    found = nearness.copy()
    nearest = np.sort(nearness[~without])[::-1]
    if not len(nearest):
        found[without] = words[without] / max(float(words.max(initial=0.0)), 1e-9)
        return found
    order = np.argsort(-np.where(listed, words, -1.0), kind="stable")
    place = np.empty(len(words))
    place[order] = np.arange(len(words))
    share = float((listed & ~without).sum()) / max(float(listed.sum()), 1.0)
    at = np.minimum((place * share).astype(np.int64), len(nearest) - 1)
    found[without] = nearest[at[without]]
    return found
