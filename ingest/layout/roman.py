"""Roman numerals up to 89, as front matter is numbered."""

import re

_VALUES = {"i": 1, "v": 5, "x": 10, "l": 50}
_SHAPE = re.compile(r"^(?:xl|l?x{0,3})(?:ix|iv|v?i{0,3})$")


def roman_value(text: str) -> int | None:
    """Return the value of a roman numeral up to 89, or None when `text` is none."""
    lowered = text.lower()
    if not lowered or not _SHAPE.match(lowered):
        return None
    values = [_VALUES[char] for char in lowered]
    following = [*values[1:], 0]
    return sum(-v if v < after else v for v, after in zip(values, following, strict=True))


def to_roman(value: int) -> str:
    """Return `value` (1 to 89) as a lower-case roman numeral."""
    signs = ((50, "l"), (40, "xl"), (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"))
    text = ""
    for worth, sign in signs:
        count, value = divmod(value, worth)
        text += sign * count
    return text
