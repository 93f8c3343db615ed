"""Tracing a conclusion: from a requirement down to the check, the subject, the value and the call that gave it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from grc import canonical
from grc.errors import ConfigError
from grc.evidence import AssessmentLayer, Pack, open_assessment, open_pack
from grc.model.assessment import Assessment, CheckResult, ControlResult, Finding, Observation
from grc.model.attestation import AttestationResult
from grc.model.evidence import Gap
from grc.model.raised import RaisedResult
from grc.model.status import EXPLAINED, Status, Verdict
from grc.report.dated import WRITTEN_BY_PEOPLE, in_days
from grc.report.text import day_begun
from grc.run.concluding import effective_conclusions, said


def trace(path: Path, name: str, subject: str | None) -> Iterator[str]:
    """How the conclusion on a requirement, control or check came about, line by line.

    Raises:
        ConfigError: the assessment says nothing of it, or nothing of the subject.
        EvidenceError: the pack is not whole.
    """
    pack = open_pack(path)
    layer = open_assessment(pack)
    assessment = layer.assessment()
    zone = ZoneInfo(pack.manifest.run.scope.get("timezone", "UTC"))
    yield ""
    yield f"As of {_instant(assessment.as_of)}, from evidence {pack.digest}:"
    findings = [finding for finding in assessment.findings if finding.requirement == name]
    controls = [result for result in assessment.controls if result.control == name]
    checks = [result for result in assessment.checks if result.check == name]
    if not (findings or controls or checks):
        raise ConfigError(f"the latest assessment of {path} says nothing of {name}: was its framework in scope?")
    concluded = effective_conclusions(path, layer) if findings else {}
    for finding in findings:
        yield from _finding(finding, assessment, zone)
        if finding.requirement in concluded:
            yield f"  an assessor concluded: {said(concluded[finding.requirement])}"
    for control in controls:
        yield from _control(control, assessment, "  ")
    for result in assessment.raised:
        if name in (result.finding.requirement, *result.finding.checks):
            yield from _on_record(result)
    for check in checks:
        yield from _check(check, "  ")
        yield from _subjects(pack, layer, check, subject, zone)


def _on_record(result: RaisedResult) -> Iterator[str]:
    found = result.finding
    yield f"  finding {found.id} ({found.class_}) is {result.state.value.replace('-', ' ')}: {found.condition}"
    yield f"    {result.reason}"


def _finding(finding: Finding, assessment: Assessment, zone: ZoneInfo) -> Iterator[str]:
    yield f"  {finding.requirement} is {_word(finding.engine_status)}: {finding.reason}"
    checks = {result.check: result for result in assessment.checks}
    stated = {result.attestation.id: result for result in assessment.attestations}
    for part in finding.parts:
        yield f"    {part.part} ({part.method}) is {_word(part.status)}: {part.reason}"
        for mapped in part.controls:
            yield f"      {mapped.control} ({mapped.relation}) is {_word(mapped.status)}: covers {mapped.covers}"
            for name in mapped.checks:
                yield from _check(checks[name], "        ")
            if mapped.attestation is not None:
                yield from _statement(stated[mapped.attestation], "        ", zone)


def _statement(result: AttestationResult, indent: str, zone: ZoneInfo) -> Iterator[str]:
    made = result.attestation
    yield f"{indent}attestation {made.id}: {result.reason}"
    yield f"{indent}  “{made.statement}”"
    until = _until(made.valid_until, zone)
    day = f" on {made.reviewed_on}" if made.reviewed_on else ""
    reviewed = f", reviewed by {made.reviewed_by}{day}" if made.reviewed_by else ""
    yield f"{indent}  about {made.period.first} to {made.period.last}, valid until {until}{reviewed}"
    for file in made.files:
        found = "" if file.unchanged else f"; found {file.found or 'nothing'}"
        yield f"{indent}  rests on {file.path}, SHA-256 {file.sha256}{found}"


def _control(control: ControlResult, assessment: Assessment, indent: str) -> Iterator[str]:
    yield f"{indent}{control.control} is {_word(control.status)}: {control.reason}"
    checks = {result.check: result for result in assessment.checks}
    for name in control.deciding:
        yield from _check(checks[name], indent + "  ")


def _check(check: CheckResult, indent: str) -> Iterator[str]:
    yield f"{indent}{check.check} is {_word(check.status)}: {check.reason}"
    for population in (*check.populations, *check.ahead):
        counts = ", ".join(
            f"{count} {word}"
            for count, word in (
                (population.passed, "passed"),
                (population.failed, "failed"),
                (population.waived, "waived"),
                (population.unknown, "unknown"),
                (population.not_applicable, "not applicable"),
            )
            if count
        )
        yield f"{indent}  {population.place} ({population.origin}): {counts or 'no subject'}"
        for gap in population.gaps:
            yield f"{indent}    not seen: {_gap(gap)}"


def _subjects(
    pack: Pack, layer: AssessmentLayer, check: CheckResult, subject: str | None, zone: ZoneInfo
) -> Iterator[str]:
    found = False
    for observation in _observations(layer, check):
        if subject is None and observation.verdict not in EXPLAINED:
            continue
        if subject in (None, observation.subject):
            found = True
            yield from _observation(observation, zone)
            if subject is not None:
                yield from _origin(pack, observation)
    if subject is not None and not found:
        raise ConfigError(f"{check.check} saw no subject {subject!r}: subjects are ARNs, or ids where there is none")


def _observations(layer: AssessmentLayer, check: CheckResult) -> Iterator[Observation]:
    named = b'{"check":"' + check.check.encode() + b'"'
    return (found for found in layer.observed(named) if found.check == check.check)


def _observation(seen: Observation, zone: ZoneInfo) -> Iterator[str]:
    days = zone if seen.origin in WRITTEN_BY_PEOPLE else None
    waived = f", waived by {seen.waiver}" if seen.waiver else ""
    message = in_days(seen.message, days) if seen.message and days else seen.message
    yield f"    {seen.subject} ({seen.place}): {_word(seen.verdict)}{waived}"
    for label, text in (("", message), ("because ", seen.reason), ("decided by ", seen.deciding)):
        if text:
            yield f"      {label}{text}"
    for read in seen.reads:
        yield f"      read {read.path} = {'(not set)' if read.value is None else _with_day(read.value, days)}"
    for gap in seen.gaps:
        yield f"      not seen: {_gap(gap)}"


def _origin(pack: Pack, seen: Observation) -> Iterator[str]:
    held = pack.held[seen.kind, seen.place]
    population = held.population
    yield f"      record {seen.digest or pack.digest_of(population, seen.subject)} in {held.file}"
    yield f"      listed by {population.query} as {population.caller}"
    yield f"      between {_instant(population.started)} and {_instant(population.finished)}"
    yield f"      {population.count} subjects, {'paging finished' if population.complete else 'NOT complete'}"
    yield from _calls(pack, seen)
    record = pack.record(seen.kind, seen.subject)
    if record is not None and record.file is not None:
        yield f"      stands in {record.file}{f', line {record.line}' if record.line else ''}"


def _calls(pack: Pack, seen: Observation) -> Iterator[str]:
    """The operations that gave what was read of the record, where the kind says so."""
    calls = pack.kind(seen.kind).document.get("calls")
    if isinstance(calls, Mapping):
        sections = {read.path.partition(".")[0].partition("[")[0] for read in seen.reads}
        for section in sorted(sections & calls.keys()):
            yield f"      {section} was given by {', '.join(calls[section])}"


def _word(said: Status | Verdict) -> str:
    return said.value.replace("_", " ")


def _with_day(value: str, zone: ZoneInfo | None) -> str:
    """A value as it stands in the pack, and with the days that people wrote where these are meant."""
    told = in_days(value, zone) if zone else value
    return value if told == value else f"{value}, which is {told} in {zone}"


def _until(end: datetime, zone: ZoneInfo) -> str:
    after = day_begun(end, zone)
    return f"the end of {after - timedelta(days=1)} ({zone})" if after else _instant(end)


def _instant(moment: datetime) -> str:
    """As it stands in the pack."""
    return canonical.encode(moment).decode().strip('"')


def _gap(gap: Gap) -> str:
    needs = f", needs {gap.permission}" if gap.permission else ""
    said = f": {gap.detail}" if gap.detail else ""
    return f"{gap.path or 'the whole'}: {gap.reason}{f' from {gap.call}' if gap.call else ''}{needs}{said}"
