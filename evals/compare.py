"""Two runs compared: the regression gate.

The gate breaks when (a) nDCG@10 falls for certain and enough to matter, (b) a question that stood first
leaves the first ten and nobody accepted it, (c) a type falls under its floor, (d) page hit@5 loses two
questions or more. What is accepted, and the floors, stand in `gate.toml` beside the baseline:

    accepted_changes = ["q017"]     # ids of questions that may leave the first ten
    [floors]                        # nDCG@10 by type
    numeric = 0.70
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from evals.measures.aggregate import TABLE_METRICS, scored
from evals.measures.significance import bootstrap, holm, randomisation_p
from evals.results import Interval, QuestionResult, RunReport, load_run
from ingest.errors import UsageError
from ingest.text.small_files import SETTINGS_BYTES, NotToml, read_text, toml

GATE_FILE = "gate.toml"
PRIMARY = "ndcg@10"
# The four rules and their numbers are the design's: 80 questions can show a difference of .076, 300 of
# .039, so a smaller fall of the mean is noise, and a larger one must also be sure at its lower bound.
LOWEST_BOUND = -0.03
LOWEST_MEAN = -0.02
LOST_PAGE_HITS = 2
FIRST_TEN = 10
# Differences of stored figures (6 decimals) below this are rounding.
_ROUNDING = 2e-6


@dataclass(frozen=True, slots=True)
class Gate:
    """What the baseline's keeper accepted, and the floors of types (nDCG@10)."""

    accepted_changes: tuple[str, ...] = ()
    floors: Mapping[str, float] | None = None


@dataclass(frozen=True, slots=True)
class MetricChange:
    """One metric in both runs; the difference is new - base over the same questions."""

    metric: str
    base: float
    new: float
    difference: Interval
    p: float
    p_holm: float


@dataclass(frozen=True, slots=True)
class QuestionChange:
    """A question whose figures changed; ranks are those of the first relevant passage, None = lost."""

    base: QuestionResult
    new: QuestionResult
    base_rank: int | None
    new_rank: int | None
    difference: float


@dataclass(frozen=True, slots=True)
class CompareReport:
    """Two runs side by side. `broken`: the reasons the gate does not hold, empty when it does."""

    base: RunReport
    new: RunReport
    metrics: tuple[MetricChange, ...]
    changes: tuple[QuestionChange, ...]
    broken: tuple[str, ...]
    notices: tuple[str, ...]

    @property
    def exit_code(self) -> int:
        """What the command returns: 0 when the gate holds, 1 when it is broken."""
        return 1 if self.broken else 0


def compare_runs(base: Path, new: Path, *, accept: Sequence[str] = ()) -> CompareReport:
    """Compare the run in folder `new` with the one in `base` under the gate beside the base.

    `accept` adds ids to `accepted_changes`. Raises UsageError where a run cannot be read, where corpus or
    gold differ, or where the gate names questions or types that do not exist.
    """
    old_run, new_run = load_run(base), load_run(new)
    _same(old_run, new_run)
    gate = read_gate(base / GATE_FILE)
    gate = Gate((*gate.accepted_changes, *accept), gate.floors)
    _known(gate, old_run, base)
    pairs = _pairs(old_run, new_run)
    modes = old_run.summary.mode, new_run.summary.mode
    changes = [_change(first, second, modes) for first, second in pairs]
    metrics = _metric_changes(pairs, modes)
    broken = (
        *_rule_mean(metrics),
        *_rule_first(changes, gate.accepted_changes),
        *_rule_floors(new_run, gate.floors or {}),
        *_rule_pages(changes, modes),
    )
    moved = [item for item in changes if abs(item.difference) > _ROUNDING or item.base_rank != item.new_rank]
    moved.sort(key=lambda item: (item.difference, item.base.id))
    return CompareReport(old_run, new_run, metrics, tuple(moved), broken, _notices(old_run, new_run))


def read_gate(path: Path) -> Gate:
    """Return the gate in a file; the bare rules where there is none. Raises UsageError if broken."""
    if not path.exists():
        return Gate()
    try:
        record = toml(read_text(path, SETTINGS_BYTES))
    except NotToml as error:
        raise UsageError(f"{path}: is not TOML (line {error.line}: {error})") from error
    unknown = sorted(set(record) - {"accepted_changes", "floors"})
    if unknown:
        raise UsageError(f"{path}: has the unknown key {unknown[0]!r}; known: accepted_changes, floors")
    accepted, floors = record.get("accepted_changes", []), record.get("floors", {})
    if not isinstance(accepted, list) or not all(isinstance(item, str) for item in accepted):
        raise UsageError(f"{path}: accepted_changes is not a list of question ids")
    if not isinstance(floors, dict) or not all(_is_share(value) for value in floors.values()):
        raise UsageError(f"{path}: [floors] does not give each type a number from 0 to 1")
    return Gate(tuple(accepted), {name: float(value) for name, value in floors.items()})


def _is_share(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and 0 <= value <= 1


def _same(base: RunReport, new: RunReport) -> None:
    for name, first, second in (
        ("gold", base.summary.gold_hash, new.summary.gold_hash),
        ("corpus", base.summary.corpus_hash, new.summary.corpus_hash),
    ):
        if first != second:
            raise UsageError(
                f"{new.folder}: the {name} is not that of {base.folder} "
                f"({second[:12]} against {first[:12]}); make both runs over the same {name}"
            )


def _known(gate: Gate, base: RunReport, folder: Path) -> None:
    ids = {item.id for item in base.questions}
    types = {item.type for item in base.questions if item.answerable}
    strangers = [f"question {name!r}" for name in gate.accepted_changes if name not in ids]
    strangers += [f"type {name!r}" for name in gate.floors or {} if name not in types]
    if strangers:
        raise UsageError(f"{folder / GATE_FILE}: {strangers[0]} is not in this gold set")


def _pairs(base: RunReport, new: RunReport) -> list[tuple[QuestionResult, QuestionResult]]:
    by_id = {item.id: item for item in new.questions}
    missing = [item.id for item in base.questions if item.id not in by_id]
    if missing or len(base.questions) != len(new.questions):
        raise UsageError(f"{new.folder}: does not hold the questions of {base.folder} ({missing[:1]})")
    return [(item, by_id[item.id]) for item in base.questions if item.answerable]


def _change(base: QuestionResult, new: QuestionResult, modes: tuple[str, str]) -> QuestionChange:
    old, own = modes
    difference = new.scores[own][PRIMARY] - base.scores[old][PRIMARY]
    return QuestionChange(base, new, base.first_ranks[old], new.first_ranks[own], difference)


def _metric_changes(
    pairs: Sequence[tuple[QuestionResult, QuestionResult]], modes: tuple[str, str]
) -> tuple[MetricChange, ...]:
    old, own = modes
    groups = [first.group for first, _ in pairs]
    found: dict[str, tuple[float, float, Interval, float]] = {}
    for metric in TABLE_METRICS if pairs else ():
        before = [first.scores[old][metric] for first, _ in pairs]
        after = [second.scores[own][metric] for _, second in pairs]
        differences = [b - a for a, b in zip(before, after, strict=True)]
        sizes = sum(before) / len(pairs), sum(after) / len(pairs)
        found[metric] = (*sizes, bootstrap(differences, groups), randomisation_p(differences, groups))
    adjusted = holm({metric: values[3] for metric, values in found.items()})
    return tuple(MetricChange(metric, *values, adjusted[metric]) for metric, values in found.items())


def _rule_mean(metrics: Sequence[MetricChange]) -> list[str]:
    primary = next((item.difference for item in metrics if item.metric == PRIMARY), None)
    if primary is None or not (primary.low < LOWEST_BOUND and primary.mean < LOWEST_MEAN):
        return []
    return [
        f"nDCG@10 falls by {-primary.mean:.3f} (95 % interval {primary.low:+.3f} to {primary.high:+.3f}; "
        f"the limits are {LOWEST_MEAN} for the mean and {LOWEST_BOUND} for the lower bound)"
    ]


def _rule_first(changes: Sequence[QuestionChange], accepted: Sequence[str]) -> list[str]:
    return [
        f"question {item.new.id} stood first and is now {_place(item.new_rank)}: {item.new.question}"
        for item in changes
        if item.base_rank == 1
        and (item.new_rank is None or item.new_rank > FIRST_TEN)
        and item.new.id not in accepted
    ]


def _place(rank: int | None) -> str:
    return "not in the run" if rank is None else f"at rank {rank}"


def _rule_floors(new: RunReport, floors: Mapping[str, float]) -> list[str]:
    found, mode = [], new.summary.mode
    for name, floor in floors.items():
        values = [item.scores[mode][PRIMARY] for item in scored(new.questions, mode) if item.type == name]
        mean = sum(values) / len(values)
        if mean < floor - _ROUNDING:
            found.append(f"type {name}: nDCG@10 {mean:.3f} is under its floor {floor:.3f}")
    return found


def _rule_pages(changes: Sequence[QuestionChange], modes: tuple[str, str]) -> list[str]:
    old, own = modes
    falls = [
        (item.new.id, item.base.scores[old]["page_hit@5"] - item.new.scores[own]["page_hit@5"])
        for item in changes
    ]
    lost = [ident for ident, fall in falls if fall > 0]
    net = sum(fall for _, fall in falls)
    if net < LOST_PAGE_HITS:
        return []
    return [f"page hit@5 loses {net:.0f} questions (no longer hit: {', '.join(lost)})"]


def _notices(base: RunReport, new: RunReport) -> tuple[str, ...]:
    old, own = base.summary, new.summary
    found = []
    if old.mode != own.mode:
        found.append(f"the base shows mode {old.mode}, the new run mode {own.mode}")
    if old.model != own.model:
        found.append(f"the embedding model differs: {old.model or 'none'} and {own.model or 'none'}")
    if old.settings != own.settings:
        found.append(f"the settings differ: {old.settings} and {own.settings}")
    found += [
        f"{package} {old.versions.get(package)} and {version}"
        for package, version in own.versions.items()
        if old.versions.get(package) != version
    ]
    return tuple(found)
