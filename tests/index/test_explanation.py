"""What `--explain` tells of a question, and that every signal has words."""

import numpy as np
import pytest
from index_library import HashingEmbedder
from passage_list import PassageList, passage

from index.query.parser import parse
from index.ranking.answerability import judge, shipped_model
from index.ranking.demotion import DEMOTED, demoted
from index.ranking.evidence import Evidence
from index.ranking.explanation import SIGNALS, explanation
from index.ranking.in_memory import retriever_over
from index.retrieval.candidate_texts import CandidateTexts

TEXTS = ["Peru closed 12 clinics in 2021.", "Resolution 72/179 names no clinic.", "Nurses stay in Lima."]
EMBEDDER = HashingEmbedder()
RETRIEVER = retriever_over(TEXTS, ["en"] * 3, EMBEDDER)


def explained(question: str) -> dict[str, object]:
    asked = RETRIEVER.analyse(parse(question))
    found = RETRIEVER.rank(asked, vector=EMBEDDER.encode_query(question), text_of=TEXTS.__getitem__)
    return explanation(asked, found, judge(found, RETRIEVER, asked, TEXTS.__getitem__), {"-x": 2})


def test_all_that_is_asked_for_is_told() -> None:
    told = explained("How many clinics did Peru close in 2021, page 3?")
    assert told["asked_for"] == ["number"] and told["countries"] == ["Peru"]
    assert told["points_to"] == {"pages": ["3"], "parts": [], "first_page": False}
    assert told["identifier"] is False and told["filtered_out"] == {"-x": 2}
    assert told["languages"] == ["en"] and "clinics" in told["terms"]  # type: ignore[operator]


@pytest.mark.parametrize(
    ("question", "key", "value"),
    [
        ("resolution 72/179", "identifier", True),
        ("Why did Peru close clinics?", "event", "close"),
        ("clinics", "event", None),
        ("Do clinics treat malaria?", "diseases", ["malaria"]),
        ("clinics", "countries", []),
        ("Annex II on clinics", "points_to", {"pages": [], "parts": ["ii"], "first_page": False}),
    ],
)
def test_each_part_has_its_key(question: str, key: str, value: object) -> None:
    assert explained(question)[key] == value


def test_every_signal_has_words() -> None:
    used = {name for part in ("hybrid", "words") for name in shipped_model()[part]["weights"]}
    assert used <= set(SIGNALS)
    asked = RETRIEVER.analyse("clinics in Peru")
    found = RETRIEVER.rank(asked, vector=EMBEDDER.encode_query("clinics"), text_of=TEXTS.__getitem__)
    signals = Evidence.of(found, RETRIEVER, asked, TEXTS.__getitem__).signals(0)
    assert set(signals) == set(SIGNALS)
    assert all(np.isfinite(value) for value in signals.values())


def test_the_factor_on_each_score_is_kept() -> None:
    passages = [passage("4 PAHO, news release.", 0, kind="references"), passage("Roads are mended.", 1)]
    asked = RETRIEVER.analyse("roads")
    found = RETRIEVER.rank(asked, 2, vector=EMBEDDER.encode_query("roads"), text_of=TEXTS.__getitem__)
    after = demoted(found, CandidateTexts(PassageList([*passages, passage("More is said.", 2)])), asked)
    assert found.factors is None and after.factors is not None
    at = after.rows.tolist().index(0) if 0 in after.rows.tolist() else None
    assert at is None or after.factors[at] <= DEMOTED["references"]
    assert np.allclose(
        after.factors * found.scores[[found.rows.tolist().index(r) for r in after.rows]], after.scores
    )
