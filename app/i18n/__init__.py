"""Interface languages, as gettext catalogues. The English catalogue is the source text itself.

The `.po` files are read as they are: no compiled twin can fall behind them.
"""

import gettext
import io
from functools import cache
from pathlib import Path

LANGUAGES = {"en": "English", "es": "Español", "pt": "Português"}
DOMAIN = "pincite"


class Words:
    """The words of one interface language. Call it with the English text; `.n` chooses by number."""

    def __init__(self, language: str, translations: gettext.NullTranslations) -> None:
        self.language = language
        self._translations = translations

    def __call__(self, message: str) -> str:
        """Return the translation of a message, the message itself in English."""
        return self._translations.gettext(message)

    def n(self, one: str, many: str, number: int) -> str:
        """Return the singular or plural form for this number, with `{n}` filled in."""
        return self._translations.ngettext(one, many, number).format(n=number)


def choose(*wishes: str | None) -> str:
    """Return the first wish ("es", "pt-BR", …) whose language has a catalogue, else English."""
    for wish in wishes:
        code = (wish or "").strip().lower()[:2]
        if code in LANGUAGES:
            return code
    return "en"


def catalogue_path(language: str) -> Path:
    """Return where the catalogue of a language lies."""
    return Path(__file__).parent / language / "LC_MESSAGES" / f"{DOMAIN}.po"


@cache
def words(language: str) -> Words:
    """Return the words of a language of `LANGUAGES`; each catalogue is read once a process."""
    import polib

    po = polib.pofile(str(catalogue_path(language)), encoding="utf-8")
    return Words(language, gettext.GNUTranslations(io.BytesIO(po.to_binary())))
