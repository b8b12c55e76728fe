"""What somebody typed and has not sent yet, so that no reload of a page drops it: drafts, questions, metadata.

    <library>/briefs/<owner>/typed.json      all of it, as JSON, written whole

A place is a field of the page: the key of its widget, without the turn of the field (`app.ui.typed_text`).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from pathlib import Path

import msgspec

from app.service.owner_folder import OwnerFolder
from ingest.atomic_files import whole_file
from ingest.errors import PinciteError, UsageError

FILE = "typed.json"
MOST_PLACES = 60
MOST_CHARACTERS = 200_000
"""Of one text: a draft of about 80 pages."""
PLACE = re.compile(
    r"draft_text|table_questions|gold_question|gold_quote|heading-[0-9a-f]{16}|meta-[a-z]{1,20}-[0-9a-f]{32}"
)


class Typed(msgspec.Struct, frozen=True):
    """A text, and which message of which opened page told it: of one page an older message changes nothing."""

    text: str
    page: str = ""
    turn: int = 0


class TypedTexts:
    """The unsent texts of one owner in a library. All methods may be called from any thread and process.

    Those that change something raise PinciteError where it cannot be stored.
    """

    def __init__(self, library: Path, owner: str) -> None:
        self._owner = OwnerFolder(library, owner)
        self._path = self._owner.path / FILE

    def texts(self) -> dict[str, str]:
        """Return the texts by place, the one typed last at the end. Raises PinciteError."""
        return {place: typed.text for place, typed in self._read().items() if typed.text}

    def keep(self, place: str, text: str, page: str = "", turn: int = 0) -> None:
        """Store the text of a place; of more than MOST_PLACES the oldest are dropped.

        Raises UsageError for what is no place or too long.
        """
        if not PLACE.fullmatch(place) or len(text) > MOST_CHARACTERS or len(page) > MOST_PLACES:
            raise UsageError("no place for a text, or too long a text")
        with self._owner.lock():
            kept = self._read()
            before = kept.pop(place, None)
            if before is not None and before.page == page and turn < before.turn:
                return
            kept[place] = Typed(text, page, turn)
            self._write(dict([*kept.items()][-MOST_PLACES:]))

    def forget(self, places: Collection[str]) -> None:
        """Drop the texts of places: they were sent, or saved."""
        if not self.texts().keys() & set(places):
            return
        with self._owner.lock():
            self._write({place: typed for place, typed in self._read().items() if place not in places})

    def _read(self) -> dict[str, Typed]:
        try:
            return _DECODER.decode(self._path.read_bytes())
        except (FileNotFoundError, NotADirectoryError):
            return {}
        except (OSError, msgspec.MsgspecError) as error:
            raise PinciteError(f"{self._path}: what was typed cannot be read ({error})") from error

    def _write(self, kept: Mapping[str, Typed]) -> None:
        with whole_file(self._path) as file:
            file.write(msgspec.json.encode(kept))


_DECODER = msgspec.json.Decoder(dict[str, Typed])
