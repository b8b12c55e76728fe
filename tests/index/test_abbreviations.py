"""Abbreviations: which one a question wants spelled out, which text spells it out, and that its passage comes first."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from index_library import HashingEmbedder, put_text
from passage_list import PassageList, passage, ranking

from index.analysis.analyser import Analyser
from index.analysis.spelled_out import LETTERS, NAME, spells_out
from index.query.abbreviation import abbreviation_asked
from index.query.parser import parse
from index.query.question import analyse
from index.ranking.demotion import demoted
from index.ranking.full_names import FIRST_IN_DOCUMENT, spelling_out
from index.retrieval.candidate_texts import CandidateTexts
from index.search import Searcher
from index.snapshot.publish import publish
from ingest.library.library import Library
from ingest.metadata.metadata import Metadata

ASKED = {
    "What does RUTEC stand for?": "RUTEC",
    "what does rutec stand for": "rutec",
    "What does the acronym RUTEC mean?": "RUTEC",
    "What do the initials RT stand for in the report?": "RT",
    'What does "RUTEC" mean?': "RUTEC",
    "What is the full name of RUTEC?": "RUTEC",
    "What does UN-Women stand for?": "UN-Women",
    "What does R4V mean?": "R4V",
    "¿Qué significa RUTEC?": "RUTEC",
    "¿Qué significa la sigla RUTEC?": "RUTEC",
    "¿Qué quiere decir RUTEC en el informe?": "RUTEC",
    "¿Qué significan las siglas RUTEC?": "RUTEC",
    "que significa la sigla rutec": "rutec",
    "O que significa RUTEC?": "RUTEC",
    "O que quer dizer a sigla RUTEC?": "RUTEC",
    "A sigla RUTEC significa o quê?": "RUTEC",
    "Qual é o nome completo da RUTEC?": "RUTEC",
    "Que veut dire le sigle RUTEC ?": "RUTEC",
}
NOT_ASKED = (
    "What does the SIS mean for migrants?",
    "¿Qué significa el SIS para los migrantes?",
    "What does the law mean by resident?",
    "¿Qué significa ser migrante?",
    "What does the acronym for cash transfers mean?",
    "What does RUTEC pay?",
    "RUTEC",
    "",
)


@pytest.mark.parametrize("question", ASKED)
def test_a_question_names_the_abbreviation_it_wants_spelled_out(question: str) -> None:
    assert abbreviation_asked(question) == ASKED[question]


@pytest.mark.parametrize("question", NOT_ASKED)
def test_other_questions_want_nothing_spelled_out(question: str) -> None:
    assert abbreviation_asked(question) is None


TOLD = {
    "before brackets": ("The Registro Único de Técnicos (RUTEC) opened in May.", "RUTEC"),
    "in brackets": ("RUTEC (Registro Único de Técnicos) opened in May.", "RUTEC"),
    "in small letters before brackets": ("clean water, sanitation and hygiene (WASH) reached them", "WASH"),
    "behind a colon": ("RUTEC: Registro Único de Técnicos", "RUTEC"),
    "in a list of abbreviations": ("RNT Red Nacional\nRUTEC Registro Único de Técnicos\nSIS", "RUTEC"),
    "in words": ("RUTEC stands for the Registro Único de Técnicos.", "RUTEC"),
    "some way before": (
        "A «Registro Único de Técnicos del Norte», de 2018, conocido como RUTEC, cuenta.",
        "RUTEC",
    ),
    "a plural": ("The Least Developed Countries (LDCs) met.", "LDC"),
    "asked in the plural": ("The Least Developed Countries (LDC) met.", "LDCs"),
    "quoted inside brackets": ("paid by the Registro Único de Técnicos (“RUTEC”)", "RUTEC"),
    "with a digit": ("The Response for Venezuelans (R4V) met.", "R4V"),
    "with an abbreviation in the name": ("The UN Environment Programme (UNEP) met.", "UNEP"),
    "asked in small letters": ("The Registro Único de Técnicos (RUTEC) opened.", "rutec"),
}
NAMED = {
    "a name in another language": ("The Unified Register of Technicians (RUTEC) opened.", "RUTEC"),
    "the same in brackets": ("RUTEC (Unified Register of Technicians) opened.", "RUTEC"),
}
UNTOLD = {
    "the abbreviation alone": ("RUTEC opened in May, and RUTEC closed.", "RUTEC"),
    "its own letters": ("OPM’s Performance Management Approach. OPM is committed.", "OPM"),
    "another sentence": ("The Registro Único de Técnicos opened. It was May. RUTEC pays.", "RUTEC"),
    "small letters far from brackets": ("risk and unrest took everybody. Clinics use RUTEC", "RUTEC"),
    "a note in brackets": ("The clinics reported it (RUTEC) in May.", "RUTEC"),
    "a part of a symbol": ("The Buenos Aires Plan of Action (BAPA/CP/1998) began.", "BAPA"),
    "a figure in brackets": ("RUTEC (0.28, interval 0.13 to 0.61)", "RUTEC"),
    "a word of these letters": ("She reads (who reads) the Women Health Office", "WHO"),
    "one letter": ("Annex A (A)", "A"),
    "nothing": ("", "RUTEC"),
}


@pytest.mark.parametrize("case", TOLD)
def test_a_text_spells_it_out_letter_by_letter(case: str) -> None:
    assert spells_out(*TOLD[case]) == LETTERS


@pytest.mark.parametrize("case", NAMED)
def test_a_name_beside_it_counts_less(case: str) -> None:
    assert spells_out(*NAMED[case]) == NAME


@pytest.mark.parametrize("case", UNTOLD)
def test_other_texts_do_not_spell_it_out(case: str) -> None:
    assert spells_out(*UNTOLD[case]) == 0


def order(question: str, texts: Sequence[tuple[str, str]], scores: Sequence[float]) -> list[int]:
    """Return the places of passages (kind, text) in the order that is shown."""
    passages = [passage(text, number, kind=kind) for number, (kind, text) in enumerate(texts)]  # type: ignore[arg-type]
    asked = analyse(parse(question), Analyser(), ["en"])
    shown = demoted(ranking(scores), CandidateTexts(PassageList(passages)), asked)
    return [int(row) for row in shown.rows]


USES = ("body", "The register RUTEC is used by clinics in the north of the country.")
SPELLS = ("body", "It set up the Registro Único de Técnicos (RUTEC) in May of that year.")
NAMES = ("body", "It set up the Unified Register of Technicians (RUTEC) in May of that year.")
SOURCE = ("references", "4 Registro Único de Técnicos (RUTEC), news release, 20 March 2024.")


def test_what_spells_it_out_comes_before_what_uses_it() -> None:
    assert order("What does RUTEC stand for?", [USES, SPELLS], [0.9, 0.1]) == [1, 0]
    assert order("Which clinics use RUTEC?", [USES, SPELLS], [0.9, 0.1]) == [0, 1], "only where it is asked"


def test_a_name_in_another_language_comes_first_where_nothing_spells_it_out() -> None:
    assert order("What does RUTEC stand for?", [USES, NAMES], [0.9, 0.1]) == [1, 0]
    assert order("What does RUTEC stand for?", [NAMES, SPELLS], [0.9, 0.1]) == [1, 0]


def test_a_reference_is_first_only_where_nothing_else_spells_it_out() -> None:
    assert order("What does RUTEC stand for?", [USES, SOURCE], [0.9, 0.1]) == [1, 0]
    assert order("What does RUTEC stand for?", [SOURCE, SPELLS], [0.9, 0.1]) == [1, 0]


@pytest.fixture
def large(tmp_path: Path) -> Searcher:
    """A library in which more passages use an abbreviation than are ranked, and one of the last spells it out."""
    embedder = HashingEmbedder()
    with Library.open(tmp_path / "library", create=True) as library:
        for name in ("a", "b", "c"):
            uses = [f"RUTEC, RUTEC and RUTEC {name} {number}." for number in range(60)]
            put_text(library, f"{name}.txt", Metadata(title=name), "en", uses)
        told = [
            "It rained. Long before the elections the government founded its Registro Único de Técnicos (RUTEC)."
        ]
        again = [f"RUTEC again {number}." for number in range(FIRST_IN_DOCUMENT)]
        put_text(library, "d.txt", Metadata(title="d"), "en", told + again)
        publish(library, library.folder, embedder)
        return Searcher.open(library.folder, embedder=embedder)


@pytest.mark.parametrize("mode", ["hybrid", "lexical", "dense"])
def test_it_is_found_behind_all_that_the_legs_list(mode: str, large: Searcher) -> None:
    found = large.search("What does RUTEC stand for?", mode=mode)
    assert "Registro Único" in found.hits[0].text
    assert found.answerable and not found.missing
    start, end = found.hits[0].window or (0, 0)
    assert (
        found.hits[0].text[start:end].startswith("Long before") and "(RUTEC)" in found.hits[0].text[start:end]
    )
    assert "Registro" not in large.search("RUTEC", mode="lexical").hits[0].text


def test_filters_and_other_questions_keep_it_out(large: Searcher) -> None:
    texts = CandidateTexts(large.snapshot)
    asked = large.retriever.analyse("What does RUTEC stand for?")
    found = spelling_out(asked, large.retriever, texts, None)
    assert ["Registro" in texts.text(row) for row in found.tolist()] == [True]
    nowhere = np.zeros(large.snapshot.lexical.passages, bool)
    assert not len(spelling_out(asked, large.retriever, texts, nowhere))
    assert not len(spelling_out(large.retriever.analyse("RUTEC in May"), large.retriever, texts, None))


def test_what_no_hit_spells_out_is_said(large: Searcher) -> None:
    found = large.search("What does RUTEC stand for?", filters={"document": "a.txt"})
    assert [(one.kind, one.what) for one in found.missing] == [("abbreviation", "RUTEC")]
    assert [notice.kind for notice in found.notices] == ["abbreviation_absent"]
