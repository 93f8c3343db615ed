"""Which paths an expression reads."""

from __future__ import annotations

import pytest
from policy_shapes import VARIABLES

from grc.policy.checker import check
from grc.policy.parser import parse
from grc.policy.reads import minimal, reads


def read(source: str) -> dict[str, list[str]]:
    found = reads(check(parse(source), VARIABLES, source), ["resource", "keys"])
    return {root: sorted(paths) for root, paths in found.items() if paths}


RULES = "resource.?encryption.?Rules.orValue([])"

READ = {
    "1 == 1": {},
    "resource.Name == 'a'": {"resource": ["Name"]},
    "resource['Name'] == 'a'": {"resource": ["Name"]},
    "resource[?'Age'].hasValue()": {"resource": ["Age"]},
    "has(resource.Age)": {"resource": ["Age"]},
    "resource.Age == null": {"resource": ["Age"]},
    "has(resource.encryption)": {"resource": ["encryption"]},
    "resource.encryption != null && resource.encryption.Mode == 'a'": {"resource": ["encryption"]},
    "has(resource.encryption.Mode)": {"resource": ["encryption.Mode"]},
    "resource.?encryption.?Mode.orValue('') == 'a'": {"resource": ["encryption.Mode"]},
    f"{RULES}.exists(r, r.Enabled == true)": {"resource": ["encryption.Rules.Enabled"]},
    f"{RULES}.exists(r, true)": {"resource": ["encryption.Rules"]},
    f"{RULES}.exists(i, r, i > 0)": {"resource": ["encryption.Rules"]},
    f"{RULES}.exists(i, r, i > 0 && r.Id == 'a')": {"resource": ["encryption.Rules.Id"]},
    f"size({RULES}) > 0": {"resource": ["encryption.Rules"]},
    f"{RULES}.filter(r, r.Id == 'a').size() > 0": {"resource": ["encryption.Rules.Id"]},
    f"{RULES}.filter(r, r.Id == 'a').map(r, r.?Days.orValue(1)) == [1]": {
        "resource": ["encryption.Rules.Days", "encryption.Rules.Id"]
    },
    f"{RULES}.map(r, r) == []": {"resource": ["encryption.Rules"]},
    f"{RULES} == []": {"resource": ["encryption.Rules"]},
    f"{RULES}[0].Id == 'a'": {"resource": ["encryption.Rules.Id"]},
    f"{RULES}.first().?Id.orValue('') == 'a'": {"resource": ["encryption.Rules.Id"]},
    f"{RULES}.slice(0, resource.?Age.orValue(1))[0].Id == 'a'": {"resource": ["Age", "encryption.Rules.Id"]},
    f"{RULES}.sortBy(r, r.Id)[0].?Days.hasValue()": {"resource": ["encryption.Rules.Days", "encryption.Rules.Id"]},
    f"{RULES}.exists(r, keys.exists(k, k.KeyId == r.Id))": {"keys": ["KeyId"], "resource": ["encryption.Rules.Id"]},
    "has(resource.encryption.Rules) && resource.encryption.Rules.all(r, r.Enabled == true)": {
        "resource": ["encryption.Rules.Enabled"]
    },
    "has(resource.tags) && resource.tags.Owner == 'a'": {"resource": ["tags"]},
    "has(resource.tags) && resource.tags.exists(k, v, v == 'a')": {"resource": ["tags"]},
    "has(resource.policy) && resource.policy.Statement.exists(s, s.Effect == 'a')": {"resource": ["policy"]},
    "dyn(resource).Name == 'a'": {"resource": [""]},
    "cel.bind(e, resource.?encryption, e.?Mode.orValue('') == 'a')": {"resource": ["encryption.Mode"]},
    "cel.bind(e, resource.encryption, 1 == 1)": {},
    "resource.?encryption.optMap(e, 1).hasValue()": {"resource": ["encryption"]},
    "(true ? resource.Name : keys[0].KeyId) == 'a'": {"keys": ["KeyId"], "resource": ["Name"]},
    "[resource.Name, 'b'].exists(n, n == 'a')": {"resource": ["Name"]},
    "size([resource.Name]) == 1": {"resource": ["Name"]},
    "{'a': resource.Name}.a == 'a'": {"resource": ["Name"]},
    "resource.?Age.orValue(size(resource.Name)) > 1": {"resource": ["Age", "Name"]},
    "keys.size() > 0": {},
    "keys.exists(k, true)": {},
    "keys.exists(k, k.State == 'Enabled')": {"keys": ["State"]},
    "keys.map(k, k.KeyId).exists(i, i == 'a')": {"keys": ["KeyId"]},
    "keys.transformMapEntry(i, k, {k.KeyId: k.?State.orValue('')}).size() == 0": {"keys": ["KeyId", "State"]},
    "keys == []": {"keys": [""]},
    "keys[0] == keys[1]": {"keys": [""]},
    "type(as_of) == google.protobuf.Timestamp && resource.Name == 'a'": {"resource": ["Name"]},
}


@pytest.mark.parametrize("source", READ)
def test_reads(source: str) -> None:
    assert read(source) == READ[source]


def test_a_path_covers_what_is_below_it() -> None:
    assert minimal(["a", "a.b", "ab", "c.d", "c.d.e"]) == {"a", "ab", "c.d"}
    assert minimal(["", "a"]) == {""}
