"""Answers of operations that the simulator does not speak: said as data, proven against botocore's output shape, and
written in the protocol of the service, so that the whole stack sees bytes as AWS sends them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from botocore.validate import ParamValidator

from grc.collect.aws.allowlist import load, method_of
from grc.collect.aws.shapes import operation, service_model
from grc.run.demo.wire import Written, refuse, write

Members = Mapping[str, Any]


@dataclass(frozen=True)
class Refused:
    """An answer that is an error: its code, and its HTTP status."""

    code: str
    status: int = 400


Answer = Members | Refused | Callable[[dict[str, Any]], Members | Refused | None]
"""What is answered: the members of the output shape, an error, or one of both by the parameters of the call; None where
the simulator itself answers."""


def answered(service: str, name: str, answer: Answer, parameters: dict[str, Any]) -> Written | None:
    """The answer of an operation (``ecs``, ``DescribeClusters``) on the wire."""
    found = answer(parameters) if callable(answer) else answer
    if found is None:
        return None
    if isinstance(found, Refused):
        return refuse(service, found.code, found.status)
    assert isinstance(found, Mapping)
    prove(service, name, found)
    return write(load().read(service, method_of(name)), found)


def prove(service: str, name: str, members: Members) -> None:
    """Each member is one of the output shape, of its type; lengths do not matter here."""
    report = ParamValidator().validate(dict(members), operation(service, name).output_shape)
    report._errors = [wrong for wrong in report._errors if wrong[0] not in ("invalid length", "invalid range")]
    assert not report.has_errors(), f"{service}:{name}: {report.generate_report()}"


@cache
def event(service: str, name: str) -> str:
    """What botocore calls an operation in its events: ``secrets-manager:ListSecrets``."""
    return f"{service_model(service).service_id.hyphenize()}:{name}"
