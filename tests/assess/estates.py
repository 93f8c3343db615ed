"""Small estates in memory, and the slow, plain way to judge them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from observation_lines import single

from grc import canonical
from grc.assess.observe import observe
from grc.canonical import plain
from grc.kinds import kind_from
from grc.model.assessment import Observed, Outcome, PopulationResult, Waiver
from grc.model.catalogue import Check, Parameter, ParameterType, Position, Related, Remedy, Severity, Within
from grc.model.evidence import Coverage, Gap, GapReason, Origin, Population, Unit
from grc.model.identifiers import CheckId, KindName, Place, SubjectId
from grc.model.kind import Kind
from grc.model.status import Verdict
from grc.policy import compile_check
from grc.policy.binding import record, subject
from grc.policy.explain import observe_one
from grc.policy.program import CheckProgram

AS_OF = datetime(2026, 6, 1, tzinfo=UTC)
STARTED = AS_OF - timedelta(hours=2)
HERE = Position(path="checks/aws.yaml", line=1, column=1)
TEXT = {"type": "string"}


def kind(name: str, scope: str, key: str, sections: Sequence[str] = (), **fields: Any) -> Kind:
    """A kind whose key is the one field that is always there."""
    return kind_from(
        {
            "format": "grc.kind/1",
            "name": name,
            "title": name,
            "provider": name.partition(".")[0],
            "scope": scope,
            "key": key,
            "sections": list(sections),
            "schema": {"type": "object", "required": [key], "properties": {key: TEXT, **fields}},
        },
        name,
    )


BUCKET = kind(
    "aws.s3.bucket",
    "global",
    "Name",
    ("encryption", "logging"),
    Public={"type": "boolean"},
    Age={"type": "integer"},
    Created={"type": "string", "format": "date-time"},
    KeyId=TEXT,
    grants={"type": "array", "items": TEXT},
    encryption={
        "type": "object",
        "properties": {"Rules": {"type": "array", "items": {"type": "object", "properties": {"Algorithm": TEXT}}}},
    },
    logging={"type": "object", "properties": {"Target": TEXT, "Prefix": TEXT}},
)
VPC = kind("aws.ec2.vpc", "regional", "VpcId", IsDefault={"type": "boolean"})
LOG = kind(
    "aws.ec2.flow-log",
    "regional",
    "FlowLogId",
    ("details",),
    ResourceId=TEXT,
    Status=TEXT,
    details={"type": "object", "properties": {"Format": TEXT}},
)
PERSON = kind("register.people", "global", "Email", Left={"type": "boolean"})
KINDS: Mapping[KindName, Kind] = {each.name: each for each in (BUCKET, VPC, LOG, PERSON)}


@dataclass(frozen=True)
class MemoryStore:
    """Evidence in memory: populations with their lines, handed out in chunks of some lines."""

    held: tuple[tuple[Population, tuple[bytes, ...]], ...]
    chunk: int = 2

    def populations(self) -> Sequence[Population]:
        """By kind and place."""
        return tuple(population for population, _ in self.held)

    def lines(self, population: Population) -> Iterator[bytes]:
        """Chunks of whole lines."""
        lines = {each.unit: lines for each, lines in self.held}[population.unit]
        for start in range(0, len(lines), self.chunk):
            yield b"".join(line + b"\n" for line in lines[start : start + self.chunk])


def line(subject: str, body: Mapping[str, object], **more: object) -> bytes:
    """One record's line; ``gaps`` maps paths to reasons."""
    gaps: Any = more.pop("gaps", {})
    if gaps:
        more["gaps"] = [{"path": path, "reason": reason} for path, reason in gaps.items()]
    return canonical.encode({"subject": subject, "body": body, "collected": "2026-05-31T22:00:00Z", **more})


def population(kind: Kind, place: str, *lines: bytes, **facts: Any) -> tuple[Population, tuple[bytes, ...]]:
    """A population that was seen whole, but for the facts given."""
    given: dict[str, Any] = {
        "origin": Origin.REGISTER if place.startswith("register/") else Origin.LIVE,
        "complete": True,
        "coverage": Coverage(paths=frozenset(kind.shape.fields), otherwise=GapReason.NOT_REQUESTED),
        "gaps": (),
        "count": len(lines),
        **facts,
    }
    found = Population(
        unit=Unit(source="test", place=Place(place), kind=kind.name),
        query="list",
        parameters={},
        caller="tester",
        started=STARTED,
        finished=STARTED + timedelta(minutes=5),
        **given,
    )
    return found, tuple(sorted(lines, key=lambda each: str(json.loads(each)["subject"])))


def estate(*held: tuple[Population, tuple[bytes, ...]], chunk: int = 2) -> MemoryStore:
    """A store of populations, in the order that stores keep."""
    return MemoryStore(tuple(sorted(held, key=lambda each: (each[0].unit.kind, each[0].unit.place))), chunk)


def check(name: str, kind: Kind, assertion: str, **given: Any) -> CheckProgram:
    """A check made ready; ``relate`` maps names to (kind, match) or (kind, match, within)."""
    relate = given.pop("relate", {})
    values: dict[str, Any] = {
        "id": CheckId(name),
        "title": name,
        "severity": Severity.HIGH,
        "kind": kind.name,
        "parameters": (),
        "relate": tuple(_related(each, *found) for each, found in relate.items()),
        "when": None,
        "assertion": assertion,
        "fail": "{subject.id} fails",
        "remedy": Remedy(text="Fix it."),
        "sources": (),
        "equivalents": {},
        "absent_passes": {},
        "examples": (),
        "position": HERE,
    }
    return compile_check(Check(**{**values, **given}), KINDS)


def _related(name: str, kind: Kind, match: Mapping[str, str], within: Within | None = None) -> Related:
    return Related(name=name, kind=kind.name, match=match, within=within)


def days(name: str, value: int) -> Parameter:
    """A parameter in days."""
    return Parameter(name=name, type=ParameterType.DAYS, value=value)


def waiver(name: str, check: str, subject: str | None = None, **given: Any) -> Waiver:
    """A waiver that counts."""
    values: dict[str, Any] = {
        "reason": "accepted",
        "requested_by": "Ana",
        "approved_by": "Bo",
        "approved_on": AS_OF.date(),
        "until": AS_OF + timedelta(days=1),
    }
    found = None if subject is None else SubjectId(subject)
    return Waiver(id=name, check=CheckId(check), subject=found, **{**values, **given})


def observed(
    store: MemoryStore, *programs: CheckProgram, waivers: Sequence[Waiver] = (), **more: Any
) -> tuple[list[dict[str, Any]], Mapping[CheckId, tuple[PopulationResult, ...]]]:
    """What ``observe`` writes, one by one and parsed, and its results."""
    written: list[bytes] = []
    results = observe(store, programs, KINDS, waivers, AS_OF, {}, written.append, **more)
    text = b"".join(written)
    assert text.endswith(b"\n") or not text
    for each in text.splitlines():
        told = json.loads(each)
        assert canonical.encode(told) == each
        assert ("digest" in told) == any(it["verdict"] in ("fail", "unknown") for it in told["observations"])
    return list(single(text)), results


def plainly(store: MemoryStore, *programs: CheckProgram) -> list[dict[str, Any]]:
    """The observations of checks without joins, by the interpreter alone and encoded one by one."""
    written = []
    for population, lines in store.held:
        own = sorted((it for it in programs if it.kind.name == population.unit.kind), key=lambda it: it.check.id)
        written += [canonical.encode(plain(_observed(own, population, text))) + b"\n" for text in lines if own]
    return list(single(b"".join(written)))


def _observed(programs: Sequence[CheckProgram], population: Population, text: bytes) -> Observed:
    outcomes = tuple(_outcome(program, population, text) for program in programs)
    explains = any(outcome.verdict in (Verdict.FAIL, Verdict.UNKNOWN) for outcome in outcomes)
    return Observed(
        digest=canonical.digest(text) if explains else None,
        kind=population.unit.kind,
        observations=outcomes,
        origin=population.origin,
        place=population.unit.place,
        subject=SubjectId(json.loads(text)["subject"]),
    )


def _outcome(program: CheckProgram, population: Population, text: bytes) -> Outcome:
    found = json.loads(text)
    gaps = tuple(Gap(path=each["path"], reason=GapReason(each["reason"])) for each in found.get("gaps", ()))
    resource = record(
        found["body"],
        program.kind.shape,
        reads=program.reads | program.message_reads,
        gaps=gaps,
        coverage=population.coverage,
    )
    about = subject(SubjectId(found["subject"]), population.unit.place, population.origin, found.get("tags"))
    seen = observe_one(program, program.bindings(resource=resource, subject=about, as_of=AS_OF, org={}))
    return Outcome(
        check=program.check.id,
        verdict=seen.verdict,
        message=seen.message,
        reason=seen.reason,
        deciding=seen.deciding,
        reads=seen.reads,
        gaps=seen.gaps,
    )
