"""An evaluation begun from the page: it runs beside the searches, tells how far it is, and lies with the other runs.

Questions of one's own are kept in `my-gold.jsonl` in the library, each checked against the documents when it is added.
"""

from __future__ import annotations

import json
import logging
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from app.service.engine import Engine
from app.service.evaluation_runs import starter_questions
from ingest.atomic_files import whole_file
from ingest.errors import PinciteError, UsageError
from ingest.library.library import Library

log = logging.getLogger(__name__)

OWN_GOLD = "my-gold.jsonl"
RUNS = "runs"


@dataclass(slots=True)
class EvaluationJob:
    """A run at work or finished: `done` of `total` questions; `fault` tells why it ended early, `out` is its folder."""

    out: Path
    done: int = 0
    total: int = 0
    fault: str | None = None
    running: bool = True


_JOBS: dict[Path, EvaluationJob] = {}
_LOCK = threading.Lock()
_ADDING = threading.Lock()


def last(library: Path) -> EvaluationJob | None:
    """Return the newest job on a library, finished or not."""
    return _JOBS.get(library)


def start(machine: Engine, gold: Path) -> EvaluationJob:
    """Begin to ask the questions of a gold file, or return the job that is at it already."""
    library = machine.site.library
    with _LOCK:
        job = _JOBS.get(library)
        if job is not None and job.running:
            return job
        name = f"{gold.stem}-{time.strftime('%Y-%m-%d-%H%M%S')}"
        job = _JOBS[library] = EvaluationJob(library / RUNS / name)
    threading.Thread(target=_run, args=(job, machine, gold), name="evaluation", daemon=True).start()
    return job


def _run(job: EvaluationJob, machine: Engine, gold: Path) -> None:
    from evals.run import run_gold
    from index.ranking.hybrid import MODES

    def progress(done: int, total: int) -> None:
        job.done, job.total = done, total

    try:
        searcher = machine.searcher()
        modes = MODES if searcher.snapshot.manifest.model else ("lexical",)
        with Library.open(machine.site.library) as library:
            run_gold(gold, library, searcher, job.out, modes=modes, on_progress=progress)
    except PinciteError as error:
        job.fault = str(error)
    except Exception:
        log.exception("an evaluation failed")
        job.fault = "internal error; the log of the server has it"
    finally:
        job.running = False


def gold_files(machine: Engine) -> list[Path]:
    """Return the files of questions that can be asked: those that come along where they fit, then one's own."""
    files = {name for document in machine.library().documents() for name in document.files}
    own = machine.site.library / OWN_GOLD
    return [path for path in (starter_questions(files), own) if path is not None and path.is_file()]


def add_question(machine: Engine, question: str, document: str | None, quote: str, language: str) -> int:
    """Keep a question with the words that answer it, None as document where none does; return how many there are.

    Raises UsageError where the words are not in the document or something is missing.
    """
    from evals.gold.check import sound_gold
    from evals.gold.questions import GoldError

    path = machine.site.library / OWN_GOLD
    with _ADDING:
        lines = path.read_text(encoding="utf-8").splitlines() if path.is_file() else []
        ident = f"q{len(lines) + 1}"
        made = {
            "id": ident,
            "group": ident,
            "lang": language,
            "type": "natural",
            "question": question.strip(),
            "answerable": document is not None,
            "evidence": [{"doc": document, "quote": quote.strip()}] if document is not None else [],
        }
        line = json.dumps(made, ensure_ascii=False)
        with TemporaryDirectory() as folder, Library.open(machine.site.library) as library:
            trial = Path(folder) / OWN_GOLD
            trial.write_text(line + "\n", encoding="utf-8")
            try:
                sound_gold(trial, library)
            except GoldError as error:
                raise UsageError("; ".join(problem.message for problem in error.problems)) from error
        with whole_file(path) as file:
            file.write(("\n".join([*lines, line]) + "\n").encode())
        return len(lines) + 1
