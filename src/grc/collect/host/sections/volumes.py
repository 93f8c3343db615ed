"""Whether what is mounted lies on an encrypted device.

Source: lsblk(8): a device below one of the type ``crypt`` (dm-crypt, LUKS) is encrypted if each way down to a disk
passes one. A hypervisor may encrypt what its guests see as plain disks, and the guest cannot tell.
"""

from __future__ import annotations

import re
from collections import defaultdict
from typing import Any, Final

from grc.collect.host.reads import Reads, Seen, Status
from grc.model.evidence import GapReason

PAIR: Final = re.compile(r'([A-Z]+)="([^"]*)"')
LEFT_OUT: Final = frozenset({"rom"})
DEPTH: Final = 32


def volumes(reads: Reads, virtual: bool | None) -> tuple[list[dict[str, Any]], Seen]:
    """The mounted block devices and swap, and gaps at their places in the list."""
    seen = Seen()
    listed = reads.of("lsblk -P")
    if not listed.ok:
        seen.gaps.append(listed.gap(""))
        return [], seen
    parents: defaultdict[str, set[str]] = defaultdict(set)
    rows: dict[str, dict[str, str]] = {}
    for line in listed.lines:
        row = dict(PAIR.findall(line))
        if "KNAME" in row:
            rows.setdefault(row["KNAME"], row)
            parents[row["KNAME"]].update({row["PKNAME"]} - {""} if row.get("PKNAME") else ())
    found: list[dict[str, Any]] = []
    for name, row in sorted(rows.items()):
        if row.get("MOUNTPOINT") and row.get("TYPE") not in LEFT_OUT:
            _add(found, seen, row, _encrypted(name, rows, parents, 0), virtual)
    swaps = reads.of("/proc/swaps")
    if swaps.status not in (Status.OK, Status.NOT_FOUND):
        seen.gaps.append(swaps.gap(""))
    return found, seen


def _add(found: list[dict[str, Any]], seen: Seen, row: dict[str, str], encrypted: bool, virtual: bool | None) -> None:
    volume: dict[str, Any] = {"device": row["KNAME"], "mount": row["MOUNTPOINT"], "filesystem": row.get("FSTYPE", "")}
    if encrypted or virtual is False:
        volume["encrypted"] = encrypted
    else:
        detail = "the machine is virtual, or may be: what lies below its disks may encrypt them and is not seen from it"
        seen.unknown(f"[{len(found)}].encrypted", GapReason.NOT_PROVIDED, detail)
    found.append(volume)


def _encrypted(name: str, rows: dict[str, dict[str, str]], parents: dict[str, set[str]], depth: int) -> bool:
    if rows.get(name, {}).get("TYPE") == "crypt":
        return True
    above = parents.get(name, set())
    return bool(above) and depth < DEPTH and all(_encrypted(each, rows, parents, depth + 1) for each in above)
