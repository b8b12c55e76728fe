"""Wheel, sdist and container: built twice alike, complete, at work outside the tree; the files of servers are sound."""

import configparser
import hashlib
import os
import re
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parent.parent


def built(folder: Path, source: Path = ROOT) -> dict[str, str]:
    """Build wheel and sdist, and return name -> hash of each."""
    words = [sys.executable, "-m", "hatchling", "build", "-d", str(folder)]
    subprocess.run(words, cwd=source, check=True, capture_output=True)
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(folder.iterdir())}


@pytest.fixture(scope="module")
def packages(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, str]]:
    folder = tmp_path_factory.mktemp("dist")
    return folder, built(folder)


def test_two_builds_give_the_same_files(packages: tuple[Path, dict[str, str]], tmp_path: Path) -> None:
    assert len(packages[1]) == 2 and built(tmp_path) == packages[1]


def test_the_sdist_builds_the_same_wheel(packages: tuple[Path, dict[str, str]], tmp_path: Path) -> None:
    folder, hashes = packages
    with tarfile.open(next(folder.glob("*.tar.gz"))) as archive:
        archive.extractall(tmp_path / "source", filter="data")
    (source,) = (tmp_path / "source").iterdir()
    again = built(tmp_path / "dist", source)
    wheel = next(name for name in hashes if name.endswith(".whl"))
    assert again[wheel] == hashes[wheel]


def test_the_wheel_has_its_manual_page_and_no_tests(packages: tuple[Path, dict[str, str]]) -> None:
    held = zipfile.ZipFile(next(packages[0].glob("*.whl"))).namelist()
    assert any(name.endswith("share/man/man1/pincite.1") for name in held)
    assert any(name == "app/web/templates/reference.html" for name in held)
    assert not any(name.startswith(("tests/", "corpus/", "bench/")) for name in held)


@pytest.mark.slow
def test_the_wheel_answers_a_question_outside_the_tree(
    packages: tuple[Path, dict[str, str]], small_corpus: Path, tmp_path: Path
) -> None:
    """In an environment of its own, which takes the libraries of this one and not its pincite."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(tmp_path / "env")], check=True)
    python = tmp_path / "env" / "bin" / "python"
    site = next((tmp_path / "env" / "lib").glob("python*/site-packages"))
    zipfile.ZipFile(next(packages[0].glob("*.whl"))).extractall(site)
    (site / "libraries.pth").write_text(str(Path(yaml.__file__).parents[1]), encoding="utf-8")
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}

    def run(*words: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [str(python), *words], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
        )

    where = run("-c", "import app; print(app.__file__)").stdout
    assert str(site) in where, where
    pincite = ("-c", "from app.cli import main; main()")
    assert run(*pincite, "ingest", str(small_corpus), "--library", "library").returncode == 3
    found = run(*pincite, "search", "Who has a SIS policy?", "--library", "library", "-k", "1")
    assert "PDF page 2" in found.stdout and "31 percent" in found.stdout, found.stderr


def dockerfile() -> list[str]:
    text = (ROOT / "Dockerfile").read_text(encoding="utf-8").replace("\\\n", " ")
    return [" ".join(line.split()) for line in text.splitlines() if line.strip() and not line.startswith("#")]


def test_the_container_is_made_by_the_steps_of_make_setup() -> None:
    lines = dockerfile()
    bootstrap = (ROOT / "tools" / "bootstrap.py").read_text(encoding="utf-8")
    (torch,) = set(re.findall(r'"(torch==[\d.]+)"', bootstrap))
    steps = [line for line in lines if line.startswith("RUN /opt/pincite/bin/pip")]
    assert steps == [
        "RUN /opt/pincite/bin/pip install --no-deps --require-hashes -r lock/run.txt",
        'RUN /opt/pincite/bin/pip install "${TORCH}"',  # with what its build for graphics cards needs
        "RUN /opt/pincite/bin/pip install --no-deps --no-build-isolation .",
    ]
    assert f"ARG TORCH={torch}" in lines
    assert f'[*pip, "{torch}"]' in bootstrap
    assert '"--no-deps", "--require-hashes", "-r"' in bootstrap and '"--no-build-isolation"' in bootstrap


def test_the_container_has_two_stages_a_user_and_a_health_check() -> None:
    lines = dockerfile()
    bases = [line for line in lines if line.startswith("FROM")]
    assert len(bases) == 2 and not any(":latest" in line or ":" not in line for line in bases)
    last = lines[lines.index(bases[1]) :]
    assert "USER 10001:10001" in last and last.index("USER 10001:10001") < last.index(
        'ENTRYPOINT ["pincite"]'
    )
    assert any(line.startswith("HEALTHCHECK") and "/api/health" in line for line in last)
    copied = [line.split()[1] for line in lines if line.startswith("COPY") and "--from" not in line]
    allowed = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    for name in copied:
        assert (ROOT / name).exists() and f"!{name}" in allowed, name


def test_compose_gives_a_read_only_root_and_listens_on_this_machine() -> None:
    made: Any = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))
    for service in made["services"].values():
        assert service["read_only"] and service["cap_drop"] == ["ALL"] and service["tmpfs"] == ["/tmp"]
        assert {volume.split(":")[1] for volume in service["volumes"]} == {"/corpus", "/library", "/cache"}
    assert made["services"]["page"]["ports"] == ["127.0.0.1:8501:8501"]
    assert made["services"]["page"]["environment"]["PINCITE_OPEN"] == "true", "or it refuses to listen"
    from app.settings import Settings

    for name in made["services"]["page"]["environment"]:
        assert name.removeprefix("PINCITE_").lower() in Settings.model_fields, name


def test_the_unit_of_systemd_starts_what_there_is() -> None:
    unit = configparser.RawConfigParser(strict=False)
    unit.optionxform = str  # type: ignore[assignment, method-assign]  # keys of systemd have capitals
    unit.read(ROOT / "deploy" / "pincite.service", encoding="utf-8")
    service = unit["Service"]
    assert "pincite serve --library" in service["ExecStart"] and service["User"] == "pincite"
    assert service["ProtectSystem"] == "strict" and service["NoNewPrivileges"] == "true"
    caddy = (ROOT / "deploy" / "Caddyfile").read_text(encoding="utf-8")
    assert "reverse_proxy 127.0.0.1:8501" in caddy and "header_up Host" not in caddy


def test_a_release_proves_where_it_comes_from() -> None:
    flow: Any = yaml.safe_load((ROOT / ".github" / "workflows" / "release.yml").read_text(encoding="utf-8"))
    steps = [step.get("uses", "") for step in flow["jobs"]["publish"]["steps"]]
    assert any(step.startswith("actions/attest-build-provenance@") for step in steps)
    assert flow["jobs"]["publish"]["permissions"]["id-token"] == "write"
    assert flow["permissions"] == {"contents": "read"}


def test_the_manual_page_names_every_command() -> None:
    import typer.main

    from app.cli import app

    root: Any = typer.main.get_command(app)
    text = (ROOT / "docs" / "man" / "pincite.1").read_text(encoding="utf-8")
    assert [name for name in root.commands if f".SS pincite {name}" not in text] == [], (
        "run: python tools/man_page.py"
    )


@pytest.mark.slow
def test_the_manual_page_is_that_of_the_commands() -> None:
    sys.path.insert(0, str(ROOT / "tools"))
    import man_page

    assert man_page.PAGE.read_text(encoding="utf-8") == man_page.page(), "run: python tools/man_page.py"
    assert man_page.roff(".x -y\\z") == "\\&.x \\-y\\ez"
