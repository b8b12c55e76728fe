"""Decisions are short files with a date and a status; figures stand in docs/measurements.md, with what shows them."""

import re
from datetime import date
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
FOLDER = ROOT / "docs" / "decisions"
DECISIONS = sorted(FOLDER.glob("[0-9]*.md"))
MEASUREMENTS = (ROOT / "docs" / "measurements.md").read_text(encoding="utf-8")
LONGEST = 250
STATUS = re.compile(r"accepted|proposed|rejected|superseded by \d{4}")
DATA = {"S", "M", "B", "P", "D"}


def anchors(markdown: str) -> set[str]:
    """Return the anchors that GitHub gives to the headings of a text."""
    titles = re.findall(r"^#+ (.+)$", markdown, re.M)
    return {re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in titles}


def field(text: str, name: str) -> str:
    found = re.search(rf"^- {name}: (.+)$", text, re.M)
    return found[1] if found else ""


@pytest.mark.parametrize("path", DECISIONS, ids=lambda path: path.stem)
def test_a_decision_is_short_dated_and_complete(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert re.findall(r"^## (.+)$", text, re.M) == ["Context", "Choice", "Consequence"]
    assert date.fromisoformat(field(text, "Date"))
    assert STATUS.fullmatch(field(text, "Status"))
    assert len(text.split()) <= LONGEST


def test_the_index_lists_every_decision_once_with_its_title() -> None:
    listed = re.findall(r"^- \[(\d{4})\]\((.+?)\) (.+)$", (FOLDER / "README.md").read_text("utf-8"), re.M)
    titles = [(path.read_text("utf-8").splitlines()[0][2:], path) for path in DECISIONS]
    assert [(number, name) for number, name, _ in listed] == [(p.name[:4], p.name) for _, p in titles]
    assert [number for number, _, _ in listed] == [f"{place:04d}" for place in range(1, len(listed) + 1)]
    assert all(shown.startswith(title) for (_, _, shown), (title, _) in zip(listed, titles, strict=True))


def test_links_to_figures_lead_to_a_section() -> None:
    documents = [ROOT / "README.md", *ROOT.glob("docs/*.md"), *DECISIONS]
    linked = {
        anchor
        for document in documents
        for anchor in re.findall(r"measurements\.md#([\w-]+)\)", document.read_text(encoding="utf-8"))
    }
    linked |= set(re.findall(r"\]\(#([\w-]+)\)", MEASUREMENTS))
    assert linked
    assert linked - anchors(MEASUREMENTS) == set()


def test_every_figure_tells_its_data_and_its_date() -> None:
    rows = [
        row.strip("| ").split(" | ")
        for row in re.findall(r"^\| .+ \| .*\d{4}-\d\d-\d\d \|$", MEASUREMENTS, re.M)
    ]
    assert len(rows) > 100
    for row in rows:
        assert set(re.split(r"[,;] ", row[-2])) <= DATA, row
        assert all(date.fromisoformat(day) for day in row[-1].split("; ")), row


def test_what_shows_a_figure_exists() -> None:
    paths = set(re.findall(r"\b((?:bench|tests|docs|index|ingest|evals)/[\w./-]+\.\w+)", MEASUREMENTS))
    modules = {f"bench/{name}.py" for name in re.findall(r"python -m bench\.(\w+)", MEASUREMENTS)}
    assert {path for path in paths | modules if not (ROOT / path).exists()} == set()


def test_most_figures_with_a_command_need_no_more_than_the_repository() -> None:
    kept = MEASUREMENTS.partition("## Comparisons made once")[0]
    rows = [
        row.strip("| ").split(" | ") for row in re.findall(r"^\| .+ \| .*\d{4}-\d\d-\d\d \|$", kept, re.M)
    ]
    open_to_all = [row for row in rows if {"S", "M"} & set(re.split(r"[,;] ", row[-2]))]
    assert len(open_to_all) > len(rows) / 2
