"""One shape for AWS policy documents, whichever source they come from.

AWS lets a single value stand for a list of one. Here ``Statement``, ``Action``, ``NotAction``, ``Resource``,
``NotResource``, each kind of principal and each value of a condition are always lists of text, and the principal
``"*"`` is written as ``{"AWS": ["*"]}``, which means the same. Nothing else changes.

Source: IAM JSON policy elements reference, AWS Identity and Access Management user guide.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

LISTED: Final = frozenset({"Action", "NotAction", "Resource", "NotResource"})
PRINCIPALS: Final = frozenset({"Principal", "NotPrincipal"})


def normalise(document: Any) -> dict[str, Any]:
    """Bring a policy document into its one shape.

    Raises:
        ValueError: this is not a policy document.
    """
    if not isinstance(document, Mapping) or "Statement" not in document:
        raise ValueError("a policy document has a Statement")
    statements = _listed(document["Statement"])
    if not all(isinstance(statement, Mapping) for statement in statements):
        raise ValueError("a statement is a mapping")
    return {**document, "Statement": [_statement(statement) for statement in statements]}


def _statement(statement: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _element(name, value) for name, value in statement.items() if value is not None}


def _element(name: str, value: Any) -> Any:
    if name in LISTED:
        return _texts(value)
    if name in PRINCIPALS:
        principals = {"AWS": value} if isinstance(value, str) else value
        return {kind: _texts(ids) for kind, ids in _mapping(principals).items()}
    if name == "Condition":
        return {
            operator: {key: _texts(values) for key, values in _mapping(keys).items()}
            for operator, keys in _mapping(value).items()
        }
    return value


def _listed(value: Any) -> list[Any]:
    return list(value) if isinstance(value, (list, tuple)) else [value]


def _mapping(value: Any) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise ValueError("a principal or condition is a mapping")
    return value


def _texts(value: Any) -> list[str]:
    texts = []
    for one in _listed(value):
        if isinstance(one, bool):
            texts.append("true" if one else "false")
        elif isinstance(one, (str, int, float)):
            texts.append(str(one))
        else:
            raise ValueError("an element of a policy is text")
    return texts
