"""The short sentences that say why. An auditor reads them; nothing decides by them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import timedelta
from typing import Final, TypeVar

from grc.model.evidence import Gap
from grc.model.status import Status
from grc.model.wording import counted

Name = TypeVar("Name", bound=str)

NAMED: Final = 5
"""How many names a sentence holds before it says how many more there are."""


def listed(names: Iterable[str]) -> str:
    """``a, b and 3 more``, sorted."""
    ordered = sorted(set(names))
    if len(ordered) <= NAMED:
        return ", ".join(ordered)
    return ", ".join(ordered[:NAMED]) + f" and {len(ordered) - NAMED:,} more"


def gap(found: Gap) -> str:
    """``access-denied, s3:ListAllMyBuckets is missing``."""
    missing = f", {found.permission} is missing" if found.permission else ""
    call = f" at {found.call}" if found.call and not found.permission else ""
    return f"{found.reason.value}{call}{missing}"


def days(span: timedelta) -> str:
    """A span in whole days, rounded up: what is over a limit never reads as the limit."""
    return counted(-(-span // timedelta(days=1)), "day")


def status(value: Status) -> str:
    """A status in a sentence."""
    return value.value.replace("_", " ")


def which(statuses: Mapping[Name, Status], wanted: Collection[Status], noun: str) -> str:
    """``Not satisfied: a, b (2 of 5 deciding checks).``"""
    names = [name for name, found in statuses.items() if found in wanted]
    said = listed({status(found).capitalize() for found in statuses.values() if found in wanted})
    return f"{said}: {listed(names)} ({len(names):,} of {counted(len(statuses), noun)})."
