"""Text of citations on one line, and as BibTeX takes it."""

import unicodedata
from collections.abc import Sequence

# Braces are spelled out because BibTeX counts them even behind a backslash.
_TEX = {
    "\\": "{\\textbackslash}",
    "{": "{\\textbraceleft}",
    "}": "{\\textbraceright}",
    "~": "{\\textasciitilde}",
    "^": "{\\textasciicircum}",
    **{character: "\\" + character for character in "$&#_%"},
}


def tex_names(names: Sequence[str]) -> str:
    """Return names as BibTeX parts them; one without a comma is a single name, in braces of its own."""
    return " and ".join(
        tex(name) if "," in name and " and " not in name else "{" + tex(name) + "}" for name in names
    )


def tex_address(address: str | None) -> str:
    """Return a URL or DOI as BibTeX holds it: unescaped, for its own command takes the characters as they are."""
    return plain_line(address or "").replace("{", "%7B").replace("}", "%7D").replace(" ", "%20")


def tex(text: str) -> str:
    """Return a text on one line with what BibTeX and TeX would take for commands spelled out."""
    return "".join(_TEX.get(character, character) for character in plain_line(text))


def plain_line(text: str) -> str:
    """Return one line without control characters, direction marks or lone surrogates."""
    kept = (" " if c in "\n\r\t" else c for c in text if c in "\n\r\t" or unicodedata.category(c)[0] != "C")
    return " ".join("".join(kept).split())


def joined_names(names: Sequence[str], last: str) -> str:
    """Return names in a row, the last one behind `last`."""
    clean = [plain_line(name) for name in names]
    return last.join([", ".join(clean[:-1]), clean[-1]]) if len(clean) > 1 else "".join(clean)


def stopped(text: str) -> str:
    """Return a text on one line that ends a sentence."""
    text = plain_line(text)
    return text if text.endswith((".", "?", "!")) else text + "."
