"""An organisation of many accounts, on the simulator: each is entered by its role, and one that cannot be is a gap."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.request import Request, urlopen

import botocore.session
import pytest
from aws_cassette import NOW, Held, Told, response
from lengths import at_length

from grc.collect.aws import AwsSource, Members
from grc.collect.aws.accounts import BEYOND
from grc.model.evidence import Demand, GapReason, Population
from grc.model.identifiers import KindName
from grc.run.demo.simulator import simulated_aws
from grc.run.demo.wire import refuse

BUCKET, VPC, ACCOUNT = KindName("aws.s3.bucket"), KindName("aws.ec2.vpc"), KindName("aws.account")
DEMAND: Demand = {BUCKET: frozenset({"Name"}), VPC: frozenset({"VpcId"}), ACCOUNT: frozenset({"aliases"})}
ROLE = "reader"
OWN = "123456789012"
Hook = Callable[..., Any]


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    with pytest.MonkeyPatch.context() as patch, simulated_aws() as address:
        for name in ("AWS_PROFILE", "AWS_SESSION_TOKEN"):
            patch.delenv(name, raising=False)
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            patch.setenv(name, "testing")
        patch.setenv("AWS_CONFIG_FILE", "/nonexistent/config")
        patch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/nonexistent/credentials")
        patch.setenv("AWS_EC2_METADATA_DISABLED", "true")
        patch.setenv("AWS_ENDPOINT_URL", address)
        yield address


def session(*hooks: tuple[str, Hook]) -> Any:
    made = botocore.session.Session()
    made.set_config_variable("region", "us-east-1")
    for event, hook in hooks:
        made.register(event, hook)
    return made


@pytest.fixture(scope="module")
def organisation(endpoint: str) -> list[str]:
    """The accounts of the organisation: eleven, the credentials' own first; each has a bucket named after it."""
    return organised(11)


def organised(size: int) -> list[str]:
    seeding = session()  # one for all: each session reads the models of its services anew
    organizations, sts = seeding.create_client("organizations"), seeding.create_client("sts")
    organizations.create_organization(FeatureSet="ALL")
    for number in range(size - 1):
        organizations.create_account(Email=f"a{number}@example.com", AccountName=f"account {number}")
    listed = organizations.get_paginator("list_accounts").paginate()
    accounts = [account["Id"] for page in listed for account in page["Accounts"]]
    for account in accounts:
        inside = {} if account == OWN else credentials_in(sts, account)
        seeding.create_client("s3", **inside).create_bucket(Bucket=f"of-{account}")
    assert len(set(accounts)) == size
    return sorted(accounts)


def credentials_in(sts: Any, account: str) -> dict[str, str]:
    """The keys of the role in an account, as a client takes them."""
    keys = sts.assume_role(RoleArn=f"arn:aws:iam::{account}:role/{ROLE}", RoleSessionName="seed")["Credentials"]
    return {
        "aws_access_key_id": keys["AccessKeyId"],
        "aws_secret_access_key": keys["SecretAccessKey"],
        "aws_session_token": keys["SessionToken"],
    }


def collect(members: Members | None, *hooks: tuple[str, Hook], sink: Held | None = None, **options: Any) -> Held:
    held = Held() if sink is None else sink
    given = {"regions": ("us-east-1",), "attempts": 1, "concurrency": 8, "members": members, **options}
    AwsSource(lambda: session(*hooks), clock=lambda: NOW, **given).collect(DEMAND, held, Told())
    return held


def buckets(held: Held) -> dict[str, list[Any]]:
    return {
        unit.place.removeprefix("aws/"): [record.body["Name"] for record in records]
        for unit, (_, records) in held.units.items()
        if unit.kind == BUCKET
    }


def at(held: Held, account: str) -> list[Population]:
    return [found for unit, (found, _) in held.units.items() if unit.place.startswith(f"aws/{account}")]


def denied(*accounts: str) -> tuple[str, Hook]:
    """Whose role cannot be assumed."""

    def answer(request: Any, **_: Any) -> Any:
        body = request.body.decode() if isinstance(request.body, bytes) else str(request.body)
        if any(account in body for account in accounts):
            told = refuse("sts", "AccessDenied", 403)
            return response(request.url, told.status, told.headers, told.body)
        return None

    return "before-send.sts.AssumeRole", answer


def test_every_account_of_the_organisation_is_read(organisation: list[str]) -> None:
    held = collect(Members(role=ROLE))
    assert buckets(held) == {account: [f"of-{account}"] for account in organisation}
    assert {unit.place for unit in held.units if unit.kind == VPC} == {f"aws/{each}/us-east-1" for each in organisation}
    for account in organisation:
        for population in at(held, account):
            assert population.complete
            assert f":{account}:" in population.caller


def test_the_accounts_named_are_read_and_no_other(organisation: list[str]) -> None:
    chosen = tuple(organisation[2:5])
    held = collect(Members(role=ROLE, accounts=chosen, left_out=frozenset({chosen[0]})))
    assert set(buckets(held)) == set(chosen[1:])


def test_an_account_that_is_left_out_is_not_entered(organisation: list[str]) -> None:
    asked: list[str] = []
    listen = ("before-call.sts.AssumeRole", lambda params, **_: asked.append(str(params["body"])))
    held = collect(Members(role=ROLE, left_out=frozenset(organisation[-2:])), listen)
    assert set(buckets(held)) == set(organisation[:-2])
    assert not any(account in text for account in organisation[-2:] for text in asked)


def test_a_role_that_cannot_be_assumed_is_a_gap_of_its_account_alone(organisation: list[str]) -> None:
    lost = [account for account in organisation if account != OWN][:3]
    held = collect(Members(role=ROLE), denied(*lost))
    whole = collect(Members(role=ROLE))
    for account in organisation:
        found = at(held, account)
        if account not in lost:
            assert {unit: records for unit, (_, records) in held.units.items() if account in unit.place} == {
                unit: records for unit, (_, records) in whole.units.items() if account in unit.place
            }
            continue
        assert {population.unit.kind for population in found} == set(DEMAND)
        for population in found:
            assert (population.count, population.complete) == (0, False)
            assert [(gap.call, gap.permission, gap.reason) for gap in population.gaps] == [
                ("sts:AssumeRole", "sts:AssumeRole", GapReason.ACCESS_DENIED)
            ]


def test_the_external_id_is_sent(organisation: list[str]) -> None:
    sent: list[Any] = []
    listen = ("provide-client-params.sts.AssumeRole", lambda params, **_: sent.append(params))
    collect(Members(role=ROLE, external_id="only-ours", accounts=tuple(organisation[:2])), listen)
    assert {(each["ExternalId"], each["RoleSessionName"]) for each in sent} == {("only-ours", "grc")}


def test_an_organisation_that_cannot_be_listed_is_a_gap_and_the_own_account_is_read(organisation: list[str]) -> None:
    told = refuse("organizations", "AccessDeniedException", 400)
    hook = ("before-send.organizations", lambda request, **_: response(request.url, 400, told.headers, told.body))
    held = collect(Members(role=ROLE), hook)
    assert buckets(held) == {OWN: [f"of-{OWN}"], "organization": []}
    beyond = [population for unit, (population, _) in held.units.items() if unit.place == BEYOND]
    assert {population.unit.kind for population in beyond} == set(DEMAND)
    assert {gap.call for population in beyond for gap in population.gaps} == {"organizations:ListAccounts"}


def test_an_account_that_is_not_active_is_a_fact(organisation: list[str]) -> None:
    closed = next(account for account in organisation if account != OWN)

    def close(parsed: dict[str, Any], **_: Any) -> None:
        for account in parsed["Accounts"]:
            if account["Id"] == closed:
                account["State"] = account["Status"] = "SUSPENDED"

    held = collect(Members(role=ROLE), ("after-call.organizations.ListAccounts", close))
    for population in at(held, closed):
        assert (population.count, population.complete, population.gaps) == (0, True, ())
        assert [fact.fact for fact in population.facts] == ["account-not-active"]


def test_a_role_that_leads_elsewhere_is_a_gap(organisation: list[str]) -> None:
    lost, other = [account for account in organisation if account != OWN][:2]

    def astray(params: dict[str, Any], **_: Any) -> None:
        params["RoleArn"] = params["RoleArn"].replace(lost, other)

    held = collect(Members(role=ROLE, accounts=(lost,)), ("provide-client-params.sts.AssumeRole", astray))
    details = {gap.detail for population in at(held, lost) for gap in population.gaps}
    assert details == {f"the role of {lost} led into {other}"}


def test_a_spent_budget_is_a_gap_of_all_that_was_not_read(organisation: list[str]) -> None:
    held = collect(Members(role=ROLE), budget=20)
    whole = collect(Members(role=ROLE))
    assert sum(not population.complete for population, _ in held.units.values()) >= 10
    reasons = {gap.reason for population, _ in held.units.values() for gap in population.gaps}
    reasons |= {gap.reason for _, records in held.units.values() for record in records for gap in record.gaps}
    assert reasons == {GapReason.BUDGET}
    for account in organisation:
        assert at(held, account)
    assert {place for place, found in buckets(held).items() if found} < set(buckets(whole))


def test_an_estimate_is_never_more_than_what_is_made(organisation: list[str]) -> None:
    source = AwsSource(session, clock=lambda: NOW, regions=("us-east-1",), attempts=1, members=Members(role=ROLE))
    found = source.estimate(DEMAND)
    assert (found.accounts, found.regions, found.units) == (len(organisation), 1, 3 * len(organisation))
    source.collect(DEMAND, Held(), Told())
    made = sum(source.tally.values())
    assert made - 2 <= found.calls <= made + len(organisation)  # a role's credentials are not counted as a call


def test_a_run_goes_on_where_it_stopped(organisation: list[str]) -> None:
    whole = collect(Members(role=ROLE))
    first = list(whole.units)[: len(whole.units) // 2]
    resumed = collect(Members(role=ROLE), sink=Held(already=frozenset(first)))
    assert set(resumed.units) == set(whole.units) - set(first)


def test_credentials_that_end_are_made_anew(organisation: list[str]) -> None:
    """Each role's credentials are said to end soon: every call asks for new ones, and all is read."""
    given: list[str] = []
    other = next(account for account in organisation if account != OWN)
    held = collect(Members(role=ROLE, accounts=(other,)), ending(timedelta(minutes=5), given))
    assert buckets(held) == {other: [f"of-{other}"]}
    assert all(population.complete for population, _ in held.units.values())
    assert len(given) >= 4


def test_credentials_that_have_ended_already_are_a_gap(organisation: list[str]) -> None:
    other = next(account for account in organisation if account != OWN)
    held = collect(Members(role=ROLE, accounts=(other,)), ending(timedelta(minutes=-5), []))
    assert {gap.reason for population in at(held, other) for gap in population.gaps} == {GapReason.CREDENTIALS}


def ending(after: timedelta, given: list[str]) -> tuple[str, Hook]:
    """Credentials of a role that are said to end so long from now."""

    def change(parsed: dict[str, Any], **_: Any) -> None:
        parsed["Credentials"]["Expiration"] = datetime.now(UTC) + after
        given.append(parsed["Credentials"]["AccessKeyId"])

    return "after-call.sts.AssumeRole", change


@pytest.mark.slow
def test_many_accounts(endpoint: str) -> None:
    """Three of them cannot be entered; the rest is read whole."""
    urlopen(Request(f"{endpoint}/moto-api/reset", method="POST")).close()
    accounts = organised(at_length(60))
    lost = [account for account in accounts if account != OWN][:3]
    held = collect(Members(role=ROLE), denied(*lost))
    assert buckets(held) == {account: [] if account in lost else [f"of-{account}"] for account in accounts}
    assert all(population.complete is (account not in lost) for account in accounts for population in at(held, account))
