"""The packages that lock/run.txt names, with the licence that each states: for the bill of materials and the check."""

import re
import tomllib
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, metadata
from pathlib import Path

ROOT = Path(__file__).parent.parent
LOCK = ROOT / "lock" / "run.txt"
LICENCES = Path(__file__).with_name("licences.toml")
ENTRY = re.compile(
    r"^([a-z0-9][a-z0-9-]*)==([^\s;]+)(?: ; (.*?))?((?: \\\n    --hash=sha256:[0-9a-f]{64})*)$", re.M
)
SPDX = re.compile(r"[A-Za-z0-9.-]+(?: (?:AND|OR) [A-Za-z0-9.-]+)*")
CLASSIFIERS = {
    "License :: OSI Approved :: Apache Software License": "Apache-2.0",
    "License :: OSI Approved :: ISC License (ISCL)": "ISC",
    "License :: OSI Approved :: MIT License": "MIT",
    "License :: OSI Approved :: Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
}
"""Classifiers that name one licence. "BSD License" may be any of four."""


@dataclass(frozen=True, slots=True)
class Locked:
    """A package of the lock: SHA-256 of its files, and its licence as an SPDX expression, "" where nobody knows it."""

    name: str
    version: str
    hashes: tuple[str, ...]
    licence: str


def locked(text: str | None = None) -> list[Locked]:
    """Return the packages of a lock file's text, that of lock/run.txt without one, in its order."""
    known = licences()["known"]
    found = ENTRY.findall(LOCK.read_text(encoding="utf-8") if text is None else text)
    return [
        Locked(
            name,
            version,
            tuple(re.findall(r"[0-9a-f]{64}", hashes)),
            str(known.get(name) or stated_licence(name)),
        )
        for name, version, _, hashes in found
    ]


def licences() -> dict[str, dict[str, str]]:
    """Return what stands in licences.toml: `allowed`, `known` and `exceptions`."""
    return tomllib.loads(LICENCES.read_text(encoding="utf-8"))


def stated_licence(name: str) -> str:
    """Return the SPDX expression that an installed package states, "" where it states none or is not installed."""
    try:
        facts = metadata(name)
    except PackageNotFoundError:
        return ""
    for field in ("License-Expression", "License"):
        if field in facts and SPDX.fullmatch(facts[field]):
            return str(facts[field])
    found = {
        CLASSIFIERS.get(one, "") for one in facts.get_all("Classifier") or () if one.startswith("License ::")
    }
    return found.pop() if len(found) == 1 else ""
