"""What was seen, in OSCAL: an observation a check and a statement, an item a subject, a risk a failing check."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from grc.canonical import plain_instant
from grc.model.assessment import CheckResult, Observation, Waiver
from grc.model.attestation import AttestationResult
from grc.model.catalogue import Severity
from grc.model.identifiers import CheckId, SubjectKey
from grc.model.status import EXPLAINED, Verdict
from grc.report.exchange.oscal.names import Json, markup, plain, prop, uuid
from grc.report.index import NOTHING_SEEN, Index
from grc.report.input import EvidenceItem

ENGINE: Final = uuid("component", "grc")
"""The component that observes."""
SEVERITIES: Final = "http://csrc.nist.gov/ns/oscal"
COUNTS: Final = ("subjects", "passed", "failed", "unknown", "not_applicable", "waived")


@dataclass(frozen=True, slots=True)
class Sight:
    """What one run saw: the checks that were run, by id, what did not pass each, and the risks that come of it."""

    index: Index
    checks: Mapping[CheckId, CheckResult]
    unsettled: Mapping[CheckId, tuple[Observation, ...]]
    risks: Mapping[CheckId, tuple[str, ...]]


def sight(index: Index) -> Sight:
    """Gather what the parts of the document look up."""
    run = {
        check: result
        for check, result in sorted(index.checks.items())
        if (result.ran and result.in_scope) or result.ahead
    }
    unsettled = {check: tuple(_unsettled(index, check)) for check in run}
    return Sight(index, run, unsettled, {check: tuple(_risks_of(check, found)) for check, found in unsettled.items()})


def _unsettled(index: Index, check: CheckId) -> Sequence[Observation]:
    """The subjects that did not pass a check, by place and subject."""
    seen = index.seen.get(check, NOTHING_SEEN)
    found = (*seen.failed, *seen.unknown, *seen.waived, *seen.ahead)
    return sorted((it for it in found if it.verdict in EXPLAINED), key=lambda it: it.key)


def _risks_of(check: CheckId, found: Sequence[Observation]) -> Iterator[str]:
    """A risk for the failures that nobody waived, and one for each waiver that covers some."""
    failed = [it for it in found if it.verdict is Verdict.FAIL]
    if any(it.waiver is None for it in failed):
        yield _risk_uuid(check)
    yield from (_waiver_uuid(waiver) for waiver in sorted({it.waiver for it in failed if it.waiver is not None}))


def check_uuid(index: Index, check: CheckId) -> str:
    """Of what one run observed by a check: another run is another observation."""
    return uuid("observation", index.input.pack, check)


def statement_uuid(index: Index, statement: str) -> str:
    """Of a person's statement, as one run took it."""
    return uuid("observation", index.input.pack, "attestation", statement)


def observations(sight: Sight) -> Iterator[Json]:
    """An observation a check that was run, then one a person's statement."""
    for result in sight.checks.values():
        yield _of_check(sight, result)
    for stated in sight.index.input.assessment.attestations:
        yield _of_statement(sight.index, stated)


def _of_check(sight: Sight, result: CheckResult) -> Json:
    index = sight.index
    subjects = [_subject(it) for it in sight.unsettled[result.check]]
    kind = index.kind(result.check)
    evidence = [_evidence(it) for it in (index.evidence.get(kind, ()) if kind else ())]
    return {
        "uuid": check_uuid(index, result.check),
        "title": markup(index.title(result.check)),
        "description": markup(result.reason),
        "props": [
            prop("check", result.check),
            prop("status", result.status.value),
            *([prop("status-declared", result.ahead_status.value)] if result.ahead_status is not None else ()),
            prop("severity", result.severity.value),
            *(prop(name, getattr(result, name)) for name in COUNTS),
        ],
        "methods": ["TEST"],
        "types": ["control-objective"],
        "origins": [{"actors": [{"type": "tool", "actor-uuid": ENGINE}]}],
        **({"subjects": subjects} if subjects else {}),
        **({"relevant-evidence": evidence} if evidence else {}),
        "collected": plain_instant(_oldest(index, result)),
    }


def _of_statement(index: Index, stated: AttestationResult) -> Json:
    made = stated.attestation
    return {
        "uuid": statement_uuid(index, made.id),
        "title": markup(f"Statement {made.id}"),
        "description": markup(f"{made.who}, {made.role}: {made.statement}"),
        "props": [
            prop("attestation", made.id),
            prop("conclusion", made.conclusion.value),
            prop("standing", stated.standing.value),
            prop("signed-on", made.signed_on),
        ],
        "methods": ["INTERVIEW"],
        "types": ["control-objective"],
        "collected": f"{made.signed_on.isoformat()}T00:00:00Z",
        "expires": plain_instant(made.valid_until),
        "remarks": markup(stated.reason),
    }


def _subject(it: Observation) -> Json:
    told = it.message or it.reason
    return {
        "subject-uuid": _item_uuid(it.key),
        "type": "inventory-item",
        "title": markup(it.subject),
        "props": [
            prop("verdict", it.verdict.value),
            prop("origin", it.origin.value),
            *([prop("waiver", it.waiver)] if it.waiver is not None else ()),
        ],
        **({"remarks": markup(told)} if told else {}),
    }


def _oldest(index: Index, result: CheckResult) -> datetime:
    """The oldest evidence that a check saw; where it saw none, the instant that all is judged at."""
    oldest = [it.oldest for it in (*result.populations, *result.ahead) if it.oldest is not None]
    return min(oldest, default=index.input.assessment.as_of)


def items(sight: Sight) -> Iterator[Json]:
    """Every subject that some observation names, once."""
    for key in sorted({it.key for found in sight.unsettled.values() for it in found}):
        kind, place, subject = key
        yield {
            "uuid": _item_uuid(key),
            "description": markup(subject),
            "props": [prop("kind", kind), prop("place", place), prop("subject", subject)],
        }


def _item_uuid(key: SubjectKey) -> str:
    return uuid("subject", *key)


def risks(sight: Sight) -> Iterator[Json]:
    """An open risk for each check with failures that nobody waived, an accepted one for each waiver that is used."""
    told = {name for found in sight.risks.values() for name in found}
    for check, result in sight.checks.items():
        if _risk_uuid(check) in told:
            failed = [it for it in sight.unsettled[check] if it.verdict is Verdict.FAIL and it.waiver is None]
            yield _open_risk(sight.index, result, len(failed))
    for waiver in sight.index.input.assessment.waivers:
        if _waiver_uuid(waiver.id) in told:
            yield _accepted(sight.index, waiver)


def _risk_uuid(check: CheckId) -> str:
    """Of what goes on failing: the same from run to run."""
    return uuid("risk", check)


def _open_risk(index: Index, result: CheckResult, failed: int) -> Json:
    check = index.check(result.check)
    return {
        "uuid": _risk_uuid(result.check),
        "title": markup(index.title(result.check)),
        "description": markup(f"{failed:,} {'subject fails' if failed == 1 else 'subjects fail'} {result.check}"),
        "statement": markup(check.remedy.text if check else result.reason),
        "props": [prop("check", result.check)],
        "status": "open",
        "characterizations": [_characterization(result.severity)],
        "related-observations": [{"observation-uuid": check_uuid(index, result.check)}],
    }


def _waiver_uuid(waiver: str) -> str:
    """Of a failure that somebody accepts."""
    return uuid("waiver", waiver)


def _accepted(index: Index, waiver: Waiver) -> Json:
    result = index.checks[waiver.check]
    return {
        "uuid": _waiver_uuid(waiver.id),
        "title": markup(f"Waiver {waiver.id}"),
        "description": markup(index.title(waiver.check)),
        "statement": markup(waiver.reason),
        "props": [
            prop("check", waiver.check),
            prop("waiver", waiver.id),
            prop("requested-by", waiver.requested_by),
            prop("approved-by", waiver.approved_by),
            prop("approved-on", waiver.approved_on),
        ],
        "status": "deviation-approved",
        "characterizations": [_characterization(result.severity)],
        "deadline": plain_instant(waiver.until),
        "related-observations": [{"observation-uuid": check_uuid(index, waiver.check)}],
    }


def _characterization(severity: Severity) -> Json:
    return {
        "origin": {"actors": [{"type": "tool", "actor-uuid": ENGINE}]},
        "facets": [{"name": "severity", "system": SEVERITIES, "value": severity.value}],
    }


def _resource_uuid(item: EvidenceItem) -> str:
    unit = item.population.unit
    return uuid("evidence", unit.kind, unit.place, item.stored_digest or "")


def _evidence(item: EvidenceItem) -> Json:
    unit = item.population.unit
    return {"href": f"#{_resource_uuid(item)}", "description": markup(f"{unit.kind} in {unit.place}")}


def resources(evidence: Sequence[EvidenceItem]) -> Iterator[Json]:
    """Each file of evidence by its path in the pack and its digest."""
    for item in evidence:
        unit = item.population.unit
        yield {
            "uuid": _resource_uuid(item),
            "title": markup(f"{unit.kind} in {unit.place}"),
            "props": [
                {"name": "type", "value": "evidence"},
                prop("subjects", item.population.count),
                prop("query", item.population.query),
                prop("complete", str(item.population.complete and not item.population.gaps).lower()),
            ],
            **({"rlinks": [_link(item.file, item.stored_digest)]} if item.file and item.stored_digest else {}),
        }


def _link(file: str, digest: str) -> Json:
    hashes = [{"algorithm": "SHA-256", "value": digest.removeprefix("sha256:")}]
    return {"href": plain(file), "media-type": "application/zstd", "hashes": hashes}
