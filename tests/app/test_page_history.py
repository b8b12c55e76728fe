"""What the Ask page keeps for a visitor: saved searches with what is new, the last questions, new documents."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from drawn_pages import draw, html

from app.i18n import words
from app.service.owner_folder import FOLDER, owner_of
from app.service.saved_searches import Asked, Kept, Searches
from app.service.site import Site
from app.settings import Settings
from app.ui import address, visitor
from app.ui.ask.history import asked_of, feed_address, filter_texts

SIS = Asked(question="Who has a SIS policy?", filters={"country": ("PER",)})


@pytest.fixture
def own(
    small_library: Path, small_corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Site]:
    """A library of this test's own, and a visitor whose key stays."""
    library = tmp_path / "library"
    shutil.copytree(small_library, library, ignore=shutil.ignore_patterns(FOLDER))
    monkeypatch.setattr(visitor, "lasting", lambda: True)
    monkeypatch.setattr(visitor, "owner", lambda: owner_of("key"))
    yield Site(library, small_corpus)


def kept(served: Site) -> Searches:
    return Searches(served.library, owner_of("key"))


def ask_view() -> None:
    from app.ui import state
    from app.ui.ask import view

    state.read_address()
    view.view()


def press(page: Any, label: str) -> None:
    next(one for one in page.button if one.label == label).click().run()
    assert not page.exception


def test_what_is_typed_is_kept_and_what_a_link_asks_is_not(own: Site) -> None:
    draw(own, ask_view, q="Who has a SIS policy?", lang="en")
    assert kept(own).recent() == ()
    page = draw(own, ask_view, lang="en")
    page.text_input(key="question_box").set_value("Who has a SIS policy?").run()
    assert [one.asked.question for one in kept(own).recent()] == ["Who has a SIS policy?"]
    again = draw(own, ask_view, lang="en")
    press(again, "Who has a SIS policy?")
    assert "Insurance coverage stays low" in html(again)
    fresh = draw(own, ask_view, lang="en")
    press(fresh, "Forget these questions")
    assert kept(own).recent() == ()


def test_a_search_is_saved_and_removed_with_undo(own: Site) -> None:
    page = draw(own, ask_view, q="Who has a SIS policy?", country="PER", lang="en")
    press(page, "Save this search")
    assert [one.asked for one in kept(own).saved()] == [SIS]
    press(page, "Saved search")
    assert kept(own).saved() == ()
    press(page, "Save this search")
    start = draw(own, ask_view, lang="en")
    assert "Saved searches" in html(start) and "Peru" in html(start)
    press(start, "Remove")
    assert kept(own).saved() == () and "Removed: Who has a SIS policy?" in html(start)
    press(start, "Undo")
    assert [one.asked for one in kept(own).saved()] == [SIS]


def test_what_is_new_is_told_shown_and_then_known(own: Site) -> None:
    kept(own).save(SIS, ["0" * 32])
    page = draw(own, ask_view, lang="en")
    assert "1 new passage in 1 document" in html(page)
    press(page, "Who has a SIS policy?")
    assert [one.label for one in page.expander][:1] == ["1 new passage in 1 document"]
    assert html(page).count("only 31 percent of the people interviewed") >= 2
    again = draw(own, ask_view, lang="en")
    assert "new passage" not in html(again)
    press(again, "Who has a SIS policy?")
    assert not any("new passage" in one.label for one in again.expander)


def test_new_documents_since_the_last_visit_lead_to_the_reading_view(own: Site) -> None:
    kept(own).record(SIS)
    kept(own).visit(["0" * 32])
    page = draw(own, ask_view, lang="es")
    assert [one.label for one in page.expander] == ["3 documentos son nuevos desde su última visita"]
    assert "./read?document=" in html(page) and "Clinics in Lima" in html(page)
    page.run()
    assert len(page.expander) == 1
    assert not draw(own, ask_view, lang="es").expander


def test_nothing_is_kept_for_who_cannot_come_back(own: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(visitor, "lasting", lambda: False)
    page = draw(own, ask_view, lang="en")
    page.text_input(key="question_box").set_value("Who has a SIS policy?").run()
    assert not any(one.key == "save_search" for one in page.button)
    assert not (own.library / FOLDER).exists()


def test_a_file_that_cannot_be_read_is_told_and_the_question_answered(own: Site) -> None:
    kept(own).record(SIS)
    (own.library / FOLDER / owner_of("key") / "searches.json").write_text("{", encoding="utf-8")
    page = draw(own, ask_view, lang="en")
    assert "the saved searches cannot be read" in html(page)
    page.text_input(key="question_box").set_value("Who has a SIS policy?").run()
    assert "Insurance coverage stays low" in html(page)


def test_a_full_disk_is_told_when_a_search_is_saved(own: Site) -> None:
    page = draw(own, ask_view, q="Who has a SIS policy?", lang="en")
    (own.library / FOLDER).write_text("no folder", encoding="utf-8")
    press(page, "Save this search")
    assert "cannot be written" in html(page)


@pytest.mark.parametrize(
    ("settings", "host", "told"),
    [
        (Settings(), "127.0.0.1", True),
        (Settings(api_token="secret"), "0.0.0.0", True),
        (Settings(), "0.0.0.0", False),
    ],
)
def test_the_feed_is_told_where_the_api_answers(own: Site, settings: Settings, host: str, told: bool) -> None:
    kept(own).save(SIS, ["0" * 32])
    page = draw(Site(own.library, own.corpus, settings, host), ask_view, lang="en")
    assert bool(page.code) == told
    assert ("token of /api as a password" in html(page)) == bool(settings.api_token)


def test_the_address_of_a_feed_asks_the_saved_search() -> None:
    asked = Asked(question="a b?", filters={"year": ("2019..2020",), "country": ("PER",)}, mode="lexical")
    assert feed_address("https://p.example/papers/", asked) == (
        "https://p.example/papers/api/feed?q=a+b%3F&mode=lexical&filter=year%3D2019..2020&filter=country%3DPER"
    )


def test_filters_are_told_in_words() -> None:
    asked = Asked(question="x", filters={"year": ("2019..2020",), "country": ("PER", "BRA")}, mode="lexical")
    assert filter_texts(words("es"), asked) == ["2019–2020", "Perú, Brasil", "Solo palabras"]


@pytest.mark.parametrize(
    "params",
    [
        {"q": ["salud"]},
        {
            "q": ["salud"],
            "country": ["PER", "COL"],
            "doclang": ["es"],
            "year": ["2019..2021"],
            "match": ["words"],
        },
        {"q": ["salud"], "year": ["2019"]},
    ],
)
def test_a_search_is_asked_again_as_it_was(params: dict[str, list[str]]) -> None:
    here = address.read(params)
    asked = asked_of(here)
    assert address.of_search(asked.question, asked.filters, asked.mode) == here


@pytest.mark.parametrize("question", ["", "Who has a SIS policy?"])
def test_what_is_kept_is_read_once_a_run(own: Site, monkeypatch: pytest.MonkeyPatch, question: str) -> None:
    kept(own).save(SIS, ["d1"])
    kept(own).record(SIS)
    page = draw(own, ask_view, lang="en", **({"q": question} if question else {}))
    reads: list[int] = []
    read = Searches.kept

    def noted(self: Searches) -> Kept:
        reads.append(1)
        return read(self)

    monkeypatch.setattr(Searches, "kept", noted)
    page.run()
    assert not page.exception and len(reads) == 1
