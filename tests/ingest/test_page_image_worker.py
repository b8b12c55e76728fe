"""What the drawing child does with an order: documents stay open for a while, boxes are coloured, errors are told."""

import io
import json
from pathlib import Path
from typing import Any

import pytest
from pdf_samples import PROSE, read, simple

from ingest.errors import UnreadableFile
from ingest.readers.limits import Limits
from ingest.readers.pdf.bitmap import Pixels
from ingest.readers.pdf.pdfium import PdfiumError
from ingest.sandbox import page_image_worker
from ingest.sandbox.page_image_protocol import Answer, answer_of
from ingest.sandbox.page_image_worker import HIGHLIGHT, KEEP_DOCUMENTS, Documents, highlighted


@pytest.fixture
def documents() -> Documents:
    return Documents(Limits())


def white(width: int, height: int) -> Pixels:
    return Pixels(width, height, 3, b"\xff" * (3 * width * height), 1.0)


def colour(pixels: Pixels, x: int, y: int) -> tuple[int, ...]:
    at = 3 * (y * pixels.width + x)
    return tuple(pixels.data[at : at + 3])


def answer(documents: Documents, **order: Any) -> tuple[Answer, bytes]:
    out = io.BytesIO()
    page_image_worker._answer(out, documents, order)
    head, _, body = out.getvalue().partition(b"\n")
    return answer_of(head), body


IMAGE = {"task": "image", "page": 1, "max_px": 300, "scale": None, "crop": False, "highlight": []}


def test_boxes_are_coloured_from_below_and_the_rest_stays() -> None:
    pixels = highlighted(white(100, 50), (0.0, 0.0, 100.0, 50.0), [(20, 10, 40, 20)])
    assert colour(pixels, 30, 50 - 15) == HIGHLIGHT
    assert colour(pixels, 30, 15) == (255, 255, 255)
    assert colour(pixels, 60, 50 - 15) == (255, 255, 255)


def test_black_stays_black_under_a_mark() -> None:
    black = Pixels(10, 10, 3, bytes(300), 1.0)
    assert highlighted(black, (0.0, 0.0, 10.0, 10.0), [(0, 0, 10, 10)]).data == bytes(300)


@pytest.mark.parametrize("box", [(-50, -50, -10, -10), (200, 200, 300, 300)])
def test_boxes_outside_of_the_picture_colour_nothing(box: tuple[int, int, int, int]) -> None:
    pixels = white(20, 20)
    assert highlighted(pixels, (0.0, 0.0, 20.0, 20.0), [box]).data == pixels.data


def test_no_boxes_is_the_same_picture() -> None:
    pixels = white(4, 4)
    assert highlighted(pixels, (0.0, 0.0, 4.0, 4.0), []) is pixels


def test_the_last_few_documents_stay_open_and_a_changed_file_is_opened_anew(
    documents: Documents, tmp_path: Path
) -> None:
    paths = [tmp_path / f"{n}.pdf" for n in range(KEEP_DOCUMENTS + 1)]
    for path in paths:
        path.write_bytes(simple(1))
    first = documents.open(paths[0])
    assert documents.open(paths[0]) is first
    for path in paths[1:]:
        documents.open(path)
    assert len(documents._open) == KEEP_DOCUMENTS
    last = documents.open(paths[-1])
    paths[-1].write_bytes(simple(2))
    assert documents.open(paths[-1]) is not last


def test_a_file_that_is_not_there_is_told(documents: Documents, tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match="cannot be opened"):
        documents.open(tmp_path / "none.pdf")
    (tmp_path / "text.pdf").write_text("no PDF at all")
    with pytest.raises(PdfiumError):
        documents.open(tmp_path / "text.pdf")


def test_an_order_for_a_picture_is_answered_with_its_size_and_bytes(
    documents: Documents, tmp_path: Path
) -> None:
    (tmp_path / "a.pdf").write_bytes(simple(1))
    head, body = answer(documents, path=str(tmp_path / "a.pdf"), **IMAGE)
    assert head == Answer(size=len(body))
    assert body.startswith(b"\x89PNG")


def test_an_order_for_boxes_is_answered_with_boxes(documents: Documents, tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(simple(1))
    text = read(simple(1)).pages[0].text
    at = text.index(PROSE[1])
    order = {
        "task": "boxes",
        "path": str(tmp_path / "a.pdf"),
        "page": 1,
        "text": text,
        "spans": [[at, at + 20]],
    }
    head, body = answer(documents, **json.loads(json.dumps(order)))
    assert (head.error, body, len(head.boxes)) == (None, b"", 1)
    left, bottom, right, top = head.boxes[0]
    assert left < right and bottom < top


@pytest.mark.parametrize(
    ("name", "page", "expected"), [("none", 1, "cannot be opened"), ("a", 9, "page 9 cannot be drawn")]
)
def test_what_cannot_be_drawn_is_told_in_one_line(
    documents: Documents, tmp_path: Path, name: str, page: int, expected: str
) -> None:
    (tmp_path / "a.pdf").write_bytes(simple(1))
    head, body = answer(documents, **{**IMAGE, "path": str(tmp_path / f"{name}.pdf"), "page": page})
    assert expected in (head.error or "") and "\n" not in (head.error or "")
    assert (head.size, body) == (0, b"")
