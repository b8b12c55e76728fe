"""What pincite is made of: its bill of materials is whole and always the same, and every licence is on the list."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import audit
import pytest
from check_licences import faults, is_allowed
from lock_file import Locked, licences, locked

ROOT = Path(__file__).parent.parent
ALLOWED = ["MIT", "BSD-3-Clause", "Apache-2.0"]


def run(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, *words], cwd=ROOT, capture_output=True, text=True, check=False)


def test_every_package_has_an_allowed_licence() -> None:
    done = run("tools/check_licences.py")
    assert done.returncode == 0, done.stdout
    assert done.stdout.startswith(f"{len(locked())} packages")


@pytest.mark.parametrize(
    "expression,fine",
    {
        "MIT": True,
        "MIT AND BSD-3-Clause": True,
        "GPL-3.0-only OR MIT": True,
        "MIT AND GPL-3.0-only": False,
        "GPL-3.0-only": False,
        "Apache-2.0 WITH LLVM-exception": False,
        "(MIT OR GPL-3.0-only) AND MIT": False,
        "mit": False,
        "": False,
    }.items(),
)
def test_expressions(expression: str, fine: bool) -> None:
    assert is_allowed(expression, ALLOWED) is fine


def package(name: str, licence: str) -> Locked:
    return Locked(name, "1.0", (), licence)


def test_what_is_not_on_the_list_is_named() -> None:
    packages = [
        package("good", "MIT"),
        package("viral", "AGPL-3.0-only"),
        package("dumb", ""),
        package("dual", "MPL-1.1"),
    ]
    found = faults(packages, ALLOWED, {"dual": "its files are not changed"})
    assert [line.partition(":")[0] for line in found] == ["viral", "dumb"]


def test_needless_exceptions_are_named() -> None:
    found = faults([package("good", "MIT")], ALLOWED, {"good": "no reason", "gone": "left"})
    assert [line.partition(":")[0] for line in found] == ["good", "gone"]


def test_what_is_known_by_hand_is_in_the_lock() -> None:
    rules, names = licences(), {one.name for one in locked()}
    assert set(rules["known"]) <= names
    assert set(rules["exceptions"]) <= names


def test_the_bill_holds_the_whole_lock_with_hashes(tmp_path: Path) -> None:
    assert run("tools/sbom.py", str(tmp_path / "sbom.json")).returncode == 0
    text = (tmp_path / "sbom.json").read_text()
    assert run("tools/sbom.py").stdout == text, "the same lock gives the same file"
    found = json.loads(text)
    assert (found["bomFormat"], found["specVersion"]) == ("CycloneDX", "1.6")
    components = {one["name"]: one for one in found["components"]}
    for one in locked():
        mine = components[one.name]
        assert mine["purl"] == f"pkg:pypi/{one.name}@{one.version}"
        assert {entry["content"] for entry in mine["hashes"]} == set(one.hashes) != set()
        assert mine["licenses"] == [{"expression": one.licence}]
    assert set(components) - {one.name for one in locked()} == {"torch"}
    assert components["torch"]["version"] == "2.13.0"
    references = [one["bom-ref"] for one in found["components"]]
    assert found["dependencies"][0]["dependsOn"] == references
    assert len(set(references)) == len(references)


# Known faults ------------------------------------------------------------------------------------

FAULT = {"id": "PYSEC-2026-1", "aliases": ["CVE-2026-9"], "fix_versions": ["1.1"]}
FOUND: list[dict[str, Any]] = [
    {"name": "good", "version": "2.0", "vulns": []},
    {"name": "bad", "version": "1.0", "vulns": [FAULT]},
]
UNKNOWN: list[dict[str, Any]] = [{"name": "any", "version": "1.0", "skip_reason": "not found"}]


def test_a_known_fault_is_named_with_what_mends_it() -> None:
    assert audit.faults(FOUND, {}) == ["bad 1.0: PYSEC-2026-1, mended in 1.1"]
    assert audit.faults([{**FOUND[1], "vulns": [{"id": "X"}]}], {}) == [
        "bad 1.0: X, mended in no version yet"
    ]


@pytest.mark.parametrize("name", ["PYSEC-2026-1", "CVE-2026-9"])
def test_an_accepted_fault_is_not(name: str) -> None:
    assert audit.faults(FOUND, {name: "we do not call it"}) == []


def test_what_was_accepted_and_is_mended_is_named() -> None:
    assert audit.faults(FOUND[:1], {"CVE-1": "x"}) == [
        "CVE-1: accepted in tools/advisories.toml, and found no more"
    ]


CODES = [([], 3), (UNKNOWN, 3), (FOUND[:1], 0), (FOUND, 1), ([*UNKNOWN, *FOUND], 1)]


@pytest.mark.parametrize(("found", "code"), CODES)
def test_exit_codes(
    found: list[dict[str, Any]],
    code: int,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(audit, "asked", lambda _: found)
    assert audit.main() == code
    said = capsys.readouterr().out
    assert ("nothing audited" in said) == (code == 3), "silence is not said to be safety"


def test_an_index_that_cannot_be_asked_says_nothing(tmp_path: Path) -> None:
    assert audit.asked(str(tmp_path / "no such lock")) == []
