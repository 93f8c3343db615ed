"""What a workspace leaves out of scope is not read, and what it declares and was not read is not seen."""

from __future__ import annotations

import pytest

from grc.model.identifiers import Place
from grc.model.workspace import Accounts, AwsScope, Exclusion
from grc.run.scoped import BEYOND, declared_places, in_scope

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
    assert declared_places(aws) == places
