"""Reads ``findings/``: a file a finding that a person put on record, from its raising to its closing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, time
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

from grc.catalogue.dates import day_of, end_of, existing_day
from grc.catalogue.files import Source, at_file, read_one
from grc.catalogue.parameters import check_names
from grc.catalogue.schema import meant
from grc.errors import DataError, Problem
from grc.model.catalogue import Policy
from grc.model.identifiers import CheckId, RequirementId
from grc.model.persons import person
from grc.model.raised import NONCONFORMITIES, Closing, Effectiveness, FindingClass, RaisedFinding
from grc.model.timezones import zone_of

FOLDER: Final = "findings"
FORMAT: Final = "grc.finding/1"
TREATMENT: Final = ("cause", "correction", "corrective-action")
"""What a nonconformity has to say before it is closed."""

Entry = Mapping[str, Any]
Fault = tuple[tuple[str | int, ...], str]


def finding_files(folder: Path) -> tuple[Path, ...]:
    """The files of a workspace that hold a finding each, in the order of their names."""
    return tuple(sorted(path for path in (folder / FOLDER).glob("*.yaml") if path.is_file()))


def unread_findings(folder: Path) -> tuple[Path, ...]:
    """The files that look like findings and are not read."""
    return tuple(sorted(path for path in (folder / FOLDER).glob("*.yml") if path.is_file()))


def load_findings(folder: Path, policy: Policy, timezone: str) -> tuple[RaisedFinding, ...]:
    """The findings on record in a workspace, by id; none when it has no folder of them. Closed ones are kept.

    A check that goes by an alias gets its present id.

    Raises:
        DataError: with every problem of every file.
    """
    problems = [at_file(path, "is not read: our files end in .yaml") for path in unread_findings(folder)]
    reader = FindingReader(policy, timezone)
    found: dict[str, tuple[RaisedFinding, Source]] = {}
    for path in finding_files(folder):
        try:
            source = read_one(path, FORMAT)
            found[path.stem] = reader.finding(source), source
        except DataError as error:
            problems.extend(error.problems)
    known = frozenset(path.stem for path in finding_files(folder))
    problems.extend(_lost(found.values(), known))
    if problems:
        raise DataError(problems)
    return tuple(sorted((finding for finding, _ in found.values()), key=lambda each: each.id))


class FindingReader:
    """Makes findings of files that were held against their schema, under one policy and one timezone."""

    def __init__(self, policy: Policy, timezone: str) -> None:
        self.names = check_names(policy)
        self.zone = zone_of(timezone)
        self.rows = frozenset(row.id for catalogue in policy.catalogues.values() for row in catalogue.requirements)

    def finding(self, source: Source) -> RaisedFinding:
        """The finding of one file.

        Raises:
            DataError: with every problem of the file.
        """
        problems = [source.problem(at, message) for at, message in self._faults(source)]
        if problems:
            raise DataError(problems)
        return _finding(source.value, self.names, self.zone)

    def _faults(self, source: Source) -> Iterator[Fault]:
        value = source.value
        if value["id"] != source.file.stem:
            yield ("id",), f"is {value['id']!r}: must be the file's name, {source.file.stem!r}"
        if value.get("repeats") == value["id"]:
            yield ("repeats",), "is the finding itself: name the earlier one"
        yield from self._about_faults(value)
        yield from _day_faults(value, self.zone)
        yield from _closing_faults(value)

    def _about_faults(self, value: Entry) -> Iterator[Fault]:
        if "check" not in value and "requirement" not in value:
            yield (), "names neither a check nor a requirement: say what it is about"
        yield from self._check_faults(value, ("check",))
        yield from self._check_faults(value.get("effectiveness", {}), ("effectiveness", "check"))
        row = value.get("requirement")
        if row is not None and row not in self.rows:
            near = meant(row, [each for each in self.rows if each.startswith(row.partition(":")[0] + ":")])
            yield ("requirement",), f"there is no requirement {row!r}{near}"

    def _check_faults(self, value: Entry, at: tuple[str, ...]) -> Iterator[Fault]:
        name = value.get("check")
        if name is not None and name not in self.names:
            yield at, f"there is no check {name!r}{meant(name, self.names)}"


def _finding(value: Entry, names: Mapping[str, CheckId], zone: ZoneInfo) -> RaisedFinding:
    proof, closed = value.get("effectiveness"), value.get("closed")
    return RaisedFinding(
        id=value["id"],
        class_=FindingClass(value["class"]),
        condition=value["condition"],
        check=names[value["check"]] if "check" in value else None,
        requirement=RequirementId(value["requirement"]) if "requirement" in value else None,
        raised_by=value["raised-by"],
        raised_on=day_of(value["raised-on"]),
        owner=value["owner"],
        due=end_of(value["due"], zone),
        cause=value.get("cause"),
        correction=value.get("correction"),
        corrective_action=value.get("corrective-action"),
        effectiveness=Effectiveness(check=names[proof["check"]], since=_start(proof["from"], zone)) if proof else None,
        closed=Closing(by=closed["by"], on=day_of(closed["on"]), ended=end_of(closed["on"], zone)) if closed else None,
        repeats=value.get("repeats"),
    )


def _start(text: str, zone: ZoneInfo) -> datetime:
    return datetime.combine(day_of(text), time(), tzinfo=zone).astimezone(UTC)


def _day_faults(value: Entry, zone: ZoneInfo) -> Iterator[Fault]:
    raised = existing_day(value["raised-on"])
    if raised is None:
        yield ("raised-on",), f"there is no day {value['raised-on']}"
    later = {
        ("due",): value["due"],
        ("effectiveness", "from"): value.get("effectiveness", {}).get("from"),
        ("closed", "on"): value.get("closed", {}).get("on"),
    }
    for at, text in later.items():
        if text is None:
            continue
        day = existing_day(text)
        if day is None or not _has_instants(text, zone):
            yield at, f"there is no day {text}"
        elif raised is not None and day < raised:
            yield at, "is before it was raised"


def _has_instants(text: str, zone: ZoneInfo) -> bool:
    """Whether the day begins and ends within the years that there are."""
    try:
        return _start(text, zone) < end_of(text, zone)
    except (ValueError, OverflowError):
        return False


def _closing_faults(value: Entry) -> Iterator[Fault]:
    if "closed" not in value:
        return
    if person(value["closed"]["by"]) == person(value["owner"]):
        yield ("closed", "by"), "is the owner: another person has to see that it is done"
    if FindingClass(value["class"]) in NONCONFORMITIES:
        missing = [name for name in TREATMENT if name not in value]
        if missing:
            yield ("closed",), f"says nothing of {', '.join(missing)}: a nonconformity is not closed without"


def _lost(found: Iterable[tuple[RaisedFinding, Source]], known: frozenset[str]) -> Iterator[Problem]:
    """The findings that repeat one that is not there."""
    for finding, source in found:
        if finding.repeats is not None and finding.repeats not in known:
            message = f"there is no finding {finding.repeats!r}{meant(finding.repeats, sorted(known))}"
            yield source.problem(("repeats",), message)
