"""The views of the desk in a real browser: three widths, axe, the keyboard alone, files that are downloaded."""

import json
import re
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from openpyxl import load_workbook
from page_widths import WIDTHS, overflow, serious
from playwright.sync_api import expect

from app.checks.verify import verify_file
from ingest.library.library import Library

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]

DRAFT = (
    "In 2023 the Lima clinic network registered 4,812 consultations by Venezuelan patients. "
    "Only 13 percent of the people interviewed had a SIS policy."
)


def check(visit: Any) -> None:
    visit.open("/check?lang=en")
    visit.page.get_by_label("Paste your draft").fill(DRAFT)
    visit.click("Check the draft")
    visit.page.wait_for_selector("article.verdict", timeout=120_000)
    visit.settle()


def compare(visit: Any) -> None:
    visit.open("/compare?lang=en")
    visit.page.get_by_label("Questions, one a line").fill("Where is the measles vaccine offered?")
    visit.click("Lay out the table")
    visit.page.wait_for_selector(".evidence", timeout=120_000)
    visit.settle()


def read(visit: Any, library: Path, number: int = 1) -> str:
    document = Library.open(library).document("clinics.pdf")
    assert document is not None
    visit.open("/read?" + urlencode({"document": document.id, "n": number, "lang": "en"}))
    visit.page.wait_for_selector("article.card", timeout=60_000)
    return document.id


@pytest.mark.parametrize("visit", WIDTHS, indirect=True)
def test_each_view_fits_and_axe_finds_nothing_serious(visit: Any, served: Any) -> None:
    found = []
    for name, open_view in (("check", check), ("compare", compare)):
        open_view(visit)
        found += [f"{name}: {one}" for one in serious(visit.page)]
        assert overflow(visit.page) <= 0, name
    read(visit, served.library)
    found += [f"read: {one}" for one in serious(visit.page)]
    assert overflow(visit.page) <= 0
    assert found == []


def test_a_draft_is_checked_by_the_keyboard_alone(visit: Any) -> None:
    visit.open("/check?lang=en")
    visit.page.get_by_label("Paste your draft").focus()
    visit.page.keyboard.type("Only 13 percent of the people interviewed had a SIS policy.")
    for _ in range(12):
        visit.page.keyboard.press("Tab")
        if visit.page.evaluate("document.activeElement.innerText").endswith("Check the draft"):
            break
    visit.page.keyboard.press("Enter")
    visit.page.wait_for_selector("article.verdict", timeout=120_000)
    assert "31 percent" in visit.page.locator("article.verdict").inner_text()


def downloaded(visit: Any, name: str, path: Path) -> Path:
    with visit.page.expect_download() as waiting:
        visit.page.get_by_role("button", name=name, exact=True).click()
    waiting.value.save_as(path)
    return path


def test_the_checked_draft_and_the_table_go_out_and_are_verified(
    visit: Any, served: Any, tmp_path: Path
) -> None:
    library = Library.open(served.library)
    check(visit)
    content = downloaded(visit, "JSON", tmp_path / "checked.json")
    assert [one["verdict"] for one in json.loads(content.read_text())["sentences"]] == [
        "verbatim",
        "numbers_differ",
    ]
    assert verify_file(content, library).all_found
    assert verify_file(downloaded(visit, "Word with footnotes", tmp_path / "checked.docx"), library).all_found
    compare(visit)
    assert verify_file(downloaded(visit, "JSON", tmp_path / "table.json"), library).all_found
    sheet = load_workbook(downloaded(visit, "Excel", tmp_path / "table.xlsx")).worksheets[0]
    cells = [cell.value for row in sheet.iter_rows() for cell in row]
    assert any("Measles vaccine is offered" in value for value in cells)


def test_pages_are_turned_and_the_address_keeps_the_place(visit: Any, served: Any) -> None:
    document = read(visit, served.library)
    visit.click("Next")
    visit.page.wait_for_selector('article.card:has-text("Insurance coverage stays low")')
    assert f"document={document}" in visit.page.url
    assert "n=2" in visit.page.url
    visit.page.reload()
    visit.page.wait_for_selector('article.card:has-text("Insurance coverage stays low")')


def test_words_of_a_page_and_a_checked_passage_go_into_the_brief(visit: Any, served: Any) -> None:
    read(visit, served.library, 2)
    visit.page.get_by_text("Quote words of this page").click()
    visit.page.get_by_label("Words as they stand on the page").fill(
        "only 31 percent of the people interviewed"
    )
    form = visit.page.get_by_test_id("stForm")
    form.get_by_role("button", name="Add to brief").click()
    visit.page.wait_for_selector("text=Added to the brief")
    visit.open("/brief?lang=en")
    visit.page.wait_for_selector("text=only 31 percent of the people interviewed")
    assert visit.page.locator(".state.weak").count() == 0


def test_a_cell_leads_to_its_passage(visit: Any) -> None:
    compare(visit)
    visit.page.locator(".evidence td a").first.click()
    visit.page.wait_for_selector("article.card", timeout=120_000)
    assert "passage=" in visit.page.url


@pytest.mark.parametrize("visit", WIDTHS, indirect=True)
def test_a_search_is_saved_and_asked_again_by_the_keyboard(visit: Any) -> None:
    visit.open("/?lang=en")
    visit.ask("Who has a SIS policy?")
    visit.click("Save this search")
    visit.page.get_by_role("button", name="Saved search", exact=True).wait_for()
    visit.open("/?lang=en")
    saved = visit.page.locator(".st-key-saved_searches").get_by_role("button", name="Who has a SIS policy?")
    saved.wait_for()
    assert serious(visit.page) == [] and overflow(visit.page) <= 0
    saved.focus()
    visit.page.keyboard.press("Enter")
    visit.page.wait_for_selector("article.card", timeout=60_000)
    visit.settle()
    assert "q=Who+has+a+SIS+policy" in visit.page.url


def test_a_selection_with_the_mouse_becomes_a_passage_that_verify_finds(
    visit: Any, served: Any, tmp_path: Path
) -> None:
    read(visit, served.library, 2)
    visit.page.get_by_text("Quote words of this page").click()
    text = visit.page.locator("[class*=st-key-page_words] .page-text")
    text.scroll_into_view_if_needed()
    visit.page.wait_for_timeout(400)
    first, last = visit.page.evaluate(
        """() => {
            const node = document.querySelector("[class*=st-key-page_words] .page-text").firstChild;
            const at = node.textContent.search(/only\\s+31/);
            const end = at + node.textContent.slice(at).search(/interviewed/) + "interviewed".length;
            const box = (a, b) => { const r = document.createRange(); r.setStart(node, a); r.setEnd(node, b);
                const one = r.getBoundingClientRect(); return one; };
            const a = box(at, at + 1), b = box(end - 1, end);
            return [[a.left + 1, a.top + a.height / 2], [b.right - 1, b.top + b.height / 2]];
        }"""
    )
    visit.page.mouse.move(*first)
    visit.page.mouse.down()
    visit.page.mouse.move(*last, steps=8)
    visit.page.mouse.up()
    field = visit.page.get_by_label("Words as they stand on the page")
    expect(field).to_have_value(re.compile(r"only\s+31 percent[\s\S]+interviewed"))
    visit.page.get_by_test_id("stForm").get_by_role("button", name="Add to brief").click()
    visit.page.wait_for_selector("text=Added to the brief")
    visit.open("/brief?lang=en")
    content = downloaded(visit, "CSV", tmp_path / "brief.csv")
    report = verify_file(content, Library.open(served.library))
    assert report.all_found and report.counts["found"] == 1


@pytest.mark.parametrize("visit", WIDTHS, indirect=True)
def test_two_pages_side_by_side_and_other_sources(visit: Any, served: Any) -> None:
    document = Library.open(served.library).document("clinics.pdf")
    assert document is not None
    words = {"document": document.id, "n": 1, "with": document.id, "m": 2, "lang": "en"}
    visit.open("/read?" + urlencode(words))
    visit.page.wait_for_selector('.st-key-beside article.card:has-text("Insurance coverage stays low")')
    assert serious(visit.page) == [] and overflow(visit.page) <= 0
    visit.page.locator(".st-key-reading").get_by_role("button", name="Similar passages").first.click()
    dialog = visit.page.get_by_role("dialog")
    dialog.get_by_text("Other sources on this").wait_for()
    assert serious(visit.page) == [] and overflow(visit.page) <= 0
