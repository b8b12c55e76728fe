"""What kind of line a text is, told from its words alone: caption, item, letterhead, reference title, name."""

import re
import unicodedata
from collections.abc import Sequence

from ingest.text.numerals import roman_value

_CAPTION_NAME = (
    r"(?:table|figure|fig\.|chart|graph|map|box|exhibit|cuadro|tabla|gráfico|gráfica|figura|recuadro|mapa|"
    r"tabela|quadro|caixa|tableau|graphique|carte|encadré|ilustración|diagrama)"
)
_CAPTION = re.compile(
    rf"^{_CAPTION_NAME}\s+(?:n\.?[ºo°]\s*)?(?:[A-Z]{{1,2}}[.\-]?)?(?:\d+(?:\s?\.\s?\d+)*(?:\s?[A-Z]\b)?|[IVX]+\b)\s*(?P<rest>.*)$",
    re.IGNORECASE,
)
_CAPTION_INITIALS = frozenset("TFCGMBEQRDI")
_TABLE_NAME = re.compile(r"^(?:table|cuadro|tabla|tabela|quadro|tableau)\b", re.IGNORECASE)
_SOURCE_NOTE = re.compile(
    r"^(?:\(?\*?\)?\s*)?(?:sources?|fuentes?|fontes?|notes?|notas?)\s?\d?\s?[:.]", re.IGNORECASE
)

_BULLET = re.compile(r"^(?:[•·▪▫■□●○◦‣⁃∙➢➤►▶✓✔❖◆◇–—*\-]|[oº°](?=\s+[A-Z])|[\uf0a0-\uf0ff])\s*(?=\S)")
_ENUMERATED = re.compile(
    r"^(?:\(?(?:[a-zñ]{1,2}|[ivx]{1,5}|\d{1,2})\)|[ivx]{1,5}\.|[a-z]\.|\d{1,2}[.)]-?)\s+(?=\S)"
    # Hardly any gap behind the number: "84.A trust is able to …".
    r"|^\d{1,3}\.(?=[A-ZÀ-Þ“\"¿])"
)
_COUNTER = re.compile(r"^(\(?)(\d{1,3}(?=\.[A-ZÀ-Þ“\"¿]|[.)]\s)|[a-zñ](?=[.)]\s))([.)])")
_SERIES = re.compile(
    r"^(\(?)(\d{1,3}(?=\.[A-ZÀ-Þ“\"¿]|[.)]\s)|[a-zñA-Z](?=[.)]\s)|[ivxl]{1,6}(?=[.)]\s)|[IVXL]{1,6}(?=[.)]\s))([.)])"
)
_NUMBERED = re.compile(r"^\d{1,3}(?:\.(?=[A-ZÀ-Þ“\"¿])|\.?\s)")
# A number, words, and a figure that is no page number: of three digits and more, with decimals, or a share.
_ROW = re.compile(r"^(\d{1,4})[.)]?\s(?:.*\s)?\S*[^\W\d_]\S*\s(?:.*\s)?[$€£]?\d[\d.,]*(?:\d{2}|[.,]\d|%)$")
# Numbered items with at least this many words are the numbered paragraphs of UN papers and laws.
NUMBERED_PROSE_WORDS = 14

# A line with a document symbol and at most this many other words is letterhead.
LETTERHEAD_WORDS = 4

_SYMBOL = re.compile(r"(?<!\S)[A-Z]{1,6}(?:/[\w.()\[\]-]+)+")
_LETTERHEAD = re.compile(
    r"\bdistr\s?[.:]|\boriginal\s?:|\bofficial records\b|©|https?:|\bwww\.", re.IGNORECASE
)
# The language of a UN document, a line of its letterhead, and an address with a postal code.
_LANGUAGE = re.compile(
    r"^(?:english|fran\s?[cç]\s?ais|español|espanol|spanish|french|original|arabic|chinese|russian)$",
    re.IGNORECASE,
)
# "United Nations • New York, 2025"
_IMPRINT = re.compile(r"^[^.:]{3,60}\s[•·]\s[A-ZÀ-Þ][^\d]{2,40},\s(?:19|20)\d\d$")
_POSTAL = re.compile(r",\s[A-Z]{2}\s\d{5}(?:-\d{4})?$|\bD\.\s?C\.,?\s\d{4,5}\b")
_YEAR = re.compile(r"^(?:19|20)\d\d(?:\s?[–-]\s?(?:19|20)\d\d)?\*{0,2}$")

_REFERENCES = re.compile(
    r"^(?:[\dIVX]+[.\s]*)?(?:references?|reference list|list of references|bibliograph\w*|works cited|"
    r"literature(?: cited)?|"
    r"referencias(?: bibliográficas)?|bibliografía|bibliografia|fuentes consultadas|obras citadas|"
    r"referências(?: bibliográficas)?|bibliographie|références(?: bibliographiques)?|"
    r"end\s?notes?|notes and references|notas y referencias|notas finales)$",
    re.IGNORECASE,
)

# Words of the names of organisations, without accents.
_BODIES = frozenset(
    """
    nations naciones nacoes unies assembly asamblea assembleia assemblee council consejo conselho conseil committee
    comite commission comision comissao board junta ministry ministerio ministere department departamento departement
    office oficina escritorio bureau agency agencia agence organization organisation organizacion organizacao
    university universidad universidade universite institute instituto institut fund fondo fundo fonds bank banco
    banque secretariat secretaria corporation company government gobierno governo gouvernement congress congreso
    congresso senate senado parliament parlamento superintendencia defensoria inc ltd
    """.split()  # noqa: SIM905
)
# Words that name a kind of paper or event: with one of them a name is part of a title.
_PAPERS = frozenset(
    """
    report reports informe informes relatorio relatorios rapport plan plano plans strategy estrategia review study
    estudio estudo survey encuesta policy politica politicas law ley lei loi act decree decreto resolution resolucion
    resolucao message mensaje mensagem speech discurso letter carta lettre note nota guide guia manual handbook
    framework marco agenda outcome outcomes annual anual calendar forum foro conference conferencia meeting digest
    resumen sintese brief bulletin boletin gazette statistics convention convenio convencion agreement acuerdo
    acordo diagnosis diagnostico analysis analisis analise memoria balance
    """.split()  # noqa: SIM905
)
_SMALL = frozenset(
    """
    of the and for on in to de la las el los y e del do da dos das para por as os em et des du au les le
    """.split()  # noqa: SIM905
)
# Words of the longest name of a body that stands alone ("Executive Board of the … and the …").
LONGEST_NAME = 26


def is_caption(text: str) -> bool:
    """Return whether a paragraph is a caption ("Table 2. Number of …"), not a sentence about one."""
    if text[:1] not in _CAPTION_INITIALS or len(text) > 300:
        return False
    match = _CAPTION.match(text)
    if not match:
        return False
    rest = match.group("rest").strip()
    return not rest or rest[0] in ".:–—-|(" or rest[0].isupper() or rest[0] in '“"¿'


def is_bare_caption(text: str) -> bool:
    """Return whether a caption is only its number ("Figure I"); its title stands on the next lines."""
    match = _CAPTION.match(text)
    return match is not None and is_caption(text) and not match.group("rest").strip(" .:")


def is_table_caption(text: str) -> bool:
    """Return whether a caption names a table."""
    return bool(_TABLE_NAME.match(text)) and is_caption(text)


def is_source_note(text: str) -> bool:
    """Return whether a line gives the source of, or a note to, a table or figure."""
    return bool(_SOURCE_NOTE.match(text))


def is_bullet(raw: str) -> bool:
    """Return whether a raw line starts with a bullet sign (also of a symbol font) and text."""
    return bool(_BULLET.match(raw)) and not re.match(r"^[–—\-*]{2,}", raw) and not re.match(r"^-\d", raw)


def is_enumerated(text: str) -> bool:
    """Return whether a line starts with "(a)", "iv.", "3)" or the like."""
    return bool(_ENUMERATED.match(text))


def is_numbered_paragraph(text: str) -> bool:
    """Return whether a paragraph is numbered prose ("14. Mandate of the Committee. In 1985, …"), not an item."""
    return bool(_NUMBERED.match(text)) and len(text.split()) >= NUMBERED_PROSE_WORDS


def follows_item(above: str, text: str) -> bool:
    """Return whether two items count on: "2. …" and "3. …", "(a) …" and "(b) …", "(i) …" and "(ii) …"."""
    first, second = _SERIES.match(above), _SERIES.match(text)
    if not first or not second or first.group(1, 3) != second.group(1, 3):
        return False
    before, after = first.group(2), second.group(2)
    if before.isdigit() and after.isdigit():
        return int(after) == int(before) + 1
    if len(before) == len(after) == 1 and ord(after) == ord(before) + 1:
        return True
    if before.isdigit() or after.isdigit() or before.isupper() != after.isupper():
        return False
    values = roman_value(before), roman_value(after)
    return values[0] is not None and values[1] == values[0] + 1


def is_row(text: str) -> bool:
    """Return whether a line is numbered and ends with a figure, as the rows of a list do: "3 Lima, clinic 8,045"."""
    return bool(_ROW.match(text))


def follows_row(above: str, text: str) -> bool:
    """Return whether two rows of a numbered list count on: "3 Lima, clinic 8,045" and "4 Puno, clinic 804"."""
    if not (above[:1].isdigit() and text[:1].isdigit()):
        return False
    first, second = _ROW.match(above), _ROW.match(text)
    return first is not None and second is not None and int(second.group(1)) == int(first.group(1)) + 1


def counter_before(text: str) -> str | None:
    """Return the counter that comes before the one a line opens with: "(3)" for "(4) …", None without one."""
    match = _COUNTER.match(text)
    if not match:
        return None
    opening, counter, closing = match.groups()
    if counter.isdigit():
        return f"{opening}{int(counter) - 1}{closing}" if int(counter) > 1 else None
    return f"{opening}{chr(ord(counter) - 1)}{closing}" if counter != "a" else None


def is_item(raw: str) -> bool:
    """Return whether a line opens a list item."""
    return is_bullet(raw) or is_enumerated(raw)


def is_letterhead(text: str) -> bool:
    """Return whether a line is part of a letterhead: a document symbol, "Distr.: General", an address."""
    if _LETTERHEAD.search(text) or not any(map(str.isalpha, text)):
        return not _YEAR.match(text)
    if _LANGUAGE.match(text) or _POSTAL.search(text) or _IMPRINT.match(text):
        return True
    bare = _SYMBOL.sub("", text)
    return bare != text and len(bare.split()) <= LETTERHEAD_WORDS


def is_reference_title(text: str) -> bool:
    """Return whether a heading announces a list of references."""
    return bool(_REFERENCES.match(text.strip(" :.")))


def is_organisation(text: str) -> bool:
    """Return whether a text is nothing but the name of an organisation, or of several.

    All its words but the small ones are capitalised, one names a body, none names a paper or an event.
    """
    words = re.findall(r"[^\W\d_][\w’'-]*", text)
    plain = [_unaccented(word) for word in words]
    if not words or len(words) > LONGEST_NAME or any(_is_paper(plain, at) for at in range(len(plain))):
        return False
    named = all(word[0].isupper() for word, bare in zip(words, plain, strict=True) if bare not in _SMALL)
    return named and any(word in _BODIES for word in plain)


def _is_paper(words: Sequence[str], at: int) -> bool:
    """Return whether a word names a paper; in "Institute of Statistics" it belongs to the name of the body."""
    of_body = at > 1 and words[at - 1] in _SMALL and words[at - 2] in _BODIES
    return words[at] in _PAPERS and not of_body


def _unaccented(word: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFD", word.casefold()) if not unicodedata.combining(c))
