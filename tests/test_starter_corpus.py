"""The starter corpus: what it must show, and that the sources still build the committed files."""

import hashlib
import subprocess
import sys
import tomllib
from collections import Counter
from pathlib import Path

import pypdf
import pytest

ROOT = Path(__file__).parents[1]
CORPUS = ROOT / "corpus"
CATALOGUE = tomllib.loads((CORPUS / "catalogue.toml").read_text(encoding="utf-8"))
FILES = sorted(path.name for path in CORPUS.iterdir() if path.name != "catalogue.toml")
PDFS = [name for name in FILES if name.endswith(".pdf")]
DIGEST_WORDS = {"en": "Digest: ", "es": "Resumen: ", "pt": "Síntese: "}
PUBLISHER_WORDS = {"en": "(digest)", "es": "(resumen)", "pt": "(síntese)"}
LARGEST_CORPUS = 3_000_000


def content(path: Path) -> list[str]:
    """What a page shows, free of how it is packed: drawing operators, label and pictures, hashed a page."""
    if path.suffix != ".pdf":
        return [hashlib.sha256(path.read_bytes()).hexdigest()]
    reader = pypdf.PdfReader(path)
    pages = []
    for label, page in zip(reader.page_labels, reader.pages, strict=True):
        drawn = page.get_contents()
        pictures = [picture.image.tobytes() for picture in page.images if picture.image is not None]
        parts = [label.encode(), drawn.get_data() if drawn else b"", *pictures]
        pages.append(hashlib.sha256(b"\0".join(parts)).hexdigest())
    return [str(reader.metadata), *pages]


@pytest.fixture(scope="module")
def rebuilt(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("starter")
    subprocess.run(
        [sys.executable, str(ROOT / "tools" / "build_starter_corpus.py"), "--out", str(out)], check=True
    )
    return out


def test_the_sources_build_the_committed_files(rebuilt: Path) -> None:
    assert sorted(path.name for path in rebuilt.iterdir()) == sorted([*FILES, "catalogue.toml"])
    assert (rebuilt / "catalogue.toml").read_bytes() == (CORPUS / "catalogue.toml").read_bytes()
    differing = [name for name in FILES if content(rebuilt / name) != content(CORPUS / name)]
    assert differing == []


def test_a_second_build_gives_the_same_bytes(rebuilt: Path, tmp_path: Path) -> None:
    subprocess.run(
        [sys.executable, str(ROOT / "tools" / "build_starter_corpus.py"), "--out", str(tmp_path)], check=True
    )
    differing = [name for name in FILES if (tmp_path / name).read_bytes() != (rebuilt / name).read_bytes()]
    assert differing == []


def test_every_file_has_a_catalogue_entry_that_says_it_is_a_digest() -> None:
    assert sorted(CATALOGUE) == FILES
    for name, entry in CATALOGUE.items():
        language = entry["language"]
        assert entry["title"].startswith(DIGEST_WORDS[language]), name
        assert entry["publisher"].endswith(PUBLISHER_WORDS[language]), name
        assert entry["url"].startswith("https://"), name
        assert entry["countries"] and all(len(code) == 3 and code.isupper() for code in entry["countries"]), (
            name
        )
        assert entry["type"], name


def test_only_the_undated_source_has_no_year() -> None:
    assert [name for name, entry in CATALOGUE.items() if "year" not in entry] == [
        "iom-barriers-and-good-practices.html"
    ]


def test_languages_formats_and_size() -> None:
    languages = Counter(entry["language"] for entry in CATALOGUE.values())
    assert len(FILES) >= 14
    assert languages["en"] >= 8 and languages["es"] >= 4 and languages["pt"] >= 2
    assert {Path(name).suffix for name in FILES} == {".pdf", ".txt", ".html", ".docx"}
    assert sum((CORPUS / name).stat().st_size for name in FILES) < LARGEST_CORPUS


@pytest.mark.parametrize("name", PDFS)
def test_a_pdf_has_two_to_eight_pages_its_title_and_its_language(name: str) -> None:
    reader = pypdf.PdfReader(CORPUS / name)
    assert 2 <= len(reader.pages) <= 8
    assert reader.metadata is not None and reader.metadata.title == CATALOGUE[name]["title"]
    assert reader.root_object["/Lang"] == CATALOGUE[name]["language"]


def test_roman_front_matter_then_arabic() -> None:
    reader = pypdf.PdfReader(CORPUS / "undp-2022-migration-to-peru.pdf")
    assert reader.page_labels == ["i", "ii", "iii", "1", "2", "3", "4"]
    assert len(reader.outline) >= 10


def test_printed_numbers_differ_from_the_physical_page_without_labels() -> None:
    reader = pypdf.PdfReader(CORPUS / "undp-2022-regulatory-framework.pdf")
    assert "/PageLabels" not in reader.root_object
    last_words = [page.extract_text().split()[-1] for page in reader.pages]
    assert last_words == ["41", "42", "43"]


def test_one_page_is_only_a_picture() -> None:
    empty = [
        (name, number)
        for name in PDFS
        for number, page in enumerate(pypdf.PdfReader(CORPUS / name).pages, 1)
        if not page.extract_text().strip()
    ]
    assert empty == [("undp-2022-frontera-tumbes.pdf", 3)]
    assert len(pypdf.PdfReader(CORPUS / empty[0][0]).pages[2].images) == 1


def test_the_text_file_has_form_feeds_and_its_feet_count_on() -> None:
    pages = (CORPUS / "immobility-2020-country-profile-peru.txt").read_text(encoding="utf-8").split("\f")
    assert [page.split()[-1] for page in pages] == ["12", "13", "14"]


def test_some_lines_end_in_a_hyphen_and_accents_survive() -> None:
    text = "\n".join(page.extract_text() for name in PDFS for page in pypdf.PdfReader(CORPUS / name).pages)
    hyphens = [line for line in text.splitlines() if line.endswith("-") and line[-2:-1].isalpha()]
    assert len(hyphens) >= 40
    for word in ("afiliación", "extranjería", "interiorização", "não", "Síntese", "N.º", "«"):
        assert word in text


def test_the_document_on_the_corpus_names_every_file() -> None:
    page = (ROOT / "docs" / "corpus.md").read_text(encoding="utf-8")
    assert [name for name in FILES if name not in page] == []
