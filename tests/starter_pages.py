"""What stands on the pages of the starter corpus, for tests of quotes."""

from functools import cache
from pathlib import Path

from evals.gold.questions import Question
from evals.gold.quotes import fold_quote
from ingest.readers.read import read_source

CORPUS = Path(__file__).parents[1] / "corpus"


@cache
def pages(name: str) -> tuple[tuple[int | None, str], ...]:
    """Page number (None where the source has no pages) and folded text, OCR left out."""
    source = read_source(CORPUS / name, ocr=False)
    return tuple((page.number if source.paged else None, fold_quote(page.text)) for page in source.pages)


def assert_each_quote_stands_once(question: Question) -> None:
    """Fail unless each quote of a question stands once in its document, on the page that is named."""
    for evidence in question.evidence:
        quote = fold_quote(evidence.quote)
        places = [number for number, text in pages(evidence.doc) for _ in range(text.count(quote))]
        assert places == [evidence.page], evidence.quote
