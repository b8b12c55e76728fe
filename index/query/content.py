"""Whether a question names anything that can be looked for."""

from index.analysis.analyser import Analyser, spoken_in
from index.analysis.stopwords import STOPWORDS
from index.query.parser import Query


def has_content(query: Query, analyser: Analyser) -> bool:
    """Return whether a question holds a word that is no function word, a number, an acronym or an exact phrase.

    "?" and "what is the" hold none, whatever the passages are.
    """
    if query.phrases or query.any_of:
        return True
    tokens = analyser.tokens(query.text)
    spoken = spoken_in(tokens, query.text) or tuple(STOPWORDS)
    stop = frozenset().union(*(STOPWORDS[code] for code in spoken))
    return any(token.surface not in stop or token.more for token in tokens)
