"""What people state and waive, as reports show it: who, what, until when, whether it counts; hostile text is text."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from report_page import Page
from report_sample import HOSTILE

from grc.model.assessment import Finding, MappedResult
from grc.model.attestation import (
    Attestation,
    AttestationResult,
    AttestedFile,
    AttestedPart,
    Conclusion,
    Standing,
)
from grc.model.status import Status
from grc.model.waiver import Compensation, WaiverResult, WaiverStanding
from grc.model.workspace import Period
from grc.report import Earlier, ReportInput, render_html, render_json, summary_lines
from grc.report.annexes.content import tables
from grc.report.index import build
from grc.report.text import visible
from grc.report.views.changes import changes
from grc.report.words import load_words

ODD = [name for name in HOSTILE if "\ud800" not in name and len(name) < 100]


def attested(report: ReportInput, text: str = "It is so") -> ReportInput:
    """The report with three statements on the first part that has a control: one decides it."""
    assessment = report.assessment
    finding = next(each for each in assessment.findings if each.parts and each.parts[0].controls)
    about = AttestedPart(requirement=finding.requirement, part=finding.parts[0].part)
    counts = Attestation(
        id="A-1",
        control=finding.parts[0].controls[0].control,
        parts=(about,),
        conclusion=Conclusion.MET,
        statement=text,
        who=f"Ada {text}",
        role=f"head {text}",
        signed_on=date(2026, 5, 1),
        period=Period(first=date(2026, 1, 1), last=date(2026, 4, 30)),
        valid_until=assessment.as_of + timedelta(days=200),
        files=(AttestedFile(path=f"x/{text}", sha256="a" * 64, found="a" * 64, bytes=1234),),
        reviewed_by=f"Grace {text}",
        reviewed_on=date(2026, 5, 2),
    )
    changed = replace(counts, id="A-2", files=(replace(counts.files[0], found=None, bytes=None),), reviewed_by=None)
    stale = replace(counts, id="A-3", valid_until=assessment.as_of, conclusion=Conclusion.MET)
    mapped = replace(
        finding.parts[0].controls[0], checks=(), status=Status.SATISFIED, attestation="A-1", reason=f"Ada {text}"
    )
    results = (
        AttestationResult(attestation=counts, standing=Standing.COUNTS, reason="ok", answers=(about,)),
        AttestationResult(attestation=changed, standing=Standing.CHANGED, reason=f"gone {text}", answers=()),
        AttestationResult(attestation=stale, standing=Standing.EXPIRED, reason="It has expired.", answers=()),
    )
    return replace(report, assessment=replace(assessment, attestations=results, findings=_with(report, mapped)))


def _with(report: ReportInput, mapped: MappedResult) -> tuple[Finding, ...]:
    findings = list(report.assessment.findings)
    at = next(number for number, each in enumerate(findings) if each.parts and each.parts[0].controls)
    part = replace(findings[at].parts[0], controls=(mapped,), status=Status.SATISFIED)
    findings[at] = replace(findings[at], parts=(part, *findings[at].parts[1:]))
    return tuple(findings)


def test_a_statement_is_shown_whole_and_linked_from_the_part(report: ReportInput, templates: Path) -> None:
    page = Page.read(render_html(attested(report), [templates]).decode())
    assert {"attestation/A-1", "attestation/A-2", "attestation/A-3"} <= set(page.values("id"))
    assert "#attestation/A-1" in page.values("href")
    for said in ("Ada It is so (head It is so), 2026-05-01", "2026-01-01 to 2026-04-30", "a" * 64):
        assert said in page.text
    assert "Grace It is so, 2026-05-02" in page.text
    assert "x/It is so, 1,234 B" in page.text
    assert "without its files. gone It is so" in page.text
    assert "expired. It has expired." in page.text
    assert re.search(r"x/It is so\s+missing", page.text)


def test_the_summary_counts_them(report: ReportInput) -> None:
    lines = summary_lines(attested(report))
    assert "Attestations: 1 in force, 1 without its files, 1 expired" in lines
    assert not [line for line in summary_lines(report) if line.startswith("Attestations")]


def test_json_holds_what_became_of_them(report: ReportInput) -> None:
    found = json.loads(render_json(attested(report)))["attestations"]
    assert [(each["attestation"]["id"], each["standing"]) for each in found] == [
        ("A-1", "counts"),
        ("A-2", "changed"),
        ("A-3", "expired"),
    ]


def test_hostile_statements_and_waivers_are_text(report: ReportInput, templates: Path) -> None:
    """Each hostile text stands in every field of a statement and of a waiver, all in one report."""
    made = [odd(report, text, f"-{number}") for number, text in enumerate(ODD)]
    together = replace(
        made[0],
        assessment=replace(
            made[0].assessment,
            attestations=tuple(each for one in made for each in one.assessment.attestations),
            waivers=tuple(each for one in made for each in one.assessment.waivers),
        ),
    )
    page = Page.read(render_html(together, [templates]).decode())
    tags = {element.tag for element in Page.read(render_html(attested(report), [templates]).decode()).elements}
    assert {element.tag for element in page.elements} <= tags
    assert not [name for element in page.elements for name in element.attributes if name.startswith("on")]
    for text in ODD:
        assert page.text.count(visible(text)) >= page.text.count(visible(f"Ada {text}")) + 3
        assert visible(f"Ada {text}") in page.text


def odd(report: ReportInput, text: str, suffix: str) -> ReportInput:
    """The report with three statements and a waiver that say so, told apart by a suffix."""
    stated = attested(report, text)
    (waiver,) = stated.assessment.waivers
    hostile = replace(
        waiver,
        id=f"{waiver.id}{suffix}",
        reason=text,
        subjects=f"{text}*",
        risk=text,
        requested_by=text,
        compensating=Compensation(control=text, check=waiver.check),
    )
    statements = tuple(
        replace(each, attestation=replace(each.attestation, id=f"{each.attestation.id}{suffix}"))
        for each in stated.assessment.attestations
    )
    return replace(stated, assessment=replace(stated.assessment, waivers=(hostile,), attestations=statements))


@pytest.mark.parametrize(
    ("result", "matches", "said"),
    [
        (WaiverStanding.COUNTS, 3, "nothing, because no subject that it matches fails"),
        (WaiverStanding.COUNTS, 0, "nothing, because no subject of the check is of its pattern"),
        (WaiverStanding.UNCOMPENSATED, 0, "nothing, because it does not count"),
    ],
)
def test_what_a_waiver_covers(
    report: ReportInput, templates: Path, result: WaiverStanding, matches: int, said: str
) -> None:
    (waiver,) = report.assessment.waivers
    idle = replace(waiver, id="W-9", until=report.assessment.as_of + timedelta(days=30), risk="R-9")
    results = (WaiverResult(waiver="W-9", standing=result, reason="Because.", risk_known=False),)
    made = replace(
        report,
        assessment=replace(report.assessment, waivers=(idle,), waiver_results=results),
        waiver_matches={"W-9": matches},
    )
    page = Page.read(render_html(made, [templates]).decode())
    assert said in page.text
    assert "R-9, which is not in the risk register" in page.text
    assert ("expires within 30 days" in page.text) is (result is WaiverStanding.COUNTS)
    (line,) = [line for line in summary_lines(made) if line.startswith("Waivers: ")]
    assert "risk not in the register: W-9" in line
    assert ("matches nothing: W-9" in line) is (said.endswith("pattern"))


def _table(report: ReportInput, name: str) -> list[dict[str, object]]:
    table = next(each for each in tables(build(report), load_words()) if each.name == name)
    return [dict(zip(table.columns, row, strict=True)) for row in table.rows()]


def test_a_table_tells_who_stated_what_whether_it_counts_and_what_it_answers(report: ReportInput) -> None:
    told = {row["attestation"]: row for row in _table(attested(report), "attestations")}
    assert [told[name]["standing"] for name in ("A-1", "A-2", "A-3")] == ["in force", "without its files", "expired"]
    assert told["A-1"]["answers"] == told["A-1"]["about"]
    assert not told["A-2"]["answers"]
    assert told["A-1"]["files"] == f"x/It is so 1234 B sha256:{'a' * 64}"
    assert (told["A-1"]["reviewed_by"], told["A-1"]["reviewed_on"]) == ("Grace It is so", date(2026, 5, 2))
    assert told["A-2"]["files"] == f"x/It is so sha256:{'a' * 64} missing"
    (mapped,) = (row for row in _table(attested(report), "mappings") if row["attestation"])
    assert (mapped["attestation"], mapped["attested"]) == ("A-1", "Ada It is so")


def test_a_table_of_waivers_tells_a_pattern_and_how_many_failures_it_covers(report: ReportInput) -> None:
    (one,) = report.assessment.waivers
    wide = replace(one, subject=None, subjects="arn:aws:s3:::*-logs")
    assessment = replace(report.assessment, waivers=(wide,))
    (told,) = _table(replace(report, assessment=assessment), "waivers")
    assert told["subject"] == "arn:aws:s3:::*-logs"
    assert isinstance(told["covers_failures"], int)


def test_a_statement_that_is_gone_or_written_anew_is_named_and_so_is_a_waiver(report: ReportInput) -> None:
    then = attested(report).assessment
    kept, lost, anew = then.attestations
    gone, longer, same_waiver = (replace(report.assessment.waivers[0], id=name) for name in ("W-7", "W-8", "W-9"))
    lost_file = replace(kept.attestation, files=(replace(kept.attestation.files[0], found=None, bytes=None),))
    now = replace(
        then,
        as_of=then.as_of + timedelta(days=1),
        attestations=(
            replace(kept, attestation=lost_file, standing=Standing.CHANGED),
            replace(anew, attestation=replace(anew.attestation, who="Somebody else")),
        ),
        waivers=(replace(longer, until=longer.until + timedelta(days=1)), same_waiver),
    )
    earlier = Earlier(judged_alike=True, pack="sha256:0", assessment=replace(then, waivers=(gone, longer, same_waiver)))
    compared = replace(report, assessment=now, earlier=(earlier,))
    found = changes(build(compared), load_words())
    assert found is not None
    became = {it.id: it.became for it in found.withdrawn}
    assert became.keys() == {lost.attestation.id, anew.attestation.id, "W-7", "W-8"}
    assert all("not in the workspace any more" in became[name] for name in (lost.attestation.id, "W-7"))
    assert all("another text" in became[name] for name in (anew.attestation.id, "W-8"))
    same = changes(
        build(replace(compared, earlier=(Earlier(judged_alike=True, pack="sha256:0", assessment=now),))), load_words()
    )
    assert same is not None
    assert not same.withdrawn
