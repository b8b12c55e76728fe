"""A result in front of people: the lines of the command line, the cards of the page and their order."""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from cited_samples import REPORT, a_document, a_passage, without_pages
from hypothesis import given
from hypothesis import strategies as st

from app.checks.note_lookup import CalledNote
from app.citations.wording import title_key
from app.commands.search import DOUBTFUL, FILTER_ALONE, UNANSWERED, UNTIL_EMBEDDED, _told, show
from app.i18n import LANGUAGES, words
from app.service.search import Answer
from app.ui.address import Address
from app.ui.ask.cards import MAX_NOTE, card_html, shorten
from app.ui.ask.highlights import QuestionWords, question_words
from app.ui.ask.results import PAGE_SIZE, groups, listing, years
from index.analysis.analyser import Analyser
from index.notices import Notice, NoticeKind
from index.ranking.answerability import DOUBTFUL as DOUBTFUL_FROM
from index.ranking.hits import Hit, SearchResult
from ingest.library.records import Document, StoredPassage
from ingest.metadata.metadata import Metadata
from ingest.passage import Passage


def a_hit(
    passage: Passage | None = None, document: Document | None = None, *, rank: int = 1, **changes: Any
) -> Hit:
    document = document or a_document()
    made = Hit(
        rank=rank, score=1 / rank, passage=StoredPassage(passage or a_passage(), document.id, rank),
        document=document, lexical_rank=1, dense_rank=None, weak=False, window=None,
    )  # fmt: skip
    return replace(made, **changes)


def a_result(*hits: Hit, answerable: bool = True, confidence: float = 0.9) -> SearchResult:
    return SearchResult(question="q", mode="hybrid", answerable=answerable, confidence=confidence, hits=hits)


def shown(
    capsys: pytest.CaptureFixture[str], result: SearchResult, *notices: str, explain: bool = False
) -> list[str]:
    show(result, notices, explain=explain)
    written = capsys.readouterr()
    return [line.strip() for line in (written.err + written.out).splitlines() if line.strip()]


def test_a_hit_is_its_citation_its_headings_and_its_words(capsys: pytest.CaptureFixture[str]) -> None:
    passage = a_passage("In 202427 it fell.", calls=((7, 9),), section=("Health for migrants", "Fees"))
    assert shown(capsys, a_result(a_hit(passage))) == [
        "1. UNDP (2022). Health for migrants, p. 7 (PDF page 9).",
        "Fees",
        "In 2024²⁷ it fell.",
    ]


def test_square_brackets_of_a_text_are_no_markup(capsys: pytest.CaptureFixture[str]) -> None:
    document = a_document(replace(REPORT, title="[red]Alarm[/red]"))
    lines = shown(capsys, a_result(a_hit(a_passage("See [bold] here."), document)))
    assert "[red]Alarm[/red]" in lines[0] and lines[-1] == "See [bold] here."


def test_a_weak_hit_is_marked(capsys: pytest.CaptureFixture[str]) -> None:
    lines = shown(capsys, a_result(a_hit(weak=True), a_hit(a_passage("Strong."), rank=2)))
    assert lines[0].endswith("weak match") and not any("weak" in line for line in lines[1:])


def test_explained_hits_tell_their_scores(capsys: pytest.CaptureFixture[str]) -> None:
    hit = a_hit(explain={"fused_score": 0.5})
    assert shown(capsys, a_result(hit), explain=True)[-1] == '{"fused_score": 0.5}'
    assert "fused_score" not in " ".join(shown(capsys, a_result(hit)))


ANSWERABLE = {
    "answered": (True, 0.9, None),
    "refused": (False, 0.1, UNANSWERED),
    "refused by little": (False, DOUBTFUL_FROM, DOUBTFUL),
}


@pytest.mark.parametrize("case", ANSWERABLE)
def test_what_is_not_answered_is_told_before_the_hits(
    case: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    answerable, confidence, line = ANSWERABLE[case]
    lines = shown(capsys, a_result(a_hit(), answerable=answerable, confidence=confidence))
    assert (lines[0] == line) is (line is not None)
    assert sum(one in {UNANSWERED, DOUBTFUL} for one in lines) == (line is not None)


def test_nothing_found_is_one_line_after_the_notices(capsys: pytest.CaptureFixture[str]) -> None:
    assert shown(capsys, a_result(), "a notice") == [
        "a notice",
        "No passage matches. Try fewer or different words.",
    ]
    assert len(shown(capsys, a_result(), FILTER_ALONE)) >= 1
    assert not any("No passage" in line for line in shown(capsys, a_result(), FILTER_ALONE))


WORDS_ONLY = Notice(NoticeKind.WORDS_ONLY, {"reason": "there is no model."})
ABSENT = Notice(NoticeKind.AMOUNT_ABSENT, {"amount": "$7"})
UNKNOWN = Notice(
    NoticeKind.UNKNOWN_FILTER_VALUE, {"key": "year", "value": "1999", "known": ("2022",), "more": 0}
)


def answer(
    *notices: Notice, unknown: Sequence[Notice] = (), alone: bool = False, soon: bool = False
) -> Answer:
    return Answer(
        result=replace(a_result(), notices=notices),
        unknown_values=tuple(unknown),
        filters_alone=alone,
        until_embedded=soon,
    )


TOLD = {
    "nothing": (answer(), []),
    "notices": (
        answer(WORDS_ONLY, ABSENT),
        ["Searching by words only: there is no model.", "No passage holds the amount $7."],
    ),
    "a running ingest": (answer(WORDS_ONLY, ABSENT, soon=True), [UNTIL_EMBEDDED, "No passage holds the amount $7."]),
    "filters come last": (
        answer(ABSENT, unknown=[UNKNOWN], alone=True),
        ["No passage holds the amount $7.", "no document is of “1999”; there are: 2022", FILTER_ALONE],
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", TOLD)
def test_what_is_told_beside_a_result(case: str) -> None:
    given_answer, lines = TOLD[case]
    assert _told(given_answer) == lines


def sought(question: str = "clinics") -> QuestionWords:
    return question_words(question, Analyser(), ["en", "es", "pt"])


def text_of(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


# Name of the case -> the hit, and what its card says in English, Spanish and Portuguese.
BADGES: dict[str, tuple[Hit, tuple[str, str, str]]] = {
    "language": (a_hit(), ("English", "Inglés", "Inglês")),
    "weak": (a_hit(weak=True), ("Weak match", "Coincidencia débil", "Correspondência fraca")),
    "a note": (a_hit(a_passage(kind="footnote")), ("Footnote", "Nota al pie", "Nota de rodapé")),
    "no publisher": (
        a_hit(document=a_document(Metadata(title="T", year=2020))),
        ("Publisher missing", "Falta la institución", "Falta a instituição"),
    ),
}


def card(hit: Hit, language: str = "en", **options: Any) -> str:
    return card_html(words(language), hit, sought(), whole=True, **options)


@pytest.mark.parametrize("language", LANGUAGES)
def test_facts_of_a_card_are_in_the_language_of_the_page(language: str) -> None:
    cards = {name: text_of(card(hit, language)) for name, (hit, _) in BADGES.items()}
    english = {name: wording[0] for name, (_, wording) in BADGES.items()}
    if language == "en":
        assert all(english[name] in text for name, text in cards.items())
    else:
        assert not any(english[name] in text for name, text in cards.items())


def test_a_card_begins_with_what_is_known() -> None:
    bare = text_of(card(a_hit(document=a_document(replace(REPORT, publisher=None, year=None)))))
    assert "missing" in bare and bare.index("Health for migrants") < bare.index("missing")
    assert bare.index("p. 7") < bare.index("missing")


FLAGS = {
    "ocr": (a_hit(replace(a_passage(), ocr=True)), "Read by OCR"),
    "readers": (a_hit(replace(a_passage(), readers_agree=False)), "Check against the page image"),
    "edition": (a_hit(document=replace(a_document(), older_edition=True)), "Older edition"),
    "year": (a_hit(document=a_document(replace(REPORT, year=None))), "year missing"),
    "linked": (replace(a_hit(), rank=0), "→"),
    "no pages": (a_hit(without_pages("paragraph 4")), "paragraph 4"),
}


@pytest.mark.parametrize("case", FLAGS)
def test_what_a_reader_must_know_stands_on_the_card(case: str) -> None:
    hit, said = FLAGS[case]
    assert said in text_of(card(hit))
    assert said not in text_of(card(a_hit()))


def test_words_of_the_question_are_marked_and_the_text_stays() -> None:
    html = card(a_hit(a_passage("Clinics open at <seven>.")))
    assert "<mark>Clinics</mark> open at &lt;seven&gt;." in html


def test_under_a_document_s_heading_only_its_place_is_said() -> None:
    text = text_of(card(a_hit(), grouped=True))
    assert "Health for migrants" not in text and "p. 7 (PDF page 9)" in text


def test_a_title_that_several_share_comes_with_its_file() -> None:
    shared = {title_key(a_document())}
    assert "paper-1.pdf" in text_of(card(a_hit(), shared=shared))
    assert "paper-1.pdf" not in text_of(card(a_hit()))


def test_called_notes_stand_under_the_quotation_and_long_ones_are_cut() -> None:
    short, long = CalledNote("3", "Own <count>.", "es"), CalledNote("4", "word " * 200, "es")
    html = card(a_hit(), notes=[short, long])
    assert '<p class="called" lang="es">³ Own &lt;count&gt;.</p>' in html
    assert html.count('<span class="cut"> …</span></p>') == 1


def test_other_places_of_the_words_are_named() -> None:
    twin = a_document(replace(REPORT, title="Another edition"), number=2)
    hit = a_hit(also_in=((twin, StoredPassage(a_passage(labels=()), twin.id, 0)),))
    assert "The same words also stand in: Another edition, PDF page 9" in text_of(card(hit))


@given(st.text(max_size=60), st.integers(1, 40))
def test_a_shortened_text_is_its_beginning(text: str, limit: int) -> None:
    made = shorten(text, limit)
    assert text.startswith(made) and len(made) <= limit
    assert made == text or len(text) > limit
    assert made or not text.strip() or text[0].isspace()


def test_a_text_is_cut_at_a_word() -> None:
    assert shorten("one two three", 9) == "one two" == shorten("one two three", 7)
    assert shorten("one two", 7) == "one two"
    assert shorten("unbreakable", 5) == "unbre"
    assert len(shorten("word " * 200, MAX_NOTE)) <= MAX_NOTE


def spread() -> SearchResult:
    """Twelve hits of three documents: 2020, none, 2022, and so on; later ranks stand earlier in the document."""
    hits = []
    for rank in range(1, 13):
        year, number = (2020, None, 2022)[rank % 3], rank % 3 + 1
        document = a_document(replace(REPORT, year=year), number=number)
        stored = StoredPassage(a_passage(f"Passage {rank}."), document.id, 100 - rank)
        hits.append(replace(a_hit(document=document, rank=rank), passage=stored))
    return a_result(*hits)


ORDERS = {
    "relevance": [1, 2, 3, 4, 5, 6, 7, 8, 9, 10],
    "newest": [2, 5, 8, 3, 6, 9, 1, 4, 7, 10],
    "document": [10, 7, 4, 1, 8, 5, 2, 9, 6, 3],
}


@pytest.mark.parametrize("sort", ORDERS)
def test_the_order_that_the_address_asks_for(sort: str) -> None:
    found = listing(spread(), Address(sort=sort))
    assert [hit.rank for hit in found.hits] == ORDERS[sort]
    assert (found.documents, found.grouped, found.more) == (3, sort == "document", True)


def test_the_second_page_has_the_rest() -> None:
    found = listing(spread(), Address(page=2))
    assert [hit.rank for hit in found.hits] == [PAGE_SIZE + 1, PAGE_SIZE + 2]
    assert not found.more and listing(spread(), Address(page=3)).hits == ()


def test_grouped_a_document_stands_once_with_its_best_passage_first() -> None:
    found = listing(spread(), Address(sort="grouped"))
    assert [hit.rank for hit in found.hits] == [1, 4, 7, 10, 2, 5, 8, 3, 6, 9]
    assert [[hit.rank for hit in group] for group in groups(found.hits)] == [
        [1, 4, 7, 10],
        [2, 5, 8],
        [3, 6, 9],
    ]


def test_passages_are_counted_by_year_newest_first() -> None:
    found = listing(spread(), Address(sort="grouped"))
    assert list(years(found.hits).items()) == [(2022, 3), (2020, 3)]
    assert years(()) == {}
