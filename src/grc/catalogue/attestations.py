"""Reads ``attestations/``: a file a statement, by which a person answers for parts that no check answers."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any, Final, NamedTuple
from zoneinfo import ZoneInfo

from grc.catalogue.dates import day_of, end_of, existing_day
from grc.catalogue.files import Source, at_file, read_one
from grc.catalogue.inside import leaves
from grc.catalogue.schema import meant
from grc.errors import DataError
from grc.model.attestation import Attestation, AttestedFile, AttestedPart, Conclusion
from grc.model.catalogue import Control, Mapped, Method, Part, Policy, Relation
from grc.model.identifiers import ControlId, PartId, RequirementId
from grc.model.persons import person
from grc.model.timezones import zone_of
from grc.model.workspace import Period

FOLDER: Final = "attestations"
FORMAT: Final = "grc.attestation/1"
MAX_DAYS: Final = 366
DEFAULT_DAYS: Final = 365
CHUNK: Final = 1 << 20

Entry = Mapping[str, Any]
Fault = tuple[tuple[str | int, ...], str]
Parts = Mapping[tuple[RequirementId, PartId], Part]


def attestation_files(folder: Path) -> tuple[Path, ...]:
    """The files of a workspace that hold a statement each, in the order of their names."""
    return tuple(sorted(path for path in (folder / FOLDER).glob("*.yaml") if path.is_file()))


def load_attestations(folder: Path, policy: Policy, timezone: str) -> tuple[Attestation, ...]:
    """The statements of a workspace, by id; none when it has no folder of them. Expired ones are kept.

    Each file that one rests on is read and hashed; one that is missing or another is no problem of the statement's
    file: the statement does not count (``assess.attestations``).

    Raises:
        DataError: with every problem of every file.
    """
    unread = unread_attestations(folder)
    problems = [at_file(path, "is not read: our files end in .yaml") for path in unread]
    reader = Reader(folder, policy, timezone)
    found: list[Attestation] = []
    for path in attestation_files(folder):
        try:
            found.append(reader.attestation(read_one(path, FORMAT)))
        except DataError as error:
            problems.extend(error.problems)
    if problems:
        raise DataError(problems)
    return tuple(sorted(found, key=lambda each: each.id))


class Reader:
    """Makes statements of files that were held against their schema, under one policy and one timezone."""

    def __init__(self, folder: Path, policy: Policy, timezone: str) -> None:
        self.folder = folder
        self.policy = policy
        self.zone = zone_of(timezone)
        self.names = control_names(policy)
        self.parts = parts_of(policy)

    def attestation(self, source: Source) -> Attestation:
        """The statement of one file.

        Raises:
            DataError: with every problem of the file.
        """
        problems = [source.problem(at, message) for at, message in self._faults(source)]
        if problems:
            raise DataError(problems)
        return _attestation(self.folder, source.value, self.names, self.zone)

    def _faults(self, source: Source) -> Iterator[Fault]:
        value = source.value
        if value["id"] != source.file.stem:
            yield ("id",), f"is {value['id']!r}: must be the file's name, {source.file.stem!r}"
        if value["control"] not in self.names:
            yield ("control",), f"there is no control {value['control']!r}{meant(value['control'], self.names)}"
        else:
            yield from self._part_faults(value, self.policy.controls[self.names[value["control"]]])
        if "reviewed-by" in value and person(value["reviewed-by"]) == person(value["who"]):
            yield ("reviewed-by",), "is the person who signs: a review needs a second pair of eyes"
        yield from _day_faults(value, self.zone)
        for index, file in enumerate(value.get("files", ())):
            if leaves(file["path"]):
                yield ("files", index, "path"), f"is {file['path']!r}: must be a path within the workspace"

    def _part_faults(self, value: Entry, control: Control) -> Iterator[Fault]:
        maps = {(mapped.requirement, mapped.part): mapped for mapped in control.maps}
        shown = bool(value.get("files")) or value.get("conclusion") == Conclusion.NOT_MET.value
        seen = set()
        for index, each in enumerate(value["parts"]):
            at = RequirementId(each["requirement"]), PartId(each["part"])
            if at in seen:
                yield ("parts", index), f"{at[0]} {at[1]!r} stands twice: remove one"
            elif at not in self.parts:
                yield _no_part(self.policy, index, at)
            elif (why := why_not(control, maps.get(at), self.parts[at])) is not None:
                yield ("parts", index, "part"), why
            elif self.parts[at].method is Method.RECORD and not shown:
                why = f"{at[1]!r} is a record: name the record under `files`, a statement alone does not show it"
                yield ("parts", index, "part"), why
            seen.add(at)


def control_names(policy: Policy) -> Mapping[str, ControlId]:
    """The controls by their ids and former ids."""
    aliases = {alias: control.id for control in policy.controls.values() for alias in control.aliases}
    return {**aliases, **{name: name for name in policy.controls}}


class Found(NamedTuple):
    """What a file is, by its SHA-256 and its size in bytes."""

    sha256: str
    bytes: int


def found_at(folder: Path, name: str) -> Found | None:
    """A file of the workspace, read whole; None where there is none within it that can be read."""
    path = folder / name
    try:
        if not path.is_file() or not path.resolve().is_relative_to(folder.resolve()):
            return None
        made, size = hashlib.sha256(), 0
        with path.open("rb") as file:
            while chunk := file.read(CHUNK):
                made.update(chunk)
                size += len(chunk)
    except (OSError, ValueError):
        return None
    return Found(made.hexdigest(), size)


def why_not(control: Control, mapped: Mapped | None, part: Part) -> str | None:
    """Why a person cannot answer for a part by way of a control; None where a person can."""
    named = f"{part.id!r}"
    if part.method is Method.TECHNICAL:
        return f"{named} is a technical part: a system shows it, a statement never does"
    if mapped is None:
        return f"{control.id} does not meet {named}: name a control that does"
    if mapped.relation is not Relation.MEETS:
        return f"{control.id} only supports {named}: name a control that meets it"
    checks = mapped.answered_by(control.deciding)
    if checks:
        return f"{named} is answered by checks ({', '.join(checks)}): a statement cannot stand in for them"
    return None


def _attestation(folder: Path, value: Entry, names: Mapping[str, ControlId], zone: ZoneInfo) -> Attestation:
    last = day_of(value["period"]["to"])
    until = value.get("valid-until", (last + timedelta(days=DEFAULT_DAYS)).isoformat())
    return Attestation(
        id=value["id"],
        control=names[value["control"]],
        parts=tuple(
            sorted(
                AttestedPart(requirement=RequirementId(each["requirement"]), part=PartId(each["part"]))
                for each in value["parts"]
            )
        ),
        conclusion=Conclusion(value.get("conclusion", Conclusion.MET.value)),
        statement=value["statement"],
        who=value["who"],
        role=value["role"],
        signed_on=day_of(value["signed-on"]),
        period=Period(first=day_of(value["period"]["from"]), last=last),
        valid_until=end_of(until, zone),
        files=tuple(_file(folder, each) for each in value.get("files", ())),
        reviewed_by=value.get("reviewed-by"),
        reviewed_on=day_of(value["reviewed-on"]) if "reviewed-on" in value else None,
    )


def _file(folder: Path, value: Entry) -> AttestedFile:
    found = found_at(folder, value["path"])
    return AttestedFile(
        path=value["path"],
        sha256=value["sha256"].lower(),
        found=None if found is None else found.sha256,
        bytes=None if found is None else found.bytes,
    )


def unread_attestations(folder: Path) -> tuple[Path, ...]:
    """The files that look like statements and are not read."""
    return tuple(sorted(path for path in (folder / FOLDER).glob("*.yml") if path.is_file()))


def _no_part(policy: Policy, index: int, at: tuple[RequirementId, PartId]) -> Fault:
    rows = {row.id: row for catalogue in policy.catalogues.values() for row in catalogue.requirements}
    if at[0] not in rows:
        near = meant(at[0], [row for row in rows if row.startswith(at[0].partition(":")[0] + ":")])
        return ("parts", index, "requirement"), f"there is no requirement {at[0]!r}{near}"
    known = [part.id for part in rows[at[0]].parts or ()]
    names = f"; it has {', '.join(known)}" if known else "; it has none"
    return ("parts", index, "part"), f"{at[0]} has no part {at[1]!r}{meant(at[1], list(map(str, known)), names)}"


def _day_faults(value: Entry, zone: ZoneInfo) -> Iterator[Fault]:
    days: dict[str, date | None] = {
        "signed-on": existing_day(value["signed-on"]),
        "from": existing_day(value["period"]["from"]),
        "to": existing_day(value["period"]["to"]),
    }
    for key, found in days.items():
        if found is None:
            given = value[key] if key == "signed-on" else value["period"][key]
            yield (key,) if key == "signed-on" else ("period", key), f"there is no day {given}"
    signed, first, last = days["signed-on"], days["from"], days["to"]
    if first is not None and last is not None and last < first:
        yield ("period", "to"), "is before `from`"
    elif signed is not None and last is not None and last > signed:
        yield ("period", "to"), "is after the signature: nobody can answer for days that have not been"
    if "valid-until" in value:
        yield from _until_faults(value["valid-until"], signed, last, zone)
    if "reviewed-on" in value:
        yield from _review_faults(value, signed)


def _review_faults(value: Entry, signed: date | None) -> Iterator[Fault]:
    reviewed = existing_day(value["reviewed-on"])
    if "reviewed-by" not in value:
        yield ("reviewed-on",), "says when and nobody says who: name the person under `reviewed-by`"
    elif reviewed is None:
        yield ("reviewed-on",), f"there is no day {value['reviewed-on']}"
    elif signed is not None and reviewed < signed:
        yield ("reviewed-on",), "is before the signature: a review is of what was signed"


def _until_faults(text: str, signed: date | None, last: date | None, zone: ZoneInfo) -> Iterator[Fault]:
    try:
        until = end_of(text, zone)
    except (ValueError, OverflowError):
        yield ("valid-until",), f"there is no such time as {text}"
        return
    if signed is not None and until <= _start(signed, zone):
        yield ("valid-until",), "is before the signature"
    elif last is not None and until > _start(last + timedelta(days=MAX_DAYS + 1), zone):
        most = last + timedelta(days=MAX_DAYS)
        yield (
            ("valid-until",),
            f"is more than {MAX_DAYS} days after the period that it is about: at most {most}, then sign anew",
        )


def _start(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), tzinfo=zone).astimezone(UTC)


def parts_of(policy: Policy) -> Parts:
    """Every part of every requirement."""
    return {
        (row.id, part.id): part
        for catalogue in policy.catalogues.values()
        for row in catalogue.requirements
        for part in row.parts or ()
    }
