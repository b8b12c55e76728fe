"""The last questions of a visitor, the searches that they saved, and which documents they have not met yet.

    <library>/briefs/<owner>/searches.json      all of it, as JSON, written whole

What is new is told by the documents that the index held at an earlier moment, by their ids and not by times: a document
counts as new when it can first be found, whenever it was read, and a library that is read anew has nothing new in it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from app.service.owner_folder import OwnerFolder
from app.service.search import MAX_HITS, Mode, only, search
from index.query.filters import matches
from ingest.atomic_files import whole_file
from ingest.errors import PinciteError

if TYPE_CHECKING:
    from index.search import Hit, Searcher
    from ingest.library.records import Document

FILE = "searches.json"
MOST_RECENT = 30
MOST_SAVED = 50
ROOM_FOR_QUESTIONS = 0.5
"""Share of the room for owners that the last questions may take: they are lost lightly, briefs are not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A search: the question, filters under the keys of `index.query.filters`, and the mode."""

    question: str
    filters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    mode: str = Mode.hybrid.value

    @property
    def id(self) -> str:
        """12 hex digits: equal searches, equal ids, in whatever order the filters are given."""
        filters = sorted((key, sorted(values)) for key, values in self.filters.items() if values)
        return _hex((self.question, filters, self.mode))


@dataclass(frozen=True, slots=True, kw_only=True)
class Recent:
    """A question that was asked; `at` is an ISO time in UTC."""

    asked: Asked
    at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Saved:
    """A saved search. `opened` is when it was saved or last opened, `known` names the documents of that moment."""

    asked: Asked
    created: str
    opened: str
    known: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """All that is kept of one owner: last questions and saved searches, newest first, and sets of documents by name.

    `visited` is the name of the set of documents that there were at the last visit.
    """

    recent: tuple[Recent, ...] = ()
    saved: tuple[Saved, ...] = ()
    visited: str | None = None
    documents: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def known_of(self, saved: Saved) -> frozenset[str]:
        """Return the ids of the documents there were when a search was last opened."""
        return frozenset(self.documents.get(saved.known, ()))


class Searches:
    """What one owner asked and saved in a library. All methods may be called from any thread and process.

    Those that change something raise PinciteError where it cannot be stored: nothing is changed then.
    """

    def __init__(self, library: Path, owner: str) -> None:
        self._owner = OwnerFolder(library, owner)
        self._path = self._owner.path / FILE

    def recent(self) -> tuple[Recent, ...]:
        """Return the last questions, newest first, each search once."""
        return self.kept().recent

    def saved(self) -> tuple[Saved, ...]:
        """Return the saved searches, newest first."""
        return self.kept().saved

    def saved_with_known(self) -> tuple[tuple[Saved, frozenset[str]], ...]:
        """Return the saved searches, each with the ids of the documents there were when it was last opened."""
        kept = self.kept()
        return tuple((one, kept.known_of(one)) for one in kept.saved)

    def record(self, asked: Asked) -> None:
        """Put a question first among the last ones."""
        now = Recent(asked=asked, at=_now())

        def act(kept: Kept) -> Kept:
            others = [one for one in kept.recent if one.asked.id != asked.id]
            return replace(kept, recent=(now, *others)[:MOST_RECENT])

        self._change(act, ROOM_FOR_QUESTIONS)

    def forget_recent(self) -> None:
        """Drop the last questions."""
        self._change(lambda kept: replace(kept, recent=()))

    def save(self, asked: Asked, documents: Iterable[str]) -> None:
        """Save a search, with the ids of the documents that there are now; one that is saved already stays so."""
        mark, ids = _marked(documents)

        def act(kept: Kept) -> Kept:
            if any(one.asked.id == asked.id for one in kept.saved):
                return kept
            if len(kept.saved) >= MOST_SAVED:
                raise PinciteError(f"there are {MOST_SAVED} saved searches already; remove one first")
            now = _now()
            made = Saved(asked=asked, created=now, opened=now, known=mark)
            return replace(kept, saved=(made, *kept.saved), documents={**kept.documents, mark: ids})

        self._change(act)

    def remove(self, ident: str) -> None:
        """Remove a saved search by the id of what it asks."""
        self._change(
            lambda kept: replace(kept, saved=tuple(one for one in kept.saved if one.asked.id != ident))
        )

    def opened(self, ident: str, documents: Iterable[str]) -> None:
        """Note that a saved search was opened while these documents were there."""
        mark, ids = _marked(documents)

        def act(kept: Kept) -> Kept:
            saved = tuple(
                replace(one, opened=_now(), known=mark) if one.asked.id == ident else one
                for one in kept.saved
            )
            return replace(kept, saved=saved, documents={**kept.documents, mark: ids})

        self._change(act)

    def visit(self, documents: Iterable[str]) -> frozenset[str] | None:
        """Note a visit while these documents are there; return those of the visit before, None for the first one.

        Of somebody for whom nothing is kept no visit is noted either.
        """
        if not self._path.exists():
            return None
        mark, ids = _marked(documents)
        kept = self.kept()
        before = kept.documents.get(kept.visited or "")
        if kept.visited != mark:
            self._change(lambda kept: replace(kept, visited=mark, documents={**kept.documents, mark: ids}))
        return None if before is None else frozenset(before)

    def _change(self, act: Callable[[Kept], Kept], share: float = 1.0) -> None:
        with self._owner.lock(share):
            kept = self.kept()
            changed = act(kept)
            if changed != kept:
                used = {one.known for one in changed.saved} | {changed.visited}
                documents = {mark: ids for mark, ids in changed.documents.items() if mark in used}
                with whole_file(self._path) as file:
                    file.write(msgspec.json.encode(replace(changed, documents=documents)))

    def kept(self) -> Kept:
        """Return all that is kept, read once. Raises PinciteError where it cannot be read."""
        try:
            return _DECODER.decode(self._path.read_bytes())
        except (FileNotFoundError, NotADirectoryError):
            return Kept()
        except (OSError, msgspec.MsgspecError) as error:
            raise PinciteError(f"{self._path}: the saved searches cannot be read ({error})") from error


_DECODER = msgspec.json.Decoder(Kept)


def new_documents(
    documents: Iterable[Document], asked: Asked, known: Collection[str]
) -> tuple[Document, ...]:
    """Return the documents that pass the filters of a search and are not among the known ones."""
    return tuple(one for one in documents if one.id not in known and matches(one, asked.filters))


def new_passages(
    searcher: Searcher, asked: Asked, known: Collection[str], k: int = MAX_HITS
) -> tuple[Hit, ...]:
    """Return the passages of documents that are not known, best first, that are no weak match for the question."""
    fresh = new_documents(searcher.snapshot.documents, asked, known)
    if not fresh:
        return ()
    result = search(searcher, asked.question, k=k, mode=asked.mode, filters=only(fresh, None)).result
    return tuple(hit for hit in result.hits if not hit.weak)


def _marked(documents: Iterable[str]) -> tuple[str, tuple[str, ...]]:
    """Return a set of documents with the name it is kept under: searches opened at one moment share it."""
    ids = tuple(sorted(set(documents)))
    return _hex(ids), ids


def _hex(value: object) -> str:
    return hashlib.sha256(ascii(value).encode("ascii")).hexdigest()[:12]


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
