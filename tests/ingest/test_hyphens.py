"""Hyphens at line ends: kept where the document writes one, where a name or a number asks for it; else gone."""

import pytest

from ingest.passages.hyphens import Vocabulary

KEPT = {
    "document_writes_it": (["the socio-economic inclusion"], "socio-", "economic"),
    "number": ([], "2017-", "2025"),
    "name": ([], "Guinea-", "Bissau"),
    "prefix": ([], "non-", "exclusion"),
    "a part that comes later": ([], "offer pre\u0002", "and postnatal care"),
    "the same in Portuguese": ([], "pré-", "e pós-natal"),
    "first part a word of its own": (["the ozone layer; ozone- depleting"], "ozone-", "depleting"),
}
DROPPED = {
    "document_writes_it_joined": (["about migration"], "migra-", "tion"),
    "set_by_the_reader": ([], "crimi\u0002", "nal"),
    "unknown_word": ([], "institu-", "ciones"),
    "a syllable like a conjunction": ([], "munic\u0002", "e"),
    "a word that begins like one": ([], "thous-", "ands of"),
    "parts only of this word": (["a political xeno- fobia that grows"], "xeno-", "fobia"),
}


@pytest.mark.parametrize("name", KEPT)
def test_hyphen_stays(name: str) -> None:
    texts, left, right = KEPT[name]
    assert Vocabulary(texts).keeps_hyphen(left, right)


@pytest.mark.parametrize("name", DROPPED)
def test_hyphen_goes(name: str) -> None:
    texts, left, right = DROPPED[name]
    assert not Vocabulary(texts).keeps_hyphen(left, right)


def test_what_is_written_more_often_decides() -> None:
    texts = ["socio-economic socio-economic", "socioeconomic"]
    assert Vocabulary(texts).keeps_hyphen("socio-", "economic")
    assert not Vocabulary([*texts, "socioeconomic socioeconomic"]).keeps_hyphen("socio-", "economic")


NO_WORDS = {
    "no hyphen": ("migra", "tion"),
    "nothing before": ("-", "tion"),
    "nothing behind": ("migra-", "(tion)"),
}


@pytest.mark.parametrize("name", NO_WORDS)
def test_without_two_parts_nothing_goes(name: str) -> None:
    assert Vocabulary([]).keeps_hyphen(*NO_WORDS[name])


def test_case_does_not_matter() -> None:
    assert not Vocabulary(["Migration"]).keeps_hyphen("MIGRA-", "tion")
