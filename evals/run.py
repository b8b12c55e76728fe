"""A run: every gold question asked in every mode, scored, and written down with its report."""

import hashlib
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path

import numpy as np

from evals.gold.check import sound_gold
from evals.gold.linking import LinkedGold
from evals.measures.aggregate import (
    HALVES,
    compare_modes,
    detectors,
    figures,
    language_ratios,
    scored,
    tables_by,
)
from evals.measures.scoring import score_question, seen
from evals.reports.write import write_reports
from evals.results import (
    PER_QUESTION,
    QRELS,
    RUN,
    SUMMARY,
    TIMINGS,
    Latency,
    QuestionResult,
    RunReport,
    Summary,
    Timings,
    write_json,
    write_lines,
)
from evals.trec import Qrels, write_qrels, write_run
from index.ranking.hybrid import MODES
from index.search import Searcher, SearchResult
from ingest.errors import PinciteError, UsageError
from ingest.library.library import Library

# Deep enough that "not in the run" means lost; the search allows no more than 100.
DEPTH = 100
# What changes figures when it changes; written into every summary.
_PACKAGES = ("pincite", "numpy", "faiss-cpu", "torch", "sentence-transformers", "pypdfium2", "pypdf")

Progress = Callable[[int, int], None]


def run_gold(
    gold_path: Path,
    library: Library,
    searcher: Searcher,
    out: Path,
    *,
    modes: Sequence[str] = MODES,
    depth: int = DEPTH,
    on_progress: Progress | None = None,
) -> RunReport:
    """Ask every question of a gold file in every mode and write the run into the folder `out`.

    The first of `modes` is the one reported; the others stand beside it. Writes summary.json,
    per_question.jsonl, run.trec, qrels.trec, timings.json, report.html and report.md; all but timings.json and the
    reports are byte-identical for the same input. `on_progress` gets (questions done, all questions).
    Raises GoldError for a broken gold file, UsageError for modes or depth that do not exist.
    """
    _check_options(modes, depth)
    gold = sound_gold(gold_path, library)
    return _run(gold, library, searcher, out, _Answers(modes, depth, on_progress))


def _run(gold: LinkedGold, library: Library, searcher: Searcher, out: Path, answers: "_Answers") -> RunReport:
    started, clock = datetime.now(UTC), time.perf_counter()
    _ask_all(gold, searcher, answers)
    report = RunReport(
        folder=out,
        summary=_summary(gold, library, searcher, answers),
        questions=tuple(answers.questions),
        timings=Timings(started.isoformat("T", "seconds"), time.perf_counter() - clock, answers.latency()),
    )
    _write(report, answers)
    return report


def run_folder(
    gold_path: Path,
    folder: Path,
    out: Path,
    *,
    model: str | None = None,
    cache: Path | None = None,
    modes: Sequence[str] = MODES,
    depth: int = DEPTH,
    on_progress: Progress | None = None,
) -> RunReport:
    """Open the library in `folder` with its snapshot and run a gold file over it (see `run_gold`).

    The gold file is checked before the index and the model are opened; `cache` is for the unpacked model.
    """
    _check_options(modes, depth)
    with Library.open(folder) as library:
        gold = sound_gold(gold_path, library)
        searcher = Searcher.open(folder, model=model, cache=cache)
        return _run(gold, library, searcher, out, _Answers(modes, depth, on_progress))


def corpus_hash(library: Library) -> str:
    """Return the SHA-256 over the content hashes of all documents, whatever their names and order."""
    hashes = sorted(document.sha256 for document in library.documents())
    return hashlib.sha256("\n".join(hashes).encode()).hexdigest()


class _Answers:
    """What asking gave: results of questions, rankings of the main mode, seconds by mode, notices."""

    def __init__(self, modes: Sequence[str], depth: int, on_progress: Progress | None) -> None:
        self.on_progress = on_progress
        self.modes = tuple(modes)
        self.depth = depth
        self.questions: list[QuestionResult] = []
        self.qrels: Qrels = {}
        self.rankings: dict[str, list[tuple[str, float]]] = {}
        self.seconds: dict[str, list[float]] = {}
        self.notices: dict[str, None] = {}

    def latency(self) -> dict[str, Latency]:
        return {
            mode: Latency(float(np.percentile(values, 50)), float(np.percentile(values, 95)), len(values))
            for mode, values in self.seconds.items()
        }


def _check_options(modes: Sequence[str], depth: int) -> None:
    unknown = [mode for mode in modes if mode not in MODES]
    if unknown or not modes or len(set(modes)) != len(modes):
        raise UsageError(f"modes {', '.join(modes) or '(none)'}: give some of {', '.join(MODES)}, each once")
    if not 20 <= depth <= DEPTH:
        raise UsageError(f"depth {depth}: give 20 (for Recall@20) to {DEPTH} (the most a search gives)")


def _ask_all(gold: LinkedGold, searcher: Searcher, answers: _Answers) -> None:
    for mode in answers.modes:  # the first search of a mode loads models and files; users do not wait for it
        searcher.search(gold.questions[0].question.question, k=answers.depth, mode=mode)
    for done, linked in enumerate(gold.questions, start=1):
        results = {mode: _search(linked.question.question, searcher, mode, answers) for mode in answers.modes}
        answers.questions.append(score_question(linked, results, answers.modes[0], gold))
        answers.qrels[linked.question.id] = linked.judged
        shown = seen(results[answers.modes[0]])
        answers.rankings[linked.question.id] = [(item.id, item.score) for item in shown]
        if answers.on_progress:
            answers.on_progress(done, len(gold.questions))


def _search(question: str, searcher: Searcher, mode: str, answers: _Answers) -> SearchResult:
    """Search, take the time, and refuse an answer in another mode than was asked for."""
    before = time.perf_counter()
    result = searcher.search(question, k=answers.depth, mode=mode)
    answers.seconds.setdefault(mode, []).append(time.perf_counter() - before)
    if result.mode != mode:
        why = "; ".join(map(str, result.notices)) or "no reason given"
        raise PinciteError(f"mode {mode} is not available ({why}); run with --mode {result.mode}")
    answers.notices.update(dict.fromkeys(map(str, result.notices)))
    return result


def _summary(gold: LinkedGold, library: Library, searcher: Searcher, answers: _Answers) -> Summary:
    questions, modes, mode = answers.questions, answers.modes, answers.modes[0]
    return Summary(
        gold_file=Path(gold.gold.path).name,
        gold_hash=gold.gold.hash,
        corpus_hash=corpus_hash(library),
        model=_fingerprint(searcher),
        mode=mode,
        modes=modes,
        settings={"depth": answers.depth},
        versions=_versions(),
        counts=_counts(gold, library),
        figures={
            name: {half: figures(scored(questions, name, half), name) for half in HALVES} for name in modes
        },
        by_type=tables_by(questions, mode, lambda item: item.type),
        by_language=tables_by(questions, mode, lambda item: item.lang),
        comparisons=tuple(compare_modes(questions, mode, modes[1:])),
        detectors=detectors(questions, modes),
        language_ratios=language_ratios(questions, mode),
        notices=tuple(answers.notices),
    )


def _fingerprint(searcher: Searcher) -> str | None:
    model = searcher.snapshot.manifest.model
    return f"{model['name']} {model['fingerprint']}" if model else None


def _counts(gold: LinkedGold, library: Library) -> dict[str, int]:
    questions = gold.gold.questions
    return {
        "questions": len(questions),
        "answerable": sum(item.answerable for item in questions),
        "groups": len({item.group for item in questions}),
        "documents": len(library.documents()),
        "passages": library.counts()["passages"],
    }


def _versions() -> dict[str, str]:
    found: dict[str, str] = {}
    for package in _PACKAGES:
        try:
            found[package] = metadata.version(package)
        except metadata.PackageNotFoundError:
            found[package] = "not installed"
    return found


def _write(report: RunReport, answers: _Answers) -> None:
    try:
        report.folder.mkdir(parents=True, exist_ok=True)
        write_lines(report.folder / PER_QUESTION, report.questions)
        write_run(report.folder / RUN, answers.rankings)
        write_qrels(report.folder / QRELS, answers.qrels)
        write_json(report.folder / TIMINGS, report.timings)
        write_json(report.folder / SUMMARY, report.summary)
        write_reports(report)
    except OSError as error:
        reason = error.strerror or error
        raise PinciteError(f"{report.folder}: the run cannot be written ({reason})") from error
