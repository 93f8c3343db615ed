"""What the terminal says of a plan: each failure by name, the worst first."""

from __future__ import annotations

from collections.abc import Container, Mapping
from dataclasses import replace
from typing import Final

from grc import catalogue, kinds
from grc.cli.ahead import MOST, ahead_lines
from grc.model.assessment import Observation
from grc.model.evidence import Gap, GapReason, Location, Origin
from grc.model.identifiers import CheckId, KindName, Place, SubjectId, SubjectKey
from grc.model.status import Verdict

CHECKS: Final = catalogue.load((catalogue.shipped(),), kinds.load()).checks
LOW = CheckId("aws.s3.bucket.mfa-delete")
HIGH = CheckId("aws.s3.bucket.default-encryption")


def seen(check: CheckId, verdict: Verdict, *, origin: Origin = Origin.PLAN, subject: str = "b") -> Observation:
    return Observation(
        check=check,
        kind=KindName("aws.s3.bucket"),
        subject=SubjectId(subject),
        place=Place("file/plan.json"),
        origin=origin,
        digest="sha256:" + "0" * 64,
        verdict=verdict,
        message="the reason",
    )


def nowhere(wanted: Container[SubjectKey]) -> Mapping[SubjectKey, Location]:
    return {}


def test_the_worst_stands_first_and_unknowns_last() -> None:
    lines = list(
        ahead_lines([seen(HIGH, Verdict.UNKNOWN), seen(LOW, Verdict.FAIL), seen(HIGH, Verdict.FAIL)], CHECKS, nowhere)
    )
    told = [line.partition(":")[0] for line in lines[2::2]]
    assert told == ["fail (high)", "fail (low)", "unknown (high)"]


def test_live_evidence_is_not_ahead() -> None:
    assert not list(ahead_lines([seen(HIGH, Verdict.FAIL, origin=Origin.LIVE)], CHECKS, nowhere))


def test_the_rest_is_counted() -> None:
    many = [seen(HIGH, Verdict.FAIL, subject=f"b{number}") for number in range(MOST + 3)]
    assert list(ahead_lines(many, CHECKS, nowhere))[-1] == "and 3 more, which are in the report"


def test_a_file_and_line_are_told_where_they_are_known() -> None:
    one = seen(HIGH, Verdict.FAIL)
    key = (one.kind, one.place, one.subject)
    told = list(
        ahead_lines([one], CHECKS, lambda wanted: {key: Location(path="main.tf", line=12)} if key in wanted else {})
    )
    assert told[2] == "fail (high): main.tf:12: b in file/plan.json"


def test_what_is_open_says_what_would_have_to_be_seen() -> None:
    gaps = (
        Gap(path="VpcId", reason=GapReason.UNKNOWN_UNTIL_APPLY),
        Gap(path="policy", reason=GapReason.NOT_TRANSLATED),
        Gap(path="acl", reason=GapReason.NOT_TRANSLATED),
        Gap(path="", reason=GapReason.PARSE_ERROR),
    )
    one = replace(seen(HIGH, Verdict.UNKNOWN), message=None, reason="not-translated at policy", gaps=gaps)
    told = list(ahead_lines([one], CHECKS, nowhere))
    assert told[3] == (
        "  only known once applied: VpcId; only a live system shows: policy, acl; parse error: the whole resource "
        f"[{HIGH}]"
    )
    assert list(ahead_lines([replace(one, gaps=())], CHECKS, nowhere))[3] == f"  not-translated at policy [{HIGH}]"
