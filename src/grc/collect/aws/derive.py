"""What data cannot say, by registry: sections that need more than one call and a path."""

from __future__ import annotations

import csv
import io
import time
from collections.abc import Callable, Mapping
from typing import Any, Final

from grc.collect.aws import allowlist
from grc.collect.aws.calls import CallError
from grc.collect.aws.context import Account
from grc.collect.aws.functionversions import versions_of
from grc.collect.aws.holdings import rights_of
from grc.collect.aws.lastaccess import services_of
from grc.collect.aws.tieout import counts
from grc.collect.aws.timestamps import rfc3339
from grc.model.evidence import Gap, GapReason
from grc.registry import register

ROOT_USER: Final = "<root_account>"
REPORT_TRIES: Final = 30
REPORT_PAUSE_SECONDS: Final = 2.0
CONNECTION_SETTINGS: Final = (
    "JDBC_ENFORCE_SSL",
    "KAFKA_SASL_MECHANISM",
    "KAFKA_SASL_SCRAM_SECRETS_ARN",
    "KAFKA_SSL_ENABLED",
    "SECRET_ID",
)
CONTINUOUS_LOG: Final = "--enable-continuous-cloudwatch-log"
NOTHING: Final = frozenset({"", "N/A", "no_information", "not_supported"})
BOOLEANS: Final = {"true": True, "false": False}

Rows = Mapping[str, Mapping[str, Any]]
Derivation = Callable[[Account, Mapping[str, Any]], object]
"""From an account and a listed item to a section's value; None where there is nothing."""

DERIVATIONS: Final[dict[str, Derivation]] = {}


@register(DERIVATIONS, "credential_report")
def credential_report(account: Account, item: Mapping[str, Any]) -> object:
    """The row of a user, or of the root user for the account itself.

    Source: iam:GenerateCredentialReport, iam:GetCredentialReport. AWS makes a report at most every four hours, so a
    user may be younger than the report.

    Raises:
        CallError: the report cannot be had, or does not list the user.
    """
    rows: Rows = account.once.get("credential-report", lambda: _report(account))
    row = rows.get(item.get("UserName", ROOT_USER))
    if row is None:
        raise _failed(GapReason.NOT_PROVIDED, "the latest credential report does not list this user")
    if "Arn" in item and row["arn"] != item["Arn"]:
        raise _failed(GapReason.NOT_PROVIDED, "the latest credential report lists another user under this name")
    return row


@register(DERIVATIONS, "config_counts")
def config_counts(account: Account, item: Mapping[str, Any]) -> object:
    """How many resources AWS Config knows in a region, by type.

    Raises:
        CallError: it does not say.
    """
    return dict(counts(account, item["Region"]))


@register(DERIVATIONS, "default_policy_version")
def default_policy_version(account: Account, item: Mapping[str, Any]) -> object:
    """The document of a managed policy's default version. Source: iam:GetAccountAuthorizationDetails.

    Raises:
        CallError: the answer does not hold it.
    """
    for version in item.get("PolicyVersionList", ()):
        if version.get("IsDefaultVersion") and "Document" in version:
            return version["Document"]
    read = allowlist.load().read("iam", "get_account_authorization_details")
    raise CallError(
        Gap(
            path="",
            reason=GapReason.MALFORMED,
            call=read.call,
            permission=read.action,
            detail="the policy has no readable default version",
        )
    )


@register(DERIVATIONS, "rights")
def rights(account: Account, item: Mapping[str, Any]) -> object:
    """What a user, a group or a role may do by all the policies that it holds.

    Source: iam:GetAccountAuthorizationDetails.

    Raises:
        CallError: a policy that it holds could not be had or read.
    """
    return rights_of(account, item)


@register(DERIVATIONS, "last_accessed")
def last_accessed(account: Account, item: Mapping[str, Any]) -> object:
    """When a user or a role last used each service that it may use.

    Source: iam:GenerateServiceLastAccessedDetails, iam:GetServiceLastAccessedDetails.

    Raises:
        CallError: IAM does not tell.
    """
    return services_of(account, item)


@register(DERIVATIONS, "function_versions")
def function_versions(account: Account, item: Mapping[str, Any]) -> object:
    """The published versions of a function, each with its own policy.

    Source: lambda:ListVersionsByFunction, lambda:GetPolicy.

    Raises:
        CallError: they could not be read, or are too many.
    """
    return versions_of(account, item)


@register(DERIVATIONS, "continuous_log")
def continuous_log(account: Account, item: Mapping[str, Any]) -> object:
    """A Glue job's switch of continuous logging, out of arguments that are dropped. Source: glue:GetJobs."""
    arguments = {**item.get("DefaultArguments", {}), **item.get("NonOverridableArguments", {})}
    return arguments.get(CONTINUOUS_LOG)


@register(DERIVATIONS, "connection_settings")
def connection_settings(account: Account, item: Mapping[str, Any]) -> object:
    """How a Glue connection is guarded, out of properties that are dropped. Source: glue:GetConnections."""
    properties = item.get("ConnectionProperties", {})
    return {name: properties[name] for name in CONNECTION_SETTINGS if name in properties}


@register(DERIVATIONS, "person")
def person(account: Account, item: Mapping[str, Any]) -> object:
    """The user's name under the workspace's pseudonym key, as registers of people write it.

    Raises:
        CallError: there is no key.
    """
    if account.redactor.pseudonyms is None:
        detail = "the workspace has no key for pseudonyms"
        raise CallError(Gap(path="", reason=GapReason.NOT_PROVIDED, detail=detail))
    return account.redactor.pseudonyms.of(item["UserName"])


def _report(account: Account) -> Rows:
    for attempt in range(REPORT_TRIES):
        if attempt:
            time.sleep(REPORT_PAUSE_SECONDS)
        answer = _call(account, "generate_credential_report", ("State",))
        if answer["State"] == "COMPLETE":
            return _rows(_call(account, "get_credential_report", ("Content", "GeneratedTime")))
    raise _failed(GapReason.TIMEOUT, "IAM did not finish the report", "generate_credential_report")


def _call(account: Account, method: str, expected: tuple[str, ...]) -> dict[str, Any]:
    return account.calls.answer(allowlist.load().read("iam", method), account.identity.home, {}, expected)


def _rows(answer: Mapping[str, Any]) -> Rows:
    generated = rfc3339(answer["GeneratedTime"])
    try:
        reader = csv.DictReader(io.StringIO(answer["Content"].decode("utf-8")), strict=True)
        return {row["user"]: {**_row(row), "generated_time": generated} for row in reader}
    except (csv.Error, KeyError, UnicodeDecodeError, ValueError, TypeError, AttributeError) as error:
        raise _failed(GapReason.PARSE_ERROR, "the credential report is not as documented") from error


def _row(row: Mapping[str, str]) -> dict[str, Any]:
    """A row as data. A row that is cut, or longer than its heading, is refused."""
    if None in row or None in row.values():
        raise ValueError("a row has not the columns of the heading")
    return {name: _cell(name, text) for name, text in row.items() if text not in NOTHING}


def _cell(name: str, text: str) -> object:
    if name.endswith(("_active", "_enabled")):
        return BOOLEANS[text.lower()]
    if name.endswith(("_time", "_rotated", "_changed", "_rotation", "_last_used", "_date")):
        return rfc3339(text)
    return text


def _failed(reason: GapReason, detail: str, method: str = "get_credential_report") -> CallError:
    read = allowlist.load().read("iam", method)
    return CallError(Gap(path="", reason=reason, call=read.call, permission=read.action, detail=detail))
