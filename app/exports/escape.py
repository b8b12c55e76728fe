"""The one way by which text from documents, titles, file names and questions reaches a page or a file.

Five targets, five functions: `for_html`, `for_markdown` (labels of Streamlit widgets and options of pills are
Markdown), `for_label` (options of select boxes are not), `for_cell` (spreadsheets take some texts for formulas) and
`for_xml`. All begin with `visible`. Raw text of a page goes through `printed` before it becomes a cell.
"""

import html
import re

# Direction overrides and marks can make a text read differently from what it is; all other control
# characters are invisible. Line feed and tab stay: they are blanks.
_UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufff9-\ufffb]"
)
_SURROGATE = re.compile("[\ud800-\udfff]")
_MARKDOWN = re.compile(r"([\\`*_{}\[\]()#+\-.!|~<>$&^=])")
# Streamlit replaces `:name:` (icons, emoji, colours) and bare addresses after Markdown's own escapes are
# undone, so that a backslash does not stop it; a word joiner, which has no width, does.
_SHORTCODE = re.compile(r"(:|@|www)(?=\S)", re.IGNORECASE)
# What pdfium writes for a hyphen at the end of a line.
_PDFIUM_HYPHEN = re.compile("[\x02\ufffe]")
# What spreadsheet programs take for the beginning of a formula, with the full-width forms.
_FORMULA_START = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def visible(text: str) -> str:
    r"""Return the text with every character that cannot be seen or printed made visible.

    Undecodable bytes of file names (lone surrogates U+DC80–U+DCFF) become `\xNN`, other lone surrogates and
    control or direction characters become U+FFFD. Line feeds and tabs stay.
    """
    return _UNSEEN.sub("\ufffd", _SURROGATE.sub(_surrogate, text))


def for_html(text: str) -> str:
    """Return the text as HTML character data that is also safe inside a quoted attribute."""
    return html.escape(visible(text), quote=True)


def for_markdown(text: str) -> str:
    """Return the text as one line of Markdown that Streamlit shows literally (labels, options, messages)."""
    return _MARKDOWN.sub(r"\\\1", _SHORTCODE.sub("\\1\u2060", for_label(text)))


def for_label(text: str) -> str:
    """Return the text as one line where Streamlit shows plain text: options of boxes, what stands in a field."""
    return " ".join(visible(text).split())


def for_cell(value: object) -> str:
    """Return the value as a spreadsheet cell: None is empty, a would-be formula begins with an apostrophe."""
    raw = "" if value is None else str(value)
    return "'" + visible(raw) if raw.startswith(_FORMULA_START) else visible(raw)


def for_xml(text: str) -> str:
    """Return the text without what XML 1.0 cannot hold; it is not escaped: whoever writes the XML does that."""
    return "".join(c for c in visible(text) if c not in "\ufffe\uffff")


def printed(page: str) -> str:
    """Return the raw text of a page as it reads on paper, the same under `ingest.text.folding.fold`.

    The hyphens of pdfium become "-", other characters that cannot be seen a blank: U+FFFD, which `visible`
    puts in their place, would be an alteration.
    """
    return _UNSEEN.sub(" ", _PDFIUM_HYPHEN.sub("-", page))


def _surrogate(match: re.Match[str]) -> str:
    code = ord(match.group())
    return f"\\x{code - 0xDC00:02x}" if 0xDC80 <= code <= 0xDCFF else "\ufffd"
