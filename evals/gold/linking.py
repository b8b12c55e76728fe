"""Gold joined to a library: which passages, pages and words of it answer each question.

A passage is relevant, with the grade of the evidence, when it holds at least half of the quote's
characters. Where no passage holds the whole quote (the splitter cut it), every passage that holds a real
part of it is relevant too.
"""

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath

from evals.gold.questions import Evidence, Gold, Problem, Question
from evals.gold.quotes import (
    FoldedPage,
    Place,
    Stretch,
    find_quote,
    fold_page,
    overlap,
    size,
    stretches,
)
from ingest.library.library import Document, Library, StoredPassage

# "At least half of the quote's characters" is the definition of the format.
RELEVANT_SHARE = 0.5
# Of a quote cut by two passages both are relevant; three letters that lap over are no part of it.
# A tenth of a 25-word quote is two or three words.
CUT_SHARE = 0.1
# Kinds whose sentences run on across a page break, past the footnotes and heads between them.
RUNNING_KINDS = ("body", "list")


@dataclass(frozen=True, slots=True)
class FoldedDocument:
    """A document's pages folded, and the place of each of its passages in them."""

    document: Document
    pages: dict[int, FoldedPage]
    passages: dict[str, Place]
    readings: tuple[Place, ...]

    def find(self, quote: str) -> list[Place]:
        """Return every place of a quote in the document."""
        return find_quote(quote, self.pages, self.readings)


@dataclass(frozen=True, slots=True)
class LinkedEvidence:
    """One piece of evidence: its document, its place, and the share of it that each passage holds."""

    evidence: Evidence
    document: Document
    place: Place
    shares: dict[str, float]

    @property
    def pages(self) -> tuple[int, ...]:
        """Physical pages on which the quote stands; empty for a source without pages."""
        return tuple(sorted({item.page for item in self.place})) if self.document.paged else ()

    def relevant(self) -> tuple[str, ...]:
        """Return the ids of the relevant passages (module docstring), fullest first."""
        whole = any(share >= 1.0 for share in self.shares.values())
        bar = RELEVANT_SHARE if whole else CUT_SHARE
        found = sorted((-share, ident) for ident, share in self.shares.items() if share >= bar)
        return tuple(ident for _, ident in found)


@dataclass(frozen=True, slots=True)
class LinkedQuestion:
    """A question with its evidence found. `grades`: passage id -> grade; `judged` holds grade 0 too."""

    question: Question
    split: str
    evidence: tuple[LinkedEvidence, ...]
    grades: dict[str, int]
    judged: dict[str, int]


@dataclass(frozen=True, slots=True)
class LinkedGold:
    """A gold set over a library; `places` holds the passages of every document that it names."""

    gold: Gold
    questions: tuple[LinkedQuestion, ...]
    places: dict[str, Place]


def link(gold: Gold, library: Library) -> tuple[LinkedGold, tuple[Problem, ...]]:
    """Find every quote of the gold in the library; return what was found and every problem.

    Problems: unknown or ambiguous document, a document that was not read, a quote found never or more
    than once, a page that disagrees. A quote with a problem is left out of the result.
    """
    folded_documents = FoldedDocuments(library)
    problems: list[Problem] = []
    linked: list[LinkedQuestion] = []
    for question in gold.questions:
        evidence = _link_all(gold, question, question.evidence, folded_documents, problems)
        rejected = _link_all(gold, question, question.rejected, folded_documents, problems)
        grades = _grades(evidence)
        judged = dict.fromkeys((ident for item in rejected for ident in item.relevant()), 0) | grades
        linked.append(LinkedQuestion(question, gold.split_of(question), evidence, grades, judged))
    return LinkedGold(gold, tuple(linked), folded_documents.places()), tuple(problems)


def fold_document(
    document: Document, pages: Mapping[int, str], passages: Iterable[StoredPassage]
) -> FoldedDocument:
    """Fold a document: raw text by page number, and its passages in their order."""
    folded = {number: fold_page(number, text) for number, text in sorted(pages.items())}
    places: dict[str, Place] = {}
    running: list[Stretch] = []
    for stored in passages:
        place = stretches(folded, stored.passage.spans)
        places[stored.passage.id] = place
        if stored.passage.kind in RUNNING_KINDS:
            running += place
    whole = tuple(Stretch(number, 0, len(page.text)) for number, page in folded.items())
    every = tuple(item for place in places.values() for item in place)
    return FoldedDocument(document, folded, places, (whole, every, tuple(running)))


class FoldedDocuments:
    """Documents by the names gold uses for them, folded once when first named."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._documents = library.documents()
        self._folded: dict[str, FoldedDocument] = {}

    def named(self, name: str) -> list[Document]:
        """Return the documents with this SHA-256, id, path or file name (at best exactly one)."""
        lowered = name.lower()
        by_hash = [item for item in self._documents if lowered in (item.sha256, item.id)]
        by_path = [item for item in self._documents if name in item.files or name == item.path]
        by_name = [
            item for item in self._documents if any(PurePosixPath(file).name == name for file in item.files)
        ]
        return by_hash or by_path or by_name

    def folded(self, document: Document) -> FoldedDocument:
        """Return a document folded, from the library the first time it is asked for."""
        if document.id not in self._folded:
            pages = {page.number: page.text for page in self._library.pages(document.id)}
            self._folded[document.id] = fold_document(document, pages, self._library.passages(document.id))
        return self._folded[document.id]

    def places(self) -> dict[str, Place]:
        """Return the places of the passages of every document folded so far."""
        return {ident: place for item in self._folded.values() for ident, place in item.passages.items()}

    def closest(self, name: str) -> str:
        """Return the end of a message: the name most like an unknown one, or where to look."""
        names = [file for document in self._documents for file in document.files]
        near = difflib.get_close_matches(name, names, n=1)
        return f"; did you mean {near[0]!r}?" if near else "; `pincite status` lists the documents"


def _link_all(
    gold: Gold,
    question: Question,
    items: tuple[Evidence, ...],
    folded_documents: FoldedDocuments,
    problems: list[Problem],
) -> tuple[LinkedEvidence, ...]:
    found: list[LinkedEvidence] = []
    for item in items:
        linked = _link_one(item, folded_documents)
        if isinstance(linked, LinkedEvidence):
            found.append(linked)
        else:
            problems.append(Problem(gold.path, question.line, f"question {question.id!r}: {linked}"))
    return tuple(found)


def _link_one(item: Evidence, folded_documents: FoldedDocuments) -> LinkedEvidence | str:
    """Return the evidence found, or what is wrong with it."""
    documents = folded_documents.named(item.doc)
    if not documents:
        return f"no document {item.doc!r} in the library{folded_documents.closest(item.doc)}"
    if len(documents) > 1:
        names = ", ".join(repr(document.file) for document in documents)
        return f"{item.doc!r} names {len(documents)} documents ({names}); give the path or the SHA-256"
    folded = folded_documents.folded(documents[0])
    places = folded.find(item.quote)
    if not places:
        return f"quote not found in {item.doc!r}: {item.quote!r}"
    if len(places) > 1:
        where = ", ".join(str(place[0].page) for place in places[:5])
        times = f"{len(places)} times (pages {where})"
        return f"quote found {times} in {item.doc!r}; make it longer: {item.quote!r}"
    linked = LinkedEvidence(item, documents[0], places[0], _shares(places[0], folded.passages))
    return _page_problem(linked) or linked


def _page_problem(linked: LinkedEvidence) -> str | None:
    page = linked.evidence.page
    if page is None or page in linked.pages:
        return None
    if not linked.document.paged:
        return f"{linked.evidence.doc!r} has no pages; leave out the page {page}"
    where = " and ".join(str(number) for number in linked.pages)
    return f"quote is on PDF page {where} of {linked.evidence.doc!r}, not {page}: {linked.evidence.quote!r}"


def _shares(place: Place, passages: Mapping[str, Place]) -> dict[str, float]:
    whole = size(place)
    held = {ident: overlap(place, other) / whole for ident, other in passages.items()}
    return {ident: share for ident, share in held.items() if share > 0}


def _grades(evidence: Iterable[LinkedEvidence]) -> dict[str, int]:
    grades: dict[str, int] = {}
    for item in evidence:
        for ident in item.relevant():
            grades[ident] = max(grades.get(ident, 0), item.evidence.grade)
    return grades
