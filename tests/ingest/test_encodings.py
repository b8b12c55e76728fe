"""Texts in other encodings than UTF-8, and texts that were read in a wrong one before."""

import pytest

from ingest.readers.encodings import likely_encoding, misread_flags, plausibility, repaired
from ingest.readers.html import read_html
from ingest.readers.limits import Limits
from ingest.readers.text import read_text

SPANISH = (
    "La población extranjera accede a la atención con un carné provisional.\n"
    "¿Qué pagó el niño? El trámite está a cargo de la dirección de salud – región Áncash («2015–2020»).\n"
)
PORTUGUESE = "A população migrante não tem acesso à saúde; é uma questão de condições e de informação.\n"


@pytest.mark.parametrize("encoding", ["cp1252", "mac_roman", "cp850"])
@pytest.mark.parametrize("text", [SPANISH, PORTUGUESE])
def test_western_encodings_are_told_apart(encoding: str, text: str) -> None:
    data = text.encode(encoding, "ignore")
    assert data.decode(str(likely_encoding(data))) == data.decode(encoding)


def test_bytes_with_nul_are_no_text() -> None:
    assert likely_encoding(b"a\0b") is None


def test_plausibility_is_high_where_the_encoding_is_right_and_low_elsewhere() -> None:
    assert plausibility(SPANISH) == 1.0
    assert plausibility(SPANISH.encode("mac_roman").decode("cp1252", "replace")) < 0.7
    assert plausibility("plain ASCII") == 1.0


def test_utf8_read_as_windows_is_put_right() -> None:
    broken = SPANISH.encode().decode("latin-1")
    assert read_text(broken.encode(), Limits()).pages[0].text == SPANISH
    assert repaired(SPANISH.encode().decode("cp1252", "replace").replace("\ufffd", "?")) != SPANISH


RIGHT = {
    "spanish": SPANISH,
    "portuguese": PORTUGUESE,
    "few": "Ã³ once",
    "capitals": "SÃO PAULO – SÃO LUÍS – AÇÃO",
}


@pytest.mark.parametrize("case", RIGHT)
def test_right_texts_stay_as_they_are(case: str) -> None:
    assert repaired(RIGHT[case]) == RIGHT[case]
    assert misread_flags(RIGHT[case]) == frozenset()


def test_a_text_that_cannot_be_put_right_is_flagged() -> None:
    assert misread_flags("poblaci\ufffdn atenci\ufffdn ni\ufffdo") == {"bad_map"}
    assert read_text("poblaci\ufffdn atenci\ufffdn ni\ufffdo".encode(), Limits()).pages[0].flags == {
        "bad_map"
    }


DECLARED_WRONG = {
    "utf8_called_latin": ("iso-8859-1", SPANISH.encode()),
    "latin_called_utf8": ("utf-8", SPANISH.encode("cp1252")),
}


@pytest.mark.parametrize("case", DECLARED_WRONG)
def test_a_page_that_declares_the_wrong_encoding_is_read_right(case: str) -> None:
    charset, body = DECLARED_WRONG[case]
    page = f"<html><meta charset={charset}><body><p>".encode() + body + b"</p></body></html>"
    assert "población extranjera" in read_html(page, Limits()).pages[0].text
