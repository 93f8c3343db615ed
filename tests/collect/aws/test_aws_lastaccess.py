"""The report on the last use of services: waited for, paged, and never taken for empty when it failed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

import pytest

from grc.collect.aws import lastaccess
from grc.collect.aws.allowlist import Read
from grc.collect.aws.calls import CallError
from grc.collect.aws.context import Account
from grc.collect.aws.identity import Identity
from grc.collect.aws.lastaccess import services_of
from grc.collect.aws.redact import Redactor
from grc.model.evidence import Gap, GapReason

USER = {"Arn": "arn:aws:iam::111111111111:user/u"}
S3 = {"ServiceNamespace": "s3", "ServiceName": "Amazon S3"}
EC2 = {**S3, "ServiceNamespace": "ec2", "LastAuthenticated": datetime(2026, 1, 1, tzinfo=UTC)}
MORE = {**EC2, "TotalAuthenticatedEntities": 1, "LastAuthenticatedEntity": USER["Arn"]}


class Answers:
    """IAM, told answer by answer; a gap is a call that failed."""

    def __init__(self, *answers: Any) -> None:
        self.left: Iterator[Any] = iter(answers)
        self.asked: list[tuple[str, Mapping[str, Any]]] = []

    def answer(self, read: Read, region: str, parameters: Mapping[str, Any], expected: tuple[str, ...]) -> Any:
        self.asked.append((read.operation, parameters))
        found = {"JobId": "j"} if read.operation.startswith("Generate") else next(self.left)
        if isinstance(found, Gap):
            raise CallError(found)
        assert set(expected) <= found.keys()
        return found


def told(*answers: Any) -> tuple[Any, Answers]:
    calls: Any = Answers(*answers)
    identity = Identity(account="1" * 12, caller="arn:aws:iam::111111111111:user/r", home="us-east-1")
    redactor = Redactor(told={}, pseudonyms=None)
    account = Account(identity=identity, calls=calls, clock=lambda: datetime(2026, 1, 1, tzinfo=UTC), redactor=redactor)
    return services_of(account, USER), calls


def done(*services: Any, **more: Any) -> dict[str, Any]:
    return {"JobStatus": "COMPLETED", "ServicesLastAccessed": list(services), **more}


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lastaccess, "PAUSE_SECONDS", 0.0)
    monkeypatch.setattr(lastaccess, "TRIES", 3)


def test_services_are_told_with_their_last_use_and_no_more() -> None:
    assert told(done(S3, MORE))[0] == [S3, EC2]


def test_who_may_use_nothing_is_told_so() -> None:
    assert told(done())[0] == []


def test_a_job_is_waited_for() -> None:
    services, calls = told({"JobStatus": "IN_PROGRESS"}, {"JobStatus": "IN_PROGRESS"}, done(S3))
    assert services == [S3]
    assert len(calls.asked) == 4


def test_pages_are_followed() -> None:
    services, calls = told(done(S3, IsTruncated=True, Marker="next"), done(EC2, IsTruncated=False))
    assert services == [S3, EC2]
    assert calls.asked[-1][1] == {"JobId": "j", "Marker": "next"}


DENIED = Gap(path="", reason=GapReason.ACCESS_DENIED, call="iam:GetServiceLastAccessedDetails")
FAILING = [
    ([{"JobStatus": "IN_PROGRESS"}] * 3, GapReason.TIMEOUT),
    ([{"JobStatus": "FAILED"}], GapReason.NOT_PROVIDED),
    ([{"JobStatus": "COMPLETED"}], GapReason.MALFORMED),
    ([{}], GapReason.MALFORMED),
    ([{"ServicesLastAccessed": [S3]}], GapReason.MALFORMED),
    ([done(S3, IsTruncated=True)], GapReason.TRUNCATED),
    ([done(S3, IsTruncated=True, Marker="m")] * 2, GapReason.TRUNCATED),
    ([done(S3, IsTruncated=True, Marker="m"), {"JobStatus": "COMPLETED"}], GapReason.MALFORMED),
    ([DENIED], GapReason.ACCESS_DENIED),
]


@pytest.mark.parametrize(("answers", "reason"), FAILING)
def test_what_iam_does_not_tell_is_a_gap(answers: list[Any], reason: GapReason) -> None:
    with pytest.raises(CallError) as raised:
        told(*answers)
    assert raised.value.gap.reason is reason
    assert raised.value.gap.call == "iam:GetServiceLastAccessedDetails"
