"""What tests the parts of a framework: how many are shown by checks, by registers, by statements, by nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from grc.model.attestation import ATTESTABLE
from grc.model.catalogue import Catalogue, Method, Part, Policy, Relation, Requirement
from grc.model.identifiers import CheckId, ControlId, FrameworkId, KindName, PartId, RequirementId
from grc.model.kind import Kind
from grc.run.selection import frameworks_of

Answered = frozenset[tuple[ControlId, RequirementId, PartId]]
"""The parts that a person's statement answers for a control."""


class Tester(StrEnum):
    """What tests a part: the strongest sort of check among those that answer it, of the controls that meet it.

    Without any, a part counts under attestation where every control that meets it has a statement that counts.
    """

    TECHNICAL = "technical"
    REGISTER = "register"
    ATTESTATION = "attestation"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True, kw_only=True)
class MethodCoverage:
    """The parts of one method. ``attestable``: tested by nothing, and a person may answer for them."""

    method: Method
    parts: int
    tested_by: Mapping[Tester, int]
    attestable: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """The parts of one framework's counted requirements, by method and by what tests them.

    ``pending`` rows have no parts yet. The others are ``whole`` (something tests every part), ``some`` or ``none``.
    """

    framework: FrameworkId
    title: str
    requirements: int
    pending: int
    whole: int
    some: int
    none: int
    methods: tuple[MethodCoverage, ...]


def coverage(
    policy: Policy, kinds: Mapping[KindName, Kind], named: Sequence[str] = (), attested: Answered = frozenset()
) -> tuple[Coverage, ...]:
    """The coverage of the frameworks named, or of all.

    Raises:
        ConfigError: a name is not a framework.
    """
    testers = _testers(policy, kinds, attested)
    return tuple(_of(policy.catalogues[name], testers) for name in frameworks_of(policy, named))


def _testers(
    policy: Policy, kinds: Mapping[KindName, Kind], attested: Answered
) -> Mapping[tuple[RequirementId, PartId], Tester]:
    """What tests each part that some control meets."""
    order = list(Tester)
    found: dict[tuple[RequirementId, PartId], Tester] = {}
    unstated: set[tuple[RequirementId, PartId]] = set()
    for control in policy.controls.values():
        for claim in control.maps:
            if claim.relation is Relation.MEETS:
                at = claim.requirement, claim.part
                checks = claim.answered_by(control.deciding)
                sort = min((*_sorts(checks, policy, kinds), Tester.NOTHING), key=order.index)
                if (control.id, *at) in attested:
                    sort = Tester.ATTESTATION
                elif not checks:
                    unstated.add(at)
                found[at] = min(found.get(at, Tester.NOTHING), sort, key=order.index)
    partly = {at for at, tester in found.items() if tester is Tester.ATTESTATION and at in unstated}
    return {at: Tester.NOTHING if at in partly else tester for at, tester in found.items()}


def _sorts(checks: Iterable[CheckId], policy: Policy, kinds: Mapping[KindName, Kind]) -> Iterator[Tester]:
    for name in checks:
        kind = policy.checks[name].kind
        provider = kinds[kind].provider if kind in kinds else kind.partition(".")[0]
        yield Tester.REGISTER if provider in ("register", "document") else Tester.TECHNICAL


def _of(catalogue: Catalogue, testers: Mapping[tuple[RequirementId, PartId], Tester]) -> Coverage:
    counted = [row for row in catalogue.requirements if row.counted_in is not None]
    written = [row for row in counted if row.parts]
    tested = {row.id: [testers.get((row.id, part.id), Tester.NOTHING) for part in row.parts or ()] for row in written}
    left = {name: sum(each is Tester.NOTHING for each in found) for name, found in tested.items()}
    whole = sum(not missing for missing in left.values())
    none = sum(missing == len(tested[name]) for name, missing in left.items())
    return Coverage(
        framework=catalogue.id,
        title=catalogue.title,
        requirements=len(counted),
        pending=sum(row.parts is None for row in counted),
        whole=whole,
        some=len(written) - whole - none,
        none=none,
        methods=tuple(_method(method, list(_parts(written)), testers) for method in Method),
    )


def _parts(rows: Iterable[Requirement]) -> Iterator[tuple[RequirementId, Part]]:
    return ((row.id, part) for row in rows for part in row.parts or ())


def _method(
    method: Method,
    parts: Iterable[tuple[RequirementId, Part]],
    testers: Mapping[tuple[RequirementId, PartId], Tester],
) -> MethodCoverage:
    of_method = [(name, part.id) for name, part in parts if part.method is method]
    counts = Counter(testers.get(at, Tester.NOTHING) for at in of_method)
    return MethodCoverage(
        method=method,
        parts=len(of_method),
        tested_by={tester: counts[tester] for tester in Tester},
        attestable=sum(testers.get(at) is Tester.NOTHING for at in of_method) if method in ATTESTABLE else 0,
    )
