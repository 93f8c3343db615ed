"""Reads ``waivers.yaml``: failures that a named person accepted until a date."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

from grc.catalogue.dates import day_of, end_of, existing_day
from grc.catalogue.files import Source, read_one, repeats
from grc.catalogue.parameters import check_names
from grc.catalogue.schema import meant
from grc.errors import DataError
from grc.model.assessment import Waiver
from grc.model.catalogue import Policy
from grc.model.identifiers import CheckId, SubjectId
from grc.model.persons import person
from grc.model.timezones import zone_of
from grc.model.waiver import Compensation

WAIVERS: Final = "waivers.yaml"
FORMAT: Final = "grc.waivers/1"
MAX_DAYS: Final = 366


def load_waivers(folder: Path, policy: Policy, timezone: str) -> tuple[Waiver, ...]:
    """The waivers of a workspace, by id; none when it has no ``waivers.yaml``. Expired ones are kept.

    A check that goes by an alias gets its present id.

    Raises:
        DataError: with every problem of the file.
    """
    if not (folder / WAIVERS).exists():
        return ()
    return waivers_of(read_one(folder / WAIVERS, FORMAT), policy, timezone)


def waivers_of(source: Source, policy: Policy, timezone: str) -> tuple[Waiver, ...]:
    """The waivers of a file that was held against its schema, by id.

    Raises:
        DataError: with every problem of the file.
    """
    entries: Sequence[Mapping[str, Any]] = source.value["waivers"]
    names, zone = check_names(policy), zone_of(timezone)
    problems = list(repeats(source, "waivers", "id"))
    for index, value in enumerate(entries):
        for key, message in _waiver_problems(value, names, zone):
            problems.append(source.problem(("waivers", index, key), message))
    if problems:
        raise DataError(problems)
    return tuple(sorted((_waiver(value, names, zone) for value in entries), key=lambda waiver: waiver.id))


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
        subjects=value.get("subjects"),
        risk=value.get("risk"),
        compensating=_compensation(value["compensating"], names) if "compensating" in value else None,
    )


def _compensation(value: Mapping[str, Any], names: Mapping[str, CheckId]) -> Compensation:
    return Compensation(control=value["control"], check=names[value["check"]])


def _waiver_problems(
    value: Mapping[str, Any], names: Mapping[str, CheckId], zone: ZoneInfo
) -> Iterator[tuple[str, str]]:
    if value["check"] not in names:
        yield "check", f"there is no check {value['check']!r}{meant(value['check'], names)}"
    yield from _subject_problems(value)
    yield from _compensating_problems(value, names)
    if person(value["approved-by"]) == person(value["requested-by"]):
        yield "approved-by", "is the requester: a waiver needs four eyes"
    approved, until = existing_day(value["approved-on"]), _end(value["until"], zone)
    if approved is None:
        yield "approved-on", f"there is no day {value['approved-on']}"
    if until is None:
        yield "until", f"there is no such time as {value['until']}"
    if approved is not None and until is not None:
        yield from _span_problems(approved, until, zone)


def _subject_problems(value: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    pattern = value.get("subjects")
    if pattern is None:
        return
    if "subject" in value:
        yield "subjects", "stands beside `subject`: it is one subject, or a pattern of several"
    if not pattern.strip("*?"):
        yield "subjects", f"is {pattern!r}, which is every subject: leave it out if that is meant"
    elif not set(pattern) & set("*?"):
        yield "subjects", "has neither * nor ?: it is one subject, so write `subject`"


def _compensating_problems(value: Mapping[str, Any], names: Mapping[str, CheckId]) -> Iterator[tuple[str, str]]:
    if "compensating" not in value:
        return
    name = value["compensating"]["check"]
    if name not in names:
        yield "compensating", f"there is no check {name!r}{meant(name, names)}"
    elif names[name] == names.get(value["check"]):
        yield "compensating", "is tested by the very check that is waived: name the check of what is done instead"


def _span_problems(approved: date, until: datetime, zone: ZoneInfo) -> Iterator[tuple[str, str]]:
    start = datetime.combine(approved, time(), tzinfo=zone).astimezone(UTC)
    last = datetime.combine(approved + timedelta(days=MAX_DAYS + 1), time(), tzinfo=zone).astimezone(UTC)
    if until <= start:
        yield "until", "is before the approval"
    elif until > last:
        day = approved + timedelta(days=MAX_DAYS)
        yield "until", f"is more than {MAX_DAYS} days after the approval: at most {day}, then decide anew"


def _end(text: str, zone: ZoneInfo) -> datetime | None:
    try:
        return end_of(text, zone)
    except (ValueError, OverflowError):
        return None
