"""Machines from documents: what the sections say, which document counts, and what was not seen is never a fact."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from time import process_time
from typing import Any

import pytest
from host_documents import LSBLK, absent, denied, document, read, sections

from grc.collect.files import find
from grc.collect.host import open_hosts, recognise
from grc.collect.host.source import KINDS, LISTENER, MACHINE, USER
from grc.collect.persons import Pseudonyms
from grc.model.evidence import Gap, GapReason, Origin, Population, Record, Unit
from grc.model.identifiers import KindName
from grc.model.types import Redaction

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
PERSONS = Pseudonyms(b"key")
Found = dict[KindName, tuple[Population, Sequence[Record]]]


@dataclass
class Held:
    units: Found = field(default_factory=dict)

    def has(self, unit: Unit) -> bool:
        return unit.kind in self.units

    def write(self, population: Population, records: Sequence[Record]) -> None:
        self.units[population.unit.kind] = (population, list(records))

    def planned(self, units: int) -> None:
        assert units

    def done(self, unit: Unit) -> None:
        assert unit.kind in self.units


def collected(folder: Path, redact: Any = None, **files: bytes) -> Found:
    for name, data in files.items():
        path = folder / (name.replace("__", "/") + ".json")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    tree = find(folder)
    source = open_hosts(tree, recognise(tree), "hosts", lambda: NOW, pseudonyms=PERSONS, redact=redact)
    held = Held()
    source.collect(dict.fromkeys(KINDS, frozenset()), held, held)
    return held.units


def machine(folder: Path, changed: dict[str, Any] | None = None) -> Record:
    (record,) = collected(folder, a=document(changed))[MACHINE][1]
    return record


def paths(gaps: Sequence[Gap]) -> dict[str, GapReason]:
    return {gap.path: gap.reason for gap in gaps}


def test_a_whole_machine(tmp_path: Path) -> None:
    found = collected(tmp_path, hosts__web1=document())
    population, (record,) = found[MACHINE]
    assert (population.complete, population.gaps, population.origin) == (True, (), Origin.LIVE)
    assert (population.unit.place, record.subject, record.file) == ("host/hosts", "h1", "hosts/web1.json")
    assert record.collected == datetime(2026, 11, 22, 8, tzinfo=UTC)
    assert paths(record.gaps) == {"sysctl.kernel_dmesg_restrict": GapReason.ACCESS_DENIED}
    body = record.body
    assert body["os"] == {"id": "debian", "version": "12", "name": "Debian 12", "kernel": "6.1.0", "virtual": False}
    assert body["sysctl"] == {
        "kernel_randomize_va_space": 2,
        "kernel_kptr_restrict": 1,
        "net_ipv4_ip_forward": 0,
        "fs_suid_dumpable": 0,
        "kernel_core_pattern": "|/usr/lib/systemd/systemd-coredump %P",
    }
    assert body["login_defs"] == {"pass_max_days": 365, "encrypt_method": "YESCRYPT", "umask": "027"}
    assert body["packages"] == {
        "manager": "dpkg",
        "legacy": ["telnetd"],
        "pending": [
            {"name": "openssl", "version": "3.0.2", "security": True},
            {"name": "bash", "version": "5.2", "security": False},
        ],
        "pending_security": 1,
        "index_read_on": "2023-11-14T22:13:20Z",
        "restart_needed": False,
    }
    assert body["volumes"] == [
        {"device": "dm-1", "mount": "/", "filesystem": "ext4", "encrypted": True},
        {"device": "sda1", "mount": "/boot", "filesystem": "ext4", "encrypted": False},
    ]
    assert body["firewall"] == {"ipv4_input": "deny", "ipv6_input": "deny", "ipv6_in_use": True}
    assert body["access_control"] == {"system": "apparmor", "enforced": 1, "complaining": 1, "mode": "enforcing"}
    assert body["logging"] == {"forwarded": True, "agents": []}
    assert body["core_dumps"] == {"hard_limit": "0"}
    assert body["time"] == {"synchronised": True}
    assert [mount["target"] for mount in body["mounts"]][-2:] == ["/tmp", "/var/tmp"]  # type: ignore[attr-defined]
    assert "/mnt/with space" in [mount["target"] for mount in body["mounts"]]  # type: ignore[attr-defined]


def test_sshd_as_it_says_itself(tmp_path: Path) -> None:
    told: Any = machine(tmp_path).body["sshd"]
    assert told["source"] == "effective"
    assert (told["permit_root_login"], told["password_authentication"], told["max_auth_tries"]) == ("no", False, 4)
    assert told["allow_groups"] == ["ops", "admins"]
    assert told["ciphers"] == ["chacha20-poly1305@openssh.com", "aes256-gcm@openssh.com"]
    assert told["overrides"] == [{"criteria": "User backup", "setting": "x11_forwarding", "value": "yes"}]


def test_sshd_by_its_files_where_it_could_not_be_asked(tmp_path: Path) -> None:
    files = [
        denied("sshd -T"),
        read(
            "/etc/ssh/sshd_config",
            "Include /etc/ssh/sshd_config.d/*.conf\nPermitRootLogin yes\nLoginGraceTime 2m\nCiphers +aes128-cbc",
        ),
        read("/etc/ssh/sshd_config.d/10.conf", "PermitRootLogin=no\n#X11Forwarding yes"),
    ]
    record = machine(tmp_path, {"sshd": files})
    told: Any = record.body["sshd"]
    assert (told["source"], told["permit_root_login"], told["login_grace_seconds"]) == ("files", "no", 120)
    gaps = paths(record.gaps)
    assert gaps["sshd.ciphers"] is GapReason.NOT_TRANSLATED
    assert gaps["sshd.x11_forwarding"] is GapReason.ACCESS_DENIED
    assert "x11_forwarding" not in told


@pytest.mark.parametrize(
    "files",
    [
        [denied("sshd -T"), denied("/etc/ssh/sshd_config")],
        [
            denied("sshd -T"),
            read("/etc/ssh/sshd_config", "Include /srv/ssh/*"),
            absent("/etc/ssh/sshd_config.d/*.conf"),
        ],
        [
            denied("sshd -T"),
            read("/etc/ssh/sshd_config", "PermitRootLogin no"),
            denied("/etc/ssh/sshd_config.d/*.conf"),
        ],
    ],
)
def test_sshd_of_which_a_file_is_missing_says_nothing(tmp_path: Path, files: Any) -> None:
    record = machine(tmp_path, {"sshd": files})
    assert record.body["sshd"] == {"installed": True, "source": "files"}
    assert {"sshd.permit_root_login", "sshd.overrides"} <= paths(record.gaps).keys()


def test_sshd_that_is_not_there(tmp_path: Path) -> None:
    assert machine(tmp_path, {"sshd": [absent("sshd -T"), absent("/etc/ssh/sshd_config")]}).body["sshd"] == {
        "installed": False
    }


def test_sudo_without_arguments_of_commands(tmp_path: Path) -> None:
    record = machine(tmp_path)
    told: Any = record.body["sudo"]
    assert told["use_pty"] is True
    assert [(rule["who"], rule["command"], rule["everything"], rule["passwordless"]) for rule in told["rules"]] == [
        ("root", "ALL", True, False),
        ("deploy", "/usr/bin/systemctl", False, True),
    ]
    assert "s3cret" not in str(record)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "ada ALL = (root) /bin/a, NOPASSWD: /bin/b, PASSWD: /bin/c",
            [("/bin/a", 0, 0), ("/bin/b", 0, 1), ("/bin/c", 0, 0)],
        ),
        ("Cmnd_Alias ANY = ALL\nada ALL=(ALL) NOPASSWD:EXEC: ANY", [("ANY", 1, 1)]),
        ("Cmnd_Alias ANY = ALL\nUser_Alias ANY = ada\nANY ALL= ANY", [("ANY", 1, 0)]),
        ("User_Alias ALL_OF_US = ada, ALL\nALL_OF_US ALL= ALL_OF_US", [("ALL_OF_US", 0, 0)]),
        ("\n".join(f"Cmnd_Alias A{n} = A{n + 1}" for n in range(12)) + " : A12 = ALL\nada ALL= A0", [("A0", 1, 0)]),
        ('"ada b", DOMAIN\\\\bob ALL= /bin/a', [("/bin/a", 0, 0)]),
        ("%wheel\tALL=(ALL)\tALL", [("ALL", 1, 0)]),
        ("ada ALL=(ALL, !root) \\\n  NOPASSWD: ALL # all", [("ALL", 1, 1)]),
        ("ada ALL=sha256:abc /bin/x", [("/bin/x", 0, 0)]),
        ("ada ALL=(ALL) TIMEOUT=10m NOPASSWD: CWD=/srv ALL", [("ALL", 1, 1)]),
        ('ada ALL=(ALL) ROLE="a b" ALL', [("ALL", 1, 0)]),
        ("Defaults !authenticate", []),
    ],
)
def test_rules_of_sudo(tmp_path: Path, text: str, expected: list[tuple[str, int, int]]) -> None:
    record = machine(tmp_path, {"sudo": [read("/etc/sudoers", text), read("/etc/nsswitch.conf")]})
    told: Any = record.body["sudo"]
    assert [(rule["command"], rule["everything"], rule["passwordless"]) for rule in told["rules"]] == expected
    assert told.get("authenticate", True) is ("!authenticate" not in text)
    assert "sudo.rules" not in paths(record.gaps)


@pytest.mark.parametrize(
    ("reads", "reason"),
    [
        ([denied("/etc/sudoers")], GapReason.ACCESS_DENIED),
        ([read("/etc/sudoers", "what is this")], GapReason.PARSE_ERROR),
        ([read("/etc/sudoers", "@include /srv/rules")], GapReason.NOT_PROVIDED),
        (
            [read("/etc/sudoers", "@includedir /etc/sudoers.d"), read("/etc/sudoers.d/a", "@includedir /srv/rules")],
            GapReason.NOT_PROVIDED,
        ),
        ([read("/etc/sudoers", "@includedir /etc/sudoers.d"), denied("/etc/sudoers.d/*")], GapReason.ACCESS_DENIED),
        ([read("/etc/sudoers", ""), read("/etc/nsswitch.conf", "sudoers: files sss")], GapReason.NOT_PROVIDED),
    ],
)
def test_rules_that_were_not_all_seen(tmp_path: Path, reads: Any, reason: GapReason) -> None:
    assert paths(machine(tmp_path, {"sudo": reads}).gaps)["sudo.rules"] is reason


def test_a_group_that_sudo_exempts_is_asked_no_password(tmp_path: Path) -> None:
    told: Any = machine(tmp_path, {"sudo": [read("/etc/sudoers", "Defaults exempt_group=staff")]}).body["sudo"]
    assert told["authenticate"] is False


def test_a_block_for_everybody_goes_before_what_stands_outside(tmp_path: Path) -> None:
    text = "PermitRootLogin no # never\nMatch User ada\nClientAliveInterval 5m\nMatch all\nPermitRootLogin yes"
    told: Any = machine(tmp_path, {"sshd": [denied("sshd -T"), read("/etc/ssh/sshd_config", text)]}).body["sshd"]
    assert told["permit_root_login"] == "yes"
    assert told["overrides"] == [
        {"criteria": "User ada", "setting": "client_alive_seconds", "value": "300"},
        {"criteria": "all", "setting": "permit_root_login", "value": "yes"},
    ]


def test_a_block_for_everybody_is_told_beside_what_sshd_says(tmp_path: Path) -> None:
    text = 'Banner "/etc/a #1" # said\nMatch all\nPermitRootLogin yes # for now'
    reads = [read("sshd -T", "permitrootlogin no"), read("/etc/ssh/sshd_config", text)]
    told: Any = machine(tmp_path, {"sshd": reads}).body["sshd"]
    assert told["permit_root_login"] == "no"
    assert told["overrides"] == [{"criteria": "all", "setting": "permit_root_login", "value": "yes"}]


@pytest.mark.parametrize("argument", ["nullok", "nullok_secure"])
def test_an_empty_password_is_taken_by_either_word(tmp_path: Path, argument: str) -> None:
    reads = [read("/etc/pam.d/login", f"auth required pam_unix.so {argument}"), read("/etc/pam.d/passwd", "")]
    told: Any = machine(tmp_path, {"pam": reads}).body["pam"]
    assert told["services"] == [{"name": "login", "empty_passwords": True}]


@pytest.mark.parametrize(("line", "file"), [("enforcing=0", ""), ("", "enforcing = 0"), ("", "enforcing = 1")])
def test_a_quality_that_only_warns_asks_for_nothing(tmp_path: Path, line: str, file: str) -> None:
    reads = [
        read("/etc/pam.d/passwd", f"password requisite pam_pwquality.so minlen=14 {line}"),
        read("/etc/security/pwquality.conf", file),
    ]
    told: Any = machine(tmp_path, {"pam": reads}).body["pam"]
    assert told["password"]["min_length"] == (14 if "1" in file else 0)


@pytest.mark.parametrize(
    ("arguments", "least"),
    [("minlen=14", 10), ("", 5), ("minlen=14 dcredit=-1 ucredit=-1 lcredit=0 ocredit=0", 14)],
)
def test_cracklib_lets_each_kind_of_character_shorten_a_password(tmp_path: Path, arguments: str, least: int) -> None:
    reads = [read("/etc/pam.d/passwd", f"password requisite pam_cracklib.so {arguments}")]
    told: Any = machine(tmp_path, {"pam": reads}).body["pam"]
    assert told["password"]["min_length"] == least


def test_pam_along_its_includes(tmp_path: Path) -> None:
    assert machine(tmp_path).body["pam"] == {
        "services": [
            {
                "name": "login",
                "empty_passwords": False,
                "lockout_module": "pam_faillock.so",
                "lockout_attempts": 4,
                "lockout_seconds": 900,
            }
        ],
        "password": {"quality_module": "pam_pwquality.so", "min_length": 14, "min_classes": 1, "remembered": 5},
    }


@pytest.mark.parametrize(
    ("lines", "file", "told"),
    [
        ("auth required pam_faillock.so preauth deny=5 unlock_time=900", "", None),
        ("auth required pam_faillock.so preauth\nauth [default=die] pam_faillock.so authfail deny=5", "", 600),
        ("auth [default=die] pam_faillock.so authfail deny=5 unlock_time=900", "", None),
        (
            "auth required pam_faillock.so preauth\nauth [default=die] pam_faillock.so authfail",
            "deny = 5\nunlock_time = never",
            0,
        ),
        (
            "auth required pam_faillock.so authfail deny=5 unlock_time=never\nauth required pam_faillock.so authsucc",
            "unlock_time = 60",
            0,
        ),
        ("auth required pam_tally2.so deny=5 unlock_time=60", "", 60),
    ],
)
def test_an_account_is_locked_where_failures_are_counted(
    tmp_path: Path, lines: str, file: str, told: int | None
) -> None:
    reads = [
        read("/etc/pam.d/login", lines),
        read("/etc/pam.d/passwd", ""),
        read("/etc/security/faillock.conf", file),
    ]
    found: Any = machine(tmp_path, {"pam": reads}).body["pam"]
    (service,) = found["services"]
    assert (service.get("lockout_attempts"), service.get("lockout_seconds")) == (None if told is None else 5, told)


@pytest.mark.parametrize(
    "changed",
    [
        {"pam": [denied("/etc/pam.d/*")]},
        {"pam": [read("/etc/pam.d/login", "auth include other")]},
        {"pam": [read("/etc/pam.d/login", "@include login")]},
        {"pam": []},
        {"pam": None},
    ],
)
def test_pam_of_which_a_piece_is_missing_says_nothing(tmp_path: Path, changed: dict[str, Any]) -> None:
    record = machine(tmp_path, changed)
    assert "pam" not in record.body
    assert "pam" in paths(record.gaps)


def test_audit_in_force(tmp_path: Path) -> None:
    told: Any = machine(tmp_path).body["audit"]
    assert (told["running"], told["immutable"], told["max_log_file_action"]) == (True, True, "keep_logs")
    watch, calls = told["rules"]
    assert (watch["path"], watch["permissions"]) == ("/etc/passwd", "aw")
    assert (calls["syscalls"], calls["arch"], calls["records"]) == (["adjtimex", "settimeofday"], "b64", True)


def test_nothing_is_recorded_where_no_process_is_audited(tmp_path: Path) -> None:
    rules = "-w /etc/passwd -p wa\n-a never,task\n-a always,exit -F arch=b64 -S adjtimex"
    told: Any = machine(tmp_path, {"audit": [read("auditctl -s"), read("auditctl -l", rules)]}).body["audit"]
    assert [rule["records"] for rule in told["rules"]] == [False, False, False]


NFT_HOOK = "type filter hook input priority 0;"


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        (f"{NFT_HOOK} policy drop;", "deny"),
        (f"{NFT_HOOK} policy accept;", "accept"),
        (f"{NFT_HOOK} policy drop;\naccept", "accept"),
        (f"{NFT_HOOK} policy accept;\ntcp dport 22 accept\ncounter packets 1 bytes 2 drop", "deny"),
        (f"{NFT_HOOK} policy accept;\nreject with icmpx admin-prohibited", "deny"),
        (f'{NFT_HOOK} policy accept;\ncounter log prefix "x " level info drop comment "accept"', "deny"),
        (f"{NFT_HOOK} policy drop;\niif lo accept", "deny"),
        (f"{NFT_HOOK} policy drop;\njump open\n}}\nchain open {{\naccept", "accept"),
        (f"{NFT_HOOK} policy drop;\njump some\n}}\nchain some {{\ntcp dport 22 accept\njump some", "deny"),
        (f"{NFT_HOOK} policy accept;\njump rest\n}}\nchain rest {{\ntcp dport 22 accept\ndrop", "deny"),
        (f"{NFT_HOOK} policy accept;\nip saddr 10.0.0.0/8 drop", "accept"),
        (f"{NFT_HOOK} policy accept;\nreturn\ndrop", "accept"),
        (f"{NFT_HOOK} policy accept;\ngoto some\ndrop\n}}\nchain some {{\ntcp dport 22 accept", "accept"),
        (f"{NFT_HOOK} policy accept;\njump some\ndrop\n}}\nchain some {{\ntcp dport 22 accept", "deny"),
        (f"{NFT_HOOK} policy drop;\n}}\n}}\ntable ip y {{\nchain i {{", "deny"),
        (f"}}\n}}\ntable ip y {{\nflags dormant\nchain i {{\n{NFT_HOOK} policy drop;", "accept"),
        ("type filter hook forward priority 0; policy drop;", "accept"),
    ],
)
def test_what_a_firewall_does_with_the_rest(tmp_path: Path, rules: str, expected: str) -> None:
    text = "table ip x {\nchain i {\n" + rules + "\n}\n}"
    reads = [
        read("nft -s list ruleset", text),
        absent("iptables -S"),
        absent("ip6tables -S"),
        absent("/proc/net/if_inet6"),
    ]
    assert machine(tmp_path, {"firewall": reads}).body["firewall"] == {
        "ipv6_in_use": False,
        "ipv4_input": expected,
        "ipv6_input": "accept",
    }


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        ("-P INPUT DROP\n-A INPUT -i lo -j ACCEPT", "deny"),
        ("-P INPUT ACCEPT\n-A INPUT -p tcp -j ACCEPT\n-A INPUT -j REJECT --reject-with x", "deny"),
        ("-P INPUT DROP\n-A INPUT -j ACCEPT", "accept"),
        ("-P INPUT DROP\n-N z\n-A INPUT -j z\n-A z -j ACCEPT", "accept"),
        ("-P INPUT ACCEPT\n-N z\n-A INPUT -j z\n-A z -p tcp -j ACCEPT\n-A z -j DROP", "deny"),
        ('-P INPUT DROP\n-A INPUT -m comment --comment "let all -j DROP" -j ACCEPT', "accept"),
        ("-P INPUT ACCEPT\n-A INPUT -m comment --comment rest -j DROP", "deny"),
        ("-P INPUT ACCEPT\n-N z\n-A INPUT -g z\n-A INPUT -j DROP\n-A z -p tcp -j ACCEPT", "accept"),
        ("-P INPUT ACCEPT\n-A INPUT -j RETURN\n-A INPUT -j DROP", "accept"),
        ("-P INPUT ACCEPT", "accept"),
    ],
)
def test_what_iptables_do_with_the_rest(tmp_path: Path, rules: str, expected: str) -> None:
    reads = [
        absent("nft -s list ruleset"),
        read("iptables -S", rules),
        denied("ip6tables -S"),
        read("/proc/net/if_inet6"),
    ]
    record = machine(tmp_path, {"firewall": reads})
    assert record.body["firewall"] == {"ipv6_in_use": False, "ipv4_input": expected}
    assert paths(record.gaps)["firewall.ipv6_input"] is GapReason.ACCESS_DENIED


def test_a_virtual_machine_cannot_tell_what_encrypts_its_disks(tmp_path: Path) -> None:
    changed = {"os": [read("uname -r", "6"), read("systemd-detect-virt", "kvm")]}
    record = machine(tmp_path, changed)
    boot: Any = record.body["volumes"][1]  # type: ignore[index]
    assert "encrypted" not in boot
    assert paths(record.gaps)["volumes[1].encrypted"] is GapReason.NOT_PROVIDED


def volumes(folder: Path, rows: str) -> tuple[list[tuple[str, Any]], list[str]]:
    """Each volume of a physical machine and whether it is encrypted; the paths of what is not known."""
    record = machine(folder, {"disks": [read("lsblk -P -o KNAME", rows), read("/proc/swaps", "Filename")]})
    told: Any = record.body["volumes"]
    return [(one["mount"], one.get("encrypted")) for one in told], [*paths(record.gaps)]


def test_images_of_packages_and_compressed_memory_are_no_volumes(tmp_path: Path) -> None:
    found, gaps = volumes(
        tmp_path,
        LSBLK + 'KNAME="loop0" PKNAME="" TYPE="loop" FSTYPE="squashfs" MOUNTPOINT="/snap/core22/1"\n'
        'KNAME="zram0" PKNAME="" TYPE="disk" FSTYPE="" MOUNTPOINT="[SWAP]"\n',
    )
    assert found == [("/", True), ("/boot", False)]
    assert gaps == ["sysctl.kernel_dmesg_restrict"]


def test_what_a_pool_or_a_loop_lies_on_is_not_known(tmp_path: Path) -> None:
    found, gaps = volumes(
        tmp_path,
        'KNAME="loop1" PKNAME="" TYPE="loop" FSTYPE="ext4" MOUNTPOINT="/srv"\n'
        'KNAME="sda1" PKNAME="" TYPE="part" FSTYPE="vfat" MOUNTPOINT="/boot/efi"\n'
        'KNAME="sda2" PKNAME="" TYPE="part" FSTYPE="zfs_member" MOUNTPOINT=""\n',
    )
    assert found == [("/srv", None), ("/boot/efi", False), ("(zfs_member)", None)]
    assert {"volumes[0].encrypted", "volumes[2].encrypted"} <= {*gaps}


def test_a_pool_on_encrypted_devices_is_encrypted(tmp_path: Path) -> None:
    found, _ = volumes(
        tmp_path,
        'KNAME="sda2" PKNAME="" TYPE="part" FSTYPE="crypto_LUKS" MOUNTPOINT=""\n'
        'KNAME="dm-0" PKNAME="sda2" TYPE="crypt" FSTYPE="zfs_member" MOUNTPOINT=""\n',
    )
    assert found == [("(zfs_member)", True)]


@pytest.mark.parametrize(
    ("system", "tracking", "expected"),
    [
        ("yes", None, True),
        ("no", None, False),
        ("no", "Reference ID    : C0A80101 (ntp1)\nLeap status     : Normal", True),
        ("yes", "Reference ID    : 00000000 ()\nLeap status     : Not synchronised", False),
        ("yes", "Reference ID    : 7F7F0101 ()\nStratum         : 10\nLeap status     : Normal", False),
    ],
)
def test_chrony_knows_whether_a_source_keeps_the_clock(
    tmp_path: Path, system: str, tracking: str | None, expected: bool
) -> None:
    chrony = absent("chronyc -n tracking") if tracking is None else read("chronyc -n tracking", tracking)
    reads = [read("timedatectl show", f"NTPSynchronized={system}"), chrony]
    assert machine(tmp_path, {"time": reads}).body["time"] == {"synchronised": expected}


@pytest.mark.parametrize(
    ("file", "service", "forwarded"),
    [
        ("/etc/rsyslog.d/10.conf", "rsyslog.service", True),
        ("/etc/rsyslog.d/10.conf", "syslog-ng.service", False),
        ("/etc/syslog-ng/syslog-ng.conf", "syslog-ng@.service", True),
        ("/etc/syslog-ng/syslog-ng.conf", "ssh.service", False),
    ],
)
def test_a_logger_that_does_not_start_forwards_nothing(
    tmp_path: Path, file: str, service: str, forwarded: bool
) -> None:
    reads = {
        "services": [read("systemctl list-unit-files", f"{service} enabled enabled")],
        "logging": [read(file, "3|tcp")],
    }
    assert machine(tmp_path, reads).body["logging"] == {"agents": [], "forwarded": forwarded}


def test_whether_a_logger_starts_must_be_seen(tmp_path: Path) -> None:
    record = machine(tmp_path, {"services": [denied("systemctl list-unit-files"), absent("rc-update show -q")]})
    assert record.body["logging"] == {}
    assert {"logging.agents", "logging.forwarded"} <= paths(record.gaps).keys()


@pytest.mark.parametrize("state", ["ii ", "hi ", "iU "])
def test_a_package_that_is_held_or_half_set_up_is_installed(tmp_path: Path, state: str) -> None:
    reads = [read("dpkg-query", f"{state}|telnetd\nrc |rsh-server\nun |vsftpd\n"), read("apt-get -s -q")]
    told: Any = machine(tmp_path, {"packages": [*reads, read("index", "1700000000")]}).body["packages"]
    assert told["legacy"] == ["telnetd"]


KEPT = "The following packages have been kept back:\n  openssl\n"


@pytest.mark.parametrize(
    ("plan", "pending"),
    [
        (KEPT, None),
        (f"{KEPT}Inst curl [7] (8 Debian-Security:12/stable-security [amd64])", 1),
        ("Inst bash (5.2 Debian:12 [amd64])", 0),
    ],
)
def test_what_apt_keeps_back_may_be_a_fix_of_security(tmp_path: Path, plan: str, pending: int | None) -> None:
    reads = [read("dpkg-query"), read("apt-get -s -q", plan), read("index", "1700000000")]
    record = machine(tmp_path, {"packages": reads})
    told: Any = record.body["packages"]
    assert told.get("pending_security") == pending
    assert ("packages.pending_security" in paths(record.gaps)) is (pending is None)


def test_an_action_of_audit_is_known_beside_the_program_that_it_starts(tmp_path: Path) -> None:
    config = read("/etc/audit/auditd.conf", "space_left_action = exec /usr/local/bin/tell\n")
    told: Any = machine(tmp_path, {"audit": [read("auditctl -s"), read("auditctl -l"), config]}).body["audit"]
    assert told["space_left_action"] == "exec"


def test_a_file_whose_owner_is_not_told_is_nobodys(tmp_path: Path) -> None:
    record = machine(tmp_path, {"files": [read("/etc/passwd", "644||0|regular file|/etc/passwd")]})
    assert "files" not in record.body
    assert "files" in paths(record.gaps)


def test_accounts_and_ports_are_records_of_their_own(tmp_path: Path) -> None:
    found = collected(tmp_path, a=document())
    users = {record.subject: record.body for record in found[USER][1]}
    assert users["h1/ada"] == {
        "user_id": "h1/ada",
        "host_id": "h1",
        "hostname": "web1",
        "name": "ada",
        "uid": 1000,
        "gid": 1000,
        "home": "/home/ada",
        "shell": "/bin/bash",
        "login_shell": True,
        "person": True,
        "groups": ["ada", "ops"],
        "password": "set",
        "hash": "yescrypt",
        "min_days": 1,
        "max_days": 365,
        "warn_days": 7,
        "inactive_days": 30,
        "changed_on": "2025-11-08T00:00:00Z",
    }
    assert users["h1/daemon"]["login_shell"] is False
    ports = {record.subject: record.body for record in found[LISTENER][1]}
    assert set(ports) == {"h1/tcp/0.0.0.0/22", "h1/tcp/::/22", "h1/udp/127.0.0.53/53"}
    assert ports["h1/tcp/::/22"]["programs"] == ["sshd", "systemd"]
    assert ports["h1/udp/127.0.0.53/53"]["loopback"] is True


def test_ports_of_the_kernel_where_there_is_no_ss(tmp_path: Path) -> None:
    table = (
        "  sl  local_address rem_address   st\n   0: 0100007F:1F90 00000000:0000 0A 0\n   1: 00000000:0016 0:0 01 0\n"
    )
    other = "  sl  local_address\n   0: 00000000000000000000000001000000:0035 0:0 07 0\n"
    reads = [
        read("/proc/net/tcp", table),
        absent("/proc/net/tcp6"),
        read("/proc/net/udp"),
        read("/proc/net/udp6", other),
    ]
    _, records = collected(tmp_path, a=document({"listeners": reads}))[LISTENER]
    assert {(record.subject, record.body["loopback"]) for record in records} == {
        ("h1/tcp/127.0.0.1/8080", True),
        ("h1/udp/::1/53", True),
    }
    assert all(paths(record.gaps) == {"programs": GapReason.ACCESS_DENIED} for record in records)


@pytest.mark.parametrize("name", sorted(sections()))
@pytest.mark.parametrize("status", ["denied", "timeout", "failed", "truncated"])
def test_a_section_that_was_not_read_is_never_a_fact(tmp_path: Path, name: str, status: str) -> None:
    """Whatever a whole document says and this one does not, a gap stands for."""
    whole = {
        record.subject: record for _, records in collected(tmp_path / "1", a=document()).values() for record in records
    }
    blind = [{**each, "status": status, "exit": 1, "text": ""} for each in sections()[name]]
    found = collected(tmp_path / "2", a=document({name: blind}))
    for kind, (population, records) in found.items():
        seen = {record.subject: record for record in records}
        for subject, record in whole.items():
            if record.kind == kind and not population.gaps:
                missing(record.body, seen[subject].body, "", [gap.path for gap in seen[subject].gaps])


def missing(before: Any, after: Any, at: str, gaps: Sequence[str]) -> None:
    """Each value that is no longer there, or another now, lies at or below a gap."""
    if before == after or any(at == gap or at.startswith((gap + ".", gap + "[")) for gap in gaps if gap):
        return
    if at == "sshd.source":  # how it was learnt, and no setting
        return
    if isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        for index, (one, other) in enumerate(zip(before, after, strict=True)):
            missing(one, other, f"{at}[{index}]", gaps)
        return
    assert isinstance(before, dict), at
    assert isinstance(after, dict), at
    for name, value in before.items():
        missing(value, after.get(name), f"{at}.{name}".removeprefix("."), gaps)


@pytest.mark.parametrize("name", sorted(sections()))
def test_a_section_that_is_not_there_is_a_gap(tmp_path: Path, name: str) -> None:
    found = collected(tmp_path, a=document({name: None}))
    (record,) = found[MACHINE][1]
    if name == "accounts":
        assert [gap.path for gap in found[USER][0].gaps] == [""]
    elif name == "listeners":
        assert [gap.path for gap in found[LISTENER][0].gaps] == [""]
    else:
        field = {"disks": "volumes", "mac": "access_control"}.get(name, name)
        assert field in paths(record.gaps)
        assert field not in record.body


def test_of_two_documents_the_newest_counts_and_the_other_is_told(tmp_path: Path) -> None:
    older = document({"time": []}, collected="2026-11-20T08:00:00Z")
    population, (record,) = collected(tmp_path, a=older, b=document())[MACHINE]
    assert (record.file, population.complete) == ("b.json", True)
    assert [fact.detail for fact in population.facts] == ["a.json is older than b.json"]


def test_two_documents_of_one_instant_that_differ_contradict_each_other(tmp_path: Path) -> None:
    population, _ = collected(tmp_path, a=document({"time": []}), b=document())[MACHINE]
    assert [gap.reason for gap in population.gaps] == [GapReason.PARSE_ERROR]


def test_clones_with_one_id_are_told(tmp_path: Path) -> None:
    other = document(hostname="web2", collected="2026-11-20T08:00:00Z")
    population, _ = collected(tmp_path, a=other, b=document())[USER]
    assert "give clones ids of their own" in str(population.gaps[0].detail)


def test_a_machine_whose_clock_is_ahead_is_not_taken(tmp_path: Path) -> None:
    population, records = collected(tmp_path, a=document(collected="2026-11-22T09:00:01Z"))[MACHINE]
    assert list(records) == []
    assert "after this run began" in str(population.gaps[0].detail)


def test_an_empty_folder_proves_nothing(tmp_path: Path) -> None:
    population, _ = collected(tmp_path)[MACHINE]
    assert [gap.reason for gap in population.gaps] == [GapReason.NOT_PROVIDED]


def test_names_can_be_kept_out_of_a_pack(tmp_path: Path) -> None:
    redact = {USER: {"name": Redaction.PSEUDONYM, "home": Redaction.DROP}, MACHINE: {"hostname": Redaction.DROP}}
    found = collected(tmp_path, redact, a=document())
    assert f"h1/{PERSONS.of('ada')}" in {record.subject for record in found[USER][1]}
    assert "/home/ada" not in str(found[USER])
    assert found[MACHINE][1][0].body["hostname"] == PERSONS.of("web1")


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (document()[:-40], "is not JSON"),
        (document(format="grc.host/2"), "of another version"),
        (document(host_id="../../etc"), "has a host_id that no machine has"),
        (document(hostname="<script>alert(1)</script>"), "has a hostname that no machine has"),
        (document(collected="yesterday"), "says no instant"),
        (document(collected="2026-13-22T08:00:00Z"), "at an instant that is none"),
        (document(uid="0"), "has no uid"),
        (document(uid=True), "has no uid"),
        (document({"os": {}}), "a section that is no list"),
        (document({"os": [7]}), "a read that the script does not write"),
        (document({"os": [{**read("x"), "status": "fine"}]}), "a read that the script does not write"),
        (document({"os": [{**read("x"), "text": None}]}), "has no text"),
        (document(sections=[]), "has no sections"),
        (document().replace(b'"uid": 0', b'"uid": 0, "uid": 0'), "a key stands twice"),
        (document().replace(b'"uid": 0', b'"uid": NaN'), "NaN is no number"),
        (b'{"format": "grc.host/1", "x": ' + b"[" * 90_000, "nested too deeply"),
        (b'["grc.host/1"]', "is not a document of a host"),
        (b'{"format": "grc.host/1", "x": "\xff"}', "is not JSON"),
    ],
)
def test_what_is_no_document_is_told_and_the_rest_is_read(tmp_path: Path, data: bytes, said: str) -> None:
    found = collected(tmp_path, a=data, b=document(host_id="h2"))
    for population, records in found.values():
        assert {record.body["host_id"] for record in records} == {"h2"}
        (gap,) = population.gaps
        assert str(gap.detail).startswith("a.json:1: ")
        assert said in str(gap.detail)
        assert "script>" not in str(gap.detail)


def test_hostile_texts_are_data(tmp_path: Path) -> None:
    """Markup and odd bytes in what was read stay what they are, and break nothing."""
    passwd = "<b>|shadow|1001|1|/x|/bin/sh\nr\u00c3\u00b6d|shadow|1002|1|/x|/bin/sh\nroot|shadow|0|0|/root|/bin/sh"
    changed = {
        "accounts": [
            read("/etc/passwd", passwd + "\nroot|shadow|5|0|/|/bin/sh\nhalf"),
            read("/etc/group"),
            read("/etc/shadow"),
        ],
        "sshd": [
            read("sshd -T", "maxauthtries lots\npermitrootlogin\nx11forwarding maybe"),
            absent("/etc/ssh/sshd_config"),
        ],
        "audit": [read("auditctl -s", "enabled x"), read("auditctl -l", "-a 'open"), denied("/etc/audit/auditd.conf")],
    }
    found = collected(tmp_path, a=document(changed))
    assert {record.body["name"] for record in found[USER][1]} == {"<b>", "röd", "root"}
    assert len(found[USER][0].gaps) == 2
    gaps = paths(found[MACHINE][1][0].gaps)
    assert {"sshd.max_auth_tries", "sshd.x11_forwarding", "audit.running", "audit.rules"} <= gaps.keys()


@pytest.mark.parametrize(
    ("name", "reads"),
    [
        ("sudo", [read("/etc/sudoers", "a," + " " * 100_000 + "b")]),
        ("sudo", [read("/etc/sudoers", "a" + ",b" * 50_000 + " c")]),
        ("sudo", [read("/etc/sudoers", '"a"' * 100)]),
        ("sudo", [read("/etc/sudoers", "\\a" * 100)]),
        ("sudo", [read("/etc/sudoers", "Cmnd_Alias A = " + ", ".join("A" * 100) + "\nada ALL= A")]),
        (
            "firewall",
            [read("nft -s list ruleset", "table ip x {\nchain i {\n" + NFT_HOOK + "\n" + "log " * 100_000 + "\n}\n}")],
        ),
        ("sshd", [read("sshd -T", "ciphers " + "a," * 100_000)]),
        ("volumes", [read("lsblk -P -o NAME", "A" * 100_000)]),
        ("mounts", [read("/proc/mounts", "\\040" * 100_000)]),
    ],
)
def test_long_lines_take_no_time(tmp_path: Path, name: str, reads: Any) -> None:
    began = process_time()
    machine(tmp_path, {name: reads})
    assert process_time() - began < 5


GARBAGE = "what is this\n%%%"
TABLE = "  sl  local_address rem_address   st\n"


@pytest.mark.parametrize(
    ("name", "reads", "path"),
    [
        ("mounts", [read("/proc/mounts")], "mounts"),
        ("mounts", [read("/proc/mounts", GARBAGE)], "mounts"),
        ("packages", [read("dpkg-query", "ii|a|b"), read("apt-get -s -q")], "packages.pending_security"),
        ("disks", [read("lsblk -P -o NAME", GARBAGE), absent("/proc/swaps")], "volumes"),
        ("firewall", [read("nft -s list ruleset", GARBAGE), absent("iptables -S")], "firewall.ipv4_input"),
        ("firewall", [absent("nft -s list ruleset"), read("iptables -S", GARBAGE)], "firewall.ipv4_input"),
        ("firewall", [absent("nft -s list ruleset"), read("ip6tables -S", GARBAGE)], "firewall.ipv6_input"),
    ],
)
def test_an_answer_of_another_form_is_not_one_that_lists_nothing(
    tmp_path: Path, name: str, reads: Any, path: str
) -> None:
    record = machine(tmp_path, {name: reads})
    assert path in paths(record.gaps)
    section, _, field = path.partition(".")
    told: Any = record.body.get(section, {})
    assert not told or field not in told


@pytest.mark.parametrize(
    ("kind", "changed"),
    [
        (USER, {"accounts": [read("/etc/passwd"), read("/etc/group"), read("/etc/shadow")]}),
        (LISTENER, {"listeners": [read("ss -H -l", GARBAGE)]}),
        (LISTENER, {"listeners": [read("ss -H -l", "tcp LISTEN 0 128 0.0.0.0:22 0.0.0.0:*\nNetid State")]}),
        (LISTENER, {"listeners": [read("/proc/net/tcp", f"{TABLE} 0: zz:zz 0:0 0A"), read("/proc/net/udp", TABLE)]}),
        (LISTENER, {"listeners": [read("/proc/net/tcp", f"{TABLE} 0: 0100:0016 0:0 0A"), read("/proc/net/udp")]}),
    ],
)
def test_a_list_of_another_form_is_a_hole(tmp_path: Path, kind: KindName, changed: dict[str, Any]) -> None:
    population, _ = collected(tmp_path, a=document(changed))[kind]
    assert not population.complete
    assert [gap.reason for gap in population.gaps] == [GapReason.PARSE_ERROR]


def test_of_an_empty_shadow_no_password_is_concluded(tmp_path: Path) -> None:
    passwd = "root|shadow|0|0|/root|/bin/bash"
    changed = {"accounts": [read("/etc/passwd", passwd), read("/etc/group"), read("/etc/shadow")]}
    (record,) = collected(tmp_path, a=document(changed))[USER][1]
    assert "password" not in record.body
    assert "password" in paths(record.gaps)


def test_layers_of_disks_and_jumps_of_firewalls_are_looked_at_once(tmp_path: Path) -> None:
    rows = [f'KNAME="d{n}{a}" PKNAME="d{n + 1}{b}" TYPE="lvm"' for n in range(30) for a in "ab" for b in "ab"]
    rows += [f'KNAME="d30{a}" PKNAME="" TYPE="crypt"' for a in "ab"]
    rows += ['KNAME="m" PKNAME="d0a" TYPE="lvm" MOUNTPOINT="/"']
    disks = [read("lsblk -P -o NAME", "\n".join(rows)), absent("/proc/swaps")]
    chains = "".join(f"chain c{n} {{\n" + f"jump c{n + 1}\n" * 40 + "}\n" for n in range(12))
    ruleset = f"table inet f {{\nchain input {{\n{NFT_HOOK}\njump c0\n}}\n{chains}chain c12 {{\ndrop\n}}\n}}"
    open_ruleset = ruleset.replace("drop\n", "return\n")
    began = process_time()
    told: Any = machine(tmp_path, {"disks": disks, "firewall": [read("nft -s list ruleset", ruleset)]}).body
    assert [one["encrypted"] for one in told["volumes"]] == [True]
    assert told["firewall"]["ipv4_input"] == "deny"
    machine(tmp_path, {"firewall": [read("nft -s list ruleset", open_ruleset)]})
    assert process_time() - began < 5


def test_links_are_not_followed_and_others_are_left_alone(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "outside.json").write_bytes(document())
    (tmp_path / "real" / "link.json").symlink_to(tmp_path / "outside.json")
    (tmp_path / "real" / "package.json").write_text(json.dumps({"name": "x"}))
    assert recognise(find(tmp_path / "real")).paths == ()
