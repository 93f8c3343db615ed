"""Reads ``capability.yaml``: the capability aimed at for each objective, and how far people rated its practices."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from grc.catalogue.applicability import Rows, no_requirement, rows_of
from grc.catalogue.dates import day_of, existing_day
from grc.catalogue.files import Source, read_one, repeats
from grc.errors import DataError, Problem
from grc.model.catalogue import Policy, Requirement
from grc.model.identifiers import RequirementId
from grc.model.tailoring import CapabilityRating, CapabilityTarget

FILE: Final = "capability.yaml"
FORMAT: Final = "grc.capability/1"

JOINED: Final = re.compile(r"\s+and\s+|\s*[&,/+]\s*", re.IGNORECASE)
ROLE: Final = re.compile(
    r"\b(?:(?i:officer|manager|director|head|lead|leader|owner|president|secretary|counsel|controller|board|committee)"
    r"|C[A-Z]{1,3}O|DPO)\b"
)
"""What makes a name that of a role which can answer for something by itself."""

Entry = Mapping[str, Any]
Fault = tuple[str, str]


def load_capability(folder: Path, policy: Policy) -> tuple[tuple[CapabilityTarget, ...], tuple[CapabilityRating, ...]]:
    """The targets by objective and the ratings by practice and level; none when there is no ``capability.yaml``.

    Raises:
        DataError: with every problem of the file.
    """
    if not (folder / FILE).exists():
        return (), ()
    source = read_one(folder / FILE, FORMAT)
    problems = list(_problems(source, rows_of(policy)))
    if problems:
        raise DataError(problems)
    targets = (_target(value) for value in source.value.get("targets", ()))
    ratings = (_rating(value) for value in source.value.get("ratings", ()))
    return (
        tuple(sorted(targets, key=lambda target: target.objective)),
        tuple(sorted(ratings, key=lambda rating: (rating.practice, rating.level))),
    )


def activities(row: Requirement, level: int) -> int:
    """How many activities the publisher gives a practice on a level; nought where it gives none."""
    found = row.attributes.get(f"activities-level-{level}", 0)
    return found if isinstance(found, int) else 0


def _problems(source: Source, rows: Rows) -> Iterator[Problem]:
    yield from repeats(source, "targets", "objective")
    yield from repeats(source, "ratings", "practice", "level")
    for index, value in enumerate(source.value.get("targets", ())):
        for key, message in _target_faults(value, rows):
            yield source.problem(("targets", index, key), message)
    for index, value in enumerate(source.value.get("ratings", ())):
        for key, message in _rating_faults(value, rows):
            yield source.problem(("ratings", index, key), message)


def names_two(accountable: str) -> bool:
    """Whether a text plainly names two roles: "CIO and CFO". "Head of People and Culture" names one.

    Of two persons joined by "and" nothing tells that they are two: nobody's name is guessed at.
    """
    parts = JOINED.split(accountable)
    return len(parts) > 1 and all(ROLE.search(part) for part in parts)


def _target_faults(value: Entry, rows: Rows) -> Iterator[Fault]:
    name = RequirementId(value["objective"])
    practices = [row for row in rows.values() if row.parent == name]
    most = max((level for level in range(6) for row in practices if activities(row, level)), default=None)
    if name not in rows:
        yield "objective", no_requirement(name, rows)
    elif most is None:
        yield "objective", f"{name} is no objective: no row below it has activities on levels of capability"
    elif value["level"] > most:
        yield "level", f"is {value['level']}: the publisher gives {name} activities up to level {most}"
    if names_two(value["accountable"]):
        yield "accountable", f"is {value['accountable']!r}: exactly one is accountable: name the one who answers for it"
    if existing_day(value["approved-on"]) is None:
        yield "approved-on", f"there is no day {value['approved-on']}"


def _rating_faults(value: Entry, rows: Rows) -> Iterator[Fault]:
    name = RequirementId(value["practice"])
    if name not in rows:
        yield "practice", no_requirement(name, rows)
    elif not activities(rows[name], value["level"]):
        levels = ", ".join(str(level) for level in range(6) if activities(rows[name], level)) or "no level"
        yield "level", f"is {value['level']}: the publisher gives {name} activities on {levels}"
    if existing_day(value["rated-on"]) is None:
        yield "rated-on", f"there is no day {value['rated-on']}"


def _target(value: Entry) -> CapabilityTarget:
    return CapabilityTarget(
        objective=RequirementId(value["objective"]),
        level=value["level"],
        accountable=value["accountable"],
        approved_by=value["approved-by"],
        approved_on=day_of(value["approved-on"]),
    )


def _rating(value: Entry) -> CapabilityRating:
    return CapabilityRating(
        practice=RequirementId(value["practice"]),
        level=value["level"],
        achieved=value["achieved"],
        basis=value["basis"],
        assessor=value["assessor"],
        rated_on=day_of(value["rated-on"]),
    )
