"""The list of what an auditor still asks for: a row a part, with what would show it, who has it and what is there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from grc.model.assessment import Finding, PartResult
from grc.model.attestation import ATTESTABLE
from grc.model.catalogue import Method, Requirement
from grc.model.status import Status
from grc.report.index import Index
from grc.report.words import Words

OPEN = frozenset({Status.NOT_ASSESSED, Status.UNKNOWN, Status.STALE})


class RequestState(StrEnum):
    """What there is of a request."""

    OUTSTANDING = "outstanding"
    """Nothing answers it yet."""
    GAP = "gap"
    """It was asked for, and could not be seen."""
    STALE = "stale"
    """What there is, is too old."""
    ANSWERED = "answered"
    """Evidence is in the pack, whatever it shows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One thing to be shown. ``part`` "" is the whole requirement, whose parts are yet to be named.

    ``linked`` names what of it is in the pack: populations by file, attestations by id. ``due`` None: nobody said.
    """

    id: str
    requirement: Requirement
    part: str
    method: Method | None
    show: str
    typical: str
    owner: str
    due: date | None
    controls: tuple[str, ...]
    linked: tuple[str, ...]
    state: RequestState
    status: Status
    reason: str


def requests(index: Index, words: Words, due: date | None, *, answered: bool) -> Iterator[Request]:
    """Every part that needs a person, or has no evidence that counts; ``answered``: also those that have it."""
    for row in index.requirements.values():
        finding = index.findings.get(row.id)
        if finding is None or finding.engine_status is Status.NOT_APPLICABLE or _scoped_out(finding):
            continue
        for request in _of(index, words, row, finding, due):
            if answered or request.state is not RequestState.ANSWERED:
                yield request


def _scoped_out(finding: Finding) -> bool:
    return finding.applicability is not None and not finding.applicability.applicable


def _of(index: Index, words: Words, row: Requirement, finding: Finding, due: date | None) -> Iterator[Request]:
    if not finding.parts and row.counted_in is not None:
        yield Request(
            id=row.id,
            requirement=row,
            part="",
            method=None,
            show=row.title,
            typical=words.say("request_pending"),
            owner=_owner(index, finding, None),
            due=due,
            controls=(),
            linked=(),
            state=RequestState.OUTSTANDING,
            status=finding.engine_status,
            reason=finding.reason,
        )
    shown = {part.id: part.show for part in row.parts or ()}
    for part in finding.parts:
        if part.status is Status.NOT_APPLICABLE or (part.method is Method.TECHNICAL and part.status not in OPEN):
            continue
        yield Request(
            id=f"{row.id}/{part.part}",
            requirement=row,
            part=part.part,
            method=part.method,
            show=shown.get(part.part, row.title),
            typical=_typical(index, words, part),
            owner=_owner(index, finding, part),
            due=due,
            controls=tuple(mapped.control for mapped in part.controls),
            linked=tuple(_linked(index, part)),
            state=_state(part),
            status=part.status,
            reason=part.reason,
        )


def _state(part: PartResult) -> RequestState:
    states = {
        Status.NOT_ASSESSED: RequestState.OUTSTANDING,
        Status.UNKNOWN: RequestState.GAP,
        Status.STALE: RequestState.STALE,
    }
    return states.get(part.status, RequestState.ANSWERED)


def _owner(index: Index, finding: Finding, part: PartResult | None) -> str:
    """Whom the organisation named, else the owners of the controls."""
    if finding.applicability is not None and finding.applicability.owner:
        return finding.applicability.owner
    held = index.input.policy.controls
    mapped = part.controls if part else ()
    return ", ".join(sorted({held[one.control].owner for one in mapped if one.control in held}))


def _typical(index: Index, words: Words, part: PartResult) -> str:
    """What usually shows such a part; where checks read registers or systems, those by their titles."""
    titles = index.input.kind_titles or {}
    kinds = {index.kind(check) for mapped in part.controls for check in mapped.checks}
    named = sorted({titles.get(kind, kind) for kind in kinds if kind is not None})
    usual = words.say(f"request_{part.method.value}")
    return f"{usual} {words.say('request_kinds', kinds=words.series(named))}" if named else usual


def _linked(index: Index, part: PartResult) -> Iterator[str]:
    for mapped in part.controls:
        if mapped.attestation is not None and part.method in ATTESTABLE:
            yield f"attestation {mapped.attestation}"
    kinds = {index.kind(check) for mapped in part.controls for check in mapped.checks}
    for kind in sorted(kind for kind in kinds if kind is not None):
        for item in index.evidence.get(kind, ()):
            yield item.file or f"{kind} in {item.population.unit.place}"
