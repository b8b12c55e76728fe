"""Write lock/run.txt and lock/dev.txt: every package pincite needs, its exact version, the hashes of its files.

lock/postgres.txt, lock/milvus.txt, lock/ray.txt and lock/s3.txt have what the extra of that name adds to lock/run.txt.

The versions are those of this environment, whose tests pass; what only other machines need (Windows, another
Python) is resolved by uv, which asks the package index. torch and the graphics-card packages that its Linux
files ask for are left out: see docs/decisions/0090-lock-files-with-hashes.md.
"""

import re
import subprocess
import tempfile
import tomllib
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

ROOT = Path(__file__).parent.parent
OLDEST_PYTHON = "3.11.0"
EXTRAS = ("milvus", "postgres", "ray", "s3")
"""Those with a lock of their own, for containers."""
# Installed in a step of its own, and what its graphics-card files bring along.
LEFT_OUT = re.compile(r"torch|triton|nvidia-.*|cuda-.*")
HEAD = """\
# Exact versions and hashes of everything pincite needs, for every Python and system it runs on.
# Made by `make pins`. torch is not among them: it is installed in a step of its own.
"""
ADDED = """\
# Exact versions and hashes of what the extra `{extra}` adds to lock/run.txt. Made by `make pins`.
"""


def needed(root: str, extras: frozenset[str]) -> dict[str, str]:
    """Return name -> "==version" of `root`'s requirements and theirs, as far as their markers hold here.

    A version that asks for a newer Python than our oldest is wanted from that Python on; below it uv chooses.
    """
    found: dict[str, str] = {}
    waiting = [(root, extras)]
    seen: set[tuple[str, frozenset[str]]] = set()
    while waiting:
        name, wanted = waiting.pop()
        if (name, wanted) in seen:
            continue
        seen.add((name, wanted))
        try:
            package = distribution(name)
        except PackageNotFoundError as error:
            raise SystemExit(f"pins: {name} is needed and not installed here; run: make setup-dev") from error
        if name != root:
            found[re.sub(r"[-_.]+", "-", package.metadata["Name"]).lower()] = wanted_version(package)
        for line in package.requires or ():
            requirement = Requirement(line)
            environments = [{"extra": extra} for extra in wanted] or [{"extra": ""}]
            if requirement.marker is None or any(requirement.marker.evaluate(one) for one in environments):
                waiting.append((requirement.name, frozenset(requirement.extras)))
    return found


def wanted_version(package: Distribution) -> str:
    """Return an installed version as a constraint, with a marker where our oldest Python cannot have it."""
    exact = f"=={package.version.split('+')[0]}"
    pythons = SpecifierSet(",".join(package.metadata.get_all("Requires-Python") or ()))
    if pythons.contains(OLDEST_PYTHON):
        return exact
    return f"{exact}; " + " and ".join(
        f"python_full_version {one.operator} '{one.version}'" for one in pythons
    )


def resolved(constraints: Path, *options: str) -> str:
    """Return uv's lock for all platforms: a block a package, its hashes and who asked for it indented below.

    The build backend is locked as well, so that installing pincite itself fetches nothing.
    """
    backend = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["build-system"]["requires"]
    command = ["uv", "pip", "compile", "pyproject.toml", "-", "--constraint", str(constraints), *options]
    command += ["--universal", "--python-version", "3.11", "--generate-hashes", "--no-emit-index-url"]
    command += ["--no-header", "--quiet"]
    done = subprocess.run(
        command, cwd=ROOT, input="\n".join(backend), stdout=subprocess.PIPE, text=True, check=False
    )
    if done.returncode != 0:
        raise SystemExit("pins: uv found no set of versions, see the lines above")
    # The file of constraints is temporary: its name would differ with every run.
    line = rf"-c {re.escape(str(constraints))}"
    text = re.sub(rf"\n    #   {line}|\n    # via {line}(?=\n)", "", done.stdout)
    return re.sub(r"# via\n    #   (.+)\n(?!    #   )", r"# via \1\n", text)


def without(lock: str, names: re.Pattern[str]) -> str:
    """Return `lock` without the blocks of the packages that `names` matches in full."""
    blocks = re.split(r"^(?=[a-z0-9])", lock, flags=re.M)
    return "".join(
        block for block in blocks if not names.fullmatch(re.split(r"[=\[ ]", block, maxsplit=1)[0])
    )


def main() -> None:
    """Write the files."""
    pins = needed("pincite", frozenset({"", "dev"}))
    with tempfile.TemporaryDirectory() as folder:
        constraints = Path(folder) / "constraints.txt"
        constraints.write_text("".join(f"{name}{version}\n" for name, version in sorted(pins.items())))
        for name, options in (("run", ()), ("dev", ("--extra", "dev"))):
            text = HEAD + without(resolved(constraints, *options), LEFT_OUT)
            (ROOT / "lock" / f"{name}.txt").write_text(text, encoding="utf-8")
        run = (ROOT / "lock" / "run.txt").read_text(encoding="utf-8")
        there = re.compile("|".join(re.findall(r"^([a-z0-9-]+)==", run, re.M)) + f"|{LEFT_OUT.pattern}")
        for extra in EXTRAS:
            added = without(resolved(constraints, "--extra", extra), there)
            text = ADDED.format(extra=extra) + added
            (ROOT / "lock" / f"{extra}.txt").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
