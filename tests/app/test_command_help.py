"""The help of commands in three languages: every text has its translation, and none is kept that no command has."""

import os
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import polib
import pytest
import typer.main

from app.cli import app, main
from app.i18n import catalogue_path, command_help
from app.i18n.command_line import speak

OTHERS = ("es", "pt")


@pytest.fixture(autouse=True)
def english_afterwards() -> Iterator[None]:
    yield
    speak("en")
    command_help.put(typer.main.get_command(app), "en")


def of_commands(command: Any) -> Iterator[str]:
    """Yield the help texts of a command, its options and arguments, and of all commands below it."""
    yield command.help
    yield from (
        one.help for one in command.params if getattr(one, "help", None) and not getattr(one, "hidden", 0)
    )
    for inner in getattr(command, "commands", {}).values():
        yield from of_commands(inner)


@pytest.mark.parametrize("language", OTHERS)
def test_every_text_is_translated_and_none_is_left_over(language: str) -> None:
    framed = {*command_help.FRAME.values(), command_help.USAGE, command_help.SHOW_HELP}
    assert set(command_help.texts(language)) == set(of_commands(typer.main.get_command(app))) | framed


@pytest.mark.parametrize("language", OTHERS)
def test_no_text_stands_twice_or_empty(language: str) -> None:
    catalogue = polib.pofile(str(catalogue_path(language).with_name("help.po")), encoding="utf-8")
    texts = [entry.msgid for entry in catalogue]
    assert len(texts) == len(set(texts)) and all(entry.msgstr.strip() for entry in catalogue)


@pytest.mark.parametrize("language", OTHERS)
def test_names_that_are_typed_stay_as_they_are(language: str) -> None:
    for english, text in command_help.texts(language).items():
        for name in (
            "$PINCITE_LIBRARY",
            "summary.json",
            "library/",
            "127.0.0.1",
            "--jobs",
            "Ctrl-C",
            ".docx",
        ):
            assert (name in english) == (name in text), english


SHOWN = {
    "an option": (["--lang", "es", "search", "--help"], ["Uso: pincite search", "Opciones", "Cuántos pasajes."]),
    "its short form": (["ingest", "-h", "--lang", "pt"], ["Uso: pincite ingest", "Só dizer|Dizer só", "-h"]),
    "the command": (["help", "catalogue", "suggest", "--lang=pt"], ["Uso: pincite catalogue suggest", "metadados"]),
    "a group alone": (["eval", "--lang", "es"], ["Órdenes", "Comparar dos evaluaciones"]),
    "nothing": (["--lang", "es"], ["Haga una pregunta", "-h"]),
    "English": (["search", "-h"], ["Usage: pincite search", "Options", "How many passages."]),
}  # fmt: skip


@pytest.mark.parametrize("case", SHOWN)
def test_help_is_shown_in_the_language_that_is_asked_for(
    case: str, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments, told = SHOWN[case]
    with pytest.raises(SystemExit):
        main(arguments)
    printed = capsys.readouterr()
    shown = " ".join((printed.out + printed.err).replace("│", " ").split())
    for text in told:
        assert any(one in shown for one in text.split("|")), (text, shown)


def test_english_comes_back_after_another_language(capsys: pytest.CaptureFixture[str]) -> None:
    for language, title in (("es", "Opciones"), ("en", "Options"), ("pt", "Opções")):
        with pytest.raises(SystemExit):
            main(["status", "--help", "--lang", language])
        assert title in capsys.readouterr().out


def test_the_environment_is_asked_too() -> None:
    made = subprocess.run(
        [sys.executable, "-m", "app.cli", "search", "--help"],
        env={**os.environ, "LC_ALL": "", "LC_MESSAGES": "", "LANG": "pt_BR.UTF-8"},
        capture_output=True, text=True, check=True, timeout=120, encoding="utf-8",
    )  # fmt: skip
    assert "Uso: pincite search" in made.stdout and "Quantos trechos." in made.stdout


@pytest.mark.parametrize(
    ("arguments", "may"),
    [(["search", "x", "--json"], False), (["eval"], True), ([], True), (["search", "x", "-h"], True)],
)
def test_texts_are_read_only_where_help_may_be_shown(arguments: list[str], may: bool) -> None:
    assert command_help.may_be_shown(arguments) == may
