"""The shipped registers as data: every register that is asked for, complete columns, and nobody's name in plain."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from pathlib import Path

import pytest

from grc import kinds
from grc.model.identifiers import KindName
from grc.model.kind import Kind
from grc.model.types import Field, ListType, Primitive, Redaction

RENAMED = {"dr_tests": "continuity-tests"}
"""Registers of the index that go by a clearer name here."""
BESIDE = {"access-review-items", "changes", "outages", "tickets"}
"""Registers that the index does not list: what the joins need."""
PERSONS = {
    *(
        "accepted_by",
        "accountable",
        "approved_by",
        "approver",
        "area_owner",
        "assignee",
        "attendees",
        "auditor",
        "author",
    ),
    *("chair", "closed_by", "consulted", "decided_by", "dpo", "implemented_by", "informed", "manager", "owner"),
    *("person_id", "reported_by", "requested_by", "responsible", "reviewed_by", "reviewer", "signer", "subject_ref"),
    *("verified_by", "witness"),
}
"""Columns that name a person, whatever register they stand in."""
CALLED: Mapping[str, Mapping[str, str]] = {
    "breaches": {"aware_on": "aware_at", "authority_notified_on": "authority_notified_at", "numbers": "persons"},
    "bcp": {"rto": "rto_minutes", "rpo": "rpo_minutes"},
    "dr_tests": {
        "achieved_rto": "achieved_rto_minutes",
        "achieved_rpo": "achieved_rpo_minutes",
        "findings": "findings_open",
    },
    "sla_metrics": {"period": "period_start"},
    "sustainability": {"period": "period_start", "target": "target_kgco2e"},
    "it_budget_tco": {"period": "period_start", "actual": "actual_capex"},
    "employee_monitoring": {"retention": "retention_days"},
}
"""Columns of the index that say here what they are measured in, or that became two."""


def registers() -> dict[str, Kind]:
    return {name.partition(".")[2]: kind for name, kind in kinds.load().items() if name.startswith("register.")}


def columns() -> list[tuple[str, str, Field]]:
    return [(name, column, field) for name, kind in registers().items() for column, field in kind.shape.fields.items()]


def index(reference: Path) -> dict[str, list[str]]:
    with (reference / "registers.csv").open(encoding="utf-8", newline="") as file:
        return {row["register"]: row["minimal_fields"].split(",") for row in csv.DictReader(file)}


def test_every_register_of_the_index_is_there(reference: Path) -> None:
    wanted = {RENAMED.get(name, name.replace("_", "-")) for name in index(reference)}
    assert registers().keys() == wanted | BESIDE


def test_every_column_of_the_index_is_there(reference: Path) -> None:
    shipped = registers()
    lacking = [
        (name, column)
        for name, minimal in index(reference).items()
        for column in (CALLED.get(name, {}).get(each, each).partition("(")[0] for each in minimal)
        if column not in shipped[RENAMED.get(name, name.replace("_", "-"))].shape.fields
    ]
    assert lacking == []


def test_every_column_says_what_it_holds() -> None:
    assert [(name, column) for name, column, field in columns() if not field.title.strip()] == []


def test_a_list_says_how_its_values_are_kept_apart() -> None:
    lists = [(name, column, field.title) for name, column, field in columns() if isinstance(field.type, ListType)]
    assert lists
    assert [each for each in lists if "semicolons" not in each[2] and each[1] != "accountable"] == []


def test_nobody_is_named_in_plain() -> None:
    named = [(name, column) for name, column, field in columns() if column in PERSONS and field.personal is None]
    assert named == []
    joined = [field for _, _, field in columns() if field.references == "register.people.person_id"]
    assert len(joined) > 40
    assert {field.personal for field in joined} == {Redaction.PSEUDONYM}


def test_every_row_has_an_id_and_a_day() -> None:
    for name, kind in registers().items():
        identity, dated_by = kind.document.get("identity"), kind.document.get("dated_by")
        assert isinstance(identity, list), name
        assert all(not kind.shape.fields[column].nullable for column in identity if column != "course_version"), name
        assert isinstance(dated_by, str), name
        assert kind.shape.fields[dated_by].type is Primitive.TIMESTAMP, name


def test_the_hour_is_asked_for_where_it_matters() -> None:
    """A clock of 72 hours, an uptime and a resolution in four hours cannot be reckoned from days."""
    for name, column, field in columns():
        if field.type is Primitive.TIMESTAMP:
            form = registers_schema(name, column)["format"]
            assert form == ("date-time" if column.endswith("_at") else "date"), (name, column)


def registers_schema(name: str, column: str) -> Mapping[str, str]:
    schema = SHIPPED[name].document["schema"]
    assert isinstance(schema, dict)
    found: Mapping[str, str] = schema["properties"][column]
    return found


SHIPPED = registers()


@pytest.mark.parametrize(
    "name", ["breaches", "incidents", "outages", "tickets", "transfers", "dsr-log", "consents", "dpia"]
)
def test_a_register_of_events_may_be_empty(name: str) -> None:
    assert SHIPPED[name].document["may_be_empty"] is True


def test_a_register_of_duties_may_not_be_empty() -> None:
    for name in ("people", "policies", "risk-register", "ropa", "vendors", "assets", "soa", "raci", "attestations"):
        assert "may_be_empty" not in SHIPPED[name].document


def test_references_lead_to_registers() -> None:
    assert {field.references.partition(".")[0] for _, _, field in columns() if field.references} == {"register"}
    assert KindName("register.people") in kinds.load()
