"""What a PDF page shows and what only its text layer holds."""

import io
from collections.abc import Callable

import pypdf
import pytest
from pypdf.generic import ArrayObject, DictionaryObject, NameObject, NumberObject, TextStringObject
from reportlab.lib.colors import Color, black, white
from reportlab.lib.pagesizes import A5
from reportlab.pdfgen.canvas import Canvas

from ingest.readers.read import read_bytes
from ingest.readers.source import Page, Source

VISIBLE = "The fee is eighty soles a visit."
SECRET = "Maria Example, 44556677"


def drawn(*draw: Callable[[Canvas], None]) -> bytes:
    """Return a PDF of one page for each drawing."""
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=A5, invariant=True)
    for page in draw:
        page(canvas)
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def seen(page: Page) -> list[str]:
    return [page.text[line.start : line.end].strip() for line in page.lines if not line.hidden]


def first(data: bytes) -> Page:
    return read_bytes(data, "a.pdf").pages[0]


def covered(canvas: Canvas) -> None:
    canvas.drawString(50, 500, f"Filed by {SECRET}, on Monday.")
    start = 50 + canvas.stringWidth("Filed by ")
    canvas.setFillColor(black)
    canvas.rect(start - 1, 497, canvas.stringWidth(SECRET) + 2, 13, fill=1)
    canvas.drawString(50, 480, VISIBLE)


def test_text_under_a_box_is_left_out_and_the_rest_of_its_line_stays() -> None:
    page = first(drawn(covered))
    assert "hidden_text" in page.flags
    text = " ".join(seen(page))
    assert SECRET not in text
    assert text.startswith("Filed by")
    assert "on Monday." in text
    assert VISIBLE in text


def labelled(canvas: Canvas) -> None:
    covered(canvas)
    canvas.setFillColor(white)
    canvas.setFontSize(8)
    canvas.drawString(50 + canvas.stringWidth("Filed by ", fontSize=12) + 20, 500, "WITHHELD")


def test_text_under_a_box_that_bears_a_reason_is_left_out() -> None:
    text = " ".join(seen(first(drawn(labelled))))
    assert SECRET not in text
    assert "WITHHELD" in text


def drawn_over_again(canvas: Canvas) -> None:
    canvas.drawString(50, 500, VISIBLE)
    canvas.setFillColor(Color(0.8, 0.8, 0.8))
    canvas.rect(40, 490, 300, 30, fill=1, stroke=0)
    canvas.setFillColor(black)
    canvas.drawString(50, 500, VISIBLE)


def test_text_that_is_drawn_again_over_its_ground_stays() -> None:
    assert seen(first(drawn(drawn_over_again))) == [VISIBLE]


def white_on_white(canvas: Canvas) -> None:
    canvas.drawString(50, 500, VISIBLE)
    canvas.setFillColor(white)
    canvas.drawString(50, 480, SECRET)


def transparent(canvas: Canvas) -> None:
    canvas.drawString(50, 500, VISIBLE)
    canvas.setFillColor(Color(0, 0, 0, alpha=0.0))
    canvas.drawString(50, 480, SECRET)


HIDDEN = {"white_on_white": white_on_white, "transparent": transparent}


@pytest.mark.parametrize("case", HIDDEN)
def test_text_in_the_colour_of_the_paper_is_left_out(case: str) -> None:
    page = first(drawn(HIDDEN[case]))
    assert seen(page) == [VISIBLE]
    assert "hidden_text" in page.flags


def white_on_blue(canvas: Canvas) -> None:
    canvas.setFillColorRGB(0, 0.2, 0.6)
    canvas.rect(40, 490, 300, 30, fill=1, stroke=0)
    canvas.setFillColor(white)
    canvas.drawString(50, 500, VISIBLE)


def on_a_box(canvas: Canvas) -> None:
    canvas.setFillColorRGB(0.9, 0.9, 0.9)
    canvas.rect(40, 490, 300, 30, fill=1, stroke=0)
    canvas.setFillColor(black)
    canvas.drawString(50, 500, VISIBLE)


def framed(canvas: Canvas) -> None:
    canvas.drawString(50, 500, VISIBLE)
    canvas.rect(40, 490, 300, 30, fill=0)


def tinted(canvas: Canvas) -> None:
    canvas.drawString(50, 500, VISIBLE)
    canvas.setFillColor(Color(1, 1, 0, alpha=0.4))
    canvas.rect(40, 490, 300, 30, fill=1, stroke=0)


def struck_by_a_rule(canvas: Canvas) -> None:
    canvas.drawString(50, 500, VISIBLE)
    canvas.rect(40, 503, 300, 1, fill=1)


SEEN = {
    "white_on_blue": white_on_blue, "on_a_box": on_a_box, "framed": framed, "tinted": tinted,
    "rule": struck_by_a_rule,
}  # fmt: skip


@pytest.mark.parametrize("case", SEEN)
def test_what_a_reader_sees_stays(case: str) -> None:
    page = first(drawn(SEEN[case]))
    assert seen(page) == [VISIBLE]
    assert "hidden_text" not in page.flags


def with_layer(*, off: bool) -> bytes:
    """Return a page whose second line stands on a layer that is off or on."""

    def page(canvas: Canvas) -> None:
        canvas.drawString(50, 500, VISIBLE)
        canvas._code.append("/OC /oc1 BDC")
        canvas.drawString(50, 480, SECRET)
        canvas._code.append("EMC")

    writer = pypdf.PdfWriter(clone_from=io.BytesIO(drawn(page)))
    group = writer._add_object(
        DictionaryObject(
            {NameObject("/Type"): NameObject("/OCG"), NameObject("/Name"): TextStringObject("old")}
        )
    )
    resources = writer.pages[0]["/Resources"].get_object()
    assert isinstance(resources, DictionaryObject)
    resources[NameObject("/Properties")] = DictionaryObject({NameObject("/oc1"): group})
    writer.root_object[NameObject("/OCProperties")] = DictionaryObject({
        NameObject("/OCGs"): ArrayObject([group]),
        NameObject("/D"): DictionaryObject({NameObject("/OFF"): ArrayObject([group] if off else [])}),
    })  # fmt: skip
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def test_a_layer_that_is_off_is_left_out() -> None:
    assert seen(first(with_layer(off=True))) == [VISIBLE]


def test_a_layer_that_is_on_stays() -> None:
    assert seen(first(with_layer(off=False))) == [VISIBLE, SECRET]


def watermarked(size: float, angle: float, times: int = 1) -> Callable[[Canvas], None]:
    def page(canvas: Canvas) -> None:
        for row in range(5):
            canvas.drawString(50, 500 - 14 * row, f"{VISIBLE} {row}")
        for time in range(times):
            canvas.saveState()
            canvas.setFont("Helvetica", size)
            canvas.setFillColorRGB(0.7, 0.7, 0.7)
            canvas.translate(100 + 40 * time, 150 + 60 * time)
            canvas.rotate(angle)
            canvas.drawString(0, 0, "DRAFT")
            canvas.restoreState()

    return page


MARKS = {
    "large": [watermarked(60, 45)],
    "tiled": [watermarked(12, 30, 4)],
    "on_three_pages": [watermarked(12, 45)] * 3,
}


@pytest.mark.parametrize("case", MARKS)
def test_watermarks_are_no_text(case: str) -> None:
    page = first(drawn(*MARKS[case]))
    assert "DRAFT" not in " ".join(seen(page))
    assert "watermark" in page.flags


NO_MARKS = {"slanted_label": [watermarked(9, 45)], "upright": [watermarked(12, 90)] * 3}


@pytest.mark.parametrize("case", NO_MARKS)
def test_labels_of_charts_are_text(case: str) -> None:
    page = first(drawn(*NO_MARKS[case]))
    assert "DRAFT" in seen(page)
    assert "watermark" not in page.flags


def filled() -> bytes:
    """Return a form with a filled field, a blank one, a hidden one and a ticked box."""

    def page(canvas: Canvas) -> None:
        form = canvas.acroForm
        canvas.drawString(50, 500, "Persons turned away:")
        form.textfield(name="away", x=200, y=495, width=150, height=16, value="412 in 2021", fontSize=9)
        canvas.drawString(50, 470, "Main reason:")
        form.textfield(name="blank", x=200, y=465, width=150, height=16, value="")
        form.textfield(name="secret", x=200, y=440, width=150, height=16, value="internal", fieldFlags="")
        canvas.drawString(50, 410, "Free of charge")
        form.checkbox(name="free", x=200, y=405, checked=True)

    writer = pypdf.PdfWriter(clone_from=io.BytesIO(drawn(page)))
    for annotation in writer.pages[0]["/Annots"].get_object():  # type: ignore[union-attr]  # an array here
        widget = annotation.get_object()
        if widget.get("/T") == "secret":
            widget[NameObject("/F")] = NumberObject(2)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def test_answers_of_a_form_stand_behind_their_questions() -> None:
    page = first(filled())
    assert seen(page) == ["Persons turned away:", "412 in 2021", "Main reason:", "Free of charge", "☒"]
    assert "readers_differ" not in page.flags


def remarks(change: Callable[[pypdf.PdfWriter], object]) -> Source:
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(drawn(lambda canvas: canvas.drawString(50, 500, VISIBLE))))
    change(writer)
    out = io.BytesIO()
    writer.write(out)
    return read_bytes(out.getvalue(), "a.pdf")


def test_attached_files_are_named() -> None:
    source = remarks(lambda writer: writer.add_attachment("budget.xlsx", b"x"))
    assert any("attached files" in note and "budget.xlsx" in note for note in source.notes)


def test_a_portfolio_is_called_so() -> None:
    def change(writer: pypdf.PdfWriter) -> None:
        writer.add_attachment("report.pdf", b"x")
        writer.root_object[NameObject("/Collection")] = DictionaryObject()

    assert any("portfolio" in note and "report.pdf" in note for note in remarks(change).notes)


def test_an_xfa_form_is_called_so() -> None:
    def change(writer: pypdf.PdfWriter) -> None:
        writer.root_object[NameObject("/AcroForm")] = DictionaryObject({NameObject("/XFA"): ArrayObject()})

    assert any("XFA" in note for note in remarks(change).notes)


def in_modes(*modes: int, apart: float = 0.0) -> Page:
    """Return a page on which a text is painted in these modes, each at the place of the first or `apart` from it."""

    def draw(canvas: Canvas) -> None:
        for number, mode in enumerate(modes):
            canvas.saveState()
            text = canvas.beginText(50, 500 - apart * number)
            text.setTextRenderMode(mode)
            text.textLine("Develop the plan for four years.")
            canvas.drawText(text)
            canvas.restoreState()
        canvas.drawString(50, 300, VISIBLE)

    return first(drawn(draw))


PLAN = "Develop the plan for four years."
PAINTS, PAINTS_NOTHING = 0, 3
# Modes in which a text is painted at one place, and how often it is read.
PAINTED = {
    "unseen": ((PAINTS_NOTHING,), 0),
    "unseen, then seen": ((PAINTS_NOTHING, PAINTS), 1),
    "seen, then unseen": ((PAINTS, PAINTS_NOTHING), 1),
    "unseen twice, then seen": ((PAINTS_NOTHING, PAINTS_NOTHING, PAINTS), 1),
    "unseen twice": ((PAINTS_NOTHING, PAINTS_NOTHING), 0),
}


@pytest.mark.parametrize("case", PAINTED)
def test_a_text_that_is_painted_unseen_and_seen_is_read_once(case: str) -> None:
    modes, times = PAINTED[case]
    page = in_modes(*modes)
    assert seen(page).count(PLAN) == times
    assert VISIBLE in seen(page)
    assert ("hidden_text" in page.flags) == (times == 0)


def test_an_unseen_text_beside_the_seen_one_stays_out() -> None:
    page = in_modes(PAINTS_NOTHING, PAINTS, apart=30)
    assert seen(page) == [PLAN, VISIBLE]
    assert "hidden_text" in page.flags
