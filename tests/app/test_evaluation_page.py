"""The Evaluation page without a shell: a question is added, a run begun, its progress and its figures shown."""

import json
import shutil
import time
from pathlib import Path
from typing import Any

import pytest
from drawn_pages import draw, html

from app.service import evaluation_jobs, site
from app.service.engine import Engine, engine
from app.service.evaluation_jobs import OWN_GOLD, EvaluationJob, add_question, gold_files, last, start
from app.service.site import Site
from app.settings import Settings
from ingest.errors import UsageError

QUESTION, FILE, QUOTE = "How many people have a SIS policy?", "clinics.pdf", "only 31 percent of the people"


def evaluation_view() -> None:
    from app.ui import state
    from app.ui.evaluation import view

    state.read_address()
    view.view()


@pytest.fixture
def own(small_library: Path, small_corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Site:
    monkeypatch.chdir(tmp_path)
    return Site(Path(shutil.copytree(small_library, tmp_path / "library")), small_corpus)


def machine_of(own: Site) -> Engine:
    site.install(own)
    return engine()


def ended(job: EvaluationJob, seconds: float = 120) -> EvaluationJob:
    for _ in range(int(seconds / 0.1)):
        if not job.running:
            break
        time.sleep(0.1)
    assert not job.running
    return job


def test_a_question_is_kept_as_a_line_of_gold(own: Site) -> None:
    machine = machine_of(own)
    assert add_question(machine, QUESTION, FILE, QUOTE, "en") == 1
    assert add_question(machine, "What does a train to Kyoto cost?", None, "", "en") == 2
    lines = [json.loads(line) for line in (own.library / OWN_GOLD).read_text(encoding="utf-8").splitlines()]
    assert [line["id"] for line in lines] == ["q1", "q2"]
    assert lines[0]["evidence"] == [{"doc": FILE, "quote": QUOTE}] and lines[1]["answerable"] is False
    assert gold_files(machine) == [own.library / OWN_GOLD]


@pytest.mark.parametrize(
    ("document", "quote"), [(FILE, "words that stand nowhere in it"), ("none.pdf", QUOTE)]
)
def test_words_that_are_not_in_the_document_are_refused(own: Site, document: str, quote: str) -> None:
    machine = machine_of(own)
    with pytest.raises(UsageError) as refused:
        add_question(machine, QUESTION, document, quote, "en")
    assert str(own.library) not in str(refused.value) and "/tmp" not in str(refused.value)
    assert not (own.library / OWN_GOLD).exists() and gold_files(machine) == []


def test_a_run_tells_how_far_it_is_and_lies_with_the_others(own: Site) -> None:
    machine = machine_of(own)
    add_question(machine, QUESTION, FILE, QUOTE, "en")
    job = start(machine, own.library / OWN_GOLD)
    assert last(own.library) is job
    assert (ended(job).fault, job.done, job.total) == (None, 1, 1)
    assert (job.out / "summary.json").is_file() and job.out.parent == own.library / "runs"
    shown = draw(own, evaluation_view, lang="en")
    assert "Question by question" in html(shown)


def test_one_run_at_a_time(own: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    machine = machine_of(own)
    waiting = EvaluationJob(own.library / "runs" / "x", done=3, total=9)
    monkeypatch.setitem(evaluation_jobs._JOBS, own.library, waiting)
    assert start(machine, own.library / OWN_GOLD) is waiting
    page: Any = draw(own, evaluation_view, lang="en")
    assert not [one for one in page.button if (one.key or "").startswith("run-")]


def test_a_broken_file_is_told_with_its_line(own: Site) -> None:
    machine = machine_of(own)
    (own.library / OWN_GOLD).write_text('{"id": 1}\n', encoding="utf-8")
    job = ended(start(machine, own.library / OWN_GOLD))
    assert job.fault and "line 1" in job.fault
    assert "line 1" in html(draw(own, evaluation_view, lang="en"))


def test_the_form_adds_a_question_and_begins_a_run(own: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    begun: list[Path] = []
    monkeypatch.setattr(evaluation_jobs, "start", lambda _, gold: begun.append(gold))
    page = draw(own, evaluation_view, lang="es")
    page.text_input(key="gold_question").set_value(QUESTION)
    page.selectbox(key="gold_document_es").set_value(FILE)
    page.text_area(key="gold_quote").set_value(QUOTE)
    page = page.button(key="gold_add").click().run()
    assert "Guardada: 1 pregunta." in html(page) and page.text_input(key="gold_question").value == ""
    page = page.button(key="run-my-gold").click().run()
    assert begun == [own.library / OWN_GOLD]


def test_a_form_without_words_is_told(own: Site) -> None:
    page = draw(own, evaluation_view, lang="en").button(key="gold_add").click().run()
    assert "A question needs words" in html(page)


def test_readers_may_not_begin_runs(own: Site) -> None:
    page = draw(Site(own.library, own.corpus, Settings(edit=False)), evaluation_view, lang="en")
    assert not page.button
