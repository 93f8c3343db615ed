"""Addresses and networks, as Kubernetes and the network extension library have them."""

from __future__ import annotations

import re
from ipaddress import (
    IPv4Address,
    IPv4Interface,
    IPv4Network,
    IPv6Address,
    IPv6Interface,
    IPv6Network,
    ip_address,
    ip_interface,
    ip_network,
)
from typing import Final

from grc.policy.errors import EvaluationError
from grc.policy.functions.overload import BOOL, CIDR, INT, IP, STRING, Overload, function, method

Address = IPv4Address | IPv6Address
Interface = IPv4Interface | IPv6Interface

_LINK_LOCAL_MULTICAST: Final = ip_network("224.0.0.0/24")
_LINK_LOCAL: Final = (ip_network("169.254.0.0/16"), ip_network("fe80::/10"))
_MULTICAST: Final = (ip_network("224.0.0.0/4"), ip_network("ff00::/8"))
_LOOPBACK: Final = (ip_network("127.0.0.0/8"), ip_network("::1/128"))
_BROADCAST: Final = ip_address("255.255.255.255")
_PREFIX: Final = re.compile(r"0|[1-9][0-9]{0,2}", re.ASCII)


def address_of(text: str) -> Address:
    """Read an address. An IPv6 address that maps an IPv4 one is that one; zones and dotted forms are refused.

    Raises:
        EvaluationError: it is no address.
    """
    if "%" in text or ("." in text and ":" in text):
        raise EvaluationError(f"{text[:60]!r}: an address has no zone and no IPv4 part")
    try:
        address = ip_address(text)
    except ValueError:
        raise EvaluationError(f"{text[:60]!r} is no IP address") from None
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return address if mapped is None else mapped


def network_of(text: str) -> Interface:
    """Read an address with a prefix length. Bits behind the prefix are kept; ``masked()`` clears them.

    Raises:
        EvaluationError: it is no address with a prefix length.
    """
    host, _, length = text.partition("/")
    if "%" in host or ("." in host and ":" in host) or not _PREFIX.fullmatch(length):
        raise EvaluationError(f"{text[:60]!r} is no CIDR")
    try:
        interface = ip_interface(text)
    except ValueError:
        raise EvaluationError(f"{text[:60]!r} is no CIDR") from None
    if isinstance(interface, IPv6Interface) and interface.ip.ipv4_mapped is not None:
        raise EvaluationError(f"{text[:60]!r}: write IPv4 networks as such")
    return interface


def is_address(text: str) -> bool:
    return _reads(address_of, text)


def is_network(text: str) -> bool:
    return _reads(network_of, text)


def _reads(read: object, text: str) -> bool:
    try:
        read(text)  # type: ignore[operator]
    except EvaluationError:
        return False
    return True


def is_canonical(text: str) -> bool:
    """Whether the text is the one way that RFC 5952 writes the address."""
    return str(address_of(text)) == text


def _within(address: Address, networks: tuple[IPv4Network | IPv6Network, ...]) -> bool:
    return any(address in network for network in networks)


def is_link_local_multicast(address: Address) -> bool:
    if isinstance(address, IPv4Address):
        return address in _LINK_LOCAL_MULTICAST
    return address.packed[0] == 0xFF and address.packed[1] & 0x0F == 0x02


def is_global_unicast(address: Address) -> bool:
    """As RFC 1122, 4632 and 4291 use the word: private addresses are global unicast."""
    return not (
        address.is_unspecified
        or address == _BROADCAST
        or _within(address, _LOOPBACK)
        or _within(address, _MULTICAST)
        or _within(address, _LINK_LOCAL)
    )


def contains_ip(network: Interface, address: Address) -> bool:
    return address in network.network


def contains_cidr(network: Interface, other: Interface) -> bool:
    """Whether ``other`` is the same network or part of it."""
    longer = other.network.prefixlen >= network.network.prefixlen
    return network.version == other.version and longer and other.ip in network.network


def masked(network: Interface) -> Interface:
    """With the bits behind the prefix cleared."""
    return ip_interface(network.network)


OVERLOADS: Final[tuple[Overload, ...]] = (
    function("ip", (STRING,), IP, address_of),
    function("ip", (IP,), IP, lambda address: address),
    function("isIP", (STRING,), BOOL, is_address),
    function("ip.isCanonical", (STRING,), BOOL, is_canonical),
    method("family", (IP,), INT, lambda address: address.version),
    method("isUnspecified", (IP,), BOOL, lambda address: address.is_unspecified),
    method("isLoopback", (IP,), BOOL, lambda address: _within(address, _LOOPBACK)),
    method("isLinkLocalMulticast", (IP,), BOOL, is_link_local_multicast),
    method("isLinkLocalUnicast", (IP,), BOOL, lambda address: _within(address, _LINK_LOCAL)),
    method("isGlobalUnicast", (IP,), BOOL, is_global_unicast),
    function("string", (IP,), STRING, str),
    function("cidr", (STRING,), CIDR, network_of),
    function("cidr", (CIDR,), CIDR, lambda network: network),
    function("isCIDR", (STRING,), BOOL, is_network),
    method("containsIP", (CIDR, IP), BOOL, contains_ip),
    method("containsIP", (CIDR, STRING), BOOL, lambda network, text: contains_ip(network, address_of(text))),
    method("containsCIDR", (CIDR, CIDR), BOOL, contains_cidr),
    method("containsCIDR", (CIDR, STRING), BOOL, lambda network, text: contains_cidr(network, network_of(text))),
    method("ip", (CIDR,), IP, lambda network: network.ip),
    method("masked", (CIDR,), CIDR, masked),
    method("prefixLength", (CIDR,), INT, lambda network: network.network.prefixlen),
    function("string", (CIDR,), STRING, str),
)
