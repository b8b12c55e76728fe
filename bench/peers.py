"""The systems `bench/index.py` compares, each behind the same face: built from passages, asked a question.

Every lexical system gets the same terms. A peer that is not installed (bench/requirements.txt) raises
ImportError and is named in the report.
"""

import time
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.analysis.analyser import term_counts
from index.retrieval.bm25 import compile_postings

Ask = Callable[[list[str]], Any]
TOP = 10
TRIES, QUICK = 3, 20.0
"""How often a question is asked, and up to how many milliseconds it may take for that."""


def pincite(texts: Iterable[list[str]]) -> Ask:
    index = compile_postings(term_counts(words) for words in texts)
    return lambda words: index.search(list(term_counts(words).items()), TOP)


def rank_bm25(texts: Iterable[list[str]]) -> Ask:
    from rank_bm25 import BM25Okapi

    peer = BM25Okapi(list(texts))

    def ask(words: list[str]) -> tuple[NDArray[Any], NDArray[Any]]:
        scores = peer.get_scores(words)
        best = np.argpartition(-scores, TOP)[:TOP]
        best = best[np.lexsort((best, -scores[best]))]
        return best, scores[best]

    return ask


def _bm25s(texts: Iterable[list[str]], backend: str) -> Ask:
    import bm25s

    if backend == "numba":
        import numba

        numba.set_num_threads(1)
    peer = bm25s.BM25(k1=1.5, b=0.75, backend=backend)
    peer.index(list(texts), show_progress=False)
    return lambda words: peer.retrieve([words], k=TOP, show_progress=False, n_threads=0)


def bm25s_numpy(texts: Iterable[list[str]]) -> Ask:
    return _bm25s(texts, "numpy")


def bm25s_numba(texts: Iterable[list[str]]) -> Ask:
    return _bm25s(texts, "numba")


def tantivy(texts: Iterable[list[str]]) -> Ask:
    import tantivy as t

    schema = t.SchemaBuilder().add_integer_field("row", stored=True).add_text_field(
        "body", tokenizer_name="whitespace", index_option="freq"
    ).build()  # fmt: skip
    index = t.Index(schema)
    writer = index.writer(heap_size=256_000_000, num_threads=1)
    for row, words in enumerate(texts):
        writer.add_document(t.Document(row=row, body=" ".join(words)))
    writer.commit()
    writer.wait_merging_threads()
    index.reload()
    searcher = index.searcher()

    def ask(words: list[str]) -> object:
        parts = [(t.Occur.Should, t.Query.term_query(schema, "body", word)) for word in words]
        return searcher.search(t.Query.boolean_query(parts), TOP, count=False).hits

    return ask


def langchain_bm25(texts: Iterable[list[str]]) -> Ask:
    from langchain_community.retrievers import BM25Retriever

    peer = BM25Retriever.from_texts([" ".join(words) for words in texts], preprocess_func=str.split, k=TOP)
    return lambda words: peer.invoke(" ".join(words))


LEXICAL = {
    "pincite": pincite,
    "rank_bm25": rank_bm25,
    "bm25s (numpy)": bm25s_numpy,
    "bm25s (numba)": bm25s_numba,
    "tantivy": tantivy,
    "langchain BM25Retriever": langchain_bm25,
}

AskBoth = Callable[[str, NDArray[np.float32]], Any]


def hybrid_pincite(texts: Sequence[str], vectors: NDArray[np.float32]) -> AskBoth:
    from index.analysis.analyser import Analyser
    from index.indexed_text import passage_term_counts
    from index.ranking.hybrid import Retriever
    from index.retrieval.dense import DenseIndex

    analyser = Analyser()
    postings = compile_postings(passage_term_counts(analyser, text, "en", "") for text in texts)
    counts, spans = np.ones(len(texts), np.int64), np.zeros((len(texts), 2), np.int32)
    dense = DenseIndex.over(vectors, counts, spans)
    languages = np.zeros(len(texts), np.int8)
    retriever = Retriever(postings, dense, analyser, ["en"], languages)
    return lambda text, vector: retriever.rank(
        retriever.analyse(text), TOP, vector=vector, text_of=texts.__getitem__
    )


def hybrid_llama(texts: Sequence[str], vectors: NDArray[np.float32]) -> AskBoth:
    import faiss
    from llama_index.core import StorageContext, VectorStoreIndex
    from llama_index.core.embeddings import MockEmbedding
    from llama_index.core.llms.mock import MockLLM
    from llama_index.core.retrievers import QueryFusionRetriever
    from llama_index.core.schema import QueryBundle, TextNode
    from llama_index.retrievers.bm25 import BM25Retriever
    from llama_index.vector_stores.faiss import FaissVectorStore

    nodes = [TextNode(text=text, id_=str(i), embedding=vectors[i].tolist()) for i, text in enumerate(texts)]
    store = FaissVectorStore(faiss_index=faiss.IndexFlatIP(vectors.shape[1]))
    context = StorageContext.from_defaults(vector_store=store)
    index = VectorStoreIndex(nodes, storage_context=context, embed_model=MockEmbedding(vectors.shape[1]))
    words = BM25Retriever.from_defaults(nodes=nodes, similarity_top_k=TOP)
    fused = QueryFusionRetriever(
        [index.as_retriever(similarity_top_k=TOP), words], llm=MockLLM(), mode="reciprocal_rerank",
        similarity_top_k=TOP, num_queries=1, use_async=False,
    )  # fmt: skip
    return lambda text, vector: fused.retrieve(QueryBundle(text, embedding=vector.tolist()))


def hybrid_txtai(texts: Sequence[str], vectors: NDArray[np.float32]) -> AskBoth:
    from txtai import Embeddings

    known = dict(zip(texts, vectors, strict=True))
    peer = Embeddings(
        method="external", transform=lambda some: np.stack([known[text] for text in some]), hybrid=True,
        backend="faiss", faiss={"components": "IDMap,Flat"}, content=False,
    )  # fmt: skip
    peer.index(enumerate(texts))

    def ask(text: str, vector: NDArray[np.float32]) -> object:
        known[text] = vector
        return peer.search(text, TOP)

    return ask


def hybrid_langchain(texts: Sequence[str], vectors: NDArray[np.float32]) -> AskBoth:
    from langchain_classic.retrievers import EnsembleRetriever
    from langchain_community.retrievers import BM25Retriever
    from langchain_community.vectorstores import FAISS
    from langchain_core.embeddings import Embeddings

    known = dict(zip(texts, vectors, strict=True))

    class Given(Embeddings):  # type: ignore[misc]  # the library is not installed where types are checked
        def embed_documents(self, texts: list[str]) -> list[list[float]]:
            return [known[text].tolist() for text in texts]

        def embed_query(self, text: str) -> list[float]:
            return list(known[text].tolist())

    store = FAISS.from_embeddings(list(zip(texts, vectors.tolist(), strict=True)), Given())
    words = BM25Retriever.from_texts(list(texts), k=TOP)
    both = EnsembleRetriever(
        retrievers=[words, store.as_retriever(search_kwargs={"k": TOP})], weights=[0.5, 0.5]
    )

    def ask(text: str, vector: NDArray[np.float32]) -> object:
        known[text] = vector
        return both.invoke(text)

    return ask


HYBRID = {
    "pincite": hybrid_pincite,
    "llama-index fusion (bm25s + faiss)": hybrid_llama,
    "txtai hybrid": hybrid_txtai,
    "langchain EnsembleRetriever": hybrid_langchain,
}


def timed(
    ask: Callable[[Any], Any], asked: Sequence[Any] | NDArray[Any]
) -> tuple[NDArray[np.float64], list[Any]]:
    """Return CPU milliseconds of each question, after three to warm up, and the answers.

    Where a question takes less than `QUICK`, all are asked `TRIES` times and each question's best time counts:
    on a busy machine a tenth of them meets another process's work in the caches.
    """
    for question in asked[:3]:
        ask(question)
    best = np.full(len(asked), np.inf)
    for _ in range(TRIES):
        times, answers = [], []
        for question in asked:
            start = time.process_time()
            answers.append(ask(question))
            times.append((time.process_time() - start) * 1000)
        best = np.minimum(best, times)
        if np.median(best) > QUICK:
            break
    return best, answers
