"""The command line in three languages: what people read is said in theirs; what programs read stays as it is."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import polib
import pytest

from app.cli import main
from app.i18n import catalogue_path
from app.i18n.command_line import asked_language, in_language, pattern_of, speak, templates, worded

OTHERS = ("es", "pt")
PLACES = re.compile(r"\{\d\}")


@pytest.fixture(autouse=True)
def english_afterwards() -> Iterator[None]:
    yield
    speak("en")


def entries(language: str) -> dict[str, str]:
    path = catalogue_path(language).with_name("commands.po")
    return {entry.msgid: entry.msgstr for entry in polib.pofile(str(path), encoding="utf-8")}


def test_both_catalogues_have_the_same_messages() -> None:
    assert list(entries("es")) == list(entries("pt")) and len(entries("es")) > 150


@pytest.mark.parametrize("language", OTHERS)
def test_every_translation_keeps_the_places(language: str) -> None:
    for english, text in entries(language).items():
        assert text and sorted(PLACES.findall(english)) == sorted(PLACES.findall(text)), english
        pattern_of(english)


@pytest.mark.parametrize("language", OTHERS)
def test_every_template_says_itself(language: str) -> None:
    for english, text in entries(language).items():
        given = PLACES.sub(lambda match: f"«{match[0][1]}»", english)
        wanted = PLACES.sub(lambda match: f"«{match[0][1]}»", text)
        assert in_language(given, language) == wanted, english


WORDED = {
    "a reason within a line": (
        "not readable: a.pdf: needs a password",
        "no se puede leer: a.pdf: necesita una contraseña",
    ),
    "a line that is set in": (
        "  not readable: a.pdf: file is empty",
        "  no se puede leer: a.pdf: el archivo está vacío",
    ),
    "numbers": (
        "3 files read: 20 pages, 165 passages; 0 unchanged.",
        "Archivos leídos: 3 (páginas: 20, pasajes: 165); sin cambios: 0.",
    ),
    "one of a kind": (
        "1 file read: 1 page, 1 passage; 0 unchanged.",
        "Archivos leídos: 1 (páginas: 1, pasajes: 1); sin cambios: 0.",
    ),
    "progress": (
        "Reading: 3 of 9 files; a.pdf, page 2 of 7; about 9 s left; 2.1 pages a second",
        "Lectura: 3 de 9 archivos; a.pdf, página 2 de 7; faltan unos 9 s; 2.1 páginas por segundo",
    ),
    "what is searchable": (
        "Searchable now: 21 documents by words, 5 of them by meaning as well",
        "Ya se puede buscar; documentos por palabras: 21, también por significado: 5",
    ),
    "names and more": ("7 added: a.pdf, b.pdf and 2 more", "Añadidos (7): a.pdf, b.pdf y 2 más"),
    "what nobody translated": ("an odd fault in gamma", "an odd fault in gamma"),
    "braces and signs": ("{0}: no such file", "{0}: no existe ese archivo"),
}  # fmt: skip


@pytest.mark.parametrize("case", WORDED)
def test_a_message_is_said_in_spanish(case: str) -> None:
    english, spanish = WORDED[case]
    speak("es")
    assert worded(english) == spanish
    speak("en")
    assert worded(english) == english


ASKED = {
    "an option": (["search", "x", "--lang", "es"], {}, "es", ["search", "x"]),
    "an option before the command": (["--lang=pt", "status"], {}, "pt", ["status"]),
    "an option goes before the environment": (["--lang", "en", "doctor"], {"LANG": "es_PE.UTF-8"}, "en", ["doctor"]),
    "the environment": (["doctor"], {"LANG": "es_PE.UTF-8"}, "es", ["doctor"]),
    "LC_ALL before LANG": (["doctor"], {"LANG": "es_PE", "LC_ALL": "pt_BR.UTF-8"}, "pt", ["doctor"]),
    "another language": (["doctor"], {"LANG": "fr_FR.UTF-8"}, "en", ["doctor"]),
    "nothing": (["doctor"], {}, "en", ["doctor"]),
    "a language with its country": (["--lang", "pt-BR"], {}, "pt", []),
    "no language of ours": (["--lang", "fr"], {}, None, ["--lang", "fr"]),
    "no value": (["doctor", "--lang"], {}, None, ["doctor", "--lang"]),
    "a question that looks like it": (["search", "--", "--lang"], {}, "en", ["search", "--", "--lang"]),
}  # fmt: skip


@pytest.mark.parametrize("case", ASKED)
def test_the_language_that_is_asked_for(case: str) -> None:
    given, environment, language, left = ASKED[case]
    arguments = list(given)
    assert asked_language(arguments, environment) == language
    assert arguments == left


def run(*arguments: str) -> int:
    with pytest.raises(SystemExit) as stop:
        main([*arguments])
    return int(stop.value.code or 0)


FAULTS = {
    "no library": (["status", "--library", "nowhere"], 1, "aquí todavía no hay ninguna biblioteca"),
    "no folder": (["ingest", "nowhere"], 2, "no existe esa carpeta"),
    "no such option": (["search", "x", "--odd"], 2, "No existe la opción --odd"),
    "no argument": (["search"], 2, "Falta el argumento 'question'. Véase: pincite search --help"),
    "a wrong filter": (["search", "x", "--filter", "year=x"], 2, "no es un año; escriba 2019"),
}


@pytest.mark.parametrize("case", FAULTS)
def test_faults_of_commands_are_told_in_spanish(
    case: str, capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    arguments, code, told = FAULTS[case]
    monkeypatch.chdir(tmp_path)
    assert run(*arguments, "--lang", "es") == code
    assert told in " ".join(capsys.readouterr().err.split())


def test_a_language_that_is_none_of_ours_is_wrong_usage(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("doctor", "--lang", "fr") == 2
    assert capsys.readouterr().err == "pincite: --lang: choose one of en, es, pt\n"


def test_json_is_the_same_in_every_language(small_library: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = []
    for language in ("en", *OTHERS):
        assert (
            run(
                "search",
                "Tumbes border post",
                "--mode",
                "lexical",
                "--json",
                "--library",
                str(small_library),
                "--lang",
                language,
            )
            == 0
        )
        found.append(json.loads(capsys.readouterr().out))
    assert found[0]["hits"] and found[0] == found[1] == found[2]


def test_status_and_search_are_told_in_portuguese(
    small_library: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("status", "--library", str(small_library), "--lang", "pt") == 0
    assert "Trechos    " in capsys.readouterr().out
    assert (
        run("search", "zyzzyva qqqq", "--mode", "lexical", "--library", str(small_library), "--lang", "pt")
        == 0
    )
    assert "Nenhum trecho corresponde" in capsys.readouterr().err


def test_passages_are_never_put_into_another_language(
    small_library: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    outputs = []
    for language in ("en", "es"):
        assert (
            run("search", "Tumbes", "--mode", "lexical", "--library", str(small_library), "--lang", language)
            == 0
        )
        outputs.append(capsys.readouterr().out)
    english, spanish = (text.split("\n") for text in outputs)
    quoted = next(at for at, line in enumerate(english) if "Measles vaccine" in line)
    assert english[quoted] == spanish[quoted]
    assert "section Border posts" in outputs[0] and "sección «Border posts»" in " ".join(outputs[1].split())


def test_the_environment_is_asked_in_a_process_of_its_own(tmp_path: Path) -> None:
    made = subprocess.run(
        [sys.executable, "-m", "app.cli", "status", "--library", str(tmp_path / "none")],
        env={**os.environ, "LC_ALL": "", "LC_MESSAGES": "", "LANG": "pt_BR.UTF-8"},
        capture_output=True, text=True, check=False, timeout=120, encoding="utf-8",
    )  # fmt: skip
    assert made.returncode == 1 and "aqui ainda não há nenhuma biblioteca" in made.stderr


def test_templates_with_more_words_go_first() -> None:
    lengths = [len(template.pattern.pattern) for template in templates("es")]
    assert lengths[0] > lengths[-1]
    with pytest.raises(ValueError, match="no words of its own"):
        pattern_of("{0}: {1}")
