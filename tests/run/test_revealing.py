"""The owner's table of pseudonyms: kept beside the key and nowhere else, and never of a secret."""

from __future__ import annotations

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest
from canaries import PLANTED
from pack_scanner import contents

from grc.catalogue import load_workspace
from grc.cli.pack import write_report
from grc.collect.persons import Pseudonyms
from grc.errors import ConfigError
from grc.model.evidence import Unit
from grc.run import Reach, assess, collect, open_desk
from grc.run.collecting import Asked
from grc.run.demo.registers import register_files
from grc.run.revealing import Ledger, names_of, revealer

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)


class Silent:
    """Progress that nobody watches."""

    def planned(self, units: int) -> None:
        assert units

    def done(self, unit: Unit) -> None:
        assert unit


def workspace(folder: Path, redact: str) -> Path:
    folder.mkdir()
    (folder / "registers").mkdir()
    (folder / "grc.yaml").write_text(f"format: grc.workspace/1\n{redact}")
    (folder / "registers" / "people.csv").write_text(register_files(NOW.date())["registers/people.csv"])
    return folder


def collected(folder: Path) -> Path:
    pack = folder.parent / "pack"
    collect(
        open_desk(folder),
        Reach(),
        pack,
        Asked(checks=["register.people.complete"]),
        clock=lambda: NOW,
        progress=Silent(),
    )
    return pack


def test_a_workspace_that_asks_for_it_keeps_whom_each_pseudonym_stands_for(tmp_path: Path) -> None:
    folder = workspace(tmp_path / "w", "redact: {key: .grc/p.key, table: .grc/persons.json}\n")
    pack = collected(folder)
    table = folder / ".grc" / "persons.json"
    assert table.stat().st_mode & 0o777 == 0o600
    names = names_of(load_workspace(folder))
    (pseudonym,) = (key for key, person in names.items() if person == "charlie")
    held = "".join(contents(path).decode() for path in pack.rglob("*") if path.is_file())
    assert pseudonym in held
    assert "charlie" not in held
    assert revealer(names)(f"of {pseudonym}, person:{'0' * 24}") == f"of charlie ({pseudonym}), person:{'0' * 24}"


def test_without_a_table_nothing_is_kept_or_revealed(tmp_path: Path) -> None:
    folder = workspace(tmp_path / "w", "redact: {key: .grc/p.key}\n")
    collected(folder)
    assert [path.name for path in (folder / ".grc").iterdir()] == ["p.key"]
    with pytest.raises(ConfigError, match="keeps no table"):
        names_of(load_workspace(folder))


@pytest.mark.slow
def test_a_report_names_persons_only_when_it_is_asked_to(tmp_path: Path) -> None:
    folder = workspace(tmp_path / "w", "redact: {key: .grc/p.key, table: .grc/persons.json}\n")
    people = folder / "registers" / "people.csv"
    people.write_text(people.read_text().replace("web developer", ""))
    pack = collected(folder)
    assess(open_desk(folder), pack, Asked(), as_of=NOW)
    names = names_of(load_workspace(folder))
    (pseudonym,) = (key for key, person in names.items() if person == "C-003")
    write_report(pack, "json", tmp_path / "plain.json")
    write_report(pack, "json", tmp_path / "named.json", names=names)
    plain, named = (json.loads((tmp_path / f"{name}.json").read_text()) for name in ("plain", "named"))
    assert [seen["subject"] for seen in plain["observations"]] == [pseudonym]
    assert [seen["subject"] for seen in named["observations"]] == [f"C-003 ({pseudonym})"]
    assert "C-003" not in json.dumps(plain)
    assert named["classification"] == plain["classification"] + ", persons revealed"
    write_report(pack, "site", tmp_path / "plain")
    write_report(pack, "site", tmp_path / "named", names=names)
    plain, named = ((tmp_path / name / "tables" / "observations.csv").read_text() for name in ("plain", "named"))
    assert "C-003" not in plain
    assert named.count(f"C-003 ({pseudonym})") == plain.count(pseudonym) > 0


def test_a_secret_is_never_noted_nor_a_table_others_can_read(tmp_path: Path) -> None:
    ledger = Ledger()
    made = Pseudonyms(b"k" * 32, ledger.note)
    made.of(PLANTED["github-token"])
    known = made.of(" Ada ")
    table = tmp_path / "t.json"
    ledger.keep(table)
    assert json.loads(table.read_text())["persons"] == {known: "Ada"}
    more = Ledger()
    Pseudonyms(b"k" * 32, more.note).of("Grace")
    more.keep(table)
    assert set(json.loads(table.read_text())["persons"].values()) == {"Ada", "Grace"}
    table.chmod(0o644)
    with pytest.raises(ConfigError, match="can be read by others"):
        more.keep(table)


def test_of_runs_that_end_at_once_every_name_is_kept(tmp_path: Path) -> None:
    table, names = tmp_path / "t.json", [f"Person {number}" for number in range(8)]
    begin = threading.Barrier(len(names), timeout=120)

    def run(name: str) -> str:
        ledger = Ledger()
        known = Pseudonyms(b"k" * 32, ledger.note).of(name)
        begin.wait()
        ledger.keep(table)
        return known

    with ThreadPoolExecutor(len(names)) as runs:
        kept = dict(zip(runs.map(run, names), names, strict=True))
    assert json.loads(table.read_text())["persons"] == kept
    assert table.stat().st_mode & 0o777 == 0o600
