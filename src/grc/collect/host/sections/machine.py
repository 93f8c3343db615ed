"""Puts the sections of one document together: a machine's body, its accounts and its listeners, with their gaps."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import Any, Final

from grc.collect.host.document import HostDocument
from grc.collect.host.reads import Read, Reads, Seen, Status
from grc.collect.host.sections import plain
from grc.collect.host.sections.accounts import first_person, users
from grc.collect.host.sections.audit import audit
from grc.collect.host.sections.firewall import firewall
from grc.collect.host.sections.listeners import listeners
from grc.collect.host.sections.packages import packages
from grc.collect.host.sections.pam import pam
from grc.collect.host.sections.sshd import sshd
from grc.collect.host.sections.sudo import sudo
from grc.collect.host.sections.volumes import volumes
from grc.model.evidence import Gap, GapReason

SECTIONS: Final[dict[str, tuple[str, Callable[[Reads], Seen]]]] = {
    "os": ("os", plain.system),
    "sshd": ("sshd", sshd),
    "sudo": ("sudo", sudo),
    "sysctl": ("sysctl", plain.kernel_settings),
    "pam": ("pam", pam),
    "audit": ("audit", audit),
    "login_defs": ("login_defs", plain.login_defs),
    "packages": ("packages", packages),
    "time": ("time", plain.clock),
    "firewall": ("firewall", firewall),
    "access_control": ("mac", plain.access_control),
    "core_dumps": ("core_dumps", plain.core_dumps),
}
"""The fields of a machine that one section of the document gives each."""
SILENT: Final = frozenset({"centos"})
"""Distributions whose updates come without advisories, as os-release names them."""
LISTS: Final[dict[str, tuple[str, Callable[[Reads], tuple[list[Any], Seen]]]]] = {
    "files": ("files", plain.files),
    "mounts": ("mounts", plain.mounts),
    "services": ("services", plain.services),
}


@dataclass(slots=True)
class Machine:
    """What is known of one machine. ``users`` and ``listeners`` None: they are not known, and the gap says why."""

    host_id: str
    body: dict[str, Any] = field(default_factory=dict)
    gaps: list[Gap] = field(default_factory=list)
    users: list[Seen] | None = None
    listeners: list[Seen] | None = None
    users_gap: Gap | None = None
    listeners_gap: Gap | None = None


def machine_of(document: HostDocument) -> Machine:
    """What a document of the script says of its machine."""
    machine = Machine(document.host_id)
    machine.body.update(host_id=document.host_id, hostname=document.hostname, collector="script")
    machine.body["privileged"] = document.uid == 0
    for name, (section, read) in SECTIONS.items():
        reads = document.section(section)
        _put(machine, name, _not_there(section) if reads is None else read(reads))
    for name, (section, read_list) in LISTS.items():
        reads = document.section(section)
        found, seen = ([], _not_there(section)) if reads is None else read_list(reads)
        _put_list(machine, name, found, seen)
    _doubt_updates(machine)
    _put_volumes(machine, document.section("disks"))
    _put_logging(machine, document.section("logging"))
    _put_users(machine, document.section("accounts"))
    _put_listeners(machine, document.section("listeners"))
    return machine


def _not_there(section: str) -> Seen:
    seen = Seen()
    seen.unknown("", GapReason.NOT_PROVIDED, f"the document has no section {section}")
    return seen


def _put(machine: Machine, name: str, seen: Seen) -> None:
    """A section of which nothing is known is a gap of its own, and no empty one."""
    machine.gaps.extend(_below(name, seen.gaps))
    if not any(gap.path == "" for gap in seen.gaps):
        machine.body[name] = seen.fields


def _put_list(machine: Machine, name: str, found: list[Any], seen: Seen) -> None:
    machine.gaps.extend(_below(name, seen.gaps))
    if not any(gap.path == "" for gap in seen.gaps):
        machine.body[name] = found


def _below(name: str, gaps: Iterable[Gap]) -> Iterable[Gap]:
    for gap in gaps:
        joint = "" if not gap.path or gap.path.startswith("[") else "."
        yield replace(gap, path=f"{name}{joint}{gap.path}")


def _doubt_updates(machine: Machine) -> None:
    """Take back that no fix of security waits, where updates wait and the distribution does not tell which are such."""
    told = machine.body.get("packages", {})
    silent = machine.body.get("os", {}).get("id") in SILENT
    if silent and told.get("pending") and told.get("pending_security") == 0:
        machine.body["packages"] = {name: value for name, value in told.items() if name != "pending_security"}
        detail = "updates wait, and this distribution publishes no advisories that tell fixes of security from others"
        machine.gaps.append(Gap(path="packages.pending_security", reason=GapReason.NOT_PROVIDED, detail=detail))


def _put_volumes(machine: Machine, reads: Reads | None) -> None:
    virtual = machine.body.get("os", {}).get("virtual")
    found, seen = ([], _not_there("disks")) if reads is None else volumes(reads, virtual)
    _put_list(machine, "volumes", found, seen)


def _put_logging(machine: Machine, reads: Reads | None) -> None:
    enabled = machine.body.get("services")
    seen = _not_there("logging") if reads is None else plain.logging(reads, enabled or [], enabled is not None)
    _put(machine, "logging", seen)


def _put_users(machine: Machine, reads: Reads | None) -> None:
    least = first_person(machine.body.get("login_defs", {}))
    found = Read(what="accounts", status=Status.FAILED) if reads is None else users(reads, least)
    if isinstance(found, Read):
        machine.users_gap = found.gap("")
    else:
        machine.users = list(found)


def _put_listeners(machine: Machine, reads: Reads | None) -> None:
    found = Read(what="listeners", status=Status.FAILED) if reads is None else listeners(reads)
    if isinstance(found, Read):
        machine.listeners_gap = found.gap("")
    else:
        machine.listeners = found
