"""Citing from the page, in a real browser: one click for quote and source, every style, in the language of the page."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from app.citations import csl

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]

WIDTHS = pytest.mark.parametrize("visit", [(1440, "light"), (1024, "light"), (390, "light")], indirect=True)
COPY = {"en": "Copy quote and source", "es": "Copiar cita y fuente", "pt": "Copiar trecho e fonte"}
CITE = {"en": "Cite", "es": "Citar", "pt": "Citar"}


@pytest.mark.parametrize("language", COPY)
@WIDTHS
def test_one_click_copies_quote_and_source(visit: Any, language: str) -> None:
    visit.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    visit.open(f"/?q=consultations&lang={language}")
    button = visit.page.locator("button.copy").first
    assert button.inner_text() == COPY[language]
    button.click()
    card = visit.page.locator("article.card").first
    quote = " ".join(card.locator("blockquote").inner_text().split())
    text = visit.page.evaluate("navigator.clipboard.readText()")
    assert text.startswith(f"“{quote}” Ministry of Health (2023). Clinics in Lima, ")
    assert text.endswith(".") and "PDF" in text
    assert button.inner_text() != COPY[language]
    visit.page.wait_for_timeout(2_200)
    assert button.inner_text() == COPY[language]


@pytest.mark.parametrize("language", CITE)
def test_every_style_is_offered_in_the_dialog(visit: Any, language: str) -> None:
    visit.open(f"/?q=consultations&lang={language}")
    visit.click(CITE[language])
    dialog = visit.page.get_by_role("dialog")
    shown = set()
    for style in csl.DEFAULT_STYLES:
        dialog.get_by_text(csl.label(style), exact=True).click()
        visit.page.wait_for_timeout(500)
        visit.settle()
        blocks = dialog.locator("[data-testid=stCode]").all_inner_texts()
        assert "Clinics in Lima" in blocks[2].replace("In", "in") or "CLINICS" in blocks[2].upper()
        assert blocks[0].startswith("“") and blocks[0].endswith(blocks[1])
        shown.add((blocks[1], blocks[2]))  # two styles may write the reference of an organisation alike
    assert len(shown) == len(csl.DEFAULT_STYLES)
    assert len({reference for _, reference in shown}) > 1


def test_a_style_of_the_house_is_offered_alone(
    small_library: Path,
    small_corpus: Path,
    tmp_path: Path,
    *,
    chromium: Any,
    start_server: Callable[..., Any],
    new_visit: Callable[..., Any],
) -> None:
    (tmp_path / "ministry.csl").write_bytes(csl._data("ieee", "en"))
    served = start_server(small_library, small_corpus, tmp_path, 'styles = ["ministry.csl"]\n')
    visit = new_visit(chromium, served)
    visit.open("/?q=consultations")
    visit.click("Cite")
    dialog = visit.page.get_by_role("dialog")
    assert dialog.get_by_text("ministry", exact=True).count() == 1
    assert "APA" not in dialog.inner_text()
    assert visit.faults == []
