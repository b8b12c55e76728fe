"""Pixels of a page, and PNG files of pixels. The size is decided before anything is drawn."""

import ctypes
import math
import struct
import zlib
from dataclasses import dataclass

import pypdfium2.raw as c

from ingest.readers.pdf.pdfium import OpenPage, PdfiumError
from ingest.readers.source import Box

# Whatever is asked for, no picture has more pixels: 16 million are 64 MB while drawing.
MAX_PIXELS = 16_000_000
# Level 1 takes a third of the time of level 6 for files 15 % larger; they travel over the loopback.
PNG_LEVEL = 1
_WHITE = 0xFFFFFFFF


@dataclass(frozen=True, slots=True)
class Pixels:
    """Rows from the top, `channels` (1 grey, 3 RGB) bytes a pixel, no padding; `scale` is pixels a point."""

    width: int
    height: int
    channels: int
    data: bytes
    scale: float


def fitting_scale(width: float, height: float, scale: float, max_side: int) -> float:
    """Return `scale`, made smaller where the picture would be larger than `max_side` or MAX_PIXELS.

    `width` and `height` are points. Raises: PdfiumError for a page without a size.
    """
    if not (math.isfinite(width) and math.isfinite(height) and width > 0 and height > 0):
        raise PdfiumError(0)
    area = math.sqrt(MAX_PIXELS / (width * height))
    return min(scale, max_side / max(width, height), area)


def draw(page: OpenPage, scale: float, *, crop: Box | None = None, grey: bool = False) -> Pixels:
    """Draw a page, or the part of it in `crop` (points, as displayed), on white.

    Raises: PdfiumError when there is no memory for the picture.
    """
    left, bottom, right, top = crop or (0.0, 0.0, page.width, page.height)
    width = max(1, round((right - left) * scale))
    height = max(1, round((top - bottom) * scale))
    kind, size = (c.FPDFBitmap_Gray, 1) if grey else (c.FPDFBitmap_BGR, 3)
    bitmap = c.FPDFBitmap_CreateEx(width, height, kind, None, 0)
    if not bitmap:
        raise PdfiumError(0)
    try:
        c.FPDFBitmap_FillRect(bitmap, 0, 0, width, height, _WHITE)
        c.FPDF_RenderPageBitmap(
            bitmap,
            page.handle,
            round(-left * scale),
            round((top - page.height) * scale),
            max(1, round(page.width * scale)),
            max(1, round(page.height * scale)),
            0,
            c.FPDF_ANNOT | (0 if grey else c.FPDF_REVERSE_BYTE_ORDER),
        )
        data = _rows(bitmap, width * size, height)
    finally:
        c.FPDFBitmap_Destroy(bitmap)
    return Pixels(width, height, size, data, scale)


def _rows(bitmap: object, used: int, height: int) -> bytes:
    stride = int(c.FPDFBitmap_GetStride(bitmap))
    whole = ctypes.string_at(c.FPDFBitmap_GetBuffer(bitmap), stride * height)
    if stride == used:
        return whole
    return b"".join(whole[row * stride : row * stride + used] for row in range(height))


def png(pixels: Pixels) -> bytes:
    """Return the picture as a PNG file (ISO/IEC 15948), rows unfiltered."""
    used = pixels.width * pixels.channels
    rows = b"".join(b"\0" + pixels.data[at : at + used] for at in range(0, len(pixels.data), used))
    colour = 0 if pixels.channels == 1 else 2
    head = struct.pack(">IIBBBBB", pixels.width, pixels.height, 8, colour, 0, 0, 0)
    parts = ((b"IHDR", head), (b"IDAT", zlib.compress(rows, PNG_LEVEL)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, body) for kind, body in parts)


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
