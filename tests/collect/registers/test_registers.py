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
from grc.collect.registers.tables import MAX_ROWS
from grc.model.evidence import Gap, GapReason, Population, Record, Unit
from grc.model.identifiers import KindName
from grc.model.workspace import RegisterFile

PEOPLE = KindName("register.people")
TRAINING = KindName("register.training")
NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
GUESS = "which part is the day and which the month is not guessed"
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
        ("01.07.2026", f"start_on is not a date written as YYYY-MM-DD: {GUESS}"),
        ("03/04/2026", f"start_on is not a date written as YYYY-MM-DD: {GUESS}"),
        ("1 July 2026", "start_on is not a date written as YYYY-MM-DD"),
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
        ("person_id,role\n7,nurse\n", GapReason.PARSE_ERROR, "the column exported_on is missing: add it, or say what"),
        (HEADER.replace(",", ";"), GapReason.PARSE_ERROR, "people.csv:1: has ';' between its columns where ','"),
        (HEADER.replace(",", "\t"), GapReason.PARSE_ERROR, '{delimiter: "\\t"}'),
        (HEADER + ",nurse,2026-07-01,,ada,2026-11-20\n", GapReason.PARSE_ERROR, "people.csv:2: person_id is missing"),
        (HEADER + "7,nurse\n", GapReason.PARSE_ERROR, "people.csv:2: 2 cells under 6 columns"),
        (HEADER.replace("role", "person_id") + "\n", GapReason.PARSE_ERROR, "people.csv:1: each column needs a name"),
        ((HEADER + "7,Prüferin,,,,2026-11-20\n").encode("cp1252"), GapReason.PARSE_ERROR, "people.csv:2: is not utf-8"),
        (HEADER.encode() + b"7,nurse,,,,\n" * 90_000 + b"\xe9,,,,,", GapReason.PARSE_ERROR, "people.csv:90002: is not"),
        (HEADER.encode() + b"7,nurse\xc3", GapReason.PARSE_ERROR, "people.csv:2: is not utf-8"),
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


def read_register(folder: Path, register: str, text: str, name: str = "") -> tuple[Population, Sequence[Record]]:
    (folder / (name or f"{register}.csv")).write_text(text, encoding="utf-8")
    ((population, records),) = collect(folder, KindName(f"register.{register}")).units.values()
    return population, records


def test_a_cell_that_cannot_be_read_costs_neither_its_row_nor_the_next(tmp_path: Path) -> None:
    population, records = read_people(
        tmp_path, HEADER + "7,nurse,soon,,ada,2026-11-20\n,porter,,,,2026-11-20\n8,a,b\n9,nurse,,,,2026-11-20\n"
    )
    assert [record.line for record in records] == [2, 5]
    assert [(gap.detail or "")[:13] for gap in population.gaps] == ["people.csv:3:", "people.csv:4:"]


def test_the_example_row_is_no_evidence(tmp_path: Path) -> None:
    population, (record,) = read_people(
        tmp_path, HEADER + "(example) C-1,nurse,2026-07-01,,,2026-11-20\n7,nurse,,,,2026-11-20\n"
    )
    assert record.line == 3
    assert population.complete
    assert [fact.fact for fact in population.facts] == ["example-row"]


def test_a_template_that_nobody_filled_in_is_not_provided(tmp_path: Path) -> None:
    population, records = read_people(tmp_path, HEADER + " (Example) C-1,nurse,2026-07-01,,,2026-11-20\n")
    assert not records
    (gap,) = population.gaps
    assert gap == Gap(path="", reason=GapReason.NOT_PROVIDED, detail="people.csv has only its example row")


@pytest.mark.parametrize(
    ("rows", "complete"), [("", True), ("(example) B-1,2026-01-01T08:00Z\n", False), ("B-1,2026-01-01T08:00Z\n", True)]
)
def test_no_breach_is_a_fact_and_an_untouched_template_is_not(tmp_path: Path, rows: str, complete: bool) -> None:
    population, _ = read_register(tmp_path, "breaches", "incident_id,aware_at\n" + rows)
    assert population.complete is complete


def test_a_register_of_events_without_a_header_is_not_a_quiet_year(tmp_path: Path) -> None:
    population, _ = read_register(tmp_path, "breaches", "")
    assert not population.complete


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("2026-03-01T14:05:00+01:00", "2026-03-01T13:05:00Z"),
        ("2026-03-01 08:05-05:00", "2026-03-01T13:05:00Z"),
        ("2026-03-01T13:05Z", "2026-03-01T13:05:00Z"),
        ("2026-03-01T13:05:00.25Z", "2026-03-01T13:05:00.250000Z"),
        ("2026-03-01T14:05:00", None),
        ("2026-03-01", None),
        ("2026-03-01T25:05Z", None),
        ("2026-03-01T13:05+25:00", None),
        ("1 March 14:05", None),
    ],
)
def test_instants_of_several_time_zones_are_one_order(tmp_path: Path, cell: str, value: str | None) -> None:
    _, (record,) = read_register(tmp_path, "breaches", f"incident_id,aware_at\nB-1,{cell}\n")
    assert record.body.get("aware_at") == value
    assert [gap.path for gap in record.gaps] == ([] if value else ["aware_at"])


def test_a_cell_may_hold_a_list(tmp_path: Path) -> None:
    _, (first, second) = read_register(tmp_path, "ropa", "id,recipients\nP-1, doctors ;; nurses;\nP-2, ; ;\n")
    assert first.body["recipients"] == ["doctors", "nurses"]
    assert "recipients" not in second.body
    assert not second.gaps


def test_a_list_in_yaml_is_a_list_of_texts(tmp_path: Path) -> None:
    row = "{id: P-1, recipients: [doctors, 7], data_categories: [[x]], purpose: {a: b}}"
    text = f"format: grc.register/1\nrows:\n- {row}\n"
    _, (record,) = read_register(tmp_path, "ropa", text, "ropa.yaml")
    assert record.body["recipients"] == ["doctors", "7"]
    assert [gap.path for gap in record.gaps] == ["data_categories", "purpose"]


def test_rows_of_yaml_on_one_line_are_still_two_rows(tmp_path: Path) -> None:
    text = "format: grc.register/1\nrows: [{id: P-1, title: a}, {id: P-1, title: b}]\n"
    population, records = read_register(tmp_path, "ropa", text, "ropa.yaml")
    assert len(records) == 1
    assert "the same row" in (population.gaps[0].detail or "")


@pytest.mark.parametrize("blank", ['""', '"  "', "null", "[]"])
def test_blank_is_absent_in_yaml_too(tmp_path: Path, blank: str) -> None:
    _, (record,) = read_register(
        tmp_path, "ropa", f"format: grc.register/1\nrows:\n- {{id: P-1, title: {blank}}}\n", "ropa.yaml"
    )
    assert record.body == {"id": "P-1"}
    assert not record.gaps


def test_no_and_zero_are_values(tmp_path: Path) -> None:
    text = "format: grc.register/1\nrows:\n- {incident_id: 1, persons: 0, ephi: false}\n"
    _, (record,) = read_register(tmp_path, "breaches", text, "breaches.yaml")
    assert record.body == {"incident_id": "1", "persons": 0, "ephi": False}


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        ('"=HYPERLINK(""http://x"")"', "begins like a formula"),
        ("@SUM(1)|cmd!A1", "begins like a formula"),
        ("x" * 40_000, "longer than"),
    ],
)
def test_a_text_that_is_no_text_is_a_gap(tmp_path: Path, cell: str, said: str) -> None:
    _, (record,) = read_people(tmp_path, HEADER + f"7,{cell},,,,2026-11-20\n")
    assert [gap.path for gap in record.gaps] == ["role"]
    assert said in (record.gaps[0].detail or "")


@pytest.mark.parametrize("cell", ["-", "+49 30 1234", "@handle", "- none (see annex)"])
def test_a_text_may_begin_like_people_write(tmp_path: Path, cell: str) -> None:
    _, (record,) = read_people(tmp_path, HEADER + f"7,{cell},,,,2026-11-20\n")
    assert record.body["role"] == cell


def test_two_users_in_one_cell_do_not_keep_a_leaver_from_either(tmp_path: Path) -> None:
    """Where one person is asked for, a list would be a name that nobody has."""
    _, (record,) = read_people(tmp_path, HEADER + "7,nurse,2026-07-01,2026-10-01,ada; ada-admin,2026-11-20\n")
    (gap,) = record.gaps
    assert (gap.path, gap.reason) == ("aws_user", GapReason.PARSE_ERROR)
    assert gap.detail == "people.csv:2: aws_user holds a semicolon, which stands between two: name one alone"


@pytest.mark.parametrize("name", ["ada\u200b", "\ufeffada", "a\u00adda", "ada\u202e"])
def test_an_invisible_character_does_not_keep_a_leaver_from_their_user(tmp_path: Path, name: str) -> None:
    _, (record,) = read_people(tmp_path, HEADER + f"7,nurse,,2026-10-01,{name},2026-11-20\n")
    assert [gap.path for gap in record.gaps] == ["aws_user"]
    assert "ada" not in repr(record)


@pytest.mark.parametrize("name", ["Ёлка Ивановна", "山田太郎", "محمد", "नेहा", "Zoë", "می‌خواهم"])
def test_names_of_any_script_are_read(tmp_path: Path, name: str) -> None:
    _, (record,) = read_people(tmp_path, HEADER + f"7,{name},,,{name},2026-11-20\n")
    assert not record.gaps
    assert record.body["aws_user"] == Pseudonyms(b"key").of(name)


def test_two_ways_to_write_an_umlaut_are_one_text(tmp_path: Path) -> None:
    _, records = read_register(tmp_path, "ropa", "id,title\nP-1,Pru\u0308fung\nP-2,Pr\u00fcfung\n")
    assert len({record.body["title"] for record in records}) == 1


def test_a_choice_is_read_in_any_case(tmp_path: Path) -> None:
    _, (record,) = read_register(tmp_path, "ropa", "id,role\nP-1,CONTROLLER\n")
    assert record.body["role"] == "controller"


def test_a_missing_column_is_named_with_what_it_may_be_called(tmp_path: Path) -> None:
    population, records = read_people(tmp_path, "person-id,role,exported_on\n7,nurse,2026-11-20\n")
    assert not records
    (gap,) = population.gaps
    assert "the column person_id is missing: is it 'person-id'?" in (gap.detail or "")


def test_a_person_s_cell_is_never_repeated(tmp_path: Path) -> None:
    held = read_people(
        tmp_path, HEADER + "=Ada Secret,nurse,,,,2026-11-20\nb,r,Ada Secret,,\u200bAda Secret,2026-11-20\n"
    )
    assert "Secret" not in repr(held)
    assert "\u200b" not in repr(held)


def test_a_thousand_bad_rows_are_counted_and_not_all_named(tmp_path: Path) -> None:
    population, _ = read_people(tmp_path, HEADER + ",nurse,,,,2026-11-20\n" * 1000)
    assert len(population.gaps) == 101
    assert "900 more rows" in (population.gaps[-1].detail or "")


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ((HEADER + "7,Prüferin,,,,2026-11-20\n").encode("utf-16"), "is UTF-16: save it as UTF-8"),
        (
            b'"person_id,role\n7,nurse\n',
            "people.csv:1: the header is not CSV (unexpected end of data): a cell that holds",
        ),
        (b'person_id,"ro"le\n7,nurse\n', "people.csv:1: the header is not CSV"),
        (HEADER.encode() + b"x" * (2**20 + 1), "a line of more than 1,048,576 characters"),
    ],
)
def test_a_file_of_another_sort_is_refused_whole(tmp_path: Path, data: bytes, said: str) -> None:
    population, records = read_people(tmp_path, data)
    assert not records
    assert said in (population.gaps[0].detail or "")


@pytest.mark.slow
def test_a_register_is_read_up_to_a_bound_and_says_so(tmp_path: Path) -> None:
    rows = "".join(f"{number},nurse,,,,2026-11-20\n" for number in range(MAX_ROWS + 2))
    population, records = read_people(tmp_path, HEADER + rows)
    assert len(records) == MAX_ROWS
    assert [gap.reason for gap in population.gaps] == [GapReason.TRUNCATED]


@pytest.mark.parametrize("name", ["people.xls", "people.ods", "people.yml"])
def test_a_file_that_is_not_read_is_named(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"")
    ((population, _),) = collect(tmp_path).units.values()
    assert f"{name} is not read: save it as" in (population.gaps[0].detail or "")


def test_a_quoted_line_break_does_not_shift_the_lines(tmp_path: Path) -> None:
    _, records = read_people(tmp_path, HEADER + '7,"head\nnurse",,,,2026-11-20\n8,nurse,,,,2026-11-20\n')
    assert [record.line for record in records] == [2, 4]


def test_a_truth_value_is_no_number_whatever_was_read_before(tmp_path: Path) -> None:
    text = "format: grc.register/1\nrows:\n- {incident_id: a, persons: 1}\n- {incident_id: b, persons: true}\n"
    _, (first, second) = read_register(tmp_path, "breaches", text, "breaches.yaml")
    assert first.body["persons"] == 1
    assert [gap.path for gap in second.gaps] == ["persons"]
