"""Text to terms, the same for passages and questions.

NFKC, lower case, Snowball stems of the text's language, accents folded. Numbers stay whole and are
written one way ("1,3 millones" holds 1.3 and 1300000; "$1,000" holds 1000 and $1000). Legal numbers
keep their kind ("Decreto Legislativo N.º 1350" holds decreto:1350). Joined signs stay whole beside
their parts ("COVID-19" holds covid, 19 and covid19). Acronyms hold the term of their group.

A question is analysed in every language of the corpus at once: its own language need not be known, and
a name finds its stem on either side ("Venezuela" is venezuela in English, venezuel in Spanish). Words of
the glossary are looked for in the other languages as well ("salud" finds health).
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import Any

from index.analysis.acronyms import MARK, Acronyms, fold_word
from index.analysis.glossary import Glossary, read_glossary
from index.analysis.stopwords import STOPWORDS, question_languages

RULES_VERSION = 1
"""Raised with every change of what `Analyser.terms` returns; stored counts of other versions are not used."""

SNOWBALL = {
    "ca": "catalan", "da": "danish", "de": "german", "en": "english", "es": "spanish", "fi": "finnish",
    "fr": "french", "hu": "hungarian", "it": "italian", "nl": "dutch", "no": "norwegian",
    "pt": "portuguese", "ro": "romanian", "ru": "russian", "sv": "swedish",
}  # fmt: skip

_TOKEN = re.compile(
    r"(?P<number>(?>\d+(?:[.,]\d+)*)(?![^\W_]))"
    r"|(?P<decimal>\d+(?:[.,]\d+)+)"
    r"|(?P<mixed>[^\W_]*\d[^\W_]*)"
    r"|(?P<word>[^\W\d_]+)"
)
_CURRENCY = re.compile(r"(?:US|R|C|A|MX)?\$\s?$|[€£¥]\s?$|\bS/\.?\s?$")
_SUPERSCRIPTS = re.compile("[⁰¹²³⁴-⁹ªº]+")
_FRACTION = re.compile("[¼-¾⅐-⅞]")
_SPACED_THOUSANDS = re.compile("(?<=\\d)[\u00a0\u2009\u202f](?=\\d{3}(?!\\d))")
_WORD_THEN_NOTE = re.compile(r"([^\W\d_]{3,})\d{1,3}$")
_NUMBER_THEN_WORD = re.compile(r"(\d+)([^\W\d_]{3,})$")

SCALES = {
    **dict.fromkeys(("thousand", "mil", "mille"), 1_000),
    **dict.fromkeys(("million", "millions", "millon", "millones", "milhao", "milhoes"), 1_000_000),
    **dict.fromkeys(("billion", "billions", "bilhao", "bilhoes", "milliard", "milliards"), 1_000_000_000),
    **dict.fromkeys(("billon", "billones", "trillion"), 1_000_000_000_000),
}
LEGAL_KINDS = {
    **dict.fromkeys(("decreto", "decree", "decret", "decretos"), "decreto"),
    **dict.fromkeys(("ley", "leyes", "law", "lei", "loi"), "ley"),
    **dict.fromkeys(("resolucion", "resolution", "resolucao"), "resolucion"),
    **dict.fromkeys(("articulo", "article", "artigo", "art"), "articulo"),
    **dict.fromkeys(("portaria", "ordenanza", "ordinance", "acuerdo", "directiva", "directive"), "norma"),
}
LEGAL_BETWEEN = frozenset({
    "n", "no", "num", "numero", "number", "nro", "legislativo", "legislative", "supremo", "supreme",
    "ministerial", "de", "urgencia", "emergency", "complementar", "organica", "jefatural", "directoral",
})  # fmt: skip
LEGAL_REACH = 4
"""Words between the kind and the number at most: "Decreto de Urgencia N.º 090"."""

_PT_ENDINGS = (("coes", "ções"), ("cao", "ção"), ("soes", "sões"), ("sao", "são"))
"""Portuguese stems need these accents, which questions often lack."""


@dataclass(slots=True)
class Token:
    """A word or number of a text: `surface` folded, `word` in lower case where it is to be stemmed."""

    surface: str
    start: int
    end: int
    word: str | None
    more: list[str]


@dataclass(frozen=True, slots=True)
class QuestionTerm:
    """What is looked for in the place of one word: `surface` as folded, and its forms in the index."""

    surface: str
    forms: tuple[str, ...]


class Analyser:
    """Turns text into terms. Not changed after its making, and safe for several threads."""

    def __init__(self, acronyms: Acronyms | None = None, glossaries: Sequence[Path] = ()) -> None:
        self.acronyms = acronyms or Acronyms.load()
        self._glossaries = glossaries
        self.version = f"{RULES_VERSION}-{self.acronyms.version}"
        self._stemmers: dict[str, Any] = {}
        self._stems: dict[tuple[str | None, str], str] = {}

    @cached_property
    def glossary(self) -> Glossary:
        """The glossary of questions; read when the first one is asked."""
        return Glossary(read_glossary(*self._glossaries), self._stem)

    def terms(self, text: str, language: str | None) -> list[str]:
        """Return the terms of a passage in order; words are stemmed in `language` (ISO 639-1)."""
        found = []
        for token in self.tokens(text):
            found.append(self._stem(token.word, language) if token.word else token.surface)
            found.extend(token.more)
        return found

    def question(self, text: str, languages: Sequence[str | None]) -> list[QuestionTerm]:
        """Return what a question looks for in passages of `languages`: `tokens`, then `question_terms`."""
        tokens = self.tokens(text)
        return self.question_terms(tokens, spoken_in(tokens, text), languages)

    def question_terms(
        self,
        tokens: Sequence[Token],
        spoken: Sequence[str],
        languages: Sequence[str | None],
        *,
        translate: bool = True,
    ) -> list[QuestionTerm]:
        """Return what the tokens of a question look for in passages of `languages`, function words left out.

        `spoken` are the languages the question may be in. A question of nothing but function words keeps them. With
        `translate`, a word of the glossary has the words of the other languages among its forms.
        """
        stop = frozenset().union(*(STOPWORDS[code] for code in spoken))
        kept = [token for token in tokens if token.surface not in stop or token.more] or list(tokens)
        found = []
        for token in kept:
            groups = [term for term in token.more if term.startswith(MARK)]
            stems = [self._stem(token.word, code) for code in languages] if token.word else []
            if token.word and token.surface not in stop:
                others = self.glossary.others(token.word, spoken, languages) if translate else ()
                forms = tuple(dict.fromkeys([*stems, *groups, *(stem for stem, _ in others)])) or (
                    token.surface,
                )
                found.append(QuestionTerm(token.surface, forms))
            elif groups or not token.word or len(kept) == len(tokens):
                forms = tuple(dict.fromkeys(groups or stems)) or (token.surface,)
                found.append(QuestionTerm(token.surface, forms))
            parts = (term for term in token.more if not term.startswith(MARK))
            found.extend(QuestionTerm(term, (term,)) for term in parts)
        return found

    def surfaces(self, text: str) -> list[str]:
        """Return the folded words and numbers of a text in order, unstemmed: what phrases are made of."""
        return [token.surface for token in self.tokens(text)]

    def _stem(self, word: str, language: str | None) -> str:
        key = (language, word)
        known = self._stems.get(key)
        if known is None:
            known = self._stems[key] = fold_word(self._snowball(word, language))
        return known

    def _snowball(self, word: str, language: str | None) -> str:
        name = SNOWBALL.get(language or "")
        if name is None:
            return word
        if language == "pt":
            for bare, accented in _PT_ENDINGS:
                if word.endswith(bare):
                    word = word.removesuffix(bare) + accented
        import Stemmer

        # A stemmer keeps state while it works, so threads must not share one; making one costs 10 µs,
        # and each word is stemmed once.
        return str(Stemmer.Stemmer(name, 0).stemWord(word))

    def tokens(self, text: str) -> list[Token]:
        """Return the words and numbers of a text in order, each with the terms that it holds beside itself."""
        plain = normalise(text)
        # In a heading all in capitals "UN" may be the Spanish article; "WHO" alone is the acronym.
        mixed_case = any(char.islower() for char in plain) or len(plain.split()) <= 2
        tokens: list[Token] = []
        for match in _TOKEN.finditer(plain):
            raw = match.group()
            if match.lastgroup == "word":
                if raw in {"s", "S"} and plain[match.start() - 1 : match.start()] in {"'", "’"}:
                    continue
                tokens.append(self._word(match, raw, mixed_case))
            elif match.lastgroup == "mixed":
                tokens.append(self._mixed(match, raw))
            else:
                tokens.append(_number(match, raw, plain))
        self._link(tokens, plain)
        return tokens

    def _word(self, match: re.Match[str], raw: str, mixed_case: bool) -> Token:
        group = self.acronyms.of_word(raw, mixed_case=mixed_case)
        surface = fold_word(raw)
        # "WHO" is looked for as the organisation only, never as the word "who".
        is_word = group is None or surface not in self.acronyms.capitals
        word = raw.casefold() if is_word else None
        return Token(surface, match.start(), match.end(), word, [group] if group else [])

    def _mixed(self, match: re.Match[str], raw: str) -> Token:
        """Letters and digits in one: whole, and the word in it where a note's number was glued to it."""
        surface, more = fold_word(raw), []
        if glued := _WORD_THEN_NOTE.match(raw):
            more.append(fold_word(glued[1]))
        elif glued := _NUMBER_THEN_WORD.match(raw):
            more.extend((glued[1], fold_word(glued[2])))
        return Token(surface, match.start(), match.end(), None, more)

    def _link(self, tokens: list[Token], plain: str) -> None:
        """Add what several neighbours say together: names, legal numbers, joined signs, scaled numbers."""
        surfaces = [token.surface for token in tokens]
        for place, term in self.acronyms.of_names(surfaces):
            tokens[place].more.append(term)
        for place, token in enumerate(tokens):
            if token.word is None and token.surface[0].isdigit():
                _scale(tokens, place)
                _legal(tokens, place)
        _join(tokens, plain)


def normalise(text: str) -> str:
    """Return NFKC text in which raised note numbers, fractions and spaced thousands read as meant."""
    text = _SPACED_THOUSANDS.sub("", text.replace("\u00ad", ""))
    text = _SUPERSCRIPTS.sub(lambda match: " " + match.group(), text)
    text = _FRACTION.sub(lambda match: " " + match.group() + " ", text)
    return unicodedata.normalize("NFKC", text)


def canonical_number(raw: str) -> str:
    """Return a number one way: no thousands separators, a point before decimals.

    Three digits after a single separator are thousands ("1.234" and "1,234" are 1234) unless only
    zeros stand before it: in the policy texts examined a decimal of exactly three digits after a
    number other than 0 did not occur. What fits no pattern (dates, "1.2.3") stays, with points.
    """
    parts = re.split(r"[.,]", raw)
    if len(parts) == 1:
        return raw
    signs = [char for char in raw if char in ".,"]
    grouped = all(len(part) == 3 for part in parts[1:]) and len(parts[0]) <= 3 and parts[0].strip("0") != ""
    if grouped and len(set(signs)) == 1:
        return "".join(parts)
    inner = all(len(part) == 3 for part in parts[1:-1]) and len(set(signs[:-1])) <= 1
    if len(parts) == 2 or (inner and signs[-1] != signs[0]):
        return "".join(parts[:-1]) + "." + parts[-1]
    return ".".join(parts)


def _number(match: re.Match[str], raw: str, plain: str) -> Token:
    surface = canonical_number(raw)
    before = _CURRENCY.search(plain, max(0, match.start() - 5), match.start())
    more = [currency_mark(before.group()) + surface] if before else []
    return Token(surface, match.start(), match.end(), None, more)


def currency_mark(sign: str) -> str:
    """Return the mark of a currency sign: all dollars are "$", soles are "s/"."""
    return "$" if "$" in sign else sign.strip(" .").casefold()


def _scale(tokens: list[Token], place: int) -> None:
    """“1.3 million” also holds 1300000, “mil millones” multiplies twice."""
    factor, after = 1, place + 1
    while after < len(tokens) and after <= place + 2 and tokens[after].surface in SCALES:
        factor *= SCALES[tokens[after].surface]
        after += 1
    number = tokens[place].surface
    if factor == 1 or number.count(".") > 1 or not re.fullmatch(r"[0-9.]{1,15}", number):
        return
    whole = format((Decimal(number) * factor).normalize(), "f")
    # "$1.3 million" is the sum of $1300000; "$1.3" alone would also be found in "$1.3 billion".
    more = [
        mark + whole if (mark := term.removesuffix(number)) != term else term for term in tokens[place].more
    ]
    tokens[place].more[:] = [whole, *more]


def _legal(tokens: list[Token], place: int) -> None:
    """“Decreto Legislativo N.º 1350” also holds decreto:1350."""
    number = tokens[place].surface
    for back in range(place - 1, max(-1, place - 1 - LEGAL_REACH), -1):
        kind = LEGAL_KINDS.get(tokens[back].surface)
        if kind is not None:
            tokens[place].more.append(f"{kind}:{number}")
            return
        if tokens[back].surface not in LEGAL_BETWEEN:
            return


def _join(tokens: list[Token], plain: str) -> None:
    """Parts joined by hyphen or slash, of which one has letters and one digits, also hold the whole."""
    first = 0
    for place in range(1, len(tokens) + 1):
        if place < len(tokens):
            gap = plain[tokens[place - 1].end : tokens[place].start]
            if len(gap) == 1 and gap in "-/‐‑":
                continue
        chain = tokens[first:place]
        if len(chain) > 1:
            whole = "".join(token.surface for token in chain)
            if any(char.isdigit() for char in whole) and any(char.isalpha() for char in whole):
                chain[0].more.append(whole)
        first = place


def spoken_in(tokens: Iterable[Token], text: str) -> tuple[str, ...]:
    """Return the languages that a question of these tokens may be in, () where nothing tells."""
    return question_languages((token.surface for token in tokens), text)


def term_counts(terms: Iterable[str]) -> dict[str, int]:
    """Return term → count."""
    counts: dict[str, int] = {}
    for term in terms:
        counts[term] = counts.get(term, 0) + 1
    return counts
