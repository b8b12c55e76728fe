"""What is embedded of a passage: its windows of a few sentences, and the whole.

A passage is ranked by its best window; the window also says which sentences to mark.
"""

from collections.abc import Sequence

WINDOW_SENTENCES = 2
STRIDE = 2
"""Dense nDCG@10 on the development halves of XQuAD en-en, es-en, en-es and CLAP-NQ:

    the passage alone     .969  .943  .940  .973     1.0 vectors a passage of 150 words
    1 sentence            .978  .946  .955  .981     5.9
    2, stride 1           .976  .957  .952  .976     4.9
    2, stride 2           .975  .955  .951  .975     3.6   ← half the encoding of stride 1 for .001
    3, stride 2           .973  .948  .944  .982     3.0
    1 and 2 together      .979  .955  .958  .978     9.9

(all with the whole passage at `index.dense.WHOLE_SHARE`).
"""

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
