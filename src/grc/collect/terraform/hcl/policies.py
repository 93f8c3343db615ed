"""The data source ``aws_iam_policy_document``: a policy, written as blocks."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from grc.collect.strictjson import read_json
from grc.collect.terraform.hcl.bodies import META, body_of
from grc.collect.terraform.hcl.expansion import SINGLE, Element, element_of
from grc.collect.terraform.hcl.tree import Block
from grc.collect.terraform.hcl.values import Handle, Unknown, find_unknown, spread

if TYPE_CHECKING:
    from grc.collect.terraform.hcl.instance import Instance

ELEMENTS: Final = {
    "actions": "Action",
    "not_actions": "NotAction",
    "resources": "Resource",
    "not_resources": "NotResource",
}
PRINCIPALS: Final = {"principals": "Principal", "not_principals": "NotPrincipal"}


@dataclass(frozen=True, slots=True)
class Documents(Handle):
    """A policy document that is written as blocks: all its instances, or one."""

    instance: Instance
    block: Block
    element: Element = SINGLE[0]

    def step(self, name: str) -> Any:
        """The policy's text; nothing else of it is evaluated."""
        found = self.instance.elements(self.block)
        if isinstance(found, Unknown):
            return found
        if name not in ("json", "minified_json") or (self.element is SINGLE[0]) is not (found is SINGLE):
            return Unknown(f"{name} of a policy document is not evaluated")
        scope = self.instance.scope.bind(self.element.bound)
        key = (f"{'.'.join(self.block.labels)}{self.element.index}", "json")
        return self.instance.once(key, lambda: policy_json(body_of(self.block, scope, META)))

    def at(self, key: Any) -> Any:
        """The instance of that key."""
        found = self.instance.elements(self.block)
        return found if isinstance(found, Unknown) else Documents(self.instance, self.block, element_of(found, key))

    def every(self) -> Any:
        """All instances."""
        found = self.instance.elements(self.block)
        if isinstance(found, Unknown) or found is SINGLE or self.element is not SINGLE[0]:
            return found if isinstance(found, Unknown) else None
        ones = {element.key: Documents(self.instance, self.block, element) for element in found}
        return ones if "for_each" in self.block.attributes else list(ones.values())


def policy_json(body: Mapping[str, Any]) -> Any:
    """The text of the policy that the blocks come to, or what is not known.

    Source: the documentation of the data source, hashicorp/aws provider.
    """
    unknown = find_unknown(dict(body))
    if unknown is not None:
        return spread(unknown)
    if body.get("override_json") or body.get("source_json"):
        return Unknown("takes statements of another document in a way that is not evaluated")
    try:
        documents = [*_others(body, "source"), _document(body), *_others(body, "override")]
        return json.dumps(_merged(documents), sort_keys=True)
    except (AttributeError, KeyError, TypeError, ValueError):
        return Unknown("is no policy document as far as it is read")


def _others(body: Mapping[str, Any], role: str) -> list[Any]:
    """The documents that this one rests on, or that stand over it. One that is null is left out."""
    texts = body.get(f"{role}_policy_documents") or ()
    return [read_json(text.encode()) for text in texts if text is not None]


def _document(body: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "Version": body.get("version") or "2012-10-17",
        "Id": body.get("policy_id") or "",
        "Statement": [_statement(one) for one in body.get("statement") or ()],
    }


def _merged(documents: list[Mapping[str, Any]]) -> dict[str, Any]:
    """One document of all: a statement with an id stands in the place of an earlier one with the same."""
    statements: list[Any] = []
    places: dict[str, int] = {}
    for one in (one for document in documents for one in _listed(document.get("Statement", []))):
        place = places.setdefault(one["Sid"], len(statements)) if one.get("Sid") else len(statements)
        statements[place : place + 1] = [one]
    ids = [name for document in documents if (name := document.get("Id"))]
    merged = {"Version": max(document.get("Version") or "" for document in documents), "Statement": statements}
    return {**merged, "Id": ids[-1]} if ids else merged


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
