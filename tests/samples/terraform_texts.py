"""The resources of a plan, written as the configuration that it was planned from."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any


def configuration(*resources: Mapping[str, Any]) -> str:
    """Terraform's language for resources as ``terraform_plans.resource`` makes them."""
    return "\n".join(_block(one) for one in resources)


def _block(resource: Mapping[str, Any]) -> str:
    refers = {
        name: expression["references"][0]
        for name, expression in resource["expressions"].items()
        if expression["references"]
    }
    lines = [f'resource "{resource["type"]}" "{resource["name"]}" {{']
    lines += [f"  {name} = {reference}" for name, reference in refers.items()]
    lines += _lines({name: value for name, value in resource["values"].items() if name not in refers})
    return "\n".join([*lines, "}"])


def _lines(values: Mapping[str, Any]) -> Iterator[str]:
    for name, value in values.items():
        if isinstance(value, list) and value and all(isinstance(one, dict) for one in value):
            for one in value:
                yield f"  {name} {{"
                yield from _lines(one)
                yield "  }"
        elif value is not None and value != []:
            yield f"  {name} = {_written(value)}"


def _written(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(name)} = {_written(one)}" for name, one in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_written, value)) + "]"
    return json.dumps(value).replace("${", "$${") if isinstance(value, str) else json.dumps(value)
