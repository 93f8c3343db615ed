"""Why an answer is no evidence, in the words of a gap.

Source: GitHub's REST API documentation, "Troubleshooting the REST API" and "Rate limits for the REST API".
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from grc.collect.github.answers import Answer, CallError
from grc.collect.strictjson import read_json
from grc.model.evidence import GapReason

SAML: Final = "saml"
SECONDARY: Final = "rate limit"
BY_STATUS: Final[Mapping[int, GapReason]] = {
    401: GapReason.CREDENTIALS,
    403: GapReason.ACCESS_DENIED,
    404: GapReason.ACCESS_DENIED,
    408: GapReason.TIMEOUT,
    429: GapReason.THROTTLED,
    504: GapReason.TIMEOUT,
}
ASKED: Final = re.compile(r"[a-z0-9_=,; :-]{1,120}\Z")


def message_of(answer: Answer) -> str:
    """What an error says of itself, for comparison with known sentences; never for a reader."""
    try:
        found = read_json(answer.body)
    except ValueError:
        return ""
    return str(found.get("message", "")) if isinstance(found, dict) else ""


def limited(answer: Answer) -> bool:
    """Whether a limit refused the request, and not a right that is missing."""
    if answer.status not in (403, 429):
        return False
    headers = answer.headers
    return (
        answer.status == 429
        or "retry-after" in headers
        or headers.get("x-ratelimit-remaining") == "0"
        or SECONDARY in message_of(answer).lower()
    )


def failure(answer: Answer, denied: tuple[int, ...] = ()) -> CallError:
    """What a status other than success means. ``denied`` are further statuses by which this read is refused."""
    if limited(answer):
        return CallError(GapReason.THROTTLED, f"HTTP {answer.status}: a rate limit")
    if answer.status in denied:
        return CallError(GapReason.ACCESS_DENIED, f"HTTP {answer.status}{_asked(answer)}")
    reason = BY_STATUS.get(answer.status)
    if reason is None:
        reason = GapReason.UNREACHABLE if answer.status >= 500 else GapReason.NOT_PROVIDED
    return CallError(reason, f"HTTP {answer.status}{_sense(answer)}{_asked(answer)}")


def _sense(answer: Answer) -> str:
    if answer.status == 404:
        return ": it is not there, or the token may not see it"
    if answer.status == 403 and ("x-github-sso" in answer.headers or SAML in message_of(answer).lower()):
        return ": the token is not authorised for the single sign-on of the organisation"
    return ""


def _asked(answer: Answer) -> str:
    """What GitHub says the read would need."""
    for name in ("x-accepted-github-permissions", "x-accepted-oauth-scopes"):
        value = answer.headers.get(name, "")
        if answer.status in (403, 404, 422) and ASKED.match(value):
            return f"; GitHub asks for {value}"
    return ""
