"""What `pincite.toml`, the environment and the options say holds for every command."""

import json
import os
import re
from pathlib import Path

import pytest

from app.cli import main
from app.service import ingest_jobs
from app.service.site import Site
from app.settings import Settings, folder_or_name, library_folder, load_settings
from index.embedding.embedder import DEFAULT_MODEL
from ingest.errors import UsageError


def call(*words: str) -> int:
    with pytest.raises(SystemExit) as stop:
        main(list(words))
    return int(stop.value.code or 0)


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project in whose folder the commands are called: a corpus of one file, no settings yet."""
    (tmp_path / "corpus").mkdir()
    (tmp_path / "corpus" / "one.txt").write_text("Oxygen for the clinic.\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    for name in ("PINCITE_CONFIG", "PINCITE_LIBRARY", "PINCITE_CACHE"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


def write(text: str) -> None:
    Path("pincite.toml").write_text(text, encoding="utf-8")


def test_the_home_folder_can_be_written_short(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(here / "home"))
    write('library = "~/plib"\ncorpus = "papers"\ncache = "~/models"\nmodel = "~/e5"\n')
    found = load_settings()
    assert (found.library, found.cache) == (here / "home/plib", here / "home/models")
    assert (found.corpus, found.model) == (Path("papers"), str(here / "home/e5"))
    write("")
    monkeypatch.setenv("PINCITE_LIBRARY", "~/other")
    assert load_settings().library == here / "home/other"


CLUSTERS = {"ray": "ray", "ray://head:10001": "ray://head:10001", "local": None, "": None}


@pytest.mark.parametrize("written", CLUSTERS)
def test_the_cluster_is_named_by_file_or_environment(
    written: str, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PINCITE_RAY", written)
    assert load_settings().ray == CLUSTERS[written]
    write('ray = "ray://first:10001"\n')
    assert load_settings().ray == "ray://first:10001", "the file goes first"


def test_a_wrong_cluster_of_the_environment_is_named(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PINCITE_RAY", "ray://head")
    with pytest.raises(UsageError, match=r"\$PINCITE_RAY 'ray://head' names no Ray cluster"):
        load_settings()


WRONG_FILES = {
    "a word for a number": ('port = "8600"', "port must be of type int"),
    "a switch for a number": ("workers = true", "workers must be of type int"),
    "a number for a switch": ("upload = 1", "upload must be of type bool"),
    "a number for a path": ("corpus = 3", "corpus must be of type str"),
    "a number for a name": ("model = 3", "model must be of type str"),
    "another cluster": ('ray = "dask"', "ray 'dask' names no Ray cluster: write ray, or ray://HOST:10001"),
    "a text for a list": ('suggestions = "x"', "suggestions must be of type list"),
    "an unknown key": ("colour = 1", "unknown key 'colour'; known are allowed_hosts, api_token"),
    "no TOML": ("port =", "not valid TOML"),
}


@pytest.mark.parametrize("case", WRONG_FILES)
def test_a_wrong_file_is_told_with_its_name_and_key(here: Path, case: str) -> None:
    text, message = WRONG_FILES[case]
    write(text)
    with pytest.raises(UsageError, match=re.escape(f"pincite.toml: {message}")):
        load_settings()


def test_a_file_that_was_named_must_be_there(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PINCITE_CONFIG", "other.toml")
    with pytest.raises(UsageError, match=r"other\.toml: no such configuration file"):
        load_settings()


def test_the_environment_gives_what_the_file_leaves_open(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    values = {"PORT": "8600", "EDIT": "true", "CORPUS": "papers", "SUGGESTIONS": '["Why?"]', "CACHE": ""}
    for name, value in values.items():
        monkeypatch.setenv(f"PINCITE_{name}", value)
    monkeypatch.setenv("HOST", "10.0.0.1")
    write("port = 8700\n")
    assert load_settings() == Settings(port=8700, edit=True, corpus=Path("papers"), suggestions=("Why?",))


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("PORT", "0", "must be from 1 to 65535"),
        ("WORKERS", "many", "must be of type int"),
        ("UPLOAD", "perhaps", "must be of type bool"),
    ],
)
def test_a_wrong_variable_is_told_by_its_name(
    here: Path, monkeypatch: pytest.MonkeyPatch, name: str, value: str, message: str
) -> None:
    monkeypatch.setenv(f"PINCITE_{name}", value)
    with pytest.raises(UsageError, match=rf"^\$PINCITE_{name} {message}$"):
        load_settings()


def test_nobodys_home_folder_is_told(here: Path) -> None:
    write('library = "~nobody-of-this-name/plib"\n')
    with pytest.raises(UsageError, match="home folder"):
        load_settings()


def test_a_model_folder_counts_from_the_file_and_a_name_stays(here: Path) -> None:
    folder = here / "conf" / "my" / "e5"
    folder.mkdir(parents=True)
    config = here / "conf" / "pincite.toml"
    for written, meant in (
        ("my/e5", str(folder)),
        ("./my/e5", str(folder)),
        ("./absent", str(here / "conf" / "absent")),
        (str(folder), str(folder)),
        ("intfloat/multilingual-e5-base", "intfloat/multilingual-e5-base"),
    ):
        config.write_text(f'model = "{written}"\nreranker = "{written}"\n', encoding="utf-8")
        found = load_settings(config)
        assert (found.model, found.reranker) == (meant, meant)


def test_a_folder_called_like_the_embedded_model_does_not_take_its_place(here: Path) -> None:
    (here / DEFAULT_MODEL).mkdir()
    assert folder_or_name(DEFAULT_MODEL, here) == DEFAULT_MODEL


def test_the_library_lies_beside_the_corpus_however_it_is_called(here: Path) -> None:
    inside = here / "corpus" / "deep"
    inside.mkdir()
    os.chdir(inside)
    assert library_folder(None, Path("..")) == here / "library"
    assert library_folder(None, Path()) == here / "corpus" / "library"
    os.chdir(here)
    (here / "linked").mkdir()
    link = here / "linked" / "corpus"
    link.symlink_to(here / "corpus", target_is_directory=True)
    assert library_folder(None, link) == here / "linked" / "library"


@pytest.mark.parametrize("line", ["port = 99999", "port = 0", "port = -1", "workers = 0", "workers = 65"])
def test_a_number_out_of_range_is_told(here: Path, capsys: pytest.CaptureFixture[str], line: str) -> None:
    write(line + "\n")
    assert call("serve") == 2
    assert line.partition(" ")[0] + " must be from 1 to" in capsys.readouterr().err


def test_a_byte_order_mark_is_no_fault(here: Path) -> None:
    write("\ufeffport = 8600\n")
    assert load_settings().port == 8600
    from index.analysis.acronyms import Acronyms

    words = here / "acronyms.toml"
    words.write_text('\ufeff[ins]\nnames = ["National Institute"]\n', encoding="utf-8")
    Acronyms.load(words)


def test_a_folder_is_no_file_of_questions(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert call("batch", "corpus", "--out", "out.jsonl") == 2
    assert "corpus: cannot be read" in capsys.readouterr().err


@pytest.mark.parametrize("strange", ["\u2028", "\u2029", "\u0085", "\x1c"])
def test_a_question_may_hold_a_line_separator(here: Path, small_library: Path, strange: str) -> None:
    question = {"id": "1", "question": f"health{strange}care"}
    line = json.dumps(question, ensure_ascii=False)
    Path("asked.jsonl").write_text(line + "\r\n" + line.replace('"1"', '"2"'), encoding="utf-8")
    words = ("--library", str(small_library), "--mode", "lexical")
    if strange == "\x1c":  # JSON wants it escaped; then it is a letter like others
        Path("asked.jsonl").write_text(json.dumps(question), encoding="utf-8")
    assert call("batch", "asked.jsonl", "--out", "out.jsonl", *words) == 0
    first = Path("out.jsonl").read_text(encoding="utf-8").split("\n")[0]
    assert json.loads(first)["question"] == question["question"]


def test_a_dry_run_writes_nothing(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert call("ingest", "corpus", "--dry-run") == 0
    assert "one.txt" in capsys.readouterr().err
    assert sorted(path.name for path in here.iterdir()) == ["corpus"]
    (here / "library").mkdir()
    assert call("ingest", "corpus", "--dry-run") == 0
    assert list((here / "library").iterdir()) == []


def test_an_unwritable_cache_is_the_one_that_was_set(
    here: Path, small_library: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (here / "file").write_text("", encoding="utf-8")
    write('cache = "file/models"\n')
    gold = {
        "id": "q1", "group": "g1", "lang": "en", "type": "natural", "question": "What of health?",
        "answerable": False, "evidence": [],
    }  # fmt: skip
    Path("gold.jsonl").write_text(json.dumps(gold) + "\n", encoding="utf-8")
    Path("asked.jsonl").write_text('{"id": "1", "question": "health"}\n', encoding="utf-8")
    words = ("--library", str(small_library))
    told = {}
    for name, command in {
        "search": ("search", "health"),
        "run": ("eval", "run", "gold.jsonl", "--out", "run"),
        "diagnose": ("eval", "diagnose", "health"),
        "batch": ("batch", "asked.jsonl", "--out", "out.jsonl"),
    }.items():
        call(*command, *words)
        both = capsys.readouterr()
        told[name] = " ".join((both.out + both.err).split())
    told["batch"] = Path("out.jsonl").read_text(encoding="utf-8")
    for name, message in told.items():
        assert "or as cache in" in message, name


@pytest.mark.parametrize("command", ["ingest", "watch"])
def test_watch_takes_model_and_workers_from_the_settings_as_ingest_does(
    here: Path, capsys: pytest.CaptureFixture[str], command: str
) -> None:
    write('model = "./no-such-model"\nworkers = 1\n')
    assert call(command, "corpus", "--progress", "none") == 2
    assert f"there is no model folder {here / 'no-such-model'}" in " ".join(capsys.readouterr().err.split())


def test_an_option_goes_before_the_settings(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write('model = "./no-such-model"\n')
    assert call("ingest", "corpus", "--progress", "none", "--model", "./another") == 2
    assert str(here / "another") in "".join(capsys.readouterr().err.split())


def test_the_pages_ingest_is_not_led_astray_by_the_folder_it_is_called_in(here: Path) -> None:
    (here / "app").mkdir()
    (here / "app" / "__init__.py").write_text("raise SystemExit(9)\n", encoding="utf-8")
    (here / "json.py").write_text("raise SystemExit(9)\n", encoding="utf-8")
    job = ingest_jobs.start(here / "corpus", Site(here / "library"))
    assert job.process.wait(120) == 0, job.message()
    assert (here / "library" / "library.db").is_file()
