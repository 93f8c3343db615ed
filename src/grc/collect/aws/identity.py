"""Whose evidence this is: asked before anything else, so that bad credentials are an error and not a page of gaps."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from botocore import exceptions as boto

from grc.collect.aws import allowlist
from grc.collect.aws.calls import CallError, Calls
from grc.errors import ConfigError
from grc.model.evidence import GapReason

if TYPE_CHECKING:
    from botocore.session import Session

    from grc.collect.aws.sessions import SessionFactory

HOME: Final = {"aws": "us-east-1", "aws-cn": "cn-north-1", "aws-us-gov": "us-gov-west-1"}
"""Where global services are asked when the session names no region."""
NO_CREDENTIALS: Final = (
    "AWS: no credentials: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, name a profile with --aws-profile, "
    "or sign in with `aws sso login`"
)
TRY: Final = "`aws sts get-caller-identity` with the same profile shows whether the credentials work"
UNKNOWN_HERE: Final = frozenset({"InvalidClientTokenId", "UnrecognizedClientException"})
UNANSWERED: Final = frozenset({GapReason.UNREACHABLE, GapReason.TIMEOUT, GapReason.MALFORMED, GapReason.THROTTLED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Who asks: the account, the caller's ARN, and where global services are asked."""

    account: str
    caller: str
    home: str

    @property
    def partition(self) -> str:
        """``aws``, ``aws-cn``, ``aws-us-gov``: the second part of every ARN."""
        return self.caller.split(":")[1]


def open_session(factory: SessionFactory) -> Session:
    """Make the session.

    Raises:
        ConfigError: the profile does not exist or the configuration cannot be read.
    """
    try:
        session = factory()
        session.get_scoped_config()
    except (boto.ProfileNotFound, boto.ConfigParseError, boto.ConfigNotFound, boto.InvalidConfigError) as error:
        raise ConfigError(f"AWS: {error}: check --aws-profile and the AWS configuration file") from error
    return session


def identify(session: Session, calls: Calls) -> Identity:
    """Ask AWS who we are.

    Source: sts:GetCallerIdentity, which no policy can deny.

    Raises:
        ConfigError: there are no credentials, they are not accepted, or AWS cannot be reached.
    """
    try:
        return _anywhere(session.get_config_variable("region"), calls)
    except CallError as failed:
        raise ConfigError(_advice(failed)) from failed
    except ValueError as error:  # botocore's word for an endpoint that is not a URL
        raise ConfigError(f"AWS: {error}: check the region and AWS_ENDPOINT_URL") from error


def identify_in(region: str, calls: Calls) -> Identity:
    """Ask AWS who we are, in a region; global services are then asked in it too.

    Raises:
        CallError: it does not say.
    """
    read = allowlist.load().read("sts", "get_caller_identity")
    answer = calls.answer(read, region, {}, ("Account", "Arn"))
    return Identity(account=answer["Account"], caller=answer["Arn"], home=region)


def _anywhere(region: str | None, calls: Calls) -> Identity:
    """Where the session names no region: one partition does not know the credentials of another."""
    *others, last = HOME.values() if region is None else (region,)
    for place in others:
        try:
            return identify_in(place, calls)
        except CallError as failed:
            if failed.code not in UNKNOWN_HERE:
                raise
    return identify_in(last, calls)


def _advice(failed: CallError) -> str:
    if isinstance(failed.__cause__, boto.NoCredentialsError):
        return NO_CREDENTIALS
    detail = failed.gap.detail
    if "Expired" in failed.code:
        return f"AWS: the credentials have expired ({detail}): sign in again and repeat the command; {TRY}"
    if failed.gap.reason in UNANSWERED:
        return f"AWS: sts:GetCallerIdentity gave no answer ({detail}): check the network, the proxy and the region"
    return f"AWS: the credentials are not accepted ({detail}): {TRY}"
