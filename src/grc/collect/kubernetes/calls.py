"""Calls to an API server: reads alone, each answer proven whole before anything in it is called absent."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

from grc.collect.kubernetes.resources import Resource
from grc.collect.strictjson import read_json
from grc.model.evidence import Gap, GapReason

if TYPE_CHECKING:
    from kubernetes.client import ApiClient

PAGE: Final = 500
"""Objects asked for at a time."""
ATTEMPTS: Final = 5
LONGEST_WAIT: Final = 30.0
SECONDS_TO_CONNECT: Final = 10.0
SECONDS_TO_READ: Final = 120.0
AGAIN: Final = frozenset({429, 500, 502, 503, 504})
"""Statuses after which the same call may succeed."""
REASONS: Final[Mapping[int, GapReason]] = {
    401: GapReason.CREDENTIALS,
    403: GapReason.ACCESS_DENIED,
    408: GapReason.TIMEOUT,
    410: GapReason.TRUNCATED,
    429: GapReason.THROTTLED,
    500: GapReason.UNREACHABLE,
    502: GapReason.UNREACHABLE,
    503: GapReason.UNREACHABLE,
    504: GapReason.TIMEOUT,
}
NOT_FOUND: Final = 404
GONE: Final = 410
JSON: Final = "application/json"


class CallError(Exception):
    """A call gave nothing that can be relied on."""

    def __init__(self, gap: Gap, status: int | None = None) -> None:
        self.gap = gap
        self.status = status
        super().__init__(gap.detail)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the server said. ``wait`` is how long it asks to be left alone, in seconds."""

    status: int
    sort: str
    body: bytes
    wait: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Calls:
    """Calls with the credentials of one client. ``sleep`` waits, in seconds, before a call is made again."""

    client: ApiClient
    sleep: Callable[[float], None]

    def read(self, path: str, query: Mapping[str, str | int], call: str) -> dict[str, Any]:
        """The object that a path gives. ``call`` is what gaps name, which is the permission too.

        Raises:
            CallError: the server refused, could not be reached, or gave something other than one whole object.
        """
        for attempt in range(ATTEMPTS):
            last = attempt == ATTEMPTS - 1
            try:
                answer = self._ask(path, query, call)
            except CallError:
                if last:
                    raise
                self.sleep(_wait(attempt, None))
                continue
            if answer.status not in AGAIN or last:
                break
            self.sleep(_wait(attempt, answer.wait))
        return _object(answer, call)

    def pages(self, resource: Resource) -> Iterator[list[dict[str, Any]]]:
        """The objects of a resource, a page at a time; of one that is a single object, itself.

        Raises:
            CallError: a page could not be read. What came before it was sound, and is not all.
        """
        if resource.is_one:
            yield [self._one(resource)]
            return
        token, seen = "", set[str]()
        while True:
            query: dict[str, str | int] = {"limit": PAGE, **({"continue": token} if token else {})}
            page = self.read(resource.path, query, resource.call)
            yield _items(page, resource)
            token = _continue(page, resource)
            if not token:
                return
            if token in seen:
                raise _malformed(resource.call, "the list goes round in a circle")
            seen.add(token)

    def _one(self, resource: Resource) -> dict[str, Any]:
        found = self.read(resource.path, {}, resource.call)
        if found.get("kind") != resource.object or not isinstance(found.get("metadata"), dict):
            raise _malformed(resource.call, f"the answer is no {resource.object}")
        return found

    def _ask(self, path: str, query: Mapping[str, str | int], call: str) -> Answer:
        import urllib3
        from urllib3 import exceptions as failed

        headers = {"Accept": JSON, "User-Agent": "grc"}
        found: list[tuple[str, str]] = []
        self.client.update_params_for_auth(headers, found, ["BearerToken"])
        url = f"{self.client.configuration.host}{path}" + (f"?{urlencode(query)}" if query else "")
        timeout = urllib3.Timeout(connect=SECONDS_TO_CONNECT, read=SECONDS_TO_READ)
        try:
            response = self.client.rest_client.pool_manager.request(
                "GET", url, headers=headers, timeout=timeout, retries=False, redirect=False
            )
        except failed.TimeoutError as error:
            raise _failed(call, GapReason.TIMEOUT, "the server did not answer in time") from error
        except (failed.ProtocolError, failed.DecodeError) as error:
            raise _failed(call, GapReason.TRUNCATED, "the answer broke off") from error
        except failed.HTTPError as error:
            raise _failed(call, GapReason.UNREACHABLE, f"no connection ({type(error).__name__})") from error
        sort = response.headers.get("Content-Type", "").partition(";")[0].strip().casefold()
        return Answer(status=response.status, sort=sort, body=response.data, wait=_seconds(response.headers))


def _object(answer: Answer, call: str) -> dict[str, Any]:
    """The whole object of an answer.

    Raises:
        CallError: the status is another than 200, or the body is no object of the API.
    """
    if answer.status != 200:
        reason = REASONS.get(answer.status, GapReason.MALFORMED)
        raise CallError(_gap(call, reason, f"the server answered {answer.status}"), answer.status)
    if answer.sort != JSON:
        raise _malformed(call, f"the answer is {answer.sort[:60] or 'of no sort'} and not JSON")
    try:
        value = read_json(answer.body)
    except ValueError as error:
        raise _malformed(call, "the answer is not JSON") from error
    if not isinstance(value, dict):
        raise _malformed(call, "the answer is no object")
    return value


def _items(page: Mapping[str, Any], resource: Resource) -> list[dict[str, Any]]:
    """The objects of a page, which must say that it is the list that was asked for."""
    if page.get("kind") != f"{resource.object}List" or page.get("apiVersion") != resource.api:
        raise _malformed(resource.call, f"the answer is no list of {resource.plural}")
    items = page.get("items")
    if not isinstance(items, list) or not all(_is_of(item, resource) for item in items):
        raise _malformed(resource.call, f"the list holds something other than {resource.plural}")
    return items


def _is_of(item: object, resource: Resource) -> bool:
    return isinstance(item, dict) and item.get("kind") in (None, resource.object) and "metadata" in item


def _continue(page: Mapping[str, Any], resource: Resource) -> str:
    """What asks for the next page; empty at the end."""
    metadata = page.get("metadata")
    token = metadata.get("continue", "") if isinstance(metadata, dict) else None
    if not isinstance(metadata, dict) or not isinstance(token, str):
        raise _malformed(resource.call, "the list does not say whether it goes on")
    if not token and metadata.get("remainingItemCount"):
        raise _failed(resource.call, GapReason.TRUNCATED, "the list ends before its end")
    return token


def _wait(attempt: int, asked: float | None) -> float:
    return min(LONGEST_WAIT, max(float(2**attempt) / 2, asked or 0.0))


def _seconds(headers: Mapping[str, str]) -> float | None:
    told = headers.get("Retry-After", "")
    return float(told) if told.isdecimal() and len(told) < 6 else None


def _gap(call: str, reason: GapReason, detail: str) -> Gap:
    denied = reason in (GapReason.ACCESS_DENIED, GapReason.CREDENTIALS)
    return Gap(path="", reason=reason, call=call, permission=call if denied else None, detail=detail)


def _failed(call: str, reason: GapReason, detail: str) -> CallError:
    return CallError(_gap(call, reason, detail))


def _malformed(call: str, detail: str) -> CallError:
    return _failed(call, GapReason.MALFORMED, detail)
