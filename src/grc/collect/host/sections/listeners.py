"""The ports that a machine listens on: of ``ss``, or of the kernel's own tables where there is no ``ss``.

Source: ss(8); proc_net in proc(5): addresses in hexadecimal, each 32-bit word in the machine's order.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator
from typing import Final

from grc.collect.host.reads import Read, Reads, Seen, Status, whole
from grc.model.evidence import GapReason

TABLES: Final = ("/proc/net/tcp", "/proc/net/tcp6", "/proc/net/udp", "/proc/net/udp6")
LISTENING: Final = {"tcp": "0A", "udp": "07"}
PROGRAM: Final = re.compile(r'\("([^"]*)",pid=')
ANY: Final = "*"

Found = tuple[str, str, int, tuple[str, ...], bool]
"""Protocol, address, port, programs, and whether programs are told at all."""


def listeners(reads: Reads) -> list[Seen] | Read:
    """The listeners, or the read for want of which they are not known."""
    asked = reads.of("ss -H")
    if asked.ok:
        found = _of_ss(asked)
    elif asked.status is Status.FAILED and not asked.exit:
        missing = next((reads.of(table) for table in TABLES[::2] if not reads.of(table).ok), None)
        if missing is not None:
            return missing
        try:
            found = [each for table in TABLES for each in _of_table(reads.of(table), table)]
        except ValueError:
            return reads.of(TABLES[0])
    else:
        return asked
    return asked if found is None else _merged(found)


def _of_ss(asked: Read) -> list[Found] | None:
    """What ``ss`` lists; None where a line of it is not as it writes one."""
    found: list[Found] = []
    for line in asked.lines:
        parts = line.split()
        if not parts:
            continue
        address, _, port = parts[4].rpartition(":") if len(parts) > 4 else ("", "", "")
        number = whole(port)
        if number is None or parts[0] not in ("tcp", "udp"):
            return None
        programs = tuple(PROGRAM.findall(line))
        found.append((parts[0], address.partition("%")[0].strip("[]"), number, programs, "users:((" in line))
    return found


def _of_table(table: Read, name: str) -> Iterator[Found]:
    protocol = name.rpartition("/")[2][:3]
    for line in table.lines[1:]:
        parts = line.split()
        if len(parts) > 3 and parts[3] == LISTENING[protocol]:
            address, _, port = parts[1].partition(":")
            yield protocol, _address(address), int(port, 16), (), False


def _address(text: str) -> str:
    words = [bytes.fromhex(text[at : at + 8])[::-1] for at in range(0, len(text), 8)]
    return str(ipaddress.ip_address(b"".join(words)))


def _merged(found: list[Found]) -> list[Seen]:
    """One for each protocol, address and port: several sockets may share one."""
    by_port: dict[tuple[str, str, int], Seen] = {}
    for protocol, address, port, programs, told in found:
        seen = by_port.setdefault((protocol, address, port), _listener(protocol, address, port))
        if told:
            seen.put("programs", sorted({*seen.fields.get("programs", ()), *programs}))
    for seen in by_port.values():
        if "programs" not in seen.fields:
            seen.unknown("programs", GapReason.ACCESS_DENIED, "the programs behind a port are told to root alone")
    return list(by_port.values())


def _listener(protocol: str, address: str, port: int) -> Seen:
    seen = Seen()
    seen.fields.update(protocol=protocol, address=address, port=port, loopback=_is_loopback(address))
    return seen


def _is_loopback(address: str) -> bool:
    try:
        told = ipaddress.ip_address(address)
    except ValueError:
        return False
    mapped = getattr(told, "ipv4_mapped", None)
    return bool((mapped or told).is_loopback)
