"""What the kernel's audit records: the rules in force, and how the daemon keeps what they give.

Source: auditctl(8) options -s and -l, auditd.conf(5). Rules in files are not in force until they are loaded, so
only what the kernel lists counts.
"""

from __future__ import annotations

import itertools
import re
import shlex
from typing import Any, Final

from grc.collect.host.reads import Read, Reads, Seen, Status, whole
from grc.model.evidence import GapReason

CONFIG: Final = "/etc/audit/auditd.conf"
TEXTS: Final = ("max_log_file_action", "space_left_action", "admin_space_left_action", "disk_full_action")
LOCKED: Final = 2
NOTHING: Final = re.compile(r"-[aA] (?:never,task|task,never)(?: (?:-k \S+|-F key=\S+))?")
"""A rule by which no process is audited, whatever the others say: some distributions ship it."""


def audit(reads: Reads) -> Seen:
    """The audit of the kernel."""
    seen = Seen()
    state = reads.of("auditctl -s")
    if state.status is Status.NOT_FOUND:
        seen.put("installed", False)
        return seen
    seen.put("installed", True)
    _state(seen, state)
    _rules(seen, reads.of("auditctl -l"))
    _daemon(seen, reads.of(CONFIG))
    return seen


def _state(seen: Seen, state: Read) -> None:
    told = dict(line.replace("=", " ").partition(" ")[::2] for line in state.lines)
    enabled, process = whole(told.get("enabled", "").strip()), whole(told.get("pid", "").strip())
    if not state.ok or enabled is None or process is None:
        seen.gaps.extend(state.gap(name) for name in ("running", "immutable"))
        return
    seen.put("running", enabled > 0 and process > 0)
    seen.put("immutable", enabled == LOCKED)


def _rules(seen: Seen, listed: Read) -> None:
    if not listed.ok:
        seen.gaps.append(listed.gap("rules"))
        return
    rules: list[dict[str, Any]] = []
    for line in listed.lines:
        if not line or line == "No rules":
            continue
        try:
            rules.append(_rule(shlex.split(line)))
        except ValueError:
            seen.unknown("rules", GapReason.PARSE_ERROR, "a rule is not as auditctl writes it")
    if any(NOTHING.fullmatch(line) for line in listed.lines):
        rules = [{**rule, "records": False} for rule in rules]
    seen.put("rules", rules)


def _rule(words: list[str]) -> dict[str, Any]:
    """A rule, whether it watches a path (-w) or is written with fields (-a)."""
    rule: dict[str, Any] = {"records": True, "syscalls": [], "conditions": []}
    for option, value in itertools.pairwise(words):
        if option == "-w":
            rule["path"] = value.rstrip("/") or "/"
        elif option == "-p":
            rule["permissions"] = "".join(sorted(value))
        elif option == "-S":
            rule["syscalls"] += value.split(",")
        elif option in ("-a", "-A"):
            rule["records"] = "never" not in value.split(",")
        elif option == "-F":
            _field(rule, value)
    return rule


def _field(rule: dict[str, Any], told: str) -> None:
    name, _, value = told.partition("=")
    if name in ("path", "dir"):
        rule["path"] = value.rstrip("/") or "/"
    elif name == "perm":
        rule["permissions"] = "".join(sorted(value))
    elif name == "arch":
        rule["arch"] = value
    elif name != "key":
        rule["conditions"].append(told)


def _daemon(seen: Seen, config: Read) -> None:
    if not config.ok:
        seen.gaps.extend(config.gap(name) for name in (*TEXTS, "max_log_file_mb"))
        return
    told = {name.strip().lower(): value.strip() for name, _, value in (one.partition("=") for one in config.lines)}
    for name in TEXTS:
        seen.put(name, told[name].lower().partition(" ")[0] if name in told else None)  # exec names a program after it
    seen.put("max_log_file_mb", whole(told.get("max_log_file", "")))
