"""Results of osquery as machines: the same kinds, and what no table tells is a gap."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest

from grc.collect.files import UnreadableError
from grc.collect.host.document import Refused
from grc.collect.host.osquery import queries, read_folder
from grc.collect.host.sections.machine import LISTS, SECTIONS

Results = dict[str, Any]
RESULTS: Results = {
    "osquery_info": [{"version": "5.12.1"}],
    "time": [{"unix_time": "1795330800"}],
    "system_info": [{"uuid": "4C4C4544-0035", "hostname": "web1"}],
    "os_version": [{"name": "Ubuntu", "version": "24.04", "platform": "ubuntu", "platform_like": "debian"}],
    "kernel_info": [{"version": "6.8.0"}],
    "users": [{"username": "ada", "uid": "1000", "gid": "1000", "directory": "/home/ada", "shell": "/bin/bash"}],
    "shadow": [
        {
            "username": "ada",
            "password_status": "active",
            "hash_alg": "y",
            "last_change": "20400",
            "min": "0",
            "max": "365",
            "warning": "7",
            "inactive": "-1",
            "expire": "-1",
        }
    ],
    "listening_ports": [
        {"protocol": "6", "address": "::", "port": "22", "name": "sshd"},
        {"protocol": "0", "address": "", "port": "0", "path": "/run/a.sock", "name": "systemd"},
    ],
    "mounts": [{"device": "tmpfs", "path": "/mnt/a b", "type": "tmpfs", "flags": "rw,nosuid"}],
    "sudoers": [{"source": "/etc/sudoers", "header": "%ops", "rule_details": "ALL=(ALL) NOPASSWD: ALL"}],
    "system_controls": [{"name": "kernel.randomize_va_space", "current_value": "2"}],
    "files": [{"path": "/etc/passwd", "mode": "0644", "uid": "0", "gid": "0", "type": "regular"}],
}


def read(results: Mapping[str, Any]) -> Any:
    def one(name: str) -> bytes:
        query = name.removesuffix(".json")
        if query not in results:
            raise UnreadableError("No such file or directory")
        held = results[query]
        return held if isinstance(held, bytes) else json.dumps(held).encode()

    return read_folder("hosts/web1", one)


def test_every_query_of_the_pack_is_read() -> None:
    assert set(queries()) == set(RESULTS)


def test_a_machine() -> None:
    machine, collected = read(RESULTS)
    assert collected == datetime(2026, 11, 22, 7, tzinfo=UTC)
    assert machine.host_id == "4c4c4544-0035"
    assert machine.body["os"]["id"] == "ubuntu"
    assert machine.body["sysctl"] == {"kernel_randomize_va_space": 2}
    assert machine.body["mounts"] == [{"target": "/mnt/a b", "filesystem": "tmpfs", "options": ["nosuid", "rw"]}]
    assert machine.body["files"][0]["mode"] == "0644"
    (rule,) = machine.body["sudo"]["rules"]
    assert (rule["who"], rule["everything"], rule["passwordless"]) == ("%ops", True, True)
    assert machine.users[0].fields["hash"] == "yescrypt"
    assert "inactive_days" not in machine.users[0].fields
    (listener,) = machine.listeners
    assert listener.fields["programs"] == ["sshd"]


def test_what_no_table_tells_is_a_gap() -> None:
    machine, _ = read(RESULTS)
    gaps = {gap.path for gap in machine.gaps}
    told = {"os", "sysctl", "sudo", "files", "mounts"}
    assert gaps >= {*SECTIONS, *LISTS, "volumes", "logging"} - told
    assert not gaps & told


@pytest.mark.parametrize(
    "name", ["users", "shadow", "listening_ports", "mounts", "sudoers", "system_controls", "files"]
)
@pytest.mark.parametrize("rows", [None, []])
def test_a_query_without_an_answer_is_a_gap(name: str, rows: Any) -> None:
    machine, _ = read({key: value for key, value in {**RESULTS, name: rows}.items() if value is not None})
    if name == "users":
        assert machine.users is None
    elif name == "shadow":
        assert {"password", "hash"} <= {gap.path for gap in machine.users[0].gaps}
    elif name == "listening_ports":
        assert machine.listeners is None
    else:
        field = {"sudoers": "sudo", "system_controls": "sysctl"}.get(name, name)
        assert any(gap.path.partition(".")[0] == field for gap in machine.gaps)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"time": [{"unix_time": "soon"}]}, "tells no time"),
        ({"time": []}, "with 0 rows and not one"),
        ({"system_info": [{"uuid": "<b>", "hostname": "x"}]}, "no machine has"),
        ({"users": {"username": "s3cret"}}, "users.json that holds no rows"),
        ({"users": b'[{"username": "s3cret'}, "users.json that is not JSON"),
    ],
)
def test_what_is_no_result_is_told(changed: Results, said: str) -> None:
    with pytest.raises(Refused, match=said) as raised:
        read({**RESULTS, **changed})
    assert "s3cret" not in str(raised.value)


def test_without_an_instant_nothing_is_known() -> None:
    with pytest.raises(UnreadableError):
        read({name: rows for name, rows in RESULTS.items() if name != "time"})
