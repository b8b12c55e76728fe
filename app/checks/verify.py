"""Whether excerpts are verbatim and stand where they say they stand.

Compared under `fold` (blanks, ligatures, control characters and the hyphens at line ends do not count, all else
does, see `app.checks.match`) with the raw text of the stored pages: in one run, or in one run of the spans of a
passage, which leave out what stands between its parts (a footnote, a running head). One altered character makes
an excerpt not found, and so do words that the page does not show: covered, white, or on a layer that is off.
Document, pages, printed numbers and spans are compared where they are given, and the page that a citation names; its
other words, title, rank, score and the other keys are not. Pages without a document are looked for in all documents.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from app.checks.cited_place import cited_place, wrong_place
from app.checks.document_texts import DocumentText, DocumentTexts, title_of
from app.checks.excerpts import Excerpt, read_excerpts
from app.checks.match import FoldedText, folded_text
from ingest.library.library import Document, Library

STATUSES = ("found", "not_found", "misattributed")


@dataclass(frozen=True, slots=True)
class Check:
    """What became of one excerpt: a status of `STATUSES`, and for people where it was found instead."""

    where: str
    status: str
    message: str

    def __str__(self) -> str:
        return f"{self.where}: {self.status}: {self.message}"


@dataclass(frozen=True, slots=True)
class VerifyReport:
    """All excerpts checked, in order: `counts` by status; `findings` are those that are not "found"."""

    counts: dict[str, int]
    findings: tuple[Check, ...]
    checks: tuple[Check, ...] = ()

    @property
    def all_found(self) -> bool:
        """Return whether no excerpt is altered or in the wrong place."""
        return not self.findings


def verify_file(path: Path, library: Library) -> VerifyReport:
    """Check every excerpt of a search, batch, export or brief file.

    Raises: UsageError naming file and line when it is broken or holds no excerpts by its form.
    """
    return verify_excerpts(read_excerpts(path), library)


def verify_excerpts(excerpts: Sequence[Excerpt], library: Library) -> VerifyReport:
    """Look for every excerpt in the stored text of the pages it claims, then anywhere else."""
    stored = DocumentTexts(library)
    checks: list[Check | None] = [_at_claim(excerpt, stored) for excerpt in excerpts]
    missing = [at for at, check in enumerate(checks) if check is None]
    for at, check in zip(missing, _elsewhere([excerpts[at] for at in missing], stored), strict=True):
        checks[at] = check
    done = [check for check in checks if check is not None]
    counts = {status: sum(check.status == status for check in done) for status in STATUSES}
    return VerifyReport(counts, tuple(check for check in done if check.status != "found"), tuple(done))


def _at_claim(excerpt: Excerpt, stored: DocumentTexts) -> Check | None:
    """Return the check if the excerpt stands where it claims, or contradicts itself; None to look further."""
    texts = _folded(excerpt)
    if not texts:
        return Check(excerpt.where, "not_found", "the excerpt is empty")
    for document in stored.claimed(excerpt) or ():
        check = _in(excerpt, texts, document, stored.text(document))
        if check is not None:
            return check
    return None


def _in(excerpt: Excerpt, texts: list[FoldedText], document: Document, text: DocumentText) -> Check | None:
    """Return the check of an excerpt that stands in a document where it claims, None where it does not stand there."""
    first, last = _claimed_pages(excerpt, document, text)
    by_spans = _by_spans(excerpt, texts, text, first, last)
    if not by_spans and not _stands(excerpt, texts, text, first, last):
        return None
    wrong = (
        _wrong_kind(excerpt, document)
        or _wrong_label(excerpt, document, text)
        or _wrong_citation(excerpt, document, text)
    )
    if excerpt.spans and not by_spans:
        wrong = wrong or "its spans hold another text"
    return Check(excerpt.where, "misattributed" if wrong else "found", wrong or document.file)


def _folded(excerpt: Excerpt) -> list[FoldedText]:
    return [text for text in map(folded_text, excerpt.texts) if text.text]


def _claimed_pages(excerpt: Excerpt, document: Document, text: DocumentText) -> tuple[int, int]:
    if excerpt.pages and document.paged:
        return excerpt.pages[0], excerpt.pages[-1]
    return min(text.raw, default=0), max(text.raw, default=0)


def _by_spans(excerpt: Excerpt, texts: list[FoldedText], text: DocumentText, first: int, last: int) -> bool:
    """Return whether the claimed spans give the excerpt and begin and end on the claimed pages."""
    spans = excerpt.spans
    if not spans or (excerpt.pages and (spans[0][0], spans[-1][0]) != (first, last)):
        return False
    if any(
        page not in text.raw or not 0 <= start <= end <= len(text.raw[page]) for page, start, end in spans
    ):
        return False
    if not all(text.shows(page, start, end) for page, start, end in spans):
        return False
    quoted = folded_text(*(text.raw[page][start:end] for page, start, end in spans))
    return any(one.equals(quoted) for one in texts)


def _stands(excerpt: Excerpt, texts: list[FoldedText], text: DocumentText, first: int, last: int) -> bool:
    """Return whether the excerpt stands on these pages, and, if it claims them, on no fewer of them.

    A range with a page too many at either end makes a wrong citation as well.
    """
    one = next((one for one in texts if text.has(one, first, last)), None)
    if one is None:
        return False
    if not excerpt.pages or first == last or text.exactly(one, first, last):
        return True
    return not (text.has(one, first + 1, last) or text.has(one, first, last - 1))


def _wrong_kind(excerpt: Excerpt, document: Document) -> str:
    """Return what is wrong when pages are claimed of a source without any, or none of one that has them."""
    if document.paged:
        return "the source has pages, and none is given" if excerpt.pages == () else ""
    # An exported page of such a source is called 1.
    return f"{document.file} has no pages" if excerpt.pages not in (None, (), (1, 1)) else ""


def _wrong_label(excerpt: Excerpt, document: Document, text: DocumentText) -> str:
    """Return what is wrong with the printed numbers that an excerpt claims, "" when nothing is."""
    if excerpt.labels and not document.paged:
        return f"{document.file} has no printed pages"
    if not excerpt.labels or not excerpt.pages:
        return ""
    real = text.printed(_folded(excerpt), excerpt.pages[0], excerpt.pages[-1])
    printed = [[label or "none" for label in dict.fromkeys(ends)] for ends in real]
    if isinstance(excerpt.labels, str):
        right = any(excerpt.labels in {"-".join(ends), "–".join(ends)} for ends in printed)
        claimed = excerpt.labels
    else:
        ends = [excerpt.labels[0], excerpt.labels[-1]]
        right, claimed = ends in real, "–".join(dict.fromkeys(ends))
    return "" if right else f"the printed page is {'–'.join(printed[0])}, not {claimed}"


def _wrong_citation(excerpt: Excerpt, document: Document, text: DocumentText) -> str:
    """Return what is wrong with the page that an excerpt's citation names, "" when nothing is."""
    place = cited_place(excerpt.cited or "", title_of(document))
    if not document.paged:
        one = place.pages in (None, (1, 1)) and place.printed in (None, "1")
        return "" if one else f"{document.file} has no pages"
    if not excerpt.pages:
        return ""
    ends = excerpt.pages[0], excerpt.pages[-1]
    printed = text.printed(_folded(excerpt), *ends)
    wrong = [wrong_place(place, ends, labels, document.format) for labels in printed]
    return "" if "" in wrong else wrong[0]


def _elsewhere(excerpts: Sequence[Excerpt], stored: DocumentTexts) -> list[Check]:
    """Look for excerpts in all pages of all documents, each document read once.

    One that claims pages of no document is right wherever it stands on such pages.
    """
    found: dict[int, str] = {}
    near: dict[int, Check] = {}
    texts = [_folded(excerpt) for excerpt in excerpts]
    anywhere = {at for at, one in enumerate(excerpts) if one.pages and stored.claimed(one) is None}
    for document in stored.documents:
        waiting = [at for at in range(len(excerpts)) if at in anywhere or at not in found]
        if not waiting:
            break
        text = stored.text(document)
        for at in waiting:
            number = next((n for one in texts[at] if (n := text.page_of(one)) is not None), None)
            if number is not None:
                found.setdefault(
                    at, f"{document.file}, {_page(document, number)}" if document.paged else document.file
                )
            check = _in(excerpts[at], texts[at], document, text) if at in anywhere else None
            if check is not None:
                near[at] = check
                found.setdefault(at, document.file)
                if check.status == "found":
                    anywhere.discard(at)
    return [near.get(at) or _verdict(one, found.get(at), stored) for at, one in enumerate(excerpts)]


def _page(document: Document, pages: object) -> str:
    return f"PDF page {pages}" if document.format == "pdf" else f"page {pages}"


def _verdict(excerpt: Excerpt, found: str | None, stored: DocumentTexts) -> Check:
    if found is None:
        where = _claim(excerpt, stored)
        return Check(
            excerpt.where, "not_found", "no page of the library has it" + (f", {where}" if where else "")
        )
    if stored.claimed(excerpt) is None and not excerpt.pages:
        return Check(excerpt.where, "found", found)
    return Check(excerpt.where, "misattributed", f"it stands in {found}, {_claim(excerpt, stored)}")


def _claim(excerpt: Excerpt, stored: DocumentTexts) -> str:
    """Return where an excerpt says it stands, "" where it does not say it."""
    pages = "–".join(str(page) for page in dict.fromkeys(excerpt.pages or ()))
    claimed = stored.claimed(excerpt)
    if claimed is None:
        return f"not on PDF page {pages}" if pages else ""
    where = excerpt.document or excerpt.citation
    named = _page(claimed[0], pages) if claimed else f"page {pages}"
    return f"not in {where}" + (f", {named}" if pages else "")
