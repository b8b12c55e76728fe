"""First pages of drawn papers: a title in one of many settings, among names, dates, stamps, addresses and headings.

A first page is made from its seed as the other pages are. Some show no title: a page of text under a date.
"""

import io
from dataclasses import dataclass
from random import Random

from reportlab.lib.utils import simpleSplit
from reportlab.pdfgen.canvas import Canvas

from paper_drawing.words import CITIES, MONTHS_EN, MONTHS_ES, paragraph

TOPICS = (
    "Access of migrants to {service} in {city}",
    "{service} in the district of {city}: what the offices report",
    "Informe sobre {servicio} en la provincia de {city}",
    "Diagnóstico de {servicio} y propuestas para {city}, 2015–2022",
    "Relatório sobre {servico} na região de {city}",
    "How {city} finances {service}",
    "Ley 30{number} sobre {servicio}",
    "Beyond {service}: ten years of work in {city}",
    "{service}, {servicio} and the law",
)
SERVICES = ("prenatal care", "vaccination", "legal aid", "school meals", "water supply")
SERVICIOS = ("la atención prenatal", "la vacunación", "la defensa pública", "el agua potable")
SERVICOS = ("vacinação", "assistência jurídica", "merenda escolar", "saneamento básico")
BODIES = (
    "Ministry of Health", "Ministerio de Salud", "United Nations Development Programme", "Ministério da Saúde",
    "Consejo Nacional de Población", "National Institute of Statistics", "Office of the High Commissioner",
)  # fmt: skip
STAMPS = ("RECEIVED 12 MAY 2019", "RECIBIDO 3 JUN 2020", "FILED 03/12/2021", "ARCHIVED 2018")
ADDRESSES = (
    "1200 Example Avenue, Washington, D.C. 20540",
    "P.O. Box 1204, Example City",
    "Tel. 511 555 1234 · info@example.org",
)
HEADINGS = (
    "Executive summary",
    "Introduction",
    "Resumen ejecutivo",
    "Sumário",
    "Contents",
    "Foreword",
    "Overview",
)
SERIES = (
    "Policy Papers | No. {number}",
    "Working paper {number}",
    "Serie Documentos de Trabajo N.º {number}",
)
SUBTITLES = ("Evidence from the regional offices", "Estudio de las oficinas regionales", "A second look")
SETTINGS = ("centre", "left", "bold body", "capitals", "under a letterhead", "two pages")
EXTRAS = ("body", "date", "stamp", "address", "series", "subtitle", "heading", "call", "place")
SIZES = {"bold body": 10.5, "capitals": 16.0, "under a letterhead": 13.0}
WIDTH, HEIGHT, MARGIN = 595.3, 841.9, 72.0
FONT, BOLD = "Helvetica", "Helvetica-Bold"


@dataclass(frozen=True, slots=True)
class Cover:
    """A paper with its first page: what it shows as title and subtitle, None where it shows none."""

    data: bytes
    title: str | None
    subtitle: str | None
    setting: str
    extras: frozenset[str]


def draw_cover(seed: int) -> Cover:
    """Return the paper of a seed; the same seed gives the same bytes."""
    draw = Random(seed)
    setting = draw.choice((*SETTINGS, "none"))
    extras = frozenset(extra for extra in EXTRAS if draw.random() < 0.4)
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=(WIDTH, HEIGHT), invariant=True)
    sheet = _Sheet(canvas, draw, HEIGHT - 90)
    title = None if setting == "none" else _topic(draw)
    subtitle = draw.choice(SUBTITLES) if title and "subtitle" in extras else None
    shown = title.upper() if title and setting == "capitals" else title
    if shown:
        _above(sheet, setting, extras)
        _title(sheet, shown, setting, call="call" in extras)
    if subtitle:
        sheet.put(subtitle, size=10.5 if setting == "bold body" else 13, align=_align(setting))
    _below(sheet, extras if title else extras & {"date", "address"})
    if setting == "two pages":
        sheet.turn()
    sheet.text(4)
    sheet.turn()
    sheet.text(6)
    sheet.turn()
    canvas.save()
    return Cover(buffer.getvalue(), shown, subtitle, setting, extras)


@dataclass(slots=True)
class _Sheet:
    """A page that is filled from above; `y` is where the next line stands."""

    canvas: Canvas
    draw: Random
    y: float

    def put(self, text: str, *, size: float = 10.0, font: str = FONT, align: str = "left") -> None:
        """Write a text, broken where it is too long, and leave a gap below it."""
        for line in simpleSplit(text, font, size, WIDTH - 2 * MARGIN - 40):
            self.canvas.setFont(font, size)
            if align == "centre":
                self.canvas.drawCentredString(WIDTH / 2, self.y, line)
            else:
                self.canvas.drawString(MARGIN, self.y, line)
            self.y -= 1.2 * size
        self.y -= 0.8 * size

    def text(self, paragraphs: int) -> None:
        """Write paragraphs of running text."""
        for _ in range(paragraphs):
            self.put(paragraph(self.draw))

    def turn(self) -> None:
        """Begin the next page."""
        self.canvas.showPage()
        self.y = HEIGHT - 90


def _topic(draw: Random) -> str:
    text = draw.choice(TOPICS).format(
        service=draw.choice(SERVICES),
        servicio=draw.choice(SERVICIOS),
        servico=draw.choice(SERVICOS),
        city=draw.choice(CITIES),
        number=draw.randint(100, 999),
    )
    return text[0].upper() + text[1:]


def _align(setting: str) -> str:
    return "left" if setting in ("left", "under a letterhead") else "centre"


def _above(sheet: _Sheet, setting: str, extras: frozenset[str]) -> None:
    """Write what stands above a title."""
    draw = sheet.draw
    if setting == "under a letterhead":
        sheet.put(f"United Nations A/{draw.randint(50, 79)}/{draw.randint(10, 600)}", size=18)
        sheet.put("General Assembly Distr.: General", size=16)
        sheet.put(f"{draw.randint(1, 28)} {draw.choice(MONTHS_EN)} {draw.randint(2005, 2022)}", size=12)
    if "body" in extras:
        sheet.put(draw.choice(BODIES), size=draw.choice((12, 16, 20)), align=_align(setting))
    if "series" in extras:
        sheet.put(draw.choice(SERIES).format(number=draw.randint(2, 90)), size=11, align=_align(setting))
    if "stamp" in extras:
        sheet.put(draw.choice(STAMPS), size=draw.choice((14, 26)), font=BOLD)
    sheet.y -= 30


def _title(sheet: _Sheet, title: str, setting: str, *, call: bool) -> None:
    size = SIZES.get(setting, sheet.draw.choice((18.0, 22.0, 28.0)))
    sheet.put(title + "*" * call, size=size, font=BOLD, align=_align(setting))


def _below(sheet: _Sheet, extras: frozenset[str]) -> None:
    """Write what stands below a title."""
    draw = sheet.draw
    if "place" in extras:
        sheet.put(f"{draw.choice(CITIES)}, Peru", size=13)
    if "date" in extras:
        sheet.put(f"{draw.choice((*MONTHS_EN, *MONTHS_ES))} {draw.randint(2008, 2022)}", size=13)
    if "address" in extras:
        sheet.put(draw.choice(ADDRESSES), size=draw.choice((9, 12)))
    sheet.y -= 20
    if "heading" in extras:
        sheet.put(draw.choice(HEADINGS), size=15, font=BOLD)
