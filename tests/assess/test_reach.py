"""Places that are declared and gave nothing: missed by the kinds of their provider, whatever its places are called."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from grc import kinds
from grc.assess.reach import unreached
from grc.model.evidence import Coverage, GapReason, Origin, Population, Unit
from grc.model.identifiers import KindName, Place

AT = datetime(2026, 6, 1, tzinfo=UTC)
DECLARED = tuple(map(Place, ("aws/111122223333", "github/one", "github/two", "k8s/main", "k8s/stage (context)")))


def population(kind: KindName, place: str) -> Population:
    return Population(
        unit=Unit(source="a", place=Place(place), kind=kind),
        origin=Origin.LIVE,
        query="list",
        parameters={},
        caller="auditor",
        started=AT,
        finished=AT,
        count=1,
        complete=True,
        coverage=Coverage(paths=frozenset(), otherwise=GapReason.NOT_REQUESTED),
    )


@pytest.mark.parametrize(
    ("kind", "place", "missed"),
    [
        ("kubernetes.workload", "k8s/main", ("k8s/stage (context)",)),
        ("kubernetes.workload", "k8s/other", ("k8s/main", "k8s/stage (context)")),
        ("kubernetes.workload", "k8s/main-too", ("k8s/main", "k8s/stage (context)")),
        ("github.repository", "github/one", ("github/two",)),
        ("aws.s3.bucket", "aws/111122223333", ()),
        ("host.machine", "host/servers", ()),
    ],
)
def test_what_is_declared_and_gave_nothing_is_missed(kind: str, place: str, missed: tuple[str, ...]) -> None:
    name = KindName(kind)
    schema = kinds.load((kinds.SHIPPED,))[name]
    assert unreached(schema, [population(name, place)], {}, DECLARED) == missed
