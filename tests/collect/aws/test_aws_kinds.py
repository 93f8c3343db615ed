"""The kinds' files are what the resource files and the pinned botocore give."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from grc import kinds
from grc.collect.aws import fakes
from grc.collect.aws.declared import load
from grc.collect.aws.kinds import FOLDER, documents, write
from grc.collect.aws.shapes import ENUM_LIMIT, operation, schema_of
from grc.model.identifiers import KindName
from grc.model.types import MapType, ObjectType, Primitive

SHIPPED = kinds.load((FOLDER,))
NOW = datetime(2026, 1, 2, tzinfo=UTC)


def test_the_files_are_the_generated_ones(tmp_path: Path) -> None:
    write(tmp_path)
    made = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    shipped = {path.name: path.read_bytes() for path in FOLDER.iterdir()}
    assert made == shipped, "run `make kinds` and read the difference"


def test_a_file_of_a_kind_no_longer_declared_is_removed(tmp_path: Path) -> None:
    (tmp_path / "old.json").write_text("{}")
    write(tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == set(documents())


@pytest.mark.parametrize("name", sorted(SHIPPED))
def test_a_kind_is_its_resource(name: KindName) -> None:
    kind, resource = SHIPPED[name], load()[name]
    assert kind.sections == frozenset(resource.sections)
    assert kind.scope is resource.scope
    assert not kind.shape.fields[kind.key].nullable
    assert kind.base
    assert kind.document.get("tags") == resource.tags


def test_tags_are_maps_and_policies_have_one_shape() -> None:
    bucket = SHIPPED[KindName("aws.s3.bucket")].shape
    assert bucket.fields["tags"].type == MapType(Primitive.STRING, Primitive.STRING)
    policy = bucket.fields["policy"].type
    assert isinstance(policy, ObjectType)
    assert not policy.fields["Statement"].nullable


def test_what_is_dropped_is_no_field_and_is_listed() -> None:
    bucket = SHIPPED[KindName("aws.s3.bucket")]
    acl = bucket.shape.fields["acl"].type
    assert isinstance(acl, ObjectType)
    owner = acl.fields["Owner"].type
    assert isinstance(owner, ObjectType)
    assert set(owner.fields) == {"ID"}
    assert bucket.document["redacted"]["acl.Owner.DisplayName"] == "personal: drop"  # type: ignore[index]
    instance = SHIPPED[KindName("aws.rds.instance")]
    assert instance.document["redacted"] == {"PendingModifiedValues.MasterUserPassword": "secret: drop"}
    assert "UserData" not in SHIPPED[KindName("aws.ec2.instance")].shape.fields


def test_timestamps_are_timestamps_and_short_enums_are_closed() -> None:
    flow_log = SHIPPED[KindName("aws.ec2.flow-log")].shape.fields
    assert flow_log["CreationTime"].type is Primitive.TIMESTAMP
    assert flow_log["TrafficType"].enum == ("ACCEPT", "ALL", "REJECT")
    instance = SHIPPED[KindName("aws.ec2.instance")].shape.fields
    assert instance["InstanceType"].enum == ()
    assert (
        len(operation("ec2", "DescribeInstances").service_model.shape_for("InstanceType").metadata["enum"]) > ENUM_LIMIT
    )


def test_a_shape_within_itself_is_cut() -> None:
    shape = operation("wafv2", "GetWebACL").service_model.shape_for("NotStatement")
    found = schema_of(shape)["properties"]["Statement"]["properties"]
    assert found["NotStatement"] == {}
    assert found["IPSetReferenceStatement"]["type"] == "object"


@pytest.mark.parametrize("name", sorted(SHIPPED))
def test_a_fake_record_fills_every_field(name: KindName) -> None:
    record = fakes.record(name, NOW, 2)
    assert set(record.body) == set(SHIPPED[name].shape.fields)
    assert record == fakes.record(name, NOW, 2)
    assert record.subject != fakes.record(name, NOW, 3).subject or name.startswith("aws.account")
    assert (record.tags is None) is ("tags" not in SHIPPED[name].document)


def test_a_fake_record_takes_overrides() -> None:
    record = fakes.record(KindName("aws.s3.bucket"), NOW, Name="mine")
    assert record.body["Name"] == "mine"
    assert record.subject == "aws.s3.bucket/mine"
