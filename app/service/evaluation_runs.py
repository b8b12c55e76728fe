"""Evaluation runs on this machine: where they lie, read once, and their judgements in TREC form."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from app.service.site import Site

if TYPE_CHECKING:
    from evals.results import RunReport

MOST_RUNS = 200


def find_runs(site: Site) -> list[Path]:
    """Return the folders of finished runs, newest first: in `runs/` or `out/` in or beside the library or here."""
    from evals.results import PER_QUESTION, SUMMARY

    homes = {
        parent / name
        for parent in (site.library, site.library.parent, Path.cwd())
        for name in ("runs", "out")
    }
    summaries = (summary for home in homes for summary in home.glob(f"*/{SUMMARY}"))
    found = {summary.parent.resolve() for summary in summaries if (summary.parent / PER_QUESTION).is_file()}
    return sorted(found, key=lambda folder: -(folder / SUMMARY).stat().st_mtime)[:MOST_RUNS]


def starter_questions(files: AbstractSet[str]) -> Path | None:
    """Return the gold file that comes with pincite if a library of these files holds all its documents."""
    import evals

    path = Path(evals.__file__).parent / "gold" / "starter.jsonl"
    wanted = _documents_of(path)
    return path if wanted and wanted <= files else None


@lru_cache(maxsize=1)
def _documents_of(path: Path) -> frozenset[str]:
    from evals.gold.reader import read_gold

    if not path.is_file():
        return frozenset()
    return frozenset(item.doc for question in read_gold(path).questions for item in question.evidence)


def load(folder: Path) -> RunReport:
    """Return the run in this folder. Raises UsageError where a file is missing or broken."""
    from evals.results import SUMMARY

    try:
        changed = (folder / SUMMARY).stat().st_mtime_ns
    except OSError:
        changed = 0
    return _load(folder, changed)


@lru_cache(maxsize=8)
def _load(folder: Path, _changed: int) -> RunReport:
    from evals.results import load_run

    return load_run(folder)


def qrels(folder: Path) -> bytes | None:
    """Return the run's judgements as TREC qrels (question, 0, passage id, grade), None where it kept none."""
    from evals.results import QRELS

    try:
        return (folder / QRELS).read_bytes()
    except FileNotFoundError:
        return None
