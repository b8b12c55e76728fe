"""The numbers that blocks of a text begin with, as one cites them: "Artículo 2, para. 3", "Article 13(2)(b)", "(a)"."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from ingest.structure.blocks import Block
from ingest.text.numerals import to_roman

_ARTICLE = (
    r"(?P<article>(?i:art[íi]culo|article|artigo|art\.)\s+"
    r"(?:(?:\d{1,4}|[IVXL]{1,6})(?P<ordinal>\.?\s?[º°])?(?:-?[A-Z](?![A-Za-zÀ-ÿ]))?(?:\s(?:bis|ter|quater))?"
    r"|(?i:[úu]nico)))"
)
# "Article 13 of the Covenant" that begins a sentence is none: a stop or a dash follows, or nothing.
_ARTICLE_BLOCK = re.compile(rf"{_ARTICLE}\s*(?:[.:–—-]|$|(?P<capital>(?=[A-ZÀ-Þ])))")
_ARTICLE_HEADING = re.compile(rf"{_ARTICLE}(?!\w)(?!\s+(?:of|to|de|del|da|do)\b)")
_PARAGRAPH = re.compile(
    r"(?:\((?P<paren>\d{1,3})\)|§\s?(?P<sign>\d{1,2})[º°]?\.?|(?P<dotted>\d{1,3}(?:\.\d{1,3}){0,3})[.)])(?=\s|[A-ZÀ-Þ])"
    r"|(?P<bare>\d{1,3}(?:\.\d{1,3}){1,3})\s"
)
_LETTER = re.compile(r"\(?(?P<letter>[a-z]|[ivx]{2,5})[.)]\s")
_ROMANS = {to_roman(number): number for number in range(1, 40)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """What a block is numbered as: `article` as printed, `paragraph`, `letter` and `roman` without their marks.

    `style` is how the number of the paragraph is marked: "." ("3."), "(" ("(3)") or "§".
    """

    article: str = ""
    paragraph: str = ""
    style: str = ""
    letter: str = ""
    roman: str = ""

    @property
    def head(self) -> str:
        """Everything but the last number, as it stands before it: "Article 13(2)" of "Article 13(2)(b)"."""
        if self.roman:
            return str(replace(self, roman=""))
        if self.letter:
            return str(replace(self, letter=""))
        return self.article if self.paragraph else ""

    @property
    def tail(self) -> str:
        """The last number with its marks."""
        text = str(self)
        return text.removeprefix(self.head)

    def __str__(self) -> str:
        joined = self.article
        if self.paragraph and self.article and self.style == "(":
            joined += f"({self.paragraph})"
        elif self.paragraph:
            sign = "§ " if self.style == "§" else "para. "
            joined += f"{', ' if joined else ''}{sign}{self.paragraph}"
        return joined + "".join(f"({part})" for part in (self.letter, self.roman) if part)

    def holds(self, other: "Address") -> bool:
        """Return whether the other address is this one or a part of it."""
        return all(
            not mine or mine == theirs
            for mine, theirs in (
                (self.article, other.article), (self.paragraph, other.paragraph), (self.letter, other.letter),
                (self.roman, other.roman),
            )
        )  # fmt: skip


def addresses(blocks: Sequence[Block]) -> list[Address | None]:
    """Return the address of each block that begins with a number that is surely one, None for the others.

    Sure is a number whose neighbour begins another block, and that no other block of the section has.
    """
    found: list[Address | None] = []
    state = Address()
    section: tuple[str, ...] = ()
    for block in blocks:
        if block.section != section:
            state, section = Address(article=article_of(block.section)), block.section
        at = _next(state, block.lines[0].text) if block.kind in ("body", "list") and block.lines else None
        found.append(at)
        state = at or state
    known = {at for at in found if at is not None}
    counts = Counter((block.section, at) for block, at in zip(blocks, found, strict=True))
    return [
        at if at and counts[block.section, at] == 1 and _has_neighbour(at, known) else None
        for block, at in zip(blocks, found, strict=True)
    ]


def article_of(section: Sequence[str]) -> str:
    """Return the article that the last heading of a section names, "" where it names none."""
    match = _ARTICLE_HEADING.match(section[-1]) if section else None
    return _printed(match["article"]) if match else ""


def joined(first: Address, last: Address) -> str:
    """Return a range of two addresses in one section: "paras. 3–5", "para. 3(a)–(c)"."""
    if first.holds(last):
        return str(first)
    if first.head != last.head or (not first.head and first.article):
        return f"{first} – {last}"
    if first.letter:
        return f"{first}–{last.tail}"
    if first.style == "(" and first.article:
        return f"{first}–{last.tail}"
    sign = "§§ " if first.style == "§" else "paras. "
    numbers = f"{sign}{first.paragraph}–{last.paragraph}"
    return f"{first.article}, {numbers}" if first.article else numbers


def _next(state: Address, text: str) -> Address | None:
    """Return the address of a block that begins with `text`, behind one at `state`; None where it has no number."""
    article = _ARTICLE_BLOCK.match(text)
    if article is not None and (article["capital"] is None or article["ordinal"]):
        return Address(article=_printed(article["article"]))
    paragraph = _PARAGRAPH.match(text)
    if paragraph is not None:
        style = "(" if paragraph["paren"] else "§" if paragraph["sign"] else "."
        number = next(part for part in paragraph.group("paren", "sign", "dotted", "bare") if part)
        return Address(article=state.article, paragraph=number, style=style)
    letter = _LETTER.match(text)
    return _lettered(state, letter["letter"]) if letter is not None else None


def _lettered(state: Address, mark: str) -> Address | None:
    """Return the address of "(b)" or "(ii)" where it follows what stands before it, else None."""
    above = replace(state, letter="", roman="")
    if len(mark) == 1 and (mark == "a" or (state.letter and ord(mark) == ord(state.letter) + 1)):
        return replace(above, letter=mark)
    number = _ROMANS.get(mark, 0)
    if number == 1 or (number and state.roman and _ROMANS[state.roman] == number - 1):
        return replace(state, roman=mark)
    return None


def _has_neighbour(at: Address, known: Iterable[Address]) -> bool:
    """Return whether a number is a part of a list: the one before or after it is there, or it is an article's own."""
    known = known if isinstance(known, (set, frozenset)) else set(known)
    if at.roman:
        number = _ROMANS[at.roman]
        return any(replace(at, roman=to_roman(n)) in known for n in (number - 1, number + 1) if n > 0)
    if at.letter:
        return any(replace(at, letter=chr(ord(at.letter) + step)) in known for step in (-1, 1))
    if not at.paragraph:
        return True
    outer, _, own = at.paragraph.rpartition(".")
    around = (str(int(own) - 1), str(int(own) + 1))
    return any(replace(at, paragraph=f"{outer}.{number}" if outer else number) in known for number in around)


def _printed(article: str) -> str:
    return " ".join(article.split())
