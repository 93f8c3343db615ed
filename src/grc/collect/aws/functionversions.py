"""The published versions of a function, each with the policy that it has of its own.

Source: lambda:ListVersionsByFunction, lambda:GetPolicy with the ARN of a version. Of a version's configuration nothing
is kept: it holds the values of variables. What is still written to ($LATEST) takes no policy.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from grc.collect.aws import allowlist
from grc.collect.aws.calls import CallError
from grc.collect.aws.context import Account
from grc.collect.aws.declared import Call
from grc.model.evidence import Gap, GapReason

LATEST: Final = "$LATEST"
NO_POLICY: Final = "ResourceNotFoundException"
PAGE: Final = 50
MOST: Final = 25
"""So many versions of a function are asked for their policy: Lambda answers few of these calls in a second."""


def versions_of(account: Account, item: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The published versions of a listed function; ``Policy`` is left out where one has none.

    Raises:
        CallError: a version or its policy could not be read, or there are more than are asked for.
    """
    region = item["FunctionArn"].split(":")[3]
    versions = [arn for arn, version in _listed(account, item, region) if version != LATEST]
    if len(versions) > MOST:
        detail = f"{len(versions)} versions are kept, and of {MOST} at most the policies are read"
        raise _failed("get_policy", GapReason.BUDGET, detail)
    return [{"FunctionArn": arn, **_policy(account, arn, region)} for arn in versions]


def _listed(account: Account, item: Mapping[str, Any], region: str) -> list[tuple[str, str]]:
    read = allowlist.load().read("lambda", "list_versions_by_function")
    call = Call(read=read, path="Versions", params={}, fixed={}, page=PAGE)
    asked = {"FunctionName": item["FunctionName"]}
    found = [one for page in account.calls.pages(call, region, asked) for one in page["Versions"]]
    if not found or any(not {"FunctionArn", "Version"} <= one.keys() for one in found):
        raise _failed("list_versions_by_function", GapReason.MALFORMED, "a version lacks its ARN or number")
    return [(one["FunctionArn"], one["Version"]) for one in found]


def _policy(account: Account, arn: str, region: str) -> dict[str, str]:
    read = allowlist.load().read("lambda", "get_policy")
    try:
        return {"Policy": account.calls.answer(read, region, {"FunctionName": arn}, ("Policy",))["Policy"]}
    except CallError as failed:
        if failed.code != NO_POLICY:
            raise
        return {}


def _failed(method: str, reason: GapReason, detail: str) -> CallError:
    read = allowlist.load().read("lambda", method)
    return CallError(Gap(path="", reason=reason, call=read.call, permission=read.action, detail=detail))
