"""Make the project's own environment in .venv and install pincite into it.

Used by `make setup` (to run) and `make setup-dev` (to test too). Runs on the machine's own Python with
nothing installed, so it keeps to the standard library and to syntax that old Pythons can still parse:
they must get as far as the message that they are too old. A second run without changes does nothing.
"""

import hashlib
import os
import shutil
import subprocess
import sys

OLDEST = (3, 11)
# Measured on Linux x86-64: 2.3 GB with torch for CPUs, 5.7 with its public build for Linux, which brings those of
# graphics cards as well; the unpacked model takes 0.5 GB more.
ROOM_GB = 6 if sys.platform.startswith("linux") else 4
ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
VENV = os.path.join(ROOT, ".venv")
PYTHON = os.path.join(VENV, "Scripts" if os.name == "nt" else "bin", "python")


def fail(message: str) -> None:
    sys.stderr.write("setup: " + message + "\n")
    sys.exit(1)


def say(message: str) -> None:
    sys.stdout.write(message + "\n")
    sys.stdout.flush()


def lock(extra: str) -> str:
    return os.path.join("lock", (extra or "run") + ".txt")


def fingerprint(extra: str) -> str:
    digest = hashlib.sha256((extra + sys.version).encode())
    for name in ("pyproject.toml", lock(extra), os.path.join("tools", "bootstrap.py")):
        with open(os.path.join(ROOT, name), "rb") as file:
            digest.update(file.read())
    return digest.hexdigest()


def run(step: str, command: "list[str]") -> None:
    say("setup: " + step)
    if subprocess.call(command, cwd=ROOT) != 0:
        free = shutil.disk_usage(ROOT).free / 1e9
        full = "the disk has only %.1f GB left" % free
        hint = full if free < 0.5 else "see the lines above; is the package index reachable?"
        fail("this step failed: %s (%s)" % (step, hint))


def main(extra: str) -> None:
    if sys.version_info < OLDEST:
        fail(
            "pincite needs Python %d.%d or newer, this is %s. Install a newer one and run: make setup PYTHON=python3.12"
            % (OLDEST + (sys.version.split()[0],))
        )
    stamp = os.path.join(VENV, "installed-" + (extra or "run"))
    wanted = fingerprint(extra)
    if os.path.exists(stamp):
        with open(stamp) as file:
            if file.read() == wanted:
                return
    free = shutil.disk_usage(ROOT).free / 1e9
    if not os.path.exists(PYTHON) and free < ROOM_GB:
        fail(
            "not enough disk space: %.1f GB free, about %d GB needed for libraries and model"
            % (free, ROOM_GB)
        )
    if not os.path.exists(PYTHON):
        run("making the environment .venv", [sys.executable, "-m", "venv", VENV])
    # Errors alone: hundreds of lines would bury what a person has to read; twice quiet leaves out warnings too.
    pip = [PYTHON, "-m", "pip", "install", "--disable-pip-version-check", "--quiet", "--quiet"]
    # The lock is complete, so pip adds nothing to it; each file's hash is checked.
    run(
        "installing the libraries (some minutes, silent)",
        [*pip, "--no-deps", "--require-hashes", "-r", lock(extra)],
    )
    # torch exactly, or it comes as the newest. After the libraries: those it needs are then there, checked.
    run("installing torch (the largest part, some minutes, silent)", [*pip, "torch==2.13.0"])
    # With the build backend of the lock, not one fetched for the occasion.
    run("installing pincite", [*pip, "--no-deps", "--no-build-isolation", "-e", "."])
    with open(stamp, "w") as file:
        file.write(wanted)
    say("setup: done")


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "")
