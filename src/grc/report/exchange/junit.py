"""The checks as JUnit XML, for whatever shows the tests of a build: a test case a check over all that it judged.

A failure is a failure; what could not be decided, or is too old, is an error; what is waived, does not apply or was not
tested is skipped and says so. Nothing but a check that passed over its whole population counts as passed. A check that
has seen live systems and declarations alike is as bad as the worse of the two.

Source: no standard exists; the forms that Jenkins (junit-10.xsd) and Ant's readers share.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import StrEnum
from itertools import groupby
from typing import Final
from xml.etree import ElementTree

from grc.model.assessment import CheckResult
from grc.model.evidence import Location
from grc.model.identifiers import CheckId, SubjectKey
from grc.model.status import Status
from grc.report.exchange.shared import NOT_KNOWN, as_declared
from grc.report.index import NOTHING_SEEN, Index, build
from grc.report.input import ReportInput
from grc.report.text import one_line

MOST: Final = 100
"""So many subjects of a check are named; the report has the rest."""
NO_XML: Final = re.compile("[\ufffe\uffff]")
"""What XML 1.0 cannot hold and a reader could not see either; ``one_line`` writes out the rest of it."""


class Outcome(StrEnum):
    """What becomes of a test case, the worst first."""

    FAILURE = "failure"
    ERROR = "error"
    SKIPPED = "skipped"
    PASSED = "passed"


WORST_FIRST: Final = tuple(Outcome)
OUTCOMES: Final = {
    Status.NOT_SATISFIED: Outcome.FAILURE,
    Status.PARTIAL: Outcome.FAILURE,
    Status.UNKNOWN: Outcome.ERROR,
    Status.STALE: Outcome.ERROR,
    Status.WAIVED: Outcome.SKIPPED,
    Status.NOT_ASSESSED: Outcome.SKIPPED,
    Status.NOT_APPLICABLE: Outcome.SKIPPED,
    Status.INHERITED: Outcome.SKIPPED,
    Status.SATISFIED: Outcome.PASSED,
}
SILENT: Final = frozenset({Status.NOT_APPLICABLE, Status.NOT_ASSESSED})
"""What a declaration says that changes nothing beside evidence of record."""


Located = Mapping[SubjectKey, Location]


def render_junit(report: ReportInput) -> bytes:
    """Render every check in scope, and every one of a declaration, as a test case of UTF-8 XML.

    There is a test suite for each group of kinds (``aws.s3``).
    """
    index = build(report)
    located = report.located({it.key for seen in index.seen.values() for it in seen.ahead})
    root = ElementTree.Element("testsuites")
    for name, results in groupby(_in_order(report.assessment.checks), key=_suite):
        root.append(_as_suite(index, name, tuple(results), located))
    ElementTree.indent(root)
    document: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return document + b"\n"


def _in_order(results: Iterable[CheckResult]) -> list[CheckResult]:
    asked = (each for each in results if each.in_scope or each.ahead_status is not None)
    return sorted(asked, key=lambda it: (_suite(it), it.check))


def _suite(result: CheckResult) -> str:
    return ".".join(result.check.split(".")[:2])


def _as_suite(index: Index, name: str, results: Sequence[CheckResult], located: Located) -> ElementTree.Element:
    outcomes = [_outcome(each) for each in results]
    suite = ElementTree.Element(
        "testsuite",
        {
            "name": name,
            "tests": str(len(results)),
            "failures": str(outcomes.count(Outcome.FAILURE)),
            "errors": str(outcomes.count(Outcome.ERROR)),
            "skipped": str(outcomes.count(Outcome.SKIPPED)),
            "time": "0",
            "timestamp": index.input.assessment.as_of.strftime("%Y-%m-%dT%H:%M:%S"),
            "hostname": "grc",
        },
    )
    properties = ElementTree.SubElement(suite, "properties")
    for key, value in (("pack", index.input.pack), ("policy", index.input.assessment.policy_digest)):
        ElementTree.SubElement(properties, "property", {"name": key, "value": value})
    suite.extend(_case(index, result, outcome, located) for result, outcome in zip(results, outcomes, strict=True))
    ElementTree.SubElement(suite, "system-out")
    ElementTree.SubElement(suite, "system-err")
    return suite


def _outcome(result: CheckResult) -> Outcome:
    """The worse of what record and declarations say, where both say something."""
    told = [OUTCOMES[result.status]] if result.in_scope else []
    if result.ahead_status is not None and not (told and result.ahead_status in SILENT):
        told.append(OUTCOMES[result.ahead_status])
    return min(told, key=WORST_FIRST.index)


def _case(index: Index, result: CheckResult, outcome: Outcome, located: Located) -> ElementTree.Element:
    title = f"{result.check}: {index.title(result.check)}"
    case = ElementTree.Element("testcase", {"classname": _suite(result), "name": _text(title), "time": "0"})
    if outcome is Outcome.PASSED:
        return case
    told = ElementTree.SubElement(case, outcome, {"message": _text(_reason(result))})
    if outcome is not Outcome.SKIPPED:
        told.set("type", outcome)
        told.text = "\n".join(map(_text, _lines(index, result.check, located))) or None
    return case


def _reason(result: CheckResult) -> str:
    return " ".join(filter(None, (result.reason if result.in_scope else "", as_declared(result))))


def _lines(index: Index, check: CheckId, located: Located) -> Iterator[str]:
    """The subjects that made a test case fail, or left it open."""
    seen = index.seen.get(check, NOTHING_SEEN)
    told = [each for each in (*seen.failed, *seen.unknown, *seen.ahead) if each.waiver is None]
    for it in told[:MOST]:
        where = located.get(it.key)
        why = it.message or it.reason or NOT_KNOWN
        yield f"{it.verdict}: {f'{where}: ' if where else ''}{it.subject} in {it.place}: {why}"
    if len(told) > MOST:
        yield f"and {len(told) - MOST} more, which are in the report"


def _text(text: str) -> str:
    return NO_XML.sub("\ufffd", one_line(text))
