"""Type and colour of the built PDFs. Sizes in points."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from reportlab.lib.colors import Color, HexColor
from reportlab.lib.enums import TA_JUSTIFY, TA_LEFT
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

SERIF, SANS = "SourceSerif", "SourceSans"
# Family → the package that carries it and the file names for normal, bold, italic, bold italic.
FAMILIES = {
    SERIF: ("font_source_serif_pro", "SourceSerifPro", ("Regular", "Bold", "It", "BoldIt")),
    SANS: ("font_source_sans_pro", "SourceSansPro", ("Regular", "Semibold", "It", "BoldIt")),
}
# Patterns of pyphen for each language of the corpus.
HYPHENATION = {"en": "en_GB", "es": "es", "pt": "pt_PT"}

INK = HexColor("#1B1F24")
NAVY = HexColor("#17375E")
ACCENT = HexColor("#B5482E")
GREY = HexColor("#5C6670")
RULE = HexColor("#B8C0C8")
TINT = HexColor("#EEF2F6")


def register_fonts() -> None:
    """Make both families known to reportlab. Raises ImportError naming a font package that is missing."""
    for family, (package, stem, weights) in FAMILIES.items():
        if family in pdfmetrics.getRegisteredFontNames():
            continue
        spec = find_spec(package)
        if spec is None or spec.origin is None:
            raise ImportError(f"{package} is missing: install the development dependencies")
        folder = Path(spec.origin).parent / "files"
        names = [family, f"{family}-Bold", f"{family}-Italic", f"{family}-BoldItalic"]
        for name, weight in zip(names, weights, strict=True):
            pdfmetrics.registerFont(TTFont(name, str(folder / f"{stem}-{weight}.ttf")))
        pdfmetrics.registerFontFamily(family, *names)


@dataclass(frozen=True, slots=True)
class Styles:
    """The paragraph styles of one document."""

    title: ParagraphStyle
    subtitle: ParagraphStyle
    h1: ParagraphStyle
    h2: ParagraphStyle
    h3: ParagraphStyle
    body: ParagraphStyle
    item: ParagraphStyle
    last: ParagraphStyle
    caption: ParagraphStyle
    source: ParagraphStyle
    note: ParagraphStyle
    box: ParagraphStyle
    cell: ParagraphStyle
    head: ParagraphStyle


@cache
def hyphenator(language: str) -> Callable[[str], Iterator[tuple[str, str]]]:
    """Pairs of word parts as reportlab wants them; at least three letters stay on either line."""
    from pyphen import Pyphen

    pairs: Callable[[str], Iterator[tuple[str, str]]] = Pyphen(
        lang=HYPHENATION[language], left=3, right=3
    ).iterate
    return pairs


def make_styles(language: str, columns: int) -> Styles:
    """Styles for a page of one or two columns; two columns are set smaller, justified and hyphenated."""
    narrow = columns == 2
    size, lead = (9.6, 13.0) if narrow else (10.8, 15.8)
    hyphens = {"hyphenationLang": hyphenator(language), "hyphenationMinWordLength": 7}

    def style(
        name: str, font: str, points: float, leading: float, colour: Color = INK, **rest: object
    ) -> ParagraphStyle:
        return ParagraphStyle(
            name, fontName=font, fontSize=points, leading=leading, textColor=colour,
            allowWidows=0, allowOrphans=0, **rest,
        )  # fmt: skip

    item = style(
        "item", SERIF, size, lead, alignment=TA_LEFT, leftIndent=17, bulletIndent=3,
        bulletFontName=SANS, bulletFontSize=size, spaceAfter=3, **hyphens,
    )  # fmt: skip
    return Styles(
        title=style("title", f"{SANS}-Bold", 22, 26, NAVY, spaceAfter=4),
        subtitle=style("subtitle", SANS, 11.5, 15, GREY, spaceAfter=10),
        h1=style("h1", f"{SANS}-Bold", 12.5 if narrow else 14.5, 17, NAVY, spaceBefore=12, spaceAfter=4),
        h2=style("h2", f"{SANS}-Bold", 10.5 if narrow else 11.5, 14, ACCENT, spaceBefore=9, spaceAfter=3),
        h3=style("h3", f"{SANS}-Bold", 10, 13, INK, spaceBefore=7, spaceAfter=2),
        body=style("body", SERIF, size, lead, alignment=TA_JUSTIFY, spaceAfter=lead * 0.5, **hyphens),
        item=item,
        last=item.clone("last", spaceAfter=lead * 0.6),
        caption=style("caption", f"{SANS}-Bold", 9, 12, NAVY, spaceBefore=8, spaceAfter=4),
        source=style("source", SANS, 7.6, 10, GREY, spaceBefore=3, spaceAfter=9),
        note=style("note", SERIF, 7.6, 9.6, INK, spaceAfter=1.5),
        box=style("box", SANS, size, lead, NAVY, spaceAfter=4),
        cell=style("cell", SANS, 8.6, 11),
        head=style("head", f"{SANS}-Bold", 8.6, 11, NAVY),
    )
