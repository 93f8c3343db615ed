"""Why a call failed, in the words of a gap: by error code, then by HTTP status, then by exception."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from botocore import exceptions as boto
from botocore.parsers import ResponseParserError

from grc.collect.aws.whole import NotWholeError
from grc.model.evidence import GapReason

FAILURES: Final = (boto.ClientError, boto.BotoCoreError, ResponseParserError, NotWholeError)
"""All that a call may raise other than a bug."""

CODES: Final[Mapping[GapReason, frozenset[str]]] = {
    GapReason.ACCESS_DENIED: frozenset(
        {
            "AccessDenied",
            "AccessDeniedException",
            "AccountProblem",
            "AllAccessDisabled",
            "AuthorizationError",
            "AuthorizationErrorException",
            "Forbidden",
            "NotAuthorized",
            "OperationNotPermitted",
            "OptInRequired",
            "UnauthorizedAccess",
            "UnauthorizedException",
            "UnauthorizedOperation",
        }
    ),
    GapReason.THROTTLED: frozenset(
        {
            "BandwidthLimitExceeded",
            "EC2ThrottledException",
            "LimitExceeded",
            "LimitExceededException",
            "PriorRequestNotComplete",
            "ProvisionedThroughputExceededException",
            "RequestLimitExceeded",
            "RequestThrottled",
            "RequestThrottledException",
            "SlowDown",
            "ThrottledException",
            "Throttling",
            "ThrottlingException",
            "TooManyRequests",
            "TooManyRequestsException",
        }
    ),
    GapReason.CREDENTIALS: frozenset(
        {
            "AuthFailure",
            "ExpiredToken",
            "ExpiredTokenException",
            "IncompleteSignature",
            "InvalidAccessKeyId",
            "InvalidClientTokenId",
            "InvalidSignatureException",
            "InvalidToken",
            "MissingAuthenticationToken",
            "MissingAuthenticationTokenException",
            "RequestExpired",
            "RequestTimeTooSkewed",
            "SignatureDoesNotMatch",
            "TokenRefreshRequired",
            "UnrecognizedClientException",
        }
    ),
    GapReason.TIMEOUT: frozenset({"RequestTimeout", "RequestTimeoutException"}),
}
BY_CODE: Final = {code: reason for reason, codes in CODES.items() for code in codes}

OFF: Final[Mapping[tuple[str, str], str]] = {
    ("AccessDeniedException", "Invoking account is not enabled"): "InspectorNotEnabled",
    ("AccessDeniedException", "Macie is not enabled"): "MacieNotEnabled",
}
"""Where a service that is off answers as if it denied the call: only its words tell, and IAM never uses these."""

RAISED: Final[tuple[tuple[type[Exception], GapReason], ...]] = (
    (NotWholeError, GapReason.MALFORMED),
    (ResponseParserError, GapReason.MALFORMED),
    (boto.ReadTimeoutError, GapReason.TIMEOUT),
    (boto.ConnectTimeoutError, GapReason.TIMEOUT),
    (boto.ConnectionError, GapReason.UNREACHABLE),
    (boto.HTTPClientError, GapReason.UNREACHABLE),
    (boto.NoRegionError, GapReason.UNREACHABLE),
    (boto.NoCredentialsError, GapReason.CREDENTIALS),
    (boto.PartialCredentialsError, GapReason.CREDENTIALS),
    (boto.CredentialRetrievalError, GapReason.CREDENTIALS),
    (boto.SSOError, GapReason.CREDENTIALS),
    (boto.TokenRetrievalError, GapReason.CREDENTIALS),
    (boto.UnauthorizedSSOTokenError, GapReason.CREDENTIALS),
)


def code_of(error: Exception) -> str:
    """The service's error code, or "" when the service did not answer.

    A denial that only says that the service is off has a code of ours.
    """
    found = _error(error)
    code = str(found.get("Code", ""))
    return OFF.get((code, str(found.get("Message", "")).rstrip(".")), code)


def reason_of(error: Exception) -> GapReason:
    """The reason of the gap that a failed call leaves."""
    code = code_of(error)
    if code in BY_CODE:
        return BY_CODE[code]
    for kind, reason in RAISED:
        if isinstance(error, kind):
            return reason
    return _by_status(_status(error))


def detail_of(error: Exception) -> str:
    """What a reader may be told: the code and the status, never the answer itself."""
    if isinstance(error, boto.ClientError):
        return f"{code_of(error) or 'no error code'} (HTTP {_status(error)})"
    return str(error) if isinstance(error, NotWholeError) else type(error).__name__


def _by_status(status: int) -> GapReason:
    if status in (401, 403):
        return GapReason.ACCESS_DENIED
    if status == 429:
        return GapReason.THROTTLED
    return GapReason.UNREACHABLE if status >= 500 else GapReason.NOT_PROVIDED


def _error(error: Exception) -> Mapping[str, Any]:
    return error.response.get("Error", {}) if isinstance(error, boto.ClientError) else {}


def _status(error: Exception) -> int:
    if not isinstance(error, boto.ClientError):
        return 0
    return int(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))
