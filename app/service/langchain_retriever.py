"""The library as a retriever of LangChain: `pip install "pincite[langchain]"`.

retriever = PinciteRetriever.open("library", k=5)
for document in retriever.invoke("Who has no health insurance?"):
print(document.page_content, document.metadata["citation"])
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever

from app.exports.schema import hit_dict
from app.service.search import Filters, Mode, search
from index.search import Searcher


class PinciteRetriever(BaseRetriever):  # type: ignore[misc]  # its types are not there where it is not installed
    """Passages with their page: the verbatim text as content, everything of the search object as metadata."""

    searcher: Any
    k: int = 10
    mode: str = Mode.hybrid
    filters: Any = None
    answerable_only: bool = True

    @classmethod
    def open(cls, library: str | Path, **options: Any) -> PinciteRetriever:
        """Open the library in a folder. `answerable_only`: nothing for a question that it may not answer."""
        return cls(searcher=Searcher.open(Path(library)), **options)

    def _get_relevant_documents(
        self, query: str, *, run_manager: CallbackManagerForRetrieverRun
    ) -> list[Document]:
        chosen: Filters | None = self.filters
        result = search(self.searcher, query, k=self.k, mode=self.mode, filters=chosen).result
        hits = () if self.answerable_only and not result.answerable else result.hits
        found = [hit_dict(hit) for hit in hits]
        return [Document(page_content=hit.pop("text"), metadata=hit, id=hit["passage_id"]) for hit in found]
