"""How often a card shows the words that answer: `python -m bench.shown_evidence --library LIB --gold GOLD`.

Of the passages found (ten a question) that hold a gold quote: whether the excerpt of the card holds it whole, whether
the tinted sentences hold more than half of it, and in which share of cut cards a figure that is asked for is missing.
Also: how many questions find nothing because no passage shares a word with them.
"""

import argparse
from collections import Counter
from pathlib import Path

from app.service.search import search
from app.ui.ask.highlights import excerpt, question_words, with_figures
from evals.gold.questions import Question
from evals.gold.reader import read_gold
from index.analysis.figures import holds_figure
from index.ranking.hits import Hit
from index.search import Searcher

FEWEST_SENTENCES = 3
"""Sentences of a passage from which on a choice of some of them says anything."""


def main() -> None:
    """Print the shares."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--library", type=Path, required=True)
    parser.add_argument("--gold", type=Path, required=True)
    given = parser.parse_args()
    counts = counted(Searcher.open(given.library), read_gold(given.gold).questions)
    quoted, cut = max(counts["quoted"], 1), max(counts["cut, figure asked for"], 1)
    print(f"{counts['questions']} questions, {counts['nothing shown']} without any passage")
    print(f"{counts['quoted']} passages with a quote: shown whole {counts['shown'] / quoted:.3f}, "
          f"tinted {counts['tinted'] / quoted:.3f}")  # fmt: skip
    figures = counts["cut, figure asked for"]
    print(f"{figures} cut cards to questions for a figure: without one {counts['without'] / cut:.3f}")


def counted(searcher: Searcher, questions: tuple[Question, ...]) -> Counter[str]:
    """Count, over all questions, what the cards of their hits show."""
    counts: Counter[str] = Counter()
    for question in questions:
        hits = search(searcher, question.question).result.hits
        counts["questions"] += 1
        counts["nothing shown"] += not hits
        quotes = [one.quote for one in question.evidence if one.grade == 2]
        for hit in hits:
            counts += of_hit(searcher, question.question, hit, quotes)
    return counts


def of_hit(searcher: Searcher, question: str, hit: Hit, quotes: list[str]) -> Counter[str]:
    """Count what the card of one hit shows of the gold quotes that stand in its passage."""
    counts: Counter[str] = Counter()
    passage, text = hit.passage.passage, hit.passage.passage.text
    held = [(text.find(quote), len(quote)) for quote in quotes if quote in text]
    if not held or hit.window is None or len(passage.sentences) < FEWEST_SENTENCES:
        return counts
    retriever = searcher.retriever
    sought = question_words(question, retriever.analyser, retriever.languages)
    marks = sought.places(text, passage.language)
    part = excerpt(text, passage.sentences, hit.window)
    parts = with_figures(text, passage.sentences, part, marks, sought.figures)
    for start, length in held:
        end = start + length
        counts["quoted"] += 1
        counts["shown"] += any(low <= start and end <= high for low, high in parts)
        counts["tinted"] += min(end, hit.window[1]) - max(start, hit.window[0]) > length / 2
    if sought.figures and part != (0, len(text)) and holds_figure(text, sought.figures):
        counts["cut, figure asked for"] += 1
        counts["without"] += not any(holds_figure(text[low:high], sought.figures) for low, high in parts)
    return counts


if __name__ == "__main__":
    main()
