"""Populations tied out against a second count: agreement, a difference, and a count that was not had."""

from __future__ import annotations

from collections.abc import Mapping

from aws_answers import Answer, Refused
from aws_cassette import Cassette, Held, Told, told_answers
from aws_faults import error
from aws_sources import source_of

from grc.collect.aws.declared import load
from grc.model.evidence import Demand, GapReason
from grc.model.identifiers import KindName
from grc.model.kind import KindScope

COUNTS = "config:GetDiscoveredResourceCounts"
REGION, VOLUME, VPC, GROUP = map(
    KindName, ("aws.account-region", "aws.ec2.volume", "aws.ec2.vpc", "aws.ec2.security-group")
)
DEMAND: Demand = {REGION: frozenset({"config_counts"}), **dict.fromkeys((VOLUME, VPC, GROUP), frozenset[str]())}


def collected(recorded: Cassette, answer: Answer, demand: Demand = DEMAND) -> tuple[Held, Mapping[str, int]]:
    made = source_of(Cassette(kept=recorded.kept, answers={**told_answers(), COUNTS: answer}))(regions=("us-east-1",))
    sink = Held()
    made.collect(demand, sink, Told())
    return sink, made.tally


def told(sink: Held, kind: KindName) -> list[tuple[str, str]]:
    (population,) = (population for unit, (population, _) in sink.units.items() if unit.kind == kind)
    assert not population.gaps
    return [(fact.fact, fact.detail) for fact in population.facts]


def counted(**counts: int) -> Answer:
    return {"resourceCounts": [{"resourceType": f"AWS::EC2::{name}", "count": count} for name, count in counts.items()]}


def test_our_count_beside_the_other_is_told(recorded: Cassette, whole: Held) -> None:
    ours = {unit.kind: population.count for unit, (population, _) in whole.units.items() if "us-east-1" in unit.place}
    sink, calls = collected(recorded, counted(Volume=ours[VOLUME], VPC=ours[VPC] + 3))
    theirs = f"AWS Config counts {ours[VOLUME]} of AWS::EC2::Volume in us-east-1"
    assert told(sink, VOLUME) == [("second-count-agrees", f"{theirs}, ec2:DescribeVolumes lists {ours[VOLUME]}")]
    assert told(sink, VPC) == [
        (
            "second-count-differs",
            f"AWS Config counts {ours[VPC] + 3} of AWS::EC2::VPC in us-east-1, ec2:DescribeVpcs lists {ours[VPC]}",
        )
    ]
    assert told(sink, GROUP) == []  # Config does not record them
    ((_, (region,)),) = (held for unit, held in sink.units.items() if unit.kind == REGION)
    assert region.body["config_counts"] == {"AWS::EC2::Volume": ours[VOLUME], "AWS::EC2::VPC": ours[VPC] + 3}
    assert calls[COUNTS] == 1


def test_without_the_demand_nobody_else_is_asked(recorded: Cassette) -> None:
    sink, calls = collected(recorded, counted(Volume=99), {VOLUME: frozenset()})
    assert told(sink, VOLUME) == []
    assert COUNTS not in calls


def test_a_count_that_is_denied_is_a_gap_of_its_own_and_no_agreement(recorded: Cassette) -> None:
    sink, calls = collected(recorded, Refused("AccessDeniedException"))
    ((fact, detail),) = told(sink, VOLUME)
    assert fact == "second-count-not-had"
    assert detail.startswith(f"{COUNTS}: AccessDeniedException")
    ((_, (region,)),) = (held for unit, held in sink.units.items() if unit.kind == REGION)
    assert [(gap.path, gap.reason, gap.call) for gap in region.gaps] == [
        ("config_counts", GapReason.ACCESS_DENIED, COUNTS)
    ]
    assert calls[COUNTS] == 1


def test_an_answer_that_leaves_members_out_stops_nothing_and_agrees_with_nothing(recorded: Cassette) -> None:
    sink, _ = collected(recorded, {"resourceCounts": [{"resourceType": "AWS::EC2::Volume"}, {"count": 3}, {}]})
    assert told(sink, VOLUME) == []
    assert {unit.kind for unit in sink.units} == DEMAND.keys()


def test_a_population_with_a_hole_is_not_compared(tape: Cassette) -> None:
    tape.faults["ec2:DescribeVolumes"] = error("ec2", 403, "UnauthorizedOperation")
    sink = Held()
    source_of(tape)(regions=("us-east-1",)).collect(DEMAND, sink, Told())
    (population,) = (population for unit, (population, _) in sink.units.items() if unit.kind == VOLUME)
    assert (population.complete, population.facts) == (False, ())


def test_what_is_counted_is_listed_region_by_region() -> None:
    counted = {resource.counted_as: resource for resource in load().values() if resource.counted_as}
    assert len(counted) == len([resource for resource in load().values() if resource.counted_as]) > 30
    assert all(each.scope is KindScope.REGIONAL and each.listing and not each.every_region for each in counted.values())
