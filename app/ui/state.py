"""What a visitor's session remembers, and how it agrees with the address in the browser.

The session's `Address` is the one truth: widgets are seeded from it and change it in their callbacks;
the browser's address is read when it is not the one we wrote (a link, Back, Forward) and written last.
Reading never changes anything outside the session.
"""

import zlib
from collections.abc import Hashable, Mapping
from dataclasses import replace
from typing import Any, TypeVar, cast

import streamlit as st

from app import i18n
from app.ui import address as addresses
from app.ui.address import Address
from index.query.parser import clean_question

_ADDRESS = "address"
_WRITTEN = "address_written"
_CUT = "question_cut"
_ASKED = "question_asked"
Option = TypeVar("Option")


def words() -> i18n.Words:
    """Return the words of this visitor's language: the address's, else the browser's, else English."""
    return i18n.words(i18n.choose(address().language, st.context.locale))


def address() -> Address:
    """Return the search this session is at."""
    return cast(Address, st.session_state.get(_ADDRESS, Address()))


def change(**parts: Any) -> None:
    """Change parts of the session's search. A new search leaves the old passage and result page behind."""
    if parts.keys() & {"question", "filters", "years", "match"}:
        parts = {"passage": None, "page": 1, **parts}
    st.session_state[_ADDRESS] = replace(address(), **parts)


def ask(text: str) -> None:
    """Search for what a person typed, cut where it is longer than a question may be."""
    question = clean_question(text)
    change(question=question)
    st.session_state[_CUT] = question if addresses.too_long(text) else None
    st.session_state[_ASKED] = question


def just_asked() -> bool:
    """Return whether the session's question was typed or chosen here, and not told before."""
    return bool(st.session_state.pop(_ASKED, None) == address().question)


def question_cut() -> bool:
    """Return whether the session's question is only the beginning of what was asked."""
    question = address().question
    return bool(question) and st.session_state.get(_CUT) == question


def read_address(*, search: bool = True) -> None:
    """Take over what the browser's address says, unless it says what this session wrote there itself.

    Without `search` the address is of a page that holds no search, and only its language is taken.
    """
    params = {name: st.query_params.get_all(name) for name in st.query_params}
    if params == st.session_state.get(_WRITTEN):
        return
    told = addresses.read(params)
    if search and params.keys() - {"lang"}:
        st.session_state[_ADDRESS] = replace(told, language=told.language or address().language)
        if any(addresses.too_long(text) for text in params.get("q", ())):
            st.session_state[_CUT] = told.question
    elif told.language:
        change(language=told.language)


def write_address(*, search: bool) -> None:
    """Put the session's search (or, on the other pages, only the language) into the browser's address."""
    here = address()
    params = addresses.write(here if search else Address(language=here.language))
    if {name: st.query_params.get_all(name) for name in st.query_params} != params:
        st.query_params.from_dict(params)
    st.session_state[_WRITTEN] = params


def number(name: str, most: int) -> int:
    """Return a number of the browser's address that is no part of a search, brought within 1 … `most`."""
    written = str(st.query_params.get(name, "1"))
    found = int(written) if written.isascii() and written.isdigit() and len(written) < 7 else 1
    return min(max(found, 1), max(1, most))


def seed(key: str, value: Hashable | list[Any]) -> str:
    """Give a widget its value before it is drawn, only if it has another one; return the key."""
    if key not in st.session_state or st.session_state[key] != value:
        st.session_state[key] = value
    return key


def labelled(key: str, labels: Mapping[Any, str]) -> str:
    """Return the key of a widget that offers `labels` (option -> label): another one whenever a label changes.

    The browser keeps and sends labels, not options. Under one key Streamlit would go on showing a label that is
    gone, and would hand it to callbacks in place of an option. What was chosen goes over to the new key.
    """
    print_of = zlib.crc32(repr([*labels.values()]).encode("utf-8"))
    made, drawn = f"{key}-{print_of:08x}", f"{key}_drawn"
    before = str(st.session_state.get(drawn, made))
    if before != made and made not in st.session_state and before in st.session_state:
        value = st.session_state[before]
        if isinstance(value, list):
            st.session_state[made] = [one for one in value if one in labels]
        elif value in labels:
            st.session_state[made] = value
    st.session_state[drawn] = made
    return made


def told_apart(labels: Mapping[Option, str]) -> dict[Option, str]:
    """Return the labels with a number behind those that stood before: the browser names an option by its label."""
    told: dict[Option, str] = {}
    given, used = set(labels.values()), set[str]()
    for option, label in labels.items():
        new, number = label, 1
        while new in used or (number > 1 and new in given):
            number += 1
            new = f"{label} ({number})"
        told[option] = new
        used.add(new)
    return told
