"""The brief as a file: Word with footnotes, Markdown, CSV, RIS, JSON, CSL-JSON.

The quoted text goes out unchanged; what a format would take for markup or a formula is neutralised.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Protocol

from app.citations import styles
from app.citations.wording import citation_words
from app.exports import brief_copy, tables
from app.exports.brief import Brief, Item, heading, sources
from app.exports.escape import visible
from app.i18n import Words


class Writer(Protocol):
    """Make a file of a brief in a language; without a name the brief is called what its kind is called."""

    def __call__(self, brief: Brief, t: Words, name: str = "", /) -> bytes:
        """Return the bytes of the file."""
        ...


@dataclass(frozen=True, slots=True)
class Format:
    """One kind of file: `write` makes its bytes. Tables and reference lists have no title, so no name either."""

    name: str
    label: str
    suffix: str
    mime: str
    write: Writer


def markdown(brief: Brief, t: Words, name: str = "", /) -> bytes:
    """Return the brief as Markdown: quotations in order, each with source and called notes, then the sources."""
    parts = [f"# {plain(name or t('Brief'))}\n"]
    words = citation_words(t)
    for number, item in enumerate(brief.items, start=1):
        parts.append(f"## {number}. {plain(heading(item))}\n")
        parts.append(f"> {plain(item.passage.display_text)}\n")
        parts.append(f"{plain(styles.citation(item.document, item.passage, words))}\n")
        parts += [f"{note.mark} {plain(note.text)}\n" for note in item.called]
        if item.note:
            parts.append(f"{t('Note')}: {plain(item.note)}\n")
        parts.append(f"{t('Asked: {question}').format(question=plain(item.question))}\n")
    parts.append(f"## {t('Sources')}\n")
    parts += [f"- {plain(line)}" for line in sources(brief, t)]
    parts.append(f"\n{brief_copy.as_comment(name or t('Brief'), brief)}")
    return "\n".join(parts).encode("utf-8", "replace")


def word(brief: Brief, t: Words, name: str = "", /) -> bytes:
    """Return the brief as a Word document: quotations with their source in a footnote, then the sources."""
    from app.exports.docx import write

    return write(brief, t, name)


def csv(brief: Brief, t: Words, _name: str = "", /) -> bytes:
    """Return the brief as CSV, one row a passage (columns of `tables.COLUMNS`, the same in all languages)."""
    words = citation_words(t)
    return tables.passages_csv(
        tables.row(number, item.document, item.passage, question=item.question, note=item.note, words=words)
        for number, item in enumerate(brief.items, start=1)
    )


def ris(brief: Brief, t: Words, _name: str = "", /) -> bytes:
    """Return one RIS record a passage, with its words, its printed pages and the note."""
    words = citation_words(t)
    records = (styles.ris(item.document, item.passage, words, _quoted(item)) for item in brief.items)
    return "".join(records).encode("utf-8", "replace")


def csl(brief: Brief, t: Words, _name: str = "", /) -> bytes:
    """Return one CSL-JSON item a passage; ids are made distinct with the passage's number."""
    items, words = [], citation_words(t)
    for number, item in enumerate(brief.items, start=1):
        entry = styles.csl_json(item.document, item.passage, words, _quoted(item))
        items.append({**entry, "id": f"{entry['id']}-{number}"})
    return (json.dumps(items, ensure_ascii=False, indent=2) + "\n").encode("utf-8", "replace")


def _quoted(item: Item) -> styles.Quoted:
    return styles.Quoted(item.passage.display_text, item.note)


def as_json(brief: Brief, t: Words, name: str = "", /) -> bytes:
    """Return the whole brief as JSON, to be opened again."""
    return brief_copy.as_json(name or t("Brief"), brief)


# Characters that begin markup anywhere in a line; the others of Markdown do so only at a line's beginning,
# where these texts never stand.
_MARKUP = str.maketrans({character: "\\" + character for character in "\\`*_[]<>!|#~$"})


def plain(text: str) -> str:
    """Return the text as one line of Markdown that is shown literally everywhere."""
    return " ".join(visible(text).split()).translate(_MARKUP)


FORMATS = (
    Format(
        "word",
        "Word",
        "docx",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        word,
    ),
    Format("markdown", "Markdown", "md", "text/markdown", markdown),
    Format("csv", "CSV", "csv", "text/csv", csv),
    Format("ris", "RIS", "ris", "application/x-research-info-systems", ris),
    Format("json", "JSON", "json", "application/json", as_json),
    Format("csl", "CSL-JSON", "csl.json", "application/vnd.citationstyles.csl+json", csl),
)
