"""Policy statements as values, from a document in its one shape or from its text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from grc.collect import policydocument
from grc.collect.strictjson import read_json

EFFECTS: Final = {"Allow": True, "Deny": False}

Names = Mapping[str, tuple[str, ...]]
"""Principals by kind: ``AWS``, ``Service``, ``Federated``, ``CanonicalUser``."""


class UnreadableError(Exception):
    """This is not a policy."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """One key of one operator. ``any_of`` and ``all_of`` say that it asks about a set of values.

    ``operator`` and ``key`` are in small letters: AWS compares neither by case.
    """

    operator: str
    any_of: bool
    all_of: bool
    if_exists: bool
    key: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """One statement. ``principal`` is None where it names none; ``actions`` are in small letters.

    ``name`` is the Sid, or else the place in the policy.
    """

    name: str
    allows: bool
    principal: Names | None
    not_principal: Names | None
    actions: tuple[str, ...] | None
    not_actions: tuple[str, ...] | None
    resources: tuple[str, ...] | None
    not_resources: tuple[str, ...] | None
    conditions: tuple[Condition, ...]


def read(policy: object, needed: str = "") -> tuple[Statement, ...]:
    """The statements of a policy: its document, or the text of it. None is no policy, which has no statements.

    ``needed`` says why there must be one.

    Raises:
        UnreadableError: it is not a policy, or one is needed and there is none.
    """
    if policy is None:
        if needed:
            raise UnreadableError(needed)
        return ()
    try:
        document = policydocument.normalise(
            read_json(policy.encode("utf-8")) if isinstance(policy, str) else policy,
        )
    except ValueError as error:
        raise UnreadableError(f"the document is not a policy: {error}") from error
    return tuple(_statement(number, entry) for number, entry in enumerate(document["Statement"], 1))


def _statement(number: int, entry: Mapping[str, Any]) -> Statement:
    effect = entry.get("Effect")
    if not isinstance(effect, str) or effect not in EFFECTS:
        raise UnreadableError("the document is not a policy: a statement neither allows nor denies")
    return Statement(
        name=str(entry.get("Sid") or f"statement {number}"),
        allows=EFFECTS[effect],
        principal=_names(entry.get("Principal")),
        not_principal=_names(entry.get("NotPrincipal")),
        actions=_lowered(entry.get("Action")),
        not_actions=_lowered(entry.get("NotAction")),
        resources=_texts(entry.get("Resource")),
        not_resources=_texts(entry.get("NotResource")),
        conditions=tuple(_conditions(entry.get("Condition", {}))),
    )


def _names(names: Mapping[str, list[str]] | None) -> Names | None:
    return None if names is None else {kind: tuple(ids) for kind, ids in names.items()}


def _texts(texts: list[str] | None) -> tuple[str, ...] | None:
    return None if texts is None else tuple(texts)


def _lowered(texts: list[str] | None) -> tuple[str, ...] | None:
    return None if texts is None else tuple(text.lower() for text in texts)


def _conditions(block: Mapping[str, Mapping[str, list[str]]]) -> Iterator[Condition]:
    for written, keys in block.items():
        qualifier, colon, operator = written.lower().rpartition(":")
        for key, values in keys.items():
            yield Condition(
                operator=operator.removesuffix("ifexists"),
                any_of=qualifier == "foranyvalue",
                all_of=bool(colon) and qualifier != "foranyvalue",
                if_exists=operator.endswith("ifexists"),
                key=key.lower(),
                values=tuple(values),
            )
