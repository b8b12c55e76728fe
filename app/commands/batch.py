"""`pincite batch`: many questions, answered in order, going on where it was stopped."""

import json
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.progress import Progress

from app.commands.options import BatchFormat, HitsOption, LibraryOption, ModeOption, RerankerOption
from app.commands.output import tell
from app.commands.progress import PLAIN_SECONDS
from app.commands.question_file import Question, questions_or_faults, read_questions
from app.commands.search import opened, remarks
from app.i18n.command_line import worded
from app.service import batch as answering
from app.service.batch import Fault
from app.service.batch_draft import BatchDraft, fingerprint
from app.service.search import DEFAULT_HITS, Mode
from ingest.atomic_files import whole_file
from ingest.errors import UnreadableFile, UsageError
from ingest.text.jsonl import json_line

if TYPE_CHECKING:
    from app.service.search import Answer

Item = tuple[Question, "Answer"] | Fault


def register(app: typer.Typer) -> None:
    """Add the command of this module to the command line."""
    app.command()(batch)


def batch(
    questions: Annotated[
        Path,
        typer.Argument(metavar="QUESTIONS.jsonl", help="One question a line, or an .xlsx with one a row."),
    ],
    out: Annotated[Path, typer.Option("--out", help="File to write.")],
    library: LibraryOption = None,
    k: HitsOption = DEFAULT_HITS,
    mode: ModeOption = Mode.hybrid,
    format_: Annotated[
        BatchFormat, typer.Option("--format", help="Search objects, a TREC run, or an Excel workbook.")
    ] = BatchFormat.jsonl,
    reranker: RerankerOption = None,
    keep_going: Annotated[
        bool, typer.Option("--keep-going", help="Answer the rest where a line is no question; exit 3 then.")
    ] = False,
) -> None:
    """Answer many questions; one search object a line, in the input's order. Run again, it goes on where it stopped."""
    trec = format_ is BatchFormat.trec
    read = questions_or_faults if keep_going else read_questions
    asked: list[Question | Fault] = list(read(questions, trec=trec))
    if not asked:
        raise UsageError(f'{questions}: no question here; write one object with "id" and "question" a line')
    if questions.is_file() and out.exists() and out.samefile(questions):
        raise UsageError(f"--out {out}: that is the file of the questions; name another")
    with whole_file(out) as file:
        searcher, second = opened(library, reranker)
        generation = searcher.snapshot.manifest.generation
        name = fingerprint(asked, k, str(mode), str(format_), reranker, generation)
        with BatchDraft(out, name) as draft, _shown(draft.done, len(asked)) as advance:
            rest = asked[draft.done :]
            for group in answering.groups(rest):
                for item in answering.answers(searcher, group, k=k, mode=mode, reranker=second):
                    draft.add(_line(item, format_))
                    advance(1)
            _written(draft, format_, file.write)
    draft.remove()
    _tell(asked, out)


def _line(item: Item, format_: BatchFormat) -> bytes:
    """Return what is kept of an answer: its line of the output, of a TREC run its lines as one JSON text."""
    from app.exports.schema import result_dict
    from evals.trec import run_text

    if isinstance(item, Fault):
        tell(f"pincite: {item.error}")
        return b'""\n' if format_ is BatchFormat.trec else json_line(item.as_dict())
    question, answer = item
    for remark in remarks(answer):
        tell(f"pincite: question {question.id}: {remark}")
    if format_ is BatchFormat.trec:
        ranking = [(hit.passage.passage.id, hit.score) for hit in answer.result.hits]
        return json.dumps(run_text({question.id: ranking}, f"pincite-{answer.result.mode}")).encode() + b"\n"
    return json_line({"id": question.id, **result_dict(answer.result)})


def _written(draft: BatchDraft, format_: BatchFormat, write: Callable[[bytes], Any]) -> None:
    if format_ is BatchFormat.xlsx:
        from app.exports.answers_xlsx import answers_xlsx

        write(answers_xlsx(json.loads(line) for line in draft.lines()))
        return
    for line in draft.lines():
        write(json.loads(line).encode() if format_ is BatchFormat.trec else line)


def _tell(asked: Sequence[Question | Fault], out: Path) -> None:
    faults = sum(isinstance(item, Fault) for item in asked)
    count = len(asked) - faults
    tell(f"{count} question{'s' * (count != 1)} answered in {out}")
    if faults:
        tell(f"{faults} line{'s' * (faults != 1)} without a question; the output says which")
        raise typer.Exit(UnreadableFile.exit_code)


@contextmanager
def _shown(done: int, total: int) -> Iterator[Callable[[int], None]]:
    """Show how far a batch is: a bar on a terminal, else a line now and then. Gives what is told of each answer."""
    console = Console(stderr=True, highlight=False)
    if done:
        console.print(
            worded(f"{done} of {total} were answered before; going on"), style="dim", soft_wrap=True
        )
    if console.is_terminal:
        with Progress(console=console, transient=True) as bar:
            task = bar.add_task("Answering", total=total, completed=done)
            yield lambda count: bar.advance(task, count)
        return
    state = {"done": done, "told": time.monotonic()}

    def advance(count: int) -> None:
        state["done"] += count
        if time.monotonic() - state["told"] >= PLAIN_SECONDS:
            state["told"] = time.monotonic()
            console.print(worded(f"{state['done']} of {total} answered"), style="dim", soft_wrap=True)

    yield advance
