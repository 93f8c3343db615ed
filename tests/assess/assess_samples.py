"""A small world to assess: catalogues, controls, checks, and what was seen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from grc.assess.assessment import Seen, conclude
from grc.model.assessment import Applicability, Assessment, Effective, PopulationResult, Scope, Waiver
from grc.model.attestation import Attestation, AttestedFile, AttestedPart, Conclusion
from grc.model.catalogue import (
    Catalogue,
    Check,
    Control,
    CountedSet,
    Mapped,
    Method,
    Parameter,
    ParameterType,
    Part,
    Policy,
    Position,
    Related,
    Relation,
    Remedy,
    Requirement,
    RequirementKind,
    Severity,
)
from grc.model.evidence import Coverage, Gap, GapReason, Origin, Population, Unit
from grc.model.kind import Kind, KindScope
from grc.model.raised import FindingClass, RaisedFinding
from grc.model.status import Status
from grc.model.types import Field, ObjectType, Primitive
from grc.model.workspace import Period

AS_OF = datetime(2026, 3, 8, tzinfo=UTC)
COLLECTED = AS_OF - timedelta(days=1)
HERE = Position(path="x.yaml", line=1, column=1)
DENIED = Gap(path="", reason=GapReason.ACCESS_DENIED, call="s3:ListBuckets", permission="s3:ListAllMyBuckets")


def kind(name: str, scope: KindScope = KindScope.REGIONAL, max_age_days: int | None = None) -> Kind:
    return Kind(
        name=name,
        title=name,
        provider=name.split(".", maxsplit=1)[0],
        scope=scope,
        key="id",
        shape=ObjectType(name, {"id": Field(type=Primitive.STRING, nullable=False)}),
        base=frozenset({"id"}),
        max_age_days=max_age_days,
        document={},
    )


KINDS = {
    found.name: found
    for found in (
        kind("aws.region"),
        kind("aws.vm"),
        kind("aws.disk"),
        kind("aws.bucket", KindScope.GLOBAL),
        kind("register.people", KindScope.GLOBAL, max_age_days=30),
    )
}


def check(id_: str, kind_: str = "aws.vm", **more: Any) -> Check:
    return Check(
        **{
            "id": id_,
            "title": id_,
            "severity": Severity.HIGH,
            "kind": kind_,
            "parameters": (Parameter(name="days", type=ParameterType.DAYS, value=90),),
            "relate": (),
            "when": None,
            "assertion": "true",
            "fail": "fails",
            "remedy": Remedy(text="fix"),
            "sources": (),
            "equivalents": {},
            "absent_passes": {},
            "examples": (),
            "position": HERE,
        }
        | more
    )


def related(kind_: str) -> Related:
    return Related(name="others", kind=kind_, match={})


def control(id_: str, deciding: tuple[str, ...] = (), maps: tuple[Mapped, ...] = (), **more: Any) -> Control:
    return Control(
        **{
            "id": id_,
            "title": id_,
            "statement": id_,
            "owner": "it",
            "theme": "t",
            "frequency": "daily",
            "maps": maps,
            "deciding": deciding,
            "advisory": (),
            "position": HERE,
        }
        | more
    )


def claim(
    control_: str,
    requirement: str = "f:1",
    part: str = "p",
    relation: Relation = Relation.MEETS,
    covers: str = "all",
    checks: tuple[str, ...] | None = None,
) -> Mapped:
    return Mapped(
        control=control_,
        requirement=requirement,
        part=part,
        relation=relation,
        covers=covers,
        rationale="because",
        position=HERE,
        checks=checks,
    )


def part(id_: str, method: Method = Method.TECHNICAL) -> Part:
    return Part(id=id_, method=method, show="that it is so")


def requirement(
    id_: str, parts: tuple[str, ...] | None = ("p",), method: Method = Method.TECHNICAL, **more: Any
) -> Requirement:
    return Requirement(
        **{
            "id": id_,
            "framework": id_.split(":", maxsplit=1)[0],
            "code": id_.split(":")[1],
            "title": id_,
            "kind": RequirementKind.ASSESSABLE,
            "parent": None,
            "group": "g",
            "counted_in": "main",
            "parts": None if parts is None else tuple(part(name, method) for name in parts),
            "attributes": {},
            "position": HERE,
        }
        | more
    )


def catalogue(id_: str, *rows: Requirement, count: int | None = None) -> Catalogue:
    counted = sum(row.counted_in == "main" for row in rows) if count is None else count
    return Catalogue(
        id=id_,
        title=id_,
        publisher="p",
        edition="1",
        licence="l",
        sources=(),
        counted_sets=(CountedSet(id="main", title="Main", count=counted, rule="all"),),
        requirements=rows,
    )


def result(place: str = "aws/1/eu", passed: int = 0, failed: int = 0, **more: Any) -> PopulationResult:
    counts = {name: more.pop(name, 0) for name in ("unknown", "not_applicable", "waived")}
    return PopulationResult(
        **{
            "place": place,
            "origin": Origin.REGISTER if place.startswith("register") else Origin.LIVE,
            "subjects": passed + failed + sum(counts.values()),
            "passed": passed,
            "failed": failed,
            "complete": True,
            "oldest": COLLECTED,
            "gaps": (),
        }
        | counts
        | more
    )


def population(kind_: str, place: str, **more: Any) -> Population:
    return Population(
        **{
            "unit": Unit(source="aws", place=place, kind=kind_),
            "origin": Origin.REGISTER if place.startswith("register") else Origin.LIVE,
            "query": "q",
            "parameters": {},
            "caller": "me",
            "started": COLLECTED,
            "finished": COLLECTED,
            "count": 1,
            "complete": True,
            "coverage": Coverage(paths=frozenset({"id"}), otherwise=GapReason.NOT_REQUESTED),
        }
        | more
    )


def waiver(check_: str, id_: str = "W", **more: Any) -> Waiver:
    return Waiver(
        **{
            "id": id_,
            "check": check_,
            "subject": None,
            "reason": "legacy",
            "requested_by": "ann",
            "approved_by": "bob",
            "approved_on": date(2026, 1, 1),
            "until": AS_OF + timedelta(days=1),
        }
        | more
    )


def attestation(*about: str, control: str = "k", **more: Any) -> Attestation:
    """A statement on parts, each named as ``f:1/p``, that counts unless told otherwise."""
    named = (each.rpartition("/") for each in about or ("f:1/p",))
    return Attestation(
        **{
            "id": "A",
            "control": control,
            "parts": tuple(AttestedPart(requirement=row, part=name) for row, _, name in named),
            "conclusion": Conclusion.MET,
            "statement": "It is so",
            "who": "ann",
            "role": "head",
            "signed_on": date(2026, 3, 1),
            "period": Period(first=date(2026, 1, 1), last=date(2026, 2, 28)),
            "valid_until": AS_OF + timedelta(days=300),
            "files": (AttestedFile(path="list.csv", sha256="a" * 64, found="a" * 64),),
            "reviewed_by": "bob",
        }
        | more
    )


def raised(**more: Any) -> RaisedFinding:
    """A minor nonconformity on the check ``c``, open and not yet due unless told otherwise."""
    return RaisedFinding(
        **{
            "id": "F",
            "class_": FindingClass.MINOR,
            "condition": "It was not so",
            "check": "c",
            "requirement": None,
            "raised_by": "bob",
            "raised_on": date(2026, 1, 1),
            "owner": "ann",
            "due": AS_OF + timedelta(days=1),
        }
        | more
    )


def scoped_out(requirement_: str, **more: Any) -> Applicability:
    return Applicability(
        **{
            "requirement": requirement_,
            "applicable": False,
            "reason": "not done here",
            "approved_by": "bob",
            "approved_on": date(2026, 1, 1),
        }
        | more
    )


@dataclass(frozen=True, kw_only=True)
class World:
    """All that an assessment is made from."""

    catalogues: tuple[Catalogue, ...] = ()
    controls: tuple[Control, ...] = ()
    checks: tuple[Check, ...] = ()
    populations: tuple[Population, ...] = ()
    results: Mapping[str, tuple[PopulationResult, ...]] = field(default_factory=dict)
    selected: frozenset[str] | None = None
    providers: frozenset[str] = frozenset({"aws", "register"})
    places: tuple[str, ...] = ()
    waivers: tuple[Waiver, ...] = ()
    attestations: tuple[Attestation, ...] = ()
    raised: tuple[RaisedFinding, ...] = ()
    period: Period | None = None
    applicability: tuple[Applicability, ...] = ()
    as_of: datetime = AS_OF
    max_age_days: Mapping[str, int] = field(default_factory=dict)
    frameworks: tuple[str, ...] | None = None

    def assess(self) -> Assessment:
        selected = frozenset(found.id for found in self.checks) if self.selected is None else self.selected
        everything = tuple(found.id for found in self.catalogues)
        scope = Scope(
            frameworks=everything if self.frameworks is None else self.frameworks,
            providers=self.providers,
            checks=selected,
            places=self.places,
        )
        policy = Policy(
            catalogues={found.id: found for found in self.catalogues},
            controls={found.id: found for found in self.controls},
            checks={found.id: found for found in self.checks},
        )
        under = Effective(
            as_of=self.as_of,
            scope=scope,
            parameters={},
            org={},
            waivers=self.waivers,
            attestations=self.attestations,
            raised=self.raised,
            period=self.period,
            applicability=self.applicability,
            max_age_days=self.max_age_days,
        )
        seen = Seen(populations=self.populations, kinds=KINDS, results=self.results, evidence_digest="sha256:e")
        return conclude(policy, under, seen, policy_digest="sha256:p")

    def but(self, **more: Any) -> World:
        return replace(self, **more)


def one_check(*results: PopulationResult, **more: Any) -> World:
    """One requirement of one part, met by one control, decided by one check."""
    found = check("c", **more.pop("check", {}))
    return World(
        **{
            "catalogues": (catalogue("f", requirement("f:1")),),
            "controls": (control("k", ("c",), (claim("k"),)),),
            "checks": (found,),
            "populations": tuple(population(found.kind, each.place, origin=each.origin) for each in results),
            "results": {"c": results},
        }
        | more
    )


def statuses(found: Assessment) -> dict[str, Status]:
    """Every status of an assessment, by what it is of."""
    return (
        {f"check {each.check}": each.status for each in found.checks}
        | {f"control {each.control}": each.status for each in found.controls}
        | {f"finding {each.requirement}": each.engine_status for each in found.findings}
        | {f"part {each.requirement} {below.part}": below.status for each in found.findings for below in each.parts}
    )
