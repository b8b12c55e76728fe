"""F26: no TOML, CSV or JSON that somebody lays beside the papers stops an ingest, a search, `watch` or the page."""

import json
import os
import random
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from app.checks.doctor import examine
from app.cli import app
from app.service.ingest_jobs import unsearchable
from app.settings import load_settings
from evals.compare import read_gate
from index.analysis.acronyms import Acronyms
from index.analysis.glossary import read_glossary
from index.notices import NoticeKind
from index.search import Searcher
from ingest.errors import UsageError
from ingest.library.library import Library
from ingest.metadata.catalogue import read_catalogue, read_sidecar
from ingest.pipeline import ingest_folder
from ingest.text.jsonl import records
from ingest.text.small_files import CATALOGUE_BYTES, SIDECAR_BYTES, NotToml, toml
from ingest.watch import watch_folder

HEX = "0x" + "f" * 5_000

MONSTERS: dict[str, bytes] = {
    "deep_list": b'title = "x"\nyear = ' + b"[" * 100_000,
    "deep_table": b'title = "x"\nyear = ' + b"{a=" * 50_000,
    "deep_key": b'title = "x"\nyear' + b".a" * 100_000 + b" = 1\n",
    "closed_deep_list": b'title = "x"\nyear = ' + b"[" * 900 + b"]" * 900 + b"\n",
    "long_number": b'title = "x"\nyear = ' + b"9" * 5_000 + b"\n",
    "long_hex_number": f'title = "x"\nyear = {HEX}\n'.encode(),
    "long_float": b'title = "x"\nyear = 1' + b"_0" * 5_000 + b".5\n",
    "no_utf8": b'title = "x"\nyear = \xff\n',
    "nul": b'title = "x"\nyear = \x00\n',
    "open_text": b'title = "x"\nyear = """' + b"x" * 1_000,
    "unfinished": b'title = "x"\nyear = ',
    "huge": b"#" * (CATALOGUE_BYTES + 1),
}
FIRST_LINE = frozenset({"huge"})


def line_of(name: str) -> int:
    return 1 if name in FIRST_LINE else 2


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    folder = tmp_path / "corpus"
    folder.mkdir()
    (folder / "one.txt").write_text("One tells of the clinics in Lima. They open at eight.\n")
    (folder / "two.txt").write_text("Two tells of the posts in Tumbes. They never close.\n")
    (folder / "one.toml").write_text('publisher = "UNDP"\nyear = 2020\n')
    return folder


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with Library.open(tmp_path / "library", create=True) as opened:
        yield opened


@pytest.mark.parametrize("name", MONSTERS)
def test_a_monster_is_named_with_its_line(tmp_path: Path, name: str) -> None:
    for file, read in (
        ("catalogue.toml", lambda: read_catalogue(tmp_path)),
        ("a.pdf.toml", lambda: read_sidecar(tmp_path, "a.pdf")),
        ("acronyms.toml", lambda: Acronyms.load(tmp_path / "acronyms.toml")),
    ):
        table = b'["a.pdf"]\n' if file == "catalogue.toml" and name not in FIRST_LINE else b""
        (tmp_path / file).write_bytes(table + MONSTERS[name])
        line = line_of(name) + table.count(b"\n")
        with pytest.raises(UsageError) as caught:
            read()
        assert f"{file}, line {line}: " in str(caught.value), str(caught.value)[:300]


@pytest.mark.parametrize("name", MONSTERS)
def test_a_monster_of_settings_or_gate_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    path = tmp_path / "pincite.toml"
    path.write_bytes(MONSTERS[name])
    monkeypatch.setenv("PINCITE_CONFIG", str(path))
    for read in (load_settings, lambda: read_gate(path)):
        with pytest.raises(UsageError, match=rf"pincite\.toml.*line {line_of(name)}"):
            read()


@pytest.mark.parametrize("name", ["deep_list", "huge"])
def test_a_broken_sidecar_costs_itself_alone(corpus: Path, library: Library, name: str) -> None:
    ingest_folder(corpus, library, settle=0)
    (corpus / "one.toml").write_bytes(MONSTERS[name])
    (corpus / "three.txt").write_text("Three is new. It tells of vaccines.\n")
    (corpus / "three.txt.toml").write_bytes(MONSTERS[name])
    report = ingest_folder(corpus, library, settle=0)
    assert report.added == ("three.txt",)
    assert [line.partition(": ")[0].rpartition("/")[2] for line in report.broken] == [
        f"one.toml, line {line_of(name)}",
        f"three.txt.toml, line {line_of(name)}",
    ]
    one, three = library.document("one.txt"), library.document("three.txt")
    assert one is not None
    assert three is not None
    assert (one.metadata.publisher, one.metadata.year) == ("UNDP", 2020), "what was known stays"
    assert three.state == "ready"
    (corpus / "one.toml").write_text("year = 2021\n")
    (corpus / "three.txt.toml").write_text("year = 2022\n")
    assert ingest_folder(corpus, library, settle=0).metadata_changed == ("one.txt", "three.txt")


def test_a_changed_file_keeps_what_its_broken_sidecar_said(corpus: Path, library: Library) -> None:
    ingest_folder(corpus, library, settle=0)
    (corpus / "one.toml").write_text("year = ")
    (corpus / "one.txt").write_text("One has changed. It tells of clinics in Arequipa now.\n")
    report = ingest_folder(corpus, library, settle=0)
    found = library.document("one.txt")
    assert report.changed == ("one.txt",)
    assert found is not None
    assert found.metadata.publisher == "UNDP"


def test_the_command_names_a_broken_sidecar_and_ends_with_3(corpus: Path, tmp_path: Path) -> None:
    (corpus / "one.toml").write_bytes(MONSTERS["deep_list"])
    arguments = [
        "ingest",
        str(corpus),
        "--library",
        str(tmp_path / "made"),
        "--model",
        str(tmp_path / "none"),
    ]
    result = CliRunner().invoke(app, [*arguments[:4], "--progress", "none", "--dry-run"])
    assert result.exit_code == 3
    assert "one.toml, line 2: nested deeper than 16" in " ".join(result.output.split())


def test_a_sidecar_of_700_megabytes_is_not_read(corpus: Path) -> None:
    with (corpus / "two.toml").open("wb") as file:
        file.truncate(700 << 20)
    started = time.monotonic()
    with pytest.raises(UsageError, match="larger than"):
        read_sidecar(corpus, "two.txt")
    assert time.monotonic() - started < 1
    assert SIDECAR_BYTES < 1 << 20


def test_a_catalogue_that_leads_out_of_the_corpus_is_not_followed(corpus: Path, tmp_path: Path) -> None:
    (tmp_path / "elsewhere.toml").write_text('["one.txt"]\ntitle = "secret"\n')
    (corpus / "catalogue.toml").symlink_to(tmp_path / "elsewhere.toml")
    with pytest.raises(UsageError, match="leads out of"):
        read_catalogue(corpus)
    (corpus / "catalogue.toml").unlink()
    (corpus / "mine.toml").write_text('["one.txt"]\ntitle = "Mine"\n')
    (corpus / "catalogue.toml").symlink_to("mine.toml")
    assert read_catalogue(corpus).entry("one.txt") == {"title": "Mine"}


def test_pipes_and_devices_are_no_catalogue(corpus: Path) -> None:
    os.mkfifo(corpus / "catalogue.toml")
    os.mkfifo(corpus / "two.toml")
    assert read_catalogue(corpus).entries == {}
    assert read_sidecar(corpus, "two.txt") == {}


def test_watch_goes_on(corpus: Path, library: Library) -> None:
    seen: list[Callable[[], object]] = []
    stop = threading.Event()

    def ingest() -> None:
        seen.append(ingest)
        if len(seen) == 2:
            stop.set()
        ingest_folder(corpus, library, settle=0)

    watching = threading.Thread(
        target=watch_folder, args=(corpus,), kwargs={"on_change": ingest, "interval": 0.02, "stop": stop}
    )
    watching.start()
    try:
        time.sleep(0.1)
        (corpus / "catalogue.toml").write_bytes(MONSTERS["deep_list"])
        deadline = time.monotonic() + 20
        while len(seen) < 1 and time.monotonic() < deadline:
            time.sleep(0.02)
        (corpus / "catalogue.toml").write_text('["one.txt"]\ntitle = "One"\n')
        watching.join(20)
    finally:
        stop.set()
    assert len(seen) == 2


def test_the_page_goes_on(corpus: Path, library: Library, tmp_path: Path) -> None:
    (corpus / "catalogue.toml").write_bytes(MONSTERS["long_hex_number"])
    assert unsearchable(tmp_path / "library", corpus) == []


@pytest.mark.parametrize("name", ["deep_list", "long_hex_number", "broken_glossary"])
def test_own_words_that_are_broken_stop_no_search_and_are_named(small_library: Path, name: str) -> None:
    file = "glossary.csv" if name == "broken_glossary" else "acronyms.toml"
    path = small_library / file
    path.write_bytes(MONSTERS.get(name, b"en,es\nhealth,salud\nhealth,seguro-social\n"))
    try:
        found = Searcher.open(small_library).search("consultations of patients", mode="lexical")
        assert found.hits
        (reason,) = (n.values["reason"] for n in found.notices if n.kind is NoticeKind.OWN_WORDS_BROKEN)
        assert file in str(reason)
        assert any(file in str(finding) for finding in examine(small_library))
    finally:
        path.unlink()
    assert not Searcher.open(small_library).search("consultations of patients", mode="lexical").notices


def test_a_csv_with_a_giant_field_is_named(tmp_path: Path) -> None:
    (tmp_path / "glossary.csv").write_text('en,es\n"' + "x" * 200_000 + '",salud\n')
    with pytest.raises(UsageError, match=r"glossary\.csv: line 2: "):
        read_glossary(tmp_path / "glossary.csv")


@pytest.mark.parametrize("text", ["[" * 200_000, '{"a":' * 200_000, '{"a": ' + "9" * 9_000 + "}"])
def test_json_monsters_are_named_with_their_line(tmp_path: Path, text: str) -> None:
    path = tmp_path / "questions.jsonl"
    path.write_text('{"a": 1}\n' + text + "\n")
    try:
        assert all(isinstance(record, dict) for _, record in records(path))
    except UsageError as error:
        assert f"{path}, line 2: " in str(error)


PIECES = [
    *"[]{}a.=\"'\\#,é-:;",
    "\n",
    '"""',
    "'''",
    "0x",
    "9" * 70,
    "1e9",
    "en,es\n",
    '{"a":',
    "\x00",
    "\ufeff",
    "NaN",
]


def monster(chance: random.Random) -> str:
    return "".join(chance.choice(PIECES) * chance.choice((1, 1, 1, 40)) for _ in range(chance.randrange(60)))


def as_toml(text: str, path: Path) -> None:
    try:
        json.dumps(toml(text), default=str)
    except NotToml as error:
        assert 1 <= error.line <= text.count("\n") + 1


def as_csv(text: str, path: Path) -> None:
    path.write_text(text, encoding="utf-8")
    try:
        read_glossary(path)
    except UsageError as error:
        assert path.name in str(error)


def as_json(text: str, path: Path) -> None:
    path.write_text(text, encoding="utf-8")
    try:
        list(records(path))
    except UsageError as error:
        assert f"{path}, line " in str(error)


READ = {"toml": as_toml, "csv": as_csv, "jsonl": as_json}


@pytest.mark.parametrize("kind", READ)
def test_nothing_but_one_error_comes_out_of_200_monsters(
    kind: str, tmp_path: Path, size: Callable[[int], int], record_property: Callable[[str, object], None]
) -> None:
    chance, count = random.Random(26), size(200)
    for _ in range(count):
        READ[kind](monster(chance), tmp_path / f"monster.{kind}")
    record_property("soak", f"{count} {kind.upper()} monsters, each read or named in one line")


def test_ordinary_files_are_read_as_before() -> None:
    text = (
        '[2019-law.pdf]\ntitle = "A [deep] {text} with a number: '
        f'{"9" * 70}"\n'
        "x = 1979-05-27T07:32:00.999999-07:00 # [[[[[[[[[[[[[[[[[[[[[[\n"
        f"[{'1' * 80}]\ny = '''[[[[[[[[[[[[[[[[[['''\n"
    )
    assert set(toml(text)) == {"2019-law", "1" * 80}
