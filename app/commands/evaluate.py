"""`pincite eval`: gold set checks, runs, comparison, diagnosis."""

from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from app.commands.options import LibraryOption, ModelOption
from app.commands.output import tell
from app.i18n.plurals import counted
from app.service.search import Mode
from app.settings import library_folder, load_settings
from ingest.errors import ModelUnavailable

if TYPE_CHECKING:
    from index.embedding.embedder import Embedder

app = typer.Typer(
    help="Measure how good the answers are, on questions with known evidence.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
GoldArgument = Annotated[Path, typer.Argument(metavar="GOLD", help="Gold questions, one JSON object a line.")]
ModeOption = Annotated[
    Mode | None, typer.Option(help="Only this mode (default: hybrid beside each single leg).")
]


@app.command()
def check(gold: GoldArgument, library: LibraryOption = None) -> None:
    """Check that every quote of a gold file stands exactly once in its document, and on its page."""
    from evals.gold.check import check_gold
    from ingest.library.library import Library

    with Library.open(library_folder(library)) as opened:
        report = check_gold(gold, opened)
    for problem in report.problems:
        tell(str(problem))
    for name in report.unsupported:
        tell(f"{gold}: question {name}: its quotes are in no passage")
    for lost in report.lost_quotes:
        tell(lost)
    typer.echo(
        f"{report.questions} questions in {report.groups} groups, {report.answerable} answerable, "
        f"{report.quotes} quotes; {len(report.problems)} problems"
    )
    raise typer.Exit(report.exit_code)


@app.command()
def run(
    gold: GoldArgument,
    out: Annotated[Path, typer.Option("--out", help="Folder for the run and its reports.")],
    library: LibraryOption = None,
    mode: ModeOption = None,
    model: ModelOption = None,
) -> None:
    """Ask every gold question; write summary.json, per_question.jsonl, run.trec, report.html, report.md."""
    from evals.reports.run_markdown import markdown
    from evals.run import run_folder
    from index.ranking.hybrid import MODES

    settings = load_settings()
    report = run_folder(
        gold,
        library_folder(library, settings=settings),
        out,
        model=model or settings.model,
        cache=settings.cache,
        modes=(mode.value,) if mode else MODES,
    )
    _show(markdown(report))
    tell(f"Report: {out / 'report.html'}")


@app.command()
def compare(
    base: Annotated[Path, typer.Argument(metavar="BASE", help="Folder of the run to compare with.")],
    new: Annotated[Path, typer.Argument(metavar="NEW", help="Folder of the new run.")],
    accept: Annotated[
        list[str] | None, typer.Option("--accept", help="Id of a question that may fall.")
    ] = None,
    out: Annotated[Path | None, typer.Option("--out", help="Also write an HTML report here.")] = None,
) -> None:
    """Compare two runs: exit 1 when the new one breaks the regression gate."""
    from evals.compare import compare_runs
    from evals.reports.comparison import compare_markdown, write_comparison

    report = compare_runs(base, new, accept=tuple(accept or ()))
    _show(compare_markdown(report))
    if out is not None:
        write_comparison(report, out)
    raise typer.Exit(report.exit_code)


@app.command()
def diagnose(
    question: Annotated[str, typer.Argument(help="The id of a gold question, or a question in words.")],
    gold: Annotated[Path | None, typer.Option("--gold", help="The gold file the id is from.")] = None,
    library: LibraryOption = None,
    model: ModelOption = None,
) -> None:
    """Explain one question: where its evidence ranks in each leg, and why."""
    from evals.diagnose import diagnose as explain
    from evals.diagnose import markdown
    from index.search import Searcher
    from ingest.library.library import Library

    settings = load_settings()
    folder = library_folder(library, settings=settings)
    with Library.open(folder) as opened:
        searcher = Searcher.open(folder, model=model or settings.model, cache=settings.cache)
        _show(markdown(explain(question, opened, searcher, gold_path=gold)))


@app.command()
def beir(
    folder: Annotated[
        Path, typer.Argument(metavar="FOLDER", help="corpus.jsonl, queries.jsonl, qrels/test.tsv.")
    ],
    out: Annotated[
        Path | None, typer.Option("--out", help="Folder for summary, runs and kept vectors.")
    ] = None,
    mode: ModeOption = None,
    model: ModelOption = None,
) -> None:
    """Score the same retrieval (analysis, embedding, fusion) on a BEIR folder, one passage a document."""
    from evals.beir.run import markdown, run_beir
    from index.ranking.hybrid import MODES

    console = Console(stderr=True)
    with console.status("Embedding …") as status:
        report = run_beir(
            folder,
            out,
            _embedder(model, console),
            modes=(mode.value,) if mode else MODES,
            on_progress=lambda done, total: status.update(f"Embedding {done} of {total} …"),
        )
    _show(markdown(report))


@app.command()
def pool(
    runs: Annotated[list[Path], typer.Argument(metavar="RUN…", help="Folders of runs over one library.")],
    out: Annotated[Path, typer.Option("--out", help="File for the passages to be judged.")],
    depth: Annotated[int, typer.Option(min=1, max=100, help="How many of each run's first passages.")] = 10,
) -> None:
    """Collect the first passages of several runs for quick judging."""
    from evals.judging.pool import pool as collect
    from evals.judging.pool import write_pool

    items = collect(runs, depth=depth)
    write_pool(items, out)
    tell(
        f"{counted(len(items), 'passage')} to judge in {out}. "
        f"Next: pincite eval judge {quote(str(out))} --out judged.jsonl"
    )


@app.command()
def judge(
    source: Annotated[Path, typer.Argument(metavar="POOL", help="A pool, or the page's feedback.jsonl.")],
    out: Annotated[Path, typer.Option("--out", help="File for the candidate gold questions.")],
    library: LibraryOption = None,
) -> None:
    """Judge pooled passages one by one, or turn the page's thumbs into candidate gold questions."""
    from evals.judging.judge import judge_file
    from ingest.library.library import Library

    with Library.open(library_folder(library)) as opened:
        report = judge_file(
            source, opened, out, ask=lambda text: str(typer.prompt(text, default="")), show=typer.echo
        )
    tell(str(report))


def _embedder(model: str | None, console: Console) -> "Embedder | None":
    from index.embedding.loading import load_model

    settings = load_settings()
    try:
        return load_model(model or settings.model, cache=settings.cache)
    except ModelUnavailable as error:
        if model is not None:
            raise
        console.print(f"Meaning-based search is off; results use words only. ({error})", markup=False)
        return None


def _show(markdown: str) -> None:
    """Print Markdown: laid out on a terminal, as it is into a pipe or file."""
    console = Console()
    if console.is_terminal:
        from rich.markdown import Markdown

        console.print(Markdown(markdown))
    else:
        typer.echo(markdown)
