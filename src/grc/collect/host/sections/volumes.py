"""Whether what is mounted lies on an encrypted device.

Source: lsblk(8): a device below one of the type ``crypt`` (dm-crypt, LUKS) is encrypted if each way down to a disk
passes one. A hypervisor may encrypt what its guests see as plain disks, and the guest cannot tell. Nor is it listed
what a pool of ZFS holds, or which file lies behind a loop. Compressed memory (zram) and images of packages
(squashfs) hold nothing that lies on a disk in the clear beside them.
"""

from __future__ import annotations

import re
from collections import defaultdict
from typing import Any, Final

from grc.collect.host.reads import Reads, Seen, Status
from grc.model.evidence import GapReason

PAIR: Final = re.compile(r'(?<![A-Z])([A-Z]++)="([^"]*)"')
LEFT_OUT: Final = frozenset({"rom"})
IMAGES: Final = frozenset({"squashfs", "iso9660", "erofs"})
"""File systems that nobody writes to: a loop of one is software, as snap mounts it."""
POOL: Final = "zfs_member"
UNSEEN: Final = {
    "virtual": "the machine is virtual, or may be: what lies below its disks may encrypt them and is not seen from it",
    "pool": "a pool of ZFS may encrypt what it holds, and lsblk does not list that",
    "loop": "the file behind a loop is not told, nor what it lies on",
}
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
    if any(listed.lines) and not rows:
        seen.gaps.append(listed.gap(""))
    found: list[dict[str, Any]] = []
    for name, row in sorted(rows.items()):
        if _holds_data(row):
            _add(found, seen, row, _encrypted(name, rows, parents), virtual)
    swaps = reads.of("/proc/swaps")
    if swaps.status not in (Status.OK, Status.NOT_FOUND):
        seen.gaps.append(swaps.gap(""))
    return found, seen


def _holds_data(row: dict[str, str]) -> bool:
    """Whether it is in use, and not a drive, memory or an image of software."""
    sort, system = row.get("TYPE"), row.get("FSTYPE")
    in_use = bool(row.get("MOUNTPOINT")) or system == POOL
    left_out = sort in LEFT_OUT or row["KNAME"].startswith("zram") or (sort == "loop" and system in IMAGES)
    return in_use and not left_out


def _add(found: list[dict[str, Any]], seen: Seen, row: dict[str, str], encrypted: bool, virtual: bool | None) -> None:
    system = row.get("FSTYPE", "")
    mount = row.get("MOUNTPOINT") or f"({system})"
    volume: dict[str, Any] = {"device": row["KNAME"], "mount": mount, "filesystem": system}
    unseen = "pool" if system == POOL else "loop" if row.get("TYPE") == "loop" else "virtual"
    if encrypted or (virtual is False and unseen == "virtual"):
        volume["encrypted"] = encrypted
    else:
        seen.unknown(f"[{len(found)}].encrypted", GapReason.NOT_PROVIDED, UNSEEN[unseen])
    found.append(volume)


def _encrypted(name: str, rows: dict[str, dict[str, str]], parents: dict[str, set[str]]) -> bool:
    """Whether each way down to a disk passes a layer that encrypts."""
    layer = {name}
    for _ in range(DEPTH):
        layer = {each for each in layer if rows.get(each, {}).get("TYPE") != "crypt"}
        if not all(parents.get(each) for each in layer):
            return False
        layer = {above for each in layer for above in parents[each]}
    return not layer
