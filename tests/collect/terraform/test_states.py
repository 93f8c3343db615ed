"""Terraform states: what was applied, as both of its forms tell it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from terraform_trees import BUCKET, Collected, gap_paths

from grc.collect.terraform import open_file
from grc.errors import ConfigError
from grc.model.evidence import GapReason, Origin
from grc.model.identifiers import KindName

DATABASE = KindName("aws.rds.instance")


def raw(*resources: Mapping[str, Any], version: object = 4) -> dict[str, Any]:
    return {"version": version, "terraform_version": "1.9.8", "serial": 3, "lineage": "x", "resources": list(resources)}


def block(type_: str, *instances: Mapping[str, Any], name: str = "this", **more: Any) -> dict[str, Any]:
    return {"mode": "managed", "type": type_, "name": name, "instances": list(instances), **more}


def shown(*resources: Mapping[str, Any], version: str = "1.0", children: Sequence[Any] = ()) -> dict[str, Any]:
    root = {"resources": list(resources), "child_modules": list(children)}
    return {"format_version": version, "terraform_version": "1.9.8", "values": {"root_module": root}}


def one(address: str, values: Mapping[str, Any], **more: Any) -> dict[str, Any]:
    type_ = address.split(".")[-2]
    return {"address": address, "mode": "managed", "type": type_, "name": "this", "values": values, **more}


def told(folder: Path, document: object, *kinds: str) -> Collected:
    path = folder / "state.json"
    path.write_text(json.dumps(document))
    source = open_file(path, "state.json", lambda: datetime(2026, 11, 22, tzinfo=UTC))
    held = Collected()
    source.collect({KindName(kind): frozenset() for kind in kinds or (BUCKET,)}, held, held)
    return held


VERSIONING = {"bucket": "b", "versioning_configuration": [{"status": "Enabled", "mfa_delete": None}]}


@pytest.mark.parametrize(
    "document",
    [
        raw(
            block("aws_s3_bucket", {"attributes": {"bucket": "b", "id": "b", "tags_all": {"A": "1"}}}),
            block("aws_s3_bucket_versioning", {"attributes": VERSIONING}),
            {"mode": "data", "type": "aws_s3_bucket", "name": "d", "instances": [{"attributes": {"bucket": "d"}}]},
        ),
        shown(
            one("aws_s3_bucket.this", {"bucket": "b", "id": "b", "tags_all": {"A": "1"}}),
            one("aws_s3_bucket_versioning.this", VERSIONING),
            {**one("data.aws_s3_bucket.d", {"bucket": "d"}), "mode": "data"},
        ),
    ],
    ids=["raw", "shown"],
)
def test_what_was_applied_is_a_fact_and_what_is_set_elsewhere_is_not_known(tmp_path: Path, document: object) -> None:
    held = told(tmp_path, document)
    (record,) = held.of(BUCKET)
    assert (record.subject, record.origin, record.file) == ("aws_s3_bucket.this", Origin.STATE, "state.json")
    assert (record.body["Name"], record.body["versioning"]) == ("b", {"Status": "Enabled"})
    assert record.tags == {"A": "1"}
    assert "public_access_block" in gap_paths(record), "another state may set it, or a person"
    assert "versioning.MFADelete" not in gap_paths(record), "null in a state is absent"


def test_addresses_of_a_raw_state_are_those_that_terraform_prints(tmp_path: Path) -> None:
    instances = [{"index_key": key, "attributes": {"bucket": str(key)}} for key in (0, "a.b", 'q"]')]
    held = told(tmp_path, raw(block("aws_s3_bucket", *instances, module='module.m["k"]')))
    assert [record.subject for record in held.of(BUCKET)] == [
        r'module.m["k"].aws_s3_bucket.this["a.b"]',
        r'module.m["k"].aws_s3_bucket.this["q\"]"]',
        'module.m["k"].aws_s3_bucket.this[0]',
    ]


def test_modules_of_a_shown_state_are_read(tmp_path: Path) -> None:
    child = {"address": "module.m", "resources": [one("module.m.aws_s3_bucket.this", {"bucket": "b"})]}
    held = told(tmp_path, shown(children=[{"child_modules": [child]}]))
    assert [record.subject for record in held.of(BUCKET)] == ["module.m.aws_s3_bucket.this"]


@pytest.mark.parametrize(
    "document",
    [
        raw(
            block(
                "aws_db_instance",
                {
                    "attributes": {"identifier": "hush", "storage_encrypted": True},
                    "sensitive_attributes": [[{"type": "get_attr", "value": "identifier"}]],
                },
            )
        ),
        shown(
            one(
                "aws_db_instance.this",
                {"identifier": "hush", "storage_encrypted": True},
                sensitive_values={"identifier": True},
            )
        ),
    ],
    ids=["raw", "shown"],
)
def test_what_is_sensitive_does_not_reach_the_record(tmp_path: Path, document: object) -> None:
    held = told(tmp_path, document, DATABASE)
    (record,) = held.of(DATABASE)
    assert "hush" not in repr(held.units)
    assert record.body["StorageEncrypted"] is True
    assert [gap.reason for gap in record.gaps if gap.path == "DBInstanceIdentifier"] == [GapReason.NOT_PROVIDED]


@pytest.mark.parametrize(
    "document",
    [
        raw(
            block(
                "aws_s3_bucket",
                {"attributes": {"bucket": "b"}, "status": "tainted"},
                {"attributes": {"bucket": "old"}, "deposed": "1234"},
            )
        ),
        shown(
            one("aws_s3_bucket.this", {"bucket": "b"}, tainted=True),
            one("aws_s3_bucket.this", {"bucket": "old"}, deposed_key="1234"),
        ),
    ],
    ids=["raw", "shown"],
)
def test_what_is_tainted_or_deposed_is_told(tmp_path: Path, document: object) -> None:
    held = told(tmp_path, document)
    assert [record.body["Name"] for record in held.of(BUCKET)] == ["b"]
    assert {fact.fact for fact in held.population(BUCKET).facts} == {"tainted", "deposed"}


def test_two_of_one_address_are_neither(tmp_path: Path) -> None:
    held = told(tmp_path, shown(*(one("aws_s3_bucket.this", {"bucket": name}) for name in ("a", "b"))))
    assert list(held.of(BUCKET)) == []
    assert [gap.reason for gap in held.population(BUCKET).gaps] == [GapReason.MALFORMED]


def test_an_empty_state_proves_that_there_is_nothing(tmp_path: Path) -> None:
    held = told(tmp_path, {"format_version": "1.0", "terraform_version": "1.9.8", "values": {}})
    assert (held.population(BUCKET).count, held.population(BUCKET).complete) == (0, True)


@pytest.mark.parametrize(
    ("document", "said"),
    [
        (raw(version=3), "state of version 3, and version 4 is read"),
        (raw(version=5), "state of version 5, and version 4 is read"),
        (shown(version="2.1"), "state of format version 2.1, and version 1 is read"),
        ({"version": 4, "lineage": "x", "resources": [7]}, "is not the JSON of a Terraform state"),
        ({"format_version": "1.0", "values": {"root_module": [1]}}, "is not the JSON of a Terraform state"),
    ],
)
def test_a_state_that_is_not_read_is_refused_with_advice(tmp_path: Path, document: object, said: str) -> None:
    with pytest.raises(ConfigError, match=said) as refused:
        told(tmp_path, document)
    assert "terraform show -json" in str(refused.value)
