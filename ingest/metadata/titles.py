"""What may stand as the title of a document, and what is none."""

from __future__ import annotations

import re
import unicodedata
from pathlib import PurePosixPath

from ingest.text.safe import printable
from ingest.text.sentences import is_abbreviation

# A title longer than this is a paragraph that was taken for one.
LONGEST_TITLE = 300
# "Ley 160 de 1994" has 5 letters in 12 characters, "Name: 00001073" 4 in 13.
LETTERS = 0.35
# A first line of fewer words is a label, a logo or a place.
FEWEST_WORDS = 3

# What programs write into the title of a PDF when nobody gave one, in the languages of our readers;
# a number may follow ("untitled-1", "Layout 2").
_DEFAULTS = """
    untitled | sin título | sem título | sans titre | document | documento | doc | layout | slide | diapositiva | book
    | libro | print | impresión | title | título | blank | page | página | template | plantilla | draft | report | scan
    | escaneo | image | imagen | anonymous | none | null | n/a | na | default | new | nuevo | novo | test
"""
# Headings that open a section of any paper, and so name none.
_SECTIONS = """
    abstract | summary | executive summary | introduction | contents | table of contents | foreword | preface
    | acknowledgements | acknowledgments | references | bibliography | conclusion | conclusions | background | annex
    | annexes | appendix | key messages | key findings | highlights | overview | analysis
    | methodology | preamble | resumen | resumen ejecutivo | introducción | índice | contenido | contenidos
    | tabla de contenidos | prólogo | presentación | agradecimientos | referencias | bibliografía | conclusión
    | conclusiones | antecedentes | anexo | anexos | resumo | resumo executivo | introdução | sumário | conteúdo
    | prefácio | apresentação | metodología | metodologia | preámbulo
    | preâmbulo | mensajes clave | destaques | agradecimentos | referências | conclusão | conclusões
    | résumé | sommaire | avant-propos
"""
_NUMBER = re.compile(r"^[\divxlc]+[.)]?\s+|[\s_(-]*\d+\)?$", re.IGNORECASE)
# Without a blank: a word with a number, or words joined as in a file name.
_ONE_WORD_NAME = re.compile(r"\d|_|-.*-")
_PROGRAM = re.compile(
    r"microsoft (?:word|powerpoint|excel|office)(?: -.*)?$|(?:powerpoint|word|excel) - "
    r"|acrobat distiller|powerpoint presentation$|presentación de powerpoint$|apresentação do powerpoint$",
    re.IGNORECASE,
)
_FILE = re.compile(
    r"(?:[a-z]:|file:|/|\\\\)|.*\.(?:docx?|pdf|indd|qx[pd]|p65|pmd|tex|dvi|ps|rtf|odt|pptx?|xlsx?|html?|txt|tmp|fm"
    r"|wpd|cdr|ai|png|jpe?g|gif|tiff?|svg)$",
    re.IGNORECASE,
)


# What stands large on first pages and names nothing: addresses with a postal code, stamps of courts and archives, a
# remark about the publisher.
_ADDRESS = re.compile(
    r"\bD\.\s?C\.,?\s+\d{4,5}\b|(?-i:,\s[A-Z]{2}),?\s+\d{5}(?:-\d{4})?$|\bP\.?\s?O\.?\s?Box\s\d|\S@\S+\.\w|\b(?:tel|fax)\s?[.:]",
    re.IGNORECASE,
)
_STAMP = re.compile(
    r"^(?:e-?filed|filed|received|recibido|recebido|reçu|archived|docket(?:ed)?|case)\b.*\d"
    r"|\bfiled\s+\d{1,2}/\d{1,2}/\d{2,4}|\b(?:cv|cr)-\d{3,}",
    re.IGNORECASE,
)
_ABOUT = re.compile(
    r"^(?:about|acerca\s+de|sobre|à\s+propos\s+d[eu])\s+(?:the|this|these|our|el|la|los|las|este|esta|o|a|os|as|le|ce)\s+"
    r"(?:cent(?:re|er|ro)s?|authors?|autor\w*|auteurs?|report|informe|relatório|rapport|series?|publisher|organi[sz]a\w+"
    r"|institut\w*|project|proyecto|projeto|program\w*|foundation|fundación|fundação|agency|office)\b",
    re.IGNORECASE,
)
# A text of this many words that ends with a full stop is a sentence.
SENTENCE_WORDS = 8


def _words(listed: str) -> frozenset[str]:
    return frozenset(" ".join(word.split()) for word in listed.split("|"))


_NO_TITLES = _words(_DEFAULTS) | _words(_SECTIONS)


# "Ley 30947", "Decreto Supremo N.º 007-2017-IN": figures are the greater part of the names of laws.
_LAW = re.compile(
    r"(?:ley|lei|law|loi|act|decreto|decree|portaria|resolu(?:ción|ção|tion)|directive|directiva|regulation)"
    r"(?:\s[^\W\d_]{2,20}){0,3}\s(?:\(?(?:EU|UE|CE)\)?\s)?(?:n\.?\s?[º°o]\.?\s?)?\d[\w./-]{1,20}",
    re.IGNORECASE,
)


def usable_title(text: str | None) -> str | None:
    """Return a title as one clean line, None when it is none.

    None are: a program's default, a file name, the heading of a section, an item of a list, a text of
    mostly other characters than letters or with undecodable ones, a paragraph, a sentence, an address, the stamp
    of a court or an archive, a remark about the publisher.
    """
    if not text:
        return None
    seen = (" " if c.isspace() else c for c in text if c.isspace() or unicodedata.category(c)[0] != "C")
    title = " ".join("".join(seen).split())
    if _LAW.fullmatch(title):
        return title
    letters, blanks = sum(c.isalpha() for c in title), title.count(" ")
    few = letters < 4 or letters < (len(title) - blanks) * LETTERS
    if (few and not _LAW.match(title)) or "\ufffd" in title:
        return None
    if len(title) > LONGEST_TITLE or (not blanks and _ONE_WORD_NAME.search(title)):
        return None
    if _names_nothing(title) or title[0] in "•·▪■●○◦‣–—-*>|" or _PROGRAM.match(title) or _FILE.match(title):
        return None
    bare = _NUMBER.sub("", title).strip(" :._-()").casefold()
    return None if bare in _NO_TITLES else title


def _names_nothing(title: str) -> bool:
    """Return whether a line is an address, a stamp, a remark about the publisher or a sentence."""
    words = title.rstrip(".").split()
    sentence = title[-1] == "." and len(words) >= SENTENCE_WORDS and not is_abbreviation(words[-1])
    return sentence or any(pattern.search(title) for pattern in (_ADDRESS, _STAMP, _ABOUT))


def title_of_text(text: str) -> str | None:
    """Return the first line of a text when it looks like a title: some words, no sentence, alone."""
    first, _, rest = text.lstrip().partition("\n")
    title = usable_title(first)
    alone = not rest.strip() or rest.startswith(("\n", "\r\n", " "))
    if (
        title is None
        or not alone
        or len(title.split()) < FEWEST_WORDS
        or title.endswith((".", ":", ";", ","))
    ):
        return None
    return title


def title_of_name(path: str) -> str | None:
    """Return a title made of a file name, underscores and hyphens as blanks; None where it has too few words."""
    stem = PurePosixPath(path).stem
    words = stem if " " in stem else re.sub(r"[_\-+]+", " ", stem)
    named = sum(len(word) > 1 and word.isalpha() for word in words.split())
    return printable(" ".join(words.split())) if named >= FEWEST_WORDS or _LAW.match(words) else None
