"""Citations in styles of the Citation Style Language: names, dates, kinds of documents, languages, the page."""

from dataclasses import replace
from pathlib import Path

import pytest
from cited_samples import a_document, a_passage

from app.citations import csl
from app.citations.person_names import parts, single_names
from app.citations.styles import apa, bibtex, csl_json, ris
from app.citations.wording import citation_words
from app.i18n import words
from ingest.errors import UsageError
from ingest.library.records import Document
from ingest.metadata.metadata import Metadata

NAMES = {
    "semicolons": ("Hernández-Vásquez, A.; Rojas-Roque, C.", "Hernández-Vásquez, A.|Rojas-Roque, C."),
    "a mixture": ("Hernández-Vásquez, Akram; R. Vargas", "Hernández-Vásquez, Akram|R. Vargas"),
    "APA": ("Ruiz, A., Paz, B., & Sol, C.", "Ruiz, A.|Paz, B.|Sol, C."),
    "and": ("Ruiz, Ana and Paz, Beto", "Ruiz, Ana|Paz, Beto"),
    "y": ("García Márquez, Gabriel y Vargas Llosa, Mario", "García Márquez, Gabriel|Vargas Llosa, Mario"),
    "Vancouver": ("Hernández-Vásquez A, Rojas-Roque MJ", "Hernández-Vásquez, A.|Rojas-Roque, M. J."),
    "given names first": ("Ana de la Cruz y Beto Paz", "Ana de la Cruz|Beto Paz"),
    "three in a row": ("Ana Ruiz, Beto Paz, Sol Luz", "Ana Ruiz|Beto Paz|Sol Luz"),
    "et al.": ("Ruiz, A. et al.", "Ruiz, A."),
    "one": ("Ruiz, Ana", "Ruiz, Ana"),
    "two surnames": ("García Márquez, Gabriel José", "García Márquez, Gabriel José"),
    "a body": ("Food and Agriculture Organization", "Food and Agriculture Organization"),
    "a ministry": ("Ministerio de Salud y Protección Social", "Ministerio de Salud y Protección Social"),
    "a body and its country": ("UNDP, Peru", "UNDP, Peru"),
    "twice": ("Ruiz, A.; Ruiz, A.", "Ruiz, A."),
    "nothing": (" ; ", ""),
}


@pytest.mark.parametrize("case", NAMES)
def test_names_are_told_apart(case: str) -> None:
    written, expected = NAMES[case]
    assert "|".join(single_names([written])) == expected


def test_names_of_a_list_stay_as_they_are() -> None:
    assert single_names(["Ruiz, Ana", "PNUD"]) == ("Ruiz, Ana", "PNUD")
    assert parts("Ruiz, Ana") == ("Ruiz", "Ana")
    assert parts("Ana Ruiz") is None and parts("Ruiz,") is None
    assert parts("A. Hernández-Vásquez") == ("Hernández-Vásquez", "A.")
    assert parts("J. J. Miranda") == ("Miranda", "J. J.")
    assert parts("M.-A. de la Cruz") == ("de la Cruz", "M.-A.")
    for body in ("U.N. Women", "U.S. Department of Labor", "A. B.", "UNDP", "E.U. Agency"):
        assert parts(body) is None, body


def described(**fields: object) -> Document:
    known: dict[str, object] = {
        "title": "Barreras de acceso a la salud",
        "authors": ("Hernández-Vásquez, Akram; Rojas-Roque, Carlos",),
        "publisher": "PNUD",
        "year": 2022,
        "type": "report",
        "language": "es",
        "url": "https://example.org/x",
    }
    return replace(a_document(), metadata=Metadata(**{**known, **fields}), added="2026-11-27T10:00:00")  # type: ignore[arg-type]


def test_every_format_names_both_authors() -> None:
    document = described()
    assert apa(document).startswith("Hernández-Vásquez, Akram, & Rojas-Roque, Carlos")
    assert "author = {Hernández-Vásquez, Akram and Rojas-Roque, Carlos}" in bibtex(document)
    assert ris(document).count("AU  - ") == 2
    assert [name["family"] for name in csl_json(document)["author"]] == ["Hernández-Vásquez", "Rojas-Roque"]


def test_a_body_stays_one_author_in_bibtex() -> None:
    assert "{{Food and Agriculture Organization}}" in bibtex(
        described(authors=("Food and Agriculture Organization",))
    )


REPORT = {
    "apa": (
        "Hernández-Vásquez, A., & Rojas-Roque, C. (2022). Barreras de acceso a la salud. PNUD. "
        "https://example.org/x",
        "(Hernández-Vásquez & Rojas-Roque, 2022, p. 7)",
    ),
    "chicago-notes-bibliography": (
        "Hernández-Vásquez, Akram, and Carlos Rojas-Roque. Barreras de acceso a la salud. PNUD, 2022. "
        "https://example.org/x.",
        "Akram Hernández-Vásquez and Carlos Rojas-Roque, Barreras de acceso a la salud (PNUD, 2022), 7, "
        "https://example.org/x.",
    ),
    "vancouver": (
        "Hernández-Vásquez A, Rojas-Roque C. Barreras de acceso a la salud [Internet]. PNUD; 2022. "
        "Available from: https://example.org/x",
        "(1, p. 7 [PDF page 9])",
    ),
    "iso690": (
        "HERNÁNDEZ-VÁSQUEZ, Akram and ROJAS-ROQUE, Carlos, 2022. Barreras de acceso a la salud. Online. "
        "PNUD. Available from: https://example.org/x",
        "(Hernández-Vásquez, Rojas-Roque 2022, p. 7)",
    ),
    "harvard-cite-them-right": (
        "Hernández-Vásquez, A. and Rojas-Roque, C. (2022) Barreras de acceso a la salud. PNUD. "
        "Available at: https://example.org/x.",
        "(Hernández-Vásquez and Rojas-Roque, 2022, p. 7)",
    ),
    "chicago-author-date": (
        "Hernández-Vásquez, Akram, and Carlos Rojas-Roque. 2022. Barreras de acceso a la salud. PNUD. "
        "https://example.org/x.",
        "(Hernández-Vásquez and Rojas-Roque 2022, 7)",
    ),
}


@pytest.mark.parametrize("style", REPORT)
def test_a_report_in_six_styles(style: str) -> None:
    made = csl.cited(style, described(), a_passage(), "en")
    assert (made.reference, made.citation) == REPORT[style]


KINDS: dict[str, dict[str, object]] = {
    "article": {
        "type": "journal article",
        "publisher": "Revista de Salud",
        "title": "Los migrantes no van al médico",
        "year": 2019,
    },
    "book": {
        "type": "book",
        "publisher": "Fondo Editorial",
        "title": "Salud y migración",
        "authors": ("Ruiz, Ana",),
        "year": 2015,
    },
    "law": {
        "type": "law",
        "publisher": "Congreso del Perú",
        "title": "Ley 30 de 2019",
        "authors": (),
        "year": 2019,
    },
    "web page": {
        "type": "web page",
        "publisher": "OPS",
        "title": "Salud para migrantes",
        "authors": (),
        "year": 2024,
    },
    "working paper": {
        "type": "working paper",
        "publisher": "CEPAL",
        "title": "Barreras",
        "authors": ("Paz, Beto; Sol, Luz; Mar, Eva",),
        "year": 2020,
    },
}
KIND_REFERENCES = {
    ("article", "apa"): (
        "Hernández-Vásquez, A., & Rojas-Roque, C. (2019). Los migrantes no van al médico. Revista de "
        "Salud. https://example.org/x"
    ),
    ("article", "vancouver"): (
        "Hernández-Vásquez A, Rojas-Roque C. Los migrantes no van al médico. Revista de Salud "
        "[Internet]. 2019. Disponible en: https://example.org/x"
    ),
    ("article", "chicago-author-date"): (
        "Hernández-Vásquez, Akram, y Carlos Rojas-Roque. 2019. «Los migrantes no van al médico». "
        "Revista de Salud. https://example.org/x."
    ),
    ("article", "iso690"): (
        "HERNÁNDEZ-VÁSQUEZ, A. y ROJAS-ROQUE, C., 2019. Los migrantes no van al médico. Revista de "
        "Salud [en línea], Disponible en: https://example.org/x."
    ),
    ("book", "apa"): ("Ruiz, A. (2015). Salud y migración. Fondo Editorial. https://example.org/x"),
    ("book", "vancouver"): (
        "Ruiz A. Salud y migración [Internet]. Fondo Editorial; 2015. Disponible en: https://example.org/x"
    ),
    ("book", "chicago-author-date"): (
        "Ruiz, Ana. 2015. Salud y migración. Fondo Editorial. https://example.org/x."
    ),
    ("book", "iso690"): (
        "RUIZ, A., 2015. Salud y migración [en línea]. S.l.: Fondo Editorial. Disponible en: "
        "https://example.org/x."
    ),
    ("law", "apa"): ("Ley 30 de 2019 (2019). https://example.org/x"),
    ("law", "vancouver"): (
        "Congreso del Perú. Ley 30 de 2019 [Internet]. 2019. Disponible en: https://example.org/x"
    ),
    ("law", "chicago-author-date"): ("Ley 30 de 2019 (2019). https://example.org/x."),
    ("law", "iso690"): (
        "CONGRESO DEL PERÚ, 2019. Ley 30 de 2019 [en línea]. 2019. S.l.: Congreso del Perú. Disponible "
        "en: https://example.org/x."
    ),
    ("web page", "apa"): ("OPS. (2024). Salud para migrantes. https://example.org/x"),
    ("web page", "vancouver"): (
        "OPS. Salud para migrantes [Internet]. 2024 [citado 27 de noviembre de 2026]. Disponible en: "
        "https://example.org/x"
    ),
    ("web page", "chicago-author-date"): ("OPS. 2024. «Salud para migrantes». https://example.org/x."),
    ("web page", "iso690"): (
        "OPS, 2024. Salud para migrantes. [en línea]. [consulta: 27 noviembre 2026]. Disponible en: "
        "https://example.org/x."
    ),
    ("working paper", "apa"): (
        "Paz, B., Sol, L., & Mar, E. (2020). Barreras [Working paper]. CEPAL. https://example.org/x"
    ),
    ("working paper", "vancouver"): (
        "Paz B, Sol L, Mar E. Barreras [working paper] [Internet]. CEPAL; 2020. Disponible en: "
        "https://example.org/x"
    ),
    ("working paper", "chicago-author-date"): (
        "Paz, Beto, Luz Sol, y Eva Mar. 2020. Barreras. Working paper. CEPAL. https://example.org/x."
    ),
    ("working paper", "iso690"): (
        "PAZ, B., SOL, L. y MAR, E., 2020. Barreras. [en línea]. working paper. S.l.: CEPAL. Disponible "
        "en: https://example.org/x."
    ),
}


@pytest.mark.parametrize(("kind", "style"), KIND_REFERENCES)
def test_kinds_of_documents_have_their_form_in_spanish(kind: str, style: str) -> None:
    """Twenty references of five kinds, read against the rules of their styles once by eye."""
    made = csl.cited(style, described(**KINDS[kind]), a_passage(), "es")
    assert made.reference == KIND_REFERENCES[kind, style]


LANGUAGES = {
    "en": ("Available from:", "(PNUD, 2022, PDF page 9)"),
    "es": ("Disponible en:", "(PNUD, 2022, página 9 del PDF)"),
    "pt": ("Disponível em:", "(PNUD, 2022, página 9 do PDF)"),
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_words_are_those_of_the_interface(language: str) -> None:
    document, t = described(authors=()), words(language)
    unprinted = a_passage(labels=())
    spoken = citation_words(t)
    assert LANGUAGES[language][0] in csl.cited("vancouver", document, unprinted, language, spoken).reference
    assert csl.cited("apa", document, unprinted, language, spoken).citation == LANGUAGES[language][1]


def test_a_web_page_tells_when_it_was_read() -> None:
    page = described(type="web page", authors=(), publisher="OPS")
    assert "[cited 2026" in csl.cited("vancouver", page, None, "en").reference
    assert "consulta: 27 noviembre 2026" in csl.cited("iso690", page, None, "es").reference
    assert "2026" not in csl.cited("vancouver", described(), None, "en").reference


def test_what_is_missing_is_told_and_never_made_up() -> None:
    bare = described(authors=(), publisher=None, year=None, url=None)
    made = csl.cited("apa", bare, a_passage(), "es", citation_words(words("es")))
    assert "s. f." in made.reference and "desconocid" in made.reference
    inferred = replace(a_passage(), label_source="inferred")
    assert "(inferred; PDF page 9" in csl.cited("apa", described(), inferred, "en").citation.replace("[", "(")


def test_who_publishes_what_it_wrote_is_named_once() -> None:
    assert csl.cited("apa", described(authors=()), None, "en").reference.count("PNUD") == 1


@pytest.mark.parametrize("style", [*csl.DEFAULT_STYLES, *csl.LABELS])
def test_every_style_we_name_is_there(style: str) -> None:
    csl.check(style)
    assert csl.label(style) == csl.LABELS[style]


def test_a_style_of_ones_own(tmp_path: Path) -> None:
    own = tmp_path / "ministry.csl"
    own.write_bytes(csl._data("apa", "en"))
    assert csl.cited(str(own), described(), a_passage(), "en").reference == REPORT["apa"][0]
    assert csl.label(str(own)) == "ministry"


@pytest.mark.parametrize("style", ["no-such-style", "../apa", "APA", "missing.csl"])
def test_an_unknown_style_is_named(style: str) -> None:
    with pytest.raises(UsageError, match=style.replace(".", r"\.")):
        csl.check(style)


@pytest.mark.parametrize("text", ["", "<style/>", "<!DOCTYPE x><style/>", "{}"])
def test_a_file_that_is_no_style_is_refused(text: str, tmp_path: Path) -> None:
    path = tmp_path / "own.csl"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(UsageError, match="citation style"):
        csl.check(str(path))
