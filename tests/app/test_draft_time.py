"""How long a draft takes: 40 pages have to be checked in 60 s. Counted are CPU seconds, which no other load changes."""

import time
from pathlib import Path

import pytest

from app.desk.check_draft import check_draft
from app.desk.draft_file import parse_text
from app.desk.evidence import Evidence
from bench.drawn_draft import WORDS_A_PAGE, drawn_draft, reworded
from index.search import Searcher

PAGES = 10
SECONDS_A_PAGE = 60 / 40


@pytest.mark.slow
def test_a_draft_of_ten_pages_takes_a_quarter_of_what_forty_may(starter_library: Path) -> None:
    paragraphs = parse_text(drawn_draft(starter_library, PAGES))
    evidence = Evidence(Searcher.open(starter_library))
    check_draft(evidence, paragraphs[:1])  # the model is loaded
    before = time.process_time()
    done = check_draft(evidence, paragraphs)
    assert time.process_time() - before < SECONDS_A_PAGE * PAGES
    assert done.counts["supported"] > done.counts["verbatim"] > 0


def test_a_drawn_draft_has_its_length_and_is_the_same_each_time(small_library: Path) -> None:
    draft = drawn_draft(small_library, 2)
    assert draft == drawn_draft(small_library, 2) != drawn_draft(small_library, 2, seed=1)
    assert 2 * WORDS_A_PAGE <= len(draft.split()) <= 2 * WORDS_A_PAGE + 45
    assert len(parse_text(draft)) == draft.count("\n\n") + 1


def test_a_reworded_sentence_has_its_words_in_another_order() -> None:
    text = reworded("The clinics of the north lack oxygen in the first months of a year.")
    assert text == "In the first months of a The clinics of the north lack."
