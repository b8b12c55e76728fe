"""What any page shows can be typed: commands and options exist, and requests of curl get what they are said to get."""

import json
import re
import shlex
import shutil
import urllib.request
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any

import pytest
import typer
import typer.main
from running_service import running
from shown_pages import DOCS, ROOT, blocks, shown

from app.cli import app, main

PAGES = [
    ROOT / "README.md",
    *(page for page in sorted(DOCS.rglob("*.md")) if page.parent.name != "decisions"),
]
REQUESTS = [
    line
    for block in blocks((DOCS / "programs.md").read_text(encoding="utf-8"), "sh")
    for line in block.splitlines()
    if line.startswith("curl ")
]
TOKENS = {"TOKEN": "s3cret-to-read", "EDIT_TOKEN": "s3cret-to-edit"}


def spelled_out(command: str) -> list[list[str]]:
    """Return the words of a command, once for each choice that it offers (`a|b`), without what may be left out."""
    command = re.sub(r"\[\w+\]", "", command.replace("\\|", "|"))
    several = [word.split("|") for word in shlex.split(command)[1:]]
    return [list(words) for words in product(*several)]


def understood(words: list[str]) -> None:
    """Raise what the command line says of a command whose name, options or choices there are not."""
    command: Any = typer.main.get_command(app)
    context: Any = None
    while True:
        try:
            context = command.make_context(command.name, list(words), parent=context)
        except typer.TyperException as error:
            missing = type(error).__name__ == "MissingParameter"  # it is only named
            if missing or re.search("'[A-Z]+' is not one of", str(error)):  # a word that stands for a choice
                return
            raise
        if not hasattr(command, "commands"):
            return
        words = [*context._protected_args, *context.args]
        if not words:
            return
        _, command, words = command.resolve_command(context, words)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_commands_and_options_of_every_page_exist(page: Path) -> None:
    for command in shown(page.read_text(encoding="utf-8")):
        for words in spelled_out(command):
            understood(words)


@pytest.mark.parametrize(
    "wrong",
    [
        "pincite ingset corpus",
        "pincite search x --modus lexical",
        "pincite eval runn x",
        "pincite export cells",
    ],
)
def test_a_command_that_there_is_not_would_be_told(wrong: str) -> None:
    with pytest.raises((typer.TyperException, SystemExit)):
        for words in spelled_out(wrong):
            understood(words)


def test_choices_are_spelled_out() -> None:
    assert spelled_out("pincite export passages\\|pages [CORPUS] --out F") == [
        ["export", "passages", "--out", "F"],
        ["export", "pages", "--out", "F"],
    ]


@pytest.mark.parametrize(
    "command", ["pincite ingest --allow-empty", "pincite ingest --rebuild", "pincite status --json"]
)
def test_commands_within_sentences_run(
    command: str, small_library: Path, small_corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = " ".join(page.read_text(encoding="utf-8") for page in PAGES)
    assert f"`{command}`" in told, "no page shows it any more"
    shutil.copytree(small_corpus, tmp_path / "corpus", ignore=shutil.ignore_patterns("broken.pdf"))
    shutil.copytree(small_library, tmp_path / "library")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit) as stop:
        main(command.split()[1:])
    assert not stop.value.code


def asked(line: str, address: str, names: dict[str, str]) -> tuple[int, Any, bytes]:
    """Send the request that a line of curl sends, and return status, headers and body."""
    for name, value in names.items():
        line = re.sub(rf"\b{name}\b", value, line)
    words = shlex.split(line)[1:]
    headers, method, data, url = {}, None, None, ""
    while words:
        word = words.pop(0)
        if word == "-H":
            name, _, value = words.pop(0).partition(": ")
            headers[name] = value
        elif word == "-X":
            method = words.pop(0)
        elif word == "--data-binary":
            data = Path(words.pop(0).removeprefix("@")).read_bytes()
        elif word != "-N":  # nothing is held back here
            assert not word.startswith("-") and not url, word
            url = word.replace("http://127.0.0.1:8501", address)
    request = urllib.request.Request(url, data, headers, method=method)
    with urllib.request.urlopen(request, timeout=60) as answer:
        return answer.status, answer.headers, answer.read()


@pytest.fixture(scope="module")
def address(
    small_corpus: Path, small_library: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[bool, str]]:
    """Addresses of the API without tokens (False) and with both (True)."""
    folder, closed = tmp_path_factory.mktemp("open"), tmp_path_factory.mktemp("closed")
    corpus = shutil.copytree(small_corpus, closed / "corpus", ignore=shutil.ignore_patterns("broken.pdf"))
    library = shutil.copytree(small_library, closed / "library")
    tokens = f'api_token = "{TOKENS["TOKEN"]}"\nedit_token = "{TOKENS["EDIT_TOKEN"]}"\ncorpus = "{corpus}"\n'
    with (
        running("api", small_library, folder, "", path="/api/health") as without,
        running("api", library, closed, tokens, path="/api/health") as with_tokens,
    ):
        yield {False: without, True: with_tokens}


@pytest.mark.slow
def test_requests_of_the_page_are_answered(
    address: dict[bool, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("questions.jsonl").write_text('{"id": "a", "question": "Who has a SIS policy?"}\n', encoding="utf-8")
    found = asked(f"curl '{address[False]}/api/search?q=Who+has+a+SIS+policy'", address[False], {})
    names = {"ID": json.loads(found[2])["hits"][0]["passage_id"], **TOKENS}
    assert len(REQUESTS) == 6
    answers = [asked(line, address["Authorization" in line], names) for line in REQUESTS]
    assert [status for status, _, _ in answers] == [200, 200, 200, 200, 202, 200]
    search, batch, citation, documents, _, events = [body.decode() for _, _, body in answers]
    assert json.loads(search)["hits"] and "31 percent" in json.loads(batch)["hits"][0]["text"]
    assert citation.startswith("@") and "PDF page 2" in citation
    assert answers[3][1]["X-Total-Count"] == str(len(json.loads(documents)))
    assert events.rstrip().splitlines()[-2] == "event: end" and '"state": "done"' in events.splitlines()[-2]
