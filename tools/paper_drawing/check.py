"""Read drawn papers and hold their labels, and the text that stands in passages, against what was drawn."""

import hashlib
import re
from dataclasses import dataclass, field

from ingest.passages.split import SplitResult, split_source
from ingest.readers.limits import Limits
from ingest.readers.read import read_bytes
from ingest.readers.source import Source
from paper_drawing.covers import Cover, draw_cover
from paper_drawing.draw import Drawn, draw_paper
from paper_drawing.plan import Plan, plan

_BLANKS = re.compile(r"\s+")


@dataclass(slots=True)
class Outcome:
    """What reading one paper gave. Counts are of pages and of characters that are no blanks.

    `covered` stand in a passage, `titles` only as the section or the title over one; `lost` are lines with neither,
    `kept` heads, feet and numbers that stand in passages.
    """

    paper: Plan
    wrong: list[str] = field(default_factory=list)
    printed: int = 0
    right: int = 0
    inferred: int = 0
    characters: int = 0
    covered: int = 0
    titles: int = 0
    lost: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)


def read_drawn(drawn: Drawn) -> tuple[Source, SplitResult]:
    """Return a drawn paper as it is read and split."""
    source = read_bytes(drawn.data, "drawn.pdf", limits=Limits(second_reading=0.0), ocr=False)
    return source, split_source(source, hashlib.sha256(drawn.data).hexdigest())


def check(seed: int) -> Outcome:
    """Draw and read the paper of a seed and return what came out."""
    paper = plan(seed)
    drawn = draw_paper(paper)
    source, split = read_drawn(drawn)
    outcome = Outcome(paper)
    _labels(outcome, split)
    _coverage(outcome, drawn, source, split)
    return outcome


def check_title(seed: int) -> tuple[Cover, str | None, str]:
    """Return the first page of a seed, the title read from it, and "right", "unknown" or "wrong".

    Of a page that shows no title only none is right; a subtitle may stand behind a title.
    """
    cover = draw_cover(seed)
    source = read_bytes(cover.data, "drawn.pdf", limits=Limits(second_reading=0.0), ocr=False)
    title = split_source(source, hashlib.sha256(cover.data).hexdigest()).title
    if title is None:
        return cover, None, "unknown" if cover.title else "right"
    shown = {cover.title, f"{cover.title} {cover.subtitle}"} if cover.title else set()
    return cover, title, "right" if title in shown else "wrong"


def _labels(outcome: Outcome, split: SplitResult) -> None:
    """Count labels. A label is wrong if it is not the printed one, or called printed where none is.

    One marked as inferred on a page that prints none is a guess about the counting: wrong only if the paper
    counts its pages otherwise there.
    """
    paper = outcome.paper
    for at, (label, printed, counted) in enumerate(
        zip((item.label for item in split.pages), paper.labels, paper.counted, strict=True)
    ):
        outcome.printed += printed is not None
        if label is None:
            continue
        right = label.text == (printed or counted)
        outcome.right += right and printed is not None
        outcome.inferred += label.source == "inferred"
        if not right or (printed is None and label.source != "inferred"):
            outcome.wrong.append(f"page {at + 1}: {label.text} ({label.source}), printed {printed}")


def _coverage(outcome: Outcome, drawn: Drawn, source: Source, split: SplitResult) -> None:
    """Count the characters of the text and those of them that stand in a passage."""
    titles = {_folded(title) for passage in split.passages for title in passage.section} | {
        _folded(split.title or "")
    }
    spans = [span for passage in split.passages for span in passage.spans]
    for page, running_heads in zip(source.pages, drawn.running_heads, strict=True):
        inside = bytearray(len(page.text))
        for number, start, end in spans:
            if number == page.number:
                inside[start:end] = b"\1" * (end - start)
        dropped = {_folded(words) for words in running_heads}
        for line in page.lines:
            text = page.text[line.start : line.end]
            places = [at for at in range(line.start, line.end) if not page.text[at].isspace()]
            held = sum(inside[at] for at in places)
            if _folded(text) in dropped:
                outcome.kept += [f"page {page.number}: {text.strip()}"] if held else []
                continue
            outcome.characters += len(places)
            outcome.covered += held
            if held < len(places) and _folded(text) in titles:
                outcome.titles += len(places) - held
            elif held < len(places):
                outcome.lost.append(f"page {page.number}: {text.strip()}")


def _folded(text: str) -> str:
    return _BLANKS.sub(" ", text).strip()
