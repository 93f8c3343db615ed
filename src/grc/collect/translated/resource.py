"""What a plan, a state or a template declares, in one neutral form."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from grc.model.evidence import Fact, Gap, GapReason

INDEX: Final = re.compile(r"""\[(?:\d+|"(?:[^"\\]|\\.)*")\]\Z""")


class Untold(NamedTuple):
    """Why a place is not known."""

    reason: GapReason
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclaredResource:
    """One resource as its source declares it.

    ``unknown`` and ``sensitive`` mirror ``values`` with true at each place that is not known, or must not be shown;
    ``unknown`` may say why with an ``Untold``. ``values`` may hold anything at such a place: no value there is read.
    ``references`` gives, for each argument that the source sets, the names it refers to: an address below ``module``,
    with or without index, and what follows it after a dot (``aws_s3_bucket.logs[0].id``). ``created`` says that the
    resource is new, so that what nothing sets is what a new one has. ``exhaustive`` says that an argument that is not
    in ``values`` is not set; else what the provider makes of it is not known. ``line`` counts from 1.
    ``within`` names the account and region that it is made in where the source makes resources in several; "" is that
    of the rest.
    """

    address: str
    module: str
    type: str
    values: Mapping[str, Any]
    unknown: Mapping[str, Any]
    sensitive: Mapping[str, Any]
    references: Mapping[str, tuple[str, ...]]
    created: bool
    exhaustive: bool
    file: str | None
    line: int | None
    within: str

    @property
    def local(self) -> str:
        """The address below its module."""
        return self.address.removeprefix(self.module).removeprefix(".")

    @property
    def name(self) -> str:
        """The address without module and index."""
        return INDEX.sub("", self.local)

    @property
    def index(self) -> str:
        """``[0]`` or ``["key"]``, or nothing."""
        found = INDEX.search(self.address)
        return found[0] if found else ""


def region_of(provider: str, region: object, address: str) -> str:
    """What stands for the region that a resource names itself. One that is not known is that of no other resource."""
    named = region if isinstance(region, str) else address
    return f"{provider}:{named}" if provider else named


@dataclass(frozen=True, slots=True, kw_only=True)
class Uncertain:
    """Resources of one type of which it is not known whether, or how often, they are there.

    ``resource`` stands for all of them; ``gap`` says what is not known.
    """

    resource: DeclaredResource
    gap: Gap


@dataclass(frozen=True, slots=True, kw_only=True)
class Declared:
    """All that a source declares. ``resources`` stand in order of address.

    ``holes`` are gaps in what was read as a whole: behind each could stand a resource of any type.
    """

    resources: tuple[DeclaredResource, ...]
    uncertain: tuple[Uncertain, ...] = ()
    holes: tuple[Gap, ...] = ()
    facts: tuple[Fact, ...] = ()
