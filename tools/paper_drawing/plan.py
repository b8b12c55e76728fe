"""What a drawn paper looks like, decided by its seed, and the label that each of its pages prints."""

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from paper_drawing.words import CHAPTERS, MONTHS_EN, MONTHS_ES, NOTES, TITLES, roman

STYLES = {
    "plain": "{label}",
    "dashes": "- {label} -",
    "long dashes": "— {label} —",
    "brackets": "[{label}]",
    "page": "Page {label}",
    "página de": "Página {label} de {total}",
    "page of": "Page {label} of {total}",
    "of total": "{label}/{total}",
    "bar": "{label} | Page",
    "p.": "p. {label}",
    "spaced word": "{label} | P a g e",
    "bare bar": "| {label}",
    "pág.": "Pág. {label}",
    "de": "{label} de {total}",
    "dots": "• {label} •",
    "tildes": "~ {label} ~",
    "page bar": "Page | {label}",
    "colon": "Página: {label}",
    "hoja": "Hoja {label} de {total}",
}
"""Ways to print a page number; weights are equal."""
DECOYS = (
    "none", "none", "year", "plain year", "p. year", "fiscal year", "year at foot", "date", "date es", "month first",
    "weekday", "day", "range of days", "slashes", "date at foot", "bulletin", "boletín", "bulletin of year", "volume",
    "bulletin at foot", "session", "law", "case", "share", "measure", "small measure", "measure beside",
    "numbered paragraphs", "no full stop", "hanging", "form", "figure in a sentence", "rows", "second number",
)  # fmt: skip
"""What else on a page rises by one a page, or is repeated with other figures."""


NUMBERINGS = ("arabic",) * 6 + ("roman first",) * 2 + ("none", "none", "chapters", "letters", "spread")
FEET = (None, None, "GE.25-10053", "www.example.org/health", "© Ministry of Health 2019", "A/HRC/41/38")


@dataclass(frozen=True, slots=True)
class Plan:
    """One paper. `labels` are the printed ones, page by page; None where the page prints none."""

    seed: int
    labels: tuple[str | None, ...]
    counted: tuple[str | None, ...]
    texts: tuple[str | None, ...]
    style: str
    place: str
    at_head: bool
    in_head: bool
    head: str | None
    changing_head: bool
    foot: str | None
    decoy: str
    decoy_first: int
    notes: str
    note_form: int | None
    first_note: int
    columns: int
    spread: bool
    covers: int
    size: tuple[float, float]
    type_size: float

    def chapter(self, page: int) -> str:
        """Return the chapter that a page (from 0) is in."""
        return CHAPTERS[page // 4 % len(CHAPTERS)]


def plan(seed: int) -> Plan:
    """Return the plan of the paper with this seed."""
    draw = Random(seed)
    pages = draw.choice((1, 2, 3, 4, 5, 5, 6, 7, 8, 10, 14))
    numbering = draw.choice(NUMBERINGS)
    spread = numbering == "spread"
    covers = draw.choice((0, 0, 1)) if pages > 4 else 0
    style = draw.choice(tuple(STYLES)) if numbering in ("arabic", "none", "roman first") else "plain"
    counted = _counted(draw, numbering, pages, covers)
    missing = draw.random() < 0.25 and pages >= 8
    labels = [None if at < covers or (missing and at % 5 == 4) else label for at, label in enumerate(counted)]
    at_head = draw.random() < 0.3
    head = draw.choice((None, "title", "title", "title"))
    in_head = head is not None and not spread and draw.random() < 0.25
    decoy = draw.choice(DECOYS)
    notes = "none" if spread else draw.choice(("none", "none", "raised", "plain", "own line"))
    return Plan(
        seed=seed,
        labels=tuple(labels),
        counted=tuple(counted),
        texts=_texts(style, labels, counted),
        style=style,
        place=draw.choice(("centre", "left", "right", "outer")),
        at_head=at_head,
        in_head=in_head,
        head=draw.choice(TITLES) if head else None,
        changing_head=draw.random() < 0.3,
        foot=draw.choice(FEET),
        decoy=decoy,
        decoy_first=draw.randint(1, 14),
        notes=notes,
        note_form=draw.choice((None, None, draw.randrange(len(NOTES)))),
        first_note=draw.randint(1, 30),
        columns=2 if spread else draw.choice((1, 1, 1, 2)),
        spread=spread,
        covers=covers,
        size=(841.9, 595.3) if spread else draw.choice(((595.3, 841.9), (595.3, 841.9), (612.0, 792.0))),
        type_size=draw.choice((9.0, 10.0, 11.0, 12.0)),
    )


def _counted(draw: Random, numbering: str, pages: int, covers: int) -> list[str | None]:
    """Return the number that each page has, whether it prints it or not."""
    first = draw.choice((1, 1, 1, draw.randint(2, 40), draw.randint(41, 900)))
    if numbering == "none":
        return [None] * pages
    if numbering == "spread":
        first += first % 2
        return [f"{first + 2 * at}–{first + 2 * at + 1}" for at in range(pages)]
    if numbering == "roman first" and pages >= 6:
        front = max(3, pages // 3)
        return [roman(at + 1) if at < front else str(at - front + 1) for at in range(pages)]
    if numbering in ("chapters", "letters"):
        return _in_chapters(draw, numbering, pages, covers)
    width = 3 if draw.random() < 0.05 else 0
    return [str(first + at).zfill(width) for at in range(pages)]


def _in_chapters(draw: Random, numbering: str, pages: int, covers: int) -> list[str | None]:
    names = (
        ("A", "B", "C", "D", "E")
        if numbering == "letters"
        else draw.choice((("1", "2", "3", "4", "5"), ("I", "II", "III", "IV", "V")))
    )
    long = draw.choice((3, 4, 6))
    found: list[str | None] = [None] * covers
    found += [f"{names[at // long % 5]}-{at % long + 1}" for at in range(pages - covers)]
    return found


def _texts(style: str, labels: Sequence[str | None], counted: Sequence[str | None]) -> tuple[str | None, ...]:
    """Return what each page prints for its label; a total of pages goes with arabic numbers only."""
    total = max((int(label) for label in counted if label and label.isdigit()), default=len(labels))
    forms = {label: STYLES[style] for label in labels if label}
    for label, form in forms.items():
        if "{total}" in form and not label.isdigit():
            forms[label] = STYLES["plain"]
    return tuple(forms[label].format(label=label, total=total) if label else None for label in labels)


def decoy_line(paper: Plan, page: int) -> str | None:
    """Return the line at the head of a page (from 0) that is no running head, or None."""
    number = paper.decoy_first + page
    return {
        "year": str(2004 + number),
        "p. year": f"p. {2004 + number}",
        "date": f"{number} {MONTHS_EN[paper.seed % 6]} 2020",
        "date es": f"{number} de {MONTHS_ES[paper.seed % 6]} de 2020",
        "bulletin": f"Bulletin No. {number}",
        "boletín": f"Boletín epidemiológico N.º {number}",
        "day": f"Day {number}",
        "month first": f"{MONTHS_EN[paper.seed % 6]} {number}, 2020",
        "weekday": f"Monday {number}",
        "session": f"Sesión {number}",
        "slashes": f"{number:02d}/05/2020",
        "volume": f"Vol. {paper.seed % 30 + 1}, No. {number}",
        "bulletin of year": f"{number}/2020",
        "plain year": str(2004 + number),
        "fiscal year": f"FY {2004 + number}",
        "share": f"{number} %",
        "range of days": f"{number} al {number + 6} de {MONTHS_ES[paper.seed % 6]}",
        "bulletin at foot": f"Boletín N° {number}",
        "date at foot": f"{number} de {MONTHS_ES[paper.seed % 6]}",
        "year at foot": str(2004 + number),
        "law": f"Ley N.º {30000 + number}",
        "form": f"This facility has {number * 7 % 23 + 3} beds and {number} physicians for the whole district.",
        "figure in a sentence": f"In all, {number} posts were closed in the week before the visit.",
        "case": f"Case {paper.seed % 90 + 10}/{2000 + number % 20} of {number} {MONTHS_EN[page % 6]} {2010 + page % 9}",
    }.get(paper.decoy)
