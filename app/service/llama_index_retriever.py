"""The library as a retriever of LlamaIndex: `pip install "pincite[llama-index]"`.

retriever = PinciteRetriever.open("library", k=5)
for found in retriever.retrieve("Who has no health insurance?"):
print(found.score, found.text, found.metadata["citation"])
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from llama_index.core.retrievers import BaseRetriever
from llama_index.core.schema import NodeWithScore, QueryBundle, TextNode

from app.exports.schema import hit_dict
from app.service.search import DEFAULT_HITS, Filters, Mode, search
from index.search import Searcher


class PinciteRetriever(BaseRetriever):  # type: ignore[misc]  # its types are not there where it is not installed
    """Passages with their page: the verbatim text as a node, everything of the search object as metadata."""

    def __init__(
        self,
        searcher: Searcher,
        *,
        k: int = DEFAULT_HITS,
        mode: str = Mode.hybrid,
        filters: Filters | None = None,
        answerable_only: bool = True,
    ) -> None:
        """Ask `searcher`. `answerable_only`: nothing for a question that the library may not answer."""
        super().__init__()
        self._searcher, self._answerable_only = searcher, answerable_only
        self._asked: dict[str, Any] = {"k": k, "mode": mode, "filters": filters}

    @classmethod
    def open(cls, library: str | Path, **options: Any) -> PinciteRetriever:
        """Open the library in a folder."""
        return cls(Searcher.open(Path(library)), **options)

    def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        result = search(self._searcher, query_bundle.query_str, **self._asked).result
        hits = () if self._answerable_only and not result.answerable else result.hits
        found = [hit_dict(hit) for hit in hits]
        nodes = [TextNode(id_=hit["passage_id"], text=hit.pop("text"), metadata=hit) for hit in found]
        return [NodeWithScore(node=node, score=node.metadata["score"]) for node in nodes]
