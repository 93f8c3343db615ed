"""An answer's first page with nothing in it and a token for the next: what paging must go on from."""

from __future__ import annotations

from functools import cache
from typing import Any

from grc.collect.aws.allowlist import Read
from grc.collect.aws.declared import Call, load
from grc.collect.aws.shapes import operation, paging

TOKEN = "the-next-page"
EMPTY: dict[str, Any] = {"map": {}, "structure": {}, "integer": 0, "long": 0, "boolean": False, "string": "x"}


@cache
def declared_calls() -> dict[str, Call]:
    return {call.read.call: call for resource in load().values() for call in resource.every_call}


def empty_page(read: Read) -> dict[str, Any]:
    """A page with nothing in it, and a token for the next."""
    how, call = paging(read.service, read.operation), declared_calls()[read.call]
    page: dict[str, Any] = {}
    for name in (*listed(how.get("result_key", [call.path])), *call.expected):
        put(page, name, EMPTY.get(kind_of(read, name), []))
    put(page, listed(how["output_token"])[0], TOKEN)
    if "more_results" in how:
        put(page, how["more_results"], True)
    return page


def listed(names: str | list[str]) -> list[str]:
    return [names] if isinstance(names, str) else names


def kind_of(read: Read, path: str) -> str:
    shape = operation(read.service, read.operation).output_shape
    for name in path.split("."):
        shape = shape.members[name]
    return str(shape.type_name)


def put(page: dict[str, Any], path: str, value: object) -> None:
    *above, last = path.split(".")
    for name in above:
        page = page.setdefault(name, {})
    page[last] = value
