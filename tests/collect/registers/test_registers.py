"""Registers: rows become records, and what cannot be understood becomes a gap that says where."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from grc import kinds
from grc.collect.persons import Pseudonyms
from grc.collect.registers import RegisterSource
from grc.model.evidence import GapReason, Population, Record, Unit
from grc.model.identifiers import KindName
from grc.model.workspace import RegisterFile

PEOPLE = KindName("register.people")
TRAINING = KindName("register.training")
NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
HEADER = "person_id,role,start_on,end_on,aws_user,exported_on\n"


@dataclass
class Held:
    """A sink and a progress that keep what they are given."""

    units: dict[Unit, tuple[Population, Sequence[Record]]] = field(default_factory=dict)
    finished: list[Unit] = field(default_factory=list)

    def has(self, unit: Unit) -> bool:
        return unit in self.units

    def write(self, population: Population, records: Sequence[Record]) -> None:
        self.units[population.unit] = (population, records)

    def planned(self, units: int) -> None:
        assert units > 0

    def done(self, unit: Unit) -> None:
        self.finished.append(unit)


def collect(folder: Path, *demanded: KindName, told: RegisterFile | None = None, key: bytes = b"key") -> Held:
    registers = {name: kind for name, kind in kinds.load().items() if kind.provider == "register"}
    source = RegisterSource(
        folder=folder,
        registers=registers,
        timezone=ZoneInfo("Europe/Berlin"),
        pseudonyms=Pseudonyms(key),
        clock=lambda: NOW,
        files={"people": told} if told else {},
        redact={},
    )
    held = Held()
    source.collect({kind: frozenset() for kind in demanded or (PEOPLE,)}, held, held)
    return held


def read_people(folder: Path, text: str | bytes, name: str = "people.csv") -> tuple[Population, Sequence[Record]]:
    data = text.encode() if isinstance(text, str) else text
    (folder / name).write_bytes(data)
    ((population, records),) = collect(folder).units.values()
    return population, records


def test_a_row_becomes_a_record_with_its_line(tmp_path: Path) -> None:
    population, (record,) = read_people(tmp_path, HEADER + "7,nurse,2026-07-01,,ada,2026-11-20\n")
    assert record.line == 2
    assert record.body["start_on"] == "2026-06-30T22:00:00Z"  # midnight in Berlin, in summer
    assert record.body["exported_on"] == "2026-11-19T23:00:00Z"  # and in winter
    assert "end_on" not in record.body
    assert population.count == 1
    assert population.complete
    assert population.coverage.covers("end_on")
    assert not population.coverage.covers("screened_on")


def test_persons_are_pseudonyms_that_still_join(tmp_path: Path) -> None:
    _, (record,) = read_people(tmp_path, HEADER + "ada@x.org,nurse,2026-07-01,, ADA ,2026-11-20\n")
    assert "ada" not in repr(record).casefold()
    assert record.body["aws_user"] == Pseudonyms(b"key").of("ada")
    assert record.body["aws_user"] != Pseudonyms(b"other").of("ada")


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        ("01.07.2026", "start_on is not a date written as YYYY-MM-DD"),
        ("2026-02-30", "start_on is not a date of the calendar"),
        ("0001-01-01", "start_on is not a date of the calendar"),
        ("1600-01-01", "start_on lies before the year 1900"),
    ],
)
def test_an_unreadable_cell_is_a_gap_at_its_column(tmp_path: Path, cell: str, said: str) -> None:
    _, (record,) = read_people(tmp_path, HEADER + f"7,nurse,{cell},,ada,2026-11-20\n")
    (gap,) = record.gaps
    assert gap.path == "start_on"
    assert gap.reason is GapReason.PARSE_ERROR
    assert gap.detail == f"people.csv:2: {said}"
    assert "start_on" not in record.body


@pytest.mark.parametrize(
    ("content", "reason", "said"),
    [
        (HEADER, GapReason.NOT_PROVIDED, "people.csv has no rows"),
        ("", GapReason.NOT_PROVIDED, "people.csv has no rows"),
        ("person_id,role\n7,nurse\n", GapReason.PARSE_ERROR, "the column exported_on is missing"),
        (HEADER + ",nurse,2026-07-01,,ada,2026-11-20\n", GapReason.PARSE_ERROR, "people.csv:2: person_id is missing"),
        (HEADER + "7,nurse\n", GapReason.PARSE_ERROR, "people.csv:2: 2 cells under 6 columns"),
        (HEADER.replace("role", "person_id") + "\n", GapReason.PARSE_ERROR, "people.csv:1: each column needs a name"),
        ((HEADER + "7,Prüferin,,,,2026-11-20\n").encode("cp1252"), GapReason.PARSE_ERROR, "is not utf-8"),
        (HEADER + "7,\0,,,,2026-11-20\n", GapReason.PARSE_ERROR, "NUL"),
        (HEADER + '7,"nurse,,,,\n', GapReason.PARSE_ERROR, "is not CSV"),
        (HEADER + 2 * "7,nurse,2026-07-01,,ada,2026-11-20\n", GapReason.PARSE_ERROR, "the same row as in line 2"),
    ],
)
def test_a_register_that_cannot_be_trusted_whole_has_a_hole(
    tmp_path: Path, content: str | bytes, reason: GapReason, said: str
) -> None:
    population, _ = read_people(tmp_path, content)
    assert not population.complete
    assert any(gap.reason is reason and said in (gap.detail or "") for gap in population.gaps), population.gaps


def test_a_missing_register_is_a_gap_and_not_an_empty_one(tmp_path: Path) -> None:
    held = collect(tmp_path, PEOPLE, TRAINING)
    assert len(held.finished) == 2
    for population, records in held.units.values():
        assert not records
        assert [gap.reason for gap in population.gaps] == [GapReason.NOT_PROVIDED]


def test_two_files_for_one_register_are_refused(tmp_path: Path) -> None:
    (tmp_path / "people.yaml").write_text("format: grc.register/1\nrows: []\n")
    population, records = read_people(tmp_path, HEADER + "7,nurse,,,,2026-11-20\n")
    assert not records
    assert "kept twice" in (population.gaps[0].detail or "")


def test_another_file_encoding_delimiter_and_heading_work_when_they_are_told(tmp_path: Path) -> None:
    (tmp_path / "staff.csv").write_bytes("Nr;role;exported_on\n7;Prüferin;2026-11-20\n".encode("cp1252"))
    ((population, (record,)),) = collect(
        tmp_path, told=RegisterFile(file="staff.csv", encoding="cp1252", delimiter=";", columns={"person_id": "Nr"})
    ).units.values()
    assert population.complete
    assert record.body["role"] == "Prüferin"


def test_a_byte_order_mark_is_not_part_of_the_first_column(tmp_path: Path) -> None:
    _, (record,) = read_people(tmp_path, b"\xef\xbb\xbf" + (HEADER + "7,nurse,,,,2026-11-20\n").encode())
    assert record.subject.startswith("person:")


def test_yaml_registers_give_the_same_records(tmp_path: Path) -> None:
    text = "format: grc.register/1\nrows:\n- {person_id: 7, role: nurse, end_on: null, exported_on: 2026-11-20}\n"
    population, (record,) = read_people(tmp_path, text, "people.yaml")
    assert population.complete
    assert record.body["person_id"] == Pseudonyms(b"key").of("7")
    assert record.body["exported_on"] == "2026-11-19T23:00:00Z"


def test_an_undeclared_column_is_said_and_not_read(tmp_path: Path) -> None:
    text = "person_id,salary,exported_on\n7,1000000,2026-11-20\n"
    population, (record,) = read_people(tmp_path, text)
    assert "1000000" not in repr(record)
    assert [fact.detail for fact in population.facts] == ["salary is not read"]


def test_a_slash_in_an_id_cannot_make_two_rows_one(tmp_path: Path) -> None:
    header = "person_id,course_id,course_version,exported_on\n"
    (tmp_path / "training.csv").write_text(header + "7,a/b,c,2026-11-20\n7,a,b/c,2026-11-20\n")
    ((population, records),) = collect(tmp_path, TRAINING).units.values()
    assert population.complete
    assert len({record.subject for record in records}) == 2
