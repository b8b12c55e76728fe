"""Sentences stay whole: past figures and headings, through columns and raised numbers, up to what a passage holds."""

import sys
from pathlib import Path

import pytest
from split_samples import Printed, paragraph, pdf, pdf_page, prose

from ingest.layout.line_ends import ends_sentence
from ingest.layout.line_kinds import counter_before, is_item
from ingest.passage import Passage
from ingest.passages.packing import BUDGET, LONGEST_SENTENCE
from ingest.passages.split import split_source
from ingest.passages.token_estimate import estimate_tokens
from ingest.readers.source import Page

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from bench.broken_sentences import begins_inside_sentence, ends_at_joint, ends_inside_sentence, measure  # noqa: E402  bench is no package

PAPERS = ROOT.parent / "shared" / "data" / "policy-pdfs"
# Of the body passages at most this share may be broken.
MOST_BROKEN = 0.01

BROKEN_STARTS = {
    "small letter": "service. By the end of the year",
    "behind a quote": "“where they live",
    "closing mark": "), as amended",
}
WHOLE_STARTS = {
    "capital": "Services grew.",
    "counter": "(a) to ensure access",
    "roman": "iv. the right to health",
    "bullet": "• health posts",
    "letter of a note": "a Eid falls on Sunday.",
    "figure": "31 per cent had a policy.",
}
BROKEN_ENDS = {
    "word": "the operational times were",
    "comma": "the Ministry of Health,",
    "figure": "in accordance with article 17",
}
WHOLE_ENDS = {
    "stop": "It grew.",
    "quote": "He said: “It grew.”",
    "note call": "It grew.12",
    "question in brackets": "(Did it grow?)",
    "announces": "The barriers are:",
    "item": "the right to health; and",
}


@pytest.mark.parametrize("name", BROKEN_STARTS)
def test_broken_start(name: str) -> None:
    assert begins_inside_sentence(BROKEN_STARTS[name])


@pytest.mark.parametrize("name", WHOLE_STARTS)
def test_whole_start(name: str) -> None:
    assert not begins_inside_sentence(WHOLE_STARTS[name])


def test_a_clause_after_a_semicolon_is_no_broken_start() -> None:
    assert not begins_inside_sentence("the hospital of Tacna", "the hospital of Puno;")
    assert begins_inside_sentence("the hospital of Tacna", "the hospital of Puno,")


@pytest.mark.parametrize("name", BROKEN_ENDS)
def test_broken_end(name: str) -> None:
    assert ends_inside_sentence(BROKEN_ENDS[name])


@pytest.mark.parametrize("name", WHOLE_ENDS)
def test_whole_end(name: str) -> None:
    assert not ends_inside_sentence(WHOLE_ENDS[name])


def test_joints_are_counted_apart() -> None:
    assert ends_at_joint("The barriers are:") and ends_at_joint("salud; y")
    assert not ends_at_joint("It grew.")


def body(*pages: Page) -> list[Passage]:
    return [passage for passage in split_source(pdf(*pages), "0" * 64).passages if passage.kind == "body"]


def whole(found: list[Passage], words: str) -> Passage:
    passage = next(passage for passage in found if words in passage.text)
    assert not begins_inside_sentence(passage.text) and not ends_inside_sentence(passage.text)
    return passage


BEFORE = "The call centre closed earlier than in other years, and this affected every person who asked for a"


def full(rows: list[Printed]) -> list[Printed]:
    """Return the rows with the last one as long as the others."""
    return [Printed(row.text, row.y, row.left, 510.0, row.size) for row in rows]


def test_a_heading_repeated_at_the_page_top_does_not_part_a_sentence() -> None:
    head = Printed("M e s s a g e  f r o m  t h e  d i r e c t o r, continued", 760.0, 200, 400, 17.0)
    second = paragraph("decision about the pension. The next year was better.", 720.0)
    found = body(pdf_page(1, *paragraph(BEFORE, 700.0)), pdf_page(2, head, *second))
    assert whole(found, "asked for a decision about").pages == (1, 2)


def test_a_sentence_waits_for_its_page_while_a_finished_column_stands_between() -> None:
    column = [Printed(row.text, row.y, 85, 285) for row in paragraph(prose(4), 300.0, width=38)]
    first = [*full(paragraph(BEFORE, 700.0)), *column]
    found = body(pdf_page(1, *first), pdf_page(2, *paragraph("decision. It was late.", 760.0)))
    assert whole(found, "asked for a decision.").pages == (1, 2)


def test_a_sentence_broken_off_above_a_figure_goes_on_with_a_number() -> None:
    text = (
        "Parity in local government is far away. At this pace it will not be reached anywhere before the year"
    )
    first = [*paragraph(prose(2), 760.0), *full(paragraph(text, 700.0, width=40))]
    label = Printed("2000 2010 2024", 300.0, 100, 300, 7.0)
    second = paragraph(
        "2055. In that year two more countries will have reached it, a slow pace for all.", 760.0
    )
    second[0] = Printed(second[0].text, second[0].y, 85, 510)
    found = body(pdf_page(1, *first, label), pdf_page(2, *second, *paragraph(prose(7), 700.0)))
    assert any("before the year 2055. In that year" in passage.text for passage in found)


def test_nothing_goes_on_in_a_column_to_the_left() -> None:
    right = [Printed(p.text, p.y, 310, 510) for p in paragraph(BEFORE, 700.0, width=38)]
    box = [Printed(p.text, p.y, 60, 260) for p in paragraph(prose(5), 780.0, width=38)]
    found = body(pdf_page(1, *right, *box))
    assert not any("asked for a " + prose(5)[:8] in passage.text for passage in found)


def test_words_before_a_raised_number_stay_in_their_sentence() -> None:
    first = paragraph(
        "Every dollar spent on care is tied to an ensuing gain of nearly four dollars in the", 700.0
    )
    first = [Printed(row.text, row.y, 85, 510) for row in first]
    rows = [
        *first,
        Printed("GDP. 150", first[-1].y - 12, 85, 118, 6.5),
        Printed("Investment in a reformed sector would create many jobs.", first[-1].y - 12, 120, 510),
    ]
    found = body(pdf_page(1, *paragraph(prose(3), 780.0), *rows))
    assert any("dollars in the GDP. 150" in passage.text for passage in found)


def test_a_narrow_box_beside_wide_text_is_read_as_a_column() -> None:
    wide = paragraph(prose(6), 780.0) + paragraph(prose(8), 720.0)
    lines = ("The bureau works with agencies of", "the government, among them the", "National Security Council and the",
             "Trade Representative, for fair rules.")  # fmt: skip
    box = [Printed(line, 500.0 - 11 * at, 90, 265 + 5 * (at % 2), 9.0) for at, line in enumerate(lines)]
    found = body(pdf_page(1, *wide, *box))
    assert any("among them the National Security Council and the Trade" in passage.text for passage in found)


def test_a_counter_inside_a_sentence_opens_no_item() -> None:
    above = "Three things hold: (1) choosing is hard for most people; (2) they overweigh one cost and"
    rows = [
        Printed(above, 700.0, 85, 510),
        Printed(
            "(3) the choice of a doctor matters to many. Tools were reviewed in parallel.", 688.0, 85, 460
        ),
    ]
    found = body(pdf_page(1, *paragraph(prose(1), 760.0), *rows))
    assert any("overweigh one cost and (3) the choice" in passage.text for passage in found)


def test_the_last_line_before_a_table_stays_in_its_sentence() -> None:
    text = paragraph(
        "The ranks of the five countries have risen, notably China, at 21, and India, at", 700.0, width=90
    )
    rows = [Printed(row.text, row.y, 85, 510) for row in text]
    cells = [
        Printed(cell, 600.0 - 12 * line, 85 + 80 * at, 120 + 80 * at)
        for line in range(5)
        for at, cell in enumerate((f"{line + 2}.5", f"1{line}", f"2{line}", f"3{line}"))
    ]
    last = Printed("36; 38; 52.", rows[-1].y - 12, 85, 140)
    found = split_source(
        pdf(pdf_page(1, *paragraph(prose(4), 760.0), *rows, last, *cells)), "0" * 64
    ).passages
    assert any(p.kind == "body" and "India, at 36; 38; 52." in p.text for p in found)
    assert any(p.kind == "table" for p in found)


def test_an_address_in_brackets_does_not_end_at_its_dot() -> None:
    assert not ends_sentence("the lapse in appropriations (www.")
    assert ends_sentence("see the report (www.who.int).")


def test_ordinals_open_items_and_counters_know_the_one_before() -> None:
    assert is_item("º Vattenfall, a company") and not is_item("º de mayo")
    assert counter_before("(4) choice") == "(3)" and counter_before("c) third") == "b)"
    assert counter_before("1. first") is None and counter_before("a) first") is None


def sentence(names: int) -> str:
    return "The council names " + ", ".join(f"the town of Puno {at}" for at in range(names)) + " and others."


def test_a_sentence_over_the_budget_stays_whole_while_a_passage_can_hold_it() -> None:
    long = sentence(34)
    assert BUDGET < estimate_tokens(long) <= LONGEST_SENTENCE
    found = body(pdf_page(1, *paragraph(long, 760.0), *paragraph(prose(2), 600.0)))
    passage = whole(found, "Puno 33")
    assert "council names" in passage.text and not passage.cut and passage.tokens <= LONGEST_SENTENCE


def test_a_longer_one_is_cut_between_clauses() -> None:
    clauses = "; ".join(
        f"the hospital of the town of Santiago {at} was opened to its people" for at in range(40)
    )
    found = body(pdf_page(1, *paragraph(f"In these years {clauses}.", 790.0)))
    assert len(found) > 2
    assert all(passage.cut and passage.tokens <= LONGEST_SENTENCE for passage in found)
    assert all(passage.text.endswith((";", ".")) for passage in found)


def test_letters_of_other_alphabets_are_not_overrated() -> None:
    russian = (
        "Мы также с удовлетворением отмечаем реакцию Председателя Генеральной Ассамблеи на это предложение."
    )
    assert estimate_tokens(russian) < 0.5 * len(russian)
    assert estimate_tokens("移民在获得医疗服务方面面临障碍") >= 9


@pytest.mark.skipif(not PAPERS.is_dir(), reason="needs ../shared/data/policy-pdfs")
@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_broken_passages_are_rare_in_real_papers() -> None:
    count, _, faults = measure(sorted(PAPERS.rglob("*.pdf")))
    assert count > 6000
    assert len(faults) <= MOST_BROKEN * count, [(fault.file, fault.passage.pages) for fault in faults]
