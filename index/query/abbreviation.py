"""The abbreviation that a question wants spelled out: "What does OECD stand for?", "¿Qué significa la sigla OCDE?"."""

import re

_SHORT = r"[\"'“”‘’«»]*(?P<short>[^\W_][\w&-]*(?:[./][^\W_][\w&-]*)*)[\"'“”‘’«»]*"
_ARTICLE = r"(?:(?:the|la|las|el|los|o|os|a|as|le|les)\s+)?"
_END = r"(?:\s+(?:in|en|em|no|na|dans)\s+\S.*)?\W*$"
_PATTERNS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"\bwhat (?:do|does|did)\s+{_ARTICLE}{_SHORT}\s+(?:stand for|mean)\b{_END}",
        r"\b(?:acronyms?|abbreviations?|initials|siglas?|sigles?|acr[oóô]nimos?|abreviaturas?|abrevia[cç](?:ión|ion|ão|ao))"
        rf"\s+(?:(?:of|for|de|da|do|del)\s+)?{_SHORT}(?:\s+(?:stands?|means?|signif\w+)\b.*)?{_END}",
        r"\b(?:signif(?:ican?|ie)|quieren? decir|que(?:r|rem) dizer|veut dire|meaning of|full (?:form|name) of"
        rf"|(?:significado|nombre completo|nome completo) d(?:e|el|o|a))\s+{_ARTICLE}{_SHORT}{_END}",
    )
)
_SURE = re.compile(r"\bstand for\b|\b(?:acronym|abbrevia|initials|sigl|acr[oóô]nimo|abrevia)", re.IGNORECASE)
_CAPITALS = re.compile(r"[A-ZÀ-Þ].*[A-ZÀ-Þ]")


def abbreviation_asked(question: str) -> str | None:
    """Return the abbreviation, as written, whose full name a question asks for; None where it asks for none.

    One in small letters counts where the question says that it is an abbreviation or stands for something.
    """
    for pattern in _PATTERNS:
        match = pattern.search(question)
        if match and (_CAPITALS.search(match["short"]) or _SURE.search(question)):
            return match["short"]
    return None
