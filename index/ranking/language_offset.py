"""What a language is worth in cosines: a question is nearer to everything in its own language.

A model puts each language a little aside. With XQuAD's paragraphs in English and Spanish an English question
lacks .027 to the Spanish ones, a Spanish question .046 to the English ones. The step from one language to another
is measured on the collection itself: passages that are each other's nearest across two languages speak of the
same, and what is left between them, on average over such pairs, is the language. A question's product with the
steps says how far each language stands behind, whatever else the collection holds in it.
"""

import numpy as np
from numpy.typing import NDArray

from index.retrieval.language_steps import LEAST_PAIRS, Vectors, language_offsets

__all__ = ["LEAST_PAIRS", "OFFSET_SHARE", "language_offsets", "with_offsets"]

OFFSET_SHARE = 1.1
"""How much of the distance is given back. Pairs are chosen for being near, so they show a little less than all of
it. On development halves, share 1 | 1.1 | 1.2: starter set nDCG@10 .748 | .752 | .750, XQuAD with each paragraph
in one language only, 5 : 1, .966 | .969 | .969."""


def with_offsets(
    cosines: NDArray[np.float64], languages: NDArray[np.int8], query: Vectors, steps: Vectors
) -> NDArray[np.float64]:
    """Return cosines raised by language, so that none is ahead for being in the question's language.

    `languages` is each candidate's number, `query` the question's vector, `steps` what `language_offsets` found.
    """
    stands = steps @ query
    known = ~np.isnan(stands)
    if not known.any():
        return cosines
    lacks = np.where(known, stands[known].max() - stands, 0.0)
    return cosines + OFFSET_SHARE * lacks[languages]
