"""What may stand as the title of a document, and what is none."""

from __future__ import annotations

import re
import unicodedata
from pathlib import PurePosixPath

from ingest.text.safe import printable

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


def _words(listed: str) -> frozenset[str]:
    return frozenset(" ".join(word.split()) for word in listed.split("|"))


_NO_TITLES = _words(_DEFAULTS) | _words(_SECTIONS)


def usable_title(text: str | None) -> str | None:
    """Return a title as one clean line, None when it is none.

    None are: a program's default, a file name, the heading of a section, an item of a list, a text of
    mostly other characters than letters or with undecodable ones, a paragraph.
    """
    if not text:
        return None
    seen = (" " if c.isspace() else c for c in text if c.isspace() or unicodedata.category(c)[0] != "C")
    title = " ".join("".join(seen).split())
    letters, blanks = sum(c.isalpha() for c in title), title.count(" ")
    if letters < 4 or letters < (len(title) - blanks) * LETTERS or "\ufffd" in title:
        return None
    if len(title) > LONGEST_TITLE or (not blanks and _ONE_WORD_NAME.search(title)):
        return None
    if title[0] in "•·▪■●○◦‣–—-*>|" or _PROGRAM.match(title) or _FILE.match(title):
        return None
    bare = _NUMBER.sub("", title).strip(" :._-()").casefold()
    return None if bare in _NO_TITLES else title


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


def title_of_name(path: str) -> str:
    """Return a title made of a file name: without ending, underscores and hyphens as blanks."""
    stem = PurePosixPath(path).stem
    words = stem if " " in stem else re.sub(r"[_\-+]+", " ", stem)
    return printable(" ".join(words.split()) or stem)
