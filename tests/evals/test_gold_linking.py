"""Gold finds its passages: quotes across lines, page breaks and passages; one place, the right page."""

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evals.gold.check import check_gold, sound_gold
from evals.gold.questions import GoldError, split_by_hash
from evals.gold.quotes import Stretch, cut, find_quote, fold_page, fold_quote, overlap, size, stretches
from evals.gold.reader import read_gold
from ingest.library.library import Library


def evidence(quote: str, doc: str = "clinics.pdf", **more: object) -> list[dict[str, object]]:
    return [{"doc": doc, "quote": quote, **more}]


# name: (quote, document, pages, number of relevant passages)
FOUND = {
    "plain": ("registered 4,812 visits by migrants", "clinics.pdf", (1,), 1),
    "typed with straight quotation marks": ('The "green card" is free', "clinics.pdf", (2,), 1),
    "hyphen at the line end": ("nine days after the second shift", "clinics.pdf", (2,), 1),
    "across a page break, past head and footnote": (
        "and the nurses explain at the counter",
        "clinics.pdf",
        (1, 2),
        1,
    ),
    "cut by two passages": ("after the second shift opened in the north", "clinics.pdf", (2,), 2),
    "by file name without its folder": ("aleja a muchas mujeres", "salud.pdf", (1,), 1),
    "source without pages": ("vaccine is offered at the airport", "other/note.html", (), 1),
}


@pytest.mark.parametrize("name", FOUND)
def test_found(
    name: str,
    library: Library,
    gold_file: Callable[..., Path],
    gold_question: Callable[..., dict[str, object]],
) -> None:
    quote, doc, pages, relevant = FOUND[name]
    linked = sound_gold(gold_file(gold_question(evidence=evidence(quote, doc))), library)
    (question,) = linked.questions
    assert question.evidence[0].pages == pages
    assert len(question.grades) == relevant
    assert set(question.grades.values()) == {2}


def test_a_sliver_of_a_quote_makes_no_passage_relevant(
    library: Library, gold_file: Callable[..., Path], gold_question: Callable[..., dict[str, object]]
) -> None:
    quote = "Waiting times fell to nine days after the second shift op"
    linked = sound_gold(gold_file(gold_question(evidence=evidence(quote))), library)
    shares = sorted(linked.questions[0].evidence[0].shares.values())
    assert len(shares) == 2
    assert shares[0] < 0.1
    assert len(linked.questions[0].grades) == 1


def test_document_by_its_hash(
    library: Library, gold_file: Callable[..., Path], gold_question: Callable[..., dict[str, object]]
) -> None:
    (document,) = [item for item in library.documents() if item.file == "clinics.pdf"]
    linked = sound_gold(
        gold_file(gold_question(evidence=evidence("prenatal care", document.sha256))), library
    )
    assert linked.questions[0].evidence[0].document.id == document.id


def test_the_higher_grade_wins_where_two_quotes_share_a_passage(
    library: Library, gold_file: Callable[..., Path], gold_question: Callable[..., dict[str, object]]
) -> None:
    both = evidence("registered 4,812 visits", grade=1) + evidence("came for prenatal care", grade=2)
    linked = sound_gold(gold_file(gold_question(evidence=both)), library)
    assert list(linked.questions[0].grades.values()) == [2]


def test_rejected_passages_are_judged_with_grade_zero(
    library: Library, gold_file: Callable[..., Path], gold_question: Callable[..., dict[str, object]]
) -> None:
    record = gold_question(rejected=evidence("La línea atendió 920 llamadas", "salud.pdf"))
    linked = sound_gold(gold_file(record), library)
    assert sorted(linked.questions[0].judged.values()) == [0, 2]
    assert list(linked.questions[0].grades.values()) == [2]


def test_report_counts_what_is_there(
    library: Library, gold_file: Callable[..., Path], gold_question: Callable[..., dict[str, object]]
) -> None:
    unanswerable = gold_question(
        2, answerable=False, evidence=[], type="unanswerable", lang="es", kind="off_topic"
    )
    report = check_gold(gold_file(gold_question(1), unanswerable), library)
    assert (report.questions, report.answerable, report.quotes, report.exit_code) == (2, 1, 1, 0)
    assert report.by_language == {"en": 1, "es": 1}
    assert report.unsupported == ()


def test_a_quote_outside_every_passage_is_reported_as_unsupported(
    library: Library, gold_file: Callable[..., Path], gold_question: Callable[..., dict[str, object]]
) -> None:
    record = gold_question(evidence=evidence("Figura 2. Llamadas por mes", "salud.pdf"))
    report = check_gold(gold_file(record), library)
    assert report.ok
    assert report.unsupported == ("q1",)
    assert report.lost_quotes == (f"{report.path}, line 1: in no passage: 'Figura 2. Llamadas por mes'",)


def test_the_hash_of_gold_ignores_notes_order_and_layout(
    gold_file: Callable[..., Path], gold_question: Callable[..., dict[str, object]]
) -> None:
    first = read_gold(gold_file(gold_question(1), gold_question(2))).hash
    assert read_gold(gold_file(gold_question(2, note="seen twice"), "", gold_question(1))).hash == first
    assert read_gold(gold_file(gold_question(1), gold_question(2, lang="pt"))).hash != first


def test_splits_keep_groups_together_and_fill_both_halves() -> None:
    halves = [split_by_hash(f"group-{number}") for number in range(200)]
    assert 70 < halves.count("dev") < 130
    assert split_by_hash("group-1") == split_by_hash("group-1")


def test_a_hand_set_split_goes_before_the_hash(
    gold_file: Callable[..., Path], gold_question: Callable[..., dict[str, object]]
) -> None:
    gold = read_gold(gold_file(gold_question(1, split="dev"), gold_question(2, split="test")))
    assert [gold.split_of(question) for question in gold.questions] == ["dev", "test"]


def test_a_broken_file_cannot_be_run(
    library: Library, gold_file: Callable[..., Path], gold_question: Callable[..., dict[str, object]]
) -> None:
    with pytest.raises(GoldError, match="line 1"):
        sound_gold(gold_file(gold_question(evidence=evidence("no such words anywhere"))), library)


TEXTS = st.text(alphabet="abc é\u0301-\n\u00ad\ufb01“”'ñ", max_size=60)


@given(TEXTS, st.data())
def test_a_folded_page_agrees_with_folding_any_part_of_it(text: str, data: st.DataObject) -> None:
    page = fold_page(1, text)
    assert page.text == fold_quote(text)
    start = data.draw(st.sampled_from((0, *page.raw_starts)))
    assert page.text[: page.position(start)] == fold_quote(text[:start])


@given(st.text(alphabet="abcd ", min_size=1, max_size=40), st.data())
def test_every_part_of_a_page_is_found_where_it_stands(text: str, data: st.DataObject) -> None:
    page = fold_page(1, text)
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    place = stretches({1: page}, [(1, start, end)])
    quote = text[start:end]
    found = find_quote(quote, {1: page}, [(Stretch(1, 0, len(page.text)),)])
    assert (place in found) == bool(fold_quote(quote))


@given(st.lists(st.tuples(st.integers(1, 3), st.integers(0, 20), st.integers(1, 9)), max_size=5), st.data())
def test_a_cut_has_the_wanted_size_and_lies_inside(
    parts: list[tuple[int, int, int]], data: st.DataObject
) -> None:
    reading = tuple(Stretch(page, start, start + length) for page, start, length in parts)
    start = data.draw(st.integers(0, size(reading)))
    end = data.draw(st.integers(start, size(reading)))
    assert size(cut(reading, start, end)) == end - start
    if len({item.page for item in reading}) == len(reading):
        assert overlap(cut(reading, start, end), reading) == end - start
