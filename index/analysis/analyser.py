"""Text to terms, the same for passages and questions.

NFKC, lower case, Snowball stems of the text's language, accents folded. Numbers stay whole and are
written one way ("1,3 millones" holds 1.3 and 1300000; "$1,000" holds 1000 and $1000). Legal numbers
keep their kind ("Decreto Legislativo N.º 1350" holds decreto:1350). Joined signs stay whole beside
their parts ("COVID-19" holds covid, 19 and covid19), and so do numbers of resolutions ("72/179"; "A/RES/72/179" holds
resolucion:72/179). A year that letters were written to stands alone too ("FY2021" holds 2021). Acronyms hold the
term of their group.

A question is analysed in every language of the corpus at once: its own language need not be known, and
a name finds its stem on either side ("Venezuela" is venezuela in English, venezuel in Spanish). Words of
the glossary are looked for in the other languages as well ("salud" finds health).
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

from index.analysis.acronyms import MARK, Acronyms, fold_word
from index.analysis.glossary import Glossary, read_glossary
from index.analysis.numbers import Token, link_joined, link_legal, link_scale, number_token
from index.analysis.stopwords import STOPWORDS, question_languages

RULES_VERSION = 2
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
_SUPERSCRIPTS = re.compile("[⁰¹²³⁴-⁹ªº]+")
_FRACTION = re.compile("[¼-¾⅐-⅞]")
_SPACED_THOUSANDS = re.compile("(?<=\\d)[\u00a0\u2009\u202f](?=\\d{3}(?!\\d))")
_WORD_THEN_NOTE = re.compile(r"([^\W\d_]{3,})\d{1,3}$")
_NUMBER_THEN_WORD = re.compile(r"(\d+)([^\W\d_]{3,})$")
_LETTERS_THEN_YEAR = re.compile(r"[^\W\d_]{1,4}((?:19|20)\d\d)$")
_N_BEFORE_VOWEL = re.compile("n(?=[aeiouáéíóú])")
NEAR_SHARE = 0.5
"""What a word counts that is spelled otherwise than in the question: ñ for n, or without a typing error."""
SPELLINGS = 2
"""Spellings with ñ that are looked for in the place of a word written with n."""

KEPT_WORDS = 20_000
"""Words of shown passages whose terms are kept, about 5 MB: to work them out again was a tenth of a drawn page."""

_PT_ENDINGS = (("coes", "ções"), ("cao", "ção"), ("soes", "sões"), ("sao", "são"))
"""Portuguese stems need these accents, which questions often lack."""


@dataclass(frozen=True, slots=True)
class QuestionTerm:
    """What is looked for in the place of one word: `surface` as folded, and its forms in the index.

    `near` are forms of other spellings, which count less than the word as it was written.
    """

    surface: str
    forms: tuple[str, ...]
    near: tuple[str, ...] = ()

    @property
    def all_forms(self) -> tuple[str, ...]:
        """The forms and those of other spellings."""
        return self.forms + self.near


class Analyser:
    """Turns text into terms. Not changed after its making, and safe for several threads."""

    def __init__(self, acronyms: Acronyms | None = None, glossaries: Sequence[Path] = ()) -> None:
        self.acronyms = acronyms or Acronyms.load()
        self._glossaries = glossaries
        self.version = f"{RULES_VERSION}-{self.acronyms.version}"
        self._stemmers: dict[str, Any] = {}
        self._stems: dict[tuple[str | None, str], str] = {}
        self._terms_of_word = lru_cache(KEPT_WORDS)(
            lambda word, language: frozenset(self.terms(word, language))
        )

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

    def terms_of_word(self, word: str, language: str | None) -> frozenset[str]:
        """Return `terms` of one word of a passage, without what it says together with its neighbours."""
        return self._terms_of_word(word, language)

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
                found.append(QuestionTerm(token.surface, forms, self._near(token.word, forms, languages)))
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
            known = self._stems[key] = fold_stem(self._snowball(word, language))
        return known

    def _near(self, word: str, forms: Sequence[str], languages: Sequence[str | None]) -> tuple[str, ...]:
        """Return the forms of a word with n for ñ, or ñ for one n, that are not among its `forms`."""
        if "ñ" in word:
            others = [word.replace("ñ", "n")]
        else:
            places = [match.start() for match in _N_BEFORE_VOWEL.finditer(word)]
            others = [f"{word[:at]}ñ{word[at + 1 :]}" for at in places[:SPELLINGS]]
        stems = dict.fromkeys(self._stem(other, code) for other in others for code in languages)
        return tuple(stem for stem in stems if stem not in forms)

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
                tokens.append(number_token(match, raw, plain))
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
        if glued := _LETTERS_THEN_YEAR.match(raw):
            more.append(glued[1])
        elif glued := _WORD_THEN_NOTE.match(raw):
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
                link_scale(tokens, place)
                link_legal(tokens, place, plain)
        link_joined(tokens, plain)


def normalise(text: str) -> str:
    """Return NFKC text in which raised note numbers, fractions and spaced thousands read as meant."""
    text = _SPACED_THOUSANDS.sub("", text.replace("\u00ad", ""))
    text = _SUPERSCRIPTS.sub(lambda match: " " + match.group(), text)
    text = _FRACTION.sub(lambda match: " " + match.group() + " ", text)
    return unicodedata.normalize("NFKC", text)


def spoken_in(tokens: Iterable[Token], text: str) -> tuple[str, ...]:
    """Return the languages that a question of these tokens may be in, () where nothing tells."""
    return question_languages((token.surface for token in tokens), text)


def fold_stem(word: str) -> str:
    """Return a word in lower case without accents, but ñ, which is another letter: "año" is no "ano"."""
    return "ñ".join(map(fold_word, word.split("ñ"))) if "ñ" in word else fold_word(word)


def term_counts(terms: Iterable[str]) -> dict[str, int]:
    """Return term → count."""
    counts: dict[str, int] = {}
    for term in terms:
        counts[term] = counts.get(term, 0) + 1
    return counts
