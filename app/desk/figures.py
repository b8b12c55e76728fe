"""The figures of a sentence, written in digits or words, in English, Spanish or Portuguese.

Read are counts with the thousands marks of both traditions and scales ("1,3 millones", "mil milhões"), percentages,
shares ("siete de cada diez", "two thirds"), years, dates and the numbers of laws. Numbers of lists, ordinals and
digits inside a name ("COVID-19") are no figures.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from typing import Literal

from app.desk.measured_things import unit_of
from app.desk.number_words import SCALES, begins_number, read_number
from index.analysis.acronyms import fold_word

Kind = Literal["count", "percent", "share", "points", "year", "date", "code"]

_NUMBER = re.compile(
    r"(?<![\d.,])(?<!\d[ \u00a0\u202f])\d{1,3}(?:[ \u00a0\u202f]\d{3})+(?:[.,]\d+)?(?![\d.,]*\d)"
    r"|\d+(?:[.,]\d+)*"
)
_CODE = re.compile(
    r"(?<![\w.,])\d{1,7}[-‐‑/](?:19|20)\d\d(?:-[A-Z]{2,})*(?![\w])"
    r"|(?<![\w.,])\d{1,7}[-‐‑/][A-Z]{1,4}\b|\b[A-Z]{1,6}\.?\d[\w.]*-\d+\b"
)
_SYMBOL = re.compile(r"[^\W\d_]+[-‐‑]?\d[\w.]*|\b\d+(?:st|nd|rd|th|[ºª°]|\.[ºª°]|er[oa]?|[oa]\b|\.[oa]\b)")
_LIST_NUMBER = re.compile(r"^\s*(?:\d{1,2}[.)]|[•▪●–-])\s+")
_WORD = re.compile(r"[^\W\d_]+")
_YEAR = re.compile(r"(?:19|20)\d\d")
_YEAR_RANGE = re.compile(r"(?<!\d)((?:19|20)\d\d)[-–‐‑/](\d\d)(?!\d)")
_PERCENT = re.compile(r"\s?%|[\s-](?:per ?cent|por ciento|por cento|pct)\b", re.I)
_POINTS = re.compile(
    r"[\s-](?:percentage points?|points?|puntos porcentuales|puntos?|pontos percentuais|pontos?)\b", re.I
)
_LAW = re.compile(
    r"(?:decre(?:to|e)|ley|law|lei|resolu[ct]i[oó]n|resolução|bill|art[ií](?:culo|cle|go))\b[^.;\d]{0,45}$"
    r"|\bN(?:o|úm|um)?\.?\s?[ºo°]?\.?\s?$",
    re.I,
)
_MONTHS = {
    month: number
    for names in (
        "january february march april may june july august september october november december",
        "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
        "janeiro fevereiro marco abril maio junho julho agosto setembro outubro novembro dezembro",
    )
    for number, month in enumerate(names.split(), 1)
} | {"setiembre": 9}
_DAY_MONTH = re.compile(r"(?<!\d)(\d{1,2})(?:st|nd|rd|th|º|\.º)?(?: de| of)? ([^\W\d_]{3,10})\b", re.I)
_MONTH_DAY = re.compile(r"\b([^\W\d_]{3,10}) (\d{1,2})(?!\d|[.,]\d)(?=,? (?:19|20)\d\d|\b)", re.I)
_OF = r"\s+(?:out of|in|of|de cada|en cada|em cada|a cada|de)\s+(?:every\s+)?"
_PARTS = {
    word: part
    for part, words in {
        3: "third thirds tercio tercios terco tercos tercera terceras terca tercas",
        4: "quarter quarters cuarto cuartos cuarta cuartas quarto quartos quarta quartas",
        5: "fifth fifths quinto quintos quinta quintas",
        6: "sixth sixths sexto sextos sexta sextas",
        10: "tenth tenths decimo decimos decima decimas",
    }.items()
    for word in words.split()
}
_HALF = re.compile(
    r"\b(?:(?:one[ -])?half(?= (?:of|the|a million)\b)|la mitad|a metade|metade(?= d)|mitad(?= de))\b", re.I
)
_NUMERATORS = {"one": 1, "a": 1, "un": 1, "una": 1, "um": 1, "uma": 1, "uno": 1}
ABOUT = re.compile(
    r"\b(?:about|around|some|roughly|almost|nearly|close to|approximately|just (?:over|under)|more than|over|less than|"
    r"fewer than|under|up to|at least|cerca de|casi|unos|unas|alrededor de|aproximadamente|m[aá]s de|menos de|al menos|"
    r"por lo menos|hasta|quase|uns|umas|mais de|ao menos|pelo menos|at[eé]|apenas|algo m[aá]s de)\s+(?:an?\s+|el\s+|"
    r"la\s+|los\s+|las\s+|of\s+)?$",
    re.I,
)

LOOKED_BACK = 80
"""Characters before a figure that may hold what is said of it: `_LAW` and `ABOUT` match fewer, up to its beginning."""

# Words of another meaning in a language: "of the", "one time".
_ALIKE = {"pt": frozenset({"dos"}), "en": frozenset({"once", "dos"}), "fr": frozenset({"once", "dos"})}


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A figure: `[start, end)` in its text, and what it may mean.

    `values` are its possible readings ("1.234 millones" may be of thousands or of decimals), percentages and shares in
    percent, years as they are. `unit` is what is counted, where `app.desk.measured_things` tells it. `step` is what
    the last digit written is worth; `about` says that it is marked as rounded ("almost", "más de"). `code` is the
    number of a law or bill as written.
    """

    kind: Kind
    text: str
    start: int
    end: int
    values: tuple[Decimal, ...] = ()
    step: Decimal = Decimal(1)
    about: bool = False
    code: str = ""
    unit: str = ""


def figures(text: str, language: str | None = None) -> tuple[Figure, ...]:
    """Return the figures of a sentence in order, none inside another.

    Words that are numbers in one language only ("dos", "once") count in that one, and where `language` is None.
    """
    taken: list[tuple[int, int]] = []
    if number := _LIST_NUMBER.match(text):
        taken.append(number.span())
    found: list[Figure] = []
    alike = _ALIKE.get(language or "", frozenset())
    for read in (_dates, _codes, _year_ranges, _shares, _symbols, _digits, _words):
        for figure in read(text):
            if figure.text.casefold() not in alike and all(
                figure.end <= start or end <= figure.start for start, end in taken
            ):
                taken.append((figure.start, figure.end))
                if figure.values or figure.code:
                    found.append(figure)
    return tuple(sorted(found, key=lambda figure: figure.start))


def without_figures(text: str, language: str | None = None) -> str:
    """Return a sentence with a blank in the place of each figure."""
    parts, at = [], 0
    for figure in figures(text, language):
        parts.append(text[at : figure.start])
        at = figure.end
    return " ".join("".join([*parts, " ", text[at:]]).split())


def _dates(text: str) -> Iterator[Figure]:
    for pattern, day, month in ((_DAY_MONTH, 1, 2), (_MONTH_DAY, 2, 1)):
        for match in pattern.finditer(text):
            number = _MONTHS.get(fold_word(match[month].lower()))
            if number and 0 < int(match[day]) <= 31:
                value = Decimal(100 * number + int(match[day]))
                yield Figure(
                    kind="date", text=match[0], start=match.start(), end=match.end(), values=(value,)
                )


def _codes(text: str) -> Iterator[Figure]:
    for match in _CODE.finditer(text):
        if not _YEAR.match(match[0]):
            code = re.sub("[‐‑/]", "-", match[0])
            yield Figure(kind="code", text=match[0], start=match.start(), end=match.end(), code=code)
    for match in _NUMBER.finditer(text):
        if _LAW.search(text, max(0, match.start() - LOOKED_BACK), match.start()) and not _YEAR.fullmatch(
            match[0]
        ):
            code = re.sub(r"\D", "", match[0])
            yield Figure(kind="code", text=match[0], start=match.start(), end=match.end(), code=code)


def _year_ranges(text: str) -> Iterator[Figure]:
    for match in _YEAR_RANGE.finditer(text):
        last = match[1][:2] + match[2]
        if int(last) > int(match[1]):
            for group, year in ((1, match[1]), (2, last)):
                yield _year(text, match.start(group), match.end(group), year)


def _year(text: str, start: int, end: int, year: str) -> Figure:
    return Figure(kind="year", text=text[start:end], start=start, end=end, values=(Decimal(year),))


def _symbols(text: str) -> Iterator[Figure]:
    for match in _SYMBOL.finditer(text):
        yield Figure(kind="code", text=match[0], start=match.start(), end=match.end())


def _shares(text: str) -> Iterator[Figure]:
    for match in re.finditer(rf"(?<![\d.,])\b(\w+){_OF}(?:los |las )?(\d+|[^\W\d_]+)", text, re.I):
        share = _share(text, match)
        if share is not None:
            yield share
    tokens = list(_WORD.finditer(text))
    for one, other in pairwise(tokens):
        part = _PARTS.get(fold_word(other[0].lower()))
        top = _small(one[0]) if part else None
        if part and top and top < part and (part != 4 or "quarto" not in other[0] or top > 1):
            following = text[other.end() :].lstrip()
            if (
                top > 1
                or re.match(r"(?:of|de|do|da|dos|das|del|parte)\b", following)
                or one[0].lower() == "one"
            ):
                yield _percent_share(text, one.start(), other.end(), Decimal(100 * top) / part)
    for match in _HALF.finditer(text):
        yield _percent_share(text, match.start(), match.end(), Decimal(50))


def _share(text: str, match: re.Match[str]) -> Figure | None:
    """Return "seven out of ten" as a share; None where the words are no numbers."""
    top, bottom = _small(match[1]), _small(match[2])
    words = fold_word(match[0].lower())
    if (
        top is None
        or bottom is None
        or not top < bottom
        or not 2 <= bottom <= 1000
        or (" de " in words and "cada" not in words)
    ):
        return None
    return _percent_share(text, match.start(), match.end(), Decimal(100 * top) / bottom)


def _percent_share(text: str, start: int, end: int, value: Decimal) -> Figure:
    about = _about(text, start)
    return Figure(kind="share", text=text[start:end], start=start, end=end, values=(value,), about=about)


def _about(text: str, start: int) -> bool:
    """Return whether the figure that begins at `start` is marked as rounded."""
    return ABOUT.search(text, max(0, start - LOOKED_BACK), start) is not None


def _small(text: str) -> int | None:
    folded = [fold_word(word.lower()) for word in re.findall(r"\w+", text)]
    if len(folded) == 1 and folded[0].isdigit():
        return int(folded[0])
    if len(folded) == 1 and folded[0] in _NUMERATORS:
        return _NUMERATORS[folded[0]]
    read = read_number(folded)
    return read[0] if read and read[1] == len(folded) else None


def _digits(text: str) -> Iterator[Figure]:
    for match in _NUMBER.finditer(text):
        raw, end = match[0], match.end()
        readings = _readings(raw)
        scale, end = _scale(text, end)
        if not scale and len(raw) == 4 and _YEAR.fullmatch(raw) and not _PERCENT.match(text, end):
            yield _year(text, match.start(), end, raw)
            continue
        if scale:
            readings = [(value * scale, step * scale) for value, step in readings]
        else:
            about = _about(text, match.start())
            value, step = readings[0]
            readings = [(value, _round_step(value) if about and step == 1 else step)]
        yield _measured(text, match.start(), end, readings)


def _words(text: str) -> Iterator[Figure]:
    tokens = list(_WORD.finditer(text))
    folded = [fold_word(token[0].lower()) for token in tokens]
    at = 0
    while at < len(tokens):
        if not begins_number(folded[at]):
            at += 1
            continue
        run = at + 1
        while run < len(tokens) and re.fullmatch(
            r"[\s-]+", text[tokens[run - 1].end() : tokens[run].start()]
        ):
            run += 1
        read = _number_of_words(text, tokens[at:run], folded[at:run])
        if read is None:
            at += 1
            continue
        value, used = read
        half, end = _half_more(text, tokens[at + used - 1].end())
        step = _round_step(Decimal(value)) if value >= 1000 else Decimal("0.1") if half else Decimal(1)
        yield _measured(text, tokens[at].start(), end, [(value + half, step)])
        at += used


def _number_of_words(
    text: str, tokens: Sequence[re.Match[str]], folded: Sequence[str]
) -> tuple[int, int] | None:
    """Return the number that words begin with; "one" is one before "percent", whose own "ciento" is none."""
    if folded[0] in {"ciento", "cento"} and re.search(r"\b(?:por|per)\s$", text[: tokens[0].start()], re.I):
        return None
    if folded[0] in _NUMERATORS and _PERCENT.match(text, tokens[0].end()):
        return 1, 1
    return read_number(folded)


def _round_step(value: Decimal) -> Decimal:
    """Return the worth of the last digit of a whole number that is not 0."""
    step = Decimal(1)
    while value and value % (step * 10) == 0:
        step *= 10
    return step


def _half_more(text: str, end: int) -> tuple[Decimal, int]:
    """Return the half of "three and a half" and where it ends, nothing where it is none."""
    match = re.compile(r" (?:and a half|y medio|y media|e meio|e meia)\b", re.I).match(text, end)
    return (Decimal("0.5"), match.end()) if match else (Decimal(0), end)


def _measured(text: str, start: int, end: int, readings: list[tuple[Decimal, Decimal]]) -> Figure:
    """Return a number as a count, a percentage or percentage points, by what follows it."""
    kind: Kind = "count"
    if match := _PERCENT.match(text, end):
        kind, end = "percent", match.end()
        if points := re.compile("(?:age)? points?").match(text, end):
            kind, end = "points", points.end()
    elif match := _POINTS.match(text, end):
        kind, end = "points", match.end()
    return Figure(
        kind=kind,
        text=text[start:end],
        start=start,
        end=end,
        values=tuple(value for value, _ in readings),
        step=readings[0][1],
        about=_about(text, start),
        unit=unit_of(text, start, end) if kind == "count" else "",
    )


def _scale(text: str, end: int) -> tuple[Decimal | None, int]:
    """Return the factor of the scale words after a number ("mil millones") and where they end."""
    factor: Decimal | None = None
    while match := re.compile(r"[\s\u00a0-]([^\W\d_]+)").match(text, end):
        worth = SCALES.get(fold_word(match[1].lower()))
        if worth is None:
            break
        factor, end = (factor or Decimal(1)) * worth, match.end()
    return factor, end


def _readings(raw: str) -> list[tuple[Decimal, Decimal]]:
    """Return the possible values of digits with marks, the likelier first, each with the worth of its last digit.

    Three digits after a single mark are thousands, unless a scale follows and says otherwise.
    """
    digits = re.sub(r"[ \u00a0\u202f]", "", raw)
    parts = re.split(r"[.,]", digits)
    marks = [char for char in digits if char in ".,"]
    whole = Decimal("".join(parts))
    if not marks:
        return [(whole, Decimal(1))]
    decimal = (Decimal("".join(parts[:-1]) + "." + parts[-1]), Decimal(1).scaleb(-len(parts[-1])))
    grouped = (
        all(len(part) == 3 for part in parts[1:]) and 0 < len(parts[0]) <= 3 and parts[0].strip("0") != ""
    )
    if grouped and len(set(marks)) == 1:
        return [(whole, Decimal(1)), decimal] if len(marks) == 1 else [(whole, Decimal(1))]
    return [decimal]
