"""The text of one Word paragraph as the reader sees it: runs, signs, formulas, raised figures, calls of notes."""

from collections.abc import Iterator
from typing import Any

from ingest.readers.docx_symbols import UNKNOWN, formula, symbol
from ingest.readers.line_writer import LineWriter

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_M = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
BOX = f"{W}txbxContent"
FORMULAS = frozenset({f"{_M}oMath", f"{_M}oMathPara"})
# What was deleted or moved away stands there still; a drawing stands there again for readers of old.
_UNSEEN = frozenset(
    {f"{W}del", f"{W}moveFrom", f"{W}pPr", f"{W}rPr",
     "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"}
)  # fmt: skip
_TEXT = {f"{W}t": "", f"{W}noBreakHyphen": "-", f"{W}tab": " ", f"{W}ptab": " ", f"{W}br": " ", f"{W}cr": " "}
NOTE_CALLS = {f"{W}footnoteReference": "footnote", f"{W}endnoteReference": "endnote"}
_ORDINAL = {"o": "º", "a": "ª"}


def seen(node: Any) -> Iterator[Any]:
    """Yield what is below a paragraph and seen; text boxes and formulas as one node."""
    for child in node.iterchildren():
        if child.tag not in _UNSEEN:
            yield child
            if child.tag != BOX and child.tag not in FORMULAS:
                yield from seen(child)


class ParagraphText:
    """Says the text of paragraphs to a writer. `flags` and `calls` tell what was met on the way.

    `flags`: "hidden_text", "struck_text" (left out), "unknown_symbols" (shown as U+FFFD). `calls` are the notes
    called since they were last taken, as (kind, id), in order; `number` gives each its number.
    """

    def __init__(self, numbers: dict[tuple[str, str], str]) -> None:
        """`numbers` is (kind, id) of a note -> its number as shown; notes not in it have no call."""
        self.flags: set[str] = set()
        self.calls: list[tuple[str, str]] = []
        self._numbers = numbers
        self._raised = ""

    def say(self, paragraph: Any, writer: LineWriter) -> None:
        """Say the visible text of a paragraph, without that of its text boxes."""
        for node in seen(paragraph):
            if node.tag in FORMULAS:
                self._flush(writer)
                writer.say(f" {formula(node)} ")
            elif node.tag in NOTE_CALLS:
                self._flush(writer)
                self._call(NOTE_CALLS[node.tag], node, writer)
            elif node.tag in _TEXT or node.tag == f"{W}sym":
                self._piece(node, writer)
        self._flush(writer)

    def _piece(self, node: Any, writer: LineWriter) -> None:
        run = node.getparent()
        if _on(run, "vanish"):
            self.flags.add("hidden_text")
            return
        if _on(run, "strike") or _on(run, "dstrike"):
            self.flags.add("struck_text")
            return
        text = self._symbol(node) if node.tag == f"{W}sym" else _TEXT[node.tag] or node.text or ""
        if _on(run, "caps"):
            text = text.upper()
        place = run.find(f"{W}rPr/{W}vertAlign")
        height = place.get(f"{W}val", "") if place is not None else ""
        if height == "superscript":
            self._raised += text
            return
        self._flush(writer)
        if height == "subscript":
            writer.lowered(text)
        else:
            writer.say(text)

    def _symbol(self, node: Any) -> str:
        text = symbol(node.get(f"{W}font", ""), node.get(f"{W}char", ""))
        if text == UNKNOWN:
            self.flags.add("unknown_symbols")
        return text

    def _flush(self, writer: LineWriter) -> None:
        """Say the raised text met so far: it may be spread over several runs."""
        raised, self._raised = self._raised, ""
        if raised.strip() in _ORDINAL and writer.ends_with_stop():
            writer.say(_ORDINAL[raised.strip()])
        elif raised:
            writer.raised(raised)

    def _call(self, kind: str, node: Any, writer: LineWriter) -> None:
        ident = (kind, node.get(f"{W}id", ""))
        if ident in self._numbers:
            if node.get(f"{W}customMarkFollows") is None:
                writer.call(self._numbers[ident])
            self.calls.append(ident)


def _on(run: Any, name: str) -> bool:
    """Return whether a property of a run is on; it may also be there to switch off what a style says."""
    found = run.find(f"{W}rPr/{W}{name}")
    return found is not None and found.get(f"{W}val", "1") not in {"0", "false", "off"}
