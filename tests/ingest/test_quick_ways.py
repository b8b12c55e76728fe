"""What is worked out in a quick way is what the plain way gives: counts of marks, shares of words, folds, columns."""

import re
import unicodedata

import pytest
from drawn_tables import page
from hypothesis import given
from hypothesis import strategies as st

from ingest.layout.line import _words
from ingest.layout.line_ends import ends_sentence
from ingest.passages.token_estimate import _PER_DIGIT, _PER_LONE_MARK, _PER_MARK, _SAFETY, estimate_tokens
from ingest.readers.pdf.line_pieces import may_be_apart
from ingest.readers.pdf.offsets import Offsets
from ingest.readers.pdf.pdfium import normalised
from ingest.structure.assemble import _source_entries, source_lists
from ingest.structure.bands import Band, Piece, bands_of
from ingest.structure.blocks import Block
from ingest.structure.columns import Columns, columns_of, label_columns
from ingest.text.folding import fold, same_fold, shown
from ingest.text.plausibility import is_surely_language, plausibility_of

WORDS = st.text(alphabet="ab éñ.,;:()-/_12 \n\t\u00a0\u200b\u00ad☃", max_size=60)


@given(st.text(alphabet=".,;:!?-–%&*'\"0123456789_ \n\u00a0", max_size=80))
def test_marks_and_figures_are_counted_as_their_patterns_say(text: str) -> None:
    marks, digits = len(re.findall(r"[^\w\s]|_", text)), len(re.findall(r"\d", text))
    alone = len(re.findall(r"(?<!\S)[^\w\s](?!\S)", text))
    total = 0.0
    total += _PER_DIGIT * digits
    total += _PER_MARK * marks
    total += _PER_LONE_MARK * alone
    if "_" not in text:
        assert estimate_tokens(text) == round(total * _SAFETY + 0.5)


@given(st.text())
def test_what_counts_of_a_text_is_the_same_character_by_character(text: str) -> None:
    kept = [
        char
        for char in text
        if not (
            char.isspace()
            or unicodedata.category(char) in ("Cc", "Cf", "Cs", "Co")
            or char in "-\u2010\u2011\u2212\ufe63\uff0d\ufffe"
        )
    ]
    assert shown(text) == "".join(kept)


@given(WORDS, WORDS)
def test_two_texts_are_alike_where_their_folds_are(text: str, other: str) -> None:
    assert same_fold(text, other) == (fold(text) == fold(other))
    assert same_fold(text, text.replace(" ", "\n ") + "-")


def test_a_letter_more_or_less_is_not_alike() -> None:
    assert not same_fold("two per cent", "two per cents")
    assert same_fold("per cent", "per-\ncent")


@given(WORDS)
def test_blanks_and_controls_go_whether_a_line_has_any_or_not(text: str) -> None:
    bare = re.sub("[\u200b\u00ad]", "", text)
    assert _words(text) == re.sub(r"\s+", " ", bare).strip()


@given(st.text(alphabet="the of aeiouxyz éñ\ue001\ue0ff \n", min_size=1, max_size=200))
def test_shares_of_words_vowels_and_private_signs(text: str) -> None:
    found = plausibility_of(text)
    words = re.findall(r"[^\W\d_]+", text.casefold())
    letters = [char for word in words for char in word]
    inked = [char for char in text if not char.isspace()]
    assert found.words == len(words)
    assert found.vowels == (sum(char in "aeiouéy" for char in letters) / len(letters) if letters else 0.4)
    assert found.private == (sum("\ue000" <= c <= "\uf8ff" for c in inked) / len(inked) if inked else 0.0)


@given(st.text(alphabet="the of ßaex\ue001 \n", max_size=300), st.integers(1, 12))
def test_what_a_quick_look_calls_language_is_not_suspicious(text: str, times: int) -> None:
    assert not (is_surely_language(text * times) and plausibility_of(text * times).suspicious)


def test_a_quick_look_knows_prose_and_says_nothing_of_scraps() -> None:
    assert is_surely_language("The share of the population that has access to the system is small. " * 9)
    assert not is_surely_language("Wkh vkduh ri wkh srsxodwlrq wkdw kdv dffhvv wr wkh vbvwhp lv vpdoo. " * 9)
    assert not is_surely_language("the share of the \ue001\ue002")


@given(st.text(alphabet="aé\U0001f600\U00010400\r\n", max_size=40))
def test_line_ends_and_wide_signs_are_found_as_one_by_one(text: str) -> None:
    assert normalised(text) == re.sub(r"\r\n|\r|\n", "\n", text)
    assert Offsets(None, text + "\U0001f600").plain is False


@pytest.mark.parametrize(
    ("text", "ends"),
    [
        ("It ended.", True),
        ("It ended in 2012.5", True),
        ("It ended in 97.5", False),
        ("It goes on", False),
        ("See the page (www.", False),
        ("It ended (see above).", True),
    ],
)
def test_the_end_of_a_sentence(text: str, ends: bool) -> None:
    assert ends_sentence(text) is ends


@pytest.mark.parametrize(
    ("text", "apart"),
    [
        ("Peru 12 34", True),
        ("Peru 12 –", False),
        ("12 34 –", True),
        ("In 2020 there were 34 of them", False),
        ("Peru 12 34%)", True),
        ("Peru", False),
    ],
)
def test_a_line_with_figures_at_its_end_may_be_cells(text: str, apart: bool) -> None:
    assert may_be_apart(text, 5.0 * len(text), 10.0) is apart


def bands(picture: str) -> list[Band]:
    return bands_of(page(picture).lines)


TABLE = """
    Peru             12      34
    Chile            40      61
    All in all               95
"""


def test_the_cells_of_each_column() -> None:
    rows = bands(TABLE)
    columns = columns_of(rows)
    assert columns is not None
    assert [[piece.text for piece in cells] for cells in columns.cells(rows)] == [
        ["Peru", "Chile", "All in all"],
        ["12", "40"],
        ["34", "61", "95"],
    ]
    assert label_columns(rows, columns) == 1


def test_a_piece_over_two_columns_is_a_cell_of_neither() -> None:
    rows = bands(TABLE)
    wide = Columns(((0.0, 30.0), (40.0, 250.0)))
    assert [piece.text for cells in wide.cells(rows) for piece in cells if piece.left < 30] == [
        "Peru",
        "Chile",
    ]


@given(
    st.floats(0, 100),
    st.floats(0, 100),
    st.lists(st.tuples(st.floats(0, 100), st.floats(0, 100)), max_size=4),
)
def test_a_piece_stands_over_the_columns_that_it_shares_room_with(
    left: float, right: float, edges: list[tuple[float, float]]
) -> None:
    shared = [at for at, (start, end) in enumerate(edges) if min(end, right) - max(start, left) > 0]
    assert Columns(tuple(edges)).under(left, right) == shared


def piece(text: str) -> Piece:
    (band,) = bands(text)
    return band.pieces[0]


@pytest.mark.parametrize(
    "text",
    [
        "Table 2. Members insured",
        "Source: National Institute of Statistics",
        "the members of the fund were asked what they had paid for it in the year",
    ],
)
def test_captions_sources_and_running_text_are_no_cells(text: str) -> None:
    assert piece(text).is_no_cell


@pytest.mark.parametrize("text", ["Peru", "Members insured", "12.5", "Tables of the fund"])
def test_labels_and_figures_may_be_cells(text: str) -> None:
    assert not piece(text).is_no_cell


def blocks(kinds: str) -> list[Block]:
    """Return blocks: an entry of a list of sources for each "s", text for each "-"."""
    lines = page(
        "\n".join("Pérez, A. (2019). Rivers, 12(3), 45-67." if s == "s" else "Rivers rise." for s in kinds)
    )
    return [Block(kind="body", lines=(line,), section=()) for line in lines.lines]


@given(st.text(alphabet="s-", min_size=1, max_size=9))
def test_entries_that_follow_on_one_another_are_a_list_of_sources(kinds: str) -> None:
    listed = {at for run in re.finditer("s{2,}", kinds) for at in range(*run.span())}
    found = source_lists(blocks(kinds))
    assert [block.kind == "references" for block in found] == [at in listed for at in range(len(kinds))]
    assert listed <= _source_entries(blocks(kinds)) <= {at for at, kind in enumerate(kinds) if kind == "s"}
