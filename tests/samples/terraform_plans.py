"""Terraform plans as ``terraform show -json`` prints them, made of a few words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any


def resource(
    address: str,
    values: Mapping[str, Any],
    *,
    unknown: Mapping[str, Any] | None = None,
    refers: Mapping[str, Sequence[str]] | None = None,
    sensitive: Mapping[str, Any] | None = None,
    action: str = "create",
) -> dict[str, Any]:
    """One resource of a plan, as the three places of the JSON that speak of it."""
    type_, _, name = address.partition(".")
    expressions = {
        key: {"references": [], "constant_value": value} for key, value in values.items() if value is not None
    }
    expressions |= {key: {"references": list(names)} for key, names in (refers or {}).items()}
    return {
        "address": address,
        "type": type_,
        "name": name.partition("[")[0],
        "values": dict(values),
        "sensitive_values": dict(sensitive or {}),
        "unknown": dict(unknown or {}),
        "expressions": expressions,
        "action": action,
    }


def plan(*resources: dict[str, Any]) -> dict[str, Any]:
    """The JSON of a plan with these resources in its root module."""
    known = ("address", "type", "name", "values", "sensitive_values")
    return {
        "format_version": "1.2",
        "terraform_version": "1.9.8",
        "planned_values": {
            "root_module": {"resources": [{"mode": "managed", **{k: one[k] for k in known}} for one in resources]}
        },
        "resource_changes": [
            {"address": one["address"], "change": {"actions": [one["action"]], "after_unknown": one["unknown"]}}
            for one in resources
        ],
        "configuration": {
            "root_module": {
                "resources": [
                    {"address": f"{one['type']}.{one['name']}", "expressions": one["expressions"]} for one in resources
                ]
            }
        },
    }
