"""One entry of a reference file as metadata, whatever format it was written in."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ingest.errors import UsageError
from ingest.metadata.metadata import checked
from ingest.text.safe import printable

KINDS = {
    "article": "journal article",
    "article-journal": "journal article",
    "article-magazine": "magazine article",
    "article-newspaper": "news",
    "book": "book",
    "chapter": "chapter",
    "dataset": "dataset",
    "legislation": "law",
    "regulation": "law",
    "report": "report",
    "thesis": "thesis",
    "webpage": "web page",
    "paper-conference": "conference paper",
    "inbook": "chapter",
    "incollection": "chapter",
    "inproceedings": "conference paper",
    "conference": "conference paper",
    "techreport": "report",
    "phdthesis": "thesis",
    "mastersthesis": "thesis",
    "online": "web page",
    "electronic": "web page",
    "www": "web page",
    "jurisdiction": "law",
    "JOUR": "journal article",
    "MGZN": "magazine article",
    "NEWS": "news",
    "BOOK": "book",
    "CHAP": "chapter",
    "DATA": "dataset",
    "STAT": "law",
    "RPRT": "report",
    "THES": "thesis",
    "ELEC": "web page",
    "CONF": "conference paper",
    "CPAPER": "conference paper",
}
"""The kinds of BibTeX, CSL and RIS -> the word that `Metadata.type` has for them."""

_DATE = re.compile(r"((?:1[4-9]|20)\d\d)(?:[-/](\d{1,2})(?:[-/](\d{1,2}))?)?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """What an entry says: `values` are fields of `Metadata`, checked; `attachments` are paths as they are written.

    `file` is the reference file (relative to the corpus), `entry` names the entry in it. `unfit` are fields whose
    value was no value of theirs.
    """

    file: str
    entry: str
    values: Mapping[str, Any]
    attachments: tuple[str, ...] = ()
    unfit: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{printable(self.file)}, entry {printable(self.entry)}"


@dataclass(slots=True)
class Entry:
    """An entry as a format has it, before its values are checked; None and empty ones are not there."""

    name: str
    fields: dict[str, Any]
    attachments: Sequence[str] = field(default_factory=tuple)

    def reference(self, file: str) -> Reference:
        """Return the entry with the values that fit their fields; the year is that of the date where there is one."""
        date = iso_date(str(self.fields.get("date") or ""))
        self.fields["date"] = date
        self.fields["year"] = (date or str(self.fields.get("year") or ""))[:4] or None
        values: dict[str, Any] = {}
        unfit = []
        for name, raw in self.fields.items():
            if raw in (None, "", [], ()):
                continue
            try:
                value = checked(name, raw)
            except UsageError:
                unfit.append(name)
                continue
            if value:
                values[name] = value
        # A date that is no more than a year says what the year says.
        if values.get("date") == str(values.get("year")):
            del values["date"]
        attachments = tuple(dict.fromkeys(path for path in self.attachments if path))
        return Reference(
            file=file, entry=self.name, values=values, attachments=attachments, unfit=tuple(unfit)
        )


def iso_date(text: str) -> str | None:
    """Return "2022", "2022-05" or "2022-05-03" of a date that begins so, with hyphens or slashes; None of another."""
    match = _DATE.match(text.strip())
    if match is None:
        return None
    parts = [match[1], *(f"{int(part):02d}" for part in match.groups()[1:] if part and int(part))]
    return "-".join(parts)


def personal_name(family: str, given: str = "", suffix: str = "") -> str:
    """Return "Family, Jr, Given"; a name without given names is one name as it is."""
    return ", ".join(part for part in (family.strip(), suffix.strip(), given.strip()) if part)


def tags_of(text: str) -> list[str]:
    """Return the keywords of one field: parted by semicolons, or where there are none by commas."""
    parts = text.split(";") if ";" in text else text.split(",")
    return [part.strip() for part in parts if part.strip()]
