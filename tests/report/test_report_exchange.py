"""For other tools: only confirmed failures are alerts, nothing untested passes, and no name of a stranger acts."""

from __future__ import annotations

import json
import re
from collections.abc import Container
from dataclasses import replace
from pathlib import Path
from typing import Any, Final
from xml.etree import ElementTree

import jsonschema
import pytest

from grc.cli.pack import ENDINGS
from grc.model.assessment import CheckResult, Observation
from grc.model.catalogue import Declined, Severity
from grc.model.evidence import Location, Origin
from grc.model.identifiers import Place, SubjectId, SubjectKey
from grc.model.status import Status, Verdict
from grc.report import FORMATS, ReportInput
from grc.report.exchange import render_junit, render_ocsf, render_sarif, sarif

SCHEMAS: Final = Path(__file__).parents[3] / "shared" / "schemas"
BANDS: Final = {"critical": (9.0, 10.0), "high": (6.9, 8.9), "medium": (3.9, 6.9), "low": (0.0, 3.9)}


@pytest.fixture(scope="module")
def run(report: ReportInput) -> dict[str, Any]:
    (only,) = json.loads(render_sarif(report))["runs"]
    return only


def failing(report: ReportInput) -> list[Observation]:
    return [each for each in report.observations() if each.verdict is Verdict.FAIL and each.waiver is None]


def seeing(report: ReportInput, *observations: Observation) -> ReportInput:
    return replace(report, observations=lambda: iter(observations))


def standing(report: ReportInput, one: Observation, line: int) -> ReportInput:
    """The report with this one failure alone, which was declared at a line."""
    where = {(one.kind, one.place, one.subject): Location(path="infra/a b:c.tf", line=line)}
    return replace(seeing(report, one), located=lambda wanted: {key: where[key] for key in where if key in wanted})


def validator(schema: str) -> Any:
    """The official schema; a user's clone has none."""
    if not SCHEMAS.is_dir():
        pytest.skip("there is no ../shared/schemas beside this checkout")
    held = json.loads((SCHEMAS / schema).read_text(encoding="utf-8"))
    return jsonschema.validators.validator_for(held)(held)


def test_it_is_sarif(report: ReportInput) -> None:
    validator("sarif/sarif-schema-2.1.0.json").validate(json.loads(render_sarif(report)))


def test_every_failure_that_nobody_waived_is_a_result_and_nothing_else_is(
    report: ReportInput, run: dict[str, Any]
) -> None:
    told = sorted((it["ruleId"], it["properties"]["place"], it["properties"]["subject"]) for it in run["results"])
    assert told == sorted((it.check, it.place, it.subject) for it in failing(report))
    assert any(each.waiver for each in report.observations())


def test_help_gives_the_remedy_as_code_or_says_why_there_is_none(report: ReportInput) -> None:
    one = failing(report)[0]
    check = report.policy.checks[one.check]
    declined = replace(check.remedy, terraform=Declined(reason="no resource sets it"))
    policy = replace(report.policy, checks={**report.policy.checks, one.check: replace(check, remedy=declined)})
    for made, said in (
        (report, "Terraform:\n\n```hcl\n"),
        (replace(report, policy=policy), "Terraform: none, because no"),
    ):
        (told,) = json.loads(render_sarif(seeing(made, one)))["runs"]
        (rule,) = (it for it in told["tool"]["driver"]["rules"] if it["id"] == one.check)
        assert "CLI:\n\n```sh\n" in rule["help"]["markdown"]
        assert said in rule["help"]["markdown"]


def notified(report: ReportInput) -> dict[str, str]:
    (invocation,) = json.loads(render_sarif(report))["runs"][0]["invocations"]
    return {it["associatedRule"]["id"]: it["message"]["text"] for it in invocation["toolExecutionNotifications"]}


def test_what_is_not_decided_is_a_notification_with_its_number(report: ReportInput) -> None:
    unknown = [each.check for each in report.observations() if each.verdict is Verdict.UNKNOWN]
    told = notified(report)
    assert told.keys() >= set(unknown)
    for check in set(unknown):
        number = unknown.count(check)
        assert f"for {number} subject{'s' if number > 1 else ''}, neither passed nor failed" in told[check]


@pytest.mark.parametrize("status", [Status.UNKNOWN, Status.STALE, Status.NOT_ASSESSED])
def test_a_check_whose_list_was_refused_is_not_passed_over(report: ReportInput, status: Status) -> None:
    """It has no subject, so no observation says that nothing was seen."""
    result = next(each for each in report.assessment.checks if each.status is Status.SATISFIED)
    nothing = replace(result, in_scope=True, ran=True, subjects=0, populations=(), ahead_status=None, reason="refused")
    silent = with_result(seeing(report), replace(nothing, status=status))
    assert notified(silent)[result.check] == "Not decided, neither passed nor failed: refused"
    (event,) = (each for each in events(silent) if each["compliance"]["control"] == result.check)
    assert (event["compliance"]["status"], event["message"]) == ("Warning", "refused")
    assert "resources" not in event
    validator("ocsf/compliance_finding-1.5.0.schema.json").validate(event)
    assert cases(silent)[result.check] == ("skipped" if status is Status.NOT_ASSESSED else "error")
    sound = with_result(seeing(report), replace(nothing, status=Status.SATISFIED))
    assert result.check not in notified(sound)
    declared = replace(nothing, in_scope=False, status=Status.NOT_ASSESSED, ahead_status=Status.UNKNOWN)
    assert "as declared: unknown" in notified(with_result(seeing(report), declared))[result.check]


def test_rules_are_those_that_are_spoken_of_and_each_index_leads_to_its_own(run: dict[str, Any]) -> None:
    rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    spoken = [*run["results"]]
    assert all(rules[it["ruleIndex"]] == it["ruleId"] for it in spoken)
    notified = [it["associatedRule"] for it in run["invocations"][0]["toolExecutionNotifications"]]
    assert all(rules[it["index"]] == it["id"] for it in notified)
    assert set(rules) == {it["ruleId"] for it in spoken} | {it["id"] for it in notified}


def test_severity_is_in_the_band_of_its_name(report: ReportInput, run: dict[str, Any]) -> None:
    severities = {result.check: result.severity for result in report.assessment.checks}
    for rule in run["tool"]["driver"]["rules"]:
        above, below = BANDS[severities[rule["id"]]]
        assert isinstance(rule["properties"]["security-severity"], str)
        assert above < float(rule["properties"]["security-severity"]) <= below
        assert len(rule["properties"]["tags"]) <= 10
        assert all(rule[name]["text"] for name in ("shortDescription", "fullDescription", "help"))
        assert len(rule["fullDescription"]["text"]) <= 1024


def test_the_worst_stands_first_and_the_rest_is_counted(
    report: ReportInput, run: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    order = [severity.value for severity in Severity]
    severities = {result.check: result.severity for result in report.assessment.checks}
    places = [order.index(severities[it["ruleId"]]) for it in run["results"]]
    assert places == sorted(places)
    monkeypatch.setattr(sarif, "MOST", 3)
    (cut,) = json.loads(render_sarif(report))["runs"]
    assert [it["partialFingerprints"] for it in cut["results"]] == [
        it["partialFingerprints"] for it in run["results"][:3]
    ]
    texts = [it["message"]["text"] for it in cut["invocations"][0]["toolExecutionNotifications"]]
    assert f"{len(run['results']) - 3} more failures are not here: see the report" in texts


def test_what_was_declared_stands_at_its_line_and_lines_do_not_make_it_another(report: ReportInput) -> None:
    one = replace(failing(report)[0], origin=Origin.TEMPLATE)

    other = replace(one, subject=SubjectId(one.subject + "-2"))
    first, moved, unlike = (only(report, *asked) for asked in ((one, 12), (one, 40), (other, 12)))
    physical = first["locations"][0]["physicalLocation"]
    assert physical["artifactLocation"] == {"uri": "infra/a%20b%3Ac.tf"}
    assert (physical["region"]["startLine"], physical["region"]["endLine"]) == (12, 12)
    assert first["partialFingerprints"] == moved["partialFingerprints"] != unlike["partialFingerprints"]


def only(report: ReportInput, one: Observation, line: int) -> dict[str, Any]:
    (shown,) = json.loads(render_sarif(standing(report, one, line)))["runs"][0]["results"]
    return shown


def test_what_has_no_file_stands_at_its_check_and_no_path_is_of_a_machine(report: ReportInput) -> None:
    one = failing(report)[0]
    check = report.policy.checks[one.check]
    moved = replace(check, position=replace(check.position, path="/tmp/x/checks/own/a.yaml", line=7))
    policy = replace(report.policy, checks={**report.policy.checks, one.check: moved})
    (told,) = json.loads(render_sarif(replace(seeing(report, one), policy=policy)))["runs"][0]["results"]
    physical = told["locations"][0]["physicalLocation"]
    assert physical["artifactLocation"] == {"uri": "checks/own/a.yaml"}
    assert physical["region"]["startLine"] == 7


def test_a_name_makes_no_link_and_no_placeholder(report: ReportInput) -> None:
    hostile = "[click](https://evil.example) {0} \\[x] \u202e\x1b"
    one = replace(failing(report)[0], message=hostile)
    (told,) = json.loads(render_sarif(seeing(report, one)))["runs"][0]["results"]
    text = told["message"]["text"]
    assert text.startswith(r"\[click\](https://evil.example) {{0}} \\\[x\] ")
    assert not re.search("[\u202e\x1b]", text)


def test_the_bytes_repeat_in_any_order_of_observations(report: ReportInput) -> None:
    backwards = replace(report, observations=lambda: reversed(list(report.observations())))
    for form in (render_sarif, render_junit, render_ocsf):
        assert form(backwards) == form(report)


def cases(report: ReportInput) -> dict[str, str]:
    """The outcome of each test case, by the id of its check."""
    root = ElementTree.fromstring(render_junit(report))
    return {
        case.attrib["name"].partition(":")[0]: next((child.tag for child in case), "passed")
        for case in root.iter("testcase")
    }


def judged(report: ReportInput, **changes: Any) -> str:
    """What becomes of a check's test case when its result is such."""
    result = next(each for each in report.assessment.checks if each.populations)
    changed = replace(result, ahead=(), **{"in_scope": True, "ahead_status": None, **changes})
    return cases(with_result(report, changed))[result.check]


def with_result(report: ReportInput, changed: CheckResult) -> ReportInput:
    checks = tuple(changed if each.check == changed.check else each for each in report.assessment.checks)
    return replace(report, assessment=replace(report.assessment, checks=checks))


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        (Status.SATISFIED, "passed"),
        (Status.NOT_SATISFIED, "failure"),
        (Status.PARTIAL, "failure"),
        (Status.UNKNOWN, "error"),
        (Status.STALE, "error"),
        (Status.WAIVED, "skipped"),
        (Status.INHERITED, "skipped"),
        (Status.NOT_ASSESSED, "skipped"),
        (Status.NOT_APPLICABLE, "skipped"),
    ],
)
def test_only_what_was_tested_and_holds_passes(report: ReportInput, status: Status, outcome: str) -> None:
    assert judged(report, status=status) == outcome
    assert judged(report, status=status, ahead_status=Status.NOT_APPLICABLE) == outcome
    assert judged(report, status=Status.NOT_ASSESSED, in_scope=False, ahead_status=status) == outcome


@pytest.mark.parametrize(
    ("status", "ahead", "outcome"),
    [
        (Status.SATISFIED, Status.NOT_SATISFIED, "failure"),
        (Status.NOT_SATISFIED, Status.SATISFIED, "failure"),
        (Status.SATISFIED, Status.UNKNOWN, "error"),
        (Status.UNKNOWN, Status.SATISFIED, "error"),
        (Status.WAIVED, Status.SATISFIED, "skipped"),
        (Status.NOT_ASSESSED, Status.SATISFIED, "skipped"),
        (Status.SATISFIED, Status.SATISFIED, "passed"),
    ],
)
def test_the_worse_of_record_and_declaration_counts(
    report: ReportInput, status: Status, ahead: Status, outcome: str
) -> None:
    assert judged(report, status=status, ahead_status=ahead) == outcome
    assert judged(report, status=status, ahead_status=ahead, populations=()) == outcome


def test_every_check_in_scope_is_a_case_and_suites_count_theirs(report: ReportInput) -> None:
    assert cases(report).keys() == {
        each.check for each in report.assessment.checks if each.in_scope or each.ahead_status is not None
    }
    for suite in ElementTree.fromstring(render_junit(report)).iter("testsuite"):
        assert int(suite.attrib["tests"]) == len(suite.findall("testcase"))
        for counted, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
            assert int(suite.attrib[counted]) == len(suite.findall(f"testcase/{tag}"))


def test_a_failure_names_its_subjects_with_their_lines(report: ReportInput) -> None:
    one = replace(failing(report)[0], origin=Origin.PLAN, place=Place("file/infra"), message="is open\ufffe\x00")
    key = (one.kind, one.place, one.subject)
    result = next(each for each in report.assessment.checks if each.check == one.check)
    seen = with_result(seeing(report, one), replace(result, in_scope=True, ahead_status=Status.NOT_SATISFIED))
    shown = render_junit(replace(seen, located=lambda wanted: {key: Location(path="infra/main.tf", line=3)}))
    (told,) = (it.text for it in ElementTree.fromstring(shown).iter("failure") if it.text)
    assert told.startswith("fail: infra/main.tf:3: ")
    assert "\x00" not in told


def events(report: ReportInput) -> list[dict[str, Any]]:
    return [json.loads(line) for line in render_ocsf(report).splitlines()]


@pytest.mark.parametrize("version", ["1.5.0", "1.8.0"])
def test_every_event_is_of_its_class(report: ReportInput, version: str) -> None:
    judge = validator(f"ocsf/compliance_finding-{version}.schema.json")
    for event in events(report):
        judge.validate(event)
        assert event["type_uid"] == event["class_uid"] * 100 + event["activity_id"]


def test_each_subject_that_did_not_pass_is_an_event_and_a_waived_failure_is_suppressed(report: ReportInput) -> None:
    words = {Verdict.FAIL: "Fail", Verdict.UNKNOWN: "Warning"}
    told = [
        (
            each["compliance"]["control"],
            each["resources"][0]["uid"],
            each["compliance"]["status"],
            each["status"] == "Suppressed",
        )
        for each in events(report)
        if "resources" in each
    ]
    seen = [(it.check, it.subject, words[it.verdict], it.waiver is not None) for it in report.observations()]
    assert sorted(told) == sorted(seen)
    assert {status for _, _, status, _ in told} == set(words.values())
    assert {suppressed for *_, suppressed in told} == {True, False}


def test_a_finding_is_the_same_in_the_next_run(report: ReportInput) -> None:
    one = failing(report)[0]
    later = replace(one, digest="sha256:" + "1" * 64, message="another value")
    other = replace(one, subject=SubjectId(one.subject + "-2"))
    told = [event for it in (one, later, other) for event in events(seeing(report, it)) if "resources" in event]
    uids = [event["finding_info"]["uid"] for event in told]
    assert uids[0] == uids[1] != uids[2]
    assert len(uids) == 3


def test_files_are_looked_through_once(report: ReportInput) -> None:
    """However many checks fail: it reads every record that was declared."""
    for form in (render_sarif, render_junit):
        asked: list[Container[SubjectKey]] = []
        form(replace(report, located=lambda wanted, asked=asked: asked.append(wanted) or {}))
        assert len(asked) == 1


def test_the_command_line_knows_each_format_of_one_file() -> None:
    assert ENDINGS.keys() == FORMATS.keys()
