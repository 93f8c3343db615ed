"""How sshd is set up: what ``sshd -T`` says is in force, or what the files say where it could not be asked.

Source: sshd(8) option -T and sshd_config(5): the first value of a keyword counts, and what stands in a ``Match`` block
holds for some connections only and is listed apart.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase
from typing import Final

from grc.collect.host.reads import Read, Reads, Seen, Status, whole
from grc.model.evidence import GapReason

CONFIG: Final = "/etc/ssh/sshd_config"
DEPTH: Final = 8
EVERYBODY: Final = "all"
TEXTS: Final = {
    "permitrootlogin": "permit_root_login",
    "loglevel": "log_level",
    "banner": "banner",
    "allowtcpforwarding": "allow_tcp_forwarding",
    "ignorerhosts": "ignore_rhosts",
    "permituserenvironment": "permit_user_environment",
}
TRUTHS: Final = {
    "passwordauthentication": "password_authentication",
    "kbdinteractiveauthentication": "keyboard_interactive_authentication",
    "permitemptypasswords": "permit_empty_passwords",
    "hostbasedauthentication": "hostbased_authentication",
    "x11forwarding": "x11_forwarding",
    "usepam": "use_pam",
}
NUMBERS: Final = {
    "maxauthtries": "max_auth_tries",
    "maxsessions": "max_sessions",
    "clientalivecountmax": "client_alive_count",
}
PERIODS: Final = {"logingracetime": "login_grace_seconds", "clientaliveinterval": "client_alive_seconds"}
LISTS: Final = {"ciphers": "ciphers", "macs": "macs", "kexalgorithms": "key_exchanges"}
GROUPS: Final = {"allowusers": "allow_users", "allowgroups": "allow_groups"}
OLD: Final = {"challengeresponseauthentication": "kbdinteractiveauthentication"}
NAMES: Final = {**TEXTS, **TRUTHS, **NUMBERS, **PERIODS, **LISTS, **GROUPS}
REMARK: Final = re.compile(r"\A((?:\"[^\"]*\"|[^\"#])*?)\s#.*\Z")
PERIOD: Final = re.compile(r"([0-9]{1,9})([smhdw]?)")
SECONDS: Final = {"": 1, "s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}

Setting = tuple[str, str, str]
"""The criteria of the Match block ("" outside any), the keyword, the value."""


def sshd(reads: Reads) -> Seen:
    """How sshd is set up."""
    seen = Seen()
    asked = reads.of("sshd -T")
    if asked.status is Status.NOT_FOUND:
        seen.put("installed", False)
        return seen
    if asked.status is Status.FAILED and not reads.of(CONFIG).ok and not asked.exit:
        seen.gaps.append(asked.gap(""))
        return seen
    seen.put("installed", True)
    written, unread = _written(reads)
    if asked.ok:
        seen.put("source", "effective")
        _put(seen, [("", *_pair(line)) for line in asked.lines if line])
        _unsaid(seen, asked, set(NAMES.values()) - set(GROUPS.values()))
    else:
        seen.put("source", "files")
        first = [each for each in written if each[0] == EVERYBODY]  # what a block sets goes before what none does
        _from_files(seen, asked, [*first, *(each for each in written if not each[0])], unread)
    _overrides(seen, [each for each in written if each[0]], unread)
    return seen


def _from_files(seen: Seen, asked: Read, settings: Sequence[Setting], unread: Sequence[Read]) -> None:
    """What files set is in force; what they leave out is the default of a version that we do not see."""
    if unread:
        for name in sorted(NAMES.values()):
            seen.gaps.append(unread[0].gap(name))
        return
    _put(seen, settings)
    _unsaid(seen, asked, set(NAMES.values()))


def _unsaid(seen: Seen, asked: Read, names: set[str]) -> None:
    """What was expected to be said and was not. Of users and groups sshd says nothing where none are named."""
    for name in sorted(names - seen.fields.keys() - {gap.path for gap in seen.gaps}):
        seen.gaps.append(asked.gap(name))


def _overrides(seen: Seen, settings: Sequence[Setting], unread: Sequence[Read]) -> None:
    if unread:
        seen.gaps.append(unread[0].gap("overrides"))
        return
    known = [(criteria, name, value.lower()) for criteria, name, value in settings if name in NAMES]
    told = [(who, NAMES[name], _seconds(value) if name in PERIODS else value) for who, name, value in known]
    seen.put("overrides", [{"criteria": who, "setting": name, "value": value} for who, name, value in told])


def _pair(line: str) -> tuple[str, str]:
    name, _, value = REMARK.sub(r"\1", line).replace("=", " ", 1).replace("\t", " ").partition(" ")
    name = name.lower()
    return OLD.get(name, name), value.strip().strip('"')


def _put(seen: Seen, settings: Sequence[Setting]) -> None:
    told: dict[str, str] = {}
    for _, name, value in settings:
        if name in GROUPS and name in told:
            told[name] += " " + value
        told.setdefault(name, value)
    for name, value in told.items():
        if name in TEXTS:
            seen.put(TEXTS[name], value if name == "banner" else value.lower())
        elif name in TRUTHS:
            _put_truth(seen, TRUTHS[name], value.lower())
        elif name in NUMBERS:
            _put_number(seen, NUMBERS[name], whole(value))
        elif name in PERIODS:
            _put_number(seen, PERIODS[name], _period(value))
        elif name in LISTS:
            _put_list(seen, LISTS[name], value)
        elif name in GROUPS:
            seen.put(GROUPS[name], value.split())


def _put_truth(seen: Seen, name: str, value: str) -> None:
    if value in ("yes", "no"):
        seen.put(name, value == "yes")
    else:
        seen.unknown(name, GapReason.PARSE_ERROR, "is neither yes nor no")


def _put_number(seen: Seen, name: str, value: int | None) -> None:
    if value is None:
        seen.unknown(name, GapReason.PARSE_ERROR, "is not a number")
    else:
        seen.put(name, value)


def _put_list(seen: Seen, name: str, value: str) -> None:
    if value.startswith(("+", "-", "^")):
        seen.unknown(name, GapReason.NOT_TRANSLATED, "changes the default list, which the version of sshd decides")
    else:
        seen.put(name, [part for part in value.split(",") if part])


def _period(value: str) -> int | None:
    found = PERIOD.findall(value.lower())
    if not found or "".join(number + unit for number, unit in found) != value.lower():
        return None
    return sum(int(number) * SECONDS[unit] for number, unit in found)


def _seconds(value: str) -> str:
    """A period as a number of seconds; one that is none stays as it is."""
    seconds = _period(value)
    return value if seconds is None else str(seconds)


def _written(reads: Reads) -> tuple[list[Setting], list[Read]]:
    """What the files say in the order in which sshd reads them, and what of them could not be read."""
    unread = [*reads.unread("/etc/ssh/")]
    main = reads.of(CONFIG)
    if not main.ok and main not in unread:
        unread.append(main)
    return [*_settings(main, reads, "", unread, 0)], unread


def _settings(read: Read, reads: Reads, criteria: str, unread: list[Read], depth: int) -> Iterator[Setting]:
    for line in read.lines:
        if not line or line.startswith("#"):
            continue
        name, value = _pair(line)
        if name == "match":
            criteria = EVERYBODY if value.lower() == EVERYBODY else value
        elif name == "include":
            for pattern in value.split():
                for found in _included(pattern, reads, unread, depth):
                    yield from _settings(found, reads, criteria, unread, depth + 1)
        else:
            yield criteria, name, value


def _included(pattern: str, reads: Reads, unread: list[Read], depth: int) -> list[Read]:
    full = pattern if pattern.startswith("/") else f"/etc/ssh/{pattern}"
    found = [read for read in reads.below("/etc/ssh/") if read.ok and fnmatchcase(read.what, full)]
    elsewhere = not found and not full.startswith("/etc/ssh/sshd_config.d/")
    if depth >= DEPTH or elsewhere:
        unread.append(Read(what=full, status=Status.FAILED))
        return []
    return found
