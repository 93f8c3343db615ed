"""The failures as SARIF 2.1.0, as code scanning takes it in: each at its file and line, or at the check that judged.

Every failure that nobody waived is a result, the worst first; at most 25,000, which is what GitHub accepts of a run,
and a notification counts the rest. A result is never made of what could not be decided: each such check is a
notification with how many subjects it leaves open, and why; one whose list was refused is open as a whole. What passed,
what does not apply and what is waived is left out, because readers of SARIF show all that they are given as alerts.

What was declared in a file stands at its path and line. Live systems and registers have no line in a repository: their
failures stand at the check's own line in the policy, and name the subject. A result is the same as in an earlier run
where check, place and subject are: its fingerprint says nothing of lines.

Source: OASIS SARIF 2.1.0; GitHub's documentation of SARIF support for code scanning.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final
from urllib.parse import quote

from grc.canonical import encode
from grc.model.assessment import CheckResult, Observation
from grc.model.catalogue import Check, Declined, Severity
from grc.model.evidence import Location
from grc.model.identifiers import CheckId, RequirementId
from grc.report.exchange.shared import failures, fingerprint, name, reasons, requirements_of, why_open
from grc.report.index import Index, build
from grc.report.input import ReportInput
from grc.report.text import one_line

SCHEMA: Final = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
MOST: Final = 25_000
"""Results of a run; a file with more is refused as a whole."""
MOST_TAGS: Final = 10
MOST_CHARACTERS: Final = 1024
LEVELS: Final = {
    Severity.CRITICAL: ("error", "9.5"),
    Severity.HIGH: ("error", "8.0"),
    Severity.MEDIUM: ("warning", "5.5"),
    Severity.LOW: ("note", "2.0"),
}
"""SARIF's word for how grave a result is, and a figure from 0 to 10 within the band that bears the severity's name."""
WORST_FIRST: Final = tuple(Severity)
SPECIAL: Final = re.compile(r"[\\\[\]{}]")
"""What begins a link or a placeholder in a message."""

Json = dict[str, object]


def render_sarif(report: ReportInput) -> bytes:
    """Render the failures as SARIF, in canonical JSON with a newline at the end."""
    index = build(report)
    failed = sorted(failures(index), key=lambda it: (WORST_FIRST.index(index.checks[it.check].severity), *name(it)))
    shown = failed[:MOST]
    undecided = {each: told for each, result in sorted(index.checks.items()) if (told := _undecided(index, result))}
    rules = sorted({it.check for it in shown} | undecided.keys())
    at = {check: number for number, check in enumerate(rules)}
    located = report.located({it.key for it in shown})
    run: Json = {
        "tool": {"driver": _driver(index, rules)},
        "automationDetails": {"id": f"grc/{report.pack}"},
        "columnKind": "unicodeCodePoints",
        "invocations": [_invocation(undecided, at, len(failed) - len(shown))],
        "results": [_result(index, it, at[it.check], located.get(it.key)) for it in shown],
        "properties": {
            "asOf": report.assessment.as_of,
            "evidenceDigest": report.assessment.evidence_digest,
            "policyDigest": report.assessment.policy_digest,
        },
    }
    return encode({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}) + b"\n"


def _driver(index: Index, rules: Sequence[CheckId]) -> Json:
    version = index.input.engine_version
    required = requirements_of(index)
    return {"name": "grc", "version": version, "rules": [_rule(index, each, required.get(each, ())) for each in rules]}


def _rule(index: Index, id_: CheckId, required: Sequence[RequirementId]) -> Json:
    check, title = index.check(id_), index.title(id_)
    level, figure = LEVELS[index.checks[id_].severity]
    bears = f"Bears on {', '.join(required)}." if required else "Bears on no requirement by itself."
    rule: Json = {
        "id": id_,
        "name": id_,
        "shortDescription": {"text": title},
        "fullDescription": {"text": f"{title}. {bears}"[:MOST_CHARACTERS]},
        "help": _help(title, bears, check),
        "defaultConfiguration": {"level": level},
        "properties": {
            "tags": ["security", *required][:MOST_TAGS],
            "security-severity": figure,
            "precision": "very-high",
            "problem.severity": {"error": "error", "warning": "warning", "note": "recommendation"}[level],
        },
    }
    if check and check.sources:
        rule["helpUri"] = check.sources[0]
    if check and check.aliases:
        rule["deprecatedIds"] = list(check.aliases)
    return rule


def _help(title: str, bears: str, check: Check | None) -> Json:
    if check is None:
        return {"text": f"{title}. {bears}"}
    blocks = (("CLI", "sh", check.remedy.cli), ("Terraform", "hcl", check.remedy.terraform))
    shown = (_way(name, language, way) for name, language, way in blocks if way is not None)
    sources = "\n".join(f"- <{url}>" for url in check.sources)
    return {
        "text": f"{check.remedy.text}\n\n{bears}",
        "markdown": "\n\n".join((check.remedy.text, *shown, bears, *([f"Sources:\n\n{sources}"] if sources else []))),
    }


def _way(name: str, language: str, way: str | Declined) -> str:
    if isinstance(way, Declined):
        return f"{name}: none, because {way.reason}"
    return f"{name}:\n\n```{language}\n{way.strip()}\n```"


def _result(index: Index, it: Observation, number: int, location: Location | None) -> Json:
    level, _ = LEVELS[index.checks[it.check].severity]
    named = f"{it.kind} {it.subject} in {it.place}"
    where = location or _own_line(index, it.check)
    return {
        "ruleId": it.check,
        "ruleIndex": number,
        "level": level,
        "message": {"text": _text(f"{it.message or index.title(it.check)} ({named})")},
        "locations": [
            {
                "physicalLocation": _physical(where),
                "logicalLocations": [{"fullyQualifiedName": f"{it.place}/{it.subject}", "kind": "resource"}],
            }
        ],
        "partialFingerprints": {"primaryLocationLineHash": fingerprint(*name(it), where.path)},
        "properties": {
            "kind": it.kind,
            "origin": it.origin,
            "place": it.place,
            "record": it.digest,
            "subject": it.subject,
        },
    }


def _own_line(index: Index, id_: CheckId) -> Location:
    """Where the check itself is written, from the folder of checks on: the rest of its path is of a machine."""
    check = index.check(id_)
    if check is None:
        return Location(path=f"checks/{id_}")
    folder, _, below = check.position.path.replace("\\", "/").rpartition("/checks/")
    return Location(path=f"checks/{below}" if folder else check.position.path, line=check.position.line)


def _physical(location: Location) -> Json:
    line = location.line or 1
    region = {"startLine": line, "startColumn": 1, "endLine": line, "endColumn": 2}
    return {"artifactLocation": {"uri": quote(location.path)}, "region": region}


def _invocation(undecided: Mapping[CheckId, str], at: Mapping[CheckId, int], cut: int) -> Json:
    told = [
        {**_notification(text), "associatedRule": {"id": check, "index": at[check]}}
        for check, text in undecided.items()
    ]
    rest = [_notification(f"{cut} more failures are not here: see the report")] if cut else []
    return {"executionSuccessful": True, "toolExecutionNotifications": [*told, *rest]}


def _undecided(index: Index, result: CheckResult) -> str | None:
    """What a check leaves open: of how many subjects, and why; or as a whole, where no subject could be told."""
    found = reasons(index, result.check)
    if not found:
        why = why_open(result)
        return None if why is None else f"Not decided, neither passed nor failed: {why}"
    (reason, _), *others = sorted(found.items(), key=lambda each: (-each[1], each[0]))
    subjects = "1 subject" if found.total() == 1 else f"{found.total()} subjects"
    more = f", and for {len(others)} other reasons" if others else ""
    return f"Not decided for {subjects}, neither passed nor failed: {reason}{more}"


def _notification(text: str) -> Json:
    return {"level": "warning", "message": {"text": _text(text)}}


def _text(text: str) -> str:
    """A message without links and placeholders: strangers name resources."""
    return SPECIAL.sub(lambda found: found[0] * 2 if found[0] in "{}" else f"\\{found[0]}", one_line(text))
