"""Numbers that a browser makes: those of `<ol>` with start, type, value and reversed, and plain CSS counters."""

import re
from dataclasses import dataclass, field
from typing import Any

from ingest.text.numerals import numeral

# The `type` of a list, or its CSS list-style-type -> number format.
_TYPES = {
    "1": "decimal", "a": "lowerLetter", "A": "upperLetter", "i": "lowerRoman", "I": "upperRoman",
    "decimal": "decimal", "decimal-leading-zero": "decimalZero", "lower-alpha": "lowerLetter",
    "lower-latin": "lowerLetter", "upper-alpha": "upperLetter", "upper-latin": "upperLetter",
    "lower-roman": "lowerRoman", "upper-roman": "upperRoman", "none": "none",
}  # fmt: skip
_STYLE_TYPE = re.compile(r"list-style(?:-type)?\s*:\s*([a-z-]+)", re.IGNORECASE)
_RULE = re.compile(r"([^{}]+)\{([^{}]*)\}")
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_SELECTOR = re.compile(r"(?P<tag>[a-z][a-z0-9]*)?(?:\.(?P<cls>[\w-]+))?(?P<before>::?before)?", re.IGNORECASE)
_PART = re.compile(
    r"""counters?\(\s*(?P<name>[\w-]+)\s*(?:,\s*["'](?P<join>[^"']*)["']\s*)?(?:,\s*(?P<style>[a-z-]+)\s*)?\)"""
    r"""|["'](?P<text>(?:\\.|[^"'\\])*)["']""",
    re.IGNORECASE,
)
# Rules looked at, and characters of style sheets: a page with more has its layout made by a program.
MAX_RULES = 400
MAX_STYLE = 200_000
MAX_COUNT = 1_000_000


@dataclass(slots=True)
class OrderedList:
    """One `<ol>`: the number of its next item and how it is written."""

    at: int
    step: int
    style: str

    @classmethod
    def of(cls, node: Any) -> "OrderedList":
        """Return the list that a node opens."""
        attributes = node.attributes
        backwards = "reversed" in attributes
        items = sum(1 for child in node.iter() if child.tag == "li")
        start = _whole(attributes.get("start"), items if backwards else 1)
        named = _STYLE_TYPE.search(attributes.get("style") or "")
        style = _TYPES.get(attributes.get("type") or "", "decimal")
        return cls(start, -1 if backwards else 1, _TYPES.get(named[1].lower(), style) if named else style)

    def number(self, item: Any) -> str:
        """Return what stands before an item, and count on; an own `value` counts from there."""
        self.at = _whole(item.attributes.get("value"), self.at)
        named = _STYLE_TYPE.search(item.attributes.get("style") or "")
        style = _TYPES.get(item.attributes.get("type") or "", self.style)
        style = _TYPES.get(named[1].lower(), style) if named else style
        text = numeral(self.at, style)
        self.at += self.step
        return f"{text}. " if text else ""


def _whole(raw: str | None, otherwise: int) -> int:
    if raw is None or not re.fullmatch(r"\s*-?\d{1,7}\s*", raw):
        return otherwise
    return int(raw)


@dataclass(frozen=True, slots=True)
class _Rule:
    tag: str | None
    cls: str | None
    before: bool
    reset: tuple[tuple[str, int], ...]
    step: tuple[tuple[str, int], ...]
    content: str | None

    def fits(self, tag: str, classes: frozenset[str]) -> bool:
        return self.tag in (None, tag) and (self.cls is None or self.cls in classes)


@dataclass(slots=True)
class Counters:
    """Plain CSS counters: rules of one tag, one class or both, with `counter()` and quoted text as content.

    Anything else of CSS (scopes of nested lists, descendants, media) is not worked out: no number is shown then.
    """

    rules: tuple[_Rule, ...] = ()
    counts: dict[str, int] = field(default_factory=dict)

    @classmethod
    def of(cls, tree: Any) -> "Counters":
        """Return the counters that the page's own style sheets describe."""
        sheet = "\n".join(node.text() for node in tree.css("style"))[:MAX_STYLE]
        if "counter" not in sheet:
            return cls()
        rules: list[_Rule] = []
        for match in _RULE.finditer(_COMMENT.sub("", sheet)):
            for selector in match[1].split(","):
                rule = _rule(selector.strip(), match[2])
                if rule is not None and len(rules) < MAX_RULES:
                    rules.append(rule)
        return cls(tuple(rules))

    def before(self, node: Any) -> str:
        """Count for a block that begins, and return what the page writes before its text."""
        if not self.rules:
            return ""
        classes = frozenset((node.attributes.get("class") or "").split())
        shown = ""
        # What the element itself counts comes before what its `::before` shows.
        for rule in sorted(
            (rule for rule in self.rules if rule.fits(node.tag, classes)), key=lambda rule: rule.before
        ):
            for name, value in rule.reset:
                self.counts[name] = value
            for name, value in rule.step:
                self.counts[name] = min(self.counts.get(name, 0) + value, MAX_COUNT)
            if rule.before and rule.content is not None:
                shown = self._content(rule.content)
        return shown

    def _content(self, content: str) -> str:
        parts: list[str] = []
        for match in _PART.finditer(content):
            if match["name"]:
                style = _TYPES.get((match["style"] or "decimal").lower(), "decimal")
                parts.append(numeral(self.counts.get(match["name"], 0), style))
            else:
                parts.append(_unescaped(match["text"] or ""))
        return "".join(parts)


def _rule(selector: str, body: str) -> _Rule | None:
    match = _SELECTOR.fullmatch(selector)
    if match is None or not (match["tag"] or match["cls"]):
        return None
    values = {
        name.strip().lower(): value.strip()
        for name, _, value in (part.partition(":") for part in body.split(";"))
    }
    reset, step = _pairs(values.get("counter-reset", ""), 0), _pairs(values.get("counter-increment", ""), 1)
    content = values.get("content")
    if not (reset or step or (content and "counter" in content)):
        return None
    return _Rule(
        (match["tag"] or "").lower() or None, match["cls"], bool(match["before"]), reset, step, content
    )


def _pairs(raw: str, otherwise: int) -> tuple[tuple[str, int], ...]:
    found: list[tuple[str, int]] = []
    for word in raw.split():
        if re.fullmatch(r"-?\d{1,6}", word) and found:
            found[-1] = (found[-1][0], int(word))
        elif word != "none":
            found.append((word, otherwise))
    return tuple(found)


def _unescaped(text: str) -> str:
    r"""Return the text of a CSS string: "\2014" is a character, "\"" itself."""
    return re.sub(
        r"\\([0-9a-fA-F]{1,5})\s?|\\(.)",
        lambda match: chr(int(match[1], 16)) if match[1] else match[2],
        text,
    )
