"""OSCAL assessment results: valid, nothing dangles, nothing unproven is satisfied, no stranger's name is markup."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import jsonschema
import pytest

from grc import catalogue, kinds
from grc.errors import ReportError
from grc.model.identifiers import SubjectId
from grc.model.status import Status, Verdict
from grc.report import ReportInput
from grc.report.exchange import render_oscal
from grc.report.exchange.oscal.names import control_id, markup, objective_id, prop

SCHEMA: Final = (
    Path(__file__).parents[3] / "shared" / "schemas" / "oscal-1.2.1" / "oscal_assessment-results_schema.json"
)
TOKEN: Final = re.compile(r"[^\W\d][\w.-]*\Z")


def document(report: ReportInput) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(render_oscal(report))["assessment-results"]
    return found


@pytest.fixture(scope="module")
def told(report: ReportInput) -> dict[str, Any]:
    return document(report)


@pytest.fixture(scope="module")
def result(told: dict[str, Any]) -> dict[str, Any]:
    (only,) = told["results"]
    return only


def props(held: dict[str, Any]) -> dict[str, str]:
    return {each["name"]: each["value"] for each in held["props"]}


def everything(held: Any) -> Iterator[dict[str, Any]]:
    if isinstance(held, dict):
        yield held
        held = list(held.values())
    if isinstance(held, list):
        for each in held:
            yield from everything(each)


def test_it_is_oscal(report: ReportInput) -> None:
    if not SCHEMA.is_file():
        pytest.skip("there is no ../shared/schemas beside this checkout")
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    assessment = report.assessment
    bare = replace(
        report,
        evidence=(),
        observations=tuple,
        assessment=replace(assessment, checks=(), attestations=(), waivers=()),
    )
    nowhere = tuple(replace(it, engine_status=Status.NOT_APPLICABLE) for it in assessment.findings)
    excluded = replace(report, assessment=replace(assessment, findings=nowhere))
    validator = jsonschema.validators.validator_for(schema)(_in_python(schema))
    for each in (report, bare, excluded):
        validator.validate(json.loads(render_oscal(each)))


def test_an_assessment_of_no_requirement_is_refused(report: ReportInput) -> None:
    with pytest.raises(ReportError, match="no counted requirement"):
        render_oscal(replace(report, assessment=replace(report.assessment, findings=())))


def _in_python(held: Any) -> Any:
    """The schema with its patterns as Python writes them."""
    if isinstance(held, dict):
        return {key: _in_python(each) for key, each in held.items()}
    if isinstance(held, str):
        return held.replace(r"\p{L}", r"[^\W\d_]").replace(r"\p{N}", r"\d")
    return list(map(_in_python, held)) if isinstance(held, list) else held


def test_the_same_pack_gives_the_same_bytes(report: ReportInput) -> None:
    assert render_oscal(report) == render_oscal(report)


def test_texts_and_ids_are_of_the_form_that_oscal_asks_for(told: dict[str, Any]) -> None:
    for held in everything(told):
        for key, value in held.items():
            if key.endswith("uuid") and isinstance(value, str):
                assert re.fullmatch(r"[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", value)
            if key in ("value", "title", "description", "remarks", "prose", "statement"):
                assert value == value.strip() != ""
                assert "\n" not in value
            if key in ("control-id", "objective-id", "target-id", "name") or (key == "id"):
                assert TOKEN.match(value), value
            if key in ("start", "end", "collected", "expires", "deadline", "last-modified"):
                assert value.endswith("Z")
            assert value not in ([], {}) or key == "include-all"


def test_no_name_stands_for_two_things_and_none_leads_nowhere(told: dict[str, Any], result: dict[str, Any]) -> None:
    named = [held["uuid"] for held in everything(told) if "uuid" in held]
    assert not [name for name, count in Counter(named).items() if count > 1]
    references = [
        value
        for held in everything(told)
        for key, value in held.items()
        if key in ("observation-uuid", "risk-uuid", "subject-uuid", "actor-uuid", "component-uuid")
    ]
    references += [held["href"][1:] for held in everything(told) if held.get("href", "").startswith("#")]
    assert references
    assert set(references) <= set(named)
    objectives = [held["id"] for held in everything(told["local-definitions"]) if "id" in held]
    assert len(objectives) == len(set(objectives))
    assert {each["target"]["target-id"] for each in result["findings"]} <= set(objectives)
    start, end = result["start"], result["end"]
    assert start <= end


def test_every_counted_requirement_is_a_finding_or_named_as_excluded(
    report: ReportInput, result: dict[str, Any]
) -> None:
    counted = [it for it in report.assessment.findings if it.counted_in is not None]
    excluded = {it.requirement for it in counted if it.engine_status is Status.NOT_APPLICABLE}
    found = {each["target"]["target-id"]: each for each in result["findings"]}
    selections = result["reviewed-controls"]["control-selections"]
    for it in counted:
        assert (objective_id(it.requirement) in found) == (it.requirement not in excluded)
        chosen = "exclude-controls" if it.requirement in excluded else "include-controls"
        assert sum({"control-id": control_id(it.requirement)} in each.get(chosen, ()) for each in selections) == 1
    statuses = {it.engine_status for it in counted}
    assert {Status.SATISFIED, Status.NOT_SATISFIED, Status.UNKNOWN} & statuses


@pytest.mark.parametrize("status", Status)
def test_nothing_is_satisfied_but_what_is_proven(report: ReportInput, status: Status) -> None:
    first = next(it for it in report.assessment.findings if it.counted_in is not None and it.parts)
    given = replace(first, engine_status=status, parts=tuple(replace(part, status=status) for part in first.parts))
    others = tuple(given if it is first else it for it in report.assessment.findings)
    found = {
        each["target"]["target-id"]: each
        for each in document(replace(report, assessment=replace(report.assessment, findings=others)))["results"][0][
            "findings"
        ]
    }
    targets = [objective_id(first.requirement), *(objective_id(first.requirement, it.part) for it in first.parts)]
    if status is Status.NOT_APPLICABLE:
        assert not found.keys() & {*targets}
        return
    for name in targets:
        target = found[name]["target"]["status"]
        proven = status in (Status.SATISFIED, Status.INHERITED)
        fails = status in (Status.NOT_SATISFIED, Status.PARTIAL, Status.WAIVED)
        assert target["state"] == ("satisfied" if proven else "not-satisfied")
        assert target["reason"] == ("pass" if proven else "fail" if fails else "other")
        assert props(found[name])["verdict"] == status.value


def test_every_subject_that_did_not_pass_is_named_with_its_verdict(report: ReportInput, result: dict[str, Any]) -> None:
    checks = {it.check for it in report.assessment.checks if (it.ran and it.in_scope) or it.ahead}
    expected = Counter((it.check, it.verdict.value, it.waiver) for it in report.observations() if it.check in checks)
    assert expected
    assert {Verdict.FAIL.value, Verdict.UNKNOWN.value} <= {verdict for _, verdict, _ in expected}
    assert (
        Counter(
            (props(each)["check"], props(subject)["verdict"], props(subject).get("waiver"))
            for each in result["observations"]
            if "check" in props(each)
            for subject in each.get("subjects", ())
        )
        == expected
    )


def test_a_waived_failure_is_an_accepted_risk_and_an_open_one_is_open(
    report: ReportInput, result: dict[str, Any]
) -> None:
    failing = {it.check for it in report.observations() if it.verdict is Verdict.FAIL and it.waiver is None}
    waivers = {it.waiver for it in report.observations() if it.waiver is not None}
    assert waivers
    statuses = {(each["status"], props(each).get("waiver") or props(each)["check"]) for each in result["risks"]}
    assert statuses == {("open", it) for it in failing} | {("deviation-approved", it) for it in waivers}


def test_names_of_strangers_are_no_markup(report: ReportInput) -> None:
    one = next(it for it in report.observations() if it.verdict is Verdict.FAIL)
    hostile = replace(one, subject=SubjectId("[x](javascript:alert) <b>*\u202e`\n"))
    told = document(replace(report, observations=lambda: iter([hostile])))
    (item,) = told["results"][0]["local-definitions"]["inventory-items"]
    assert item["description"] == r"\[x\](javascript:alert) \<b\>\*\[U+202E\]\`"
    assert props(item)["subject"] == "[x](javascript:alert) <b>*[U+202E]`"
    assert markup("# a\n\n<script>") == "\\# a \\<script\\>"
    assert prop("x", "")["value"] == "-"


def test_every_requirement_that_comes_with_the_engine_has_a_token_of_its_own() -> None:
    policy = catalogue.load((catalogue.shipped(),), kinds.load())
    rows = [row for held in policy.catalogues.values() for row in held.requirements]
    tokens = [control_id(row.id) for row in rows]
    assert len(set(tokens)) == len(tokens) > 800
    assert all(TOKEN.match(token) for token in tokens)
    objectives = [objective_id(row.id, part.id) for row in rows for part in row.parts or ()]
    assert len(set(objectives)) == len(objectives)
