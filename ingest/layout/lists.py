"""List items: lines that start with a bullet or an enumerator."""

import re

_BULLET = re.compile(r"^(?:[•·▪▫■□●○◦‣⁃∙➢➤►▶✓✔❖◆◇–—*\-]|[oº°](?=\s+[A-Z])|[\uf0a0-\uf0ff])\s*(?=\S)")
_ENUMERATED = re.compile(
    r"^(?:\(?(?:[a-zñ]{1,2}|[ivx]{1,5}|\d{1,2})\)|[ivx]{1,5}\.|[a-z]\.|\d{1,2}[.)]-?)\s+(?=\S)"
)
_COUNTER = re.compile(r"^(\(?)(\d{1,3}|[a-zñ])([.)])\s")
_NUMBERED = re.compile(r"^\d{1,3}\.?\s")
# Numbered items with at least this many words are the numbered paragraphs of UN papers and laws.
PROSE_WORDS = 14


def is_bullet(raw: str) -> bool:
    """Say whether a raw line starts with a bullet sign (also of a symbol font) and text."""
    return bool(_BULLET.match(raw)) and not re.match(r"^[–—\-*]{2,}", raw) and not re.match(r"^-\d", raw)


def is_enumerated(text: str) -> bool:
    """Say whether a line starts with "(a)", "iv.", "3)" or the like."""
    return bool(_ENUMERATED.match(text))


def is_numbered_paragraph(text: str) -> bool:
    """Say whether a paragraph is numbered prose ("14. Mandate of the Committee. In 1985, …"), not an item."""
    return bool(_NUMBERED.match(text)) and len(text.split()) >= PROSE_WORDS


def follows_item(above: str, text: str) -> bool:
    """Say whether two items count on: "2. …" and "3. …", "(a) …" and "(b) …"."""
    first, second = _COUNTER.match(above), _COUNTER.match(text)
    if not first or not second or first.group(1, 3) != second.group(1, 3):
        return False
    before, after = first.group(2), second.group(2)
    if before.isdigit() and after.isdigit():
        return int(after) == int(before) + 1
    return len(before) == len(after) == 1 and ord(after) == ord(before) + 1


def counter_before(text: str) -> str | None:
    """Return the counter that comes before the one a line opens with: "(3)" for "(4) …", None without one."""
    match = _COUNTER.match(text)
    if not match:
        return None
    opening, counter, closing = match.groups()
    if counter.isdigit():
        return f"{opening}{int(counter) - 1}{closing}" if int(counter) > 1 else None
    return f"{opening}{chr(ord(counter) - 1)}{closing}" if counter != "a" else None


def is_item(raw: str) -> bool:
    """Say whether a line opens a list item."""
    return is_bullet(raw) or is_enumerated(raw)
