"""The version of the reader: kept as one string, and asked what must be read again."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.readers import version
from ingest.readers.version import NOT_READ, ReaderVersion

# What libraries hold since the first format; none of these may come back as another.
STORED = {
    "6": ReaderVersion("6"),
    "6+eng+spa": ReaderVersion("6", frozenset({"eng", "spa"})),
    "5+eng": ReaderVersion("5", frozenset({"eng"})),
    "": NOT_READ,
}
# Read by, is a scan, languages installed now -> must be read again.
CASES = {
    "the same reader": ("6", False, set(), False),
    "an older reader": ("5", False, set(), True),
    "no reader": ("", False, set(), True),
    "a text, whatever languages there are": ("6", False, {"eng"}, False),
    "a scan, and a language more": ("6+eng", True, {"eng", "spa"}, True),
    "a scan, and the same languages": ("6+eng+spa", True, {"spa", "eng"}, False),
    "a scan, and a language fewer": ("6+eng+spa", True, {"eng"}, False),
    "a scan that an older reader read": ("5+eng", True, {"eng"}, True),
}


@pytest.mark.parametrize("stored", STORED)
def test_what_is_stored_comes_back(stored: str) -> None:
    assert ReaderVersion.parse(stored) == STORED[stored]
    assert str(STORED[stored]) == stored


@given(
    number=st.from_regex(r"[0-9a-z]*", fullmatch=True),
    languages=st.frozensets(st.from_regex(r"[a-z_]{1,8}", fullmatch=True)),
)
def test_any_version_comes_back(number: str, languages: frozenset[str]) -> None:
    assert ReaderVersion.parse(str(ReaderVersion(number, languages))) == ReaderVersion(number, languages)


@pytest.mark.parametrize("name", CASES)
def test_what_must_be_read_again(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    stored, scan, installed, again = CASES[name]
    monkeypatch.setattr(version, "READER_VERSION", "6")
    monkeypatch.setattr(version, "installed_languages", lambda: frozenset(installed))
    assert ReaderVersion.parse(stored).is_outdated(scan=scan) == again


def test_only_a_scan_asks_which_languages_there_are(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(version, "installed_languages", lambda: pytest.fail("a program was started"))
    assert not ReaderVersion(version.READER_VERSION).is_outdated(scan=False)


def test_the_current_one_is_never_outdated_and_none_always_is() -> None:
    assert not ReaderVersion.current().is_outdated(scan=True)
    assert not ReaderVersion.current().is_none
    assert NOT_READ.is_none and NOT_READ.is_outdated(scan=False)
