"""When a principal last used each service that its policies let it use.

Source: iam:GenerateServiceLastAccessedDetails, iam:GetServiceLastAccessedDetails. IAM looks back 400 days at most, and
tells a use within four hours. A service without a date was not used in that time.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from typing import Any, Final

from grc.collect.aws import allowlist
from grc.collect.aws.calls import CallError
from grc.collect.aws.context import Account
from grc.model.evidence import Gap, GapReason

GENERATE: Final = "generate_service_last_accessed_details"
GET: Final = "get_service_last_accessed_details"
TRIES: Final = 60
PAUSE_SECONDS: Final = 1.0
DONE: Final = "COMPLETED"
FAILED: Final = "FAILED"
KEPT: Final = ("ServiceNamespace", "ServiceName", "LastAuthenticated")


def services_of(account: Account, item: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The services that a listed user or role may use.

    Raises:
        CallError: IAM does not tell.
    """
    job = _call(account, GENERATE, {"Arn": item["Arn"]}, ("JobId",))["JobId"]
    services = [service for page in _pages(account, job) for service in page]
    return [{name: service[name] for name in KEPT if name in service} for service in services]


def _pages(account: Account, job: str) -> Iterator[list[dict[str, Any]]]:
    answer = _finished(account, job)
    seen: set[str] = set()
    while True:
        if not isinstance(answer.get("ServicesLastAccessed"), list):
            raise _failed(GapReason.MALFORMED, "the answer has nothing at ServicesLastAccessed")
        yield answer["ServicesLastAccessed"]
        marker = answer.get("Marker")
        if not marker and not answer.get("IsTruncated"):
            return
        if not marker or marker in seen:
            raise _failed(GapReason.TRUNCATED, "paging does not end")
        seen.add(marker)
        answer = _call(account, GET, {"JobId": job, "Marker": marker}, ())


def _finished(account: Account, job: str) -> dict[str, Any]:
    for attempt in range(TRIES):
        if attempt:
            time.sleep(PAUSE_SECONDS)
        answer = _call(account, GET, {"JobId": job}, ())
        status = DONE if answer.get("Marker") else answer.get("JobStatus")  # only what is done goes on
        if status == DONE:
            return answer
        if status is None:
            raise _failed(GapReason.MALFORMED, "the answer has no JobStatus")
        if status == FAILED:
            raise _failed(GapReason.NOT_PROVIDED, "IAM could not make the report")
    raise _failed(GapReason.TIMEOUT, "IAM did not finish the report")


def _call(account: Account, method: str, parameters: Mapping[str, Any], expected: tuple[str, ...]) -> dict[str, Any]:
    return account.calls.answer(allowlist.load().read("iam", method), account.identity.home, parameters, expected)


def _failed(reason: GapReason, detail: str) -> CallError:
    read = allowlist.load().read("iam", GET)
    return CallError(Gap(path="", reason=reason, call=read.call, permission=read.action, detail=detail))
