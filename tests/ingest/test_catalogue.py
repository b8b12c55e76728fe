"""A catalogue is read as written; a broken one is named with its line."""

import unicodedata
from pathlib import Path

import pytest

from ingest.errors import UsageError
from ingest.metadata.catalogue import Catalogue, read_catalogue, read_sidecar

GOOD = """
# Ours
["undp 2022.pdf"]
title = "Migration and health"
publisher = "UNDP"
year = 2022
countries = ["PER"]

["sub/ñandú.pdf"]
title = "Ñandú"

[plain]
year = 2001
"""


def write(folder: Path, text: str | bytes, name: str = "catalogue.toml") -> Path:
    (folder / name).write_bytes(text if isinstance(text, bytes) else text.encode())
    return folder


def test_entries_are_found_by_path_and_by_bare_name(tmp_path: Path) -> None:
    catalogue = read_catalogue(write(tmp_path, GOOD))
    assert catalogue.entry("undp 2022.pdf")["year"] == 2022
    assert catalogue.entry("deep/undp 2022.pdf")["countries"] == ("PER",)
    assert catalogue.entry("other.pdf") == {}
    assert catalogue.entry("plain")["year"] == 2001


def test_accents_of_two_kinds_are_the_same_name(tmp_path: Path) -> None:
    catalogue = read_catalogue(write(tmp_path, GOOD))
    assert catalogue.entry(unicodedata.normalize("NFD", "sub/ñandú.pdf"))["title"] == "Ñandú"


def test_names_are_composed_once_and_not_for_every_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    catalogue = read_catalogue(write(tmp_path, "".join(f'["{n}.pdf"]\nyear = 2020\n' for n in range(50))))
    composed: list[str] = []

    def compose(name: str) -> str:
        composed.append(name)
        return name

    monkeypatch.setattr("ingest.metadata.catalogue._composed", compose)
    assert [catalogue.entry(f"{n}.pdf") for n in range(60)] == [{"year": 2020}] * 50 + [{}] * 10
    assert len(composed) == 60


def test_entries_without_a_file_are_named(tmp_path: Path) -> None:
    catalogue = read_catalogue(write(tmp_path, GOOD))
    assert catalogue.unused(["x/undp 2022.pdf", "sub/ñandú.pdf"]) == ["plain"]


def test_no_catalogue_is_an_empty_one(tmp_path: Path) -> None:
    assert read_catalogue(tmp_path) == Catalogue()


BROKEN: dict[str, tuple[str | bytes, int]] = {
    "syntax": ('["a.pdf"]\ntitle = "A\nyear = 2020\n', 2),
    "unclosed_table": ('["a.pdf"]\nyear = 2020\n["b.pdf"\nyear = 1\n', 3),
    "unknown_key": ('["a.pdf"]\nyear = 2020\n\n["b.pdf"]\ntitel = "x"\n', 5),
    "wrong_year": ('["a.pdf"]\nyear = 2020\n["b.pdf"]\ntitle = "x"\nyear = "soon"\n', 5),
    "same_key_in_another_table": ('["a.pdf"]\ntitle = "x"\n["b.pdf"]\ntitle = 5\n', 4),
    "country_name": ('["a.pdf"]\ncountries = [\n  "Peru",\n]\n', 2),
    "outside_a_table": ('title = "x"\n', 1),
    "twice": ('["a.pdf"]\nyear = 2020\n["a.pdf"]\nyear = 2021\n', 3),
    "escaped_name": ('["a\\u00e9.pdf"]\nyear = 1\n', 2),
    "not_utf8": (b'["a.pdf"]\ntitle = "\xff"\n', 2),
    "nested": ('["a.pdf"]\nyear = 2020\n[b.c]\nyear = 2020\n', 1),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_catalogue_is_named_with_its_line(tmp_path: Path, name: str) -> None:
    text, line = BROKEN[name]
    with pytest.raises(UsageError) as caught:
        read_catalogue(write(tmp_path, text))
    assert str(caught.value).startswith(f"{tmp_path / 'catalogue.toml'}, line {line}: ")
    assert caught.value.exit_code == 2


def test_sidecars_of_both_spellings(tmp_path: Path) -> None:
    (tmp_path / "x").mkdir()
    write(tmp_path, 'title = "Full"\n', "x/a.pdf.toml")
    write(tmp_path, 'title = "Stem"\nyear = 2011\n', "x/a.toml")
    write(tmp_path, 'title = "Other"\n', "x/b.toml")
    assert read_sidecar(tmp_path, "x/a.pdf") == {"title": "Full"}
    assert read_sidecar(tmp_path, "x/b.pdf") == {"title": "Other"}
    assert read_sidecar(tmp_path, "x/c.pdf") == {}


def test_the_catalogue_is_no_sidecar(tmp_path: Path) -> None:
    write(tmp_path, '["catalogue.pdf"]\ntitle = "x"\n')
    assert read_sidecar(tmp_path, "catalogue.pdf") == {}


def test_a_broken_sidecar_is_named_with_its_line(tmp_path: Path) -> None:
    write(tmp_path, 'title = "x"\nyear = 12\n', "a.toml")
    with pytest.raises(UsageError, match=r"a\.toml, line 2: year"):
        read_sidecar(tmp_path, "a.pdf")


def test_a_sidecar_whose_name_would_be_too_long_is_none(tmp_path: Path) -> None:
    long = "á" * 124 + "bc.txt"
    assert read_sidecar(tmp_path, long) == {}
    write(tmp_path, "year = 2020\n", "á" * 124 + "bc.toml")
    assert read_sidecar(tmp_path, long) == {"year": 2020}
