"""Damaged files by the thousand among good ones: does every file end in one state, is the parent unharmed?

    python bench/soak.py --mutants 10000                      mutants of small PDFs made on the spot
    python bench/soak.py --mutants 300 --bad FOLDER --good FOLDER   files of your own as well

Good files are read alone first, then among the bad ones; their results must be identical. Exit 1 if any
promise is broken.
"""

import argparse
import collections
import gc
import io
import random
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from reportlab.lib.pagesizes import A5  # noqa: E402  the repository root comes first
from reportlab.pdfgen.canvas import Canvas  # noqa: E402

from ingest.readers.limits import Limits  # noqa: E402
from ingest.sandbox.pool import UNSAFE, Workers  # noqa: E402
from ingest.sandbox.reader import Outcome  # noqa: E402

STATES = {"ready", "failed", "empty", "needs_password"}
# A file that is stopped for CPU time is stopped within this many seconds of its limit.
GRACE_SECONDS = 10


def main() -> int:
    arguments = parse()
    with tempfile.TemporaryDirectory() as folder:
        goods = [*sorted(arguments.good.rglob("*.pdf"))][:50] if arguments.good else originals(Path(folder))
        bads = sorted(arguments.bad.rglob("*.pdf")) if arguments.bad else []
        bads += mutants(Path(folder), originals(Path(folder)), arguments.mutants, arguments.seed)
        alone = {o.path: o for o in read(goods, arguments.workers)}
        before = resident()
        broken = together(goods, bads, alone, arguments)
        gc.collect()
        after = resident()
        print(f"parent: {before} MB before, {after} MB after, {peak()} MB at most")
        tally = f"{len(goods)} good files read alike among them"
        print(
            f"soak: {len(bads)} damaged, {len(broken)} promises broken, {tally}, parent {before} to {after} MB"
        )
    for line in broken:
        print("BROKEN:", line)
    return 1 if broken else 0


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--mutants", type=int, default=300)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--good", type=Path, help="folder with sound PDFs (the first 50 are taken)")
    parser.add_argument("--bad", type=Path, help="folder with damaged or hostile PDFs")
    return parser.parse_args()


def read(paths: list[Path], workers: int) -> Iterator[Outcome]:
    with Workers(workers, Limits(), ocr=False) as children:
        yield from children.process(paths)


def together(
    goods: list[Path], bads: list[Path], alone: dict[Path, Outcome], arguments: argparse.Namespace
) -> list[str]:
    """Read all files mixed, print the tally, and return what was broken."""
    paths = [*goods, *bads]
    random.Random(arguments.seed).shuffle(paths)
    states: collections.Counter[str] = collections.Counter()
    reasons: collections.Counter[str] = collections.Counter()
    broken: list[str] = []
    high, largest = peak(), "none of them"
    started = time.monotonic()
    outcomes = read(paths, arguments.workers)
    for path, outcome in zip(paths, outcomes, strict=True):
        states[outcome.state] += 1
        if peak() > high:
            high, largest = peak(), path.name
        if outcome.reason and outcome.reason.startswith(UNSAFE):
            reasons[outcome.reason] += 1
        one_state = (outcome.reason is None) == (outcome.source is not None) == (outcome.state == "ready")
        if outcome.path != path or outcome.state not in STATES or not one_state:
            broken.append(f"{path.name}: {outcome.state}, {outcome.reason}")
        if outcome.cpu > Limits().cpu + GRACE_SECONDS or outcome.peak > Limits().memory:
            broken.append(f"{path.name}: over the limit ({outcome.cpu:.0f} s, {outcome.peak >> 20} MB)")
        if path in alone and outcome != alone[path]:
            broken.append(f"{path.name}: read differently among the bad: {difference(alone[path], outcome)}")
    print(
        f"{len(paths)} files in {time.monotonic() - started:.0f} s: {dict(states)}; children: {dict(reasons)}; "
        f"the parent was largest with {largest}"
    )
    return broken


def difference(one: Outcome, other: Outcome) -> str:
    """Return what differs between two outcomes of the same file."""
    if one.reason or other.reason:
        return f"{one.reason} / {other.reason}"
    parts = [name for name in ("sha256", "source", "split") if getattr(one, name) != getattr(other, name)]
    if one.source and other.source and one.source.notes != other.source.notes:
        parts.append(f"notes {one.source.notes} / {other.source.notes}")
    return ", ".join(parts)


def originals(folder: Path) -> list[Path]:
    """Write small sound PDFs of several kinds."""
    paths = []
    kinds: tuple[dict[str, Any], ...] = ({}, {"pageCompression": 0}, {"lang": "es"}, {"pdfVersion": (1, 5)})
    for kind, options in enumerate(kinds):
        buffer = io.BytesIO()
        canvas = Canvas(buffer, pagesize=A5, invariant=True, **options)
        for page in range(1 + kind):
            canvas.bookmarkPage(f"p{page}")
            canvas.addOutlineEntry(f"Part {page}", f"p{page}")
            for line in range(12):
                canvas.drawString(40, 500 - 14 * line, f"Kind {kind}, page {page + 1}, line {line + 1}.")
            canvas.showPage()
        canvas.save()
        paths.append(folder / f"original{kind}.pdf")
        paths[-1].write_bytes(buffer.getvalue())
    return paths


def mutants(folder: Path, sound: list[Path], count: int, seed: int) -> list[Path]:
    """Write `count` damaged copies: bytes changed, cut out, doubled, numbers swapped, ends cut off."""
    contents = [path.read_bytes() for path in sound]
    paths = []
    for at in range(count):
        rng = random.Random(seed * 1_000_003 + at)
        paths.append(folder / f"mutant{at}.pdf")
        paths[-1].write_bytes(mutate(rng.choice(contents), rng))
    return paths


def mutate(data: bytes, rng: random.Random) -> bytes:
    """Damage a file: bytes changed, a piece cut out, doubled or swapped, or the end cut off."""
    body = bytearray(data)
    for _ in range(rng.randint(1, 12)):
        at, size = rng.randrange(len(body)), rng.randint(1, 80)
        match rng.randrange(5):
            case 0:
                body[at] = rng.randrange(256)
            case 1:
                del body[at : at + size]
            case 2:
                body[at:at] = body[at : at + size]
            case 3:
                body[at : at + 4] = str(rng.randrange(10**9)).encode()
            case _ if rng.random() < 0.2:
                del body[at:]
        body = body or bytearray(b"%")
    return bytes(body)


def resident() -> int:
    """Return the size of this process in MB; its peak where the system does not tell."""
    try:
        return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize() >> 20
    except OSError:
        return peak()


def peak() -> int:
    """Return the peak size of this process in MB."""
    return int(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss) >> 10


if __name__ == "__main__":
    sys.exit(main())
