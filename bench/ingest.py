"""Reading speed against pypdf's plain extraction, in CPU seconds of one run; memory of the children.

    python bench/ingest.py [FOLDER] [--sample N] [--write]

FOLDER holds PDFs (default: ../shared/data/policy-pdfs beside the repository, else corpus/). Files that
pypdf cannot read are left out of the ratios and named. `--write` puts the table into docs/measurements.md.
"""

import argparse
import logging
import platform
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from bench.section import write_section  # noqa: E402  the repository root comes first
from ingest.errors import UnreadableFile  # noqa: E402
from ingest.passages.split import split_source  # noqa: E402
from ingest.readers.limits import Limits  # noqa: E402
from ingest.readers.read import read_bytes  # noqa: E402
from ingest.readers.source import Source  # noqa: E402
from ingest.sandbox.pool import Workers  # noqa: E402

WITHOUT = Limits(second_reading=0.0, cpu=1e9)
WITH = Limits(second_reading=1e9, cpu=1e9)
# An ordinary document; larger ones may take more memory than the target.
ORDINARY_BYTES = 3_000_000
# Memory is looked at for every third file: each one starts a child of its own.
MEMORY_SAMPLE = 3


@dataclass(slots=True)
class Times:
    """CPU seconds of one file."""

    pages: int
    plain: float
    read: float
    split: float
    checked: float


def main() -> None:
    arguments = parse()
    logging.disable(logging.CRITICAL)
    files = sorted(arguments.folder.rglob("*.pdf"))[:: arguments.sample]
    split_source(read_bytes(b"A first text that loads what is loaded once. " * 20, "a.txt"), "warm")
    rows, left_out = {}, []
    for path in files:
        times = measure(path.read_bytes(), path.name)
        if times is None:
            left_out.append(path.name)
        else:
            rows[path.name] = times
            print(f"{path.name[:44]:44} {show(times)}", flush=True)
    peaks = memory(files[::MEMORY_SAMPLE])
    table = report(rows, left_out, peaks, arguments.sample)
    print(table)
    if arguments.write:
        write_section("bench-ingest", "Reading: `make bench-ingest`", table)


def parse() -> argparse.Namespace:
    shared = ROOT.parent / "shared" / "data" / "policy-pdfs"
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "folder", nargs="?", type=Path, default=shared if shared.exists() else ROOT / "corpus"
    )
    parser.add_argument("--sample", type=int, default=1, help="take every n-th file")
    parser.add_argument("--write", action="store_true", help="put the table into docs/measurements.md")
    return parser.parse_args()


def cpu(work: Callable[[], object]) -> tuple[float, object]:
    started = time.process_time()
    result = work()
    return time.process_time() - started, result


def measure(data: bytes, name: str) -> Times | None:
    """Return the times of one file, None where pypdf cannot read it."""
    try:
        plain, pages = cpu(lambda: plain_extraction(data))
        read, source = cpu(lambda: read_bytes(data, name, limits=WITHOUT, ocr=False))
        assert isinstance(source, Source)
        split, _ = cpu(lambda: split_source(source, "0" * 64))
        checked, _ = cpu(lambda: read_bytes(data, name, limits=WITH, ocr=False))
    except UnreadableFile:
        return None
    return Times(int(str(pages)), plain, read, split, checked) if pages else None


def plain_extraction(data: bytes) -> int:
    """Return the number of pages whose text pypdf extracted, 0 where it cannot read the file."""
    import io

    import pypdf

    try:
        reader = pypdf.PdfReader(io.BytesIO(data))
        return len([page.extract_text() for page in reader.pages])
    except pypdf.errors.PyPdfError:
        return 0


def memory(files: list[Path]) -> list[tuple[int, int]]:
    """Return (size of the file, peak of a fresh child) in bytes for every file that is read."""
    found = []
    for path in files:
        with Workers(1, ocr=False) as workers:
            found += [(path.stat().st_size, o.peak) for o in workers.process([path]) if o.source]
    return found


def show(times: Times) -> str:
    page = 1000 / times.pages
    ratio = times.plain / (times.read + times.split)
    return (
        f"{times.pages:4} pages, ms a page: pypdf {times.plain * page:6.1f}  read {times.read * page:5.1f}  "
        f"split {times.split * page:5.1f}  with second reading {(times.checked + times.split) * page:6.1f}  "
        f"{ratio:4.1f} x"
    )


def report(rows: dict[str, Times], left_out: list[str], peaks: list[tuple[int, int]], step: int) -> str:
    """Return the results as a Markdown table."""
    total = Times(
        sum(t.pages for t in rows.values()),
        sum(t.plain for t in rows.values()),
        sum(t.read for t in rows.values()),
        sum(t.split for t in rows.values()),
        sum(t.checked for t in rows.values()),
    )
    page = 1000 / total.pages
    ratios = sorted(t.plain / (t.read + t.split) for t in rows.values())
    ordinary = [peak for size, peak in peaks if size <= ORDINARY_BYTES]
    ours, both = total.read + total.split, total.checked + total.split
    taken = "" if step == 1 else f", every {step}th of the folder"
    lines = [
        f"{len(rows)} PDFs{taken}, {total.pages:,} pages; CPU time of one run on "
        f"{platform.machine()}, Python {platform.python_version()}. "
        f"Left out, unreadable for pypdf: {', '.join(left_out) or 'none'}.",
        "",
        "| | ms a page | times pypdf's speed |",
        "|---|---|---|",
        f"| pypdf, plain extraction alone | {total.plain * page:.1f} | 1 |",
        f"| reading | {total.read * page:.1f} | {total.plain / total.read:.1f} |",
        f"| cleaning and splitting | {total.split * page:.1f} | {total.plain / total.split:.1f} |",
        f"| reading + cleaning + splitting | {ours * page:.1f} | **{total.plain / ours:.1f}** (target 5) |",
        f"| … with the second reading of every page | {both * page:.1f} "
        f"| **{total.plain / both:.2f}** (target 0.8) |",
        "",
        f"By document: median {statistics.median(ratios):.1f}, from {ratios[0]:.1f} to {ratios[-1]:.1f}. "
        f"Peak memory of a child on files up to 3 MB: median {statistics.median(ordinary) / 2**20:.0f} MB, "
        f"highest {max(ordinary) / 2**20:.0f} MB (target 120).",
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    main()
