"""Near-duplicates, editions and translations: documents that say the same, found and grouped.

Two documents are compared by their shingles (runs of eight words, as in Broder, "On the resemblance and
containment of documents", 1997); of each document only the smallest hashes are kept, from which
resemblance and containment of the whole are estimated. A translation shares no words but its numbers:
two documents in different languages with nearly the same larger numbers are taken for one. Nothing is
hidden: a group only says so, newest first, and marks what is older. Comparing happens only when something
changed.
"""

from __future__ import annotations

import re
import struct
from array import array
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from itertools import combinations

from ingest.library.library import READABLE, Document, Library

# The setting that holds the state of the library when its documents were last compared.
COMPARED = "editions compared at"
# Raised by one whenever a sketch is made differently; older sketches are then made again.
SKETCH_SPACE = "sketches:1"
WORDS_IN_SHINGLE = 8
# Standard error of an estimated resemblance of .5 is .025 with so many hashes (Broder 1997).
HASHES = 400
# A number of fewer digits (a note, a percentage, a section) stands in any paper; so does a year. With
# three digits the note numbers of two different papers made them .53 alike.
FEWEST_DIGITS = 4

# Resemblance from which two documents are one in two states. Among 42 policy papers a report and its
# revision had .92, the next pair (two forms of one agency, filled in differently) .24.
NEAR_DUPLICATE = 0.5
# Share of the shorter document that also stands in the longer, from which it is an earlier or a shorter
# edition; only with the same title, years and edition numbers aside. Those two forms have .42.
EDITION_SHARE = 0.6
# Share of the larger numbers that two documents in different languages have in common, and how many such
# numbers they must have for that to say anything. Different papers had .06 at most.
SAME_NUMBERS = 0.6
FEWEST_NUMBERS = 15
# Translations differ in length by less than this factor.
LENGTH_RATIO = 2.0


@dataclass(frozen=True, slots=True)
class Sketch:
    """The smallest shingle hashes of a document, how many different shingles it has, and its numbers."""

    hashes: frozenset[int]
    shingles: int
    numbers: frozenset[int]

    def to_bytes(self) -> bytes:
        """Return the sketch as bytes, in an order of its own."""
        hashes, numbers = array("Q", sorted(self.hashes)), array("Q", sorted(self.numbers))
        head = struct.pack("<QQQ", self.shingles, len(hashes), len(numbers))
        return head + hashes.tobytes() + numbers.tobytes()

    @classmethod
    def from_bytes(cls, data: bytes) -> Sketch:
        """Return the sketch that `to_bytes` wrote."""
        shingles, first, second = struct.unpack_from("<QQQ", data)
        values = array("Q", data[24 : 24 + 8 * (first + second)])
        return cls(frozenset(values[:first]), shingles, frozenset(values[first:]))


@dataclass(frozen=True, slots=True)
class Candidate:
    """A document to be compared. `year`, `language` and `title` as in its metadata."""

    id: str
    title: str
    year: int | None
    language: str | None
    sketch: Sketch


def sketch_of(texts: Iterable[str]) -> Sketch:
    """Return the sketch of a document, given the texts of its passages."""
    words: list[str] = []
    numbers: set[int] = set()
    for text in texts:
        words += re.findall(r"\w+", text.casefold())
        numbers.update(_numbers(text))
    shingles = {
        _hash(" ".join(words[at : at + WORDS_IN_SHINGLE])) for at in range(len(words) - WORDS_IN_SHINGLE + 1)
    }
    return Sketch(frozenset(sorted(shingles)[:HASHES]), len(shingles), frozenset(sorted(numbers)[:HASHES]))


def _numbers(text: str) -> Iterator[int]:
    """Yield hashes of the larger numbers, without the signs that languages set differently."""
    for found in re.findall(r"(?<!\w)\d(?:[\d.,\u00a0\u202f']*\d)?(?!\w)", text):
        digits = re.sub(r"\D", "", found)
        year = len(digits) == 4 and digits == found and digits[:2] in {"18", "19", "20"}
        if len(digits) >= FEWEST_DIGITS and not year:
            yield _hash(digits)


def _hash(text: str) -> int:
    return int.from_bytes(blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "little")


def resemblance(one: Sketch, other: Sketch) -> float:
    """Return the estimated share of common shingles among all shingles of both (Jaccard), 0 to 1."""
    union = sorted(one.hashes | other.hashes)[:HASHES]
    if not union:
        return 0.0
    return sum(h in one.hashes and h in other.hashes for h in union) / len(union)


def containment(one: Sketch, other: Sketch) -> float:
    """Return the estimated share of the shorter document's shingles that the longer has, 0 to 1."""
    common = resemblance(one, other)
    shared = common / (1 + common) * (one.shingles + other.shingles)
    smaller = min(one.shingles, other.shingles)
    return min(1.0, shared / smaller) if smaller else 0.0


def same_numbers(one: Sketch, other: Sketch) -> float:
    """Return the share of common larger numbers among all of both, 0 where there are too few."""
    if min(len(one.numbers), len(other.numbers)) < FEWEST_NUMBERS:
        return 0.0
    return len(one.numbers & other.numbers) / len(one.numbers | other.numbers)


def related(one: Candidate, other: Candidate) -> bool:
    """Return whether two documents are near-duplicates, editions or translations of one another."""
    if one.language != other.language and one.language and other.language:
        lengths = sorted((one.sketch.shingles, other.sketch.shingles))
        alike = lengths[1] <= lengths[0] * LENGTH_RATIO
        return alike and same_numbers(one.sketch, other.sketch) >= SAME_NUMBERS
    if resemblance(one.sketch, other.sketch) >= NEAR_DUPLICATE:
        return True
    return bare_title(one.title) == bare_title(other.title) != "" and (
        containment(one.sketch, other.sketch) >= EDITION_SHARE
    )


def bare_title(title: str) -> str:
    """Return a title without years, numbers and words of editions, for telling editions of one work."""
    words = re.findall(r"[^\W\d_]+", title.casefold())
    return " ".join(word for word in words if word not in _EDITION_WORDS)


_EDITION_WORDS = frozenset(
    re.findall(
        r"\w+",
        """edition ed edición edicion edição version versión versao versão v rev revised revisada final draft
        borrador update updated actualización actualizada volume vol tomo st nd rd th""",
    )
)


def grouped(candidates: Sequence[Candidate]) -> dict[str, tuple[str, bool]]:
    """Return document id -> (group, is an older edition), for the documents that are not alone.

    A group is called by the smallest id in it. Older is what has a year before the newest of the group in
    the same language; without years nothing is called older.
    """
    parent = {candidate.id: candidate.id for candidate in candidates}

    def root(ident: str) -> str:
        while parent[ident] != ident:
            ident = parent[ident]
        return ident

    for one, other in _pairs(candidates):
        first, second = sorted((root(one.id), root(other.id)))
        if first != second and related(one, other):
            parent[second] = first
    groups: dict[str, list[Candidate]] = defaultdict(list)
    for candidate in candidates:
        groups[root(candidate.id)].append(candidate)
    result: dict[str, tuple[str, bool]] = {}
    for name, members in groups.items():
        if len(members) > 1:
            newest: dict[str | None, int] = {}
            for member in members:
                newest[member.language] = max(newest.get(member.language, 0), member.year or 0)
            for member in members:
                older = member.year is not None and member.year < newest[member.language]
                result[member.id] = (name, older)
    return result


def _pairs(candidates: Sequence[Candidate]) -> Iterator[tuple[Candidate, Candidate]]:
    """Yield the pairs that have enough hashes in common to be worth comparing, each once, in order."""
    holders: dict[int, list[int]] = defaultdict(list)
    for at, candidate in enumerate(candidates):
        for value in candidate.sketch.hashes | candidate.sketch.numbers:
            holders[value].append(at)
    common: Counter[tuple[int, int]] = Counter()
    for places in holders.values():
        # What very many documents share (a form, a licence text) tells none of them apart.
        if 1 < len(places) <= 50:
            common.update(combinations(places, 2))
    for (one, other), count in sorted(common.items()):
        if count >= 5:
            yield candidates[one], candidates[other]


def update_groups(library: Library) -> int:
    """Group editions and translations among all documents; return how many documents are in groups now.

    The sketch of a document is made once and kept; nothing is done for a library that did not change.
    """
    documents = library.documents()
    if library.setting(COMPARED) != library.state():
        comparable = [doc for doc in documents if doc.state in READABLE and doc.passage_count]
        sketches = _sketches(library, comparable)
        found = grouped(
            [
                Candidate(
                    id=doc.id,
                    title=doc.metadata.title or doc.file,
                    year=doc.metadata.year,
                    language=doc.metadata.language or doc.language,
                    sketch=sketches[doc.id],
                )
                for doc in comparable
            ]
        )
        if found != {doc.id: (doc.group, doc.older_edition) for doc in documents if doc.group}:
            library.put_groups(found)
        library.collect_derived(SKETCH_SPACE, sketches)
        library.set_setting(COMPARED, library.state())
        return len(found)
    return sum(doc.group is not None for doc in documents)


def _sketches(library: Library, documents: list[Document]) -> dict[str, Sketch]:
    kept = library.get_derived(SKETCH_SPACE, [document.id for document in documents])
    made: dict[str, Sketch] = {}
    for document in documents:
        if document.id not in kept:
            texts = (stored.passage.text for stored in library.passages(document.id))
            made[document.id] = sketch_of(texts)
    library.put_derived(SKETCH_SPACE, ((ident, sketch.to_bytes()) for ident, sketch in made.items()))
    return {ident: Sketch.from_bytes(data) for ident, data in kept.items()} | made
