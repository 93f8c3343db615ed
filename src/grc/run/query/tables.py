"""The tables that a pack is asked by: their columns, and where each is read from. ``docs/query.md`` documents them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from grc.model.catalogue import Severity

TEXT: Final = "VARCHAR"
WHOLE: Final = "BIGINT"
TRUTH: Final = "BOOLEAN"
MOMENT: Final = "TIMESTAMP"
GRAVEST_FIRST: Final = f"ENUM{tuple(each.value for each in Severity)}"
TEXTS: Final = "VARCHAR[]"
ANY: Final = "JSON"


def struct(**fields: str) -> str:
    """The SQL type of an object with these fields; their names are quoted, because some are words of SQL."""
    return "STRUCT(" + ", ".join(f'"{name}" {sort}' for name, sort in fields.items()) + ")"


CONTROL: Final = struct(
    control=TEXT,
    relation=TEXT,
    covers=TEXT,
    rationale=TEXT,
    status=TEXT,
    checks=TEXTS,
    attestation=TEXT,
    reason=TEXT,
)
PART: Final = struct(id=TEXT, method=TEXT, show=TEXT, status=TEXT, reason=TEXT, controls=f"{CONTROL}[]")
ABOUT: Final = struct(requirement=TEXT, part=TEXT)
STATEMENT: Final = struct(
    id=TEXT,
    control=TEXT,
    conclusion=TEXT,
    statement=TEXT,
    who=TEXT,
    role=TEXT,
    signed_on="DATE",
    period=struct(first="DATE", last="DATE"),
    valid_until=MOMENT,
    reviewed_by=TEXT,
    reviewed_on="DATE",
    parts=f"{ABOUT}[]",
    files=f"{struct(path=TEXT, sha256=TEXT, found=TEXT, bytes=WHOLE)}[]",
)
AFFECTED: Final = struct(
    check=TEXT, standing=TEXT, subject=TEXT, kind=TEXT, place=TEXT, found=TEXT, waiver=TEXT, digest=TEXT
)
ASSESSOR: Final = struct(conclusion=TEXT, overrides=TRUTH, who=TEXT, role=TEXT, at=MOMENT, reason=TEXT)
OBSERVED: Final = struct(check=TEXT, verdict=TEXT, message=TEXT, reason=TEXT, waiver=TEXT)


@dataclass(frozen=True, slots=True, kw_only=True)
class SqlTable:
    """One table. ``holds`` says what a row is.

    ``held`` are the columns of what it is read from, by SQL type, and ``select`` makes the table's own of them.
    ``key`` is the part of the JSON report that it is read from; None: the files of the pack that ``files`` matches.
    """

    holds: str
    held: Mapping[str, str]
    select: str
    key: str | None = None
    files: str | None = None


REQUIREMENT: Final = {
    "id": TEXT,
    "framework": TEXT,
    "code": TEXT,
    "title": TEXT,
    "kind": TEXT,
    "parent": TEXT,
    "group": TEXT,
    "counted": TEXT,
    "engine_status": TEXT,
    "reason": TEXT,
    "assessor_conclusion": TEXT,
    "parts": f"{PART}[]",
}

TABLES: Final[Mapping[str, SqlTable]] = {
    "requirements": SqlTable(
        holds="a row of a catalogue, and what was concluded on it",
        key="requirements",
        held=REQUIREMENT,
        select='id AS requirement, framework, code, title, kind, parent, "group" AS theme, counted, '
        "engine_status AS status, reason, assessor_conclusion AS conclusion FROM source",
    ),
    "conclusions": SqlTable(
        holds="what an assessor concluded on a requirement, beside what the engine proposed: the last word on each",
        key="requirements",
        held={**REQUIREMENT, "assessor": ASSESSOR},
        select="id AS requirement, framework, engine_status AS proposed, assessor.conclusion, assessor.overrides, "
        "assessor.who, assessor.role, assessor.at AS concluded, assessor.reason FROM source WHERE assessor IS NOT NULL",
    ),
    "parts": SqlTable(
        holds="what must be shown for a requirement",
        key="requirements",
        held=REQUIREMENT,
        select='id AS requirement, framework, part.id AS part, part.method, part."show", part.status, part.reason '
        "FROM (SELECT id, framework, unnest(parts) AS part FROM source)",
    ),
    "mappings": SqlTable(
        holds="a control that covers a part: how, why, and which of its checks answer",
        key="requirements",
        held=REQUIREMENT,
        select="requirement, framework, part, mapped.control, mapped.relation, mapped.covers, mapped.rationale, "
        "mapped.status, coalesce(mapped.checks, []) AS checks, mapped.attestation, mapped.reason AS attested "
        "FROM (SELECT id AS requirement, framework, part.id AS part, unnest(part.controls) AS mapped "
        "FROM (SELECT id, framework, unnest(parts) AS part FROM source))",
    ),
    "controls": SqlTable(
        holds="a common control",
        key="controls",
        held={
            "id": TEXT,
            "title": TEXT,
            "owner": TEXT,
            "status": TEXT,
            "reason": TEXT,
            "deciding": TEXTS,
            "advisory": TEXTS,
            "out_of_scope": TEXTS,
        },
        select="id AS control, title, owner, status, reason, deciding, advisory, out_of_scope FROM source",
    ),
    "checks": SqlTable(
        holds="a check over its whole population; `subjects` counts those that it does not apply to as well",
        key="checks",
        held={
            "id": TEXT,
            "title": TEXT,
            "severity": TEXT,
            "kind": TEXT,
            "status": TEXT,
            "reason": TEXT,
            "in_scope": TRUTH,
            "ran": TRUTH,
            "subjects": WHOLE,
            "passed": WHOLE,
            "failed": WHOLE,
            "unknown": WHOLE,
            "not_applicable": WHOLE,
            "waived": WHOLE,
        },
        select=f'id AS "check", * EXCLUDE (id) REPLACE (severity::{GRAVEST_FIRST} AS severity) FROM source',
    ),
    "waivers": SqlTable(
        holds="a failure that a person accepted until a date",
        key="waivers",
        held={
            "id": TEXT,
            "check": TEXT,
            "subject": TEXT,
            "subjects": TEXT,
            "reason": TEXT,
            "requested_by": TEXT,
            "approved_by": TEXT,
            "approved_on": "DATE",
            "until": MOMENT,
            "risk": TEXT,
            "compensating": struct(control=TEXT, check=TEXT),
            "tracking": TEXT,
        },
        select="id AS waiver, * EXCLUDE (id, compensating), compensating.control AS done_instead, "
        'compensating."check" AS done_instead_check FROM source',
    ),
    "waiver_results": SqlTable(
        holds="what became of a waiver: whether it counts, why, and how many failures it covers",
        key="waiver_results",
        held={
            "id": TEXT,
            "standing": TEXT,
            "reason": TEXT,
            "risk_known": TRUTH,
            "covers": WHOLE,
            "use": TEXT,
            "expires_within_30_days": TRUTH,
        },
        select="id AS waiver, * EXCLUDE (id) FROM source",
    ),
    "findings_on_record": SqlTable(
        holds="a finding that a person raised, what is done about it, and where it stood at the assessment",
        key="raised",
        held={
            "id": TEXT,
            "class": TEXT,
            "state": TEXT,
            "reason": TEXT,
            "condition": TEXT,
            "check": TEXT,
            "requirement": TEXT,
            "raised_by": TEXT,
            "raised_on": "DATE",
            "owner": TEXT,
            "due": MOMENT,
            "repeats": TEXT,
            "cause": TEXT,
            "correction": TEXT,
            "corrective_action": TEXT,
            "effective_check": TEXT,
            "effective_from": MOMENT,
            "closed_by": TEXT,
            "closed_on": "DATE",
        },
        select="id AS finding, * EXCLUDE (id) FROM source",
    ),
    "affected_subjects": SqlTable(
        holds="a subject that a finding on record is about, and how it stands: `failed`, `unknown` or `waived`, "
        "by each check that finds it so",
        key="raised",
        held={"id": TEXT, "subjects": f"{AFFECTED}[]"},
        select='finding, affected."check", affected.standing, affected.subject, affected.kind, affected.place, '
        "affected.found, affected.waiver, affected.digest "
        "FROM (SELECT id AS finding, unnest(subjects) AS affected FROM source)",
    ),
    "attestations": SqlTable(
        holds="a person's dated statement, whether it counts, and the parts whose status comes from it",
        key="attestations",
        held={"attestation": STATEMENT, "standing": TEXT, "reason": TEXT, "answers": f"{ABOUT}[]"},
        select="attestation.id AS attestation, attestation.* EXCLUDE (id, parts, period), "
        "attestation.period.first AS period_first, attestation.period.last AS period_last, standing, reason, "
        "attestation.parts AS about, answers FROM source",
    ),
    "gaps": SqlTable(
        holds="what was asked for and not had, over the whole assessment",
        key="gaps",
        held={
            "reason": TEXT,
            "call": TEXT,
            "permission": TEXT,
            "details": TEXTS,
            "places": TEXTS,
            "subjects": WHOLE,
            "checks": TEXTS,
            "requirements": TEXTS,
        },
        select="* FROM source",
    ),
    "populations": SqlTable(
        holds="the subjects of one kind in one place: when, by what question and by whom they were collected",
        key="evidence",
        held={
            "kind": TEXT,
            "place": TEXT,
            "source": TEXT,
            "origin": TEXT,
            "query": TEXT,
            "caller": TEXT,
            "started": MOMENT,
            "finished": MOMENT,
            "count": WHOLE,
            "complete": TRUTH,
            "file": TEXT,
            "content_digest": TEXT,
            "stored_digest": TEXT,
            "stored_bytes": WHOLE,
        },
        select='* RENAME ("count" AS subjects) FROM source',
    ),
    "observations": SqlTable(
        holds="what one check saw on one subject, passes and not-applicables too; a digest where not all passed",
        files="observations.ndjson.zst",
        held={
            "kind": TEXT,
            "subject": TEXT,
            "place": TEXT,
            "origin": TEXT,
            "digest": TEXT,
            "observations": f"{OBSERVED}[]",
        },
        select='seen."check", seen.verdict, kind, subject, place, origin, seen.message, seen.reason, seen.waiver, '
        "digest FROM (SELECT kind, subject, place, origin, digest, unnest(observations) AS seen FROM source)",
    ),
    "records": SqlTable(
        holds="a subject as it was seen: the evidence itself, after redaction; body and tags are JSON",
        files="evidence/**/*.ndjson.zst",
        held={
            "kind": TEXT,
            "subject": TEXT,
            "place": TEXT,
            "origin": TEXT,
            "collected": MOMENT,
            "file": TEXT,
            "line": WHOLE,
            "body": ANY,
            "tags": ANY,
            "gaps": ANY,
        },
        select="* FROM source",
    ),
}
