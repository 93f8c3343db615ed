"""What a collection of AWS would take, before it is begun."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grc.errors import ConfigError
from grc.run.collecting import Asked, selected_checks
from grc.run.desk import Desk
from grc.run.judging import compiled, demand_of
from grc.run.selection import frameworks_of
from grc.run.sources import Clock, Reach, open_sources

if TYPE_CHECKING:
    from grc.collect.aws import Estimate


def estimate(desk: Desk, reach: Reach, asked: Asked, *, clock: Clock) -> Estimate:
    """The accounts, regions and least calls of the selected checks. Only identity, accounts and regions are asked.

    Raises:
        ConfigError: AWS is not among the sources, an unknown name, or missing credentials.
    """
    from grc.collect.aws import AwsSource

    sources = open_sources(reach, desk.workspace, desk.kinds, clock).sources
    frameworks = frameworks_of(desk.policy, asked.frameworks or desk.workspace.frameworks or ())
    wanted = demand_of(compiled(selected_checks(desk, sources, asked, frameworks), desk.kinds), desk.workspace.aws)
    for source in sources:
        if isinstance(source, AwsSource):
            return source.estimate(wanted)
    raise ConfigError("there is nothing to estimate: only a collection of AWS makes calls")
