"""The lock is complete, hashed and of one mind: what `make setup` installs is what was tested."""

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
LOCKS = {
    name: (ROOT / "lock" / f"{name}.txt").read_text(encoding="utf-8")
    for name in ("run", "dev", "postgres", "milvus", "ray", "s3")
}
ENTRY = re.compile(
    r"^([a-z0-9][a-z0-9-]*)==(\S+)(?: ; .*?)?((?: \\\n    --hash=sha256:[0-9a-f]{64})*)$", re.M
)


def locked(name: str) -> dict[str, str]:
    """Return package -> version."""
    return {package: version for package, version, _ in ENTRY.findall(LOCKS[name])}


def declared(*groups: list[str]) -> list[Requirement]:
    return [Requirement(line) for group in groups for line in group]


@pytest.mark.parametrize("name", LOCKS)
def test_every_entry_has_hashes(name: str) -> None:
    entries = ENTRY.findall(LOCKS[name])
    assert len(entries) == len(re.findall(r"^[a-z0-9]", LOCKS[name], re.M))
    assert [package for package, _, hashes in entries if not hashes] == []


@pytest.mark.parametrize("name", LOCKS)
def test_no_package_host_is_written_down(name: str) -> None:
    assert "://" not in LOCKS[name]
    assert "index-url" not in LOCKS[name]


def test_all_that_is_declared_is_locked_at_a_version_that_fits() -> None:
    run = declared(PROJECT["project"]["dependencies"], PROJECT["build-system"]["requires"])
    development = declared(PROJECT["project"]["optional-dependencies"]["dev"])
    for name, requirements in (("run", run), ("dev", run + development)):
        versions = locked(name)
        for requirement in requirements:
            package = re.sub(r"[-_.]+", "-", requirement.name).lower()
            if package == "torch":
                continue
            assert package in versions, f"{package} is not in lock/{name}.txt; run: make pins"
            assert requirement.specifier.contains(versions[package]), package


def test_the_lock_to_run_is_part_of_the_lock_to_test() -> None:
    assert locked("run").items() <= locked("dev").items()


@pytest.mark.parametrize("extra", ["postgres", "milvus", "ray", "s3"])
def test_the_lock_of_an_extra_has_what_it_adds_and_nothing_else(extra: str) -> None:
    added = locked(extra)
    assert {
        Requirement(line).name for line in PROJECT["project"]["optional-dependencies"][extra]
    } <= added.keys()
    assert added.items() <= locked("dev").items()
    assert not added.keys() & locked("run").keys(), "the default installation has it"


@pytest.mark.parametrize("name", ["run", "dev"])
def test_no_graphics_card_packages(name: str) -> None:
    assert [package for package in locked(name) if re.match(r"torch|triton|nvidia|cuda", package)] == []
    assert {"sympy", "networkx", "jinja2", "fsspec"} <= locked(name).keys()


def test_torch_has_one_version_everywhere() -> None:
    versions = {
        version
        for file in ("pyproject.toml", "tools/bootstrap.py", "README.md")
        for version in re.findall(r"torch==([0-9.]+[0-9])", (ROOT / file).read_text(encoding="utf-8"))
    }
    assert len(versions) == 1
