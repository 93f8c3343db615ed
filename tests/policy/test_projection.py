"""Decoding only what is read: the rest is passed over, and what is not as declared is refused."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from policy_shapes import BUCKET
from typed_expressions import bodies

from grc import canonical
from grc.model.types import Field, ListType, MapType, ObjectType, Primitive, Type
from grc.policy.projection import attribute, record_type, touched_by

SHAPE = BUCKET.shape


def decoded(body: Any, *paths: str, **more: Any) -> Any:
    kind = record_type(SHAPE, frozenset(touched_by(SHAPE, paths)), tags=bool(more.pop("tags", False)))
    return msgspec.json.decode(msgspec.json.encode({"body": body, "subject": "s", **more}), type=kind)


def test_only_what_is_read_is_decoded() -> None:
    found = decoded({"Name": "a", "Age": 3, "Public": "not a bool"}, "Name", "Age").body
    assert getattr(found, attribute(SHAPE, "Age")) == 3
    assert not hasattr(found, attribute(SHAPE, "Public"))
    assert len(found.__struct_fields__) == 2


def test_absent_reads_as_none_and_gaps_are_seen() -> None:
    found = decoded({}, "Name")
    assert (getattr(found.body, attribute(SHAPE, "Name")), found.gaps) == (None, None)
    gapped = decoded({}, "Name", gaps=[{"path": "a.b", "reason": "timeout", "call": "x"}])
    assert [gap.path for gap in gapped.gaps] == ["a.b"]


def test_tags_are_decoded_only_where_they_are_read() -> None:
    assert not hasattr(decoded({}, "Name"), "tags")
    assert record_type(SHAPE, frozenset(), tags=True).__struct_fields__ == ("body", "subject", "gaps", "tags")


def test_a_path_touches_all_below_it() -> None:
    whole = decoded({"encryption": {"Mode": "m", "Rules": [{"Id": "1", "Days": 2}], "new": 1}}, "encryption")
    assert msgspec.to_builtins(whole.body) == {"encryption": {"Mode": "m", "Rules": [{"Id": "1", "Days": 2}]}}
    part = decoded({"encryption": {"Mode": "m", "Rules": [{"Id": "1", "Days": 2}]}}, "encryption.Rules.Days")
    assert msgspec.to_builtins(part.body) == {"encryption": {"Rules": [{"Days": 2}]}}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("Age", 2**63),
        ("Age", -(2**63) - 1),
        ("Age", 1.0),
        ("Age", True),
        ("Age", None),
        ("Score", "1"),
        ("Public", 1),
        ("Name", 1),
        ("tags", {"a": None}),
        ("tags", {"a": 1}),
        ("grants", [None]),
        ("policy", None),
        ("encryption", []),
        ("encryption", {"Rules": [None]}),
        ("encryption", None),
    ],
)
def test_what_is_not_as_declared_is_refused(field: str, value: object) -> None:
    with pytest.raises(msgspec.ValidationError):
        decoded({field: value}, field)
    decoded({field: value}, "KeyId")


@pytest.mark.parametrize("policy", [0, 1.5, True, "x", [None], {"a": None}, 2**70])
def test_untyped_evidence_is_taken_as_it_is(policy: object) -> None:
    found = getattr(decoded({"policy": policy}, "policy").body, attribute(SHAPE, "policy"))
    assert found == policy
    assert type(found) is type(policy)


@settings(deadline=None)
@given(body=bodies)
def test_what_is_read_whole_is_what_was_written(body: dict[str, Any]) -> None:
    line = canonical.encode({"body": body, "subject": "s"})
    kind = record_type(SHAPE, frozenset(touched_by(SHAPE, [""])), tags=False)
    assert msgspec.to_builtins(msgspec.json.decode(line, type=kind).body) == body  # type: ignore[attr-defined]


def test_what_json_cannot_hold_is_a_mistake_of_the_kind() -> None:
    kinds: list[Type] = [
        Primitive.BYTES,
        Primitive.UINT,
        ListType(Primitive.DURATION),
        MapType(Primitive.STRING, Primitive.BYTES),
    ]
    for kind in kinds:
        shape = ObjectType("odd", {"x": Field(type=kind)})
        with pytest.raises(TypeError, match="JSON evidence holds no"):
            record_type(shape, frozenset({(shape, "x")}), tags=False)
