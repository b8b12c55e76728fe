"""Passages and questions for `bench/index.py`, out of BEIR folders or made up.

Out of folders: the sentences of all their texts, each once, analysed as the product does; a passage is six of
them drawn at random, so that any number of different passages has the words and lengths of real text. Questions
are the folders' own, those of at least eight terms, cut to eight. Made up: words drawn by Zipf's law.
"""

import json
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.analysis.analyser import Analyser
from ingest.text.sentences import split_sentences

SENTENCES = 6
WORDS = 120
VOCABULARY = 50_000
QUESTION_TERMS = 8


@dataclass(frozen=True, slots=True)
class Corpus:
    """Sentences with their terms as numbers, and questions.

    `terms[starts[i]:starts[i + 1]]` are the terms of sentence i, whose text is `sentences[i]`; `names` are the
    terms by number. A question is (text, terms as numbers).
    """

    sentences: list[str]
    terms: NDArray[np.int32]
    starts: NDArray[np.int64]
    questions: list[tuple[str, list[int]]]
    names: list[str]

    def passages(self, size: int) -> NDArray[np.int32]:
        """Return which sentences each of `size` passages has, (size, SENTENCES); fewer are its beginning."""
        rng = np.random.default_rng(1)
        return rng.integers(0, len(self.sentences), (size, SENTENCES)).astype(np.int32)

    def words(self, passage: NDArray[np.int32]) -> list[str]:
        """Return the terms of a passage; every system gets the same."""
        return [f"t{number}" for number in np.concatenate(self.terms_of(passage)).tolist()]

    def terms_of(self, passage: NDArray[np.int32]) -> list[NDArray[np.int32]]:
        """Return the terms of each sentence of a passage, as numbers."""
        return [self.terms[self.starts[i] : self.starts[i + 1]] for i in passage]

    def text(self, passage: NDArray[np.int32]) -> str:
        """Return the text of a passage."""
        return " ".join(self.sentences[i] for i in passage)

    def asked(self, number: int) -> list[list[str]]:
        """Return the terms of the first questions."""
        return [[f"t{term}" for term in terms] for _, terms in self.questions[:number]]


def prepare(folder: Path | None, path: Path) -> None:
    """Write the corpus of all BEIR folders under `folder`, or a made-up one, for several processes to read."""
    corpus = made_up() if folder is None else real(folder)
    content = [
        corpus.sentences,
        corpus.terms.tolist(),
        corpus.starts.tolist(),
        corpus.questions,
        corpus.names,
    ]
    path.write_text(json.dumps(content))


def read(path: Path) -> Corpus:
    """Return a corpus that `prepare` wrote."""
    sentences, terms, starts, questions, names = json.loads(path.read_text())
    return Corpus(sentences, np.array(terms, np.int32), np.array(starts, np.int64), questions, names)


def real(folder: Path) -> Corpus:
    """Return the sentences and questions of the BEIR folders with English texts."""
    analyser = Analyser()
    numbers: dict[str, int] = {}
    sentences: dict[str, None] = {}
    for path in sorted(folder.glob("*/corpus.jsonl")):
        for line in path.read_text(encoding="utf-8").removesuffix("\n").split("\n"):
            text = json.loads(line)["text"]
            sentences.update(dict.fromkeys(text[start:end] for start, end in split_sentences(text)))
    counted = [
        [numbers.setdefault(term, len(numbers)) for term in analyser.terms(s, "en")] for s in sentences
    ]
    questions = {}
    for path in sorted(folder.glob("*/queries.jsonl")):
        for line in path.read_text(encoding="utf-8").removesuffix("\n").split("\n"):
            text = json.loads(line)["text"]
            found = [form for term in analyser.question(text, ["en"]) for form in term.forms]
            known = [numbers[term] for term in dict.fromkeys(found) if term in numbers]
            if len(known) >= QUESTION_TERMS:
                questions[text] = known[:QUESTION_TERMS]
    listed = list(questions.items())
    np.random.default_rng(3).shuffle(listed)
    starts = np.concatenate([[0], np.cumsum([len(terms) for terms in counted])])
    terms = np.array([term for terms in counted for term in terms], np.int32)
    return Corpus(list(sentences), terms, starts, listed, list(numbers))


def made_up() -> Corpus:
    """Return sentences of words drawn by Zipf's law, and questions of rarer ones."""
    rng = np.random.default_rng(1)
    per = WORDS // SENTENCES
    drawn = (rng.zipf(1.15, 100_000 * per) % VOCABULARY).astype(np.int32)
    starts = np.arange(0, len(drawn) + 1, per)
    sentences = [" ".join(f"t{i}" for i in drawn[a:b].tolist()) for a, b in pairwise(starts)]
    asked = [(rng.zipf(1.05, QUESTION_TERMS) % VOCABULARY).tolist() for _ in range(200)]
    questions = [(" ".join(f"t{i}" for i in terms), terms) for terms in asked]
    return Corpus(sentences, drawn, starts, questions, [f"t{i}" for i in range(VOCABULARY)])


def spread(vectors: NDArray[np.float32], size: int) -> NDArray[np.float32]:
    """Return `size` unit vectors: the real ones, and points between each and one of its 16 nearest.

    A point lies at most half-way to the neighbour and off the line by noise of a tenth of the way, so no two
    are equal and the density around a text stays about what it was.
    """
    import faiss

    total, dimension = vectors.shape
    if size <= total:
        return vectors[:size].copy()
    rng = np.random.default_rng(2)
    coarse: Any = faiss.index_factory(dimension, "IVF512,Flat", faiss.METRIC_INNER_PRODUCT)
    coarse.train(vectors[:: max(1, total // 20_000)])
    coarse.add(vectors)
    coarse.nprobe = 8  # an inverted file, by the words above
    near = coarse.search(vectors, 17)[1][:, 1:]
    found = np.empty((size, dimension), np.float32)
    found[:total] = vectors
    for start in range(total, size, total):
        part = found[start : start + total]
        own = vectors[: len(part)]
        other = vectors[near[np.arange(len(part)), rng.integers(0, 16, len(part))]]
        step = (other - own) * rng.uniform(0.1, 0.5, (len(part), 1)).astype(np.float32)
        noise = rng.normal(size=part.shape).astype(np.float32)
        noise *= 0.1 * np.linalg.norm(step, axis=1, keepdims=True) / np.sqrt(dimension)
        part[:] = own + step + noise
    found /= np.linalg.norm(found, axis=1, keepdims=True)
    return found
