"""Functions of address ranges."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Mapping
from typing import Any, Final

from grc.collect.terraform.hcl.values import WrongError


def _cidrsubnet(prefix: Any, bits: Any, number: Any) -> str:
    network = ipaddress.ip_network(prefix, strict=False)
    length = network.prefixlen + bits
    if not 0 <= number < 2**bits or length > network.max_prefixlen:
        raise WrongError("has no such subnet")
    first = int(network.network_address) + (number << (network.max_prefixlen - length))
    return f"{ipaddress.ip_address(first) if network.version == 4 else ipaddress.IPv6Address(first)}/{length}"


def _cidrhost(prefix: Any, number: Any) -> str:
    network = ipaddress.ip_network(prefix, strict=False)
    return str(network[number])


DEEP: Final[Mapping[str, Callable[..., Any]]] = {"cidrhost": _cidrhost, "cidrsubnet": _cidrsubnet}
