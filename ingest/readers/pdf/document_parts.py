"""Parts of a PDF beside its pages' content, read by pypdf: filled form fields, layers, attachments, XFA, portfolios."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ingest.readers.source import Box
from ingest.text.safe import storable

MAX_FIELDS = 5_000
MAX_VALUE = 10_000
MAX_PARENTS = 20
MAX_NAMES = 50
_HIDDEN, _NO_VIEW = 2, 32
"""Bits of an annotation's flags (ISO 32000-2, table 167)."""
TICKED = "☒"


@dataclass(frozen=True, slots=True, kw_only=True)
class FormField:
    """A filled field of a form: its value, and its place in the page's own axes."""

    value: str
    box: Box


def filled_fields(page: Any) -> tuple[FormField, ...]:
    """Return the filled fields of a pypdf page, in the order of the page."""
    return tuple(_fields(page))


def _fields(page: Any) -> Iterator[FormField]:
    annotations = page.get("/Annots")
    for number, annotation in enumerate(annotations.get_object() if annotations is not None else ()):
        if number >= MAX_FIELDS:
            return
        widget = annotation.get_object()
        if widget.get("/Subtype") != "/Widget" or int(widget.get("/F", 0)) & (_HIDDEN | _NO_VIEW):
            continue
        value = _value(widget)
        rectangle = widget.get("/Rect")
        if value and rectangle is not None and len(rectangle) == 4:
            x0, y0, x1, y1 = (float(side) for side in rectangle)
            yield FormField(value=value, box=(min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1)))


def _value(widget: Any) -> str:
    kind = _inherited(widget, "/FT")
    value = _inherited(widget, "/V")
    if kind == "/Btn":
        state = widget.get("/AS", "/Off")
        return TICKED if state != "/Off" and _is_box(widget) else ""
    if kind not in ("/Tx", "/Ch") or value is None:
        return ""
    values = value if isinstance(value, list) else [value]
    lines = ("\n".join(str(one) for one in values)).replace("\r\n", "\n").replace("\r", "\n").split("\n")
    text = "\n".join(folded for line in lines if (folded := " ".join(line.split())))
    return storable(text[:MAX_VALUE])


def _is_box(widget: Any) -> bool:
    """Return whether a button is a box or a choice and not one to press."""
    return not int(_inherited(widget, "/Ff") or 0) & (1 << 16)


def _inherited(widget: Any, key: str) -> Any:
    """Return what a widget or one of the fields above it says for a key."""
    node = widget
    for _ in range(MAX_PARENTS):
        if key in node:
            return node[key]
        if "/Parent" not in node:
            return None
        node = node["/Parent"].get_object()
    return None


def layers_off(root: Any) -> frozenset[str]:
    """Return the names of the layers (optional content groups) that are off when the document is opened."""
    properties = root.get("/OCProperties")
    if properties is None:
        return frozenset()
    properties = properties.get_object()
    first = properties.get("/D", {}).get_object()
    off = [group.get_object() for group in first.get("/OFF", ())]
    if first.get("/BaseState") == "/OFF":
        on = {_key(group) for group in first.get("/ON", ())}
        off += [group.get_object() for group in properties.get("/OCGs", ()) if _key(group) not in on]
    return frozenset(str(group.get("/Name", "")) for group in off) - {""}


def _key(group: Any) -> object:
    return getattr(group, "idnum", id(group))


def remarks(root: Any) -> list[str]:
    """Return what a reader should know of the document: XFA forms, portfolios and attached files by name."""
    notes: list[str] = []
    form = root.get("/AcroForm")
    if form is not None and "/XFA" in form.get_object():
        notes.append(
            "an XFA form: what a PDF reader fills in is not in its pages; print it to PDF to read it"
        )
    names = [name for name in attached(root) if name]
    listed = f": {', '.join(names)}" if names else ""
    if "/Collection" in root:
        notes.append(f"a PDF portfolio; the files in it are not read{listed}")
    elif names:
        notes.append(f"contains attached files; not read{listed}")
    return notes


def attached(root: Any) -> list[str]:
    """Return the names of the files that a document carries, at most `MAX_NAMES`."""
    tree = root.get("/Names")
    tree = tree.get_object().get("/EmbeddedFiles") if tree is not None else None
    found: list[str] = []
    waiting = [tree.get_object()] if tree is not None else []
    looked_at = 0
    while waiting and len(found) < MAX_NAMES and looked_at < MAX_NAMES * 4:
        node = waiting.pop(0)
        looked_at += 1
        waiting += [child.get_object() for child in node.get("/Kids", ())]
        entries = node.get("/Names", ())
        for at in range(1, len(entries), 2):
            file = entries[at].get_object()
            name = file.get("/UF") or file.get("/F") or entries[at - 1]
            found.append(storable(" ".join(str(name).split()))[:200])
    return found[:MAX_NAMES]
