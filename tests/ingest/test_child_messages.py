"""What a child that was taken over says costs the file that it was reading, and nothing else."""

import time
from dataclasses import fields
from pathlib import Path

import pytest
from hostile_worker import EVENTS, HEAD, PASSAGE, RESULTS, TEXT, result

from ingest.library.library import Library
from ingest.passage import Passage
from ingest.pipeline import ingest_folder
from ingest.readers.limits import Limits
from ingest.sandbox import page_image_protocol, protocol
from ingest.sandbox.pool import NOT_USABLE, Workers
from ingest.sandbox.protocol import BadMessage, Done, Hashed, Progress

EVENTS_OF_A_READING = (
    Hashed(sha256="0123456789abcdef" * 4),
    Progress(step="ocr", done=3, total=30),
    Done(reason="a ZIP archive, not a document: unpack it", state="failed", cpu=0.25, peak=1 << 33),
    Done(),
)
ANSWERS = {
    "no json": b"hello",
    "a size below none": b'{"size": -1}',
    "a size beyond all pictures": b'{"size": 99999999999}',
    "a box of three sides": b'{"boxes": [[1, 2, 3]]}',
    "a box of text": b'{"boxes": [["1", 2, 3, 4]]}',
    "an error that is a number": b'{"error": 5}',
    "nothing, for the child ended": b"",
}


@pytest.mark.parametrize("event", EVENTS_OF_A_READING)
def test_events_come_back_as_they_were(event: protocol.Event) -> None:
    assert protocol.event_of(protocol.line_of(event)) == event


@pytest.mark.parametrize("name", EVENTS)
def test_lines_that_are_no_events_are_refused(name: str) -> None:
    with pytest.raises(BadMessage):
        protocol.event_of(EVENTS[name])


def test_the_sound_result_that_the_bad_ones_are_made_of_is_read() -> None:
    source, split = protocol.read(result().splitlines())
    assert (source.format, [page.text for page in source.pages]) == (HEAD["format"], [TEXT])
    (passage,) = split.passages
    assert (passage.text, passage.spans, passage.sentences) == (TEXT, ((1, 0, 19),), ((0, 19),))
    assert set(PASSAGE) == {one.name for one in fields(Passage)} - {
        "ocr",
        "readers_agree",
        "cut",
        "calls",
        "cells",
    }


@pytest.mark.parametrize("name", RESULTS)
def test_results_that_are_not_of_the_form_are_refused(name: str) -> None:
    with pytest.raises(BadMessage):
        protocol.read(RESULTS[name].splitlines())


def test_a_result_that_is_too_large_is_not_opened(tmp_path: Path) -> None:
    with (tmp_path / "result").open("wb") as file:
        file.truncate(protocol.MAX_RESULT + 1)
    with pytest.raises(BadMessage, match="536,870,913 bytes"):
        protocol.load(tmp_path / "result")


@pytest.mark.parametrize("name", ANSWERS)
def test_answers_of_the_drawing_child_that_do_not_fit_are_refused(name: str) -> None:
    with pytest.raises(ValueError, match="not an answer"):
        page_image_protocol.answer_of(ANSWERS[name])


def test_an_answer_with_boxes_comes_back_as_it_was() -> None:
    answer = page_image_protocol.Answer(boxes=((1.0, 2.5, 3.0, 4.0),))
    assert page_image_protocol.answer_of(page_image_protocol.line_of(answer)) == answer


def test_each_costs_its_own_file_only_and_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ingest.sandbox.pool.WORKER", "tests.hostile_worker")
    bad = [
        "event no json",
        "event a line without end",
        "result a span behind the page",
        "result cut off",
        "large x",
    ]
    paths = []
    for at, name in enumerate(bad):
        paths += [tmp_path / f"{name}.txt", tmp_path / f"good{at}.txt"]
        for path in paths[-2:]:
            path.write_text("Clinics open early in all of Lima.\n")
    started = time.monotonic()
    with Workers(2, Limits(wall=60)) as workers:
        outcomes = list(workers.process(paths))
    assert time.monotonic() - started < 40, "a child that talks nonsense is not waited for"
    assert [outcome.path for outcome in outcomes] == paths
    for outcome in outcomes[0::2]:
        assert (outcome.reason, outcome.state, outcome.transient) == (NOT_USABLE, "failed", False)
        assert (outcome.source, outcome.split) == (None, None)
    assert [outcome.state for outcome in outcomes[1::2]] == ["ready"] * len(bad)


def test_an_ingest_with_such_a_child_stores_the_good_files_and_names_the_bad(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ingest.sandbox.pool.WORKER", "tests.hostile_worker")
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    for name in ("result a text that is a list", "good"):
        (corpus / f"{name}.txt").write_text(f"Clinics open early, says {name}.\n")
    with Library.open(tmp_path / "library", create=True) as library:
        report = ingest_folder(corpus, library, settle=0.01)
        assert [(one.state, one.reason) for one in report.unreadable] == [("failed", NOT_USABLE)]
        assert library.document("good.txt").state == "ready"  # type: ignore[union-attr]
        assert ingest_folder(corpus, library, settle=0.01).read == 0
