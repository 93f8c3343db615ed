#!/bin/sh
# Prints how this machine is set up as one JSON document (grc.host/1), for `grc` to read elsewhere.
#
#   sh grc-host.sh > "$(hostname).json"        as root, to see everything; as anybody else, what is denied is told
#
# It reads what is listed below and nothing else, writes no file, loads no kernel module and opens no connection to
# another machine. Of /etc/shadow it prints, for each account, whether a password is set, locked or empty, the prefix
# that names its hash, and the dates: never a hash. dnf may write a line into its own log. What could not be read
# stands in the document with the reason. It needs a POSIX shell and awk: Debian, Ubuntu, RHEL and its kin, Alpine.
set -u
LC_ALL=C
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
export LC_ALL PATH
umask 077
MOST=1048576
USER_ID=$(id -u)

# Text as a JSON string. A byte beyond ASCII is written \u00XX, and made whole again by the reader.
quote() {
    printf '%s' "$1" | awk '
        BEGIN { ORS = ""; for (i = 1; i < 256; i++) code[sprintf("%c", i)] = i; print "\"" }
        NR > 1 { print "\\n" }
        {
            if (!index($0, "\\") && !index($0, "\"") && $0 !~ /[^ -~]/) { print $0; next }
            for (i = 1; i <= length($0); i++) {
                c = substr($0, i, 1); n = code[c]
                if (n > 31 && n < 127 && n != 34 && n != 92) print c; else printf "\\u%04x", n
            }
        }
        END { print "\"" }'
}

sections=0
reads=0

section() {
    [ "$sections" = 0 ] || printf '\n    ],\n'
    sections=1
    reads=0
    printf '    "%s": [' "$1"
}

# say WHAT STATUS EXIT TEXT: one thing that was read, or why it was not
say() {
    [ "$reads" = 0 ] || printf ','
    reads=1
    if [ "${#4}" -gt "$MOST" ]; then
        printf '\n      {"what": %s, "status": "truncated", "exit": %s, "text": ""}' "$(quote "$1")" "$3"
    else
        printf '\n      {"what": %s, "status": "%s", "exit": %s, "text": %s}' "$(quote "$1")" "$2" "$3" "$(quote "$4")"
    fi
}

limited() {
    seconds=$1
    shift
    if command -v timeout >/dev/null 2>&1; then timeout "$seconds" "$@"; else "$@"; fi
}

# run SECONDS COMMAND...: what a command prints
run() {
    wait_for=$1
    shift
    if ! command -v "$1" >/dev/null 2>&1; then
        say "$*" not-found 127 ""
        return
    fi
    out=$(limited "$wait_for" "$@" 2>/dev/null </dev/null)
    code=$?
    case $code in
        0) say "$*" ok 0 "$out" ;;
        124 | 143) say "$*" timeout "$code" "" ;;
        *) if [ "$USER_ID" = 0 ]; then say "$*" failed "$code" "$out"; else say "$*" denied "$code" "$out"; fi ;;
    esac
}

# ask SECONDS COMMAND...: the same, of a command that ends with 1 where it found none of what it was asked for
ask() {
    wait_for=$1
    shift
    if ! command -v "$1" >/dev/null 2>&1; then
        say "$1" not-found 127 ""
        return
    fi
    out=$(limited "$wait_for" "$@" 2>/dev/null </dev/null)
    code=$?
    case $code in
        124 | 143) say "$1" timeout "$code" "" ;;
        *) say "$1" ok "$code" "$out" ;;
    esac
}

# Why a path cannot be read: it is not there, or a folder above it does not let us look.
missing() {
    above=$(dirname "$1")
    while [ ! -e "$above" ] && [ "$above" != / ]; do above=$(dirname "$above"); done
    if [ -x "$above" ]; then echo not-found; else echo denied; fi
}

# file PATH...: what files hold. A pattern that matches nothing reaches this as it is.
file() {
    for path in "$@"; do
        if [ ! -e "$path" ]; then
            case $path in
                *\**)
                    folder=$(dirname "$path")
                    if [ -d "$folder" ] && [ ! -r "$folder" ]; then
                        say "$path" denied 1 ""
                    else
                        say "$path" "$(missing "$folder/x")" 1 ""
                    fi
                    ;;
                *) say "$path" "$(missing "$path")" 1 "" ;;
            esac
        elif [ ! -f "$path" ]; then
            say "$path" failed 1 ""
        elif [ ! -r "$path" ]; then
            say "$path" denied 1 ""
        else
            out=$(head -c $((MOST + 1)) "$path" 2>/dev/null)
            code=$?
            if [ "$code" = 0 ]; then say "$path" ok 0 "$out"; else say "$path" failed "$code" ""; fi
        fi
    done
}

# through AWK PATH...: what an awk program leaves of files
through() {
    program=$1
    shift
    for path in "$@"; do
        if [ -f "$path" ] && [ -r "$path" ]; then
            out=$(awk "$program" "$path" 2>/dev/null)
            code=$?
            if [ "$code" = 0 ]; then say "$path" ok 0 "$out"; else say "$path" failed "$code" ""; fi
        else
            file "$path"
        fi
    done
}

# modes PATH...: who may do what with files; a line for each: mode|uid|gid|type|path
modes() {
    for path in "$@"; do
        case $path in *\**) continue ;; esac
        if [ -e "$path" ]; then
            out=$(stat -L -c '%a|%u|%g|%F|%n' "$path" 2>/dev/null) && say "$path" ok 0 "$out" || say "$path" failed 1 ""
        else
            say "$path" "$(missing "$path")" 1 ""
        fi
    done
}

kernel_settings() {
    out=""
    for name in \
        kernel/randomize_va_space kernel/dmesg_restrict kernel/kptr_restrict kernel/yama/ptrace_scope \
        kernel/unprivileged_bpf_disabled kernel/sysrq kernel/modules_disabled kernel/core_pattern \
        fs/suid_dumpable fs/protected_hardlinks fs/protected_symlinks fs/protected_fifos fs/protected_regular \
        net/ipv4/ip_forward net/ipv4/tcp_syncookies \
        net/ipv4/icmp_echo_ignore_broadcasts net/ipv4/icmp_ignore_bogus_error_responses \
        net/ipv4/conf/all/send_redirects net/ipv4/conf/default/send_redirects \
        net/ipv4/conf/all/accept_redirects net/ipv4/conf/default/accept_redirects \
        net/ipv4/conf/all/secure_redirects net/ipv4/conf/default/secure_redirects \
        net/ipv4/conf/all/accept_source_route net/ipv4/conf/default/accept_source_route \
        net/ipv4/conf/all/rp_filter net/ipv4/conf/default/rp_filter \
        net/ipv4/conf/all/log_martians net/ipv4/conf/default/log_martians \
        net/ipv6/conf/all/forwarding \
        net/ipv6/conf/all/accept_redirects net/ipv6/conf/default/accept_redirects \
        net/ipv6/conf/all/accept_source_route net/ipv6/conf/default/accept_source_route \
        net/ipv6/conf/all/accept_ra net/ipv6/conf/default/accept_ra; do
        if [ ! -e "/proc/sys/$name" ]; then
            line="$name not-found"
        elif value=$(cat "/proc/sys/$name" 2>/dev/null); then
            line="$name = $value"
        else
            line="$name denied"
        fi
        out="$out$line
"
    done
    say /proc/sys ok 0 "$out"
}

newest() {
    when=""
    for path in "$@"; do
        [ -e "$path" ] || continue
        one=$(stat -c %Y "$path" 2>/dev/null) || continue
        if [ -z "$when" ] || [ "$one" -gt "$when" ]; then when=$one; fi
    done
    if [ -n "$when" ]; then say "index" ok 0 "$when"; else say "index" not-found 1 ""; fi
}

SHADOW='BEGIN { FS = ":" } {
    p = $2
    if (p == "") state = "empty"; else if (p ~ /^[!*]/) state = "locked"; else state = "set"
    sub(/^!+/, "", p); prefix = ""
    if (p ~ /^\$/) { split(p, a, "$"); prefix = a[2] }
    else if (p ~ /^_/ && length(p) == 20) prefix = "bsdi"
    else if (length(p) == 13 && p !~ /\*/) prefix = "des"
    print $1 "|" state "|" prefix "|" $3 "|" $4 "|" $5 "|" $6 "|" $7 "|" $8
}'
# Of /etc/passwd the second field is told only by whether it sends on to shadow; the name of the person is left out.
PASSWD='BEGIN { FS = ":" } {
    p = $2
    if (p == "") state = "empty"; else if (p == "x") state = "shadow"
    else if (p ~ /^[!*]/) state = "locked"; else state = "set"
    print $1 "|" state "|" $3 "|" $4 "|" $6 "|" $7
}'
GROUP='BEGIN { FS = ":" } { print $1 "|" $3 "|" $4 }'
# Of what forwards logs, the line and the way are told; what else stands there may hold passwords. A module that is
# loaded sends nothing by itself, and what goes to the machine itself may go on from there or not.
FORWARD='function way(how) { print FNR "|" ($0 ~ /[@"()](127\.|localhost|\[?::1)/ ? "unclear" : how) }
    /^[ \t]*#/ { next }
    /^[ \t]*(\$ModLoad|module[ \t]*\()/ && !/action/ { next }
    /om(fwd|relp|http|kafka|elasticsearch)/ { way("module"); next }
    /^[^"]*[ \t]@@[^ \t]/ { way("tcp"); next }
    /^[^"]*[ \t]@[^ \t@]/ { way("udp"); next }
    /^[ \t]*destination.*(network|syslog|tcp|udp)[0-9]*[ \t]*\(/ { way("network"); next }
    /(network|syslog|tcp|udp)[0-9]*[ \t]*\(/ { print FNR "|unclear"; next }
    /^[ \t]*(\$IncludeConfig|include\()/ { print FNR "|include" }'
SOURCES='/^[ \t]*sudoers[ \t]*:/ { print }'
LEGACY="telnetd telnetd-ssl inetutils-telnetd telnet-server rsh-server rsh-redone-server rsh-client nis ypserv ypbind \
talkd talk-server tftpd tftpd-hpa atftpd tftp-server xinetd openbsd-inetd inetutils-inetd vsftpd proftpd proftpd-basic \
pure-ftpd fingerd finger-server rwhod telnet rsh busybox-extras tftp-hpa"

id_of() {
    told=$(cat /etc/machine-id /var/lib/dbus/machine-id 2>/dev/null | head -n 1)
    if [ -n "$told" ] && command -v sha256sum >/dev/null 2>&1; then
        printf 'grc.host:%s' "$told" | sha256sum | cut -c 1-32
    else
        uname -n
    fi
}

printf '{\n  "format": "grc.host/1",\n  "host_id": %s,\n  "hostname": %s,\n' "$(quote "$(id_of)")" "$(quote "$(uname -n)")"
printf '  "collected": "%s",\n  "user": %s,\n  "uid": %s,\n' \
    "$(date -u +%Y-%m-%dT%H:%M:%SZ)" "$(quote "$(id -un 2>/dev/null)")" "$USER_ID"
printf '  "sections": {\n'

section os
file /etc/os-release
run 5 uname -r
run 5 systemd-detect-virt

section sshd
run 10 sshd -T
file /etc/ssh/sshd_config /etc/ssh/sshd_config.d/*.conf

section sudo
file /etc/sudoers /etc/sudoers.d/*
through "$SOURCES" /etc/nsswitch.conf

section sysctl
kernel_settings

section pam
file /etc/pam.d/*
file /etc/security/pwquality.conf /etc/security/pwquality.conf.d/*.conf
file /etc/security/faillock.conf /etc/security/pwhistory.conf

section audit
run 10 auditctl -s
run 10 auditctl -l
file /etc/audit/auditd.conf /etc/audit/rules.d/*.rules

section files
modes /etc/passwd /etc/passwd- /etc/group /etc/group- /etc/shadow /etc/shadow- /etc/gshadow /etc/gshadow- \
    /etc/ssh/sshd_config /etc/ssh/ssh_host_*_key /etc/ssh/ssh_host_*_key.pub /etc/sudoers /etc/sudoers.d \
    /etc/crontab /etc/cron.hourly /etc/cron.daily /etc/cron.weekly /etc/cron.monthly /etc/cron.d \
    /etc/cron.allow /etc/cron.deny /etc/at.allow /etc/at.deny \
    /boot/grub/grub.cfg /boot/grub2/grub.cfg /boot/grub2/user.cfg /etc/audit /etc/audit/auditd.conf /var/log/audit \
    /root /tmp /var/tmp

section mounts
file /proc/mounts

section accounts
through "$PASSWD" /etc/passwd
through "$GROUP" /etc/group
through "$SHADOW" /etc/shadow

section login_defs
file /etc/login.defs

section packages
if command -v dpkg-query >/dev/null 2>&1; then
    ask 60 dpkg-query -W -f '${db:Status-Abbrev}|${Package}\n' $LEGACY
    run 120 apt-get -s -q -o Debug::NoLocking=1 -o Dir::Cache::pkgcache= -o Dir::Cache::srcpkgcache= dist-upgrade
    newest /var/lib/apt/periodic/update-success-stamp /var/lib/apt/lists/*InRelease /var/lib/apt/lists/*_Release
    modes /var/run/reboot-required
elif command -v rpm >/dev/null 2>&1; then
    ask 60 rpm -q --qf '%{NAME}\n' $LEGACY
    run 120 dnf -C -q updateinfo list --security
    ask 120 dnf -C -q check-update
    newest /var/cache/dnf/*/repodata/repomd.xml /var/cache/libdnf5/*/repodata/repomd.xml
    ask 60 needs-restarting -r
elif command -v apk >/dev/null 2>&1; then
    ask 60 apk info -e $LEGACY
    run 60 apk version -l '<'
    newest /var/cache/apk/APKINDEX.*.tar.gz /etc/apk/cache/APKINDEX.*.tar.gz
fi

section listeners
if command -v ss >/dev/null 2>&1; then
    run 20 ss -H -l -n -t -u -p
else
    file /proc/net/tcp /proc/net/tcp6 /proc/net/udp /proc/net/udp6
fi

section disks
run 20 lsblk -P -o KNAME,PKNAME,TYPE,FSTYPE,MOUNTPOINT
file /proc/swaps

section time
run 10 timedatectl show
run 10 chronyc -n tracking

section firewall
if [ -e /sys/module/nf_tables ]; then
    run 20 nft -s list ruleset
else
    say "nft -s list ruleset" not-loaded 1 ""
fi
if [ -e /sys/module/ip_tables ] || [ -e /sys/module/nf_tables ]; then
    run 20 iptables -S
else
    say "iptables -S" not-loaded 1 ""
fi
if [ -e /sys/module/ip6_tables ] || [ -e /sys/module/nf_tables ]; then
    run 20 ip6tables -S
else
    say "ip6tables -S" not-loaded 1 ""
fi
file /proc/net/if_inet6

section services
run 30 systemctl list-unit-files --type=service,socket --state=enabled --no-legend --no-pager --plain
run 10 rc-update show -q

section mac
file /sys/module/apparmor/parameters/enabled /sys/kernel/security/apparmor/profiles
file /sys/fs/selinux/enforce /etc/selinux/config /sys/kernel/security/lsm

section logging
through "$FORWARD" /etc/rsyslog.conf /etc/rsyslog.d/*.conf /etc/syslog-ng/syslog-ng.conf /etc/syslog-ng/conf.d/*.conf
file /etc/systemd/journald.conf /etc/systemd/journald.conf.d/*.conf /etc/systemd/journal-upload.conf

section core_dumps
file /etc/security/limits.conf /etc/security/limits.d/*.conf
file /etc/systemd/coredump.conf /etc/systemd/coredump.conf.d/*.conf

printf '\n    ]\n  }\n}\n'
