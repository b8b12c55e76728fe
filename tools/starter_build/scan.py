"""Pictures of scanned pages: a sheet is set, drawn as pixels, turned a little and made grainy."""

import io
import random

from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Paragraph

from starter_build.inline import to_reportlab
from starter_build.source import Document
from starter_build.styles import NAVY, make_styles, register_fonts

DPI = 150
SKEW_DEGREES = 0.35
GRAIN = 10
LEVELS = 8


def draw_scan(document: Document) -> None:
    """Draw the scanned sheet of a document, if it has one, into `scan/` beside its source."""
    sheets = [block for block in document.blocks if block.kind == "scan"]
    if not sheets:
        return
    target = document.path.with_name("scan") / f"{document.path.stem}.png"
    target.parent.mkdir(exist_ok=True)
    _picture(_sheet(list(sheets[0].items), document.language)).save(target, optimize=True)


def _sheet(lines: list[str], language: str) -> bytes:
    """A one-page PDF of the sheet; a line that begins with # is a heading, an empty line a gap."""
    register_fonts()
    styles = make_styles(language, 1)
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=A4, invariant=1)
    y = A4[1] - 80
    for line in lines:
        style = styles.h1 if line.startswith("#") else styles.body.clone("sheet", fontSize=11.5, leading=17)
        if not line.strip():
            y -= 8
            continue
        paragraph = Paragraph(to_reportlab(line.lstrip("# ")), style)
        height = paragraph.wrap(A4[0] - 150, 10_000)[1]
        y -= height + 4
        paragraph.drawOn(canvas, 75, y)
    canvas.setStrokeColor(NAVY)
    canvas.rect(56, 60, A4[0] - 112, A4[1] - 116)
    canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def _picture(pdf: bytes):  # type: ignore[no-untyped-def]  # PIL and pdfium are imported late
    import pypdfium2
    from PIL import Image

    page = pypdfium2.PdfDocument(pdf)[0]
    picture = page.render(scale=DPI / 72).to_pil().convert("L")
    picture = picture.rotate(SKEW_DEGREES, resample=Image.Resampling.BICUBIC, fillcolor=250)
    noise = random.Random(1)
    pixels = bytes(
        max(0, min(255, value - (noise.randrange(GRAIN) if value < 200 else 0)))
        for value in picture.tobytes()
    )
    picture = Image.frombytes("L", picture.size, pixels)
    step = 256 // LEVELS
    return picture.point([min(255, (value // step) * 255 // (LEVELS - 1)) for value in range(256)])
