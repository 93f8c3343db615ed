"""The declared scope: what a person left out of it is not read, and the days that it is about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from grc.errors import ConfigError
from grc.model.evidence import Population, Record, Unit
from grc.model.identifiers import KindName, Place
from grc.model.ports import Sink, Source
from grc.model.workspace import Accounts, AwsScope, ClusterScope, Period, Workspace

if TYPE_CHECKING:
    from grc.collect.aws import Members

BEYOND: Final = Place("aws/organization")
"""Stands for the accounts of an organisation beyond the credentials' own, where no run has listed them."""
ACCOUNTS: Final = "accounts"
"""Where a run's scope says which accounts it set out to read."""
CLUSTERS: Final = "clusters"
"""Where it says which clusters: by the context, the place and the namespaces, None for all."""


class Scoped:
    """A sink that wants only what is in scope: a source passes over a unit that its sink already has.

    Meets ``model.ports.Sink``. ``passed_over`` are the AWS places that were left out, ``taken`` those that were not.
    """

    def __init__(self, sink: Sink, aws: AwsScope | None) -> None:
        self._sink = sink
        self._aws = aws
        self.passed_over: set[Place] = set()
        self.taken: set[Place] = set()

    def has(self, unit: Unit) -> bool:
        """Whether this unit is held, or is not to be."""
        if self._aws is None or not unit.place.startswith("aws/"):
            return self._sink.has(unit)
        within = in_scope(self._aws, unit.place)
        (self.taken if within else self.passed_over).add(unit.place)
        return not within or self._sink.has(unit)

    def write(self, population: Population, records: Sequence[Record]) -> None:
        """Hold one unit."""
        self._sink.write(population, records)

    def refuse_other_account(self) -> None:
        """Refuse a run whose credentials are of an account that is out of scope.

        Raises:
            ConfigError: every place of AWS that could be read is out of scope.
        """
        if self.passed_over and not self.taken:
            places = ", ".join(sorted(self.passed_over))
            raise ConfigError(
                f"grc.yaml leaves everything that these credentials reach out of scope ({places}): "
                "use other credentials, or change scope.aws"
            )


class OverlapError(ConfigError):
    """Two sources that were named give the same evidence: such a run can never end."""


@dataclass(frozen=True, slots=True)
class Claiming:
    """A sink that refuses what another source of the run has given: one of the two would go unread.

    Meets ``model.ports.Sink``.
    """

    sink: Sink
    source: Source
    claimed: dict[tuple[KindName, Place], Source]

    def has(self, unit: Unit) -> bool:
        """Whether this unit is held, or is not to be.

        Raises:
            OverlapError: it is another source's.
        """
        self._claim(unit)
        return self.sink.has(unit)

    def write(self, population: Population, records: Sequence[Record]) -> None:
        """Hold one unit.

        Raises:
            OverlapError: it is another source's.
        """
        self._claim(population.unit)
        self.sink.write(population, records)

    def _claim(self, unit: Unit) -> None:
        if self.claimed.setdefault((unit.kind, unit.place), self.source) is not self.source:
            raise OverlapError(
                f"two of the sources that were named both give {unit.kind} in {unit.place}, and one would go unread: "
                "scan each by itself, or from a folder above both"
            )


def in_scope(aws: AwsScope, place: Place) -> bool:
    """Whether a place such as ``aws/111122223333/eu-central-1`` is in the declared scope."""
    account, _, region = place.removeprefix("aws/").partition("/")
    if isinstance(aws.accounts, tuple) and account not in aws.accounts:
        return False
    return not any(one.account == account and one.region in (None, region) for one in aws.exclusions)


def regions_left_out(aws: AwsScope | None) -> tuple[tuple[str, str], ...]:
    """The single regions that are left out, each with its account."""
    exclusions = () if aws is None else aws.exclusions
    return tuple((one.account, one.region) for one in exclusions if one.region is not None)


def declared_places(workspace: Workspace, collected: Mapping[str, Any]) -> tuple[Place, ...]:
    """Where evidence must be. ``collected`` is the scope of the run that collected, which says what it set out to read.

    A place of these that gave none is a gap, so that nothing of its provider passes.
    """
    read = collected.get(CLUSTERS, {})
    clusters = (_of_cluster(one, read.get(one.context)) for one in workspace.clusters)
    organizations = (Place(f"github/{name.lower()}") for name in workspace.organizations)
    return (*aws_places(workspace.aws, collected), *clusters, *organizations)


def _of_cluster(cluster: ClusterScope, read: Mapping[str, Any] | None) -> Place:
    """Where a cluster's evidence stands, by the run that read it; else a name of its own, which no evidence has."""
    if read is not None:
        wanted, had = cluster.namespaces, read["namespaces"]
        if had is None or (wanted is not None and set(wanted) <= set(had)):
            return Place(read["place"])
    return Place(f"k8s/{quote(cluster.context, safe='')} (context)")


def aws_places(aws: AwsScope | None, collected: Mapping[str, Any]) -> tuple[Place, ...]:
    """Where evidence of AWS must be. A place of these that gave none is a gap, so that nothing there passes.

    ``collected`` is the scope of the run that collected. One that listed the organisation holds each of its accounts,
    with a gap where it could not be entered; another knows nothing of them.
    """
    if aws is None:
        return ()
    if isinstance(aws.accounts, tuple):
        return tuple(place for account in aws.accounts if in_scope(aws, place := Place(f"aws/{account}")))
    listed = collected.get(ACCOUNTS) == Accounts.ORGANIZATION.value
    return (BEYOND,) if aws.accounts is Accounts.ORGANIZATION and not listed else ()


def accounts_read(aws: AwsScope | None) -> Mapping[str, Any]:
    """What the scope of a run says of the accounts that it set out to read; nothing where it is the one it is in."""
    if aws is None or aws.role is None or aws.accounts is Accounts.OWN:
        return {}
    named = aws.accounts.value if isinstance(aws.accounts, Accounts) else sorted(aws.accounts)
    return {ACCOUNTS: named, "role": aws.role}


def members(aws: AwsScope | None) -> Members | None:
    """The accounts to enter by a role; None where that of the credentials is read alone."""
    if aws is None or aws.role is None or aws.accounts is Accounts.OWN:
        return None
    from grc.collect.aws import Members

    return Members(
        role=aws.role,
        external_id=aws.external_id,
        accounts=aws.accounts if isinstance(aws.accounts, tuple) else None,
        left_out=frozenset(one.account for one in aws.exclusions if one.region is None),
    )


def declared_period(scope: Mapping[str, Any]) -> Period | None:
    """The period that a run's scope declares, or None for a point in time."""
    told = scope.get("period")
    return Period(first=date.fromisoformat(told["from"]), last=date.fromisoformat(told["to"])) if told else None
