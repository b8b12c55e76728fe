"""The same day's work at three widths and in three languages, in a real browser: ask, collect, keep the library.

One language a width; with PINCITE_WAYS=all each language at each width.
"""

import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from app.exports.brief_copy import opened
from app.i18n import Words, words

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]

WAYS: tuple[tuple[int, str], ...] = ((1440, "en"), (1024, "es"), (390, "pt"))
if os.environ.get("PINCITE_WAYS") == "all":
    WAYS = tuple((width, language) for width, _ in WAYS for _, language in WAYS)
ROW = 35  # px of a row of a table, its head as well
NARROWEST_EXCERPT = {1440: 550, 1024: 600, 390: 300}


@pytest.fixture(params=WAYS, ids=lambda way: f"{way[0]}-{way[1]}")
def way(request: pytest.FixtureRequest) -> tuple[int, str]:
    return request.param  # type: ignore[no-any-return]


@pytest.fixture
def t(way: tuple[int, str]) -> Words:
    return words(way[1])


@pytest.fixture
def at(
    chromium: Any, served: Any, new_visit: Callable[..., Any], way: tuple[int, str]
) -> Iterator[Callable[[str], Any]]:
    """Open an address in the language and at the width of the test; nothing may go wrong on the way."""
    visit = new_visit(chromium, served, way[0])

    def open_at(path: str) -> Any:
        visit.open(f"{path}{'&' if '?' in path else '?'}lang={way[1]}")
        return visit

    yield open_at
    assert visit.faults == []


def focused(visit: Any) -> str:
    """Return the name of the element that has the focus."""
    return str(visit.page.evaluate("document.activeElement.tagName")).lower()


def fits(visit: Any) -> bool:
    return bool(
        visit.page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    )


def test_a_question_its_page_and_the_way_back_by_keys(
    at: Callable[[str], Any], way: tuple[int, str], t: Words
) -> None:
    visit = at("/")
    visit.ask("consultations")
    page, box = visit.page, visit.page.get_by_role("searchbox")
    assert focused(visit) not in {"input", "textarea"}
    assert page.title() == "consultations – pincite"
    assert page.locator("article.card blockquote").first.bounding_box()["width"] >= NARROWEST_EXCERPT[way[0]]
    page.keyboard.press("1")
    page.locator(".st-key-pane img").wait_for()
    visit.settle()
    assert box.input_value() == "consultations" and fits(visit)
    page.keyboard.press("Escape")
    page.locator(".st-key-pane img").wait_for(state="detached")
    assert box.input_value() == "consultations"
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("/")
    assert focused(visit) == "input" and box.evaluate("node => node === document.activeElement")
    assert page.get_by_text(t("tinted:")).is_visible()


def test_what_is_unknown_misspelt_or_nonsense_is_told_quietly(at: Callable[[str], Any], t: Words) -> None:
    visit = at("/?q=l%C3%ADnea+telef%C3%B3nica")
    card = visit.page.locator("article.card").first
    assert "920" in card.inner_text()
    head = " ".join(card.locator(".eyebrow, .title, .where").all_inner_texts())
    assert "salud mental" in head and not re.search(r"missing|falta|unknown|\[", head, re.I)
    visit = at("/?q=consultatoins")
    offer = visit.page.get_by_text(t("Searched also for: {question}").format(question="").strip())
    assert "consultations" in offer.first.inner_text()
    visit = at("/?q=%3F%3F+zyzzyva+qqxx")
    assert visit.page.locator("article.card").count() == 0
    assert visit.page.get_by_text(t("No passage matches. Try fewer or different words.")).is_visible()


@pytest.mark.parametrize("name", ["Word"])
def test_a_note_is_exported_kept_and_opened_again(at: Callable[[str], Any], t: Words, name: str) -> None:
    visit = at("/?q=consultations")
    visit.click(t("Add to brief"))
    visit = at("/brief")
    note = visit.page.get_by_role("textbox", name=t("Note"))
    note.press_sequentially("typed a moment ago")
    with visit.page.expect_download() as download:
        visit.page.get_by_role("button", name=name, exact=True).click()
    items = opened("brief.docx", Path(download.value.path()).read_bytes())[1].items
    assert [item.note for item in items] == ["typed a moment ago"]
    note.press_sequentially(", and more")
    visit.page.reload()
    visit.settle()
    assert note.input_value() == "typed a moment ago, and more"
    assert fits(visit)
    visit.click(t("Remove"))
    visit.click(t("Undo"))
    assert note.input_value() == "typed a moment ago, and more"
    visit.click(t("Remove"))


def choose(visit: Any, name: str) -> None:
    """Choose a document by its card, in a wide window by its row, which has the card's number."""
    card = visit.page.locator("[class*=st-key-document-card-]", has=visit.page.get_by_text(name, exact=True))
    if card.is_visible():
        card.get_by_role("button").first.click()
    else:
        number = int(re.findall(r"st-key-document-card-(\d+)", str(card.get_attribute("class")))[0])
        table = visit.page.locator(".st-key-documents_table [data-testid=stDataFrame]")
        table.click(position={"x": 15, "y": ROW * (number + 1) + ROW // 2})
    visit.page.locator("h2.detail").wait_for()
    visit.settle()


def test_the_library_tells_states_and_saves_what_is_typed_last(
    at: Callable[[str], Any], way: tuple[int, str], t: Words, served: Any
) -> None:
    visit = at("/library")
    # What was saved before is still taken into the index: a file that comes meanwhile would be read at once.
    while visit.page.locator(".state.notice, [data-testid=stProgress]").count():
        visit.page.wait_for_timeout(500)
    late = served.corpus / f"late-{way[1]}.txt"
    late.write_text("One more text on clinics.\n", encoding="utf-8")
    told = t.n("{n} new file is not searchable yet.", "{n} new files are not searchable yet.", 1)
    visit.page.get_by_text(told).wait_for()
    late.unlink()
    visit.page.get_by_text(told).wait_for(state="detached")
    visit.settle()
    assert t("Damaged") in visit.page.locator(".status.wanting").all_text_contents()
    choose(visit, "clinics.pdf")
    form = visit.page.locator("[class*=st-key-metadata-]").last
    year = form.get_by_label(t("Year"), exact=False).first
    year.fill("soon")
    form.get_by_role("button", name=t("Save"), exact=True).click()
    visit.page.get_by_text(t("the year must be a year such as 2022")).wait_for()
    year.fill("2023")
    countries = form.get_by_label(
        t("Countries, by name or code, with commas between them"), exact=False
    ).first
    countries.fill("Perú, COL")
    form.get_by_role("button", name=t("Save"), exact=True).click()
    saved = t("Saved for “{title}”: {fields}. It stays when the document is read again.")
    visit.page.get_by_text(saved.partition("{fields}")[0].format(title="Clinics in Lima")).wait_for()
    assert fits(visit)
    countries.fill("PER")
    form.get_by_role("button", name=t("Save"), exact=True).click()
    visit.settle()


DRAFT = "In 2023 the Lima network registered 4,812 consultations. It opened at seven."


def test_what_is_typed_and_not_sent_outlasts_a_reload(
    at: Callable[[str], Any], t: Words, way: tuple[int, str]
) -> None:
    """The last keystrokes as well: the page is left at once."""
    leave = "a typed address" if way[0] == 1024 else "F5"
    fields = {"/check": t("Paste your draft"), "/compare": t("Questions, one a line")}
    for path, label in fields.items():
        visit = at(path)
        field = visit.page.get_by_role("textbox", name=label)
        field.fill(f"{path} {leave}: ")
        field.press("Control+End")
        field.press_sequentially(DRAFT, delay=0)
        _leave(visit, at, leave, path)
        assert field.input_value() == f"{path} {leave}: {DRAFT}"
    visit = at("/library")
    choose(visit, "clinics.pdf")
    form = visit.page.locator("[class*=st-key-metadata-]").last
    publisher = form.get_by_label(t("Publisher"), exact=False).first
    before = publisher.input_value()
    publisher.fill("")
    publisher.press_sequentially(f"Typed before {leave}", delay=0)
    _leave(visit, at, leave, "/library")
    assert publisher.input_value() == f"Typed before {leave}", "its form comes back with it"
    publisher.fill(before)
    form.get_by_role("button", name=t("Save"), exact=True).click()
    visit.page.get_by_text(t("Nothing was changed for “{title}”.").partition("{")[0]).wait_for()
    visit.page.wait_for_timeout(500)
    at("/library")
    assert visit.page.locator("h2.detail").count() == 0, "nothing unsaved is left"


def _leave(visit: Any, at: Callable[[str], Any], leave: str, path: str) -> None:
    if leave == "F5":
        visit.page.reload()
        visit.settle()
    else:
        at("/help")
        at(path)


def test_no_box_keeps_the_words_of_another_language(at: Callable[[str], Any], way: tuple[int, str]) -> None:
    """Each language is chosen in turn at the top of a page of results, and named boxes and their choices follow."""
    visit = at("/?q=consultations")
    for language in ("es", "pt", "en", way[1]):
        t = words(language)
        chosen = visit.page.locator(".st-key-language").get_by_text(language.upper(), exact=True)
        chosen.click()
        visit.page.wait_for_url(re.compile(f"lang={language}"))
        visit.settle()
        assert visit.page.get_by_label(t("Ask a question")).input_value() == "consultations"
        held = visit.page.locator(".stMain [role=combobox]").evaluate_all("all => all.map(box => box.value)")
        told = {t("Grouped by document"), t("Meaning and words")}
        assert told <= set(held), language
        assert fits(visit)
