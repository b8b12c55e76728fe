"""Every text of the page has its words in every interface language."""

import importlib.util
import re
from pathlib import Path
from typing import Any

import polib
import pytest

from app.i18n import LANGUAGES, catalogue_path, choose, words

REPOSITORY = Path(__file__).parent.parent.parent


def extractor() -> Any:
    path = REPOSITORY / "tools" / "update_catalogues.py"
    spec = importlib.util.spec_from_file_location("update_catalogues", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


MESSAGES: dict[str, str | None] = extractor().all_messages()


def test_texts_are_found() -> None:
    assert len(MESSAGES) > 200
    assert MESSAGES["{n} passage"] == "{n} passages"


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_text_lacks_a_translation(language: str) -> None:
    entries = {e.msgid: e for e in polib.pofile(str(catalogue_path(language)))}
    missing = [text for text in MESSAGES if text not in entries or not entries[text].translated()]
    unused = [text for text in entries if text not in MESSAGES]
    assert missing == []
    assert unused == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_translations_keep_the_fields(language: str) -> None:
    def fields(text: str) -> set[str]:
        return set(re.findall(r"{(\w+)}", text))

    for entry in polib.pofile(str(catalogue_path(language))):
        for text in entry.msgstr_plural.values() if entry.msgid_plural else [entry.msgstr]:
            assert fields(text) == fields(entry.msgid), entry.msgid


def test_numbers_choose_their_form() -> None:
    assert words("es").n("{n} passage", "{n} passages", 1) == "1 pasaje"
    assert words("pt").n("{n} passage", "{n} passages", 0) == "0 trechos"
    assert words("en").n("{n} passage", "{n} passages", 2) == "2 passages"


@pytest.mark.parametrize(
    ("wishes", "language"),
    [
        ((None, "es-PE"), "es"),
        (("pt", "es"), "pt"),
        (("fr", "pt-BR"), "pt"),
        ((None, None), "en"),
        (("xx",), "en"),
    ],
)
def test_the_language_is_the_first_known_wish(wishes: tuple[str | None, ...], language: str) -> None:
    assert choose(*wishes) == language


def test_a_text_without_translation_is_noticed() -> None:
    found = dict(extractor().messages('t("new text"); t.n("one", "many", 2); f(t(x))'))
    assert found == {"new text": None, "one": "many"}


@pytest.mark.parametrize("call", ['state.words()("new text")', 'words("es")("new text").format(n=1)'])
def test_a_text_said_without_a_name_for_the_words_is_noticed(call: str) -> None:
    assert dict(extractor().messages(call)) == {"new text": None}
