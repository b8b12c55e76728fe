"""Numbers that Word makes: "1.", "(a)", "Artículo 2.-", "II.3" of automatic lists, as the reader sees them.

ECMA-376 part 1, section 17.9: a paragraph names a list (`w:numId`) and a level; the list leads to an abstract one,
which says for each level how it counts, where it starts and how its number is written ("%1.%2" is that of two levels).
Lists of one abstract list count on from each other; a list that overrides a start begins anew when it is first used.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ingest.text.numerals import UNWRITTEN, numeral

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
LEVELS = 9


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """How one level of a list counts. `text` holds "%1" … "%9"; `restart` is the level whose step starts it anew."""

    start: int = 1
    style: str = "decimal"
    text: str = ""
    legal: bool = False
    restart: int | None = None


@dataclass(slots=True)
class _Abstract:
    levels: dict[int, Level] = field(default_factory=dict)
    counts: dict[int, int] = field(default_factory=dict)


@dataclass(slots=True)
class _List:
    abstract: str
    own: dict[int, Level] = field(default_factory=dict)
    starts: dict[int, int] = field(default_factory=dict)


class Numbering:
    """The lists of one document; `next` counts them on, so paragraphs must come in the order of the document."""

    def __init__(self, numbering: Any | None, styles: Any | None) -> None:
        """`numbering` and `styles` are the roots of those parts, None where the document has none."""
        self._abstracts: dict[str, _Abstract] = {}
        self._lists: dict[str, _List] = {}
        self._styles = _style_numbering(styles) if styles is not None else {}
        if numbering is not None:
            for node in numbering.iterchildren(f"{_W}abstractNum"):
                levels = dict(_level(child) for child in node.iterchildren(f"{_W}lvl"))
                self._abstracts[node.get(f"{_W}abstractNumId", "")] = _Abstract(levels)
            for node in numbering.iterchildren(f"{_W}num"):
                self._lists[node.get(f"{_W}numId", "")] = _list(node)

    def next(self, paragraph: Any, style: str) -> str:
        """Return the number that Word writes before a paragraph of this style id, "" for none or a bullet."""
        ident, level = _named(paragraph)
        styled, styled_level = self._styles.get(style, (None, None))
        ident = styled if ident is None else ident
        level = level if level is not None else styled_level or 0
        listed = self._lists.get(ident or "")
        if listed is None or listed.abstract not in self._abstracts or not 0 <= level < LEVELS:
            return ""
        abstract = self._abstracts[listed.abstract]
        levels = {**abstract.levels, **listed.own}
        self._count(abstract, listed, levels, level)
        return _written(levels, abstract.counts, level)

    def _count(self, abstract: _Abstract, listed: _List, levels: Mapping[int, Level], level: int) -> None:
        counts = abstract.counts
        for above in range(level):
            counts.setdefault(above, levels.get(above, Level()).start)
        start = listed.starts.pop(level, None)
        if start is not None:
            counts[level] = start
        elif level in counts:
            counts[level] += 1
        else:
            counts[level] = levels.get(level, Level()).start
        for below in range(level + 1, LEVELS):
            restart = levels.get(below, Level()).restart
            if restart is None or 0 < restart <= level + 1:
                counts.pop(below, None)


def _value(node: Any, name: str) -> str | None:
    child = node.find(f"{_W}{name}")
    return None if child is None else child.get(f"{_W}val")


def _number(raw: str | None, otherwise: int) -> int:
    """Return a number of the file; one that is none or absurd (a hostile file) is `otherwise`."""
    try:
        value = int(raw) if raw is not None else otherwise
    except ValueError:
        return otherwise
    return value if 0 <= value <= 1_000_000 else otherwise


def _level(node: Any) -> tuple[int, Level]:
    legal = node.find(f"{_W}isLgl")
    restart = _value(node, "lvlRestart")
    return _number(node.get(f"{_W}ilvl"), 0), Level(
        start=_number(_value(node, "start"), 1),
        style=_value(node, "numFmt") or "decimal",
        text=_value(node, "lvlText") or "",
        legal=legal is not None and legal.get(f"{_W}val", "1") not in {"0", "false", "off"},
        restart=None if restart is None else _number(restart, 0),
    )


def _list(node: Any) -> _List:
    listed = _List(_value(node, "abstractNumId") or "")
    for override in node.iterchildren(f"{_W}lvlOverride"):
        level = _number(override.get(f"{_W}ilvl"), 0)
        own = override.find(f"{_W}lvl")
        if own is not None:
            listed.own[level] = _level(own)[1]
        start = _value(override, "startOverride")
        if start is not None:
            listed.starts[level] = _number(start, 1)
    return listed


def _named(paragraph: Any) -> tuple[str | None, int | None]:
    """Return list and level that a paragraph or style names; the list "0" means none."""
    properties = paragraph.find(f"{_W}pPr/{_W}numPr")
    if properties is None:
        return None, None
    level = _value(properties, "ilvl")
    return _value(properties, "numId"), None if level is None else _number(level, 0)


def _style_numbering(styles: Any) -> dict[str, tuple[str | None, int | None]]:
    """Return style id -> list and level, taken from the style it is based on where it names none itself."""
    own: dict[str, tuple[str | None, int | None, str | None]] = {}
    for style in styles.iterchildren(f"{_W}style"):
        own[style.get(f"{_W}styleId", "")] = (*_named(style), _value(style, "basedOn"))
    found: dict[str, tuple[str | None, int | None]] = {}
    for ident in own:
        listed: str | None = None
        level: int | None = None
        at: str | None = ident
        for _ in range(LEVELS):
            if at not in own or (listed is not None and level is not None):
                break
            one, depth, base = own[at]
            listed, level, at = (
                listed if listed is not None else one,
                level if level is not None else depth,
                base,
            )
        found[ident] = (listed, level)
    return found


def _written(levels: Mapping[int, Level], counts: Mapping[int, int], level: int) -> str:
    own = levels.get(level)
    if own is None or own.style in UNWRITTEN:
        return ""
    text = own.text
    for place in range(level + 1):
        one = levels.get(place, Level())
        style = "decimal" if own.legal else one.style
        text = text.replace(f"%{place + 1}", numeral(counts.get(place, one.start), style))
    return text.strip()
