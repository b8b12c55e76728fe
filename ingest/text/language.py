"""The language of a text, of the few in which policy papers of the region and of the UN are written."""

import logging
from collections.abc import Sequence
from functools import lru_cache
from typing import Any
from zipfile import BadZipFile

from ingest.text.language_batches import Batches
from ingest.text.language_model import load_identifier

log = logging.getLogger(__name__)

# The last six so that their texts are not taken for one of the first four: of 8,472 passages of 42 PDFs, 630 in
# Dutch, German or Russian were; with them, 2 others are wrong. With all 97 of the library, many would be.
LANGUAGES = ("en", "es", "pt", "fr", "de", "it", "nl", "ru", "ar", "zh")
# Below this many letters py3langid is wrong too often to say anything about one passage.
MIN_CHARACTERS = 120
# Characters of one passage that are looked at; the answer is as sure as from all of it.
PASSAGE_SAMPLE = 260
# Text looked at for a whole document; more changes nothing.
SAMPLE = 20_000
# Characters from which one text is faster walked in rows (`ingest.text.language_batches`) than byte by byte.
LONG = 2_000


@lru_cache(maxsize=1)
def _identifier() -> Any:
    try:
        return load_identifier(LANGUAGES)
    except (KeyError, ValueError, BadZipFile):
        log.info("the language model is laid out otherwise; it is loaded whole", exc_info=True)
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    identifier = LanguageIdentifier.from_model_file(MODEL_FILE)
    identifier.set_languages(list(LANGUAGES))
    return identifier


@lru_cache(maxsize=1)
def _batches() -> Batches:
    return Batches(_identifier())


def language_of(text: str, default: str | None = None) -> str | None:
    """Return the language code of `text`, or `default` when it has under 120 letters."""
    if _is_short(text):
        return default
    if len(text) >= LONG:
        return _batches().classify([text])[0]
    code, _ = _identifier().classify(text)
    return str(code)


def languages_of(texts: Sequence[str], default: str | None = None) -> list[str | None]:
    """Return what `language_of` returns for each of many texts, in a third of the time."""
    found = [default] * len(texts)
    told = [at for at, text in enumerate(texts) if not _is_short(text)]
    if told:
        for at, code in zip(told, _batches().classify([texts[at] for at in told]), strict=True):
            found[at] = code
    return found


def _is_short(text: str) -> bool:
    # Mostly the beginning has letters enough.
    return all(sum(map(str.isalpha, part)) < MIN_CHARACTERS for part in (text[:PASSAGE_SAMPLE], text))
