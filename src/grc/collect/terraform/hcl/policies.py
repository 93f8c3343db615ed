"""The data source ``aws_iam_policy_document``: a policy, written as blocks."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from grc.collect.strictjson import read_json
from grc.collect.terraform.hcl.values import Unknown, find_unknown, spread

ELEMENTS: Final = {
    "actions": "Action",
    "not_actions": "NotAction",
    "resources": "Resource",
    "not_resources": "NotResource",
}
PRINCIPALS: Final = {"principals": "Principal", "not_principals": "NotPrincipal"}


def policy_json(body: Mapping[str, Any]) -> Any:
    """The text of the policy that the blocks come to, or what is not known.

    Source: the documentation of the data source, hashicorp/aws provider.
    """
    unknown = find_unknown(dict(body))
    if unknown is not None:
        return spread(unknown)
    if body.get("override_policy_documents") or body.get("override_json") or body.get("source_json"):
        return Unknown("overrides statements of other documents, and that is not evaluated")
    try:
        others = [read_json(text.encode()) for text in body.get("source_policy_documents") or ()]
        statements = [one for other in others for one in _listed(other.get("Statement", []))]
        statements += [_statement(one) for one in body.get("statement") or ()]
        return json.dumps(_document(body, statements), sort_keys=True)
    except (AttributeError, KeyError, TypeError, ValueError):
        return Unknown("is no policy document as far as it is read")


def _document(body: Mapping[str, Any], statements: list[Any]) -> dict[str, Any]:
    document = {"Version": body.get("version") or "2012-10-17", "Statement": statements}
    return {**document, "Id": body["policy_id"]} if body.get("policy_id") else document


def _statement(block: Mapping[str, Any]) -> dict[str, Any]:
    statement: dict[str, Any] = {"Effect": block.get("effect") or "Allow"}
    if block.get("sid"):
        statement["Sid"] = block["sid"]
    for argument, element in ELEMENTS.items():
        if block.get(argument):
            statement[element] = [_text(one) for one in _listed(block[argument])]
    for argument, element in PRINCIPALS.items():
        if block.get(argument):
            statement[element] = _principals(block[argument])
    if block.get("condition"):
        statement["Condition"] = _conditions(block["condition"])
    return statement


def _principals(blocks: list[Mapping[str, Any]]) -> Any:
    found: dict[str, list[str]] = {}
    for block in blocks:
        found.setdefault(block["type"], []).extend(_text(one) for one in _listed(block["identifiers"]))
    return "*" if found == {"*": ["*"]} else found


def _conditions(blocks: list[Mapping[str, Any]]) -> dict[str, Any]:
    found: dict[str, dict[str, list[str]]] = {}
    for block in blocks:
        values = found.setdefault(block["test"], {}).setdefault(block["variable"], [])
        values.extend(_text(one) for one in _listed(block["values"]))
    return found


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _text(value: Any) -> str:
    """A variable of IAM's own is written with an ampersand where Terraform would read a template."""
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        raise TypeError
    return str(value).replace("&{", "${")
