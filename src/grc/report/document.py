"""The report as JSON: for programs, with every figure of the HTML and every observation that is not a pass.

``format`` is ``grc.report/1``; a later version may add keys, and changes the number when one is removed or
changes its meaning. Instants are RFC 3339 in UTC, statuses and verdicts are the model's words (``not_satisfied``),
shares are from 0 to 1 or null where nothing is applicable, digests are ``sha256:<hex>``. The bytes are canonical
(``docs/format.md``). The keys:

``format``
    ``grc.report/1``
``as_of``
    the instant that was assessed
``generated_at``
    equals ``as_of`` unless the caller says otherwise, so that the same pack gives the same bytes
``engine_version``
    of the engine that made the report
``organisation``
    ``name`` (or null), ``timezone``
``period``
    ``first``, ``last``, or null for a point in time
``classification``
    as the workspace states it
``pack``
    the pack's id
``evidence_digest``
    of the evidence's manifest
``policy_digest``
    of the policy that judged it
``sources``
    ``name``, ``version``
``scope``
    ``frameworks``, ``providers``, ``checks`` (those that ran), ``places``, ``expected``, ``exclusions``
``frameworks``
    ``id``, ``title``, ``publisher``, ``edition``, ``sets``: ``id``, ``title``, ``total``, ``counts`` by status,
    ``applicable``, ``floor``, ``ceiling``, ``assessed``
``requirements``
    every row of the selected frameworks in the publisher's order: ``id``, ``framework``, ``code``, ``title``,
    ``kind``, ``parent``, ``group``, ``counted`` (the set, or null), ``assessable``, ``engine_status`` (null for
    a row without a conclusion of its own), ``reason``, ``assessor_conclusion``, ``assessor``, ``applicability``,
    ``parts``: ``id``, ``method``, ``show``, ``status``, ``reason``, ``controls``: ``control``, ``relation``,
    ``covers``,
    ``rationale``, ``status`` and the ``checks`` that answer the part (none: a person does; ``attestation`` is
    then the statement that decides it, if any, and ``reason`` says what became of it)
``controls``
    ``id``, ``title``, ``owner``, ``status`` (that of the deciding checks together), ``reason``,
    ``deciding``, ``advisory``, ``out_of_scope``
``checks``
    ``id``, ``title``, ``severity``, ``kind``, ``status``, ``reason``, ``in_scope``, ``ran``, the counts,
    ``parameters``, ``populations``, ``ahead``, ``ahead_status``
``observations``
    every failing and unknown one, plans and waived failures included, as ``model.Observation``
``gaps``
    what was missing over the whole assessment: ``reason``, ``call``, ``permission``, ``details``, ``places``,
    ``subjects``, ``checks``, ``requirements``
``attestations``
    as ``model.AttestationResult``: the statement, its ``standing``, ``reason`` and the parts that it ``answers``
``raised``
    the findings on record, by id, with ``state`` (``reopened``, ``overdue``, ``open``, ``unshown``: closed, and nothing
    shows yet that it worked; ``closed``, ``not-yet``) and ``reason``: ``id``, ``class``, ``condition``, ``check``,
    ``requirement``, ``raised_by``, ``raised_on``, ``owner``, ``due``, ``repeats``, ``cause``, ``correction``,
    ``corrective_action``, ``effective_check``, ``effective_from``, ``closed_by``, ``closed_on``
``waivers``
    as ``model.Waiver``
``waiver_results``
    what becomes of each: ``id``, ``standing``, ``reason``, ``risk_known``, ``covers`` (failures), ``use`` (``covers``;
    ``unused`` where nothing that it matches fails; ``matches_nothing``; ``absent`` where it does not count) and
    ``expires_within_30_days``
``evidence``
    every population, with ``file`` and digests
``redactions``
    what was removed or replaced before it reached the pack
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from grc.canonical import encode
from grc.model.assessment import Finding, FrameworkSummary, PartResult
from grc.model.catalogue import Requirement, RequirementKind
from grc.model.raised import RaisedResult
from grc.report.effects import missing
from grc.report.index import Index, build
from grc.report.input import EvidenceItem, ReportInput
from grc.report.views.affected import affected, affected_row
from grc.report.views.raised import raised_row
from grc.report.views.waivers import Told, told

FORMAT: Final = "grc.report/1"

Json = dict[str, object]


def render_json(report: ReportInput) -> bytes:
    """Render the report as canonical JSON, with a newline at the end."""
    index = build(report)
    assessment = report.assessment
    document: Json = {
        "format": FORMAT,
        "as_of": assessment.as_of,
        "generated_at": report.generated_at,
        "engine_version": report.engine_version,
        "organisation": report.organisation,
        "period": report.period,
        "classification": report.classification,
        "pack": report.pack,
        "evidence_digest": assessment.evidence_digest,
        "policy_digest": assessment.policy_digest,
        "sources": report.sources,
        "scope": _scope(report),
        "frameworks": [_framework(index, summary) for summary in assessment.frameworks],
        "requirements": [_requirement(index, row) for row in index.requirements.values()],
        "controls": _controls(index),
        "checks": _checks(index),
        "observations": sorted(report.observations(), key=lambda it: (it.check, it.place, it.subject, it.origin)),
        "gaps": missing(index),
        "attestations": assessment.attestations,
        "raised": [_raised(index, result) for result in assessment.raised],
        "waivers": sorted(assessment.waivers, key=lambda it: it.id),
        "waiver_results": [_waiver(each) for each in told(index)],
        "evidence": [_evidence(item) for items in index.evidence.values() for item in items],
        "redactions": report.redactions,
    }
    return encode(document) + b"\n"


def _scope(report: ReportInput) -> Json:
    scope = report.assessment.scope
    return {
        "frameworks": scope.frameworks,
        "providers": sorted(scope.providers),
        "checks": sorted(scope.checks),
        "places": scope.places,
        "expected": report.expected,
        "exclusions": report.exclusions,
    }


def _framework(index: Index, summary: FrameworkSummary) -> Json:
    catalogue = index.input.policy.catalogues[summary.framework]
    return {
        "id": catalogue.id,
        "title": catalogue.title,
        "publisher": catalogue.publisher,
        "edition": catalogue.edition,
        "sets": summary.sets,
    }


def _requirement(index: Index, row: Requirement) -> Json:
    finding = index.findings.get(row.id)
    return {
        "id": row.id,
        "framework": row.framework,
        "code": row.code,
        "title": row.title,
        "kind": row.kind,
        "parent": row.parent,
        "group": row.group,
        "counted": row.counted_in,
        "assessable": row.kind is RequirementKind.ASSESSABLE,
        "engine_status": finding.engine_status if finding else None,
        "reason": finding.reason if finding else None,
        "assessor_conclusion": finding.assessor_conclusion if finding else None,
        "assessor": _assessor(index, row),
        "applicability": finding.applicability if finding else None,
        "parts": _parts(row, finding),
    }


def _assessor(index: Index, row: Requirement) -> Json | None:
    made = (index.input.concluded or {}).get(row.id)
    if made is None:
        return None
    person: Json = {"who": made.who, "role": made.role, "at": made.at, "reason": made.reason}
    return {"conclusion": made.conclusion, "overrides": made.overrides, **person}


def _parts(row: Requirement, finding: Finding | None) -> list[Json]:
    shown = {part.id: part.show for part in row.parts or ()}
    return [_part(part, shown.get(part.part)) for part in (finding.parts if finding else ())]


def _part(part: PartResult, show: str | None) -> Json:
    return {
        "id": part.part,
        "method": part.method,
        "show": show,
        "status": part.status,
        "reason": part.reason,
        "controls": part.controls,
    }


def _controls(index: Index) -> Iterable[Json]:
    held = index.input.policy.controls
    return [
        {
            "id": result.control,
            "title": held[result.control].title if result.control in held else None,
            "owner": held[result.control].owner if result.control in held else None,
            "status": result.status,
            "reason": result.reason,
            "deciding": result.deciding,
            "advisory": result.advisory,
            "out_of_scope": result.out_of_scope,
        }
        for _, result in sorted(index.controls.items())
    ]


def _checks(index: Index) -> Iterable[Json]:
    return [
        {
            "id": result.check,
            "title": index.title(result.check),
            "severity": result.severity,
            "kind": index.kind(result.check),
            "status": result.status,
            "reason": result.reason,
            "in_scope": result.in_scope,
            "ran": result.ran,
            "subjects": result.subjects,
            "passed": result.passed,
            "failed": result.failed,
            "unknown": result.unknown,
            "not_applicable": result.not_applicable,
            "waived": result.waived,
            "parameters": result.parameters,
            "populations": result.populations,
            "ahead": result.ahead,
            "ahead_status": result.ahead_status,
        }
        for _, result in sorted(index.checks.items())
    ]


def _raised(index: Index, result: RaisedResult) -> Json:
    return {**raised_row(result), "subjects": [affected_row(each) for each in affected(index, result.finding)]}


def _waiver(each: Told) -> Json:
    return {
        "id": each.waiver.id,
        "standing": each.result.standing,
        "reason": each.result.reason,
        "risk_known": each.result.risk_known,
        "covers": each.covers,
        "use": each.use,
        "expires_within_30_days": each.soon,
    }


def _evidence(item: EvidenceItem) -> Json:
    population = item.population
    return {
        "kind": population.unit.kind,
        "place": population.unit.place,
        "source": population.unit.source,
        "origin": population.origin,
        "query": population.query,
        "parameters": population.parameters,
        "caller": population.caller,
        "started": population.started,
        "finished": population.finished,
        "count": population.count,
        "complete": population.complete,
        "coverage": {"paths": sorted(population.coverage.paths), "otherwise": population.coverage.otherwise},
        "gaps": population.gaps,
        "facts": population.facts,
        "file": item.file,
        "content_digest": item.content_digest,
        "stored_digest": item.stored_digest,
        "stored_bytes": item.stored_bytes,
    }
