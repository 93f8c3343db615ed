"""The one place that calls AWS: retries, paging, the proof that an answer is whole, and what a failure means."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from threading import Lock
from typing import Any, Final

import botocore
from botocore.parsers import ResponseParserError

from grc.collect.aws.allowlist import Read
from grc.collect.aws.declared import Call
from grc.collect.aws.offered import NOT_OFFERED, is_not_offered
from grc.collect.aws.paths import pick
from grc.collect.aws.reasons import FAILURES, code_of, detail_of, reason_of
from grc.collect.aws.sessions import Clients
from grc.collect.aws.shapes import is_known, paging
from grc.collect.aws.whole import NotWholeError, require
from grc.model.evidence import Gap, GapReason

EMPTY_PAGES: Final = 100  # in a row; AWS sends a few on filtered lists, a broken service sends them for ever
NOT_WHOLE_ATTEMPTS: Final = 3

Answer = dict[str, Any]
Tokens = tuple[tuple[str, Any], ...]


class CallError(Exception):
    """A call that gave no answer; ``code`` is the service's error code ("" when it did not answer)."""

    def __init__(self, gap: Gap, code: str = "") -> None:
        self.gap = gap
        self.code = code
        super().__init__(f"{gap.call}: {gap.reason}: {gap.detail}")


class Meter:
    """Counts the calls of a whole run, retries left out, and holds it to a budget. Safe to use from several threads."""

    def __init__(self, budget: int | None = None) -> None:
        self._budget = budget
        self._lock = Lock()
        self._tally: Counter[str] = Counter()

    @property
    def tally(self) -> Mapping[str, int]:
        """How often each operation was called (``s3:ListBuckets``)."""
        with self._lock:
            return dict(sorted(self._tally.items()))

    def take(self, read: Read) -> None:
        """Count one call.

        Raises:
            CallError: the budget is spent.
        """
        with self._lock:
            if self._budget is not None and self._tally.total() >= self._budget:
                raise CallError(_gap(read, GapReason.BUDGET, f"the budget of {self._budget} calls is spent"))
            self._tally[read.call] += 1


class Calls:
    """Makes calls through shared clients. Safe to use from several threads."""

    def __init__(self, clients: Clients, meter: Meter | None = None) -> None:
        self._clients = clients
        self._meter = Meter() if meter is None else meter

    def answer(self, read: Read, region: str, parameters: Mapping[str, Any], expected: tuple[str, ...] = ()) -> Answer:
        """One answer, proven whole.

        Raises:
            CallError: it failed, after the retries, or may not be made any more.
        """
        _require_known(read)
        self._meter.take(read)
        try:
            return self._proven(read, region, parameters, expected)
        except FAILURES as error:
            code = NOT_OFFERED if is_not_offered(error, read.service, region) else code_of(error)
            raise CallError(_gap(read, reason_of(error), detail_of(error)), code) from error

    def pages(self, call: Call, region: str, parameters: Mapping[str, Any]) -> Iterator[Answer]:
        """Every page of an answer; an operation without paging has one.

        An empty page with a token goes on; a token that comes back, or a list said to go on without a token, is
        truncated.

        Raises:
            CallError: a page failed, or paging does not end.
        """
        _require_known(call.read)
        how = paging(call.read.service, call.read.operation)
        limit = {how["limit_key"]: call.page} if call.page and "limit_key" in how else {}
        tokens: Tokens = ()
        seen: set[Tokens] = set()
        empty = 0
        while True:
            page = self.answer(call.read, region, {**parameters, **limit, **dict(tokens)}, call.expected)
            if call.path and not call.optional and pick(page, call.path) in (None, {}):
                raise CallError(_gap(call.read, GapReason.MALFORMED, f"the answer has nothing at {call.path}"))
            yield page
            tokens = _next(call.read, how, page)
            if not tokens:
                return
            empty = 0 if pick(page, call.path) else empty + 1
            if tokens in seen or empty > EMPTY_PAGES:
                raise CallError(_gap(call.read, GapReason.TRUNCATED, "paging does not end"))
            seen.add(tokens)

    def _proven(self, read: Read, region: str, parameters: Mapping[str, Any], expected: tuple[str, ...]) -> Answer:
        with self._clients.use(read.service, region) as client:
            for attempt in range(1, NOT_WHOLE_ATTEMPTS + 1):
                try:
                    answer: Answer = getattr(client, read.method)(**parameters)
                    require(answer, expected)
                except (NotWholeError, ResponseParserError):
                    if attempt == NOT_WHOLE_ATTEMPTS:
                        raise
                else:
                    return answer
        raise AssertionError("unreachable")


def _require_known(read: Read) -> None:
    """Make no call that the installed botocore has no model of.

    Raises:
        CallError: it has none.
    """
    if not is_known(read.service, read.operation):
        detail = f"botocore {botocore.__version__} does not know the operation: install a later one"
        raise CallError(_gap(read, GapReason.NOT_PROVIDED, detail))


def _next(read: Read, how: Mapping[str, Any], page: Answer) -> Tokens:
    """The parameters that ask for the next page; none after the last one."""
    if not how or ("more_results" in how and not pick(page, how["more_results"])):
        return ()
    inputs, outputs = _listed(how["input_token"]), _listed(how["output_token"])
    tokens = tuple((name, pick(page, token)) for name, token in zip(inputs, outputs, strict=True) if pick(page, token))
    if "more_results" in how and not tokens:
        raise CallError(_gap(read, GapReason.TRUNCATED, "more was announced, without a page token"))
    return tokens


def _listed(names: str | list[str]) -> list[str]:
    return [names] if isinstance(names, str) else names


def _gap(read: Read, reason: GapReason, detail: str) -> Gap:
    return Gap(path="", reason=reason, call=read.call, permission=read.action, detail=detail)
