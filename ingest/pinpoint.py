"""Where in a document a place of a passage stands: the page of an offset, the notes that a part calls."""

from __future__ import annotations

from collections.abc import Callable

from ingest.fold import fold
from ingest.passage import Passage


def page_at(passage: Passage, offset: int, text_of: Callable[[int], str]) -> int:
    """Return the page on which `passage.text[offset:]` begins; `text_of` gives a page's stored text.

    Exact, because text and spans are equal under `fold`. Raises: IndexError for a source without pages.
    """
    if passage.pages[0] == passage.pages[-1]:
        return passage.pages[0]
    before = len(fold(passage.text[:offset]))
    raw = ""
    for page, start, end in passage.spans:
        raw += text_of(page)[start:end]
        if before < len(fold(raw)):
            return page
    return passage.pages[-1]
