"""Ask the package index for known faults (CVE, GHSA, PYSEC) of every package in lock/run.txt, with pip-audit.

Exit 1 for a fault that tools/advisories.toml does not name, or an entry there that is needed no more; 3 where the index
knows no package (a mirror without advisories) or cannot be asked: then nothing is said about faults.
"""

import json
import subprocess
import sys
import tomllib
from collections.abc import Mapping, Sequence
from typing import Any

from lock_file import ROOT

NOT_ASKED = 3
ACCEPTED = ROOT / "tools" / "advisories.toml"


def asked(lock: str) -> list[dict[str, Any]]:
    """Return what pip-audit says of each package of a lock, [] where it says nothing."""
    words = [sys.executable, "-m", "pip_audit", "--requirement", lock, "--no-deps", "--disable-pip"]
    words += ["--format", "json", "--progress-spinner", "off"]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False)
    try:
        return list(json.loads(done.stdout)["dependencies"])
    except (ValueError, KeyError):
        sys.stderr.write(done.stderr[-2_000:])
        return []


def faults(found: Sequence[Mapping[str, Any]], accepted: Mapping[str, str]) -> list[str]:
    """Return a line for each fault that is not accepted, and for each accepted one that is there no more."""
    lines, seen = [], set()
    for package in found:
        for fault in package.get("vulns", ()):
            names = {fault["id"], *fault.get("aliases", ())}
            seen |= names
            if names.isdisjoint(accepted):
                mended = ", ".join(fault.get("fix_versions", ())) or "no version yet"
                lines.append(f"{package['name']} {package['version']}: {fault['id']}, mended in {mended}")
    gone = (name for name in accepted if name not in seen)
    return lines + [f"{name}: accepted in tools/advisories.toml, and found no more" for name in gone]


def main() -> int:
    found = asked("lock/run.txt")
    known = [package for package in found if "skip_reason" not in package]
    if not known:
        print(f"nothing audited: the index knows no advisories of {len(found)} packages")
        return NOT_ASKED
    accepted = tomllib.loads(ACCEPTED.read_text(encoding="utf-8"))["accepted"]
    lines = faults(known, accepted)
    for line in lines:
        print(line)
    print(
        f"{len(known)} of {len(found)} packages audited, {len(accepted)} faults accepted, {len(lines)} to mend"
    )
    return 1 if lines else 0


if __name__ == "__main__":
    sys.exit(main())
