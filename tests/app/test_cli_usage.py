"""Wrong usage is one line that names the option and the next step, without a frame around it."""

import errno
import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from running_service import REPOSITORY

from app.cli import main
from app.web.server import _as_called

# words -> what the one line says
WRONG = {
    "missing argument": ("search", "question", "pincite search --help"),
    "misspelt option": ("search --libary x", "--library", "pincite search --help"),
    "choice that is none": ("export foo", "'foo' is not one of 'passages', 'pages'", "pincite export --help"),
    "too small": ("search x -k 0", "'-k': must be at least 1", "pincite search --help"),
    "too large": ("serve --port 99999", "'--port': must be at most 65535", "pincite serve --help"),
    "no number": ("search x -k many", "'-k': must be a whole number", "pincite search --help"),
    "missing option": ("batch q.jsonl", "--out", "pincite batch --help"),
    "misspelt command": ("serch", "Did you mean 'search'", "pincite --help"),
    "command of a group": ("eval foo", "No such command 'foo'", "pincite eval --help"),
    "no folder": ('ingest ""', "the name of a folder is empty", "pincite ingest --help"),
    "no folder to watch": ('watch " "', "the name of a folder is empty", "pincite watch --help"),
    "no library": ('search x --library ""', "'--library': the name of a folder", "pincite search --help"),
    "no library after =": ("doctor --library=", "'--library': the name of a folder", "pincite doctor --help"),
    "one word too many": ("status a", "unexpected extra argument", "pincite status --help"),
}


def call(*words: str) -> int:
    with pytest.raises(SystemExit) as stop:
        main(list(words))
    return int(stop.value.code or 0)


@pytest.mark.parametrize(("words", "message", "step"), WRONG.values(), ids=WRONG)
def test_wrong_usage_is_one_line_with_the_next_step(
    words: str, message: str, step: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert call(*shlex.split(words)) == 2
    out, error = capsys.readouterr()
    assert out == ""
    assert error.startswith("pincite: ")
    assert error.endswith(f"See: {step}\n")
    assert error.count("\n") == 1
    assert message in error
    assert "Value error" not in error and "Input should" not in error


@pytest.mark.parametrize("words", [(), ("eval",)])
def test_no_word_at_all_shows_the_help_once(
    words: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    assert call(*words) == 2
    told = "".join(capsys.readouterr())
    assert told.count("Usage: pincite") == 1
    assert "pincite: " not in told


@pytest.mark.parametrize("question", ["-", "?!", "« … »", '""'])
def test_a_question_without_letter_or_digit_is_wrong_usage(
    question: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert call("search", "--library", str(tmp_path), "--", question) == 2
    assert "no letter or digit" in capsys.readouterr().err


@pytest.mark.parametrize("question", ["2019", "¿y?", "健康"])
def test_one_letter_or_digit_makes_a_question(
    question: str, small_library: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert call("search", question, "--library", str(small_library), "--mode", "lexical", "--json") == 0


@pytest.mark.parametrize(
    ("question", "alone"),
    [
        ("country:PER", True),
        ("year:2023 type:report -x", True),
        ("clinics country:PER", False),
        ("xyzzy", False),
    ],
)
def test_a_filter_alone_is_told_to_need_a_question(
    question: str, alone: bool, small_library: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ("search", question, "--library", str(small_library), "--mode", "lexical")
    assert call(*words) == 0
    shown = " ".join(capsys.readouterr().err.split())
    assert ("A filter alone finds nothing" in shown) == alone
    assert ("No passage matches" in shown) == (question == "xyzzy")
    assert call(*words, "--json") == 0
    assert ("A filter alone finds nothing" in capsys.readouterr().err) == alone


@pytest.mark.parametrize("words", [("search", "x"), ("status",), ("doctor",), ("ingest", ".", "--dry-run")])
def test_a_library_that_is_a_file_is_wrong_usage(
    words: tuple[str, ...], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "notes.txt").write_text("x", encoding="utf-8")
    assert call(*words, "--library", str(tmp_path / "notes.txt")) == 2
    error = capsys.readouterr().err
    assert "notes.txt: a file, not the folder of a library" in error
    assert "Errno" not in error


def test_what_to_run_can_be_pasted(
    small_corpus: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    corpus, library = tmp_path / "my papers", tmp_path / "my library"
    corpus.mkdir()
    for name in ("mental.txt", "note.html"):
        shutil.copy(small_corpus / name, corpus)
    words = ("--library", str(library))
    assert call("search", "x", *words) == 1
    assert f"ingest CORPUS --library '{library}'" in capsys.readouterr().err.replace("\n", "")
    assert call("ingest", str(corpus), *words, "--progress", "none") == 0
    for name in ("mental.txt", "note.html"):
        (corpus / name).unlink()
    (corpus / "new.txt").write_text("New words.\n", encoding="utf-8")
    shutil.rmtree(library / "snapshot")
    capsys.readouterr()
    command = f"pincite ingest '{corpus}' --library '{library}'"
    assert call("doctor", *words) == 1
    assert f"Repair: {command}" in capsys.readouterr().out
    (corpus / "mental.txt").write_text("Other words.\n", encoding="utf-8")
    assert call("status", *words) == 0
    shown = capsys.readouterr().out
    assert shown.count(f"Run: {command}") == 1
    assert shown.count("not searchable as it stands") == 3


@pytest.mark.parametrize("text", ["", "\n \n"])
def test_a_batch_file_without_a_question_is_wrong_usage(
    text: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    questions, out = tmp_path / "q.jsonl", tmp_path / "answers.jsonl"
    questions.write_text(text, encoding="utf-8")
    assert call("batch", str(questions), "--out", str(out), "--library", str(tmp_path)) == 2
    assert "q.jsonl: no question here" in capsys.readouterr().err
    assert not out.exists()


# word of the filter, what is told of it
NOBODY = {
    "publisher": (
        ("clinics", "--filter", "publisher=Ministry"),
        "no document has publisher “Ministry”; there are: Ministry of Health",
    ),
    "in the question": (
        ("publisher:UNDP clinics",),
        "no document has publisher “UNDP”; there are: Ministry of Health",
    ),
    "document": (
        ("clinics", "--filter", "document=clinic.pdf"),
        "no document is called “clinic.pdf”; there are: clinics.pdf, mental.txt, note.html",
    ),
    "year": (
        ("clinics", "--filter", "year=1990..1999"),
        "no document is of “1990..1999”; there are: 2023",
    ),
}


@pytest.mark.parametrize(("words", "message"), NOBODY.values(), ids=NOBODY)
def test_a_filter_value_that_no_document_has_is_told(
    words: tuple[str, ...], message: str, small_library: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    search = ("search", *words, "--library", str(small_library), "--mode", "lexical")
    assert call(*search, "--json") == 0
    out, error = capsys.readouterr()
    assert message in error
    assert "no document has" not in out
    assert call(*search) == 0
    written = capsys.readouterr()
    shown = " ".join(written.err.split())
    assert written.out == "" and message in shown
    assert "No passage matches" in shown


def test_a_filter_value_that_is_there_is_not_remarked_on(
    small_library: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ("search", "clinics country:per", "--library", str(small_library), "--mode", "lexical", "--json")
    assert call(*words, "--filter", "publisher=ministry of health", "--filter", "year=2020..") == 0
    assert "no document" not in capsys.readouterr().err


def test_batch_tells_which_question_has_such_a_filter(
    small_library: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    questions, out = tmp_path / "q.jsonl", tmp_path / "a.jsonl"
    questions.write_text(
        '{"id": "q7", "question": "clinics", "filters": {"country": "BRA"}}\n', encoding="utf-8"
    )
    words = ("batch", str(questions), "--out", str(out), "--library", str(small_library), "--mode", "lexical")
    assert call(*words) == 0
    assert "question q7: no document has country “BRA”; there are: PER" in capsys.readouterr().err


def test_the_way_to_call_again_is_the_one_that_was_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "bin" / "pincite"
    program.parent.mkdir()
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    monkeypatch.setattr("sys.argv", [str(program), "serve"])
    monkeypatch.setenv("PATH", str(tmp_path))
    assert _as_called() == str(program)
    monkeypatch.setenv("PATH", str(program.parent))
    assert _as_called() == "pincite"
    monkeypatch.setattr("sys.argv", ["app/cli.py", "serve"])
    assert _as_called() == "pincite"


@pytest.mark.parametrize("command", ["export passages", "export documents --format csv", "status --json"])
def test_a_reader_that_leaves_is_no_error(command: str, small_library: Path) -> None:
    called = [sys.executable, "-m", "app.cli", *command.split(), "--library", str(small_library)]
    buffered = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}
    with subprocess.Popen(
        called, cwd=REPOSITORY, env=buffered, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout is not None and process.stderr is not None
        process.stdout.close()  # as `| head -0` does
        told = process.stderr.read()
    assert (process.returncode, told) == (0, b"")


def test_a_dry_run_tells_of_another_model(
    small_library: Path, small_corpus: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    model = tmp_path / "other"
    model.mkdir()
    (model / "config.json").write_text("{}", encoding="utf-8")
    (model / "modules.json").write_text("[]", encoding="utf-8")
    (model / "model.safetensors").write_bytes(b"weights")
    words = ["ingest", str(small_corpus), "--library", str(small_library), "--dry-run"]
    assert call(*words, "--model", str(model)) == 3  # one file of the corpus cannot be read
    told = capsys.readouterr().err
    assert f"All passages would be embedded anew with {model} (now: " in told
    assert "Nothing to do" not in told
    assert call(*words) == 3
    assert "Nothing to do: 4 files unchanged." in capsys.readouterr().err


def test_a_library_that_cannot_be_written_to_is_named(
    small_library: Path,
    small_corpus: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    real = os.open

    def opened(path: "str | Path", *how: int) -> int:
        if Path(path).name == "writer.lock":
            raise OSError(errno.EROFS, os.strerror(errno.EROFS), str(path))
        return real(path, *how)

    monkeypatch.setattr(os, "open", opened)
    assert call("ingest", str(small_corpus), "--library", str(small_library)) == 1
    told = capsys.readouterr().err
    assert (
        f"{small_library}: the library cannot be written to (Read-only file system). Give this account"
        in told
    )
    assert told.count("\n") == 1
