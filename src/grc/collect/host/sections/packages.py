"""What is installed that should not be, and what updates wait, by what the package manager knows without a network.

Source: apt-get(8) -s, whose lines ``Inst`` name the archive of the new version; dnf(8) updateinfo and check-update;
apk(8) version, which does not tell security fixes from others.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from itertools import takewhile
from typing import Any, Final

from grc.collect.host.reads import Read, Reads, Seen, Status, whole
from grc.model.evidence import GapReason

INST: Final = re.compile(r"Inst (\S+) (?:\[[^\]]*\] )?\((\S+) ([^)]*)\)")
SECURITY: Final = re.compile(r"[Ss]ecurity|ESM")
UPDATES_WAIT: Final = 100
KEPT_BACK: Final = "The following packages have been kept back:"
NOT_INSTALLED: Final = frozenset("nc")
"""Second letters of a state of dpkg: nothing is there, or settings that were left behind."""


def packages(reads: Reads) -> Seen:
    """What waits and what is installed of the legacy services."""
    seen = Seen()
    if reads.of("dpkg-query").status is not Status.FAILED:
        _debian(seen, reads)
    elif reads.of("rpm").status is not Status.FAILED:
        _red_hat(seen, reads)
    elif reads.of("apk").status is not Status.FAILED:
        _alpine(seen, reads)
    else:
        seen.unknown("", GapReason.NOT_TRANSLATED, "no package manager of dpkg, rpm and apk was found")
        return seen
    _index(seen, reads.of("index"))
    return seen


def _debian(seen: Seen, reads: Reads) -> None:
    seen.put("manager", "dpkg")
    told = (line.split("|", 1) for line in reads.of("dpkg-query").lines if "|" in line)
    _legacy(seen, reads.of("dpkg-query"), [name for state, name in told if _installed(state)])
    plan = reads.of("apt-get")
    if plan.ok and any(plan.lines):  # it always tells how many packages it would upgrade
        found = [INST.match(line) for line in plan.lines]
        _pending(seen, [(one[1], one[2], bool(SECURITY.search(one[3]))) for one in found if one])
        if KEPT_BACK in plan.lines and not seen.fields["pending_security"]:
            del seen.fields["pending_security"]
            detail = "packages are kept back, and apt does not tell whether fixes of security are among them"
            seen.unknown("pending_security", GapReason.NOT_PROVIDED, detail)
    else:
        seen.gaps.extend(plan.gap(name) for name in ("pending", "pending_security"))
    restart = reads.of("/var/run/reboot-required")
    if restart.ok or restart.status is Status.NOT_FOUND:
        seen.put("restart_needed", restart.ok)
    else:
        seen.gaps.append(restart.gap("restart_needed"))


def _installed(state: str) -> bool:
    """Whether a state of dpkg, such as ``ii`` or ``hi``, is that of a package that is there, held or not."""
    return len(state) > 1 and state[1] not in NOT_INSTALLED


def _red_hat(seen: Seen, reads: Reads) -> None:
    seen.put("manager", "rpm")
    installed = [line for line in reads.of("rpm").lines if line and " " not in line]
    _legacy(seen, reads.of("rpm"), installed)
    advisories = reads.of("dnf -C -q updateinfo")
    updates = next((read for read in reads.reads if read.what == "dnf"), advisories)
    if not advisories.ok or updates.exit not in (0, UPDATES_WAIT) or not updates.ok:
        missing = updates if advisories.ok else advisories
        seen.gaps.extend(missing.gap(name) for name in ("pending", "pending_security"))
    else:
        names = {line.split()[-1] for line in advisories.lines if "sec" in line.lower() and len(line.split()) > 2}
        other = {line.split()[0] for line in takewhile(_waits, updates.lines) if len(line.split()) == 3}
        _pending(seen, [(name, "", True) for name in sorted(names)] + [(name, "", False) for name in sorted(other)])
    restart = reads.of("needs-restarting")
    if restart.ok and (restart.exit == 0 or (restart.exit == 1 and restart.text.strip())):
        seen.put("restart_needed", restart.exit == 1)  # a tool that breaks ends with 1 too, and prints nothing
    else:
        seen.gaps.append(restart.gap("restart_needed"))


def _waits(line: str) -> bool:
    """Whether dnf still lists updates: what they take the place of comes after them, in the same form."""
    return not line.startswith("Obsoleting")


def _alpine(seen: Seen, reads: Reads) -> None:
    seen.put("manager", "apk")
    _legacy(seen, reads.of("apk"), [line for line in reads.of("apk").lines if line])
    plan = reads.of("apk version")
    detail = "apk does not tell fixes of security from other updates"
    if not plan.ok:
        seen.gaps.extend(plan.gap(name) for name in ("pending", "pending_security"))
    else:
        waiting = [line.partition(" ")[0] for line in plan.lines if "<" in line]
        seen.put("pending", [{"name": name} for name in waiting])
        if waiting:
            seen.unknown("pending_security", GapReason.NOT_PROVIDED, detail)
        else:
            seen.put("pending_security", 0)
    seen.unknown("restart_needed", GapReason.NOT_PROVIDED, "apk does not tell whether a restart is needed")


def _legacy(seen: Seen, asked: Read, names: list[str]) -> None:
    if asked.ok:
        seen.put("legacy", sorted(set(names)))
    else:
        seen.gaps.append(asked.gap("legacy"))


def _pending(seen: Seen, waiting: list[tuple[str, str, bool]]) -> None:
    entries: list[dict[str, Any]] = []
    for name, version, security in waiting:
        entries.append({"name": name, **({"version": version} if version else {}), "security": security})
    seen.put("pending", entries)
    seen.put("pending_security", sum(security for _, _, security in waiting))


def _index(seen: Seen, index: Read) -> None:
    seconds = whole(index.text.strip()) if index.ok else None
    if seconds is None or not 0 < seconds < 2**40:
        seen.unknown("index_read_on", GapReason.NOT_PROVIDED, "when the list of packages was last fetched is not known")
    else:
        told = datetime.fromtimestamp(seconds, UTC).replace(tzinfo=None)
        seen.put("index_read_on", told.isoformat() + "Z")
