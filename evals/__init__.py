"""How good is it: gold questions, metrics, statistics, reports.

What the command line and the page call (plain arguments in, frozen dataclasses out):

    evals.gold.check.check_gold(path: Path, library: Library) -> GoldReport
        .problems (each prints as "file, line n: message"), .exit_code (0 or 2), counts
    evals.run.run_folder(gold_path: Path, folder: Path, out: Path, *, model: str | None = None,
            cache: Path | None = None, modes: Sequence[str] = ("hybrid", "lexical", "dense"), depth: int = 100,
            on_progress: Callable[[int, int], None] | None = None) -> RunReport
        opens library and snapshot in `folder`; `run_gold(gold_path, library, searcher, out, …)` takes
        open ones. The first of `modes` is reported, the others stand beside it (`--mode lexical` =
        modes=("lexical",)). Raises GoldError (UsageError, exit 2) for a broken gold file.
    evals.results.load_run(folder: Path) -> RunReport          .summary, .questions, .timings
    evals.reports.run_markdown.markdown(report: RunReport) -> str         what `eval run` prints (also report.md)
    evals.compare.compare_runs(base: Path, new: Path, *, accept: Sequence[str] = ()) -> CompareReport
        .broken (reasons; empty = gate holds), .exit_code (0 or 1), .changes;
        evals.reports.comparison.compare_markdown(it), .write_comparison(it, path).
        Reads accepted_changes and floors from base/gate.toml. UsageError for other corpus or gold.
    evals.diagnose.diagnose(question: str, library: Library, searcher: Searcher, *,
            gold_path: Path | None = None) -> Diagnosis         question = id in the gold, or free text
    evals.beir.run.run_beir(folder: Path, out: Path | None, embedder: Embedder | None, *,
            modes: Sequence[str] = ("hybrid", "lexical", "dense"), cache: Path | None = None,
            on_progress=None) -> BeirReport                     evals.beir.run.markdown(it)
    evals.judging.pool.pool(runs: Sequence[Path], *, depth: int = 10) -> list[PoolItem]
    evals.judging.pool.write_pool(items, path)
    evals.judging.judge.judge_file(source: Path, library: Library, out: Path, ask: Callable[[str], str],
            show: Callable[[str], None]) -> JudgeReport         source = a pool or the page's feedback.jsonl
"""
