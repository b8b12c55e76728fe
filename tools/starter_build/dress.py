"""What stands around the text of a page: cover, title block, running head and foot."""

from typing import Any

from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Paragraph

from starter_build.inline import to_reportlab
from starter_build.source import Document
from starter_build.styles import ACCENT, GREY, NAVY, RULE, SANS, TINT, Styles

WIDTH, HEIGHT = A4
KICKER = {"en": "DIGEST", "es": "RESUMEN", "pt": "SÍNTESE"}


def draw_running_heads(
    canvas: Canvas, meta: dict[str, Any], margin: float, number: str, with_head: bool
) -> None:
    """Draw the running foot with the page number, and the running head where it is wanted."""
    head, foot = str(meta.get("head", "")), str(meta.get("foot", ""))
    canvas.setFillColor(GREY)
    canvas.setFont(SANS, 8)
    if head and with_head:
        canvas.drawString(margin, HEIGHT - 52, head)
        canvas.setStrokeColor(RULE)
        canvas.setLineWidth(0.5)
        canvas.line(margin, HEIGHT - 57, WIDTH - margin, HEIGHT - 57)
    if foot:
        canvas.drawString(margin, 46, foot)
    canvas.setFont(f"{SANS}-Bold", 9)
    canvas.drawRightString(WIDTH - margin, 46, number)


def draw_title_block(canvas: Canvas, document: Document, styles: Styles, margin: float, top: float) -> float:
    """Draw kicker, title and subtitle over the full width; return where the text may begin."""
    meta, width = document.meta, WIDTH - 2 * margin
    canvas.setFillColor(ACCENT)
    canvas.rect(margin, HEIGHT - 62, 34, 4, stroke=0, fill=1)
    canvas.setFont(f"{SANS}-Bold", 8.5)
    kicker = f"{KICKER[document.language]}  ·  {meta['year_line']}"
    canvas.drawString(margin + 42, HEIGHT - 62, kicker)
    y = top
    for text, style in ((str(meta["title"]), styles.title), (str(meta["subtitle"]), styles.subtitle)):
        paragraph = Paragraph(to_reportlab(text), style)
        height = paragraph.wrap(width, 10_000)[1]
        paragraph.drawOn(canvas, margin, y - height)
        y -= height + style.spaceAfter
    canvas.setStrokeColor(RULE)
    canvas.setLineWidth(0.8)
    canvas.line(margin, y, WIDTH - margin, y)
    return float(y - 14)


def draw_cover(canvas: Canvas, meta: dict[str, Any], styles: Styles, margin: float) -> None:
    """Draw a cover: title and subtitle on a dark field, the imprint below."""
    width = WIDTH - 2 * margin
    canvas.setFillColor(NAVY)
    canvas.rect(0, HEIGHT * 0.52, WIDTH, HEIGHT * 0.48, stroke=0, fill=1)
    canvas.setFillColor(ACCENT)
    canvas.rect(margin, HEIGHT * 0.52 - 5, 90, 10, stroke=0, fill=1)
    y = HEIGHT * 0.86
    for text, base, size in (
        (str(meta["title"]), styles.title, 30),
        (str(meta["subtitle"]), styles.subtitle, 13),
    ):
        style = base.clone(f"cover-{size}", fontSize=size, leading=size * 1.25, textColor=TINT)
        paragraph = Paragraph(to_reportlab(text), style)
        height = paragraph.wrap(width, 10_000)[1]
        paragraph.drawOn(canvas, margin, y - height)
        y -= height + 16
    imprint = Paragraph(to_reportlab(str(meta["imprint"])), styles.body.clone("imprint", alignment=0))
    height = imprint.wrap(width - 60, 10_000)[1]
    imprint.drawOn(canvas, margin, HEIGHT * 0.46 - height)
