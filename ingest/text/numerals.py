"""Numbers in roman numerals, letters and the other forms in which lists and pages are numbered."""

import re

_SIGNS = ((1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl"),
          (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"))  # fmt: skip
LARGEST_ROMAN = 4_999
UNWRITTEN = frozenset({"bullet", "none"})
"""Number formats of Word that show no number."""

_VALUES = {"i": 1, "v": 5, "x": 10, "l": 50}
_SHAPE = re.compile(r"^(?:xl|l?x{0,3})(?:ix|iv|v?i{0,3})$")


def roman_value(text: str) -> int | None:
    """Return the value of a roman numeral up to 89, as front matter has them, or None when `text` is none."""
    lowered = text.lower()
    if not lowered or not _SHAPE.match(lowered):
        return None
    values = [_VALUES[char] for char in lowered]
    following = [*values[1:], 0]
    return sum(-v if v < after else v for v, after in zip(values, following, strict=True))


def to_roman(value: int) -> str:
    """Return a number in lower-case roman numerals; 0 and what is beyond 4,999 in figures."""
    if not 0 < value <= LARGEST_ROMAN:
        return str(value)
    text = ""
    for worth, sign in _SIGNS:
        count, value = divmod(value, worth)
        text += sign * count
    return text


def numeral(value: int, style: str) -> str:
    """Return a number in a format by Word's name ("upperRoman"); a format not known here is written in figures."""
    if style in {"lowerRoman", "upperRoman"}:
        text = to_roman(value)
        return text.upper() if style == "upperRoman" else text
    if style in {"lowerLetter", "upperLetter"} and value > 0:
        # Word and browsers differ after z; Word goes on with aa, bb, cc.
        text = chr(ord("a") + (value - 1) % 26) * ((value - 1) // 26 + 1)
        return text.upper() if style == "upperLetter" else text
    if style == "decimalZero":
        return f"{value:02d}"
    if style == "ordinal":
        return f"{value}.º"
    return "" if style in UNWRITTEN else str(value)
