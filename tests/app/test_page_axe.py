"""Accessibility: axe finds nothing serious on any page, light and dark; everything is reached by Tab."""

from pathlib import Path
from typing import Any

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]

PAGES = {
    "first": "/",
    "results": "/?q=consultations",
    "source": "/?q=consultations",
    "none": "/?q=%22nobody+wrote+this%22",
    "brief": "/brief",
    "library": "/library",
    "evaluation": "/evaluation",
    "help": "/help",
}
SERIOUS = {"serious", "critical"}


def findings(page: Any) -> list[str]:
    """Return axe's serious and critical findings, each with the first element concerned."""
    import axe_playwright_python

    script = Path(axe_playwright_python.__file__).parent / "axe.min.js"
    page.evaluate(script.read_text(encoding="utf-8"))
    result = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [
        f"{found['id']} ({found['impact']}): {found['nodes'][0]['html'][:200]} :: "
        f"{(found['nodes'][0].get('failureSummary') or '')[:300]}"
        for found in result["violations"]
        if found["impact"] in SERIOUS
    ]


@pytest.mark.parametrize("visit", [(1440, "light"), (1440, "dark"), (390, "light")], indirect=True)
def test_axe_finds_nothing_serious(visit: Any) -> None:
    found = []
    for name, path in PAGES.items():
        visit.open(path)
        if name == "source":
            visit.press("1")
        found += [f"{name}: {finding}" for finding in findings(visit.page)]
    visit.open("/?q=consultations")
    visit.click("Cite")
    found += [f"cite: {finding}" for finding in findings(visit.page)]
    assert found == []


def test_every_control_is_reached_by_tab(visit: Any) -> None:
    # The choice of language is one radio group: Tab reaches it, the arrow keys move within it.
    visit.open("/?q=consultations")
    wanted = set(
        visit.page.evaluate(
            "() => [...document.querySelectorAll('[data-testid=stMain] button, [data-testid=stMain] input,"
            " [data-testid=stMain] a[href]')].filter(e => e.offsetParent && e.checkVisibility()"
            " && e.role !== 'radio' && !e.disabled && e.tabIndex >= 0)"
            ".map(e => e.innerText.trim() || e.getAttribute('aria-label') || e.id)"
        )
    )
    reached = set()
    visit.page.evaluate("document.activeElement.blur()")
    for _ in range(200):
        visit.page.keyboard.press("Tab")
        reached.add(
            visit.page.evaluate(
                "() => { const e = document.activeElement;"
                " return e.innerText.trim() || e.getAttribute('aria-label') || e.id }"
            )
        )
    assert wanted - reached == set()
