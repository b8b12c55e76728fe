"""F7, F18: nothing in the source unpickles, evaluates or asks a shell; nothing asks another machine."""

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
MODULES = sorted(
    path for package in ("app", "ingest", "index", "evals") for path in (ROOT / package).rglob("*.py")
)
FORBIDDEN_IMPORTS = {"pickle", "cPickle", "dill", "cloudpickle", "joblib", "shelve", "marshal"}
FORBIDDEN_CALLS = {
    "eval",
    "exec",
    "compile",
    "__import__",
    "os.system",
    "os.popen",
    "torch.load",
    "torch.jit.load",
}
STARTING = {"run", "Popen", "call", "check_call", "check_output", "start_process"}
TRUE_ONLY = {"shell", "allow_pickle", "trust_remote_code"}


def faults(source: str) -> list[str]:
    """Return what a module does that would run what a file says."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names if alias.name.split(".")[0] in FORBIDDEN_IMPORTS]
        elif isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] in FORBIDDEN_IMPORTS:
            found.append(str(node.module))
        elif isinstance(node, ast.Call):
            name = ast.unparse(node.func)
            found += [name] if name in FORBIDDEN_CALLS else []
            starts = name.rpartition(".")[2] in STARTING
            for word in node.keywords:
                if word.arg == "shell" and not starts:  # the name of a shell, for Typer
                    continue
                if word.arg in TRUE_ONLY and not (
                    isinstance(word.value, ast.Constant) and word.value.value is False
                ):
                    found.append(f"{name}({word.arg}=…)")
    return found


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_module_runs_what_a_file_says(path: Path) -> None:
    assert faults(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    "source",
    [
        "import pickle", "from joblib import load", "eval(x)", "torch.load(f)", "run(c, shell=True)",
        "np.load(f, allow_pickle=True)", "run(c, shell=flag)", "AutoModel(x, trust_remote_code=True)", "os.system(c)",
    ],
)  # fmt: skip
def test_each_of_these_would_be_found(source: str) -> None:
    assert faults(source)


# Looks at every connection of the process it is loaded in, and of those that it starts.
def test_a_whole_life_of_a_library_asks_no_other_machine(small_corpus: Path, tmp_path: Path) -> None:
    seen = tmp_path / "seen"
    paths = os.pathsep.join([str(ROOT / "tests" / "outside_connections"), str(ROOT)])
    environment = {**os.environ, "PYTHONPATH": paths, "OUTSIDE_CONNECTIONS": str(seen)}
    environment.pop("HF_HUB_OFFLINE", None)
    library = str(tmp_path / "library")

    def run(*words: str) -> int:
        command = [sys.executable, "-m", "app.cli", *words, "--library", library]
        return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, check=False).returncode

    assert run("ingest", str(small_corpus), "--progress", "none") == 3
    assert run("search", "consultations of patients", "--json") == 0
    assert run("doctor") == 0
    assert run("backup", str(tmp_path / "b.zip")) == 0
    assert not seen.exists(), seen.read_text()


# The whole suite --------------------------------------------------------------------------------


def test_this_run_and_what_it_starts_are_watched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import socket

    seen = tmp_path / "seen"
    monkeypatch.setenv("OUTSIDE_CONNECTIONS", str(seen))
    with pytest.raises(OSError):
        socket.create_connection(("192.0.2.1", 9), 0.01)
    assert "192.0.2.1" in seen.read_text()
    code = "import socket\ntry:\n    socket.create_connection(('192.0.2.2', 9), 0.01)\nexcept OSError: pass"
    subprocess.run([sys.executable, "-c", code], check=True)
    assert "192.0.2.2" in seen.read_text(), "a child is not watched"


def test_connections_of_this_machine_are_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import socket

    monkeypatch.setenv("OUTSIDE_CONNECTIONS", str(tmp_path / "seen"))
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        socket.create_connection(listening.getsockname()).close()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:  # sends nothing
        asking.connect(("192.0.2.1", 9))
    for host in ("203.0.113.7", "2001:db8::7", b"203.0.113.7"):  # in figures: nobody is asked for it
        socket.getaddrinfo(host, 80)
    assert not (tmp_path / "seen").exists()


def test_a_run_that_asks_another_machine_fails(tmp_path: Path) -> None:
    (tmp_path / "conftest.py").write_text((ROOT / "tests" / "conftest.py").read_text())
    (tmp_path / "outside_connections").mkdir()
    (tmp_path / "outside_connections" / "sitecustomize.py").write_text(
        (ROOT / "tests" / "outside_connections" / "sitecustomize.py").read_text()
    )
    for host, code in (("127.0.0.1", 0), ("192.0.2.1", 1), ("no-such-host.invalid", 1)):
        (tmp_path / "test_one.py").write_text(
            "import socket\n\ndef test_one():\n    try:\n        "
            f"socket.create_connection(('{host}', 9), 0.01)\n    except OSError: pass\n"
        )
        paths = os.pathsep.join([str(tmp_path), str(ROOT), str(ROOT / "tests")])
        words = [
            "-m",
            "pytest",
            "-q",
            "-p",
            "no:cacheprovider",
            "-c",
            "/dev/null",
            "--rootdir",
            ".",
            "test_one.py",
        ]
        done = subprocess.run(
            [sys.executable, *words],
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": paths},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == code, done.stdout + done.stderr
        assert ("connections to other machines" in done.stdout) == bool(code)
