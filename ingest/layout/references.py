"""Reference lists: what stands below a heading that announces one."""

import re

_TITLE = re.compile(
    r"^(?:[\dIVX]+[.\s]*)?(?:references?|reference list|list of references|bibliograph\w*|works cited|"
    r"literature(?: cited)?|"
    r"referencias(?: bibliográficas)?|bibliografía|bibliografia|fuentes consultadas|obras citadas|"
    r"referências(?: bibliográficas)?|bibliographie|références(?: bibliographiques)?|"
    r"end\s?notes?|notes and references|notas y referencias|notas finales)$",
    re.IGNORECASE,
)


def is_reference_title(text: str) -> bool:
    """Say whether a heading announces a list of references."""
    return bool(_TITLE.match(text.strip(" :.")))
