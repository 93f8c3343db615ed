"""A Terraform plan as a source: the records that a live scan would give after apply, as far as the plan knows."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from grc.collect.policies import Computed, place
from grc.collect.terraform.plan import Plan, PlannedResource, read_plan
from grc.collect.terraform.references import Owners, owners_of
from grc.collect.terraform.translate import ABSENT, Reading
from grc.collect.terraform.translation import Attachment, Translation, load_translations
from grc.model.evidence import Coverage, Demand, Gap, GapReason, Origin, Population, Record, Unit
from grc.model.identifiers import KindName, Place, SubjectId
from grc.model.ports import Progress, Sink

QUERY: Final = "terraform show -json"
NO_ACCOUNT: Final = ""
OTHERS: Final = "OtherAccounts"


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanSource:
    """One plan file. ``root`` names it in places: ``file/<root>``."""

    root: str
    plan: Plan
    clock: Callable[[], datetime]
    name: str = "terraform-plan"
    version: str = "1"

    def kinds(self) -> frozenset[KindName]:
        """The kinds that plans are translated to."""
        return frozenset(translation.kind for translation in load_translations())

    def collect(self, demand: Demand, sink: Sink, progress: Progress) -> None:
        """Translate the demanded kinds, one unit each; a kind without resources is a proven empty population."""
        units = [
            Unit(source=self.name, place=Place(f"file/{self.root}"), kind=kind)
            for kind in sorted(demand.keys() & self.kinds())
        ]
        progress.planned(len(units))
        for unit in units:
            if not sink.has(unit):
                self._write(unit, sink)
            progress.done(unit)

    def _write(self, unit: Unit, sink: Sink) -> None:
        started = self.clock()
        translations = [one for one in load_translations() if one.kind == unit.kind]
        records = [record for one in translations for record in self._records(unit, one, started)]
        population = Population(
            unit=unit,
            origin=Origin.PLAN,
            query=QUERY,
            parameters={"terraform": self.plan.terraform_version},
            caller="file",
            started=started,
            finished=self.clock(),
            count=len(records),
            complete=True,
            coverage=Coverage(
                paths=frozenset(path for one in translations for path in one.paths()),
                otherwise=GapReason.NOT_TRANSLATED,
            ),
        )
        sink.write(population, records)

    def _records(self, unit: Unit, translation: Translation, collected: datetime) -> Iterator[Record]:
        owners = [owners_of(self.plan, translation.type, one) for one in translation.attached]
        for resource in self.plan.resources:
            if resource.type == translation.type:
                body, gaps = _translate(resource, translation, owners)
                yield Record(
                    kind=unit.kind,
                    subject=SubjectId(resource.address),
                    place=unit.place,
                    origin=Origin.PLAN,
                    collected=collected,
                    body=body,
                    tags=_tags(resource),
                    gaps=tuple(sorted(gaps)),
                    file=self.root,
                )


def open_plan(path: Path, root: str, clock: Callable[[], datetime]) -> PlanSource:
    """Open a plan file as a source.

    Raises:
        ConfigError: the file is not the JSON of a Terraform plan.
    """
    return PlanSource(root=root, plan=read_plan(path), clock=clock)


def _translate(
    resource: PlannedResource, translation: Translation, owners: Sequence[Owners]
) -> tuple[dict[str, Any], list[Gap]]:
    reading = Reading(resource)
    read = {name: reading.value(name, value) for name, value in translation.fields.items()}
    body = {name: value for name, value in read.items() if value is not ABSENT}
    gaps = reading.gaps
    for attachment, owned in zip(translation.attached, owners, strict=True):
        gaps.extend(_attach(body, resource, attachment, owned, gaps))
    place(body, translation.computed, NO_ACCOUNT, gaps, _unreadable)
    gaps.extend(_others(body, translation))
    return body, gaps


def _others(body: dict[str, Any], translation: Translation) -> Iterator[Gap]:
    """A plan does not tell its account, and so not which accounts are others."""
    for one in translation.computed:
        if body.get(one.name, {}).get(OTHERS):
            del body[one.name][OTHERS]
            detail = "the plan does not tell the account that it is for"
            path = f"{one.name}.{OTHERS}"
            yield Gap(path=path, reason=GapReason.NOT_PROVIDED, call="terraform plan", detail=detail)


def _unreadable(computed: Computed, detail: str) -> Gap:
    return Gap(path=computed.name, reason=GapReason.PARSE_ERROR, call="terraform plan", detail=detail)


def _attach(
    body: dict[str, Any], resource: PlannedResource, attachment: Attachment, owners: Owners, gaps: list[Gap]
) -> list[Gap]:
    """Put into the body what the resources attached to this one set; return the new gaps."""
    mine = owners.of.get(resource.address, ())
    if attachment.append:
        return _append(body, mine, attachment, owners, gaps)
    if len(mine) == 1:
        reading = Reading(mine[0])
        value = reading.value(attachment.field, attachment.value)
        if value is not ABSENT:
            body[attachment.field] = value
        return reading.gaps
    if mine:
        return [_not_translated(attachment, f"set twice, by {mine[0].address} and {mine[1].address}")]
    if owners.unresolved:
        return [
            _not_translated(attachment, f"{owners.unresolved[0]} may set it, and refers to something not in this plan")
        ]
    if not resource.created:
        return [
            _not_translated(attachment, f"{resource.address} exists already, and no {attachment.type} here sets it")
        ]
    if attachment.unset is None:
        return []
    if attachment.unset["value"] is not None:
        body[attachment.field] = attachment.unset["value"]
    return []


def _append(
    body: dict[str, Any],
    mine: tuple[PlannedResource, ...],
    attachment: Attachment,
    owners: Owners,
    gaps: list[Gap],
) -> list[Gap]:
    if owners.unresolved:
        return [
            _not_translated(
                attachment, f"{owners.unresolved[0]} may add to it, and refers to something not in this plan"
            )
        ]
    if any(gap.path == attachment.field for gap in gaps):
        return []
    elements = list(body.get(attachment.field, ()))
    found: list[Gap] = []
    for one in mine:
        reading = Reading(one)
        elements.append(reading.value(f"{attachment.field}[{len(elements)}]", attachment.value))
        found.extend(reading.gaps)
    if elements or attachment.field in body:
        body[attachment.field] = elements
    return found


def _not_translated(attachment: Attachment, detail: str) -> Gap:
    return Gap(path=attachment.field, reason=GapReason.NOT_TRANSLATED, call="terraform plan", detail=detail)


def _tags(resource: PlannedResource) -> Mapping[str, str] | None:
    for name in ("tags_all", "tags"):
        if name in resource.values and not resource.unknown.get(name):
            tags = resource.values[name] or {}
            return {key: value for key, value in tags.items() if isinstance(value, str)}
    return None
