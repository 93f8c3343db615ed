"""What did not pass as OCSF 1.5.0 compliance findings, an event a line: for a data lake or what watches over events.

A failure is ``Fail``, a failure that is waived is a suppressed ``Fail``, and what could not be decided is ``Warning``,
which OCSF has for what "did not yield a result due to missing information". A pass is no event. A check
that is open as a whole, because a list was refused, is an event without a resource.
``finding_info.uid`` says nothing of the run: the same check on the same subject is the same finding tomorrow.

Source: the Open Cybersecurity Schema Framework, class 2003.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from grc.canonical import encode
from grc.model.assessment import Observation
from grc.model.catalogue import Check, Severity
from grc.model.identifiers import CheckId, RequirementId
from grc.model.status import Verdict
from grc.report.exchange.shared import fingerprint, name, reasons, requirements_of, why_open
from grc.report.index import NOTHING_SEEN, Index, build
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
    for check, result in sorted(index.checks.items()):
        bears = required.get(check, ())
        seen = index.seen.get(check, NOTHING_SEEN)
        for each in sorted((*seen.failed, *seen.unknown, *seen.waived, *seen.ahead), key=name):
            yield _of_subject(index, each, bears)
        if not reasons(index, check) and (why := why_open(result)) is not None:
            yield _event(index, check, bears, Verdict.UNKNOWN, why, fingerprint(check))


def _of_subject(index: Index, it: Observation, bears: Sequence[RequirementId]) -> Json:
    why = it.message or it.reason or index.title(it.check)
    told = _event(index, it.check, bears, it.verdict, why, fingerprint(*name(it)))
    resource = {"uid": it.subject, "type": it.kind, "namespace": it.place, "data": {"origin": it.origin}}
    status_id, status = NEW if it.waiver is None else SUPPRESSED
    return {**told, "resources": [resource], "status_id": status_id, "status": status}


def _event(index: Index, check: CheckId, bears: Sequence[RequirementId], verdict: Verdict, why: str, uid: str) -> Json:
    severity_id, severity = SEVERITIES[index.checks[check].severity]
    status_id, status = NEW
    found, kind = index.check(check), index.kind(check)
    return {
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
        "message": one_line(why),
        "compliance": _compliance(index, check, bears, verdict, why),
        "finding_info": {"uid": uid, "title": index.title(check), "types": [] if kind is None else [kind]},
        "metadata": _metadata(index),
        **({} if found is None else {"remediation": _remediation(found)}),
    }


def _compliance(index: Index, check: CheckId, bears: Sequence[RequirementId], verdict: Verdict, why: str) -> Json:
    status_id, status = RESULTS[verdict]
    catalogues = index.input.policy.catalogues
    standards = dict.fromkeys(catalogues[index.requirements[each].framework].title for each in bears)
    return {
        "control": check,
        "desc": index.title(check),
        "status_id": status_id,
        "status": status,
        "status_detail": one_line(why),
        "requirements": list(bears),
        "standards": list(standards),
    }


def _metadata(index: Index) -> Json:
    report = index.input
    product = {"name": "grc", "vendor_name": "grc", "version": report.engine_version}
    return {"version": VERSION, "product": product, "correlation_uid": report.pack, "log_name": "grc"}


def _remediation(check: Check) -> Json:
    return {"desc": check.remedy.text, **({"references": list(check.sources)} if check.sources else {})}
