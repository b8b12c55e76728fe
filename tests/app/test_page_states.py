"""States of the pages, run without a browser (Streamlit's AppTest)."""

import json
import logging
import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import docx
import pytest
from streamlit.delta_generator import DeltaGenerator
from streamlit.testing.v1 import AppTest

from app.i18n import words
from app.service import site
from app.service.engine import Busy, Engine, engine
from app.service.site import Site
from app.settings import Settings
from app.ui.ask.view import TOLD_FROM
from index.search import Searcher

ONE_BEFORE = "Many people are asking at the moment. {n} question comes before yours."
MANY_BEFORE = "Many people are asking at the moment. {n} questions come before yours."
REPOSITORY = Path(__file__).parent.parent.parent
MAIN = REPOSITORY / "app" / "ui" / "main.py"


def run(served: Site, **params: str) -> Any:
    site.install(served)
    test = AppTest.from_file(str(MAIN), default_timeout=120)
    for name, value in params.items():
        test.query_params[name] = value
    return test.run()


def text(test: Any) -> str:
    """Return all HTML of the page as one text."""
    return " ".join(element.proto.body for element in test.get("html"))


@pytest.fixture
def own(small_library: Path, small_corpus: Path) -> Site:
    return Site(small_library, small_corpus)


def test_no_library_says_what_to_do(tmp_path: Path) -> None:
    page = run(Site(tmp_path / "none"))
    assert not page.exception
    assert "There are no documents yet. Add PDFs on the Library page or to the corpus folder." in text(page)


def test_no_library_names_the_folder_to_whoever_may_fill_it(tmp_path: Path) -> None:
    told = text(run(Site(tmp_path / "none", tmp_path / "papers")))
    assert f"Put PDF, Word, HTML or text files into {tmp_path / 'papers'}." in told
    reading = Site(tmp_path / "none", tmp_path / "papers", Settings(edit=False))
    assert str(tmp_path / "papers") not in text(run(reading))


def test_a_damaged_snapshot_is_named_with_its_repair(own: Site, tmp_path: Path) -> None:
    import shutil

    library = shutil.copytree(own.library, tmp_path / "library")
    for arrays in library.glob("snapshot/gen-*/*.npy"):
        arrays.write_bytes(b"nothing")
    page = run(Site(library, own.corpus))
    assert not page.exception
    assert any("pincite ingest" in error.value.replace("\\", "") for error in page.error)


def test_results_of_exact_words(own: Site) -> None:
    page = run(own, q="SIS policy", match="words")
    assert not page.exception
    assert "31 percent" in text(page)
    assert "Ministry of Health" in text(page)
    assert 'class="page">PDF page 2<' in text(page)


RUNNING_ON = (
    "In 2023 the clinics of Lima registered many visits. The ministry then opened two further offices for people in",
    "the south of the country. A residence permit costs 47 soles in Tacna. Nobody under five years of age pays it.",
)


CORRECTION = (
    "Of these, 812 were later quashed; see the ombudsman, report 7, and its annexes, which name the courts and "
    "the reasons that were given: a notice that never came, a lease that had not ended, a party that was not the "
    "tenant at all, rent that had been paid into an account of the court, and a judge who was not the one in charge."
)


def write_noted(path: Path) -> None:
    """Write a page with a sentence that calls note 3, and the note in small type at its foot."""
    import textwrap

    from reportlab.pdfgen.canvas import Canvas

    canvas = Canvas(str(path), invariant=1)
    body = canvas.beginText(72, 700)
    body.setFont("Helvetica", 11)
    body.textOut("The courts of Puno passed 1,204 eviction sentences in 2024")
    body.setFont("Helvetica", 7)
    body.setRise(4)
    body.textOut("3")
    body.setFont("Helvetica", 11)
    body.setRise(0)
    body.textOut(". Most were in town.")
    canvas.drawText(body)
    for line in range(20):
        canvas.drawString(
            72, 686 - 14 * line, f"Judge {line} of the peace heard most of the complaints within the year."
        )
    foot = canvas.beginText(72, 180)
    foot.setFont("Helvetica", 8)
    for row in textwrap.wrap(f"3 {CORRECTION}", 100):
        foot.textLine(row)
    canvas.drawText(foot)
    canvas.save()


@pytest.fixture(scope="module")
def two_pages(write_pages: Any, tmp_path_factory: pytest.TempPathFactory) -> Site:
    """A paper with one passage that runs over a page break and one with a note, ingested by the command itself."""
    from app.cli import main

    corpus, library = (tmp_path_factory.mktemp("two_pages") / name for name in ("corpus", "library"))
    corpus.mkdir()
    write_pages(corpus / "offices.pdf", RUNNING_ON)
    write_noted(corpus / "sentences.pdf")
    with pytest.raises(SystemExit) as stop:
        main(["ingest", str(corpus), "--library", str(library), "--progress", "none"])
    assert not stop.value.code
    return Site(library, corpus)


# Question -> page on which the sentences that fit it best begin.
OPENED_AT = {"visits Lima clinics": 1, "ministry offices": 1, "residence permit Tacna": 2}


@pytest.mark.parametrize("question", OPENED_AT)
def test_the_page_opens_where_the_best_sentences_begin(two_pages: Site, question: str) -> None:
    page = run(two_pages, q=question)
    assert 'class="page">PDF pages 1–2<' in text(page)
    page = next(button for button in page.button if button.label == "Show page").click().run()
    assert not page.exception
    here = OPENED_AT[question]
    assert f"<p>PDF page {here} of 2</p>" in text(page)
    # The file's own link; the other one leads to the document's view.
    fragments = [link.proto.url.partition("#")[2] for link in page.get("link_button")]
    assert [one for one in fragments if one] == [f"page={here}"]
    turn = next(button for button in page.button if button.label == ("Next" if here == 1 else "Previous"))
    assert f"<p>PDF page {3 - here} of 2</p>" in text(turn.click().run())


def test_a_selected_passage_shows_the_notes_it_calls(two_pages: Site, tmp_path: Path) -> None:
    from app.checks.verify import verify_file
    from app.exports.brief_formats import FORMATS
    from app.i18n import words
    from ingest.library.library import Library

    page = run(two_pages, q="eviction sentences Puno")
    assert "2024³" in re.sub("<[^>]*>", "", text(page)) and 'class="called"' not in text(page)
    page = next(button for button in page.button if button.label == "Show page").click().run()
    note = re.findall(r'<p class="called" lang="en">(.*?)</p>', text(page))
    assert len(note) == 1 and note[0].startswith("³ Of these, 812 were later quashed;")
    shown, ellipsis = note[0].split("<", 1)
    assert ellipsis == 'span class="cut"> …</span>'  # outside the document's words
    assert 280 < len(shown) <= 302 and f"³ {CORRECTION}".startswith(f"{shown} ")
    next(button for button in page.button if button.label == "Add to brief").click().run()
    brief = page.session_state["brief_kept"].brief
    assert [one.text for one in brief.items[0].called] == [CORRECTION]
    with Library.open(two_pages.library) as library:
        for style in FORMATS[:2]:
            (tmp_path / f"brief.{style.suffix}").write_bytes(style.write(brief, words("en")))
            assert verify_file(tmp_path / f"brief.{style.suffix}", library).counts["found"] == 1
    assert f"\n³ {CORRECTION}\n" in (tmp_path / "brief.md").read_text(encoding="utf-8")
    assert f"³ {CORRECTION}" in [p.text for p in docx.Document(str(tmp_path / "brief.docx")).paragraphs]


def test_documents_of_one_title_are_told_apart_by_their_files(two_pages: Site, tmp_path: Path) -> None:
    from index.snapshot.publish import publish
    from ingest.library.library import Library
    from ingest.pipeline import ingest_folder

    for name, title in (("a", "Annual report"), ("b", "Annual  Report "), ("c", "Annual report 2024")):
        sentence = (
            f"Annual report {name}: the clinics of Tacna were open on {len(name) + 200} days of the year."
        )
        (tmp_path / f"{name}.txt").write_text(sentence, encoding="utf-8")
        with (tmp_path / "catalogue.toml").open("a", encoding="utf-8") as catalogue:
            catalogue.write(f'["{name}.txt"]\ntitle = "{title}"\nyear = 2024\n')
    with Library.open(tmp_path / "library", create=True) as library:
        ingest_folder(tmp_path, library)
        publish(library, tmp_path / "library", None)
    page = text(run(Site(tmp_path / "library", tmp_path), q="clinics Tacna", match="words"))
    assert page.count('class="card"') == 3
    assert sorted(re.findall('year">2024</span><span class="file">(.*?)</span>', page)) == ["a.txt", "b.txt"]
    assert 'class="file"' not in text(run(two_pages, q="eviction sentences Puno", match="words"))


LOOSE = "These passages are only loosely related. The corpus may not answer this question."
DOUBTFUL = "pincite is not sure that these passages answer the question. Read the first ones."
# Confidence of a refused question -> what people are told; None where it is answered.
TOLD = {0.0: LOOSE, 0.29: LOOSE, 0.3: DOUBTFUL, 0.49: DOUBTFUL, 0.5: None}


@pytest.mark.parametrize("confidence", TOLD)
def test_the_notice_about_weak_hits_follows_the_confidence(
    own: Site, confidence: float, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from dataclasses import replace

    from app.commands import search

    site.install(own)
    searcher = engine().searcher()
    found = searcher.search("SIS policy", k=2, mode="lexical")
    told = replace(found, answerable=confidence >= 0.5, confidence=confidence)
    monkeypatch.setattr(type(searcher), "search", lambda *_, **__: told)
    on_page = text(run(own, q=f"SIS policy, confidence {confidence}", match="words"))
    search.show(told)
    printed = " ".join(capsys.readouterr().out.split())
    for notice in (LOOSE, DOUBTFUL):
        assert (notice in on_page) is (notice in printed) is (notice == TOLD[confidence])


def test_a_library_without_a_model_says_so(own: Site, small_corpus: Path, tmp_path: Path) -> None:
    from index.snapshot.publish import publish
    from ingest.library.library import Library
    from ingest.pipeline import ingest_folder

    with Library.open(tmp_path / "words", create=True) as library:
        ingest_folder(small_corpus, library)
        publish(library, tmp_path / "words", None)
    off = "Meaning-based search is off; results use words only."
    page = run(Site(tmp_path / "words", small_corpus), q="SIS policy")
    assert off in text(page) and "31 percent" in text(page)
    with Library.open(tmp_path / "words") as library, library.writing():  # as while it is embedded
        page = run(Site(tmp_path / "words", small_corpus), q="SIS policy")
    assert off not in text(page) and "31 percent" in text(page)
    assert "Search by meaning is still being prepared." in text(page)


def test_a_crash_shows_a_reference_that_stands_in_the_log(
    own: Site, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    site.install(own)

    def fail(*_: object, **__: object) -> None:
        raise ZeroDivisionError("secret-detail")

    monkeypatch.setattr(type(engine().searcher()), "search", fail)
    with caplog.at_level(logging.ERROR):
        page = run(own, q="marker-question-7391", match="words")
    shown = page.error[0].value
    assert shown.startswith("Something went wrong. Reference: ")
    assert "secret-detail" not in shown and "Traceback" not in shown
    assert shown.removeprefix("Something went wrong. Reference: ").removesuffix(".") in caplog.text


def test_too_many_searches_are_told_to_wait(own: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    site.install(own)

    def busy(*_: object) -> None:
        raise Busy("busy")

    monkeypatch.setattr(type(engine()), "turn", busy)
    page = run(own, q="SIS policy", match="words")
    assert [warning.value for warning in page.warning] == ["The server is busy. Try again in a moment."]


@pytest.mark.parametrize("language", ["en", "es", "pt"])
def test_who_waits_is_told_how_many_questions_come_first(
    own: Site, monkeypatch: pytest.MonkeyPatch, language: str
) -> None:
    site.install(own)
    turn, html, bodies = type(engine()).turn, DeltaGenerator.html, list[str]()

    def behind(self: Engine, waits: Callable[[int], None]) -> AbstractContextManager[Searcher]:
        waits(TOLD_FROM - 1)
        waits(17)
        return turn(self, waits)

    def noted(self: DeltaGenerator, body: str, **more: Any) -> DeltaGenerator:
        bodies.append(body)
        return html(self, body, **more)

    monkeypatch.setattr(type(engine()), "turn", behind)
    monkeypatch.setattr(DeltaGenerator, "html", noted)
    page = run(own, q="SIS policy", match="words", lang=language)
    many = words(language).n(ONE_BEFORE, MANY_BEFORE, 17)
    assert [body for body in bodies if many.replace("17", "") in body.replace("17", "")] == [
        f'<p role="status">{many}</p>'
    ]
    assert (many == MANY_BEFORE.format(n=17)) is (language == "en")
    assert "31 percent" in text(page), "the answer takes its place"
    assert many not in text(page)


def test_questions_are_not_logged(own: Site, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        run(own, q="marker-question-7392", match="words")
        run(own, q="marker-question-7393", year="x", passage="0" * 32, match="words")
    assert "marker-question" not in caplog.text


@pytest.mark.parametrize(
    "question", ["'; DROP TABLE--", '"', "-", "OR", "()", "\u202e", "a" * 5_000, "💥", "%00", "NEAR(", "a:b"]
)
def test_odd_questions_do_not_fail(own: Site, question: str) -> None:
    page = run(own, q=question, match="words")
    assert not page.exception and not page.error


def test_a_question_that_is_too_long_is_cut_with_a_word(own: Site) -> None:
    cut = "The question was too long. Only its first 1000 characters were used."
    page = run(own, q="SIS policy " + "filler " * 200, match="words")
    assert cut in text(page)
    page.text_input(key="question_box").set_value("SIS policy " + "words " * 100).run()
    assert cut not in text(page) and "31 percent" in text(page)
    page.text_input(key="question_box").set_value("SIS policy " + "words " * 900).run()
    assert cut in text(page)
    assert len(page.text_input(key="question_box").value) == 1_000


def test_suggestions_come_from_the_configuration(own: Site) -> None:
    page = run(Site(own.library, own.corpus, Settings(suggestions=("the *SIS* policy", "zzzz qqqq"))))
    labels = [button.label for button in page.button if (button.key or "").startswith("suggestion-")]
    assert labels == [r"the \*SIS\* policy"]


def test_new_files_are_told(own: Site, tmp_path: Path) -> None:
    import shutil

    corpus = shutil.copytree(own.corpus or Path(), tmp_path / "corpus")
    (corpus / "new.txt").write_text("Something new about clinics.", encoding="utf-8")
    page = run(Site(own.library, corpus))
    assert "1 new file is not searchable yet." in text(page)
    assert [button.label for button in page.button if button.key == "ingest_now"] == ["Read them now"]


# Settings and address to listen on -> may people change metadata?
EDITING = {
    "on_this_machine": (Settings(), "127.0.0.1", True),
    "on_this_machine_by_name": (Settings(), "localhost", True),
    "on_the_network": (Settings(), "0.0.0.0", False),
    "on_the_network_with_upload": (Settings(upload=True), "0.0.0.0", True),
    "behind_a_proxy": (Settings(edit=False), "127.0.0.1", False),
    "behind_a_proxy_with_upload": (Settings(upload=True, edit=False), "127.0.0.1", False),
    "allowed_on_the_network": (Settings(edit=True), "10.0.0.5", True),
}


@pytest.mark.parametrize("name", EDITING)
def test_metadata_can_be_changed_where_it_is_allowed(own: Site, name: str) -> None:
    settings, host, allowed = EDITING[name]
    site.install(Site(own.library, own.corpus, settings, host))

    def detail() -> None:
        from app.i18n import words
        from app.service.engine import engine
        from app.ui.library import edit_metadata
        from app.ui.library.file_status import rows

        machine = engine()
        t = words("es")
        row = next(row for row in rows(machine.library(), t) if row.file == "clinics.pdf")
        assert row.document is not None
        edit_metadata.details(t, machine, row.document, row)

    page = AppTest.from_function(detail, default_timeout=120).run()
    assert not page.exception
    labels = [field.label for field in page.text_input]
    assert ("Título (de: catálogo)" in labels) is allowed
    assert [button.label for button in page.button] == (["Guardar"] if allowed else [])


def test_opening_a_link_writes_nothing(own: Site) -> None:
    def state() -> dict[str, tuple[int, int]]:
        files = [p for p in own.library.rglob("*") if p.is_file() and not p.name.endswith(("-wal", "-shm"))]
        return {str(p): (p.stat().st_size, p.stat().st_mtime_ns) for p in files}

    run(own, q="SIS policy", match="words")
    before = state()
    run(own, q="clinics", match="words", sort="newest", page="2", lang="pt")
    assert state() == before


def test_the_evaluation_page_without_runs_names_this_library(
    own: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    def evaluation() -> None:
        from app.i18n import words
        from app.service.engine import engine
        from app.ui.evaluation.first_run import hint

        hint(words("en"), engine())

    site.install(own)
    page = AppTest.from_function(evaluation, default_timeout=120).run()
    example, commands = (block.value for block in page.code)
    assert json.loads(example)["evidence"][0]["doc"] in {
        "clinics.pdf",
        "mental.txt",
        "note.html",
        "broken.pdf",
    }
    assert f"pincite eval check my-gold.jsonl --library {own.library}" in commands
    assert f"--library {own.library} --out {own.library.parent / 'runs' / 'first'}" in commands
    assert "starter" not in commands and "docs/evaluation.md" in text(page)


def test_the_questions_that_come_along_are_offered_for_their_corpus_only() -> None:
    from app.service.evaluation_runs import starter_questions
    from evals.gold.reader import read_gold

    path = starter_questions({file.name for file in (REPOSITORY / "corpus").iterdir()})
    assert path is not None and len(read_gold(path).questions) > 100
    assert starter_questions({"clinics.pdf"}) is None
    assert starter_questions(set()) is None


def test_a_type_that_the_catalogue_names_in_two_languages_is_one_choice(own: Site) -> None:
    site.install(own)

    def sidebar() -> None:
        import streamlit as st

        from app.i18n import words
        from app.ui import state
        from app.ui.ask import filters

        filters.sidebar(
            words("pt"), {"type": {"policy paper": 4, "documento de política": 3, "chronicle": 2, "own": 1}}
        )
        filters.active(words("pt"))
        st.text(repr(state.address().search_filters()))

    page = AppTest.from_function(sidebar, default_timeout=120).run()
    choice = page.sidebar.button_group[0]
    assert choice.options == ["Documento de política (7)", "Crônica (2)", "own (1)"]
    page = choice.set_value(["Documento de política"]).run()
    assert page.text[0].value == repr({"type": ["documento de política", "policy paper"]})
    pills = [button for button in page.button if (button.key or "").startswith("unset-")]
    assert [pill.label for pill in pills] == ["Documento de política"]
    assert pills[0].click().run().text[0].value == "{}"


def test_a_note_that_is_too_long_is_cut_with_a_word(own: Site) -> None:
    site.install(own)

    def notes() -> None:
        from app.exports.brief import Item
        from app.service.engine import engine
        from app.ui import brief, kept_brief

        kept_brief.load()
        if not kept_brief.current():
            document = engine().library().document("clinics.pdf")
            assert document is not None
            passage = next(iter(engine().library().passages(document.id))).passage
            kept_brief.add(Item(document, passage, "SIS policy"))
        brief.view()

    cut = "The note was too long. Only its first 2000 characters were kept."
    page = AppTest.from_function(notes, default_timeout=120).run()
    page.text_area[0].set_value("word " * 500).run()
    assert cut in text(page) and len(page.text_area[0].value or "") == 2_000
    page.text_area[0].set_value("short").run()
    assert cut not in text(page) and page.text_area[0].value == "short"


def test_what_became_of_an_upload_is_told_until_another_page_is_opened(own: Site) -> None:
    from app.service.uploads import Upload

    site.install(own)
    test: Any = AppTest.from_file(str(MAIN), default_timeout=120)
    test.session_state["uploads"] = [Upload("a.pdf", "not_pdf")]
    test.run()
    assert "uploads" not in test.session_state
    assert "a.pdf" not in text(test)
