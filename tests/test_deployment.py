"""What runs pincite elsewhere: Caddy in front of the page, and the steps of a release."""

import os
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from running_service import free_port, running, status_of, upgrade_status

ROOT = Path(__file__).parent.parent
CADDYFILE = (ROOT / "deploy" / "Caddyfile").read_text(encoding="utf-8")
CADDY = shutil.which("caddy") or "/usr/bin/caddy"
RELEASE: Any = yaml.safe_load((ROOT / ".github" / "workflows" / "release.yml").read_text(encoding="utf-8"))
NAME = "papers.example"


def status(port: int, path: str, host: str, **headers: str) -> int:
    """Return the status of a request through Caddy, 0 where nobody answers."""
    given = {"Host": host, **{key.replace("_", "-"): value for key, value in headers.items()}}
    return status_of(f"http://127.0.0.1:{port}{path}", given)


@pytest.fixture(scope="module")
def behind_caddy(small_library: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """The page behind Caddy, set up by the file that we ship but for TLS."""
    if not Path(CADDY).exists():
        if os.environ.get("CI"):
            pytest.fail("caddy is not installed")
        pytest.skip("caddy is not installed; .ci/run installs it")
    folder, port = tmp_path_factory.mktemp("caddy"), free_port()
    config = f'public_url = "http://{NAME}:{port}"\n'
    with running("serve", small_library, folder, config, path="/healthz") as inner:
        site = CADDYFILE.replace(f"{NAME} {{", f"http://{NAME}:{port} {{")
        site = site.replace("127.0.0.1:8501", inner.removeprefix("http://"))
        (folder / "Caddyfile").write_text("{\n\tadmin off\n\tauto_https off\n}\n" + site, encoding="utf-8")
        words = [CADDY, "run", "--config", str(folder / "Caddyfile"), "--adapter", "caddyfile"]
        around = {
            **os.environ,
            "HOME": str(folder),
            "XDG_DATA_HOME": str(folder),
            "XDG_CONFIG_HOME": str(folder),
        }
        with (
            (folder / "caddy.log").open("wb") as log,
            subprocess.Popen(words, env=around, stdout=log, stderr=log) as proxy,
        ):
            try:
                until = time.monotonic() + 60
                while status(port, "/_stcore/health", f"{NAME}:{port}") != 200:
                    assert proxy.poll() is None and time.monotonic() < until, (
                        folder / "caddy.log"
                    ).read_text()
                    time.sleep(0.2)
                yield port
            finally:
                proxy.terminate()
                proxy.wait(20)


@pytest.mark.slow
def test_behind_caddy_the_page_answers_to_its_name_only(behind_caddy: int) -> None:
    own = f"{NAME}:{behind_caddy}"
    assert status(behind_caddy, "/", own) == 200
    assert status(behind_caddy, "/_stcore/health", own) == 200
    assert status(behind_caddy, "/api/documents", own, Origin="https://evil.example") == 403
    assert upgrade_status(behind_caddy, NAME, f"http://{own}") == 101, "Host and Origin come through"
    assert upgrade_status(behind_caddy, NAME, "https://evil.example") == 403


@pytest.mark.slow
def test_behind_caddy_programs_from_elsewhere_need_the_token(behind_caddy: int) -> None:
    """Through the proxy everybody comes from this machine: the name of the site is what tells them apart."""
    assert status(behind_caddy, "/api/health", f"{NAME}:{behind_caddy}") == 200
    with socket.create_connection(("127.0.0.1", behind_caddy), timeout=20) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n")
        assert b"streamlit" not in connection.recv(4_096).lower()


def test_the_caddyfile_is_formatted_and_names_the_setting_it_needs() -> None:
    assert f'public_url = "https://{NAME}"' in CADDYFILE
    if Path(CADDY).exists():
        done = subprocess.run(
            [CADDY, "fmt", "-"], input=CADDYFILE, capture_output=True, text=True, check=True
        )
        assert done.stdout == CADDYFILE


def run_lines(job: str) -> dict[str, str]:
    """Return name -> command of the steps of a job that run something."""
    return {
        step.get("name", step["run"]): step["run"] for step in RELEASE["jobs"][job]["steps"] if "run" in step
    }


def in_shell(line: str, folder: Path, **more: str) -> "subprocess.CompletedProcess[str]":
    """Run a step as the workflow does, with this Python for that of `make setup-dev`."""
    command = line.replace(".venv/bin/python", sys.executable)
    return subprocess.run(
        ["bash", "-e", "-c", command],
        cwd=folder,
        env={**os.environ, **more},
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_release_is_refused_whose_tag_is_another_version() -> None:
    line = run_lines("build")["the tag is the version"]
    version = re.search(r'^version = "(.+)"$', (ROOT / "pyproject.toml").read_text(encoding="utf-8"), re.M)
    assert version is not None
    assert in_shell(line, ROOT, GITHUB_REF_NAME=f"v{version[1]}").returncode == 0
    assert in_shell(line, ROOT, GITHUB_REF_NAME="v99.0.0").returncode == 1


def test_a_release_builds_what_it_publishes(tmp_path: Path) -> None:
    lines = run_lines("build")
    build = lines["build"].replace("-d dist", f"-d {tmp_path}/dist")
    assert build != lines["build"] and in_shell(build, ROOT).returncode == 0
    assert sorted(path.suffix for path in (tmp_path / "dist").iterdir()) == [".gz", ".whl"]
    sent = {
        step["with"]["name"]: step["with"]["path"]
        for step in RELEASE["jobs"]["build"]["steps"]
        if "upload" in step.get("uses", "")
    }
    fetched = {
        step["with"]["name"]: step["with"]["path"]
        for step in RELEASE["jobs"]["publish"]["steps"]
        if "download" in step.get("uses", "")
    }
    assert sent.keys() == fetched.keys() and sent["dist"].startswith("dist")
    (published,) = run_lines("publish").values()
    for folder in fetched.values():
        assert f"{folder}*" in published, "all that was fetched is published"
    assert Path(sent["sbom"]).parts[0] == "build" and "sbom" in lines["bill of materials"]


def test_a_release_tries_what_it_builds() -> None:
    line = run_lines("build")["twice the same files, and a wheel that answers outside the tree"]
    named = re.findall(r"tests/\S+\.py", line)
    assert named == ["tests/test_packages.py"] and (ROOT / named[0]).is_file()
    done = in_shell(line.replace("-m pytest -q", "-m pytest -q --collect-only -p no:cacheprovider"), ROOT)
    assert done.returncode == 0 and "test_two_builds_give_the_same_files" in done.stdout
    assert "test_the_wheel_answers_a_question_outside_the_tree" in done.stdout
