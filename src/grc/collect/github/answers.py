"""Requests and answers: what passes between the reader of GitHub and whatever answers it, a server or an export."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol
from urllib.parse import quote, urlencode

from grc.model.evidence import GapReason

OF_TWO_STEPS: Final = frozenset({"full_name", "repository"})
"""Values that are an owner and a name."""


class CallError(Exception):
    """A request had no answer that can be used. Its text says why, without anything of an answer's body."""

    def __init__(self, reason: GapReason, detail: str) -> None:
        self.reason = reason
        self.detail = detail
        super().__init__(detail)


@dataclass(frozen=True, slots=True, order=True)
class Request:
    """One read: ``target`` is the path below the address of the API, with its query."""

    target: str

    @property
    def path(self) -> str:
        """The target without its query."""
        return self.target.partition("?")[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came back. Names of ``headers`` are lower case; ``following`` is the next page, where there is one."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    received: datetime
    following: Request | None = None


class Transport(Protocol):
    """Gives answers. Safe to call from several threads."""

    def get(self, request: Request) -> Answer:
        """The answer to a request, whatever its status.

        Raises:
            CallError: there is none: no connection, no time left, a limit that outlasts the patience, no such file.
        """


def request(template: str, values: Mapping[str, str], query: Mapping[str, str]) -> Request:
    """Fill a path's template; what is filled in can neither leave its step of the path nor begin a query."""
    path = template.format_map({name: _steps(name, value) for name, value in values.items()})
    return Request(f"{path}?{urlencode(sorted(query.items()))}" if query else path)


def _steps(name: str, value: str) -> str:
    return "/".join(map(_step, value.split("/"))) if name in OF_TWO_STEPS else _step(value)


def _step(text: str) -> str:
    quoted = quote(text, safe="")
    return quoted.replace(".", "%2E") if quoted in (".", "..") else quoted
