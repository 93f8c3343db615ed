"""Results of osquery as a machine: a folder a machine, a file of rows for each query of the pack beside this module.

Source: the schema of osquery 5. What no table tells (PAM, sshd in force, updates that wait
and more) is a gap.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from grc.collect.files import UnreadableError
from grc.collect.host.document import NAME, Refused
from grc.collect.host.reads import Read, Reads, Seen, Status, whole
from grc.collect.host.sections.accounts import users
from grc.collect.host.sections.listeners import listeners
from grc.collect.host.sections.machine import LISTS, SECTIONS, Machine
from grc.collect.host.sections.plain import files, kernel_settings, mounts
from grc.collect.host.sections.sudo import sudo
from grc.collect.strictjson import read_json_once
from grc.model.evidence import Gap, GapReason

MARKER: Final = "osquery_info.json"
PACK: Final = "osquery-pack.json"
NOT_TOLD: Final = "osquery does not tell it: run the script for this section"
STATES: Final = {"active": "set", "empty": "empty", "locked": "locked", "not_set": "locked"}
PROTOCOLS: Final = {"6": "tcp", "17": "udp"}
DAYS: Final = ("last_change", "min", "max", "warning", "inactive", "expire")

Row = Mapping[str, str]
ReadFile = Callable[[str], bytes]


def pack_text() -> str:
    """The pack of queries as text: each query's rows belong into ``<host>/<query>.json``."""
    return (Path(__file__).parent / PACK).read_text(encoding="utf-8")


def queries() -> Mapping[str, str]:
    """The SQL of each query of the pack, by name."""
    return {name: told["query"] for name, told in json.loads(pack_text())["queries"].items()}


def read_folder(folder: str, read: ReadFile) -> tuple[Machine, datetime]:
    """What the results in a folder say of a machine, and when they were taken.

    Raises:
        Refused: the machine or the instant cannot be told, or a file holds no rows of osquery.
        UnreadableError: a file that tells them cannot be read.
    """
    about = _first(_rows(read, "system_info"), f"{folder}/system_info.json")
    seconds = whole(_first(_rows(read, "time"), f"{folder}/time.json").get("unix_time", ""))
    if seconds is None or not 0 < seconds < 2**38:
        raise Refused("stands beside a time.json that tells no time")
    machine = Machine(_name(about.get("uuid", "").lower()))
    machine.body.update(host_id=machine.host_id, hostname=_name(about.get("hostname", "")), collector="osquery")
    _system(machine, read)
    _put(machine, "sysctl", kernel_settings, [_kernel(read)])
    _put(machine, "sudo", sudo, _sudoers(read))
    _put_list(machine, "files", files, _files(read))
    _put_list(machine, "mounts", mounts, [_mounts(read)])
    for name in sorted({*SECTIONS, *LISTS, "volumes", "logging"} - machine.body.keys()):
        if not any(gap.path.partition(".")[0] == name for gap in machine.gaps):
            machine.gaps.append(Gap(path=name, reason=GapReason.NOT_PROVIDED, detail=NOT_TOLD))
    _accounts(machine, read)
    return machine, datetime.fromtimestamp(seconds, UTC)


def _rows(read: ReadFile, name: str) -> list[Row]:
    try:
        found = read_json_once(read(f"{name}.json"))
    except ValueError as error:
        raise Refused(f"stands beside a {name}.json that is not JSON: {error}") from error
    if not isinstance(found, list) or not all(isinstance(row, dict) for row in found):
        raise Refused(f"stands beside a {name}.json that holds no rows of osquery")
    return [{str(key): str(value) for key, value in row.items()} for row in found]


def _optional(read: ReadFile, name: str, what: str, text: Callable[[Row], str]) -> Read:
    """The rows of a query as one read of lines; a query without rows or file was not answered."""
    try:
        rows = _rows(read, name)
    except UnreadableError:
        return Read(what=what, status=Status.FAILED, exit=1)
    lines = [text(row) for row in rows]
    if not lines or any("\n" in line for line in lines):
        return Read(what=what, status=Status.FAILED, exit=1)
    return Read(what=what, status=Status.OK, text="\n".join(lines))


def _first(rows: Sequence[Row], name: str) -> Row:
    if len(rows) != 1:
        raise Refused(f"stands beside {name} with {len(rows)} rows and not one")
    return rows[0]


def _name(told: str) -> str:
    if not NAME.match(told):
        raise Refused("stands beside a system_info.json whose uuid or hostname no machine has")
    return told


def _system(machine: Machine, read: ReadFile) -> None:
    seen = Seen()
    try:
        told = _first(_rows(read, "os_version"), "os_version.json")
        for name, field in (("platform", "id"), ("platform_like", "like"), ("version", "version"), ("name", "name")):
            seen.put(field, told.get(name) or None)
        seen.put("kernel", _first(_rows(read, "kernel_info"), "kernel_info.json").get("version"))
    except UnreadableError:
        machine.gaps.append(Gap(path="os", reason=GapReason.NOT_PROVIDED, detail="os_version.json is not there"))
        return
    machine.body["os"] = seen.fields
    machine.gaps.append(Gap(path="os.virtual", reason=GapReason.NOT_PROVIDED, detail=NOT_TOLD))


def _put(machine: Machine, name: str, of: Callable[[Reads], Seen], reads: Sequence[Read]) -> None:
    seen = of(Reads(reads))
    machine.gaps.extend(_at(name, gap) for gap in seen.gaps)
    if not any(gap.path == "" for gap in seen.gaps):
        machine.body[name] = seen.fields


def _put_list(
    machine: Machine, name: str, of: Callable[[Reads], tuple[list[Any], Seen]], reads: Sequence[Read]
) -> None:
    found, seen = of(Reads(reads))
    machine.gaps.extend(_at(name, gap) for gap in seen.gaps)
    if not seen.gaps:
        machine.body[name] = found


def _at(name: str, gap: Gap) -> Gap:
    path = f"{name}.{gap.path}" if gap.path else name
    return Gap(path=path, reason=gap.reason, call=gap.call, permission=gap.permission, detail=gap.detail)


def _kernel(read: ReadFile) -> Read:
    return _optional(
        read,
        "system_controls",
        "/proc/sys",
        lambda row: f"{row.get('name', '').replace('.', '/')} = {row.get('current_value', '')}",
    )


def _sudoers(read: ReadFile) -> list[Read]:
    """osquery follows includes itself, so what it found is taken as one file."""
    told = _optional(
        read, "sudoers", "/etc/sudoers", lambda row: f"{row.get('header', '')} {row.get('rule_details', '')}"
    )
    kept = "\n".join(line for line in told.text.split("\n") if not line.startswith(("#include", "@include")))
    return [Read(what=told.what, status=told.status, exit=told.exit, text=kept)]


def _files(read: ReadFile) -> list[Read]:
    kinds = {"directory": "directory", "regular": "regular file"}
    told = _optional(
        read,
        "files",
        "files",
        lambda row: "|".join(
            (
                row.get("mode", ""),
                row.get("uid", ""),
                row.get("gid", ""),
                kinds.get(row.get("type", ""), "other"),
                row.get("path", ""),
            )
        ),
    )
    if not told.ok:
        return [told]
    return [Read(what=line.rpartition("|")[2], status=Status.OK, text=line) for line in told.text.split("\n")]


def _mounts(read: ReadFile) -> Read:
    return _optional(read, "mounts", "/proc/mounts", _mount)


def _mount(row: Row) -> str:
    """A row as the kernel writes it."""
    words = (row.get("device") or "-", row.get("path", ""), row.get("type", ""), row.get("flags", ""))
    return " ".join(word.replace("\\", "\\134").replace(" ", "\\040") for word in words)


def _accounts(machine: Machine, read: ReadFile) -> None:
    passwd = _optional(
        read,
        "users",
        "/etc/passwd",
        lambda row: "|".join(
            [row.get("username", ""), "shadow", *(row.get(name, "") for name in ("uid", "gid", "directory", "shell"))]
        ),
    )
    shadow = _optional(read, "shadow", "/etc/shadow", _shadow)
    group = Read(what="/etc/group", status=Status.FAILED, exit=1)
    found = users(Reads([passwd, shadow, group]), 1000)
    if isinstance(found, Read):
        machine.users_gap = found.gap("")
    else:
        machine.users = list(found)
    ports = _optional(read, "listening_ports", "ss -H", _listener)
    listening = listeners(Reads([ports]))
    if isinstance(listening, Read):
        machine.listeners_gap = listening.gap("")
    else:
        machine.listeners = listening


def _shadow(row: Row) -> str:
    days = [
        value if whole(value) is not None and value != "-1" else "" for value in (row.get(name, "") for name in DAYS)
    ]
    state = STATES.get(row.get("password_status", ""), "none")
    return "|".join([row.get("username", ""), state, row.get("hash_alg", ""), *days])


def _listener(row: Row) -> str:
    """A row as ss writes it; nothing for a socket of another protocol."""
    if row.get("protocol") not in PROTOCOLS:
        return ""
    address = row.get("address", "")
    shown = f"[{address}]" if ":" in address else address
    users = f' users:(("{row["name"]}",pid=0,fd=0))' if row.get("name") else ""
    return f"{PROTOCOLS[row['protocol']]} LISTEN 0 0 {shown}:{row.get('port', '')} *:*{users}"
