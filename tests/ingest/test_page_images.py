"""Pictures of pages and rectangles of spans, drawn by a child that may die."""

import io
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from pdf_samples import PROSE, by_hand, new, picture, read, scan, simple, write_lines
from PIL import Image

from ingest.errors import UnreadableFile
from ingest.readers.pdf.span_boxes import merge_lines
from ingest.sandbox.page_images import Renderer


@pytest.fixture(scope="module")
def renderer() -> Iterator[Renderer]:
    one = Renderer(cpu=10, wall=60)
    yield one
    one.close()


@pytest.fixture
def paper(tmp_path: Path) -> Path:
    path = tmp_path / "ñ paper.pdf"
    path.write_bytes(simple(3))
    return path


def image(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data)).convert("RGB")


def test_page_image_has_the_size_asked_for(renderer: Renderer, paper: Path) -> None:
    assert image(renderer.page_image(paper, 1, scale=100 / 72)).size == (583, 827)
    assert max(image(renderer.page_image(paper, 2, max_px=500)).size) == 500
    assert max(image(renderer.page_image(paper, 2, max_px=90_000)).size) == 2_000


def test_page_shows_ink_on_white(renderer: Renderer, paper: Path) -> None:
    pixels = image(renderer.page_image(paper, 1, scale=1.0))
    dark = sum(1 for value in pixels.convert("L").tobytes() if value < 100)
    assert 300 < dark < 20_000
    assert pixels.getpixel((2, 2)) == (255, 255, 255)


def test_crop_holds_the_text_only(renderer: Renderer, paper: Path) -> None:
    whole = image(renderer.page_image(paper, 1, scale=1.0))
    cropped = image(renderer.page_image(paper, 1, scale=1.0, crop=True))
    assert cropped.width < whole.width
    assert cropped.height < whole.height


def test_boxes_mark_the_span_and_nothing_else(renderer: Renderer, paper: Path) -> None:
    text = read(paper.read_bytes()).pages[0].text
    start = text.index(PROSE[1])
    end = text.index(PROSE[2]) + len(PROSE[2])
    boxes = renderer.span_boxes(paper, 1, text, [(start, end)])
    assert len(boxes) == 2
    for box, row in zip(boxes, (1, 2), strict=True):
        assert box[0] == pytest.approx(50, abs=2)
        assert box[1] == pytest.approx(520 - 14 * row, abs=3)
        assert 5 < box[3] - box[1] < 14
    marked = image(renderer.page_image(paper, 1, scale=2.0, highlight=boxes))
    yellow = [
        (x, y)
        for x in range(0, marked.width, 4)
        for y in range(marked.height)
        if marked.getpixel((x, y)) == (255, 228, 110)
    ]
    heights = {595.3 - y / 2 for _, y in yellow}
    assert max(heights) <= boxes[0][3] + 2
    assert min(heights) >= boxes[1][1] - 2


def test_no_boxes_for_other_text(renderer: Renderer, paper: Path) -> None:
    text = read(paper.read_bytes()).pages[0].text
    assert renderer.span_boxes(paper, 1, text + "x", [(0, 5)]) == []
    assert renderer.span_boxes(paper, 1, text, [(5, 5), (0, 10**9), (-3, 2)]) == []


def test_crop_box_and_rotation_shift_the_boxes(renderer: Renderer, tmp_path: Path) -> None:
    buffer, canvas = new(cropBox=(20, 30, 400, 580))
    canvas.setPageRotation(270)
    write_lines(canvas, PROSE, top=300)
    canvas.showPage()
    canvas.save()
    path = tmp_path / "turned.pdf"
    path.write_bytes(buffer.getvalue())
    page = read(buffer.getvalue()).pages[0]
    (box,) = renderer.span_boxes(path, 1, page.text, [(page.lines[0].start, page.lines[0].end)])
    pixels = image(renderer.page_image(path, 1, scale=2.0)).convert("L")
    inside = pixels.crop(
        (
            round(2 * box[0]),
            round(2 * (page.height - box[3])),
            round(2 * box[2]),
            round(2 * (page.height - box[1])),
        )
    )
    darkest = inside.getextrema()[0]
    assert isinstance(darkest, int | float) and darkest < 100
    assert box == page.lines[0].box


def test_scan_is_drawn_without_marks(renderer: Renderer, tmp_path: Path) -> None:
    path = tmp_path / "scan.pdf"
    path.write_bytes(scan(picture()))
    assert renderer.page_image(path, 1, scale=1.0)
    assert renderer.span_boxes(path, 1, "text that tesseract read", [(0, 4)]) == []


REFUSED = {
    "no_such_page": (simple(1), 2),
    "page_zero": (simple(1), 0),
    "not_a_pdf": (b"<html>", 1),
    "empty": (b"", 1),
}


@pytest.mark.parametrize("case", REFUSED, ids=list(REFUSED))
def test_refused_in_one_line(case: str, renderer: Renderer, tmp_path: Path) -> None:
    data, number = REFUSED[case]
    path = tmp_path / "x.pdf"
    path.write_bytes(data)
    with pytest.raises(UnreadableFile) as caught:
        renderer.page_image(path, number)
    assert "\n" not in str(caught.value)


def test_a_page_of_200000_points_is_drawn_small(renderer: Renderer, tmp_path: Path) -> None:
    path = tmp_path / "huge.pdf"
    path.write_bytes(by_hand(b"<</Length 0>>stream\n\nendstream").replace(b"600 800", b"200000 200000"))
    assert max(image(renderer.page_image(path, 1, scale=1.4)).size) <= 2_000


def test_a_child_that_dies_is_replaced(paper: Path, tmp_path: Path) -> None:
    renderer = Renderer(cpu=10, wall=60)
    assert renderer.page_image(paper, 1, scale=0.5)
    assert renderer._process is not None
    renderer._process.kill()
    while renderer._process.alive:
        time.sleep(0.01)
    assert renderer.page_image(paper, 1, scale=0.5)
    slow = Renderer(cpu=10, wall=0.001)
    with pytest.raises(UnreadableFile, match="could not be drawn safely"):
        slow.page_image(paper, 1)
    renderer.close()
    slow.close()


def test_many_threads_get_their_own_page(renderer: Renderer, paper: Path) -> None:
    alone = [renderer.page_image(paper, number, scale=0.7) for number in (1, 2, 3)]
    got: dict[int, bytes] = {}

    def ask(at: int) -> None:
        got[at] = renderer.page_image(paper, at % 3 + 1, scale=0.7)

    threads = [threading.Thread(target=ask, args=(at,)) for at in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(got[at] == alone[at % 3] for at in range(12))


def test_lines_are_merged_but_columns_are_not() -> None:
    words = [(0, 0, 20, 10), (22, 1, 40, 9), (41, 0, 60, 10), (200, 0, 240, 10), (0, -14, 30, -4)]
    assert merge_lines(words) == [(0, 0, 60, 10), (200, 0, 240, 10), (0, -14, 30, -4)]
