"""From a ranking to hits: near copies, and what a hit says of its place."""

from collections.abc import Sequence

import pytest
from passage_list import PassageList, passage, ranking

from index.analysis.analyser import Analyser
from index.query.parser import parse
from index.query.question import analyse
from index.ranking import hits as hits_module
from index.ranking.answerability import Verdict
from index.ranking.demotion import demoted
from index.ranking.hits import AHEAD, REPEATING, Hit, SearchResult, arrange
from index.retrieval.candidate_texts import CandidateTexts
from ingest.library.records import StoredPassage

ASKED = analyse(parse("villages"), Analyser(), ["en"])
SENTENCE = "The clinic of village {} opens at eight and treats whoever comes on that day without any paper."


def judged(size: int, *, weak: Sequence[int] = ()) -> Verdict:
    return Verdict(
        answerable=True,
        confidence=0.9,
        signals={},
        of_hits=tuple(0.1 if place in weak else 0.9 for place in range(size)),
        weak_below=0.5,
    )


def hits(
    passages: Sequence[StoredPassage], scores: Sequence[float], k: int = 10, *, explain: bool = False
) -> tuple[Hit, ...]:
    texts = CandidateTexts(PassageList(passages))
    shown = demoted(ranking(scores), texts, ASKED)
    return arrange(shown, judged(len(passages), weak=(1,)), texts, k, explain=explain)


def ids(found: Sequence[Hit]) -> list[str]:
    return [hit.passage.passage.id for hit in found]


def test_hits_are_numbered_in_the_order_of_their_scores() -> None:
    passages = [passage(SENTENCE.format(number) + f" Rule {number * 'x'}.", number) for number in range(3)]
    other = [passage(f"Number {number} is about something else altogether.", number) for number in range(3)]
    found = hits([passages[0], other[1], other[2]], [0.2, 0.9, 0.5])
    assert ids(found) == ["one-1", "one-2", "one-0"]
    assert [hit.rank for hit in found] == [1, 2, 3]


def test_near_copies_are_one_hit_that_names_the_others() -> None:
    long = SENTENCE.format("Puno") + " Its nurses speak two languages and visit every house once in a year."
    copies = [passage(long, number, document=name) for number, name in enumerate(("one", "two", "three"))]
    other = passage("Roads are mended before the rain begins.", 3)
    found = hits([*copies, other], [0.9, 0.8, 0.7, 0.6])
    assert ids(found) == ["one-0", "one-3"]
    assert [place.id for place, _ in found[0].also_in] == ["two", "three"]


def test_the_words_of_a_passage_are_cut_once(monkeypatch: pytest.MonkeyPatch) -> None:
    cut: list[str] = []
    shingles = hits_module._shingles

    def noted(text: str) -> frozenset[int]:
        cut.append(text)
        return shingles(text)

    monkeypatch.setattr(hits_module, "_shingles", noted)
    passages = [passage(SENTENCE.format(name), at) for at, name in enumerate(("Puno", "Lima", "Ica"))]
    hits(passages, [0.9, 0.8, 0.7])
    assert len(cut) == len(passages)


def test_a_copy_behind_the_last_hit_is_still_named() -> None:
    long = SENTENCE.format("Puno") + " Its nurses speak two languages and visit every house once in a year."
    between = [passage(f"{word} are another matter.", n) for n, word in enumerate(("Roads", "Dams", "Fees"))]
    found = hits([passage(long), *between, passage(long, 9, document="two")], [0.9, 0.8, 0.7, 0.6, 0.5], k=1)
    assert ids(found) == ["one-0"]
    assert [place.id for place, _ in found[0].also_in] == ["two"]


def test_no_more_is_read_for_copies_than_needed() -> None:
    texts = [f"Matter {chr(97 + n) * 4} is new." for n in range(AHEAD + 9)]
    source = PassageList([passage(text, n) for n, text in enumerate(texts)])
    candidates = CandidateTexts(source)
    shown = demoted(ranking([1 - n / 100 for n in range(len(texts))]), candidates, ASKED)
    found = arrange(shown, judged(len(texts)), candidates, 2, explain=False)
    assert len(found) == 2
    assert sorted(source.read) == list(range(len(texts))), "each once, for scores depend on kinds"
    assert len(source.opened) == 1, "all are of one document"


def test_a_hit_tells_its_ranks_its_window_and_whether_it_is_weak() -> None:
    first, second = hits([passage("Roads are mended."), passage("Dams are built.", 1)], [0.9, 0.8])
    assert (first.lexical_rank, first.dense_rank, first.weak) == (1, 1, False)
    assert (second.lexical_rank, second.dense_rank, second.weak) == (None, 2, True)
    assert first.window == (0, 10)
    assert first.explain is None


def test_explained_hits_carry_the_scores_of_the_legs() -> None:
    (hit,) = hits([passage("Roads are mended.")], [0.9], explain=True)
    assert hit.explain == {
        "lexical_score": 9.0, "dense_score": 0.5, "fused_score": 0.9, "confidence": 0.9, "factor": 1.0,
    }  # fmt: skip


# (answerable, confidence) → whether the first passages should be read all the same.
DOUBT = {(True, 0.9): False, (False, 0.31): True, (False, 0.29): False, (False, 0.0): False}


@pytest.mark.parametrize("case", DOUBT)
def test_a_narrow_refusal_is_doubtful(case: tuple[bool, float]) -> None:
    answerable, confidence = case
    result = SearchResult(question="?", mode="hybrid", answerable=answerable, confidence=confidence, hits=())
    assert result.doubtful is DOUBT[case]


def test_what_repeats_an_earlier_hit_leaves_its_place_to_others() -> None:
    said = SENTENCE.format("Puno")
    first = passage(said + " Its nurses speak two languages and visit every house once in a year.", 0)
    again = passage(said + " Roads are mended in spring, and bridges whenever a flood took one away.", 1)
    other = passage("Schools enrol children from the first day on.", 2)
    assert ids(hits([first, again, other], [0.9, 0.8, 0.7])) == ["one-0", "one-2", "one-1"]
    assert ids(hits([first, again, other], [0.9, 0.8, 0.5])) == ["one-0", "one-1", "one-2"]
    found = hits([first, again, other], [0.9, 0.8, 0.7])
    assert found[2].score == pytest.approx(0.8 * REPEATING)


def test_repeats_behind_all_others_are_shown_still() -> None:
    said = SENTENCE.format("Puno")
    passages = [
        passage(f"{said} {word * 9} {word * 7} {word * 5} {word * 6}.", n) for n, word in enumerate("abcd")
    ]
    assert ids(hits(passages, [0.9, 0.8, 0.7, 0.6])) == ["one-0", "one-1", "one-2", "one-3"]
