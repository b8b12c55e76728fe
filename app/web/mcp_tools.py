"""What an assistant may do with a library: search, read, cite and check. Nothing here changes anything.

Results are made to be quoted without a slip: the words of the page, the finished citation, a link, and in every answer
the rule that only these words may stand in quotation marks.

An assistant waits for its server to start, so what reads a library is imported by the tools when they are called.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import Field
from typing_extensions import TypedDict

from app.citations.format_names import CitationFormat
from app.service.engine import engine
from app.service.search import Mode, checked_question, parse_filters
from app.service.search import search as run_search
from app.service.site import current
from index.query import filters as index_filters
from ingest.errors import PinciteError

if TYPE_CHECKING:
    from ingest.library.records import Document, StoredPassage

QUOTE_EXACTLY = (
    "Quote only words that stand in `text`, character by character, inside quotation marks, and put `citation` behind "
    "them. Never correct, translate, shorten without […] or join quotations. Check with verify_quote before answering. "
    "Where `answerable` is false, say that the library may not answer the question."
)
MOST_PAGES = 10
MOST_LISTED = 200
# What a hit tells an assistant; ranks in the legs, spans and offsets are for programs.
_TOLD = (
    "rank", "passage_id", "text", "citation", "permalink", "document", "pages", "labels", "label_source", "locator",
    "section", "kind", "language", "weak",
)  # fmt: skip
FilterWords = Annotated[
    list[str],
    Field(
        description="KEY=VALUE with a key of publisher, type, year, country (ISO 3166 alpha-3), language, document."
    ),
]
Named = Annotated[str, Field(description="The id of a document, or its file name.")]


class NotThere(PinciteError):
    """There is no passage, page or document of that name; the message says what to do."""


class Checked(TypedDict):
    """What became of a quotation: found, not_found (altered or invented) or misattributed (it stands elsewhere)."""

    status: str
    message: str
    instruction: str


def search_passages(
    question: Annotated[str, Field(description="A question in any language; “exact phrase” and -term work.")],
    k: Annotated[int, Field(ge=1, le=50, description="How many passages.")] = 8,
    mode: Mode = Mode.hybrid,
    filters: FilterWords = [],  # noqa: B006 - read, never changed; a description of the tool needs the default
) -> dict[str, Any]:
    """Find passages that answer a question, best first: verbatim text, citation with page, link."""
    from app.exports.schema import result_dict

    asked = checked_question(question, "question")
    chosen = parse_filters(filters, "filters")
    with engine().turn() as searcher:
        answer = run_search(searcher, asked, k=k, mode=mode, filters=chosen)
        found = result_dict(answer.result, answer.unknown_values)
    for hit in found["hits"]:
        hit["permalink"] = _link(hit["passage_id"], asked)
    found["hits"] = [{key: hit[key] for key in _TOLD if key in hit} for hit in found["hits"]]
    return {**found, "instruction": QUOTE_EXACTLY}


def get_passage(
    passage_id: Annotated[str, Field(description="As search_passages gave it.")],
) -> dict[str, Any]:
    """Return one passage with its citation and the ids of the passages before and after it."""
    from app.exports.quotable import passage_answer

    stored, document = _passage(passage_id)
    answer = passage_answer(stored, document, _link(passage_id))
    return {**answer, "instruction": QUOTE_EXACTLY}


def read_pages(
    document: Named,
    first: Annotated[int, Field(ge=1, description="The first physical page, counted from 1.")] = 1,
    last: Annotated[int | None, Field(ge=1, description="The last page, by default the first one.")] = None,
) -> dict[str, Any]:
    """Return the raw text of up to 10 pages of a document, each with its printed number where it has one."""
    from app.exports.schema import document_source, page_dict

    found = _document(document)
    end = min(last or first, first + MOST_PAGES - 1)
    library = engine().library()
    pages = [page for number in range(first, end + 1) if (page := library.page(found.id, number)) is not None]
    if not pages:
        count = found.page_count if found.paged else 1
        raise NotThere(f"{found.file} has no page {first}; its pages are 1 to {count}")
    return {
        "document": document_source(found),
        "pages": [page_dict(page) for page in pages],
        "instruction": QUOTE_EXACTLY,
    }


def list_documents(
    filters: FilterWords = [],  # noqa: B006 - as above
    limit: Annotated[int, Field(ge=1, le=MOST_LISTED)] = 50,
    offset: Annotated[int, Field(ge=0)] = 0,
) -> dict[str, Any]:
    """List the documents of the library, with publisher, year, language, pages, and how far each could be read."""
    from app.exports.schema import document_facts

    chosen = parse_filters(filters, "filters")
    passed = [one for one in engine().library().documents() if index_filters.matches(one, chosen)]
    shown = [document_facts(document) for document in passed[offset : offset + limit]]
    return {"total": len(passed), "documents": shown}


def cite(
    passage_id: Annotated[str | None, Field(description="Cites the passage with its page.")] = None,
    document: Annotated[str | None, Field(description="Cites the document as a whole.")] = None,
    format: CitationFormat = CitationFormat.text,
    language: Annotated[Literal["en", "es", "pt"], Field(description="Of the citation's own words.")] = "en",
) -> dict[str, Any]:
    """Return a finished citation. Give a passage (with its page) or a document; change nothing in it."""
    from app.citations.formats import Cited, cited
    from app.citations.wording import citation_words
    from app.i18n import words

    own = citation_words(words(language))
    if passage_id is not None:
        stored, named = _passage(passage_id)
        text = cited(format, Cited(named, stored.passage, own))
        return {"citation": text, "format": str(format), "permalink": _link(passage_id)}
    if document is None:
        raise NotThere("name a passage_id or a document")
    return {"citation": cited(format, Cited(_document(document), None, own)), "format": str(format)}


def verify_quote(
    quote: Annotated[str, Field(max_length=20_000, description="The words between the quotation marks.")],
    document: Annotated[
        str | None, Field(description="Where they are said to stand: id or file name.")
    ] = None,
    page: Annotated[
        int | None, Field(ge=1, description="The physical page they are said to stand on.")
    ] = None,
) -> Checked:
    """Tell whether a quotation stands in the library word for word, and where it is said to stand."""
    from app.checks.excerpts import Excerpt
    from app.checks.verify import verify_excerpts

    claimed = Excerpt("the quotation", (quote,), document=document, pages=(page, page) if page else None)
    check = verify_excerpts([claimed], engine().library()).checks[0]
    advice = {
        "found": "It is verbatim.",
        "not_found": "Do not use it: the words are altered or invented. Take them anew from `text`.",
        "misattributed": "The words are right, the place is not: correct the citation.",
    }[check.status]
    return {"status": check.status, "message": check.message, "instruction": advice}


def document_text(ident: str) -> str:
    """Return a document as plain text, page after page, each under its number."""
    document = _document(ident)
    parts = [f"{document.metadata.title or document.file}\n{document.file}, id {document.id}\n"]
    for page in engine().library().pages(document.id):
        printed = f", printed {page.label}" if page.label else ""
        parts.append(f"--- page {page.number}{printed} ---\n{page.text}")
    return "\n".join(parts)


def page_text(ident: str, number: int) -> str:
    """Return the raw text of one page."""
    return str(read_pages(ident, number)["pages"][0]["text"])


TOOLS = (search_passages, get_passage, read_pages, list_documents, cite, verify_quote)


def _passage(ident: str) -> tuple[StoredPassage, Document]:
    library = engine().library()
    stored = library.passage(ident)
    document = library.document(stored.document_id) if stored else None
    if stored is None or document is None:
        raise NotThere(f"there is no passage {ident!r}; take its id from search_passages")
    return stored, document


def _document(ident: str) -> Document:
    document = engine().library().document(ident)
    if document is None:
        raise NotThere(f"there is no document {ident!r}; list_documents names them")
    return document


def _link(passage_id: str, question: str = "") -> str:
    from app.exports.quotable import permalink

    site = current()
    base = site.settings.public_url or f"http://{site.settings.host}:{site.settings.port}"
    return permalink(base, passage_id, question)
