"""Packed sentences as passages: what stands between them, their pages, labels and flags, ids, and the check."""

from collections.abc import Sequence
from dataclasses import replace

import pytest
from split_samples import laid_out, text_page

from ingest.passage import Kind, PageLabel, Passage, passage_id
from ingest.passages.block_text import BlockText, Sentence
from ingest.passages.clean_text import map_block
from ingest.passages.hyphens import Vocabulary
from ingest.passages.packing import block_text
from ingest.passages.passage_maker import LabelledPage, PassageMaker, SplitError
from ingest.readers.source import Page, Source
from ingest.structure.blocks import Block

SHA = "a" * 64
FIRST = text_page(1, "It rose in\n2024. It fell.\n\nIt rained.")
SECOND = text_page(2, "It was dry.")
THIRD = text_page(3, "It was late.")


def texts_of(*pages: Page) -> list[BlockText]:
    """Return one block a paragraph."""
    raw = {page.number: page.text for page in pages}
    blocks: list[Block] = []
    for page in laid_out(*pages)[0]:
        for line in page.lines:
            if blocks and blocks[-1].lines[0].page == line.page and not line.blank_above:
                blocks[-1] = replace(blocks[-1], lines=(*blocks[-1].lines, line))
            else:
                blocks.append(Block(kind="body", lines=(line,), section=("Weather",)))
    return [block_text(at, block, map_block(block, raw, Vocabulary([]))) for at, block in enumerate(blocks)]


def maker(
    *pages: Page,
    labels: tuple[PageLabel | None, ...] = (),
    texts: list[BlockText] | None = None,
    calls: dict[int, list[tuple[int, int]]] | None = None,
) -> tuple[PassageMaker, list[BlockText]]:
    made = texts_of(*pages) if texts is None else texts
    labelled = [
        LabelledPage(page=page, label=label)
        for page, label in zip(pages, labels or (None,) * len(pages), strict=True)
    ]
    source = Source("pdf", True, pages)
    return PassageMaker(
        source, sha256=SHA, pages=labelled, language="en", texts=made, calls=calls or {}
    ), made


def only(made: PassageMaker, kind: Kind, sentences: Sequence[Sentence]) -> Passage:
    return made.passages([(kind, list(sentences))])[0]


def test_sentences_of_one_block_keep_their_blank_others_get_a_line_break() -> None:
    made, texts = maker(FIRST, SECOND)
    passage = only(made, "body", [*texts[0].sentences, *texts[1].sentences])
    assert passage.text == "It rose in 2024. It fell.\nIt rained."
    assert [passage.text[a:b] for a, b in passage.sentences] == ["It rose in 2024.", "It fell.", "It rained."]
    assert passage.spans == ((1, 0, len(FIRST.text)),)
    assert (passage.kind, passage.section, passage.language) == ("body", ("Weather",), "en")


def test_sentences_that_were_neighbours_of_others_get_a_line_break() -> None:
    made, texts = maker(text_page(1, "It rose. It fell. It rained."))
    first, _, last = texts[0].sentences
    assert only(made, "body", [first, last]).text == "It rose.\nIt rained."
    assert only(made, "table", [last, first]).text == "It rained.\nIt rose."


def test_tokens_add_up_and_a_cut_sentence_marks_the_passage() -> None:
    made, texts = maker(FIRST)
    whole = only(made, "body", texts[0].sentences)
    assert whole.tokens == sum(sentence.tokens for sentence in texts[0].sentences) and not whole.cut
    assert only(made, "body", [replace(texts[0].sentences[0], cut=True)]).cut


def test_the_same_text_twice_gets_two_ids() -> None:
    made, texts = maker(FIRST)
    first, second = (only(made, "body", texts[1].sentences) for _ in range(2))
    assert (first.id, second.id) == tuple(passage_id(SHA, "It rained.", at) for at in (0, 1))


def test_calls_of_notes_are_told_in_the_passage() -> None:
    page = text_page(1, "It rose in 202427. It fell.")
    made, texts = maker(page, calls={1: [(15, 17)]})
    passage = only(made, "body", texts[0].sentences)
    assert passage.calls == ((15, 17),) and passage.display_text == "It rose in 2024²⁷. It fell."


def test_a_passage_that_is_not_verbatim_is_refused() -> None:
    other = texts_of(text_page(1, "It rose in\n1999. It fell.\n\nIt rained."))
    made, _ = maker(FIRST, texts=other)
    with pytest.raises(SplitError, match="not verbatim"):
        only(made, "body", other[0].sentences)


FLAGS = {
    "none": (frozenset[str](), False, True),
    "ocr": (frozenset({"ocr"}), True, True),
    "readers differ": (frozenset({"readers_differ"}), False, False),
    "one reader": (frozenset({"one_reader", "ocr"}), True, False),
}


@pytest.mark.parametrize("name", FLAGS)
def test_flags_of_any_of_its_pages_are_those_of_the_passage(name: str) -> None:
    flags, ocr, agree = FLAGS[name]
    made, texts = maker(FIRST, replace(SECOND, flags=flags))
    passage = only(made, "body", [*texts[1].sentences, *texts[2].sentences])
    assert (passage.ocr, passage.readers_agree) == (ocr, agree)
    assert not only(made, "body", texts[0].sentences).ocr


def printed(text: str) -> PageLabel:
    return PageLabel(text, "printed")


LABELS = {
    "all printed": ((printed("7"), printed("8"), printed("9")), ("7", "9"), "printed"),
    "one inferred": ((printed("7"), PageLabel("8", "inferred"), printed("9")), ("7", "9"), "inferred"),
    "of the file": (
        tuple(PageLabel(text, "pagelabels") for text in ("7", "8", "9")),
        ("7", "9"),
        "pagelabels",
    ),
    "one missing": ((printed("7"), None, printed("9")), (), None),
    "none": ((None, None, None), (), None),
    "two numberings": ((printed("iv"), printed("1"), printed("2")), (), None),
    "two sources": ((PageLabel("7", "pagelabels"), printed("8"), printed("9")), (), None),
}


@pytest.mark.parametrize("name", LABELS)
def test_labels_of_a_range(name: str) -> None:
    labels, expected, source = LABELS[name]
    made, texts = maker(FIRST, SECOND, THIRD, labels=labels)
    passage = only(made, "body", [sentence for text in texts for sentence in text.sentences])
    assert (passage.pages, passage.labels, passage.label_source) == ((1, 3), expected, source)


def test_a_source_without_pages_has_a_locator_instead() -> None:
    page = text_page(1, "It rained.")
    texts = texts_of(page)
    pages = [LabelledPage(page=page, label=printed("7"))]
    made = PassageMaker(
        Source("txt", False, (page,)), sha256=SHA, pages=pages, language=None, texts=texts, calls={}
    )
    passage = only(made, "body", texts[0].sentences)
    assert (passage.pages, passage.labels, passage.label_source, passage.locator) == ((), (), None, "line 1")
