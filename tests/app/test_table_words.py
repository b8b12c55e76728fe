"""The buttons and menus of tables speak the language of the page, and not Streamlit's."""

from collections.abc import Callable
from typing import Any

import pytest

from app.i18n import words
from app.ui.table_words import table_words

SAME = {"Euro", "Yen"}


@pytest.mark.parametrize("language", ["es", "pt"])
def test_every_word_has_one_in_the_language(language: str) -> None:
    told = table_words(words(language))
    assert all(told.values())
    assert {word for word, one in told.items() if word == one} <= SAME


def test_english_keeps_the_words_of_streamlit_or_better_ones() -> None:
    assert table_words(words("en"))["Download as CSV"] == "Download as CSV"


@pytest.mark.browser
@pytest.mark.timeout(600)
@pytest.mark.parametrize(("width", "language"), [(1440, "pt"), (1024, "es")])
def test_a_row_that_is_clicked_opens_its_form_and_the_table_speaks_the_language(
    chromium: Any, served: Any, new_visit: Callable[..., Any], width: int, language: str
) -> None:
    visit = new_visit(chromium, served, width)
    visit.open(f"/library?lang={language}")
    told = table_words(words(language))
    table = visit.page.locator(".st-key-documents_table [data-testid=stDataFrame]")
    table.hover()
    buttons = visit.page.locator(".st-key-documents_table [data-testid=stElementToolbarButton] button")
    labels = [
        str(name).partition(": ")[0] for name in buttons.evaluate_all("all => all.map(b => b.ariaLabel)")
    ]
    assert labels == [told[word] for word in ("Show/hide columns", "Download as CSV", "Search", "Fullscreen")]
    buttons.nth(1).hover()
    visit.page.locator("[data-testid=stTooltipContent]", has_text=told["Download as CSV"]).wait_for()
    table.click(position={"x": 15, "y": 52})  # the box at the head of the first row
    visit.page.locator("h2.detail").wait_for(timeout=30_000)
    visit.settle()
    assert visit.page.locator("[class*=st-key-metadata-]").last.get_by_role("textbox").count() >= 8
    assert visit.faults == []
