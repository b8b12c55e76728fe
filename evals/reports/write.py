"""Writing the reports of a run into its folder."""

from evals.reports.run_html import run_html
from evals.reports.run_markdown import markdown
from evals.results import REPORT_HTML, REPORT_MD, RunReport


def write_reports(report: RunReport) -> None:
    """Write report.html and report.md. Raises OSError where the folder cannot be written."""
    (report.folder / REPORT_HTML).write_text(run_html(report), encoding="utf-8", newline="\n")
    (report.folder / REPORT_MD).write_text(markdown(report), encoding="utf-8", newline="\n")
