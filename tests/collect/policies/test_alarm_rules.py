"""Which alarms set a composite alarm off, held against Python's own reading of the same rule."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grc.collect.policies import UnreadableError
from grc.collect.policies.alarmrules import LONGEST, alarm_rule

ARN = "arn:aws:cloudwatch:eu-central-1:111122223333:alarm:"
NAMES = ("a", "b", "a b")


def alarms(rule: Any) -> list[str]:
    found: list[str] = alarm_rule([rule], "111122223333")["Alarms"]
    return found


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("ALARM(a)", ["a"]),
        ('ALARM("b") OR ALARM("a")', ["a", "b"]),
        (f"(ALARM({ARN}a) OR ALARM(b)) AND NOT (ALARM(m))", ["a", "b"]),
        (f'ALARM(\n"{ARN}a b" )', ["a b"]),
        ("ALARM(a) AND ALARM(b)", []),
        ("ALARM(b) AND NOT ALARM(a)", ["b"]),
        ("ALARM(a) OR ALARM(b) AND ALARM(c)", ["a"]),
        ("NOT OK(a)", ["a"]),
        ("NOT ALARM(a)", []),
        ("OK(a)", []),
        ("INSUFFICIENT_DATA(a)", []),
        ("TRUE", []),
        ("FALSE OR ALARM(a)", ["a"]),
    ],
)
def test_an_alarm_counts_that_alone_sets_it_off(rule: str, expected: list[str]) -> None:
    assert alarms(rule) == expected


@pytest.mark.parametrize(
    "rule",
    [
        *("", "ALARM(", "ALARM()", "ALARM(a", '"a"', "ALARM(a) ALARM(b)", "ALARM(a))", "(ALARM(a)", "OR ALARM(a)"),
        *("ALARM(a) OR", "NOT", "alarm(a)", "ALARM(a) or ALARM(b)", "ALARM(a) XOR ALARM(b)", "NOTALARM(a)"),
        *("AT_LEAST(1, ALARM, (a, b))", "ALARM(a(b))", None, 3, ["ALARM(a)"]),
        *("(" * 1_000 + "TRUE" + ")" * 1_000, "NOT " * 1_000 + "TRUE", "TRUE OR " * LONGEST + "TRUE"),
    ],
)
def test_a_rule_that_is_none_is_not_guessed_at(rule: Any) -> None:
    with pytest.raises(UnreadableError):
        alarms(rule)


states = st.tuples(st.sampled_from(("ALARM", "OK", "INSUFFICIENT_DATA")), st.sampled_from(NAMES))
rules = st.recursive(
    states | st.sampled_from(("TRUE", "FALSE")),
    lambda inner: st.tuples(st.just("NOT"), inner) | st.tuples(inner, st.sampled_from(("AND", "OR")), inner),
    max_leaves=8,
)


def written(rule: Any) -> str:
    """The rule as CloudWatch takes it, every part of it in brackets."""
    match rule:
        case str():
            return rule
        case ("NOT", inner):
            return f"NOT ({written(inner)})"
        case (state, str(name)):
            return f'{state}("{name}")' if " " in name else f"{state}({ARN}{name})"
        case (left, word, right):
            return f"({written(left)}) {word}\n({written(right)})"
    raise AssertionError(rule)


def holds(rule: Any, one: str | None) -> bool:
    match rule:
        case str():
            return rule == "TRUE"
        case ("NOT", inner):
            return not holds(inner, one)
        case (state, str(name)):
            return {"ALARM": name == one, "OK": name != one, "INSUFFICIENT_DATA": False}[state]
        case (left, "AND", right):
            return holds(left, one) and holds(right, one)
        case (left, _, right):
            return holds(left, one) or holds(right, one)
    raise AssertionError(rule)


@given(rules)
def test_any_rule_says_what_its_parts_say(rule: Any) -> None:
    expected = [] if holds(rule, None) else sorted(name for name in NAMES if holds(rule, name))
    assert alarms(written(rule)) == expected
