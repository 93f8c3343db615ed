"""Reads ``waivers.yaml`` and ``applicability.yaml``: the decisions of named persons."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

from grc.catalogue.dates import day_of, end_of, zone_of
from grc.catalogue.files import Source, read_one
from grc.catalogue.parameters import check_names
from grc.catalogue.schema import meant
from grc.errors import DataError, Problem
from grc.model.assessment import Applicability, Waiver
from grc.model.catalogue import Policy, Requirement
from grc.model.identifiers import CheckId, RequirementId, SubjectId

WAIVERS: Final = "waivers.yaml"
APPLICABILITY: Final = "applicability.yaml"
MAX_DAYS: Final = 366


def load_waivers(folder: Path, policy: Policy, timezone: str) -> tuple[Waiver, ...]:
    """The waivers of a workspace, by id; none when it has no ``waivers.yaml``. Expired ones are kept.

    A check that goes by an alias gets its present id.

    Raises:
        DataError: with every problem of the file.
    """
    if not (folder / WAIVERS).exists():
        return ()
    source = read_one(folder / WAIVERS, "grc.waivers/1")
    entries: Sequence[Mapping[str, Any]] = source.value["waivers"]
    names, zone = check_names(policy), zone_of(timezone)
    problems = list(_repeats(source, "waivers", "id"))
    for index, value in enumerate(entries):
        for key, message in _waiver_problems(value, names, zone):
            problems.append(source.problem(("waivers", index, key), message))
    if problems:
        raise DataError(problems)
    return tuple(sorted((_waiver(value, names, zone) for value in entries), key=lambda waiver: waiver.id))


def load_applicability(folder: Path, policy: Policy) -> tuple[Applicability, ...]:
    """The decisions on what applies, by requirement; none when the workspace has no ``applicability.yaml``.

    Raises:
        DataError: with every problem of the file.
    """
    if not (folder / APPLICABILITY).exists():
        return ()
    source = read_one(folder / APPLICABILITY, "grc.applicability/1")
    entries: Sequence[Mapping[str, Any]] = source.value["decisions"]
    rows = {row.id: row for catalogue in policy.catalogues.values() for row in catalogue.requirements}
    problems = list(_repeats(source, "decisions", "requirement"))
    for index, value in enumerate(entries):
        for key, message in _decision_problems(value, rows):
            problems.append(source.problem(("decisions", index, key), message))
    if problems:
        raise DataError(problems)
    return tuple(sorted(map(_decision, entries), key=lambda decision: decision.requirement))


def _waiver(value: Mapping[str, Any], names: Mapping[str, CheckId], zone: ZoneInfo) -> Waiver:
    return Waiver(
        id=value["id"],
        check=names[value["check"]],
        subject=SubjectId(value["subject"]) if "subject" in value else None,
        reason=value["reason"],
        requested_by=value["requested-by"],
        approved_by=value["approved-by"],
        approved_on=day_of(value["approved-on"]),
        until=end_of(value["until"], zone),
        tracking=value.get("tracking"),
    )


def _waiver_problems(
    value: Mapping[str, Any], names: Mapping[str, CheckId], zone: ZoneInfo
) -> Iterator[tuple[str, str]]:
    if value["check"] not in names:
        yield "check", f"there is no check {value['check']!r}{meant(value['check'], names)}"
    if _person(value["approved-by"]) == _person(value["requested-by"]):
        yield "approved-by", "is the requester: a waiver needs four eyes"
    approved, until = _day(value["approved-on"]), _end(value["until"], zone)
    if approved is None:
        yield "approved-on", f"there is no day {value['approved-on']}"
    if until is None:
        yield "until", f"there is no such time as {value['until']}"
    if approved is not None and until is not None:
        yield from _span_problems(approved, until, zone)


def _span_problems(approved: date, until: datetime, zone: ZoneInfo) -> Iterator[tuple[str, str]]:
    start = datetime.combine(approved, time(), tzinfo=zone).astimezone(UTC)
    last = datetime.combine(approved + timedelta(days=MAX_DAYS + 1), time(), tzinfo=zone).astimezone(UTC)
    if until <= start:
        yield "until", "is before the approval"
    elif until > last:
        day = approved + timedelta(days=MAX_DAYS)
        yield "until", f"is more than {MAX_DAYS} days after the approval: at most {day}, then decide anew"


def _decision(value: Mapping[str, Any]) -> Applicability:
    return Applicability(
        requirement=RequirementId(value["requirement"]),
        applicable=value["applicable"],
        reason=value["reason"],
        approved_by=value["approved-by"],
        approved_on=day_of(value["approved-on"]),
    )


def _decision_problems(
    value: Mapping[str, Any], rows: Mapping[RequirementId, Requirement]
) -> Iterator[tuple[str, str]]:
    row = rows.get(RequirementId(value["requirement"]))
    if row is None:
        framework = value["requirement"].partition(":")[0]
        near = meant(value["requirement"], [name for name in rows if name.startswith(framework + ":")])
        yield "requirement", f"there is no requirement {value['requirement']!r}{near}"
    elif row.counted_in is None:
        yield "requirement", f"{row.id} is not counted: decide on the counted rows below or above it"
    if _day(value["approved-on"]) is None:
        yield "approved-on", f"there is no day {value['approved-on']}"


def _repeats(source: Source, entries: str, key: str) -> Iterator[Problem]:
    seen = set()
    for index, value in enumerate(source.value[entries]):
        if value[key] in seen:
            yield source.problem((entries, index, key), f"{value[key]!r} stands twice")
        seen.add(value[key])


def _person(name: str) -> str:
    """A name as people tell persons apart: neither case, nor spaces, nor what cannot be seen counts."""
    folded = unicodedata.normalize("NFKC", name).casefold()
    return "".join(char for char in folded if not char.isspace() and unicodedata.category(char) not in ("Cc", "Cf"))


def _day(text: str) -> date | None:
    try:
        return day_of(text)
    except ValueError:
        return None


def _end(text: str, zone: ZoneInfo) -> datetime | None:
    try:
        return end_of(text, zone)
    except (ValueError, OverflowError):
        return None
