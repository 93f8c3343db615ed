"""Whether AWS offers a service in a region: a fact where its own list of endpoints and the network say so together."""

from __future__ import annotations

import socket
from functools import cache
from typing import Any, Final

from botocore.exceptions import EndpointConnectionError

NOT_OFFERED: Final = "NotOfferedInRegion"
"""A code of ours, beside those of the services."""


def is_not_offered(error: Exception, service: str, region: str) -> bool:
    """Whether a call failed because there is no such service there.

    The list alone may be older than the service in a new region, and a name alone may not resolve because this machine
    is cut off: both must say so.
    """
    if not has_no_name(error):
        return False
    return is_known(service) and region not in offered_in(service, region)


def has_no_name(error: Exception) -> bool:
    """Whether the endpoint's host has no address."""
    from urllib3.exceptions import NameResolutionError

    cause = getattr(error, "kwargs", {}).get("error")
    return isinstance(error, EndpointConnectionError) and isinstance(cause, (NameResolutionError, socket.gaierror))


@cache
def is_known(service: str) -> bool:
    """Whether botocore lists endpoints of the service anywhere: it lists none of some that are everywhere."""
    session = _session()
    return any(
        session.get_available_regions(service, partition_name=name) for name in session.get_available_partitions()
    )


@cache
def offered_in(service: str, region: str) -> frozenset[str]:
    """The regions of the region's partition in which botocore lists endpoints of the service."""
    from botocore.exceptions import UnknownRegionError

    session = _session()
    try:
        partition = session.get_partition_for_region(region)
    except UnknownRegionError:
        return frozenset()
    return frozenset(session.get_available_regions(service, partition_name=partition))


@cache
def _session() -> Any:
    import botocore.session

    return botocore.session.get_session()
