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


CITE = {"en": "Cite", "es": "Citar", "pt": "Citar"}


@pytest.mark.parametrize(
    ("visit", "language"),
    [
        ((1440, "light"), "en"),
        ((1440, "dark"), "es"),
        ((1024, "light"), "pt"),
        ((390, "light"), "es"),
        ((390, "dark"), "pt"),
    ],
    indirect=["visit"],
)
def test_axe_finds_nothing_serious(visit: Any, language: str) -> None:
    found = []
    for name, path in PAGES.items():
        visit.open(f"{path}{'&' if '?' in path else '?'}lang={language}")
        if name == "source":
            visit.press("1")
        found += [f"{name}: {finding}" for finding in findings(visit.page)]
    visit.open(f"/?q=consultations&lang={language}")
    visit.click(CITE[language])
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


def tab_to(visit: Any, name: str, back: bool = False) -> None:
    """Press Tab until the control of this name has the focus."""
    for _ in range(150):
        visit.page.keyboard.press("Shift+Tab" if back else "Tab")
        text = visit.page.evaluate(
            "() => (document.activeElement.innerText || document.activeElement.getAttribute('aria-label') || '').trim()"
        )
        if text.split("\n")[-1].strip() == name:
            return
    raise AssertionError(f"Tab never reaches {name}")


def test_keys_alone_lead_from_a_question_to_a_word_file(visit: Any, tmp_path: Path) -> None:
    import docx

    visit.open("/")
    visit.press("/")
    visit.page.keyboard.type("consultations in Lima")
    visit.page.keyboard.press("Enter")
    visit.page.wait_for_selector("article.card", timeout=120_000)
    visit.settle()
    tab_to(visit, "Add to brief")
    visit.page.keyboard.press("Enter")
    visit.page.get_by_text("In brief").first.wait_for()
    visit.settle()
    tab_to(visit, "Brief (1)", back=True)
    visit.page.keyboard.press("Enter")
    visit.page.get_by_role("heading", name="Brief").wait_for()
    visit.settle()
    tab_to(visit, "Word")
    with visit.page.expect_download() as asked:
        visit.page.keyboard.press("Enter")
    asked.value.save_as(tmp_path / "brief.docx")
    assert any(
        one.style.name == "Quote"
        for one in docx.Document(str(tmp_path / "brief.docx")).paragraphs
        if one.style
    )
