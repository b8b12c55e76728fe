"""What a raised number is: the call of a note, or the exponent of what stands in front of it."""

import re

LONGEST = 3
"""Digits of a call at most; "1,2" and "3-5" call several notes."""
CALL = re.compile(r"\[?\d{1,3}(?:[,–-]\d{1,3})*\]?")

RAISED_FIGURES = str.maketrans("0123456789+-−–", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁻")
"""Figures of an exponent as Unicode raises them: folded for comparison they are the figures again."""

# Raised figures behind these are exponents: km2, 10 to the 6th.
_MEASURE = re.compile(r"(?:\b(?:[kcdm]?m|ha|ft|mi|in|yd|R|W|s|CO|10)|[=×^])$")


def is_exponent(text: str, start: int, at: int) -> bool:
    """Return whether a raised number at `at` belongs to the unit or number that `text[start:at]` ends with."""
    return _MEASURE.search(text, start, at) is not None
