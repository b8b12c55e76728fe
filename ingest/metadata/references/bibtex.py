"""BibTeX and BibLaTeX files, read by pybtex; TeX is taken for the text it sets."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from ingest.errors import UsageError
from ingest.metadata.references.reference import KINDS, Entry, personal_name, tags_of

if TYPE_CHECKING:
    from pybtex.database import Person

# LaTeX's own names (The LaTeX Companion, table of text symbols), of which pybtex knows only some.
_SYMBOLS = {
    r"{\textbackslash}": "\\",
    r"{\textbraceleft}": "{",
    r"{\textbraceright}": "}",
    r"{\textasciitilde}": "~",
    r"{\textasciicircum}": "^",
    r"\textbackslash{}": "\\",
    r"\textasciitilde{}": "~",
    r"\textasciicircum{}": "^",
    r"\{": "{",
    r"\}": "}",
    r"\$": "$",
    r"\,": " ",
}
_SYMBOL = re.compile("(" + "|".join(map(re.escape, _SYMBOLS)) + ")")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
# "Full Text:files/12/a.pdf:application/pdf;b.pdf", where ":" and ";" inside a part stand behind a backslash.
_PART = re.compile(r"(?<!\\);")
_SECTION = re.compile(r"(?<!\\):")


def read_bibtex(text: str, where: str) -> Iterator[Entry]:
    """Yield the entries of a BibTeX file. Raises: UsageError, beginning with `where`, with the line it breaks at."""
    from pybtex import errors
    from pybtex.database import PybtexError, parse_string
    from pybtex.scanner import PybtexSyntaxError

    with errors.capture() as faults:  # a repeated key costs its entry, not the file
        try:
            found = parse_string(text, "bibtex")
        except PybtexError as error:
            faults.append(error)
    broken = next((one for one in faults if isinstance(one, PybtexSyntaxError)), None)
    if broken is not None:
        raise UsageError(f"{where}, line {broken.lineno}: not BibTeX ({_one_line(broken)}).") from broken
    for key, entry in found.entries.items():
        yield _entry(str(key), entry)


def _entry(key: str, entry: Any) -> Entry:
    fields = {str(name).lower(): str(value) for name, value in entry.fields.items()}

    def first(*names: str) -> str | None:
        return next((plain(fields[name]) for name in names if fields.get(name)), None)

    container = first("journal", "journaltitle", "booktitle", "maintitle", "series")
    publisher = first("publisher", "institution", "school", "organization")
    word = first("type") or KINDS.get(str(entry.type).lower())
    date = fields.get("date") or _with_month(
        fields.get("year", ""), fields.get("month", ""), fields.get("day", "")
    )
    return Entry(
        key,
        {
            "title": first("title"),
            "publisher": publisher,
            "authors": [_name(person) for person in entry.persons.get("author", ())],
            "editors": [_name(person) for person in entry.persons.get("editor", ())],
            "year": fields.get("year"),
            "date": date,
            "type": word,
            "container": None if container == publisher else container,
            "doi": address(fields.get("doi", "")),
            "isbn": first("isbn"),
            "url": address(fields.get("url", "")),
            "language": first("langid", "language"),
            "tags": tags_of(plain(fields.get("keywords", ""))),
        },
        attachments_of(fields.get("file", "")),
    )


def plain(tex: str) -> str:
    """Return the text that TeX sets: accents and symbols as characters, without braces, on one line."""
    from pybtex.richtext import Text

    parts = (_SYMBOLS.get(part) or _set(Text, part) for part in _SYMBOL.split(tex))
    return " ".join("".join(parts).split())


def _set(text: Any, tex: str) -> str:
    around = tex[: len(tex) - len(tex.lstrip())], tex[len(tex.rstrip()) :] if tex.strip() else ""
    try:
        return str(text.from_latex(tex.strip())).join(around)
    except Exception:  # pybtex and latexcodec raise what they meet in TeX that is none
        return re.sub(r"[{}]", "", tex)


def address(text: str) -> str:
    """Return a field that is written as it is, whoever escaped it all the same."""
    return re.sub(r"\\([_%&#$~{}])", r"\1", text).strip()


def attachments_of(field: str) -> list[str]:
    """Return the paths of a `file` field, as Zotero, JabRef and Mendeley write it."""
    paths = []
    for part in _PART.split(field):
        sections = [re.sub(r"\\([:;\\{}_])", r"\1", section) for section in _SECTION.split(part)]
        # "C:\papers\a.pdf" of Windows has a drive in front.
        named = [
            one for one in sections if "." in one.rsplit("/", 1)[-1] and "/" not in one.rsplit(".", 1)[-1]
        ]
        paths += [one.strip() for one in (named[:1] if len(sections) > 1 else sections) if one.strip()]
    return paths


def _name(person: Person) -> str:
    family = " ".join(map(plain, [*person.prelast_names, *person.last_names]))
    given = " ".join(map(plain, [*person.first_names, *person.middle_names]))
    return personal_name(family, given, " ".join(map(plain, person.lineage_names)))


def _with_month(year: str, month: str, day: str) -> str:
    number = month.strip().lower()[:3]
    at = _MONTHS.index(number) + 1 if number in _MONTHS else int(month) if month.strip().isdigit() else 0
    if not 1 <= at <= 12:
        return year
    return f"{year}-{at:02d}" + (f"-{int(day):02d}" if day.strip().isdigit() else "")


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())[:160]
