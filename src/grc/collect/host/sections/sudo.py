"""Who may run what as whom by sudo: the rules of ``/etc/sudoers`` and what it includes, read lightly.

Source: sudoers(5). Of a command the program is kept, and its arguments are left out: they may hold anything.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

from grc.collect.host.reads import Read, Reads, Seen, Status
from grc.model.evidence import GapReason

MAIN: Final = "/etc/sudoers"
FOLDER: Final = "/etc/sudoers.d/"
LONGEST: Final = 4_096  # characters of a rule, white space once
ALIAS: Final = re.compile(r"(User|Runas|Host|Cmnd|Cmd)_Alias\b(.*)\Z")
OF_COMMANDS: Final = ("Cmnd", "Cmd")
TAG: Final = re.compile(r"\s*([A-Z_]+)\s*:(?!=)\s*")
RULE: Final = re.compile(r"(?P<who>(?:\"[^\"]*\"|\\.|[^\s=,]|,\s*)++)\s+(?P<rest>[^=]+=.*)\Z")
HOST: Final = re.compile(r"\s*(?P<host>[^=]+?)\s*=\s*(?P<rest>.*)\Z")
RUN_AS: Final = re.compile(r"\s*\((?P<who>[^)]*)\)\s*")
OPTION: Final = re.compile(
    r"\s*(APPARMOR_PROFILE|CHROOT|CWD|LIMITPRIVS|NOTAFTER|NOTBEFORE|PRIVS|ROLE|TIMEOUT|TYPE)"
    r"\s*=\s*(?:\"[^\"]*\"|[^\s\"]\S*)\s+"
)
"""What may stand before a command beside tags."""
DIGEST: Final = re.compile(r"\s*sha(224|256|384|512):\S+\s+")


def sudo(reads: Reads) -> Seen:
    """The rules and defaults of sudo."""
    seen = Seen()
    main = reads.of(MAIN)
    if main.status is Status.NOT_FOUND:
        seen.put("installed", False)
        return seen
    seen.put("installed", True)
    if not main.ok:
        seen.gaps.extend(main.gap(name) for name in ("rules", "use_pty", "log_file", "authenticate"))
        return seen
    files = [main, *_included(reads, main, seen)]
    lines = [(read.what, number, line) for read in files for number, line in _lines(read)]
    aliases = _aliases(line for _, _, line in lines)
    rules: list[dict[str, Any]] = []
    for file, number, line in lines:
        if line.startswith("Defaults") and len(line) <= LONGEST:
            _default(seen, line)
        elif len(line) > LONGEST:
            seen.unknown(
                "rules", GapReason.TRUNCATED, f"{file}:{number}: the rule is longer than {LONGEST:,} characters"
            )
        elif not ALIAS.match(line) and not line.startswith(("@include", "#include")):
            found = [*_rules(line, file, number, aliases)]
            if not found:
                seen.unknown("rules", GapReason.PARSE_ERROR, f"{file}:{number}: the rule is not understood")
            rules.extend(found)
    seen.put("rules", rules)
    _elsewhere(seen, reads.of("/etc/nsswitch.conf"))
    return seen


def _included(reads: Reads, main: Read, seen: Seen) -> Iterator[Read]:
    """The files of the folder, if it is included, as sudo takes them; other includes are not read."""
    for number, line in _lines(main):
        if not line.startswith(("@include", "#include")):
            continue
        _, _, target = line.partition(" ")
        if target.strip().strip('"').rstrip("/") != FOLDER.rstrip("/"):
            seen.unknown("rules", GapReason.NOT_PROVIDED, f"{MAIN}:{number}: what it includes is not read")
            continue
        for read in reads.unread(FOLDER):
            seen.gaps.append(read.gap("rules"))
        for read in reads.below(FOLDER):
            name = read.what.removeprefix(FOLDER)
            if read.ok and "." not in name and not name.endswith("~"):
                yield read
                if any(each.startswith(("@include", "#include")) for _, each in _lines(read)):
                    seen.unknown("rules", GapReason.NOT_PROVIDED, f"{read.what}: what it includes is not read")


def _elsewhere(seen: Seen, names: Read) -> None:
    """Rules may also come from a directory; the name service says where sudo looks."""
    for line in names.lines:
        sources = line.partition(":")[2].split()
        if any(source != "files" and not source.startswith("[") for source in sources):
            seen.unknown("rules", GapReason.NOT_PROVIDED, "rules of sudo come from a directory too, which is not read")


def _lines(read: Read) -> Iterator[tuple[int, str]]:
    """The lines with what they continue on, without comments. ``#1000`` is a user, and ``#include`` no comment."""
    held, start = "", 0
    for number, line in enumerate(read.text.split("\n"), 1):
        start = start if held else number
        if line.endswith("\\"):
            held += line[:-1] + " "
            continue
        whole = (held + line).strip()
        held = ""
        if whole.startswith("#") and not re.match(r"#(include|includedir)\b|#[0-9]", whole):
            continue
        told = re.sub(r"\s+", " ", re.sub(r"(?<=\s)#(?![0-9]).*\Z", "", whole)).strip()
        if told:
            yield start, told


def _aliases(lines: Iterator[str]) -> dict[str, list[str]]:
    """The aliases of commands. One of users, of hosts or of run-as users may have the same name."""
    found: dict[str, list[str]] = {}
    for line in lines:
        match = ALIAS.match(line)
        for part in re.split(r"\s:\s", match[2]) if match and match[1] in OF_COMMANDS else ():
            name, _, members = part.partition("=")
            found[name.strip()] = [member.strip() for member in members.split(",")]
    return found


def _default(seen: Seen, line: str) -> None:
    """What is for everybody counts both ways; what is for some users, hosts or commands only where it loosens."""
    scope, *rest = re.split(r"\s+", line.removeprefix("Defaults"), maxsplit=1)
    for entry in re.split(r",\s*(?=(?:[^\"]*\"[^\"]*\")*[^\"]*\Z)", rest[0] if rest else ""):
        name, _, value = entry.strip().partition("=")
        name = name.rstrip("+- ")
        if name == "exempt_group":  # its members are asked for no password
            seen.put("authenticate", False)
        elif name in ("!authenticate", "!use_pty"):
            seen.put(name.removeprefix("!"), False)
        elif name == "use_pty" and not scope:
            seen.fields.setdefault(name, True)
        elif name == "logfile" and not scope:
            seen.put("log_file", value.strip().strip('"'))


def _rules(line: str, file: str, number: int, aliases: dict[str, list[str]]) -> Iterator[dict[str, Any]]:
    match = RULE.match(line)
    if match is None:
        return
    for spec in re.split(r"\s:\s(?=\s*[^=,\s]+\s*=)", match["rest"]):
        host = HOST.match(spec)
        if host is None:
            return
        run_as, passwordless = "root", False
        for listed in re.split(r"(?<!\\),(?![^(]*\))", host["rest"]):
            part = listed
            if told := RUN_AS.match(part):
                run_as, part = told["who"].strip() or "root", part[told.end() :]
            while tag := TAG.match(part) or OPTION.match(part):
                passwordless = {"NOPASSWD": True, "PASSWD": False}.get(tag[1], passwordless)
                part = part[tag.end() :]
            command = DIGEST.sub("", part).strip().split(" ")[0]
            yield {
                "file": file,
                "line": number,
                "who": match["who"].strip().strip('"'),
                "run_as": run_as,
                "command": command,
                "everything": "ALL" in _members(command, aliases),
                "passwordless": passwordless,
            }


def _members(name: str, aliases: dict[str, list[str]]) -> set[str]:
    """The name and all that stands below it; an alias may stand in itself."""
    found: set[str] = set()
    pending = [name]
    while pending:
        one = pending.pop().split(" ")[0]
        if one not in found:
            found.add(one)
            pending.extend(aliases.get(one, ()))
    return found
