"""Room for what is read, the language of every box, light paper: in a real browser."""

from typing import Any

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]


def width(visit: Any, selector: str) -> int:
    return int(visit.page.locator(selector).first.evaluate("node => node.getBoundingClientRect().width"))


@pytest.mark.parametrize("visit", [(1440, "light")], indirect=True)
def test_filters_fold_away_and_the_divider_moves(visit: Any) -> None:
    visit.open("/?q=consultations")
    visit.press("1")
    visit.page.get_by_test_id("stExpandSidebarButton").wait_for()
    visit.page.wait_for_timeout(600)
    before = width(visit, ".st-key-pane")
    assert width(visit, "article.card blockquote") >= 550
    divider = visit.page.get_by_role("separator")
    divider.focus()
    divider.press("ArrowLeft")
    divider.press("ArrowLeft")
    assert width(visit, ".st-key-pane") == before + 80
    visit.press("Escape")
    visit.page.wait_for_timeout(900)
    assert visit.page.get_by_role("separator").count() == 0
    assert visit.page.get_by_test_id("stExpandSidebarButton").count() == 0


@pytest.mark.parametrize("visit", [(1024, "light")], indirect=True)
def test_below_1100_px_the_page_opens_over_the_list(visit: Any) -> None:
    visit.open("/?q=consultations")
    alone = width(visit, "article.card blockquote")
    visit.press("1")
    visit.page.get_by_test_id("stExpandSidebarButton").wait_for()
    visit.page.wait_for_timeout(600)
    assert width(visit, "article.card blockquote") >= alone
    assert width(visit, ".st-key-pane") >= 700


@pytest.mark.parametrize("visit", [(1440, "dark")], indirect=True)
def test_print_is_light(visit: Any) -> None:
    visit.open("/?q=consultations")
    visit.page.emulate_media(media="print")
    ink, paper = visit.page.evaluate(
        "() => [getComputedStyle(document.querySelector('blockquote')).color,"
        " getComputedStyle(document.querySelector('.stApp')).backgroundColor]"
    )
    assert ink == "rgb(31, 39, 43)"
    assert paper in {"rgb(255, 255, 255)", "rgba(0, 0, 0, 0)"}
    assert not visit.page.locator(".st-key-ask").is_visible()


def test_the_boxes_speak_the_language_that_was_chosen(visit: Any) -> None:
    visit.open("/?q=consultations")
    visit.page.get_by_role("radio", name="ES").or_(visit.page.get_by_role("button", name="ES")).first.click()
    visit.page.wait_for_timeout(800)
    visit.settle()
    bar = visit.page.locator(".st-key-result_bar")
    assert bar.get_by_role("combobox", name="Buscar por").input_value() == "Significado y palabras"
    assert visit.page.title() == "consultations – pincite"
    assert visit.page.get_by_role("heading", level=1).inner_text() == "consultations"
