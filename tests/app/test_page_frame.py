"""The frame of the page in a real browser: the menu beside the language switch, drafts between views, file buttons."""

from typing import Any

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]

SHOWN_RIGHTMOST = """() => Math.max(...[...document.querySelectorAll('[data-testid=stHeader] :is(a, button)')]
  .filter((one) => getComputedStyle(one.closest('.rc-overflow-item') ?? one).opacity !== '0')
  .map((one) => one.getBoundingClientRect().right))"""
TOOLS_ABOVE_IMAGE = """() => document.querySelector('.st-key-pane_image img').getBoundingClientRect().top -
  document.querySelector('.st-key-pane_image [data-testid=stElementToolbar]').getBoundingClientRect().top"""
FILES = {"en": "Choose a file", "es": "Elegir un archivo", "pt": "Escolher um arquivo"}


def at_view(visit: Any, link: str, heading: str) -> None:
    visit.page.get_by_role("link", name=link, exact=True).click()
    visit.page.get_by_role("heading", name=heading, exact=True).wait_for()
    visit.settle()


def test_the_language_switch_covers_no_link(visit: Any) -> None:
    visit.open("/?q=SIS+policy&match=words&lang=es")
    for width in (780, 840, 900, 960, 1100):
        visit.page.set_viewport_size({"width": width, "height": 800})
        visit.page.wait_for_timeout(500)
        assert visit.page.locator("[data-testid=stSidebar]").bounding_box()["width"] > 100, (
            "the sidebar is open"
        )
        switch = visit.page.locator(".st-key-language").bounding_box()["x"]
        assert visit.page.evaluate(SHOWN_RIGHTMOST) <= switch, width


def test_what_is_typed_stays_between_views(visit: Any) -> None:
    visit.open("/check?lang=en")
    visit.page.get_by_label("Paste your draft").fill("A sentence of the draft.")
    visit.page.wait_for_timeout(1_000)
    visit.settle()
    at_view(visit, "Compare", "Compare documents")
    visit.page.get_by_label("Questions, one a line").fill("Where is the vaccine offered?")
    visit.page.wait_for_timeout(1_000)
    visit.settle()
    at_view(visit, "Check", "Check a draft")
    assert visit.page.get_by_label("Paste your draft").input_value() == "A sentence of the draft."
    at_view(visit, "Compare", "Compare documents")
    assert visit.page.get_by_label("Questions, one a line").input_value() == "Where is the vaccine offered?"


@pytest.mark.parametrize("language", FILES)
def test_the_button_that_takes_a_file_is_named_in_the_language(visit: Any, language: str) -> None:
    visit.open(f"/check?lang={language}")
    visit.page.get_by_role("button", name=FILES[language], exact=True).wait_for()
    assert visit.page.get_by_role("button", name="Upload", exact=True).count() == 0


def test_the_tools_of_the_page_image_stand_within_it(visit: Any) -> None:
    visit.open("/?q=SIS+policy&match=words&lang=en")
    visit.press("1")
    visit.page.locator(".st-key-pane_image img").wait_for()
    assert visit.page.evaluate(TOOLS_ABOVE_IMAGE) <= 0
