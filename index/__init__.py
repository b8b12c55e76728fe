"""The index: `publish` brings it up to date with the library, a `Searcher` answers questions from it.

These names stay where they are, whatever moves inside. They are imported when first asked for, so that
`import index` costs nothing.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from index.ranking.hits import Hit, SearchResult
    from index.search import Searcher
    from index.snapshot.publish import publish

__all__ = ["Hit", "SearchResult", "Searcher", "publish"]

_HOMES = {
    "Hit": "index.ranking.hits",
    "SearchResult": "index.ranking.hits",
    "Searcher": "index.search",
    "publish": "index.snapshot.publish",
}


def __getattr__(name: str) -> object:
    """Return a public name from its home."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
