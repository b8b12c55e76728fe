"""How a page in the browser looks to everyone: what axe finds, whether it fits, at the widths that are tried."""

from pathlib import Path
from typing import Any

WIDTHS = [(1440, "light"), (1024, "dark"), (390, "light")]
SERIOUS = {"serious", "critical"}


def serious(page: Any) -> list[str]:
    """Return what axe finds serious or critical."""
    import axe_playwright_python

    page.evaluate((Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8"))
    result = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [
        f"{found['id']}: {found['nodes'][0]['html'][:200]}"
        for found in result["violations"]
        if found["impact"] in SERIOUS
    ]


def overflow(page: Any) -> int:
    return int(page.evaluate("document.documentElement.scrollWidth - window.innerWidth"))
