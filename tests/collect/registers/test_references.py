"""A row that points at nothing is told with its file, row and column, and read like any other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from grc import kinds
from grc.collect.persons import Pseudonyms
from grc.collect.registers import RegisterSource
from grc.model.evidence import Gap, GapReason, Population, Record, Unit
from grc.model.identifiers import KindName
from grc.model.types import Redaction

PEOPLE, TRAINING, VENDORS = map(KindName, ("register.people", "register.training", "register.vendors"))
ROPA, TRANSFERS, RISKS = map(KindName, ("register.ropa", "register.transfers", "register.risk-register"))
ADA = "person_id,manager,exported_on\nada,,2026-11-20\n"


class Kept(dict[KindName, Sequence[Record]]):
    """A sink and a progress that keep the records of each register."""

    def has(self, unit: Unit) -> bool:
        return unit.kind in self

    def write(self, population: Population, records: Sequence[Record]) -> None:
        self[population.unit.kind] = records

    def planned(self, units: int) -> None:
        assert units

    def done(self, unit: Unit) -> None:
        assert unit.kind in self


def read(
    folder: Path,
    demanded: Sequence[KindName],
    redact: Mapping[KindName, Mapping[str, Redaction]] | None = None,
    **files: str,
) -> Kept:
    for register, text in files.items():
        (folder / f"{register.replace('_', '-')}.csv").write_text(text, encoding="utf-8")
    source = RegisterSource(
        folder=folder,
        registers={name: kind for name, kind in kinds.load().items() if kind.provider == "register"},
        timezone=ZoneInfo("Europe/Berlin"),
        pseudonyms=Pseudonyms(b"key"),
        clock=lambda: datetime(2026, 11, 22, 9, tzinfo=UTC),
        files={},
        redact=redact or {},
    )
    kept = Kept()
    source.collect(dict.fromkeys(demanded, frozenset()), kept, kept)
    return kept


def told(records: Sequence[Record]) -> list[Gap]:
    return [gap for record in records for gap in record.gaps]


@pytest.mark.parametrize("demanded", [(TRAINING,), (PEOPLE, TRAINING)])
def test_a_person_who_is_not_there_is_told_and_not_named(tmp_path: Path, demanded: Sequence[KindName]) -> None:
    """Whatever is asked for: the register that is referred to is read all the same, and not written."""
    rows = "person_id,course_id,exported_on\nada,one,2026-11-20\nNobody Known,one,2026-11-20\nADA,two,2026-11-20\n"
    kept = read(tmp_path, demanded, people=ADA, training=rows)
    assert sorted(kept) == sorted(demanded)
    (gap,) = told(kept[TRAINING])
    assert (gap.path, gap.reason) == ("person_id", GapReason.NO_SUCH_ROW)
    assert gap.detail == (
        "training.csv:3: person_id names somebody whom people.csv does not have: correct it, or add that row there"
    )
    assert [record.body["course_id"] for record in kept[TRAINING]] == ["one", "one", "two"]
    assert all("person_id" in record.body for record in kept[TRAINING])


def test_what_is_nobody_s_is_told_by_its_value_and_its_place_in_a_list(tmp_path: Path) -> None:
    kept = read(
        tmp_path,
        (ROPA,),
        ropa="id,processors,transfers\nP-1,V-1; V-2; V-1,\nP-2,V-1,TR-1\n",
        vendors="vendor_id,name\nV-1,Cloud\n",
        transfers="id,processing_id\nTR-1,P-2\n",
    )
    (gap,) = told(kept[ROPA])
    assert gap.path == "processors[1]"
    assert (gap.detail or "").startswith("ropa.csv:2: processors names 'V-2', which vendors.csv does not have: correct")


def test_registers_may_refer_to_each_other_and_to_themselves(tmp_path: Path) -> None:
    kept = read(
        tmp_path,
        (PEOPLE, ROPA, TRANSFERS),
        people=ADA + "bob,ada,2026-11-20\neve,zoe,2026-11-20\n",
        ropa="id,transfers\nP-1,TR-1\nP-2,TR-2\n",
        transfers="id,processing_id\nTR-1,P-1\nTR-3,P-3\n",
    )
    lines = {kind: [record.line for record in records if record.gaps] for kind, records in kept.items()}
    assert lines == {PEOPLE: [4], ROPA: [3], TRANSFERS: [3]}


@pytest.mark.parametrize(
    "people",
    [
        None,
        "person_id,exported_on\n",
        "person_id,exported_on\n(example) P-1,2026-01-31\n",
        ADA + "bob,,20.11.2026\n",
        ADA + "ada,,2026-11-20\n",
        ADA + "bob,2026-11-20\n",
    ],
)
def test_nothing_is_said_where_the_row_may_be_among_those_that_were_not_read(
    tmp_path: Path, people: str | None
) -> None:
    rows = "person_id,course_id,exported_on\nbob,one,2026-11-20\n"
    files = {} if people is None else {"people": people}
    assert not told(read(tmp_path, (TRAINING,), training=rows, **files)[TRAINING])


def test_what_is_kept_in_two_ways_never_meets_and_says_nothing(tmp_path: Path) -> None:
    files = {"ropa": "id,processors\nP-1,V-2\n", "vendors": "vendor_id,name\nV-1,Cloud\n"}
    for told_of in ({VENDORS: {"vendor_id": Redaction.PSEUDONYM}}, {VENDORS: {"vendor_id": Redaction.DROP}}):
        assert not told(read(tmp_path, (ROPA,), told_of, **files)[ROPA])
    both = {VENDORS: {"vendor_id": Redaction.PSEUDONYM}, ROPA: {"processors": Redaction.PSEUDONYM}}
    (gap,) = told(read(tmp_path, (ROPA,), both, **files)[ROPA])
    assert "V-2" not in (gap.detail or "")


def test_an_empty_cell_points_nowhere_and_is_no_gap(tmp_path: Path) -> None:
    rows = "risk_id,title,owner\nR-1,Loss,\n"
    assert not told(read(tmp_path, (RISKS,), people=ADA, risk_register=rows)[RISKS])
