"""Packing keeps to pages: two paragraphs parted by a page break are cited apart, one that runs on is not broken."""

from split_samples import Printed, paragraph, pdf, pdf_page, prose

from ingest.passages.split import SplitResult, split_source
from ingest.readers.source import Line, Page, Source


def two_pages(first: str, second: str) -> SplitResult:
    pages = tuple(Page(number, text, tuple(lines_of(text))) for number, text in enumerate((first, second), 1))
    return split_source(Source("txt", True, pages), "0" * 64)


def lines_of(text: str) -> list[Line]:
    lines, at = [], 0
    for line in text.split("\n"):
        lines.append(Line(at, at + len(line)))
        at += len(line) + 1
    return lines


ENDED = "The clinic opened its doors in March and has treated nine hundred patients since then."
RUNNING = "The clinic opened its doors in March and has treated nine hundred patients since then, most of"
NEXT = "whom had never seen a doctor in the country before. They came by word of mouth."
OTHER = "A second clinic is planned for the north. It will stay open during the night as well."


def test_paragraphs_on_two_pages_are_two_passages() -> None:
    assert [passage.pages for passage in two_pages(ENDED, OTHER).passages] == [(1, 1), (2, 2)]


def test_a_sentence_that_runs_on_makes_one_passage_of_two_pages() -> None:
    passage = two_pages(RUNNING, NEXT).passages[0]
    assert passage.pages == (1, 2)
    assert "most of whom had never" in passage.text


def test_a_line_that_announces_a_list_stays_with_it() -> None:
    passages = two_pages(
        "Patients are asked for one of these papers at the desk:", "• a passport\n• a residence card"
    ).passages
    assert passages[0].pages == (1, 2)


def test_every_word_of_both_pages_is_in_a_passage() -> None:
    text = " ".join(passage.text for passage in two_pages(ENDED, OTHER).passages)
    assert set((ENDED + " " + OTHER).split()) <= set(text.split())


def test_fields_of_a_form_end_a_passage_where_a_sentence_has_ended() -> None:
    fields = ("Data Source: the survey of households", "Frequency: annual, in May", "Unit: offices in Lima")
    lines = [Printed(text, 640 - 15 * at, right=85 + 5.0 * len(text)) for at, text in enumerate(fields)]
    page = pdf_page(1, *paragraph(prose(1), 760), *lines, *paragraph(prose(2), 560))
    found = [" ".join(passage.text.split()) for passage in split_source(pdf(page), "0" * 64).passages]
    assert found == [prose(1), " ".join(fields), prose(2)]


ANNOUNCED = "The ministry asks for these papers when a person from abroad comes to the desk of a hospital:"
ITEMS = tuple(
    f"• paper number {n}, which an office of the ministry in the capital has stamped" for n in range(1, 7)
)


def listed(before: int) -> list[str]:
    """Return the passages of a text with `before` sentences in front of a list, in one column of text."""
    prose_before = " ".join(
        f"In year {n} the clinics of the region wrote down each visit with its date and cause."
        for n in range(before)
    )
    text = "\n\n".join((prose_before, ANNOUNCED + "\n" + "\n".join(ITEMS), NEXT.capitalize()))
    return [passage.text for passage in two_pages(text, OTHER).passages]


def test_a_list_that_does_not_fit_moves_with_what_announces_it() -> None:
    first, second, *_ = listed(before=6)
    assert first.endswith("with its date and cause.")
    assert second.startswith(ANNOUNCED)
    assert all(item in second for item in ITEMS)


def test_a_list_that_fits_stays_where_it_is() -> None:
    first, *_ = listed(before=1)
    assert first.startswith("In year 0") and all(item in first for item in ITEMS)


def test_a_list_that_is_over_does_not_move() -> None:
    """The passage is closed by the paragraph behind the list."""
    behind = " ".join(f"In year {n} nothing of all this was asked for in any clinic." for n in range(9))
    text = "\n\n".join((ANNOUNCED + "\n" + "\n".join(ITEMS), behind))
    first, second, *_ = (passage.text for passage in two_pages(text, OTHER).passages)
    assert first.startswith(ANNOUNCED) and all(item in first for item in ITEMS)
    assert second.startswith("In year")
