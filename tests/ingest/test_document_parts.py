"""What a PDF says beside its pages: fields of forms, layers that are off, attached files, XFA, portfolios."""

from typing import Any

import pytest
from pypdf.generic import (
    ArrayObject,
    DictionaryObject,
    FloatObject,
    NameObject,
    NumberObject,
    PdfObject,
    TextStringObject,
)

from ingest.readers.pdf.document_parts import (
    MAX_NAMES,
    MAX_VALUE,
    TICKED,
    attached,
    filled_fields,
    layers_off,
    remarks,
)


def made(value: Any) -> PdfObject:
    """Return a value as pypdf reads it; texts that begin with a slash are names."""
    if isinstance(value, PdfObject):
        return value
    if isinstance(value, dict):
        return DictionaryObject({NameObject(key): made(one) for key, one in value.items()})
    if isinstance(value, list):
        return ArrayObject([made(one) for one in value])
    if isinstance(value, str):
        return NameObject(value) if value.startswith("/") else TextStringObject(value)
    return NumberObject(value) if isinstance(value, int) else FloatObject(value)


def widget(**values: Any) -> dict[str, Any]:
    """Return a field of text with the value "412"; None leaves a key out."""
    named = {"/" + key: value for key, value in values.items()}
    field = {"/Subtype": "/Widget", "/FT": "/Tx", "/V": "412", "/Rect": [10, 20, 110, 40]} | named
    return {key: value for key, value in field.items() if value is not None}


def values(*fields: dict[str, Any]) -> list[str]:
    return [field.value for field in filled_fields(made({"/Annots": list(fields)}))]


FIELDS: dict[str, tuple[dict[str, Any], list[str]]] = {
    "text": (widget(), ["412"]),
    "several lines": (widget(V="Free  of\r\ncharge\r\n\r\nnow"), ["Free of\ncharge\nnow"]),
    "a choice": (widget(FT="/Ch", V="Lima"), ["Lima"]),
    "several choices": (widget(FT="/Ch", V=["Lima", "Puno"]), ["Lima\nPuno"]),
    "a ticked box": (widget(FT="/Btn", AS="/Yes", V=None), [TICKED]),
    "a box that is not ticked": (widget(FT="/Btn", AS="/Off", V=None), []),
    "a button to press": (widget(FT="/Btn", AS="/Yes", Ff=1 << 16), []),
    "a signature": (widget(FT="/Sig", V="signed"), []),
    "nothing filled in": (widget(V=None), []),
    "blanks filled in": (widget(V="  \r "), []),
    "hidden": (widget(F=2), []),
    "printed only": (widget(F=32), []),
    "shown and printed": (widget(F=4), ["412"]),
    "without a place": (widget(Rect=None), []),
    "a remark, no field": (widget(Subtype="/Text"), []),
    "kind and value of the field above": (
        widget(FT=None, V=None, Parent={"/FT": "/Tx", "/V": "from above"}),
        ["from above"],
    ),
}


@pytest.mark.parametrize("name", FIELDS)
def test_filled_fields(name: str) -> None:
    field, expected = FIELDS[name]
    assert values(field) == expected


def test_the_place_of_a_field_has_its_lower_left_corner_first() -> None:
    (field,) = filled_fields(made({"/Annots": [widget(Rect=[110, 40, 10, 20])]}))
    assert field.box == (10.0, 20.0, 110.0, 40.0)


def test_fields_stay_in_order_and_a_page_may_have_none() -> None:
    assert values(widget(V="one"), widget(V="two")) == ["one", "two"]
    assert filled_fields(made({})) == ()


def test_a_long_value_is_cut() -> None:
    assert [len(value) for value in values(widget(V="x" * (MAX_VALUE + 5)))] == [MAX_VALUE]


def layers(**settings: Any) -> frozenset[str]:
    return layers_off(made({"/OCProperties": {"/D": {"/" + key: value for key, value in settings.items()}}}))


def test_layers_that_are_off() -> None:
    assert layers(OFF=[{"/Name": "Draft"}, {"/Name": "Spanish"}]) == {"Draft", "Spanish"}
    assert layers(OFF=[{"/Type": "/OCG"}]) == frozenset()
    assert layers() == frozenset()
    assert layers_off(made({})) == frozenset()


def test_where_all_layers_are_off_but_some() -> None:
    shown, hidden = made({"/Name": "English"}), made({"/Name": "Spanish"})
    root = {"/OCProperties": {"/OCGs": [shown, hidden], "/D": {"/BaseState": "/OFF", "/ON": [shown]}}}
    assert layers_off(made(root)) == {"Spanish"}


def files(*names: str) -> dict[str, Any]:
    entries: list[Any] = []
    for name in names:
        entries += [name, {"/UF": name}]
    return {"/Names": {"/EmbeddedFiles": {"/Names": entries}}}


def test_attached_files_by_name_and_by_key_where_they_have_none() -> None:
    assert attached(made(files("budget.xlsx", "a\n b.csv"))) == ["budget.xlsx", "a b.csv"]
    assert attached(made({"/Names": {"/EmbeddedFiles": {"/Names": ["key", {"/Type": "/F"}]}}})) == ["key"]
    assert attached(made({"/Names": {}})) == []
    assert attached(made({})) == []


def test_attached_files_of_a_tree_that_goes_in_circles_are_listed_once() -> None:
    node = DictionaryObject()
    node[NameObject("/Kids")] = ArrayObject([node])
    assert attached(made({"/Names": {"/EmbeddedFiles": node}})) == []


def test_only_so_many_names() -> None:
    assert len(attached(made(files(*(f"{at}.csv" for at in range(MAX_NAMES + 9)))))) == MAX_NAMES


REMARKS: dict[str, tuple[dict[str, Any], list[str]]] = {
    "nothing": ({}, []),
    "a form": ({"/AcroForm": {"/Fields": []}}, []),
    "an XFA form": ({"/AcroForm": {"/XFA": []}}, ["an XFA form"]),
    "files": (files("a.csv", "b.csv"), ["contains attached files; not read: a.csv, b.csv"]),
    "a portfolio": (
        files("a.pdf") | {"/Collection": {}},
        ["a PDF portfolio; the files in it are not read: a.pdf"],
    ),
    "an empty portfolio": ({"/Collection": {}}, ["a PDF portfolio; the files in it are not read"]),
}


@pytest.mark.parametrize("name", REMARKS)
def test_what_a_reader_should_know(name: str) -> None:
    root, expected = REMARKS[name]
    found = remarks(made(root))
    assert len(found) == len(expected)
    assert all(note.startswith(start) for note, start in zip(found, expected, strict=True))
