"""Policy documents in templates: what is not known in them stands for itself where that cannot change what they allow.

Nearly every policy names resources of its own stack, its account or its region. Whoever reads the policy needs to know
that these are fixed names and no patterns, not what they are: so the account stands as ``000000000000``, and another
resource as ``arn:aws:template::000000000000:Name.Attribute``. Anything else that is not known makes the whole document
not known.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from grc.collect.cloudformation.values import Named, Unknown, unknowns

MEMBERS: Final = frozenset({"Version", "Id", "Statement"})
PRINCIPALS: Final = ("Principal", "NotPrincipal")


def is_policy(value: Mapping[str, Any]) -> bool:
    """Whether a mapping is a policy document."""
    if "Statement" not in value or not value.keys() <= MEMBERS:
        return False
    statements = value["Statement"] if isinstance(value["Statement"], list) else [value["Statement"]]
    return all(isinstance(one, Unknown) or (isinstance(one, dict) and "Effect" in one) for one in statements)


def standing(document: Mapping[str, Any]) -> dict[str, Any] | Unknown:
    """The document with a text for everything that is not known, or what there is no text for."""
    statements = document["Statement"] if isinstance(document["Statement"], list) else [document["Statement"]]
    open_ = [one for one in unknowns(document) if one.stand is None]
    open_ += [one for statement in statements for one in _open(statement)]
    if open_:
        return open_[0]
    found: dict[str, Any] = _stood(document)
    return found


def _open(statement: Any) -> list[Unknown]:
    """A statement that is not known, or its identity providers: their names say whose users they let in."""
    if isinstance(statement, Unknown):
        return [statement]
    principals = [statement.get(name) for name in PRINCIPALS]
    return [unknown for one in principals if isinstance(one, dict) for unknown in unknowns(one.get("Federated"))]


def _stood(value: Any) -> Any:
    if isinstance(value, Unknown):
        return value.stand
    if isinstance(value, Named):
        return value.text
    if isinstance(value, dict):
        return {name: _stood(below) for name, below in value.items()}
    return [_stood(below) for below in value] if isinstance(value, list) else value
