"""A view of the page drawn by itself (Streamlit's AppTest), and what it shows."""

from collections.abc import Callable
from typing import Any

from streamlit.testing.v1 import AppTest

from app.service import site
from app.service.site import Site


def draw(served: Site, view: Callable[[], None], **address: str) -> Any:
    """Return the view of a site under an address; it must raise nothing."""
    site.install(served)
    page = AppTest.from_function(view, default_timeout=120)
    for name, value in address.items():
        page.query_params[name] = value
    page.run()
    assert not page.exception
    return page


def html(page: Any) -> str:
    """Return all HTML of a page."""
    return " ".join(element.proto.body for element in page.get("html"))
