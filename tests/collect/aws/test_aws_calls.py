"""The one place that calls: paging, the proof of whole answers, and the reasons of failures."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import pytest
from aws_cassette import Cassette, response, sessions
from botocore import exceptions as boto
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from grc.collect.aws import whole
from grc.collect.aws.allowlist import Read
from grc.collect.aws.allowlist import load as reads
from grc.collect.aws.calls import EMPTY_PAGES, NOT_WHOLE_ATTEMPTS, CallError, Calls, Meter
from grc.collect.aws.declared import Call, load
from grc.collect.aws.reasons import CODES, detail_of, reason_of
from grc.collect.aws.sessions import Clients
from grc.collect.aws.shapes import operation
from grc.collect.aws.whole import NotWholeError
from grc.model.evidence import Gap, GapReason
from grc.model.identifiers import KindName

KEYS = load()[KindName("aws.kms.key")].listing
USERS = load()[KindName("aws.iam.user")].listing
VPCS = load()[KindName("aws.ec2.vpc")].listing


class Client:
    """Answers every method with the next answer; an exception is raised."""

    def __init__(self, answers: list[Any]) -> None:
        self.answers = iter(answers)
        self.asked: list[Mapping[str, Any]] = []

    def __getattr__(self, _: str) -> Callable[..., Any]:
        def answer(**parameters: Any) -> Any:
            self.asked.append(parameters)
            found = next(self.answers)
            if isinstance(found, Exception):
                raise found
            return found

        return answer

    @contextmanager
    def use(self, service: str, region: str) -> Iterator[Client]:
        yield self


def pages(call: Call | None, *answers: Any) -> tuple[list[Any], Client]:
    assert call is not None
    client = Client(list(answers))
    return list(Calls(client).pages(call, "us-east-1", {})), client  # type: ignore[arg-type]


def test_pages_follow_the_token_and_an_empty_page_goes_on() -> None:
    found, client = pages(
        VPCS, {"Vpcs": [1], "NextToken": "a"}, {"Vpcs": [], "NextToken": "b"}, {"Vpcs": [2], "NextToken": ""}
    )
    assert [page["Vpcs"] for page in found] == [[1], [], [2]]
    assert client.asked == [
        {"MaxResults": 1000},
        {"MaxResults": 1000, "NextToken": "a"},
        {"MaxResults": 1000, "NextToken": "b"},
    ]


def test_a_flag_that_says_no_more_ends_paging_even_with_a_token() -> None:
    found, _ = pages(KEYS, {"Keys": [1], "Truncated": False, "NextMarker": "a"})
    assert len(found) == 1


@pytest.mark.parametrize(
    "answers",
    [
        [{"Vpcs": [1], "NextToken": "a"}, {"Vpcs": [2], "NextToken": "a"}],
        [{"Vpcs": [1], "NextToken": "a"}, {"Vpcs": [2], "NextToken": "b"}, {"Vpcs": [2], "NextToken": "a"}],
        [{"Vpcs": [], "NextToken": str(number)} for number in range(EMPTY_PAGES + 2)],
    ],
)
def test_paging_that_does_not_end_is_truncated(answers: list[Any]) -> None:
    with pytest.raises(CallError) as raised:
        pages(VPCS, *answers)
    assert raised.value.gap.reason is GapReason.TRUNCATED
    assert raised.value.gap.permission == "ec2:DescribeVpcs"


def test_more_announced_without_a_token_is_truncated() -> None:
    with pytest.raises(CallError) as raised:
        pages(USERS, {"UserDetailList": [1], "IsTruncated": True})
    assert raised.value.gap.reason is GapReason.TRUNCATED


def test_a_page_without_its_list_is_malformed_and_asked_for_again() -> None:
    found, client = pages(VPCS, {}, {"Vpcs": [1]})
    assert found == [{"Vpcs": [1]}]
    assert len(client.asked) == 2
    with pytest.raises(CallError) as raised:
        pages(VPCS, *[{}] * NOT_WHOLE_ATTEMPTS)
    assert raised.value.gap.reason is GapReason.MALFORMED
    assert raised.value.gap.detail == "the answer lacks Vpcs"


def test_a_deeper_path_must_be_there_as_well() -> None:
    attributes = load()[KindName("aws.rds.snapshot")].sections["attributes"].call
    with pytest.raises(CallError, match=r"nothing at DBSnapshotAttributesResult\.DBSnapshotAttributes"):
        pages(attributes, {"DBSnapshotAttributesResult": {}})


def test_a_failed_later_page_is_a_failure() -> None:
    with pytest.raises(CallError) as raised:
        pages(VPCS, {"Vpcs": [1], "NextToken": "a"}, client_error("UnauthorizedOperation", 403))
    assert raised.value.gap.reason is GapReason.ACCESS_DENIED
    assert raised.value.code == "UnauthorizedOperation"


def test_the_tally_counts_calls_and_not_retries() -> None:
    meter = Meter()
    calls = Calls(Client([{}, {"Vpcs": []}, {"Vpcs": []}]), meter)  # type: ignore[arg-type]
    assert VPCS is not None
    for _ in range(2):
        list(calls.pages(VPCS, "us-east-1", {}))
    assert meter.tally == {"ec2:DescribeVpcs": 2}


def test_a_spent_budget_is_a_gap_and_no_call() -> None:
    meter = Meter(budget=1)
    client = Client([{"Vpcs": []}])
    calls = Calls(client, meter)  # type: ignore[arg-type]
    assert VPCS is not None
    list(calls.pages(VPCS, "us-east-1", {}))
    with pytest.raises(CallError) as raised:
        list(calls.pages(VPCS, "us-east-1", {}))
    gap = raised.value.gap
    assert (gap.reason, gap.call, gap.detail) == (GapReason.BUDGET, VPCS.read.call, "the budget of 1 calls is spent")
    assert meter.tally == {"ec2:DescribeVpcs": 1}
    assert len(client.asked) == 1


def test_a_bug_is_not_a_gap() -> None:
    with pytest.raises(KeyError):
        pages(VPCS, KeyError("bug"))


def client_error(code: str, status: int) -> boto.ClientError:
    return boto.ClientError({"Error": {"Code": code}, "ResponseMetadata": {"HTTPStatusCode": status}}, "Op")  # type: ignore[typeddict-item]


@pytest.mark.parametrize(
    ("reason", "code"), [(reason, code) for reason, codes in CODES.items() for code in sorted(codes)]
)
def test_each_code_has_its_reason(reason: GapReason, code: str) -> None:
    assert reason_of(client_error(code, 400)) is reason


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        (401, GapReason.ACCESS_DENIED),
        (403, GapReason.ACCESS_DENIED),
        (429, GapReason.THROTTLED),
        (500, GapReason.UNREACHABLE),
        (503, GapReason.UNREACHABLE),
        (400, GapReason.NOT_PROVIDED),
        (404, GapReason.NOT_PROVIDED),
    ],
)
def test_an_unknown_code_goes_by_its_status(status: int, reason: GapReason) -> None:
    assert reason_of(client_error("Unheard", status)) is reason


@pytest.mark.parametrize(
    ("raised", "reason"),
    [
        (boto.ReadTimeoutError(endpoint_url="x"), GapReason.TIMEOUT),
        (boto.ConnectTimeoutError(endpoint_url="x"), GapReason.TIMEOUT),
        (boto.EndpointConnectionError(endpoint_url="x"), GapReason.UNREACHABLE),
        (boto.SSLError(endpoint_url="x", error="y"), GapReason.UNREACHABLE),
        (boto.NoCredentialsError(), GapReason.CREDENTIALS),
        (boto.UnauthorizedSSOTokenError(), GapReason.CREDENTIALS),
        (boto.ParamValidationError(report="x"), GapReason.NOT_PROVIDED),
        (NotWholeError("x"), GapReason.MALFORMED),
    ],
)
def test_an_exception_has_its_reason(raised: Exception, reason: GapReason) -> None:
    assert reason_of(raised) is reason


def test_a_detail_never_shows_the_answer() -> None:
    error = boto.ClientError(
        {"Error": {"Code": "AccessDenied", "Message": "secret"}, "ResponseMetadata": {"HTTPStatusCode": 403}},  # type: ignore[typeddict-item]
        "Op",
    )
    assert detail_of(error) == "AccessDenied (HTTP 403)"
    assert detail_of(boto.EndpointConnectionError(endpoint_url="https://secret")) == "EndpointConnectionError"


def checked(service: str, name: str, body: bytes, root: str | None = None, **headers: str) -> None:
    response = {
        "status_code": 200,
        "headers": {key.replace("_", "-"): value for key, value in headers.items()},
        "body": body,
    }
    whole.check(operation(service, name), response, root)


@pytest.mark.parametrize(
    ("service", "name", "body", "root"),
    [
        ("kms", "ListKeys", b'{"Keys": []}', None),
        ("kms", "ListKeys", b"  {}\n", None),
        ("ec2", "DescribeVpcs", b"<DescribeVpcsResponse></DescribeVpcsResponse>", None),
        (
            "ec2",
            "DescribeVpcs",
            b'\xef\xbb\xbf<?xml version="1.0"?>\n<!-- x -->\n<DescribeVpcsResponse xmlns="y"/>',
            None,
        ),
        ("iam", "ListUsers", b"<a:ListUsersResponse><ListUsersResult/></a:ListUsersResponse>\n", None),
        ("s3", "ListBuckets", b"<ListAllMyBucketsResult/>", "ListAllMyBucketsResult"),
        ("s3", "GetBucketPolicy", b"{}", None),
    ],
)
def test_whole_answers(service: str, name: str, body: bytes, root: str | None) -> None:
    checked(service, name, body, root)


@pytest.mark.parametrize(
    ("service", "name", "body", "root", "message"),
    [
        ("kms", "ListKeys", b"", None, "not JSON"),
        ("kms", "ListKeys", b'{"Keys": [', None, "not JSON"),
        ("kms", "ListKeys", b"<html></html>", None, "not JSON"),
        ("kms", "ListKeys", b"[]", None, "not a JSON object"),
        ("guardduty", "ListDetectors", b"null", None, "not a JSON object"),
        ("ec2", "DescribeVpcs", b"", None, "<> instead"),
        ("ec2", "DescribeVpcs", b"<!DOCTYPE html><html>", None, "<> instead"),
        ("iam", "ListUsers", b"<html><body/></html>", None, "<html> instead of <ListUsersResponse>"),
        ("ec2", "DescribeVpcs", b"<DescribeVpcsResponse><vpcSet/></vpc", None, "cut: <DescribeVpcsResponse>"),
        ("iam", "ListUsers", b"<ListUsersResponse></ListUsersResponse>", None, "lacks <ListUsersResult>"),
        ("iam", "ListUsers", b"<ListRolesResponse/>", None, "<ListRolesResponse> instead"),
        ("ec2", "DescribeVpcs", b"<!-- a -->" * 60 + b"x", None, "<> instead"),
        ("s3", "ListBuckets", b"<html/>", "ListAllMyBucketsResult", "instead of <ListAllMyBucketsResult>"),
        ("s3", "GetBucketPolicy", b" \n", None, "empty"),
    ],
)
def test_answers_that_are_not_whole(service: str, name: str, body: bytes, root: str | None, message: str) -> None:
    with pytest.raises(NotWholeError, match=message):
        checked(service, name, body, root)


def test_the_length_must_be_the_announced_one() -> None:
    checked("kms", "ListKeys", b"{}", content_length="2")
    checked("kms", "ListKeys", b"{}", content_length="9", content_encoding="gzip")
    with pytest.raises(NotWholeError, match="2 bytes of 9"):
        checked("kms", "ListKeys", b"{}", content_length="9")


def test_an_error_answer_is_not_looked_at() -> None:
    whole.check(operation("kms", "ListKeys"), {"status_code": 403, "headers": {}, "body": b"<html>"}, None)


@pytest.mark.parametrize("body", [b"<html>", b"<ListAllMyBucketsResult><Buckets>", b"\x00"])
def test_an_error_500_of_botocores_making_is_no_answer(body: bytes) -> None:
    with pytest.raises(NotWholeError, match="neither a whole answer nor an error"):
        whole.check(operation("s3", "ListBuckets"), {"status_code": 500, "headers": {}, "body": body}, None)
    for real in (b"", b"<Error/>", b"<?xml version='1.0'?><Error><Code>InternalError</Code></Error>"):
        whole.check(operation("s3", "ListBuckets"), {"status_code": 500, "headers": {}, "body": real}, None)


def test_a_map_of_cbor_is_told_from_a_page() -> None:
    whole._check_cbor(None, b"\xbf\xff", None)
    for wrong in (b"", b"<html>", b"\x80"):
        with pytest.raises(NotWholeError):
            whole._check_cbor(None, wrong, None)


SPLINTERS = (b"", b"null", b"{}", b"[]", b"1", b"x", b"</member>", b"<a/>")
RECORDED = {
    ("iam", "get_account_authorization_details"): ("User", "Role", "LocalManagedPolicy"),
    ("ec2", "describe_security_groups"): (),
    ("kms", "list_keys"): (),
    ("s3", "list_buckets"): (),
    ("rds", "describe_db_instances"): (),
}


@pytest.mark.parametrize(("service", "method"), RECORDED)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_no_answer_however_broken_stops_a_run(tape: Cassette, service: str, method: str, data: st.DataObject) -> None:
    """Bytes are changed, cut out and doubled; whatever comes of it is an answer or a gap."""
    read = reads().read(service, method)
    kept = next(one for key, one in tape.kept.items() if key[1] == read.operation and one.status == 200)
    start = data.draw(st.integers(0, len(kept.body)))
    end = data.draw(st.integers(start, min(len(kept.body), start + 40)))
    new = data.draw(
        st.sampled_from([b"", b"null", b"{}", b"[]", b"1", b"x", b"</member>", b"<a/>", kept.body[start:end] * 2])
    )
    changed = kept.body[:start] + new + kept.body[end:]
    tape.faults[f"{service}:{read.operation}"] = lambda request, _: response(request.url, 200, {}, changed)
    outcome = read_by(tape, read)
    assert isinstance(outcome, dict) or outcome.reason in (GapReason.MALFORMED, GapReason.UNREACHABLE)


def read_by(tape: Cassette, read: Read) -> dict[str, Any] | Gap:
    try:
        return Calls(client_of(tape)).answer(read, "us-east-1", {})
    except CallError as failed:
        return failed.gap


CLIENTS: dict[int, Clients] = {}


def client_of(tape: Cassette) -> Clients:
    """The clients of a tape, made once: there are hundreds of examples."""
    if id(tape) not in CLIENTS:
        CLIENTS[id(tape)] = Clients(sessions(tape)(), connections=1, attempts=1, roots={})
    return CLIENTS[id(tape)]


VOLUME = "<volumeSet><item><createTime>{}</createTime></item></volumeSet>"
VOLUMES = f"<DescribeVolumesResponse>{VOLUME}</DescribeVolumesResponse>"


@pytest.mark.parametrize(
    ("text", "created"),
    [("", None), ("2026-01-01T00:00:00.000Z", "2026-01-01T00:00:00Z"), ("soon", GapReason.MALFORMED)],
)
def test_an_empty_timestamp_holds_none_and_a_wrong_one_is_malformed(
    tape: Cassette, text: str, created: str | GapReason | None
) -> None:
    sent = VOLUMES.format(text).encode()
    tape.faults["ec2:DescribeVolumes"] = lambda request, _: response(request.url, 200, {}, sent)
    outcome = read_by(tape, reads().read("ec2", "describe_volumes"))
    if isinstance(outcome, dict):
        assert outcome["Volumes"] == [{"CreateTime": created}]
    else:
        assert outcome.reason is created


def test_every_read_has_a_method_of_a_client() -> None:
    assert {(found.service, found.method) for found in reads().reads.values()} == set(reads().reads)
    assert json.dumps(sorted(found.action for found in reads().reads.values()))
