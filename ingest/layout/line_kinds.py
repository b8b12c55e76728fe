"""Captions of tables, figures and boxes."""

import re

_NAME = (
    r"(?:table|figure|fig\.|chart|graph|map|box|exhibit|cuadro|tabla|gráfico|gráfica|figura|recuadro|mapa|"
    r"tabela|quadro|caixa|tableau|graphique|carte|encadré|ilustración|diagrama)"
)
_CAPTION = re.compile(
    rf"^{_NAME}\s+(?:n\.?[ºo°]\s*)?(?:[A-Z]{{1,2}}[.\-]?)?(?:\d+(?:\s?\.\s?\d+)*(?:\s?[A-Z]\b)?|[IVX]+\b)\s*(?P<rest>.*)$",
    re.IGNORECASE,
)
_TABLE = re.compile(r"^(?:table|cuadro|tabla|tabela|quadro|tableau)\b", re.IGNORECASE)
_SOURCE = re.compile(
    r"^(?:\(?\*?\)?\s*)?(?:sources?|fuentes?|fontes?|notes?|notas?)\s?\d?\s?[:.]", re.IGNORECASE
)


def is_caption(text: str) -> bool:
    """Say whether a paragraph is a caption ("Table 2. Number of …"), not a sentence about one."""
    match = _CAPTION.match(text)
    if not match or not text[:1].isupper() or len(text) > 300:
        return False
    rest = match.group("rest").strip()
    return not rest or rest[0] in ".:–—-|(" or rest[0].isupper() or rest[0] in '“"¿'


def is_bare_caption(text: str) -> bool:
    """Say whether a caption is only its number ("Figure I"); its title stands on the next lines."""
    match = _CAPTION.match(text)
    return match is not None and is_caption(text) and not match.group("rest").strip(" .:")


def is_table_caption(text: str) -> bool:
    """Say whether a caption names a table."""
    return bool(_TABLE.match(text)) and is_caption(text)


def is_source_note(text: str) -> bool:
    """Say whether a line gives the source of, or a note to, a table or figure."""
    return bool(_SOURCE.match(text))
