"""The sections that need little reading: the system, kernel settings, files, mounts and the rest."""

from __future__ import annotations

import re
from typing import Any, Final

from grc.collect.host.reads import Read, Reads, Seen, Status, whole
from grc.model.evidence import GapReason

KERNEL: Final = "/proc/sys"
LOGIN_DEFS: Final = {
    "PASS_MAX_DAYS": "pass_max_days",
    "PASS_MIN_DAYS": "pass_min_days",
    "PASS_WARN_AGE": "pass_warn_age",
    "UID_MIN": "uid_min",
}
AGENTS: Final = frozenset(
    {
        "SplunkForwarder",
        "alloy",
        "amazon-cloudwatch-agent",
        "azuremonitoragent",
        "filebeat",
        "fluent-bit",
        "fluentd",
        "google-cloud-ops-agent",
        "nxlog",
        "otelcol",
        "otelcol-contrib",
        "promtail",
        "splunk",
        "splunkforwarder",
        "td-agent",
        "vector",
    }
)
LOGGERS: Final = {"/etc/rsyslog": "rsyslog", "/etc/syslog-ng": "syslog-ng"}
"""What reads the files that begin so, by the name of its service."""
OWN_CLOCK: Final = "7F7F0101"
"""By what chronyc(1) names the machine's own clock."""
PHYSICAL: Final = frozenset({"none"})
OCTAL: Final = re.compile(r"[0-7]{1,4}\Z")
ESCAPED: Final = re.compile(r"\\([0-7]{3})")


def system(reads: Reads) -> Seen:
    """The operating system, its kernel, and whether the machine is virtual."""
    seen = Seen()
    release, kernel, virtual = reads.of("/etc/os-release"), reads.of("uname -r"), reads.of("systemd-detect-virt")
    told = {name: value.strip("\"'") for name, _, value in (line.partition("=") for line in release.lines) if value}
    for name, field in (("ID", "id"), ("ID_LIKE", "like"), ("VERSION_ID", "version"), ("PRETTY_NAME", "name")):
        seen.put(field, told.get(name))
    if not release.ok:
        seen.gaps.extend(release.gap(name) for name in ("id", "like", "version", "name"))
    if kernel.ok:
        seen.put("kernel", kernel.text.strip())
    else:
        seen.gaps.append(kernel.gap("kernel"))
    answer = virtual.text.strip()
    if answer:
        seen.put("virtual", answer not in PHYSICAL)  # it ends with 1 where it says none
    else:
        seen.gaps.append(virtual.gap("virtual"))
    return seen


def kernel_settings(reads: Reads) -> Seen:
    """The settings of the kernel that are in force now, by name with underscores. One that is not there is absent."""
    seen = Seen()
    read = reads.of(KERNEL)
    if not read.ok:
        seen.gaps.append(read.gap(""))
        return seen
    for line in read.lines:
        name, _, rest = line.partition(" ")
        field = name.replace("/", "_")
        if rest.startswith("= "):
            value = rest.removeprefix("= ").strip()
            number = whole(value)
            if field == "kernel_core_pattern":
                seen.put(field, value)
            elif number is not None:
                seen.put(field, number)
            else:
                seen.unknown(field, GapReason.PARSE_ERROR, "is not a number")
        elif rest == "denied":
            seen.gaps.append(Read(what=f"{KERNEL}/{name}", status=Status.DENIED).gap(field))
    return seen


def files(reads: Reads) -> tuple[list[dict[str, Any]], Seen]:
    """Who may do what with the files of the list, as far as they are there."""
    found: list[dict[str, Any]] = []
    seen = Seen()
    for read in reads.reads:
        if read.status is Status.NOT_FOUND:
            continue
        parts = read.text.strip().split("|", 4)
        if not read.ok or len(parts) != 5 or not OCTAL.match(parts[0]) or None in map(whole, parts[1:3]):
            seen.gaps.append(read.gap("") if not read.ok else Read(what=read.what, status=Status.FAILED).gap(""))
            continue
        found.append(_file(parts))
    return sorted(found, key=lambda file: str(file["path"])), seen


def _file(parts: list[str]) -> dict[str, Any]:
    mode = int(parts[0], 8)
    return {
        "path": parts[4],
        "mode": f"{mode:04o}",
        "uid": whole(parts[1]) or 0,
        "gid": whole(parts[2]) or 0,
        "folder": parts[3] == "directory",
        "group_may_read": bool(mode & 0o040),
        "group_may_write": bool(mode & 0o020),
        "others_may_read": bool(mode & 0o004),
        "others_may_write": bool(mode & 0o002),
        "others_may_enter": bool(mode & 0o001),
        "sticky": bool(mode & 0o1000),
    }


def mounts(reads: Reads) -> tuple[list[dict[str, Any]], Seen]:
    """The file systems that are mounted; of several on one folder, the last one is seen."""
    seen = Seen()
    read = reads.of("/proc/mounts")
    found: dict[str, dict[str, Any]] = {}
    for line in read.lines:
        parts = line.split(" ")
        if len(parts) >= 4:
            target = ESCAPED.sub(lambda octal: chr(int(octal[1], 8)), parts[1])
            found[target] = {"target": target, "filesystem": parts[2], "options": sorted(parts[3].split(","))}
    if not read.ok or not found:  # something is mounted wherever there is a file to read
        seen.gaps.append(read.gap(""))
    return [found[target] for target in sorted(found)], seen


def login_defs(reads: Reads) -> Seen:
    """The defaults of login.defs(5). What the file leaves out is absent."""
    seen = Seen()
    read = reads.of("/etc/login.defs")
    if not read.ok:
        seen.gaps.append(read.gap(""))
        return seen
    told: dict[str, str] = {}
    for line in read.lines:
        name, *rest = line.split()[:2] or [""]
        if rest and not name.startswith("#"):
            told[name] = rest[0]
    for name, field in LOGIN_DEFS.items():
        seen.put(field, whole(told.get(name, "")))
    for name in ("ENCRYPT_METHOD", "UMASK"):
        seen.put(name.lower(), told.get(name))
    return seen


def clock(reads: Reads) -> Seen:
    """Whether the clock is kept right by a time source.

    Where chrony runs it knows: the kernel is told by it only with ``rtcsync``, and its own clock is no time source.
    """
    seen = Seen()
    system_says, chrony = reads.of("timedatectl show"), reads.of("chronyc -n tracking")
    told = dict(line.partition("=")[::2] for line in system_says.lines)
    tracked = {name.strip(): value.strip() for name, _, value in (line.partition(":") for line in chrony.lines)}
    status = tracked.get("Leap status")
    if chrony.ok and status is not None:
        own = tracked.get("Reference ID", "").startswith(OWN_CLOCK)
        seen.put("synchronised", status != "Not synchronised" and not own)
    elif system_says.ok and "NTPSynchronized" in told:
        seen.put("synchronised", told["NTPSynchronized"] == "yes")
    else:
        seen.gaps.append((chrony if system_says.status is Status.NOT_FOUND else system_says).gap("synchronised"))
    return seen


def services(reads: Reads) -> tuple[list[str], Seen]:
    """The services and sockets that start with the machine."""
    seen = Seen()
    systemd, openrc = reads.of("systemctl list-unit-files"), reads.of("rc-update show")
    if systemd.ok:
        names = {line.split()[0] for line in systemd.lines if line}
    elif openrc.ok:
        names = {line.partition("|")[0].strip() for line in openrc.lines if "|" in line}
    else:
        seen.gaps.append((openrc if systemd.status is Status.NOT_FOUND else systemd).gap(""))
        return [], seen
    return sorted(names), seen


def access_control(reads: Reads) -> Seen:
    """Mandatory access control: SELinux where its file system is there, else AppArmor."""
    seen = Seen()
    enforce, apparmor = reads.of("/sys/fs/selinux/enforce"), reads.of("/sys/module/apparmor/parameters/enabled")
    if enforce.ok:
        seen.put("system", "selinux")
        seen.put("mode", "enforcing" if enforce.text.strip() == "1" else "permissive")
    elif apparmor.ok and apparmor.text.strip() == "Y":
        seen.put("system", "apparmor")
        _profiles(seen, reads.of("/sys/kernel/security/apparmor/profiles"))
    elif apparmor.status in (Status.OK, Status.NOT_FOUND) and enforce.status is Status.NOT_FOUND:
        seen.put("system", "none")
        seen.put("mode", "disabled")
    else:
        seen.gaps.append((enforce if apparmor.ok else apparmor).gap(""))
    return seen


def _profiles(seen: Seen, profiles: Read) -> None:
    if not profiles.ok:
        seen.gaps.extend(profiles.gap(name) for name in ("mode", "enforced", "complaining"))
        return
    modes = [line.rpartition("(")[2].rstrip(")") for line in profiles.lines if line]
    seen.put("enforced", modes.count("enforce"))
    seen.put("complaining", modes.count("complain"))
    seen.put("mode", "enforcing" if "enforce" in modes else "permissive")


def logging(reads: Reads, enabled: list[str], services_seen: bool) -> Seen:
    """Whether logs leave the machine: by rsyslog or syslog-ng, by the journal's own upload, or by an agent we know.

    What is written for a service that does not start with the machine sends nothing.
    """
    seen = Seen()
    ways = _ways(reads, enabled)
    agents = sorted({name.removesuffix(".service") for name in enabled} & AGENTS)
    journal = reads.of("/etc/systemd/journal-upload.conf")
    uploads = journal.ok and any(line.startswith("URL=") and line != "URL=" for line in journal.lines)
    if services_seen:
        seen.put("agents", agents)
    else:
        seen.unknown("agents", GapReason.NOT_PROVIDED, "which services are enabled was not read")
    if ways & {"tcp", "udp", "module", "network"} or (uploads and "systemd-journal-upload.service" in enabled):
        seen.put("forwarded", True)
    elif "unclear" in ways or list(reads.unread("/etc/rsyslog", "/etc/syslog-ng", "/etc/systemd/journal-upload")):
        seen.unknown(
            "forwarded", GapReason.NOT_PROVIDED, "whether logs are forwarded cannot be told from what was read"
        )
    elif not services_seen:
        seen.unknown("forwarded", GapReason.NOT_PROVIDED, "which services are enabled was not read")
    else:
        seen.put("forwarded", bool(agents))
    _journal(seen, reads)
    return seen


def _ways(reads: Reads, enabled: list[str]) -> set[str]:
    """The ways by which the files of the loggers that are enabled send logs elsewhere."""
    started = {name.removesuffix(".service").partition("@")[0] for name in enabled}
    files = [path for path, service in LOGGERS.items() if service in started]
    return {
        each.partition("|")[2] for path in files for read in reads.below(path) for each in read.lines if "|" in each
    }


def _journal(seen: Seen, reads: Reads) -> None:
    read = [reads.of("/etc/systemd/journald.conf"), *reads.below("/etc/systemd/journald.conf.d/")]
    denied = list(reads.unread("/etc/systemd/journald.conf"))
    if denied:
        seen.gaps.append(denied[0].gap("journal_storage"))
    told = [line.partition("=")[2].lower() for each in read for line in each.lines if line.startswith("Storage=")]
    seen.put("journal_storage", told[-1] if told and not denied else None)


def core_dumps(reads: Reads) -> Seen:
    """What keeps the memory of crashed programs from being written to disk."""
    seen = Seen()
    limits = [reads.of("/etc/security/limits.conf"), *reads.below("/etc/security/limits.d/")]
    unread = list(reads.unread("/etc/security/limits"))
    if unread:
        seen.gaps.append(unread[0].gap("hard_limit"))
    else:
        told = [parts[3] for read in limits for parts in map(str.split, read.lines) if _is_core(parts)]
        seen.put("hard_limit", told[-1] if told else None)
    written = [reads.of("/etc/systemd/coredump.conf"), *reads.below("/etc/systemd/coredump.conf.d/")]
    denied = list(reads.unread("/etc/systemd/coredump.conf"))
    if denied:
        seen.gaps.append(denied[0].gap("storage"))
    else:
        storage = [
            line.partition("=")[2].lower() for read in written for line in read.lines if line.startswith("Storage=")
        ]
        seen.put("storage", storage[-1] if storage else None)
    return seen


def _is_core(parts: list[str]) -> bool:
    return len(parts) >= 4 and parts[0] == "*" and parts[1] in ("hard", "-") and parts[2] == "core"
