"""Every form of a citation under one name, for programs that ask for it by name."""

from __future__ import annotations

import json
from dataclasses import dataclass

from app.citations import styles
from app.citations.format_names import CitationFormat
from app.citations.styles import Wording
from ingest.library.records import Document
from ingest.passage import Passage

MIME = {
    CitationFormat.text: "text/plain",
    CitationFormat.apa: "text/plain",
    CitationFormat.chicago: "text/plain",
    CitationFormat.bibtex: "application/x-bibtex",
    CitationFormat.ris: "application/x-research-info-systems",
    CitationFormat.csl_json: "application/vnd.citationstyles.csl+json",
}
"""Format -> media type; all are UTF-8."""


@dataclass(frozen=True, slots=True)
class Cited:
    """What is cited: a document, or with `passage` the place in it; `words` are those of the language."""

    document: Document
    passage: Passage | None = None
    words: Wording = styles.ENGLISH


def cited(form: CitationFormat, what: Cited) -> str:
    """Return the citation in one of the formats; a CSL-JSON file is a list of one item."""
    given = (what.document, what.passage, what.words)
    match form:
        case CitationFormat.apa:
            return styles.apa(*given)
        case CitationFormat.chicago:
            return styles.chicago(*given)
        case CitationFormat.bibtex:
            return styles.bibtex(*given)
        case CitationFormat.ris:
            return styles.ris(*given)
        case CitationFormat.csl_json:
            return json.dumps([styles.csl_json(*given)], ensure_ascii=False, indent=2) + "\n"
        case _:
            return styles.citation(*given)
