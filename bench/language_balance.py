"""Does a heap of passages in one language push those in another down?

    python -m bench.language_balance --library LIBRARY-OF-corpus/ --data ../shared/data/benchmarks --cache FOLDER

Asks the starter questions over the starter passages, then over the same with 500 Spanish passages more: the
two-sentence windows of XQuAD's Spanish paragraphs, spread evenly. Prints Recall@10 by language of the question.
"""

import argparse
from collections import defaultdict
from pathlib import Path

import numpy as np

from evals.beir.dataset import read_beir
from evals.beir.vector_cache import VectorCache
from evals.gold.check import sound_gold
from evals.gold.linking import LinkedGold
from evals.measures.metrics import ranking_metrics
from index.embedding.embedder import Embedder
from index.embedding.loading import load_model
from index.indexed_text import heading_of, windows
from index.ranking.hybrid import Retriever
from index.ranking.in_memory import retriever_over
from ingest.library.library import Library
from ingest.library.records import StoredPassage
from ingest.text.sentences import split_sentences

ADDED = 500


def spanish(folder: Path) -> list[tuple[str, str]]:
    """Return (heading, text) of `ADDED` Spanish passages."""
    found = [
        (document.title, document.text[start:end])
        for document in read_beir(folder).documents
        for start, end in windows(document.text, split_sentences(document.text))
    ]
    return [found[int(place)] for place in np.linspace(0, len(found) - 1, ADDED)]


def recall(
    gold: LinkedGold,
    stored: list[StoredPassage],
    added: list[tuple[str, str]],
    embedder: Embedder,
    store: VectorCache,
) -> dict[str, float]:
    """Return the mean Recall@10 by language of the question."""
    passages = [item.passage for item in stored]
    texts = [*(passage.text for passage in passages), *(text for _, text in added)]
    retriever = retriever_over(
        texts,
        [*(passage.language for passage in passages), *["es"] * len(added)],
        embedder,
        store,
        headings=[*map(heading_of, passages), *(heading for heading, _ in added)],
        sentences=[*(passage.sentences for passage in passages), *([(0, len(text))] for _, text in added)],
    )
    names = [*(passage.id for passage in passages), *(f"added-{number}" for number in range(len(added)))]
    found: dict[str, list[float]] = defaultdict(list)
    for linked in gold.questions:
        if linked.grades:
            text = linked.question.question
            rows = _first_ten(retriever, text, store.query_vector(embedder, text), texts)
            figures = ranking_metrics([names[row] for row in rows], linked.grades)
            found[linked.question.lang].append(figures["recall@10"])
    return {language: float(np.mean(values)) for language, values in sorted(found.items())}


def _first_ten(retriever: Retriever, question: str, vector: np.ndarray, texts: list[str]) -> np.ndarray:
    asked = retriever.analyse(question)
    return retriever.rank(asked, 10, vector=vector, text_of=texts.__getitem__).rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--library", type=Path, required=True)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--cache", type=Path, required=True)
    parser.add_argument("--gold", type=Path, default=Path("evals/gold/starter.jsonl"))
    options = parser.parse_args()
    embedder = load_model()
    with Library.open(options.library) as library, VectorCache(options.cache) as store:
        gold = sound_gold(options.gold, library)
        stored = list(library.passages())
        before = recall(gold, stored, [], embedder, store)
        after = recall(gold, stored, spanish(options.data / "xquad-es-es"), embedder, store)
    for language, value in before.items():
        print(f"{language}: {value:.3f} -> {after[language]:.3f} ({after[language] - value:+.3f})")


if __name__ == "__main__":
    main()
