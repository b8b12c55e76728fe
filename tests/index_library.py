"""A small real library and a small real embedder (hashed trigrams) for the tests of the index."""

import hashlib
import zlib
from collections.abc import Callable, Sequence

import numpy as np

from index.embedding.embedder import ModelProfile
from ingest.library.library import FileStamp, Library, NewDocument, StoredPage
from ingest.metadata.metadata import Metadata
from ingest.passage import Kind, Passage, passage_id
from ingest.text.sentences import split_sentences

TEXTS = {
    "paho-en.txt": (
        Metadata(title="Health for migrants", publisher="PAHO", year=2022, type="report", countries=("PER",)),
        "en",
        [
            "PAHO trains health workers in Lima. Nurses learn to receive migrants with respect.",
            "A visit costs $100 for people without insurance. Most families cannot pay.",
            "The World Health Organization warns of barriers. Discrimination keeps people away from clinics.",
        ],
    ),
    "ley-es.txt": (
        Metadata(title="Normas", publisher="MINSA", year=2019, type="law", countries=("PER",)),
        "es",
        [
            "El Decreto Legislativo N.º 1350 regula las migraciones. La multa es de $1,000 por día.",
            "El Decreto 1466 aprueba disposiciones sobre telesalud. Rige desde 2020.",
            "La OPS apoya la vacunación. Los migrantes venezolanos llegan a 1,3 millones.",
        ],
    ),
    "sus-pt.txt": (
        Metadata(title="Saúde no Brasil", publisher="MS", year=2024, type="report", countries=("BRA",)),
        "pt",
        [
            "O SUS atende todas as pessoas. Os migrantes têm os mesmos direitos.",
            "A migração cresceu em Roraima. O abrigo recebe famílias.",
        ],
    ),
}


class HashingEmbedder:
    """Bags of hashed trigrams as unit vectors: deterministic, and like texts get like vectors."""

    name = "hashing"
    dimension = 64
    profile = ModelProfile(prompts={}, budget=512, calibration=None)

    def __init__(self, salt: str = "") -> None:
        self.fingerprint = hashlib.sha256(f"hashing {salt}".encode()).hexdigest()[:32]
        self.salt = salt
        self.encoded: list[str] = []

    def encode_documents(
        self, texts: Sequence[str], on_batch: Callable[[int], None] | None = None
    ) -> np.ndarray:
        self.encoded.extend(texts)
        return np.array([self._vector(text) for text in texts], np.float32).reshape(-1, self.dimension)

    def encode_query(self, text: str) -> np.ndarray:
        return self._vector(text)

    def _vector(self, text: str) -> np.ndarray:
        vector = np.full(self.dimension, 1e-3, np.float32)
        padded = f"  {text.lower()}  "
        for i in range(len(padded) - 2):
            vector[zlib.crc32((self.salt + padded[i : i + 3]).encode()) % self.dimension] += 1
        return np.asarray(vector / np.linalg.norm(vector))


def put_text(
    library: Library, name: str, metadata: Metadata, language: str, texts: list[str], *, kind: Kind = "body"
) -> None:
    """Store a document of one page whose passages are the given texts."""
    page = "\n".join(texts)
    sha = hashlib.sha256(page.encode()).hexdigest()
    passages, start = [], 0
    for text in texts:
        passages.append(
            Passage(
                id=passage_id(sha, text, 0),
                text=text,
                kind=kind,
                language=language,
                section=(),
                spans=((1, start, start + len(text)),),
                pages=(1, 1),
                labels=(),
                label_source=None,
                locator=None,
                sentences=split_sentences(text),
                tokens=len(text.split()),
            )
        )
        start += len(text) + 1
    document = NewDocument(
        sha256=sha,
        format="text",
        paged=True,
        state="ready",
        reason=None,
        pages=(StoredPage(sha[:32], 1, page),),
        passages=tuple(passages),
        language=language,
    )
    library.put_document(document, metadata, [FileStamp(name)])
