"""What is embedded of a passage: its windows of a few sentences, and the whole.

A passage is ranked by its best window; the window also says which sentences to mark.
"""

from collections.abc import Sequence

WINDOW_SENTENCES = 2
STRIDE = 1

Span = tuple[int, int]


def windows(sentences: Sequence[Span], size: int = WINDOW_SENTENCES, stride: int = STRIDE) -> list[Span]:
    """Return (start, end) offsets of the windows over sentences given as offsets, in order.

    Every sentence is in at least one window; a text of no more than `size` sentences is one window.
    """
    if not sentences:
        return []
    last = max(len(sentences) - size, 0)
    starts = list(range(0, last + 1, stride))
    if starts[-1] != last:
        starts.append(last)
    return [(sentences[i][0], sentences[min(i + size, len(sentences)) - 1][1]) for i in starts]


def embedded_spans(text: str, sentences: Sequence[Span]) -> list[Span]:
    """Return the spans of a passage that get a vector: its windows, then the whole if that is more.

    A text without sentences is one span; an empty text has none.
    """
    if not text.strip():
        return []
    found = windows(sentences) or [(0, len(text))]
    if len(found) > 1:
        found.append((0, len(text)))
    return found


def with_heading(heading: str, text: str) -> str:
    """Return what is given to the model for a span: its heading on a line of its own, then the text."""
    return f"{heading}\n{text}" if heading else text
