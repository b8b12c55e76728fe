"""What the drawing child answers: one line of JSON, checked field by field, then the bytes of a picture."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

from ingest.readers.limits import MIB
from ingest.readers.source import Box

CHANGED = "the file has changed since it was read"

# A child taken over by a hostile file must not fill the parent's memory. A page of 5,000 marked lines takes 0.4 MB;
# 2,000 × 2,000 pixels in three colours that do not pack at all take 12 MB.
MAX_ANSWER = 4 * MIB
MAX_PICTURE = 16 * MIB


class Answer(msgspec.Struct, frozen=True):
    """The rectangles asked for, or why there is nothing, or `size` bytes of PNG that follow."""

    size: Annotated[int, Meta(ge=0, le=MAX_PICTURE)] = 0
    boxes: tuple[Box, ...] = ()
    error: str | None = None


_decoder = msgspec.json.Decoder(Answer)


def line_of(answer: Answer) -> bytes:
    """Return an answer as a line."""
    return msgspec.json.encode(answer) + b"\n"


def answer_of(line: bytes) -> Answer:
    """Return the answer of a line. Raises: ValueError when it is cut off or not of that form."""
    try:
        return _decoder.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise ValueError(f"not an answer: {error}") from error
