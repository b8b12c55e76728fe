"""Papers put straight into a library, for tests that need many and no reading."""

from collections.abc import Iterable

from ingest.library.library import FileStamp, Library, NewDocument, StoredPage, document_id
from ingest.metadata.metadata import Metadata
from ingest.passage import Passage, passage_id


def put_papers(library: Library, numbers: Iterable[int], passages: int = 30) -> None:
    """Store one document a number, each of one page with so many passages."""
    for number in numbers:
        sha = f"{number:064x}"[::-1]
        texts = [f"Passage {n} of paper {number} tells of a clinic. " * 3 for n in range(passages)]
        starts = [sum(len(text) + 1 for text in texts[:n]) for n in range(passages)]
        made = tuple(
            Passage(
                id=passage_id(sha, text.strip(), 0),
                text=text.strip(),
                kind="body",
                language="en",
                section=(),
                spans=((1, start, start + len(text)),),
                pages=(1, 1),
                labels=(),
                label_source=None,
                locator=None,
                sentences=((0, len(text.strip())),),
                tokens=30,
            )
            for text, start in zip(texts, starts, strict=True)
        )
        page = StoredPage(document_id(sha), 1, "\n".join(texts))
        new = NewDocument(sha, "pdf", True, "ready", None, (page,), made, "en")
        library.put_document(new, Metadata(title=f"Paper {number}"), [FileStamp(f"{number:05}.pdf")], "1")
