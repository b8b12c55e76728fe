"""What the pages of the documentation show: their fenced blocks and their commands."""

import re
import shlex
from pathlib import Path

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
FENCE = re.compile(r"^( *)```(\w*)\n(.*?)^\1```", re.M | re.S)


def blocks(text: str, language: str) -> list[str]:
    """Return the fenced blocks of a language, without the indent of a list."""
    return [
        "\n".join(line.removeprefix(indent) for line in body.splitlines())
        for indent, name, body in FENCE.findall(text)
        if name == language
    ]


def shown(text: str) -> list[str]:
    """Return the `pincite` commands of a page in order, from shell blocks and from within sentences, each once.

    One word alone in a sentence (`pincite verify`) only names a command.
    """
    found = []
    for match in re.finditer(FENCE.pattern + "|`(pincite [a-z]+ [^`\\n]*)`", text, re.M | re.S):
        lines = [match[4]] if match[4] else match[3].splitlines() if match[2] == "sh" else []
        found += [line.strip() for line in lines if line.strip().startswith("pincite ")]
    return list(dict.fromkeys(found))


def words_of(command: str) -> list[str]:
    return shlex.split(command.replace(" DIR", " library"))[1:]
