"""What a Python program does with what it found: cite it, and make JSON of it."""

from typing import Any

from app.citations.format_names import CitationFormat
from app.citations.formats import Cited, cited
from app.citations.wording import citation_words
from app.exports.schema import result_dict
from app.i18n import LANGUAGES, words
from index.ranking.hits import Hit, SearchResult
from ingest.errors import UsageError
from ingest.library.records import Document


def cite(what: Hit | Document, format: str = "text", language: str = "en") -> str:
    """Return a finished citation: of a hit with its page, of a document as a whole.

    `format` is text, apa, chicago, bibtex, ris or csl-json; `language` (en, es, pt) that of the citation's own words.

    Raises:
        UsageError: an unknown format or language.

    """
    if format not in tuple(CitationFormat):
        raise UsageError(f"unknown format {format!r}; there are: {', '.join(CitationFormat)}")
    if language not in LANGUAGES:
        raise UsageError(f"unknown language {language!r}; there are: {', '.join(LANGUAGES)}")
    document, passage = (what.document, what.passage.passage) if isinstance(what, Hit) else (what, None)
    return cited(CitationFormat(format), Cited(document, passage, citation_words(words(language))))


def search_object(result: SearchResult) -> dict[str, Any]:
    """Return a result as the object that `pincite search --json` and `/api/search` give, ready for `json.dumps`."""
    return result_dict(result)
