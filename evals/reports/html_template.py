"""Filling the HTML templates of the reports, which stand in `templates/`. Every value is escaped."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from evals.reports import wording
from evals.reports.plots import mark
from evals.results import QuestionResult, ShownHit

if TYPE_CHECKING:
    from jinja2 import Environment


@dataclass(frozen=True, slots=True)
class Table:
    """Cells of text under a head; the columns whose index is in `wrapped` may break their lines."""

    head: tuple[str, ...]
    rows: Sequence[Sequence[str]]
    wrapped: tuple[int, ...] = ()


def render(template: str, **values: object) -> str:
    """Return a page: the template of this name with the values put in as text."""
    return _environment().get_template(template).render(**values) + "\n"


def hits_above(item: QuestionResult, mode: str) -> tuple[ShownHit, ...]:
    """Return the hits that stand above the first right one, three at most."""
    first = item.first_ranks.get(mode)
    return item.top[: min((first or 4) - 1, 3)]


@cache
def _environment() -> "Environment":
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("evals.reports"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "hits_above": hits_above,
        "leg_ranks": wording.leg_ranks,
        "number": wording.number,
        "pages": wording.pages,
        "plural": wording.plural,
        "rank": wording.rank,
        "signed": wording.signed,
    }
    environment.globals["mark"] = mark
    return environment
