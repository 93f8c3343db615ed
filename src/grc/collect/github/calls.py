"""Reads made, proven whole, and told apart: what is there, what is proven absent, and what could not be seen."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from threading import Lock
from typing import Any, Final

from grc.collect.github.answers import Answer, CallError, Request, Transport, request
from grc.collect.github.declared import Proof, Read
from grc.collect.github.reasons import failure, message_of
from grc.collect.strictjson import read_json
from grc.model.evidence import Gap, GapReason

MOST_PAGES: Final = 2_000
PARTIAL: Final = "partial-results"


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """What a read gave, and when."""

    value: Any
    received: datetime


@dataclass(frozen=True, slots=True)
class Absent:
    """It is proven that there is nothing. ``off``: because the feature is not enabled."""

    off: bool = False


@dataclass(frozen=True, slots=True)
class Missed:
    """It could not be seen."""

    reason: GapReason
    detail: str

    def gap(self, path: str, read: Read) -> Gap:
        """The gap that this leaves at a path."""
        return Gap(path=path, reason=self.reason, call=read.call, permission=read.permission, detail=self.detail)


Outcome = Held | Absent | Missed


class Calls:
    """Makes reads. Lists that several kinds are found by are asked for once in a collection."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport
        self._lock = Lock()
        self._turns: dict[Request, Lock] = {}
        self._lists: dict[Request, Outcome] = {}

    def outcome(self, read: Read, values: Mapping[str, str]) -> Outcome:
        """Make a read, filled in with ``values``."""
        query = {name: text.format_map(values) for name, text in read.query.items()}
        asked = request(read.get, values, query)
        if read.items is None:
            return self._one(read, asked)
        if read.first:
            return self._first(read, asked)
        return self._all(read, asked)

    def listed(self, read: Read, values: Mapping[str, str]) -> Outcome:
        """Make a read by which subjects of several kinds are found: once in a collection."""
        asked = request(read.get, values, read.query)
        with self._lock:
            turn = self._turns.setdefault(asked, Lock())
        with turn:  # of several who ask at once, one makes the read and the others wait for what it gives
            if asked not in self._lists:
                self._lists[asked] = self.outcome(read, values)
            return self._lists[asked]

    def _one(self, read: Read, asked: Request) -> Outcome:
        try:
            answer = self._transport.get(asked)
            if read.confirmed is not None and answer.status == read.confirmed:
                return Held(value=True, received=answer.received)
            if _proves(read.refuted, answer):
                return Held(value=False, received=answer.received)
            known = _known(read, answer)
            if known is not None:
                return known
            if read.confirmed is not None:
                raise CallError(GapReason.MALFORMED, f"HTTP {answer.status} is not the documented answer")
            value = _object(answer, read.requires)
        except CallError as failed:
            return Missed(failed.reason, failed.detail)
        if read.at is None:
            return Held(value=value, received=answer.received)
        if value.get(read.at) is None:
            return Missed(GapReason.ACCESS_DENIED, f"the answer lacks {read.at}, which not every token is shown")
        return Held(value=value[read.at], received=answer.received)

    def _first(self, read: Read, asked: Request) -> Outcome:
        try:
            for answer in self._pages(asked):
                known = _known(read, answer)
                if known is not None:
                    return known
                items, _ = _items(read, answer)
                if items:
                    return Held(value=items[0], received=answer.received)
        except CallError as failed:
            return Missed(failed.reason, failed.detail)
        return Absent()

    def _all(self, read: Read, asked: Request) -> Outcome:
        found: list[Any] = []
        received: datetime | None = None
        total: int | None = None
        try:
            for answer in self._pages(asked):
                known = _known(read, answer)
                if known is not None and received is None:
                    return known
                if known is not None:
                    raise CallError(GapReason.TRUNCATED, f"the list ends with HTTP {answer.status} after {len(found)}")
                items, total = _items(read, answer)
                found.extend(items)
                received = min(received or answer.received, answer.received)
        except CallError as failed:
            return Missed(failed.reason, failed.detail)
        assert received is not None
        if total is not None and total > len(found):
            return Missed(GapReason.TRUNCATED, f"the list has {len(found)} of {total}")
        return Held(value=found, received=received)

    def _pages(self, asked: Request) -> Iterator[Answer]:
        seen: set[Request] = set()
        following: Request | None = asked
        while following is not None:
            if following in seen or len(seen) >= MOST_PAGES:
                raise CallError(GapReason.TRUNCATED, f"the list does not end after {len(seen)} pages")
            seen.add(following)
            answer = self._transport.get(following)
            if PARTIAL in answer.headers.get("x-github-sso", ""):
                raise CallError(GapReason.TRUNCATED, "the list is without what the token's single sign-on hides")
            yield answer
            following = answer.following


def _known(read: Read, answer: Answer) -> Absent | None:
    """What an answer proves that is no success; None where it is one.

    Raises:
        CallError: it proves nothing.
    """
    if _proves(read.absent, answer):
        return Absent()
    if _proves(read.disabled, answer):
        return Absent(off=True)
    if answer.status != 200 and not (answer.status == 204 and read.confirmed is not None):
        raise failure(answer, read.denied)
    return None


def _proves(proofs: tuple[Proof, ...], answer: Answer) -> bool:
    return any(
        proof.status == answer.status
        and (not proof.message or message_of(answer).lower().startswith(proof.message.lower()))
        for proof in proofs
    )


def _items(read: Read, answer: Answer) -> tuple[list[Any], int | None]:
    """The items of a page, and how many the answer says that there are in all."""
    found = _parsed(answer)
    total: int | None = None
    if read.items:
        if not isinstance(found, dict) or type(found.get("total_count")) is not int:
            raise CallError(GapReason.MALFORMED, "the answer lacks total_count")
        total = found["total_count"]
        found = found.get(read.items)
    if not isinstance(found, list):
        raise CallError(GapReason.MALFORMED, "the answer is no list")
    return found, total


def _object(answer: Answer, requires: tuple[str, ...]) -> dict[str, Any]:
    found = _parsed(answer)
    if not isinstance(found, dict):
        raise CallError(GapReason.MALFORMED, "the answer is no object")
    if missing := [name for name in requires if name not in found]:
        raise CallError(GapReason.MALFORMED, f"the answer lacks {', '.join(missing)}")
    return found


def _parsed(answer: Answer) -> Any:
    try:
        return read_json(answer.body)
    except ValueError as error:
        raise CallError(GapReason.MALFORMED, "the answer is not JSON") from error
