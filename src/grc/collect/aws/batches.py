"""Sections that one call gives for many items: who waits for it, and what each one gets of its answer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from threading import Lock
from typing import Any, Final, Generic, TypeVar

from grc.collect.aws.calls import Answer, CallError
from grc.collect.aws.context import Account
from grc.collect.aws.declared import Batch, Call, Resource, Section
from grc.collect.aws.normalise import UndecodableError, section_value
from grc.collect.aws.paths import pick
from grc.collect.aws.reasons import BY_CODE
from grc.collect.aws.sections import (
    Absent,
    Held,
    Item,
    Missed,
    Outcome,
    malformed,
    outcome_of,
    parameters,
)
from grc.model.evidence import Gap, GapReason

LONGEST_CODE: Final = 60

T = TypeVar("T")


@dataclass(slots=True)
class Waiting(Generic[T]):
    """Those that wait for a batch to fill, by section, region and the other parameters of the call."""

    _lock: Lock = field(default_factory=Lock)
    _held: dict[tuple[str, ...], tuple[Section, list[T]]] = field(default_factory=dict)

    def add(self, section: Section, item: Item, region: str, one: T) -> list[T]:
        """Take one in; gives the batch that it fills, or nothing."""
        assert section.call is not None
        assert section.batch is not None
        key = (section.name, region, *(str(item.get(name)) for name in section.call.params.values()))
        with self._lock:
            _, waiting = self._held.setdefault(key, (section, []))
            waiting.append(one)
            return self._held.pop(key)[1] if len(waiting) == section.batch.size else []

    def rest(self) -> list[tuple[Section, list[T]]]:
        """All that wait still, when nobody comes any more."""
        with self._lock:
            found = list(self._held.values())
            self._held.clear()
            return found


def read_batch(
    section: Section, resource: Resource, account: Account, items: Sequence[Item], region: str
) -> list[Outcome]:
    """Read a section of many listed items in one call; the outcomes in their order.

    Where AWS refuses the whole call because of one item, each is asked for by itself.
    """
    assert section.call is not None
    assert section.batch is not None
    call, batch = section.call, section.batch
    told = section.absent_when | section.disabled_when | resource.gone_when
    try:
        asked = {**parameters(call, items[0]), batch.param: [item.get(batch.source) for item in items]}
        pages = list(account.calls.pages(call, region, asked))
    except CallError as failed:
        if failed.code in told and len(items) > 1:
            return [read_batch(section, resource, account, [item], region)[0] for item in items]
        return [outcome_of(failed, section, resource)] * len(items)
    return [_outcome(item, section, resource, pages) for item in items]


def _outcome(item: Item, section: Section, resource: Resource, pages: Sequence[Answer]) -> Outcome:
    """What the answer says of one item: its element, why it has none, or nothing, which is a gap."""
    assert section.call is not None
    assert section.batch is not None
    batch, name = section.batch, item.get(section.batch.source)
    for element in _listed(pages, section.call.path):
        if name is not None and pick(element, batch.match) == name:
            return _held(element, batch, section, resource)
    failures = _listed(pages, batch.failures) if batch.failures else ()
    codes = sorted({code for failure in failures for code in _codes(failure, name)})
    return outcome_of(CallError(_left_out(section.call, codes), next(iter(codes), "")), section, resource)


def _held(element: Mapping[str, Any], batch: Batch, section: Section, resource: Resource) -> Outcome:
    value = pick(element, batch.value)
    if value is None:
        return Absent()
    try:
        return Held(section_value(value, section, resource))
    except UndecodableError as error:
        return Missed(malformed(section, str(error)))


def _listed(pages: Sequence[Answer], path: str) -> Iterator[Any]:
    for page in pages:
        found = pick(page, path)
        yield from found if isinstance(found, list) else ()


def _codes(failure: object, name: object) -> Iterator[str]:
    """The words with which an entry of the failures says why this item has no element."""
    if not isinstance(failure, Mapping) or name not in failure.values():
        return
    for text in failure.values():
        if isinstance(text, str) and text != name and text.isidentifier() and len(text) <= LONGEST_CODE:
            yield text


def _left_out(call: Call, codes: Sequence[str]) -> Gap:
    reason = next((BY_CODE[code] for code in codes if code in BY_CODE), GapReason.NOT_PROVIDED)
    detail = "the answer does not hold it" + (f": {', '.join(codes)}" if codes else "")
    return Gap(path="", reason=reason, call=call.read.call, permission=call.read.action, detail=detail)
