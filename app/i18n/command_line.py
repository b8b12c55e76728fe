"""What the command line says, in the language that `--lang` or the environment asks for.

Messages are made where they arise, in English; the catalogues `commands.po` hold them as templates with `{0}`, `{1}` …
for what differs. A line that fits one is said in the other language, with what differs as it is or, where that is a
message itself, said in that language too. Passages, JSON and files are never looked at.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from app.i18n import LANGUAGES, Words, catalogue_path, choose, words

OPTION = "--lang"
_PLACE = re.compile(r"\{(\d)\}")
_FEWEST_LETTERS = 3
"""Letters of a template outside its places: fewer would fit anything."""
_COUNTED = re.compile(r"\b(file|page|passage|document|question|sentence|row|cell|piece|line)s\b")
"""What messages count: of one of them they have the singular."""
_spoken = {"language": "en"}


@dataclass(frozen=True, slots=True)
class Template:
    """A message with places for what differs: the pattern of the English one, and the other language's text."""

    pattern: re.Pattern[str]
    text: str


def asked_language(arguments: list[str], environment: Mapping[str, str]) -> str | None:
    """Take `--lang CODE` out of the arguments and return the language: that, else the environment's, else English.

    Returns None, with the arguments as they are, where the option names no language of ours.
    """
    before_end = arguments[: arguments.index("--")] if "--" in arguments else arguments
    for at, word in enumerate(before_end):
        name, equals, value = word.partition("=")
        if name != OPTION:
            continue
        code = value if equals else arguments[at + 1] if at + 1 < len(arguments) else ""
        if code.lower()[:2] not in LANGUAGES or not re.fullmatch(r"[A-Za-z]{2}([-_.].*)?", code):
            return None
        del arguments[at : at + (1 if equals else 2)]
        return choose(code)
    named = (environment.get(name) for name in ("LC_ALL", "LC_MESSAGES", "LANG"))
    return choose(next(filter(None, named), None))


def speak(language: str) -> None:
    """Let the command line speak this language from now on."""
    _spoken["language"] = language


def spoken_words() -> Words:
    """Return the words of the language that the command line speaks."""
    return words(_spoken["language"])


def worded(message: str) -> str:
    """Return a message of the command line in the language that it speaks; one that is not known as it is."""
    return in_language(message, _spoken["language"])


def in_language(message: str, language: str) -> str:
    """Return a message that arose below, such as the reason why a file was not read, in a language of the interface."""
    return message if language == "en" else _put(message, templates(language))


def _put(message: str, known: Sequence[Template]) -> str:
    lead = message[: len(message) - len(message.lstrip())]
    body = message[len(lead) :]
    for template in known:
        if match := template.pattern.fullmatch(body):
            parts = [_put(part, known) if part != body else part for part in match.groups()]
            return lead + template.text.format(*parts)
    return message


@cache
def templates(language: str) -> tuple[Template, ...]:
    """Return the templates of a language, those with most words of their own first."""
    import polib

    path = catalogue_path(language).with_name("commands.po")
    found = [(entry.msgid, entry.msgstr) for entry in polib.pofile(str(path), encoding="utf-8")]
    found.sort(key=lambda pair: -len(_PLACE.sub("", pair[0])))
    return tuple(Template(pattern_of(english), _numbered(english, text)) for english, text in found)


def pattern_of(english: str) -> re.Pattern[str]:
    """Return what a message with these places looks like. Raises ValueError for one of hardly any words."""
    pieces = _PLACE.split(english)[::2]
    if sum(map(str.isalpha, "".join(pieces))) < _FEWEST_LETTERS:
        raise ValueError(f"no words of its own: {english}")
    literal = (_COUNTED.sub(r"\1s?", re.escape(piece)) for piece in pieces)
    return re.compile("(.+?)".join(literal), re.DOTALL)


def _numbered(english: str, text: str) -> str:
    """Return the other text with its places numbered by where they stand in the English one."""
    order = {name: str(at) for at, name in enumerate(_PLACE.findall(english))}
    return _PLACE.sub(lambda match: "{" + order[match[1]] + "}", text)
