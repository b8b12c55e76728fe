"""Write constraints.txt: the exact version of everything pincite[dev] needs, as installed in this environment."""

import re
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from packaging.requirements import Requirement

HEAD = """\
# Exact versions of everything pincite needs, to run and to test. Made by `make pins` from an environment whose
# tests pass. torch keeps its exact version: any range brings gigabytes of graphics-card libraries.
"""


def needed(root: str, extras: frozenset[str]) -> dict[str, str]:
    """Return name -> version of `root`'s requirements and theirs, as far as their markers hold here."""
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
            found[re.sub(r"[-_.]+", "-", package.metadata["Name"]).lower()] = package.version.split("+")[0]
        for line in package.requires or ():
            requirement = Requirement(line)
            environments = [{"extra": extra} for extra in wanted] or [{"extra": ""}]
            if requirement.marker is None or any(requirement.marker.evaluate(one) for one in environments):
                waiting.append((requirement.name, frozenset(requirement.extras)))
    return found


if __name__ == "__main__":
    pins = needed("pincite", frozenset({"", "dev"}))
    lines = [f"{name}=={version}\n" for name, version in sorted(pins.items())]
    (Path(__file__).parent.parent / "constraints.txt").write_text(HEAD + "".join(lines))
