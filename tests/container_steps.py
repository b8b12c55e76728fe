"""The Dockerfile's stages, read as instructions and carried out in folders, where there is no container engine.

`COPY` takes what `.dockerignore` lets through, `RUN` runs in the stage's working folder, paths of the container lie
under the stage's root. What needs the base system (`apt-get`, `useradd`) is left to the reader of `Stage.skipped`.
"""

from __future__ import annotations

import fnmatch
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

SYSTEM = ("apt-get", "useradd")
PLACED = ("/opt/pincite", "/src", "/corpus", "/library", "/cache")
"""Folders of the container that lie under a stage's root; all others are this machine's."""


def instructions(text: str) -> list[tuple[str, str]]:
    """Return (instruction, the rest of its line) without comments, lines that go on joined."""
    lines = [line for line in text.splitlines() if not line.lstrip().startswith("#")]
    joined = "\n".join(lines).replace("\\\n", " ")
    words = [line.split(None, 1) for line in joined.splitlines() if line.strip()]
    return [(word[0].upper(), " ".join(word[1].split())) for word in words]


def let_through(ignored: str, name: str) -> bool:
    """Return whether .dockerignore lets a path go to the builder: the last line that fits decides."""
    kept = True
    for line in ignored.splitlines():
        pattern = line.strip()
        if not pattern or pattern.startswith("#"):
            continue
        bare = pattern.removeprefix("!").removeprefix("**/")
        fits = fnmatch.fnmatch(name, bare) or name.startswith(f"{bare}/")
        if "**/" in pattern:
            fits = fits or any(fnmatch.fnmatch(part, bare) for part in name.split("/"))
        if fits:
            kept = pattern.startswith("!")
    return kept


@dataclass
class Stage:
    """One stage: its root folder, and what was set and left out on the way."""

    root: Path
    name: str = ""
    folder: str = "/"
    env: dict[str, str] = field(default_factory=dict)
    args: dict[str, str] = field(default_factory=dict)
    user: str = ""
    entry: list[str] = field(default_factory=list)
    command: list[str] = field(default_factory=list)
    health: list[str] = field(default_factory=list)
    volumes: list[str] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)

    def placed(self, text: str) -> str:
        """Return words with the container's own folders under the root."""
        return re.sub(
            rf"(?<![\w.])({'|'.join(PLACED)})(?![\w.])", lambda match: f"{self.root}{match[1]}", text
        )

    def run(self, line: str, environment: dict[str, str]) -> None:
        """Run the commands of a RUN line, those of the base system left out."""
        for command in line.split(" && "):
            if command.split()[0] in SYSTEM or "/var/lib/apt" in command:
                self.skipped.append(command)
                continue
            if command.startswith("install -d"):
                for name in re.findall(r" (/\w+)", command):
                    (self.root / name[1:]).mkdir(parents=True, exist_ok=True)
                continue
            here = self.root / self.folder.lstrip("/")
            here.mkdir(parents=True, exist_ok=True)
            done = subprocess.run(
                ["/bin/sh", "-c", self.placed(command)],
                cwd=here,
                env={**environment, **self.env, **self.args},
                capture_output=True,
                text=True,
                check=False,
            )
            if done.returncode:
                raise AssertionError(f"{command}: {done.stdout[-2000:]}{done.stderr[-2000:]}")

    def copy(self, line: str, source: Path, stages: dict[str, Stage]) -> None:
        """Copy from the tree that is sent to the builder, or from an earlier stage."""
        words = [word for word in line.split() if not word.startswith("--")]
        given = re.search(r"--from=(\S+)", line)
        for name in words[:-1]:
            target = self.root / (self.folder.lstrip("/") if not words[-1].startswith("/") else "")
            target = target / words[-1].lstrip("/")
            origin = stages[given[1]].root / name.lstrip("/") if given else source / name
            if origin.is_dir():
                shutil.copytree(origin, target, symlinks=True, dirs_exist_ok=True)
            else:
                target = target / origin.name if words[-1].endswith("/") else target
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(origin, target)


def sent_tree(repository: Path, to: Path, tracked: list[str]) -> Path:
    """Lay the files that .dockerignore lets through into a folder, as the engine sends them to its builder."""
    ignored = (repository / ".dockerignore").read_text(encoding="utf-8")
    for name in tracked:
        if let_through(ignored, name):
            target = to / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(repository / name, target)
    return to


def built(text: str, source: Path, root: Path, environment: dict[str, str] | None = None) -> list[Stage]:
    """Carry out a Dockerfile and return its stages, first to last."""
    around = dict(os.environ if environment is None else environment)
    stages: dict[str, Stage] = {}
    order: list[Stage] = []
    for word, rest in instructions(text):
        if word == "FROM":
            named = re.search(r" AS (\S+)$", rest, re.I)
            stage = Stage(root / f"stage-{len(order)}", named[1] if named else str(len(order)))
            stages[stage.name] = stage
            order.append(stage)
            continue
        if not order:  # ARG before the first stage: which Python it is, and that is the one that runs this
            continue
        if word == "RUN":
            order[-1].run(rest.replace("python -m venv", f"{sys.executable} -m venv"), around)
        elif word == "COPY":
            order[-1].copy(rest, source, stages)
        else:
            describe(order[-1], word, rest, around)
    return order


def describe(stage: Stage, word: str, rest: str, around: dict[str, str]) -> None:
    """Take up an instruction that changes no file."""
    if word in ("ENV", "ARG"):
        pairs = dict(pair.split("=", 1) for pair in shlex.split(rest))
        target = stage.env if word == "ENV" else stage.args
        for key, value in pairs.items():
            target[key] = os.path.expandvars(stage.placed(value).replace("$PATH", around.get("PATH", "")))
    elif word == "WORKDIR":
        stage.folder = rest
    elif word == "USER":
        stage.user = rest
    elif word == "VOLUME":
        stage.volumes = json.loads(rest)
    elif word == "HEALTHCHECK":
        stage.health = json.loads(rest.partition("CMD ")[2])
    elif word in ("ENTRYPOINT", "CMD"):
        setattr(stage, "entry" if word == "ENTRYPOINT" else "command", json.loads(rest))
    else:
        stage.skipped.append(f"{word} {rest}")
