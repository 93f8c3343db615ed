"""What the terminal says of a second count."""

from __future__ import annotations

from datetime import UTC, datetime

from grc.cli.secondcount import second_count_lines
from grc.model.evidence import Coverage, Fact, GapReason, Origin, Population, Unit
from grc.model.identifiers import KindName, Place

NOW = datetime(2026, 1, 2, tzinfo=UTC)


def population(kind: str, *facts: tuple[str, str]) -> Population:
    return Population(
        unit=Unit(source="aws", place=Place("aws/123456789012/us-east-1"), kind=KindName(kind)),
        origin=Origin.LIVE,
        query="ec2:DescribeVolumes",
        parameters={},
        caller="",
        started=NOW,
        finished=NOW,
        count=3,
        complete=True,
        coverage=Coverage(paths=frozenset(), otherwise=GapReason.NOT_REQUESTED),
        facts=tuple(Fact(fact=fact, detail=detail) for fact, detail in facts),
    )


def test_each_difference_is_told_and_the_rest_is_counted() -> None:
    found = [
        population("aws.ec2.volume", ("second-count-agrees", "three and three")),
        population("aws.ec2.vpc", ("second-count-differs", "four and three"), ("subject-gone", "x")),
        population("aws.ec2.subnet", ("second-count-not-had", "config: denied; three")),
        population("aws.ec2.instance", ("second-count-not-had", "config: denied; four")),
    ]
    assert list(second_count_lines(found)) == [
        "Second count, populations: 1 agree, 1 differ, 2 could not be counted",
        "  aws.ec2.vpc in aws/123456789012/us-east-1: four and three",
        "  not counted, 2 populations: config: denied",
    ]


def test_nothing_is_said_where_nobody_else_was_asked() -> None:
    assert list(second_count_lines([population("aws.ec2.volume", ("subject-gone", "x"))])) == []
