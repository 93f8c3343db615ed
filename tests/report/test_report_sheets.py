"""Requirement sheets: what a person still has to answer, what is said once, and what stands packed in the page."""

import base64
import re
import zlib
from dataclasses import replace
from pathlib import Path

import pytest

from grc.errors import DataError
from grc.model.assessment import Finding, MappedResult, PartResult
from grc.model.catalogue import Catalogue, Declined, Method, Part, Policy, Relation
from grc.model.identifiers import CheckId, ControlId, PartId
from grc.model.status import Status
from grc.report import ReportInput, render_html
from grc.report.shared import MANY, TITLE, shared_parts
from grc.report.text import one_line
from grc.report.views.page import page
from grc.report.views.requirements import Sheet, awaits_person
from grc.report.words import load_words

WORDS = load_words()
CHECKS = (CheckId("aws.s3.bucket.rule-00"),)


def claim(status: Status, *checks: CheckId, relation: Relation = Relation.MEETS) -> MappedResult:
    return MappedResult(
        control=ControlId("control-00"), relation=relation, covers="c", rationale="r", status=status, checks=checks
    )


def part(name: str, status: Status, *claims: MappedResult) -> PartResult:
    return PartResult(part=PartId(name), method=Method.DOCUMENT, status=status, reason="Its reason.", controls=claims)


ASKED = part("asked", Status.NOT_ASSESSED, claim(Status.NOT_ASSESSED))
TESTED = part("tested", Status.SATISFIED, claim(Status.SATISFIED, *CHECKS))
UNMAPPED = part("unmapped", Status.NOT_ASSESSED)


@pytest.mark.parametrize(
    ("result", "expected"),
    [
        (ASKED, True),
        (TESTED, False),
        (UNMAPPED, True),
        (part("both", Status.NOT_ASSESSED, claim(Status.SATISFIED, *CHECKS), claim(Status.NOT_ASSESSED)), True),
        (part("failing", Status.NOT_SATISFIED, claim(Status.NOT_SATISFIED, *CHECKS), claim(Status.NOT_ASSESSED)), True),
        (part("not run", Status.NOT_ASSESSED, claim(Status.NOT_ASSESSED, *CHECKS)), False),
        (part("attested", Status.SATISFIED, claim(Status.SATISFIED)), False),
        (part("supported", Status.NOT_ASSESSED, claim(Status.SATISFIED, *CHECKS, relation=Relation.SUPPORTS)), True),
        (part("out", Status.NOT_APPLICABLE), False),
    ],
)
def test_part_awaits_a_person_where_no_check_answers_it_and_nobody_has(result: PartResult, expected: bool) -> None:
    assert awaits_person(result) is expected


def laid_out(report: ReportInput, *parts: PartResult, status: Status) -> Sheet:
    """The sheet of the first requirement with parts, its finding made of these."""
    first = next(it for it in report.assessment.findings if it.parts)
    made: Finding = replace(first, parts=parts, engine_status=status, reason="Why so.")
    findings = tuple(made if it is first else it for it in report.assessment.findings)
    view = page(replace(report, assessment=replace(report.assessment, findings=findings)), WORDS)
    sheets = (it for framework in view.frameworks for group in framework.groups for it in group.sheets)
    return next(it for it in sheets if it.id == first.requirement)


def test_sheet_names_the_parts_that_await_a_person(report: ReportInput) -> None:
    made = laid_out(report, ASKED, TESTED, UNMAPPED, status=Status.NOT_ASSESSED)
    assert made.awaits == "2 of 3 parts await a person: asked, unmapped."
    assert [it.standing for it in made.parts] == ["awaits a person", "satisfied", "awaits a person"]
    assert made.reason == ""
    assert laid_out(report, ASKED, status=Status.NOT_ASSESSED).awaits == "Every part awaits a person."
    assert laid_out(report, TESTED, status=Status.SATISFIED).awaits == ""


def test_technical_part_that_no_check_answers_awaits_a_test(report: ReportInput) -> None:
    made = laid_out(report, replace(ASKED, method=Method.TECHNICAL), UNMAPPED, status=Status.NOT_ASSESSED)
    assert "awaits a person's test" in [it.standing for it in made.parts]


def test_part_that_fails_and_awaits_says_both(report: ReportInput) -> None:
    both = part("both", Status.NOT_SATISFIED, claim(Status.NOT_SATISFIED, *CHECKS), claim(Status.NOT_ASSESSED))
    made = laid_out(report, both, status=Status.NOT_SATISFIED)
    assert made.reason == "Why so."
    (shown,) = made.parts
    assert shown.standing.endswith(", awaits a person")
    assert shown.reason == "Its reason."
    assert [it.mark.word for it in shown.controls if it.mark] == ["not satisfied", "not assessed"]


def test_status_of_the_map_is_shown_where_the_parts_own_does_not_say_it(report: ReportInput) -> None:
    (alone,) = laid_out(report, TESTED, status=Status.SATISFIED).parts
    assert [it.mark for it in alone.controls] == [None]
    helped = part("helped", Status.PARTIAL, claim(Status.SATISFIED, *CHECKS), claim(Status.NOT_SATISFIED, *CHECKS))
    (shown,) = laid_out(report, helped, status=Status.PARTIAL).parts
    assert [it.mark.word for it in shown.controls if it.mark] == ["satisfied", "not satisfied"]


def test_claims_that_something_answers_are_packed_in_the_order_of_the_sheets(report: ReportInput, html: str) -> None:
    packed = re.search(r"<pre hidden id=report/claims>([^<]*)</pre>", html)
    assert packed
    lines = zlib.decompress(base64.b64decode(packed[1])).decode().split("\n")
    found = {it.requirement: it for it in report.assessment.findings}
    rows = (row for catalogue in report.policy.catalogues.values() for row in catalogue.requirements)
    claims = [it for row in rows for part in found[row.id].parts for it in part.controls if it.checks]
    assert lines == [f"{one_line(it.covers)}\t{one_line(it.rationale)}" for it in claims]
    assert len(re.findall(r"<p>(?:<b class=[a-z]+>[^<]*</b> )?<a>control-[^<]*</a>[^<]*<ul>", html)) == len(claims)


def titled(catalogue: Catalogue, rows: int, method: Method = Method.RECORD) -> Catalogue:
    """The catalogue, each of its first rows with one part that differs from the others' in the title alone."""
    made = (
        replace(row, title=f"T{row.code}", parts=(Part(id=PartId("done"), method=method, show=f"T{row.code} is done"),))
        for row in catalogue.requirements[:rows]
    )
    return replace(catalogue, requirements=(*made, *(replace(it, parts=None) for it in catalogue.requirements[rows:])))


def test_part_that_many_requirements_share_but_for_their_title_is_said_once(report: ReportInput) -> None:
    catalogue = next(iter(report.policy.catalogues.values()))
    assert shared_parts(titled(catalogue, MANY - 1)) == {}
    ((wording, shared),) = shared_parts(titled(catalogue, MANY)).items()
    assert (wording, shared.id, shared.rows) == (f"{TITLE} is done", "done", MANY)


def test_sheet_leads_to_the_part_that_it_shares(report: ReportInput, templates: Path) -> None:
    catalogue = next(iter(report.policy.catalogues.values()))
    policy = replace(report.policy, catalogues={**report.policy.catalogues, catalogue.id: titled(catalogue, MANY)})
    done = PartResult(part=PartId("done"), method=Method.RECORD, status=Status.NOT_ASSESSED, reason="", controls=())
    findings = tuple(
        replace(it, parts=(done,) if it.requirement.startswith(f"{catalogue.id}:") else it.parts)
        for it in report.assessment.findings
    )
    made = replace(report, policy=policy, assessment=replace(report.assessment, findings=findings))
    html = render_html(made, [templates]).decode()
    assert html.count(f"{TITLE} is done") == 1
    assert html.count(f"href=#report/{catalogue.id}/shared/1>done<") == MANY
    assert html.count(f"id=report/{catalogue.id}/shared/1>") == 1


def test_five_things_to_do_first_name_the_remedy(report: ReportInput) -> None:
    made = page(report, WORDS).actions
    assert made
    assert {it.remedy for it in made if it.links and it.extent.find("fail") > 0} == {
        "Set the value in the template that makes the resource, and apply it again."
    }


def test_finding_sheet_says_why_a_tool_has_no_remedy(report: ReportInput, templates: Path) -> None:
    made = replace(report, policy=declining(report.policy, "no resource of the provider sets <this>"))
    assert 'aria-label="Terraform"' in render_html(report, [templates]).decode()
    html = render_html(made, [templates]).decode()
    assert "<br>Terraform: none, because no resource of the provider sets &lt;this&gt;" in html
    assert 'aria-label="Terraform' not in html
    assert 'aria-label="Command line"' in html


def declining(policy: Policy, reason: str) -> Policy:
    """The policy with no Terraform in any remedy, for this reason."""
    checks = {
        id_: replace(check, remedy=replace(check.remedy, terraform=Declined(reason=reason)))
        for id_, check in policy.checks.items()
    }
    return replace(policy, checks=checks)


def test_control_says_that_its_status_is_its_checks(html: str) -> None:
    assert html.count("<p class=s>its checks: <b class=") == 25


def test_class_of_a_status_is_letters_alone(tmp_path: Path) -> None:
    (tmp_path / "messages.yaml").write_text(
        "format: grc.messages/1\nstatuses:\n  default:\n    satisfied:\n      code: 'x onclick=1'\n"
    )
    with pytest.raises(DataError, match="letters a to z"):
        load_words([tmp_path])
