"""What the pages for people show is so: every command runs, names are the page's, references the code's."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import tomllib
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import docx
import polib
import pytest
from openpyxl import Workbook, load_workbook
from running_service import answers, free_port, running
from shown_pages import DOCS, ROOT, blocks, shown, words_of

from app.cli import main
from app.exports.brief import Brief, Item
from app.exports.brief_formats import word
from app.i18n import words
from app.settings import Settings

TUTORIALS = sorted(DOCS.glob("tutorial/*.md"))
PAGES = [*TUTORIALS, *sorted(DOCS.glob("how-to/*.md")), DOCS / "programs.md"]
DRAFT_AND_TABLE = DOCS / "how-to" / "draft-and-table.md"
STAY = ("serve", "api", "mcp", "watch")
"""Commands that run until they are stopped."""


def test_commands_are_read_off_a_page() -> None:
    text = (
        "Run `pincite status -x`, `pincite verify`,\npincite never\n"
        "  ```sh\n  pincite search 'a b' -k 1\n  ```\n`pincite status -x`"
    )
    assert shown(text) == ["pincite status -x", "pincite search 'a b' -k 1"]
    assert words_of("pincite mcp --library DIR") == ["mcp", "--library", "library"]
    assert blocks("- x\n\n    ```toml\n    a = 1\n    ```\n", "toml") == ["a = 1"]


@pytest.fixture(scope="module")
def workplace(small_corpus: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder as the pages suppose it: papers, their library, a draft, a brief, questions."""
    folder = tmp_path_factory.mktemp("workplace")
    shutil.copytree(small_corpus, folder / "corpus", ignore=shutil.ignore_patterns("broken.pdf"))
    assert outcome(["ingest", str(folder / "corpus"), "--library", str(folder / "library")]) == 0
    draft = docx.Document()
    draft.add_paragraph(
        "Only 31 percent of the people interviewed had a SIS policy. Nobody likes rain in May."
    )
    draft.save(str(folder / "draft.docx"))
    (folder / "questions.jsonl").write_text(
        blocks(DRAFT_AND_TABLE.read_text(encoding="utf-8"), "json")[0],
        encoding="utf-8",
    )
    book = Workbook()
    book.active.append(("question",))
    book.active.append(("Who has a SIS policy?",))
    book.save(folder / "questions.xlsx")
    from index import Searcher

    hit = Searcher.open(folder / "library").search("Who has a SIS policy?", k=1).hits[0]
    brief = Brief((Item(hit.document, hit.passage.passage, "Who has a SIS policy?"),))
    (folder / "brief.docx").write_bytes(word(brief, words("en")))
    return folder


def outcome(called: list[str]) -> int:
    with pytest.raises(SystemExit) as stop:
        main(called)
    return int(stop.value.code or 0)


@pytest.fixture
def place(workplace: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the workplace, and the test in it."""
    monkeypatch.delenv("PINCITE_LIBRARY", raising=False)
    monkeypatch.delenv("PINCITE_CONFIG", raising=False)
    shutil.copytree(workplace, tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    "page",
    [page for page in PAGES if page != DRAFT_AND_TABLE],  # that one is looked at more closely below
    ids=lambda page: f"{page.parent.name}/{page.stem}",
)
def test_every_command_of_a_page_runs(page: Path, place: Path) -> None:
    commands = [words_of(command) for command in shown(page.read_text(encoding="utf-8"))]
    run = [called for called in commands if called[0] not in STAY]
    assert run, "a page without a command is not one of these"
    for called in run:
        assert outcome(called) == 0, called


@pytest.mark.slow
def test_an_afternoon_of_evaluation_runs_as_its_page_says(place: Path) -> None:
    """Without what needs a person's answers (judge), the starter papers or a collection in BEIR form."""
    page = (DOCS / "evaluation.md").read_text(encoding="utf-8")
    lines = [
        {"id": "fee-es", "group": "a", "lang": "es", "type": "fact", "answerable": True}
        | {"question": "¿Cuántas personas tienen una póliza del SIS?"}
        | {
            "evidence": [
                {"doc": "clinics.pdf", "quote": "only 31 percent of the people", "page": 2, "grade": 2}
            ]
        },
        {"id": "rain", "group": "b", "lang": "en", "type": "unanswerable", "answerable": False}
        | {"question": "How much rain fell in May?", "evidence": []},
    ]
    Path("my-gold.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    left_out = ("eval judge", "eval beir", "evals/gold/starter.jsonl")
    commands = [command for command in shown(page) if not any(words in command for words in left_out)]
    assert len(commands) >= 7
    for command in commands:
        assert outcome(words_of(command)) == 0, command
        if "--out runs/first" in command:
            shutil.copytree("runs/first", "baseline")
    assert Path("pool.jsonl").stat().st_size and Path("runs/difference.html").is_file()


def test_the_files_of_the_commands_hold_what_the_pages_say(place: Path) -> None:
    page = DRAFT_AND_TABLE.read_text(encoding="utf-8")
    for command in shown(page):
        assert outcome(words_of(command)) == 0, command
    verdicts = re.findall(r"^\| `(\w+)` \|", page, re.M)
    held = Path("checked.json").read_text(encoding="utf-8")
    assert '"verdict": "verbatim"' in held.replace('":"', '": "') and '"not_found"' in held
    assert len(verdicts) == 4
    texts = [cell.value for row in load_workbook("table.xlsx").active.iter_rows() for cell in row]
    assert any("31 percent" in str(text) for text in texts)
    assert "31 percent" in load_workbook("answers.xlsx")["Answers"]["D2"].value


def test_what_is_proposed_and_described_is_a_catalogue(place: Path) -> None:
    page = (DOCS / "how-to" / "documents.md").read_text(encoding="utf-8")
    (described,) = blocks(page, "toml")
    Path("corpus/catalogue.toml").write_text(described, encoding="utf-8")
    assert outcome(["ingest", "corpus"]) == 0
    assert outcome(["export", "documents", "--format", "csv", "--out", "documents.csv"]) == 0
    told = Path("documents.csv").read_text(encoding="utf-8")
    assert "Rojas" in told and "https://example.org/clinics.pdf" in told
    assert outcome(["catalogue", "suggest", "--out", "proposed.toml"]) == 0
    assert isinstance(tomllib.loads(Path("proposed.toml").read_text(encoding="utf-8")), dict)


def test_settings_of_the_pages_are_settings() -> None:
    (told,) = blocks((DOCS / "how-to" / "team.md").read_text(encoding="utf-8"), "toml")
    values = {key: tuple(v) if isinstance(v, list) else v for key, v in tomllib.loads(told).items()}
    assert Settings.model_validate(values).editors == ("ana", "rui")
    settings = (DOCS / "page.md").read_text(encoding="utf-8")
    assert [key for key in Settings.model_fields if f"`{key}`" not in settings] == []


@pytest.mark.slow
@pytest.mark.parametrize(
    "command",
    sorted(
        {
            command
            for page in PAGES
            for command in shown(page.read_text(encoding="utf-8"))
            if command.split()[1] in STAY and len(command.split()) > 2
        }
        | {"pincite serve", "pincite api", "pincite mcp --library DIR --http"}
    ),
)
def test_what_stays_answers_until_it_is_stopped(command: str, place: Path) -> None:
    called, port = words_of(command), free_port()
    told = place / "told"
    listens = called[0] in ("serve", "api") or "--http" in called
    if listens:
        called += ["--port", str(port)]
    with told.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "app.cli", *called],
            cwd=place,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
        )
    try:
        if listens:
            until(lambda: answers(f"http://127.0.0.1:{port}/"), process, told)
        elif called[0] == "watch":
            until(lambda: told.stat().st_size > 0, process, told)
        else:
            assert process.wait(60) == 0
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
            process.wait(30)
    assert "Traceback" not in told.read_text(encoding="utf-8")


def until(there: Callable[[], bool], process: "subprocess.Popen[bytes]", told: Path) -> None:
    for _ in range(300):
        if there():
            return
        assert process.poll() is None, told.read_text(encoding="utf-8")
        time.sleep(0.2)
    raise AssertionError(told.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def address(workplace: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("api")
    with running("api", workplace / "library", folder, "", path="/api/health") as url:
        yield url


def test_the_addresses_for_r_give_the_columns_shown(address: str) -> None:
    (script,) = blocks((DOCS / "programs.md").read_text(encoding="utf-8"), "r")
    search, documents = [
        json.loads(urllib.request.urlopen(url.replace("http://127.0.0.1:8501", address)).read())
        for url in re.findall(r'fromJSON\("([^"]+)"', script)
    ]
    assert search["answerable"] in (True, False)
    columns = re.search(r"hits\[, c\((.*)\)\]", script)
    assert columns is not None
    for column in re.findall(r'"([^"]+)"', columns[1]):
        value = search["hits"][0]
        for key in column.split("."):
            assert key in value, column
            value = value[key]
    assert len(documents) >= 1


@pytest.mark.parametrize(
    ("page", "shown_words"), [("programs.md", "31 percent"), ("reference/python.md", "clinics.pdf")]
)
def test_the_lines_of_python_run(
    page: str, shown_words: str, place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (script,) = blocks((DOCS / page).read_text(encoding="utf-8"), "python")
    exec(compile(script, page, "exec"), {})
    assert shown_words in capsys.readouterr().out


def test_names_of_the_python_page_can_be_imported() -> None:
    import importlib

    page = (DOCS / "reference" / "python.md").read_text(encoding="utf-8")
    lines = re.findall(r"`from (\w+) import ([\w, ]+)`", page) + re.findall(
        r"; `from (\w+) import (\w+)`", page
    )
    imported = {(module, name) for module, names in lines for name in names.split(", ")}
    assert len(imported) >= 11
    for module, name in imported:
        assert name in importlib.import_module(module).__all__
        assert getattr(importlib.import_module(module), name)
    for whole in re.findall(r"^::: (\S+)$", page, re.M):
        module, _, name = whole.rpartition(".")
        if "retriever" not in module:  # of other frameworks, which need not be installed
            assert getattr(importlib.import_module(module), name).__doc__, whole


@pytest.mark.parametrize("page", TUTORIALS, ids=lambda page: page.stem)
def test_names_on_the_page_are_written_as_the_page_writes_them(page: Path) -> None:
    catalogue = polib.pofile(str(ROOT / "app" / "i18n" / "es" / "LC_MESSAGES" / "pincite.po"))
    if page.stem in ("es", "pt"):
        catalogue = polib.pofile(str(ROOT / "app" / "i18n" / page.stem / "LC_MESSAGES" / "pincite.po"))
        names = {entry.msgstr for entry in catalogue}
    else:
        names = {entry.msgid for entry in catalogue}
    written = {
        " ".join(name.split())
        for name in re.findall(r"\*\*(.+?)\*\*", page.read_text(encoding="utf-8"), re.S)
    }
    assert len(written) > 15
    assert written - names == set()


def test_tutorials_have_the_same_steps_and_commands() -> None:
    texts = [page.read_text(encoding="utf-8") for page in TUTORIALS]
    assert len(TUTORIALS) == 3
    assert len({tuple(re.findall(r"^## (\d)", text, re.M)) for text in texts}) == 1
    assert len({tuple(shown(text)) for text in texts}) == 1
    assert len({len(re.findall(r"\*\*.+?\*\*", text, re.S)) for text in texts}) == 1


def slug(heading: str) -> str:
    """Return the anchor of a heading, as the site makes it."""
    from markdown.extensions.toc import slugify  # type: ignore[import-untyped]  # it has no types

    return str(slugify(re.sub(r"[`*]", "", heading), "-"))


@pytest.mark.parametrize(
    "page",
    sorted(DOCS.glob("*.md")) + PAGES[:-1] + sorted(DOCS.glob("reference/*.md")),
    ids=lambda page: page.stem,
)
def test_links_lead_to_a_file_and_to_a_heading_of_it(page: Path) -> None:
    for target, anchor in re.findall(r"\]\(([^)#:]*)(?:#([^)]*))?\)", page.read_text(encoding="utf-8")):
        aim = (page.parent / target).resolve() if target else page
        assert aim.exists(), target
        if anchor and aim.suffix == ".md":
            headings = re.findall(r"^#+ (.+)$", aim.read_text(encoding="utf-8"), re.M)
            assert urllib.parse.unquote(anchor) in {slug(heading) for heading in headings}, (
                f"{target}#{anchor}"
            )


@pytest.mark.parametrize(("name", "sections"), [("commands.md", 15), ("api.md", 15), ("formats.md", 6)])
def test_the_reference_is_that_of_the_code(name: str, sections: int) -> None:
    sys.path.insert(0, str(ROOT / "tools"))
    import reference_pages

    page: Path = DOCS / "reference" / name
    made = str(reference_pages.PAGES[page]())
    assert page.read_text(encoding="utf-8") == made, "run: python tools/reference_pages.py"
    assert made.count("\n## ") > sections
    assert reference_pages.cell("a | b\n c") == "a \\| b c"
    assert reference_pages.type_of({"anyOf": [{"type": "string"}, {"type": "null"}]}) == "string or null"
