"""The passages of three papers of the starter corpus are the ones that were kept; see `golden_passages`."""

import pytest
from golden_passages import PAPERS, RENEW, block_of, difference, kept_of, passages_of

from ingest.passage import Passage


@pytest.mark.parametrize("paper", PAPERS)
def test_the_passages_are_the_ones_that_were_kept(paper: str) -> None:
    change = difference(paper, kept_of(paper), passages_of(paper))
    assert not change, f"\n{change}\n\nIf this is meant, renew the files and read their diff: {RENEW}"


def test_a_block_shows_kind_place_section_and_sentences() -> None:
    text = "It rose in 20247. It fell."
    passage = Passage(
        id="a" * 32,
        text=text,
        kind="body",
        language="en",
        section=("2. Health", "2.1 Costs"),
        spans=((3, 0, len(text)),),
        pages=(3, 4),
        labels=("1", "2"),
        label_source="printed",
        locator=None,
        sentences=((0, 17), (18, 26)),
        tokens=9,
        cut=True,
        calls=((15, 16),),
    )
    assert block_of(passage) == (
        "## body, page 3–4 (label 1–2, printed), cut\nin 2. Health › 2.1 Costs\n  It rose in 2024⁷.\n  It fell.\n"
    )


def test_a_change_reads_as_a_diff() -> None:
    kept = "## body, page 1\n  It rained.\n\n## body, page 2\n  It fell.\n"
    change = difference(PAPERS[0], kept, kept.replace("body, page 2", "list, page 2")).splitlines()
    assert change[0].startswith("--- kept/") and change[1].startswith("+++ now/")
    assert change[3:] == [
        " ## body, page 1",
        "   It rained.",
        " ",
        "-## body, page 2",
        "+## list, page 2",
        "   It fell.",
    ]


def test_nothing_kept_makes_all_of_it_new() -> None:
    assert kept_of("unknown.txt") == ""
    assert difference("unknown.txt", "", "## body, page 1\n").endswith("+## body, page 1")
    assert difference("unknown.txt", "", "") == ""
