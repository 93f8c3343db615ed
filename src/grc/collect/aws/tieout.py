"""Ties populations out: how many subjects a second source, AWS Config, counts beside what was listed.

Source: config:GetDiscoveredResourceCounts, which counts what Config records in a region, some minutes late.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from grc.collect.aws import allowlist
from grc.collect.aws.calls import CallError
from grc.collect.aws.context import Account
from grc.collect.aws.declared import Call, Resource
from grc.model.evidence import SECOND_COUNT_AGREES, SECOND_COUNT_DIFFERS, SECOND_COUNT_NOT_HAD, Demand, Fact
from grc.model.identifiers import KindName

KIND: Final = KindName("aws.account-region")
SECTION: Final = "config_counts"
PATH: Final = "resourceCounts"


def is_wanted(demand: Demand) -> bool:
    """Whether populations are to be tied out: where the counts of Config are evidence themselves."""
    return any(path.partition(".")[0] == SECTION for path in demand.get(KIND, ()))


def counts(account: Account, region: str) -> Mapping[str, int]:
    """What Config counts in a region, by type; asked once.

    Raises:
        CallError: it does not say.
    """
    found: Mapping[str, int] = account.once.get(f"{SECTION} {region}", lambda: _read(account, region))
    return found


def tied_out(account: Account, resource: Resource, region: str, count: int) -> Fact | None:
    """Our count beside that of Config; None where Config does not record the type, or has none of it."""
    assert resource.listing is not None
    ours = f"{resource.listing.read.call} lists {count}"
    try:
        found = counts(account, region).get(resource.counted_as or "")
    except CallError as failed:
        return Fact(fact=SECOND_COUNT_NOT_HAD, detail=f"{failed.gap.call}: {failed.gap.detail}; {ours}")
    if found is None:
        return None
    theirs = f"AWS Config counts {found} of {resource.counted_as} in {region}"
    fact = SECOND_COUNT_AGREES if found == count else SECOND_COUNT_DIFFERS
    return Fact(fact=fact, detail=f"{theirs}, {ours}")


def _read(account: Account, region: str) -> Mapping[str, int]:
    read = allowlist.load().read("config", "get_discovered_resource_counts")
    call = Call(read=read, path=PATH, params={}, fixed={})
    told = (one for page in account.calls.pages(call, region, {}) for one in page[PATH])
    return {one["resourceType"]: one["count"] for one in told if {"resourceType", "count"} <= one.keys()}
