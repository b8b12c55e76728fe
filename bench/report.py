"""Tables and the plot of `bench/index.py`."""

import argparse
from pathlib import Path
from typing import Any

import numpy as np

from bench import peers

Found = dict[str, dict[str, dict[str, Any] | None]]
TARGETS = {"rank_bm25": 200.0, "tail": 2.0, "tantivy": 1.0, "scan": 0.85, "coarse": 30.0, "recall": 0.95}


def document(found: Found, options: argparse.Namespace) -> str:
    """Return the whole section of docs/measurements.md."""
    texts = "real sentences recombined" if options.texts else "made-up words"
    vectors = "real and between real ones" if options.vectors else "made up"
    missing = sorted(
        {key.split("|")[0] for step in found.values() for key, row in step.items() if row is None}
    )
    parts = [
        f"One run, each system in a process of its own, one thread, CPU milliseconds a question (the best of "
        f"three where it takes under {peers.QUICK:.0f}), top ten. "
        f"Passages: {texts}; vectors: {vectors} "
        "(`bench/corpus.py` says how). Not installed, left out: " + (", ".join(missing) or "none") + ".",
        lexical(found["lexical"]),
        scan(found["scan"]),
        hybrid(found["hybrid"]),
    ]
    return "\n\n".join(part for part in parts if part)


def lexical(rows: dict[str, dict[str, Any] | None]) -> str:
    """Return the table of words and what it says of the targets."""
    lines = [
        "| passages | system | build, CPU s | p50 ms | p95 ms | times pincite's p50 |",
        "|---|---|---|---|---|---|",
    ]
    notes = []
    sizes = sorted({int(key.split("|")[1]) for key in rows})
    for size in sizes:
        own = rows.get(f"pincite|{size}")
        for system in peers.LEXICAL:
            row = rows.get(f"{system}|{size}")
            if row is not None:
                times = f"{row['p50'] / own['p50']:.2f}" if own else ""
                lines.append(
                    f"| {size:,} | {system} | {row['build']:.1f} | {row['p50']:.2f} | {row['p95']:.2f} | {times} |"
                )
        if own is not None:
            notes.append(
                f"{size:,}: p95 is {own['p95'] / own['p50']:.1f} times p50 (target {TARGETS['tail']:.0f})"
            )
            notes[-1] += _identity(own, rows.get(f"rank_bm25|{size}"))
    return "\n".join([*lines, "", "pincite at " + "; ".join(notes) + "."]) if rows else ""


def _identity(own: dict[str, Any], peer: dict[str, Any] | None) -> str:
    if peer is None or "tops" not in own or "tops" not in peer:
        return ""
    same = sum(_same(*one, *other) for one, other in zip(own["tops"], peer["tops"], strict=False))
    ratio = peer["p50"] / own["p50"]
    return f", {ratio:.0f} × rank_bm25 (target 200), the same top ten on {same} of {len(peer['tops'])}"


def _same(rows: list[int], scores: list[float], other: list[int], theirs: list[float]) -> bool:
    """Return whether two lists agree; which of several passages with the last score is listed is no difference."""
    # rank-bm25 fills its list with passages that hold no word of the question.
    size = len(scores)
    if any(theirs[size:]) or not size:
        return not any(theirs)
    theirs, last = theirs[:size], scores[-1] + 1e-9
    above = [row for row, score in zip(rows, scores, strict=True) if score > last]
    return np.allclose(scores, theirs, rtol=0, atol=1e-9) and above == other[: len(above)]


def scan(rows: dict[str, dict[str, Any] | None]) -> str:
    """Return the table of vectors."""
    if not rows:
        return ""
    lines = [
        "| vectors | reading memory GB/s | exact scan GB/s | share | exact, ms | faiss flat, ms | same ten "
        "| coarse, ms | faster | recall@10 | cells read |",
        "|---|---|---|---|---|---|---|---|---|---|---|",
    ]
    for row in rows.values():
        if row is None:
            continue
        line = f"| {row['vectors']:,} | {row['read']:.1f} | {row['scan']:.1f} | {row['scan'] / row['read']:.0%} |"
        line += (
            f" {row['exact10']:.1f} | {row['faiss']:.1f} | {row['same']} of {row['asked']} | {row['coarse']:.2f} "
            f"| {row['exact10'] / row['coarse']:.0f} × | {row['recall']:.3f} | {row['probes']} |"
        )
        lines.append(line)
    lines += [
        "",
        "Targets: scan 85 % of reading, coarse 30 × faster than exact at recall .95 (of passages, ten).",
    ]
    return "\n".join(lines)


def hybrid(rows: dict[str, dict[str, Any] | None]) -> str:
    """Return the table of hybrid systems."""
    if not rows:
        return ""
    lines = ["| hybrid, 20,000 passages | build, CPU s | p50 ms | p95 ms |", "|---|---|---|---|"]
    for key, row in rows.items():
        if row is not None:
            lines.append(
                f"| {key.split('|')[0]} | {row['build']:.1f} | {row['p50']:.2f} | {row['p95']:.2f} |"
            )
    return "\n".join(lines)


def plot(found: Found, path: Path) -> None:
    """Draw p50 of the words by size, both axes logarithmic; the bar goes to p95."""
    import matplotlib as mpl

    mpl.use("svg")
    mpl.rcParams["svg.hashsalt"] = "pincite"
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(figsize=(7, 4.2))
    for system in peers.LEXICAL:
        points = sorted(
            (int(key.split("|")[1]), row["p50"], row["p95"])
            for key, row in found["lexical"].items()
            if key.startswith(f"{system}|") and row is not None
        )
        if points:
            sizes, middle, high = (np.array(column) for column in zip(*points, strict=True))
            bars = np.stack([np.zeros(len(middle)), np.maximum(high - middle, 0)])
            width = 2.5 if system == "pincite" else 1.2
            axes.errorbar(sizes, middle, yerr=bars, marker="o", label=system, linewidth=width, capsize=3)
    axes.set(xscale="log", yscale="log", xlabel="passages", ylabel="CPU ms a question: p50, bar to p95")
    axes.legend(fontsize=8)
    axes.grid(visible=True, alpha=0.3)
    figure.tight_layout()
    figure.savefig(path, metadata={"Date": None})
