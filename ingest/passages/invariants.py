"""What must hold of every passage, whoever made it: asked when a document is stored, and by the doctor."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from ingest.passage import Passage, halves_of, passage_id
from ingest.text.folding import fold

# Word tokens of the longest passage. The embedding models of this size read 512; passages are packed to
# about 220 by an estimate, and 256 leaves room for its error (design of the passages).
MOST_TOKENS = 256

NOT_VERBATIM = "passages that are not verbatim"
WRONG_ID = "passages whose id is not that of their text"
OVER_BUDGET = f"passages over the budget of {MOST_TOKENS} word pieces"
SENTENCES_ASTRAY = "passages whose sentences are out of order"
BACK_A_PAGE = "passages whose parts go back a page"
WRONG_PAGES = "passages whose pages are not those of their text"

# With one of these a document is not stored at all: its excerpts could not be trusted.
UNTRUSTED = frozenset({NOT_VERBATIM, WRONG_ID})


def violations(
    sha256: str,
    passages: Sequence[Passage],
    texts: Mapping[int, str],
    labels: Mapping[int, str | None],
    *,
    paged: bool,
) -> Iterator[tuple[str, str]]:
    """Yield (what is wrong, passage id) for the passages of one document, in order.

    `texts` are the raw pages by number, `labels` their printed numbers, `sha256` the content's hash.
    """
    times: Counter[str] = Counter()
    for passage in passages:
        if passage.id != passage_id(sha256, passage.text, times[passage.text]):
            yield WRONG_ID, passage.id
        times[passage.text] += 1
        if not _verbatim(passage, texts):
            yield NOT_VERBATIM, passage.id
        if passage.tokens > MOST_TOKENS:
            yield OVER_BUDGET, passage.id
        if not _sentences_fit(passage):
            yield SENTENCES_ASTRAY, passage.id
        if [page for page, _, _ in passage.spans] != sorted(page for page, _, _ in passage.spans):
            yield BACK_A_PAGE, passage.id
        elif not _pages_fit(passage, labels, paged=paged):
            yield WRONG_PAGES, passage.id


def _verbatim(passage: Passage, texts: Mapping[int, str]) -> bool:
    spans = passage.spans
    if not spans or not passage.text:
        return False
    if any(page not in texts or not 0 <= start <= end <= len(texts[page]) for page, start, end in spans):
        return False
    return fold(passage.text) == fold("".join(texts[page][start:end] for page, start, end in spans))


def _sentences_fit(passage: Passage) -> bool:
    edges = [offset for sentence in passage.sentences for offset in sentence]
    return edges == sorted(edges) and all(0 <= offset <= len(passage.text) for offset in edges)


def _pages_fit(passage: Passage, labels: Mapping[int, str | None], *, paged: bool) -> bool:
    if not paged:
        return passage.pages == () and bool(passage.locator)
    if not passage.spans or passage.pages != (passage.spans[0][0], passage.spans[-1][0]):
        return False
    named = zip(passage.labels, passage.pages, strict=False)
    return len(passage.labels) in (0, len(passage.pages)) and all(
        _names(one, labels.get(page)) for one, page in named
    )


def _names(label: str, page: str | None) -> bool:
    """Return whether a passage's label is its page's, or that of a half of a spread."""
    return label == page or label in (halves_of(page or "") or ())
