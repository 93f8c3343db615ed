"""The whole demand in the partitions of China and of the government: their own ARNs, and nothing that breaks."""

from __future__ import annotations

from collections.abc import Callable
from urllib.request import Request, urlopen

import botocore.session
import pytest
from aws_cassette import NOW, Held, Told
from botocore.exceptions import EndpointConnectionError
from urllib3.exceptions import NameResolutionError

from grc.collect.aws import AwsSource, from_profile
from grc.collect.aws.offered import is_not_offered
from grc.model.evidence import Demand

HOMES = {"aws-cn": "cn-north-1", "aws-us-gov": "us-gov-west-1"}


@pytest.fixture(params=HOMES)
def partition(request: pytest.FixtureRequest, environment: None, server: str) -> str:
    urlopen(Request(f"{server}/moto-api/reset", method="POST")).close()
    found = str(request.param)
    make = client_of(HOMES[found])
    make("sqs").create_queue(QueueName="letters")  # type: ignore[attr-defined]
    make("sns").create_topic(Name="letters")  # type: ignore[attr-defined]
    make("ec2").create_volume(AvailabilityZone=f"{HOMES[found]}a", Size=1)  # type: ignore[attr-defined]
    return found


def client_of(region: str) -> Callable[[str], object]:
    session = botocore.session.Session()
    return lambda service: session.create_client(service, region_name=region)


@pytest.mark.slow
def test_everything_is_asked_in_another_partition(partition: str, everything: Demand) -> None:
    region, sink = HOMES[partition], Held()
    source = AwsSource(from_profile(region=region), clock=lambda: NOW, regions=(region,), attempts=1)
    source.collect(everything, sink, Told())
    assert {unit.kind for unit in sink.units} == set(everything)
    subjects = [record.subject for _, records in sink.units.values() for record in records]
    arns = [subject for subject in subjects if subject.startswith("arn:")]
    ours = [subject for subject in arns if ":letters" in subject or ":volume/" in subject]
    assert {subject.split(":")[1] for subject in ours} == {partition}
    assert {subject.split(":")[2] for subject in ours} >= {"ec2", "sns"}
    gaps = [gap for population, _ in sink.units.values() for gap in population.gaps]
    assert {gap.detail for gap in gaps} <= {"500 (HTTP 500)"}  # the simulator knows no such region of some services
    assert len(gaps) < 10


@pytest.mark.parametrize(
    ("service", "region", "offered"),
    [
        ("macie2", "cn-north-1", False),
        ("bedrock", "cn-north-1", False),
        ("bedrock", "us-gov-west-1", True),
        ("guardduty", "cn-north-1", True),
        ("organizations", "cn-north-1", True),
    ],
)
def test_a_service_that_a_partition_lists_nowhere_is_not_offered_there(
    service: str, region: str, offered: bool
) -> None:
    cause = NameResolutionError(f"{service}.example", None, OSError("no such host"))  # type: ignore[arg-type]
    failed = EndpointConnectionError(endpoint_url="https://x.example", error=cause)
    assert is_not_offered(failed, service, region) is not offered
