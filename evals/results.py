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

from ingest.errors import UsageError

FORMAT = 1
DECIMALS = 6
SUMMARY, PER_QUESTION, TIMINGS = "summary.json", "per_question.jsonl", "timings.json"
RUN, QRELS = "run.trec", "qrels.trec"
REPORT_HTML, REPORT_MD = "report.html", "report.md"


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
    text = _read(folder / PER_QUESTION)
    # Not splitlines(): texts may hold U+2028, which JSON does not escape.
    lines = text.removesuffix("\n").split("\n") if text else []
    questions = []
    for number, line in enumerate(lines, start=1):
        try:
            questions.append(_question(json.loads(line)))
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            place = f"{folder / PER_QUESTION}, line {number}"
            raise UsageError(f"{place}: is not a question result ({error})") from error
    timings = _load_timings(folder / TIMINGS) if (folder / TIMINGS).exists() else None
    return RunReport(folder, summary, tuple(questions), timings)


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path}: not a readable file of a run; make one with `pincite eval run`") from error


def _load_summary(path: Path) -> Summary:
    try:
        record = json.loads(_read(path))
        if record.get("format") != FORMAT:
            known = f"this version reads {FORMAT}; make the run again"
            raise UsageError(f"{path}: has run format {record.get('format')}, {known}")
        figures = {
            mode: {half: _figures(items) for half, items in halves.items()}
            for mode, halves in record["figures"].items()
        }
        record |= {
            "modes": tuple(record["modes"]),
            "figures": figures,
            "by_type": {name: _figures(items) for name, items in record["by_type"].items()},
            "by_language": {name: _figures(items) for name, items in record["by_language"].items()},
            "comparisons": tuple(
                Comparison(**{**item, "difference": _interval(item["difference"])})
                for item in record["comparisons"]
            ),
            "detectors": tuple(Detector(**_nan(item, keep=("threshold",))) for item in record["detectors"]),
            "language_ratios": tuple(LanguageRatio(**_nan(item)) for item in record["language_ratios"]),
            "notices": tuple(record["notices"]),
        }
        return Summary(**record)
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise UsageError(f"{path}: is not the summary of a run ({error})") from error


def _load_timings(path: Path) -> Timings:
    try:
        record = json.loads(_read(path))
        latency = {mode: Latency(**item) for mode, item in record["latency"].items()}
        return Timings(record["started"], record["seconds"], latency)
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise UsageError(f"{path}: is not the timings of a run ({error})") from error


def _question(record: dict[str, Any]) -> QuestionResult:
    evidence = tuple(EvidenceResult(**{**item, "pages": tuple(item["pages"])}) for item in record["evidence"])
    top = tuple(ShownHit(**{**item, "pages": tuple(item["pages"])}) for item in record["top"])
    return QuestionResult(**{**record, "evidence": evidence, "top": top})


def _figures(record: dict[str, Any]) -> Figures:
    return {name: _interval(item) for name, item in record.items()}


def _interval(record: dict[str, Any]) -> Interval:
    return Interval(**_nan(record))


def _nan(record: dict[str, Any], keep: tuple[str, ...] = ()) -> dict[str, Any]:
    return {key: math.nan if value is None and key not in keep else value for key, value in record.items()}
