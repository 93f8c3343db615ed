"""The local accounts of a machine: passwd, group, and of shadow what the script lets out.

Source: passwd(5), group(5), shadow(5), crypt(5) for the prefixes of hashes.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from grc.collect.host.reads import Read, Reads, Seen, Status, whole
from grc.model.evidence import GapReason

ACCOUNTS: Final = "/etc/passwd"
SHADOW: Final = "/etc/shadow"
GROUP: Final = "/etc/group"
NO_SHELL: Final = frozenset({"nologin", "false", "sync", "halt", "shutdown"})
HASHES: Final = {
    "1": "md5",
    "2a": "bcrypt",
    "2b": "bcrypt",
    "2y": "bcrypt",
    "5": "sha256crypt",
    "6": "sha512crypt",
    "7": "scrypt",
    "y": "yescrypt",
    "gy": "gost-yescrypt",
    "des": "des",
    "bsdi": "bsdi",
}
DAYS: Final = {"min_days": 4, "max_days": 5, "warn_days": 6, "inactive_days": 7}
FROM_SHADOW: Final = ("password", "hash", "changed_on", "expires_on", *DAYS)
FIRST_PERSON: Final = 1000
EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def users(reads: Reads, first_person: int) -> Iterator[Seen] | Read:
    """The accounts, or the read for want of which there are none. ``first_person`` is the least uid of a person."""
    passwd = reads.of(ACCOUNTS)
    if not passwd.ok or not any(passwd.lines):
        return passwd
    return _users(passwd, reads, first_person)


def _users(passwd: Read, reads: Reads, first_person: int) -> Iterator[Seen]:
    shadow, group = reads.of(SHADOW), reads.of(GROUP)
    told = {line.split("|")[0]: line.split("|") for line in shadow.lines if line.count("|") == 8}
    if shadow.ok and not told:
        shadow = Read(what=SHADOW, status=Status.FAILED)
    names, members = _groups(group)
    for line in passwd.lines:
        if not line or line.startswith(("+", "-")):
            continue
        yield _user(line.split("|"), shadow, told, group, names, members, first_person)


def _groups(group: Read) -> tuple[Mapping[int, str], Mapping[str, list[str]]]:
    names: dict[int, str] = {}
    members: defaultdict[str, list[str]] = defaultdict(list)
    for line in group.lines:
        parts = line.split("|")
        number = whole(parts[1]) if len(parts) == 3 else None
        if number is None:
            continue
        names.setdefault(number, parts[0])
        for member in parts[2].split(","):
            members[member].append(parts[0])
    return names, members


def _user(
    parts: list[str],
    shadow: Read,
    told: Mapping[str, list[str]],
    group: Read,
    names: Mapping[int, str],
    members: Mapping[str, list[str]],
    first_person: int,
) -> Seen:
    seen = Seen()
    seen.put("name", parts[0])
    uid, gid = (whole(part) for part in parts[2:4]) if len(parts) == 6 else (None, None)
    if len(parts) != 6 or uid is None or gid is None:
        seen.unknown("", GapReason.PARSE_ERROR, "the line of the account is not as passwd(5) describes it")
        return seen
    seen.fields.update(uid=uid, gid=gid, home=parts[4], shell=parts[5])
    seen.put("login_shell", parts[5].rpartition("/")[2] not in NO_SHELL)
    seen.put("person", uid >= first_person and uid not in (65534, 65535))
    if group.ok:
        seen.put("groups", sorted({*members.get(parts[0], ()), *([names[gid]] if gid in names else [])}))
    else:
        seen.gaps.append(group.gap("groups"))
    _password(seen, parts[1], shadow, told.get(parts[0]))
    return seen


def _password(seen: Seen, state: str, shadow: Read, told: list[str] | None) -> None:
    if state != "shadow":
        seen.put("password", state)
        if state == "set":
            seen.put("hash", "in-passwd")
        return
    if not shadow.ok:
        seen.gaps.extend(shadow.gap(name) for name in sorted(FROM_SHADOW))
        return
    if told is None:
        seen.put("password", "none")
        return
    seen.put("password", told[1])
    if told[1] == "set":
        seen.put("hash", HASHES.get(told[2], "unknown"))
    for name, at in DAYS.items():
        seen.put(name, whole(told[at]))
    for name, at in (("changed_on", 3), ("expires_on", 8)):
        seen.put(name, _day(whole(told[at])))


def _day(days: int | None) -> str | None:
    """A day of shadow(5), counted from 1970; 0 asks for a new password at the next sign-in and is no day."""
    if days is None or not 0 < days < 2_000_000:
        return None
    return (EPOCH + timedelta(days=days)).replace(tzinfo=None).isoformat() + "Z"


def first_person(login_defs: Mapping[str, Any]) -> int:
    """The least uid of a person, as login.defs(5) says, or as distributions set it."""
    told = login_defs.get("uid_min")
    return told if isinstance(told, int) else FIRST_PERSON
