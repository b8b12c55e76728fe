"""The pieces of a question without loading a vocabulary of 250,000: only those that stand in it are looked up.

`tokenizers` takes 0.8 s of CPU and 180 MB to load such a vocabulary, for a question that has 20 pieces. Here the
library cuts the question as always, with its own normaliser and its own search for the best pieces, but over a
vocabulary of the few pieces that are substrings of this question. They are found by hash in a table that is made once
of tokenizer.json, kept beside it, and proven against the whole vocabulary when it is made.

    pieces.npz    hashes (n) ascending, ids (n), scores (n) of all pieces
    pieces.json   `Facts`: what else is needed, SHA-256 of the arrays, or why there is no table

Passages are cut with the whole vocabulary.
"""

import json
import logging
import os
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ingest.atomic_files import file_sha256

if TYPE_CHECKING:
    from numpy import float64, int32, uint64
    from numpy.typing import NDArray

log = logging.getLogger(__name__)

ARRAYS, FACTS = "pieces.npz", "pieces.json"
LONGEST_PIECE = 32
"""Characters of the longest piece that is looked for; XLM-R's have 16 at most."""
PROOFS = (
    "query: What keeps migrants from using health services?",
    "query: ¿Cuántas personas carecen de seguro de salud en 2021? ",
    "query: O SUS  atende\ttodas as pessoas\u200b – ½ ﬁm №5",
    "query: supercalifragilistisch 漢字かな交じり文 русский नमस्ते 🙂🙂 \u0001x",
    "",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What is known beside the arrays.

    `frame` is tokenizer.json without its pieces, `before` and `after` are the ids around every text, `source` and
    `arrays` the SHA-256 of tokenizer.json and of the arrays. `refused` says why there is no table, else it is empty.
    """

    frame: dict[str, Any]
    before: Sequence[int]
    after: Sequence[int]
    unknown: int
    least_score: float
    longest: int
    special: Sequence[str]
    source: str
    arrays: str
    refused: str = ""


class QuestionPieces:
    """Cuts questions as the whole tokenizer of a folder would. Safe for several threads."""

    def __init__(self, folder: Path, facts: Facts, budget: int) -> None:
        """Open a table that `opened` found sound; texts are cut to `budget` pieces, special ones included."""
        import numpy as np
        from tokenizers import Tokenizer

        with np.load(folder / ARRAYS) as arrays:
            self._hashes: NDArray[uint64] = arrays["hashes"]
            self._ids: NDArray[int32] = arrays["ids"]
            self._scores: NDArray[float64] = arrays["scores"]
        self._facts = facts
        self._budget = budget
        self._frame = Tokenizer.from_str(json.dumps(facts.frame))

    def ids(self, text: str) -> list[int] | None:
        """Return the ids of a question's pieces, None where it names a special piece and the table does not hold."""
        facts = self._facts
        if any(special in text for special in facts.special):
            return None
        words = self._words(text)
        ids = [ident for word in self._cut(words) for ident in word]
        room = self._budget - len(facts.before) - len(facts.after)
        return [*facts.before, *ids[:room], *facts.after]

    def _words(self, text: str) -> list[str]:
        frame = self._frame
        normal = frame.normalizer.normalize_str(text) if frame.normalizer is not None else text
        if frame.pre_tokenizer is None:
            return [normal] if normal else []
        return [word for word, _ in frame.pre_tokenizer.pre_tokenize_str(normal)]

    def _cut(self, words: Sequence[str]) -> list[list[int]]:
        from tokenizers.models import Unigram

        found = self._known(words)
        # The least score of the whole vocabulary decides what an unknown character costs.
        vocabulary = [("", self._facts.least_score), *((piece, score) for piece, _, score in found)]
        numbers = [self._facts.unknown, *(ident for _, ident, _ in found)]
        model = Unigram(vocabulary, 0, False)
        return [[numbers[token.id] for token in model.tokenize(word)] for word in words]

    def _known(self, words: Iterable[str]) -> list[tuple[str, int, float]]:
        """Return piece, id and score of every piece that is a substring of a word."""
        import numpy as np

        longest = self._facts.longest
        parts = sorted(
            {
                word[i:j]
                for word in words
                for i in range(len(word))
                for j in range(i + 1, min(i + longest, len(word)) + 1)
            }
        )
        hashes = np.array([hash_of(part) for part in parts], np.uint64)
        at = np.minimum(np.searchsorted(self._hashes, hashes), len(self._hashes) - 1)
        there = np.flatnonzero(self._hashes[at] == hashes).tolist()
        return [(parts[place], int(self._ids[at[place]]), float(self._scores[at[place]])) for place in there]


def hash_of(piece: str) -> int:
    """Return 64 bits that stand for a piece."""
    return int.from_bytes(blake2b(piece.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "little")


def opened(folder: Path, budget: int, source: str) -> QuestionPieces | None:
    """Return the table of a folder, made if there is none yet; None where its tokenizer is of another kind.

    `source` is the SHA-256 of its tokenizer.json.
    """
    facts = _read(folder)
    if facts is None or facts.source != source or not (facts.refused or _sound(folder, facts)):
        facts = _made(folder, source)
    return None if facts is None or facts.refused else QuestionPieces(folder, facts, budget)


def _sound(folder: Path, facts: Facts) -> bool:
    try:
        return file_sha256(folder / ARRAYS) == facts.arrays
    except OSError:
        return False


def _read(folder: Path) -> Facts | None:
    try:
        return Facts(**json.loads((folder / FACTS).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError) as error:
        log.info("%s has no table of pieces yet: %s", folder, error)
        return None


def _made(folder: Path, source: str) -> Facts | None:
    """Make the table and keep it; return what is known of it, None where it cannot be written."""
    draft = folder / f".{ARRAYS}.{os.getpid()}"
    try:
        facts = _written(folder, source, draft)
        if not facts.refused:
            draft.replace(folder / ARRAYS)
            wrong = _disproved(folder, facts)
            facts = _refusal(source, wrong) if wrong else facts
        fresh = folder / f".{FACTS}.{os.getpid()}"
        fresh.write_text(json.dumps(asdict(facts), ensure_ascii=False), encoding="utf-8")
        fresh.replace(folder / FACTS)
        return facts
    except OSError as error:
        log.info("%s: the table of pieces cannot be kept: %s", folder, error)
        return None
    finally:
        draft.unlink(missing_ok=True)


def _written(folder: Path, source: str, draft: Path) -> Facts:
    import numpy as np

    content = json.loads((folder / "tokenizer.json").read_text(encoding="utf-8"))
    model = content["model"]
    if model.get("type") != "Unigram" or model.get("byte_fallback") or model.get("unk_id") is None:
        return _refusal(source, f"its pieces are of the kind {model.get('type')}")
    pieces = model["vocab"]
    hashes = np.array([hash_of(piece) for piece, _ in pieces], np.uint64)
    order = np.argsort(hashes)
    if len(np.unique(hashes)) < len(hashes):
        return _refusal(source, "two pieces share a hash")
    with draft.open("wb") as file:
        scores = np.array([score for _, score in pieces], np.float64)
        np.savez(file, hashes=hashes[order], ids=order.astype(np.int32), scores=scores[order])
    before, after = _around(folder)
    unknown = model["unk_id"]
    frame = content | {"model": model | {"vocab": [pieces[unknown]], "unk_id": 0}, "added_tokens": []}
    return Facts(
        frame=frame | {"post_processor": None, "decoder": None, "truncation": None, "padding": None},
        before=before,
        after=after,
        unknown=unknown,
        least_score=min(score for _, score in pieces),
        longest=min(LONGEST_PIECE, max(len(piece) for piece, _ in pieces)),
        special=[token["content"] for token in content["added_tokens"]],
        source=source,
        arrays=file_sha256(draft),
    )


def _refusal(source: str, reason: str) -> Facts:
    return Facts(
        frame={}, before=[], after=[], unknown=0, least_score=0.0, longest=0, special=[], source=source, arrays="",
        refused=reason,
    )  # fmt: skip


def _whole(folder: Path) -> Any:
    from tokenizers import Tokenizer

    return Tokenizer.from_file(str(folder / "tokenizer.json"))


def _around(folder: Path) -> tuple[list[int], list[int]]:
    """Return the ids that stand before and after every text."""
    ids, bare = (_whole(folder).encode("a", add_special_tokens=special).ids for special in (True, False))
    at = next(i for i in range(len(ids)) if ids[i : i + len(bare)] == bare)
    return ids[:at], ids[at + len(bare) :]


def _disproved(folder: Path, facts: Facts) -> str:
    """Return which of the proofs is cut otherwise than with the whole vocabulary, "" for none."""
    whole, budget = _whole(folder), 1_000
    pieces = QuestionPieces(folder, facts, budget)
    for text in PROOFS:
        if pieces.ids(text) != whole.encode(text).ids:
            return f"{text!r} is cut otherwise"
    return ""
