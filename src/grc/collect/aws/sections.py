"""Reads one section of one subject, and says what came of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from grc.collect.aws.allowlist import Read
from grc.collect.aws.calls import CallError
from grc.collect.aws.context import Account
from grc.collect.aws.declared import Call, Resource, Section
from grc.collect.aws.derive import DERIVATIONS
from grc.collect.aws.normalise import UndecodableError, plain, section_value
from grc.collect.aws.paths import pick
from grc.collect.aws.shapes import paging, paging_members
from grc.model.evidence import Gap, GapReason

UNSENT: Final = "ResponseMetadata"

Item = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Held:
    """A value, and the gaps within it."""

    value: object
    gaps: tuple[Gap, ...] = ()


@dataclass(frozen=True, slots=True)
class Absent:
    """Not set: a fact."""


@dataclass(frozen=True, slots=True)
class Disabled:
    """The service is not offered or not enabled here: a fact."""

    detail: str


@dataclass(frozen=True, slots=True)
class Gone:
    """The subject went between list and read: a fact."""


@dataclass(frozen=True, slots=True)
class Missed:
    """Asked for and not had."""

    gap: Gap


Outcome = Held | Absent | Disabled | Gone | Missed


def read_section(section: Section, resource: Resource, account: Account, item: Item, region: str) -> Outcome:
    """Read a section of a listed item in the item's region."""
    try:
        return _read(section, resource, account, item, region)
    except CallError as failed:
        return outcome_of(failed, section, resource)
    except UndecodableError as error:
        return Missed(malformed(section, str(error)))


def parameters(call: Call, item: Item) -> dict[str, Any]:
    """The parameters of a call: constants, and fields of the listed item.

    Raises:
        CallError: the item lacks a field.
    """
    found = dict(call.fixed)
    for name, field in call.params.items():
        if item.get(field) is None:
            detail = f"the listed item lacks {field}"
            raise CallError(
                Gap(
                    path="",
                    reason=GapReason.MALFORMED,
                    call=call.read.call,
                    permission=call.read.action,
                    detail=detail,
                )
            )
        found[name] = item[field]
    return found


def _read(section: Section, resource: Resource, account: Account, item: Item, region: str) -> Outcome:
    gaps: tuple[Gap, ...] = ()
    if section.derive is not None:
        value = DERIVATIONS[section.derive](account, item)
    else:
        assert section.call is not None
        value = _called(section.call, account, item, region)
        if section.each is not None and isinstance(value, list):
            value, gaps = _each(section, account, value, region)
    if value is None:
        return Absent()
    return Held(section_value(value, section, resource), gaps)


def _called(call: Call, account: Account, item: Item, region: str) -> object:
    pages = list(account.calls.pages(call, region, parameters(call, item)))
    if not call.path:
        return _whole(call, pages[0])
    values = [pick(page, call.path) for page in pages]
    if paging(call.read.service, call.read.operation):
        return [below for value in values if isinstance(value, list) for below in value]
    return values[0]


def _whole(call: Call, answer: Mapping[str, Any]) -> dict[str, Any]:
    left_out = paging_members(call.read.service, call.read.operation) | {UNSENT}
    return {name: value for name, value in answer.items() if name not in left_out}


def _each(section: Section, account: Account, elements: list[Any], region: str) -> tuple[object, tuple[Gap, ...]]:
    """Each element with its own further answer; what that could not be read for is a gap of that element."""
    each = section.each
    assert each is not None
    found, gaps = [], []
    for index, bare in enumerate(elements):
        element = bare if each.field is None else {each.field: bare}
        try:
            value = _called(each.call, account, element, region)
        except CallError as failed:
            value = None
            if failed.code not in each.absent_when:
                gaps.append(_at(failed.gap, f"{section.name}[{index}].{each.into}"))
        found.append(element if value is None else {**element, each.into: plain(value)})
    return found, tuple(gaps)


def outcome_of(failed: CallError, section: Section, resource: Resource) -> Outcome:
    """What a call without an answer says of a section: a fact by its error code, else a gap."""
    if failed.code in section.absent_when:
        return Absent()
    if failed.code in section.disabled_when:
        return Disabled(f"{failed.gap.call}: {failed.gap.detail}")
    if failed.code in resource.gone_when:
        return Gone()
    return Missed(_at(failed.gap, section.name))


def _at(gap: Gap, path: str) -> Gap:
    return Gap(path=path, reason=gap.reason, call=gap.call, permission=gap.permission, detail=gap.detail)


def malformed(section: Section, detail: str) -> Gap:
    """The gap of a section whose answer cannot be read."""
    read: Read | None = section.reads[-1] if section.reads else None
    return Gap(
        path=section.name,
        reason=GapReason.MALFORMED,
        call=None if read is None else read.call,
        permission=None if read is None else read.action,
        detail=detail,
    )
