"""What did not pass as OCSF 1.5.0 compliance findings, an event a line: for a data lake or what watches over events.

A failure is ``Fail``, a failure that is waived is a suppressed ``Fail``, and what could not be decided is ``Warning``,
which OCSF has for what "did not yield a result due to missing information". A pass is no event.
``finding_info.uid`` says nothing of the run: the same check on the same subject is the same finding tomorrow.

Source: the Open Cybersecurity Schema Framework, class 2003.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from grc.canonical import encode
from grc.model.assessment import Observation
from grc.model.catalogue import Check, Severity
from grc.model.identifiers import RequirementId
from grc.model.status import Verdict
from grc.report.exchange.naming import fingerprint, name, requirements_of
from grc.report.index import Index, build
from grc.report.input import ReportInput
from grc.report.text import one_line

VERSION: Final = "1.5.0"
CLASS: Final = 2003
CREATED: Final = 1
"""OCSF's activity of an event that tells a finding; a reader that knows its ``uid`` already takes it as the same."""
SEVERITIES: Final = {
    Severity.CRITICAL: (5, "Critical"),
    Severity.HIGH: (4, "High"),
    Severity.MEDIUM: (3, "Medium"),
    Severity.LOW: (2, "Low"),
}
RESULTS: Final = {Verdict.FAIL: (3, "Fail"), Verdict.UNKNOWN: (2, "Warning")}
NEW: Final = (1, "New")
SUPPRESSED: Final = (3, "Suppressed")

Json = dict[str, object]


def render_ocsf(report: ReportInput) -> bytes:
    """Render canonical NDJSON, in order of checks, places and subjects; empty where everything passed."""
    return b"".join(encode(event) + b"\n" for event in _events(build(report)))


def _events(index: Index) -> Iterator[Json]:
    required = requirements_of(index)
    for check, seen in sorted(index.seen.items()):
        for each in sorted((*seen.failed, *seen.unknown, *seen.waived, *seen.ahead), key=name):
            yield _event(index, each, required.get(check, ()))


def _event(index: Index, it: Observation, required: Sequence[RequirementId]) -> Json:
    severity_id, severity = SEVERITIES[index.checks[it.check].severity]
    status_id, status = NEW if it.waiver is None else SUPPRESSED
    check = index.check(it.check)
    told: Json = {
        "activity_id": CREATED,
        "activity_name": "Create",
        "category_uid": CLASS // 1000,
        "category_name": "Findings",
        "class_uid": CLASS,
        "class_name": "Compliance Finding",
        "type_uid": CLASS * 100 + CREATED,
        "type_name": "Compliance Finding: Create",
        "time": round(index.input.assessment.as_of.timestamp() * 1000),
        "severity_id": severity_id,
        "severity": severity,
        "status_id": status_id,
        "status": status,
        "message": _message(index, it),
        "compliance": _compliance(index, it, required),
        "finding_info": {"uid": fingerprint(it), "title": index.title(it.check), "types": [it.kind]},
        "metadata": _metadata(index),
        "resources": [{"uid": it.subject, "type": it.kind, "namespace": it.place, "data": {"origin": it.origin}}],
    }
    return told if check is None else {**told, "remediation": _remediation(check)}


def _message(index: Index, it: Observation) -> str:
    return one_line(it.message or it.reason or index.title(it.check))


def _compliance(index: Index, it: Observation, required: Sequence[RequirementId]) -> Json:
    status_id, status = RESULTS[it.verdict]
    catalogues = index.input.policy.catalogues
    standards = dict.fromkeys(catalogues[index.requirements[each].framework].title for each in required)
    return {
        "control": it.check,
        "desc": index.title(it.check),
        "status_id": status_id,
        "status": status,
        "status_detail": _message(index, it),
        "requirements": list(required),
        "standards": list(standards),
    }


def _metadata(index: Index) -> Json:
    report = index.input
    product = {"name": "grc", "vendor_name": "grc", "version": report.engine_version}
    return {"version": VERSION, "product": product, "correlation_uid": report.pack, "log_name": "grc"}


def _remediation(check: Check) -> Json:
    return {"desc": check.remedy.text, **({"references": list(check.sources)} if check.sources else {})}
