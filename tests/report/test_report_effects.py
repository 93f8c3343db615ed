"""What a failure or a gap bears on."""

from dataclasses import replace

from report_sample import sample

from grc.model.assessment import Finding
from grc.model.evidence import GapReason
from grc.model.identifiers import CheckId
from grc.model.status import Status
from grc.report import effects
from grc.report.index import build
from grc.report.views.overview import actions
from grc.report.words import load_words

REPORT = sample(subjects=400, checks=10, hostile=False)
INDEX = build(REPORT)
WORDS = load_words()


def answering(finding: Finding) -> set[CheckId]:
    """The checks that answer the parts of a requirement."""
    return {check for part in finding.parts for claim in part.controls for check in claim.checks}


def test_a_failing_check_bears_on_the_requirements_whose_parts_it_answers() -> None:
    assert effects.failures(INDEX)
    for effect in effects.failures(INDEX):
        answered = {it.requirement for it in REPORT.assessment.findings if effect.check in answering(it)}
        assert set(effect.requirements) == answered != set()


def test_alone_means_that_no_other_check_that_answers_the_requirement_fails() -> None:
    failing = {it.check for it in REPORT.assessment.checks if it.status is Status.NOT_SATISFIED}
    for effect in effects.failures(INDEX):
        alone = {it.requirement for it in REPORT.assessment.findings if answering(it) & failing == {effect.check}}
        assert set(effect.alone) == alone


def test_check_that_decides_a_control_but_answers_no_part_bears_on_nothing() -> None:
    assessment = REPORT.assessment
    index = build(
        replace(REPORT, assessment=replace(assessment, findings=tuple(map(_by_a_person, assessment.findings))))
    )
    assert any(it.deciding for it in assessment.controls)
    assert effects.failures(index)
    assert all(not it.requirements and not it.alone for it in effects.failures(index))


def _by_a_person(finding: Finding) -> Finding:
    parts = tuple(
        replace(part, controls=tuple(replace(claim, checks=()) for claim in part.controls)) for part in finding.parts
    )
    return replace(finding, parts=parts)


def test_gaps_are_gathered_by_what_would_close_them() -> None:
    gaps = effects.missing(INDEX)
    assert len({(it.reason, it.call, it.permission) for it in gaps}) == len(gaps)
    unknown = {it.check for it in REPORT.assessment.checks if it.status is Status.UNKNOWN}
    assert {check for it in gaps for check in it.checks} == unknown


def test_one_of_many_gaps_without_a_call_is_told_as_one_of_many() -> None:
    gap = replace(
        effects.missing(INDEX)[0],
        reason=GapReason.NOT_PROVIDED,
        call=None,
        permission=None,
        details=("people.csv has only its example row", "vendors.csv has only its example row"),
    )
    titles = [actions(INDEX, WORDS, [], [each])[0].title for each in (gap, replace(gap, details=gap.details[:1]))]
    assert titles == [
        "Close 2 gaps: not provided; one of them: people.csv has only its example row",
        "Close a gap: not provided, people.csv has only its example row",
    ]


def test_check_without_failures_is_no_failure() -> None:
    assert CheckId("aws.ec2.volume.rule-01") not in {it.check for it in effects.failures(INDEX)}
