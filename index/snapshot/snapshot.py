"""Immutable generations on the disk, published atomically and trusted only while their hashes match.

    snapshot/CURRENT                 "gen-00000012 <sha256 of its manifest>"
    snapshot/gen-00000012/manifest.json, *.npy, passages.jsonl, documents.jsonl
    snapshot/base-00000009/vectors.npy, coarse.faiss

Most vectors lie in a base, which generations share until a quarter of it has changed; each has what came
later in its own tail. A reader opens what CURRENT names and keeps it, whatever is published meanwhile
(`index.snapshot.commit`).
Files are memory maps, so opening takes the same time for any size. Checking hashes reads everything;
therefore `checked.json` beside the manifest remembers size, times and inode of each file when it was
last found right, and a file that still has them is not read again.
"""

import hashlib
import json
import logging
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from shlex import quote
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.query.filters import Filters, matches
from index.retrieval import ivf
from index.retrieval.bm25 import Postings
from index.retrieval.dense import DenseIndex
from index.snapshot import bounds, checked
from index.snapshot.jsonl import decode_document, decode_passage
from index.snapshot.paths import CURRENT
from ingest.atomic_files import file_sha256
from ingest.errors import LibraryDamaged, NewerFormat, PinciteError
from ingest.library.records import Document, StoredPassage

log = logging.getLogger(__name__)

FORMAT = 13
"""Raised with every change of the files; a newer snapshot is refused, an older one rebuilt but for `ALSO_READ`."""
ALSO_READ = frozenset({9, 11})
"""Of 9, documents have vectors all of them or none; neither knows a server that searches. 10, 12: never released."""
MANIFEST = "manifest.json"
VECTORS, IVF_FILE, TAIL = "vectors.npy", "coarse.faiss", "tail.npy"
UNREADABLE = (ValueError, KeyError, TypeError, AttributeError, RecursionError)
"""What a line that is no document or passage any more ends in."""
POSTING_ARRAYS = ("letters", "ends", "starts", "rows", "counts", "impacts", "lengths")


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a generation holds and what it was made from.

    `model` is None for a snapshot of words only, else name, fingerprint, dimension and the vectors of
    `index.embedding.embedder.PROBES`. `embedded` of the `documents` have their `vectors`. `numbers`: average length and
    idf of the words; with an approximate index also the cells it reads and its measured recall. `languages` counts
    passages by language. `base` is the folder of the vectors, None in a snapshot of words only. `search` is what
    `index.snapshot.milvus_writer` says of the server that searches. `files` is name → (bytes, SHA-256).
    """

    generation: str
    format: int
    state: str
    analysis: str
    passages: int
    documents: int
    vectors: int
    languages: dict[str, int]
    numbers: dict[str, float]
    model: dict[str, Any] | None = None
    base: str | None = None
    embedded: int = 0
    search: dict[str, Any] | None = None
    files: dict[str, tuple[int, str]] = field(default_factory=dict)


class Snapshot:
    """One generation, open for reading. Safe for several threads; nothing in it changes."""

    def __init__(self, folder: Path, manifest: Manifest) -> None:
        self.folder = folder
        self.manifest = manifest
        self._arrays: dict[str, NDArray[Any]] = {}
        self.passage_ends: NDArray[np.int64] = self.array("passage_ends")
        self.row_documents: NDArray[np.int32] = self.array("row_documents")
        self.row_languages: NDArray[np.int8] = self.array("row_languages")
        self.vector_counts: NDArray[np.int64] = self.array("vector_counts")
        self.vector_spans: NDArray[np.int32] = self.array("vector_spans")
        self.span_firsts: NDArray[np.int64] = self.array("span_firsts")
        self.document_ends: NDArray[np.int64] = self.array("document_ends")
        self.vector_firsts: NDArray[np.int64] | None = self.array("vector_firsts") if manifest.model else None
        self._lines = _mapped_bytes(folder / "passages.jsonl")
        self._documents = _mapped_bytes(folder / "documents.jsonl")

    @classmethod
    def open(cls, parent: Path) -> "Snapshot":
        """Open the generation that CURRENT names, after checking it.

        Raises:
            PinciteError: nothing was published yet.
            LibraryDamaged: a file is missing or not what the manifest says, or the format is another.

        """
        for _ in range(3):
            name, digest = read_current(parent)
            try:
                manifest = _read_manifest(parent / name, digest)
                checked.check(parent / name, manifest.files, checked.known(parent / name))
                return cls(parent / name, manifest)._fitting()
            except (LibraryDamaged, OSError) as error:
                # Between reading CURRENT and opening, a writer may have collected this generation.
                if read_current(parent) == (name, digest):
                    if isinstance(error, LibraryDamaged):
                        raise
                    raise checked.damage(
                        parent / name, f"cannot be read ({error.strerror or error})"
                    ) from error
        raise LibraryDamaged(f"{parent}: generations change too fast to be opened; try again")

    def _fitting(self) -> "Snapshot":
        """Return itself. Raises LibraryDamaged where its arrays do not fit each other (`index.snapshot.bounds`)."""
        found = self.manifest
        vectors: list[NDArray[Any]] = []
        if found.model is not None:
            vectors = [_mapped(self.base_folder / VECTORS), _mapped(self.folder / TAIL)]
        sizes = bounds.Sizes(
            passages=found.passages,
            documents=found.documents,
            languages=len(found.languages),
            passage_bytes=len(self._lines),
            document_bytes=len(self._documents),
            dimension=found.model["dimension"] if found.model is not None else None,
            vectors=sum(map(len, vectors)),
        )
        if not all(bounds.are_vectors(sizes, one) for one in vectors):
            raise checked.damaged(self.folder, "the vectors have another shape")
        fault = bounds.fault(sizes, self.array)
        if fault:
            raise checked.damaged(self.folder, fault)
        return self

    def array(self, name: str) -> NDArray[Any]:
        """Return one array as a read-only memory map."""
        if name not in self._arrays:
            self._arrays[name] = _mapped(self.folder / f"{name}.npy")
        return self._arrays[name]

    @cached_property
    def lexical(self) -> Postings:
        """The words."""
        arrays = {name: self.array(name) for name in POSTING_ARRAYS}
        numbers = self.manifest.numbers
        return Postings(**arrays, average_length=numbers["length"], average_idf=numbers["idf"])

    @cached_property
    def vectors(self) -> DenseIndex | None:
        """The vectors, None in a snapshot of words only."""
        if self.manifest.model is None:
            return None
        probes = int(self.manifest.numbers.get("probes", 0))
        owners = self.array("vector_owners")
        return DenseIndex(
            base=_mapped(self.base_folder / VECTORS),
            tail=_mapped(self.folder / TAIL),
            owners=owners,
            firsts=self.array("vector_firsts"),
            counts=self.held_counts,
            spans=self.vector_spans,
            span_firsts=self.span_firsts,
            ivf=ivf.open_map(self.base_folder / IVF_FILE) if probes else None,
            probes=probes,
            mean=(self.array("vector_sum") / max(self.manifest.vectors, 1)).astype(np.float32),
            has_gaps=self.manifest.vectors < len(owners),
        )

    @property
    def language_steps(self) -> NDArray[np.float32] | None:
        """Where each language lies in the vectors (`index.retrieval.language_steps`), None where that is not kept."""
        return self.array("language_steps") if "language_steps.npy" in self.manifest.files else None

    @property
    def embedded(self) -> NDArray[np.bool_]:
        """Which passages have the vectors that they are to have."""
        if self.vector_firsts is None:
            return np.zeros(len(self.vector_counts), bool)
        return self.vector_firsts >= 0

    @property
    def held_counts(self) -> NDArray[np.int64]:
        """How many vectors each passage has now; `vector_counts` are those it will have."""
        if self.manifest.embedded == self.manifest.documents:
            return self.vector_counts
        return np.where(self.embedded, self.vector_counts, 0)

    @property
    def base_folder(self) -> Path:
        """The folder of the vectors that are shared with other generations."""
        return self.folder.parent / str(self.manifest.base)

    @property
    def languages(self) -> list[str | None]:
        """The languages of the passages, as `row_languages` numbers them; None for an unknown one."""
        return [code or None for code in self.manifest.languages]

    @cached_property
    def documents(self) -> list[Document]:
        """The documents with passages, in the order that `row_documents` counts them."""
        return [self.document(number) for number in range(len(self.document_ends))]

    def document(self, number: int) -> Document:
        """Return a document by its number; cheaper than all of them, which take 25 ms for 1,700."""
        line = _between(self._documents, self.document_ends, number, number + 1)
        try:
            return decode_document(line)
        except UNREADABLE as error:
            raise checked.damaged(self.folder / "documents.jsonl") from error

    @property
    def base_size(self) -> int:
        """How many vectors the base has, those of documents that left included."""
        return len(_mapped(self.base_folder / VECTORS))

    def lines(self, first: int, end: int) -> bytes:
        """Return the lines of the passages `first:end`, as they are in the file."""
        return _between(self._lines, self.passage_ends, first, end)

    def passage(self, row: int) -> StoredPassage:
        """Return a passage by its row."""
        try:
            return decode_passage(self.lines(row, row + 1))
        except UNREADABLE as error:
            raise checked.damaged(self.folder / "passages.jsonl") from error

    def document_of(self, row: int, named: str | None = None) -> Document:
        """Return the document of a passage. Raises LibraryDamaged where the passage `named` another one."""
        found = self.document(int(self.row_documents[row]))
        if named is not None and found.id != named:
            raise checked.damaged(self.folder / "row_documents.npy")
        return found

    def rows_where(self, filters: Filters) -> NDArray[np.bool_]:
        """Return a flag a passage: whether its document passes the filters."""
        passing = np.array([matches(document, filters) for document in self.documents], bool)
        flags: NDArray[np.bool_] = passing[self.row_documents]
        return flags


def _mapped(path: Path) -> NDArray[Any]:
    """Return an array of the disk as a read-only memory map."""
    try:
        mapped: NDArray[Any] = np.load(path, mmap_mode="r", allow_pickle=False)
    except OSError:
        raise
    except Exception as error:  # numpy reads the header as Python, and raises whatever that raises
        raise checked.damaged(path) from error
    return mapped.view(np.ndarray)  # slices of a `memmap` cost several times as much


def _mapped_bytes(path: Path) -> NDArray[np.uint8]:
    """Return a file as a read-only memory map; an empty one cannot be mapped."""
    if not path.stat().st_size:
        return np.zeros(0, np.uint8)
    return np.memmap(path, np.uint8, "r").view(np.ndarray)


def _between(lines: NDArray[np.uint8], ends: NDArray[np.int64], first: int, end: int) -> bytes:
    """Return the lines `first:end` of a file of which `ends` are the ends of all lines."""
    start = int(ends[first - 1]) if first else 0
    return lines[start : int(ends[end - 1])].tobytes() if end > first else b""


def read_current(parent: Path) -> tuple[str, str]:
    """Return the name of the current generation and the hash of its manifest.

    Raises:
        PinciteError: there is none yet.
        LibraryDamaged: CURRENT is not readable.

    """
    path = parent / CURRENT
    try:
        words = path.read_text(encoding="ascii").split()
    except FileNotFoundError:
        raise PinciteError(
            f"{parent.parent}: nothing to search yet. "
            f"Fill it with: pincite ingest CORPUS --library {quote(str(parent.parent))}"
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        what = f"cannot be read ({error.strerror})" if isinstance(error, OSError) else "is damaged"
        raise checked.damage(path, what) from error
    if len(words) != 2 or not words[0].startswith("gen-") or not words[0][4:].isdigit():
        raise checked.damage(path)
    return words[0], words[1]


def _read_manifest(folder: Path, digest: str) -> Manifest:
    path = folder / MANIFEST
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        raise checked.damage(path, "is missing") from None
    if hashlib.sha256(content).hexdigest() != digest:
        raise checked.damage(path)
    values = json.loads(content)
    if values["format"] > FORMAT:
        raise NewerFormat(f"{path} was written by a newer version of pincite; install that version")
    if values["format"] < FORMAT and values["format"] not in ALSO_READ:
        raise checked.damage(path, "was written by an older version of pincite")
    values["files"] = {name: (size, sha) for name, (size, sha) in values["files"].items()}
    values.setdefault("embedded", values["documents"] if values["model"] else 0)
    return Manifest(**values)


def verify(parent: Path) -> list[str]:
    """Return what is wrong with the current generation, hashing every file; [] if nothing is."""
    try:
        name, digest = read_current(parent)
        manifest = _read_manifest(parent / name, digest)
        checked.forget(parent / name)
        checked.check(parent / name, manifest.files, {})
    except PinciteError as error:
        return [error.fault if isinstance(error, LibraryDamaged) else str(error)]
    return []


def own_files_sound(opened: "Snapshot") -> bool:
    """Return whether the files of a generation, but for its base, have their hashes now."""
    known = checked.known(opened.folder)
    bases = {name: found for name, found in known.items() if name.startswith("../")}
    try:
        checked.check(opened.folder, opened.manifest.files, bases)
    except LibraryDamaged:
        return False
    return True


def base_sound(opened: "Snapshot") -> bool:
    """Return whether the vectors of a generation's base have their hash now."""
    size, digest = opened.manifest.files[f"../{opened.manifest.base}/{VECTORS}"]
    path = opened.base_folder / VECTORS
    return path.stat().st_size == size and file_sha256(path) == digest
