"""What may go wrong with one operation, each as the wire shows it, and the gap's reason that it must give."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import pytest
from aws_cassette import Kept, response
from botocore.awsrequest import AWSResponse
from botocore.exceptions import ConnectionClosedError, EndpointConnectionError, ReadTimeoutError
from botocore.retries.bucket import Clock

from grc.model.evidence import GapReason
from grc.run.demo.wire import refuse

Fault = Callable[[Any, Kept], AWSResponse]


def error(service: str, status: int, code: str) -> Fault:
    """An error in the form of the service's protocol."""

    def answer(request: Any, kept: Kept) -> AWSResponse:
        told = refuse(service, code, status)
        return response(request.url, status, told.headers, told.body)

    return answer


HOURS = itertools.count(0, 3600)
"""One clock for all tests: a client that is used by several never sees it go back."""


@contextmanager
def hurried() -> Iterator[None]:
    """The SDK's clock is an hour on each time it looks: the calls that it holds back when throttled go out at once."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Clock, "current_time", lambda _: next(HOURS))
        yield


def body(change: Callable[[bytes], bytes], status: int = 200, *, of_success: bool = False) -> Fault:
    """A success with another body; ``of_success`` leaves answers alone that say "not set"."""

    def answer(request: Any, kept: Kept) -> AWSResponse:
        if of_success and kept.status != 200:
            return response(request.url, kept.status, kept.headers, kept.body)
        changed = change(kept.body)
        return response(request.url, status, {"content-length": str(len(changed))}, changed)

    return answer


def raises(make: Callable[[str], Exception]) -> Fault:
    """No answer at all."""

    def answer(request: Any, kept: Kept) -> AWSResponse:
        raise make(request.url)

    return answer


def stripped(text: bytes) -> bytes:
    """The right form, and nothing in it."""
    if not text.startswith(b"<"):
        return b"{}"
    start = text.index(b"<", 2) if text.startswith(b"<?") else 0
    end = text.index(b">", start)
    opening = text[start:end].rstrip(b"/")
    return opening + b"></" + opening[1:].split()[0] + b">"


def faults(service: str) -> Mapping[str, tuple[GapReason, Fault]]:
    """Every fault of an operation of the service, by name."""
    return {
        "denied": (GapReason.ACCESS_DENIED, error(service, 403, "AccessDenied")),
        "unauthorized": (GapReason.ACCESS_DENIED, error(service, 403, "UnauthorizedOperation")),
        "forbidden": (GapReason.ACCESS_DENIED, body(lambda _: b"<html>403</html>", 403)),
        "throttled": (GapReason.THROTTLED, error(service, 400, "Throttling")),
        "expired": (GapReason.CREDENTIALS, error(service, 403, "ExpiredToken")),
        "timeout": (GapReason.TIMEOUT, raises(lambda url: ReadTimeoutError(endpoint_url=url))),
        "closed": (GapReason.UNREACHABLE, raises(lambda url: ConnectionClosedError(endpoint_url=url))),
        "unreachable": (GapReason.UNREACHABLE, raises(lambda url: EndpointConnectionError(endpoint_url=url))),
        "unavailable": (GapReason.UNREACHABLE, body(lambda _: b"", 503)),
        "html": (GapReason.MALFORMED, body(lambda _: b"<!doctype html><html><body>Sign in</body></html>")),
        "empty": (GapReason.MALFORMED, body(lambda _: b"")),
        "cut": (GapReason.MALFORMED, body(lambda whole: whole[: len(whole) * 2 // 3], of_success=True)),
    }
