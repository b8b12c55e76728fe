"""The desk by the keyboard alone, each task from its beginning to a file; how the grouped list and editions look."""

from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import docx
import pytest
from openpyxl import load_workbook
from page_widths import WIDTHS, overflow, serious
from playwright.sync_api import expect

from app.checks.verify import verify_file
from ingest.library.library import Library

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]

FOCUSED = """within => {
    const one = document.activeElement;
    if (!one.matches("button, input, textarea, a, summary") || !one.closest(within)) return "";
    const label = one.getAttribute("aria-label") || one.labels?.[0]?.innerText || one.innerText || "";
    return label.trim().split("\\n").pop().trim();
}"""
MOST_TABS = 150


def tab_to(visit: Any, name: str, within: str = "body", *, back: bool = False) -> None:
    """Press Tab until the control of this name, inside what `within` selects, has the focus."""
    for _ in range(MOST_TABS):
        visit.page.keyboard.press("Shift+Tab" if back else "Tab")
        if visit.page.evaluate(FOCUSED, within).endswith(name):
            return
    raise AssertionError(f"Tab never reaches {name}")


def press(visit: Any, key: str = "Enter") -> None:
    visit.page.keyboard.press(key)
    visit.page.wait_for_timeout(400)
    visit.settle()


def save(visit: Any, name: str, path: Path, within: str = "body") -> Path:
    """Reach a button by Tab and keep the file that Enter on it gives."""
    tab_to(visit, name, within)
    with visit.page.expect_download() as waiting:
        visit.page.keyboard.press("Enter")
    waiting.value.save_as(path)
    return path


def brief_in_word(visit: Any, items: int, path: Path) -> Path:
    """Go to the brief and export it."""
    visit.page.locator("body").press("Control+Home")
    tab_to(visit, f"Brief ({items})", back=True)
    press(visit)
    visit.page.get_by_role("heading", name="Brief", exact=True).wait_for()
    return save(visit, "Word", path, ".st-key-exports")


def test_a_document_is_read_searched_and_quoted_by_the_keyboard_alone(
    visit: Any, served: Any, tmp_path: Path
) -> None:
    visit.open("/read?lang=en")
    tab_to(visit, "Document", ".stMain")
    visit.page.keyboard.type("Clinics")
    press(visit)
    visit.page.wait_for_selector("article.card")
    tab_to(visit, "Search in this document", "[data-testid=stSidebar]")
    visit.page.keyboard.type("insurance policy")
    press(visit)
    tab_to(visit, "…", "[data-testid=stSidebar]")
    press(visit)
    visit.page.wait_for_selector('article.card:has-text("Insurance coverage stays low")')
    assert "n=2" in visit.page.url
    tab_to(visit, "Add to brief", ".st-key-reading")
    press(visit)
    visit.page.get_by_text("In brief").first.wait_for()
    tab_to(visit, "Quote words of this page", ".stMain", back=True)
    press(visit)
    tab_to(visit, "Words as they stand on the page", "[data-testid=stForm]")
    visit.page.keyboard.type("only 31 percent of the people interviewed")
    tab_to(visit, "Add to brief", "[data-testid=stForm]")
    press(visit)
    visit.page.get_by_text("Added to the brief").wait_for()
    report = verify_file(brief_in_word(visit, 2, tmp_path / "brief.docx"), Library.open(served.library))
    assert report.all_found and report.counts["found"] == 2


def test_a_table_is_laid_out_named_and_exported_by_the_keyboard_alone(
    visit: Any, served: Any, tmp_path: Path
) -> None:
    visit.open("/compare?lang=en")
    tab_to(visit, "Questions, one a line")
    visit.page.keyboard.type("Where is the measles vaccine offered?")
    tab_to(visit, "Lay out the table")
    press(visit)
    visit.page.wait_for_selector(".evidence", timeout=120_000)
    visit.settle()
    tab_to(visit, "Headings of the columns")
    press(visit)
    tab_to(visit, "Where is the measles vaccine offered?")
    press(visit, "Control+a")
    visit.page.keyboard.type("Vaccine")
    press(visit)
    sheet = load_workbook(save(visit, "Excel", tmp_path / "table.xlsx")).worksheets[0]
    assert [cell.value for cell in sheet[1]][1] == "Vaccine"
    assert any("Measles vaccine is offered" in str(cell.value) for row in sheet.iter_rows() for cell in row)
    (grid,) = docx.Document(str(save(visit, "Word", tmp_path / "table.docx"))).tables
    assert grid.rows[0].cells[1].text == "Vaccine"
    tab_to(visit, "paragraph 1", ".evidence a", back=True)
    press(visit)
    visit.page.wait_for_selector("article.card", timeout=120_000)
    visit.settle()
    tab_to(visit, "Add to brief")
    press(visit)
    report = verify_file(brief_in_word(visit, 1, tmp_path / "brief.docx"), Library.open(served.library))
    assert report.all_found and report.counts["found"] == 1


@pytest.mark.parametrize("visit", WIDTHS, indirect=True)
def test_the_grouped_list_and_editions_fit_and_axe_finds_nothing_serious(visit: Any, served: Any) -> None:
    visit.open("/?q=consultations+insurance+policy+residence+permit&lang=es")
    folded = visit.page.locator(".st-key-results summary")
    cards = visit.page.locator(".st-key-results article.card").filter(visible=True)
    open_ = cards.count()
    folded.first.click()
    expect(cards).to_have_count(open_ + 1)
    found = [f"grouped: {one}" for one in serious(visit.page)]
    assert overflow(visit.page) <= 0
    document = Library.open(served.library).document("clinics.pdf")
    assert document is not None
    visit.open("/read?" + urlencode({"document": document.id, "lang": "en"}))
    visit.page.get_by_text("What changed against another edition").click()
    visit.settle()
    field, option = (
        visit.page.get_by_role("combobox", name="Earlier edition"),
        visit.page.get_by_role("option"),
    )
    for _ in range(20):  # a key that comes while the page is drawn opens no list
        if option.count():
            break
        field.press("ArrowDown")
        visit.page.wait_for_timeout(500)
    option.first.click(timeout=10_000)
    visit.page.locator(".edition").first.wait_for(timeout=30_000)
    visit.settle()
    found += [f"editions: {one}" for one in serious(visit.page)]
    assert overflow(visit.page) <= 0
    assert visit.page.locator(".edition ins").count() and visit.page.locator(".edition del").count()
    assert found == []
