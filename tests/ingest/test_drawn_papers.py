"""Page labels of papers drawn from a seed: none may be wrong, few may be missing."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[2] / "tools"))

from draw_papers import coverage, describe, summed
from paper_drawing.check import Outcome, check
from paper_drawing.draw import draw_paper
from paper_drawing.plan import DECOYS, STYLES, plan

FEW, MANY = range(40), range(1000)
RECALL, COVERED = 0.95, 0.98


def wrong_labels(outcomes: list[Outcome]) -> list[str]:
    return [
        f"seed {outcome.paper.seed} ({describe(outcome)}): {words}"
        for outcome in outcomes
        for words in outcome.wrong
    ]


def assert_holds(seeds: range) -> None:
    outcomes = [check(seed) for seed in seeds]
    assert not wrong_labels(outcomes)
    longer = summed([outcome for outcome in outcomes if len(outcome.paper.labels) > 2])
    assert longer["right"] >= RECALL * longer["printed"]
    assert min(map(coverage, outcomes)) >= COVERED


def test_a_few_dozen_papers() -> None:
    assert_holds(FEW)


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_a_thousand_papers() -> None:
    assert_holds(MANY)


def test_the_seeds_reach_every_style_and_decoy() -> None:
    plans = [plan(seed) for seed in MANY]
    assert {paper.style for paper in plans} == set(STYLES)
    assert {paper.decoy for paper in plans} == set(DECOYS)
    assert any(paper.spread for paper in plans)
    assert any(label == "II-3" for paper in plans for label in paper.labels)


def test_the_same_seed_draws_the_same_paper() -> None:
    assert draw_paper(plan(7)).data == draw_paper(plan(7)).data
