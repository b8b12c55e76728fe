"""Briefs kept on the server: under whom they belong to, through reload, restart and re-ingest.

    <library>/briefs/<owner>/<brief>.json      one brief, as JSON, written whole
    <library>/briefs/<owner>/current           the brief that is open

Every change is made on what is stored now, under the lock of the owner's folder (`app.service.owner_folder`).
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from app.exports.brief import MAX_NOTE, Brief, Item
from app.exports.brief_copy import encoded
from app.service.note_merge import merged_note
from app.service.owner_folder import OwnerFolder
from ingest.atomic_files import whole_file
from ingest.errors import PinciteError

MOST_BRIEFS = 50
"""Briefs of one owner, deleted ones not counted."""
MOST_REMOVED = 50
LONGEST_NAME = 80
_CURRENT = "current"
_ID = re.compile(r"[0-9a-f]{12}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A brief as stored. `version` grows by one with every change; times are ISO in UTC.

    `removed` are the items that were taken out, newest last, with the place each had: what undo puts back.
    `deleted` is when the whole brief was deleted, None while it is there.
    """

    id: str
    name: str
    created: str
    changed: str
    version: int = 0
    brief: Brief = field(default_factory=Brief)
    removed: tuple[tuple[int, Item], ...] = ()
    deleted: str | None = None


class Briefs:
    """The briefs of one owner in a library. All methods may be called from any thread and process.

    Those that change something raise PinciteError where it cannot be stored: nothing is changed then.
    """

    def __init__(self, library: Path, owner: str) -> None:
        self._owner = OwnerFolder(library, owner)
        self._folder = self._owner.path

    def listed(self) -> list[Kept]:
        """Return the briefs that are not deleted, oldest first."""
        found = (self._read(path.stem) for path in self._folder.glob("*.json"))
        briefs = [kept for kept in found if kept is not None and kept.deleted is None]
        return sorted(briefs, key=lambda kept: (kept.created, kept.id))

    def current(self) -> Kept | None:
        """Return the brief that was opened last, else the newest one, None without any."""
        try:
            named = (self._folder / _CURRENT).read_text(encoding="ascii", errors="replace").strip()
        except (FileNotFoundError, NotADirectoryError):
            named = ""
        kept = self.get(named)
        return kept if kept is not None else next(reversed(self.listed()), None)

    def get(self, ident: str) -> Kept | None:
        """Return a brief that is not deleted, None where there is none."""
        kept = self._read(ident)
        return kept if kept is not None and kept.deleted is None else None

    def open(self, ident: str) -> Kept | None:
        """Make a brief the current one; where there is none of this id nothing is changed."""
        with self._owner.lock():
            kept = self.get(ident)
            if kept is not None:
                self._open(ident)
            return kept

    def create(self, name: str, brief: Brief | None = None) -> Kept:
        """Return a new brief, which is the current one from now on."""
        with self._owner.lock():
            if len(self.listed()) >= MOST_BRIEFS:
                raise PinciteError(f"there are {MOST_BRIEFS} briefs already; delete one first")
            now = _now()
            kept = Kept(
                id=secrets.token_hex(6),
                name=_name(name),
                created=now,
                changed=now,
                version=1,
                brief=brief or Brief(),
            )
            self._write(kept)
            self._open(kept.id)
            return kept

    def rename(self, ident: str, name: str) -> Kept | None:
        """Give a brief another name; an empty one changes nothing."""
        return self._change(ident, lambda kept: replace(kept, name=_name(name) or kept.name))

    def delete(self, ident: str) -> Kept | None:
        """Delete a brief; `restore` brings it back."""
        return self._change(ident, lambda kept: replace(kept, deleted=_now()))

    def restore(self, ident: str) -> Kept | None:
        """Bring a deleted brief back and open it."""
        self._change(ident, lambda kept: replace(kept, deleted=None))
        return self.open(ident)

    def add(self, ident: str, item: Item) -> Kept | None:
        """Put an item at the end of a brief, with the note it had if it was in it before."""

        def act(kept: Kept) -> Kept:
            earlier = _removed(kept, item.passage.id)
            note = item.note or (earlier[1].note if earlier else "")
            return replace(kept, brief=kept.brief.add(replace(item, note=note)))

        return self._change(ident, act)

    def remove(self, ident: str, passage_id: str) -> Kept | None:
        """Take a passage out of a brief; `put_back` undoes it."""

        def act(kept: Kept) -> Kept:
            if passage_id not in kept.brief:
                return kept
            here = kept.brief.index_of(passage_id)
            removed = (*kept.removed, (here, kept.brief.items[here]))[-MOST_REMOVED:]
            return replace(kept, brief=kept.brief.remove(passage_id), removed=removed)

        return self._change(ident, act)

    def put_back(self, ident: str, passage_id: str) -> Kept | None:
        """Put a passage that was taken out back to its place."""

        def act(kept: Kept) -> Kept:
            earlier = _removed(kept, passage_id)
            return replace(kept, brief=kept.brief.insert(*earlier)) if earlier else kept

        return self._change(ident, act)

    def move(self, ident: str, passage_id: str, steps: int) -> Kept | None:
        """Move a passage up (negative) or down."""
        return self._change(
            ident,
            lambda kept: (
                replace(kept, brief=kept.brief.move(passage_id, steps)) if passage_id in kept.brief else kept
            ),
        )

    def note(self, ident: str, passage_id: str, base: str, text: str, told: str | None = None) -> Kept | None:
        """Store the note that was typed over `base`, merged with what is stored now (`merged_note`).

        `told` is what the same field sent before it. A passage that was taken out meanwhile comes back with its note.
        """

        def act(kept: Kept) -> Kept:
            brief = kept.brief
            if passage_id not in brief:
                earlier = _removed(kept, passage_id)
                if earlier is None or text == base:
                    return kept
                brief = brief.insert(*earlier)
            here = brief.index_of(passage_id)
            note = merged_note(base, brief.items[here].note, text[:MAX_NOTE], told)
            items = (*brief.items[:here], replace(brief.items[here], note=note), *brief.items[here + 1 :])
            return replace(kept, brief=Brief(items))

        return self._change(ident, act)

    def _change(self, ident: str, act: Callable[[Kept], Kept]) -> Kept | None:
        with self._owner.lock():
            kept = self._read(ident)
            if kept is None:
                return None
            changed = act(kept)
            if changed != kept:
                changed = replace(changed, version=kept.version + 1, changed=_now())
                self._write(changed)
            return changed

    def _open(self, ident: str) -> None:
        with whole_file(self._folder / _CURRENT) as file:
            file.write(ident.encode("ascii"))

    def _write(self, kept: Kept) -> None:
        with whole_file(self._folder / f"{kept.id}.json") as file:
            file.write(encoded(kept))

    def _read(self, ident: str) -> Kept | None:
        if not _ID.fullmatch(ident):
            return None
        path = self._folder / f"{ident}.json"
        try:
            return _DECODER.decode(path.read_bytes())
        except (FileNotFoundError, NotADirectoryError):
            return None
        except (OSError, msgspec.MsgspecError) as error:
            raise PinciteError(f"{path}: this brief cannot be read ({error})") from error


_DECODER = msgspec.json.Decoder(Kept)


def _removed(kept: Kept, passage_id: str) -> tuple[int, Item] | None:
    return next((found for found in reversed(kept.removed) if found[1].passage.id == passage_id), None)


def _name(text: str) -> str:
    return " ".join(text.split())[:LONGEST_NAME]


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="microseconds")
