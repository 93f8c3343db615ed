"""What the checker accepts never meets a value of another type; what is taken away never decides."""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

from hypothesis import event, given, settings
from policy_shapes import BUCKET, KEY, VARIABLES
from typed_expressions import bodies, bools, gaps, related

from grc.model.evidence import Gap, GapReason
from grc.policy.binding import record
from grc.policy.checker import Checked, Refused, check
from grc.policy.parser import parse
from grc.policy.reads import reads
from grc.policy.values import Failure, PartialList, Unknown, Value, unknown_at

DYNAMIC: Final = ("policy", "dyn(")
"""Where an expression is untyped, only running it tells its types."""
AT_RUN_TIME: Final = ("index out of range", "no such key", "division by zero", "modulus by zero", "integer overflow")
SAMPLES: Final = int(os.environ.get("GRC_SAMPLES", "150"))
MISSING: Final = unknown_at(Gap(path="keys", reason=GapReason.THROTTLED))


def accepted(source: str) -> Checked | None:
    try:
        found = check(parse(source), VARIABLES, source)
    except Refused:
        event("refused")
        return None
    event("accepted")
    return found


def outcome(
    checked: Checked,
    body: Mapping[str, Any],
    keys: list[dict[str, Any]],
    missing: Mapping[str, GapReason] | None = None,
    *,
    hole: bool = False,
) -> Value:
    records = [record(each, KEY.shape) for each in keys]
    found = [Gap(path=path, reason=reason) for path, reason in (missing or {}).items()]
    return checked.outcome(
        {
            "resource": record(body, BUCKET.shape, reads=reads(checked, ["resource"])["resource"], gaps=found),
            "keys": PartialList(records, MISSING) if hole else records,
            "numbers": [1, 2],
            "as_of": datetime(2026, 1, 1, tzinfo=UTC),
        }
    )


@settings(max_examples=SAMPLES, deadline=None)
@given(bools(), bodies, related)
def test_a_typed_expression_gives_no_type_error(source: str, body: dict[str, Any], keys: list[dict[str, Any]]) -> None:
    checked = accepted(source)
    if checked is None:
        return
    value = outcome(checked, body, keys)
    event(type(value).__name__)
    if isinstance(value, Failure):
        assert any(text in source for text in DYNAMIC) or any(text in value.message for text in AT_RUN_TIME), value
    else:
        assert isinstance(value, bool)


@settings(max_examples=SAMPLES, deadline=None)
@given(bools(), bodies, related, gaps, gaps)
def test_what_is_taken_away_never_decides(
    source: str,
    body: dict[str, Any],
    keys: list[dict[str, Any]],
    some: dict[str, GapReason],
    others: dict[str, GapReason],
) -> None:
    checked = accepted(source)
    if checked is None:
        return
    before = outcome(checked, body, keys, some)
    for after in (outcome(checked, body, keys, {**others, **some}), outcome(checked, body, keys, some, hole=True)):
        if isinstance(before, Unknown):
            assert isinstance(after, Unknown)
        elif isinstance(before, Failure):
            assert isinstance(after, (Unknown, Failure))
        else:
            assert after is before or isinstance(after, Unknown)


@settings(max_examples=SAMPLES, deadline=None)
@given(bools(), bodies, related)
def test_what_is_not_read_does_not_matter(source: str, body: dict[str, Any], keys: list[dict[str, Any]]) -> None:
    checked = accepted(source)
    if checked is None:
        return
    whole = checked.outcome(
        {
            "resource": record(body, BUCKET.shape),
            "keys": [record(each, KEY.shape) for each in keys],
            "numbers": [1, 2],
            "as_of": datetime(2026, 1, 1, tzinfo=UTC),
        }
    )
    projected = outcome(checked, body, keys)
    assert type(projected) is type(whole)
    assert isinstance(whole, Failure) or projected == whole
