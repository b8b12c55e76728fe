"""Documents and passages as the library gives them, to be cited, exported and checked."""

from ingest.library.records import Document
from ingest.metadata.metadata import Metadata
from ingest.passage import Kind, LabelSource, Passage, passage_id
from ingest.text.sentences import split_sentences

REPORT = Metadata(
    title="Health for migrants",
    publisher="UNDP",
    year=2022,
    type="report",
    countries=("PER",),
    url="https://example.org/report",
    language="en",
)


def a_document(metadata: Metadata = REPORT, *, number: int = 1, paged: bool = True) -> Document:
    """Return a document of ten pages, or of none, called paper-1.pdf, paper-2.pdf, …"""
    name = f"paper-{number}.{'pdf' if paged else 'html'}"
    sha = f"{number:08x}" * 8
    return Document(
        id=sha[:32],
        sha256=sha,
        file=name,
        path=name,
        files=(name,),
        format="pdf" if paged else "html",
        paged=paged,
        state="ready",
        reason=None,
        page_count=10 if paged else 1,
        passage_count=3,
        pages_without_text=0,
        language="en",
        metadata=metadata,
    )


def a_passage(
    text: str = "Clinics open at seven.",
    *,
    pages: tuple[int, ...] = (9, 9),
    labels: tuple[str, ...] = ("7", "7"),
    source: LabelSource | None = "printed",
    section: tuple[str, ...] = (),
    locator: str | None = None,
    calls: tuple[tuple[int, int], ...] = (),
    kind: Kind = "body",
) -> Passage:
    """Return a passage; without other words it stands on page 9, printed as 7."""
    return Passage(
        id=passage_id("a" * 64, text, 0),
        text=text,
        kind=kind,
        language="en",
        section=section,
        spans=((pages[0] if pages else 1, 0, len(text)),),
        pages=pages,
        labels=labels,
        label_source=source if labels else None,
        locator=locator,
        sentences=split_sentences(text),
        tokens=len(text.split()),
        calls=calls,
    )


def without_pages(locator: str | None, *section: str) -> Passage:
    """Return a passage of a source without pages, under these headings."""
    return a_passage(pages=(), labels=(), section=section, locator=locator)
