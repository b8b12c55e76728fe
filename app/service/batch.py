"""Many questions one after the other: vectors of several made at once, order kept, a fault beside its answers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any, TypeVar

from app.service.questions import Question
from app.service.search import Answer, Mode, search

if TYPE_CHECKING:
    from index.ranking.cross_encoder import Reranker
    from index.search import Searcher

AT_ONCE = 256
"""Questions whose vectors are made together: so many the model keeps (`index.embedding.questions`)."""

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Fault:
    """A line that holds no question; `id` is None where it names none."""

    line: int
    error: str
    id: str | int | None = None

    def as_dict(self) -> dict[str, Any]:
        """Return the object that stands for the answer."""
        return {"id": self.id, "line": self.line, "error": self.error}


def groups(items: Iterable[Item], size: int = AT_ONCE) -> Iterator[list[Item]]:
    """Yield the items in lists of `size`, the last one shorter."""
    rest = iter(items)
    while group := list(islice(rest, size)):
        yield group


def answers(
    searcher: Searcher,
    asked: Sequence[Question | Fault],
    *,
    k: int,
    mode: str = Mode.hybrid,
    reranker: Reranker | None = None,
) -> Iterator[tuple[Question, Answer] | Fault]:
    """Yield what became of each item, in order; give at most `AT_ONCE` of them."""
    questions = [item for item in asked if isinstance(item, Question)]
    if mode != Mode.lexical:
        searcher.encode_ahead([item.question for item in questions])
    for item in asked:
        if isinstance(item, Fault):
            yield item
        else:
            found = search(searcher, item.question, k=k, mode=mode, filters=item.filters, reranker=reranker)
            yield item, found
