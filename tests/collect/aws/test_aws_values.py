"""Timestamps, paths, tags, documents, the credential report: pure functions over values."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grc.collect.aws import paths
from grc.collect.aws.calls import CallError
from grc.collect.aws.declared import load
from grc.collect.aws.derive import _rows, default_policy_version
from grc.collect.aws.normalise import UndecodableError, base, decode, plain, tags
from grc.collect.aws.redact import Redactor
from grc.collect.aws.timestamps import rfc3339
from grc.model.evidence import GapReason
from grc.model.identifiers import KindName

USER = load()[KindName("aws.iam.user")]
BUCKET = load()[KindName("aws.s3.bucket")]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("2026-01-02T03:04:05Z", "2026-01-02T03:04:05Z"),
        ("2026-01-02T03:04:05.000Z", "2026-01-02T03:04:05Z"),
        ("2026-01-02T03:04:05.120Z", "2026-01-02T03:04:05.12Z"),
        ("2026-01-02T03:04:05.123456789Z", "2026-01-02T03:04:05.123456Z"),
        ("2026-01-02 03:04:05", "2026-01-02T03:04:05Z"),
        ("2026-01-02T03:04:05+00:00", "2026-01-02T03:04:05Z"),
        ("2026-01-02T03:04:05+0530", "2026-01-01T21:34:05Z"),
        ("2026-01-02T03:04:05.5-08:00", "2026-01-02T11:04:05.5Z"),
        ("2026-01-02", "2026-01-02T00:00:00Z"),
        ("Fri, 02 Jan 2026 03:04:05 GMT", "2026-01-02T03:04:05Z"),
        ("1767323045", "2026-01-02T03:04:05Z"),
        (1767323045, "2026-01-02T03:04:05Z"),
        (1767323045.25, "2026-01-02T03:04:05.25Z"),
        (1767323045250, "2026-01-02T03:04:05.25Z"),
        (0, "1970-01-01T00:00:00Z"),
        (datetime(2026, 1, 2, 3, 4, 5), "2026-01-02T03:04:05Z"),  # noqa: DTZ001 - without a zone AWS means UTC
        (datetime(2026, 1, 2, 3, 4, 5, tzinfo=timezone(timedelta(hours=2))), "2026-01-02T01:04:05Z"),
    ],
)
def test_each_shape_of_timestamp(value: object, text: str) -> None:
    assert rfc3339(value) == text


@pytest.mark.parametrize(
    "value", ["", "yesterday", "2026-13-02T03:04:05Z", "2026-01-02T25:04:05Z", None, True, [], 1e300]
)
def test_what_is_no_timestamp_is_refused(value: object) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        rfc3339(value)


@given(st.datetimes(min_value=datetime(1973, 6, 1), max_value=datetime(5000, 1, 1)))  # noqa: DTZ001 - made aware below
def test_a_timestamp_keeps_its_instant(moment: datetime) -> None:
    aware = moment.replace(tzinfo=UTC)
    assert datetime.fromisoformat(rfc3339(aware)) == aware
    assert rfc3339(aware.isoformat()) == rfc3339(aware)


def test_paths() -> None:
    answer = {"A": [{"B": [{"C": 1}, {"C": 2}]}, {}, {"B": [{"C": 3}]}], "D": {"E": None}}
    assert paths.pick(answer, "A[].B[]") == [{"C": 1}, {"C": 2}, {"C": 3}]
    assert paths.pick(answer, "A[].B[].C") == [1, 2, 3]
    assert paths.pick(answer, "") is answer
    assert paths.pick(answer, "D.E") is None
    assert paths.pick(answer, "X.Y") is None
    assert paths.pick(answer, "D.E.F") is None
    assert paths.names("A[].B[]") == ("A", "B")
    assert [paths.written(at) for _, _, at in paths.visit(answer, "A.B.C")] == [
        "A[0].B[0].C",
        "A[0].B[1].C",
        "A[2].B[0].C",
    ]


def test_plain_values() -> None:
    moment = datetime(2026, 1, 2, tzinfo=UTC)
    assert plain({"a": None, "b": [1, None, {"c": moment}], "d": b"\xff"}) == {
        "b": [1, {"c": "2026-01-02T00:00:00Z"}],
        "d": "/w==",
    }
    with pytest.raises(UndecodableError, match="set is not JSON data"):
        plain({"a": {1}})


def test_tags() -> None:
    assert tags([{"Key": "a", "Value": "b"}, {"TagKey": "c", "TagValue": ""}, {"Key": "d"}]) == {
        "a": "b",
        "c": "",
        "d": "",
    }
    assert tags([]) == {}
    for wrong in ({"a": "b"}, [{"Value": "b"}], ["a"]):
        with pytest.raises(UndecodableError):
            tags(wrong)


POLICY = '{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:Get*", "Resource": "*"}}'
STATEMENT = {"Effect": "Allow", "Action": ["s3:Get*"], "Resource": ["*"]}


WITHIN_JSON = json.dumps(POLICY.replace('"s3:Get*"', '"s3:Get*"\n').replace("{", "{\n", 1)).replace("/", "\\/")[1:-1]


@pytest.mark.parametrize("text", [POLICY, quote(POLICY), WITHIN_JSON])
def test_a_policy_document_as_json_or_as_part_of_a_url_or_within_json(text: str) -> None:
    assert decode(text, "policy") == {"Version": "2012-10-17", "Statement": [STATEMENT]}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "null",
        "[]",
        "{}",
        "<html/>",
        POLICY[:-3],
        WITHIN_JSON[:-3],
        '{"Statement": [1]}',
        '{"Statement": [{"Action": "*"}]}',
        '{"Statement": {"Effect": "allow"}}',
        "[" * 100_000,
    ],
)
def test_what_is_no_policy_is_refused(text: str) -> None:
    with pytest.raises(UndecodableError):
        decode(text, "policy")


def test_a_document_that_cannot_be_read_is_a_gap_at_its_place_and_not_an_empty_list() -> None:
    item = {
        "UserName": "anna",
        "Arn": "arn",
        "UserPolicyList": [{"PolicyName": "a", "PolicyDocument": POLICY}, {"PolicyName": "b", "PolicyDocument": "%7B"}],
        "Tags": [{"Value": "x"}],
    }
    body, gaps = base(item, USER)
    assert body["UserPolicyList"] == [
        {"PolicyName": "a", "PolicyDocument": {"Version": "2012-10-17", "Statement": [STATEMENT]}},
        {"PolicyName": "b"},
    ]
    assert [(gap.path, gap.reason) for gap in gaps] == [
        ("UserPolicyList[1].PolicyDocument", GapReason.MALFORMED),
        ("Tags", GapReason.MALFORMED),
    ]
    assert {gap.permission for gap in gaps} == {"iam:GetAccountAuthorizationDetails"}


def test_redaction_reaches_into_lists() -> None:
    grant = {"Grantee": {"DisplayName": "a person", "EmailAddress": "a@b.example", "ID": "1"}, "Permission": "READ"}
    body: dict[str, Any] = {"Name": "b", "acl": {"Owner": {"DisplayName": "x", "ID": "2"}, "Grants": [grant]}}
    assert Redactor(told={}, pseudonyms=None).body(body, BUCKET) == ()
    assert body == {
        "Name": "b",
        "acl": {"Owner": {"ID": "2"}, "Grants": [{"Grantee": {"ID": "1"}, "Permission": "READ"}]},
    }


HEADING = "user,arn,password_enabled,password_last_used,mfa_active,access_key_1_last_rotated,additional_info"
ROOT = "<root_account>,arn:aws:iam::1:root,not_supported,2026-01-01T00:00:00+00:00,false,N/A,"


def report(*lines: str) -> dict[str, Any]:
    content = "\n".join((HEADING, *lines)).encode()
    return {"Content": content, "GeneratedTime": "2026-01-02T00:00:00Z"}


def test_a_row_of_the_credential_report() -> None:
    rows = _rows(report(ROOT, "anna,arn:anna,TRUE,no_information,true,2025-01-01T00:00:00+00:00,x"))
    assert rows["<root_account>"] == {
        "user": "<root_account>",
        "arn": "arn:aws:iam::1:root",
        "password_last_used": "2026-01-01T00:00:00Z",
        "mfa_active": False,
        "generated_time": "2026-01-02T00:00:00Z",
    }
    assert rows["anna"]["password_enabled"] is True
    assert "password_last_used" not in rows["anna"]
    assert rows["anna"]["access_key_1_last_rotated"] == "2025-01-01T00:00:00Z"


@pytest.mark.parametrize(
    "line",
    [
        "anna,arn:anna,TRUE",
        "anna,arn:anna,maybe,N/A,true,N/A,",
        "anna,arn:anna,true,recently,true,N/A,",
        "anna,arn:anna,true,N/A,true,N/A,,extra",
        '"anna,arn',
    ],
)
def test_a_report_that_is_cut_or_unknown_is_refused_whole(line: str) -> None:
    with pytest.raises(CallError, match="not as documented"):
        _rows(report(ROOT, line))


def test_a_policy_without_a_readable_default_version_is_a_gap() -> None:
    for versions in ([], [{"IsDefaultVersion": False, "Document": {}}], [{"IsDefaultVersion": True}]):
        with pytest.raises(CallError, match="no readable default version"):
            default_policy_version(None, {"PolicyVersionList": versions})  # type: ignore[arg-type]
