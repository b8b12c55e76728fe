"""A passage quoted in prose: its headings are left out, its list keeps its lines, a table its caption."""

from dataclasses import replace

import pytest
from cited_samples import a_document, a_passage

from app.exports.quotable import headings_before, quoted_words
from app.i18n import words
from app.ui.ask.cards import card_html
from app.ui.ask.highlights import question_words
from index.analysis.analyser import Analyser
from index.ranking.hits import unranked
from ingest.library.records import StoredPassage
from ingest.passage import Kind, Passage

LIST = "3. Fees\nThe fund names two:\n• a fee of  20 soles;\n• a fee of 5 soles."


def opened(text: str, own: str, kind: Kind = "body") -> Passage:
    """Return a passage whose own words begin with `own`."""
    return replace(a_passage(text), sentences=((text.index(own), len(text)),), kind=kind)


@pytest.mark.parametrize(
    ("passage", "quoted"),
    [
        (opened(LIST, "The fund"), "The fund names two:\n• a fee of 20 soles;\n• a fee of 5 soles."),
        (opened("One sentence\nover two lines.", "One"), "One sentence\nover two lines."),
        (opened("Part I\n1 Fees\nThe fee is low.", "The fee"), "The fee is low."),
        (opened("Table 1. Fees\nYear Fee\n2020 5", "Year", "table"), "Table 1. Fees\nYear Fee\n2020 5"),
    ],
)
def test_words_of_a_quotation(passage: Passage, quoted: str) -> None:
    assert quoted_words(passage) == quoted


def test_headings_before_an_excerpt_that_begins_behind_them() -> None:
    passage = opened(LIST, "The fund")
    assert headings_before(passage) == ("3. Fees",)
    assert headings_before(passage, passage.start) == ()
    assert headings_before(passage, len(passage.text)) == ()


def test_the_button_of_a_card_knows_how_many_headings_it_leaves_out() -> None:
    hit = unranked(StoredPassage(opened(LIST, "The fund"), "d" * 32, 0), a_document())
    shown = card_html(words("en"), hit, question_words("fees", Analyser(), ["en"]), whole=True)
    assert 'data-headings="1"' in shown
