"""Who asks, which regions there are, and what bad credentials say."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import botocore.session
import pytest
from aws_cassette import NOW, Cassette, Held, Told, response, sessions
from aws_faults import body, error, raises
from botocore.exceptions import ConnectTimeoutError

from grc.collect.aws import AwsSource, from_profile
from grc.collect.aws.declared import load
from grc.collect.aws.identity import Identity
from grc.collect.aws.plan import Regions, find_regions, plan
from grc.collect.aws.sessions import _is_local
from grc.errors import ConfigError
from grc.model.evidence import Gap, GapReason
from grc.model.identifiers import KindName

Make = Callable[..., AwsSource]
VPC = KindName("aws.ec2.vpc")
REGION = KindName("aws.account-region")
TRAIL = KindName("aws.cloudtrail.trail")
IDENTITY = Identity(account="123456789012", caller="arn:aws-cn:iam::123456789012:user/x", home="cn-north-1")


def refused(source: AwsSource, demand: dict[KindName, frozenset[str]] | None = None) -> str:
    sink = Held()
    with pytest.raises(ConfigError) as raised:
        source.collect(demand or {VPC: frozenset()}, sink, Told())
    assert sink.units == {}
    return str(raised.value)


@pytest.mark.parametrize(
    ("code", "status", "words"),
    [
        ("ExpiredToken", 403, "the credentials have expired (ExpiredToken (HTTP 403)): sign in again"),
        ("InvalidClientTokenId", 403, "the credentials are not accepted (InvalidClientTokenId"),
        ("SignatureDoesNotMatch", 403, "the credentials are not accepted"),
        ("AccessDenied", 403, "the credentials are not accepted"),
    ],
)
def test_bad_credentials_are_an_error_with_advice(
    tape: Cassette, source: Make, code: str, status: int, words: str
) -> None:
    tape.faults["sts:GetCallerIdentity"] = error("sts", status, code)
    assert words in refused(source())
    assert set(tape.asked) == {"sts:GetCallerIdentity"}


def test_a_network_that_does_not_answer_is_said_so(tape: Cassette, source: Make) -> None:
    tape.faults["sts:GetCallerIdentity"] = raises(lambda url: ConnectTimeoutError(endpoint_url=url))
    assert "gave no answer (ConnectTimeoutError): check the network" in refused(source())


def test_a_proxys_page_is_no_identity(tape: Cassette, source: Make) -> None:
    tape.faults["sts:GetCallerIdentity"] = body(lambda _: b"<html/>")
    assert "gave no answer" in refused(source())


def test_no_credentials(environment: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    source = AwsSource(from_profile(region="us-east-1"), clock=lambda: NOW, attempts=1)
    assert refused(source).startswith("AWS: no credentials: set AWS_ACCESS_KEY_ID")


def test_a_profile_that_does_not_exist(environment: None) -> None:
    message = refused(AwsSource(from_profile("nobody"), clock=lambda: NOW))
    assert "nobody" in message
    assert "--aws-profile" in message


def test_an_endpoint_that_is_no_url(environment: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "not a url")
    assert "AWS_ENDPOINT_URL" in refused(AwsSource(from_profile(region="us-east-1"), clock=lambda: NOW))


def test_a_region_that_does_not_exist(source: Make) -> None:
    assert "AWS has no region mars-north-1" in refused(source(regions=("mars-north-1",)))


def test_a_kind_of_the_account_asks_for_no_regions(tape: Cassette, source: Make) -> None:
    source().collect({KindName("aws.iam.group"): frozenset()}, Held(), Told())
    assert "ec2:DescribeRegions" not in tape.asked


def test_all_enabled_regions_without_a_flag_and_those_off_are_facts(tape: Cassette, source: Make) -> None:
    tape.faults["ec2:DescribeRegions"] = lambda request, kept: response(request.url, 200, {}, REGIONS)
    sink = Held()
    source(regions=None).collect({VPC: frozenset(), REGION: frozenset()}, sink, Told())
    found = {(unit.kind, unit.place): population for unit, (population, _) in sink.units.items()}
    assert set(found) == {
        (VPC, "aws/123456789012/us-east-1"),
        (REGION, "aws/123456789012/us-east-1"),
        (REGION, "aws/123456789012/me-south-1"),
    }
    off = found[REGION, "aws/123456789012/me-south-1"]
    assert (off.count, off.complete, off.gaps) == (0, True, ())
    assert [fact.fact for fact in off.facts] == ["region-not-enabled"]
    assert found[REGION, "aws/123456789012/us-east-1"].count == 1


REGIONS = b"""<DescribeRegionsResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><regionInfo>
<item><regionName>us-east-1</regionName><optInStatus>opt-in-not-required</optInStatus></item>
<item><regionName>me-south-1</regionName><optInStatus>not-opted-in</optInStatus></item>
</regionInfo></DescribeRegionsResponse>"""


def units(demand: set[KindName], regions: Regions) -> list[tuple[str, str, tuple[str, ...]]]:
    found = plan({name: frozenset() for name in demand}, load(), IDENTITY, regions)
    return [(planned.unit.kind, planned.unit.place, planned.regions) for planned in found]


KNOWN: dict[str, Any] = {
    "cn-north-1": {"OptInStatus": "opt-in-not-required"},
    "cn-northwest-1": {"OptInStatus": "opted-in"},
    "cn-east-9": {"OptInStatus": "not-opted-in"},
}


def test_the_plan_of_enabled_regions() -> None:
    assert units({VPC, TRAIL}, Regions(known=KNOWN, asked=None)) == [
        (TRAIL, "aws/123456789012", ("cn-north-1", "cn-northwest-1")),
        (VPC, "aws/123456789012/cn-north-1", ("cn-north-1",)),
        (VPC, "aws/123456789012/cn-northwest-1", ("cn-northwest-1",)),
    ]


def test_a_region_named_and_off_is_a_unit_that_calls_nothing() -> None:
    assert units({VPC}, Regions(known=KNOWN, asked=("cn-east-9", "cn-north-1"))) == [
        (VPC, "aws/123456789012/cn-east-9", ()),
        (VPC, "aws/123456789012/cn-north-1", ("cn-north-1",)),
    ]


def test_unknown_regions_are_gaps_and_no_narrower_scope() -> None:
    gap = Gap(path="", reason=GapReason.ACCESS_DENIED, call="ec2:DescribeRegions")
    planned = plan({VPC: frozenset(), TRAIL: frozenset()}, load(), IDENTITY, Regions(known={}, asked=None, gap=gap))
    assert [(one.unit.kind, one.regions, one.gaps) for one in planned] == [
        (TRAIL, ("cn-north-1",), (gap,)),
        (VPC, (), (gap,)),
    ]


def test_no_region_named_means_all(tape: Cassette) -> None:
    class Answers:
        def answer(self, *_: Any) -> dict[str, Any]:
            return {"Regions": [{"RegionName": "cn-north-1"}]}

    for asked in (None, ()):
        assert find_regions(Answers(), IDENTITY, asked).enabled == ("cn-north-1",)  # type: ignore[arg-type]


def test_the_partition_is_the_callers() -> None:
    assert IDENTITY.partition == "aws-cn"


@pytest.mark.parametrize(
    ("url", "local"),
    [
        ("http://127.0.0.1:5000", True),
        ("http://[::1]:5000", True),
        ("http://localhost:5000", True),
        ("https://s3-control.us-east-1.amazonaws.com", False),
    ],
)
def test_a_local_endpoint_is_told_by_its_address(url: str, local: bool) -> None:
    assert _is_local(url) is local


def test_a_session_takes_its_region(environment: None) -> None:
    assert from_profile(region="eu-west-1")().get_config_variable("region") == "eu-west-1"
    assert isinstance(sessions(Cassette())(), botocore.session.Session)
