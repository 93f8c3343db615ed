"""The assessment as NIST OSCAL 1.2.1 assessment results: for what keeps the state of controls.

A finding is on an objective: what a counted requirement asks for, and each of its parts. OSCAL knows satisfied and not
satisfied alone, so everything that is not proven is not satisfied, with the reason ``fail`` for a failure and ``other``
for what is not known, and the property ``verdict`` says which of ours it is. A waived failure stays not satisfied; its
risk says that it is accepted. A requirement that does not apply is named as excluded.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from grc.canonical import encode, plain_instant
from grc.errors import ReportError
from grc.model.assessment import Finding, PartResult
from grc.model.catalogue import Catalogue, Requirement
from grc.model.identifiers import CheckId
from grc.model.status import Status
from grc.report.exchange.oscal import seen
from grc.report.exchange.oscal.names import Json, control_id, markup, objective_id, prop, uuid
from grc.report.exchange.oscal.seen import Sight
from grc.report.index import Index, build
from grc.report.input import ReportInput

VERSION: Final = "1.2.1"
PROVEN: Final = frozenset({Status.SATISFIED, Status.INHERITED})
FAILS: Final = frozenset({Status.NOT_SATISFIED, Status.PARTIAL, Status.WAIVED})
IMPLEMENTED: Final = {
    Status.SATISFIED: "implemented",
    Status.INHERITED: "implemented",
    Status.PARTIAL: "partial",
    Status.NOT_APPLICABLE: "not-applicable",
}


def render_oscal(report: ReportInput) -> bytes:
    """Render canonical JSON: one result with everything that was assessed.

    Raises:
        ReportError: no requirement was assessed.
    """
    index = build(report)
    if not any(_catalogues(index)):
        raise ReportError("OSCAL's results are about controls, and no counted requirement was assessed: choose another")
    return encode({"assessment-results": _document(seen.sight(index))}) + b"\n"


def _document(sight: Sight) -> Json:
    index, report = sight.index, sight.index.input
    run = (report.pack, report.assessment.policy_digest, plain_instant(report.assessment.as_of))
    plan = uuid("plan", report.assessment.policy_digest)
    objectives = list(_objectives(index))
    organisation = report.organisation.name
    return {
        "uuid": uuid("results", *run),
        "metadata": {
            "title": markup(f"Assessment of {organisation}" if organisation else "Assessment"),
            "last-modified": plain_instant(report.generated_at),
            "version": run[2],
            "oscal-version": VERSION,
        },
        "import-ap": {"href": f"#{plan}"},
        **({"local-definitions": {"objectives-and-methods": objectives}} if objectives else {}),
        "results": [_result(sight, uuid("result", *run))],
        "back-matter": {"resources": [_plan(index, plan), *seen.resources(report.evidence)]},
    }


def _plan(index: Index, plan: str) -> Json:
    """What stands for an assessment plan: the policy that judged, which the pack holds."""
    return {
        "uuid": plan,
        "title": "The policy that judged",
        "description": "The catalogues, controls, checks and parameters that are sealed in the pack.",
        "props": [prop("policy", index.input.assessment.policy_digest)],
    }


def _result(sight: Sight, name: str) -> Json:
    index, report = sight.index, sight.index.input
    begun = [item.population.started for item in report.evidence]
    parts: Json = {
        "observations": list(seen.observations(sight)),
        "risks": list(seen.risks(sight)),
        "findings": list(_findings(sight)),
    }
    return {
        "uuid": name,
        "title": "Controls tested against evidence",
        "description": "Proposed by the engine from the evidence of one pack; a person concludes.",
        "start": plain_instant(min(begun, default=report.assessment.as_of)),
        "end": plain_instant(report.assessment.as_of),
        "props": [prop("pack", report.pack), prop("policy", report.assessment.policy_digest)],
        "local-definitions": _definitions(sight),
        "reviewed-controls": _reviewed(index),
        **{key: held for key, held in parts.items() if held},
    }


def _definitions(sight: Sight) -> Json:
    items = list(seen.items(sight))
    engine = {
        "uuid": seen.ENGINE,
        "type": "software",
        "title": "grc",
        "description": "The engine that collected and judged.",
        "props": [{"name": "version", "value": sight.index.input.engine_version}],
        "status": {"state": "operational"},
    }
    platform = {"uuid": uuid("platform"), "title": "grc", "uses-components": [{"component-uuid": seen.ENGINE}]}
    assets = {"components": [engine], "assessment-platforms": [platform]}
    return {**({"inventory-items": items} if items else {}), "assessment-assets": assets}


def _catalogues(index: Index) -> Iterator[Catalogue]:
    """The catalogues that were assessed and count something."""
    for name in index.input.assessment.scope.frameworks:
        if any(True for _ in _assessed(index, index.input.policy.catalogues[name])):
            yield index.input.policy.catalogues[name]


def _assessed(index: Index, catalogue: Catalogue) -> Iterator[tuple[Requirement, Finding]]:
    """The counted requirements of a catalogue that have a finding."""
    for row in catalogue.requirements:
        found = index.findings.get(row.id)
        if found is not None and found.counted_in is not None:
            yield row, found


def _applies(found: Finding) -> bool:
    return found.engine_status is not Status.NOT_APPLICABLE


def _reviewed(index: Index) -> Json:
    """Every counted requirement by framework, and the objectives that there are findings on."""
    selections = [_selection(index, it) for it in _catalogues(index)]
    objectives = [{"objective-id": objective_id(row.id)} for row, _ in _applicable(index)]
    return {
        "control-selections": selections,
        **({"control-objective-selections": [{"include-objectives": objectives}]} if objectives else {}),
    }


def _applicable(index: Index) -> Iterator[tuple[Requirement, Finding]]:
    """The counted requirements that apply, in the publishers' order."""
    for catalogue in _catalogues(index):
        yield from ((row, found) for row, found in _assessed(index, catalogue) if _applies(found))


def _selection(index: Index, catalogue: Catalogue) -> Json:
    rows = list(_assessed(index, catalogue))
    included = [{"control-id": control_id(row.id)} for row, found in rows if _applies(found)]
    excluded = [{"control-id": control_id(row.id)} for row, found in rows if not _applies(found)]
    reasons = [f"{row.code}: {found.reason}" for row, found in rows if not _applies(found)]
    return {
        "description": markup(f"{catalogue.title}, {catalogue.edition}"),
        **({"include-controls": included} if included else {"include-all": {}}),
        **({"exclude-controls": excluded, "remarks": markup("; ".join(reasons))} if excluded else {}),
    }


def _objectives(index: Index) -> Iterator[Json]:
    """What each requirement asks for, in our words: findings are on these, and on nothing that is not here."""
    for row, _ in _applicable(index):
        yield {"control-id": control_id(row.id), "parts": [_objective(row)]}


def _objective(row: Requirement) -> Json:
    parts = [
        {
            "id": objective_id(row.id, part.id),
            "name": "assessment-objective",
            "props": [prop("method", part.method.value)],
            "prose": markup(part.show),
        }
        for part in row.parts or ()
    ]
    return {
        "id": objective_id(row.id),
        "name": "assessment-objective",
        "title": markup(row.title),
        "props": [{"name": "label", "value": row.code}],
        **({"parts": parts} if parts else {}),
    }


def _findings(sight: Sight) -> Iterator[Json]:
    for row, found in _applicable(sight.index):
        yield _of_requirement(sight, row, found)
        yield from (_of_part(sight, row, part) for part in found.parts)


def _of_requirement(sight: Sight, row: Requirement, found: Finding) -> Json:
    checks = sorted(sight.index.answered_by.get(row.id, ()))
    statements = sorted({it.attestation for part in found.parts for it in part.controls if it.attestation})
    said = [prop("conclusion", found.assessor_conclusion)] if found.assessor_conclusion else []
    return {
        **_finding(objective_id(row.id), f"{row.code} {row.title}", found.reason, found.engine_status),
        "props": [prop("verdict", found.engine_status.value), *said],
        **_related(sight, checks, statements),
    }


def _of_part(sight: Sight, row: Requirement, part: PartResult) -> Json:
    checks = sorted({check for mapped in part.controls for check in mapped.checks})
    statements = sorted({mapped.attestation for mapped in part.controls if mapped.attestation})
    name = objective_id(row.id, part.part)
    return {
        **_finding(name, f"{row.code} {row.title}, {part.part}", part.reason, part.status),
        "props": [prop("verdict", part.status.value)],
        **_related(sight, checks, statements),
    }


def _finding(objective: str, title: str, reason: str, status: Status) -> Json:
    implemented = IMPLEMENTED.get(status)
    return {
        "uuid": uuid("finding", objective),
        "title": markup(title),
        "description": markup(reason),
        "target": {
            "type": "objective-id",
            "target-id": objective,
            "status": {
                "state": "satisfied" if status in PROVEN else "not-satisfied",
                "reason": "pass" if status in PROVEN else "fail" if status in FAILS else "other",
            },
            **({"implementation-status": {"state": implemented}} if implemented else {}),
        },
    }


def _related(sight: Sight, checks: Sequence[CheckId], statements: Sequence[str]) -> Json:
    """The observations that a finding rests on, and the risks that come of them."""
    run = [check for check in checks if check in sight.checks]
    observed = [seen.check_uuid(sight.index, check) for check in run]
    observed += [seen.statement_uuid(sight.index, statement) for statement in statements]
    risks = dict.fromkeys(risk for check in run for risk in sight.risks[check])
    return {
        **({"related-observations": [{"observation-uuid": each} for each in observed]} if observed else {}),
        **({"related-risks": [{"risk-uuid": each} for each in risks]} if risks else {}),
    }
