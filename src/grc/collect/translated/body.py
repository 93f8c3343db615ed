"""Makes the body of a record of one declared resource and all that is attached to it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from grc.collect.policies import Computed, place
from grc.collect.translated.owners import Owners
from grc.collect.translated.reading import ABSENT, Reading, Wording
from grc.collect.translated.resource import DeclaredResource
from grc.collect.translated.translation import Attachment, Translation
from grc.model.evidence import Gap, GapReason

NO_ACCOUNT: Final = ""
OTHERS: Final = "OtherAccounts"


@dataclass(slots=True)
class Body:
    """The body of one resource's record as it grows, and the gaps in it. ``hole`` is what was not read, if anything."""

    resource: DeclaredResource
    wording: Wording
    hole: str | None
    values: dict[str, Any] = field(default_factory=dict)
    gaps: list[Gap] = field(default_factory=list)

    def translate(self, translation: Translation, owners: Sequence[Owners]) -> None:
        """Fill the body by one translation."""
        reading = Reading(self.resource, self.wording, self.gaps, translation.filled)
        read = {name: reading.value(name, value) for name, value in translation.fields.items()}
        self.values.update((name, value) for name, value in read.items() if value is not ABSENT)
        for attachment, owned in zip(translation.attached, owners, strict=True):
            self._attach(attachment, owned)
        place(self.values, translation.computed, NO_ACCOUNT, self.gaps, self._unreadable)
        self.gaps.extend(self._others(translation))
        for path in translation.secret:
            _drop(self.values, tuple(path.split(".")))

    def _attach(self, attachment: Attachment, owners: Owners) -> None:
        """Put into the body what the resources attached to this one set."""
        mine = owners.of.get(self.resource.address, ())
        doubt = owners.perhaps.get(self.resource.address)
        if doubt is not None:
            self._gap(attachment, f"{doubt} may {_verb(attachment)} it, and may not be there")
        elif attachment.append:
            self._append(mine, attachment, owners)
        elif len(mine) == 1:
            self._set(mine[0], attachment)
        elif mine:
            self._gap(attachment, f"set twice, by {mine[0].address} and {mine[1].address}")
        elif (other := self._elsewhere(attachment, owners)) is not None:
            self._gap(attachment, other)
        elif _held(self.values, attachment.path) is not None:
            return
        elif not self.resource.created:
            self._gap(attachment, f"{self.resource.address} exists already, and no {attachment.type} here sets it")
        elif attachment.unset is None:
            self._gap(attachment, f"no {attachment.type} here sets it, and what a new one then has is not told")
        elif attachment.unset["value"] is not None:
            _put(self.values, attachment.path, attachment.unset["value"])

    def _set(self, attached: DeclaredResource, attachment: Attachment) -> None:
        """What a resource of its own sets holds, whatever was not known of the owner's own arguments."""
        within = (attachment.field + ".", attachment.field + "[")
        self.gaps[:] = [gap for gap in self.gaps if gap.path != attachment.field and not gap.path.startswith(within)]
        value = Reading(attached, self.wording, self.gaps).value(attachment.field, attachment.value)
        if value is not ABSENT:
            _put(self.values, attachment.path, value)

    def _append(self, mine: Sequence[DeclaredResource], attachment: Attachment, owners: Owners) -> None:
        other = self._elsewhere(attachment, owners)
        if other is not None:
            self._gap(attachment, other)
            return
        if any(gap.path == attachment.field for gap in self.gaps):
            return
        held = _held(self.values, attachment.path)
        elements = list(held or ())
        for one in mine:
            reading = Reading(one, self.wording, self.gaps)
            value = reading.value(f"{attachment.field}[{len(elements)}]", attachment.value)
            elements.append({} if value is ABSENT else value)
        if elements or held is not None:
            _put(self.values, attachment.path, elements)

    def _elsewhere(self, attachment: Attachment, owners: Owners) -> str | None:
        """What may be attached to this resource unseen."""
        if owners.unresolved:
            noun = self.wording.noun
            return f"{owners.unresolved[0]} may {_verb(attachment)} it, and refers to something not in this {noun}"
        return self.hole and f"what may {_verb(attachment)} it was not read: {self.hole}"

    def _gap(self, attachment: Attachment, detail: str) -> None:
        call = self.wording.call
        self.gaps.append(Gap(path=attachment.field, reason=GapReason.NOT_TRANSLATED, call=call, detail=detail))

    def _others(self, translation: Translation) -> Iterator[Gap]:
        """A declaration does not tell its account, and so not which accounts are others."""
        for one in translation.computed:
            section = self.values.get(one.name)
            if isinstance(section, dict) and section.get(OTHERS):
                section.pop(OTHERS)
                detail = f"the {self.wording.noun} does not tell the account that it is for"
                path = f"{one.name}.{OTHERS}"
                yield Gap(path=path, reason=GapReason.NOT_PROVIDED, call=self.wording.call, detail=detail)

    def _unreadable(self, computed: Computed, detail: str) -> Gap:
        return Gap(path=computed.name, reason=GapReason.PARSE_ERROR, call=self.wording.call, detail=detail)


def tags_of(resource: DeclaredResource) -> Mapping[str, str] | None:
    """The resource's tags, or None where they are not known whole."""
    for name in ("tags_all", "tags"):
        if name in resource.values and not resource.unknown.get(name):
            tags = resource.values[name]
            found = tags if isinstance(tags, Mapping) else {}
            return {key: value for key, value in found.items() if isinstance(value, str)}
    return None


def _verb(attachment: Attachment) -> str:
    return "add to" if attachment.append else "set"


def _held(values: Mapping[str, Any], path: Sequence[str]) -> Any:
    found: Any = values
    for name in path:
        found = found.get(name) if isinstance(found, dict) else None
    return found


def _put(values: dict[str, Any], path: Sequence[str], value: Any) -> None:
    *above, last = path
    for name in above:
        values = values.setdefault(name, {})
    values[last] = value


def _drop(value: Any, path: Sequence[str]) -> None:
    """Take out what stands at a path, of each element where a list is on the way."""
    if isinstance(value, list):
        for element in value:
            _drop(element, path)
    elif isinstance(value, dict) and len(path) == 1:
        value.pop(path[0], None)
    elif isinstance(value, dict):
        _drop(value.get(path[0]), path[1:])
