"""List items: lines that start with a bullet or an enumerator."""

import re

_BULLET = re.compile(r"^(?:[•·▪▫■□●○◦‣⁃∙➢➤►▶✓✔❖◆◇–—*\-]|o(?=\s+[A-Z])|[\uf0a0-\uf0ff])\s*(?=\S)")
_ENUMERATED = re.compile(
    r"^(?:\(?(?:[a-zñ]{1,2}|[ivx]{1,5}|\d{1,2})\)|[ivx]{1,5}\.|[a-z]\.|\d{1,2}[.)]-?)\s+(?=\S)"
)
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


def is_item(raw: str) -> bool:
    """Say whether a line opens a list item."""
    return is_bullet(raw) or is_enumerated(raw)
