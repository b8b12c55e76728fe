"""Write the bill of materials of pincite, CycloneDX 1.6 as JSON, out of lock/run.txt: `python tools/sbom.py [FILE]`.

The same lock gives the same file: it holds no time and a number made of its content. torch is no part of the lock; it
stands with the version that pyproject.toml asks for, without hashes.
"""

import json
import re
import sys
import tomllib
import uuid
from pathlib import Path
from typing import Any

from lock_file import ROOT, Locked, locked, stated_licence

SPACE = uuid.UUID("0b6f6e6c-53a6-5c0b-9a51-7b1f4f0f6d1e")


def bill(packages: list[Locked], project: dict[str, Any]) -> dict[str, Any]:
    """Return the bill of materials of a project and its packages."""
    own = f"pkg:pypi/{project['name']}@{project['version']}"
    components = [component(package) for package in packages]
    number = uuid.uuid5(SPACE, json.dumps([own, components], sort_keys=True))
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{number}",
        "version": 1,
        "metadata": {
            "component": {
                "type": "application",
                "bom-ref": own,
                "name": project["name"],
                "version": project["version"],
                "purl": own,
                "licenses": [{"expression": project["license"]}],
            }
        },
        "components": components,
        "dependencies": [{"ref": own, "dependsOn": [one["bom-ref"] for one in components]}],
    }


def component(package: Locked) -> dict[str, Any]:
    """Return a package as a component; the hashes are of its files, of which one is installed."""
    address = f"pkg:pypi/{package.name}@{package.version}"
    found: dict[str, Any] = {
        "type": "library",
        "bom-ref": address,
        "name": package.name,
        "version": package.version,
        "purl": address,
    }
    if package.hashes:
        found["hashes"] = [{"alg": "SHA-256", "content": one} for one in package.hashes]
    if package.licence:
        found["licenses"] = [{"expression": package.licence}]
    return found


def torch(project: dict[str, Any]) -> Locked:
    """Return torch, which is installed in a step of its own, at the version that is asked for."""
    wanted = next(line for line in project["dependencies"] if line.startswith("torch=="))
    return Locked(
        "torch", re.split("[=;]+", wanted)[1].strip(), (), stated_licence("torch") or "BSD-3-Clause"
    )


def main() -> int:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    text = json.dumps(bill([*locked(), torch(project)], project), indent=1) + "\n"
    if len(sys.argv) > 1:
        Path(sys.argv[1]).write_text(text, encoding="utf-8")
    else:
        sys.stdout.write(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
