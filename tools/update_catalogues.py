"""Bring app/i18n/*/LC_MESSAGES/pincite.po in line with the texts in the source.

Texts are the literal arguments of calls of a name `t` (`t("…")`), of what `words()` returns, and of a method `n`.
New ones are added without translation (tests/app/test_page_catalogues.py fails until a person writes one);
texts no longer used are taken out.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

import polib

ROOT = Path(__file__).parent.parent
LANGUAGES = ("en", "es", "pt")


def messages(source: str) -> Iterator[tuple[str, str | None]]:
    """Yield (text, plural or None) for every translatable text of a module."""
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        texts = [a.value for a in node.args if isinstance(a, ast.Constant) and isinstance(a.value, str)]
        if _translates(node.func) and len(texts) == 1:
            yield texts[0], None
        elif isinstance(node.func, ast.Attribute) and node.func.attr == "n" and len(texts) == 2:
            yield texts[0], texts[1]


def _translates(called: ast.expr) -> bool:
    """Return whether what is called are words of a language: `t`, or what a function `words` returned."""
    if isinstance(called, ast.Call):
        maker = called.func
        return (maker.attr if isinstance(maker, ast.Attribute) else getattr(maker, "id", "")) == "words"
    return isinstance(called, ast.Name) and called.id == "t"


def all_messages() -> dict[str, str | None]:
    """Return every text of the front end with its plural."""
    found: dict[str, str | None] = {}
    for path in sorted((ROOT / "app").rglob("*.py")):
        found |= dict(messages(path.read_text(encoding="utf-8")))
    return found


def update(language: str) -> int:
    """Rewrite one catalogue and return how many of its texts lack a translation."""
    path = ROOT / "app" / "i18n" / language / "LC_MESSAGES" / "pincite.po"
    old = {entry.msgid: entry for entry in polib.pofile(str(path))} if path.exists() else {}
    po = polib.POFile(wrapwidth=100)
    po.metadata = {
        "Language": language,
        "Content-Type": "text/plain; charset=UTF-8",
        "Content-Transfer-Encoding": "8bit",
        "Plural-Forms": "nplurals=2; plural=(n != 1);",
    }
    for text, plural in sorted(all_messages().items()):
        kept = old.get(text)
        if plural is None:
            translation = text if language == "en" else kept.msgstr if kept else ""
            po.append(polib.POEntry(msgid=text, msgstr=translation))
        else:
            forms = (
                {0: text, 1: plural}
                if language == "en"
                else dict(kept.msgstr_plural)
                if kept
                else {0: "", 1: ""}
            )
            po.append(polib.POEntry(msgid=text, msgid_plural=plural, msgstr_plural=forms))
    po.save(str(path))
    return sum(not entry.translated() for entry in po)


if __name__ == "__main__":
    for code in LANGUAGES:
        print(code, "without translation:", update(code))
