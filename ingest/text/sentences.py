"""Sentences: a full stop ends one unless an abbreviation, an initial or a number says otherwise.

Own rules instead of a library: on sentences with traps (`Art. 5`, `N.º 27`, `EE. UU. y`, a note number
glued to the stop) pysbd, syntok and blingfire all cut too much or too little.
"""

import re

# Never end a sentence. Lower case, without the final stop. English, Spanish, Portuguese, French.
_NEVER_LIST = """
    art arts arto inc incs cap caps lit num núm nums núms nro nº n.º nos pars para paras párr
    parr pp pág págs
    pag pags vol vols ed eds fig figs cf cfr ver op cit ibid ibíd supra p.ej ej i.e e.g viz vs v.gr
    sr sra srta sres dr dra drs dres mr mrs ms messrs prof profa gen gral col cnel cmdte tte
    lic ing arq abog econ mons st sto sta ste pdte pres hon rev sen rep gob min mtro depto dpto dto prov dist
    av avda esq urb tel tfno telf ext apdo aprox approx est ca c.f d.s d.l d.u r.m r.d r.s l.s
    leg d.leg dec res resol exp sec sect ch chap app annex tab tbl cuad gráf anex eq ref refs
    jan feb apr jun jul aug sept oct nov dec ene abr ago dic fev mai dez
"""
_NEVER = frozenset(_NEVER_LIST.split())
# Words too; they are abbreviations only before a figure ("No. 5" but "the answer was no.").
_BEFORE_FIGURES = frozenset(("no", "par", "art", "fig", "sec", "mar", "page", "set"))
# May end a sentence: they do when a word that opens sentences follows.
_MAYBE_LIST = (
    "etc al ltd inc co corp cía cia s.a u.s u.s.a u.k u.n ee ee.uu uu d.c a.m p.m ss.mm ss jr dept univ"
)
_MAYBE = frozenset(_MAYBE_LIST.split())
_OPENING_LIST = """
    the this that these those in it its a an as at by for from however he she they we there when while since
    although after before but and if on to such some most many more other all both each no not
    el la los las lo un una en por para con sin según se su sus este esta estos estas esto ese esa aunque
    cuando como desde entre pero y si no ya más muchos otros todos también además así
    o os um uma em no na nos nas esse essa isso com quando mas le les il elle ils en dans ce cette des du
"""
_OPENING = frozenset(_OPENING_LIST.split())

_END = re.compile(r"[.!?…]+[\"'”’»)\]]*(?:\d{1,3}(?:,\d{1,3})*|[¹²³⁰⁴-⁹]+)?[\"'”’»)\]]*(?=\s)")
_BEFORE = re.compile(r"[^\s(\[«“\"'‘]+$")
_INITIALS = re.compile(r"^(?:[A-ZÀ-Þ]\.-?)*[A-ZÀ-Þ]$")
_ENUMERATOR = re.compile(r"^(?:\d{1,3}(?:\.\d{1,2})*|[ivxlIVXL]{1,5}|[a-zA-Z])$")
_OPENERS = "\"'“”‘«([¿¡—–-•▪●◦"
_BEHIND_FIGURES = "%‰"


def is_abbreviation(word: str) -> bool:
    """Return whether a word (without its stop) is an abbreviation that does not end a sentence."""
    return word.lower() in _NEVER or word.lower() in _BEFORE_FIGURES


def split_sentences(text: str) -> tuple[tuple[int, int], ...]:
    """Return the sentences of `text` as (start, end) offsets, in order, disjoint, without outer blanks.

    Every character that is not blank belongs to exactly one sentence. A line break always ends a
    sentence: clean text has line breaks only between list items, table rows and entries.
    """
    sentences: list[tuple[int, int]] = []
    start = 0
    for line in re.finditer(r"[^\n]+", text):
        start = line.start()
        for match in _END.finditer(text, line.start(), line.end()):
            if _ends_sentence(text, line.start(), match, line.end()):
                _add(sentences, text, start, match.end())
                start = match.end()
        _add(sentences, text, start, line.end())
    return tuple(sentences)


def _add(sentences: list[tuple[int, int]], text: str, start: int, end: int) -> None:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    if start < end:
        sentences.append((start, end))


def _ends_sentence(text: str, line_start: int, match: re.Match[str], line_end: int) -> bool:
    following = text[match.end() : line_end].lstrip()
    if not following:
        return True
    first = following.lstrip(_OPENERS)[:1]
    if first.islower() or following[0] in _BEHIND_FIGURES:
        return False
    mark = match.group()
    if mark[0] != "." or mark.startswith(".."):
        return True
    word = _BEFORE.search(text, max(line_start, match.start() - 24), match.start())
    before = word.group() if word else ""
    if not before:
        return True
    return _stop_ends(
        before, following.lstrip(_OPENERS), at_start=word is not None and word.start() <= line_start
    )


def _stop_ends(before: str, following: str, *, at_start: bool) -> bool:
    """Decide about one full stop from the word before it and the text after it."""
    lowered = before.lower()
    if lowered in _BEFORE_FIGURES:
        return not following[:1].isdigit()
    if lowered in _NEVER or (len(before) == 1 and before.isalpha()):
        return False
    if lowered in _MAYBE or (_INITIALS.match(before) and len(before) <= 5):
        words = following.split(maxsplit=1)
        return words[0].lower().rstrip(",;:") in _OPENING if words else True
    return not (at_start and _ENUMERATOR.match(before))
