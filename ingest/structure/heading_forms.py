"""Lines that look like headings by their place and type, and are rows, fields or entries by their form."""

import re

from ingest.structure.tables import is_figures

# Figures as cells hold them: thousands, shares, sums of money, signs for "none". Years and plain counts are not.
_CELL = re.compile(
    r"^[(\[]?(?:US\$|S/\.?|[$€£])?\d{1,3}(?:[.,’'\u00a0]\d{3})+(?:[.,]\d+)?[)\]%]?$"
    r"|^[$€£]\d[\d.,]*$|^[(\[<>~+−-]?\d+(?:[.,]\d+)?%[)\]]?$|^n/?[ad]\.?$|^[-–—…]$",
    re.IGNORECASE,
)
# A label and its value, which is a date, a number of several digits, or a link: "Date of payment: 06/05/2025".
_FIELD = re.compile(
    r"[^\W\d_][^:]*[^\W_]\s?:\s*(?:\d{1,4}[./-]\d{1,2}[./-]\d{2,4}|[\d./-]{5,}|\[[^\]]*\])[.;]?$"
)
_LABEL = re.compile(r"(?:^|\s)[A-ZÀ-Þ][^\s:]*(?:\s[^\s:]+){0,4}\s?:\s")
# The mark of a page in a text file: "Page 2 of 6", "--- Página 3 ---".
_PAGE_MARK = re.compile(
    r"^[-–—=*_ ]*(?:page|página|pagina|pág\.|p\.)\s*\d+(?:\s*(?:of|de|di|sur|/)\s*\d+)?[-–—=*_ ]*$",
    re.IGNORECASE,
)
# A street with its number, and a place with its postal code.
_STREET = re.compile(r"[^\W\d_].*\s\d{1,4}\b.*\s(?!(?:19|20)\d\d\s)\d{4,5}\s[A-ZÀ-Þ][^\d]*$")
_POSTAL = re.compile(r"\d{4,5}\s[A-ZÀ-Þ]")
# A date, unit or remark that stands under a title in parentheses.
_REMARK = re.compile(r"^\([^()]*\)\*?$")
# Who wrote a paper.
_BYLINE = re.compile(
    r"^(?:prepared|written|authored|submitted|drafted|elaborado|preparado|escrito|redactado|presentado|preparada|"
    r"elaborada|apresentado|rédigé|établi|préparé) (?:by|por|par)\b",
    re.IGNORECASE,
)
# A remark to a form, the number of a person or an account, the number of a row, a price in its last cell, a name.
_NO_TITLE = re.compile(
    r"^\(\*|^[″\"]\S.*[″\"]\s?\(\d\)|\d{8}|^\d{3}[\s.][A-Z]|\s\d+,\d{1,2}$|^(?:[A-ZÀ-Þ]\.[ -]?){2,}\s?[A-ZÀ-Þ’'-]{3,}$"
)
# What closes a letter or a filing, how many pages there are, a note to a table that refers to another place.
_APPENDED = re.compile(
    r"^/s/\s|^\d+\s(?:pages?|páginas?)\b"
    r"|^\(?[a-z\d*]{1,2}[).]\s(?:refers? to|see|source|véase|ver|fuente|consulte|voir)\b.*\.$",
    re.IGNORECASE,
)
# Small words that a title does not end with: the line goes on elsewhere. "Opt in" and "yes or no" are complete.
_SMALL_ENDS = frozenset(
    """
    and or nor of the an to for from with between by
    y de del la el los las para con por entre que un una su sus al
    et ou du des le les au aux pour avec dans
    da das dos em com ao um uma
    en van het und der
    """.split()  # noqa: SIM905
)
# Fields printed behind one another: this many labels.
MANY_LABELS = 3
# Cells from which a line is a row; with fewer words before it, one at its end is enough.
MIN_CELLS = 2
DASHES = frozenset("-–—…")
_MARKS = "()[].,:;*"
_WORD_OF_LETTERS = re.compile(r"[^\W\d_]{3,}")
ROW_WORDS = 6


def is_entry(text: str) -> bool:
    """Return whether a line is a row of a table, a field with its value, several of them, or the mark of a page."""
    words = text.split()
    # A dash is an empty cell at the end of a row only: elsewhere it parts the words of a title.
    cells = sum(1 for word in words if _CELL.match(word) and word not in DASHES)
    cells += all(word in DASHES for word in words[-2:])
    if cells >= MIN_CELLS or (cells and len(words) <= ROW_WORDS and _CELL.match(words[-1])):
        return True
    row = is_figures(text) and not text[-1:].isalpha() and len(words) > 2
    if row and any(len(word.strip(_MARKS)) > 2 and not _is_year(word) for word in words[-2:]):
        return True
    if bool(
        _REMARK.match(text)
        or _BYLINE.match(text)
        or _NO_TITLE.search(text)
        or _APPENDED.match(text)
        or _PAGE_MARK.match(text)
        or (_POSTAL.search(text) and _STREET.search(text))
    ):
        return True
    return ":" in text and (bool(_FIELD.match(text)) or len(_LABEL.findall(text)) >= MANY_LABELS)


def is_cut_off(text: str) -> bool:
    """Return whether a line is the beginning of something longer: it ends with a small word or an open bracket."""
    last = text.split()[-1:] or [""]
    return last[0] in _SMALL_ENDS or text.rfind("(") > text.rfind(")")


def is_noise(text: str) -> bool:
    """Return whether a line is what recognition made of no text: scraps of letters, not letters set apart."""
    words = text.split()
    scraps = [word for word in words if len(word) > 1 and not word.strip(_MARKS).isdigit()]
    return (
        len(words) > ROW_WORDS - 2
        and len(scraps) > 1
        and all(len(_WORD_OF_LETTERS.findall(word)) == 0 for word in words)
    )


def _is_year(word: str) -> bool:
    bare = word.strip(_MARKS)
    return len(bare) == 4 and bare.isdigit() and bare[:2] in ("19", "20")


_ARTICLE_TEXT = re.compile(
    r"^((?:article|artículo|articulo|artikel|art\.)\s+[^\s.:–—-]+(?:\.?[º°])?)(?:\s?[.:–—-]+)*\s*(.*)$",
    re.IGNORECASE,
)
_TITLE_THEN_TEXT = re.compile(r"^([^.:;]{3,80})[.]\s+(?=[A-ZÀ-Þ¿“\"«])")
# Words from which what stands behind the number of an article is its text, not its title.
ARTICLE_WORDS = 8


def article_title(text: str) -> str:
    """Return the number of an article, and its title if it has one, without the text that follows on the line.

    "Art. 7. This decree comes into force on …." is "Art. 7"; other texts come back as they are.
    """
    match = _ARTICLE_TEXT.match(text)
    if match is None or len(match.group(2).split()) < ARTICLE_WORDS:
        return text
    title = _TITLE_THEN_TEXT.match(match.group(2))
    if title is not None and len(title.group(1).split()) < 2 * ARTICLE_WORDS:
        return text[: match.start(2) + title.end(1)]
    return match.group(1) if text.rstrip()[-1:] in ".:;" else text


# Words of a line in body type from which a verb tells that it is (part of) a sentence.
STATEMENT_WORDS = 10
_VERBS = frozenset(
    """
    is are was were has have had will shall should would must can could may be been
    es son fue fueron ha han será serán debe deben deberá deberán podrá podrán tiene tienen está están quedará quedarán
    é são foi foram tem têm deve devem será serão pode podem está estão
    est sont fut furent ont doit doivent peut peuvent sera seront
    """.split()  # noqa: SIM905
)
# "… : how States can help": a title that announces an answer.
_ASKING = frozenset(
    "how what why where who cómo qué quién quiénes dónde como quem onde comment pourquoi".split()  # noqa: SIM905
)
_NOTE = re.compile(r"^\d{1,3}/\s")
# The future of Spanish and Portuguese, which orders in laws, and speech behind a colon.
_FUTURE = re.compile(r"[a-zà-ÿ]{2}(?:ará|erá|irá|arán|erán|irán|arão|erão|irão)$")
_SPEECH = re.compile(r":\s[«“\"][^»”\"]{20,}[»”\"]\.?$")
_PAIRS = (("«", "»"), ("“", "”"))


def is_statement(text: str) -> bool:
    """Return whether a line says something, so that in body type it is no heading: it has a verb, or a note's number.

    Questions are headings. So is a line that begins with the number of an article (`article_title` cuts it).
    """
    if (
        _NOTE.match(text)
        or _SPEECH.search(text)
        or any(text.count(opening) != text.count(closing) for opening, closing in _PAIRS)
    ):
        return True
    words = text.split()
    if len(words) < STATEMENT_WORDS or text[-1:] == "?" or _ARTICLE_TEXT.match(text):
        return False
    bare = [word.strip(".,;:¿?“”«»").lower() for word in words]
    if any(word in _ASKING for word in bare):
        return False
    return any(word in _VERBS or _FUTURE.search(word) for word in bare)
