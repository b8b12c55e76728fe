"""Notes of a web page: blocks that a number in the text links to."""

import re
from typing import Any

_CALL = re.compile(r"[\[(]?(?:\d{1,3}|[ivxlc]{1,6}|[a-z*†‡§])[\])]?\.?", re.IGNORECASE)
_BACK = re.compile(r"[↩↑^⏎\ufe0e\ufe0f\s]+|(?:back|volver|regresar|voltar|retour)", re.IGNORECASE)
_BLOCKS = frozenset({"p", "li", "div", "aside", "dd", "section", "td"})
# The block of a note is at most so many steps around what the link leads to, and so long.
STEPS = 3
LONGEST = 4_000


def notes_of(tree: Any) -> dict[str, Any]:
    """Return id -> block of each note, in the order of the page.

    A note is called by a link whose text is a short number or mark, and it links back to the call, stands in
    a list or a block of notes by its role or class, or begins with its number.
    """
    called = {
        target
        for link in tree.css("a[href]")
        if (target := _target(link)) and _CALL.fullmatch(link.text().strip())
    }
    found: dict[str, Any] = {}
    for ident in called:
        node = _by_id(tree, ident)
        block = _block_of(node) if node is not None else None
        if block is not None and _is_note(block, called):
            found[ident] = block
    return found


def called_note(link: Any, notes: dict[str, Any]) -> str | None:
    """Return the id of the note that a link calls, None for any other link."""
    target = _target(link)
    if target in notes and _CALL.fullmatch(link.text().strip()) and not _within(link, notes[target]):
        return target
    return None


def is_back_link(link: Any) -> bool:
    """Return whether a link only leads from a note back to the text."""
    return bool(_target(link)) and _BACK.fullmatch(link.text().strip()) is not None


def _target(link: Any) -> str:
    href = link.attributes.get("href") or ""
    return href[1:] if href.startswith("#") and len(href) < 200 else ""


def _by_id(tree: Any, ident: str) -> Any | None:
    if re.search(r"[\"\\\]\n]", ident):
        return None
    return tree.css_first(f'[id="{ident}"]') or tree.css_first(f'a[name="{ident}"]')


def _block_of(node: Any) -> Any | None:
    for _ in range(STEPS):
        if node is None:
            return None
        if node.tag in _BLOCKS:
            return node if len(node.text()) <= LONGEST else None
        node = node.parent
    return None


def _is_note(block: Any, called: set[str]) -> bool:
    """Return whether a block that a number links to is a note and not a section or a figure."""
    if block.css_first("h1, h2, h3, h4, table, figure") is not None:
        return False
    marked = " ".join(
        f"{node.attributes.get('role') or ''} {node.attributes.get('class') or ''} {node.attributes.get('id') or ''}"
        for node in _around(block)
    ).lower()
    if re.search(r"footnote|endnote|\bfn|note|cita|refer", marked):
        return True
    back = block.css_first("a[href]")
    if back is None or not _target(back):
        return False
    text = back.text().strip()
    return _target(back) not in called or bool(text and block.text().strip().startswith(text))


def _around(node: Any) -> list[Any]:
    found = []
    for _ in range(STEPS):
        if node is None:
            break
        found.append(node)
        node = node.parent
    return found


def _within(node: Any, block: Any) -> bool:
    while node is not None:
        if node.mem_id == block.mem_id:
            return True
        node = node.parent
    return False
