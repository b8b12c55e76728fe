"""What a search has to say beside its hits, as values: the words for people are chosen in `app`."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

Value = str | int | tuple[str, ...]


class NoticeKind(StrEnum):
    """What a notice says; each member names the keys of its `values`."""

    WORDS_ONLY = "words_only"
    """Meaning was asked for and could not be compared. `reason`: an English clause that ends with a full stop."""
    MEANING_PARTIAL = "meaning_partial"
    """Not all documents are embedded yet. `ready`: how many are; `documents`: how many there are."""
    AMOUNT_ABSENT = "amount_absent"
    """No passage that may be a hit holds the sum of money asked for. `amount`: as searched, "$100, s/20"."""
    OWN_WORDS_BROKEN = "own_words_broken"
    """A glossary or list of acronyms of the library's own is not used. `reason`: file, line and fault, in English."""
    PHRASE_ABSENT = "phrase_absent"
    """No passage that may be a hit holds a phrase of a question; it was searched as words. `phrase`: as asked."""
    PLACE_ABSENT = "place_absent"
    """None of the hits names a country that was asked about. `place`: as asked, "Ecuador"."""
    DISEASE_ABSENT = "disease_absent"
    """None of the hits names a disease that was asked about. `disease`: as asked, "dengue"."""
    NUMBER_ABSENT = "number_absent"
    """None of the hits holds a number or year of the question. `number`: as searched, "1999"."""
    ABBREVIATION_ABSENT = "abbreviation_absent"
    """None of the hits spells out the abbreviation that was asked about. `abbreviation`: as asked, "OECD"."""
    FIGURE_ABSENT = "figure_absent"
    """None of the hits holds the kind of figure asked for. `figure`: one of `index.analysis.figures.FIGURES`."""
    FIGURE_APART = "figure_apart"
    """No sentence of the first hits holds the figure for what was asked about. `figure_apart`: the kind of figure."""
    EVENT_ABSENT = "event_absent"
    """The first hits do not tell of what the question takes for granted. `event`: the word that says so, "abolish"."""
    UNKNOWN_FILTER_VALUE = "unknown_filter_value"
    """No document has the value of a filter. `key` and `value` as asked; `known`: at most
    `index.query.filters.MOST_NAMED` values that there are, the likeliest meant first; `more`: how many others."""


@dataclass(frozen=True, slots=True)
class Notice:
    """A remark on a search. `values` are the particulars that the kind names."""

    kind: NoticeKind
    values: Mapping[str, Value]

    def __str__(self) -> str:
        """Return kind and values in one line, for logs and reports of evaluation: "amount_absent: $100"."""
        return f"{self.kind}: {', '.join(str(value) for value in self.values.values())}"
