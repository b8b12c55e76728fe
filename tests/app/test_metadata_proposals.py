"""Proposals for a library: offered for what is unknown, and never in a citation before a person accepts them."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from app.citations.styles import apa
from app.service.metadata_proposals import of_library
from ingest.library.library import Library


@pytest.fixture
def library(tmp_path: Path, make_pdf: Any) -> Path:
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    make_pdf(corpus / "clinics.pdf", "Ministry of Health - Copyright 2021 Ministry of Health")
    (corpus / "press.txt").write_text(
        "New clinics open in the north of Peru\n\nLima, Peru, 20 March 2022 (PAHO) – Two clinics opened.\n",
        encoding="utf-8",
    )
    ingest = [sys.executable, "-m", "app.cli", "ingest", str(corpus), "--library", str(tmp_path / "library")]
    subprocess.run([*ingest, "--progress", "none"], check=True, capture_output=True)
    return tmp_path / "library"


def test_proposals_are_offered_and_not_cited_until_accepted(library: Path) -> None:
    with Library.open(library) as opened:
        found = {document.file: (document, proposals) for document, proposals in of_library(opened)}
        document, proposals = found["press.txt"]
        values = {one.field: one.value for one in proposals}
        assert values["year"] == 2022 and values["publisher"] == "PAHO" and values["countries"] == ("PER",)
        assert "2022" not in apa(document) and "PAHO (" not in apa(document)
        for field in ("year", "publisher"):
            opened.set_override(document.id, field, values[field])
        known = opened.document(document.id)
        assert known is not None
        assert "PAHO. (2022)" in apa(known)
        left = {one.field for other, found in of_library(opened) if other.id == known.id for one in found}
        assert not left & {"year", "publisher"}
