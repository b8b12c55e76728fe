"""The documents tell the truth about the product, and the built wheel holds all of it."""

import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
DOCUMENTS = sorted([*ROOT.glob("docs/*.md"), *ROOT.glob("docs/decisions/*.md")])
PACKAGES = ("app", "ingest", "index", "evals")


def commands_in(text: str) -> set[str]:
    """Return the subcommands written as `pincite NAME …` (an eval command counts with its second word)."""
    found = set()
    code = "\n".join(re.findall(r"```.*?```|`[^`\n]+`", text, re.S))
    for match in re.finditer(r"pincite ((?:eval )?[a-z]+(?:\\?\|[a-z]+)*)", code):
        head, _, last = match[1].rpartition(" ")
        found |= {f"{head} {name}".strip() for name in re.split(r"\\?\|", last)}
    return found


def test_commands_are_read_off_a_text() -> None:
    text = "`pincite eval run\\|check` while pincite keeps both\n```sh\n.venv/bin/pincite status\n```"
    assert commands_in(text) == {"eval run", "eval check", "status"}


@pytest.mark.parametrize(
    "document", ["README.md", *(str(document.relative_to(ROOT)) for document in DOCUMENTS)]
)
def test_commands_in_the_documents_exist(document: str, capsys: pytest.CaptureFixture[str]) -> None:
    from app.cli import main

    for command in sorted(commands_in((ROOT / document).read_text(encoding="utf-8"))):
        with pytest.raises(SystemExit) as stop:
            main([*command.split(), "--help"])
        assert stop.value.code in (0, None), (
            f"{document} names `pincite {command}`: {capsys.readouterr().err}"
        )


def test_links_in_the_documents_lead_somewhere() -> None:
    named = ("README.md", "CONTRIBUTING.md", "CHANGELOG.md", "SECURITY.md")
    documents = [*(ROOT / name for name in named), *DOCUMENTS]
    broken = [
        f"{document.name}: {target}"
        for document in documents
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", document.read_text(encoding="utf-8"))
        if not (document.parent / target).exists()
    ]
    assert broken == []


def test_no_text_holds_the_marks_of_a_merge() -> None:
    names = subprocess.run(["git", "ls-files"], cwd=ROOT, check=True, capture_output=True, text=True).stdout
    kinds = {".md", ".py", ".po", ".toml", ".txt", ".yml", ".yaml", ".js", ".css", ".json"}
    texts = [ROOT / name for name in names.splitlines() if Path(name).suffix in kinds]
    marks = re.compile(rb"^(<{7}|>{7}) ", re.M)
    assert [path for path in texts if path.is_file() and marks.search(path.read_bytes())] == []


def test_make_clean_leaves_what_people_typed_in() -> None:
    recipe = re.search(r"^clean:.*\n\trm -rf (.+)$", (ROOT / "Makefile").read_text(encoding="utf-8"), re.M)
    assert recipe is not None
    assert not {"library", "corpus", "*", "."} & set(recipe[1].split())


def test_make_targets_in_the_documents_exist() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.M))
    named = {
        name
        for document in [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *DOCUMENTS]
        for name in re.findall(r"`?make ([a-z-]+)`", document.read_text(encoding="utf-8"))
    }
    assert named - targets == set()


def test_the_wheel_holds_every_module_and_data_file(tmp_path: Path) -> None:
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    held = set(zipfile.ZipFile(next(tmp_path.glob("*.whl"))).namelist())
    tracked = subprocess.run(
        ["git", "ls-files", *PACKAGES], cwd=ROOT, check=True, capture_output=True, text=True
    ).stdout.split("\n")
    assert {name for name in tracked if name and not name.startswith("evals/gold")} - held == set()
    assert not any(name.startswith(("tests/", "corpus/", "tools/")) for name in held)


@pytest.mark.parametrize("version", [(3, 8, 0), (3, 10, 12)])
def test_an_old_python_is_told_so(version: tuple[int, int, int]) -> None:
    """The check runs before anything else in the script, so a changed version_info is as good as an old Python."""
    code = (
        f"import sys; sys.version_info = {version!r}; sys.version = '{'.'.join(map(str, version))} (old)'; "
        "sys.path.insert(0, 'tools'); import bootstrap; bootstrap.main('')"
    )
    told = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert told.returncode == 1
    assert "needs Python 3.11" in told.stderr
    assert ".".join(map(str, version)) in told.stderr


def test_a_full_disk_is_told_before_anything_is_installed(tmp_path: Path) -> None:
    code = (
        "import sys, shutil; sys.path.insert(0, 'tools'); import bootstrap; "
        f"bootstrap.VENV = r'{tmp_path}/venv'; bootstrap.PYTHON = r'{tmp_path}/venv/bin/python'; "
        "bootstrap.shutil.disk_usage = lambda path: shutil._ntuple_diskusage(10**9, 9*10**8, 10**8); bootstrap.main('')"
    )
    told = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert told.returncode == 1
    assert "not enough disk space: 0.1 GB free" in told.stderr
    assert not (tmp_path / "venv").exists()
