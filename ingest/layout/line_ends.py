"""What stands at the two ends of a printed line: sentence marks, note calls, addresses, small letters."""

import re

from ingest.text.sentences import is_abbreviation

_CLOSERS = "\"'”’»)]\u200b"
_TERMINAL = frozenset(".!?…:;")
# A sentence mark and a note call: "in 2012).5", "plaintiffs’ injuries. c", but not "97.5".
_CALL_AT_END = re.compile(
    r"(?:([^\W\d]{2,})|[)\]”’»\"%]|\d{3}|[^\W\d]-\d{1,2})[)\]”’»\"]*[.!?…:;][”’»\")\]]*\s?"
    r"(?:\d{1,3}(?:[,\s]\s?\d{1,3})*|[a-z]|[¹²³⁰⁴-⁹]+|\*{1,3})$"
)
# An address in brackets that goes on: "(www."
_OPEN_ADDRESS = re.compile(r"\((?:https?:|www)\b[^\s)]*\.$")
# A line that is nothing but an address.
_ADDRESS = re.compile(r"^\S*(?://|www\.|\w/\w+[/\-])\S*$")


def ends_sentence(text: str) -> bool:
    """Return whether a line ends with a sentence mark, also before closing quotes or a note call."""
    last = text.rstrip(_CLOSERS)[-1:]
    if last in _TERMINAL:
        return "(" not in text[-80:] or not _OPEN_ADDRESS.search(text[-80:])
    end = text[-24:]
    if _TERMINAL.isdisjoint(end):
        return False
    call = _CALL_AT_END.search(end)
    return call is not None and not (call.group(1) and is_abbreviation(call.group(1)))


def continues(text: str) -> bool:
    """Return whether a line can only go on with a sentence: it starts in lower case or with a closing mark."""
    first = text.lstrip("\"'“”‘’«([")[:1]
    return first.islower() or text[:1] in ",;:.)]%"


def is_address(text: str) -> bool:
    """Return whether a line is nothing but an address of the web."""
    return bool(_ADDRESS.match(text))
