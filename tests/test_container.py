"""The container: its Dockerfile is linted, its steps are carried out in folders, and what they make serves."""

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest
import yaml
from container_steps import Stage, built, describe, instructions, let_through, sent_tree
from running_service import free_port

ROOT = Path(__file__).parent.parent
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")
BESIDE = Path(sys.executable).parent
"""Where the linters lie."""


def lint(*words: str, stdin: str | None = None) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [str(BESIDE / words[0]), *words[1:]],
        cwd=ROOT,
        input=stdin,
        capture_output=True,
        text=True,
        check=False,
    )


def test_hadolint_has_nothing_to_say_of_the_dockerfile() -> None:
    done = lint("hadolint", "Dockerfile")
    assert (done.returncode, done.stdout) == (0, "")
    wrong = lint("hadolint", "-", stdin="FROM debian:latest\nRUN cd /x && apt-get install curl\n")
    assert wrong.returncode == 1 and "DL3007" in wrong.stdout, "it would say it"


def test_actionlint_has_nothing_to_say_of_the_workflows(tmp_path: Path) -> None:
    flows = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
    assert len(flows) >= 2
    done = lint("actionlint", *map(str, flows))
    assert (done.returncode, done.stdout) == (0, ""), done.stdout
    wrong = tmp_path / "wrong.yml"
    wrong.write_text(
        "on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - run: echo ${{ nothing.x }}\n"
    )
    assert lint("actionlint", str(wrong)).returncode == 1, "it would say it"


def test_instructions_are_read() -> None:
    text = '# a\nARG A=1\nFROM x AS y\nRUN one \\\n    # between\n    && two\nCMD ["a", "b"]\n'
    assert instructions(text) == [
        ("ARG", "A=1"),
        ("FROM", "x AS y"),
        ("RUN", "one && two"),
        ("CMD", '["a", "b"]'),
    ]


def test_only_what_is_let_through_reaches_the_builder(tmp_path: Path) -> None:
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8")
    for name in ("app/cli.py", "lock/run.txt", "docs/man/pincite.1", "README.md"):
        assert let_through(ignored, name), name
    for name in (
        "corpus/a.pdf",
        "library/library.db",
        "pincite.toml",
        "lock/dev.txt",
        "app/__pycache__/cli.pyc",
        ".git/config",
    ):
        assert not let_through(ignored, name), name
    sent = sent_tree(ROOT, tmp_path, ["app/cli.py", "tests/test_container.py", "LICENSE"])
    assert sorted(path.name for path in sent.rglob("*") if path.is_file()) == ["LICENSE", "cli.py"]


def test_steps_are_carried_out_in_their_stage(tmp_path: Path) -> None:
    (tmp_path / "tree").mkdir()
    (tmp_path / "tree" / "a.txt").write_text("a")
    text = (
        "FROM x AS build\nWORKDIR /src\nCOPY a.txt ./\nARG WORD=two\n"
        'RUN mkdir -p /opt/pincite && cat a.txt > /opt/pincite/b.txt && echo "${WORD}" >> /opt/pincite/b.txt\n'
        "FROM y\nRUN apt-get update && install -d -o root /library\nCOPY --from=build /opt/pincite /opt/pincite\n"
        'ENV PATH=/opt/pincite/bin:$PATH\nUSER 1:1\nENTRYPOINT ["p"]\nCMD ["serve"]\n'
    )
    first, last = built(text, tmp_path / "tree", tmp_path)
    assert first.name == "build" and (last.root / "opt/pincite/b.txt").read_text() == "atwo\n"
    assert last.skipped == ["apt-get update"] and (last.root / "library").is_dir()
    assert last.env["PATH"].startswith(f"{last.root}/opt/pincite/bin:")
    assert (last.user, last.entry, last.command) == ("1:1", ["p"], ["serve"])
    with pytest.raises(AssertionError, match="false"):
        built("FROM x\nRUN false\n", tmp_path, tmp_path / "other")
    stage = Stage(tmp_path)
    describe(stage, "EXPOSE", "80", {})
    assert stage.skipped == ["EXPOSE 80"]


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> Stage:
    """The last stage, built; its environment sees this one's libraries, so that pip finds the lock fulfilled."""
    folder = tmp_path_factory.mktemp("image")
    libraries = folder / "site-packages"  # by this name Streamlit knows that it is installed
    libraries.mkdir()
    for entry in Path(yaml.__file__).parents[1].iterdir():
        if "pincite" not in entry.name and entry.suffix != ".pth":
            (libraries / entry.name).symlink_to(entry)
    names = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    tree = sent_tree(ROOT, folder / "tree", [name for name in names.splitlines() if (ROOT / name).is_file()])
    # Each Python that pip starts to build the package looks there as well.
    around = {key: value for key, value in os.environ.items() if not key.startswith("PINCITE")}
    around |= {"PYTHONPATH": str(libraries), "PIP_NO_INDEX": "1"}
    return built(DOCKERFILE, tree, folder, around)[-1]


@pytest.mark.slow
def test_the_steps_make_a_pincite_that_ingests_serves_and_is_healthy(
    image: Stage, small_corpus: Path
) -> None:
    shutil.copytree(small_corpus, image.root / "corpus", dirs_exist_ok=True)
    port = free_port()
    around = {key: value for key, value in os.environ.items() if not key.startswith(("PINCITE", "PYTHON"))}
    around |= {**image.env, "PYTHONPATH": str(image.root.parent / "site-packages")}
    program = shutil.which(image.entry[0], path=image.env["PATH"])
    assert program is not None and program.startswith(str(image.root))
    before = kept(image.root / "opt")
    done = subprocess.run(
        [program, "ingest", str(image.root / "corpus")],
        env=around,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 3, done.stderr  # one of its files cannot be read, as every test knows
    assert (image.root / "library" / "library.db").is_file()
    assert image.command == ["serve", "--host", "0.0.0.0"]
    log = image.root / "log"
    words = [program, "serve", "--host", "127.0.0.1", "--port", str(port)]
    check = [word.replace(":8501", f":{port}") for word in image.health]
    assert check != image.health and check[0] == "python"
    python = shutil.which("python", path=image.env["PATH"])
    with log.open("wb") as out, subprocess.Popen(words, env=around, stdout=out, stderr=out) as service:
        try:
            until = time.monotonic() + 120
            while subprocess.run(
                [str(python), *check[1:]], env=around, capture_output=True, check=False
            ).returncode:
                assert service.poll() is None and time.monotonic() < until, log.read_text()
                time.sleep(0.5)
        finally:
            service.terminate()
            service.wait(30)
    assert kept(image.root / "opt") == before, "nothing is written but in volumes: the root may be read-only"


def kept(folder: Path) -> dict[str, int]:
    return {str(path): path.lstat().st_mtime_ns for path in folder.rglob("*")}


@pytest.mark.slow
def test_what_the_container_serves_asks_who_comes(image: Stage) -> None:
    """As it is, `serve --host 0.0.0.0` lets nobody in by mistake: it wants a log-in or --open."""
    around = {**os.environ, **image.env, "PYTHONPATH": str(image.root.parent / "site-packages")}
    program = shutil.which(image.entry[0], path=image.env["PATH"])
    done = subprocess.run(
        [str(program), *image.command], env=around, capture_output=True, text=True, check=False
    )
    assert done.returncode == 2 and "add --open" in done.stderr
