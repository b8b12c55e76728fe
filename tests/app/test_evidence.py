"""What is held against a sentence of a draft: units of passages, and passages like one another."""

from pathlib import Path

import pytest
from cited_samples import a_passage

from app.desk import evidence as held
from app.desk.evidence import Evidence
from app.desk.similar import similar_passages
from index.search import Searcher
from ingest.passage import Passage
from ingest.text.sentences import split_sentences


def units(passage: Passage) -> list[tuple[str, str]]:
    """Return (text, context) of the units that a passage is cut into."""
    return [(text, context) for _, _, text, context in held._cut(passage)]


def test_each_sentence_is_a_unit_of_its_own() -> None:
    assert units(a_passage("Clinics open at seven. Nobody pays for a visit.")) == [
        ("Clinics open at seven.", "Clinics open at seven."),
        ("Nobody pays for a visit.", "Nobody pays for a visit."),
    ]


def test_a_figure_is_also_read_with_what_stands_before_it() -> None:
    found = units(
        a_passage("Many Peruvians live abroad. Half are in the north. Chile follows with 21 percent.")
    )
    last = "Chile follows with 21 percent."
    assert (last, f"Many Peruvians live abroad. {last}") in found
    assert (f"Half are in the north. {last}", f"Half are in the north. {last}") in found


def test_a_row_of_a_table_has_its_caption() -> None:
    table = a_passage("Table 1. Fees\nVisit 20 soles\nCard 41 soles", kind="table")
    assert ("Card 41 soles", "Table 1. Fees: Card 41 soles") in units(table)
    assert units(table)[0] == ("Table 1. Fees", "Table 1. Fees")


def test_an_item_of_a_list_has_its_lead() -> None:
    listed = a_passage("Three reasons are named:\n• no money at all\n• no time to go", kind="list")
    assert ("• no time to go", "Three reasons are named: • no time to go") in units(listed)


@pytest.mark.parametrize("kind", ["heading", "contents", "references"])
def test_what_states_nothing_has_no_unit(kind: str) -> None:
    assert units(a_passage("Health and work in the north.", kind=kind)) == []  # type: ignore[arg-type]


def test_units_are_places_in_the_text() -> None:
    passage = a_passage("Costs\nA visit costs 20 soles. It was 15 in 2019.")
    for start, end, text, _ in held._cut(passage):
        assert passage.search_text(start, end) == text
    assert split_sentences("") == ()


@pytest.fixture(scope="module")
def searcher(small_library: Path) -> Searcher:
    return Searcher.open(small_library)


def test_a_claim_knows_its_language_figures_and_words(searcher: Searcher) -> None:
    (claim,) = Evidence(searcher).claims(["Only 31 percent of the people had a SIS policy."])
    assert claim.language == "en"
    assert [one.text for one in claim.figures] == ["31 percent"]
    assert not any(term.surface[0].isdigit() for term in claim.terms)
    assert claim.vector.shape == (searcher.embedder.dimension,)
    assert Evidence(searcher).claims([]) == []


def test_words_of_the_query_language_are_plain_ones(searcher: Searcher) -> None:
    evidence = Evidence(searcher)
    (claim,) = evidence.claims(['The "insurance" -coverage stays low: country:BRA or not.'])
    assert any("Insurance coverage" in hit.passage.passage.text for hit in evidence.hits(claim))


def test_the_unit_that_says_it_is_nearest(searcher: Searcher) -> None:
    evidence = Evidence(searcher)
    (claim,) = evidence.claims(["Fewer than a third of those interviewed were insured with SIS."], "en")
    (matches,) = evidence.matches([(claim, evidence.hits(claim))])
    best = max(matches, key=lambda match: match.cosine)
    assert "31 percent" in best.unit.text


def test_what_was_embedded_is_not_embedded_again(searcher: Searcher, monkeypatch: pytest.MonkeyPatch) -> None:
    evidence = Evidence(searcher)
    (claim,) = evidence.claims(["Insurance coverage stays low."], "en")
    asked = [(claim, evidence.hits(claim))]
    first = evidence.matches(asked)
    monkeypatch.setattr(searcher, "_embedder", None)
    assert [match.cosine for match in evidence.matches(asked)[0]] == [match.cosine for match in first[0]]


def test_similar_passages_leave_out_the_passage_itself(searcher: Searcher) -> None:
    stored = next(iter(searcher.snapshot.passage(row) for row in range(3)))
    found = similar_passages(searcher, stored, 3)
    assert found
    assert stored.passage.id not in {hit.passage.passage.id for hit in found}
    others = similar_passages(searcher, stored, 3, other_sources=True)
    assert stored.document_id not in {hit.document.id for hit in others}
