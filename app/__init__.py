"""What people touch: the command line, the web page, exports.

A program may use what is named here, beside the names of `index` and `ingest`. They stay, and are loaded when asked
for.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from app.exports.programs import cite, search_object

__all__ = ["cite", "search_object"]


def __getattr__(name: str) -> object:
    """Return a public name from its home."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module("app.exports.programs"), name)
