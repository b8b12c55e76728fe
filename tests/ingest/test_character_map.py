"""Pages that look right and whose text layer is nonsense."""

import io

import pytest
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from ingest.library.records import from_reading
from ingest.passages.split import split_source
from ingest.readers.pdf.ocr import installed_languages
from ingest.readers.read import read_bytes
from ingest.text.plausibility import agreement, plausibility_of

ENGLISH = (
    "The regional office registered the women who came in the first half of the year and referred some of them to "
    "the hospital. The fee for the first visit is fifteen soles, and it is eight in the other regions of the country, "
    "without an exemption for children who were not born there."
)
NONSENSE = "".join(chr((ord(char) - 97 + 3) % 26 + 97) if char.islower() else char for char in ENGLISH)
PLAUSIBLE = {
    "english": ENGLISH,
    "spanish": "La oficina de la región registró a las mujeres que llegaron en la primera mitad del año y las derivó "
    "al hospital, sin que se cobrara la consulta a los niños de los que no se tenía un documento del país de origen.",
    "portuguese": "As mulheres que chegaram no primeiro semestre do ano foram registradas pela região e encaminhadas "
    "ao hospital, e a consulta das crianças não foi cobrada, mesmo quando elas não tinham um documento do seu país.",
    "russian": "Региональное управление зарегистрировало женщин, прибывших в первой половине года. " * 4,
    "few_words": "Xjsk dkfj",
    "blank": "",
}


@pytest.mark.parametrize("case", PLAUSIBLE)
def test_texts_of_languages_are_plausible(case: str) -> None:
    assert not plausibility_of(PLAUSIBLE[case]).suspicious


def test_a_list_of_names_is_looked_at_and_not_impossible() -> None:
    names = " ".join(f"Rosales Quispe Maria {number}" for number in range(30))
    known = plausibility_of(names)
    assert known.suspicious
    assert not known.impossible


def test_shifted_letters_are_impossible() -> None:
    assert plausibility_of(NONSENSE).impossible


def test_letters_of_private_use_are_suspicious() -> None:
    assert plausibility_of("The fee " + "\ue001\ue002\ue003" * 5).suspicious


def test_agreement_is_the_share_of_words_found_again() -> None:
    assert agreement("one two", "two three") == 0.5
    assert agreement("", "two") == 0.0


def page_of(layer: str) -> bytes:
    """Return a page that shows these words, twelve a line."""
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=A4, invariant=True)
    words, lines = layer.split(), []
    while words:
        lines.append(" ".join(words[:12]))
        words = words[12:]
    for row, line in enumerate(lines):
        canvas.drawString(72, 760 - 20 * row, line)
    canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def test_a_page_of_nonsense_is_flagged_and_its_document_not_ready(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ingest.readers.pdf.character_map.installed_languages", frozenset)
    source = read_bytes(page_of(NONSENSE), "a.pdf")
    assert "bad_map" in source.pages[0].flags
    assert any("cannot be trusted" in note for note in source.notes)
    document = from_reading("0" * 64, source, split_source(source, "0" * 64))
    assert document.state == "partial"
    assert "wrong letters on 1 of 1 pages" in str(document.reason)


@pytest.mark.skipif(not installed_languages(), reason="tesseract is not installed")
def test_a_page_that_shows_what_its_layer_holds_is_not_exchanged() -> None:
    # Names in a list have no frequent words, and the picture says the same as the layer.
    names = " ".join(f"Rosales Quispe Maria {number}" for number in range(40))
    page = read_bytes(page_of(names), "a.pdf").pages[0]
    assert not page.flags & {"bad_map", "ocr"}
