"""Random expressions over the test kinds, and random records of them, for property tests."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from hypothesis import strategies as st

from grc.model.evidence import GapReason

NULLABLE: Final = ("Age", "Public", "State", "KeyId", "Owner", "Created", "tags", "grants", "encryption", "policy")
TEXTS: Final = ("", "a", "b", "ACTIVE", "aes")

_guards = st.sampled_from(
    [
        "has(resource.{0})",
        "resource.{0} != null",
        "!(resource.{0} == null)",
        "resource.?{0}.hasValue()",
        "(has(resource.{0}) && true)",
        "(has(resource.{0}) ? true : resource.{0} != null)",
    ]
)
_absences = st.sampled_from(["resource.{0} == null", "!has(resource.{0})", "!resource.?{0}.hasValue()"])
_rules = st.sampled_from(
    [
        "resource.?encryption.?Rules.orValue([])",
        "resource.?encryption.?Rules.orValue([]).sortBy(s, s.Id)",
        "resource.?encryption.?Rules.orValue([])",
        "resource.encryption.?Rules.orValue([])",
        "resource.encryption.Rules",
        "resource.?encryption.?Rules.orValue([]).filter(f, f.Enabled == true)",
    ]
)


@st.composite
def _numbers(draw: st.DrawFn, names: tuple[str, ...], depth: int) -> str:
    leaves = ["0", "1", "3", "resource.?Age.orValue(2)", "size(resource.Name)", "numbers.size()"]
    leaves += ["numbers[0]", "numbers[2]", "size(resource.?tags.orValue({}))"]
    leaves += [f"{name}.?Days.orValue(1)" for name in names if name != "k"]
    if draw(st.integers(0, 5)) == 0:
        leaves = ["resource.Age", "size(resource.grants)", *(f"{name}.Days" for name in names if name != "k")]
    if depth <= 0 or draw(st.booleans()):
        return draw(st.sampled_from(leaves))
    sign = draw(st.sampled_from(["+", "-", "*", "/", "%"]))
    return f"({draw(_numbers(names, depth - 1))} {sign} {draw(_numbers(names, depth - 1))})"


@st.composite
def _texts(draw: st.DrawFn, names: tuple[str, ...], depth: int) -> str:
    leaves = ["'a'", "'ACTIVE'", "resource.Name", "resource.?KeyId.orValue('b')", "dyn(resource.Name)"]
    leaves += ["resource.?tags[?'a'].orValue('')", "resource.?tags.orValue({}).a", "resource['Name']"]
    leaves += [f"{name}.{'KeyId' if name == 'k' else 'Id'}" for name in names]
    if draw(st.integers(0, 5)) == 0:
        leaves = ["resource.KeyId", "resource['Owner']", "resource.tags.a", "resource.grants[0]"]
        leaves += [f"{name}.Algorithm" for name in names if name != "k"]
    if depth <= 0 or draw(st.booleans()):
        return draw(st.sampled_from(leaves))
    return f"({draw(_texts(names, depth - 1))} + {draw(_texts(names, depth - 1))})"


@st.composite
def _tests(draw: st.DrawFn, names: tuple[str, ...], depth: int) -> str:
    kind = draw(st.integers(0, 11))
    field = draw(st.sampled_from(NULLABLE))
    match kind:
        case 0:
            return draw(st.one_of(_guards, _absences)).format(field)
        case 1 | 2:
            sign = draw(st.sampled_from(["<", "<=", ">", ">=", "==", "!="]))
            return f"{draw(_numbers(names, depth))} {sign} {draw(_numbers(names, depth))}"
        case 3 | 4:
            sign = draw(st.sampled_from(["==", "!=", "<"]))
            return f"{draw(_texts(names, depth))} {sign} {draw(_texts(names, depth))}"
        case 5:
            return f"{draw(_texts(names, depth))} in ['a', {draw(_texts(names, depth))}]"
        case 6:
            return f"{draw(_texts(names, depth))}.startsWith({draw(_texts(names, depth))})"
        case 7:
            return draw(
                st.sampled_from(
                    ["resource.Public == true", "resource.?Public.orValue(false)", "true", "false"]
                    + [f"{name}.Enabled == true" for name in names if name != "k"]
                    + [f"{name}.Rotates != false" for name in names if name == "k"]
                )
            )
        case 8:
            return draw(
                st.sampled_from(
                    [
                        "resource.Public",
                        "resource.encryption.Mode == 'a'",
                        "resource.Created < as_of",
                        "resource.grants.exists(g, g == 'a')",
                        "resource.policy.Statement[0].Effect == 'a'",
                    ]
                )
            )
        case _:
            return draw(
                st.sampled_from(
                    [
                        "resource.State == 'ACTIVE'",
                        "resource.?State.orValue('none') in ['ACTIVE', 'none']",
                        "resource.encryption == resource.encryption",
                        "has(resource.Created) && resource.Created < as_of",
                        "has(resource.grants) && resource.grants.exists(g, g == 'a')",
                        "has(resource.tags) && resource.tags.exists(x, y, x == y)",
                        "has(resource.policy) && resource.policy.Statement[0].Effect == 'a'",
                        "has(resource.encryption.Rules) && size(resource.encryption.Rules) == 1",
                        "resource.?policy.?Statement.orValue([]).size() > 0",
                        "resource.KeyId == resource.Owner",
                        "resource.?Age == optional.of(1)",
                        "resource.?encryption.optMap(o, o.?Mode.orValue('a')).orValue('b') == 'a'",
                    ]
                )
            )


@st.composite
def bools(draw: st.DrawFn, depth: int = 3, names: tuple[str, ...] = ()) -> str:
    """A condition, most often well-typed. ``names`` are the variables of the macros around."""
    if depth <= 0:
        return draw(_tests(names, 0))
    part = bools(depth - 1, names)
    field = draw(st.sampled_from(NULLABLE))
    match draw(st.integers(0, 8)):
        case 0:
            return f"({draw(_guards).format(field)} && {draw(part)})"
        case 1:
            return f"({draw(_absences).format(field)} || {draw(part)})"
        case 2:
            return f"({draw(part)} && {draw(part)} && {draw(part)})"
        case 3:
            return f"({draw(part)} || {draw(part)})"
        case 4:
            return f"!({draw(part)})"
        case 5:
            return f"({draw(part)} ? {draw(part)} : {draw(part)})"
        case 6 if "r" not in names:
            macro = draw(st.sampled_from(["all", "exists", "exists_one"]))
            return f"{draw(_rules)}.{macro}(r, {draw(bools(depth - 1, (*names, 'r')))})"
        case 7 if "k" not in names:
            macro = draw(st.sampled_from(["all", "exists", "exists_one"]))
            return f"keys.{macro}(k, {draw(bools(depth - 1, (*names, 'k')))})"
        case 8 if "b" not in names:
            return f"cel.bind(b, resource.encryption, b != null && {draw(part)})"
        case _:
            return draw(_tests(names, depth - 1))


def _some(fields: Mapping[str, st.SearchStrategy[Any]], **always: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.fixed_dictionaries(dict(always), optional=dict(fields))


_text = st.sampled_from(TEXTS)
_rule = _some({"Algorithm": _text, "Enabled": st.booleans(), "Days": st.integers(-2, 4)}, Id=_text)

bodies = _some(
    {
        "Age": st.integers(-2, 5),
        "Public": st.booleans(),
        "State": st.sampled_from(["ACTIVE", "DELETED"]),
        "KeyId": _text,
        "Owner": _text,
        "Created": st.sampled_from(["2020-01-01T00:00:00Z", "2030-01-01T00:00:00Z"]),
        "tags": st.dictionaries(_text, _text, max_size=2),
        "grants": st.lists(_text, max_size=2),
        "policy": st.sampled_from([{"Statement": [{"Effect": "a"}]}, {"Statement": []}, {}, "text"]),
        "encryption": _some({"Mode": _text, "Rules": st.lists(_rule, max_size=3)}),
    },
    Name=_text,
)
related = st.lists(
    _some({"State": st.sampled_from(["Enabled", "Disabled"]), "Rotates": st.booleans()}, KeyId=_text), max_size=3
)
_paths = ["encryption.Rules", "encryption.Mode", "encryption.Rules[0]", "encryption.Rules[1].Enabled", ""]
_paths += ["encryption.Rules.Days", "encryption.Rules[2].Id", "grants[0]", "grants[1]", "tags.a", "policy.Statement"]
gaps = st.dictionaries(
    st.sampled_from([*NULLABLE, *_paths]),
    st.sampled_from([GapReason.ACCESS_DENIED, GapReason.THROTTLED]),
    max_size=2,
)
