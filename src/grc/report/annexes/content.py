"""Which tables there are, and the rows of each: conclusions first, then findings, evidence and decisions."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from grc.model.assessment import Finding, Observation
from grc.model.catalogue import Requirement
from grc.model.evidence import Gap, GapReason
from grc.model.status import Status
from grc.report.annexes.decisions import decisions
from grc.report.annexes.known import known
from grc.report.annexes.table import COUNT, Row, Table, several
from grc.report.effects import missing
from grc.report.index import Index
from grc.report.text import share_down, share_up
from grc.report.words import Words


def tables(index: Index, words: Words) -> tuple[Table, ...]:
    """Every table of a report."""
    return (
        Table(name="frameworks", columns=FRAMEWORKS, rows=partial(_frameworks, index)),
        Table(name="requirements", columns=REQUIREMENTS, rows=partial(_requirements, index, words)),
        Table(name="parts", columns=PARTS, rows=partial(_parts, index, words)),
        Table(name="mappings", columns=MAPPINGS, rows=partial(_mappings, index, words)),
        Table(name="controls", columns=CONTROLS, rows=partial(_controls, index, words)),
        Table(name="checks", columns=CHECKS, rows=partial(_checks, index, words)),
        Table(name="findings", columns=FINDINGS, rows=partial(_findings, index, words)),
        Table(name="gaps", columns=GAPS, rows=partial(_gaps, index, words)),
        Table(name="evidence", columns=EVIDENCE, rows=partial(_evidence, index, words)),
        *decisions(index, words),
        *known(index.input.views, words),
    )


def observations_table(index: Index, words: Words) -> Table:
    """Every observation, passes too where they are at hand, in the pack's order."""
    return Table(name="observations", columns=FINDINGS, rows=partial(_observations, index, words))


FRAMEWORKS = (
    "framework",
    "title",
    "publisher",
    "edition",
    "set",
    "total",
    *(COUNT + status.value for status in Status),
    "floor",
    "ceiling",
    "assessed",
)


def _frameworks(index: Index) -> Iterator[Row]:
    for summary in index.input.assessment.frameworks:
        catalogue = index.input.policy.catalogues[summary.framework]
        for held in summary.sets:
            head = (catalogue.id, catalogue.title, catalogue.publisher, catalogue.edition, held.title, held.total)
            shares = (share_down(held.floor), share_up(held.ceiling), share_down(held.assessed))
            yield (*head, *(held.counts[status] for status in Status), *shares)


REQUIREMENTS = (
    "requirement",
    "framework",
    "title",
    "group",
    "counted",
    "status",
    "reason",
    "parts",
    "applies",
    "applies_reason",
    "approved_by",
    "conclusion",
)


def _requirements(index: Index, words: Words) -> Iterator[Row]:
    for row in index.requirements.values():
        if finding := index.findings.get(row.id):
            yield _requirement(row, finding, words)


def _requirement(row: Requirement, finding: Finding, words: Words) -> Row:
    decided = finding.applicability
    return (
        row.id,
        row.framework,
        row.title,
        row.group,
        row.counted_in,
        words.status(finding.engine_status, row.framework).word,
        finding.reason,
        len(finding.parts),
        decided.applicable if decided else None,
        decided.reason if decided else None,
        decided.approved_by if decided else None,
        finding.assessor_conclusion,
    )


PARTS = ("requirement", "part", "method", "show", "status", "reason", "controls")


def _parts(index: Index, words: Words) -> Iterator[Row]:
    for row, finding in _concluded(index):
        shown = {part.id: part.show for part in row.parts or ()}
        for part in finding.parts:
            yield (
                row.id,
                part.part,
                words.say(f"method_{part.method.value}"),
                shown.get(part.part),
                words.status(part.status, row.framework).word,
                part.reason,
                several(mapped.control for mapped in part.controls),
            )


MAPPINGS = (
    "requirement",
    "part",
    "control",
    "relation",
    "covers",
    "rationale",
    "status",
    "answered_by",
    "attestation",
    "attested",
)


def _mappings(index: Index, words: Words) -> Iterator[Row]:
    for row, finding in _concluded(index):
        for part in finding.parts:
            for mapped in part.controls:
                yield (
                    row.id,
                    part.part,
                    mapped.control,
                    mapped.relation.value,
                    mapped.covers,
                    mapped.rationale,
                    words.status(mapped.status, row.framework).word,
                    several(mapped.checks),
                    mapped.attestation,
                    mapped.reason,
                )


def _concluded(index: Index) -> Iterator[tuple[Requirement, Finding]]:
    for row in index.requirements.values():
        if finding := index.findings.get(row.id):
            yield row, finding


CONTROLS = ("control", "title", "owner", "frequency", "status", "reason", "deciding", "advisory", "out_of_scope")


def _controls(index: Index, words: Words) -> Iterator[Row]:
    for control, result in sorted(index.controls.items()):
        held = index.input.policy.controls.get(control)
        yield (
            control,
            held.title if held else None,
            held.owner if held else None,
            held.frequency if held else None,
            words.status(result.status).word,
            result.reason,
            several(result.deciding),
            several(result.advisory),
            several(result.out_of_scope),
        )


CHECKS = (
    "check",
    "title",
    "severity",
    "kind",
    "status",
    "reason",
    "subjects",
    "passed",
    "failed",
    "undecided",
    "not_applicable",
    "waived",
    "remedy",
)


def _checks(index: Index, words: Words) -> Iterator[Row]:
    for check, result in sorted(index.checks.items()):
        held = index.check(check)
        yield (
            check,
            index.title(check),
            words.say(f"severity_{result.severity.value}"),
            index.kind(check),
            words.status(result.status).word,
            result.reason,
            result.subjects,
            result.passed,
            result.failed,
            result.unknown,
            result.not_applicable,
            result.waived,
            held.remedy.text if held else None,
        )


FINDINGS = (
    "check",
    "severity",
    "verdict",
    "subject",
    "kind",
    "place",
    "origin",
    "found",
    "seen",
    "missing",
    "waiver",
    "controls",
    "digest",
)


def _findings(index: Index, words: Words) -> Iterator[Row]:
    seen = index.input.observations()
    for found in sorted(seen, key=lambda it: (it.check, it.place, it.subject, it.origin)):
        yield _finding(index, found, words)


def _observations(index: Index, words: Words) -> Iterator[Row]:
    every = index.input.every or index.input.observations
    return (_finding(index, found, words) for found in every())


def _finding(index: Index, found: Observation, words: Words) -> Row:
    result = index.checks.get(found.check)
    return (
        found.check,
        words.say(f"severity_{result.severity.value}") if result else None,
        found.verdict.value,
        found.subject,
        found.kind,
        found.place,
        found.origin.value,
        found.message or found.reason,
        several(f"{read.path}: {words.say('not_set') if read.value is None else read.value}" for read in found.reads),
        several(_gap(gap, words) for gap in found.gaps),
        found.waiver,
        several(index.controls_of.get(found.check, ())),
        found.digest,
    )


def _reason(reason: GapReason, words: Words) -> str:
    return words.say(f"gap_{reason.value.replace('-', '_')}")


def _gap(gap: Gap, words: Words) -> str:
    named = (gap.path, _reason(gap.reason, words), gap.call, gap.permission, gap.detail)
    return ", ".join(text for text in named if text)


GAPS = ("reason", "call", "permission", "details", "places", "subjects", "checks", "requirements")


def _gaps(index: Index, words: Words) -> Iterator[Row]:
    for found in missing(index):
        yield (
            _reason(found.reason, words),
            found.call,
            found.permission,
            several(found.details),
            several(found.places),
            found.subjects,
            several(found.checks),
            several(found.requirements),
        )


EVIDENCE = (
    "kind",
    "place",
    "source",
    "origin",
    "query",
    "caller",
    "started",
    "finished",
    "subjects",
    "complete",
    "missing",
    "facts",
    "file",
    "content_digest",
    "stored_digest",
    "octets",
)


def _evidence(index: Index, words: Words) -> Iterator[Row]:
    for item in (item for items in index.evidence.values() for item in items):
        population = item.population
        yield (
            population.unit.kind,
            population.unit.place,
            population.unit.source,
            population.origin.value,
            population.query,
            population.caller,
            population.started,
            population.finished,
            population.count,
            population.complete,
            several(_gap(gap, words) for gap in population.gaps),
            several(fact.detail or fact.fact for fact in population.facts),
            item.file,
            item.content_digest,
            item.stored_digest,
            item.stored_bytes,
        )
