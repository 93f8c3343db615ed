"""The record of processing activities, read from the register that a pack holds."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Final
from zoneinfo import ZoneInfo

from grc import canonical
from grc.evidence import Pack
from grc.model.catalogue import Catalogue
from grc.model.evidence import Record
from grc.model.identifiers import KindName
from grc.model.views import ProcessingRow, ProcessingView

KIND: Final = KindName("register.ropa")
DAYS: Final = ("updated_on", "review_on")


def record_of_processing(pack: Pack, catalogue: Catalogue, zone: ZoneInfo) -> ProcessingView:
    """Every row of the register, by our role and by id. Days are those of the organisation's timezone.

    Raises:
        EvidenceError: the register is not what was sealed.
    """
    held = [population for population in pack.populations() if population.unit.kind == KIND]
    rows = sorted(_rows(pack, zone), key=lambda row: (row.role or "", row.activity))
    whole = all(population.complete and not population.gaps for population in held)
    return ProcessingView(framework=catalogue.id, title=catalogue.title, kept=bool(held), whole=whole, rows=tuple(rows))


def _rows(pack: Pack, zone: ZoneInfo) -> Iterator[ProcessingRow]:
    for population in pack.populations():
        if population.unit.kind == KIND:
            yield from (_row(record, zone) for record in pack.records(population))


def _row(record: Record, zone: ZoneInfo) -> ProcessingRow:
    return ProcessingRow(
        activity=record.subject,
        title=_text(record, "title"),
        role=_text(record, "role"),
        controller=_text(record, "controller"),
        purpose=_text(record, "purpose"),
        lawful_basis=_text(record, "lawful_basis"),
        special_basis=_text(record, "special_basis"),
        subject_categories=_texts(record, "subject_categories"),
        data_categories=_texts(record, "data_categories"),
        recipients=_texts(record, "recipients"),
        third_countries=found if isinstance(found := record.body.get("third_countries"), bool) else None,
        safeguards=_text(record, "safeguards"),
        retention=_text(record, "retention"),
        security_measures=_text(record, "security_measures"),
        updated_on=_day(record, "updated_on", zone),
        review_on=_day(record, "review_on", zone),
        unread=_unread(record, zone),
        digest=canonical.digest(canonical.encode(record)),
    )


def _text(record: Record, field: str) -> str | None:
    found = record.body.get(field)
    return found if isinstance(found, str) else None


def _day(record: Record, field: str, zone: ZoneInfo) -> date | None:
    """A day of the register, which evidence holds as the instant at which it begins."""
    try:
        found = datetime.fromisoformat(_text(record, field) or "")
    except ValueError:
        return None
    return found.astimezone(zone).date() if found.tzinfo is not None else found.date()


def _unread(record: Record, zone: ZoneInfo) -> frozenset[str]:
    """The fields that hold a gap, or a day in no known form: what they say is not known."""
    gaps = {gap.path.partition(".")[0].partition("[")[0] for gap in record.gaps}
    odd = {field for field in DAYS if field in record.body and _day(record, field, zone) is None}
    return frozenset(gaps | odd)


def _texts(record: Record, field: str) -> tuple[str, ...] | None:
    found = record.body.get(field)
    return tuple(str(each) for each in found) if isinstance(found, list) else None
