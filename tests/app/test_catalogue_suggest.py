"""`pincite catalogue suggest`: a catalogue that can be used once it was looked through."""

import tomllib
from pathlib import Path

import pytest
from reportlab.pdfgen.canvas import Canvas

from app.cli import main
from app.service.catalogue_proposals import catalogue_text, toml_text
from app.service.metadata_proposals import of_library
from ingest.library.library import Library
from ingest.metadata.catalogue import read_catalogue
from ingest.pipeline import ingest_folder


def call(*words: str) -> int:
    with pytest.raises(SystemExit) as stop:
        main(list(words))
    return int(stop.value.code or 0)


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    folder = tmp_path / "corpus"
    (folder / "deep").mkdir(parents=True)
    for name in ("law.pdf", "deep/other.pdf"):
        canvas = Canvas(str(folder / name), invariant=1)
        canvas.drawString(72, 760, f"Clinics and nurses of the northern provinces, {name}")
        canvas.drawString(72, 90, "© 2021 World Health Organization. All rights reserved.")
        canvas.showPage()
        canvas.save()
    (folder / "note.txt").write_text("Nothing is proposed of this.\n", encoding="utf-8")
    (folder / "catalogue.toml").write_text(
        '["law.pdf"]\ntitle = "Own “title”"\nyear = 2019\n', encoding="utf-8"
    )
    with Library.open(tmp_path / "library", create=True) as library:
        ingest_folder(folder, library, settle=0.01)
    return folder


def test_proposals_come_with_where_they_were_read(corpus: Path, tmp_path: Path) -> None:
    with Library.open(tmp_path / "library") as library:
        found = {one.path: {p.field: p.value for p in proposals} for one, proposals in of_library(library)}
        text, count = catalogue_text(corpus, library)
    assert found["deep/other.pdf"]["publisher"] == "World Health Organization"
    assert "note.txt" not in found
    assert "copyright line: © 2021 World Health Organization" in text
    tables = tomllib.loads(text)
    assert tables["law.pdf"]["title"] == "Own “title”" and tables["law.pdf"]["year"] == 2019
    assert tables["law.pdf"]["publisher"] == "World Health Organization"
    assert count == sum(map(len, found.values()))


def test_what_is_written_is_a_catalogue_and_ends_the_proposals(
    corpus: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "proposed.toml"
    assert call("catalogue", "suggest", "--library", str(tmp_path / "library"), "--out", str(out)) == 0
    said = capsys.readouterr()
    assert said.out == "" and f"in {out}; look them through" in said.err
    out.replace(corpus / "catalogue.toml")
    assert read_catalogue(corpus).entry("deep/other.pdf")["publisher"] == "World Health Organization"
    with Library.open(tmp_path / "library") as library:
        ingest_folder(corpus, library, settle=0.01)
        assert list(of_library(library)) == []


def test_to_standard_output_and_never_over_a_catalogue(
    corpus: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ("catalogue", "suggest", "--library", str(tmp_path / "library"))
    assert call(*words) == 0
    said = capsys.readouterr()
    assert tomllib.loads(said.out)["deep/other.pdf"] and "proposal" in said.err
    assert call(*words, "--out", str(corpus / "catalogue.toml")) == 2
    assert "there is a catalogue already" in " ".join(capsys.readouterr().err.split())


@pytest.mark.parametrize("text", ['a"b\\c', "tab\there", "línea\nnueva", "\x7f", "—", ""])
def test_any_text_is_read_back_from_toml(text: str) -> None:
    assert tomllib.loads(f"x = {toml_text(text)}")["x"] == text
