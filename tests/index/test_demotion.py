"""Passages that fall back: kinds and fragments that only name a topic, and bare references."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from passage_list import PassageList, passage, ranking

from index.analysis.analyser import Analyser
from index.query.parser import parse
from index.query.question import AnalysedQuestion, analyse
from index.ranking.demotion import DEMOTED, FRAGMENT, demoted
from index.ranking.hybrid import Ranking
from index.retrieval.candidate_texts import CandidateTexts
from ingest.library.records import StoredPassage

BODY = "Hospitals lack oxygen in winter, and the supply often fails."
SOURCE = "4 PAHO, news release on oxygen in hospitals, 20 March 2024."


def asked(text: str) -> AnalysedQuestion:
    return analyse(parse(text), Analyser(), ["en", "es"])


def shown(
    passages: Sequence[StoredPassage], scores: Sequence[float], asks: Sequence[str] = (), text: str = "oxygen"
) -> Ranking:
    question = replace(asked(text), asks=frozenset(asks))
    return demoted(ranking(scores), CandidateTexts(PassageList(passages)), question)


def order(passages: Sequence[StoredPassage], scores: Sequence[float], asks: Sequence[str] = ()) -> list[str]:
    return [passages[row].passage.id for row in shown(passages, scores, asks).rows.tolist()]


# Kind → whether it stays before a body passage whose score is a little lower.
KINDS = {"body": True, "table": True, "list": True, "contents": False, "references": False, "heading": False}


@pytest.mark.parametrize("kind", KINDS)
def test_kinds_that_only_name_a_topic_fall_back(kind: str) -> None:
    first = passage("Oxygen supply is described in part two of the report.", 0, kind=kind)  # type: ignore[arg-type]
    body = passage("Hospitals lack oxygen in winter, and the supply often fails.", 1)
    assert order([first, body], [0.9, 0.8]) == (["one-0", "one-1"] if KINDS[kind] else ["one-1", "one-0"])


def test_a_note_falls_back_a_little() -> None:
    note = passage("The report says that oxygen was bought twice.", 0, kind="footnote")
    body = passage("Hospitals lack oxygen in winter, and the supply often fails.", 1)
    assert order([note, body], [0.9, 0.8]) == ["one-0", "one-1"]
    assert order([note, body], [0.9, 0.85]) == ["one-1", "one-0"]


FRAGMENTS = {
    "a signature": ("Lima", FRAGMENT + (1 - FRAGMENT) / 20),
    "figures alone": ("12 13 14", FRAGMENT),
    "a sentence": ("Lima.", 1.0),
    "a quoted sentence": ("“Is it Lima?”", 1.0),
    "a long line": (" ".join(["word"] * 20), 1.0),
}


@pytest.mark.parametrize("case", FRAGMENTS)
def test_a_passage_of_few_words_is_worth_less(case: str) -> None:
    text, factor = FRAGMENTS[case]
    assert shown([passage(text)], [1.0]).scores[0] == pytest.approx(factor)


def test_a_bare_reference_is_never_first_however_near() -> None:
    passages = [passage(SOURCE, 0, kind="references"), passage(BODY, 1), passage("Roads are mended.", 2)]
    assert order(passages, [0.99, 0.1, 0.05])[0] == "one-1"
    assert shown(passages, [0.9, 0.8, 0.7]).scores[2] == pytest.approx(0.9 * DEMOTED["references"])


def test_a_question_that_asks_for_a_source_gets_the_reference_first() -> None:
    passages = [passage(SOURCE, 0, kind="references"), passage(BODY, 1)]
    assert order(passages, [0.9, 0.5], ("reference",)) == ["one-0", "one-1"]
    assert order(passages, [0.9, 0.5]) == ["one-1", "one-0"]


def test_references_alone_are_still_found() -> None:
    passages = [passage(SOURCE, n, kind="references") for n in range(2)]
    assert order(passages, [0.9, 0.8]) == ["one-0", "one-1"]


def test_every_column_moves_with_its_passage() -> None:
    passages = [passage(SOURCE, 0, kind="references"), passage(BODY, 1)]
    before = ranking([0.9, 0.8])
    after = demoted(before, CandidateTexts(PassageList(passages)), asked("oxygen"))
    assert after.rows.tolist() == [1, 0]
    for name in ("lexical_scores", "dense_scores", "lexical_ranks", "dense_ranks"):
        assert np.array_equal(getattr(after, name), getattr(before, name)[[1, 0]])


def test_a_passage_without_the_figure_asked_for_falls_back() -> None:
    passages = [
        passage("Clinics in the north open early.", 0),
        passage("In the north 41 clinics open early.", 1),
    ]
    assert order(passages, [0.9, 0.85]) == ["one-0", "one-1"]
    assert order(passages, [0.9, 0.85], ("number",)) == ["one-1", "one-0"]
    assert order(passages, [0.9, 0.8], ("number",)) == ["one-0", "one-1"], "a little only"
    assert order(passages, [0.9, 0.85], ("share",)) == ["one-0", "one-1"], "neither has a share"


def test_a_law_in_a_note_states_nothing() -> None:
    law = passage("3 Legislative Decree No. 1350, 7 January 2017.", 0, kind="footnote")
    assert order([law, passage(BODY, 1)], [0.9, 0.2]) == ["one-1", "one-0"]
    told = passage("3 The decree is of 7 January 2017.", 0, kind="footnote")
    assert order([told, passage(BODY, 1)], [0.9, 0.2]) == ["one-0", "one-1"]


LAW = passage("7 Resolution No. 5797 of 2017, as described in a journal.", 0, kind="references")
NUMBERED = passage("Resolution 5797 of 2017 created the permit that lets people stay.", 1)


@pytest.mark.parametrize(
    ("text", "second", "first"),
    [
        ("Resolution 5797 of 2017", passage(BODY, 1), "one-0"),  # it stands in the reference alone
        ("Resolution 5797 of 2017", NUMBERED, "one-1"),  # a passage has it as well
        ("What does Resolution 5797 of 2017 say?", passage(BODY, 1), "one-1"),  # asks what no reference says
        ("oxygen in hospitals", passage(BODY, 1), "one-1"),  # no identifier
    ],
)
def test_an_identifier_may_stand_in_a_reference_alone(text: str, second: StoredPassage, first: str) -> None:
    moved = shown([LAW, second], [0.9, 0.8], text=text)
    assert [LAW, second][int(moved.rows[0])].passage.id == first


def test_a_passage_where_the_question_points_comes_first() -> None:
    near, there = passage(BODY, 0), passage(BODY.replace("winter", "June"), 1)
    there = replace(there, passage=replace(there.passage, pages=(7, 7), labels=("vii", "vii")))
    for text in ("oxygen, page 7", "oxígeno, página vii", "oxygen p. 7"):
        assert shown([near, there], [0.9, 0.8], text=text).rows.tolist() == [1, 0]
    assert shown([near, there], [0.9, 0.8], text="oxygen, page 9").rows.tolist() == [0, 1]
    assert shown([near, there], [0.9, 0.6], text="oxygen, page 7").rows.tolist() == [0, 1], "a little only"
