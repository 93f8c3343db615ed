"""What PAM asks of who signs in and of who sets a password, along the includes of each service.

Source: pam.conf(5), pam_faillock(8), pam_pwquality(8), pam_pwhistory(8), pam_unix(8): an argument of the module wins
over its file, and the file over the default that the manual states.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from grc.collect.host.reads import Read, Reads, Seen, whole
from grc.model.evidence import GapReason

FOLDER: Final = "/etc/pam.d/"
SECURITY: Final = "/etc/security/"
SIGN_IN: Final = ("login", "sshd")
SETTING: Final = ("passwd", "common-password", "system-auth", "base-password")
LINE: Final = re.compile(r"-?(auth|account|password|session)\s+(\[[^\]]*\]|\S+)\s+(\S+)\s*(.*)\Z")
DEPTH: Final = 8
LOCKOUT: Final = {"deny": 3, "unlock_time": 600}
NEVER: Final = "never"
"""What an account that stays locked until somebody opens it may be written as, beside 0."""
COUNTS: Final = "authfail"
"""The step by which pam_faillock counts a failed attempt; without it, it looks at a count that nobody raises."""
LOCKS: Final = frozenset({"preauth", "authsucc"})
"""The steps by which pam_faillock turns away who knows the password of a locked account; without one, nobody does."""
ENFORCING: Final = "enforcing"
CREDITS: Final = ("dcredit", "ucredit", "lcredit", "ocredit")
QUALITY: Final = {"minlen": 8, "minclass": 0, **dict.fromkeys(CREDITS, 0)}
CRACKLIB: Final = {**QUALITY, "minlen": 9, **dict.fromkeys(CREDITS, 1)}
"""Of pam_cracklib(8): where nothing is written, each kind of character makes a password shorter by one."""


@dataclass(frozen=True, slots=True)
class Step:
    """One module of a stack."""

    module: str
    arguments: tuple[str, ...]

    def number(self, name: str) -> int | None:
        """The number that an argument gives."""
        return next((_number(a.partition("=")[2]) for a in self.arguments if a.startswith(name + "=")), None)


def pam(reads: Reads) -> Seen:
    """What sign-in and passwords are bound by."""
    seen = Seen()
    files = {read.what.removeprefix(FOLDER): read for read in reads.below(FOLDER)}
    unread = [*reads.unread(FOLDER)]
    if unread or not files:
        seen.gaps.append((unread[0] if unread else reads.of(FOLDER)).gap(""))
        return seen
    services = [_service(name, files, reads, seen) for name in SIGN_IN if name in files]
    seen.put("services", services)
    setting = next((name for name in SETTING if name in files), None)
    if setting is None:
        seen.unknown("password", GapReason.NOT_PROVIDED, "no service that sets passwords is among the files of PAM")
    else:
        seen.put("password", _password([*_steps(setting, "password", files, seen, 0)], reads, seen))
    return seen


def _steps(name: str, kind: str, files: Mapping[str, Read], seen: Seen, depth: int) -> Iterator[Step]:
    if name not in files or depth > DEPTH:
        seen.unknown(
            "", GapReason.NOT_PROVIDED, f"a file that {FOLDER}* includes is not among them, or goes in a circle"
        )
        return
    for line in _whole_lines(files[name]):
        if line.startswith("@include"):
            yield from _steps(_named(line.removeprefix("@include")), kind, files, seen, depth + 1)
            continue
        match = LINE.match(line)
        if match is None or match[1] != kind:
            continue
        if match[2] in ("include", "substack"):
            yield from _steps(_named(match[3]), kind, files, seen, depth + 1)
        else:
            yield Step(match[3].rpartition("/")[2], tuple(match[4].split()))


def _named(target: str) -> str:
    return target.strip().removeprefix(FOLDER)


def _whole_lines(read: Read) -> list[str]:
    lines = [line.partition("#")[0].strip() for line in read.text.replace("\\\n", " ").split("\n")]
    return [line for line in lines if line]


def _service(name: str, files: Mapping[str, Read], reads: Reads, seen: Seen) -> dict[str, Any]:
    steps = [*_steps(name, "auth", files, seen, 0)]
    found: dict[str, Any] = {
        "name": name,
        "empty_passwords": any(one.startswith("nullok") for step in steps for one in step.arguments),
    }
    locking = [step for step in steps if step.module in ("pam_faillock.so", "pam_tally2.so")]
    if not _locks(locking):
        return found
    found["lockout_module"] = locking[0].module
    file = _settings(reads.of(SECURITY + "faillock.conf"), f"services.{name}", seen)
    for setting, field in (("deny", "lockout_attempts"), ("unlock_time", "lockout_seconds")):
        told = [step.number(setting) for step in locking]
        given = next((number for number in told if number is not None), None)
        default = LOCKOUT[setting] if locking[0].module == "pam_faillock.so" else None
        value = given if given is not None else file.get(setting, default)
        if value is not None:
            found[field] = value
    return found


def _locks(steps: list[Step]) -> bool:
    """Whether failed attempts are counted, and a locked account kept out with the right password too."""
    told = {argument for step in steps for argument in step.arguments}
    return any(step.module == "pam_tally2.so" for step in steps) or (COUNTS in told and not LOCKS.isdisjoint(told))


def _password(steps: list[Step], reads: Reads, seen: Seen) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for step in steps:
        if step.module in ("pam_pwquality.so", "pam_cracklib.so"):
            found.update(_quality(step, reads, seen))
        elif step.module == "pam_passwdqc.so":
            found["quality_module"] = step.module
            for name in ("min_length", "min_classes"):
                seen.unknown(
                    f"password.{name}", GapReason.NOT_TRANSLATED, "pam_passwdqc states lengths by kind of text"
                )
        elif step.module in ("pam_pwhistory.so", "pam_unix.so"):
            remembered = _remembered(step, reads, seen)
            if remembered is not None:
                found["remembered"] = max(remembered, found.get("remembered", 0))
    return found


def _quality(step: Step, reads: Reads, seen: Seen) -> dict[str, Any]:
    told: dict[str, int] = dict(QUALITY if step.module == "pam_pwquality.so" else CRACKLIB)
    if step.module == "pam_pwquality.so":
        for read in reads.unread(SECURITY + "pwquality.conf.d/*"):
            seen.gaps.append(read.gap("password"))
        for read in (*reads.below(SECURITY + "pwquality.conf.d/"), reads.of(SECURITY + "pwquality.conf")):
            told.update(_settings(read, "password", seen))
    for name in (*QUALITY, ENFORCING):
        given = step.number(name)
        if given is not None:
            told[name] = given
    if told.get(ENFORCING) == 0:  # it warns, and takes the password
        return {"quality_module": step.module, "min_length": 0, "min_classes": 0}
    demanded = sum(told[name] < 0 for name in CREDITS)
    # A credit counts towards the length: a password of n characters may then be shorter than it says.
    credit = sum(max(0, told[name]) for name in CREDITS)
    return {
        "quality_module": step.module,
        "min_length": told["minlen"] - credit,
        "min_classes": max(told["minclass"], demanded),
    }


def _remembered(step: Step, reads: Reads, seen: Seen) -> int | None:
    given = step.number("remember")
    if step.module == "pam_unix.so" or given is not None:
        return given
    return _settings(reads.of(SECURITY + "pwhistory.conf"), "password", seen).get("remember", 10)


def _settings(read: Read, path: str, seen: Seen) -> dict[str, int]:
    """The numbers that a file of settings gives; a file that is not there gives none."""
    if not read.ok:
        if read.status != "not-found":
            seen.gaps.append(read.gap(path.partition(".")[0]))
        return {}
    found: dict[str, int] = {}
    for line in _whole_lines(read):
        name, _, value = line.partition("=")
        number = _number(value.strip())
        if number is not None:
            found[name.strip()] = number
    return found


def _number(text: str) -> int | None:
    return 0 if text == NEVER else whole(text)
