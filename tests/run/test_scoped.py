"""What a workspace leaves out of scope is not read, and what it declares and was not read is not seen."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from aws_cassette import Held, Told, response
from aws_faults import hurried
from campaign import (
    REGIONS,
    Judged,
    Key,
    Recorded,
    declared_reads,
    demand,
    event,
    judged,
    made_up_credentials,
    source,
)

from grc.catalogue.declared import workspace_of
from grc.collect.aws import Members
from grc.errors import ConfigError
from grc.model.evidence import Unit
from grc.model.identifiers import KindName, Place
from grc.model.workspace import Accounts, AwsScope, Exclusion
from grc.run.scoped import (
    BEYOND,
    Scoped,
    accounts_read,
    aws_places,
    declared_places,
    in_scope,
    members,
    regions_left_out,
)

OWN = "111122223333"
OTHER = "444455556666"


def scope(accounts: Accounts | tuple[str, ...], *exclusions: Exclusion) -> AwsScope:
    return AwsScope(accounts=accounts, regions=None, role=None, exclusions=exclusions)


def left_out(account: str, region: str | None = None) -> Exclusion:
    return Exclusion(account=account, region=region, reason="Sandbox")


@pytest.mark.parametrize(
    ("aws", "place", "within"),
    [
        (scope(Accounts.OWN), f"aws/{OWN}", True),
        (scope((OWN,)), f"aws/{OWN}/eu-central-1", True),
        (scope((OWN,)), f"aws/{OTHER}", False),
        (scope(Accounts.OWN, left_out(OWN)), f"aws/{OWN}/eu-central-1", False),
        (scope(Accounts.OWN, left_out(OWN, "eu-west-1")), f"aws/{OWN}/eu-west-1", False),
        (scope(Accounts.OWN, left_out(OWN, "eu-west-1")), f"aws/{OWN}/eu-central-1", True),
        (scope(Accounts.OWN, left_out(OWN, "eu-west-1")), f"aws/{OWN}", True),
        (scope(Accounts.OWN, left_out(OTHER)), f"aws/{OWN}", True),
    ],
)
def test_a_place_is_in_scope_unless_its_account_or_region_is_left_out(aws: AwsScope, place: str, within: bool) -> None:
    assert in_scope(aws, Place(place)) is within


@pytest.mark.parametrize(
    ("aws", "places"),
    [
        (None, ()),
        (scope(Accounts.OWN), ()),
        (scope((OWN, OTHER)), (f"aws/{OWN}", f"aws/{OTHER}")),
        (scope((OWN, OTHER), left_out(OTHER)), (f"aws/{OWN}",)),
        (scope((OWN,), left_out(OWN, "eu-west-1")), (f"aws/{OWN}",)),
        (scope(Accounts.ORGANIZATION), (BEYOND,)),
    ],
)
def test_evidence_must_be_where_the_scope_says_so(aws: AwsScope | None, places: tuple[str, ...]) -> None:
    assert aws_places(aws, {}) == places


def test_what_is_declared_of_clusters_and_of_github_must_be_there_too(tmp_path: Path) -> None:
    said = {"kubernetes": ["main", {"context": "shared", "namespaces": ["app", "web"]}], "github": ["Example-Clinic"]}
    workspace = workspace_of(tmp_path, None, {"scope": said}, ())
    main: dict[str, Any] = {"place": "k8s/arn", "namespaces": None}
    shared: dict[str, Any] = {"place": "k8s/s", "namespaces": ["app", "web"]}
    run = {"clusters": {"main": main, "shared": shared}}
    assert declared_places(workspace, run) == ("k8s/arn", "k8s/s", "github/example-clinic")
    main["namespaces"] = shared["namespaces"] = ["app"]
    beyond = ("k8s/main (context)", "k8s/shared (context)")
    assert declared_places(workspace, run)[:2] == beyond
    assert declared_places(workspace, {})[:2] == beyond
    shared["namespaces"] = None
    assert declared_places(workspace, run)[1] == "k8s/s"


def test_a_run_that_listed_the_organisation_has_each_account() -> None:
    organization = AwsScope(accounts=Accounts.ORGANIZATION, regions=None, role="reader", exclusions=())
    assert aws_places(organization, accounts_read(organization)) == ()
    assert aws_places(organization, accounts_read(scope(Accounts.OWN))) == (BEYOND,)
    assert aws_places(organization, accounts_read(scope(Accounts.ORGANIZATION))) == (BEYOND,)
    named = AwsScope(accounts=(OWN,), regions=None, role="reader", exclusions=())
    assert aws_places(organization, accounts_read(named)) == (BEYOND,)


def test_accounts_are_entered_only_with_a_role() -> None:
    assert members(None) is None
    assert members(scope(Accounts.ORGANIZATION)) is None
    assert members(AwsScope(accounts=Accounts.OWN, regions=None, role="reader", exclusions=())) is None
    aws = AwsScope(
        accounts=Accounts.ORGANIZATION,
        regions=None,
        role="reader",
        external_id="x",
        exclusions=(left_out(OWN), left_out(OTHER, "eu-west-1")),
    )
    assert members(aws) == Members(role="reader", external_id="x", accounts=None, left_out=frozenset({OWN}))


def unit(place: str) -> Unit:
    return Unit(source="aws", place=Place(place), kind=KindName("aws.ec2.vpc"))


def test_what_is_left_out_counts_as_held_and_is_told() -> None:
    held = unit(f"aws/{OWN}/us-east-1")
    scoped = Scoped(Held(already=frozenset({held})), scope(Accounts.OWN, left_out(OWN, "eu-west-1")))
    asked = [unit(f"aws/{OWN}/eu-west-1"), held, unit(f"aws/{OWN}"), unit("register/people")]
    assert [scoped.has(each) for each in asked] == [True, True, False, False]
    assert scoped.passed_over == {f"aws/{OWN}/eu-west-1"}
    assert scoped.taken == {held.place, f"aws/{OWN}"}
    scoped.refuse_other_account()


def test_without_a_declared_scope_nothing_is_left_out() -> None:
    scoped = Scoped(Held(), None)
    assert not scoped.has(unit(f"aws/{OWN}"))
    assert not scoped.passed_over
    scoped.refuse_other_account()


ACCOUNT = "123456789012"
"""The account of the recorded estate."""
HOME = "us-east-1"
"""Where its global services are asked, whatever is left out."""


@pytest.fixture(autouse=True)
def offline() -> Iterator[None]:
    with made_up_credentials():
        yield


def never(region: str) -> Any:
    """An answer to every call but those to a region, which nobody may make."""

    def answer(request: Any, kept: Any) -> Any:
        assert region not in request.url.split("/", 3)[2]  # the host; a path may hold an ARN
        assert f"/{region}/".encode() not in request.headers.get("Authorization", b"")
        return response(request.url, kept.status, kept.headers, kept.body)

    return answer


def collected(estate: Recorded, aws: AwsScope, **faults: Any) -> tuple[Scoped, Held]:
    held = Held()
    scoped = Scoped(held, aws)
    with hurried():
        source(estate.faulted(**faults), left_out=regions_left_out(aws)).collect(demand(), scoped, Told())
    return scoped, held


def undecided(found: Judged) -> set[Key]:
    return {key for key, verdict in found.verdicts.items() if verdict == "unknown"}


WHERE_IT_LIVES = frozenset(
    {"cloudtrail:GetTrailStatus", "cloudtrail:GetEventSelectors", "cloudtrail:GetInsightSelectors"}
)
"""A trail that records a region in scope is read in its home, even one that is left out."""


RESTS_ON_HOME = frozenset({"aws.cloudfront.distribution.access-log"})
"""A failure that only that region could disprove: logs of CloudFront are delivered from there."""


@pytest.mark.parametrize("region", REGIONS)
def test_a_region_that_is_left_out_is_not_asked(region: str, estate: Recorded) -> None:
    """All else is read as before; and nothing is concluded of what was left out, nor is anything unknown for it."""
    regional = [read for read in declared_reads() if read.call not in WHERE_IT_LIVES]
    faults = {event(read): never(region) for read in regional} if region != HOME else {}
    scoped, held = collected(estate, scope(Accounts.OWN, left_out(ACCOUNT, region)), faults=faults)
    left = f"aws/{ACCOUNT}/{region}"
    assert scoped.passed_over == {left}
    whole = {unit: found for unit, found in estate.collected().units.items() if unit.place != left}
    assert {unit: records for unit, (_, records) in held.units.items()} == {
        unit: records for unit, (_, records) in whole.items()
    }
    for population, _ in held.units.values():
        assert region not in population.parameters.get("regions", ()) or region == HOME
        assert (population.complete, population.gaps) == (True, ())
    after = judged(estate.store(held))
    assert {place for _, _, _, place in estate.baseline.verdicts.keys() - after.verdicts.keys()} == {left}
    newly = {check for check, *_ in undecided(after) - undecided(estate.baseline)}
    assert newly <= (RESTS_ON_HOME if region == HOME else frozenset())


@pytest.mark.parametrize("aws", [scope(Accounts.OWN, left_out(ACCOUNT)), scope((OWN, OTHER))], ids=["except", "others"])
def test_an_account_that_is_left_out_is_not_read_and_the_run_refused(aws: AwsScope, estate: Recorded) -> None:
    def refuse(request: Any, kept: Any) -> Any:
        raise AssertionError(request.url)

    scoped, held = collected(estate, aws, faults={event(read): refuse for read in declared_reads()})
    assert not held.units
    with pytest.raises(ConfigError, match=f"out of scope .aws/{ACCOUNT}"):
        scoped.refuse_other_account()


def test_another_account_that_is_left_out_changes_nothing(estate: Recorded) -> None:
    _, held = collected(estate, scope(Accounts.OWN, left_out(OTHER), left_out(OTHER, REGIONS[0])))
    assert held.units == estate.collected().units
