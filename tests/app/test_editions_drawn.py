"""Editions as PDF files, drawn and real: every change of the text is shown, none is made up."""

import random
import re
import shutil
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import pytest
from reportlab.lib.pagesizes import A4, A5, LETTER
from reportlab.lib.styles import getSampleStyleSheet
from reportlab.platypus import Paragraph, SimpleDocTemplate

from app.desk.editions import Change, Sentence, changes, sentences_of
from ingest.library.library import Library
from ingest.passage import Passage
from ingest.pipeline import ingest_folder
from ingest.text.folding import fold

SUBJECTS = ["The ministry", "Each municipality", "The health fund", "A joint committee", "The border office"]
VERBS = ["reports", "reviews", "pays for", "publishes", "keeps a register of"]
THINGS = ["clinic visits", "school places", "vaccination days", "residence permits", "shelters for women"]
TIMES = ["every quarter", "once a year", "in the dry season", "before each budget", "when a law changes"]

Edit = Callable[[list[list[str]], random.Random], None]


def text_of(pick: random.Random, paragraphs: int) -> list[list[str]]:
    """Return paragraphs of sentences, no two sentences alike."""
    made: list[list[str]] = []
    for number in range(paragraphs):
        made.append([])
        for part in range(pick.randint(2, 5)):
            words = [pick.choice(some) for some in (SUBJECTS, VERBS, THINGS, TIMES)]
            made[-1].append(f"{' '.join(words)}, as rule {number + 1} line {part + 1} says.")
    return made


def reworded(text: list[list[str]], pick: random.Random) -> None:
    for paragraph in pick.sample(text, 4):
        at = pick.randrange(len(paragraph))
        paragraph[at] = paragraph[at].replace(", as", " and without delay, as")


def other_figures(text: list[list[str]], pick: random.Random) -> None:
    for paragraph in pick.sample(text, 5):
        paragraph[-1] = paragraph[-1].replace(" line ", f" line {pick.randint(20, 99)}")


def put_in(text: list[list[str]], pick: random.Random) -> None:
    for number in range(4):
        text.insert(
            pick.randrange(len(text)), [f"A new duty number {number} concerns travel costs of nurses."]
        )


def taken_out(text: list[list[str]], pick: random.Random) -> None:
    for _ in range(4):
        text.pop(pick.randrange(len(text)))


def moved(text: list[list[str]], pick: random.Random) -> None:
    for _ in range(2):
        paragraph = text.pop(pick.randrange(len(text) // 2))
        text.insert(pick.randrange(len(text) // 2, len(text)), paragraph)


PAIRS: dict[str, tuple[Sequence[Edit], tuple[tuple[float, float], tuple[float, float]]]] = {
    "worded anew": ((reworded,), (A4, A4)),
    "other figures, another paper": ((other_figures,), (A4, LETTER)),
    "put in and taken out": ((put_in, taken_out), (A5, A5)),
    "moved and worded anew": ((moved, reworded), (A5, A4)),
    "all of it": ((taken_out, other_figures, put_in, moved), (LETTER, A5)),
}


def draw(path: Path, text: list[list[str]], size: tuple[float, float]) -> None:
    style = getSampleStyleSheet()["BodyText"]
    story = [Paragraph(" ".join(sentences), style) for sentences in text]
    SimpleDocTemplate(str(path), pagesize=size, invariant=1).build(story)


def compared(folder: Path, library: Path) -> tuple[list[Change], list[str], tuple[list[Passage], ...]]:
    """Return the changes between the two papers of a folder, and of each its folded stored text and its passages."""
    with Library.open(library, create=True) as opened:
        ingest_folder(folder, opened, settle=0.0)
        old, new = sorted(opened.documents(), key=lambda one: one.file)
        found = changes(sentences_of(opened.passages(old.id)), sentences_of(opened.passages(new.id)))
        texts = ["".join(fold(page.text) for page in opened.pages(one.id)) for one in (old, new)]
        passages = tuple([stored.passage for stored in opened.passages(one.id)] for one in (old, new))
    return found, texts, passages


def sides(change: Change) -> list[tuple[str, Sentence]]:
    """Return the sentences of a change with the file of either."""
    return [(file, one) for file, one in (("a.pdf", change.old), ("b.pdf", change.new)) if one]


def stands_on_its_page(side: tuple[str, Sentence], library: Path) -> bool:
    """Return whether a sentence stands on the pages that are told of it."""
    file, sentence = side
    with Library.open(library) as opened:
        document = opened.document(file)
        assert document is not None
        first, last = sentence.passage.pages
        shown = [opened.page(document.id, number) for number in range(first, last + 1)]
    return fold(sentence.text) in "".join(fold(page.text) for page in shown if page)


@pytest.mark.parametrize("name", PAIRS)
def test_drawn_editions(name: str, tmp_path: Path) -> None:
    edits, sizes = PAIRS[name]
    pick = random.Random(name)
    old = text_of(pick, 24)
    new = [list(paragraph) for paragraph in old]
    for edit in edits:
        edit(new, pick)
    folder = tmp_path / "papers"
    folder.mkdir()
    draw(folder / "a.pdf", old, sizes[0])
    draw(folder / "b.pdf", new, sizes[1])
    found, stored, _ = compared(folder, tmp_path / "library")
    assert all(stands_on_its_page(one, tmp_path / "library") for change in found for one in sides(change))
    before, after = (Counter(fold(one) for part in text for one in part) for text in (old, new))
    assert all(one in stored[0] for one in before) and all(one in stored[1] for one in after)
    shown = [change for change in found if change.kind != "moved"]
    assert Counter(fold(change.old.text) for change in shown if change.old) == before - after
    assert Counter(fold(change.new.text) for change in shown if change.new) == after - before
    elsewhere = {fold(change.old.text) for change in found if change.kind == "moved" and change.old}
    assert elsewhere <= set(before & after)
    assert bool(elsewhere) == (moved in edits)


Pieces = Counter[str]


def pieces(texts: Iterable[str]) -> Pieces:
    """Return the folded text between full stops, colons, semicolons and lines: a plain cut of the stored text."""
    return Counter(found for text in texts for part in re.split(r"[.;:\n]", text) if (found := fold(part)))


def net(shown: Sequence[Change]) -> tuple[Pieces, Pieces]:
    """Return the pieces that some changes take out and put in, on the whole."""
    old = pieces(one.old.text for one in shown if one.old)
    new = pieces(one.new.text for one in shown if one.new)
    return old - new, new - old


def words_of(sentences: Iterable[Sentence | None]) -> Counter[str]:
    return Counter(word for one in sentences if one for word in re.findall(r"[^\W\d_]+", one.text))


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_real_editions(shared_data: Path, tmp_path: Path) -> None:
    """A report of the United Nations and its first revision, held against a plain diff of their stored text."""
    papers = sorted((shared_data / "policy-pdfs" / "un").glob("E_CN.6_2025_3*.pdf"))
    assert len(papers) == 2
    folder = tmp_path / "papers"
    folder.mkdir()
    for at, path in enumerate(sorted(papers, key=lambda one: "Rev" in one.name)):
        shutil.copy(path, folder / f"{at}.pdf")
    found, _, (old, new) = compared(folder, tmp_path / "library")
    shown = [change for change in found if change.kind != "moved"]
    before, after = (pieces(one.search_text(0) for one in passages) for passages in (old, new))
    gone, put = net(shown)
    assert gone == before - after and put == after - before
    # All together they are the diff; each by itself is a part of it, but for sentences that are cut in another way: the
    # number of a chart that stands on a line of its own, "Ibid." at the end of a note, the stop of a caption.
    cut = [
        one
        for one in shown
        if not any(mine & all_ for mine, all_ in zip(net([one]), (gone, put), strict=True))
    ]
    assert len(cut) <= 5 and words_of(one.old for one in cut) == words_of(one.new for one in cut)
    needed = [one for one in shown if net([other for other in shown if other is not one]) != (gone, put)]
    assert len(shown) - len(needed) <= 1 and len(shown) > 60
