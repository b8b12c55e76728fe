"""Sentences: a full stop ends one unless an abbreviation, an initial or a number says otherwise.

Own rules instead of a library: on sentences with traps (`Art. 5`, `N.º 27`, `EE. UU. y`, a note number
glued to the stop) pysbd, syntok and blingfire all cut too much or too little.
"""

import re

# Never end a sentence. Lower case, without the final stop. English, Spanish, Portuguese, French.
_NEVER_LIST = """
    art arts arto inc incs cap caps lit num núm nums núms nro nº n.º no nos par pars para paras párr
    parr pp pág págs
    pag pags vol vols ed eds fig figs cf cfr ver op cit ibid ibíd supra p.ej ej i.e e.g viz vs v.gr
    sr sra srta sres dr dra drs dres mr mrs ms messrs prof profa gen gral col cnel cmdte tte
    lic ing arq abog econ mons st sto sta ste pdte pres hon rev sen rep gob min mtro depto dpto dto prov dist
    av avda esq urb tel tfno telf ext apdo aprox approx est ca c.f d.s d.l d.u r.m r.d r.s l.s
    leg d.leg dec res resol exp sec sect ch chap app annex tab tbl cuad gráf anex eq ref refs
    jan feb apr jun jul aug sept oct nov dec ene abr ago dic fev mai dez
"""
_NEVER = frozenset(_NEVER_LIST.split())
# May end one: only a following capital letter of a word that starts sentences decides.
_MAYBE_LIST = "etc al ltd inc co corp s.a u.s u.s.a u.k u.n ee.uu uu d.c a.m p.m ss.mm ss jr dept univ"
_MAYBE = frozenset(_MAYBE_LIST.split())

_END = re.compile(r"[.!?…]+[\"'”’»)\]]*(?:\d{1,3}(?:,\d{1,3})*|[¹²³⁰⁴-⁹]+)?[\"'”’»)\]]*(?=\s)")
_BEFORE = re.compile(r"[^\s(\[«“\"'‘]+$")
_INITIALS = re.compile(r"^(?:[A-ZÀ-Þ]\.-?)*[A-ZÀ-Þ]$")
_ENUMERATOR = re.compile(r"^(?:\d{1,3}(?:\.\d{1,2})*|[ivxlIVXL]{1,5}|[a-zA-Z])$")
_OPENERS = "\"'“”‘«([¿¡—–-•▪●◦"


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
    if first.islower():
        return False
    mark = match.group()
    if mark[0] != "." or mark.startswith(".."):
        return True
    word = _BEFORE.search(text, max(line_start, match.start() - 24), match.start())
    before = word.group() if word else ""
    if not before:
        return True
    return _stop_ends(before, first, at_start=word is not None and word.start() <= line_start)


def _stop_ends(before: str, first: str, *, at_start: bool) -> bool:
    """Decide about one full stop from the word before it and the first letter after it."""
    lowered = before.lower()
    if lowered in _NEVER:
        return False
    if lowered in _MAYBE:
        return first.isupper()
    if at_start and _ENUMERATOR.match(before):
        return False
    return not (_INITIALS.match(before) and len(before) <= 5)
