"""What machines of Red Hat and Alpine say, and how auditctl writes rules: the forms that a Debian machine lacks."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from held import Held
from host_documents import document, read

from grc.collect.files import find
from grc.collect.host import open_hosts, recognise
from grc.collect.host.source import MACHINE
from grc.collect.persons import Pseudonyms
from grc.model.evidence import Record

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
RPM = "telnet-server\npackage rsh-server is not installed\npackage ypserv is not installed\n"
ADVISORIES = """RHSA-2026:1234 Important/Sec. openssl-1:3.0.7-29.el9_4.x86_64
RHSA-2026:1234 Important/Sec. openssl-libs-1:3.0.7-29.el9_4.x86_64
RHSA-2026:2345 Moderate/Sec.  libsecret-0.20.4-5.el9.x86_64
"""
UPDATES = """
kernel.x86_64                 5.14.0-503.14.1.el9_5        rhel-9-baseos
tzdata.noarch                 2026b-1.el9                  rhel-9-baseos
Obsoleting Packages
grub2-tools.x86_64            1:2.06-92.el9                rhel-9-baseos
    grub2-tools-efi.x86_64    1:2.06-80.el9                @rhel-9-baseos
"""
RESTART = "Core libraries or services have been updated since boot-up:\n  * kernel\n\nReboot is required.\n"


def machine(folder: Path, changed: dict[str, Any]) -> Record:
    (folder / "a.json").write_bytes(document(changed))
    tree = find(folder)
    source = open_hosts(tree, recognise(tree), "hosts", lambda: NOW, pseudonyms=Pseudonyms(b"key"), redact=None)
    held = Held()
    source.collect({MACHINE: frozenset()}, held, held)
    ((_, (record,)),) = held.units.values()
    return record


def red_hat(updates: Any, advisories: str = ADVISORIES, restart: int = 1) -> list[Any]:
    return [
        read("rpm", RPM, code=2),
        read("dnf -C -q updateinfo list --security", advisories),
        updates,
        read("needs-restarting", RESTART if restart else "", code=restart),
        read("index", "1795000000"),
    ]


def packages(folder: Path, reads: list[Any]) -> tuple[dict[str, Any], set[str]]:
    record = machine(folder, {"packages": reads})
    told: Any = record.body["packages"]
    return told, {gap.path.removeprefix("packages.") for gap in record.gaps if gap.path.startswith("packages")}


def test_red_hat_tells_fixes_of_security_and_what_else_waits(tmp_path: Path) -> None:
    told, gaps = packages(tmp_path, red_hat(read("dnf", UPDATES, code=100)))
    assert (told["manager"], told["legacy"], told["restart_needed"]) == ("rpm", ["telnet-server"], True)
    assert told["pending_security"] == 3
    assert {one["name"] for one in told["pending"] if not one["security"]} == {"kernel.x86_64", "tzdata.noarch"}
    assert gaps == set()


@pytest.mark.parametrize(
    ("name", "advisories", "waiting", "pending"),
    [
        ("centos", "", UPDATES, None),
        ("rhel", "", UPDATES, 0),
        ("centos", ADVISORIES, UPDATES, 3),
        ("centos", "", "", 0),
    ],
)
def test_centos_does_not_tell_which_updates_are_of_security(
    tmp_path: Path, name: str, advisories: str, waiting: str, pending: int | None
) -> None:
    updates = read("dnf", waiting, code=100 if waiting else 0)
    release = [read("/etc/os-release", f'ID="{name}"\nVERSION_ID="9"'), read("uname -r", "5.14.0")]
    record = machine(tmp_path, {"os": release, "packages": red_hat(updates, advisories)})
    told: Any = record.body["packages"]
    assert told.get("pending_security") == pending
    assert any(gap.path == "packages.pending_security" for gap in record.gaps) is (pending is None)


def test_red_hat_where_nothing_waits(tmp_path: Path) -> None:
    told, gaps = packages(tmp_path, red_hat(read("dnf"), advisories="", restart=0))
    assert (told["pending"], told["pending_security"], told["restart_needed"]) == ([], 0, False)
    assert gaps == set()


def test_a_tool_that_breaks_does_not_ask_for_a_restart(tmp_path: Path) -> None:
    reads = [*red_hat(read("dnf"), advisories="")[:3], read("needs-restarting", code=1), read("index", "1795000000")]
    told, gaps = packages(tmp_path, reads)
    assert "restart_needed" not in told
    assert gaps == {"restart_needed"}


def test_red_hat_that_could_not_ask_knows_nothing_of_updates(tmp_path: Path) -> None:
    told, gaps = packages(tmp_path, red_hat(read("dnf", "Error: Cache-only enabled", code=1)))
    assert "pending" not in told
    assert gaps == {"pending", "pending_security"}


@pytest.mark.parametrize(
    ("text", "names", "missing"),
    [
        ("Installed:                 Available:\n", [], {"restart_needed"}),
        (
            "Installed:                 Available:\nopenssl-3.3.1-r0         < 3.3.2-r1 \n",
            ["openssl-3.3.1-r0"],
            {"restart_needed", "pending_security"},
        ),
    ],
)
def test_alpine_does_not_tell_security_from_the_rest(
    tmp_path: Path, text: str, names: list[str], missing: set[str]
) -> None:
    reads = [
        read("apk", "busybox-extras\n", code=1),
        read("apk version -l <", text),
        read("index", "1795000000"),
    ]
    told, gaps = packages(tmp_path, reads)
    assert (told["manager"], [one["name"] for one in told["pending"]]) == ("apk", names)
    assert gaps == missing


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("-w /etc/sudoers -p wa -k scope", {"path": "/etc/sudoers", "permissions": "aw", "records": True}),
        ("-a always,exit -F path=/etc/passwd -F perm=wa -F key=id", {"path": "/etc/passwd", "permissions": "aw"}),
        (
            "-a always,exit -F arch=b64 -S adjtimex,settimeofday -F key=time",
            {"syscalls": ["adjtimex", "settimeofday"], "arch": "b64", "records": True},
        ),
        ("-a never,exit -F arch=b64 -S adjtimex", {"records": False}),
    ],
)
def test_rules_as_auditctl_lists_them(tmp_path: Path, line: str, expected: dict[str, Any]) -> None:
    reads = [read("auditctl -s", "enabled 1\nfailure 1\npid 512\nrate_limit 0\nbacklog_limit 8192\nlost 0\n")]
    told: Any = machine(tmp_path, {"audit": [*reads, read("auditctl -l", line + "\n")]}).body["audit"]
    (rule,) = told["rules"]
    assert {name: rule.get(name) for name in expected} == expected
    assert (told["running"], told["immutable"]) == (True, False)


def test_a_machine_without_rules_records_nothing(tmp_path: Path) -> None:
    reads = [read("auditctl -s", "enabled 1\npid 512\n"), read("auditctl -l", "No rules\n")]
    told: Any = machine(tmp_path, {"audit": reads}).body["audit"]
    assert told["rules"] == []
