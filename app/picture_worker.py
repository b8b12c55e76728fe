"""Child process of `app.pictures`: draws one page a line of JSON read from standard input.

The answer is a line of JSON: {"bytes": n, "marked": rectangles}, followed by n bytes of PNG, or
{"error": reason}.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import resource
import sys
from pathlib import Path
from typing import Any

# Twice the width of the pane keeps letters sharp on a dense screen; the longer side of an A4 page is then
# 1,980 pixels.
LONGEST_PX = 1980
MEMORY = 1024 * 1024 * 1024
# White left around the text of a page when it is cropped, as a share of the image's width.
MARGIN = 0.03
HIGHLIGHT = (255, 224, 102)
# Lighter than this is paper, not print (of 255).
PAPER = 245

Pixels = tuple[float, float, float, float]


def main() -> None:
    """Answer requests until standard input ends."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    out = sys.stdout.buffer
    for line in sys.stdin.buffer:
        head, png = _answer(json.loads(line))
        out.write(json.dumps(head).encode() + b"\n" + png)
        out.flush()


def _answer(wish: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
    path = Path(os.fsdecode(bytes.fromhex(wish["path"])))
    try:
        with path.open("rb") as file:
            if hashlib.file_digest(file, "sha256").hexdigest() != wish["sha256"]:
                return {"error": "the file has changed since it was read"}, b""
        png, marked = draw(path, wish["page"], wish["text"], [(a, b) for a, b in wish["spans"]])
    except Exception as error:
        return {"error": f"the page cannot be drawn ({type(error).__name__})"}, b""
    return {"bytes": len(png), "marked": marked}, png


def draw(path: Path, number: int, text: str, spans: list[tuple[int, int]]) -> tuple[bytes, int]:
    """Return page `number` (from 1) as PNG with the spans of its text marked, and the number of rectangles.

    The image is cropped to what is printed on the page, with a margin.
    """
    from ingest.render import page_image, page_size, span_boxes
    from PIL import Image, ImageChops, ImageDraw

    with Image.open(io.BytesIO(page_image(path, number, max_px=LONGEST_PX))) as opened:
        image = opened.convert("RGB")
    boxes = span_boxes(path, number, text, spans) if spans else []
    scale = image.width / page_size(path, number)[0]
    crop = print_box(image)
    if boxes:
        layer = Image.new("RGB", image.size, (255, 255, 255))
        pen = ImageDraw.Draw(layer)
        for box in boxes:
            pen.rectangle(to_pixels(box, scale, image.height), fill=HIGHLIGHT)
        image = ImageChops.multiply(image, layer)
    out = io.BytesIO()
    image.crop(crop).save(out, "PNG", compress_level=3)
    return out.getvalue(), len(boxes)


def to_pixels(box: Pixels, scale: float, height: int) -> Pixels:
    """Return a box in points from the lower left corner as (left, top, right, bottom) in pixels."""
    left, bottom, right, top = box
    return left * scale - 1, height - top * scale - 1, right * scale + 1, height - bottom * scale + 1


def print_box(image: Any) -> tuple[int, int, int, int]:
    """Return the part of a page image that is printed on, with a margin; the whole where nothing is."""
    printed = image.convert("L").point(lambda level: 255 if level < PAPER else 0).getbbox()
    if printed is None:
        return 0, 0, image.width, image.height
    margin = int(MARGIN * image.width)
    left, top, right, bottom = printed
    return (
        max(left - margin, 0),
        max(top - margin, 0),
        min(right + margin, image.width),
        min(bottom + margin, image.height),
    )


if __name__ == "__main__":
    main()
