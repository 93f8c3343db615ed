"""What ``grc init`` makes: it explains itself, overwrites nothing, and proves nothing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from grc import kinds
from grc.collect.documents.source import DocumentSource
from grc.collect.persons import Pseudonyms
from grc.collect.registers import RegisterSource
from grc.errors import ConfigError
from grc.model.evidence import GapReason, Population, Record, Unit
from grc.model.ports import Source
from grc.run.starting import begin

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
KINDS = kinds.load()
REGISTERS = {name: kind for name, kind in KINDS.items() if kind.provider == "register"}
SCHEMA = """format: grc.kind/1
name: register.keys-issued
title: Keys issued
provider: register
scope: global
key: key_id
schema: {type: object, required: [key_id], properties: {key_id: {type: string, title: Key}}}
"""


class Held:
    """A sink and a progress that keep what they are given."""

    def __init__(self) -> None:
        self.populations: dict[str, tuple[Population, Sequence[Record]]] = {}

    def has(self, unit: Unit) -> bool:
        return unit.kind in self.populations

    def write(self, population: Population, records: Sequence[Record]) -> None:
        self.populations[population.unit.kind] = (population, records)

    def planned(self, units: int) -> None:
        assert units

    def done(self, unit: Unit) -> None:
        assert self.has(unit)


def read(source: Source) -> dict[str, tuple[Population, Sequence[Record]]]:
    held = Held()
    source.collect(dict.fromkeys(source.kinds(), frozenset()), held, held)
    return held.populations


def registers(folder: Path) -> RegisterSource:
    return RegisterSource(
        folder=folder / "registers",
        registers=REGISTERS,
        timezone=ZoneInfo("Europe/Berlin"),
        pseudonyms=Pseudonyms(b"key"),
        clock=lambda: NOW,
        files={},
        redact={},
    )


def test_every_register_has_a_template_and_a_page_on_its_columns(tmp_path: Path) -> None:
    begun = begin(tmp_path)
    for kind in REGISTERS.values():
        name = kind.name.removeprefix("register.")
        assert f"registers/{name}.csv" in begun.added
        page = (tmp_path / "registers" / "columns" / f"{name}.md").read_text(encoding="utf-8")
        assert all(f"| `{column}` |" in page for column in kind.shape.fields)


def test_a_template_is_no_evidence_not_even_of_nothing(tmp_path: Path) -> None:
    begin(tmp_path)
    found = read(registers(tmp_path))
    assert found.keys() == REGISTERS.keys()
    for population, records in found.values():
        assert not records
        assert [gap.reason for gap in population.gaps] == [GapReason.NOT_PROVIDED], population.gaps


def test_the_example_row_is_written_as_the_register_asks(tmp_path: Path) -> None:
    begin(tmp_path)
    for path in (tmp_path / "registers").glob("*.csv"):
        path.write_text(path.read_text(encoding="utf-8").replace("(example) ", ""), encoding="utf-8")
    for population, records in read(registers(tmp_path)).values():
        assert population.complete, population.gaps
        (record,) = records
        assert not record.gaps


def test_policy_templates_are_no_evidence_until_they_are_filled_in(tmp_path: Path) -> None:
    begin(tmp_path)
    source = DocumentSource(
        root=tmp_path,
        folder="policies",
        kind=KINDS["document.policy"],
        timezone=ZoneInfo("UTC"),
        pseudonyms=Pseudonyms(b"key"),
        clock=lambda: NOW,
        redact={},
    )
    ((population, records),) = read(source).values()
    assert not records
    assert [gap.reason for gap in population.gaps] == [GapReason.NOT_PROVIDED]
    assert len(population.facts) >= 10
    for path in (tmp_path / "policies").glob("*.md"):
        path.write_text(path.read_text(encoding="utf-8").replace("status: template", "status: in-force"), "utf-8")
    ((population, records),) = read(source).values()
    for record in records:
        assert not record.gaps
        assert record.body["placeholders"] >= 4
        assert record.body["words"] >= 100
        assert not {"author", "owner", "approver", "approved_on"} & record.body.keys()
    assert len({record.body["id"] for record in records}) == len(records)


def test_nothing_is_overwritten_and_what_is_missing_is_added(tmp_path: Path) -> None:
    first = begin(tmp_path)
    mine = {"grc.yaml": "format: grc.workspace/1\n", "registers/people.csv": "mine", "policies/cryptography.md": "mine"}
    for name, text in mine.items():
        (tmp_path / name).write_text(text)
    (tmp_path / "waivers.yaml").unlink()
    again = begin(tmp_path)
    assert again.added == ("waivers.yaml",)
    assert again.kept == len(first.added) - 1
    assert {name: (tmp_path / name).read_text() for name in mine} == mine


def test_what_is_kept_in_another_format_is_there(tmp_path: Path) -> None:
    for name in ("registers/people.xlsx", "registers/risk-register.yaml", "policies/cryptography.pdf"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"")
    added = begin(tmp_path).added
    assert not {"registers/people.csv", "registers/risk-register.csv", "policies/cryptography.md"} & set(added)


def test_a_dry_run_adds_nothing_and_says_the_same(tmp_path: Path) -> None:
    told = begin(tmp_path / "new", dry_run=True)
    assert not (tmp_path / "new").exists()
    assert told == begin(tmp_path / "new")


def test_a_workspace_s_own_folders_and_registers_are_followed(tmp_path: Path) -> None:
    (tmp_path / "lists" / "schemas").mkdir(parents=True)
    (tmp_path / "lists" / "schemas" / "keys.yaml").write_text(SCHEMA)
    (tmp_path / "grc.yaml").write_text(
        "format: grc.workspace/1\nregisters: {folder: lists, files: {people: {file: staff.csv}}}\n"
        "documents: {folder: rules}\n"
    )
    added = begin(tmp_path).added
    assert {"lists/keys-issued.csv", "lists/columns/keys-issued.md", "rules/cryptography.md"} <= set(added)
    assert "lists/people.csv" not in added
    assert not any(name.startswith(("registers/", "policies/")) for name in added)


def test_a_link_that_leads_nowhere_is_not_written_through(tmp_path: Path) -> None:
    (tmp_path / "waivers.yaml").symlink_to(tmp_path / "elsewhere")
    assert "waivers.yaml" not in begin(tmp_path).added
    assert not (tmp_path / "elsewhere").exists()


def test_a_file_in_the_way_is_an_error_that_says_where(tmp_path: Path) -> None:
    (tmp_path / "policies").write_text("")
    with pytest.raises(ConfigError, match="policies"):
        begin(tmp_path)
