"""What `pincite status` prints and how the Library page words the state of a file."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from cited_samples import REPORT, a_document
from index_library import put_text

from app.checks.status import document_counts
from app.commands.library import _show_status
from app.i18n import LANGUAGES, words
from app.service.uploads import Upload, message
from app.ui.library.file_status import Row, advice, attention, rows, status, waiting_status
from ingest.library.library import FileStamp, Library, NewDocument
from ingest.library.records import READABLE, STATES, Document
from ingest.metadata.metadata import Metadata

READY = a_document()
BROKEN = replace(a_document(number=2), state="failed", reason="no page tree", page_count=0)
PARTLY = replace(
    a_document(number=3), state="partial", reason="no text on 2 of 10 pages", pages_without_text=2
)
UP_TO_DATE: dict[str, Any] = {"new": (), "changed": (), "removed": (), "stale": False}


def facts(**changes: Any) -> dict[str, Any]:
    return {
        "library": "my library",
        "corpus": "papers",
        "documents": document_counts([READY]),
        "ingest_running": False,
        "passages": 30,
        "coverage": {"share": 1.0, "worst": []},
        "snapshot": {"generation": "gen-00000007", "passages": 30, "vectors": 60, "model": "e5"},
        "runtime": "the bundled one",
        "not_searchable": UP_TO_DATE,
        **changes,
    }


def printed(capsys: pytest.CaptureFixture[str], content: dict[str, Any]) -> list[str]:
    _show_status(content)
    return capsys.readouterr().out.splitlines()


def test_a_library_that_is_up_to_date(capsys: pytest.CaptureFixture[str]) -> None:
    assert printed(capsys, facts()) == [
        "Library   my library",
        "Corpus    papers",
        "Documents 1: 1 ready",
        "Pages     10, 0 of them without text",
        "Passages  30",
        "Coverage  100.0% of the text stands in passages",
        "Snapshot  gen-00000007",
        "Model     e5, served by the bundled one",
    ]


INGEST = "pincite ingest papers --library 'my library'"
# Name of the case -> what differs, and the lines that are new because of it.
LINES: dict[str, tuple[dict[str, Any], list[str]]] = {
    "nothing read yet": (
        {"documents": document_counts([]), "snapshot": None},
        [
            "Documents 0",
            "Pages     0, 0 of them without text",
            f"Snapshot  none yet: run {INGEST}",
            "Model     none: words only",
        ],
    ),
    "nothing read yet, from nowhere": (
        {"corpus": None, "snapshot": None},
        [
            "Corpus    not known yet",
            "Snapshot  none yet: run pincite ingest CORPUS --library 'my library'",
            "Model     none: words only",
        ],
    ),
    "the first ingest runs": (
        {"snapshot": None, "ingest_running": True},
        ["Snapshot  none yet: the ingest is at it", "Model     none: words only", "Ingest    running"],
    ),
    "words are there, vectors not yet": (
        {"snapshot": {"generation": "gen-00000001", "model": None}, "ingest_running": True},
        [
            "Snapshot  gen-00000001",
            "Model     words only until the passages are embedded",
            "Ingest    running",
        ],
    ),
    "pages whose text stands in no passage": (
        {"coverage": {"share": 0.985, "worst": [{"file": "[a].pdf", "page": 7, "coverage": 0.25}]}},
        ["Coverage  98.5% of the text stands in passages; least on [a].pdf page 7 (25%)"],
    ),
    "coverage that is not known": ({"coverage": {"share": None, "worst": []}}, []),
    "words only": (
        {"snapshot": {"generation": "gen-00000001", "model": None}},
        ["Snapshot  gen-00000001", "Model     none: words only"],
    ),
    "documents that were not read wholly": (
        {"documents": document_counts([READY, BROKEN, PARTLY])},
        [
            "Documents 3: 1 failed, 1 partial, 1 ready",
            "Pages     20, 2 of them without text",
            "  not readable: paper-2.pdf: no page tree",
            "  incomplete: paper-3.pdf: no text on 2 of 10 pages",
        ],
    ),
    "files that came, changed and went": (
        {"not_searchable": UP_TO_DATE | {"new": ("a.pdf",), "changed": ("[b].pdf",), "removed": ("c.pdf",)}},
        [
            "  a.pdf: new, not searchable as it stands",
            "  [b].pdf: changed, not searchable as it stands",
            "  c.pdf: removed, not searchable as it stands",
            f"Run: {INGEST}",
        ],
    ),
    "files that came, and an ingest": (
        {"not_searchable": UP_TO_DATE | {"new": ("a.pdf",)}, "ingest_running": True},
        [
            "Ingest    running",
            "  a.pdf: new, not searchable as it stands",
            "The running ingest takes it up",
        ],
    ),
    "an old index": (
        {"not_searchable": UP_TO_DATE | {"stale": True}},
        ["  The index is older than the library", f"Run: {INGEST}"],
    ),
}


@pytest.mark.parametrize("case", LINES)
def test_lines_of_status(case: str, capsys: pytest.CaptureFixture[str]) -> None:
    changes, wanted = LINES[case]
    usual = printed(capsys, facts())
    found = printed(capsys, facts(**changes))
    assert [line for line in found if line not in usual] == wanted


def test_a_missing_index_is_told_once_and_not_as_an_old_one(capsys: pytest.CaptureFixture[str]) -> None:
    found = printed(capsys, facts(snapshot=None, not_searchable=UP_TO_DATE | {"stale": True}))
    assert not any("older" in line or line.startswith("Run:") for line in found)


# State -> its words in English, Spanish and Portuguese.
WORDS: dict[str, tuple[str, str, str]] = {
    "ready": ("Ready", "Listo", "Pronto"),
    "no_text": ("No text layer", "Sin capa de texto", "Sem camada de texto"),
    "empty": ("Empty", "Vacío", "Vazio"),
}


def in_state(state: str) -> Document:
    return replace(READY, state=state)


@pytest.mark.parametrize("state", WORDS)
def test_states_are_worded_in_the_language_of_the_page(state: str) -> None:
    assert tuple(status(in_state(state), words(language))[0] for language in LANGUAGES) == WORDS[state]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_state_has_words_of_its_own(language: str) -> None:
    t = words(language)
    texts = {state: status(in_state(state), t)[0] for state in STATES}
    assert len(set(texts.values())) == len(STATES)
    assert not any(text == state for state, text in texts.items())
    told = {state: advice(in_state(state), t) for state in STATES}
    assert told.pop("ready") is None
    assert all(text and "paper-1.pdf" in text for text in told.values())
    assert len(set(told.values())) == len(told)


COMPLETE = {
    "all known": (REPORT, False),
    "an author for a publisher": (replace(REPORT, publisher=None, authors=("Ruiz",)), False),
    "no publisher and no author": (replace(REPORT, publisher=None), True),
    "no year": (replace(REPORT, year=None), True),
    "no title": (replace(REPORT, title=None), True),
}


@pytest.mark.parametrize("case", COMPLETE)
def test_what_a_citation_needs_is_asked_for(case: str) -> None:
    metadata, wanting = COMPLETE[case]
    text, asks = status(replace(READY, metadata=metadata), words("en"))
    assert (text, asks) == (("Metadata missing", True) if wanting else ("Ready", False))


def test_a_partly_read_document_says_how_many_pages() -> None:
    text, wanting = status(PARTLY, words("en"))
    assert (text, wanting) == ("Partly read (2 of 10 pages have no text)", True)


WAITING = {
    "no ingest": (None, "Not read yet"),
    "being read": ({"stage": "read", "file": "a.pdf", "page": 3, "pages": 9}, "Reading 3 of 9"),
    "another is read": ({"stage": "read", "file": "b.pdf", "page": 3, "pages": 9}, "Queued"),
    "embedding": ({"stage": "embed", "done": 3, "total": 9}, "Queued"),
}


@pytest.mark.parametrize("case", WAITING)
def test_a_file_that_waits(case: str) -> None:
    event, said = WAITING[case]
    assert waiting_status("a.pdf", event, words("en")) == said


@pytest.fixture
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    with Library.open(tmp_path_factory.mktemp("rows") / "library", create=True) as opened:
        put_text(opened, "one.txt", REPORT, "en", ["Clinics open at seven."])
        broken = NewDocument("e" * 64, "pdf", True, "failed", "no page tree")
        opened.put_document(broken, Metadata(title="Broken"), [FileStamp("bad.pdf"), FileStamp("twin.pdf")])
        yield opened


def test_rows_are_those_that_wait_then_documents_with_their_twins(library: Library) -> None:
    found = rows(library, words("en"), waiting=["later.pdf"])
    assert [(row.file, row.status, attention(row)) for row in found] == [
        ("later.pdf", "Not read yet", False),
        ("bad.pdf", "Damaged", True),
        ("twin.pdf", "Duplicate of Broken", False),
        ("one.txt", "Ready", False),
    ]
    assert found[0] == Row("later.pdf", None, "Not read yet", wanting=False)
    assert found[1].document is not None and found[1].document.state not in READABLE


UPLOADS = {
    "stored": Upload("x.pdf", "stored"),
    "not_pdf": Upload("x.pdf", "not_pdf"),
    "too_large": Upload("x.pdf", "too_large"),
    "duplicate": Upload("x.pdf", "duplicate", twin="Informe {n}"),
    "disk_full": Upload("x.pdf", "disk_full"),
    "failed": Upload("x.pdf", "failed"),
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_outcome_of_an_upload_is_told_in_words_of_its_own(language: str) -> None:
    told = [message(words(language), upload, 50) for upload in UPLOADS.values()]
    assert len(set(told)) == len(told) and all("x.pdf" in text for text in told)
    assert "50 MB" in told[2] and "Informe {n}" in told[3]
    if language != "en":
        assert set(told).isdisjoint(message(words("en"), upload, 50) for upload in UPLOADS.values())


def test_a_name_that_cannot_be_seen_is_told_visibly() -> None:
    told = message(words("en"), Upload("a\u202efdp.exe\udcff", "not_pdf"), 50)
    assert told == "a\ufffdfdp.exe\\xff: not a PDF file."
