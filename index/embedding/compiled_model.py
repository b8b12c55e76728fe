"""A model served by CTranslate2: neither torch nor transformers nor sentence-transformers is imported.

Token ids come from the folder's `tokenizer.json`, cut and prompted as sentence-transformers does (those of questions
through `index.embedding.question_pieces`); the mean over the pieces and the norm are taken here.
`index.embedding.convert` proves on each machine that both agree.
"""

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property, lru_cache
from importlib import import_module
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

from index.embedding import question_pieces
from index.embedding.converted import Conversion
from index.embedding.model_folder import quiet
from index.embedding.questions import RememberedQuestions
from ingest.errors import ModelUnavailable

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Vectors = NDArray[np.float32]

BATCH_PIECES = 512
"""Most pieces of a batch, filled-up ones included; one text at least. Pieces a CPU second on one core of a Zen 4, in
turn, in batches of 2 | 4 | 8 | 16: texts of 40 pieces 5,065 | 5,538 | 5,961 | 5,978; of 70 5,521 | 5,766 | 5,757 |
5,375; of 160 4,927 | 4,962 | 4,464 | 4,209: what is worked on has to stay in the core's own cache."""
DOCUMENT_PROMPTS = ("document", "passage", "corpus")
"""The first of these that a model has is put before a passage, as sentence-transformers does."""


class CompiledModel:
    """A converted model. Safe for several threads, which share one pool of workers."""

    def __init__(
        self,
        folder: Path,
        conversion: Conversion,
        name: str,
        *,
        compute_type: str = "int8",
        cores: int | None = None,
    ) -> None:
        """Load a sound conversion (`index.embedding.converted.sound`), to use so many cores, None for all.

        Raises ModelUnavailable.
        """
        self.name = name
        self.folder = folder
        self.fingerprint = conversion.fingerprint
        self.dimension = conversion.dimension
        self.profile = conversion.profile(name)
        prompts = self.profile.prompts
        self._before_question = prompts.get("query", "")
        self._before_document = next((prompts[key] for key in DOCUMENT_PROMPTS if key in prompts), "")
        self._questions = RememberedQuestions(self._encode_question)
        self._table = question_pieces.opened(folder, self.profile.budget, conversion.files["tokenizer.json"])
        self._cores = cores or _cores()
        self._encoder = _encoder(folder, compute_type, self._cores)

    def encode_documents(
        self, texts: Sequence[str], on_batch: Callable[[int], None] | None = None
    ) -> "Vectors":
        """Return unit vectors (len(texts), dimension). Batches are of like length, longest first.

        Each core works on a batch of its own. `on_batch` gets the number of texts just done.
        """
        import numpy as np

        vectors = np.zeros((len(texts), self.dimension), np.float32)
        pieces = self._document_pieces(texts)
        batches = _batches(_longest_first(pieces), pieces)
        with ThreadPoolExecutor(self._cores) as pool:
            found = pool.map(lambda rows: self._forward([pieces[i] for i in rows]), batches)
            for rows, part in zip(batches, found, strict=True):
                vectors[rows] = part
                if on_batch is not None:
                    on_batch(len(rows))
        return vectors

    def batches(self, texts: Sequence[str]) -> list[list[int]]:
        """Return the batches of `encode_documents`; some of them encoded elsewhere give the same vectors."""
        pieces = self._document_pieces(texts)
        return _batches(_longest_first(pieces), pieces)

    def encode_query(self, text: str) -> "Vectors":
        """Return the unit vector (dimension,) of a question; recent questions are remembered."""
        return self._questions.vector(text)

    def encode_ahead(self, texts: Sequence[str]) -> None:
        """Make the vectors of several questions together; `encode_query` then finds them."""
        self._questions.encode_ahead(texts, self._encode_questions)

    def pieces_of_words(self, words: Sequence[str]) -> list[int]:
        """Return into how many pieces each word falls, not counting those around a question."""
        around = len(self._question_pieces("a")) - 1
        return [len(self._question_pieces(word)) - around for word in words]

    def _encode_questions(self, texts: Sequence[str]) -> "Vectors":
        """Return the unit vectors of questions, those of one length together.

        Filled up to a common length, they would differ from vectors made alone by 2e-5, and scores in the fifth place.
        """
        import numpy as np

        vectors = np.zeros((len(texts), self.dimension), np.float32)
        pieces = [self._question_pieces(text) for text in texts]
        order = sorted(range(len(texts)), key=lambda row: len(pieces[row]))
        for _, rows in groupby(order, key=lambda row: len(pieces[row])):
            some = list(rows)
            vectors[some] = self._forward([pieces[row] for row in some])
        return vectors

    def _encode_question(self, text: str) -> "Vectors":
        vector: Vectors = self._forward([self._question_pieces(text)])[0]
        return vector

    def _question_pieces(self, text: str) -> list[int]:
        whole = self._before_question + text
        found = self._table.ids(whole) if self._table is not None else None
        return self._pieces([whole])[0] if found is None else found

    @cached_property
    def _tokenizer(self) -> Any:
        """The whole tokenizer, which most processes that only answer questions never need."""
        return _tokenizer(self.folder, self.profile.budget)

    def _document_pieces(self, texts: Sequence[str]) -> list[list[int]]:
        return self._pieces([self._before_document + text for text in texts])

    def _pieces(self, texts: list[str]) -> list[list[int]]:
        return [found.ids for found in self._tokenizer.encode_batch(texts)]

    def _forward(self, pieces: list[list[int]]) -> "Vectors":
        """Return the unit vectors of texts given by their pieces, which are filled up to the longest."""
        import numpy as np

        states = np.asarray(self._encoder.forward_batch(pieces).last_hidden_state)
        lengths = np.array([len(ids) for ids in pieces])
        there = (np.arange(states.shape[1]) < lengths[:, None]).astype(np.float32)
        # The sum will do for the mean: the length goes with the norm.
        sums = np.matmul(there[:, None, :], states)[:, 0, :]
        norms = np.linalg.norm(sums, axis=1, keepdims=True)
        if not np.all(np.isfinite(norms)) or not np.all(norms > 0):
            raise ModelUnavailable(f"the model {self.name} gave a vector without length; use another model")
        unit: Vectors = sums / norms
        return unit


def _longest_first(pieces: Sequence[Sequence[int]]) -> list[int]:
    return sorted(range(len(pieces)), key=lambda row: -len(pieces[row]))


def _batches(order: Sequence[int], pieces: Sequence[Sequence[int]]) -> list[list[int]]:
    """Return the rows of `order`, longest text first, in batches of at most `BATCH_PIECES`."""
    batches: list[list[int]] = []
    for row in order:
        longest = len(pieces[batches[-1][0]]) if batches else BATCH_PIECES
        if not batches or (len(batches[-1]) + 1) * longest > BATCH_PIECES:
            batches.append([])
        batches[-1].append(row)
    return batches


def _tokenizer(folder: Path, budget: int) -> Any:
    quiet()
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.enable_truncation(budget)
    tokenizer.no_padding()
    return tokenizer


@lru_cache(maxsize=2)
def _encoder(folder: Path, compute_type: str, cores: int) -> Any:
    """Return the network: one in a process for each folder, with a worker of one thread for each core."""
    if _has_new_avx512():
        # CTranslate2 chooses AVX2 on AMD. Its own kernels took 11 to 18 % less with AVX512 (Zen 4, in turn).
        os.environ.setdefault("CT2_FORCE_CPU_ISA", "AVX512")
    import ctranslate2

    try:
        return ctranslate2.Encoder(
            str(folder), device="cpu", compute_type=compute_type, inter_threads=cores, intra_threads=1
        )
    except (RuntimeError, ValueError) as error:
        raise ModelUnavailable(f"the converted model {folder} cannot be loaded: {error}") from error


def _has_new_avx512() -> bool:
    """Return whether the processor has AVX512 of a generation that does not slow down for it (Ice Lake, Zen 4)."""
    try:
        features = import_module("numpy._core._multiarray_umath").__cpu_features__
    except (ImportError, AttributeError):  # no public name tells; numpy 1 has it elsewhere
        return False
    return bool(features.get("AVX512_ICL"))


def _cores() -> int:
    """Return how many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
