"""Absence: where a value that may be null is refused, and what proves that it is there."""

from __future__ import annotations

import pytest
from policy_shapes import VARIABLES

from grc.policy.checker import Refused, check
from grc.policy.parser import parse

MET = [
    "resource.Age == 3",
    "resource.Age != 3",
    "3 == resource.Age",
    "resource.Age == null",
    "resource.Age != null",
    "resource.Age == resource.Age",
    "has(resource.Age)",
    "has(resource.encryption.Rules)",
    "resource.?Age.hasValue()",
    "resource.encryption.?Mode.hasValue()",
    "resource.?encryption.?Rules.orValue([]).all(r, r.Enabled == true)",
    "has(resource.Age) && resource.Age > 3",
    "resource.Age != null && resource.Age > 3",
    "null != resource.Age && resource.Age > 3",
    "resource.Age == 3 && resource.Age > 2",
    "resource.Age == null || resource.Age > 3",
    "!has(resource.Age) || resource.Age > 3",
    "!(resource.Age == null) && resource.Age > 3",
    "!(resource.Age == null || resource.Public == null) && resource.Age > 3 && resource.Public",
    "has(resource.Age) ? resource.Age > 3 : false",
    "!has(resource.Age) ? false : resource.Age > 3",
    "resource.Age == null ? false : resource.Age > 3",
    "(has(resource.Age) ? resource.Age > 1 : resource.Age != null) && resource.Age > 3",
    "has(resource.encryption) && has(resource.encryption.Rules) && size(resource.encryption.Rules) > 0",
    "has(resource.encryption.Rules) && size(resource.encryption.Rules) > 0",
    "has(resource.encryption.Rules) && has(resource.encryption) && resource.encryption.?Mode.hasValue()",
    "resource.?encryption.?Rules.hasValue() && resource.encryption.Rules.size() > 0",
    "has(resource.Age) && resource['Age'] > 3",
    "resource.encryption.?Mode.hasValue() && resource.encryption.Mode == 'a'",
    "(resource.Age == null && resource.Age == null) || resource.Age > 3",
    "(has(resource.Age) && resource.Age > 3) || resource.Public == true",
    "has(resource.Age) && (resource.Public == true || resource.Age > 3)",
    "has(resource.Age) && has(resource.Public) && (resource.Public || resource.Age > 3)",
    "(resource.Public == true && resource.Age == 1) || (has(resource.Age) && resource.Age > 3)",
    "((resource.Age == 1 && true) || (has(resource.Age) && true)) && resource.Age > 3",
    "has(resource.encryption) && resource.encryption.Mode == 'x'",
    "keys.all(k, k.Rotates == null || k.Rotates)",
    "keys.exists(k, has(k.Grants) && k.Grants.exists(g, has(k.State) && g == k.State))",
    "has(resource.Age) && numbers.all(n, n < resource.Age)",
    "keys.map(k, has(k.State), k.State) == ['a']",
    "cel.bind(e, resource.encryption, e != null && has(e.Rules) && e.Rules.size() > 0)",
    "cel.bind(e, resource.encryption, has(e.Rules) && e.Rules.size() > 0)",
    "cel.bind(x, 1, has(resource.Age)) && resource.Age > 3",
    "has(resource.policy) && resource.policy.Statement.size() > 0",
]

UNMET = [
    "resource.Age > 3",
    "resource.Age + 1 == 4",
    "-resource.Age == 1",
    "true && resource.Public",
    "!resource.Public",
    "resource.Public ? 1 : 2",
    "size(resource.grants) == 0",
    "resource.grants.size() == 0",
    "resource.grants.all(g, g == 'a')",
    "resource.grants[0] == 'a'",
    "'a' in resource.grants",
    "resource.KeyId in ['a']",
    "resource.KeyId.startsWith('a')",
    "'ab'.startsWith(resource.KeyId)",
    "resource.encryption.Mode == 'a'",
    "resource.encryption.Mode == null",
    "resource.encryption == null || resource.encryption.Rules.size() > 0",
    "[resource.Age] == [1]",
    "{'a': resource.Age} == {'a': 1}",
    "{resource.KeyId: 1} == {'a': 1}",
    "resource.?KeyId.orValue(resource.Owner) == 'a'",
    "optional.of(resource.Age).hasValue()",
    "dyn(resource.Age) == 1",
    "type(resource.Age) == int",
    "has(resource.Age) || resource.Age > 3",
    "has(resource.Age) && true || resource.Age > 3",
    "(has(resource.Age) || true) && resource.Age > 3",
    "!has(resource.Age) && resource.Age > 3",
    "resource.Age > 3 && has(resource.Age)",
    "resource.Age != 3 && resource.Age > 2",
    "resource.Age == any && resource.Age > 2",
    "resource.KeyId == resource.Owner && resource.KeyId.size() > 2",
    "has(resource.Age) ? true : resource.Age > 3",
    "resource.Age == null && resource.Age > 3",
    "keys.map(k, k.State) == ['a']",
    "keys.filter(k, has(k.State)).map(k, k.State) == ['a']",
    "keys.all(k, has(k.State)) && keys.all(k, k.State > 'a')",
    "cel.bind(x, resource.Age, x > 3)",
    "cel.bind(k, keys[0], has(k.State)) && cel.bind(k, keys[1], k.State > 'a')",
    "(true ? resource.Age : 1) > 3",
    "(has(resource.Age) ? null : 1) > 3",
    "resource.?encryption.optMap(e, e.Mode).hasValue()",
    "(has(resource.Age) ? true : resource.Public == true) && resource.Age > 3",
    "(has(resource.Age) ? resource.Public != true : resource.Public != null) || resource.Age > 3",
    "cel.bind(x, keys[0], x.State == null) || cel.bind(x, keys[1], x.State > 'a')",
    "(resource.Age == null && resource.Public == null) || resource.Age > 3",
    "null > 1",
    "[null] == []",
    "has(resource.encryption) && size(resource.encryption.Rules) > 0",
    "resource.policy.Statement.size() > 0",
]


@pytest.mark.parametrize("source", MET)
def test_null_is_met(source: str) -> None:
    check(parse(source), VARIABLES, source)


@pytest.mark.parametrize("source", UNMET)
def test_null_is_refused_where_it_is_not_met(source: str) -> None:
    with pytest.raises(Refused) as caught:
        check(parse(source), VARIABLES, source)
    messages = [each.message for each in caught.value.refusals]
    assert all("may be absent" in message or "null stands" in message for message in messages)


def test_the_message_says_what_to_do() -> None:
    source = "  resource.Age > 3"
    with pytest.raises(Refused) as caught:
        check(parse(source), VARIABLES, source)
    (refusal,) = caught.value.refusals
    assert refusal.offset == 2
    assert refusal.message == (
        "resource.Age may be absent: test it before with has(…) or != null, or read it with .? and .orValue(…)"
    )
