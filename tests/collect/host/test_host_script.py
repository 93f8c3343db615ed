"""The script on this machine: it prints one sound document, changes nothing, and tells what it could not read."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from grc.collect.host import script_text
from grc.collect.host.document import read_document
from grc.collect.host.sections.machine import LISTS, SECTIONS, machine_of

SHELL = shutil.which("dash") or shutil.which("sh")
pytestmark = pytest.mark.skipif(SHELL is None, reason="there is no POSIX shell")
ASKED = {section for section, _ in (*SECTIONS.values(), *LISTS.values())} | {
    "disks",
    "logging",
    "accounts",
    "listeners",
}
QUOTE = re.compile(r"^quote\(\) \{\n.*?^\}\n", re.DOTALL | re.MULTILINE)
WITHOUT_TOOLS = "PATH=/nowhere"


def run(script: str, *shell: str, **environment: str) -> bytes:
    told = subprocess.run(
        [*(shell or (str(SHELL),)), "-s"],
        input=script.encode(),
        capture_output=True,
        check=True,
        timeout=600,
        env={**os.environ, **environment},
    )
    assert told.stderr == b""
    return told.stdout


@pytest.fixture(scope="module")
def quick() -> str:
    """The script without what waits for the package manager."""
    return re.sub(r"^ +(run|ask) (60|120) .*$", "    :", script_text(), flags=re.MULTILINE)


def test_its_syntax_is_that_of_a_posix_shell() -> None:
    subprocess.run([str(SHELL), "-n"], input=script_text().encode(), check=True, timeout=600)


def test_it_prints_one_sound_document(quick: str) -> None:
    printed = run(quick)
    document = read_document(printed)
    assert document.uid == os.geteuid()
    assert set(document.sections) >= ASKED
    machine = machine_of(document)
    assert machine.body["os"]["kernel"] == os.uname().release
    assert {user.fields["name"] for user in machine.users or ()} >= {"root"}
    assert b"$6$" not in printed
    assert b"$y$" not in printed


FORWARD = re.compile(r"^FORWARD='(.*?)'$", re.DOTALL | re.MULTILINE)


@pytest.mark.parametrize(
    ("line", "way"),
    [
        ("*.* @@logs.example.org:6514", "tcp"),
        ("*.* @logs.example.org", "udp"),
        ("*.* @@127.0.0.1:5514", "unclear"),
        ("*.* @@(o)[::1]:5514", "unclear"),
        ('action(type="omfwd" target="logs.example.org")', "module"),
        ('action(type="omfwd" target="localhost" port="5514")', "unclear"),
        ('module(load="omrelp")', None),
        ("$ModLoad omrelp", None),
        ('module(load="omrelp") action(type="omrelp" target="logs.example.org")', "module"),
        ('destination d { network("logs.example.org"); };', "network"),
        ('destination d { tcp("127.0.0.1"); };', "unclear"),
        ('input(type="imudp" address="127.0.0.1")', None),
        ("# *.* @@logs.example.org", None),
    ],
)
def test_a_line_that_forwards_logs_is_told_by_its_way(line: str, way: str | None) -> None:
    (program,) = FORWARD.findall(script_text())
    told = subprocess.run(["awk", program], input=line.encode(), capture_output=True, check=True, timeout=600)
    assert (told.stdout, told.stderr) == (b"" if way is None else f"1|{way}\n".encode(), b"")


@pytest.mark.slow
@pytest.mark.parametrize("shell", [("busybox", "sh")], ids=" ".join)
def test_every_shell_prints_the_same(quick: str, shell: tuple[str, ...]) -> None:
    if shutil.which(shell[0]) is None:
        pytest.skip(f"there is no {shell[0]}")
    one, other = (machine_of(read_document(run(quick, *which))) for which in ((), shell))
    changing = {"time"}
    assert {name: value for name, value in one.body.items() if name not in changing} == {
        name: value for name, value in other.body.items() if name not in changing
    }
    assert {gap.path for gap in one.gaps} == {gap.path for gap in other.gaps}


@pytest.mark.skipif(os.geteuid() != 0 or shutil.which("setpriv") is None, reason="needs root to become nobody")
def test_what_nobody_may_read_is_told(quick: str) -> None:
    told = run(quick, "setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", str(SHELL))
    document = read_document(told)
    (shadow,) = (read for read in json.loads(told)["sections"]["accounts"] if read["what"] == "/etc/shadow")
    assert (document.uid, shadow["status"], shadow["text"]) == (65534, "denied", "")
    machine = machine_of(document)
    (root,) = (user for user in machine.users or () if user.fields["name"] == "root")
    assert not {"password", "hash", "changed_on"} & root.fields.keys()
    assert {gap.path for gap in root.gaps} >= {"password", "hash", "changed_on"}


@pytest.mark.parametrize(
    "data", [b"", b"plain", b'a"b\\c]d[\tx\xc3\xb6\xff\n\nlast \x01\x7f ^-~!# $(id) `id`', b"\xe2\x80\xa8<script>"]
)
def test_whatever_a_file_holds_is_quoted_soundly(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "held").write_bytes(data)
    found = QUOTE.search(script_text())
    assert found is not None
    printed = run(f'LC_ALL=C\nexport LC_ALL\n{found[0]}\nquote "$(cat "$HELD")"', HELD=str(tmp_path / "held"))
    assert str(json.loads(printed)).encode("latin-1") == data


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("ada:$6$salt$hash:20000:0:99999:7:::", "ada|set|6|20000|0|99999|7||"),
        ("ada:!$y$j9T$salt$hash:20000:0:99999:7:30:20500:", "ada|locked|y|20000|0|99999|7|30|20500"),
        ("ada::20000:0:99999:7:::", "ada|empty||20000|0|99999|7||"),
        ("bin:*:20000:0:99999:7:::", "bin|locked||20000|0|99999|7||"),
        ("old:abJnggxhB/yWI:1:0:99999:7:::", "old|set|des|1|0|99999|7||"),
    ],
)
def test_no_hash_leaves_the_machine(line: str, expected: str) -> None:
    found = re.search(r"^SHADOW='(.*?)'$", script_text(), re.DOTALL | re.MULTILINE)
    assert found is not None
    printed = subprocess.run(["awk", found[1]], input=f"{line}\n".encode(), capture_output=True, check=True)
    assert printed.stdout.decode().strip() == expected


def test_it_writes_nothing() -> None:
    """No redirection but to nowhere, and no command that changes anything."""
    code = "\n".join(line for line in script_text().splitlines() if not line.lstrip().startswith("#"))
    code = re.sub(r"'[^']*'", "''", code)
    assert set(re.findall(r"(?<![<>=-])>+\s*([^\s;)&]+)", code)) <= {"/dev/null"}
    words = set(re.findall(r"[a-z_-]+", code))
    assert not words & {
        "rm",
        "mv",
        "cp",
        "tee",
        "touch",
        "chmod",
        "chown",
        "mkdir",
        "mktemp",
        "curl",
        "wget",
        "eval",
        "kill",
    }
