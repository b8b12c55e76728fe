"""Blocks into packed sentences: what may share a passage, the budget, cut sentences, cut tables."""

import pytest
from split_samples import laid_out, text_page

from ingest.passage import Kind
from ingest.passages.block_text import BlockText
from ingest.passages.clean_text import map_block
from ingest.passages.hyphens import Vocabulary
from ingest.passages.packing import BUDGET, LONGEST_SENTENCE, block_text, pack
from ingest.structure.blocks import Block


class Paper:
    """A paper of one block a call, each on a page of its own text."""

    def __init__(self) -> None:
        self.texts: list[BlockText] = []

    def block(
        self,
        text: str,
        kind: Kind = "body",
        *,
        section: str = "",
        page: int = 1,
        head: int = 0,
        loose: bool = False,
    ) -> "Paper":
        """Append a block and return the paper."""
        source = text_page(page, text)
        lines = tuple(line for item in laid_out(source)[0] for line in item.lines)
        block = Block(kind=kind, lines=lines, section=(section,) if section else (), head=head, loose=loose)
        mapped = map_block(block, {page: text}, Vocabulary([]))
        self.texts.append(block_text(len(self.texts), block, mapped))
        return self

    def passages(self) -> list[tuple[str, str]]:
        """Return kind and text of each passage, "|" between its sentences."""
        return [
            (kind, "|".join(self.texts[one.block].mapped.text[one.start : one.end] for one in part))
            for kind, part in pack(self.texts)
        ]


def test_paragraphs_of_one_section_share_a_passage() -> None:
    paper = Paper().block("It rained.").block("It fell. It rose.")
    assert paper.passages() == [("body", "It rained.|It fell.|It rose.")]


def test_paragraphs_of_two_sections_do_not() -> None:
    paper = Paper().block("It rained.", section="1. North").block("It fell.", section="2. South")
    assert paper.passages() == [("body", "It rained."), ("body", "It fell.")]


ALONE: tuple[Kind, ...] = ("footnote", "table", "caption", "heading", "references", "contents")


@pytest.mark.parametrize("kind", ALONE)
def test_other_kinds_do_not_share_one_with_prose(kind: Kind) -> None:
    paper = Paper().block("It rained.").block("See Law 12.", kind).block("It fell.")
    assert ("body", "It rained.|It fell.") in paper.passages()
    assert (kind, "See Law 12.") in paper.passages()


def test_notes_stay_apart_captions_in_a_row_do_not() -> None:
    notes = Paper().block("1 See Law 12.", "footnote").block("2 See Law 13.", "footnote")
    assert [kind for kind, _ in notes.passages()] == ["footnote", "footnote"]
    captions = Paper().block("Figure I", "caption").block("Offices by region", "caption")
    assert captions.passages() == [("caption", "Figure I|Offices by region")]


def test_prose_and_items_share_one_of_the_kind_that_has_more() -> None:
    prose = (
        Paper()
        .block("The ministry asks for these papers at the desk of a hospital:")
        .block("• a card.", "list")
    )
    assert [kind for kind, _ in prose.passages()] == ["body"]
    items = Paper().block("Papers:").block("• a passport and a card of residence.", "list")
    assert [kind for kind, _ in items.passages()] == ["list"]
    open_end = (
        Paper()
        .block("The ministry asks for these papers at the desk of a hospital:")
        .block("• a card", "list")
    )
    assert [kind for kind, _ in open_end.passages()] == ["list"]


def test_loose_lines_end_a_passage_where_a_sentence_has_ended() -> None:
    paper = Paper().block("It rained.").block("Unit: offices", "list", loose=True).block("It fell.")
    assert paper.passages() == [("body", "It rained."), ("list", "Unit: offices"), ("body", "It fell.")]
    running = Paper().block("It rained and").block("Unit: offices", "list", loose=True).block("it fell.")
    assert ("body", "It rained and|it fell.") in running.passages()


def test_a_page_break_between_paragraphs_ends_a_passage() -> None:
    assert len(Paper().block("It rained.").block("It fell.", page=2).passages()) == 2
    assert len(Paper().block("It fell:").block("in the north.", page=2).passages()) == 1


def test_blocks_without_text_are_passed_over() -> None:
    assert Paper().block("\u200b").passages() == []
    assert Paper().passages() == []


SENTENCE = "The office of number {} wrote down each of the visits with its date and its cause."


def test_no_passage_is_over_the_budget_and_none_is_almost_empty() -> None:
    paper = Paper().block(" ".join(SENTENCE.format(n) for n in range(40)))
    sizes = [sum(one.tokens for one in part) for _, part in pack(paper.texts)]
    assert len(sizes) > 2 and max(sizes) <= BUDGET and min(sizes) >= 0.2 * BUDGET


def test_every_sentence_is_packed_once_and_in_order() -> None:
    paper = Paper()
    for at in range(6):
        paper.block(" ".join(SENTENCE.format(n) for n in range(at, at + 7)), section=str(at // 3))
    packed = [one for _, part in pack(paper.texts) for one in part]
    assert packed == [one for text in paper.texts for one in text.sentences]


def test_a_paragraph_is_not_begun_in_a_passage_that_is_full_enough() -> None:
    first, second = (" ".join(SENTENCE.format(n) for n in range(at, at + 5)) for at in (0, 10))
    assert [text for _, text in Paper().block(first).block(second).passages()] == [
        "|".join(SENTENCE.format(n) for n in range(at, at + 5)) for at in (0, 10)
    ]


LONG = "The council names " + "; ".join(f"the hospital of the town of Santiago {n}" for n in range(60)) + "."


def test_a_sentence_that_no_passage_holds_is_cut_behind_a_mark() -> None:
    sentences = Paper().block(LONG).texts[0].sentences
    assert len(sentences) > 1 and all(one.cut and one.tokens <= BUDGET for one in sentences)
    assert all(LONG[one.start : one.end].endswith((";", ".")) for one in sentences)
    assert " ".join(LONG[one.start : one.end] for one in sentences) == LONG


CUTS = {"comma": ", ", "blank": " "}


@pytest.mark.parametrize("name", CUTS)
def test_without_a_semicolon_it_is_cut_behind_a_comma_or_a_word(name: str) -> None:
    text = LONG.replace("; ", CUTS[name])
    sentences = Paper().block(text).texts[0].sentences
    assert len(sentences) > 1
    assert all(text[one.end - 1 : one.end + 1].endswith((" ", ".")) for one in sentences)


def test_a_word_that_no_passage_holds_is_cut_anywhere() -> None:
    word = "移" * 3 * LONGEST_SENTENCE
    sentences = Paper().block(word).texts[0].sentences
    assert "".join(word[one.start : one.end] for one in sentences) == word
    assert all(one.tokens <= BUDGET for one in sentences)


def rows(count: int) -> str:
    return "\n".join(
        [
            "Table 1. Staff",
            "District 2021 2022",
            *(f"District of San Pedro {n} 1{n} 2{n}" for n in range(count)),
        ]
    )


def test_a_table_within_the_budget_stays_whole() -> None:
    assert Paper().block(rows(5), "table", head=2).passages() == [("table", rows(5).replace("\n", "|"))]


def test_a_long_table_repeats_its_head() -> None:
    parts = [text for _, text in Paper().block(rows(60), "table", head=2).passages()]
    assert len(parts) > 1
    assert all(part.startswith("Table 1. Staff|District 2021 2022|District of San Pedro") for part in parts)
    assert [line for part in parts for line in part.split("|")[2:]] == rows(60).split("\n")[2:]


def test_a_head_that_would_fill_the_passages_is_not_repeated() -> None:
    parts = [text for _, text in Paper().block(rows(60), "table", head=20).passages()]
    assert len(parts) > 1 and not any(part.startswith("Table 1.") for part in parts[1:])
