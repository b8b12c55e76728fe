"""What a run leaves behind, as values and as files.

summary.json, per_question.jsonl, run.trec and qrels.trec are byte-identical when the same run is
repeated; all that varies with the clock is in timings.json. Figures are rounded to 6 decimals when written.
"""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, is_dataclass
from pathlib import Path
from typing import Any

import msgspec

from ingest.errors import UsageError
from ingest.text.jsonl import values

FORMAT = 1
DECIMALS = 6
SUMMARY, PER_QUESTION, TIMINGS = "summary.json", "per_question.jsonl", "timings.json"
RUN, QRELS = "run.trec", "qrels.trec"
REPORT_HTML, REPORT_MD = "report.html", "report.md"
_HINT = "make one with `pincite eval run`"
# JSON has no nan: a figure that does not exist is written as null in these tables.
_NAN_IN = ("figures", "by_type", "by_language", "comparisons", "detectors", "language_ratios")


@dataclass(frozen=True, slots=True)
class Interval:
    """A mean with its 95 % bootstrap interval over `n` questions in `groups` groups."""

    mean: float
    low: float
    high: float
    n: int
    groups: int


@dataclass(frozen=True, slots=True)
class EvidenceResult:
    """A quote and the rank, from 1, of the best passage that holds it, by mode; None = not in the run."""

    doc: str
    quote: str
    pages: tuple[int, ...]
    grade: int
    ranks: dict[str, int | None]


@dataclass(frozen=True, slots=True)
class ShownHit:
    """One of the first hits of the main mode: enough to read what stood above the evidence."""

    passage_id: str
    file: str
    pages: tuple[int, ...]
    grade: int
    excerpt: str


@dataclass(frozen=True, slots=True)
class QuestionResult:
    """One question of a run. `scores` and `top_scores` go by mode; unanswerable ones have no `scores`.

    `first_ranks`: rank of the first relevant passage by mode. `refused`: the search said it has no answer.
    """

    id: str
    group: str
    lang: str
    type: str
    split: str
    question: str
    answerable: bool
    kind: str | None
    confidence: float
    refused: bool
    scores: dict[str, dict[str, float]]
    top_scores: dict[str, float | None]
    first_ranks: dict[str, int | None]
    evidence: tuple[EvidenceResult, ...]
    top: tuple[ShownHit, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two modes (or runs) on one metric: mean of `a` - `b` with interval, p and Holm's p."""

    split: str
    metric: str
    a: str
    b: str
    difference: Interval
    p: float
    p_holm: float


@dataclass(frozen=True, slots=True)
class Detector:
    """A way to refuse: threshold fitted on dev (None: the search's own), figures of the test half."""

    name: str
    threshold: float | None
    auroc: float
    auroc_low: float
    auroc_high: float
    precision: float
    recall: float
    f1: float
    false_alarms: float
    false_alarms_at_95_recall: float
    answerable: int
    unanswerable: int


@dataclass(frozen=True, slots=True)
class LanguageRatio:
    """Recall@10 of a language against English on the groups asked in both."""

    language: str
    groups: int
    recall: float
    english: float
    ratio: float


Figures = dict[str, Interval]
"""Metric name -> mean with interval."""


@dataclass(frozen=True, slots=True)
class Summary:
    """The head of a run. `figures`: mode -> half ("all", "dev", "test") -> metric -> interval."""

    gold_file: str
    gold_hash: str
    corpus_hash: str
    model: str | None
    mode: str
    modes: tuple[str, ...]
    settings: dict[str, str | int | float | bool | None]
    versions: dict[str, str]
    counts: dict[str, int]
    figures: dict[str, dict[str, Figures]]
    by_type: dict[str, Figures]
    by_language: dict[str, Figures]
    comparisons: tuple[Comparison, ...]
    detectors: tuple[Detector, ...]
    language_ratios: tuple[LanguageRatio, ...]
    notices: tuple[str, ...] = ()
    format: int = FORMAT


@dataclass(frozen=True, slots=True)
class Latency:
    """Seconds a search of one mode took."""

    p50: float
    p95: float
    n: int


@dataclass(frozen=True, slots=True)
class Timings:
    """What the clock says of a run: ISO start in UTC, seconds, latency by mode."""

    started: str
    seconds: float
    latency: dict[str, Latency] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RunReport:
    """A finished or re-opened run; `folder` holds its files."""

    folder: Path
    summary: Summary
    questions: tuple[QuestionResult, ...]
    timings: Timings | None


def write_json(path: Path, value: object) -> None:
    """Write a value as indented JSON with sorted keys, nan as null, floats rounded."""
    text = json.dumps(plain(value), ensure_ascii=False, indent=1, sort_keys=True, allow_nan=False)
    path.write_text(text + "\n", encoding="utf-8", newline="\n")


def write_lines(path: Path, values: Sequence[object]) -> None:
    """Write values as JSON Lines, in the order given."""
    lines = (json.dumps(plain(item), ensure_ascii=False, sort_keys=True, allow_nan=False) for item in values)
    path.write_text("".join(line + "\n" for line in lines), encoding="utf-8", newline="\n")


def plain(value: object) -> Any:
    """Return dataclasses, tuples and floats as what JSON can say; nan and infinities become None."""
    if is_dataclass(value) and not isinstance(value, type):
        return {item.name: plain(getattr(value, item.name)) for item in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if isinstance(value, float):
        return round(value, DECIMALS) if math.isfinite(value) else None
    return str(value) if isinstance(value, Path) else value


def load_run(folder: Path) -> RunReport:
    """Open a run's folder. Raises UsageError where a file is missing, broken or of another format."""
    summary = _load_summary(folder / SUMMARY)
    questions = tuple(values(folder / PER_QUESTION, QuestionResult, "a question result", hint=_HINT))
    if len(questions) != summary.counts.get("questions"):
        raise UsageError(
            f"{folder / PER_QUESTION}: holds {len(questions)} question results, "
            f"the summary counts {summary.counts.get('questions')}; {_HINT}"
        )
    timings = _load_timings(folder / TIMINGS) if (folder / TIMINGS).exists() else None
    return RunReport(folder, summary, questions, timings)


def _load_summary(path: Path) -> Summary:
    try:
        record = json.loads(_read(path))
        if record.get("format") != FORMAT:
            known = f"this version reads {FORMAT}; make the run again"
            raise UsageError(f"{path}: has run format {record.get('format')}, {known}")
        tables = {key: _with_nan(record[key]) for key in _NAN_IN}
        return msgspec.convert(record | tables, type=Summary)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise UsageError(f"{path}: is not the summary of a run ({error})") from error


def _load_timings(path: Path) -> Timings:
    try:
        return msgspec.json.decode(_read(path), type=Timings)
    except (msgspec.DecodeError, RecursionError) as error:
        raise UsageError(f"{path}: is not the timings of a run ({error})") from error


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path}: not a readable file of a run; {_HINT}") from error


def _with_nan(value: Any) -> Any:
    """Return tables with nan where a figure is null; a detector without a threshold keeps its None."""
    if isinstance(value, dict):
        return {key: item if key == "threshold" else _with_nan(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_with_nan(item) for item in value]
    return math.nan if value is None else value
