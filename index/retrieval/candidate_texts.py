"""The passages of a search or a batch: whoever asks for a row gets the passage decoded for the first who did."""

from index.retrieval.base import PassageSource
from ingest.library.records import Document, StoredPassage


class CandidateTexts:
    """A search's passages by row, each decoded at most once, and their documents.

    Made for one search, or for the sentences of a draft that are checked together, and dropped with it: it holds
    what was read, which a phrase of frequent words makes `index.query.constraints.PHRASE_CHECKS` passages a search.
    """

    def __init__(self, source: PassageSource) -> None:
        self._source = source
        self._passages: dict[int, StoredPassage] = {}
        self._documents: dict[str, Document] = {}

    def passage(self, row: int) -> StoredPassage:
        """Return a passage."""
        found = self._passages.get(row)
        if found is None:
            found = self._passages[row] = self._source.passage(row)
        return found

    def document_of(self, row: int) -> Document:
        """Return the document of a passage."""
        name = self.passage(row).document_id
        found = self._documents.get(name)
        if found is None:
            found = self._documents[name] = self._source.document_of(row, name)
        return found

    def text(self, row: int) -> str:
        """Return the text of a passage that its windows are places in."""
        return self.passage(row).passage.display_text
