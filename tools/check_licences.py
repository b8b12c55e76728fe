"""Hold the licence of every package in lock/run.txt against tools/licences.toml; exit code 1 if any fails."""

import sys
from collections.abc import Mapping, Sequence

from lock_file import Locked, licences, locked


def is_allowed(expression: str, allowed: Sequence[str]) -> bool:
    """Return whether one of the alternatives of an SPDX expression asks for allowed licences only.

    Brackets and exceptions ("WITH") are not understood, and so not allowed.
    """
    return any(
        all(part.strip() in allowed for part in one.split(" AND "))
        for one in expression.split(" OR ")
        if one.strip()
    )


def faults(packages: Sequence[Locked], allowed: Sequence[str], exceptions: Mapping[str, str]) -> list[str]:
    """Return a line for each package without a known and allowed licence, and for each needless exception."""
    found = []
    for package in packages:
        if is_allowed(package.licence, allowed):
            if package.name in exceptions:
                found.append(f"{package.name}: its licence {package.licence} needs no exception")
        elif not package.licence:
            found.append(
                f"{package.name}: no licence known; look it up and add it to [known] of tools/licences.toml"
            )
        elif package.name not in exceptions:
            found.append(f"{package.name}: {package.licence} is not on the list of tools/licences.toml")
    names = {package.name for package in packages}
    return found + [f"{name}: excepted, and not in the lock" for name in exceptions if name not in names]


def main() -> int:
    rules, packages = licences(), locked()
    found = faults(packages, list(rules["allowed"]), rules["exceptions"])
    for line in found:
        print(line)
    print(f"{len(packages)} packages, {len(rules['exceptions'])} exceptions, {len(found)} faults")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
