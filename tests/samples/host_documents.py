"""Documents of machines as the script prints them, with what a test wants changed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

SSHD = """permitrootlogin no
passwordauthentication no
kbdinteractiveauthentication no
permitemptypasswords no
hostbasedauthentication no
ignorerhosts yes
permituserenvironment no
x11forwarding no
usepam yes
allowtcpforwarding yes
maxsessions 10
maxauthtries 4
clientaliveinterval 300
clientalivecountmax 3
logingracetime 60
loglevel INFO
banner /etc/issue.net
allowgroups ops
allowgroups admins
ciphers chacha20-poly1305@openssh.com,aes256-gcm@openssh.com
macs hmac-sha2-512-etm@openssh.com
kexalgorithms sntrup761x25519-sha512@openssh.com,curve25519-sha256"""
MOUNTS = """/dev/mapper/vg-root / ext4 rw,relatime 0 0
tmpfs /tmp tmpfs rw,nodev,nosuid,noexec 0 0
tmpfs /dev/shm tmpfs rw,nodev,nosuid,noexec 0 0
tmpfs /var/tmp tmpfs rw,nodev,nosuid,noexec 0 0
/dev/sdb1 /mnt/with\\040space ext4 rw 0 0"""
PASSWD = """root|shadow|0|0|/root|/bin/bash
daemon|shadow|1|1|/usr/sbin|/usr/sbin/nologin
ada|shadow|1000|1000|/home/ada|/bin/bash"""
SHADOW = """root|locked||20000|0|99999|7||
daemon|locked||20000|0|99999|7||
ada|set|y|20400|1|365|7|30|"""
GROUP = """root|0|
ops|500|ada,root
ada|1000|"""
SS = """tcp LISTEN 0 128 0.0.0.0:22 0.0.0.0:* users:(("sshd",pid=1,fd=3))
tcp LISTEN 0 128 [::]:22 [::]:* users:(("sshd",pid=1,fd=4),("systemd",pid=1,fd=5))
udp UNCONN 0 0 127.0.0.53%lo:53 0.0.0.0:* users:(("systemd-resolve",pid=2,fd=1))"""
NFT = """table inet filter {
\tchain input {
\t\ttype filter hook input priority filter; policy drop;
\t\tct state established,related accept
\t}
\tchain forward {
\t\ttype filter hook forward priority filter; policy accept;
\t}
}"""
LSBLK = """KNAME="sda" PKNAME="" TYPE="disk" FSTYPE="" MOUNTPOINT=""
KNAME="sda1" PKNAME="sda" TYPE="part" FSTYPE="ext4" MOUNTPOINT="/boot"
KNAME="sda2" PKNAME="sda" TYPE="part" FSTYPE="crypto_LUKS" MOUNTPOINT=""
KNAME="dm-0" PKNAME="sda2" TYPE="crypt" FSTYPE="LVM2_member" MOUNTPOINT=""
KNAME="dm-1" PKNAME="dm-0" TYPE="lvm" FSTYPE="ext4" MOUNTPOINT="/"
"""
KERNEL = """kernel/randomize_va_space = 2
net/ipv4/ip_forward = 0
fs/suid_dumpable = 0
kernel/core_pattern = |/usr/lib/systemd/systemd-coredump %P
kernel/yama/ptrace_scope not-found
kernel/kptr_restrict = 1
kernel/dmesg_restrict denied
"""

Sections = dict[str, list[dict[str, Any]]]


def read(what: str, text: str = "", status: str = "ok", code: int = 0) -> dict[str, Any]:
    """One read of the script."""
    return {"what": what, "status": status, "exit": code, "text": text}


def absent(what: str) -> dict[str, Any]:
    """Something that is not there."""
    return read(what, status="not-found", code=1)


def denied(what: str) -> dict[str, Any]:
    """Something that root alone may read."""
    return read(what, status="denied", code=1)


def sections() -> Sections:
    """A Debian machine, read as root."""
    return {
        "os": [
            read("/etc/os-release", 'ID=debian\nVERSION_ID="12"\nPRETTY_NAME="Debian 12"'),
            read("uname -r", "6.1.0"),
            read("systemd-detect-virt", "none", "failed", 1),
        ],
        "sshd": [
            read("sshd -T", SSHD),
            read(
                "/etc/ssh/sshd_config",
                "Include /etc/ssh/sshd_config.d/*.conf\nMatch User backup\n  X11Forwarding yes\n",
            ),
            read("/etc/ssh/sshd_config.d/10.conf", "PermitRootLogin no"),
        ],
        "sudo": [
            read("/etc/sudoers", "Defaults use_pty\nroot ALL=(ALL:ALL) ALL\n@includedir /etc/sudoers.d\n"),
            read("/etc/sudoers.d/deploy", "deploy ALL=(root) NOPASSWD: /usr/bin/systemctl restart app --token s3cret"),
            read("/etc/nsswitch.conf", ""),
        ],
        "sysctl": [read("/proc/sys", KERNEL)],
        "pam": [
            read("/etc/pam.d/login", "@include common-auth\n"),
            read(
                "/etc/pam.d/common-auth",
                "auth required pam_faillock.so preauth deny=4\nauth sufficient pam_unix.so\n"
                "auth [default=die] pam_faillock.so authfail deny=4\n",
            ),
            read("/etc/pam.d/passwd", "@include common-password\n"),
            read(
                "/etc/pam.d/common-password",
                "password requisite pam_pwquality.so retry=3\npassword required pam_unix.so remember=5",
            ),
            read("/etc/security/pwquality.conf", "minlen = 14\ndcredit = -1\n"),
            read("/etc/security/faillock.conf", "deny = 9\nunlock_time = 900\n"),
            absent("/etc/security/pwhistory.conf"),
        ],
        "audit": [
            read("auditctl -s", "enabled 2\nfailure 1\npid 512\n"),
            read(
                "auditctl -l",
                "-w /etc/passwd -p wa -k identity\n-a always,exit -F arch=b64 -S adjtimex,settimeofday -F key=t",
            ),
            read("/etc/audit/auditd.conf", "max_log_file = 8\nmax_log_file_action = KEEP_LOGS\n"),
        ],
        "files": [
            read("/etc/passwd", "644|0|0|regular file|/etc/passwd"),
            absent("/etc/crontab"),
            read("/tmp", "1777|0|0|directory|/tmp"),
        ],
        "mounts": [read("/proc/mounts", MOUNTS)],
        "accounts": [read("/etc/passwd", PASSWD), read("/etc/group", GROUP), read("/etc/shadow", SHADOW)],
        "login_defs": [
            read("/etc/login.defs", "# PASS_MAX_DAYS 1\nPASS_MAX_DAYS\t365\nENCRYPT_METHOD YESCRYPT\nUMASK 027\n")
        ],
        "packages": [
            read("dpkg-query", "ii |telnetd\nun |vsftpd\n", code=1),
            read(
                "apt-get -s -q",
                "Inst openssl [3.0.1] (3.0.2 Debian-Security:12/stable-security [amd64])\n"
                "Inst bash (5.2 Debian:12 [amd64])",
            ),
            read("index", "1700000000"),
            absent("/var/run/reboot-required"),
        ],
        "listeners": [read("ss -H -l -n -t -u -p", SS)],
        "disks": [read("lsblk -P -o KNAME", LSBLK), read("/proc/swaps", "Filename")],
        "time": [read("timedatectl show", "NTP=yes\nNTPSynchronized=yes"), absent("chronyc -n tracking")],
        "firewall": [
            read("nft -s list ruleset", NFT),
            absent("iptables -S"),
            absent("ip6tables -S"),
            read("/proc/net/if_inet6", "fe80 02 40 20 80 eth0\n"),
        ],
        "services": [
            read(
                "systemctl list-unit-files --state=enabled",
                "rsyslog.service enabled enabled\nssh.service enabled enabled\n",
            ),
            absent("rc-update show -q"),
        ],
        "mac": [
            read("/sys/module/apparmor/parameters/enabled", "Y"),
            read("/sys/kernel/security/apparmor/profiles", "a (enforce)\nb (complain)\n"),
            absent("/sys/fs/selinux/enforce"),
        ],
        "logging": [read("/etc/rsyslog.conf", "12|include\n14|tcp"), absent("/etc/systemd/journal-upload.conf")],
        "core_dumps": [read("/etc/security/limits.conf", "* hard core 0\n"), absent("/etc/systemd/coredump.conf")],
    }


def document(changed: Mapping[str, Any] | None = None, **head: Any) -> bytes:
    """A document, with other sections in place of those named and other entries of its head."""
    told = {**sections(), **(changed or {})}
    kept = {name: reads for name, reads in told.items() if reads is not None}
    return json.dumps(
        {
            "format": "grc.host/1",
            "host_id": "h1",
            "hostname": "web1",
            "collected": "2026-11-22T08:00:00Z",
            "user": "root",
            "uid": 0,
            "sections": kept,
            **head,
        }
    ).encode()
