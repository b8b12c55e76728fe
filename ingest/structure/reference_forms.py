"""Notes and entries that only name a source, told by their form: "UNDP (2022), section 3.2.", "Ibid.", an article.

Such a text names somebody or something (in capitals), says where (a year, a page, a symbol, a link, a title in
quotation marks), and states nothing: outside the title it has no verb.
"""

import re
from functools import lru_cache

from ingest.text.sentences import split_sentences

# What an entry is introduced by: its number, its call, "See also", "Source:".
_OPENING = re.compile(
    r"^(?:[\[(]?(?:\d{1,3}|[*†‡§]{1,3}|[a-z](?=\s[A-ZÀ-Þ]))(?:[\])]|/|\.)?\s*)?"
    r"(?:(?:for [^.;:]{3,80}, )?(?:see|see also|see,? e\.g\.|see,? for example|cf|"
    r"véase(?: también)?|ver(?: también| também)?|véanse|vide|voir(?: aussi)?|sources?|fuentes?|fontes?|"
    r"available at|disponible en|disponível em|idem|ídem)(?=[\s:,.])[\s:,.]*)*",
    re.IGNORECASE,
)
_AGAIN = re.compile(r"^(?:ibid|ibíd|ibidem|ibídem|idem|ídem|id|op\.? ?cit|loc\.? ?cit)\b\.?", re.IGNORECASE)
_QUOTED = re.compile(r"“[^”]{3,400}”|«[^»]{3,400}»|\"[^\"]{3,400}\"|„[^“”]{3,400}[“”]|‘[^’]{12,300}’(?!\w)")
_LINK = re.compile(
    r"(?:https?://|www\.|doi:\s?10\.)\S+(?:[-/_.] \S*[-/._?=]\S*)*|\b[\w-]+(?:\.[\w-]+)*"
    r"\.(?:org|int|gov|gob|gub|edu|com|net|info)(?:\.[a-z]{2})?(?:/\S*)?",
    re.IGNORECASE,
)
# What every link has, in small letters: most texts have none, and this is found sooner.
_MAY_LINK = re.compile(r"://|www\.|doi:|\.(?:org|int|gov|gob|gub|edu|com|net|info)")
_SYMBOL = re.compile(r"(?<![\w/])[A-Z]{1,6}(?:/[\w.()\[\]–-]+)+|\b\d{4}/\d{1,3}(?:/Add\.\d+)?\b")
# "(2022)", "(Geneva, 2024)", ", 2019.", "March 2020", "2019;36(4)", "Report 2025."
_YEAR = re.compile(r"\b(?:1[89]|20)\d\d[a-z]?\b")
_ANY_YEAR = re.compile(r"(?:1[89]|20)\d\d")
_DATED = re.compile(
    r"^(?:\[?\d{1,3}[\].)]{0,2}\s)?[A-ZÀ-Þ][^()\d]{1,160}\((?:[^()\d]{3,40}, )?(?:1[89]|20)\d\d[a-z]?\)(?=[.,;:]|$)"
)
# A bare year dates an interview or a survey as well: it counts in parentheses.
_BRACKETED = re.compile(r"\([^()]{0,80}\b(?:1[89]|20)\d\d[a-z]?(?:, [^()]{1,40})?\)")
_PLACE = re.compile(
    r"\b(?:pp?|pgs?|págs?|vol|no|nos|núm|n[º°]|cap|chap|art|arts|para|paras|párr|párrs|sect?|ed|eds|coord|comps?)\.?\s?[\divxlc]"
    r"|\b(?:sections?|seção|seções|sección|secciones|páginas?|pages?|artículos?|artigos?|articles?|chapters?|capítulos?|"
    r"paragraphs?|párrafos?|parágrafos?|annex|anexo|volumes?)\s+[\dIVX]"
    r"|\b\d{1,3}\s?\(\d{1,3}\)|[;,]\s?\d{1,4}[-–]\d{1,4}\b|\bet al\b|\beds?\."
    r"|\b(?:and|y|e|et) (?:others|otros|outros|autres)\b"
    r"|\(?(?:forthcoming|undated|n\.d\.|s\.f\.|s\.d\.|sin fecha|sem data|en prensa|no prelo)",
    re.IGNORECASE,
)
# Surname and initials: "Smith, J.", "Hernández-Vásquez A,", "B. Mougenot,".
_AUTHOR = re.compile(
    r"^(?:[A-ZÀ-Þ][\w’'-]+(?:\s[A-ZÀ-Þ][\w’'-]+)?,?\s(?:[A-ZÀ-Þ]\.[- ]?){1,3}|[A-ZÀ-Þ][\w’'-]+\s[A-Z]{1,3}(?=[,.;])|"
    r"(?:[A-ZÀ-Þ]\.[- ]?){1,3}\s?[A-ZÀ-Þ][\w’'-]+)"
)
_ENTRY = re.compile(
    r"^[^()]{2,160}\((?:1[89]|20)\d\d[a-z]?(?:, [^)]{3,20})?\)[.,:]|(?:1[89]|20)\d\d;\s?\d{1,3}[(:]"
)
# Words that state something, in the languages of our readers: auxiliaries, pronouns, forms of saying and counting.
_STATES = frozenset(
    """
    is are was were be been being has have had having do does did will would shall should may might can could must
    that which who whose it they he she we this these those there not only
    need needs made makes held notes noted shows showed found stated states reported reports requested
    includes included include
    refers refer covers cover comprises means remains became declared ratified entered replaced excludes exclude
    following because since while although according however therefore where when if unless
    es son era eran fue fueron ser sido ha han había habían está están estaba tiene tienen tenía debe deben puede pueden
    que cual cuales quien se no hay sólo solo incluye incluyen refiere indica señala establece aprueba dispone
    cuando donde aunque porque mientras si
    é são foi foram era eram ser sido há tem têm tinha deve devem pode podem quem não só inclui incluem
    quando onde embora porque enquanto
    est sont était étaient fut furent été ont avait doit doivent peut peuvent qui ne pas lorsque
    """.split()  # noqa: SIM905
)
# A statement opens with a small word and a common noun, or with a time or place: "The figures cover …", "On 12 May, …".
_STATEMENT = re.compile(
    r"^(?:(?i:the|these|this|those|all|some|each|an?|el|la|los|las|un|una|este|esta|estos|estas|o|os|as|um|uma|"
    r"le|les|ce|cette|for|to|by|with|without|including|excluding|based|calculated|data|as of|as at)\s+"
    r"[^\W\d_A-ZÀ-Þ]|(?i:for example|por ejemplo|por exemplo|par exemple)|"
    r"(?i:on|in|under|during|as of|until|between|en|desde|em|durante|au|le)\s+(?:\d|[A-ZÀ-Þ]))"
)
# The name of a law says what it is about, and its date when it came: evidence, not a mere pointer.
_LAW = re.compile(
    r"^(?:[A-ZÀ-Þ]\S+\s){0,4}?(?:law|act|decree|ley|decreto|lei|portaria|loi|décret|ordinance|code|"
    r"resolution|resolución|resolução|directive|directiva|ruling|judgment|sentencia)\b(?!.*\bsee\b)",
    re.IGNORECASE,
)
_NAMED = re.compile(
    r"^(?:\d{1,3}\.?\s)?(?:[(A-ZÀ-Þ][^\s,;]*\s|(?:de|del|da|do|la|las|los|el|e|y|and|of|the|para)\s)"
    r"{0,9}?[(A-ZÀ-Þ][^\s,;]*(?:,| \()"
)
# "ILO, A Quantum Leap for Gender Equality.": a body by its initials, and a title.
_SHORT_TITLE = re.compile(
    r"^(?:\S+\s){0,4}[A-Z][\w-]*[A-Z][\w-]*(?:\s(?:and|y|e)\s\S+)?, (?=[A-ZÀ-Þ])([^,]{12,160})$"
)
_WORD = re.compile(r"[^\W\d_][\w’'-]*")
# Words of the longest entry, of a sentence behind one that gives only its publisher, place or date, of a short note.
LONGEST = 160
TAIL = 14
SHORT_NOTE = 40
# Words in lower case that a name or a title outside quotation marks may have for each word in capitals.
LOWER = 2.6
# … after the name of an author or a body and a comma or a year, in languages that set titles in lower case.
LOWER_NAMED = 7.0
# A title in quotation marks counts as this many words in capitals.
QUOTED = 2


@lru_cache(maxsize=1 << 12)
def is_bibliographic(text: str) -> bool:
    """Return whether a note or an entry of a list names sources and says nothing else."""
    bare = _OPENING.sub("", " ".join(text.split()), count=1)
    introduced = len(bare) < len(text) and bool(re.search(r"[^\W\d_]", text[: len(text) - len(bare)]))
    if len(bare.split()) > LONGEST:
        return False
    again = _AGAIN.match(bare)
    if again is not None:
        rest = bare[again.end() :]
        return not _WORD.search(rest) or _names(rest)
    if _is_entry(bare):
        return True
    return (introduced or not _LAW.match(bare)) and _points(bare, introduced)


def states_nothing(text: str) -> bool:
    """Return whether a short note holds no word that states something: what is searched, not how it is typed, by it.

    Looser than `is_bibliographic`: the name of a law states nothing, and neither does "do", which is an article in
    Portuguese, nor "no. 10".
    """
    words = _WORD.findall(_LINK.sub(" ", _QUOTED.sub(" ", text)))
    return len(words) <= SHORT_NOTE and _STATES.isdisjoint(set(words) - {"do", "no"})


def _points(text: str, introduced: bool) -> bool:
    """Return whether all sentences of a text only name, and say where: the first does, or a link after "See"."""
    linked = _QUOTED.sub(" “” ", text)
    if _MAY_LINK.search(linked.lower()):
        linked = _LINK.sub(" @ ", linked)
    parts = [linked[start:end] for start, end in split_sentences(linked)]
    if not parts or not all(_names(part) for part in parts):
        return False
    placed = [_evidence(part) for part in parts]
    if not any(placed):
        return introduced and "@" in linked
    return all(here or len(part.split()) <= TAIL for here, part in zip(placed, parts, strict=True))


def _is_entry(text: str) -> bool:
    """Return whether a text is the whole entry of a list of references: authors, year, title, where it appeared."""
    if not _ENTRY.search(text[:400]):
        return False
    author = _AUTHOR.match(text) is not None
    return (author or bool(_LINK.search(text))) and bool(_PLACE.search(text) or _LINK.search(text))


def is_source_entry(text: str) -> bool:
    """Return whether a line of a list, which nothing else tells from text, is one of a list of sources.

    It names a source in a form that text hardly has: somebody and a year in parentheses, authors with their initials
    and a title, or "Ibid.".
    """
    bare = _OPENING.sub("", " ".join(text.split()), count=1)
    again = _AGAIN.match(bare)
    if not again and not _ANY_YEAR.search(bare):
        return False
    if not is_bibliographic(text) or (_LAW.match(bare) and not _DATED.match(bare)):
        return False
    authors = _AUTHOR.match(bare) and (_QUOTED.search(bare) or _PLACE.search(bare)) and _YEAR.search(bare)
    return bool(_DATED.match(bare) or authors or _is_entry(bare) or again)


def _evidence(part: str) -> bool:
    return bool(
        "“”" in part or "@" in part or _SYMBOL.search(part) or _BRACKETED.search(part) or _PLACE.search(part)
    ) or _is_short_title(part)


def _is_short_title(part: str) -> bool:
    match = _SHORT_TITLE.match(part.rstrip(". "))
    words = [word for word in _WORD.findall(match.group(1)) if len(word) > 3] if match else []
    return len(words) >= 2 and all(word[0].isupper() for word in words)


def _names(part: str) -> bool:
    """Return whether a sentence only names: no verb, no subject of a statement, mostly names and small words."""
    if _STATEMENT.match(part.strip()):
        return False
    words = _WORD.findall(part)
    if any(word in _STATES for word in words):
        return False
    capitals = sum(1 for word in words if word[0].isupper()) + QUOTED * part.count("“”")
    lower = sum(1 for word in words if len(word) > 3 and word[0].islower())
    return lower <= (LOWER_NAMED if _NAMED.match(part.strip()) else LOWER) * max(capitals, 1)
