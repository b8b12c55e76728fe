"""The description of the API: as OpenAPI, and as a page for people that needs no other host."""

from __future__ import annotations

from functools import cache
from importlib.metadata import version
from typing import Any

from fastapi import FastAPI
from jinja2 import Environment, PackageLoader

from app.web.problems import PROBLEM

BEARER = "token"
OPEN = frozenset({"/api/health"})
"""Paths that ask for no token."""
ABOUT = (
    "Ask a library of policy papers: ranked, verbatim passages with source and exact page. `pages` are physical "
    "pages counted from 1, `labels` the numbers printed on them. `/api/v1/…` names the same operations and stays."
)


def described(service: FastAPI, *, with_token: bool) -> dict[str, Any]:
    """Return the OpenAPI description of a service; `with_token` says that it asks for one."""
    service.version = version("pincite")
    service.description = ABOUT
    found: dict[str, Any] = service.openapi()
    for path, operations in found["paths"].items():
        for operation in operations.values():
            for status, answer in operation["responses"].items():
                if status.startswith(("4", "5")) and "application/json" in answer.get("content", {}):
                    answer["content"] = {PROBLEM: answer["content"]["application/json"]}
            if with_token and path not in OPEN:
                operation["security"] = [{BEARER: []}]
    if with_token:
        found["components"]["securitySchemes"] = {BEARER: {"type": "http", "scheme": "bearer"}}
    return found


def reference_page(description: dict[str, Any]) -> str:
    """Return the description as an HTML page without scripts."""
    return _environment().get_template("reference.html").render(api=description, name_of=_name_of)


@cache
def _environment() -> Environment:
    return Environment(loader=PackageLoader("app.web", "templates"), autoescape=True, trim_blocks=True)


def _name_of(schema: dict[str, Any]) -> str:
    """Return a schema in a word or two: "SearchObject", "list of DocumentFacts", "integer, 1 to 100"."""
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    if "anyOf" in schema:
        return " or ".join(_name_of(one) for one in schema["anyOf"])
    if "enum" in schema:
        return "one of " + ", ".join(map(str, schema["enum"]))
    kind = str(schema.get("type", "anything"))
    if kind == "array":
        return f"list of {_name_of(schema.get('items', {}))}"
    limits = [str(schema[key]) for key in ("minimum", "maximum") if key in schema]
    return f"{kind}, {' to '.join(limits)}" if limits else kind
