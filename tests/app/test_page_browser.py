"""What people do with the page, in a real browser."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]

QUESTION = "How many people had a SIS policy?"
BOTH_WIDTHS = pytest.mark.parametrize("visit", [(1440, "light"), (390, "light")], indirect=True)


def excerpt(page: Any, nth: int = 0) -> str:
    """Return the text of a card's excerpt."""
    return " ".join(page.locator("article.card blockquote").nth(nth).inner_text().split())


def fits(page: Any) -> bool:
    """Tell whether nothing has to be scrolled sideways."""
    return bool(
        page.evaluate(
            "() => { const main = document.querySelector('[data-testid=stMain]');"
            " return document.documentElement.scrollWidth <= document.documentElement.clientWidth"
            " && main.scrollWidth <= main.clientWidth }"
        )
    )


@BOTH_WIDTHS
def test_find_check_cite_collect_and_export(
    visit: Any, served: Any, run_pincite: Any, tmp_path: Path
) -> None:
    visit.open()
    visit.ask(QUESTION)
    page = visit.page
    assert "31 percent" in excerpt(page)
    assert page.locator("article.card").first.locator(".publisher").inner_text() == "Ministry of Health"
    assert page.locator("article.card").first.locator(".page").inner_text() == "PDF page 2"
    assert page.locator("article.card mark").count() > 0
    # Paragraphs and the items of a list stand on lines of their own.
    lines = page.locator("article.card blockquote").first.evaluate(
        "quote => getComputedStyle(quote).whiteSpace"
    )
    assert lines == "pre-line"

    visit.press("1")
    image = page.locator(".st-key-pane img")
    image.wait_for()
    assert "Clinics in Lima" in (image.get_attribute("alt") or "")
    assert "PDF page 2" in (image.get_attribute("alt") or "")
    assert highlighted_share(page, image) > 0.01
    assert fits(page)
    link = page.get_by_role("link", name="Open PDF").get_attribute("href")
    assert link.endswith("#page=2")
    answer = page.request.get(served.url + link.partition("#")[0])
    assert answer.status == 200 and answer.body().startswith(b"%PDF-")

    visit.click("Cite")
    dialog = page.get_by_role("dialog")
    for style in ("APA", "Chicago", "BibTeX"):
        assert style in dialog.inner_text()
    assert "Check before publishing." in dialog.inner_text()
    with page.expect_download() as download:
        dialog.get_by_role("button", name="CSL-JSON").click()
    assert json.loads(Path(download.value.path()).read_text("utf-8"))[0]["title"] == "Clinics in Lima"
    page.keyboard.press("Escape")
    dialog.wait_for(state="hidden")

    visit.click("Add to brief")
    address = page.url
    narrow = page.viewport_size["width"] < 700
    if narrow:
        page.get_by_test_id("stExpandSidebarButton").click()
    page.get_by_role("link", name="Brief (1)").click()
    visit.settle()
    if narrow:  # the drawer closes after a choice
        page.get_by_test_id("stExpandSidebarButton").wait_for()
    assert "31 percent" in excerpt(page)
    for name, suffix in (("Word", "docx"), ("Markdown", "md"), ("CSV", "csv")):
        with page.expect_download() as download:
            page.get_by_role("button", name=name).click()
        path = tmp_path / f"brief.{suffix}"
        download.value.save_as(path)
        checked = run_pincite("verify", str(path), "--library", str(served.library))
        assert checked.returncode == 0, checked.stdout + checked.stderr

    (served.corpus / "later.txt").write_text("A later note about vaccines.\n", encoding="utf-8")
    again = run_pincite("ingest", str(served.corpus), "--library", str(served.library), "--progress", "none")
    assert again.returncode == 3
    visit.open(address.removeprefix(served.url))
    assert "31 percent" in page.locator("article.card.selected blockquote").inner_text()


def highlighted_share(page: Any, image: Any) -> float:
    """Return the share of the image's pixels that have the colour of a marked place."""
    return float(
        page.evaluate(
            """async (node) => {
                await node.decode();
                const canvas = document.createElement('canvas');
                canvas.width = node.naturalWidth; canvas.height = node.naturalHeight;
                const pen = canvas.getContext('2d'); pen.drawImage(node, 0, 0);
                const data = pen.getImageData(0, 0, canvas.width, canvas.height).data;
                let marked = 0;
                for (let i = 0; i < data.length; i += 4)
                    if (data[i] > 200 && data[i + 1] > 170 && data[i + 2] < 190) marked++;
                return marked / (data.length / 4);
            }""",
            image.element_handle(),
        )
    )


LANGUAGES = {
    "en": ("Ask a question", "Show page", "passages", "Library"),
    "es": ("Haga una pregunta", "Ver página", "pasajes", "Biblioteca"),
    "pt": ("Faça uma pergunta", "Ver página", "trechos", "Biblioteca"),
}


@pytest.mark.parametrize("language", LANGUAGES)
@BOTH_WIDTHS
def test_the_page_speaks_three_languages(visit: Any, language: str) -> None:
    label, show, passages, _ = LANGUAGES[language]
    visit.open(f"/?lang={language}")
    assert visit.page.get_by_label(label).count() == 1
    visit.ask("salud mental")
    assert visit.page.get_by_role("button", name=re.compile(show)).count() > 0
    assert passages[:-1] in visit.page.locator(".count").inner_text()
    assert f"lang={language}" in visit.page.url
    assert fits(visit.page)


def test_the_language_is_chosen_at_the_top(visit: Any) -> None:
    visit.open("/?q=vaccine")
    visit.page.get_by_role("radio", name="ES").or_(visit.page.get_by_role("button", name="ES")).first.click()
    visit.page.wait_for_url(re.compile("lang=es"))
    visit.settle()
    assert visit.page.get_by_label("Haga una pregunta").input_value() == "vaccine"


def test_filters_are_pills_and_stand_in_the_address(visit: Any) -> None:
    visit.open("/?q=health")
    visit.page.get_by_test_id("stSidebar").get_by_role("button", name="Spanish (1)").click()
    visit.page.wait_for_url(re.compile("doclang=es"))
    visit.settle()
    languages = visit.page.locator(".badge.language").all_text_contents()
    assert languages and set(languages) == {"Spanish"}
    visit.page.locator(".st-key-active_filters").get_by_role("button", name="Spanish").click()
    visit.page.wait_for_timeout(500)
    visit.settle()
    assert "doclang" not in visit.page.url


def test_the_uploader_speaks_the_language_of_the_page(visit: Any) -> None:
    visit.open("/library?lang=es")
    uploader = visit.page.get_by_test_id("stFileUploader")
    assert uploader.get_by_role("button", name="Elegir archivos").count() == 1
    size = "node => [getComputedStyle(node).fontSize, getComputedStyle(node, '::after').content]"
    assert uploader.locator("button p").evaluate(size) == ["0px", '"Elegir archivos"']
    assert "per file" not in uploader.inner_text()


def test_an_address_without_a_page_says_so(visit: Any) -> None:
    visit.open("/nosuchpage?lang=es")
    assert visit.page.get_by_role("heading", name="Esta página no existe").count() == 1
    assert visit.page.get_by_role("dialog").count() == 0
    visit.page.get_by_role("link", name="Pregunte a los documentos").click()
    visit.page.get_by_label("Haga una pregunta").wait_for()


def test_back_returns_to_the_search_before(visit: Any) -> None:
    visit.open("/?q=vaccine")
    visit.ask("salud mental")
    assert "salud" in visit.page.url
    visit.page.go_back()
    visit.page.wait_for_timeout(800)
    visit.settle()
    assert visit.page.get_by_role("searchbox").input_value() == "vaccine"


def test_a_question_is_kept_while_other_pages_are_visited(visit: Any) -> None:
    visit.open("/?q=vaccine")
    visit.page.get_by_role("link", name="Help").click()
    visit.page.wait_for_url("**/help*")
    visit.page.get_by_role("link", name="Ask").click()
    visit.page.wait_for_url("**q=vaccine*")
    visit.settle()
    visit.page.wait_for_function("() => document.querySelector('input[type=search]').value === 'vaccine'")
    assert visit.page.locator("article.card").count() > 0


def paste(visit: Any, text: str) -> None:
    """Put a text into the box at once, as the clipboard does, and press Enter."""
    visit.page.get_by_role("searchbox").click()
    visit.page.get_by_role("searchbox").fill("")
    visit.page.keyboard.insert_text(text)
    visit.page.keyboard.press("Enter")
    visit.page.wait_for_timeout(500)
    visit.settle()


@BOTH_WIDTHS
def test_long_questions_are_answered_and_cut_with_a_word(visit: Any) -> None:
    cut = "Only its first 1000 characters were used."
    visit.open()
    paste(visit, "How many people had a SIS policy? " + "It is about insurance. " * 25)
    assert "31 percent" in visit.page.locator("article.card blockquote").all_inner_texts()[0]
    assert visit.page.get_by_text(cut).count() == 0
    paste(visit, "How many people had a SIS policy? " + "It is about insurance. " * 216)
    assert visit.page.get_by_text(cut).count() == 1
    assert visit.page.locator("article.card").count() > 0
    assert len(visit.page.get_by_role("searchbox").input_value()) <= 1_000
    assert fits(visit.page)


def test_states_of_the_ask_page(visit: Any) -> None:
    visit.open("/?q=Who+won+the+football+World+Cup+of+1998%3F")
    assert "holds the number 1998" in visit.page.locator(".state").first.inner_text()
    visit.open("/?q=%22words+nobody+wrote+here%22")
    assert visit.page.locator(".state").first.inner_text() == (
        "No passage matches. Try fewer or different words."
    )
    visit.open("/?q=%22words+nobody+wrote+here%22&doclang=es")
    assert "or clear the filters" in visit.page.locator(".state").first.inner_text()
    visit.open(f"/?q=vaccine&passage={'0' * 32}")
    assert "That passage is no longer in the corpus." in visit.page.inner_text(".st-key-results")
    assert visit.page.locator("article.card.selected").count() == 1


def test_digits_show_pages_and_hide_them(visit: Any) -> None:
    visit.open("/?q=consultations")
    visit.press("1")
    assert visit.page.locator(".st-key-pane").count() == 1
    assert "passage=" in visit.page.url
    visit.press("1")
    assert visit.page.locator(".st-key-pane").count() == 0


@BOTH_WIDTHS
def test_escape_closes_the_page_and_a_dialog_first(visit: Any) -> None:
    visit.open("/?q=consultations")
    visit.press("1")
    visit.click("Cite")
    visit.page.keyboard.press("Escape")
    visit.page.get_by_role("dialog").wait_for(state="hidden")
    visit.page.wait_for_timeout(600)
    visit.settle()
    assert visit.page.locator(".st-key-pane").count() == 1
    visit.press("Escape")
    assert visit.page.locator(".st-key-pane").count() == 0
    assert "passage=" not in visit.page.url
    assert fits(visit.page)


def test_a_question_longer_than_the_box_is_read_in_full(new_visit: Any, chromium: Any, served: Any) -> None:
    question = "Where can people be vaccinated against measles?"
    for width, shown in ((390, True), (1440, False)):
        visit = new_visit(chromium, served, width)
        visit.open(f"/?q={question.replace(' ', '+')}")
        assert visit.page.locator("p.whole").is_visible() is shown
        assert visit.page.locator("p.whole").text_content() == question
        assert visit.page.get_by_label("Search by").count() == visit.page.get_by_label("Order").count() == 1


def test_a_source_without_pages_shows_its_text(visit: Any) -> None:
    visit.open("/?q=measles+vaccine+Tumbes")
    visit.press("1")
    pane = visit.page.locator(".st-key-pane")
    assert "Measles vaccine is offered" in pane.locator("mark").inner_text()
    assert pane.locator("img").count() == 0
    assert "PDF page" not in pane.inner_text()


def test_upload_becomes_searchable(visit: Any, served: Any, make_pdf: Any, tmp_path: Path) -> None:
    good, bad, big = tmp_path / "dental.pdf", tmp_path / "no.pdf", tmp_path / "big.pdf"
    make_pdf(good, "The dental brigade of Piura treated 777 children in 2024.")
    bad.write_bytes(b"hello")
    big.write_bytes(b"%PDF-1.7\n" + b"0" * 1_200_000)
    visit.open("/library")
    visit.page.locator("input[type=file]").set_input_files([str(good), str(bad)])
    visit.page.get_by_text("no.pdf: not a PDF file.").wait_for()
    assert visit.page.get_by_text("dental.pdf: received.").count() == 1
    stored = [path.name for path in served.corpus.glob("dental-*.pdf")]
    assert len(stored) == 1
    for _ in range(60):
        visit.open("/?q=dental+brigade+of+Piura+children")
        if visit.page.locator("article.card").count() and "777" in excerpt(visit.page):
            break
        visit.page.wait_for_timeout(1_000)
    assert "777 children" in excerpt(visit.page)
    visit.open("/library")
    visit.page.locator("input[type=file]").set_input_files(str(good))
    visit.page.get_by_text("already in the library as").wait_for()
    assert len(list(served.corpus.glob("dental-*.pdf"))) == 1


def test_feedback_is_one_line_without_a_name(visit: Any, served: Any) -> None:
    visit.open("/?q=consultations+Venezuelan+patients")
    visit.page.locator("[class*=st-key-feedback-]").first.get_by_role("radio").first.click()
    visit.page.get_by_text("Stored on this server to improve search.").wait_for()
    lines = (served.library / "feedback.jsonl").read_text("utf-8").splitlines()
    record = json.loads(lines[-1])
    assert record["question"] == "consultations Venezuelan patients"
    assert record["rank"] == 1 and record["useful"] is True
    assert set(record) == {
        "time", "question", "filters", "mode", "passage_id", "document", "pages", "rank", "index", "useful",
    }  # fmt: skip


def test_results_are_downloaded_and_verify(visit: Any, served: Any, run_pincite: Any, tmp_path: Path) -> None:
    visit.open("/?q=consultations")
    for label, suffix in (("CSV", "csv"), ("JSON Lines", "jsonl"), ("RIS", "ris")):
        visit.page.get_by_role("button", name="Download").click()
        with visit.page.expect_download() as download:
            visit.page.get_by_role("button", name=label, exact=True).click()
        path = tmp_path / f"results.{suffix}"
        download.value.save_as(path)
        visit.page.keyboard.press("Escape")
        if suffix != "ris":
            checked = run_pincite("verify", str(path), "--library", str(served.library))
            assert checked.returncode == 0, checked.stdout + checked.stderr
        else:
            assert path.read_text("utf-8").count("TY  - ") == path.read_text("utf-8").count("ER  - ") > 0
