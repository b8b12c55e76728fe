"""What a page does not show is no quotation of it, though its text layer holds it."""

import io
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from reportlab.lib.pagesizes import A5
from reportlab.pdfgen.canvas import Canvas

from app.checks.verify import verify_file
from app.exports.records import records
from ingest.library.library import Library
from ingest.pipeline import ingest_folder

SHOWN = "The fee for a visit is eighty soles in Lima."
COVERED = "The complaint names Maria Example, document 44556677."


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    """A library of one page with a line under a black box between two that are seen."""
    folder = tmp_path_factory.mktemp("unseen")
    corpus = folder / "corpus"
    corpus.mkdir()
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=A5, invariant=True)
    canvas.drawString(40, 500, SHOWN)
    canvas.drawString(40, 480, COVERED)
    canvas.rect(38, 476, 340, 14, fill=1)
    canvas.drawString(40, 460, "It was eight soles in the year before.")
    canvas.showPage()
    canvas.save()
    (corpus / "paper.pdf").write_bytes(buffer.getvalue())
    with Library.open(folder / "library", create=True) as opened:
        ingest_folder(corpus, opened, settle=0.0)
        yield opened


def statuses(library: Library, folder: Path, *claims: dict[str, object]) -> dict[str, int]:
    path = folder / "excerpts.jsonl"
    path.write_text("\n".join(json.dumps(one) for one in claims) + "\n", encoding="utf-8")
    return verify_file(path, library).counts


def claim(library: Library, text: str, **more: object) -> dict[str, object]:
    document = library.documents()[0]
    return {"text": text, "document": {"id": document.id, "file": document.file}, "pages": [1, 1], **more}


def test_words_under_a_box_are_not_found(library: Library, tmp_path: Path) -> None:
    assert statuses(library, tmp_path, claim(library, COVERED))["not_found"] == 1
    assert statuses(library, tmp_path, claim(library, "document 44556677"))["not_found"] == 1


def test_a_quotation_with_unseen_words_in_it_is_not_found(library: Library, tmp_path: Path) -> None:
    assert statuses(library, tmp_path, claim(library, f"{SHOWN} {COVERED}"))["not_found"] == 1


def test_spans_do_not_prove_what_nobody_sees(library: Library, tmp_path: Path) -> None:
    page = library.pages(library.documents()[0].id)[0]
    start = page.text.index(COVERED)
    spans = [[1, start, start + len(COVERED)]]
    assert statuses(library, tmp_path, claim(library, COVERED, spans=spans))["not_found"] == 1


SEEN = {"one": SHOWN, "over": f"{SHOWN} It was eight soles in the year before."}


@pytest.mark.parametrize("case", SEEN)
def test_what_the_page_shows_is_found(case: str, library: Library, tmp_path: Path) -> None:
    assert statuses(library, tmp_path, claim(library, SEEN[case]))["found"] == 1


def test_an_exported_page_is_found_as_it_is(library: Library, tmp_path: Path) -> None:
    assert statuses(library, tmp_path, *records(library, "pages"))["found"] == 1
