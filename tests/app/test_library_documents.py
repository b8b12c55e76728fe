"""The Library page: cards beside the table, documents taken out and replaced, files of other kinds taken."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from drawn_pages import draw, html

from app.i18n import words
from app.service import ingest_jobs
from app.service.document_files import REMOVED
from app.service.site import Site
from app.settings import Settings
from app.ui.library.cards import card_html, choose_key
from app.ui.library.file_status import Row


def library_view() -> None:
    from app.ui import state
    from app.ui.library import view

    state.read_address()
    view.view()


@pytest.fixture
def own(small_library: Path, small_corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Site:
    """A copy that may be changed; ingests are not begun."""
    monkeypatch.setattr(ingest_jobs, "start", lambda *_: None)
    library = Path(shutil.copytree(small_library, tmp_path / "library"))
    return Site(library, Path(shutil.copytree(small_corpus, tmp_path / "corpus")), Settings(upload=True))


def chosen(page: Any, name: str) -> Any:
    """Choose a document by the button of its card."""
    return page.button(key=choose_key(name)).click().run()


def test_each_file_has_a_card_with_what_is_known(own: Site) -> None:
    shown = html(draw(own, library_view, lang="en"))
    assert shown.count('<article class="document">') == 4
    assert "<h3>Clinics in Lima</h3>" in shown and "Ministry of Health · 2023 · " in shown
    assert '<span class="status wanting">Damaged</span>' in shown


def test_a_card_of_a_file_that_waits_names_it() -> None:
    made = card_html(words("es"), Row("<a>.pdf", None, "En cola", wanting=False))
    assert "&lt;a&gt;.pdf" in made and "En cola" in made and "<a>" not in made


def test_the_button_of_a_card_opens_the_form(own: Site) -> None:
    page = chosen(draw(own, library_view, lang="en"), "clinics.pdf")
    assert any(box.value == "Clinics in Lima" for box in page.text_input)


def test_a_card_is_clicked_for_its_file_wherever_it_stands_by_then(
    own: Site, run_pincite: Callable[..., Any]
) -> None:
    """An ingest puts a file before the others between the drawing of a page and a click on it."""
    page = draw(own, library_view, lang="en")
    assert own.corpus is not None
    (own.corpus / "a-first.txt").write_text("A text that comes before the others.\n", encoding="utf-8")
    command = ["ingest", str(own.corpus), "--library", str(own.library), "--progress", "none"]
    assert run_pincite(*command).returncode == 3
    page = chosen(page, "clinics.pdf")
    assert any(box.value == "Clinics in Lima" for box in page.text_input)


def test_a_document_is_taken_out_and_comes_back(own: Site) -> None:
    assert own.corpus is not None
    page = chosen(draw(own, library_view, lang="en"), "clinics.pdf")
    button = next(one for one in page.button if (one.key or "").startswith("remove-document-"))
    page = button.click().run()
    assert not (own.corpus / "clinics.pdf").exists() and "Taken out: Clinics in Lima" in html(page)
    assert [path.name for path in (own.library / REMOVED).rglob("*.pdf")] == ["clinics.pdf"]
    page = page.button(key="undo-document").click().run()
    assert (own.corpus / "clinics.pdf").exists() and "Taken out" not in html(page)


def test_who_may_not_upload_is_offered_neither(own: Site) -> None:
    reading = Site(own.library, own.corpus, Settings(upload=False))
    page = chosen(draw(reading, library_view, lang="en"), "clinics.pdf")
    assert not [one for one in page.button if (one.key or "").startswith("remove-document-")]
    assert "Uploading here is off" in html(page)


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("en", "Put files into the store to add them."),
        ("es", "almacén de objetos"),
        ("pt", "armazenamento de objetos"),
    ],
)
def test_documents_of_a_store_are_added_there(
    own: Site, monkeypatch: pytest.MonkeyPatch, language: str, told: str
) -> None:
    from app.ui.library import upload

    monkeypatch.setattr(upload, "store_url", lambda _: "s3://papers/policy")
    page = draw(own, library_view, lang=language)
    assert told in html(page) and "pincite.toml" not in html(page)


def test_a_document_is_found_by_part_of_its_name(own: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    from app.ui.library import view

    monkeypatch.setattr(view, "_MANY", 2)
    page = draw(own, library_view, lang="en")
    page = page.text_input(key="find_document").set_value("LIMA").run()
    assert html(page).count('<article class="document">') == 1
    page = page.text_input(key="find_document").set_value("nothing of the sort").run()
    assert html(page).count('<article class="document">') == 0
