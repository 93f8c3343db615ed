"""What a failure or a gap bears on."""

from dataclasses import replace

from report_sample import sample

from grc.model.identifiers import CheckId
from grc.model.status import Status
from grc.report import effects
from grc.report.index import build

REPORT = sample(subjects=400, checks=10, hostile=False)
INDEX = build(REPORT)


def test_a_failing_check_bears_on_the_requirements_of_the_controls_it_decides() -> None:
    for effect in effects.failures(INDEX):
        controls = {it.control for it in REPORT.assessment.controls if effect.check in it.deciding}
        mapped = {
            finding.requirement
            for finding in REPORT.assessment.findings
            for part in finding.parts
            for claim in part.controls
            if claim.control in controls
        }
        assert set(effect.requirements) == mapped
        assert set(effect.alone) <= mapped


def test_alone_means_that_no_other_check_of_any_mapped_control_fails() -> None:
    failing = {it.check for it in REPORT.assessment.checks if it.status is Status.NOT_SATISFIED}
    deciding = {it.control: set(it.deciding) for it in REPORT.assessment.controls}
    for effect in effects.failures(INDEX):
        for finding in REPORT.assessment.findings:
            if finding.requirement in effect.alone:
                mapped = {claim.control for part in finding.parts for claim in part.controls}
                assert {it for control in mapped for it in deciding[control]} & failing == {effect.check}


def test_advisory_check_bears_on_nothing() -> None:
    assessment = REPORT.assessment
    advisory = tuple(replace(it, deciding=(), advisory=it.deciding) for it in assessment.controls)
    index = build(replace(REPORT, assessment=replace(assessment, controls=advisory)))
    assert effects.failures(index)
    assert all(not it.requirements for it in effects.failures(index))


def test_gaps_are_gathered_by_what_would_close_them() -> None:
    gaps = effects.missing(INDEX)
    assert len({(it.reason, it.call, it.permission) for it in gaps}) == len(gaps)
    unknown = {it.check for it in REPORT.assessment.checks if it.status is Status.UNKNOWN}
    assert {check for it in gaps for check in it.checks} == unknown


def test_check_without_failures_is_no_failure() -> None:
    assert CheckId("aws.ec2.volume.rule-01") not in {it.check for it in effects.failures(INDEX)}
