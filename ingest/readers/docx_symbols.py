"""Signs and formulas of Word in plain text: `w:sym` of the Symbol and Wingdings fonts, and `m:oMath` in one line."""

from typing import Any

_M = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"

# Codes of Adobe's Symbol encoding that policy papers use: Greek letters, relations and signs.
_SYMBOL = {
    **dict(zip(range(0x61, 0x7B), "αβχδεφγηιϕκλμνοπθρστυϖωξψζ", strict=True)),
    **dict(zip(range(0x41, 0x5B), "ΑΒΧΔΕΦΓΗΙϑΚΛΜΝΟΠΘΡΣΤΥςΩΞΨΖ", strict=True)),
    0x22: "∀", 0x24: "∃", 0x27: "∋", 0x2D: "−", 0x40: "≅", 0x5C: "∴", 0x5E: "⊥", 0xA2: "′", 0xA3: "≤", 0xA5: "∞",
    0xAB: "↔", 0xAC: "←", 0xAD: "↑", 0xAE: "→", 0xAF: "↓", 0xB0: "°", 0xB1: "±", 0xB2: "″", 0xB3: "≥", 0xB4: "×",
    0xB5: "∝", 0xB6: "∂", 0xB7: "•", 0xB8: "÷", 0xB9: "≠", 0xBA: "≡", 0xBB: "≈", 0xBC: "…", 0xC5: "⊕", 0xC6: "∅",
    0xC7: "∩", 0xC8: "∪", 0xCC: "⊂", 0xCD: "⊆", 0xCE: "∈", 0xCF: "∉", 0xD1: "∇", 0xD2: "®", 0xD3: "©", 0xD4: "™",
    0xD5: "∏", 0xD6: "√", 0xD9: "∧", 0xDA: "∨", 0xDB: "⇔", 0xDE: "⇒", 0xE5: "∑", 0xF2: "∫",
}  # fmt: skip
_WINGDINGS = {
    0x6C: "●", 0x6E: "■", 0x6F: "□", 0x71: "❑", 0x76: "❖", 0x78: "☒", 0x9F: "•", 0xA7: "▪", 0xA8: "☐", 0xD8: "➢",
    0xE0: "→", 0xE8: "➔", 0xF0: "⇨", 0xFB: "✗", 0xFC: "✓", 0xFD: "☒", 0xFE: "☑",
}  # fmt: skip
_FONTS = {"symbol": _SYMBOL, "wingdings": _WINGDINGS}
UNKNOWN = "\ufffd"
"""What stands for a sign of a font that is not known here: the reader is told that something is missing."""

MAX_DEPTH = 60


def symbol(font: str, code: str) -> str:
    """Return the sign of a `w:sym` (font name, hexadecimal code), `UNKNOWN` where it is not known."""
    try:
        value = int(code, 16)
    except ValueError:
        return UNKNOWN
    known = _FONTS.get(font.strip().casefold())
    if known is None:
        return chr(value) if 0x20 <= value < 0xD800 else UNKNOWN
    # Word keeps the codes of such fonts in the private use area, from U+F000.
    value = value - 0xF000 if value >= 0xF000 else value
    return known.get(value, chr(value) if 0x30 <= value <= 0x39 else UNKNOWN)


def formula(node: Any, depth: int = 0) -> str:
    """Return an Office Math formula in one line: fractions with "/", roots, powers, sums with their limits."""
    tag = node.tag.removeprefix(_M) if isinstance(node.tag, str) else ""
    if depth > MAX_DEPTH or tag.endswith("Pr"):
        return ""
    if tag == "t":
        return node.text or ""
    if tag in _STRUCTURES:
        found = ((name, node.find(f"{_M}{name}")) for name in _PARTS)
        parts = {name: formula(child, depth + 1).strip() for name, child in found if child is not None}
        return _structure(tag, node, parts)
    inside = (formula(child, depth + 1) for child in node.iterchildren())
    return f"({', '.join(part for part in inside if part)})" if tag == "d" else "".join(inside)


def _structure(tag: str, node: Any, parts: dict[str, str]) -> str:
    below = f"_{_grouped(parts['sub'])}" if parts.get("sub") else ""
    above = f"^{_grouped(parts['sup'])}" if parts.get("sup") else ""
    base = parts.get("e", "")
    if tag == "f":
        return f"{_grouped(parts.get('num', ''))}/{_grouped(parts.get('den', ''))}"
    if tag == "rad":
        return f"√{_grouped(base)}"
    if tag == "nary":
        sign = node.find(f"{_M}naryPr/{_M}chr")
        return f"{sign.get(f'{_M}val', '∫') if sign is not None else '∫'}{below}{above} {base}"
    return base + below + above


_STRUCTURES = frozenset({"f", "rad", "nary", "sSup", "sSub", "sSubSup"})
_PARTS = ("num", "den", "e", "sub", "sup")


def _grouped(text: str) -> str:
    """Return a part of a formula in brackets where it is more than one word or number."""
    text = text.strip()
    return text if text.isalnum() or len(text) <= 1 else f"({text})"
